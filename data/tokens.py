"""Service tokens: how programs are let in. The secret is shown once; the store has its sha256 only.

A token belongs to an organization or to one service of it, not to the person who made it, so a pipeline goes on working
when that person leaves. It may do what its scopes say, and sees nothing else.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlmodel import Session

from data import access, audit, store, teams
from data.access import Action
from data.people import Who
from data.tables import ApiToken, Person, Service

SCOPES = {
    "read": "Read services and their metrics",
    "deployments:write": "Send deployments",
    "incidents:write": "Send incidents",
    "changes:write": "Send changes",
}
LONGEST = timedelta(days=3 * 366)  # until a token expires
GRACE = timedelta(days=1)  # that a secret stays good beside the one that replaced it
LONGEST_GRACE = timedelta(days=30)
USED_EVERY = 60_000_000  # microseconds between two writes of last_used_at
_SHAPE = re.compile(r"mp_[A-Za-z0-9_-]{43}")
_PREFIX = 11  # characters shown: mp_ and eight


class Invalid(PermissionError):
    """It lets nobody in; the text is one sentence for whoever sent it."""


@dataclass(frozen=True)
class Token:
    """A token that was shown and is good. service_id: None for every service of the organization. is_old: it was shown
    by its secret before the present one; then last_used_at is that of the old one."""

    id: int
    name: str
    organization_id: int
    service_id: int | None
    scopes: frozenset[str]
    last_used_at: int | None
    is_old: bool = False

    @property
    def who(self) -> Who:
        """Whose eyes it sees with: those of somebody who may see every team of its organization, and change nothing."""
        return Who(0, self.name, organization_roles=frozenset({(self.organization_id, "leader")}))


@dataclass(frozen=True)
class TokenView:
    """A token as people see it in a list. service: its name, None for the whole organization. state: good | expired |
    revoked. old_until: until when the secret before the present one is good too, None where there is no such;
    old_used_at: when that one was last used since it was replaced."""

    id: int
    name: str
    prefix: str
    scopes: tuple[str, ...]
    organization_id: int
    service_id: int | None
    service: str | None
    person: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    state: str
    old_until: datetime | None
    old_used_at: datetime | None


def create(
    who: Who,
    organization_id: int,
    name: str,
    scopes: Collection[str],
    service_id: int | None = None,
    expires: datetime | None = None,
) -> str:
    """Makes a token and returns its secret, which nobody can read again.

    service_id: it is for this service alone; whoever may add sources to the service makes such tokens. Without it the
    token is for the whole organization, and only administrators make it. expires: None = never.

    Raises Forbidden, NotFound, and ValueError for a name, scopes or an end that cannot be.
    """
    _check(who, organization_id, service_id)
    name = teams.clean_name(name, "token")
    if not scopes or set(scopes) - set(SCOPES):
        raise ValueError(f"Choose what the token may do, one or more of: {', '.join(SCOPES)}.")
    now, end = store.now_us(), store.to_us(expires)
    if end is not None and not now < end <= now + LONGEST // timedelta(microseconds=1):
        raise ValueError("Let the token expire in the future, within three years.")
    secret = f"mp_{secrets.token_urlsafe(32)}"
    with store.writing() as session:
        row = ApiToken(
            organization_id=organization_id,
            service_id=service_id,
            name=name,
            prefix=secret[:_PREFIX],
            digest=_digest(secret),
            scopes=" ".join(each for each in SCOPES if each in scopes),
            created_by=who.id,
            created_at=now,
            expires_at=end,
        )
        session.add(row)
        session.flush()
        detail = {"name": name, "begins": row.prefix, "scopes": row.scopes, "service": service_id, "expires": end}
        audit.record(session, who, "create_token", f"token:{row.id}", detail, organization_id)
    return secret


def replace(who: Who, token_id: int, grace: timedelta = GRACE) -> str:
    """Gives the token another secret and returns it, which nobody can read again. The present one stays good for that
    long, so that every program can be told of the new one; one before it ends now: two are good at most.

    Raises Forbidden, NotFound, and ValueError for a token that is not good any more or a time that cannot be.
    """
    if not timedelta() <= grace <= LONGEST_GRACE:
        raise ValueError(f"Let the old secret stay good for at most {LONGEST_GRACE.days} days.")
    secret = f"mp_{secrets.token_urlsafe(32)}"
    with store.writing() as session:
        row = _row(session, who, token_id)
        now = store.now_us()
        if row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now):
            raise ValueError("This token lets nobody in any more: make a new one.")
        row.old_prefix, row.old_digest, row.old_used_at = row.prefix, row.digest, None
        row.old_until = now + grace // timedelta(microseconds=1)
        row.prefix, row.digest, row.last_used_at = secret[:_PREFIX], _digest(secret), None
        detail = {"name": row.name, "begins": row.prefix, "began": row.old_prefix, "good_until": row.old_until}
        audit.record(session, who, "replace_token", f"token:{row.id}", detail, row.organization_id)
    return secret


def end_old(who: Who, token_id: int) -> None:
    """Ends the secret before the present one now; nothing happens where there is none. Raises Forbidden, NotFound."""
    with store.writing() as session:
        row = _row(session, who, token_id)
        if row.old_until is not None and row.old_until > store.now_us():
            row.old_until = store.now_us()
            detail = {"name": row.name, "begins": row.prefix, "began": row.old_prefix}
            audit.record(session, who, "end_old_token", f"token:{row.id}", detail, row.organization_id)


def revoke(who: Who, token_id: int) -> None:
    """Lets it in no more, by neither secret; a second time changes nothing. Raises Forbidden, NotFound."""
    with store.writing() as session:
        row = _row(session, who, token_id)
        if row.revoked_at is None:
            row.revoked_at = store.now_us()
            detail = {"name": row.name, "begins": row.prefix, "service": row.service_id}
            audit.record(session, who, "revoke_token", f"token:{row.id}", detail, row.organization_id)


def listed(who: Who, organization_id: int) -> tuple[TokenView, ...]:
    """The tokens of an organization that the person may revoke, newest first. Raises NotFound."""
    everything = access.may(who, Action.ADMINISTER, access.of_organization(organization_id))
    wanted = (
        select(ApiToken, Service.name, Service.team_id, Person.name)
        .outerjoin(Service, Service.id == ApiToken.service_id)
        .outerjoin(Person, Person.id == ApiToken.created_by)
        .where(ApiToken.organization_id == organization_id)
        .order_by(ApiToken.id.desc())
    )
    with store.reading() as session:
        found = list(session.execute(wanted))

    def mine(team_id: int | None) -> bool:
        return team_id is not None and access.may(who, Action.ADD_SOURCE, access.Subject(organization_id, team_id))

    return tuple(_view(row, service, person) for row, service, team, person in found if everything or mine(team))


def find(secret: str) -> Token:
    """The token of a secret. Raises Invalid for one that is not known, or not good any more."""
    unknown = "This token is not known here: make one, or look whether it was copied whole."
    if not _SHAPE.fullmatch(secret):
        raise Invalid(unknown)
    digest = _digest(secret)
    with store.reading() as session:
        begins = or_(ApiToken.prefix == secret[:_PREFIX], ApiToken.old_prefix == secret[:_PREFIX])
        alike = session.execute(select(ApiToken).where(begins)).scalars()
        rows = [row for row in alike if _has(row.digest, digest) or _has(row.old_digest, digest)]
    if not rows:
        raise Invalid(unknown)
    (row,) = rows
    is_old = not _has(row.digest, digest)
    if row.revoked_at is not None:
        raise Invalid("This token was revoked: make a new one.")
    if row.expires_at is not None and row.expires_at <= store.now_us():
        raise Invalid("This token has expired: make a new one.")
    if is_old and row.old_until <= store.now_us():
        raise Invalid("This token was replaced, and its time beside the new one is over: take the new one.")
    used_at = row.old_used_at if is_old else row.last_used_at
    scopes = frozenset(row.scopes.split())
    return Token(row.id, row.name, row.organization_id, row.service_id, scopes, used_at, is_old)


def used(token: Token) -> None:
    """Notes that it was used, at most once a minute."""
    now = store.now_us()
    if token.last_used_at is not None and token.last_used_at > now - USED_EVERY:
        return
    column = ApiToken.old_used_at if token.is_old else ApiToken.last_used_at
    stale = or_(column.is_(None), column <= now - USED_EVERY)
    with store.writing(quietly=True) as session:
        session.execute(update(ApiToken).where(ApiToken.id == token.id, stale).values({column: now}))


def _has(kept: str | None, digest: str) -> bool:
    return kept is not None and hmac.compare_digest(kept, digest)


def _row(session: Session, who: Who, token_id: int) -> ApiToken:
    """A token that the person may revoke. Raises Forbidden, NotFound."""
    row = session.get(ApiToken, token_id)
    if row is None:
        raise access.NotFound(f"There is no token {token_id}.")
    _check(who, row.organization_id, row.service_id)
    return row


def _check(who: Who, organization_id: int, service_id: int | None) -> None:
    """Raises Forbidden, NotFound."""
    subject = access.of_organization(organization_id)
    if subject.is_demo:
        raise access.Forbidden("What is invented takes no tokens: nothing may be sent to the demo.")
    if service_id is None:
        access.check(who, Action.ADMINISTER, subject)
        return
    service = access.of_service(service_id)
    if service.organization_id != organization_id:
        raise access.NotFound(f"There is no service {service_id}.")
    access.check(who, Action.ADD_SOURCE, service)


def _view(row: ApiToken, service: str | None, person: str | None) -> TokenView:
    now = store.now_us()
    ended = row.expires_at is not None and row.expires_at <= now
    two = row.revoked_at is None and not ended and (row.old_until or 0) > now
    return TokenView(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        scopes=tuple(row.scopes.split()),
        organization_id=row.organization_id,
        service_id=row.service_id,
        service=service,
        person=person or "somebody no longer here",
        created_at=store.from_us(row.created_at),
        expires_at=store.from_us(row.expires_at),
        revoked_at=store.from_us(row.revoked_at),
        last_used_at=store.from_us(row.last_used_at),
        state="revoked" if row.revoked_at is not None else "expired" if ended else "good",
        old_until=store.from_us(row.old_until) if two else None,
        old_used_at=store.from_us(row.old_used_at) if two else None,
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
