"""The weekly series of a metric, by which goals and interventions are judged, from what was derived.

A series begins with the first whole week of which all is known: after the service existed, after the history of its
sources begins, after its first production deployment (before it nobody could ship) and, where incidents say what
failed, after the first of them. It ends before the weeks that a late incident can still change. Nothing inferred from
reverts, rollbacks or hotfixes is in any of them.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy import func, or_, select

from assessments.delivery.measures import HOUR
from assessments.delivery.parts import NULL, SERIES, Parts
from assessments.outcomes import COUNTS, HIGH, LOW, SHARES, TIMES, WEEK, Weeks, weekly
from data import derived, store
from data.access import NotFound
from data.store import Snapshot
from data.tables import Incident, Service, Source

MOST_WEEKS = 208  # of a series: further back no trend goes on
_LEAD, _AFTER_MERGE = SERIES


@dataclass(frozen=True)
class Metric:
    """Of what is measured each week. kind: see `assessments.outcomes.Weeks`. better: the end one wishes for. unit:
    hours, a week or share. beside: metrics that would pay for it, the most telling first."""

    key: str
    name: str
    kind: str
    better: str
    unit: str
    beside: tuple[str, ...]
    about: str


_FAILING = ("change_fail_rate", "rework_rate", "recovery_time")
_FAST = ("lead_time", "deployment_frequency")
_TIMES = (
    ("lead_time", "Lead time", "From the first commit of a change to the deployment that brought it to users."),
    ("coding", "Coding", "From the first commit to the opening of the pull request."),
    ("waiting_for_review", "Waiting for review", "From when a change was ready to the first review by somebody else."),
    ("review", "Review", "From the first review to the approval."),
    ("waiting_to_merge", "Waiting to merge", "From the approval to the merge."),
    ("waiting_to_deploy", "Waiting to deploy", "From the merge to the start of the deployment that shipped it."),
    ("deploying", "Deploying", "From the start to the finish of the deployment."),
    ("merge_to_production", "Merge to production", "Of changes whose first commit is hidden by squash or rebase."),
)

#: What may be the metric of a goal or an intervention, in the order in which it is offered.
METRICS: Mapping[str, Metric] = {
    each.key: each
    for each in (
        *(
            Metric(key, name, TIMES, LOW, "hours", (*_FAILING, "deployment_frequency"), about)
            for key, name, about in _TIMES
        ),
        Metric(
            "deployment_frequency", "Deployment frequency", COUNTS, HIGH, "a week", (*_FAILING, "lead_time"),
            "Successful production deployments in a week.",
        ),
        Metric(
            "recovery_time", "Recovery time", TIMES, LOW, "hours", ("change_fail_rate", *_FAST),
            "From a deployment that failed to its recovery. Open failures count as long as they have lasted.",
        ),
        Metric(
            "change_fail_rate", "Change fail rate", SHARES, LOW, "share", _FAST,
            "Deployments that led to a failure needing intervention, of those that reached users.",
        ),
        Metric(
            "rework_rate", "Rework rate", SHARES, LOW, "share", _FAST,
            "Unplanned deployments that repaired something for users, of those that reached users.",
        ),
    )
}  # fmt: skip
#: What no goal and no intervention may rest on.
INFERRED = ("recovery_time_inferred", "change_fail_rate_inferred", "rework_rate_inferred")


@dataclass(frozen=True)
class Measured:
    """The series of one metric of one service. weeks: may have none. why_not: a sentence where it cannot be measured at
    all, which is not the same as that nothing happened; "" otherwise. version: of the derived rows it comes from."""

    service_id: int
    metric: str
    weeks: Weeks
    why_not: str
    version: int


def weeks(service_id: int, metric: str, until: int | None = None) -> Weeks:
    """The weekly values of a metric of a service up to an instant (microseconds; None: all that is known).

    Raises NotFound for a service that is not there, and ValueError with a sentence for a metric that cannot be measured
    on it, or is none.
    """
    found = measured([service_id], [metric], until).get((service_id, metric))
    if found is None:
        raise NotFound(f"There is no service {service_id}.")
    if found.why_not:
        raise ValueError(found.why_not)
    return found.weeks


def measured(
    service_ids: Collection[int], metrics: Collection[str], until: int | None = None
) -> dict[tuple[int, str], Measured]:
    """The same of several services and metrics, all of one moment; services that are not there are left out.

    Raises ValueError for a metric that is none, with the reason where it is one that may not be used.
    """
    for metric in metrics:
        check(metric)
    with store.snapshot() as snapshot:
        columns = (Service.id, Service.derived_version, Service.derived_with, Service.existed_from,
                   Service.collected_until)  # fmt: skip
        about = {row.id: row for row in snapshot.rows(select(*columns).where(Service.id.in_(list(service_ids))))}
        ready = {key: row for key, row in about.items() if row.derived_with and row.existed_from is not None}
        if not ready:
            found, since, incidents = None, {}, {}
        else:
            last = max(row.collected_until for row in ready.values())
            last = last if until is None else min(last, until)
            days = [store.from_us(at).date() for at in (max(last - (MOST_WEEKS + 1) * WEEK, 0), last)]
            found = derived.parts_of(snapshot, ready, *days, ("deployments", "changes"))
            since, incidents = _known_from(snapshot, ready), _first_incident(snapshot, ready)
    series = {}
    for key, row in about.items():
        one = _Service(key, row, found, since.get(key), incidents.get(key)) if key in ready else None
        for metric in metrics:
            what = METRICS[metric]
            why = _NOT_JUDGED if one is None else one.why_not(what)
            values = _none(what.kind) if why else one.weeks(what, until)
            series[key, metric] = Measured(key, metric, values, why, row.derived_version)
    return series


def check_pair(metric: str, counter: str | None) -> None:
    """A metric and what must not pay for it. Raises ValueError with a sentence where one is none, or they are one."""
    what = check(metric)
    if not counter:
        raise ValueError(
            f"Choose what must not get worse meanwhile. Who watches {what.name.lower()} alone improves it at the cost "
            f"of something else: {METRICS[what.beside[0]].name.lower()}, for example."
        )
    if counter == metric or counter not in what.beside:
        other = check(counter)
        raise ValueError(
            f"{other.name} cannot stand against {what.name.lower()}: they get better and worse together. Choose "
            f"{' or '.join(METRICS[each].name.lower() for each in what.beside[:3])}."
        )


def check(metric: str) -> Metric:
    """Raises ValueError with a sentence for what no goal and no intervention can be judged by."""
    if metric in INFERRED:
        raise ValueError(
            "Failures inferred from reverts, rollbacks and hotfixes are guesses, and no metric to be judged by: who is "
            "would only write fewer of them. Connect a source of incidents, then the failures themselves can be used."
        )
    if metric not in METRICS:
        raise ValueError("Choose one of the metrics in the list.")
    return METRICS[metric]


_NOT_JUDGED = "Nothing is known of this service yet: connect a source and say what counts as production."
_NO_INCIDENTS = (
    "Failures are not collected for this service: connect a source of incidents. Without one nobody can say that "
    "none happened."
)


class _Service:
    """The rows of one service, and from when to when all is known of it."""

    def __init__(self, key: int, row, parts: Parts, history: int | None, incident: int | None):
        place = parts.services["service"].to_list().index(key)
        self.deployments = parts.deployments.records[parts.deployments.service == place]
        self.changes = parts.changes.records[parts.changes.service == place]
        self.collected = bool(row.derived_with["incidents_collected"])
        late = round(float(row.derived_with["attribution_hours"]) * HOUR)
        self.until = row.collected_until - late
        self.seen_until = row.collected_until
        success = self.deployments[self.deployments["success"] == 1]
        self.first = int(success["finished_at"].min()) if len(success) else None
        self.since = max(row.existed_from, history or 0, self.first or 0)
        self.incident = incident

    def why_not(self, metric: Metric) -> str:
        if self.first is None:
            return "No production deployment is known of this service, so there is nothing to measure."
        if metric.key in ("recovery_time", "change_fail_rate") and not self.collected:
            return _NO_INCIDENTS
        if metric.key == "rework_rate" and not self.collected and not self._stated():
            return _NO_INCIDENTS
        if metric.key not in (*_FAILING, "deployment_frequency") and not len(self._values(metric)[0]):
            return f"{metric.name} is not known of any change of this service: its source does not tell."
        return ""

    def weeks(self, metric: Metric, until: int | None) -> Weeks:
        since = self.since
        if metric.key in _FAILING and self.collected and self.incident is not None:
            since = max(since, self.incident)
        upto = self.until if until is None else min(self.until, until)
        since = max(since, upto - MOST_WEEKS * WEEK)
        return weekly(metric.kind, *self._values(metric), since, max(upto, since))

    def _stated(self) -> bool:
        reached = self.deployments[self.deployments["reached_users"] == 1]
        return bool(len(reached)) and bool((reached["unplanned"] != -1).all())

    def _values(self, metric: Metric) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Finish, value and deployment of each row, as `assessments.outcomes.weekly` takes them."""
        if metric.key in (*_FAILING, "deployment_frequency"):
            return self._of_deployments(metric.key)
        key = "lead_us" if metric.key in SERIES else f"{metric.key}_us"
        of_series = SERIES.index(_AFTER_MERGE if metric.key == _AFTER_MERGE else _LEAD)
        rows = self.changes[(self.changes["series"] == of_series) & (self.changes[key] != NULL)]
        return rows["finished_at"], rows[key] / HOUR, rows["deployment"].astype(np.int64)

    def _of_deployments(self, key: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rows, number = self.deployments, np.arange(len(self.deployments))
        chosen = rows["success" if key == "deployment_frequency" else "reached_users"] == 1
        if key == "recovery_time":
            chosen &= rows["failed"] == 1
            ended = np.where(rows["recovered_at"] == NULL, self.seen_until, rows["recovered_at"])
            value = np.maximum(ended - rows["finished_at"], 0) / HOUR
        else:
            value = rows["rework" if key == "rework_rate" else "failed"].astype(float)
        return rows["finished_at"][chosen], value[chosen], number[chosen]


def _known_from(snapshot: Snapshot, services: Mapping[int, object]) -> dict[int, int]:
    """From when the sources of each service hold all facts, where one of them begins late."""
    mine = or_(Source.service_id == Service.id, Source.service_id.is_(None))
    wanted = (
        select(Service.id, func.max(Source.history_start))
        .join(Source, Source.repository_id == Service.repository_id)
        .where(Service.id.in_(list(services)), mine, Source.history_start.is_not(None))
        .group_by(Service.id)
    )
    return {key: at for key, at in snapshot.rows(wanted)}


def _first_incident(snapshot: Snapshot, services: Mapping[int, object]) -> dict[int, int]:
    wanted = select(Incident.service_id, func.min(Incident.opened_at)).where(Incident.service_id.in_(list(services)))
    return {key: at for key, at in snapshot.rows(wanted.group_by(Incident.service_id))}


def _none(kind: str) -> Weeks:
    return weekly(kind, [], [], [], 0, 0)


def dates(numbers: np.ndarray) -> Iterator[datetime]:
    """The Mondays on which weeks of these numbers begin, see `assessments.outcomes.Weeks`."""
    first = datetime(1970, 1, 5, tzinfo=UTC)
    return (first + timedelta(weeks=int(number)) for number in numbers)
