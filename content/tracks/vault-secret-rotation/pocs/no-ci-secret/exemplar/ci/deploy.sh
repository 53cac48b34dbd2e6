#!/bin/sh
# Tells the platform which commit is to run. The token goes in on standard input, so that no list of processes shows it.
set -eu
: "${DEPLOY_TOKEN:?is given by Vault}"
printf 'Authorization: Bearer %s' "$DEPLOY_TOKEN" |
  curl -fsS --max-time 60 -H @- -X POST "${PLATFORM:-https://platform.example.com}/shop/deployments" -d "commit=$1"
