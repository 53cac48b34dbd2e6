"""Who is signed in: sessions that begin when the provider vouches for somebody, and end by time, by leaving or by an
administrator.

The browser holds a random key; what it stands for is asked from here in every run, so that whatever was ended is over
with the next click, also for a copy of the cookie. The store has the sha256 of the key only.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlmodel import Session

from data import audit, openid, people, store
from data.people import Who
from data.tables import Organization, Person, ProvidedRole, SignIn, Team

SECOND = 1_000_000
_KEY = 43  # characters


@dataclass(frozen=True)
class Begun:
    """A session that has begun. key: for the cookie alone. ends: seconds since 1970 UTC."""

    key: str
    ends: int


def begin(claims: Mapping, settings: openid.Settings, replaces: str | None = None) -> Begun:
    """Lets in whom the provider vouches for: notes name and e-mail address as they are now, and puts the roles that
    their groups bring in place of those that the last sign-in brought. Roles given in Milepost stay.

    claims: of a checked ID token. replaces: the key of the session that this browser had; it ends.
    Raises NotSignedIn.
    """
    openid.check_meant(claims, settings.client_id)
    told = openid.person(claims, settings.groups_claim)
    now = store.now_us()
    ends = min(told.expires, now // SECOND + openid.LONGEST) + settings.grace
    if ends * SECOND <= now:
        raise openid.NotSignedIn("What the provider sent has expired.")
    key = secrets.token_urlsafe(32)
    with store.writing(quietly=True) as session:
        organization_id = _organization(session, now)
        row = _person(session, told, now)
        changed = _provide(session, row, organization_id, settings.grants(told))
        session.execute(delete(SignIn).where(SignIn.ends_at <= now))
        if replaces:
            session.execute(delete(SignIn).where(SignIn.digest == digest(replaces)))
        session.add(SignIn(digest=digest(key), person_id=row.id, created_at=now, ends_at=ends * SECOND))
        who = Who(row.id, row.name)
        audit.record(session, who, "sign_in", f"person:{row.id}", changed, organization_id)
    return Begun(key, ends)


def who(key: object) -> Who:
    """The person of a session, with the roles of this moment. Raises Unknown when it has ended or never was."""
    if not isinstance(key, str) or len(key) != _KEY or not key.isascii():
        raise people.Unknown("Nobody is signed in.")
    return people.of_sign_in(digest(key))


def until(who: Who) -> datetime | None:
    """When the session of that person ends by itself; None for somebody who did not sign in."""
    if who.sign_in is None:
        return None
    with store.reading() as session:
        wanted = select(SignIn.ends_at).where(SignIn.digest == who.sign_in)
        return store.from_us(session.execute(wanted).scalar_one_or_none())


def end(key: object) -> None:
    """Ends one session; nothing happens when it has ended already."""
    try:
        leaving = who(key)
    except people.Unknown:
        return
    with store.writing(quietly=True) as session:
        session.execute(delete(SignIn).where(SignIn.digest == leaving.sign_in))
        audit.record(session, leaving, "sign_out", f"person:{leaving.id}")


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _organization(session: Session, now: int) -> int:
    """The organization of this portal: its first that is no demo, made when there is none."""
    wanted = select(Organization.id).where(Organization.is_demo.is_(False)).order_by(Organization.id).limit(1)
    if (found := session.execute(wanted).scalar_one_or_none()) is None:
        made = Organization(name="My organization", created_at=now)
        session.add(made)
        session.flush()
        found = made.id
    return found


def _person(session: Session, told: openid.Person, now: int) -> Person:
    """By issuer and subject, which never change; not by name or e-mail address, which do, and may come to others."""
    wanted = select(Person).where(Person.provider == told.issuer, Person.subject == told.subject)
    row = session.execute(wanted).scalar_one_or_none()
    if row is None:
        row = Person(provider=told.issuer, subject=told.subject, name=told.name, created_at=now)
        session.add(row)
    row.name, row.email, row.signed_in_at = told.name, told.email, now
    session.flush()
    return row


def _provide(session: Session, row: Person, organization_id: int, grants: set[openid.Grant]) -> dict | None:
    """Replaces what groups brought. Returns what changed, for the log."""
    named = sorted({grant.team for grant in grants if grant.team})
    teams = select(Team.name, Team.id).where(Team.organization_id == organization_id, Team.name.in_(named))
    numbers = {name: number for name, number in session.execute(teams)} if named else {}
    wanted = {
        (organization_id, numbers.get(grant.team), grant.role)
        for grant in grants
        if grant.team is None or grant.team in numbers
    }
    had = session.execute(select(ProvidedRole).where(ProvidedRole.person_id == row.id)).scalars().all()
    kept = {(each.organization_id, each.team_id, each.role): each for each in had}
    for each in had:
        if (each.organization_id, each.team_id, each.role) not in wanted:
            session.delete(each)
    for organization, team, role in sorted(wanted - kept.keys(), key=str):
        session.add(ProvidedRole(person_id=row.id, organization_id=organization, team_id=team, role=role))
    if wanted == kept.keys():
        return None
    return {"roles_before": _spoken(kept.keys()), "roles_after": _spoken(wanted)}


def _spoken(roles) -> list[str]:
    return sorted(role if team is None else f"{role} of team:{team}" for _, team, role in roles)
