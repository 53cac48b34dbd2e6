#!/bin/sh
set -eu
kubectl -n shop set image deployment/shop "shop=registry.shop.example/shop:latest"
