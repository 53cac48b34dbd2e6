import os
import subprocess
import sys

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import inspect, select

from data import derive, migrations, store
from data.tables import Base, Organization, Repository, Service, Team


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


def test_services_of_the_first_shape_are_derived_again(both):
    migrations.run("downgrade", "0001")
    with store.writing() as session:
        session.add(Organization(id=1, name="A", created_at=1))
        session.flush()
        session.add(Team(id=1, organization_id=1, name="T", created_at=1))
        session.add(Repository(id=1, organization_id=1, key="git:/r", name="r", created_at=1))
        session.flush()
        session.add(
            Service(id=1, team_id=1, name="S", repository_id=1, created_at=1, derived_version=0, rules_version=1)
        )
    migrations.run("upgrade", "head")
    assert derive.stale() == [1]


def test_many_processes_may_start_at_once(both_bare):
    start = [sys.executable, "-c", "from data import store; store.migrate(); print(store.version())"]
    running = [
        subprocess.Popen(start, env=os.environ.copy(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    ends = [(process.communicate(timeout=60), process.returncode) for process in running]
    assert [code for _, code in ends] == [0, 0, 0], ends
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
