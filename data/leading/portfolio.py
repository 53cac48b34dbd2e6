"""Whether the teams of an organization get better, each against itself; how unnamed teams are spread. No ranking: teams
come by name, and no figure of one is held against another's."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from assessments import portfolio
from assessments.delivery import parts as weeks_of
from assessments.delivery.results import STAGES, State
from assessments.portfolio import METRICS, WEEKS, Change, Course, Metric, Spread, Tally
from data import store
from data.leading import fleet, happened, organizations
from data.leading.fleet import AGAINST, NOW, STATES, THEN, Fleet
from data.leading.happened import Event
from data.people import Who

#: Why nothing of a team could be compared, besides the states of its figures.
NO_SERVICE, NOT_JUDGED, STALE, YOUNG, NO_INTERVAL = "no service", "not judged", "stale", "young", "no interval"


@dataclass(frozen=True)
class TeamLine:
    """A team against itself. services: all it has; why: why nothing could be compared, one of the words above or of
    `delivery.results.State`; "" where something could. course: None where there is nothing to draw. events: in the
    weeks of the course."""

    team_id: int
    name: str
    services: int
    change: Change
    course: Course | None
    events: tuple[Event, ...]
    why: str


@dataclass(frozen=True)
class Portfolio:
    """teams: by name. weeks: of a window; against: what the last is held against, see `fleet.AGAINST`. tallies: of
    every metric. spreads: of every metric, None for too few teams. first, until: Monday of the first week drawn and
    the day after the last; now: Monday on which the last window begins. stale: services last read before that. events:
    whether any team has some."""

    organization_id: int
    metric: Metric
    weeks: int
    against: str
    teams: tuple[TeamLine, ...]
    tallies: Mapping[str, Tally]
    spreads: Mapping[str, Spread | None]
    first: date | None
    now: date | None
    until: date | None
    stale: int

    @property
    def tally(self) -> Tally:
        return self.tallies[self.metric.key]

    @property
    def counted(self) -> int:
        """Services of all teams."""
        return sum(line.services for line in self.teams)


@dataclass(frozen=True)
class Stages:
    """Where the lead time of a team goes, as measured: the mean share of each stage over its services, None where not
    known; services: that these rest on; changes: shipped in the last window."""

    shares: Mapping[str, float | None]
    services: int
    changes: int

    @property
    def longest(self) -> str | None:
        """The stage with the largest share."""
        known = {stage: share for stage, share in self.shares.items() if share is not None}
        return max(known, key=known.get) if known else None


def of(who: Who, organization_id: int, metric: str, weeks: int = 13, against: str = fleet.BEFORE) -> Portfolio:
    """Every team of the organization. weeks: one of WEEKS; against: one of AGAINST.

    Raises Forbidden, NotFound, or ValueError for what is no metric, window or comparison.
    """
    if metric not in METRICS or weeks not in WEEKS or against not in AGAINST:
        raise ValueError("Choose a metric, a window and a comparison from the lists.")
    organizations.check(who, organization_id)
    with store.reading() as session:
        teams = organizations.teams(session, organization_id)
    what = METRICS[metric]
    found = fleet.of(organization_id, teams, weeks, against)
    if found is None:
        return _empty(organization_id, teams, what, weeks, against)
    size = len(teams)
    each = {key: portfolio.changes(one, found.team, size, found.of(key, THEN), found.of(key, NOW))
            for key, one in METRICS.items()}  # fmt: skip
    courses = portfolio.courses(
        what, found.team, size, found.of(metric, THEN), *found.weekly(metric), found.first, found.last
    )
    days = weeks_of.mondays(np.array([found.first, found.last + 1 - weeks, found.last + 1])).to_list()
    since, until = (int(weeks_of.week_start(number)) for number in (found.first, found.last + 1))
    with store.reading() as session:
        events = happened.in_teams(session, [team_id for team_id, _ in teams], since, until)
    services = np.bincount(found.team, minlength=size)
    lines = [
        TeamLine(
            team_id, name, int(services[place]), each[metric][place],
            courses[place] if np.isfinite(courses[place].value).any() else None, events[team_id],
            "" if each[metric][place].compared else _why(found, metric, place),
        )
        for place, (team_id, name) in enumerate(teams)
    ]  # fmt: skip
    spreads = {
        key: portfolio.spread(
            one, *(portfolio.typical(found.team, size, found.of(key, at).value) for at in (NOW, THEN))
        )
        for key, one in METRICS.items()
    }
    tallies = {key: portfolio.tally(some) for key, some in each.items()}
    stale = int(found.stale.sum())
    return Portfolio(organization_id, what, weeks, against, tuple(lines), tallies, spreads, *days, stale)


def stages(who: Who, organization_id: int, weeks: int = 13) -> dict[int, Stages]:
    """Where the lead time of each team goes, by its id; teams without a service are left out. Raises as `of`."""
    if weeks not in WEEKS:
        raise ValueError("Choose a window from the list.")
    organizations.check(who, organization_id)
    with store.reading() as session:
        teams = organizations.teams(session, organization_id)
    found = fleet.of(organization_id, teams, weeks, fleet.BEFORE)
    if found is None:
        return {}
    size, counted = len(teams), found.counted
    shares = np.where(counted[:, None], found.shares, np.nan)
    means = np.stack([portfolio.mean_by(found.team, size, shares[:, at]) for at in range(len(STAGES))], axis=1)
    known = np.bincount(found.team[~np.isnan(shares).all(axis=1)], minlength=size)
    shipped = np.bincount(found.team[counted], found.shipped[counted], size)
    found_of = {}
    for place in sorted(set(found.team.tolist())):
        known_shares = {stage: None if np.isnan(share) else float(share)
                        for stage, share in zip(STAGES, means[place], strict=True)}  # fmt: skip
        found_of[teams[place][0]] = Stages(known_shares, int(known[place]), int(shipped[place]))
    return found_of


def _empty(organization_id: int, teams: tuple, what: Metric, weeks: int, against: str) -> Portfolio:
    """Of an organization of which nothing was worked out yet."""
    with store.reading() as session:
        counts = organizations.services(session, organization_id)
    none = portfolio.NOTHING
    lines = tuple(
        TeamLine(
            team_id, name, counts.get(team_id, 0), none, None, (), NOT_JUDGED if counts.get(team_id) else NO_SERVICE
        )
        for team_id, name in teams
    )
    tally = portfolio.tally([none] * len(teams))
    return Portfolio(
        organization_id,
        what,
        weeks,
        against,
        lines,
        dict.fromkeys(METRICS, tally),
        dict.fromkeys(METRICS),
        None,
        None,
        None,
        0,
    )


def _why(found: Fleet, metric: str, place: int) -> str:
    """What most of its services lack, the nearest to a figure first: why nothing of the team could be compared."""
    mine = found.team == place
    if not mine.any():
        return NO_SERVICE
    if not found.judged[mine].any():
        return NOT_JUDGED
    mine &= found.judged
    if found.stale[mine].all():
        return STALE
    mine &= ~found.stale
    for window in (NOW, THEN):
        if window == THEN and found.young[mine].all():
            return YOUNG
        states = [STATES[each] for each in found.states(metric, window)[mine]]
        if State.VALUE not in states:
            return str(Counter(states).most_common(1)[0][0])
    return NO_INTERVAL
