"""The quarterly report of an organization, for those who lead it: teams against themselves, counted and spread, none
named. What a team said counts when it is released to them, whoever reads."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields

import numpy as np
import polars as pl
from sqlalchemy import select

from assessments import portfolio, reporting
from assessments.delivery.overview import STAGE_NAMES
from assessments.portfolio import FEWEST_TEAMS, Figures, Spread, Tally
from assessments.reporting import METRICS, Aims, Deeds, Quarter
from data import access, derived, queries, store
from data.leading import capabilities, constraints, organizations
from data.leading import learning as way
from data.people import Who
from data.practices import assessments, model
from data.queries import ServiceView
from data.reporting import aimed, delivered
from data.reporting.aimed import Patience, Progress
from data.reporting.document import Block, Number, Points, Report, Section, Table, Text
from data.reporting.pictures import Stack, bars, spreads, stacks
from data.reporting.team import READING, begun
from data.tables import Goal, Organization

MEASURED = (*(key for key in METRICS if key != "merge_to_production"), "merge_to_production")


def of(
    who: Who, organization_id: int, quarter: Quarter, now: int | None = None,
    progress: Progress = lambda done, of, what: None, patient: Patience = lambda: True,
) -> Report:  # fmt: skip
    """What that quarter says of all teams. now: microseconds, the clock when None. progress: of the verdicts, which
    take long; patient: whether another one shall be waited for.

    Raises Forbidden, NotFound, and ValueError for a quarter that has not begun.
    """
    organizations.check(who, organization_id)
    subject = access.of_organization(organization_id)
    at = store.now_us() if now is None else now
    begun(quarter, at)
    leads = _reader(organization_id)
    with store.reading() as session:
        name = session.execute(select(Organization.name).where(Organization.id == organization_id)).scalar_one()
        teams = organizations.teams(session, organization_id)
    services = [one for one in queries.services(leads if not subject.is_demo else who)
                if one.organization_id == organization_id]  # fmt: skip
    fleet = _Fleet(services, teams, quarter)
    aims, deeds = _planned(leads, teams, quarter, at, progress, patient)
    sections = (
        fleet.section, _wanted(aims, deeds, len(teams)), _waits(who, organization_id, quarter, at),
        _practices(who, leads, organization_id, quarter, at), _learning(who, organization_id), fleet.unknown, READING,
    )  # fmt: skip
    so_far = store.to_us(quarter.end) > at
    summary = reporting.organization(quarter, so_far, len(teams), fleet.measured, fleet.tallies, aims, deeds)
    return Report(
        "organization", organization_id, name, name, subject.is_demo, quarter, so_far, at, summary,
        tuple(each for each in sections if each is not None), fleet.numbers, not deeds.waiting,
    )  # fmt: skip


def _reader(organization_id: int) -> Who:
    """Somebody who leads and nothing more, as whom all of it is read: administrators see no more in it than others."""
    return Who(0, "report", organization_roles=frozenset({(organization_id, "leader")}))


# Delivery


class _Fleet:
    """All services in the quarter and in the one before."""

    def __init__(self, services: Sequence[ServiceView], teams: Sequence[tuple[int, str]], quarter: Quarter):
        self.services, self.quarter = services, quarter
        place = {team_id: number for number, (team_id, _) in enumerate(teams)}
        self._size = len(teams)
        self._team = np.array([place[one.team_id] for one in services], np.int64)
        self._now, self._before = (self._figures(each) for each in (quarter, quarter.before))
        known = np.zeros(len(services), bool)
        for figures in self._now.values():
            known |= ~np.isnan(figures.value)
        self.measured = len(set(self._team[known].tolist()))
        self.tallies: dict[str, Tally] = {}
        self._spreads: list[tuple[portfolio.Metric, Spread]] = []
        for key in MEASURED:
            metric = portfolio.METRICS[key]
            changes = portfolio.changes(metric, self._team, self._size, self._before[key], self._now[key])
            self.tallies[key] = portfolio.tally(changes)
            middles = (portfolio.typical(self._team, self._size, each[key].value) for each in (self._now, self._before))
            if spread := portfolio.spread(metric, *middles):
                self._spreads.append((metric, spread))

    def _figures(self, quarter: Quarter) -> Mapping[str, Figures]:
        """Of every metric, a place for each service; NaN where there is no value."""
        windows = delivered.windows(self.services, quarter)
        none = np.full((len(self.services), 3), np.nan)
        if not windows:
            return {key: Figures(*none.T) for key in MEASURED}
        measured = derived.measures(windows).filter(state="value")
        found = {}
        places = pl.DataFrame({"service": [one.id for one in self.services]}, schema={"service": pl.Int64})
        for key in MEASURED:
            rows = places.join(measured.filter(metric=key), on="service", how="left", maintain_order="left")
            columns = (rows[name].fill_null(np.nan).to_numpy() for name in ("value", "low", "high"))
            found[key] = Figures(*columns)
        return found

    @property
    def section(self) -> Section:
        if not self._size:
            return Section("Delivery", (Text("The organisation has no team yet, so there is nothing to count."),))
        if self.measured < FEWEST_TEAMS:
            teams = "1 team has" if self._size == 1 else f"{self._size} teams have"
            few = (
                f"{self.measured} of {teams} numbers. With fewer than {FEWEST_TEAMS} each would be "
                "known in any count or distribution, so none is shown; the report of each team says how it stands."
            )
            return Section("Delivery", (Text(few),))
        rows = tuple(
            (METRICS[key].name, *(str(each) for each in (one.better, one.worse, one.not_apart, one.not_compared)))
            for key, one in self.tallies.items()
            if one.compared
        )
        before = self.quarter.before.name
        head = ("Metric", "Teams better", "Teams worse", "Not told apart", "Not comparable")
        note = (
            "A team's change is the mean change of its services, each against itself; it counts as better or worse "
            "when its 95 % interval leaves out no change. No team is held against another."
        )
        blocks: list[Block] = [
            Table(f"Teams, each against its own {before}", head, rows, (0.32, 0.17, 0.17, 0.17, 0.17), note=note)
        ]
        if self._spreads:
            blocks += spreads(self._spreads, self.quarter)
        return Section("Delivery", tuple(blocks))

    @property
    def unknown(self) -> Section:
        counts = Counter(self._lacks(one) for one in self.services)
        without = self._size - len(set(self._team.tolist()))
        told = [f"{_count(number, 'service')}: {what}." for what, number in sorted(counts.items()) if what]
        if without:
            told.append(f"{_count(without, 'team')} without any service.")
        if not told:
            return Section("What is not known", (Text("Every service was read, and has numbers and incidents."),))
        return Section("What is not known", (Points(tuple(told)),))

    def _lacks(self, one: ServiceView) -> str:
        if one.settings is None:
            return "nobody has said what counts as a production deployment"
        if one.collected_until is None or not one.judged:
            return "nothing has been collected"
        if one.collected_until <= self.quarter.start:
            return f"last read before {self.quarter.name}"
        return "" if one.incidents_collected else "no incidents are collected, so failures are not known"

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Counts of teams, and the middle team where there are enough; no team by itself."""
        if self.measured < FEWEST_TEAMS:
            return ()
        counted = [
            Number("teams", f"{key} {what}", self.quarter.key, "value", getattr(one, what), None, None, None, "teams")
            for key, one in self.tallies.items()
            for what in ("better", "worse", "not_apart", "not_compared")
        ]
        middles = [
            Number("middle team", metric.key, each.key, "value", value, None, None, spread.teams, metric.unit)
            for metric, spread in self._spreads
            for each, value in ((self.quarter.before, spread.middle[1]), (self.quarter, spread.middle[0]))
        ]
        return (*counted, *middles)


