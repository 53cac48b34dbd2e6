import sys

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select

from data import migrations, moving, store
from data.tables import Base, Organization, Repository, Service, Team
from tests import nursery
from tests.data import filling


def differences() -> list:
    with store.engine().connect() as connection:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata)


def tables() -> set[str]:
    return set(inspect(store.engine()).get_table_names())


def test_migrations_make_exactly_the_tables(both):
    assert differences() == []
    assert tables() == {*Base.metadata.tables, "alembic_version"}


def test_migrating_again_changes_nothing(both):
    before = store.version()
    store.migrate()
    assert (differences(), store.version()) == ([], before)


def test_down_and_up_again(both):
    migrations.run("downgrade", "base")
    emptied = tables()
    migrations.run("upgrade", "head")
    assert (emptied, differences(), store.version()) == ({"alembic_version"}, [], 0)


REVISIONS = [script.revision for script in ScriptDirectory.from_config(migrations.config()).walk_revisions()][::-1]
DERIVED = {"packed_delivery", "cell", *(table.__tablename__ for table in moving.LEFT_OUT)}  # of any revision


@pytest.mark.parametrize("place", range(len(REVISIONS)), ids=REVISIONS)
def test_rows_of_every_table_outlive_the_way_down_and_up(both_bare, place):
    """From each revision, with rows in every table: up to the newest; and down to the one before and up, from the
    newest also down to the first. What can be computed again need not outlive it, but then it is computed again."""
    migrations.run("upgrade", REVISIONS[place])
    down = {place, max(place - 1, 0), 0 if place == len(REVISIONS) - 1 else place}
    for earlier in (REVISIONS[each] for each in sorted(down, reverse=True)):
        migrations.run("downgrade", REVISIONS[place])
        before = filled()
        migrations.run("downgrade", earlier)
        between, derived = stored(), shapes()
        assert kept(before, between) == kept(between, before)
        migrations.run("upgrade", "head")
        after = stored()
        assert kept(between, after) == kept(after, between)
        again = {row["id"] for row in after["service"].values() if row["derived_version"] == -1}
        assert again == ({1, 2, 3} if derived != shapes() else set())


def filled() -> dict:
    """Everything in the store, once every table of it has rows."""
    with store.engine().begin() as connection:
        tables = filling.reflected(connection)
        filling.fill(connection, tables)
        return filling.rows(connection, tables)


def stored() -> dict:
    with store.engine().connect() as connection:
        return filling.rows(connection, filling.reflected(connection))


def shapes() -> dict[str, set[str]]:
    """The columns of each table that can be computed again."""
    with store.engine().connect() as connection:
        found = inspect(connection)
        names = DERIVED & set(found.get_table_names())
        return {name: {column["name"] for column in found.get_columns(name)} for name in names}


def kept(rows: dict, others: dict) -> dict:
    """The rows of the tables, and of those the columns, that both have; but for whether a service is up to date."""
    found = {}
    for table in rows.keys() & others.keys() - DERIVED:
        columns = next(iter(others[table].values())).keys() - {"derived_version"}
        found[table] = {
            key: {name: value for name, value in row.items() if name in columns} for key, row in rows[table].items()
        }
    assert len(found) > 12
    return found


def test_many_processes_may_start_at_once(both_bare):
    start = [sys.executable, "-c", "from data import store; store.migrate(); store.version()"]
    running = [nursery.start(start) for _ in range(3)]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert differences() == []


def test_a_migration_that_fails_leaves_nothing_behind(both_bare, monkeypatch):
    upgrade = command.upgrade

    def half(configuration, revision):
        upgrade(configuration, revision)
        raise RuntimeError("power cut")

    monkeypatch.setattr(command, "upgrade", half)
    with pytest.raises(RuntimeError, match="power cut"):
        store.migrate()
    assert tables() == set()


def test_rewriting_a_table_keeps_the_rows_that_refer_to_it(home):
    """What every later migration on SQLite does: copy a table, drop it, rename the copy."""
    with store.writing() as session:
        session.add(Organization(id=1, name="A", created_at=1))
        session.flush()
        session.add(Team(id=1, organization_id=1, name="T", created_at=1))
        session.add(Repository(id=1, organization_id=1, key="git:/r", name="r", created_at=1))
        session.flush()
        session.add(Service(id=1, team_id=1, name="S", repository_id=1, created_at=1))

    def rewrite(configuration, _revision):
        context = MigrationContext.configure(configuration.attributes["connection"])
        with Operations(context).batch_alter_table("organization", recreate="always") as batch:
            batch.alter_column("name", nullable=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "upgrade", rewrite)
        store.migrate()
    with store.reading() as session:
        assert session.execute(select(Service.name)).scalars().all() == ["S"]
    with store.engine().connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_store_of_a_newer_milepost_is_left_alone(both):
    with store.writing() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(migrations.TooNew, match="newer Milepost"):
        store.migrate()
