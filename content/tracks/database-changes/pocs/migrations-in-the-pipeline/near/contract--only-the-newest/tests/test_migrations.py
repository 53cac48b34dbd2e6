"""What the migrations promise. It is handed out: leave it as it is.

It calls ci/migrate.sh (up [N], down [N], pending) and ci/fill.sh (ROWS), whatever lies behind them. DATABASE_URL names
a PostgreSQL server on which databases may be made, or any sqlite:/// address. Each test has an empty database of its
own.
"""

import os
import sqlite3
import subprocess
import uuid
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
GIVEN = os.environ["DATABASE_URL"]
#: So many of the newest migrations must go back. What is older has been everywhere for a long time.
NEWEST = 1
#: Where tools remember which have run. It is theirs, and no part of the schema.
REMEMBERED = {
    "schema_migrations", "schema_migration", "alembic_version", "flyway_schema_history", "databasechangelog",
    "databasechangeloglock", "goose_db_version", "django_migrations", "ar_internal_metadata", "knex_migrations",
    "knex_migrations_lock", "sequelizemeta", "_prisma_migrations", "atlas_schema_revisions", "gorp_migrations",
    "_sqlx_migrations", "__diesel_schema_migrations", "__efmigrationshistory", "doctrine_migration_versions",
}  # fmt: skip

PARTS = (
    "SELECT 'column', table_name, column_name, data_type, numeric_precision, numeric_scale,"
    " character_maximum_length, is_nullable, column_default FROM information_schema.columns"
    " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')",
    "SELECT 'index', tablename, indexdef FROM pg_indexes WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    "SELECT 'rule', conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint"
    " WHERE conrelid <> 0 AND contype <> 'n'"
    " AND connamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)",
    "SELECT 'trigger', tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT 'view', viewname, definition FROM pg_views WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    "SELECT 'type', typname FROM pg_type WHERE typtype IN ('e', 'd') AND typnamespace NOT IN"
    " ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)",
)


def connected(url):
    if url.startswith("sqlite:///"):
        return sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    import psycopg

    return psycopg.connect(url, autocommit=True)


def asked(url, *questions):
    connection = connected(url)
    try:
        found = [connection.execute(question) for question in questions]
        return [row for each in found if each.description for row in each.fetchall()]
    finally:
        connection.close()


@pytest.fixture
def url(tmp_path):
    """The address of an empty database."""
    if GIVEN.startswith("sqlite:///"):
        yield f"sqlite:///{tmp_path}/contract.db"
        return
    name = f"contract_{uuid.uuid4().hex[:12]}"
    server, mark, options = GIVEN.partition("?")
    asked(GIVEN, f"CREATE DATABASE {name}")
    try:
        yield f"{server.rpartition('/')[0]}/{name}{mark}{options}"
    finally:
        asked(GIVEN, f"DROP DATABASE {name} WITH (FORCE)")


def called(url, script, *words, code=0):
    command = ["sh", f"ci/{script}.sh", *map(str, words)]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"DATABASE_URL": url}, text=True, capture_output=True, timeout=600
    )
    assert done.returncode == code, f"{' '.join(command)} ended with {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def pending(url):
    return [line for line in called(url, "migrate", "pending").splitlines() if line.strip()]


def tables(url):
    if url.startswith("sqlite:///"):
        found = asked(url, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    else:
        found = asked(
            url,
            "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) FROM information_schema.tables"
            " WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')",
        )
    return sorted(name for (name,) in found if name.rpartition(".")[2].strip('"').casefold() not in REMEMBERED)


def shape(url):
    """Every table, column, index and rule, without regard to their order."""
    if not url.startswith("sqlite:///"):
        rows = [row for row in asked(url, *PARTS) if str(row[1]).strip('"').casefold() not in REMEMBERED]
        return sorted(str(row) for row in rows)
    rows = [("table", name) for name in tables(url)]
    for name in tables(url):
        rows += [("column", name, *row[1:]) for row in asked(url, f'PRAGMA table_xinfo("{name}")')]
        rows += [("key", name, *row[2:]) for row in asked(url, f'PRAGMA foreign_key_list("{name}")')]
    rest = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type <> 'table' AND sql IS NOT NULL"
    rows += [row for row in asked(url, rest) if row[2].casefold() not in REMEMBERED]
    return sorted(str(row) for row in rows)


def counted(url):
    return {name: asked(url, f"SELECT count(*) FROM {name}")[0][0] for name in tables(url)}


def test_an_empty_database_comes_to_the_newest_schema(url):
    assert pending(url), "no migration is pending on an empty database"
    called(url, "migrate", "up")
    assert pending(url) == [] and tables(url) != []


def test_a_second_run_changes_nothing(url):
    called(url, "migrate", "up")
    before = shape(url)
    called(url, "migrate", "up")
    assert shape(url) == before


def test_the_newest_go_back_one_by_one_and_forward_again(url):
    waiting = len(pending(url))
    steps = min(NEWEST, waiting)
    if waiting > steps:
        called(url, "migrate", "up", waiting - steps)
    shapes = [shape(url)]
    for _ in range(steps):
        called(url, "migrate", "up", 1)
        shapes.append(shape(url))
    assert pending(url) == []
    for step in range(steps, 0, -1):
        called(url, "migrate", "down", 1)
        assert shape(url) == shapes[step - 1], (
            f"going back from migration {step} of the newest {steps} left a difference"
        )
    called(url, "migrate", "up")
    assert shape(url) == shapes[-1]


def test_a_filled_database_keeps_its_rows_on_the_way_back_and_forward(url):
    called(url, "migrate", "up")
    called(url, "fill", 200)
    filled = counted(url)
    assert sum(filled.values()) >= 200, "ci/fill.sh 200 has to make so many rows at least"
    called(url, "migrate", "down", 1)
    older = counted(url)
    assert older == {name: filled[name] for name in older if name in filled}
    called(url, "migrate", "up")
    newer = counted(url)
    kept = older.keys() & newer.keys()
    assert {name: newer[name] for name in kept} == {name: older[name] for name in kept}


def test_two_that_run_at_once_do_not_disturb_each_other(url):
    called(url, "migrate", "pending")
    both = [
        subprocess.Popen(
            ["sh", "ci/migrate.sh", "up"], cwd=ROOT, env=os.environ | {"DATABASE_URL": url},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    said = [each.communicate(timeout=600)[0] for each in both]
    assert 0 in [each.returncode for each in both], "\n".join(said)
    assert pending(url) == []
    called(url, "migrate", "up")