# Goals and what was done


def _planned(
    leads: Who, teams: Sequence[tuple[int, str]], quarter: Quarter, at: int, progress: Progress, patient: Patience
) -> tuple[Aims, Deeds]:
    ids = [team_id for team_id, _ in teams]
    with store.reading() as session:
        aiming = set(session.execute(select(Goal.team_id).where(Goal.team_id.in_(ids)).distinct()).scalars())
    aims = [aimed.wanted(leads, team_id, quarter, at).aims for team_id in ids if team_id in aiming]
    return _sum(Aims, aims), aimed.done_by(ids, quarter, at, lambda done, of, what: progress(done, of, _DEEDS), patient)


_DEEDS = "what was done, and whether it worked"


def _sum(kind, some):
    return kind(**{each.name: sum(getattr(one, each.name) for one in some) for each in fields(kind)})


def _wanted(aims: Aims, deeds: Deeds, teams: int) -> Section | None:
    if teams < FEWEST_TEAMS or (aims == Aims() and deeds == Deeds()):
        return None
    blocks: list[Block] = []
    if aims != Aims():
        rows = (
            ("Open at the end", str(aims.open)), ("of these: the metric is where it should get", str(aims.there)),
            ("of these: the day has passed", str(aims.overdue)),
            ("of these: the counter-metric is beyond its limit", str(aims.broken)),
            ("Reached in the quarter", str(aims.reached)), ("Missed", str(aims.missed)),
            ("Given up", str(aims.dropped)),
        )  # fmt: skip
        shown = tuple(row for place, row in enumerate(rows) if not place or row[1] != "0")
        blocks.append(Table("Goals of all teams", ("Goals", "Number"), shown, (0.75, 0.25)))
    if deeds != Deeds():
        rows = (
            ("The metric moved for the better", str(deeds.better)),
            ("of these: while the counter-metric moved for the worse", str(deeds.paid)),
            ("The metric moved for the worse", str(deeds.worse)), ("The metric did not move", str(deeds.still)),
            ("It cannot be told yet", str(deeds.open)), ("Under way", str(deeds.running)),
            ("Not measured", str(deeds.not_measured)), ("Still to be worked out", str(deeds.waiting)),
        )  # fmt: skip
        shown = tuple(row for row in rows if row[1] != "0" or row[0].startswith("The metric"))
        note = "Judged beside trend and season, by weeks, at the end of the quarter. It says when, not why."
        blocks.append(
            Table(
                "What teams did, and whether its metric moved",
                ("Things done", "Number"),
                shown,
                (0.75, 0.25),
                note=note,
            )
        )
    return Section("Goals and what was done", tuple(blocks))


