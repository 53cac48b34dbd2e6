#!/usr/bin/env bash
# Writes what Helm makes of the chart into deploy/<environment>/shop.yaml: what is reviewed is what runs.
set -euo pipefail
cd "$(dirname "$0")/.."
for environment in staging production; do
  helm lint --quiet chart --values "chart/values-$environment.yaml"
  helm template shop chart --namespace shop --values "chart/values-$environment.yaml" >"deploy/$environment/shop.yaml"
done
