"""How facts are fetched from GitHub."""

from sqlmodel import Field

from data.tables.base import Base, instant, json, key, text


class Connection(Base, table=True):
    """A right to read from GitHub. `secret` is a reference (`data.references`) or sealed, never a token in clear."""

    id: int | None = Field(default=None, primary_key=True)
    organization_id: int = key("organization.id", index=True)
    kind: str  # github_token | github_app
    base_url: str = text()
    secret: str = text()
    app_id: str | None = None
    installation_id: str | None = None
    login: str | None = None  # whose token, or where the app is installed
    permissions: dict | None = json(default=None)  # see data.sources.github.permissions
    checked_at: int | None = instant(default=None)
    expires_at: int | None = instant(default=None)
    created_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    created_at: int = instant()
    problem: str | None = text(default=None)  # why GitHub does not let it in, one sentence
    wait_until: int | None = instant(default=None)  # nothing is asked with it before: a limit, or a problem
    quota: dict | None = json(default=None)  # what was left of each limit when it was last used
    listed_at: int | None = instant(default=None)  # when its list of repositories was last read whole


class ConnectionRepository(Base, table=True):
    """A repository that a connection may read, as its list said."""

    __tablename__ = "connection_repository"
    connection_id: int = key("connection.id", primary_key=True)
    github_id: int = instant(primary_key=True)
    full_name: str = text()
    web_url: str = text()
    is_private: bool
    is_archived: bool
    pushed_at: int | None = instant(default=None)


class Feed(Base, table=True):
    """How far one kind of facts of a source has been read; saved with the facts in one transaction."""

    source_id: int = key("source.id", primary_key=True)
    name: str = Field(primary_key=True)  # issues | pulls | commits | deployments | runs | jobs | releases | ...
    cursor: dict | None = json(default=None)
    etag: str | None = text(default=None)
    checked_at: int | None = instant(default=None)  # GitHub's clock when it last answered
    resume_at: int | None = instant(default=None)  # a limit was met: not before
    problem: str | None = text(default=None)  # why it cannot be read, one sentence


class Todo(Base, table=True):
    """Something that has changed at GitHub, and whose details have to be fetched."""

    source_id: int = key("source.id", primary_key=True)
    kind: str = Field(primary_key=True)  # pull | deployment | attempt | jobs
    key: str = Field(primary_key=True)
    version: int = instant()  # microseconds; details older than that do not answer it
    due_at: int | None = instant(default=None)  # null: at once


class Issue(Base, table=True):
    """An issue or a pull request as the feed gave it; changes and incidents are made from it."""

    source_id: int = key("source.id", primary_key=True)
    number: int = Field(primary_key=True)
    node_id: str
    is_pull: bool
    title: str = text()
    is_open: bool
    labels: str | None = text(default=None)  # lines
    deployment: str | None = text(default=None)  # what its text names, see Incident
    created_at: int = instant()
    closed_at: int | None = instant(default=None)
    merged_at: int | None = instant(default=None)
    url: str | None = text(default=None)
    version: int = instant()  # updated_at
    detail_version: int | None = instant(default=None)  # of the details that its change was made from
    span: int | None = None  # commits on trunk that it is, where it is several: after a rebase


class SourceCommit(Base, table=True):
    """A commit as GitHub gave it, from which the order of trunk is worked out."""

    __tablename__ = "source_commit"
    source_id: int = key("source.id", primary_key=True)
    sha: str = Field(primary_key=True)
    parents: str = text()  # shas, separated by spaces
    authored_at: int | None = instant(default=None)
    committed_at: int | None = instant(default=None)
    title: str = text()
    number: int | None = None  # of the pull request that its message names
    reverts: str | None = text(default=None)  # lines


class RepositorySettings(Base, table=True):
    """What GitHub says about how a repository is set up, as received, for the probes of practices."""

    __tablename__ = "repository_settings"
    source_id: int = key("source.id", primary_key=True)
    read_at: int = instant()
    data: dict = json()
    unknown: dict | None = json(default=None)  # what could not be read -> the sentence that says why
