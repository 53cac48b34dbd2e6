"""The backups in the home: made by hand, on a page or before a restore; listed, taken away, deleted.

A backup holds every organisation. On the pages only who administers all of them may make, list or take one.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select, union

from data import access, audit, jobs, migrations, parcel, people, store, work
from data.access import Action, NotFound
from data.keeping import backup
from data.parcel import MoveError
from data.people import Who
from data.tables import Organization, Person, PersonRole, ProvidedRole, Team

KIND = "backup"
LARGEST_DOWNLOAD = 256 << 20  # bytes that go through a browser; larger ones are copied on the server
_NAME = re.compile(r"(?:milepost|before-restore)-[0-9]{8}-[0-9]{6}-[0-9]{6}\.zip")


@dataclass(frozen=True)
class BackupView:
    """A file among the backups. made_at: None where the file cannot be read as one; problem says why. rows: of all
    tables."""

    name: str
    bytes: int
    made_at: datetime | None
    rows: int
    revision: str
    problem: str | None

    @property
    def is_before_restore(self) -> bool:
        return self.name.startswith("before-restore-")

    @property
    def is_too_large(self) -> bool:
        return self.bytes > LARGEST_DOWNLOAD


def folder() -> Path:
    """Where backups of this home lie, made when it is missing, for its owner only."""
    found = store.home() / "backups"
    found.mkdir(mode=0o700, exist_ok=True)
    return found


def tidy(now: float) -> None:
    """Takes away what a killed backup has left behind a day ago. now: seconds since 1970."""
    for path in folder().glob(".*.part"):
        with suppress(OSError):
            if path.stat().st_mtime < now - 86_400:
                path.unlink()


def new_file(begins: str = "milepost") -> Path:
    """A name that is free."""
    return folder() / f"{begins}-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.zip"


def may(who: Who) -> bool:
    """Whether the person administers every organization that is no demo, at this moment. One that holds no team and
    nobody who signs in is none: the terminal has made it for itself."""
    now = people.of_this_moment(who)
    signs_in = select(Person.id).where(Person.provider != people.LOCAL)
    held = union(
        select(Team.organization_id),
        select(PersonRole.organization_id).where(PersonRole.person_id.in_(signs_in)),
        select(ProvidedRole.organization_id).where(ProvidedRole.person_id.in_(signs_in)),
    )
    real = select(Organization.id).where(Organization.is_demo.is_(False))
    with store.reading() as session:
        found = session.execute(real.where(Organization.id.in_(held))).scalars().all()
        found = found or session.execute(real).scalars().all()
    return bool(found) and all(access.may(now, Action.ADMINISTER, access.Subject(each)) for each in found)


def listed(who: Who) -> tuple[BackupView, ...]:
    """The newest first. Raises Forbidden."""
    _check(who)
    return tuple(map(_view, files()))


def ask(who: Who) -> int:
    """Has a backup made in the background; the job. Raises Forbidden."""
    _check(who)
    return jobs.enqueue(KIND, {"lock": KIND}, who, people.home_organization(who))


def content(who: Who, name: str) -> bytes:
    """A backup to take away; that it was taken stands in the log. Raises Forbidden, NotFound, ValueError for one that
    is too large for a browser."""
    _check(who)
    path = _found(name)
    size = path.stat().st_size
    if size > LARGEST_DOWNLOAD:
        raise ValueError(f"This backup is too large to download here: copy {path} on the server.")
    read = path.read_bytes()
    audit.seen(who, "download_backup", f"backup:{name}", {"bytes": size})
    return read


def remove(who: Who, name: str) -> None:
    """Raises Forbidden, NotFound."""
    _check(who)
    path = _found(name)
    with store.writing(quietly=True) as session:
        audit.record(session, who, "delete_backup", f"backup:{name}")
        path.unlink(missing_ok=True)


def files() -> list[Path]:
    """The newest first."""
    found = [path for path in folder().iterdir() if _is_ours(path.name) and path.is_file()]
    return sorted(found, key=lambda path: moment(path.name), reverse=True)


def moment(name: str) -> datetime:
    """When a file of that name was begun."""
    return datetime.strptime("".join(re.findall(r"\d+", name)), "%Y%m%d%H%M%S%f").replace(tzinfo=UTC)


def _is_ours(name: str) -> bool:
    try:
        return _NAME.fullmatch(name) is not None and moment(name) is not None
    except ValueError:  # no day has that name
        return False


def note(made: backup.Made, who: Who | None = None) -> None:
    """Writes into the log that a backup was made; who: None in the terminal. A store of an older form has no place for
    it."""
    if made.revision != migrations.newest():
        return
    with store.writing(quietly=True) as session:
        detail = {"rows": sum(made.rows.values()), "bytes": made.bytes, "sha256": made.sha256}
        audit.record(session, who or people.in_terminal(), "make_backup", f"backup:{made.path.name}", detail)


def _check(who: Who) -> None:
    if not may(who):
        raise access.Forbidden(
            "A backup holds every organisation: only who administers all of them may have it. Whoever runs Milepost "
            "makes one in the terminal."
        )


def _found(name: str) -> Path:
    if not _NAME.fullmatch(name) or not (path := folder() / name).is_file():
        raise NotFound(f"There is no backup {name} any more.")
    return path


def _view(path: Path) -> BackupView:
    size = path.stat().st_size
    try:
        with parcel.opened(path, parcel.BACKUP) as reader:
            rows = sum(reader.rows.values())
            return BackupView(path.name, size, store.from_us(reader.made_at), rows, reader.revision, None)
    except MoveError as error:
        return BackupView(path.name, size, None, 0, "", str(error))


@work.handler(KIND, says=(MoveError,))
def _make(doing: work.Work) -> str:
    made = backup.write(new_file(), doing.progress)
    note(made, people.who(doing.person_id) if doing.person_id else None)
    return f"Backed up {sum(made.rows.values()):,} rows into {made.path.name}."
