#!/bin/sh
# Do this version and the one before work on one schema, at the same time? Handed out: leave it as it is.
#
#   ci/version-before.sh [TAG]      TAG: the version before (the newest tag that is not this commit)
#
# Needs git with tags and DATABASE_URL, an empty database. Of both versions it calls ci/fill.sh ROWS (adds made-up
# rows), ci/test.sh and ci/read.sh (prints what the version sees, a line each, sorted); of the one before
# ci/migrate.sh up, and of this one ci/migrate.sh up and, where it is there, ci/backfill.sh.
set -eu
cd "$(dirname "$0")/.."
tag="${1:-$(git describe --tags --abbrev=0 HEAD^)}"
work="$(mktemp -d)"
trap 'git worktree remove --force "$work/before" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
git worktree add --quiet --detach "$work/before" "$tag"

say() { echo "== $*"; }
before() { (cd "$work/before" && sh "$@"); }

say "the version before is $tag: its schema, with data in it"
before ci/migrate.sh up
before ci/fill.sh 50
say "this version migrates the filled database"
sh ci/migrate.sh up
if [ -f ci/backfill.sh ]; then sh ci/backfill.sh; fi
say "the version before is tested on the new schema"
before ci/test.sh
say "this version is tested on the new schema"
sh ci/test.sh
say "both write, as during a roll-out, and must read the same"
before ci/fill.sh 20
sh ci/fill.sh 20
before ci/read.sh > "$work/seen-before"
sh ci/read.sh > "$work/seen-now"
if ! cmp -s "$work/seen-before" "$work/seen-now"; then
    echo "The two versions read different data from one database. < is the version before, > this one:" >&2
    diff "$work/seen-before" "$work/seen-now" | head -n 10 >&2
    exit 1
fi
if [ "$(wc -l < "$work/seen-now")" -lt 90 ]; then
    echo "ci/read.sh shows fewer than the 90 rows that ci/fill.sh was asked for" >&2
    exit 1
fi
say "both versions work on the new schema"
