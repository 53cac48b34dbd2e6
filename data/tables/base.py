"""What every table is made of: kinds of columns, keys, names of constraints."""

from sqlalchemy import JSON, BigInteger, Integer, MetaData, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

# Every constraint has a name, so that a later migration can drop or change it.
NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMES))):
    """Own registry: editing this file while the portal runs does not define every table twice."""


def key(target: str, **options):
    """A foreign key whose row goes when its owner goes."""
    return Field(foreign_key=target, ondelete="CASCADE", **options)


def instant(**options):
    """Microseconds UTC."""
    return Field(sa_type=BigInteger, **options)


def many_key():
    """The key of a table whose rows come and go by the million; on SQLite every integer is large."""
    return Field(default=None, primary_key=True, sa_type=BigInteger().with_variant(Integer(), "sqlite"))


def only_where(condition: str) -> dict:
    """An index of the few rows for which that holds."""
    return {"sqlite_where": sql(condition), "postgresql_where": sql(condition)}


def text(**options):
    return Field(sa_type=Text, **options)


def json(**options):
    return Field(sa_type=JSON(none_as_null=True), **options)
