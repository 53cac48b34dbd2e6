"""What is wrong with the place where Milepost keeps things, as one sentence that says what to do.

SQLite, PostgreSQL and the system say it in their own words and through several types of exception: here they become
ours. What they said is never repeated: it may hold a password, and is in the language of the server.
"""

import errno
import re
import sqlite3

import psycopg
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from data import references, store

FULL = {errno.ENOSPC, errno.EDQUOT}
REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.ENOENT}
_OURS = "The database that DATABASE_URL names"
_GONE = f"{_OURS} does not answer: start it, or mend DATABASE_URL."
_STARTING = f"{_OURS} is starting or stopping: try again in a minute."
_BUSY = "Something else keeps the database busy: wait until it has ended, then try again."
_CROWDED = "Too many programs use the database at once: end some, or raise its max_connections."
_ASKED = "Too much is asked of the store at once: try again in a minute."
_PASSING = (_GONE, _STARTING, _BUSY, _CROWDED)
#: By the beginning of the state that PostgreSQL gives, see the appendix "Error Codes" of its manual; first match.
_STATES = {
    "57P03": _STARTING,
    "57P0": _GONE,
    "08": _GONE,
    "40": _BUSY,
    "55P03": _BUSY,
    "53300": _CROWDED,
    "53100": "The disk of the database is full: free some space on its server, then try again.",
    "53": "The server of the database is short of memory: see its log, then try again.",
    "58": "The server of the database reports a broken disk: see its log, then try again.",
    "XX": f"{_OURS} is damaged: see the log of its server, or restore an older copy.",
    "25006": f"{_OURS} takes no changes: name the one that does, not its copy.",
    "28": "The server of the database refuses the user or password in DATABASE_URL: mend DATABASE_URL.",
    "3D000": "The server of the database has none of the name in DATABASE_URL: create it, or mend DATABASE_URL.",
    "42501": "The user in DATABASE_URL may not do this: make that user the owner of the database.",
}
#: Who is refused at the door gets no state, only words; on a server of another language they mean nothing here.
_AT_THE_DOOR = {
    r"FATAL: .*(starting up|shutting down|recovery mode|not yet accepting)": "57P03",
    r"FATAL: .*(too many (clients|connections)|connection slots)": "53300",
    r"FATAL: .*(password|authentication|pg_hba\.conf|role .* does not exist|to log in)|no password supplied": "28",
    r"FATAL: .*database .* does not exist": "3D000",
    r"FATAL: .*permission denied": "42501",
}
_MISTAKEN = r"invalid (connection option|port number|integer value|\w+ value:)|bad value for \w+:|missing \"=\" after"


def sentence(error: BaseException) -> str | None:
    """What has to be done about an error of the store or its disk; None for every other error."""
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, store.Unusable):
        return str(cause)
    if isinstance(cause, OSError):
        return _of_system(cause)
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(str(cause).lower())
    if isinstance(cause, psycopg.Error):
        return _of_postgresql(cause)
    return _ASKED if isinstance(error, NoConnectionFree) else None


def passes(error: BaseException) -> bool:
    """Whether it is an error that may go by itself: somebody else is writing, the database or Vault is away."""
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, psycopg.Error):
        return _of_postgresql(cause) in _PASSING
    if isinstance(cause, sqlite3.Error):
        return "locked" in str(cause).lower()
    return isinstance(error, NoConnectionFree | references.Away)


def _of_postgresql(error: psycopg.Error) -> str | None:
    state = error.sqlstate
    if state is None:
        if re.search(_MISTAKEN, str(error)):
            return "An option or the port in DATABASE_URL is none that PostgreSQL knows: mend DATABASE_URL."
        if not isinstance(error, psycopg.OperationalError):
            return None  # a mistake of ours that never reached the server
        state = next((found for words, found in _AT_THE_DOOR.items() if re.search(words, str(error))), "08")
    return next((said for beginning, said in _STATES.items() if state.startswith(beginning)), None)


def _of_system(error: OSError) -> str | None:
    if error.errno in FULL:
        return _full()
    # Other files than ours may be missing or locked too, and are spoken of by whoever opened them.
    ours = str(error.filename or "").startswith(str(store.place()))
    above = error.filename and str(store.place()).startswith(str(error.filename))
    return _refused() if error.errno in REFUSED and (ours or above) else None


def _of_sqlite(said: str) -> str | None:
    if "is full" in said:
        return _full()
    if "readonly" in said or "unable to open" in said:
        return _refused()
    if "not a database" in said or "malformed" in said:
        return (
            f"The database in {store.place()} is damaged: put an older copy of it in its place, or move it away to "
            f"begin with an empty one."
        )
    if "i/o error" in said:
        return (
            f"The disk that holds {store.place()} reports an error: see whether it is full or broken, then try again."
        )
    if "locked" in said:
        return f"Something else keeps the database in {store.place()} busy: wait until it has ended, then try again."
    return None


def _full() -> str:
    return f"A disk is full: free some space where {store.place()} and temporary files lie, then try again."


def _refused() -> str:
    return (
        f"Milepost cannot keep its files in {store.place()}: give its user the right to write there, or choose another "
        f"folder with MILEPOST_HOME."
    )
