#!/bin/sh
# Fills what was added by the newest change, in batches; may be stopped, and called again.
set -eu
exec python3 -m shop.backfill "$@"
