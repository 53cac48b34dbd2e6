"""What a page of answers leaves behind: rows, cursor and ETag in one transaction, or nothing.

A row is written only if it is as new as the stored one, or newer: GitHub's copies are up to minutes apart, and an older
one must not undo a newer one. Rows of the same version replace each other, because versions are whole seconds.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy import Select, String, bindparam, delete, func, or_, select
from sqlmodel import Session

from data import derive, replacing, store
from data.replacing import NEVER
from data.sources.github import errors
from data.sources.github.api import Api
from data.sources.github.settings import Settings
from data.sources.github.values import MINUTE
from data.tables import Feed, Source, Todo

#: How far GitHub's copies may be behind each other: what is younger may still be incomplete.
LAG = 5 * MINUTE
PAGE = 100
_CHUNK = 500  # keys a statement

Progress = Callable[[int, int | None, str], None]


class SourceGone(errors.GitHubError):
    """The source was removed while it was read."""


@dataclass
class Reader:
    """A source that is being read. base: path of the repository at GitHub by its number, which no renaming changes;
    node: its GraphQL id. size: objects that a GraphQL query asks for at once. new: rows written so far, by kind."""

    api: Api
    source_id: int
    repository_id: int
    github_id: int
    node: str
    full_name: str
    web_url: str
    branch: str | None
    settings: Settings
    tell: Progress
    claim: Callable[[Session], None] = lambda session: None
    size: int = 50
    new: dict[str, int] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return f"/repositories/{self.github_id}"

    @property
    def settled(self) -> int:
        """Everything before this moment is visible in each of GitHub's copies."""
        return self.api.date - LAG


