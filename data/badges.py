"""Badges: one number of a service as a small picture, for a README. Off until the team switches it on.

The key in the URL is random and not the service's number, so that a URL tells nothing and can be taken back. A badge
judges nothing: no band, no green and no red, only the words that the pages have.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from assessments.delivery import present
from assessments.delivery.results import Metric, State
from data import access, audit, derive, queries, store
from data.access import Action
from data.api import reading
from data.api.answers import Answer, Problem, Request
from data.badge_picture import picture
from data.people import Who
from data.queries import ServiceView
from data.tables import Badge, Service, Team

METRICS = {
    "deployment_frequency": "deployment frequency",
    "lead_time": "change lead time",
    "change_fail_rate": "change fail rate",
    "recovery_time": "recovery time",
    "rework_rate": "rework rate",
}
WEEKS = 13
_ATTEMPTS = 3  # when the numbers are replaced while they are read
_WITHOUT = {
    State.TOO_FEW: "too few to judge",
    State.NONE_HAPPENED: "none happened",
    State.NOT_COLLECTED: "not collected",
    State.NO_DATA: "no data",
}


@dataclass(frozen=True)
class Shown:
    """The service of a badge, and its key's life: another state of them is another picture."""

    view: ServiceView
    created_at: int


def switch_on(who: Who, service_id: int, new: bool = False) -> str:
    """The key of the service's badge, made when it has none; `new`: another in any case, the old one ends.

    Raises Forbidden, NotFound.
    """
    subject = access.of_service(service_id)
    access.check(who, Action.EDIT_SERVICE, subject)
    with store.writing() as session:
        row = session.get(Badge, service_id)
        if row is not None and not new:
            return row.key
        if row is None:
            row = Badge(service_id=service_id, key="", created_at=0)
            session.add(row)
        row.key, row.created_by, row.created_at = secrets.token_urlsafe(18), who.id, store.now_us()
        audit.record(session, who, "switch_badge_on", f"service:{service_id}", None, subject.organization_id)
        return row.key


def switch_off(who: Who, service_id: int) -> None:
    """Ends the badge of a service. Raises Forbidden, NotFound."""
    subject = access.of_service(service_id)
    access.check(who, Action.EDIT_SERVICE, subject)
    with store.writing() as session:
        if (row := session.get(Badge, service_id)) is not None:
            session.delete(row)
            audit.record(session, who, "switch_badge_off", f"service:{service_id}", None, subject.organization_id)


def of(service_id: int) -> str | None:
    """The key of a service's badge, None while it is off. Ask before whether the person may see the service."""
    with store.reading() as session:
        return session.execute(select(Badge.key).where(Badge.service_id == service_id)).scalar_one_or_none()


def keys_of(service_ids: Collection[int]) -> dict[int, str]:
    """As `of`, for several services; those without a badge are missing."""
    with store.reading() as session:
        found = session.execute(select(Badge.service_id, Badge.key).where(Badge.service_id.in_(service_ids)))
        return {service_id: key for service_id, key in found}


def find(key: str) -> Shown | None:
    """What the badge of that key shows, None when there is none."""
    wanted = (
        select(Badge.service_id, Badge.created_at, Team.organization_id)
        .join(Service, Service.id == Badge.service_id)
        .join(Team, Team.id == Service.team_id)
    )
    with store.reading() as session:
        row = session.execute(wanted.where(Badge.key == key)).one_or_none()
    if row is None:
        return None
    everyone = Who(0, "badge", organization_roles=frozenset({(row.organization_id, "leader")}))
    view = queries.service(everyone, row.service_id)
    return Shown(view, row.created_at) if view else None


def drawn(request: Request, key: str, metric: str) -> Answer | None:
    """The picture as an answer, or that the asker has it already. None when there is no such badge or metric."""
    if metric not in METRICS or (shown := find(key)) is None:
        return None
    for _ in range(_ATTEMPTS):
        try:
            says = words(shown, metric)
            break
        except derive.Outdated:  # replaced between the view and its numbers
            if (shown := find(key)) is None:
                return None
    else:
        raise Problem(503, "The numbers are being worked out anew: ask again shortly.", headers={"Retry-After": "2"})
    svg = picture(shown.view.name, METRICS[metric], says).encode()
    tag = reading.etag((key, shown.created_at, svg))
    headers = {"ETag": tag, "Cache-Control": "public, max-age=300"}
    if reading.has(request, tag):
        return Answer(304, headers=headers)
    return Answer(200, svg, "image/svg+xml", headers)


def words(shown: Shown, metric: str) -> str:
    """What it says. Raises derive.Outdated when the numbers are replaced at this moment."""
    if reading.why_not(shown.view):
        return "no data"
    return _words(reading.summary(shown.view, WEEKS).metrics[metric])


def _words(metric: Metric) -> str:
    return present.headline(metric) if metric.state == State.VALUE else _WITHOUT[metric.state]
