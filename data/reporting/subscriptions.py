"""Who gets which report by itself. Everybody may have sent to themselves what they may see; other addresses and rooms
of a chat are for administrators to add, and get what those who lead see and no more.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlmodel import Session

from assessments.reporting import Quarter
from data import access, audit, people, store
from data.access import Action, Forbidden, NotFound
from data.people import Unknown, Who
from data.reporting import chat, mail, reports
from data.reporting.reports import ORGANIZATION, TEAM, About
from data.sources.github import credentials
from data.sources.github.errors import NotAllowed
from data.tables import Organization, Person, ReportSending, ReportSubscription, Team

MAIL, CHAT = "mail", "chat"
QUARTER, MONTH = "quarter", "month"
RHYTHMS = {QUARTER: "After every quarter", MONTH: "After every month, the quarter so far"}
WAITING, HANDING, SENT, FAILED, UNKNOWN = "waiting", "handing", "sent", "failed", "unknown"
MOST = 200  # of an organization
SHOWN = 5  # of what was sent, of each


@dataclass(frozen=True)
class SendingView:
    """state: waiting | handing | sent | failed | unknown. problem: one sentence where it went wrong, or goes."""

    id: int
    quarter: str
    state: str
    problem: str
    made_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class SubscriptionView:
    """report: what it is of, by name. to: "you", a name, an address or the host of a chat. mine: this reader gets it.
    made_by: a name, None when nobody is known any more. ended_why: "" while it goes on. halted: why nothing is sent
    although it goes on, one sentence; "" otherwise. sendings: the newest first."""

    id: int
    about: About
    report: str
    organization_id: int
    channel: str
    to: str
    mine: bool
    rhythm: str
    made_by: str | None
    created_at: datetime
    ended_why: str
    halted: str
    sendings: tuple[SendingView, ...]


# Beginning


def subscribe(who: Who, about: About, rhythm: str) -> int:
    """Sends it to the person themselves, at the address of their sign-in; the id. Raises Forbidden, NotFound, and
    ValueError with a sentence: no address is known, or they get it already."""
    subject = _begin(who, about, rhythm)
    with store.writing() as session:
        person = session.get_one(Person, who.id)
        if not person.email or not mail.is_address(person.email):
            raise ValueError(
                "Your sign-in brings no e-mail address, so nothing can be sent to you. An administrator can add an "
                "address by hand."
            )
        same = _of(about).where(ReportSubscription.person_id == who.id, ReportSubscription.ended_at.is_(None))
        if session.execute(same).first():
            raise ValueError("You get this report already: stop that first to choose another rhythm.")
        return _add(session, who, subject, about, rhythm, ReportSubscription(channel=MAIL, person_id=who.id))


def add_mail(who: Who, about: About, address: str, rhythm: str) -> int:
    """Sends it to any address; the id. For administrators. Raises Forbidden, NotFound, ValueError with a sentence."""
    address = address.strip()
    subject = _begin(who, about, rhythm, Action.ADMINISTER)
    if not mail.is_address(address):
        raise ValueError("This is no e-mail address: write one, as somebody@example.org.")
    with store.writing() as session:
        same = _of(about).where(ReportSubscription.address == address, ReportSubscription.ended_at.is_(None))
        if session.execute(same).first():
            raise ValueError("This address gets the report already.")
        return _add(session, who, subject, about, rhythm, ReportSubscription(channel=MAIL, address=address))


def add_chat(who: Who, about: About, url: str, rhythm: str) -> int:
    """Posts it to a room of a chat; the id. url: of an incoming webhook, kept sealed; or where it is (env:NAME,
    file:/path). For administrators. Raises Forbidden, NotFound, ValueError with a sentence."""
    subject = _begin(who, about, rhythm, Action.ADMINISTER)
    try:
        kept = credentials.keep(url, "URL of the webhook")
        host = chat.checked(credentials.reveal(kept))
    except NotAllowed as error:
        raise ValueError(str(error)) from None
    with store.writing() as session:
        row = ReportSubscription(channel=CHAT, address=kept, shown=host)
        return _add(session, who, subject, about, rhythm, row)


def _begin(who: Who, about: About, rhythm: str, action: Action | None = None) -> access.Subject:
    if rhythm not in RHYTHMS:
        raise ValueError("Choose how often it is sent from the list.")
    subject = reports.check(who, about)
    if subject.is_demo:
        raise ValueError("The demo is not sent: its numbers are invented. Look at it, or download it.")
    if action is not None:
        access.check(who, action, access.of_organization(subject.organization_id))
    return subject


def _add(
    session: Session, who: Who, subject: access.Subject, about: About, rhythm: str, row: ReportSubscription
) -> int:
    alive = select(func.count()).select_from(ReportSubscription).where(
        ReportSubscription.organization_id == subject.organization_id, ReportSubscription.ended_at.is_(None)
    )  # fmt: skip
    if session.execute(alive).scalar_one() >= MOST:
        raise ValueError(f"{MOST} reports are sent already: stop one first.")
    row.organization_id, row.team_id = subject.organization_id, about.id if about.kind == TEAM else None
    row.rhythm, row.created_by, row.created_at = rhythm, who.id, store.now_us()
    session.add(row)
    session.flush()
    audit.record(session, who, "send_report", f"report_subscription:{row.id}", _detail(row), row.organization_id)
    return row.id


def _of(about: About):
    if about.kind == TEAM:
        return select(ReportSubscription.id).where(ReportSubscription.team_id == about.id)
    own = ReportSubscription.team_id.is_(None), ReportSubscription.organization_id == about.id
    return select(ReportSubscription.id).where(*own)


def _detail(row: ReportSubscription) -> dict:
    """For the trace: the domain of an address and the host of a chat, never the whole."""
    if row.person_id is not None:
        to = "themselves"
    else:
        to = row.shown if row.channel == CHAT else (row.address or "").partition("@")[2]
    about = f"team:{row.team_id}" if row.team_id else f"organization:{row.organization_id}"
    return {"channel": row.channel, "to": to, "rhythm": row.rhythm, "of": about}


# Ending


def stop(who: Who, subscription_id: int) -> None:
    """Ends it: for who gets it, and for administrators. Raises Forbidden, NotFound."""
    with store.writing() as session:
        row = mine(session, who, subscription_id)
        if row.ended_at is None:
            _end(session, row, "stopped here", who)


def take_over(who: Who, subscription_id: int) -> None:
    """Makes this administrator the one who answers for it. Raises Forbidden, NotFound."""
    with store.writing() as session:
        row = _found(session, subscription_id)
        access.check(who, Action.ADMINISTER, access.of_organization(row.organization_id))
        row.created_by = who.id
        audit.record(
            session, who, "take_over_report", f"report_subscription:{row.id}", _detail(row), row.organization_id
        )


def of_key(key: str) -> str | None:
    """What the link of an e-mail would stop, in words; None when there is nothing to stop."""
    with store.reading() as session:
        row = _of_key(session, key)
        return None if row is None else _name(session, row)


def stop_by(key: str) -> str | None:
    """Ends what the link of an e-mail belongs to; in words what it was. None for a key that is none."""
    with store.writing() as session:
        row = _of_key(session, key)
        if row is None:
            return None
        if row.ended_at is None:
            _end(session, row, "stopped by the receiver", None)
        return _name(session, row)


def _of_key(session: Session, key: str) -> ReportSubscription | None:
    joined = select(ReportSubscription).join(ReportSending, ReportSending.subscription_id == ReportSubscription.id)
    return session.execute(joined.where(ReportSending.stop_digest == digest(key))).scalar_one_or_none()


def _end(session: Session, row: ReportSubscription, why: str, who: Who | None) -> None:
    row.ended_at, row.ended_why = store.now_us(), why
    detail = {**_detail(row), "why": why}
    audit.record(session, who, "stop_report", f"report_subscription:{row.id}", detail, row.organization_id)


def end_for_good(session: Session, row: ReportSubscription, why: str) -> None:
    """In the transaction of a sending that can never work again."""
    if row.ended_at is None:
        _end(session, row, why, None)


def mine(session: Session, who: Who, subscription_id: int) -> ReportSubscription:
    """One that the person gets, or administers. Raises NotFound, so that others cannot be told from none."""
    row = _found(session, subscription_id)
    if row.person_id != who.id or not people.of_this_moment(who).is_active:
        try:
            access.check(who, Action.ADMINISTER, access.of_organization(row.organization_id))
        except Forbidden:
            raise NotFound(f"There is no subscription {subscription_id}.") from None
    return row


def _found(session: Session, subscription_id: int) -> ReportSubscription:
    row = session.get(ReportSubscription, subscription_id)
    if row is None:
        raise NotFound(f"There is no subscription {subscription_id}.")
    return row


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def new_key() -> str:
    return secrets.token_urlsafe(24)


# Reading


def listed(who: Who) -> tuple[SubscriptionView, ...]:
    """One's own, and for administrators all of their organization: those that go on, then those that ended, the newest
    first."""
    who = people.of_this_moment(who)
    if not who.is_active:
        return ()
    administered = [each for each in who.organizations if access.may(who, Action.ADMINISTER, access.Subject(each))]
    seen = or_(ReportSubscription.person_id == who.id, ReportSubscription.organization_id.in_(administered))
    with store.reading() as session:
        rows = session.execute(select(ReportSubscription).where(seen)).scalars().all()
        rows = sorted(rows, key=lambda row: (row.ended_at is not None, -row.id))
        sent = _sendings(session, [row.id for row in rows])
        return tuple(_view(session, who, row, sent.get(row.id, ())) for row in rows)


def _view(session: Session, who: Who, row: ReportSubscription, sent: Sequence[SendingView]) -> SubscriptionView:
    about = About(TEAM, row.team_id) if row.team_id else About(ORGANIZATION, row.organization_id)
    maker = session.get(Person, row.created_by) if row.created_by else None
    return SubscriptionView(
        row.id, about, _name(session, row), row.organization_id, row.channel, _to(session, who, row),
        row.person_id == who.id, row.rhythm, maker.name if maker else None, store.from_us(row.created_at),
        row.ended_why if row.ended_at is not None else "", "" if row.ended_at is not None else halted(row), tuple(sent),
    )  # fmt: skip


def _to(session: Session, who: Who, row: ReportSubscription) -> str:
    if row.person_id == who.id:
        return "you"
    if row.person_id is not None:
        return session.get_one(Person, row.person_id).name
    return row.shown if row.channel == CHAT else row.address


def _name(session: Session, row: ReportSubscription) -> str:
    owner = session.get_one(Team, row.team_id) if row.team_id else session.get_one(Organization, row.organization_id)
    return owner.name


def _sendings(session: Session, ids: Sequence[int]) -> dict[int, list[SendingView]]:
    found: dict[int, list[SendingView]] = {}
    wanted = select(ReportSending).where(ReportSending.subscription_id.in_(ids)).order_by(ReportSending.id.desc())
    for row in session.execute(wanted).scalars():
        mine = found.setdefault(row.subscription_id, [])
        if len(mine) < SHOWN:
            quarter = Quarter.of(row.quarter).name
            times = store.from_us(row.made_at), store.from_us(row.ended_at)
            mine.append(SendingView(row.id, quarter, row.state, row.problem, *times))
    return found


def halted(row: ReportSubscription) -> str:
    """Why nothing is sent for now: who set up what others get must still be an administrator."""
    if row.person_id is not None:
        return ""
    try:
        maker = people.who(row.created_by or 0)
    except Unknown:
        maker = None
    if maker is not None and access.may(maker, Action.ADMINISTER, access.Subject(row.organization_id)):
        return ""
    return "Nothing is sent: who set this up is no administrator any more. Another administrator can take it over."


def receiver(row: ReportSubscription) -> Who:
    """As whom the report is written: the person who gets it, with the roles of this moment; for other addresses and
    chats somebody who leads and nothing more. Raises Unknown."""
    if row.person_id is not None:
        return people.who(row.person_id)
    return Who(0, "report", organization_roles=frozenset({(row.organization_id, "leader")}))
