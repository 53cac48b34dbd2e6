"""What a team's workflow maps show, as evidence: one map speaks for the team, and which one is said."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import and_, func, select
from sqlmodel import Session

from assessments import lanes
from assessments.maturity import Capability, Seen
from assessments.workflow import facts
from assessments.workflow.model import STATED, Map
from content import catalog
from data import store
from data.tables import MapVersion, WorkflowMap

TODAY, FUTURE = "today", "future"
_NAMES = frozenset({"key", "name", "path", "source"})


@dataclass(frozen=True)
class MapSeen:
    """The map that speaks for the team: of those whose picture of today was changed last. others: titles of maps that
    could have; untouched: titles of those that are still empty or still the example they were begun from."""

    id: int
    title: str
    version: int
    saved_at: datetime
    others: tuple[str, ...] = ()
    untouched: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shown:
    """seen: by item id. lost: share of the lead time that is waiting, by stage; None without a map that speaks."""

    seen: Mapping[str, Seen]
    map: MapSeen | None
    lost: Mapping[str, float] | None
    untouched: tuple[str, ...] = ()


def shown(session: Session, team_id: int, model: Mapping[str, Capability], at: int) -> Shown:
    """What the newest picture of today shows at that moment (microseconds)."""
    newest = _newest(session, [team_id], at)
    today = [row for row in newest if row.kind == TODAY]
    untouched = tuple(row.title for row in today if _untouched(row.plain))
    ours = sorted((row for row in today if not _untouched(row.plain)), key=_last)
    if not ours:
        return Shown({}, None, None, untouched)
    chosen = ours[0]
    future = any(row.kind == FUTURE and row.map_id == chosen.map_id for row in newest)
    drawn = facts.Drawn(Map.of(chosen.plain), future, chosen.version, (at - chosen.saved_at) / 86_400e6)
    others = tuple(row.title for row in ours[1:])
    seen = MapSeen(chosen.map_id, chosen.title, chosen.version, store.from_us(chosen.saved_at), others, untouched)
    return Shown(lanes.mapped(model.values(), facts.facts(drawn)), seen, facts.lost(drawn.today), untouched)


@dataclass(frozen=True)
class Speaking:
    """The map that speaks for a team, with its drawing; untouched: there are only maps that say nothing yet. drawn:
    None where no map speaks."""

    map_id: int | None
    title: str
    service_id: int | None
    saved_at: int | None
    drawn: Map | None
    untouched: bool


def speaking(session: Session, team_ids: Collection[int], at: int) -> dict[int, Speaking]:
    """Of each team that has a map of today at that moment (microseconds), by its id; the same map as in `shown`."""
    today: dict[int, list[Any]] = {}
    for row in _newest(session, team_ids, at):
        if row.kind == TODAY:
            today.setdefault(row.team_id, []).append(row)
    found = {}
    for team_id, rows in today.items():
        ours = [row for row in rows if not _untouched(row.plain)]
        if not ours:
            found[team_id] = Speaking(None, "", None, None, None, True)
            continue
        chosen = min(ours, key=_last)
        drawn = Map.of(chosen.plain)
        found[team_id] = Speaking(chosen.map_id, chosen.title, chosen.service_id, chosen.saved_at, drawn, False)
    return found


def _last(row: Any) -> tuple[int, int]:
    """By this, the one that was changed last is the first."""
    return -row.saved_at, row.map_id


def _newest(session: Session, team_ids: Collection[int], at: int) -> list[Any]:
    """The newest version of each kind of each map of the teams: team_id, map_id, title, service_id, kind, version,
    saved_at, plain."""
    own = select(MapVersion.map_id, MapVersion.kind, func.max(MapVersion.version).label("version"))
    own = own.join(WorkflowMap, WorkflowMap.id == MapVersion.map_id)
    own = own.where(WorkflowMap.team_id.in_(list(team_ids)), MapVersion.saved_at <= at)
    last = own.group_by(MapVersion.map_id, MapVersion.kind).subquery()
    columns = (WorkflowMap.team_id, MapVersion.map_id, WorkflowMap.title, WorkflowMap.service_id, MapVersion.kind,
               MapVersion.version, MapVersion.saved_at, MapVersion.plain)  # fmt: skip
    same = [getattr(MapVersion, name) == last.c[name] for name in ("map_id", "kind", "version")]
    joined = select(*columns).join(last, and_(*same)).join(WorkflowMap, WorkflowMap.id == MapVersion.map_id)
    return session.execute(joined).all()


def _untouched(plain: Mapping[str, Any]) -> bool:
    """Nothing of the map is the team's own yet: no step says anything, or all is as in an example."""
    steps = plain["steps"]
    empty = all(not value for step in steps for name, value in step.items() if name not in _NAMES)
    return (empty and all(step.get("source", STATED) == STATED for step in steps)) or steps in _examples()


@lru_cache
def _examples() -> list[list[dict[str, Any]]]:
    return [Map.of(example["today"]).plain()["steps"] for example in catalog.maps().values()]
