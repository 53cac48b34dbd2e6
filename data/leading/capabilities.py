"""Capability by team, as far as those who lead may see it: what a team said counts when it is released to them, or when
14 days have passed. Everybody sees the same here, also who may see more elsewhere: this is shown in meetings.

Where a team stands takes some hundredths of a second to work out. It is kept in memory by all that it rests on (looks,
surveys and whether they are released, maps, marks, the day), so that only teams of which something has changed are
worked out again.
"""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlmodel import Session

from assessments import portfolio, recommend
from assessments.maturity import SURVEY, Standing
from content import catalog
from data import store
from data.asked import results
from data.improving import plans
from data.leading import organizations
from data.people import Who
from data.practices import evaluating, model, said, standings
from data.practices.evaluations import PROBES
from data.practices.standings import TeamStanding
from data.tables import Evaluation, MapVersion, PracticeMark, Repository, Service, Wave, WorkflowMap

_DAY = 86_400_000_000  # microseconds
_KEPT = 2_000  # teams

Progress = Callable[[int, int], None]


class Why(StrEnum):
    """Why a cell has no level: none of them is level 0."""

    NOT_RELEASED = "not released"  # the team has said something that is the team's alone for now
    HIDDEN = "hidden"  # too few people for their answers to be shown
    TOO_LITTLE = "too little known"
    NOBODY = "nobody has looked"  # or asked
    OUT = "does not apply"


@dataclass(frozen=True)
class Cell:
    """level: that is told, None where none is, and why says why; claimed: the level that the team says, where it is
    another. known of applicable: pieces of evidence."""

    level: int | None
    claimed: int | None
    known: int
    applicable: int
    why: Why | None


@dataclass(frozen=True)
class Row:
    """A team with a cell for each capability, in the order of the areas. recommended: slugs of tracks that its levels
    call for, of a team that has not chosen any; reads: whether anything is known of it at all."""

    team_id: int
    name: str
    cells: tuple[Cell, ...]
    recommended: tuple[str, ...]

    @property
    def reads(self) -> bool:
        return any(cell.known for cell in self.cells)


@dataclass(frozen=True)
class Heat:
    """areas: (name, keys of its capabilities) in order; names: of capabilities by key. rows: teams by name. spread: of
    each capability how many teams stand at levels 0 to 4, unnamed; None for too few of which one is told."""

    areas: tuple[tuple[str, tuple[str, ...]], ...]
    names: Mapping[str, str]
    rows: tuple[Row, ...]
    spread: Mapping[str, tuple[int, ...] | None]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(key for _, keys in self.areas for key in keys)


def of(who: Who, organization_id: int, progress: Progress = lambda done, total: None, now: int | None = None) -> Heat:
    """Of all teams. progress: told while teams are worked out, how many of how many. now: microseconds, the clock when
    None. Raises Forbidden, NotFound."""
    organizations.check(who, organization_id)
    teams, known = _read(organization_id, progress, store.now_us() if now is None else now)
    rows = tuple(Row(team_id, name, known[team_id].cells, known[team_id].recommended) for team_id, name in teams)
    areas = tuple(model.areas().values())
    keys = [key for _, keys in areas for key in keys]
    spread = {key: portfolio.levels([row.cells[at].level for row in rows]) for at, key in enumerate(keys)}
    return Heat(areas, {key: one.name for key, one in model.capabilities().items()}, rows, spread)


def waiting(who: Who, organization_id: int, now: int | None = None) -> int:
    """How many teams `of` would have to work out. Raises Forbidden, NotFound."""
    organizations.check(who, organization_id)
    with store.reading() as session:
        teams = organizations.teams(session, organization_id)
        pulses = _pulses(session, organization_id, store.now_us() if now is None else now)
    return sum(_MEMORY.get(team_id, pulses[team_id]) is None for team_id, _ in teams)


def warm(organization_id: int) -> None:
    """Works out where its teams stand, before anybody asks."""
    _read(organization_id, lambda done, total: None, store.now_us())


def _read(organization_id: int, progress: Progress, at: int) -> tuple[tuple[tuple[int, str], ...], dict[int, "_Known"]]:
    """Its teams by name, and what is known of each by its id."""
    with store.reading() as session:
        teams = organizations.teams(session, organization_id)
        pulses = _pulses(session, organization_id, at)
        known = {team_id: _MEMORY.get(team_id, pulses[team_id]) for team_id, _ in teams}
        unknown = [team_id for team_id, kept in known.items() if kept is None]
        for done, team_id in enumerate(unknown):
            progress(done, len(unknown))
            found = standings.standing_in(session, team_id, at, may_see=False)
            known[team_id] = _Known(tuple(_cells(found)), _recommended(found))
            _MEMORY.keep(team_id, pulses[team_id], known[team_id])
    return teams, known


