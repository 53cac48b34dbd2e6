"""Sending reports: one a period of each subscription, also after a crash.

What shall be sent is a row before anything is sent, one of each period. Its job first does all that can be refused,
then writes down that it hands over, then hands over, then writes down that it is sent. A worker that died before has
sent nothing, and the job is done again; one that died in the middle may have sent it, and then it is not sent again by
itself: the page says so, and who looks after it decides.
"""

import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session

from assessments.reporting import Quarter
from data import access, audit, jobs, openid, store, work
from data.access import Action, Forbidden, NotFound
from data.people import Unknown as NobodyKnown
from data.people import Who
from data.reporting import chat, mail, reports, subscriptions
from data.reporting.mail import NotSent, Unknown
from data.reporting.reports import ORGANIZATION, TEAM, About
from data.reporting.subscriptions import CHAT, FAILED, HANDING, MONTH, SENT, UNKNOWN, WAITING
from data.sources.github import credentials
from data.sources.github.errors import NotAllowed
from data.tables import Person, ReportSending, ReportSubscription

SETTLES = timedelta(days=3)  # after a period: late incidents still change its last days
AGAIN = (300, 1_800, 7_200, 28_800, 86_400)  # seconds until it is tried again, each time
KIND = "report"


def schedule(now: int | None = None) -> list[int]:
    """Makes what is due: a sending of each subscription for the newest period that is over, once. The jobs."""
    at = store.from_us(store.now_us() if now is None else now)
    made, periods = [], {newest(rhythm, at)[0] for rhythm in subscriptions.RHYTHMS}
    columns = select(ReportSending.subscription_id, ReportSending.period)
    with store.reading() as session:
        alive = session.execute(select(ReportSubscription).where(ReportSubscription.ended_at.is_(None))).scalars().all()
        known = set(map(tuple, session.execute(columns.where(ReportSending.period.in_(periods)))))
    for row in alive:
        period, quarter, end = newest(row.rhythm, at)
        if (row.id, period) in known or row.created_at >= store.to_us(end) or subscriptions.halted(row):
            continue
        with store.writing() as session:
            there = select(ReportSending.id).where(
                ReportSending.subscription_id == row.id, ReportSending.period == period
            )
            if session.execute(there).first() is None:  # another worker may have been quicker
                made.append(_make(session, row, period, quarter, None))
    for job_id in made:
        jobs.push(job_id)
    return made


def newest(rhythm: str, at: datetime) -> tuple[str, Quarter, datetime]:
    """The newest period that is over and has settled: its name, the quarter of its report, and its end."""
    settled = at.astimezone(UTC) - SETTLES
    if rhythm == MONTH:
        end = settled.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        last = end - timedelta(days=1)
        return f"{last:%Y-%m}", Quarter.holding(last), end
    quarter = Quarter.holding(settled).before
    return quarter.key, quarter, quarter.end


def send_now(who: Who, subscription_id: int, quarter: Quarter) -> int:
    """Sends the report of a quarter once, beside the rhythm; the job. For who gets it, and for administrators. Raises
    Forbidden, NotFound, ValueError with a sentence."""
    with store.writing() as session:
        row = subscriptions.mine(session, who, subscription_id)
        if row.ended_at is not None:
            raise ValueError("This was stopped: set it up again to send it.")
        if why := subscriptions.halted(row):
            raise ValueError(why)
        at = store.now_us()
        if store.to_us(quarter.start) > at:
            raise ValueError(f"{quarter.name} has not begun: choose an earlier quarter.")
        waits = select(ReportSending.id).where(
            ReportSending.subscription_id == row.id, ReportSending.state.in_((WAITING, HANDING))
        )
        if session.execute(waits).first():
            raise ValueError("One is on its way already: see below what became of it.")
        job_id = _make(session, row, f"asked {at}", quarter, who)
        audit.record(
            session, who, "send_report_now", f"report_subscription:{row.id}", {"quarter": quarter.key},
            row.organization_id,
        )  # fmt: skip
    return jobs.push(job_id)


def _make(session: Session, row: ReportSubscription, period: str, quarter: Quarter, who: Who | None) -> int:
    sending = ReportSending(
        subscription_id=row.id, period=period, quarter=quarter.key, uid=secrets.token_hex(12), made_at=store.now_us()
    )
    session.add(sending)
    session.flush()
    args = {"sending": sending.id, "lock": f"report {sending.id}"}
    sending.job_id = jobs.make(session, KIND, args, who, row.organization_id, None)
    return sending.job_id


# The job


