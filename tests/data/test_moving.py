"""Stores of either kind, out into a file and into a store of either kind, whole or not at all."""

import json
import shutil
import signal
import stat
import sys
import threading
import zipfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from data import derive, migrations, moving, parcel, people, store
from data.moving import MoveError, NothingToMove
from data.tables import (
    AuditEvent,
    Base,
    CellBlock,
    Change,
    Correction,
    Evaluation,
    Job,
    JudgedDeployment,
    Organization,
    Person,
    ProofAttempt,
    Service,
    ShippedChange,
    Source,
    Team,
)
from tests import nursery
from tests.data import filling
from tests.data.arrange import Place, change, deployment, incident, sha
from tests.servers import database

ROOT = Path(__file__).parents[2]
KINDS = ("sqlite", "postgresql")


@pytest.fixture
def turn(request, tmp_path, monkeypatch, migrated_file):
    """Turns to a new store of a kind, empty and migrated."""
    with ExitStack() as ending:
        addresses = []

        def to(kind: str) -> None:
            folder = tmp_path / f"home-{len(list(tmp_path.glob('home-*')))}"
            folder.mkdir(mode=0o700)
            monkeypatch.setenv("MILEPOST_HOME", str(folder))
            monkeypatch.delenv("DATABASE_URL", raising=False)
            if kind == "sqlite":
                shutil.copy(migrated_file, folder / "milepost.db")
                return
            if not addresses:
                addresses.append(request.getfixturevalue("on_postgresql"))
            else:
                server, template = map(request.getfixturevalue, ("postgresql", "migrated_database"))
                addresses.append(ending.enter_context(database(server, template)))
            monkeypatch.setenv("DATABASE_URL", addresses[-1])

        yield to
        store.dispose()


def busy(who) -> Place:
    """A service with all kinds of facts, judged, and a few rows of every kind of value in every other table."""
    place = Place(who)
    place.add(
        changes=[change(number, number * 7, url=f"https://x/é/{number}") for number in range(1, 25)],
        deployments=[deployment(f"d{number}", number * 2, number * 14 + 3) for number in range(1, 13)],
        incidents=[incident("INC-1", 46, 47.5), incident("INC-2", 130, None)],
    )
    place.commits(place.source(), [(sha(number), number, number % 5 > 0) for number in range(1, 25)])
    with store.writing() as session:
        session.add(Correction(service_id=place.service_id, kind="deployment.failed", subject="d3", reason="A 'test'\n",
                               person_id=who.id, created_at=1))  # fmt: skip
        for state in ("done", "running", "queued"):
            session.add(Job(kind="git", args={"n": 0.1}, state=state, organization_id=place.organization_id,
                            created_at=1))  # fmt: skip
        session.flush()
        filling.fill(session.connection(), Base.metadata)
        for table in (Evaluation, ProofAttempt):
            session.execute(update(table).values(job_id=None))  # which job it was stays behind
    derive.refresh(place.service_id)
    return place


def numbers() -> dict:
    """Everything that is worked out, without the ids of its rows."""
    found = {}
    for table in (CellBlock, JudgedDeployment, ShippedChange):
        columns = [column for column in table.__table__.columns if column.name != "id"]
        found[table.__tablename__] = sorted(store.read_frame(select(*columns)).rows(), key=str)
    return found


