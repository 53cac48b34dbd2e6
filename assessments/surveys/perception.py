"""What a team says of its delivery beside what is measured of its services, and what a difference may come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.surveys.questionnaire import PERCENT, Item, Questionnaire
from assessments.surveys.quick_check import Beside, beside

#: Why an answer may be better (first) or worse than the measurement. Reasons to look into, no verdict.
WHY = {
    "lead_time": (
        "People tend to think of the usual change, from the moment it is ready; measured is every change from its first"
        " commit, with all its waiting.",
        "One slow change stays in mind longer than ten quick ones; or the question was read as from the idea on, not"
        " from the first commit.",
    ),
    "deployment_frequency": (
        "Deployments to test environments, or of other services, may have been counted in the answer; or the rule for"
        " production misses some.",
        "The answer may leave out small or automatic deployments; or the rule counts something that reaches no users.",
    ),
    "recovery_time": (
        "Recovery is often remembered from the moment somebody began to work on it; measured is from the failing"
        " deployment on.",
        "A long outage stays in mind; the measured median is about the usual failure.",
    ),
    "change_fail_rate": (
        "Failures that were put right quickly may not feel like failures; measured is each that needed intervention.",
        "Failures that users noticed may be missing from the incidents that are collected; or attempts that never"
        " reached users were counted in the answer.",
    ),
}
SAME = "What people say fits what is measured."
_NO_METRICS = "Connect a source and choose what counts as a production deployment; then it is measured."
#: What it takes to measure what is not.
NEEDED = {
    "not_collected": {
        "lead_time": "Merges hide the first commits here; keep them (merge commits, or a source that knows the pull"
        " requests) to measure lead time.",
        "recovery_time": "Connect an incident source, or say of deployments on the Delivery page that they failed.",
        "change_fail_rate": "Connect an incident source, or say of deployments on the Delivery page that they failed.",
        "rework_rate": "Connect an incident source: only then is it known which deployments were repairs.",
    },
    "no_data": "The sources hold nothing about this window: see on the Sources page how far they were read.",
    "too_few": "It happened too seldom in the window to be judged; a longer one on the Delivery page may hold enough.",
    "none_happened": "Nothing of the kind happened in the window, which is neither good nor bad.",
}


@dataclass(frozen=True)
class Row:
    """One service beside one answer. `state`: of the measurement, as in `results.State`, or "" without any. `measured`:
    as a headline, or None. `text`: the comparison, or why nothing is measured. `why`: what a difference may come from,
    or what is needed to measure."""

    service: str
    state: str
    measured: str | None
    beside: Beside
    text: str
    why: str


@dataclass(frozen=True)
class Perceived:
    """One delivery question: what the team said in the middle (None: too few), and each service beside it."""

    metric: str
    item: str
    said: str | None
    rows: tuple[Row, ...]


def perceived(
    asked: Questionnaire,
    medians: Mapping[str, float | None],
    services: Sequence[Mapping[str, Any]],
    benchmarks: Mapping,
) -> list[Perceived]:
    """For each question that asks about a delivery metric, in order. `medians`: middle answer by key of the question;
    `services`: service, metrics and reason of each, as an assessment keeps them."""
    return [
        Perceived(
            item.metric,
            item.key,
            _said(item, medians.get(item.key)),
            tuple(_row(item, medians.get(item.key), service, benchmarks) for service in services),
        )
        for item in asked.items
        if item.metric
    ]


def _said(item: Item, median: float | None) -> str | None:
    if median is None:
        return None
    return f"{median:g} of 100" if item.kind == PERCENT else item.options[int(median)].text


def _row(item: Item, median: float | None, service: Mapping[str, Any], benchmarks: Mapping) -> Row:
    metric = (service["metrics"] or {}).get(item.metric)
    known = metric is not None and metric["state"] == "value" and metric["basis"] == "measured"
    found = beside(item.metric, median, metric["value"] if known else None, benchmarks)
    name = service["service"]
    if metric is None:
        reason = service.get("reason") or "it was not among what was kept"
        return Row(name, "", None, found, reason, _NO_METRICS)
    if not known:
        needed = NEEDED.get(metric["state"], NEEDED["no_data"])
        needed = needed.get(item.metric, NEEDED["no_data"]) if isinstance(needed, Mapping) else needed
        return Row(name, metric["state"], None, found, metric["headline"], needed)
    if found.difference is None:
        why = "" if median is not None else "Too few gave an answer to this question."
        return Row(name, metric["state"], metric["headline"], found, f"{found.text[:1].upper()}{found.text[1:]}.", why)
    why = SAME if found.difference == 0 else WHY[item.metric][0 if found.difference > 0 else 1]
    return Row(name, metric["state"], metric["headline"], found, f"{found.text}.", why)
