"""Files that are no exports, damaged, or made to do harm: one sentence, and nothing has changed."""

import hashlib
import json
import random
import shutil
import zipfile
from pathlib import Path

import pytest

from data import migrations, moving, parcel, people, store
from data.moving import MoveError
from tests.data.test_moving import busy, content, everything, parcelled


def rewritten(source: Path, target: Path, change) -> None:
    """A copy of an export after `change(files, manifest)`; lengths and sums fit, unless it sets them."""
    files = content(source)
    manifest = json.loads(files.pop("manifest.json"))
    set_by_hand = change(files, manifest)
    for name, part in dict(manifest["tables"]).items():
        if f"{name}.jsonl" in files and not set_by_hand:
            found = files[f"{name}.jsonl"]
            rows = max(found.count(b"\n") - 1, 0)
            part |= {"rows": rows, "bytes": len(found), "sha256": hashlib.sha256(found).hexdigest()}
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


def is_all_there_is(content: bytes):
    return lambda files, manifest: files.update({"team.jsonl": content})


def is_added(content: bytes):
    return lambda files, manifest: files.update({"team.jsonl": files["team.jsonl"] + content})


def without_sums(change):
    """The manifest stays as it was."""
    return lambda files, manifest: (change(files, manifest), True)[1]


def without(table: str, in_manifest: bool):
    def change(files, manifest):
        del files[f"{table}.jsonl"]
        if not in_manifest:
            del manifest["tables"][table]

    return change


def with_another(table: str):
    def change(files, manifest):
        files[f"{table}.jsonl"] = files["team.jsonl"]
        manifest["tables"][table] = dict(manifest["tables"]["team"])

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
    "a table is unknown": (with_another("token"), "an unknown table 'token'"),
    "a derived table": (with_another("cell"), "an unknown table 'cell'"),
    "a path out of the zip": (lambda files, _: files.update({"../../evil.jsonl": b"[]"}), "evil.jsonl' is either"),
    "an absolute path": (lambda files, _: files.update({"/tmp/evil.jsonl": b"[]"}), "evil.jsonl' is either"),
    "an unknown column": (replaces(b'"name"', b'"password"'), "an unknown column 'password'"),
    "a column is missing": (replaces(b'"name",', b""), "no column 'name'"),
    "columns in another order": (replaces(b'"id","organization_id"', b'"organization_id","id"'), "another order"),
    "no header": (is_all_there_is(b"\n"), "no column 'id'"),
    "nothing in a table": (is_all_there_is(b""), "not what was written"),
    "too few values": (replaces(b'"Team of Shop",', b""), "does not have 4 values"),
    "no rows": (is_all_there_is(b"{}\n"), "no list of rows"),
    "no JSON": (is_all_there_is(b"id,name\n"), "no list of rows"),
    "no text": (is_all_there_is(b"\xff\xfe\n"), "no list of rows"),
    "a line without end": (is_added(b"[1]"), "not consist of lines"),
    "deep nesting": (is_all_there_is(b"[" * 100_000 + b"\n"), "no list of rows"),
    "text for a number": (sets("team", "created_at", "1"), "created_at holds a value that does not belong there"),
    "truth for a number": (sets("team", "created_at", True), "does not belong there"),
    "a fraction for a number": (sets("team", "created_at", 1.0), "does not belong there"),
    "a number for truth": (sets("organization", "is_demo", 0), "does not belong there"),
    "a list for text": (sets("team", "name", ["x"]), "does not belong there"),
    "a number for text": (sets("team", "name", 5), "does not belong there"),
    "half a character": (sets("team", "name", "\ud800"), "team.name holds a value that nobody could keep"),
    "a number of 64 bits and one": (sets("team", "created_at", 2**63), "nobody could keep"),
    "a number of 5000 digits": (replaces(b',"Team', b"," + b"9" * 5000 + b',"Team'), "no list of rows"),
    "nothing where something must be": (sets("team", "name", None), "does not belong there"),
    "an owner that is not there": (sets("team", "organization_id", 99), "belong to rows that are not there"),
    "the same row twice": (sets("trunk_commit", "sha", "x"), "rows of trunk commit are there twice"),
    "no id": (sets("change", "id", None), "change.id holds a value that does not belong there"),
    "a list for arguments": (sets("job", "args", [1]), "job.args holds a value that does not belong there"),
    "a job that would be done": (sets("job", "state", "queued"), "holds a job that has not ended"),
    "a job that is being done": (sets("job", "state", "running"), "holds a job that has not ended"),
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


NEEDS_A_DATABASE = ("an owner that is not there", "the same row twice")


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
    rewritten(exported, tmp_path / "bad.zip", replaces(b"Team of Shop", b"x" * 100_000_000))
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


def test_looking_through_a_file_finds_other_values_of_the_same_length(exported, tmp_path):
    """Before anything is brought back; the sums of the zip itself are right."""
    rewritten(exported, tmp_path / "bad.zip", without_sums(replaces(b"Team of Shop", b"Team of Shed")))
    told = pytest.raises(MoveError, match="not what was written")
    with parcel.opened(tmp_path / "bad.zip", parcel.EXPORT) as reader, told:
        reader.check()


@pytest.mark.parametrize("seed", range(2))
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
    for _ in range(50):
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
    assert refusals > 25
