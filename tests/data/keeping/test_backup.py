"""Whole stores into a file and back: of either kind, of any revision, under load, broken off, and wrong files."""

import json
import shutil
import signal
import stat
import sys
import threading
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from data import derive, migrations, moving, people, sealed, store
from data.keeping import backup, restoring, shelf
from data.keeping.restoring import NotEmpty, Sealed
from data.moving import NothingToMove
from data.parcel import MoveError
from data.reporting import subscriptions
from data.reporting.reports import TEAM, About
from data.sources.github import credentials
from data.tables import (
    AnswerSheet,
    AuditEvent,
    Base,
    Connection,
    DataVersion,
    Job,
    Organization,
    Participation,
    ReportSending,
    Service,
    Source,
    Team,
    Wave,
)
from tests import nursery
from tests.data import filling
from tests.data.arrange import Place, change
from tests.data.test_moving import busy, numbers
from tests.data.test_parcel import is_all_there_is, replaces, rewritten, says, sets, without, without_sums

ROOT = Path(__file__).parents[3]
KINDS = ("sqlite", "postgresql")
SECRET = "ghp_of_nobody"


def full(who) -> Place:
    """Every table has rows; a connection whose secret is sealed."""
    place = busy(who)
    with store.writing() as session:
        session.execute(update(Connection).values(secret=credentials.keep(SECRET)))
    return place


@pytest.fixture(scope="module")
def one_file(tmp_path_factory, migrated_file):
    """A backup of a store with rows in every table, and the home that it came from."""
    folder = tmp_path_factory.mktemp("backed-up")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MILEPOST_HOME", str(folder))
        patch.delenv("DATABASE_URL", raising=False)
        shutil.copy(migrated_file, folder / "milepost.db")
        full(people.local_person())
        backup.write(folder / "one.zip")
        store.dispose()
    return folder / "one.zip"


def everything() -> dict:
    with store.reading() as session:
        return filling.rows(session.connection(), Base.metadata)


def count(table) -> int:
    with store.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def kept(rows: dict) -> dict:
    """Of everything in a store what a backup brings back: not what is worked out, and no job that has not ended."""
    live = {key for (key,), row in rows["job"].items() if row["state"] in ("queued", "running")}
    found = {}
    for table in rows.keys() - backup.LEFT_OUT:
        gone = moving.DERIVED if table == "service" else ()
        found[table] = {
            key: {
                name: None if name == "job_id" and value in live else value
                for name, value in row.items()
                if name not in gone
            }
            for key, row in rows[table].items()
            if not (table == "job" and row["id"] in live)
            and not (table == "audit_event" and row["action"] in ("restore_backup", "make_backup"))
        }
    return found


@pytest.mark.parametrize("target", KINDS)
@pytest.mark.parametrize("source", KINDS)
def test_what_was_backed_up_comes_back_equal_and_gives_the_same_numbers(turn, tmp_path, source, target):
    turn(source)
    full(people.local_person())
    before, facts = numbers(), kept(everything())
    made = backup.write(tmp_path / "one.zip")
    turn(target)
    found = restoring.restore(tmp_path / "one.zip")
    assert (found.described.rows, found.before, found.without_sealed, found.shut) == (made.rows, None, False, 0)
    assert (moving.work_out(), derive.stale(), numbers()) == (1, [], before)
    assert kept(everything()) == facts
    assert len(before["cell_block"]) > 0
    with store.reading() as session:
        assert {credentials.reveal(each) for each in session.execute(select(Connection.secret)).scalars()} == {SECRET}
    other = Place(people.local_person(), "Other")  # new rows get ids behind those that came
    assert other.team_id > max(key for (key,) in facts["team"])


def test_each_table_is_in_a_backup_unless_it_is_named():
    """Whoever adds a table decides only what must not be in it, or not be readable in it."""
    assert {
        "judged_deployment", "shipped_change", "failure", "packed_week", "cell_block", "data_version", "proof_kept",
        "sign_in", "idempotency_key", "webhook_delivery", "draft", "consensus_seat", "consensus_vote",
    } == backup.LEFT_OUT - backup.OLD  # fmt: skip
    assert Base.metadata.tables.keys() - backup.LEFT_OUT >= backup.SEALED


