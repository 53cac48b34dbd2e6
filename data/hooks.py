"""Incidents from the webhooks of an incident tool: those of PagerDuty (version 3), and others of the same shape.

Each source has a URL of its own and a secret of its own. Events may come late, twice and in any order: what an incident
is in the end depends on when its events happened alone.
"""

import secrets
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import from_json
from sqlalchemy import Select, select
from sqlmodel import Session

from assessments.delivery import facts as shapes
from data import access, audit, jobs, pushed, references, replacing, sealed, store
from data.access import Action
from data.api.incoming import Id, Instant, Link
from data.people import Who
from data.tables import Incident, IncidentHook, IncidentMark, Service, Source

MOST_BYTES = 1_000_000
SHORTEST = 16  # characters of a secret
KIND = "pagerduty"
#: Which of two events of the same moment is the later one.
_RANK = {"incident.triggered": 0, "incident.resolved": 1, "incident.reopened": 2}
_EVENTS = {*_RANK, "incident.acknowledged"}


class NotAnEvent(ValueError):
    """The body is no event that can be read; the text is one sentence."""


@dataclass(frozen=True)
class Hook:
    source_id: int
    service_id: int
    keys: tuple[bytes, ...]


# Setting up


def open_hook(who: Who, service_id: int, secret: str) -> str:
    """Makes a place for the webhooks of an incident tool; the key of its URL, /webhooks/pagerduty/<key>. Where the
    service has one, its secret is changed, and the one before stays good until the next change.

    secret: as the tool shows it, kept sealed; or where it is (`data.references`), for administrators.
    Raises Forbidden, NotFound, ValueError.
    """
    subject, secret = access.of_service(service_id), secret.strip()
    access.check(who, Action.ADD_SOURCE, subject)
    if sealed.is_reference(secret):
        access.check(who, Action.ADMINISTER, access.of_organization(subject.organization_id))
    kept = sealed.keep(secret, "secret")
    if len(sealed.reveal(kept)) < SHORTEST:
        raise ValueError(f"Give the secret whole, as the tool shows it: {SHORTEST} characters or more.")
    with store.writing() as session:
        source = pushed.source_of(session, session.get_one(Service, service_id), KIND, "PagerDuty", who)
        row = session.get(IncidentHook, source.id)
        if row is None:
            row = IncidentHook(
                source_id=source.id, key=secrets.token_urlsafe(18), secret=kept, created_by=who.id,
                created_at=store.now_us(),
            )  # fmt: skip
            session.add(row)
            action = "open_hook"
        else:
            row.secret, row.old_secret = kept, row.secret
            action = "change_hook"
        audit.record(session, who, action, f"source:{source.id}", {"service": service_id}, subject.organization_id)
        return row.key


def close_hook(who: Who, service_id: int) -> None:
    """Takes no more webhooks for the service; what they told stays. Raises Forbidden, NotFound."""
    subject = access.of_service(service_id)
    access.check(who, Action.ADD_SOURCE, subject)
    with store.writing() as session:
        for row in session.execute(_of(IncidentHook, [service_id])).scalars().all():
            session.delete(row)
            audit.record(session, who, "close_hook", f"source:{row.source_id}", None, subject.organization_id)


def keys_of(service_ids: Collection[int]) -> dict[int, str]:
    """The keys of the URLs, by service; those without one are missing. Ask before whether the person may add sources
    to them."""
    with store.reading() as session:
        found = session.execute(_of(IncidentHook, service_ids).add_columns(Source.service_id))
        return {service_id: row.key for row, service_id in found}


def _of(table: type[IncidentHook], service_ids: Collection[int]) -> Select:
    return select(table).join(Source, Source.id == table.source_id).where(Source.service_id.in_(service_ids))


def find(key: str) -> Hook | None:
    """The place of that key. Raises Unusable when its secret cannot be read."""
    wanted = select(IncidentHook, Source.service_id).join(Source, Source.id == IncidentHook.source_id)
    with store.reading() as session:
        found = session.execute(wanted.where(IncidentHook.key == key)).one_or_none()
    if found is None:
        return None
    row, service_id = found
    return Hook(row.source_id, service_id, _keys(row))


def _keys(row: IncidentHook) -> tuple[bytes, ...]:
    """Every secret that is valid. That the one before it is gone from its place stops nobody who uses the new one."""
    found = list(sealed.revealed(row.secret))
    if row.old_secret:
        with suppress(references.Missing):
            found += sealed.revealed(row.old_secret)
    return tuple(dict.fromkeys(each.encode() for each in found))


