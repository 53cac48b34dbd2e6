#!/bin/sh
# Adds made-up customers and orders: ci/fill.sh [ROWS]. May be called again; nothing is taken from a real database.
set -eu
exec python3 -m shop.fill "${1:-200}"
