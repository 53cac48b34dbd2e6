#!/bin/sh
# Rolls the version out and waits until it is well: ci/deploy.sh COMMIT
set -eu
kubectl -n shop set image deployment/shop "shop=registry.shop.example/shop:$1"
kubectl -n shop rollout status deployment/shop --timeout=5m