# Events


def _cut(most: int):
    def cut(value: object) -> object:
        return value.replace("\0", "")[:most] if isinstance(value, str) else value

    return Annotated[str | None, BeforeValidator(cut)]


class _About(BaseModel):
    model_config = ConfigDict(extra="ignore")
    id: Id
    title: _cut(500) = None
    created_at: Instant | None = None
    html_url: _cut(2000) = None


class _Event(BaseModel):
    model_config = ConfigDict(extra="ignore")
    event_type: str = Field(max_length=200)
    occurred_at: Instant
    data: dict


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore")
    event: _Event


class _Url(BaseModel):
    url: Link


def receive(hook: Hook, body: bytes) -> str:
    """Saves what an event says, in the transaction that marks the numbers. Returns what became of it: saved, known (it
    says nothing new), ignored, or pong. Raises NotAnEvent."""
    event = _event(body)
    about = _about(event) if event.event_type in _EVENTS else None
    with store.writing() as session:
        source = session.get(Source, hook.source_id)
        if source is None:  # removed this moment
            return "ignored"
        since = _save(session, source, event, about) if about else replacing.NEVER
        pushed.told(session, source, "incidents", since, None)
        args = {"services": [source.service_id]}
        job_id = jobs.add(session, "derive", args, None, source.organization_id, source.service_id)
    jobs.push(job_id)
    if about is None:
        return "pong" if event.event_type == "pagey.ping" else "ignored"
    return "known" if since == replacing.NEVER else "saved"


def _event(body: bytes) -> _Event:
    try:
        return _Body.model_validate(from_json(body, allow_inf_nan=False)).event
    except ValidationError as error:
        raise NotAnEvent(_sentence(error)) from None
    except ValueError:
        raise NotAnEvent("The body is not JSON that can be read.") from None


def _about(event: _Event) -> _About:
    try:
        return _About.model_validate(event.data)
    except ValidationError as error:
        raise NotAnEvent(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place or 'The body'} cannot be used: {first['msg']}."


def _save(session: Session, source: Source, event: _Event, about: _About) -> int:
    """Brings an event and what is known of its incident together. Returns from when on that matters."""
    mine = (Incident.source_id == source.id, Incident.incident_id == about.id)
    known = session.execute(select(Incident).where(*mine)).scalar_one_or_none()
    row = _known(known) if known else _begun(event, about)
    opened = min(row["opened_at"], about.created_at or event.occurred_at)
    row["opened_at"] = opened
    if event.event_type == "incident.acknowledged":
        row["acknowledged_at"] = min(row["acknowledged_at"] or event.occurred_at, event.occurred_at)
    elif _is_newest(session, source, event, about):
        row["resolved_at"] = event.occurred_at if event.event_type == "incident.resolved" else None
        row |= _told(about)
    for name in ("acknowledged_at", "resolved_at"):
        row[name] = row[name] and max(row[name], opened)
    among = {"service_id": source.service_id, "source_id": source.id}
    return replacing.put(session, Incident, among, "incident_id", shapes.frame([row], shapes.INCIDENTS))


def _is_newest(session: Session, source: Source, event: _Event, about: _About) -> bool:
    """Whether no event that opened or closed the incident happened later; remembers this one then."""
    at = store.to_us(event.occurred_at)
    mark = session.get(IncidentMark, (source.id, about.id))
    if mark is None:
        session.add(IncidentMark(source_id=source.id, incident_id=about.id, at=at, event=event.event_type))
        return True
    if (at, _RANK[event.event_type]) <= (mark.at, _RANK[mark.event]):
        return False
    mark.at, mark.event = at, event.event_type
    return True


def _begun(event: _Event, about: _About) -> dict:
    empty = dict.fromkeys(("acknowledged_at", "resolved_at", "deployment"))
    return {"incident_id": about.id, "opened_at": about.created_at or event.occurred_at, **empty, **_told(about)}


def _told(about: _About) -> dict:
    try:
        url = _Url(url=about.html_url).url if about.html_url else None
    except ValidationError:
        url = None
    return {"title": about.title or about.id, "url": url}


def _known(row: Incident) -> dict:
    moments = {name: store.from_us(getattr(row, name)) for name in ("opened_at", "acknowledged_at", "resolved_at")}
    return {"incident_id": row.incident_id, "title": row.title, "deployment": row.deployment, "url": row.url, **moments}