def test_every_revision_has_only_tables_that_are_known(bare_home):
    """What a later migration takes away belongs into `backup.OLD`: it would stay behind when a store is emptied."""
    from alembic.script import ScriptDirectory
    from sqlalchemy import inspect

    found = set()
    script = ScriptDirectory.from_config(migrations.config())
    for revision in reversed([each.revision for each in script.walk_revisions()]):
        migrations.run("upgrade", revision)
        found |= set(inspect(store.engine()).get_table_names())
    assert found - {"alembic_version"} == {*Base.metadata.tables, *backup.OLD}


def test_a_backup_of_the_first_revision_comes_back_in_the_present_form(turn, tmp_path):
    turn("sqlite")
    migrations.run("downgrade", "0001")
    with store.engine().begin() as connection:
        tables = filling.reflected(connection)
        filling.fill(connection, tables)
        connection.execute(tables.tables["job"].update().values(state="done"))
        connection.execute(tables.tables["service"].update().values(settings=None))
        before = filling.rows(connection, tables)
    assert backup.write(tmp_path / "old.zip").revision == "0001"
    assert count_in(tmp_path / "old.zip", "change") == 3
    turn("postgresql")
    assert restoring.check(tmp_path / "old.zip").is_older
    restoring.restore(tmp_path / "old.zip")
    after = everything()
    for table in ("team", "person", "change", "deployment", "incident", "correction", "source"):
        columns = next(iter(before[table].values())).keys() & next(iter(after[table].values())).keys()
        for key, row in before[table].items():
            assert {name: row[name] for name in columns} == {name: after[table][key][name] for name in columns}
    with store.reading() as session:
        assert migrations.current(session.connection()) == migrations.newest()


def count_in(file: Path, table: str) -> int:
    with zipfile.ZipFile(file) as archive:
        return archive.read(f"{table}.jsonl").count(b"\n") - 1


def test_a_file_says_nothing_of_answers_and_secrets(home, who, tmp_path):
    full(who)
    with store.writing() as session:
        session.execute(update(AnswerSheet).values(answers={"a": "the boss shouts"}, signs="straight"))
        session.execute(update(Participation).values(name="A developer"))
    made = backup.write(tmp_path / "one.zip")
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        text = b"".join(archive.read(name) for name in archive.namelist())
    for word in (
        b"the boss shouts",
        b"A developer",
        b"straight",
        SECRET.encode(),
        sealed.cipher()._fernets[0]._signing_key,
    ):
        assert word not in text
    assert made.key_place == str(home / "secret.key")


def test_the_file_is_for_its_owner_only(home, who, tmp_path):
    busy(who)
    made = backup.write(shelf.new_file())
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.path.parent.stat().st_mode) == 0o700


def test_a_backup_is_of_one_moment_while_others_write(on_postgresql, who, tmp_path):
    place, ended = busy(who), threading.Event()

    def write():
        number = 1_000
        while not ended.is_set():
            number += 1
            with store.writing() as session:
                session.add(AuditEvent(at=number, action="x", subject="y"))
                session.flush()
                session.add(Team(organization_id=place.organization_id, name=f"Team {number}", created_at=1))

    before = count(Team) - count(AuditEvent)
    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = [backup.write(tmp_path / f"{number}.zip").rows for number in range(3)]
    finally:
        ended.set()
        writer.join()
    assert {rows["team"] - rows["audit_event"] for rows in found} == {before}
    assert found[-1]["team"] > found[0]["team"]


def test_a_job_that_has_not_ended_stays_behind_and_is_named_by_nobody(turn, tmp_path):
    turn("sqlite")
    place = Place(people.local_person())
    source = place.source()
    with store.writing() as session:
        job = Job(kind="github", state="running", organization_id=place.organization_id, created_at=1)
        session.add(job)
        session.flush()
        session.get(Source, source).job_id = job.id
    backup.write(tmp_path / "one.zip")
    turn("sqlite")
    restoring.restore(tmp_path / "one.zip")
    with store.reading() as session:
        assert session.get(Source, source).job_id is None
        assert "running" not in session.execute(select(Job.state)).scalars().all()


