"""The door for machines."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from data.tables.base import Base, instant, key, many_key, text


class ApiToken(Base, table=True):
    """What a program shows to be let in, kept as its sha256 only. See `data.tokens`."""

    __tablename__ = "api_token"
    id: int | None = Field(default=None, primary_key=True)
    organization_id: int = key("organization.id", index=True)
    service_id: int | None = key("service.id", default=None, index=True)  # null: for every service of the organization
    name: str
    prefix: str = Field(index=True)  # the first characters, by which people and the look-up know it
    digest: str = Field(unique=True)  # sha256 of the whole secret, hexadecimal
    scopes: str  # separated by spaces
    created_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    created_at: int = instant()
    expires_at: int | None = instant(default=None)
    revoked_at: int | None = instant(default=None)
    last_used_at: int | None = instant(default=None)  # to the minute
    # The secret before the present one, which stays good for a while.
    old_prefix: str | None = Field(default=None, index=True)
    old_digest: str | None = None
    old_until: int | None = instant(default=None)
    old_used_at: int | None = instant(default=None)  # to the minute, since it was replaced


class IdempotencyKey(Base, table=True):
    """What a request that may be sent again was answered, for a day. See `data.api.once`."""

    __tablename__ = "idempotency_key"
    token_id: int = key("api_token.id", primary_key=True)
    key: str = Field(primary_key=True)
    digest: str  # of method, path and body
    attempt: str  # whose it is while there is no answer yet
    answer: str | None = text(default=None)  # JSON; null: in progress
    created_at: int = instant(index=True)


class WebhookDelivery(Base, table=True):
    """What a webhook brought, whose signature was right, until it is processed. See `data.inbox`."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (UniqueConstraint("kind", "delivery_id"), UniqueConstraint("kind", "digest"))
    id: int | None = many_key()
    kind: str  # github
    delivery_id: str
    event: str
    digest: str  # sha256 of event and body: the delivery id is not signed
    body: str | None = text(default=None)  # JSON, only until it is processed
    state: str = Field(default="waiting", index=True)  # waiting | done | ignored | failed
    attempts: int = 0
    problem: str | None = text(default=None)
    received_at: int = instant(index=True)


class IncidentHook(Base, table=True):
    """Where an incident tool sends its webhooks to, for one source. See `data.hooks`."""

    __tablename__ = "incident_hook"
    source_id: int = key("source.id", primary_key=True)
    key: str = Field(unique=True)  # in the URL; it alone lets nobody in
    secret: str = text()  # a reference or sealed, never in clear
    old_secret: str | None = text(default=None)  # during rotation
    created_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    created_at: int = instant()


class IncidentMark(Base, table=True):
    """The newest event that opened or closed an incident: older ones that come later do not undo it."""

    __tablename__ = "incident_mark"
    source_id: int = key("source.id", primary_key=True)
    incident_id: str = Field(primary_key=True)
    at: int = instant()
    event: str


class Badge(Base, table=True):
    """A service whose numbers anybody with the key may see as a picture. See `data.badges`."""

    service_id: int = key("service.id", primary_key=True)
    key: str = Field(unique=True)
    created_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    created_at: int = instant()
