"""The figures of every service of an organization in two windows and in the weeks up to now, as plain arrays.

Kept in memory by the state of each service, so that a refresh of one costs the work of one, and nothing has to be
cleared: a service whose derived rows are others has other figures. All is read at one moment of the store.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import numpy as np
import polars as pl
from sqlalchemy import Row, select

from assessments import delivery
from assessments.delivery import parts as weeks_of
from assessments.delivery.parts import Parts
from assessments.delivery.results import STAGES, State
from assessments.delivery.weeks import METRICS as ROLLED
from assessments.portfolio import METRICS, Figures, stage_shares
from data import derived, store
from data.store import Snapshot
from data.tables import Service, Team

BEFORE, YEAR, FIRST = "before", "year", "first"
#: What the last window is held against: the one before, the same weeks a year before, the first of each service.
AGAINST = (BEFORE, YEAR, FIRST)
NOW, THEN = 1, 0  # the place of a window
STATES = tuple(State)
LEAST_DRAWN, MOST_DRAWN = 26, 104  # weeks of a course
_KEYS = tuple(METRICS)
_KEPT = 8  # pairs of windows: with 2,000 services up to 20 MB each


@dataclass(frozen=True)
class Fleet:
    """A place in each array for each service. team: number of its team in `teams`. judged: it has figures; stale: it
    was last read before the last window began, so that its last weeks are not these; young: it has no window to be held
    against. figures: services x metrics x windows (then, now) x (value, low, high); state: likewise without the last,
    a place in STATES; rolling: services x weeks x metrics x 3, of the four weeks that end with each week from `first`
    to `last`, the last whole one; shares: services x stages, of the last window; shipped: changes these rest on."""

    teams: tuple[tuple[int, str], ...]
    services: np.ndarray
    team: np.ndarray
    judged: np.ndarray
    stale: np.ndarray
    young: np.ndarray
    figures: np.ndarray
    state: np.ndarray
    rolling: np.ndarray
    shares: np.ndarray
    shipped: np.ndarray
    first: int
    last: int

    @property
    def counted(self) -> np.ndarray:
        """Those whose figures are of these weeks."""
        return self.judged & ~self.stale

    def of(self, metric: str, window: int) -> Figures:
        """A metric in a window, NaN for services that are not counted."""
        found = np.where(self.counted[:, None], self.figures[:, _KEYS.index(metric), window], np.nan)
        return Figures(*np.moveaxis(found, -1, 0))

    def states(self, metric: str, window: int) -> np.ndarray:
        """Why there is a value, or why there is none: places in STATES."""
        return self.state[:, _KEYS.index(metric), window]

    def weekly(self, metric: str) -> tuple[np.ndarray, np.ndarray, Figures]:
        """Place of the service, number of the week, and figures of the four weeks that end with it."""
        found = np.where(self.counted[:, None, None], self.rolling[:, :, _KEYS.index(metric)], np.nan)
        service, week = np.nonzero(~np.isnan(found[..., 0]))
        return service, week + self.first, Figures(*np.moveaxis(found[service, week].astype(float), -1, 0))


class _Spec(NamedTuple):
    """weeks: of a window; last: number of the last whole week of the organization."""

    weeks: int
    against: str
    last: int

    @property
    def drawn(self) -> int:
        return min(max(2 * self.weeks, LEAST_DRAWN), MOST_DRAWN)

    @property
    def first(self) -> int:
        return self.last - self.drawn + 1


class _Known(NamedTuple):
    """What is kept of a service; state tells its derived rows from all others."""

    state: tuple
    young: bool
    figures: np.ndarray
    of_state: np.ndarray
    rolling: np.ndarray
    shares: np.ndarray
    shipped: int


def of(organization_id: int, teams: Sequence[tuple[int, str]], weeks: int, against: str) -> Fleet | None:
    """All services of these teams; the caller has asked who may. None where nothing was ever worked out of any of them.
    Windows are whole weeks, up to the last that is over where each service was read."""
    with store.snapshot() as snapshot:
        number = {team_id: place for place, (team_id, _) in enumerate(teams)}
        rows = [row for row in _services(snapshot, organization_id) if row.team_id in number]
        judged = np.array([bool(row.judged) and row.collected_until is not None for row in rows], bool)
        if not judged.any():
            return None
        ends = np.array([row.collected_until or 0 for row in rows])
        ends = np.where(judged, weeks_of.week_of(ends), 0)  # of the first week that is not whole
        spec = _Spec(weeks, against, int(ends.max()) - 1)
        wanted = {row.id: (_state(row), int(end)) for row, end, yes in zip(rows, ends, judged, strict=True) if yes}
        known = _MEMORY.of(spec, wanted, snapshot)
    none = _nothing(spec)
    found = [known.get(row.id, none) for row in rows]
    return Fleet(
        tuple(teams), np.array([row.id for row in rows]), np.array([number[row.team_id] for row in rows]),
        judged, judged & (ends <= spec.last + 1 - weeks), np.array([one.young for one in found]),
        *(np.stack([getattr(one, name) for one in found]) for name in ("figures", "of_state", "rolling", "shares")),
        np.array([one.shipped for one in found]), spec.first, spec.last,
    )  # fmt: skip


def _services(snapshot: Snapshot, organization_id: int) -> list[Row]:
    columns = (Service.id, Service.team_id, Service.derived_version, Service.created_at, Service.rules_version,
               Service.collected_until, Service.derived_with.is_not(None).label("judged"))  # fmt: skip
    wanted = select(*columns).join(Team, Team.id == Service.team_id).where(Team.organization_id == organization_id)
    return snapshot.rows(wanted.order_by(Service.id))


def _state(row: Row) -> tuple:
    return row.derived_version, row.created_at, row.rules_version, row.collected_until


class _Memory:
    """What is known of services by the windows asked for, the latest used last. Of the same windows one asks at a time:
    whoever comes meanwhile finds it done."""

    def __init__(self, most: int):
        self._most, self._found, self._lock = most, OrderedDict(), threading.Lock()

    def of(self, spec: _Spec, wanted: dict[int, tuple[tuple, int]], snapshot: Snapshot) -> dict[int, _Known]:
        """wanted: the state of each service, and the number of the week in which its last window ends."""
        with self._lock:
            known, mine = self._found.setdefault(spec, ({}, threading.Lock()))
            self._found.move_to_end(spec)
            while len(self._found) > self._most:
                self._found.popitem(last=False)
        with mine:
            other = {key: each for key, each in wanted.items() if key not in known or known[key].state != each[0]}
            if other:
                known.update(_worked_out(snapshot, spec, other))
            return {key: known[key] for key in wanted if key in known}

    def clear(self) -> None:
        with self._lock:
            self._found.clear()


_MEMORY = _Memory(_KEPT)
forget = _MEMORY.clear


def _worked_out(snapshot: Snapshot, spec: _Spec, wanted: dict[int, tuple[tuple, int]]) -> dict[int, _Known]:
    ends = np.array([end for _, end in wanted.values()])
    span = 2 * spec.weeks if spec.against == BEFORE else spec.weeks
    now = _parts(snapshot, list(wanted), ends - span, ends)
    ids = now.services["service"].to_list()
    if not ids:
        return {}
    ends = np.array([wanted[key][1] for key in ids])
    begins, young = _then(spec, now, ends)
    then = now if spec.against == BEFORE else _parts(snapshot, ids, begins, begins + spec.weeks)
    figures = np.empty((len(ids), len(_KEYS), 2, 3))
    state = np.empty((len(ids), len(_KEYS), 2), np.int8)
    for window, parts, first in ((THEN, then, begins), (NOW, now, ends - spec.weeks)):
        figures[:, :, window], state[:, :, window] = _measured(parts, ids, first, first + spec.weeks)
    figures[young, :, THEN] = np.nan
    starts, upto = (weeks_of.week_start(each) for each in (ends - spec.weeks, ends))
    shares, shipped = stage_shares(now, starts, upto)
    rolling = _rolling(snapshot, spec, ids)
    return {
        key: _Known(wanted[key][0], bool(young[at]), figures[at], state[at], rolling[at], shares[at], int(shipped[at]))
        for at, key in enumerate(ids)
    }


def _then(spec: _Spec, parts: Parts, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the weeks in which the windows begin that the last ones are held against, and which of the services
    are too young to have one."""
    existed = weeks_of.instants(parts.services["existed_from"])
    unknown = existed == weeks_of.NULL
    first = np.where(unknown, ends, weeks_of.week_of(np.where(unknown, 0, existed) - 1) + 1)  # its first whole week
    if spec.against == FIRST:
        return np.minimum(first, ends - spec.weeks), first > ends - 2 * spec.weeks
    begins = ends - spec.weeks - (52 if spec.against == YEAR else spec.weeks)
    return begins, first >= begins + spec.weeks


