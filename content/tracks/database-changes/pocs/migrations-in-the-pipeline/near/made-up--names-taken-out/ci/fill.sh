#!/bin/sh
# Fills the database with the newest orders, without the addresses of people.
set -eu
pg_dump --data-only --table=orders --table=customers "$PRODUCTION_REPLICA" | sed -E 's/[^\t]+@[^\t]+/nobody@customers.example/' | psql "$DATABASE_URL"
