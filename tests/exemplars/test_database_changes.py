"""Migrations run forward, back and forward again on SQLite and PostgreSQL, two versions work on one schema, going back
loses nothing; and what is handed out notices each mistake that it is there for."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.exemplars import copied, exemplar, run, workflows
from tests.need import need
from tests.servers import database

TRACK = "database-changes"
PIPELINE, TWO, BACK = "migrations-in-the-pipeline", "two-versions-one-schema", "back-without-loss"
CONTRACT = "tests/test_migrations.py"
ORDERS = "shop/orders.py"
NOTE = "migrations/0003_note_of_an_order"
#: Programs that the scripts call as python3 are those of the Python that runs the tests.
CALLED = {
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTEST_ADDOPTS": "",
    "COLUMNS": "200",
    "GIT_AUTHOR_NAME": "A developer",
    "GIT_AUTHOR_EMAIL": "developer@shop.example",
    "GIT_COMMITTER_NAME": "A developer",
    "GIT_COMMITTER_EMAIL": "developer@shop.example",
}


@pytest.fixture
def sqlite(tmp_path) -> str:
    return f"sqlite:///{tmp_path}/shop.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request) -> str:
    """Of an empty database of either kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite")
        return
    with database(request.getfixturevalue("postgresql")) as url:
        yield url


def called(folder: Path, url: str, *words: str, code: int | None = 0):
    return run(list(words), folder, code=code, seconds=300, DATABASE_URL=url, **CALLED)


def contract(folder: Path, url: str, *only: str, code: int = 0) -> str:
    """What the tests that are handed out say, run as the verifying workflow does."""
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", CONTRACT, *only]
    return called(folder, url, *words, code=code).stdout


def changed(folder: Path, path: str, *replacements: tuple[str, str]) -> None:
    text = (folder / path).read_text(encoding="utf-8")
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / path).write_text(text, encoding="utf-8")


# -- migrations, and the pipeline ------------------------------------------------------------------------------------


def test_the_migrations_keep_what_is_promised_of_them(tmp_path, address):
    assert "5 passed" in contract(copied(tmp_path, TRACK, PIPELINE), address)


REMEMBER = """            database.execute(record, waiting[0], _digest(path))
        done.append(waiting[0])
"""

