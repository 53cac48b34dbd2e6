"""Stores of either kind, out into a file and into a store of either kind; and files that are no such thing."""

import hashlib
import json
import random
import shutil
import signal
import stat
import subprocess
import sys
import threading
import zipfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import func, select

from data import derive, migrations, moving, parcel, people, store
from data.moving import MoveError, NothingToMove
from data.tables import (
    AuditEvent,
    Base,
    Cell,
    Change,
    Correction,
    Job,
    JudgedDeployment,
    Organization,
    Person,
    Service,
    ShippedChange,
    Team,
)
from tests.data import filling
from tests.data.arrange import Place, change, deployment, incident, sha
from tests.servers import database

ROOT = Path(__file__).parents[2]
KINDS = ("sqlite", "postgresql")


@pytest.fixture
def turn(request, tmp_path, monkeypatch, migrated_file):
    """Turns to a new store of a kind, empty and migrated."""
    with ExitStack() as ending:

        def to(kind: str) -> None:
            folder = tmp_path / f"home-{len(list(tmp_path.glob('home-*')))}"
            folder.mkdir(mode=0o700)
            monkeypatch.setenv("MILEPOST_HOME", str(folder))
            monkeypatch.delenv("DATABASE_URL", raising=False)
            if kind == "sqlite":
                shutil.copy(migrated_file, folder / "milepost.db")
                return
            server, template = map(request.getfixturevalue, ("postgresql", "migrated_database"))
            monkeypatch.setenv("DATABASE_URL", ending.enter_context(database(server, template)))

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
    derive.refresh(place.service_id)
    return place


def numbers() -> dict:
    """Everything that is worked out, without the ids of its rows."""
    found = {}
    for table in (Cell, JudgedDeployment, ShippedChange):
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
    assert (numbers(), len(before["cell"]) > 50, len(before["judged_deployment"])) == (before, True, 12)
    whole = said.keys() - {"job", "service"}
    assert {name: everything()[name] for name in whole} == {name: facts[name] for name in whole}


def test_each_table_either_travels_or_can_be_computed_again():
    """Whoever adds a table decides: facts and what people said travel; secrets never do."""
    travel = {table.__tablename__ for table in moving.moved()}
    assert travel == {
        "organization", "person", "person_role", "team", "membership", "repository", "service", "source",
        "trunk_commit", "change", "deployment", "incident", "pipeline_run", "correction", "job", "audit_event",
    }  # fmt: skip
    stay = {"judged_deployment", "shipped_change", "failure", "packed_week", "cell", "data_version"}
    assert Base.metadata.tables.keys() - travel == stay


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


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_import_leaves_an_empty_store(turn, tmp_path, kind):
    turn("sqlite")
    busy(people.local_person())
    said = moving.export_store(tmp_path / "out.zip")
    turn(kind)
    before = everything()
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "out.zip")], cwd=ROOT)
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


# Files that are no exports, or hostile


def rewritten(source: Path, target: Path, change) -> None:
    """A copy of an export after `change(files, manifest)`; lengths and sums of the manifest fit, unless it sets them."""
    files = content(source)
    manifest = json.loads(files.pop("manifest.json"))
    set_by_hand = change(files, manifest)
    for name, part in dict(manifest["tables"]).items():
        if f"{name}.jsonl" in files and not set_by_hand:
            found = files[f"{name}.jsonl"]
            rows = max(found.count(b"\n") - 1, 0)
            part |= {"bytes": len(found), "sha256": hashlib.sha256(found).hexdigest(), "rows": rows}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, found in {**files, "manifest.json": json.dumps(manifest).encode()}.items():
            archive.writestr(name, found)


def sets(table: str, column: str, value):
    """Puts a value into every row of a column."""

    def change(files, manifest):
        header, *rows = map(json.loads, files[f"{table}.jsonl"].splitlines())
        for row in rows:
            row[header.index(column)] = value
        files[f"{table}.jsonl"] = "".join(json.dumps(row) + "\n" for row in (header, *rows)).encode()

    return change


def replaces(old: bytes, new: bytes, table: str = "team"):
    def change(files, manifest):
        assert old in files[f"{table}.jsonl"]
        files[f"{table}.jsonl"] = files[f"{table}.jsonl"].replace(old, new)

    return change


def without_sums(change):
    """The manifest stays as it was."""
    return lambda files, manifest: (change(files, manifest), True)[1]


def without(table: str, in_manifest: bool):
    def change(files, manifest):
        del files[f"{table}.jsonl"]
        if not in_manifest:
            del manifest["tables"][table]

    return change


def says(**values):
    return lambda files, manifest: manifest.update(values)


def says_of_teams(**values):
    return lambda files, manifest: (manifest["tables"]["team"].update(values), True)[1]


