"""No test sees what the one before did in the PostgreSQL database that they share."""

from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest

from data import store
from data.tables import Organization
from tests.kept import Kept, LeftBehind
from tests.servers import database

#: Everything that a test could notice of the one before, a line each.
VISIBLE = [
    "SELECT sequencename, last_value, start_value, increment_by FROM pg_sequences",
    "SELECT table_name, column_name, data_type, is_nullable, column_default, ordinal_position"
    " FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema')",
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "SELECT relname, relkind, relacl::text, reloptions FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype <> 'c' AND typelem = 0",
    "SELECT nspname, nspacl::text FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp'",
    "SELECT description FROM pg_description JOIN pg_class ON objoid = pg_class.oid"
    " AND relnamespace = 'public'::regnamespace",
    "SELECT tablename, attname FROM pg_stats WHERE schemaname = 'public'",
    "SELECT oid FROM pg_largeobject_metadata",
    "SELECT setconfig FROM pg_db_role_setting",
    "SELECT gid FROM pg_prepared_xacts",
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'",
    "SELECT datconnlimit, datacl::text FROM pg_database WHERE datname = current_database()",
]


def seen(address: str) -> dict[str, list]:
    """What stands in a database: question -> answers."""
    with psycopg.connect(address, autocommit=True) as looking:

        def ask(query: str) -> list:
            return sorted(looking.execute(query).fetchall(), key=repr)

        tables = [name for (name,) in ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        return {query: ask(query) for query in [*VISIBLE, *(f'SELECT * FROM "{name}"' for name in tables)]}


@pytest.fixture(scope="module")
def kept(postgresql, migrated_database) -> Iterator[Kept]:
    made = Kept(postgresql, migrated_database, own=False)
    yield made
    made.remove()


@pytest.fixture(scope="module")
def fresh(postgresql, migrated_database) -> Iterator[dict]:
    """What a database just made holds."""
    with database(postgresql, migrated_database) as address:
        yield seen(address)


def fill(number: int = 1) -> str:
    numbers = f"generate_series(1, {number}) n"
    return f"INSERT INTO organization (name, is_demo, created_at) SELECT n::text, false, 1 FROM {numbers}"


ROWS = {
    "a row": fill(),
    "many rows": fill(9_000),
    "rows that are referred to": f"{fill()}; INSERT INTO team (organization_id, name, created_at) SELECT id, 'a', 1"
    " FROM organization",
    "a row that was deleted": f"{fill()}; DELETE FROM organization",
    "a counter that went on with nothing saved": f"BEGIN; {fill()}; ROLLBACK",
    "a counter set": "SELECT setval(pg_get_serial_sequence('organization', 'id'), 77)",
    "the version of the data": "UPDATE data_version SET version = version + 3",
    "the version of the data gone": "DELETE FROM data_version",
    "another revision": "UPDATE alembic_version SET version_num = '0001'",
    "a table made and dropped": "CREATE TABLE more (id int); DROP TABLE more",
    "nothing": "SELECT 1",
}
SHAPES = {
    "a table": "CREATE TABLE more (id int)",
    "a column": "ALTER TABLE organization ADD COLUMN more int",
    "a column gone": "ALTER TABLE data_version DROP COLUMN version",
    "another type": "ALTER TABLE organization ALTER COLUMN name TYPE varchar(7)",
    "another default": "ALTER TABLE organization ALTER COLUMN name SET DEFAULT 'x'",
    "an index": "CREATE INDEX more ON organization (name)",
    "a table gone": "DROP TABLE alembic_version",
    "a view": "CREATE VIEW more AS SELECT 1 AS one",
    "a function": "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "a rule": "CREATE RULE more AS ON INSERT TO organization DO INSTEAD NOTHING",
    "a type": "CREATE TYPE more AS ENUM ('a')",
    "a schema": "CREATE SCHEMA more",
    "a counter that steps otherwise": "ALTER SEQUENCE organization_id_seq INCREMENT 5",
    "a comment": "COMMENT ON TABLE organization IS 'more'",
    "a right": "GRANT SELECT ON organization TO PUBLIC",
    "a right in the schema": "GRANT CREATE ON SCHEMA public TO PUBLIC",
    "a table emptied as a whole": f"{fill()}; TRUNCATE organization CASCADE",
    "statistics": f"{fill()}; ANALYZE organization",
    "a large object": "SELECT lo_create(4711)",
    "a transaction left prepared": f"BEGIN; {fill()}; PREPARE TRANSACTION 'more'",
}
SETTINGS = {
    "a setting": "ALTER DATABASE {} SET work_mem = '1MB'",
    "a limit": "ALTER DATABASE {} CONNECTION LIMIT 5",
    "a right on the database": "GRANT CREATE ON DATABASE {} TO PUBLIC",
}


def do(address: str, dirt: str) -> None:
    with psycopg.connect(address, autocommit=True) as dirty:
        for step in dirt.format(dirty.info.dbname).split("; "):
            dirty.execute(step)


@pytest.mark.parametrize("dirt", ROWS.values(), ids=ROWS)
def test_rows_and_counters_are_as_in_a_new_database_and_it_is_the_same(kept, fresh, dirt):
    before = kept.url
    do(kept.url, dirt)
    kept.clean()
    assert kept.url == before and seen(kept.url) == fresh


@pytest.mark.parametrize("dirt", [*SHAPES.values(), *SETTINGS.values()], ids=[*SHAPES, *SETTINGS])
def test_after_anything_else_it_is_another_database(kept, fresh, dirt):
    before = kept.url
    do(kept.url, dirt)
    kept.clean()
    assert kept.url != before and seen(kept.url) == fresh
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(before)


SESSIONS = {
    "who waits to be told": "LISTEN more",
    "who holds a lock": "SELECT pg_advisory_lock(1)",
    "who has not committed": f"BEGIN; {fill()}",
    "who locks a table": "BEGIN; LOCK TABLE organization",
    "who has a table of its own": "CREATE TEMPORARY TABLE organization AS SELECT 1 AS one",
}


@pytest.mark.parametrize("dirt", SESSIONS.values(), ids=SESSIONS)
def test_whoever_stays_connected_is_cut_off_and_does_not_come_back(kept, fresh, monkeypatch, dirt):
    monkeypatch.setattr("tests.kept.PATIENCE", 0.05)
    with psycopg.connect(kept.url, autocommit=True) as staying:
        for step in dirt.split("; "):
            staying.execute(step)
        kept.clean()
        assert seen(kept.url) == fresh
        with pytest.raises(psycopg.OperationalError):
            staying.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(staying.info.dsn)


@pytest.mark.parametrize("dirt", SESSIONS.values(), ids=SESSIONS)
def test_what_ended_with_its_connection_is_no_reason_for_another_database(kept, fresh, dirt):
    before = kept.url
    do(kept.url, dirt)
    kept.clean()
    assert (kept.url == before) == ("TEMPORARY" not in dirt) and seen(kept.url) == fresh


def test_it_stands_our_own_connection_being_cut(kept, fresh):
    do(kept.url, f"{fill()}; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
       " AND datname = current_database()")  # fmt: skip
    kept.clean()
    assert seen(kept.url) == fresh


def test_our_own_store_is_closed_and_its_rows_are_gone(kept, fresh, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", kept.url)
    with store.writing() as session:
        session.add(Organization(name="Acme", created_at=1))
    before = kept.url
    kept.clean()
    assert kept.url == before and seen(kept.url) == fresh


@pytest.mark.parametrize("dirt", ["CREATE ROLE more", "CREATE DATABASE more"])
def test_a_role_or_a_database_left_on_the_server_fails_the_test_that_left_it(own_server, bare_home, dirt):
    with ExitStack() as ending:
        template = ending.enter_context(database(own_server.url)).rpartition("/")[2].partition("?")[0]
        kept = Kept(own_server.url, template, own=True)
        ending.callback(kept.remove)
        kept.clean()
        do(kept.url, dirt)
        ending.callback(do, own_server.url, dirt.replace("CREATE", "DROP"))
        with pytest.raises(LeftBehind, match="more"):
            kept.clean()
