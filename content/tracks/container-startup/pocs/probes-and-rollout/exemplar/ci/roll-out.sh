#!/bin/sh
# ci/roll-out.sh: applies deploy/production and waits for its end. When it does not end well, the version before is
# brought back, and this ends with 1 so that the deployment counts as failed.
set -eu
kubectl apply --filename deploy/production
if kubectl rollout status deployment/shop --timeout=240s; then
    exit 0
fi
kubectl rollout undo deployment/shop
kubectl rollout status deployment/shop --timeout=240s
exit 1