BAD = {
    "a row was changed": (without_sums(replaces(b"Shop", b"Shot")), "not what was written"),
    "a row is missing": (says_of_teams(rows=2), "not what was written"),
    "a file is longer than it says": (says_of_teams(bytes=1), "do not have the lengths"),
    "a table is missing": (without("team", in_manifest=True), "'team.jsonl' is either in it or"),
    "a table is nowhere": (without("team", in_manifest=False), "no table 'team'"),
    "a table is unknown": (lambda f, m: m["tables"].update(token=m["tables"]["team"]), "an unknown table 'token'"),
    "a derived table": (lambda f, m: m["tables"].update(cell=m["tables"]["team"]), "an unknown table 'cell'"),
    "a path out of the zip": (lambda files, _: files.update({"../../evil.jsonl": b"[]"}), "evil.jsonl' is either"),
    "an absolute path": (lambda files, _: files.update({"/tmp/evil.jsonl": b"[]"}), "evil.jsonl' is either"),
    "an unknown column": (replaces(b'"name"', b'"password"'), "an unknown column 'password'"),
    "a column is missing": (replaces(b'"name",', b""), "no column 'name'"),
    "columns in another order": (replaces(b'"id","organization_id"', b'"organization_id","id"'), "another order"),
    "no header": (lambda files, _: files.update({"team.jsonl": b"\n"}), "no column 'id'"),
    "nothing in a table": (lambda files, _: files.update({"team.jsonl": b""}), "not what was written"),
    "too few values": (replaces(b'"Team of Shop",', b""), "does not have 4 values"),
    "no rows": (lambda files, _: files.update({"team.jsonl": b"{}\n"}), "no list of rows"),
    "no JSON": (lambda files, _: files.update({"team.jsonl": b"id,name\n"}), "no list of rows"),
    "no text": (lambda files, _: files.update({"team.jsonl": b"\xff\xfe\n"}), "no list of rows"),
    "a line without end": (lambda files, _: files.update({"team.jsonl": files["team.jsonl"] + b"[1]"}), "not consist of lines"),
    "deep nesting": (lambda files, _: files.update({"team.jsonl": b"[" * 100_000 + b"\n"}), "no list of rows"),
    "text for a number": (sets("team", "created_at", "1"), "team.created_at holds a value that is no int"),
    "truth for a number": (sets("team", "created_at", True), "no int"),
    "a fraction for a number": (sets("team", "created_at", 1.0), "no int"),
    "a number for truth": (sets("organization", "is_demo", 0), "no bool"),
    "a list for text": (sets("team", "name", ["x"]), "no str"),
    "a number for text": (sets("team", "name", 5), "no str"),
    "half a character": (sets("team", "name", "\ud800"), "team.name holds a value that nobody could keep"),
    "a number of 64 bits and one": (sets("team", "created_at", 2**63), "nobody could keep"),
    "a number of 5000 digits": (replaces(b',"Team', b"," + b"9" * 5000 + b',"Team'), "no list of rows"),
    "nothing where something must be": (sets("team", "name", None), "lack something"),
    "an owner that is not there": (sets("team", "organization_id", 99), "belong to rows that are not there"),
    "the same row twice": (sets("trunk_commit", "sha", "x"), "rows of trunk commit are there twice"),
    "settings that are none": (sets("service", "settings", {"rule": 5}), "settings"),
    "another program": (says(format="other/1"), "its manifest is of another program"),
    "a newer form": (says(format="milepost.store/2"), "newer Milepost: update this one"),
    "a newer store": (says(revision="9999"), "newer Milepost: update this one"),
    "an older store": (says(revision="0001"), "older Milepost: run `python milepost.py migrate`"),
    "tables that are a list": (says(tables=[]), "manifest cannot be read"),
    "negative rows": (says_of_teams(rows=-1), "manifest cannot be read"),
    "text for rows": (says_of_teams(rows="1"), "manifest cannot be read"),
    "more in the manifest": (says(run="rm -rf"), "manifest cannot be read"),
}  # fmt: skip


@pytest.fixture(scope="module")
def exported(tmp_path_factory, migrated_file) -> Path:
    """An export to spoil."""
    folder = tmp_path_factory.mktemp("exported")
    shutil.copy(migrated_file, folder / "milepost.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MILEPOST_HOME", str(folder))
        patch.delenv("DATABASE_URL", raising=False)
        busy(people.local_person())
        moving.export_store(folder / "out.zip")
        store.dispose()
    return folder / "out.zip"


def refused(path: Path) -> str:
    """The sentence with which an import ends that has changed nothing."""
    before = (everything(), store.version())
    with pytest.raises(MoveError) as error:
        moving.import_store(path)
    assert (everything(), store.version()) == before
    assert str(error.value).count("\n") == 0 and len(str(error.value)) < 400
    return str(error.value)


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_with_a_sentence_and_changes_nothing(home, who, exported, tmp_path, case):
    change, words = BAD[case]
    rewritten(exported, tmp_path / "bad.zip", change)
    assert words in refused(tmp_path / "bad.zip")
    assert list(Path("/tmp").glob("evil*")) == []


NEEDS_A_DATABASE = ("nothing where something must be", "an owner that is not there", "the same row twice")