def _ended(args: dict) -> None:
    """A job that is over, however it ended, leaves nothing on its way."""
    with store.writing() as session:
        sending = session.get(ReportSending, args["sending"])
        if sending is not None and sending.state == WAITING:
            why = sending.problem or "It was cancelled, or Milepost was stopped too often. Send it again."
            _close(sending, FAILED, why)
        elif sending is not None and sending.state == HANDING:
            _close(sending, UNKNOWN, _IN_THE_MIDDLE)


_IN_THE_MIDDLE = "Milepost was stopped while it handed this over: it may have arrived, or not. Send it again."


@work.handler(KIND, ended=_ended, keeps="nothing was sent")
def send(job: work.Work) -> str:
    """Sends one. Begun again after a crash it does what is left."""
    sending_id = job.args["sending"]
    with store.writing(quietly=True) as session:
        sending = session.get(ReportSending, sending_id)
        if sending is None:
            return "It was taken away before it was sent."
        if sending.state == HANDING:
            _close(sending, UNKNOWN, _IN_THE_MIDDLE)
        if sending.state != WAITING:
            return _said(sending)
        subscription = session.get_one(ReportSubscription, sending.subscription_id)
        if subscription.ended_at is not None:
            _close(sending, FAILED, "It was stopped before it was sent.")
            return _said(sending)
    try:
        _hand_over(job, sending, subscription)
    except (NotSent, Unknown) as error:
        _went_wrong(sending_id, error)
        raise work.JobError(str(error)) from None
    with store.writing() as session:
        _close(session.get_one(ReportSending, sending_id), SENT, "")
    return "Sent."


def _hand_over(job: work.Work, sending: ReportSending, row: ReportSubscription) -> None:
    """Raises NotSent, Unknown."""
    if why := subscriptions.halted(row):
        raise NotSent(why, False)
    about = About(TEAM, row.team_id) if row.team_id else About(ORGANIZATION, row.organization_id)
    quarter = Quarter.of(sending.quarter)
    try:
        reader = subscriptions.receiver(row)
        report = reports.of(reader, about, quarter, progress=lambda done, of, what: job.progress(done, of, what))
    except (Forbidden, NotFound, NobodyKnown):
        with store.writing() as session:
            kept = session.get_one(ReportSubscription, row.id)
            subscriptions.end_for_good(session, kept, "the receiver may not see it any more")
        raise NotSent("The receiver may not see this report any more, so it was stopped.", False) from None
    url = openid.public_url()
    page = f"{url}/reports?{about.kind}={about.id}&quarter={quarter.key}" if url else None
    key = subscriptions.new_key()

    def ready() -> None:
        job.progress(1, None, "Hands it over")
        with store.writing(quietly=True) as session:
            kept = session.get_one(ReportSending, sending.id)
            kept.state, kept.stop_digest = HANDING, subscriptions.digest(key)

    if row.channel == CHAT:
        try:
            address = credentials.reveal(row.address)
            chat.checked(address)
        except (NotAllowed, ValueError) as error:
            raise NotSent(str(error), False) from None
        chat.send(address, chat.text(report, page), ready)
        return
    if why := mail.lacking():
        raise NotSent(why, True)
    found, to = mail.settings(), _address(row)
    stop = f"{url}/reports/unsubscribe/{key}" if url else None
    mail.send(found, mail.message(report, to, sending.uid, found.sender, page, stop), ready)


def _address(row: ReportSubscription) -> str:
    if row.person_id is None:
        return row.address
    with store.reading() as session:
        address = session.get_one(Person, row.person_id).email or ""
    if not mail.is_address(address):
        raise NotSent("The sign-in of the receiver brings no e-mail address any more.", False)
    return address


def _went_wrong(sending_id: int, error: NotSent | Unknown) -> None:
    """Writes it down. Raises Later where it is tried again."""
    with store.writing() as session:
        sending = session.get_one(ReportSending, sending_id)
        if isinstance(error, Unknown):
            _close(sending, UNKNOWN, str(error))
            return
        sending.state, sending.problem = WAITING, str(error)
        if not error.passing or sending.attempts >= len(AGAIN):
            _close(sending, FAILED, str(error))
            return
        wait = AGAIN[sending.attempts]
        sending.attempts += 1
    raise work.Later(f"{error} It is tried again by itself.", store.now_us() / 1e6 + wait)


def _close(sending: ReportSending, state: str, problem: str) -> None:
    sending.state, sending.problem, sending.ended_at = state, problem, store.now_us()


def _said(sending: ReportSending) -> str:
    return sending.problem or {SENT: "It is sent already."}.get(sending.state, "Nothing is left to do.")


def may_send_to_others(who: Who, organization_id: int) -> bool:
    """Whether the person may add addresses and chats there."""
    return access.may(who, Action.ADMINISTER, access.Subject(organization_id))
