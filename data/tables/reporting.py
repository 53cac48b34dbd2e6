"""Reports that are sent by themselves. See `data.reporting.subscriptions` and `data.reporting.sending`."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from data.tables.base import Base, instant, key, text


class ReportSubscription(Base, table=True):
    """Who gets the report of a team, or of the whole organization, and how often: a person at the address of their
    sign-in, another address, or a room of a chat."""

    __tablename__ = "report_subscription"
    id: int | None = Field(default=None, primary_key=True)
    organization_id: int = key("organization.id", index=True)
    team_id: int | None = key("team.id", default=None, index=True)  # null: of the whole organization
    channel: str  # mail | chat
    person_id: int | None = key("person.id", default=None, index=True)  # who gets it; null: another address, or a chat
    address: str | None = text(default=None)  # of the mail; of a chat its URL, a reference or sealed, never in clear
    shown: str = ""  # the host of a chat
    rhythm: str  # quarter | month
    created_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    created_at: int = instant()
    ended_at: int | None = instant(default=None)
    ended_why: str = ""


class ReportSending(Base, table=True):
    """One report that was sent, or shall be: one a period of a subscription, whatever happens."""

    __tablename__ = "report_sending"
    __table_args__ = (UniqueConstraint("subscription_id", "period"),)
    id: int | None = Field(default=None, primary_key=True)
    subscription_id: int = key("report_subscription.id", index=True)
    period: str  # 2026-Q3 | 2026-10 | asked <microseconds>
    quarter: str  # of the report
    uid: str = Field(unique=True)  # by which a mail server knows that two mails are the same
    state: str = Field(default="waiting", index=True)  # waiting | handing | sent | failed | unknown
    attempts: int = 0
    problem: str = text(default="")
    stop_digest: str | None = Field(default=None, unique=True)  # sha256 of what the link to unsubscribe holds
    job_id: int | None = Field(default=None, foreign_key="job.id", ondelete="SET NULL", index=True)
    made_at: int = instant()
    ended_at: int | None = instant(default=None)
