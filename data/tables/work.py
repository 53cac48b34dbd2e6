"""Work in the background, and traces."""

from sqlalchemy import Index, UniqueConstraint, false
from sqlmodel import Field

from data.tables.base import Base, instant, json, key, text


class Job(Base, table=True):
    """Background work as people see it; the queue itself is Huey's."""

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    args: dict = json(default_factory=dict)
    state: str = Field(default="queued", index=True)  # queued | running | done | failed | cancelled
    done: int = 0
    total: int | None = None  # null: not known yet
    rate: float | None = None  # done in a second, lately
    message: str = text(default="")
    attempts: int = 0  # how often it was begun; a job whose worker died is taken up again, three times at most
    turns: int = 0  # how often it was begun in all, by which a worker knows whether it is still its own
    lane: str | None = None  # only a few jobs of the same lane run at once
    due_at: int | None = instant(default=None)  # it waits until then
    organization_id: int = key("organization.id", index=True)
    service_id: int | None = key("service.id", default=None, index=True)
    created_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    created_at: int = instant()
    started_at: int | None = instant(default=None)
    heartbeat_at: int | None = instant(default=None)
    finished_at: int | None = instant(default=None)


class AuditEvent(Base, table=True):
    """Who saw or changed what, when."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_person_at", "person_id", "at"),)
    id: int | None = Field(default=None, primary_key=True)
    at: int = instant(index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    action: str
    subject: str  # team:3, service:7 ...
    detail: dict | None = json(default=None)
    organization_id: int | None = Field(default=None, foreign_key="organization.id", ondelete="SET NULL", index=True)
    #: There was a person, who has been deleted since; without one and without this, Milepost did it by itself.
    was_person: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Retention(Base, table=True):
    """For how long something is kept, see `data.keeping`; without a row, for good."""

    __table_args__ = (UniqueConstraint("organization_id", "kind"),)
    id: int | None = Field(default=None, primary_key=True)
    organization_id: int | None = key("organization.id", default=None, index=True)  # null: of the whole installation
    kind: str
    days: int
    changed_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    changed_at: int = instant()
    done_at: int | None = instant(default=None)  # when what was older went last
    done_rows: int = 0  # how many went then


class DataVersion(Base, table=True):
    """One row, raised in every transaction that writes: what pages key their caches by."""

    __tablename__ = "data_version"
    id: int = Field(default=1, primary_key=True)
    version: int = 0
