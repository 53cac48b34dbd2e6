"""A quarter in plain sentences, written from numbers by rules.

A sentence says what was measured, and whether it can be told apart from before. It never says why: two things that
happened in one quarter are no cause of each other. What gets better stands beside what would pay for it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from assessments import goals, outcomes
from assessments.delivery import present
from assessments.delivery.results import Metric, State
from assessments.goals import BETTER, HIGH, LOW, NOT_APART, NOT_KNOWN, WORSE
from assessments.portfolio import FEWEST_TEAMS, Tally

NAMED = 3  # services of a sentence by name
_KEY = re.compile(r"(\d{4})-Q([1-4])")
_FIRST, _LAST = 2000, 9998  # years


@dataclass(frozen=True, order=True)
class Quarter:
    """Of the calendar, in UTC."""

    year: int
    number: int

    @classmethod
    def holding(cls, instant: datetime) -> "Quarter":
        """The one in which that instant lies. Raises ValueError for one that nothing is known of."""
        at = instant.astimezone(UTC)
        return cls.of(f"{at.year:04}-Q{(at.month + 2) // 3}")

    @classmethod
    def of(cls, key: str) -> "Quarter":
        """From 2026-Q3. Raises ValueError with a sentence."""
        found = _KEY.fullmatch(key)
        if found is None or not _FIRST <= int(found[1]) <= _LAST:
            raise ValueError("A quarter is written as 2026-Q3.")
        return cls(int(found[1]), int(found[2]))

    @property
    def key(self) -> str:
        return f"{self.year:04}-Q{self.number}"

    @property
    def name(self) -> str:
        return f"Q{self.number} {self.year}"

    @property
    def start(self) -> datetime:
        return datetime(self.year, 3 * self.number - 2, 1, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """The first instant after it."""
        return self.after.start

    @property
    def days(self) -> str:
        """1 July to 30 September 2026."""
        last = self.end - timedelta(days=1)
        return f"{self.start.day} {self.start:%B} to {last.day} {last:%B %Y}"

    @property
    def before(self) -> "Quarter":
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1)

    @property
    def after(self) -> "Quarter":
        return Quarter(self.year + (self.number == 4), self.number % 4 + 1)


@dataclass(frozen=True)
class Words:
    """Of a metric: its name, the end one wishes for, and what to call it nearer to that end and farther from it."""

    name: str
    better: str
    nearer: str
    farther: str


#: What a report shows, in its order: throughput, then instability.
METRICS: Mapping[str, Words] = {
    "lead_time": Words("Lead time", LOW, "shorter", "longer"),
    "merge_to_production": Words("Merge to production", LOW, "shorter", "longer"),
    "deployment_frequency": Words("Deployment frequency", HIGH, "higher", "lower"),
    "recovery_time": Words("Recovery time", LOW, "shorter", "longer"),
    "change_fail_rate": Words("Change fail rate", LOW, "lower", "higher"),
    "rework_rate": Words("Rework rate", LOW, "lower", "higher"),
}
THROUGHPUT = ("lead_time", "merge_to_production", "deployment_frequency")
INSTABILITY = ("change_fail_rate", "rework_rate")


@dataclass(frozen=True)
class Reading:
    """One metric of a service in a quarter, and in the one before (None: nothing was worked out of it then)."""

    service: str
    key: str
    now: Metric
    before: Metric | None

    @property
    def words(self) -> Words:
        return METRICS[self.key]

    @property
    def change(self) -> str:
        """better | worse | not told apart | not known, by the 95 % interval of the difference."""
        return change(self.key, self.now, self.before)

    @property
    def says(self) -> str:
        """The same in words: shorter, longer, no clear change, not comparable."""
        words = {BETTER: self.words.nearer, WORSE: self.words.farther, NOT_APART: "no clear change"}
        return words.get(self.change, "not comparable")


def change(key: str, now: Metric, before: Metric | None) -> str:
    """How a metric differs from before. What was inferred is told apart from nothing."""
    if before is None or now.state is not State.VALUE or before.state is not State.VALUE:
        return NOT_KNOWN
    if "inferred" in (now.basis, before.basis):
        return NOT_KNOWN
    apart = goals.difference(before, now)
    if apart is None or apart[0] <= 0 <= apart[1]:
        return NOT_APART
    return BETTER if (apart[1] < 0) == (METRICS[key].better == LOW) else WORSE


def comparisons(readings: Iterable[Reading]) -> int:
    """How many could have been told apart: of these about one in twenty is, when nothing has changed."""
    return sum(1 for one in readings if one.change != NOT_KNOWN and goals.difference(one.before, one.now) is not None)


@dataclass(frozen=True)
class Aims:
    """Goals of the quarter: that are open at its end, and of these those where the metric is where it should get, those
    whose day has passed, and those whose counter-metric is beyond its limit; and those that ended in it."""

    open: int = 0
    there: int = 0
    overdue: int = 0
    broken: int = 0
    reached: int = 0
    missed: int = 0
    dropped: int = 0


@dataclass(frozen=True)
class Deeds:
    """What was done and is judged in the quarter: metrics that moved for the better or the worse, did not move, cannot
    be told yet, and what is still under way, or cannot be measured. paid: that moved for the better while the
    counter-metric moved for the worse. waiting: verdicts that were not worked out yet."""

    better: int = 0
    worse: int = 0
    still: int = 0
    open: int = 0
    running: int = 0
    not_measured: int = 0
    paid: int = 0
    waiting: int = 0

    @property
    def judged(self) -> int:
        return self.better + self.worse + self.still + self.open


@dataclass(frozen=True)
class Levels:
    """Capabilities with a level, of all; those whose level is higher or lower than in the assessment before by what is
    done, and those where only what is known, or the model, has changed. compared: None without an earlier one."""

    told: int
    of: int
    compared: bool = False
    higher: int = 0
    lower: int = 0
    known_otherwise: int = 0


def team(
    quarter: Quarter, so_far: bool, readings: Sequence[Reading], aims: Aims, deeds: Deeds, levels: Levels | None
) -> tuple[str, ...]:
    """What a team's quarter comes to. so_far: it is not over, or was not read to its end."""
    if not readings:
        return (f"Nothing is known of the team's deliveries in {quarter.name}: none of its services has numbers.",)
    told = [_shipped(quarter, so_far, readings)]
    by_metric = [[one for one in readings if one.key == key] for key in METRICS]
    told += [_moved(quarter, some) for some in by_metric if any(one.change in (BETTER, WORSE) for one in some)]
    told += _unmoved(quarter, [some for some in by_metric if not any(one.change in (BETTER, WORSE) for one in some)])
    told += _beside(readings)
    told += _chance(readings)
    return tuple([*told, *_aims(aims), *_deeds(deeds), *_levels(levels)])