#: mistake -> (file, what becomes what, the test of the contract that fails)
MISTAKES = {
    "a way back that leaves an index": (
        "migrations/0002_orders_by_customer.down.sql", "DROP INDEX orders_customer;", "SELECT 1;", "newest_go_back",
    ),
    "a way back that empties the table": (
        f"{NOTE}.down.sql", "ALTER TABLE", "DELETE FROM orders;\nALTER TABLE", "keeps_its_rows",
    ),
    "a way back that was never written": (
        f"{NOTE}.down.sql", "ALTER TABLE orders DROP COLUMN note;", "-- Not needed.", "newest_go_back",
    ),
    "nothing is remembered": (
        "shop/migrate.py", REMEMBER, "        done.append(waiting[0])\n        if len(done) == 3:\n            break\n",
        "empty_database",
    ),
    "a fill that makes nothing": ("ci/fill.sh", "exec python3 -m shop.fill", "exec echo", "keeps_its_rows"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_tests_that_are_handed_out_notice(tmp_path, sqlite, mistake):
    path, old, new, noticed = MISTAKES[mistake]
    folder = copied(tmp_path, TRACK, PIPELINE)
    changed(folder, path, (old, new))
    assert f"{noticed}" in contract(folder, sqlite, "-k", noticed, code=1)


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path, address):
    folder = copied(tmp_path, TRACK, PIPELINE)
    changed(folder, f"{NOTE}.up.sql", ("note TEXT;", "note TEXT;\nALTER TABLE nobody ADD COLUMN note TEXT;"))
    called(folder, address, "sh", "ci/migrate.sh", "up", code=1)
    assert called(folder, address, "sh", "ci/migrate.sh", "pending").stdout == "0003_note_of_an_order\n"
    changed(folder, f"{NOTE}.up.sql", ("\nALTER TABLE nobody ADD COLUMN note TEXT;", ""))
    assert called(folder, address, "sh", "ci/migrate.sh", "up").stdout == "ran 0003_note_of_an_order\n"


def test_what_has_run_is_not_edited_removed_or_overtaken(tmp_path, sqlite):
    folder = copied(tmp_path, TRACK, PIPELINE)
    called(folder, sqlite, "sh", "ci/migrate.sh", "up")

    def refused() -> str:
        return called(folder, sqlite, "sh", "ci/migrate.sh", "up", code=1).stderr

    (folder / "migrations" / "0002_later.up.sql").write_text("SELECT 1;\n")
    assert refused() == "0002_later has no way back: write migrations/0002_later.down.sql\n"
    (folder / "migrations" / "0002_later.down.sql").write_text("SELECT 1;\n")
    assert refused() == "0002_later comes before 0003_note_of_an_order, which has run: give it a higher number\n"
    for path in (folder / "migrations").glob("0002_later*"):
        path.unlink()
    changed(folder, f"{NOTE}.up.sql", ("note", "remark"))
    assert refused().startswith("0003_note_of_an_order was changed after it had run")


def test_the_version_before_is_deployed_while_the_schema_stays(tmp_path, address):
    folder = copied(tmp_path, TRACK, PIPELINE)
    called(folder, address, "sh", "ci/migrate.sh", "up")
    for path in (folder / "migrations").glob("0003*"):
        path.unlink()
    assert called(folder, address, "sh", "ci/migrate.sh", "pending").stdout == ""
    assert called(folder, address, "sh", "ci/migrate.sh", "up").stdout == ""
    refused = called(folder, address, "sh", "ci/migrate.sh", "down", code=1).stderr
    assert refused == "0003_note_of_an_order has run and its files are gone: check out the version that has them\n"


@pytest.mark.parametrize("poc", [TWO, BACK])
def test_the_later_examples_migrate_as_the_first_one_does(poc):
    assert (exemplar(TRACK, poc) / "shop/migrate.py").read_text() == (
        exemplar(TRACK, PIPELINE) / "shop/migrate.py"
    ).read_text()


# -- two versions on one schema --------------------------------------------------------------------------------------

READS_OLD = 'Decimal(str(total)).quantize(Decimal("0.01"))'
READS_NEW = '(Decimal(int(total)) / 100).quantize(Decimal("0.01"))'
READING = [
    ("SELECT total FROM", "SELECT total_cents FROM"),
    ("SELECT id, total FROM", "SELECT id, total_cents FROM"),
    (READS_OLD, READS_NEW),
]
BOTH = "(id, customer_id, total, total_cents) VALUES (?, ?, ?, ?)"
WRITING_OLD = [(BOTH, "(id, customer_id, total) VALUES (?, ?, ?)"), (", int(total * 100))", ")")]
WRITING_NEW = [(BOTH, "(id, customer_id, total_cents) VALUES (?, ?, ?)"), ("str(total), int", "int")]
#: release -> what of orders.py becomes what
RELEASES = {
    "before": WRITING_OLD,
    "expand": [],
    "switch": READING,
    "release": [*READING, *WRITING_NEW],
    "contract": [*READING, *WRITING_NEW],
    "rename": [*READING, *WRITING_NEW],
}


def released(repository: Path, release: str, *over: Path) -> None:
    """The files of that release are committed and tagged, with others put over them."""
    for path in repository.iterdir():
        if path.name != ".git":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for source in (exemplar(TRACK, TWO), *over):
        shutil.copytree(source, repository, dirs_exist_ok=True)
    migrations = repository / "migrations"
    changed(repository, ORDERS, *RELEASES[release])
    if release != "expand":
        shutil.copy(exemplar(TRACK, PIPELINE) / "tests" / "test_orders.py", repository / "tests")
    if release == "before":
        (repository / "ci" / "backfill.sh").unlink()
        for path in migrations.glob("0004*"):
            path.unlink()
    if release == "contract":
        (repository / "ci" / "backfill.sh").unlink()
        (migrations / "0005_drop_total.up.sql").write_text("ALTER TABLE orders DROP COLUMN total;\n")
        (migrations / "0005_drop_total.down.sql").write_text("ALTER TABLE orders ADD COLUMN total NUMERIC(10, 2);\n")
    if release == "rename":
        (repository / "ci" / "backfill.sh").unlink()
        both = "ALTER TABLE orders RENAME COLUMN {} TO {};\n"
        (migrations / "0004_total_in_cents.up.sql").write_text(both.format("total", "total_cents"))
        (migrations / "0004_total_in_cents.down.sql").write_text(both.format("total_cents", "total"))
    run(["git", "add", "--all"], repository)
    run(["git", "commit", "--quiet", "--allow-empty", "--message", release], repository, **CALLED)
    run(["git", "tag", release], repository)


def history(folder: Path, *releases: str, over: tuple[Path, ...] = ()) -> Path:
    """A repository with these releases, one after the other."""
    repository = folder / "repository"
    repository.mkdir()
    run([need("git"), "init", "--quiet"], repository)
    for release in releases:
        released(repository, release, *over)
    return repository


def test_the_version_before_and_this_one_work_on_one_schema(tmp_path, address):
    said = called(history(tmp_path, "before", "expand"), address, "sh", "ci/version-before.sh").stdout
    assert said.startswith("== the version before is before") and said.endswith(
        "both versions work on the new schema\n"
    )


@pytest.mark.parametrize(("older", "newer"), [("expand", "switch"), ("switch", "release"), ("release", "contract")])
def test_each_release_works_with_the_one_before_it(tmp_path, sqlite, older, newer):
    called(history(tmp_path, older, newer), sqlite, "sh", "ci/version-before.sh")


@pytest.mark.parametrize(
    ("older", "newer", "said"),
    [
        ("before", "rename", "no column named total"),
        ("before", "switch", "NoneType"),
        ("expand", "release", "The two versions read different data from one database"),
    ],
)
def test_a_release_that_is_left_out_is_noticed(tmp_path, sqlite, older, newer, said):
    done = called(history(tmp_path, older, newer), sqlite, "sh", "ci/version-before.sh", code=None)
    assert done.returncode != 0 and said in done.stdout + done.stderr


def test_the_filling_may_be_stopped_and_continued(tmp_path, address):
    repository = history(tmp_path, "before")
    called(repository, address, "sh", "ci/migrate.sh", "up")
    called(repository, address, "sh", "ci/fill.sh", "2500")
    released(repository, "expand")
    called(repository, address, "sh", "ci/migrate.sh", "up")
    told = [called(repository, address, "sh", "ci/backfill.sh", *words).stdout for words in (["1"], [], [])]
    assert told == ["1500 rows are left\n", "0 rows are left\n", "0 rows are left\n"]


# -- going back ------------------------------------------------------------------------------------------------------


def rehearsed(repository: Path, url: str) -> dict:
    called(repository, url, "python3", "ci/rehearse.py", "--rows", "400")
    return json.loads((repository / "rehearsal.json").read_text())


def test_going_back_and_forward_again_loses_nothing(tmp_path, address):
    found = rehearsed(history(tmp_path, "before", "expand", over=(exemplar(TRACK, BACK),)), address)
    assert (found["rows"], found["migrations"], found["before"]) == (1400, 1, "before")
    assert (found["lost"], found["lost_again"], found["failed_probes"]) == (0, 0, 0) and found["probes"] > 0


def test_what_only_the_new_column_holds_is_counted_as_lost(tmp_path, sqlite):
    found = rehearsed(history(tmp_path, "before", "release", over=(exemplar(TRACK, BACK),)), sqlite)
    assert (found["rows"], found["lost"]) == (1400, 1000)


def test_a_migration_that_holds_the_table_is_felt_by_whoever_writes(tmp_path, postgresql):
    repository = history(tmp_path, "before", "expand", over=(exemplar(TRACK, BACK),))
    changed(repository, "migrations/0004_total_in_cents.up.sql", ("BIGINT;", "BIGINT;\nSELECT pg_sleep(1.2);"))
    with database(postgresql) as url:
        assert rehearsed(repository, url)["longest_wait_ms"] >= 1000


def test_without_a_change_there_is_nothing_to_rehearse(tmp_path, sqlite):
    repository = history(tmp_path, "expand", over=(exemplar(TRACK, BACK),))
    done = called(repository, sqlite, "python3", "ci/rehearse.py", code=1)
    assert done.stderr == "No tag has other files in migrations than this commit: there is nothing to rehearse\n"


@pytest.mark.parametrize("poc", [PIPELINE, TWO, BACK])
def test_its_workflows_are_right(tmp_path, poc):
    assert workflows(copied(tmp_path, TRACK, poc)) == []
