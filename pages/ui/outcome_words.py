"""Whether something worked, in words."""

from assessments import outcomes
from assessments.delivery import present
from assessments.outcomes import Fitted, Outcome
from data import store
from data.improving import verdicts
from data.improving.interventions import KINDS
from data.improving.measuring import Metric
from data.improving.verdicts import Question, Verdict
from pages.ui.text import count, day


def badge(question: Question, verdict: Verdict | None) -> tuple[str, str]:
    """Words and colour."""
    words = {
        verdicts.PLANNED: ("Planned", "blue"),
        verdicts.RUNNING: ("Goes on", "blue"),
        verdicts.GONE: ("Not measured", "gray"),
        verdicts.NOT_MEASURED: ("Not measured", "gray"),
    }
    if question.state in words:
        return words[question.state]
    if verdict is None:
        return "Being worked out", "gray"
    outcome = verdict.outcome
    if outcome.verdict == outcomes.MOVED:
        return f"Moved for the {outcome.direction}", "green" if outcome.direction == outcomes.BETTER else "orange"
    return outcome.verdict.capitalize(), "gray"


def without(question: Question) -> str:
    """Why there is no verdict on it; empty when there is one."""
    metric = question.one.metric.name.lower()
    return {
        verdicts.PLANNED: "It has not started yet.",
        verdicts.RUNNING: f"It goes on. Whether {metric} has moved is judged once it is finished and has settled.",
        verdicts.GONE: "The service it was done on is not the team's any more, so nothing can be measured.",
        verdicts.NOT_MEASURED: f"{question.one.metric.name} cannot be measured here. {question.why_not}",
    }.get(question.state, "")


def levels(metric: Metric, outcome: Outcome) -> str:
    """Before and after as they were, before anything is taken out of them."""
    before, after = (present.number(each, metric.unit) for each in (outcome.before, outcome.after))
    ends = (f"{before} before ({_weeks(outcome, 0)})", f"{after} after ({_weeks(outcome, 1)})")
    return f"{metric.name}: {', '.join(ends)}."


def _weeks(outcome: Outcome, side: int) -> str:
    return f"{count(outcome.weeks[side], 'week')}, {count(outcome.deployments[side], 'deployment')}"


def finding(metric: Metric, outcome: Outcome) -> str:
    """The title of a picture."""
    if outcome.change is None:
        return f"Nothing can be said of {metric.name.lower()} yet"
    said, low, high = (outcomes.signed(metric.kind, each) for each in (outcome.change, outcome.low, outcome.high))
    verb = {
        outcomes.MOVED: f"{metric.name} moved for the {outcome.direction}",
        outcomes.NOT_MOVED: f"{metric.name} has not moved",
        outcomes.INCONCLUSIVE: f"{metric.name} may have moved or not",
    }[outcome.verdict]
    return f"{verb}: {said} (95 % interval {low} to {high})"


def around(metric: Metric, drawn: Fitted | None) -> str:
    """What else went on in the weeks: trend and season; empty where nothing was compared."""
    if drawn is None:
        return ""
    trend, low, high = (outcomes.signed(metric.kind, each) for each in drawn.trend)
    told = f"Trend: {trend} in half a year (95 % interval {low} to {high})."
    if drawn.short:
        return f"{told} Season: less than a year is known, so it can hardly be told."
    return f"{told} Season: {outcomes.signed(metric.kind, drawn.season)} between its lowest and its highest weeks."


def paid(question: Question, found: Verdict) -> str:
    """What became of the counter-metric."""
    if found.counter is None:
        return f"Whether it was paid for is not known. {question.counter_why_not or 'No counter-metric was chosen.'}"
    one, outcome = question.one.counter, found.counter
    if outcome.change is None:
        return f"Whether it was paid for is open. {' '.join(outcome.missing)}"
    told = f"{finding(one, outcome)}."
    if outcome.verdict == outcomes.MOVED and outcome.direction == outcomes.WORSE:
        better = found.outcome.verdict == outcomes.MOVED and found.outcome.direction == outcomes.BETTER
        return f"{'But at a cost' if better else 'And beside it'}: {told}"
    if outcome.verdict == outcomes.INCONCLUSIVE:
        return f"Whether it was paid for is open: {told}"
    return f"It was not paid for: {told}"


def facts(question: Question) -> list[str]:
    """What was done where, and when."""
    said = question.one.said
    dates = f"from {day(store.from_us(said.started_at))}"
    if said.finished_at is not None:
        dates += f" to {day(store.from_us(said.finished_at))}"
    settling = f"{count(said.settle_weeks, 'week')} to settle" if said.settle_weeks else "no weeks to settle"
    return [each for each in (KINDS[said.kind], question.one.service, dates, settling) if each]


def beside(question: Question) -> str:
    """What else was done in the same weeks; empty when nothing was."""
    others = question.one.beside
    if not others:
        return ""
    listed = ", ".join(others[:5]) + (f" and {len(others) - 5} more" if len(others) > 5 else "")
    return f"Also in these weeks: {listed}. What came of which, no statistics can tell apart."
