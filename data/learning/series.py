"""Measured series of a repository since a proof of concept was begun, beside the time before, from what is stored."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlmodel import Session

from assessments.outcomes import COUNTS, SHARES, TIMES, Weeks, week_of
from assessments.poc.judging import DAY
from assessments.poc.known import Series
from assessments.poc.series import DELIVERY, PIPELINES, WINDOW, series, window
from assessments.statistics import wilson
from data.improving import measuring
from data.tables import Deployment, PipelineRun, Repository, Service

_SECOND, _MINUTE, _HOUR = 1_000_000, 60_000_000, 3_600_000_000
_BEFORE = 26  # weeks before the start that delivery is held against
_PRODUCTION = re.compile(r"(?i)^(prod|production|live)([-_/ ].*)?$")  # where no rule says what is production
_Z = 1.96


@dataclass(frozen=True)
class Asked:
    """What is measured for an attempt of a team. service_id: the one that it is for, None when it is the whole
    repository. begun: microseconds."""

    repository_id: int
    team_id: int
    service_id: int | None
    begun: int


def of(session: Session, asked: Asked, wanted: Collection[str], days: int, now: int) -> Mapping[str, Series]:
    """The series that are wanted, by key; what is not collected for this repository is left out. days: looked at since
    the start at most (at least WINDOW)."""
    days = max(days, WINDOW)
    pipelines = [key for key in wanted if key in PIPELINES]
    delivery = [key for key in wanted if key in DELIVERY]
    found: dict[str, Series] = {}
    if pipelines:
        found |= _pipelines(session, asked, pipelines, days, now)
    if delivery and (service_id := _service(session, asked)) is not None:
        found |= _delivery(service_id, asked.begun, delivery)
    return found


def _service(session: Session, asked: Asked) -> int | None:
    """Whose delivery it is; None when the repository has several services and nobody said which, or it is that of
    another team by now."""
    mine = select(Service.id, Service.team_id).where(Service.repository_id == asked.repository_id)
    services = dict(session.execute(mine).all())
    named = asked.service_id
    if named is None and len(services) == 1:
        (named,) = services
    return named if services.get(named) == asked.team_id else None


# Delivery


def _delivery(service_id: int, begun: int, wanted: Collection[str]) -> Iterator[tuple[str, Series]]:
    for (_, key), measured in measuring.measured([service_id], wanted).items():
        if not measured.why_not:
            yield key, _of_weeks(key, measured.weeks, begun)


def _of_weeks(key: str, weeks: Weeks, begun: int) -> Series:
    begins = week_of(begun)  # belongs to neither side
    after, before = weeks.part(low=begins + 1), weeks.part(low=begins - _BEFORE, high=begins)
    low, high = _interval(after)
    return Series(
        after.typical, after.deployments, 7 * len(after), low, high, before.typical, before.deployments,
        measuring.METRICS[key].unit,
    )  # fmt: skip


def _interval(weeks: Weeks) -> tuple[float | None, float | None]:
    """Of the typical value: by weeks, as changes of one week resemble each other. None with fewer than three."""
    if weeks.kind == SHARES and weeks.deployments:
        low, high = wilson(round(weeks.typical * weeks.deployments), weeks.deployments)
        return float(low), float(high)
    if len(weeks) < 3:
        return None, None
    weights = weeks.size if weeks.kind == TIMES else np.ones(len(weeks))
    mean = np.average(weeks.value, weights=weights)
    error = _Z * np.sqrt(np.average((weeks.value - mean) ** 2, weights=weights) / (len(weeks) - 1))
    low, high = mean - error, mean + error
    if weeks.kind == TIMES:
        return float(np.exp(low)), float(np.exp(high))
    return (max(0.0, float(low)) if weeks.kind == COUNTS else float(low)), float(high)


# Pipelines


def _pipelines(
    session: Session, asked: Asked, wanted: Collection[str], days: int, now: int
) -> Iterator[tuple[str, Series]]:
    since, until = window(asked.begun, now, days)
    earliest = asked.begun - days * DAY
    runs = _runs(session, asked.repository_id, earliest) if set(wanted) & set(_OF_RUNS) else None
    shipped = _deployments(session, asked, earliest) if set(wanted) & set(_OF_DEPLOYMENTS) else None
    for key in wanted:
        rows = runs if key in _OF_RUNS else shipped
        if rows is None:
            continue
        seen = list({**_OF_RUNS, **_OF_DEPLOYMENTS}[key](rows, until))
        after = [value for at, value in seen if since <= at <= until]
        before = [value for at, value in seen if earliest <= at < asked.begun]
        yield key, series(PIPELINES[key], after, before, (until - since) / DAY)


def _runs(session: Session, repository_id: int, since: int) -> "_Runs | None":
    """None where no runs of this repository are collected at all."""
    mine = PipelineRun.repository_id == repository_id
    if session.execute(select(PipelineRun.id).where(mine).limit(1)).first() is None:
        return None
    columns = (
        PipelineRun.workflow, PipelineRun.event, PipelineRun.branch, PipelineRun.sha, PipelineRun.queued_at,
        PipelineRun.started_at, PipelineRun.finished_at, PipelineRun.conclusion,
    )  # fmt: skip
    wanted = select(*columns).where(mine, PipelineRun.queued_at >= since).order_by(PipelineRun.finished_at)
    default = session.execute(select(Repository.default_branch).where(Repository.id == repository_id)).scalar()
    return _Runs(session.execute(wanted).all(), default or "main")


@dataclass(frozen=True)
class _Runs:
    rows: Collection
    default: str

    @property
    def trunk(self) -> list:
        """On the default branch."""
        return [row for row in self.rows if row.branch == self.default and row.event not in _OF_PULLS]


_OF_PULLS = ("pull_request", "pull_request_target")
Seen = Iterable[tuple[int, float]]  # (microseconds, value)


def _durations(runs: _Runs, now: int) -> Seen:
    for row in runs.trunk:
        if row.conclusion == "success" and row.started_at is not None and row.finished_at is not None:
            yield row.finished_at, max(0, row.finished_at - row.started_at) / _SECOND


def _checks(runs: _Runs, now: int) -> Seen:
    """A commit of a pull request counts once all of its runs have ended."""
    by_commit: dict[str, list] = {}
    for row in runs.rows:
        if row.event in _OF_PULLS and row.sha and row.conclusion not in ("cancelled", "skipped"):
            by_commit.setdefault(row.sha, []).append(row)
    for rows in by_commit.values():
        if all(row.finished_at is not None and row.queued_at is not None for row in rows):
            ended = max(row.finished_at for row in rows)
            yield ended, max(0, ended - min(row.queued_at for row in rows)) / _MINUTE


def _fixes(runs: _Runs, now: int) -> Seen:
    """From the first failure of a workflow to the end of its next run that succeeded."""
    broken: dict[str, int] = {}
    for row in runs.trunk:
        if row.finished_at is None:
            continue
        if row.conclusion in ("failure", "timed_out", "startup_failure"):
            broken.setdefault(row.workflow, row.finished_at)
        elif row.conclusion == "success" and row.workflow in broken:
            began = broken.pop(row.workflow)
            yield began, (row.finished_at - began) / _HOUR
    for began in broken.values():
        yield began, max(0, now - began) / _HOUR


def _deployments(session: Session, asked: Asked, since: int) -> Collection | None:
    """Those to production that ended; None where no deployments are collected."""
    mine = Deployment.repository_id == asked.repository_id, Deployment.kind == "github_deployment"
    if session.execute(select(Deployment.id).where(*mine).limit(1)).first() is None:
        return None
    wanted = select(
        Deployment.environment, Deployment.started_at, Deployment.finished_at, Deployment.status
    ).where(*mine, Deployment.finished_at >= since, Deployment.status.in_(("success", "failure")))  # fmt: skip
    services = select(Service.environments).where(Service.repository_id == asked.repository_id)
    if asked.service_id is not None:
        services = services.where(Service.id == asked.service_id)
    named = {name for row in session.execute(services).scalars() for name in row or ()}
    return [
        row
        for row in session.execute(wanted)
        if (row.environment in named if named else _PRODUCTION.match(row.environment or ""))
    ]


def _deploying(rows: Collection, now: int) -> Seen:
    for row in rows:
        if row.status == "success" and row.started_at is not None:
            yield row.finished_at, max(0, row.finished_at - row.started_at) / _MINUTE


def _succeeding(rows: Collection, now: int) -> Seen:
    for row in rows:
        yield row.finished_at, float(row.status == "success")


_OF_RUNS = {"run_duration_p50": _durations, "pr_check_duration_p90": _checks, "first_fix_p50": _fixes}
_OF_DEPLOYMENTS = {"deploy_workflow_p50": _deploying, "deploy_success_rate": _succeeding}