def organization(
    quarter: Quarter, so_far: bool, teams: int, measured: int, tallies: Mapping[str, Tally], aims: Aims, deeds: Deeds
) -> tuple[str, ...]:  # fmt: skip
    """What an organization's quarter comes to, no team named. measured: teams with any number; tallies: of every
    metric, each team against its own quarter before. Of fewer than FEWEST_TEAMS nothing is counted."""
    if not teams:
        return ("The organisation has no team yet.",)
    has = "team has" if teams == 1 else "teams have"
    told = [f"{measured} of {teams} {has} numbers for {quarter.name}{', which is not over' * so_far}."]
    if measured < FEWEST_TEAMS:
        told.append(
            f"Of fewer than {FEWEST_TEAMS} teams with numbers a count would name them, so none is shown: see the "
            "reports of the teams."
        )
        return tuple(told)
    told += [_counted(key, each, quarter) for key, each in tallies.items() if each.better or each.worse]
    if still := [METRICS[key].name for key, each in tallies.items() if each.compared and not each.better + each.worse]:
        names = _listed([still[0], *(name.lower() for name in still[1:])], len(METRICS))
        told.append(f"{names}: no team can be told apart from its own {quarter.before.name}.")
    told += _balance(tallies)
    number = sum(each.compared for each in tallies.values())
    told += _by_chance(number)
    return tuple([*told, *_aims(aims), *_deeds(deeds)])