def test_a_report_on_its_way_is_not_on_its_way_for_ever(turn, tmp_path):
    turn("sqlite")
    who = people.local_person()
    place = Place(who)
    one = subscriptions.add_mail(who, About(TEAM, place.team_id), "board@docs.example", "quarter")
    with store.writing() as session:
        for number, state in enumerate(("waiting", "handing", "sent")):
            session.add(ReportSending(subscription_id=one, period=f"2026-Q{number + 1}", quarter=f"2026-Q{number + 1}",
                                      uid=str(number), state=state, made_at=1))  # fmt: skip
    backup.write(tmp_path / "one.zip")
    turn("sqlite")
    restoring.restore(tmp_path / "one.zip")
    (line,) = subscriptions.listed(people.local_person())
    assert [each.state for each in line.sendings] == ["sent", "unknown", "failed"]
    assert "Send it again" in line.sendings[2].problem and "may have arrived" in line.sendings[1].problem


def test_of_a_backup_with_nothing_sealed_it_is_not_said_that_it_opens(turn, tmp_path):
    turn("sqlite")
    Place(people.local_person())
    backup.write(tmp_path / "one.zip")
    (store.home() / "secret.key").unlink(missing_ok=True)
    said = restoring.said(restoring.check(tmp_path / "one.zip"))
    assert said.endswith("Nothing in it is sealed.")


# What is there already


def test_a_store_that_is_used_is_left_alone(both, who, one_file):
    shutil.copy(one_file.with_name("secret.key"), store.home())
    Place(who, "Other")
    before = everything()
    with pytest.raises(NotEmpty, match=r"not empty: .* or give --force"):
        restoring.restore(one_file)
    assert everything() == before


def test_forced_it_takes_the_place_of_what_is_there_which_is_kept(both, who, tmp_path):
    place = Place(who)
    place.add(changes=[change(1)])
    backup.write(tmp_path / "one.zip")
    facts, version = kept(everything()), store.version()
    with store.writing() as session:
        session.get(Team, place.team_id).name = "Renamed since"
    found = restoring.restore(tmp_path / "one.zip", force=True)
    assert kept(everything()) == facts
    assert store.version() > version  # pages that were open look anew
    restoring.restore(found.before, force=True)
    with store.reading() as session:
        assert session.get(Team, place.team_id).name == "Renamed since"


def test_that_a_backup_was_brought_back_stands_in_the_log(home, who, one_file):
    shutil.copy(one_file.with_name("secret.key"), home)
    restoring.restore(one_file)
    with store.reading() as session:
        found = session.execute(select(AuditEvent).order_by(AuditEvent.id.desc())).scalars().first()
    assert (found.action, found.subject, found.detail["revision"]) == ("restore_backup", "store", migrations.newest())


def test_a_store_without_tables_gets_them(bare_home, one_file):
    bare_home.mkdir(mode=0o700)
    shutil.copy(one_file.with_name("secret.key"), bare_home)
    restoring.restore(one_file)
    assert count(Service) == 1


def test_a_store_of_a_newer_milepost_is_left_alone(both, who, tmp_path, one_file):
    shutil.copy(one_file.with_name("secret.key"), store.home())
    Place(who, "Other")
    with store.writing() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(MoveError, match="store in use was written by a newer Milepost: restore into a new one"):
        restoring.restore(one_file, force=True)
    with pytest.raises(MoveError, match="store in use was written by a newer Milepost: update this one"):
        backup.write(tmp_path / "two.zip")


def test_nothing_is_backed_up_where_nothing_is(both, who, tmp_path):
    with pytest.raises(NothingToMove, match="no team and no service"):
        backup.write(tmp_path / "one.zip")
    assert not (tmp_path / "one.zip").exists()


# The key


