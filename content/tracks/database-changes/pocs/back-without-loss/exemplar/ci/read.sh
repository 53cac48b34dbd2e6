#!/bin/sh
# Prints all that users would miss, as this version of the code sees it: a line for each, sorted.
set -eu
exec python3 -m shop.read