def content(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def lines(file: Path, table: str) -> list:
    return [json.loads(line) for line in content(file)[f"{table}.jsonl"].splitlines()]


def everything() -> dict:
    with store.reading() as session:
        return filling.rows(session.connection(), Base.metadata)


def count(table) -> int:
    with store.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.mark.parametrize("target", KINDS)
@pytest.mark.parametrize("source", KINDS)
def test_what_goes_out_comes_in_equal_and_gives_the_same_numbers(turn, tmp_path, source, target):
    turn(source)
    busy(people.local_person())
    before, facts = numbers(), everything()
    said = moving.export_store(tmp_path / "one.zip")
    turn(target)
    assert moving.import_store(tmp_path / "one.zip") == said
    assert (moving.work_out(), derive.stale()) == (1, [])
    moving.export_store(tmp_path / "two.zip")
    assert content(tmp_path / "one.zip") == content(tmp_path / "two.zip")
    assert (numbers(), len(before["cell_block"]) > 0, len(before["judged_deployment"])) == (before, True, 12)
    whole = said.keys() - {"job", "service"}
    assert {name: everything()[name] for name in whole} == {name: facts[name] for name in whole}


def test_each_table_either_travels_or_can_be_computed_again():
    """Whoever adds a table decides: facts and what people said travel; secrets never do."""
    travel = {table.__tablename__ for table in moving.moved()}
    assert travel == {
        "organization", "person", "person_role", "team", "membership", "repository", "service", "source",
        "trunk_commit", "change", "deployment", "incident", "pipeline_run", "correction", "job", "audit_event",
        "feed", "todo", "issue", "source_commit", "repository_settings", "pipeline_job", "api_token", "badge",
        "incident_mark", "provided_role", "wave", "participation", "answer_sheet", "consensus_item", "pain_point",
        "pain_vote", "workflow_map", "map_version", "map_draft", "assessment",
        "enrolment", "evaluation", "finding", "goal", "intervention", "practice_mark", "practice_model",
        "module_progress", "quiz_answer", "proof_attempt", "proof_run", "proof_result", "attestation",
        "review_request", "verification_workflow", "learning_event", "retention",
        "goal_look", "worth_input",
    }  # fmt: skip
    assert "connection_id" not in {column.name for column in moving.columns(Source)}
    stay = {"judged_deployment", "shipped_change", "failure", "packed_week", "cell_block", "data_version", "proof_kept"}
    private = {
        "connection", "connection_repository", "incident_hook", "idempotency_key", "sign_in", "webhook_delivery",
        "draft", "consensus_vote", "consensus_seat", "report_subscription", "report_sending",
    }  # fmt: skip
    assert Base.metadata.tables.keys() - travel == stay | private


def test_each_column_of_a_service_either_travels_or_can_be_computed_again():
    travel = {"id", "team_id", "name", "repository_id", "settings", "created_at", "facts_version"}
    assert set(Service.__table__.columns.keys()) == travel | moving.DERIVED


def test_jobs_that_have_not_ended_stay_behind(home, who, tmp_path):
    busy(who)
    moving.export_store(tmp_path / "out.zip")
    header, *rows = lines(tmp_path / "out.zip", "job")
    assert [row[header.index("state")] for row in rows] == ["done"]


def test_what_postgresql_cannot_keep_is_left_out_of_texts(turn, tmp_path):
    turn("sqlite")
    place = busy(people.local_person())
    with store.writing() as session:
        session.get(Team, place.team_id).name = "A\0B"
        session.add(AuditEvent(at=1, action="x", subject="y", detail={"a": "\0"}))
    moving.export_store(tmp_path / "out.zip")
    turn("postgresql")
    moving.import_store(tmp_path / "out.zip")
    with store.reading() as session:
        assert session.get(Team, place.team_id).name == "AB"
        assert session.execute(select(AuditEvent).where(AuditEvent.at == 1)).scalars().one().detail == {"a": "\0"}


def test_texts_are_ordered_by_their_bytes(both, who, tmp_path):
    place = busy(who)
    shas = ["b", "B", "é", "_", "a-", "a", "aa", "Z", "10", "9"]
    place.commits(place.source(), [(sha, None, False) for sha in shas])
    moving.export_store(tmp_path / "out.zip")
    header, *rows = lines(tmp_path / "out.zip", "trunk_commit")
    found = [row[header.index("sha")] for row in rows]
    assert found == sorted(found, key=str.encode)


def test_new_rows_get_ids_behind_those_that_came(turn, tmp_path):
    turn("sqlite")
    place = busy(people.local_person())
    place.add(changes=[change(99)])
    moving.export_store(tmp_path / "out.zip")
    turn("postgresql")
    moving.import_store(tmp_path / "out.zip")
    with store.reading() as session:
        last = session.execute(select(func.max(Change.id))).scalar_one()
    other = Place(people.local_person(), "Other")
    other.add(changes=[change(1)])
    with store.reading() as session:
        assert session.execute(select(func.max(Change.id))).scalar_one() == last + 1
    assert other.team_id == place.team_id + 1


def test_the_file_is_of_one_moment_while_others_write(both, who, tmp_path):
    place, ended = busy(who), threading.Event()
    source = place.source()
    before = count(Change) - count(AuditEvent)

    def write():
        number = 1_000
        while not ended.is_set():
            number += 1
            with store.writing() as session:
                session.add(Change(repository_id=place.repository_id, source_id=source, change_id=str(number),
                                   kind="direct_push", title="x" * 500))  # fmt: skip
                session.flush()
                session.add(AuditEvent(at=number, action="x", subject="y"))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = [moving.export_store(tmp_path / f"{number}.zip") for number in range(5)]
    finally:
        ended.set()
        writer.join()
    assert {rows["change"] - rows["audit_event"] for rows in found} == {before}
    assert found[-1]["change"] > found[0]["change"]


def test_the_file_is_for_its_owner_only_and_nothing_lies_beside_it(home, who, tmp_path):
    busy(who)
    (tmp_path / "exports").mkdir()
    moving.export_store(tmp_path / "exports" / "out.zip")
    assert [path.name for path in (tmp_path / "exports").iterdir()] == ["out.zip"]
    assert stat.S_IMODE((tmp_path / "exports" / "out.zip").stat().st_mode) == 0o600


def test_a_broken_off_export_leaves_nothing(home, who, tmp_path):
    busy(who)

    def stop(done, total, message):
        if "change" in message:
            raise KeyboardInterrupt

    (tmp_path / "exports").mkdir()
    with pytest.raises(KeyboardInterrupt):
        moving.export_store(tmp_path / "exports" / "out.zip", stop)
    assert list((tmp_path / "exports").iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from data import moving

def die(done, total, message):
    if "change" in message:
        os.kill(os.getpid(), signal.SIGKILL)

moving.import_store(Path(sys.argv[1]), die)
"""


def test_a_killed_import_leaves_an_empty_store(turn, tmp_path):
    turn("sqlite")
    busy(people.local_person())
    said = moving.export_store(tmp_path / "out.zip")
    turn("postgresql")
    before = everything()
    killed = nursery.run([sys.executable, "-c", KILLED, str(tmp_path / "out.zip")], cwd=ROOT)
    assert (killed.returncode, everything()) == (-signal.SIGKILL, before)
    assert moving.import_store(tmp_path / "out.zip") == said


# What is refused


def test_a_file_that_is_there_is_not_written_over(home, who, tmp_path):
    busy(who)
    (tmp_path / "out.zip").write_text("precious")
    with pytest.raises(MoveError, match="is there already: choose another name"):
        moving.export_store(tmp_path / "out.zip")
    assert (tmp_path / "out.zip").read_text() == "precious"


def test_a_place_that_cannot_be_written_to_is_named(home, who, tmp_path):
    busy(who)
    with pytest.raises(MoveError, match=r"cannot be written \(No such file or directory\): choose another place"):
        moving.export_store(tmp_path / "nowhere" / "out.zip")


@pytest.mark.parametrize("url", [None, "sqlite:///{}/other.db"])
def test_a_store_that_is_not_there_is_not_made_by_exporting_it(bare_home, tmp_path, monkeypatch, url):
    if url:
        monkeypatch.setenv("DATABASE_URL", url.format(tmp_path))
    with pytest.raises(NothingToMove, match="There is no store at"):
        moving.export_store(tmp_path / "out.zip")
    assert list(tmp_path.glob("**/*")) == []


def test_a_store_that_nobody_has_used_is_not_exported(both, who, tmp_path):
    with pytest.raises(NothingToMove, match="no team and no service"):
        moving.export_store(tmp_path / "out.zip")


def test_a_store_of_an_older_form_is_to_be_migrated_first(both_bare, tmp_path):
    migrations.run("upgrade", "0001")
    for move in (moving.export_store, moving.import_store):
        (tmp_path / "x.zip").unlink(missing_ok=True)
        if move is moving.import_store:
            parcelled(tmp_path / "x.zip")
        with pytest.raises(MoveError, match=r"run `python milepost\.py migrate`"):
            move(tmp_path / "x.zip")


def parcelled(path: Path, tables: dict | None = None, **more) -> None:
    """A file with those tables (name -> rows) and nothing in the others."""
    with parcel.writing(path) as writer:
        for table in moving.moved():
            with writer.table(table.__tablename__, [column.name for column in moving.columns(table)]) as put:
                put((tables or {}).get(table.__tablename__, []))
        writer.finish(more.get("revision", migrations.newest()))


def test_an_empty_database_gets_its_tables(both_bare, tmp_path):
    parcelled(tmp_path / "x.zip", {"organization": [[7, "Acme", False, 1]]})
    assert moving.import_store(tmp_path / "x.zip")["organization"] == 1
    assert people.local_person().organizations == {8}


def test_what_a_fresh_store_makes_for_itself_is_replaced(turn, tmp_path):
    turn("sqlite")
    busy(people.local_person())
    moving.export_store(tmp_path / "out.zip")
    who = people.local_person()
    turn("postgresql")
    with store.writing() as session:
        session.add(Organization(name="passed over", created_at=1))
        session.flush()
        session.rollback()
    people.local_person()
    moving.import_store(tmp_path / "out.zip")
    assert people.local_person() == who


@pytest.mark.parametrize("what", ["team", "person", "organization"])
def test_a_store_that_is_used_is_left_alone(both, who, tmp_path, what):
    parcelled(tmp_path / "x.zip", {"organization": [[7, "Acme", False, 1]]})
    with store.writing() as session:
        session.add(
            {
                "team": Team(organization_id=people.home_organization(who), name="T", created_at=1),
                "person": Person(provider="https://id.example", subject="s", name="N", created_at=1),
                "organization": Organization(name="B", created_at=1),
            }[what]
        )
    before = everything()
    with pytest.raises(MoveError, match="is not empty: import into a new one"):
        moving.import_store(tmp_path / "x.zip")
    assert everything() == before
