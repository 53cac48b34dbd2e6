#!/bin/sh
# The one way in which the schema is changed, on a laptop, in the pipeline and in production.
#
#   ci/migrate.sh up [N]      the next N migrations, or all that are pending
#   ci/migrate.sh down [N]    takes back the newest N (1)
#   ci/migrate.sh pending     prints what has not run yet, a line each
#
# Whoever cannot have a table within three seconds gives up, so that nobody queues behind it.
set -eu
export PGOPTIONS="${PGOPTIONS:-} -c lock_timeout=3s"
exec python3 -m shop.migrate "$@"