class Page:
    """One transaction of a source.

    told: the rows are what GitHub told by itself, and count as a moment older than what it answers when it is asked: so
    they are saved at once, and give way to an answer of the same second.
    """

    def __init__(self, session: Session, reader: Reader, told: bool = False):
        self.session, self.reader, self._told = session, reader, told
        self._since: int | None = NEVER
        self._touched = False

    @property
    def touched(self) -> bool:
        return self._touched

    def touch(self, since: int | None) -> None:
        """Facts have changed, none from before that moment; None: anything may have."""
        self._touched = True
        self._since = None if since is None or self._since is None else min(self._since, since)

    def put(
        self, table: type, keys: tuple[str, ...], rows: Iterable[dict], *, at: str | None = None, facts: bool = False
    ) -> tuple[list[dict], list[dict]]:
        """Saves rows of this source that are new, or other than the stored ones and not older. The last of `keys` tells
        most of them apart. at: the column with the time at which a fact matters, where they are facts. Returns what was
        written: the rows that are new, and those that took the place of others."""
        newest: dict[tuple, dict] = {}
        for row in rows:  # the same thing may come twice in a list
            if self._told and row.get("version") is not None:
                row = {**row, "version": row["version"] - 1}
            key = tuple(row[name] for name in keys)
            if key not in newest or (row.get("version") or 0) >= (newest[key].get("version") or 0):
                newest[key] = {**row, "source_id": self.reader.source_id}
        stored = self._stored(table, keys, newest)
        new, changed, since = [], [], NEVER
        for key, row in newest.items():
            old = stored.get(key)
            if old is not None:
                if (old.get("version") or 0) > (row.get("version") or 0) or (self._told and _goes_back(old, row)):
                    continue
                if all(old[name] == value for name, value in row.items()):
                    continue
            (new if old is None else changed).append(row)
            since = min([since, *(each[at] for each in (old or {}, row) if at and each.get(at) is not None)])
        written = [*new, *changed]
        if written:
            store.upsert(self.session, table, written, _unique(table))
            self.reader.new[table.__tablename__] = self.reader.new.get(table.__tablename__, 0) + len(written)
            if facts:
                self.touch(since)
        return new, changed

    def _stored(self, table: type, keys: tuple[str, ...], rows: dict[tuple, dict]) -> dict[tuple, dict]:
        if not rows:
            return {}
        names = tuple(dict.fromkeys(["source_id", *keys, *next(iter(rows.values()))]))
        asked = _asking(table, names, keys[-1])
        wanted = list(dict.fromkeys(key[-1] for key in rows))
        found = {}
        for start in range(0, len(wanted), _CHUNK):
            for each in self.among(asked, wanted[start : start + _CHUNK]):
                row = dict(zip(names, each, strict=True))
                found[tuple(row[name] for name in keys)] = row
        return found

    def drop(self, table: type, key: str, values: Iterable, at: str | None = None) -> int:
        """Takes rows of this source away."""
        values, since, gone = list(values), NEVER, 0
        for start in range(0, len(values), _CHUNK):
            mine = (table.source_id == self.reader.source_id, getattr(table, key).in_(values[start : start + _CHUNK]))
            if at:
                first = self.session.execute(select(func.min(getattr(table, at))).where(*mine)).scalar()
                since = since if first is None else min(since, first)
            gone += self.session.execute(delete(table).where(*mine)).rowcount
        if gone and at:
            self.touch(since)
        return gone

    def frame(self, table: type, among: dict, key: str, frame, gone: Iterable[str] = ()) -> None:
        """As `replacing.put`, for rows that are worked out here."""
        gone = list(gone)
        if len(frame) or gone:
            since = replacing.put(self.session, table, {**among, "source_id": self.reader.source_id}, key, frame, gone)
            if since != NEVER or gone:
                self.touch(since)

    # Where reading goes on

    def feed(self, name: str, **values) -> None:
        """The state of a feed, with these values from now on."""
        values = {"checked_at": self.reader.api.date, "resume_at": None, "problem": None, **values}
        key = {"source_id": self.reader.source_id, "name": name}
        feed = self.session.identity_map.get(self.session.identity_key(Feed, tuple(key.values())))
        if feed is None:
            store.upsert(self.session, Feed, [{**key, **values}], tuple(key))
            return
        for column, value in values.items():  # it was read in this transaction: what was read follows
            setattr(feed, column, value)

    def known(self, table: type, column: str, key: str, wanted: Iterable, **among) -> dict:
        """key -> that column, of the rows of this source that have one of these keys."""
        asked, found = _asking(table, (key, column), key, tuple(among)), {}
        wanted = list(wanted)
        for start in range(0, len(wanted), _CHUNK):
            found.update(self.among(asked, wanted[start : start + _CHUNK], **among))
        return found

    def among(self, asked: "Asking", wanted: list, **among) -> list:
        """The rows of this source that have one of these keys."""
        given = {"source": self.reader.source_id, **among}
        if store.is_sqlite():
            return self.rows(asked.by_json, {**given, "wanted": json.dumps(wanted)})
        return self.rows(asked.by_list, {**given, "wanted": wanted})

    def rows(self, statement, parameters: dict) -> list:
        """The rows of a statement that is kept, with these values in it."""
        self.session.flush()
        return self.session.connection().execute(statement, parameters).all()

    def todo(self, kind: str, wanted: dict[str, int]) -> None:
        """Things to be fetched, by key; what is older than their versions will not do."""
        known = self.known(Todo, "version", "key", wanted, kind=kind)
        rows = [
            {"source_id": self.reader.source_id, "kind": kind, "key": key, "version": version, "due_at": None}
            for key, version in wanted.items()
            if version > known.get(key, -1)
        ]
        store.upsert(self.session, Todo, rows, ["source_id", "kind", "key"])

    def is_todo(self, kind: str, key: str) -> bool:
        """Whether it is to be fetched."""
        return bool(self.known(Todo, "version", "key", [key], kind=kind))

    def done(self, kind: str, key: str, version: int | None = None, again_at: int | None = None) -> bool:
        """It was fetched at that version (None: whatever it was). Older than what was asked for does not answer it:
        then it stays, and False is returned. again_at: it is fetched once more then: it may not have been complete."""
        return bool(self.all_done(kind, {key: (version, again_at)}))

    def all_done(self, kind: str, fetched: dict[str, tuple[int | None, int | None]]) -> list[str]:
        """As `done`, for many: key -> (version, again_at). Returns the keys of those that are answered."""
        known = self.known(Todo, "version", "key", fetched, kind=kind)
        answered = [
            key for key, (version, _) in fetched.items() if version is None or known.get(key, version) <= version
        ]
        left = {key: fetched[key][1] for key in answered if key in known}
        over = [key for key, again_at in left.items() if again_at is None]
        todos = Todo.__table__
        mine = (todos.c.source_id == self.reader.source_id, todos.c.kind == kind)
        for start in range(0, len(over), _CHUNK):
            some = todos.c.key.in_(over[start : start + _CHUNK])
            self.session.connection().execute(delete(todos).where(*mine, some))
        again = [
            {"source_id": self.reader.source_id, "kind": kind, "key": key, "version": known[key], "due_at": at}
            for key, at in left.items()
            if at is not None
        ]
        store.upsert(self.session, Todo, again, ["source_id", "kind", "key"])
        return answered


