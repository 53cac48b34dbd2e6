#!/bin/sh
# The tests that need a database, against the one in DATABASE_URL.
set -eu
exec python3 -m unittest -q tests.test_orders
