"""What is wrong with the store is said in one sentence, whoever met it."""

import errno
import sqlite3

import psycopg
import pytest
from psycopg import errors
from sqlalchemy.exc import DBAPIError, OperationalError, TimeoutError

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


@pytest.mark.parametrize(
    ("error", "word", "passes"),
    [
        (errors.AdminShutdown, "does not answer", True),
        (errors.CrashShutdown, "does not answer", True),
        (errors.ConnectionFailure, "does not answer", True),
        (errors.CannotConnectNow, "starting or stopping", True),
        (errors.TooManyConnections, "raise its max_connections", True),
        (errors.LockNotAvailable, "keeps the database busy", True),
        (errors.DeadlockDetected, "keeps the database busy", True),
        (errors.SerializationFailure, "keeps the database busy", True),
        (errors.DiskFull, "free some space on its server", False),
        (errors.OutOfMemory, "short of memory", False),
        (errors.IoError, "broken disk", False),
        (errors.DataCorrupted, "restore an older copy", False),
        (errors.ReadOnlySqlTransaction, "takes no changes", False),
        (errors.InvalidPassword, "refuses the user or password", False),
        (errors.InvalidCatalogName, "has none of the name", False),
        (errors.InsufficientPrivilege, "the owner of the database", False),
        (psycopg.OperationalError, "does not answer", True),
    ],
)
def test_each_trouble_of_postgresql_says_what_to_do_and_not_what_was_said(error, word, passes):
    """As the driver raises it, and as SQLAlchemy hands it on."""
    plain = error("FATAL: the server speaks of secret")
    for each in (plain, OperationalError("SELECT 1", {}, plain)):
        said = trouble.sentence(each)
        assert word in said and "secret" not in said and said.count("\n") == 0
        assert trouble.passes(each) == passes


@pytest.mark.parametrize(
    ("words", "word", "passes"),
    [
        ("FATAL:  the database system is starting up", "starting or stopping", True),
        ("FATAL:  the database system is in recovery mode", "starting or stopping", True),
        ("FATAL:  sorry, too many clients already", "raise its max_connections", True),
        ("FATAL:  remaining connection slots are reserved for superusers", "raise its max_connections", True),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.1", user "u", database "d"', "refuses the user", False),
        ('FATAL:  permission denied for database "d"', "the owner of the database", False),
        ("failed to resolve host 'password.example': Name or service not known", "does not answer", True),
        ("FATAL:  Passwort-Authentifizierung fehlgeschlagen", "mend DATABASE_URL", True),
    ],
)
def test_who_refuses_a_connection_is_understood_by_its_words(words, word, passes):
    error = psycopg.OperationalError(f"connection failed: {words}")
    assert word in trouble.sentence(error) and trouble.passes(error) == passes


@pytest.mark.parametrize("wrong", ["?sslmod=x", "?sslmode=x", "?connect_timeout=abc", "?keepalives=a", ":99999/d"])
def test_what_libpq_does_not_understand_is_told_without_it(bare_home, monkeypatch, wrong):
    end = wrong if wrong.startswith(":") else f":1/d{wrong}"
    monkeypatch.setenv("DATABASE_URL", f"postgresql://u:secret@127.0.0.1{end}")
    with pytest.raises(DBAPIError) as refused:
        store.version()
    said = trouble.sentence(refused.value)
    assert said == "An option or the port in DATABASE_URL is none that PostgreSQL knows: mend DATABASE_URL."
    assert not trouble.passes(refused.value)


def test_a_mistake_of_ours_is_no_trouble_of_the_store():
    for error in (psycopg.ProgrammingError("2 placeholders, 1 value"), errors.UndefinedTable("job"), KeyError("x")):
        assert (trouble.sentence(error), trouble.passes(error)) == (None, False)


def test_too_many_visitors_at_once_are_told_to_come_back():
    error = TimeoutError("QueuePool limit of size 8 overflow 16 reached")
    assert trouble.sentence(error) == "Too much is asked of the store at once: try again in a minute."
    assert trouble.passes(error)


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
