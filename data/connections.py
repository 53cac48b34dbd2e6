"""Connections to GitHub: who reads, what they may read, and which repositories. The door for pages and terminals.

Administrators make and remove them; whoever may add sources uses them. A secret is a reference (`data.references`)
or sealed, and never comes out again. Where GitHub is (github.com, or GitHub Enterprise Server) is for whoever runs
Milepost to say, in MILEPOST_GITHUB_URL: nobody types an address here.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlmodel import Session

from data import access, audit, jobs, people, sealed, store
from data.access import Action
from data.asking_github import base_url, left, may_use, refused, signed_in, stored, website
from data.listing import RepositoryPage, RepositoryRow, refresh_repositories, repositories
from data.people import Who
from data.sources.github import credentials, errors, permissions, values
from data.sources.github.api import Api
from data.sources.github.credentials import InstallationToken
from data.sources.github.errors import GitHubError
from data.sources.github.permissions import Permissions
from data.tables import Connection, ConnectionRepository, Job, Source

__all__ = [
    "ConnectionView",
    "GitHubError",
    "RepositoryPage",
    "RepositoryRow",
    "add_app",
    "add_token",
    "base_url",
    "check",
    "listed",
    "refresh_repositories",
    "remove",
    "replace_secret",
    "repositories",
    "website",
    "with_token",
]

SOON = 14 * values.DAY  # before its end that an expiring token is spoken of
_APP = re.compile(r"[A-Za-z0-9.]{1,40}")
_INSTALLATION = re.compile(r"\d{1,18}")


@dataclass(frozen=True)
class ConnectionView:
    """kind: token | app. token_kind: fine_grained | classic | app | oauth | unknown. name: how to call it. login: whose
    token, or where the app is installed. secret_is: "sealed", or the reference.

    may: what Milepost reads -> yes, no, or None where GitHub did not say. missing: what may not be read -> the sentence
    that says what to give. warning: one sentence where it may do more than it should (`too_much` names it), or ends
    soon. problem: one sentence on why GitHub does not let it in. wait_until: nothing is asked with it before. quota:
    requests left of each limit (core, graphql) when it was last used. sources: how many read by it. repositories: how
    many its list holds, read at `listed_at` (None: never)."""

    id: int
    organization_id: int
    kind: str
    token_kind: str
    name: str
    login: str | None
    base_url: str
    secret_is: str
    may: dict[str, bool | None]
    missing: dict[str, str]
    too_much: tuple[str, ...]
    warning: str | None
    checked_at: datetime | None
    expires_at: datetime | None
    problem: str | None
    wait_until: datetime | None
    quota: dict[str, int]
    sources: int
    repositories: int
    listed_at: datetime | None


# Made, seen, taken away


def add_token(who: Who, secret: str, organization_id: int | None = None) -> int:
    """Connects with a token: its text, or where it is (`data.references`). GitHub is asked at once. Returns the
    connection; that it may do too much is no reason to refuse, but its view warns.

    organization_id: None for the person's own. Raises Forbidden, NotFound, ValueError for one that is there already,
    and GitHubError with a sentence: a token that is wrong or expired, GitHub away ...
    """
    return _add(who, Connection(kind="github_token", secret=secret, organization_id=organization_id or 0))


def add_app(
    who: Who, app_id: str | int, installation_id: str | int, private_key: str, organization_id: int | None = None
) -> int:
    """Connects with a GitHub App where it is installed. private_key: the text of its PEM file, or where it is. Else as
    `add_token`."""
    app_id, installation_id = str(app_id).strip(), str(installation_id).strip()
    if not _APP.fullmatch(app_id):
        raise errors.NotAllowed("The id of an app is a number, or its client id: both stand on its settings page.")
    if not _INSTALLATION.fullmatch(installation_id):
        raise errors.NotAllowed("The id of an installation is a number: it stands in the address of its page.")
    row = Connection(kind="github_app", secret=private_key, app_id=app_id, installation_id=installation_id,
                     organization_id=organization_id or 0)  # fmt: skip
    return _add(who, row)


def _add(who: Who, row: Connection) -> int:
    row.organization_id = row.organization_id or people.home_organization(who)
    access.check(who, Action.ADMINISTER, access.of_organization(row.organization_id))
    row.base_url, row.created_at, row.created_by = base_url(), store.now_us(), who.id
    row.secret = credentials.keep(row.secret)
    _note(row, *_asked(row))
    with store.writing() as session:
        _refuse_same(session, row)
        session.add(row)
        session.flush()
        audit.record(session, who, "add_connection", f"connection:{row.id}", _detail(row), row.organization_id)
        return row.id


def _refuse_same(session: Session, row: Connection) -> None:
    """The same secret, or the same installation, twice would share a limit without knowing it."""
    others = list(session.execute(_of(row.organization_id)).scalars())
    for other in others:
        if row.kind == "github_app":
            same = (other.app_id, other.installation_id) == (row.app_id, row.installation_id)
        else:
            same = other.kind == row.kind and _same_secret(other.secret, row.secret)
        if same:
            raise ValueError(
                f"There is already a connection with this: {_names(others)[other.id]}. Replace its secret instead."
            )


def with_token(organization_id: int, secret: str) -> int | None:
    """The connection that uses this token, given as a reference or as it is; None where none does."""
    with store.reading() as session:
        rows = session.execute(_of(organization_id).where(Connection.kind == "github_token")).scalars().all()
    return next((row.id for row in rows if _same_secret(row.secret, secret)), None)


def _same_secret(one: str, other: str) -> bool:
    try:
        return one == other or credentials.reveal(one) == credentials.reveal(other)
    except (errors.NotAllowed, errors.Unavailable):  # its place is empty or away, or its key is gone
        return False


def replace_secret(who: Who, connection_id: int, secret: str) -> None:
    """Puts a new token, or the new private key of an app, in the place of the old one, once GitHub lets it in. What
    waited for that goes on. Raises Forbidden, NotFound, GitHubError."""
    given = _mine(who, connection_id)
    given.secret = credentials.keep(secret)
    found = _asked(given)
    with store.writing() as session:
        row = stored(session, connection_id)
        row.secret = given.secret
        _note(row, *found)
        _wake(session, row)
        audit.record(session, who, "replace_secret", f"connection:{row.id}", _detail(row), row.organization_id)


def check(who: Who, connection_id: int) -> ConnectionView:
    """Asks GitHub again what it may read. Where it is not let in, its view says why. Raises Forbidden, NotFound, and
    Unavailable when GitHub, or the place of the secret, does not answer: that says nothing of the connection."""
    given = _mine(who, connection_id)
    try:
        found = _asked(given)
    except errors.Unavailable:
        raise
    except GitHubError as error:
        refused(connection_id, error)
    else:
        with store.writing() as session:
            row = stored(session, connection_id)
            _note(row, *found)
            _wake(session, row)
    return next(view for view in listed(who) if view.id == connection_id)


def remove(who: Who, connection_id: int) -> None:
    """Forgets a connection and its secret. Its sources stay with all that was read, and say that they have no
    connection. Raises Forbidden, NotFound."""
    row = _mine(who, connection_id)
    with store.writing() as session:
        sources = list(session.execute(select(Source.id).where(Source.connection_id == connection_id)).scalars())
        reading = select(Job).where(Job.kind == "github", Job.state.in_(jobs.LIVE))
        for job in session.execute(reading).scalars():
            if job.args.get("source_id") in sources:
                jobs.close(job, "cancelled", "Stopped: its connection was removed; what was read stays.")
        session.execute(delete(Connection).where(Connection.id == connection_id))
        detail = {**_detail(row), "sources": len(sources)}
        audit.record(session, who, "remove_connection", f"connection:{row.id}", detail, row.organization_id)


def listed(who: Who) -> tuple[ConnectionView, ...]:
    """The connections that the person may use, oldest first: those of organizations where they may add sources."""
    organizations = [each for each in who.organizations if may_use(who, each)]
    read = select(Source.connection_id, func.count()).group_by(Source.connection_id)
    held = select(ConnectionRepository.connection_id, func.count()).group_by(ConnectionRepository.connection_id)
    wanted = select(Connection).where(Connection.organization_id.in_(organizations)).order_by(Connection.id)
    with store.reading() as session:
        rows = list(session.execute(wanted).scalars())
        sources, known = dict(session.execute(read).all()), dict(session.execute(held).all())
    names = _names(rows)
    return tuple(_view(row, names[row.id], sources.get(row.id, 0), known.get(row.id, 0)) for row in rows)


def _mine(who: Who, connection_id: int) -> Connection:
    with store.reading() as session:
        row = stored(session, connection_id)
    access.check(who, Action.ADMINISTER, access.of_organization(row.organization_id))
    return row


def _of(organization_id: int):
    return select(Connection).where(Connection.organization_id == organization_id)


def _detail(row: Connection) -> dict:
    return {"kind": row.kind, "name": _name(row), "kept": sealed.described(row.secret), "address": row.base_url}


def _name(row: Connection) -> str:
    if row.kind == "github_app":
        return f"App {row.app_id} at {row.login}" if row.login else f"App {row.app_id}"
    return f"Token of {row.login}" if row.login else "Token"


def _names(rows: Sequence[Connection]) -> dict[int, str]:
    """What tells them apart, by id: several tokens of one person, or of nobody known, have their number too."""
    often = Counter((row.organization_id, _name(row)) for row in rows)
    return {
        row.id: f"{_name(row)}, no. {row.id}" if often[row.organization_id, _name(row)] > 1 else _name(row)
        for row in rows
    }


def _view(row: Connection, name: str, sources: int, known: int) -> ConnectionView:
    found = row.permissions or {}
    too_much = tuple(found.get("too_much", ()))
    warnings = [Permissions(kind="", too_much=list(too_much)).warning]
    now = store.now_us()
    if row.expires_at is not None and now < row.expires_at < now + SOON:
        warnings.append(f"This ends on {store.from_us(row.expires_at):%Y-%m-%d}: put a new one in its place before.")
    return ConnectionView(
        id=row.id,
        organization_id=row.organization_id,
        kind=row.kind.removeprefix("github_"),
        token_kind=found.get("kind", "unknown"),
        name=name,
        login=row.login,
        base_url=row.base_url,
        secret_is=sealed.described(row.secret),
        may=found.get("may", {}),
        missing=found.get("missing", {}),
        too_much=too_much,
        warning=" ".join(each for each in warnings if each) or None,
        checked_at=store.from_us(row.checked_at),
        expires_at=store.from_us(row.expires_at),
        problem=row.problem,
        wait_until=store.from_us(row.wait_until) if (row.wait_until or 0) > now else None,
        quota={name: each["left"] for name, each in (row.quota or {}).items() if each["resets_at"] > now},
        sources=sources,
        repositories=known,
        listed_at=store.from_us(row.listed_at),
    )


# Asking GitHub


def _asked(row: Connection) -> tuple[Permissions, dict]:
    """What GitHub says of it, and what is left of its limits. A fine-grained token is tried on one repository, because
    only by asking does one learn what it may read."""
    api = signed_in(row)
    try:
        found = permissions.permissions(api)
        if isinstance(api.token, InstallationToken):
            found.login = api.token.account()
        elif None in found.may.values() and (some := _any_repository(api)):
            permissions.ask(api, some, found)
        return found, left(api)
    finally:
        api.close()


def _any_repository(api: Api) -> str | None:
    answer = api.get("/user/repos", {"per_page": 1, "sort": "pushed"}, what="the list of repositories")
    rows = values.rows(answer.json)
    return f"/repositories/{values.need(rows[0], 'id', int)}" if rows else None


def _note(row: Connection, found: Permissions, quota: dict) -> None:
    kept = asdict(found)
    row.login, row.expires_at = kept.pop("login"), kept.pop("expires_at")
    row.permissions, row.quota = kept, quota
    row.checked_at, row.problem, row.wait_until = store.now_us(), None, None


def _wake(session: Session, row: Connection) -> None:
    """Sources that waited for this connection are due."""
    now = store.now_us()
    mine = (Source.connection_id == row.id, Source.kind == "github")
    for source in session.execute(select(Source).where(*mine, Source.due_at > now)).scalars():
        job = session.get(Job, source.job_id) if source.job_id else None
        if job is not None and job.state == "failed":
            source.due_at = now
