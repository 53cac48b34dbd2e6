#!/usr/bin/env bash
# Waits for a roll-out. Ends with 0 when it is well, with 1 when it went back by itself, with 2 when it takes too long.
#   ci/wait.sh <namespace> <name> <seconds>
set -euo pipefail
namespace=${1:?namespace} name=${2:?name} seconds=${3:?seconds}

phase=unknown
until ((SECONDS >= seconds)); do
  said=$(kubectl --namespace "$namespace" get rollout "$name" --output \
    'jsonpath={.metadata.generation} {.status.observedGeneration} {.status.phase}')
  read -r wanted seen phase <<<"$said"
  # As long as the controller has not seen the change, its phase is that of the version before.
  if [[ $wanted == "$seen" ]]; then
    case $phase in
      Healthy) echo "$name is well."; exit 0 ;;
      Degraded) echo "$name went back to the version before."; exit 1 ;;
    esac
  fi
  sleep "${PAUSE:-5}"
done
echo "$name is still $phase after $seconds s; somebody must decide."
exit 2