# A team


def _shipped(quarter: Quarter, so_far: bool, readings: Sequence[Reading]) -> str:
    often = [one.now for one in readings if one.key == "deployment_frequency"]
    known = [one for one in often if one.state in (State.VALUE, State.NONE_HAPPENED, State.TOO_FEW)]
    when = f"So far in {quarter.name}" if so_far else f"In {quarter.name}"
    if not known:
        return f"{when} no production deployment is known; that is not the same as none."
    number = sum(one.n for one in known)
    services = _count(len(known), "service")
    blind = len(often) - len(known)
    text = f"{when} {services} of the team reached users {_count(number, 'time')}" if number else (
        f"{when} nothing was brought to users from {services} of the team"
    )  # fmt: skip
    return text + (f"; of {blind} more it is not known." if blind else ".")


def _moved(quarter: Quarter, readings: Sequence[Reading]) -> str:
    """What became of a metric that changed in some service, against the quarter before."""
    by: dict[str, list[Reading]] = {}
    for one in readings:
        by.setdefault(one.change, []).append(one)
    parts = [
        f"{some[0].says} in {_listed([_from_to(one) for one in some])}"
        for some in (by.get(BETTER, []), by.get(WORSE, []))
        if some
    ]
    told = f"{readings[0].words.name} was {' and '.join(parts)}, against {quarter.before.name}."
    if same := by.get(NOT_APART, []):
        told += f" In {_listed([one.service for one in same])} it cannot be told apart from the quarter before."
    return told


def _unmoved(quarter: Quarter, metrics: Sequence[Sequence[Reading]]) -> list[str]:
    """The metrics that changed in no service, as far as one can tell."""
    same = [[one for one in some if one.change == NOT_APART] for some in metrics]
    same = [some for some in same if some]
    if not same:
        return []
    names = []
    for some in same:
        name = some[0].words.name
        names.append(f"{name} ({present.headline(some[0].now)})" if len(some) == 1 else name)
    said = _listed([names[0], *(name[:1].lower() + name[1:] for name in names[1:])], len(METRICS))
    return [f"{said} cannot be told apart from {quarter.before.name} in any service of which they are known."]


def _from_to(one: Reading) -> str:
    return f"{one.service} ({present.headline(one.before)} to {present.headline(one.now)})"


def _beside(readings: Sequence[Reading]) -> list[str]:
    """Where speed was gained or lost, what became of stability in the same service: neither without the other."""
    told = []
    by_service: dict[str, list[Reading]] = {}
    for one in readings:
        by_service.setdefault(one.service, []).append(one)
    for service, mine in by_service.items():
        faster = [one for one in mine if one.key in THROUGHPUT and one.change == BETTER]
        failing = [one for one in mine if one.key in INSTABILITY and one.change == WORSE]
        if faster and failing:
            gained, lost = (_listed([one.words.name.lower() for one in each]) for each in (faster, failing))
            told.append(f"Look at both together in {service}: {gained} got better while {lost} got worse.")
    return told[:NAMED]


def _chance(readings: Sequence[Reading]) -> list[str]:
    return _by_chance(comparisons(readings))


def _by_chance(number: int) -> list[str]:
    if number < 10:
        return []
    return [f"{number} comparisons were made; by chance alone about {max(1, round(number / 20))} would look changed."]


# Goals, deeds, levels


