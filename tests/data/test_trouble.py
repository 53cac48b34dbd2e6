"""What is wrong with the store is said in one sentence, whoever met it."""

import errno
import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from data import jobs, people, store, trouble, work
from data.tables import Organization


def wrapped(said: str) -> OperationalError:
    return OperationalError("INSERT ...", {}, sqlite3.OperationalError(said))


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (wrapped("database or disk is full"), "free some space"),
        (sqlite3.OperationalError("database or disk is full"), "free some space"),
        (OSError(errno.ENOSPC, "No space left on device"), "free some space"),
        (wrapped("attempt to write a readonly database"), "MILEPOST_HOME"),
        (wrapped("unable to open database file"), "MILEPOST_HOME"),
        (wrapped("file is not a database"), "is damaged"),
        (wrapped("database disk image is malformed"), "is damaged"),
        (wrapped("disk I/O error"), "reports an error"),
        (wrapped("database is locked"), "busy"),
        (store.Unusable("Mend it."), "Mend it."),
    ],
)
def test_each_trouble_of_the_store_says_what_to_do(bare_home, error, word):
    said = trouble.sentence(error)
    assert word in said and "sqlite3" not in said and said.count("\n") == 0


@pytest.mark.parametrize(
    "error",
    [
        KeyError("x"),
        ValueError("x"),
        wrapped("no such table: job"),
        FileNotFoundError(errno.ENOENT, "No such file", "/elsewhere/file.csv"),
        PermissionError(errno.EACCES, "Permission denied"),
    ],
)
def test_other_errors_are_none_of_it(bare_home, error):
    assert trouble.sentence(error) is None


def test_a_home_that_is_a_file_is_named(bare_home):
    bare_home.write_text("")
    with pytest.raises(OSError) as refused:
        store.migrate()
    assert str(bare_home) in trouble.sentence(refused.value)


def test_a_database_that_is_none_is_called_damaged_and_left_alone(bare_home):
    bare_home.mkdir()
    (bare_home / "milepost.db").write_bytes(b"x" * 5000)
    with pytest.raises(Exception) as refused:
        store.migrate()
    assert "is damaged" in trouble.sentence(refused.value)
    assert (bare_home / "milepost.db").read_bytes() == b"x" * 5000


def test_an_empty_file_becomes_a_database(bare_home):
    bare_home.mkdir()
    (bare_home / "milepost.db").touch()
    store.migrate()
    assert store.version() == 0


def test_a_server_that_is_not_there_is_not_described_by_its_password(bare_home, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:secret@127.0.0.1:1/d")
    with pytest.raises(Exception) as refused:
        store.version()
    said = trouble.sentence(refused.value)
    assert "DATABASE_URL names does not answer" in said and "secret" not in said


def test_a_job_on_a_full_disk_saves_nothing_and_says_why(home, who, monkeypatch):
    def full(its):
        with store.writing() as session:
            session.add(Organization(name="Half", created_at=1))
            session.flush()
            raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setenv("MILEPOST_JOBS", "immediate")
    monkeypatch.setitem(work._HANDLERS, "test", work.Handler(full, (), lambda args: None))
    view = jobs.progress(jobs.enqueue("test", {}, who, people.home_organization(who)))
    assert view.state == "failed"
    assert "free some space" in view.message and "nothing was saved" in view.message
