"""What a team wanted and did in a quarter: goals as they stood at its end, and what was done with its verdict."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

from assessments import goals as ways
from assessments import outcomes, reporting
from assessments.delivery import present
from assessments.goals import Figure
from assessments.outcomes import Outcome
from assessments.reporting import Aims, Deeds, Quarter
from data import store
from data.improving import choices, figures, goals, interventions, verdicts
from data.improving.choices import ChoiceView
from data.improving.goals import GoalView
from data.improving.interventions import InterventionView
from data.improving.measuring import Metric
from data.improving.verdicts import Question, Verdict
from data.people import Who
from data.reporting.document import Block, Section, Table, Text

MOST = 12  # things done that are listed, the newest; each verdict takes up to seconds
Progress = Callable[[int, int, str], None]
Patience = Callable[[], bool]  # whether another verdict shall be waited for


@dataclass(frozen=True)
class Goals:
    aims: Aims
    section: Section | None


@dataclass(frozen=True)
class Done:
    deeds: Deeds
    section: Section | None


# Goals


def wanted(who: Who, team_id: int, quarter: Quarter, at: int) -> Goals:
    """Goals that were open in the quarter or ended in it, as they stood at its end, or stand now. Raises Forbidden,
    NotFound."""
    start, end = store.to_us(quarter.start), store.to_us(quarter.end)
    views = [
        one
        for one in goals.listed(who, team_id)
        if one.created_at < end and (one.ended_at is None or one.ended_at >= start)
    ]
    if not views:
        return Goals(Aims(), None)
    upto = min(end, at)
    found = _figures(views, upto)
    stood = {one.id: _progress(one, found) for one in views}
    states = {one.id: one.state if one.ended_at is not None and one.ended_at < end else goals.OPEN for one in views}
    ended = Counter(states.values())
    still = [one for one in views if states[one.id] == goals.OPEN]
    aims = Aims(
        open=len(still),
        there=sum(1 for one in still if stood[one.id] and stood[one.id].at_target),
        overdue=sum(1 for one in still if one.wanted.due_at < upto),
        broken=sum(1 for one in still if stood[one.id] and stood[one.id].counter == ways.BROKEN),
        reached=ended[goals.REACHED],
        missed=ended[goals.MISSED],
        dropped=ended[goals.DROPPED],
    )
    rows = tuple(_row(one, found, stood[one.id], states[one.id], upto) for one in views)
    head = ("Goal", "Metric: from, now, target", "Must not get worse: now, limit", "Until", "State")
    table = Table(
        "Goals, each with what must not pay for it", head, rows, (0.28, 0.27, 0.23, 0.11, 0.11),
        note="Now: since the goal was set, at most thirteen weeks, as it stood at the end of the quarter.",
    )  # fmt: skip
    return Goals(aims, Section("Goals", (table,)))


def _figures(views: Sequence[GoalView], upto: int) -> dict[tuple[int, str], Figure]:
    """Both metrics of each goal, since it was set, at most the last weeks; by goal and metric."""
    there = [one for one in views if one.service]
    read = figures.newest({one.wanted.service_id for one in there})
    asked = {}
    for one in there:
        until = min(upto, one.ended_at or upto, read.get(one.wanted.service_id, (0, 0))[1])
        first = max(one.created_at, until - figures.WEEKS * outcomes.WEEK)
        for key in (one.metric.key, one.counter.key):
            asked[one.id, key] = (one.wanted.service_id, key, first, until)
    found = figures.figures(set(asked.values()))
    return {place: found[each] for place, each in asked.items()}


def _progress(one: GoalView, found: dict[tuple[int, str], Figure]) -> ways.Progress | None:
    if (one.id, one.metric.key) not in found:
        return None
    metric, counter = (found[one.id, key] for key in (one.metric.key, one.counter.key))
    return ways.progress(
        one.baseline[0], metric, one.wanted.target, one.metric.better, counter, one.wanted.counter_limit,
        one.counter.better,
    )  # fmt: skip


def _row(
    one: GoalView, found: dict[tuple[int, str], Figure], stood: ways.Progress | None, state: str, upto: int
) -> tuple[str, ...]:
    metric, counter = one.metric, one.counter
    now, beside = (found.get((one.id, key)) for key in (metric.key, counter.key))
    line = f"{metric.name}: {_number(one.baseline[0], metric)} → {_number(now, metric)}"
    line += f", target {_of(one.wanted.target, metric)}"
    other = f"{counter.name}: {_number(beside, counter)}, limit {_of(one.wanted.counter_limit, counter)}"
    if stood is not None:
        line += f" ({'there' if stood.at_target else stood.state})"
        other += f" ({stood.counter})"
    title = f"{one.wanted.title} ({one.service or 'service gone'})"
    due = f"{store.from_us(one.wanted.due_at):%d %b %Y}".lstrip("0")
    overdue = state == goals.OPEN and one.wanted.due_at < upto
    return title, line, other, due, "open, day passed" if overdue else {"dropped": "given up"}.get(state, state)


def _number(figure: Figure | None, metric: Metric) -> str:
    return "not known" if figure is None else present.number(figure.value, metric.unit)


def _of(value: float, metric: Metric) -> str:
    return present.number(value, metric.unit)


# What was done


def done(
    who: Who, team_id: int, quarter: Quarter, at: int, progress: Progress, patient: Patience = lambda: True
) -> Done:
    """What was under way, or is judged, in the quarter. Verdicts are those of its end; one that is not worked out yet
    is, as long as somebody is `patient`. Raises Forbidden, NotFound."""
    views = _in(interventions.listed(who, team_id, min(store.to_us(quarter.end), at)), quarter)
    if not views:
        return Done(Deeds(), None)
    judged = list(_judged(views[:MOST], quarter, at, progress, patient))
    head = ("What was done", "When", "Metric before and after", "Step, 95 % interval", "Verdict, and what must not pay")
    rows = tuple(_deed(question, verdict) for question, verdict in judged)
    blocks: list[Block] = [
        Table(
            "What was done, and whether its metric moved", head, rows, (0.25, 0.15, 0.2, 0.18, 0.22),
            note="A step is judged beside trend and season, by weeks. That a metric moved then says when, not why.",
        )
    ]  # fmt: skip
    if len(views) > MOST:
        blocks.append(Text(f"{len(views) - MOST} older ones are on the page Did it work?", quiet=True))
    return Done(_counted(judged), Section("What was done", tuple(blocks)))


def done_by(
    team_ids: Collection[int], quarter: Quarter, at: int, progress: Progress, patient: Patience = lambda: True
) -> Deeds:
    """The same of several teams, as counts; the caller has asked who may."""
    with store.reading() as session:
        views = _in(interventions.in_teams(session, team_ids, min(store.to_us(quarter.end), at)), quarter)
    return _counted(_judged(views, quarter, at, progress, patient))


def _in(views: Sequence[InterventionView], quarter: Quarter) -> list[InterventionView]:
    start, end = store.to_us(quarter.start), store.to_us(quarter.end)
    return [one for one in views if one.said.started_at < end and (one.until is None or one.until >= start)]


def _judged(
    views: Sequence[InterventionView], quarter: Quarter, at: int, progress: Progress, patient: Patience
) -> Iterator[tuple[Question, Verdict | None]]:
    """Each with its verdict of the end of the quarter; None where there is none, or it is not worked out yet."""
    end = store.to_us(quarter.end)
    asked = verdicts.questions([_as_then(one, end) for one in views], min(end, at))
    for place, question in enumerate(asked):
        found = None
        if question.state == verdicts.JUDGED and question.takes_long:
            found = verdicts.kept(question)
            if found is None and patient():
                progress(place, len(asked), question.one.said.title)
                found = verdicts.answer(question)
        yield question, found if isinstance(found, Verdict) else None


def _counted(judged: Iterable[tuple[Question, Verdict | None]]) -> Deeds:
    counts: Counter[str] = Counter()
    for question, verdict in judged:
        waits = question.state == verdicts.JUDGED and question.takes_long and verdict is None
        counts["waiting" if waits else _kind(question, verdict)] += 1
        counts["paid"] += verdict is not None and _paid(verdict)
    return Deeds(**{each.name: counts[each.name] for each in fields(Deeds)})


def _as_then(one: InterventionView, end: int) -> InterventionView:
    """As it was known at the end of the quarter: what was finished later was under way."""
    if one.said.finished_at is None or one.said.finished_at < end:
        return one
    return replace(one, said=replace(one.said, finished_at=None))


def _kind(question: Question, verdict: Verdict | None) -> str:
    if question.state in (verdicts.PLANNED, verdicts.RUNNING):
        return "running"
    if verdict is None:
        return "not_measured"
    outcome = verdict.outcome
    if outcome.verdict == outcomes.MOVED:
        return outcome.direction
    return "still" if outcome.verdict == outcomes.NOT_MOVED else "open"


def _paid(verdict: Verdict) -> bool:
    outcome, counter = verdict.outcome, verdict.counter
    better = outcome.verdict == outcomes.MOVED and outcome.direction == outcomes.BETTER
    worse = counter is not None and counter.verdict == outcomes.MOVED and counter.direction == outcomes.WORSE
    return better and worse


def _deed(question: Question, verdict: Verdict | None) -> tuple[str, ...]:
    one = question.one
    title = f"{one.said.title} ({one.service or 'service gone'})"
    if one.beside:
        title += f". In the same weeks: {', '.join(one.beside[:3])}"
        title += f" and {len(one.beside) - 3} more" if len(one.beside) > 3 else ""
    began = f"{store.from_us(one.said.started_at):%d %b %Y}".lstrip("0")
    ended = "under way" if one.said.finished_at is None else f"{store.from_us(one.said.finished_at):%d %b %Y}"
    when = f"{began} to {ended.lstrip('0')}"
    if verdict is None:
        states = {verdicts.PLANNED: "planned", verdicts.RUNNING: "under way", verdicts.JUDGED: "being worked out"}
        said = states.get(question.state, "not measured")
        return title, when, one.metric.name, "", f"{said}. {question.why_not}".strip()
    outcome, counter = verdict.outcome, verdict.counter
    levels = f"{one.metric.name}: {_level(outcome.before, one.metric)} → {_level(outcome.after, one.metric)}"
    told = f"{_capital(reporting.verdict(outcome))}."
    if counter is None:
        told += f" {question.counter_why_not or 'No counter-metric was chosen.'}"
    else:
        told += f" {one.counter.name}: {reporting.verdict(counter)}{_step_in_words(counter, one.counter)}."
    return title, when, levels, _step(outcome, one.metric), told


def _level(value: float | None, metric: Metric) -> str:
    return present.number(value, metric.unit)


def _step(outcome: Outcome, metric: Metric) -> str:
    if outcome.change is None:
        return "too little to tell"
    change, low, high = (outcomes.signed(metric.kind, each) for each in (outcome.change, outcome.low, outcome.high))
    return f"{change} ({low} to {high})"


def _step_in_words(outcome: Outcome, metric: Metric) -> str:
    return "" if outcome.change is None else f", {_step(outcome, metric)}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# Learning


def learned(who: Who, team_id: int, quarter: Quarter) -> Section | None:
    """Tracks that were chosen, under way or finished in the quarter; no person in it. Raises Forbidden, NotFound."""
    start, end = store.to_us(quarter.start), store.to_us(quarter.end)
    rows = []
    for one in choices.listed(who, team_id):
        if one.chosen_at >= end or (one.ended_at is not None and one.ended_at < start):
            continue
        rows.append(
            (one.title, *(_day(each, end) for each in (one.chosen_at, one.begun_at, one.ended_at)), _then(one, end))
        )
    if not rows:
        return None
    head = ("Track", "Chosen", "Begun", "Ended", "State")
    table = Table("Learning tracks of the team", head, tuple(rows), (0.4, 0.15, 0.15, 0.15, 0.15))
    return Section("Learning", (table,))


def _day(at: int | None, end: int) -> str:
    return "" if at is None or at >= end else f"{store.from_us(at):%d %b %Y}".lstrip("0")


def _then(one: ChoiceView, end: int) -> str:
    """As it was at the end of the quarter."""
    if one.ended_at is not None and one.ended_at < end:
        return "dropped" if one.state == choices.DROPPED else "finished"
    return "under way" if one.begun_at is not None and one.begun_at < end else "chosen"
