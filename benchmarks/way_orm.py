"""Way (a): an obvious loop over objects of the ORM, as a decent developer writes it in an afternoon.

One service after the other: its facts as objects, one walk along the deployments, `statistics.median` at the end.
"""

import statistics
from bisect import bisect_left
from collections import defaultdict

import polars as pl
from sqlalchemy import Connection
from sqlmodel import Session, or_, select

from benchmarks.questions import HOUR_US, Question, answer, week_number
from data import store
from data.tables import Change, Deployment, Incident, PipelineRun, Service, TrunkCommit

LIMIT_US = 24 * HOUR_US  # how long after a deployment an incident may still be its failure


def ready(connection: Connection) -> None:
    """Nothing to prepare: the tables are as Milepost has them, and whatever a board has added may help."""


def ask(question: Question) -> list[tuple]:
    """Rows of service, number of the week (None: the whole window) and the four numbers."""
    rows = []
    with Session(store.engine()) as session:
        wanted = select(Service).order_by(Service.id)
        if question.services is not None:
            wanted = wanted.where(Service.id.in_(question.services))
        for service in session.exec(wanted).all():
            rows += _of(session, service, question)
            session.expunge_all()  # else every object stays in memory to the end
    return rows


def shaped(question: Question, raw: list[tuple]) -> pl.DataFrame:
    """As frame ANSWER."""
    return answer(raw)


def _of(session: Session, service: Service, question: Question) -> list[tuple]:
    deployments = _deployments(session, service)
    changes = session.exec(
        select(Change)
        .where(Change.repository_id == service.repository_id, Change.position.is_not(None))
        .where(or_(Change.service_id.is_(None), Change.service_id == service.id))
        .order_by(Change.position)
    ).all()
    incidents = session.exec(select(Incident).where(Incident.service_id == service.id)).all()

    failed = defaultdict(list)  # number of the deployment -> its incidents
    finishes = [finished_at for finished_at, _ in deployments]
    for incident in incidents:
        last = bisect_left(finishes, incident.opened_at) - 1
        if last >= 0 and incident.opened_at - finishes[last] <= LIMIT_US:
            failed[last].append(incident)

    leads, recoveries = defaultdict(list), defaultdict(list)
    done, failures = defaultdict(int), defaultdict(int)
    place = 0
    for number, (finished_at, position) in enumerate(deployments):
        shipped = []
        while position is not None and place < len(changes) and changes[place].position <= position:
            shipped.append(changes[place])
            place += 1
        if not question.start <= finished_at < question.end:
            continue
        week = week_number(finished_at) if question.weekly else None
        done[week] += 1
        for change in shipped:
            if change.authored_at is not None:
                leads[week].append(finished_at - change.authored_at)
        if number in failed:
            failures[week] += 1
            ends = [incident.resolved_at for incident in failed[number]]
            if None not in ends:
                recoveries[week].append(max(ends) - finished_at)
    return [
        (service.id, week, _hours(leads[week]), count, failures[week] / count, _hours(recoveries[week]))
        for week, count in sorted(done.items())
    ]


def _deployments(session: Session, service: Service) -> list[tuple[int, int | None]]:
    """Finish and trunk position of the successful production deployments, in order."""
    rule = service.settings["rule"]
    if rule["kind"] == "workflow":
        found = session.exec(
            select(PipelineRun, TrunkCommit)
            .outerjoin(
                TrunkCommit,
                (TrunkCommit.repository_id == PipelineRun.repository_id) & (TrunkCommit.sha == PipelineRun.sha),
            )
            .where(PipelineRun.repository_id == service.repository_id, PipelineRun.workflow == rule["include"])
            .where(PipelineRun.conclusion == "success")
            .order_by(PipelineRun.finished_at)
        ).all()
    else:
        found = session.exec(
            select(Deployment, TrunkCommit)
            .outerjoin(
                TrunkCommit,
                (TrunkCommit.repository_id == Deployment.repository_id) & (TrunkCommit.sha == Deployment.sha),
            )
            .where(Deployment.repository_id == service.repository_id, Deployment.kind == rule["kind"])
            .where(or_(Deployment.service_id.is_(None), Deployment.service_id == service.id))
            .where(or_(Deployment.environment.is_(None), Deployment.environment.like("prod%")))
            .where(Deployment.status == "success", Deployment.finished_at.is_not(None))
            .order_by(Deployment.finished_at)
        ).all()
    return [(deployment.finished_at, commit.position if commit else None) for deployment, commit in found]


def _hours(spans: list[int]) -> float | None:
    return statistics.median(spans) / HOUR_US if spans else None