@pytest.mark.parametrize("case", NEEDS_A_DATABASE)
def test_what_only_the_database_notices_postgresql_notices_too(on_postgresql, who, exported, tmp_path, case):
    rewritten(exported, tmp_path / "bad.zip", BAD[case][0])
    assert BAD[case][1] in refused(tmp_path / "bad.zip")


def test_a_number_that_postgresql_cannot_keep_is_told_as_such(on_postgresql, who, exported, tmp_path):
    rewritten(exported, tmp_path / "bad.zip", sets("change", "number", 2**31))
    assert "A value in change is none that this kind of database can keep" in refused(tmp_path / "bad.zip")


def test_an_id_that_no_counter_can_follow_is_refused(on_postgresql, who, tmp_path):
    parcelled(tmp_path / "bad.zip", {"organization": [[-5, "Acme", False, 1]]})
    assert "A value in the ids" in refused(tmp_path / "bad.zip")


@pytest.mark.parametrize("end", [b"", b"id,name\n1,2\n", b"PK\x05\x06" + b"\0" * 18, b"PK\x05\x06" + b"\xff" * 18])
def test_a_file_that_is_no_zip_is_refused(home, who, tmp_path, end):
    (tmp_path / "bad.zip").write_bytes(end)
    assert "damaged, or no export of Milepost" in refused(tmp_path / "bad.zip")


def test_a_file_that_is_not_there_or_a_folder_is_refused(home, who, tmp_path):
    assert "cannot be read (No such file or directory)" in refused(tmp_path / "gone.zip")
    assert "cannot be read (Is a directory)" in refused(tmp_path)


def test_a_file_that_holds_a_table_twice_is_refused(home, who, exported, tmp_path):
    shutil.copy(exported, tmp_path / "bad.zip")
    with zipfile.ZipFile(tmp_path / "bad.zip", "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("team.jsonl", "[]", zipfile.ZIP_DEFLATED)
    assert "holds a file twice" in refused(tmp_path / "bad.zip")


@pytest.mark.parametrize("packed", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_STORED])
def test_a_file_packed_in_another_way_is_refused(home, who, exported, tmp_path, packed):
    with zipfile.ZipFile(tmp_path / "bad.zip", "w", packed) as archive:
        for name, found in content(exported).items():
            archive.writestr(name, found)
    assert "packed in another way" in refused(tmp_path / "bad.zip")


def test_a_bomb_is_refused_before_it_is_unpacked(home, who, exported, tmp_path):
    rewritten(exported, tmp_path / "bad.zip", replaces(b"Team of Shop", b"x" * 300_000_000))
    assert (tmp_path / "bad.zip").stat().st_size < 1_000_000
    assert "would unpack to more than an export does" in refused(tmp_path / "bad.zip")


def test_a_file_that_hides_its_length_is_read_no_further_than_it_says(home, who, exported, tmp_path):
    """The directory of the zip and the manifest both lie, and agree."""
    rewritten(exported, tmp_path / "bad.zip", replaces(b"Team of Shop", b"x" * 3_000_000))
    long = content(tmp_path / "bad.zip")["team.jsonl"]

    def lies(files, manifest):
        files["team.jsonl"] = long
        manifest["tables"]["team"] |= {"bytes": 100, "sha256": hashlib.sha256(long[:100]).hexdigest()}
        return True

    rewritten(exported, tmp_path / "bad.zip", lies)
    content_ = (tmp_path / "bad.zip").read_bytes()
    (tmp_path / "bad.zip").write_bytes(content_.replace(len(long).to_bytes(4, "little"), (100).to_bytes(4, "little")))
    assert "is damaged" in refused(tmp_path / "bad.zip")


@pytest.mark.parametrize("seed", range(5))
def test_whatever_is_broken_in_a_file_is_told_in_a_sentence(exported, tmp_path, seed):
    """Cut, flipped and doubled at random places: a sentence, or else exactly what was written."""
    whole, chance = exported.read_bytes(), random.Random(seed)
    names = {table.__tablename__: table for table in moving.moved()}

    def rows() -> dict:
        newest = migrations.newest()
        with parcel.reading(tmp_path / "x.zip", newest, migrations.known() - {newest}, names) as reader:
            return {
                name: [row for block in reader.table(name, [each.name for each in moving.columns(table)])
                       for row in block]
                for name, table in names.items()
            }  # fmt: skip

    (tmp_path / "x.zip").write_bytes(whole)
    right, refusals = rows(), 0
    for _ in range(60):
        spoilt = bytearray(whole)
        for _ in range(chance.choice([1, 1, 2, 30])):
            place = chance.choice([chance.randrange(len(spoilt)), len(spoilt) - 1 - chance.randrange(1500)])
            spoilt[place] ^= 1 << chance.randrange(8)
        if chance.random() < 0.2:
            del spoilt[chance.randrange(len(spoilt)) :]
        (tmp_path / "x.zip").write_bytes(spoilt)
        try:
            assert rows() == right
        except MoveError:
            refusals += 1
    assert refusals > 30
