"""A whole store as it is at one moment in one file, from which `data.keeping.restoring` brings it back.

Unlike an export (`data.moving`) it is of whatever revision the store has, holds every table that is not named here, and
outlives later versions of Milepost: it is brought back in the shape that it had, and then to the present one. It reads
tables as the database has them, so that a table which is added later needs nothing here.

What cannot be read by everybody who may have the file is sealed row by row, with the key that secrets in the store are
sealed with: the key itself is never in it.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, MetaData, Select, Table, func, select
from sqlmodel import Session

from data import jobs, migrations, moving, parcel, store
from data.keeping import sealing
from data.moving import NothingToMove, Progress, quiet
from data.parcel import MoveError
from data.tables import Base

#: Tables of older revisions, which no class speaks of any more.
OLD = {"packed_delivery", "cell"}
#: Computed again, or of one moment: open sessions, what was sent and is not worked on yet (it is read anew), answers
#: that are not handed in and votes that are not revealed, which must not outlast their survey.
LEFT_OUT = {table.__tablename__ for table in (*moving.LEFT_OUT, *moving.KEPT)} | OLD | {
    "sign_in", "idempotency_key", "webhook_delivery", "draft", "consensus_seat", "consensus_vote",
}  # fmt: skip
#: What no other person may read: who was asked and what was answered; what somebody learns, drafts, votes for.
SEALED = {
    "answer_sheet", "participation", "module_progress", "quiz_answer", "learning_event", "map_draft", "pain_vote",
}  # fmt: skip
_BOOKKEEPING = "alembic_version"
_ROWS = 10_000  # read at once


@dataclass(frozen=True)
class Made:
    """A backup that was written. rows: by table."""

    path: Path
    revision: str
    rows: dict[str, int]
    bytes: int
    sha256: str
    key_place: str


def write(path: Path, progress: Progress = quiet) -> Made:
    """Backs up the store in use into a new file for its owner only, while others read and write. Raises MoveError,
    NothingToMove."""
    moving.refuse_no_file()
    marked, seal = sealing.mark()
    with store.reading() as session:
        revision = _revision(session)
        tables = wanted(session.connection())
        waiting = set(session.execute(_live_jobs(tables)).scalars())
        with parcel.writing(path) as writer:
            done, total = 0, sum(session.execute(_count(table)).scalar_one() for table in tables)
            for table in tables:
                with writer.table(table.name, ["sealed"] if table.name in SEALED else names(table)) as put:
                    for some in _rows(session, table, waiting):
                        put([[seal(json.dumps(row))] for row in some] if table.name in SEALED else some)
                        done += len(some)
                        progress(done, total, f"Writing {spoken(table.name)}")
            rows = writer.finish(revision, parcel.BACKUP, store.now_us(), marked)
    return Made(path, revision, rows, path.stat().st_size, digest(path), sealing.key_place())


def wanted(connection: Connection) -> list[Table]:
    """The tables of a store that a backup holds, in the shape they have there, owners before what they own."""
    return [table for table in ours(connection).sorted_tables if table.name not in LEFT_OUT]


def ours(connection: Connection) -> MetaData:
    """Every table of Milepost in the database, whatever else is there."""
    found, known = MetaData(), {*Base.metadata.tables, *OLD}
    found.reflect(connection, only=lambda name, _: name in known)
    return found


def names(table: Table) -> list[str]:
    """Its columns in an order that does not depend on how the table came to be."""
    return sorted(column.name for column in table.columns)


def spoken(name: str) -> str:
    return name.replace("_", " ")


def digest(path: Path) -> str:
    """The sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _revision(session: Session) -> str:
    found = migrations.current(session.connection())
    if found is None or not moving.is_used(session):
        raise NothingToMove("The store in use holds no team and no service: there is nothing to back up.")
    if found not in migrations.known():
        raise MoveError("The store in use was written by a newer Milepost: update this one, then back it up.")
    return found


def _live_jobs(tables: list[Table]) -> Select:
    (table,) = (each for each in tables if each.name == "job")
    return select(table.c.id).where(table.c.state.in_(jobs.LIVE))


def _wanted(table: Table) -> Select:
    rows = select(*(table.c[name] for name in names(table)))
    return rows.where(table.c.state.not_in(jobs.LIVE)) if table.name == "job" else rows


def _count(table: Table) -> Select:
    return select(func.count()).select_from(_wanted(table).subquery())


def _rows(session: Session, table: Table, waiting: set[int]) -> Iterator[list]:
    """By key, some at a time. A job that has not ended stays behind, and what names it names none."""
    refers = [place for place, name in enumerate(names(table)) if _is_of_job(table, name)] if waiting else []
    ordered = _wanted(table).order_by(*table.primary_key.columns).execution_options(yield_per=_ROWS)
    without: Callable = _without(refers, waiting)
    for some in session.execute(ordered).partitions():
        yield [without(row) for row in some] if refers else [list(row) for row in some]


def _is_of_job(table: Table, name: str) -> bool:
    return any(key.column.table.name == "job" for key in table.c[name].foreign_keys)


def _without(places: list[int], waiting: set[int]) -> Callable:
    return lambda row: [None if place in places and value in waiting else value for place, value in enumerate(row)]