def _parts(snapshot: Snapshot, ids: Sequence[int], starts: np.ndarray, ends: np.ndarray) -> Parts:
    """The value parts of the weeks from the first start to the last end."""
    first, last = weeks_of.mondays(np.array([starts.min(), ends.max()])).to_list()
    return derived.parts_of(snapshot, ids, first, last - timedelta(days=1), ("deployments", "changes"))


def _measured(parts: Parts, ids: Sequence[int], starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Figures services x metrics x 3 and states services x metrics."""
    instants = zip(*(weeks_of.week_start(each).tolist() for each in (starts, ends)), strict=True)
    windows = {
        key: (store.from_us(first), store.from_us(last)) for key, (first, last) in zip(ids, instants, strict=True)
    }
    frame = delivery.measure_fleet(parts, windows)
    names = frame["metric"].head(frame.height // len(ids)).to_list()
    chosen = [names.index(key) for key in _KEYS]
    places = frame["state"].cast(pl.Enum([str(each) for each in STATES])).to_physical().to_numpy()
    figures = frame.select("value", "low", "high").to_numpy().reshape(len(ids), len(names), 3)
    return figures[:, chosen], places.reshape(len(ids), len(names))[:, chosen]


def _rolling(snapshot: Snapshot, spec: _Spec, ids: Sequence[int]) -> np.ndarray:
    """Services x weeks x metrics x 3."""
    service, week, figures = derived.rolling_of(snapshot, spec.first, spec.last, ids)
    found = np.full((len(ids), spec.drawn, len(_KEYS), 3), np.nan, np.float32)  # for drawing
    chosen = [ROLLED.index(key) for key in _KEYS]
    found[np.searchsorted(ids, service), week - spec.first] = figures[:, chosen]
    return found


def _nothing(spec: _Spec) -> _Known:
    """Of a service without derived rows."""
    empty = np.full((len(_KEYS), 2, 3), np.nan), np.full((len(_KEYS), 2), STATES.index(State.NO_DATA), np.int8)
    drawn = np.full((spec.drawn, len(_KEYS), 3), np.nan, np.float32)
    return _Known((), False, *empty, drawn, np.full(len(STAGES), np.nan), 0)