def _aims(aims: Aims) -> list[str]:
    told = []
    if aims.open:
        parts = [f"{_count(aims.open, 'goal')} {_are(aims.open)} open"]
        if aims.there:
            parts.append(f"in {aims.there} the metric is where it should get")
        if aims.broken:
            parts.append(f"in {aims.broken} the counter-metric is beyond its limit")
        if aims.overdue:
            parts.append(f"the day of {aims.overdue} has passed")
        told.append(f"{'; '.join(parts)}.")
    ended = [(aims.reached, "reached"), (aims.missed, "missed"), (aims.dropped, "given up")]
    if any(number for number, _ in ended):
        told.append(f"Ended in the quarter: {_listed([f'{number} {how}' for number, how in ended if number], 3)}.")
    return told


def _deeds(deeds: Deeds) -> list[str]:
    told = []
    if deeds.judged:
        parts = [
            (deeds.better, "moved for the better"), (deeds.worse, "moved for the worse"),
            (deeds.still, "did not move"), (deeds.open, "cannot be told yet"),
        ]  # fmt: skip
        said = _listed([f"{number} {how}" for number, how in parts if number], 4)
        text = f"Of {_count(deeds.judged, 'thing')} done to get better, the metric of {said}"
        if deeds.paid:
            text += f"; {deeds.paid} of the better came with a worse counter-metric"
        told.append(f"{text}. That says when a metric moved, not why.")
    if deeds.waiting:
        told.append(f"{_count(deeds.waiting, 'verdict')} {_are(deeds.waiting)} still to be worked out.")
    if deeds.running:
        told.append(f"{_count(deeds.running, 'thing')} {_are(deeds.running)} still under way.")
    return told


def _levels(levels: Levels | None) -> list[str]:
    if levels is None:
        return []
    told = [f"{levels.told} of {_count(levels.of, 'capability', 'capabilities')} have enough evidence for a level."]
    if levels.compared:
        moved = [(levels.higher, "higher"), (levels.lower, "lower")]
        parts = [f"{number} {how}" for number, how in moved if number]
        if parts:
            told.append(f"Against the assessment before, {_listed(parts)} by what is done now.")
        else:
            told.append("Against the assessment before, no level is another by what is done now.")
        if levels.known_otherwise:
            told.append(f"{levels.known_otherwise} differ only in what is known, or in how it is judged.")
    return told


# An organization


def _counted(key: str, each: Tally, quarter: Quarter) -> str:
    words = METRICS[key]
    parts = [
        (each.better, words.nearer), (each.worse, words.farther), (each.not_apart, "not told apart from before"),
        (each.not_compared, "not comparable"),
    ]  # fmt: skip
    said = _listed([f"{how} in {_count(number, 'team')}" for number, how in parts if number], 4)
    return f"{words.name} against each team's own {quarter.before.name}: {said}."


def _balance(by: Mapping[str, Tally]) -> list[str]:
    """A sentence where more teams got faster while more got less stable."""
    faster = [key for key in THROUGHPUT if key in by and by[key].better > by[key].worse]
    shakier = [key for key in INSTABILITY if key in by and by[key].worse > by[key].better]
    if not faster or not shakier:
        return []
    gained, lost = (_listed([METRICS[key].name.lower() for key in each]) for each in (faster, shakier))
    return [f"Look at both together: {gained} got better in more teams than worse, and {lost} the other way round."]


# Words


def verdict(outcome: outcomes.Outcome) -> str:
    """Of a deed in a few words: moved for the better, not moved, inconclusive."""
    if outcome.verdict == outcomes.MOVED:
        return f"moved for the {outcome.direction}"
    return {outcomes.NOT_MOVED: "not moved", outcomes.INCONCLUSIVE: "cannot be told yet"}[outcome.verdict]


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _listed(names: Sequence[str], most: int = NAMED) -> str:
    """A, B and C; of more than `most` the first and how many more."""
    shown = list(names) if len(names) <= most else [*names[:most], f"{len(names) - most} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
