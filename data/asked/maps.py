"""Workflow maps of a team: versions that are never changed, of today's workflow and of a future one.

Who saves says which version they began from; when another was saved meanwhile they are refused with it, and decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlmodel import Session

from assessments.workflow.model import Map
from content import catalog
from data import access, audit, store
from data.access import Action
from data.people import Who
from data.tables import MapDraft, MapVersion, Person, Service, WorkflowMap
from data.teams import clean_name, numbered

TODAY, FUTURE = "today", "future"
KINDS = (TODAY, FUTURE)
MOST_MAPS = 100  # of a team
MOST_VERSIONS = 1_000  # of a kind of a map
LONGEST_NOTE = 500
FIRST_STEPS = ("Request", "Build", "Test", "Approve", "Deploy")


@dataclass(frozen=True)
class MapView:
    """A map without its drawing. newest: the number of the newest version of each kind, 0 where there is none.
    service_id: the service whose measured stages stand beside what is stated."""

    id: int
    team_id: int
    title: str
    service_id: int | None
    newest: Mapping[str, int]


@dataclass(frozen=True)
class VersionLine:
    """When a version was saved, by whom (None: no longer known) and why."""

    kind: str
    number: int
    note: str
    saved_by: str | None
    saved_at: datetime


@dataclass(frozen=True)
class VersionView:
    """A version with its drawing."""

    line: VersionLine
    drawn: Map


class Newer(ValueError):
    """Somebody saved meanwhile; `version` is theirs. Nothing was saved."""

    def __init__(self, version: VersionView):
        line = version.line
        super().__init__(
            f"Version {line.number} was saved meanwhile by {line.saved_by or 'somebody'}: nothing was saved. "
            "Look at it, then save yours on top of it or take it."
        )
        self.version = version


# Reading


def maps(who: Who, team_id: int) -> tuple[MapView, ...]:
    """The maps of a team by title. Raises Forbidden, NotFound."""
    access.check(who, Action.VIEW, access.of_team(team_id))
    with store.reading() as session:
        wanted = select(WorkflowMap).where(WorkflowMap.team_id == team_id)
        found = sorted(session.execute(wanted).scalars(), key=lambda one: one.title.casefold())
        newest = _newest(session, [one.id for one in found])
    return tuple(MapView(one.id, one.team_id, one.title, one.service_id, newest[one.id]) for one in found)


def versions(who: Who, map_id: int) -> tuple[VersionLine, ...]:
    """All versions of a map, today's before the future's, the newest first. Raises Forbidden, NotFound."""
    with store.reading() as session:
        _found(session, who, map_id, Action.VIEW)
        wanted = _LINES.where(MapVersion.map_id == map_id)
        ordered = wanted.order_by(MapVersion.kind.desc(), MapVersion.version.desc())
        return tuple(_line(row) for row in session.execute(ordered))


def version(who: Who, map_id: int, kind: str, number: int) -> VersionView:
    """Raises Forbidden, NotFound."""
    with store.reading() as session:
        _found(session, who, map_id, Action.VIEW)
        return _version(session, map_id, kind, number)


# Making


def create(
    who: Who, team_id: int, title: str, today: Any = None, future: Any = None, note: str = "", free: bool = False
) -> int:
    """A map with its first version of today, and of the future if one is given; its id. today: plain values of a map,
    five steps with nothing known when there are none. free: a title that is taken gets a number behind it.

    Raises Forbidden, NotFound, ValueError for a title that is bad or taken, MapError for what is no map.
    """
    title = clean_name(title, "map")
    blank = [{"key": name.lower(), "name": name} for name in FIRST_STEPS]
    states = {TODAY: Map.of({"title": title, "steps": blank} if today is None else today)}
    if future is not None:
        states[FUTURE] = Map.of(future)
    with store.writing() as session:
        subject = access.of_team(team_id)
        access.check(who, Action.SAY, subject)
        taken = _titles(session, team_id)
        if len(taken) >= MOST_MAPS:
            raise ValueError(f"A team has at most {MOST_MAPS} maps: delete one first.")
        if free:
            title = numbered(title, taken)
        _refuse_taken(title, taken)
        made = WorkflowMap(team_id=team_id, title=title, created_at=store.now_us())
        session.add(made)
        session.flush()
        for kind, drawn in states.items():
            _add(session, who, made.id, kind, 1, drawn, _note(note))
        audit.record(session, who, "create_map", f"map:{made.id}", {"title": title}, subject.organization_id)
        return made.id


def copy_example(who: Who, team_id: int, key: str) -> int:
    """A map of its own from an example of the content, today and future; its id. Raises as `create`."""
    example = catalog.maps().get(key)
    if example is None:
        raise ValueError("There is no such example: choose one of the list.")
    title = example["today"]["title"]
    note = f"From the example “{title}”"
    return create(who, team_id, title, example["today"], example["future"], note, free=True)


def save(who: Who, map_id: int, kind: str, plain: Any, base: int, note: str = "") -> int:
    """A new version; its number. plain: the values of a map. base: the version it was begun from, 0 for the first.

    Raises Forbidden, NotFound, MapError with all that is wrong, ValueError when nothing has changed since `base`, and
    Newer with the newest version when that is not `base`: then nothing is saved.
    """
    drawn, note = Map.of(plain), _note(note)
    if kind not in KINDS:
        raise ValueError("A map shows today or the future.")
    with store.writing() as session:
        found, subject = _found(session, who, map_id, Action.SAY)
        number = _save(session, who, found, kind, drawn, base, note)
        mine = MapDraft.map_id == map_id, MapDraft.kind == kind, MapDraft.person_id == who.id
        session.execute(delete(MapDraft).where(*mine))
        detail = {"kind": kind, "version": number, "note": note}
        audit.record(session, who, "save_map", f"map:{map_id}", detail, subject.organization_id)
        return number


def restore(who: Who, map_id: int, kind: str, number: int) -> int:
    """An older version once more, as the newest; its number. Raises Forbidden, NotFound, or ValueError when it is what
    stands now."""
    with store.writing() as session:
        found, subject = _found(session, who, map_id, Action.SAY)
        old = _version(session, map_id, kind, number)
        newest = _newest(session, [map_id])[map_id][kind]
        made = _save(session, who, found, kind, old.drawn, newest, f"Version {number} again")
        detail = {"kind": kind, "version": made, "of": number}
        audit.record(session, who, "restore_map", f"map:{map_id}", detail, subject.organization_id)
        return made


# Changing the map itself


def rename(who: Who, map_id: int, title: str) -> None:
    """Raises Forbidden, NotFound, or ValueError for a title that is bad or taken."""
    title = clean_name(title, "map")
    with store.writing() as session:
        found, subject = _found(session, who, map_id, Action.SAY)
        _refuse_taken(title, _titles(session, found.team_id) - {found.title})
        detail = {"from": found.title, "to": title}
        found.title = title
        audit.record(session, who, "rename_map", f"map:{map_id}", detail, subject.organization_id)


def tie(who: Who, map_id: int, service_id: int | None) -> None:
    """Says whose measured stages stand beside the map: a service of the same team, or none. Raises Forbidden, NotFound,
    ValueError."""
    with store.writing() as session:
        found, subject = _found(session, who, map_id, Action.SAY)
        service = session.get(Service, service_id) if service_id is not None else None
        if service_id is not None and (service is None or service.team_id != found.team_id):
            raise ValueError("Choose a service of this team.")
        found.service_id = service_id
        detail = {"service": service.name if service else None}
        audit.record(session, who, "tie_map", f"map:{map_id}", detail, subject.organization_id)


def remove(who: Who, map_id: int) -> None:
    """Takes a map away with all its versions. Raises Forbidden, NotFound."""
    with store.writing() as session:
        found, subject = _found(session, who, map_id, Action.SAY)
        detail = {"title": found.title, "versions": _newest(session, [map_id])[map_id]}
        session.execute(delete(WorkflowMap).where(WorkflowMap.id == map_id))
        audit.record(session, who, "delete_map", f"map:{map_id}", detail, subject.organization_id)


_LINES = select(
    MapVersion.kind, MapVersion.version, MapVersion.note, Person.name, MapVersion.saved_at
).outerjoin(Person, Person.id == MapVersion.saved_by)  # fmt: skip


def _line(row) -> VersionLine:
    kind, number, note, saved_by, saved_at = row
    return VersionLine(kind, number, note, saved_by, store.from_us(saved_at))


def _found(session: Session, who: Who, map_id: int, action: Action) -> tuple[WorkflowMap, access.Subject]:
    found = session.get(WorkflowMap, map_id)
    if found is None:
        raise access.NotFound("This map is not there any more.")
    subject = access.of_team(found.team_id)
    access.check(who, action, subject)
    return found, subject


def _version(session: Session, map_id: int, kind: str, number: int) -> VersionView:
    wanted = MapVersion.map_id == map_id, MapVersion.kind == kind, MapVersion.version == number
    row = session.execute(_LINES.add_columns(MapVersion.plain).where(*wanted)).one_or_none()
    if row is None:
        raise access.NotFound("There is no such version of this map.")
    return VersionView(_line(row[:-1]), Map.of(row[-1]))


def _newest(session: Session, map_ids: list[int]) -> dict[int, dict[str, int]]:
    numbered = select(MapVersion.map_id, MapVersion.kind, func.max(MapVersion.version))
    grouped = numbered.where(MapVersion.map_id.in_(map_ids)).group_by(MapVersion.map_id, MapVersion.kind)
    newest = {map_id: dict.fromkeys(KINDS, 0) for map_id in map_ids}
    for map_id, kind, number in session.execute(grouped):
        newest[map_id][kind] = number
    return newest


def _save(session: Session, who: Who, found: WorkflowMap, kind: str, drawn: Map, base: int, note: str) -> int:
    newest = _newest(session, [found.id])[found.id][kind]
    if newest:
        stands = _version(session, found.id, kind, newest)
        if newest != base:
            raise Newer(stands)
        if stands.drawn == drawn:
            raise ValueError(f"Nothing has changed since version {newest}.")
    if newest >= MOST_VERSIONS:
        raise ValueError(f"A map has at most {MOST_VERSIONS:,} versions: go on in a new map.")
    _add(session, who, found.id, kind, newest + 1, drawn, note)
    return newest + 1


def _add(session: Session, who: Who, map_id: int, kind: str, number: int, drawn: Map, note: str) -> None:
    at = store.now_us()
    row = {"map_id": map_id, "kind": kind, "version": number, "plain": drawn.plain(), "note": note}
    session.add(MapVersion(**row, saved_by=who.id, saved_at=at))
    session.flush()


def _titles(session: Session, team_id: int) -> set[str]:
    return set(session.execute(select(WorkflowMap.title).where(WorkflowMap.team_id == team_id)).scalars())


def _refuse_taken(title: str, taken: set[str]) -> None:
    if title.casefold() in {each.casefold() for each in taken}:
        raise ValueError(f"There is already a map of the name {title}.")


def _note(note: str) -> str:
    """On one line, without signs that cannot be seen."""
    line = "".join(sign if sign.isprintable() else " " for sign in note)
    line = " ".join(line.split())
    if len(line) > LONGEST_NOTE:
        raise ValueError(f"The note is longer than {LONGEST_NOTE} characters: shorten it.")
    return line
