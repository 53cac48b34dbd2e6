"""What a team says against what was inferred: a failure, a link, a deployment. Recorded with who, when and why; undoing
is recorded too, and nothing is ever deleted."""

from datetime import datetime

from sqlalchemy import select, union_all
from sqlmodel import Session

from assessments.delivery.facts import CORRECTION_KINDS
from data import access, audit, derive, gather, store
from data.access import Action, NotFound
from data.people import Who
from data.tables import Correction, Deployment, Incident, JudgedDeployment

LONGEST_REASON = 500  # characters
_WITH_TIME = ("deployment.failed", "incident.link")


def add(
    who: Who,
    service_id: int,
    kind: str,
    subject: str,
    target: str | None = None,
    at: datetime | None = None,
    reason: str = "",
) -> int:
    """Records a correction and judges the service anew; its id.

    kind: one of CORRECTION_KINDS. subject: the deployment_id or incident_id it is about. target: for incident.link, the
    deployment that caused the incident. at: when service was restored, for deployment.failed and incident.link.
    reason: 1 to 500 characters. Raises Forbidden, NotFound, or ValueError with a sentence.
    """
    about = access.of_service(service_id)
    access.check(who, Action.CORRECT, about)
    if kind not in CORRECTION_KINDS:
        raise ValueError(f"There is no correction of the kind {kind}.")
    if at is not None and kind not in _WITH_TIME:
        raise ValueError("Only a failure or the link of an incident can say when service was restored.")
    if (target is None) == (kind == "incident.link"):
        raise ValueError("Say which deployment caused the incident, and give no deployment for other corrections.")
    reason = reason.strip()
    if not 1 <= len(reason) <= LONGEST_REASON or not any(each.isalnum() for each in reason):
        raise ValueError(f"Say why, in 1 to {LONGEST_REASON} characters.")
    restored = store.to_us(at)
    with store.writing() as session:
        began = _began(session, service_id, kind, subject)
        if target is not None:
            began = _began(session, service_id, "deployment", target)
        if restored is not None and began is not None and restored < began:
            raise ValueError("Service cannot have been restored before the deployment that broke it.")
        row = Correction(
            service_id=service_id, kind=kind, subject=subject, target=target, at=restored, reason=reason,
            person_id=who.id, created_at=store.now_us(),
        )  # fmt: skip
        session.add(row)
        session.flush()
        derive.changed(session, service_id=service_id)
        detail = {"kind": kind, "subject": subject, "target": target, "correction": row.id}
        audit.record(session, who, "add_correction", f"service:{service_id}", detail, about.organization_id)
    derive.refresh(service_id)
    return row.id


def undo(who: Who, correction_id: int) -> None:
    """Takes a correction back, on record, and judges the service anew. Undoing it a second time changes nothing.

    Raises Forbidden, NotFound.
    """
    with store.reading() as session:
        row = session.get(Correction, correction_id)
    if row is None:
        raise NotFound(f"There is no correction {correction_id}.")
    about = access.of_service(row.service_id)
    access.check(who, Action.CORRECT, about)
    with store.writing() as session:
        row = session.get_one(Correction, correction_id)
        if row.undone_at is None:
            row.undone_at, row.undone_by = store.now_us(), who.id
            session.flush()
            derive.changed(session, service_id=row.service_id)
            detail = {"kind": row.kind, "subject": row.subject, "correction": row.id}
            audit.record(session, who, "undo_correction", f"service:{row.service_id}", detail, about.organization_id)
    derive.refresh(row.service_id)


def _began(session: Session, service_id: int, kind: str, subject: str) -> int | None:
    """When that deployment finished or incident opened, if known. Raises NotFound when the service has none such."""
    if kind.startswith("incident"):
        wanted = select(Incident.opened_at).where(Incident.service_id == service_id, Incident.incident_id == subject)
        what = "incident"
    else:
        known = select(Deployment.finished_at).where(
            gather.visible(Deployment, service_id), Deployment.deployment_id == subject
        )
        # Where every merge counts as a deployment, it is one by judgement only.
        judged = select(JudgedDeployment.finished_at).where(
            JudgedDeployment.service_id == service_id, JudgedDeployment.deployment_id == subject
        )
        wanted, what = union_all(known, judged), "deployment"
    found = session.execute(wanted).scalars().all()
    if not found:
        raise NotFound(f"The service has no {what} {subject}.")
    return min((each for each in found if each is not None), default=None)
