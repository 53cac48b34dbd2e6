#!/usr/bin/env bash
# ./deploy.sh <environment>            puts the built version of dist/ in place and switches to it
# ./deploy.sh <environment> rollback   switches back to the version before
# The folder DEPLOY_ROOT stands for the machine that serves this environment.
set -euo pipefail

environment=${1:?Name the environment: staging or production}
place=${DEPLOY_ROOT:?Set DEPLOY_ROOT to the folder that is served}/$environment

switch_to() { # the link is made beside and moved over, so there is always one
    ln -sfn "$1" "$place/next"
    mv -fT "$place/next" "$place/current"
}

if [ "${2:-}" = rollback ]; then
    before=$(cat "$place/before")
    switch_to "$before"
    echo "$environment is back on $(basename "$before")"
    exit 0
fi

packages=(dist/price-list-*.tgz)
[ -f "${packages[0]}" ] || { echo "dist/ holds no package: run npm run build" >&2; exit 1; }
[ ${#packages[@]} -eq 1 ] || { echo "dist/ holds ${#packages[@]} packages: run npm run build" >&2; exit 1; }
package=${packages[0]}
version=$(basename "$package" .tgz)
new=$place/releases/$version
mkdir -p "$new"
tar -xzf "$package" -C "$new" --strip-components=1

# A version that cannot answer never becomes the current one.
[ "$(node "$new/src/cli.js" 1000 20)" = 1200 ] || { echo "$version does not answer" >&2; exit 1; }

if [ -e "$place/current" ] && [ "$(readlink -f "$place/current")" != "$(readlink -f "$new")" ]; then
    readlink -f "$place/current" > "$place/before"
fi
switch_to "$new"
echo "$environment is on $version"