@dataclass(frozen=True)
class _Known:
    cells: tuple[Cell, ...]
    recommended: tuple[str, ...]


class _Memory:
    """What is known of teams, the latest used last; several threads may ask at once."""

    def __init__(self, most: int):
        self._most, self._found, self._lock = most, OrderedDict(), threading.Lock()

    def get(self, team_id: int, pulse: tuple) -> _Known | None:
        with self._lock:
            kept = self._found.get(team_id)
            if kept is None or kept[0] != pulse:
                return None
            self._found.move_to_end(team_id)
            return kept[1]

    def keep(self, team_id: int, pulse: tuple, known: _Known) -> None:
        with self._lock:
            self._found[team_id] = pulse, known
            self._found.move_to_end(team_id)
            while len(self._found) > self._most:
                self._found.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._found.clear()


_MEMORY = _Memory(_KEPT)
forget = _MEMORY.clear


def _cells(found: TeamStanding) -> Iterator[Cell]:
    for _, keys in model.areas().values():
        for key in keys:
            one = found.standings[key]
            yield Cell(one.told, one.outline, one.known, one.applicable, _why(found, one))


def _why(found: TeamStanding, one: Standing) -> Why | None:
    if one.told is not None:
        return None
    if one.applicable == 0:
        return Why.OUT
    asked = {item.key for item in one.capability.items.values() if item.lane == SURVEY}
    shows = {found.answers[key].wave.shows for key in asked if key in found.answers}
    if said.WAITING in shows:
        return Why.NOT_RELEASED
    if said.HIDDEN in shows:
        return Why.HIDDEN
    return Why.TOO_LITTLE if one.known else Why.NOBODY


def _recommended(found: TeamStanding) -> tuple[str, ...]:
    """What the levels that those who lead see call for, within the hours that a plan begins with."""
    if all(one.told is None for one in found.standings.values()):
        return ()
    plan = recommend.plan(found.standings, catalog.tracks(), plans.HOURS, lost=found.lost)
    return tuple(pick.slug for pick in plan.picks)


def _pulses(session: Session, organization_id: int, at: int) -> dict[int, tuple]:
    """All that where a team stands rests on, by team: another one when any of it has changed."""
    found: dict[int, list] = defaultdict(list)
    for rows in (_looks, _waves, _maps, _marks):
        for team_id, *row in rows(session, organization_id, at):
            found[team_id].append((rows.__name__, *row))
    model_now = model.version(), at // _DAY
    ids = [team_id for team_id, _ in organizations.teams(session, organization_id)]
    return {team_id: (model_now, tuple(sorted(found[team_id], key=repr))) for team_id in ids}


def _looks(session: Session, organization_id: int, at: int) -> Sequence:
    readable = set(session.execute(evaluating.with_files()).scalars())
    own = (Evaluation.repository_id == Service.repository_id) & (Evaluation.origin == PROBES)
    columns = (Service.team_id, Service.id, Service.repository_id, Repository.name, Evaluation.id, Evaluation.made_at,
               Evaluation.as_of)  # fmt: skip
    joined = select(*columns).join(Repository, Repository.id == Service.repository_id).outerjoin(Evaluation, own)
    rows = session.execute(joined.where(Repository.organization_id == organization_id)).all()
    return [(*row, row.repository_id in readable) for row in rows]


def _waves(session: Session, organization_id: int, at: int) -> Iterator[tuple]:
    """Closed ones, and whether those who lead see them by then."""
    columns = select(Wave.team_id, Wave.id, Wave.opened_at, Wave.closed_at, Wave.released_at)
    ids = [team_id for team_id, _ in organizations.teams(session, organization_id)]
    for row in session.execute(columns.where(Wave.team_id.in_(ids), Wave.state == "closed", Wave.closed_at <= at)):
        yield row.team_id, row.id, row.closed_at, results.seen_by_leaders(row, at)


def _maps(session: Session, organization_id: int, at: int) -> Sequence:
    ids = [team_id for team_id, _ in organizations.teams(session, organization_id)]
    columns = select(WorkflowMap.team_id, MapVersion.map_id, MapVersion.kind, MapVersion.version, MapVersion.saved_at)
    joined = columns.join(WorkflowMap, WorkflowMap.id == MapVersion.map_id)
    return session.execute(joined.where(WorkflowMap.team_id.in_(ids), MapVersion.saved_at <= at)).all()


def _marks(session: Session, organization_id: int, at: int) -> Iterator[tuple]:
    ids = [team_id for team_id, _ in organizations.teams(session, organization_id)]
    columns = select(PracticeMark.team_id, PracticeMark.id, PracticeMark.undone_at, PracticeMark.expires_at)
    for row in session.execute(columns.where(PracticeMark.team_id.in_(ids))):
        yield row.team_id, row.id, row.undone_at, row.expires_at is not None and row.expires_at <= at
