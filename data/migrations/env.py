"""Run by Alembic for every command."""

from alembic import context
from sqlmodel.sql.sqltypes import AutoString

from data import store
from data.tables import Base


def plain_text(kind, item, _context):
    """SQLModel's own string type is nothing but a string: migrations should not need SQLModel."""
    return "sa.String()" if kind == "type" and isinstance(item, AutoString) else False


def run(connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=plain_text,
        compare_type=True,
        transactional_ddl=True,  # SQLite's schema changes roll back too
    )
    with context.begin_transaction():
        context.run_migrations()


if (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    with store.engine().connect() as connection:
        run(connection)
