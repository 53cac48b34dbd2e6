"""Who is here, what they deliver, and where its facts come from."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from data.tables.base import Base, instant, json, key, text


class Organization(Base, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    is_demo: bool = False
    created_at: int = instant()


class Person(Base, table=True):
    __table_args__ = (UniqueConstraint("provider", "subject"),)
    id: int | None = Field(default=None, primary_key=True)
    provider: str  # local | oidc issuer
    subject: str
    name: str
    email: str | None = None
    is_active: bool = True
    created_at: int = instant()
    signed_in_at: int | None = instant(default=None)  # the last time


class PersonRole(Base, table=True):
    """A role in the whole organization, given in Milepost: leader | coach | admin."""

    __tablename__ = "person_role"
    person_id: int = key("person.id", primary_key=True)
    organization_id: int = key("organization.id", primary_key=True)
    role: str = Field(primary_key=True)


class Team(Base, table=True):
    __table_args__ = (UniqueConstraint("organization_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    organization_id: int = key("organization.id", index=True)
    name: str
    created_at: int = instant()


class Membership(Base, table=True):
    """A role in one team, given in Milepost: member | team_lead."""

    person_id: int = key("person.id", primary_key=True)
    team_id: int = key("team.id", primary_key=True)
    role: str


class ProvidedRole(Base, table=True):
    """A role that came with the groups of the last sign-in, replaced whole by the next one; besides those given in
    Milepost. Without a team it is one in the organization."""

    __tablename__ = "provided_role"
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = key("person.id", index=True)
    organization_id: int = key("organization.id", index=True)
    team_id: int | None = key("team.id", default=None, index=True)
    role: str


class SignIn(Base, table=True):
    """Somebody who came in through the provider and has not left yet: a session. See `data.sessions`."""

    __tablename__ = "sign_in"
    digest: str = Field(primary_key=True)  # sha256 of what the cookie holds
    person_id: int = key("person.id", index=True)
    created_at: int = instant()
    ends_at: int = instant(index=True)


class Repository(Base, table=True):
    """A repository, or for services that only have imports a place where their facts live (`path` is null)."""

    __table_args__ = (UniqueConstraint("organization_id", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    organization_id: int = key("organization.id", index=True)
    key: str = text()  # git:<canonical path> or import:<random>
    name: str
    path: str | None = text(default=None)
    web_url: str | None = text(default=None)  # https link without a trailing slash, for links to commits
    default_branch: str | None = None
    created_at: int = instant()
    github_id: int | None = instant(default=None)  # GitHub's number: it stays when a repository is renamed or moves
    full_name: str | None = text(default=None)  # owner/name at GitHub, as last seen


class Service(Base, table=True):
    """What is delivered: a repository (or paths in it) of a team.

    `settings` is `assessments.delivery.settings.Settings` as JSON, null until somebody has chosen what counts as a
    production deployment.
    """

    __table_args__ = (UniqueConstraint("team_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    team_id: int = key("team.id", index=True)
    name: str
    repository_id: int = key("repository.id", index=True)
    settings: dict | None = json(default=None)
    created_at: int = instant()
    facts_version: int = 0  # raised whenever a fact, correction or setting changes
    dirty_since: int | None = instant(default=None)  # no fact before it has changed since; null: any may have
    derived_version: int = -1  # the facts_version that the derived rows were computed from
    rules_version: int = 0
    derived_with: dict | None = json(default=None)  # the settings that the derived rows were computed with
    existed_from: int | None = instant(default=None)
    collected_until: int | None = instant(default=None)
    environments: list | None = json(default=None)  # of the production deployments
    has_changes: bool = False  # any change is known of it, in its derived rows
    resumable: bool = False  # the next judgement may begin in the middle of the history, see data.tail
    unresolved: dict | None = json(default=None)  # names in incidents that mean no deployment yet -> earliest opening


class Source(Base, table=True):
    """One origin of facts. Removing it removes all that came from it."""

    id: int | None = Field(default=None, primary_key=True)
    organization_id: int = key("organization.id", index=True)
    kind: str  # git | files | demo | github
    name: str = text()
    repository_id: int = key("repository.id", index=True)
    service_id: int | None = key("service.id", default=None, index=True)  # null: for every service of the repository
    cursor: dict | None = json(default=None)  # where the next read goes on
    notes: list | None = json(default=None)  # sentences on what cannot be known (shallow clone ...)
    collected_until: int | None = instant(default=None)
    history_start: int | None = instant(default=None)  # facts are complete from here; null = from the first
    created_at: int = instant()
    created_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    connection_id: int | None = Field(default=None, foreign_key="connection.id", ondelete="SET NULL", index=True)
    synced_at: int | None = instant(default=None)  # the last sync that came to its end
    settings: dict | None = json(default=None)  # see data.sources.github.settings
    due_at: int | None = instant(default=None, index=True)  # when it is read again; null: as soon as nobody reads it
    paused_at: int | None = instant(default=None)  # somebody has stopped the reading
    heard_at: int | None = instant(default=None)  # when a webhook last spoke of it
    job_id: int | None = Field(default=None, foreign_key="job.id", ondelete="SET NULL", index=True)  # its newest sync