def test_without_the_key_nothing_comes_back_unless_one_does_without_what_is_sealed(turn, tmp_path):
    turn("sqlite")
    place = full(people.local_person())
    with store.writing() as session:
        for state in ("open", "closed"):
            session.add(Wave(team_id=place.team_id, kind="survey", title=state, questionnaire="q", asked={}, digest="d",
                             state=state, opened_at=1, closes_at=2))  # fmt: skip
    backup.write(tmp_path / "one.zip")
    turn("sqlite", with_key=False)
    with pytest.raises(Sealed, match=r"there is no key here, .* or give --without-sealed"):
        restoring.restore(tmp_path / "one.zip")
    assert not (tmp_path / "home-1" / "secret.key").exists(), "looking for a key makes none"
    credentials.keep("another")  # as a portal that was used meanwhile has made one
    with pytest.raises(Sealed, match=r"the key in .*secret\.key is another"):
        restoring.restore(tmp_path / "one.zip")
    assert not restoring.check(tmp_path / "one.zip").opens
    assert count(Team) == 0
    found = restoring.restore(tmp_path / "one.zip", without_sealed=True)
    assert (found.without_sealed, found.shut) == (True, 3)
    assert (count(AnswerSheet), count(Participation), count(Team)) == (0, 0, 1)
    with store.reading() as session:
        rows = session.execute(select(Wave.title, Wave.state, Wave.elsewhere).where(Wave.questionnaire == "q")).all()
    assert {tuple(row) for row in rows} == {("open", "cancelled", False), ("closed", "closed", True)}


