"""Whether what a team did has moved its metric, and how long a service has to wait to see that: worked out by
`assessments.outcomes`, which takes up to seconds, and kept as long as the weeks it rests on are the same.

Kept in memory by everything that an answer depends on, so nothing is ever out of date and nothing has to be cleared. A
sync that changes no week changes no answer.
"""

import hashlib
import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from assessments import outcomes
from assessments.outcomes import Fitted, Needed, Outcome, Weeks
from data import store
from data.improving import measuring
from data.improving.interventions import InterventionView
from data.improving.measuring import METRICS, Measured, Metric

KEPT = 1000  # answers
PLANNED, RUNNING, GONE, NOT_MEASURED, JUDGED = "planned", "running", "gone", "not measured", "judged"


@dataclass(frozen=True)
class Question:
    """What is asked of an intervention. state: planned (it has not started), running, gone (its service is not the
    team's any more), not measured (why_not says why) or judged. counter: None where it was not chosen or is not
    measured, which counter_why_not explains. key: tells it from every other question."""

    one: InterventionView
    state: str
    weeks: Weeks | None
    counter: Weeks | None
    why_not: str
    counter_why_not: str
    now: int
    key: str

    @property
    def takes_long(self) -> bool:
        """Whether there is an answer that has to be worked out."""
        return self.weeks is not None

    @property
    def ripe(self) -> bool:
        """Whether enough weeks have passed to say something."""
        first = outcomes.first_after(self.done) + outcomes.FEWEST_AFTER
        return self.state == JUDGED and outcomes.week_of(self.now) >= first

    @property
    def done(self) -> outcomes.Intervention:
        said = self.one.said
        return outcomes.Intervention(said.started_at, said.finished_at or self.now, said.settle_weeks)


@dataclass(frozen=True)
class Verdict:
    """What came of it. counter: None where there is none to judge. drawn, counter_drawn: the courses compared, None
    where there are too few weeks. told: all of it in a sentence."""

    outcome: Outcome
    counter: Outcome | None
    drawn: Fitted | None
    counter_drawn: Fitted | None
    told: str


@dataclass(frozen=True)
class Ahead:
    """How long a service has to wait to see a change of a metric. needed: None where it cannot be measured, and why_not
    says why."""

    metric: Metric
    needed: Needed | None
    why_not: str


#: What is known of a question: the verdict on what is judged, else how long the service will have to wait.
Answer = Verdict | tuple[Ahead, ...]


def questions(views: Sequence[InterventionView], now: int | None = None) -> list[Question]:
    """What is asked of each; only those that `interventions.listed` has let somebody see. now: microseconds, the clock
    when None. A verdict rests on the year after the settling, and does not change once that is over."""
    at = store.now_us() if now is None else now
    there = [one for one in views if one.service]
    ids = {one.said.service_id for one in there}
    metrics = {one.metric.key for one in there} | {one.counter.key for one in there if one.counter}
    found = measuring.measured(ids, metrics) if ids else {}
    return [_question(one, found, at) for one in views]


def kept(question: Question) -> Answer | None:
    """The answer, when it has been worked out before."""
    return _KEPT.get(question.key)


def answer(question: Question) -> Answer:
    """The answer to a question that can be measured; takes up to seconds unless it is kept."""
    return _KEPT.of(question.key, lambda: _verdict(question) if question.state == JUDGED else _waiting(question))


def ahead(service_id: int, metric: str, counter: str | None, settle: int = 4) -> tuple[Ahead, ...]:
    """How long this service has to wait, for the metric and the counter-metric; only of a service that the person may
    see. Takes up to seconds unless it is kept. Raises ValueError for what is no metric."""
    names = [metric, *([counter] if counter else [])]
    found = measuring.measured([service_id], names)
    return tuple(_ahead(found.get((service_id, name)), METRICS[name], settle) for name in names)


#: The weeks of a question: what was measured in each, in which part of it, and the course that was compared.
ROWS = pl.Schema(
    {
        "week": pl.Date,  # Monday
        "phase": pl.String,  # before | done | after; done: from the start until it has settled
        "value": pl.Float64,  # in the unit of the metric
        "deployments": pl.Int64,
        "changes": pl.Int64,
        **dict.fromkeys(("level", "low", "high"), pl.Float64),  # null where nothing was compared
    }
)


def rows(question: Question, drawn: Fitted | None, counter: bool = False) -> pl.DataFrame:
    """Frame ROWS of the metric, or of the counter-metric."""
    weeks = question.counter if counter else question.weeks
    start, after = outcomes.week_of(question.done.start), outcomes.first_after(question.done)
    if question.state != JUDGED:
        after = math.inf
    numbers = weeks.week.tolist()
    phases = ["before" if week < start else "done" if week < after else "after" for week in numbers]
    counts = weeks.kind == outcomes.COUNTS
    frame = pl.DataFrame(
        {
            "number": numbers, "week": [monday.date() for monday in measuring.dates(weeks.week)], "phase": phases,
            "value": weeks.natural, "deployments": (weeks.value if counts else weeks.size).astype(int),
            "changes": weeks.changes.astype(int),
        }
    )  # fmt: skip
    course = {name: [] for name in ("week", "level", "low", "high")}
    if drawn is not None:
        course = {name: getattr(drawn, name) for name in course}
    fitted = pl.DataFrame(course, schema_overrides=dict.fromkeys(("level", "low", "high"), pl.Float64))
    fitted = fitted.rename({"week": "number"}).with_columns(pl.col("number").cast(pl.Int64))
    return frame.with_columns(pl.col("number").cast(pl.Int64)).join(fitted, on="number", how="left").select(
        pl.col(name).cast(dtype) for name, dtype in ROWS.items()
    )  # fmt: skip


