"""Writes the next migration; see the package."""

import sys

from alembic import command

from data import migrations, store

store.migrate()
number = len(list((migrations.FOLDER / "versions").glob("[0-9]*.py"))) + 1
command.revision(migrations.config(), message=" ".join(sys.argv[1:]), autogenerate=True, rev_id=f"{number:04d}")