def test_the_key_may_stand_in_a_variable(turn, tmp_path, monkeypatch):
    turn("sqlite")
    monkeypatch.setenv(credentials.KEY, "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
    full(people.local_person())
    assert backup.write(tmp_path / "one.zip").key_place == credentials.KEY
    turn("sqlite")
    assert not restoring.restore(tmp_path / "one.zip").without_sealed
    assert count(AnswerSheet) == 3


# Broken off, and wrong files


KILLED = """
import os, signal, sys
from pathlib import Path
from data.keeping import restoring

def die(done, total, message):
    if message == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

restoring.restore(Path(sys.argv[1]), force=True, progress=die)
"""


@pytest.mark.parametrize("at", ["Bringing in change", "Bringing in learning event"])
def test_killed_in_the_middle_it_leaves_the_store_as_it_was(both, who, one_file, at):
    shutil.copy(one_file.with_name("secret.key"), store.home())
    Place(who, "Other").add(changes=[change(1)])
    before = everything()
    killed = nursery.run([sys.executable, "-c", KILLED, str(one_file), at], cwd=ROOT)
    assert (killed.returncode, everything()) == (-signal.SIGKILL, before)
    found = restoring.restore(one_file, force=True).described
    assert found.rows == restoring.check(one_file).rows and count(Team) == found.rows["team"]


def test_a_migration_that_fails_on_the_way_leaves_the_store_as_it_was(both, who, one_file, monkeypatch):
    shutil.copy(one_file.with_name("secret.key"), store.home())
    before, went = everything(), migrations.turn

    def half(connection, revision):
        went(connection, revision)
        if count_of(connection, Organization):
            raise RuntimeError("power cut")

    monkeypatch.setattr(migrations, "turn", half)
    with pytest.raises(RuntimeError, match="power cut"):
        restoring.restore(one_file)
    assert everything() == before


def count_of(connection, table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def seals(table: str, sealed):
    return sets(table, "sealed", sealed)


def resealed(row):
    """Sealed with the right key, and no row all the same."""

    def change(files, manifest):
        seals("answer_sheet", sealed.cipher().encrypt(json.dumps(row).encode()).decode())(files, manifest)

    return change


BAD = {
    "a row was changed": (without_sums(replaces(b"Shop", b"Shot")), "not what was written"),
    "a table is missing": (without("team", in_manifest=False), "no table 'team'"),
    "no rows": (is_all_there_is(b"{}\n"), "no list of rows"),
    "text for a number": (sets("team", "created_at", "1"), "created_at holds a value that does not belong there"),
    "a list for an object": (sets("audit_event", "detail", [1]), "detail holds a value that does not belong there"),
    "an owner that is not there": (sets("team", "organization_id", 99), "belong to rows that are not there"),
    "the same row twice": (sets("trunk_commit", "sha", "x"), "rows of trunk commit are there twice"),
    "a job that would be done": (sets("job", "state", "queued"), "holds a job that has not ended"),
    "settings that are none": (sets("service", "settings", {"rule": 5}), "settings"),
    "sealed by somebody else": (seals("answer_sheet", "gAAAAA"), "a row of answer_sheet is not what was sealed"),
    "a number for a seal": (seals("answer_sheet", 5), "a row of answer_sheet is not what was sealed"),
    "too few sealed values": (resealed([1]), "a row of answer_sheet does not have 4 values"),
    "a sealed object": (resealed({"id": 1}), "a row of answer_sheet does not have 4 values"),
    "sealed values of another kind": (resealed([{}, 5, "", 1]), "answer_sheet.id holds a value that"),
    "another program": (says(format="other/1"), "its manifest is of another program"),
    "an export": (says(format="milepost.store/1"), r"is an export, no backup: bring it in with .* import"),
    "a newer form": (says(format="milepost.backup/2"), "written by a newer Milepost: update this one, then restore"),
    "a newer revision": (says(revision="9999"), "written by a newer Milepost: update this one, then restore"),
    "no moment": (says(made_at=None), "nothing says when it was made"),
    "a moment that no calendar has": (says(made_at=2**62), "nothing says when it was made"),
    "another revision": (says(revision="0001"), "it holds an unknown table"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_a_sentence_and_nothing_changes(home, who, tmp_path, one_file, name):
    change, sentence = BAD[name]
    shutil.copy(one_file.parent / "secret.key", home)
    rewritten(one_file, tmp_path / "bad.zip", change)
    before = everything()
    with pytest.raises(MoveError, match=sentence) as refused:
        restoring.restore(tmp_path / "bad.zip")
    assert "\n" not in str(refused.value)
    assert everything() == before


@pytest.mark.parametrize("name", ["an owner that is not there", "the same row twice", "settings that are none"])
def test_what_postgresql_finds_wrong_with_a_file_changes_nothing_either(
    on_postgresql, who, tmp_path, one_file, name, monkeypatch
):
    monkeypatch.setenv("MILEPOST_HOME", str(one_file.parent))
    rewritten(one_file, tmp_path / "bad.zip", BAD[name][0])
    before = everything()
    with pytest.raises(MoveError, match=BAD[name][1]):
        restoring.restore(tmp_path / "bad.zip")
    assert everything() == before


def test_a_truncated_file_is_refused_wherever_it_ends(home, who, tmp_path, one_file):
    whole = one_file.read_bytes()
    for part in range(1, 12):
        (tmp_path / "cut.zip").write_bytes(whole[: len(whole) * part // 12])
        with pytest.raises(MoveError, match="damaged, or no backup"):
            restoring.check(tmp_path / "cut.zip")


def test_a_flipped_bit_is_found_wherever_it_is(home, who, tmp_path, one_file):
    whole = bytearray(one_file.read_bytes())
    for place in range(60, len(whole) - 2_000, len(whole) // 40):
        broken = bytearray(whole)
        broken[place] ^= 16
        (tmp_path / "bad.zip").write_bytes(broken)
        try:
            found = restoring.check(tmp_path / "bad.zip")
        except MoveError:
            continue
        assert found.rows == restoring.check(one_file).rows, "a bit of an archive that says nothing"


@pytest.mark.parametrize("content", [b"", b"precious", b"PK\x03\x04" + b"\0" * 99, b"SQLite format 3\0"])
def test_a_file_of_another_kind_is_none(home, who, tmp_path, content):
    (tmp_path / "no.zip").write_bytes(content)
    with pytest.raises(MoveError, match="damaged, or no backup of Milepost: it is no whole zip file"):
        restoring.restore(tmp_path / "no.zip")


def test_an_export_says_how_it_is_brought_in_and_a_backup_too(home, who, tmp_path, one_file):
    busy(who)
    moving.export_store(tmp_path / "out.zip")
    with pytest.raises(MoveError, match=r"is an export, no backup: bring it in with `python milepost\.py import`"):
        restoring.restore(tmp_path / "out.zip", force=True)
    with pytest.raises(MoveError, match=r"is a backup, no export: bring it in with `python milepost\.py restore`"):
        moving.import_store(one_file)


def test_the_version_that_pages_know_rises(home, who, tmp_path, one_file):
    shutil.copy(one_file.parent / "secret.key", home)
    with store.writing() as session:
        session.execute(update(DataVersion).values(version=41))
    restoring.restore(one_file)
    assert store.version() == 43