class _Memory:
    """Answers by key, the latest used last; several threads may ask at once. What is being worked out is waited for:
    who leaves a page and comes back does not begin it anew."""

    def __init__(self, most: int):
        self._most, self._found, self._lock = most, OrderedDict(), threading.Lock()
        self._working: dict[str, threading.Event] = {}

    def get(self, key: str):
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
            return self._found.get(key)

    def of(self, key: str, work_out: Callable):
        while (found := self.get(key)) is None:
            with self._lock:
                begun = self._working.get(key)
                if begun is None:
                    self._working[key] = mine = threading.Event()
            if begun is None:
                return self._work(key, mine, work_out)
            begun.wait()
        return found

    def _work(self, key: str, mine: threading.Event, work_out: Callable):
        try:
            found = work_out()
            with self._lock:
                self._found[key] = found
                while len(self._found) > self._most:
                    self._found.popitem(last=False)
            return found
        finally:
            with self._lock:
                del self._working[key]
            mine.set()

    def clear(self) -> None:
        with self._lock:
            self._found.clear()


_KEPT = _Memory(KEPT)
forget = _KEPT.clear


def _question(one: InterventionView, found: dict[tuple[int, str], Measured], now: int) -> Question:
    mine = found.get((one.said.service_id, one.metric.key)) if one.service else None
    other = found.get((one.said.service_id, one.counter.key)) if one.service and one.counter else None
    state = JUDGED
    if mine is None:
        state = GONE
    elif mine.why_not:
        state = NOT_MEASURED
    elif one.said.started_at > now:
        state = PLANNED
    elif one.said.finished_at is None:
        state = RUNNING
    at = min(now, one.until or now)
    weeks = None if mine is None or mine.why_not else _cut(mine.weeks, at)
    counter = None if other is None or other.why_not else _cut(other.weeks, at)
    why_not, counter_why_not = mine.why_not if mine else "", other.why_not if other else ""
    key = _digest(
        state, one.metric.key, one.counter and one.counter.key, one.said.started_at, one.said.finished_at,
        one.said.settle_weeks, outcomes.week_of(at), weeks, counter,
    )  # fmt: skip
    return Question(one, state, weeks, counter, why_not, counter_why_not, at, key)


def _cut(weeks: Weeks, at: int) -> Weeks:
    """The weeks that were over by then."""
    return weeks.part(high=outcomes.week_of(at))


def _waiting(question: Question) -> tuple[Ahead, ...]:
    """From the weeks before the start."""
    one, start = question.one, outcomes.week_of(question.done.start)
    pairs = ((one.metric, question.weeks, question.why_not), (one.counter, question.counter, question.counter_why_not))
    return tuple(
        Ahead(
            metric, None if weeks is None else _needed(metric, weeks.part(high=start), one.said.settle_weeks), why_not
        )
        for metric, weeks, why_not in pairs
        if metric is not None
    )


def _needed(metric: Metric, weeks: Weeks, settle: int) -> Needed:
    key = _digest("ahead", metric.key, settle, weeks)
    return _KEPT.of(key, lambda: outcomes.needed(weeks, metric.better, settle=settle))


def _verdict(question: Question) -> Verdict:
    one, done, now = question.one, question.done, question.now
    outcome = outcomes.judge(question.weeks, done, one.metric.better, now, name=one.metric.name)
    drawn, counter, counter_drawn = outcomes.fitted(question.weeks, done, now), None, None
    if question.counter is not None:
        name, better = one.counter.name, one.counter.better
        counter = outcomes.judge(question.counter, done, better, now, name=name, look_ahead=False)
        counter_drawn = outcomes.fitted(question.counter, done, now)
    if counter is None and one.counter is not None:
        told = f"{outcome.because} Whether it was paid for is not known: {question.counter_why_not}"
    else:
        told = outcomes.beside(outcome, counter)
    return Verdict(outcome, counter, drawn, counter_drawn, told)


def _ahead(found: Measured | None, metric: Metric, settle: int) -> Ahead:
    if found is None or found.why_not:
        return Ahead(metric, None, found.why_not if found else "This service is not there any more.")
    return Ahead(metric, _needed(metric, found.weeks, settle), "")


def _digest(*parts) -> str:
    whole = hashlib.sha256()
    for part in parts:
        if isinstance(part, Weeks):
            for column in (part.week, part.value, part.size, part.changes):
                whole.update(column.tobytes())
        whole.update(f"{part if not isinstance(part, Weeks) else len(part)}|".encode())
    return whole.hexdigest()
