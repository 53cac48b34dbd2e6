"""What is wrong with the place where Milepost keeps things, as one sentence that says what to do.

SQLite and the system say it in their own words and through several types of exception: here they become ours.
"""

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError

from data import store

FULL = {errno.ENOSPC, errno.EDQUOT}
REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.ENOENT}


def sentence(error: BaseException) -> str | None:
    """What has to be done about an error of the store or its disk; None for every other error."""
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, store.Unusable):
        return str(cause)
    if isinstance(cause, OSError):
        return _of_system(cause)
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(str(cause).lower())
    if isinstance(error, DBAPIError) and getattr(cause, "sqlstate", "") is None:  # nobody there who could state one
        return "The database that DATABASE_URL names does not answer: start it, or mend DATABASE_URL."
    return None


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
