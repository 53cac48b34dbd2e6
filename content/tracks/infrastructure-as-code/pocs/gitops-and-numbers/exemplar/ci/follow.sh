#!/usr/bin/env bash
# Waits until the cluster runs a commit, or one that came after it. Ends with 0 when it does and is well, with 1 when it is
# not well, with 2 when it takes too long.
#   ci/follow.sh <application> <commit> <seconds>
set -euo pipefail
application=${1:?application} commit=${2:?commit} seconds=${3:?seconds}

# A later merge may overtake this one; then the cluster never stops at this very commit.
holds() {
  [[ $1 == "$commit" ]] || [[ $(gh api "repos/$GITHUB_REPOSITORY/compare/$commit...$1" --jq .status) == ahead ]]
}

said="nothing yet"
until ((SECONDS >= seconds)); do
  said=$(kubectl --namespace argocd get application "$application" --output \
    'jsonpath={.status.sync.revision} {.status.sync.status} {.status.health.status}')
  read -r revision synced health <<<"$said"
  if [[ $synced == Synced ]] && holds "$revision"; then
    case $health in
      Healthy) echo "$application runs $commit."; exit 0 ;;
      Degraded) echo "$application runs $commit and is not well."; exit 1 ;;
    esac
  fi
  sleep "${PAUSE:-5}"
done
echo "$application does not run $commit after $seconds s: $said."
exit 2