@dataclass(frozen=True)
class Asking:
    """A select of rows by their keys. by_list: each key is a parameter. by_json: all are one, an array, where writing
    out a hundred takes longer than reading their rows."""

    by_list: Select
    by_json: Select


@lru_cache(maxsize=256)
def _asking(table: type, names: tuple[str, ...], key: str, among: tuple[str, ...] = ()) -> Asking:
    """Kept, because putting it together costs more than reading the rows of a page."""
    columns = table.__table__.columns
    mine = columns.source_id == bindparam("source"), *(columns[name] == bindparam(name) for name in among)
    asked = select(*(columns[name] for name in names)).where(*mine)
    array = func.json_each(bindparam("wanted", type_=String)).table_valued("value")
    return Asking(
        asked.where(columns[key].in_(bindparam("wanted", expanding=True))), asked.where(columns[key].in_(select(array)))
    )


def _goes_back(old: dict, row: dict) -> bool:
    """Whether something that had begun or ended would not have any more, at the same version: what is told comes in any
    order, and much of it happens in one second."""
    if old.get("version") != row.get("version") or row.get("finished_at") is not None:
        return False
    return any(old.get(name) is not None and row.get(name) is None for name in ("finished_at", "started_at"))


def _unique(table: type) -> list[str]:
    """The columns of the key by which rows of a source are told apart."""
    keys = [column.name for column in table.__table__.primary_key]
    if keys != ["id"]:
        return keys
    constraint = next(each for each in table.__table__.constraints if type(each).__name__ == "UniqueConstraint")
    return [column.name for column in constraint.columns]


_THERE = select(Source.__table__.c.id).where(Source.__table__.c.id == bindparam("source"))


@contextmanager
def page(reader: Reader, told: bool = False) -> Iterator[Page]:
    """Everything in the block is saved at its end, or nothing. told: see Page. Raises SourceGone."""
    with store.writing() as session:
        reader.claim(session)
        if session.connection().execute(_THERE, {"source": reader.source_id}).first() is None:
            raise SourceGone("This source was removed meanwhile.")
        made = Page(session, reader, told)
        yield made
        session.flush()
        if made.touched:
            derive.changed(session, repository_id=reader.repository_id, since=made._since)


def state(reader: Reader, name: str) -> tuple[dict, str | None]:
    """Cursor and ETag of a feed."""
    with store.reading() as session:
        feed = session.get(Feed, (reader.source_id, name), populate_existing=True)
        return (dict(feed.cursor or {}), feed.etag) if feed else ({}, None)


def todos(reader: Reader, kind: str, limit: int, after: str = "") -> list[Todo]:
    """What is due, by key."""
    mine = (Todo.source_id == reader.source_id, Todo.kind == kind, Todo.key > after)
    due = or_(Todo.due_at.is_(None), Todo.due_at <= reader.api.date)
    with store.reading() as session:
        return list(session.execute(select(Todo).where(*mine, due).order_by(Todo.key).limit(limit)).scalars())


def count_todos(reader: Reader, kind: str) -> int:
    due = or_(Todo.due_at.is_(None), Todo.due_at <= reader.api.date)
    mine = (Todo.source_id == reader.source_id, Todo.kind == kind)
    with store.reading() as session:
        return session.execute(select(func.count()).select_from(Todo).where(*mine, due)).scalar_one()