# Workflow, practices, learning


def _waits(who: Who, organization_id: int, quarter: Quarter, at: int) -> Section | None:
    found = constraints.of(who, organization_id, now=min(store.to_us(quarter.end), at))
    drawn = sum(number for _, number in found.stated)
    if drawn < FEWEST_TEAMS:
        return None
    rows = [(STAGE_NAMES.get(stage, "another step").capitalize(), number) for stage, number in found.stated]
    title = f"Where the work waits, in the maps of {_count(drawn, 'team')}"
    caption = "Teams whose map has its constraint, the step with the most waiting, in that stage. Stated, not measured."
    return Section("Workflow", (bars(rows, drawn, title, caption),))


def _practices(who: Who, leads: Who, organization_id: int, quarter: Quarter, at: int) -> Section:
    """Levels of all teams: as they stand now in a quarter that goes on, else in the newest assessment of each before
    its end that is released."""
    if store.to_us(quarter.end) > at:
        heat = capabilities.of(who, organization_id, now=at)
        teams = [
            dict(zip(heat.keys, (cell.level for cell in row.cells), strict=True)) for row in heat.rows if row.reads
        ]
        when = "now"
    else:
        teams, when = _assessed(leads, organization_id, quarter, at), f"at the end of {quarter.name}"
    if len(teams) < FEWEST_TEAMS:
        few = f"Levels that those who lead may see are known of {_count(len(teams), 'team')} {when}"
        return Section("Practices", (Text(f"{few}; of fewer than {FEWEST_TEAMS} no distribution is shown."),))
    names = {key: one.name for key, one in model.capabilities().items()}
    counts = {key: Counter(levels.get(key) for levels in teams) for key in names}
    told = {key: len(teams) - each[None] for key, each in counts.items()}
    shown = [key for key in names if told[key] >= FEWEST_TEAMS]
    stacked = [Stack(names[key], tuple(counts[key][level] for level in range(5)), counts[key][None]) for key in shown]
    blocks: list[Block] = [stacks(stacked, len(teams), when)] if stacked else []
    if others := [names[key] for key in names if key not in shown]:
        few = f"A level is known of fewer than {FEWEST_TEAMS} teams for: {', '.join(others)}."
        blocks.append(Text(few, quiet=True))
    return Section("Practices", tuple(blocks))


def _assessed(leads: Who, organization_id: int, quarter: Quarter, at: int) -> list[dict[str, int | None]]:
    with store.reading() as session:
        teams = organizations.teams(session, organization_id)
    found = []
    for team_id, _ in teams:
        lines = assessments.listed(leads, team_id, at)
        newest = next((one for one in lines if one.seen_from is None and one.taken_at < quarter.end), None)
        if newest is not None:
            snapshot = assessments.load(leads, team_id, [newest.id], at)[newest.id].snapshot
            found.append({key: snapshot.standing(key).told for key in snapshot.model})
    return found


def _learning(who: Who, organization_id: int) -> Section | None:
    found = way.of(who, organization_id)
    if found.funnel.teams < FEWEST_TEAMS:
        return None
    title = "How far teams have come with what they learn, today"
    caption = f"Teams that have come at least so far, of {found.funnel.teams}. No person is counted."
    if found.funnel.waiting:
        caption += f" {_count(found.funnel.waiting, 'metric')} not worked out yet."
    return Section("Learning", (bars(found.counts, found.funnel.teams, title, caption),))


def _count(number: int, one: str) -> str:
    return f"{number:,} {one if number == 1 else one + 's'}"
