"""A store that the first version of Milepost left behind, with what a team had brought in, opened by this one."""

import pytest
from sqlalchemy import select

from data import derive, migrations, moving, people, queries, store
from data.keeping import backup, restoring
from data.tables import Base, Correction
from tests.data import filling
from tests.data.arrange import Place, change, deployment, incident, sha
from tests.data.test_moving import numbers

#: What a team had in the first version.
FIRST = ("organization", "person", "person_role", "team", "repository", "source", "service", "trunk_commit", "change",
         "deployment", "incident", "correction", "audit_event")  # fmt: skip


@pytest.fixture
def brought_in(tmp_path, monkeypatch, migrated_file) -> tuple[dict, dict]:
    """Rows of a service with facts and a correction, and what this version makes of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MILEPOST_HOME", str(tmp_path / "first"))
        patch.delenv("DATABASE_URL", raising=False)
        store.migrate()
        who = people.local_person()
        place = Place(who)
        place.add(
            changes=[change(number, number * 7) for number in range(1, 25)],
            deployments=[deployment(f"d{number}", number * 2, number * 14 + 3) for number in range(1, 13)],
            incidents=[incident("INC-1", 46, 47.5), incident("INC-2", 130, None)],
        )
        place.commits(place.source(), [(sha(number), number, number % 5 > 0) for number in range(1, 25)])
        with store.writing() as session:
            session.add(Correction(service_id=place.service_id, kind="deployment.failed", subject="d3",
                                   reason="Rolled back", person_id=who.id, created_at=1))  # fmt: skip
        derive.refresh(place.service_id)
        with store.reading() as session:
            rows = filling.rows(session.connection(), Base.metadata)
        found = {name: list(rows[name].values()) for name in FIRST}, numbers()
        store.dispose()
    return found


def as_then(rows: dict) -> None:
    """Puts the rows into a store of the first form, as far as it had columns for them."""
    migrations.run("upgrade", "0001")
    with store.engine().begin() as connection:
        tables = filling.reflected(connection)
        for table in tables.sorted_tables:
            for row in rows.get(table.name, ()):
                kept = {column.name: row[column.name] for column in table.columns if column.name in row}
                if table.name == "service":
                    kept |= {"derived_version": -1, "rules_version": 0}
                connection.execute(table.insert().values(kept))


def test_a_store_of_the_first_version_gives_the_numbers_of_today(both_bare, brought_in):
    rows, wanted = brought_in
    as_then(rows)
    store.migrate()
    assert (moving.work_out(), derive.stale()) == (1, [])
    assert numbers() == wanted and len(wanted["judged_deployment"]) == 12
    (service,) = queries.services(people.local_person())
    assert (service.name, service.team) == ("Shop", "Team of Shop")
    with store.reading() as session:
        assert session.execute(select(Correction.reason)).scalars().all() == ["Rolled back"]


def test_a_backup_of_that_store_taken_before_its_upgrade_does_too(both_bare, brought_in, tmp_path):
    rows, wanted = brought_in
    as_then(rows)
    assert backup.write(tmp_path / "before.zip").revision == "0001"
    restoring.restore(tmp_path / "before.zip", force=True)
    moving.work_out()
    assert numbers() == wanted
