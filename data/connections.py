"""Connections to GitHub: who reads, what they may read, and which repositories. The door for pages and terminals.

Administrators make and remove them; whoever may add sources uses them. A secret is a reference (env:NAME, file:/path)
or sealed, and never comes out again. Where GitHub is (github.com, or GitHub Enterprise Server) is for whoever runs
Milepost to say, in MILEPOST_GITHUB_URL: nobody types an address here.
"""

import os
import re
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlmodel import Session

from data import access, audit, jobs, people, store
from data.access import Action, Subject
from data.jobs import JobView
from data.people import Who
from data.sources.github import credentials, errors, permissions, repository, values
from data.sources.github.api import PUBLIC, Api, check_base_url
from data.sources.github.credentials import InstallationToken
from data.sources.github.errors import GitHubError
from data.sources.github.permissions import Permissions
from data.tables import Connection, ConnectionRepository, Job, Repository, Source
from data.work import Later, Work, handler

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
]

ADDRESS = "MILEPOST_GITHUB_URL"
SOON = 14 * values.DAY  # before its end that an expiring token is spoken of
TRY_AGAIN = values.HOUR  # until a connection that GitHub did not let in is tried by itself
OPTIONS: dict = {}  # of `Api`, for tests
_APP = re.compile(r"[A-Za-z0-9.]{1,40}")
_INSTALLATION = re.compile(r"\d{1,18}")


@dataclass(frozen=True)
class ConnectionView:
    """kind: token | app. token_kind: fine_grained | classic | app | oauth | unknown. name: how to call it. login: whose
    token, or where the app is installed. secret_is: "sealed", "env:NAME" or "file:/path".

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


@dataclass(frozen=True)
class RepositoryRow:
    """A repository that a connection may read. source_id: of what reads it already, None where nothing does. is_cloned:
    a clone of it is read here, whose services a GitHub source would share."""

    github_id: int
    full_name: str
    web_url: str
    is_private: bool
    is_archived: bool
    pushed_at: datetime | None
    already_added: bool
    source_id: int | None
    is_cloned: bool


@dataclass(frozen=True)
class RepositoryPage:
    """rows: the part that was asked for. total: how many fit the search. listed_at: when the list was last read whole,
    None: never. job: that reads the list now, or read it last."""

    rows: tuple[RepositoryRow, ...] = ()
    total: int = 0
    listed_at: datetime | None = None
    job: JobView | None = None


# Made, seen, taken away


def base_url() -> str:
    """The address of GitHub's API: MILEPOST_GITHUB_URL, else that of github.com. It is https, or http on 127.0.0.1.
    Raises NotAllowed for any other."""
    return check_base_url(os.environ.get(ADDRESS, "").strip() or PUBLIC, allow_local=True)


def add_token(who: Who, secret: str, organization_id: int | None = None) -> int:
    """Connects with a token: its text, or where it is (env:NAME, file:/path). GitHub is asked at once. Returns the
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
    for other in session.execute(_of(row.organization_id)).scalars():
        if row.kind == "github_app":
            same = (other.app_id, other.installation_id) == (row.app_id, row.installation_id)
        else:
            same = other.kind == row.kind and _same_secret(other.secret, row.secret)
        if same:
            raise ValueError(f"There is already a connection with this: {_name(other)}. Replace its secret instead.")


def _same_secret(one: str, other: str) -> bool:
    try:
        return one == other or credentials.reveal(one) == credentials.reveal(other)
    except errors.NotAllowed:  # its place is empty, or its key is gone
        return False


def replace_secret(who: Who, connection_id: int, secret: str) -> None:
    """Puts a new token, or the new private key of an app, in the place of the old one, once GitHub lets it in. What
    waited for that goes on. Raises Forbidden, NotFound, GitHubError."""
    row = _mine(who, connection_id)
    row.secret = credentials.keep(secret)
    found = _asked(row)
    with store.writing() as session:
        stored = _stored(session, connection_id)
        stored.secret = row.secret
        _note(stored, *found)
        _wake(session, stored)
        audit.record(session, who, "replace_secret", f"connection:{stored.id}", _detail(stored), stored.organization_id)


def check(who: Who, connection_id: int) -> ConnectionView:
    """Asks GitHub again what it may read. Where it is not let in, its view says why. Raises Forbidden, NotFound."""
    row = _mine(who, connection_id)
    try:
        found = _asked(row)
    except GitHubError as error:
        refused(connection_id, error)
    else:
        with store.writing() as session:
            stored = _stored(session, connection_id)
            _note(stored, *found)
            _wake(session, stored)
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
    return tuple(_view(row, sources.get(row.id, 0), known.get(row.id, 0)) for row in rows)


def may_use(who: Who, organization_id: int) -> bool:
    """Whether the person may add sources to any team of the organization."""
    subjects = [Subject(organization_id), *(Subject(organization, team) for organization, team, _ in who.team_roles
                                            if organization == organization_id)]  # fmt: skip
    return any(access.may(who, Action.ADD_SOURCE, subject) for subject in subjects)


def usable(who: Who, connection_id: int) -> Connection:
    """The row of a connection that the person may read with. Raises Forbidden, NotFound."""
    with store.reading() as session:
        row = _stored(session, connection_id)
    if not may_use(who, row.organization_id):
        access.check(who, Action.ADD_SOURCE, Subject(row.organization_id))
    return row


def _mine(who: Who, connection_id: int) -> Connection:
    with store.reading() as session:
        row = _stored(session, connection_id)
    access.check(who, Action.ADMINISTER, access.of_organization(row.organization_id))
    return row


def _stored(session: Session, connection_id: int) -> Connection:
    row = session.get(Connection, connection_id, populate_existing=True)
    if row is None:
        raise access.NotFound(f"There is no connection {connection_id}.")
    return row


def _of(organization_id: int):
    return select(Connection).where(Connection.organization_id == organization_id)


def _detail(row: Connection) -> dict:
    return {"kind": row.kind, "name": _name(row), "kept": _secret_is(row.secret), "address": row.base_url}


def _name(row: Connection) -> str:
    if row.kind == "github_app":
        return f"App {row.app_id} at {row.login}" if row.login else f"App {row.app_id}"
    return f"Token of {row.login}" if row.login else "Token"


def _secret_is(secret: str) -> str:
    return secret if secret.startswith(("env:", "file:")) else "sealed"


def _view(row: Connection, sources: int, known: int) -> ConnectionView:
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
        name=_name(row),
        login=row.login,
        base_url=row.base_url,
        secret_is=_secret_is(row.secret),
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


def signed_in(row: Connection) -> Api:
    """GitHub as this connection sees it; close it afterwards. Raises NotAllowed."""
    if row.base_url != base_url():
        raise errors.NotAllowed(
            f"This connection was made for {row.base_url}, and {ADDRESS} names another GitHub by now: set it back, or "
            f"remove the connection and make another."
        )
    return credentials.api_of(row, allow_local=True, **OPTIONS)


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


def left(api: Api) -> dict:
    """What is left of each limit, to be kept with the connection."""
    return {
        name: {"left": limit.remaining, "limit": limit.limit, "resets_at": round(limit.resets_at * values.SECOND)}
        for name, limit in api.quota.items()
    }


def refused(connection_id: int, error: GitHubError) -> None:
    """Notes that a connection was not let in, or has to wait: until then nothing is asked with it, because asking all
    the same is what GitHub blocks for."""
    with store.writing() as session:
        row = session.get(Connection, connection_id)
        if row is None:
            return
        if isinstance(error, errors.Limited):
            row.wait_until = max(row.wait_until or 0, round(error.resume_at * values.SECOND))
        elif isinstance(error, errors.BadToken | errors.NotAllowed):
            row.problem, row.wait_until = str(error), store.now_us() + TRY_AGAIN


def used(connection_id: int, api: Api) -> None:
    """Notes what is left of the limits after something was read."""
    with store.writing(quietly=True) as session:
        row = session.get(Connection, connection_id)
        if row is not None and api.quota:
            row.quota = left(api)


def let_in(connection_id: int) -> None:
    """Notes that GitHub lets a connection in again, where it had not."""
    with store.reading() as session:
        row = session.get(Connection, connection_id)
    if row is not None and row.problem:
        with store.writing() as session:
            row = session.get(Connection, connection_id)
            if row is not None:
                row.problem = row.wait_until = None


# Which repositories


def repositories(
    who: Who, connection_id: int, search: str = "", *, limit: int = 50, offset: int = 0, by: str = "name"
) -> RepositoryPage:
    """A part of the list, from the store. search: part of a name. by: name, or pushed (the newest first). An empty list
    that was never read (`listed_at` is None) wants `refresh_repositories`. Raises Forbidden, NotFound."""
    row = usable(who, connection_id)
    listed_here = ConnectionRepository
    fit = [listed_here.connection_id == connection_id]
    if search.strip():
        fit.append(func.lower(listed_here.full_name).contains(search.strip().lower(), autoescape=True))
    orders = {
        "name": (func.lower(listed_here.full_name),),
        "pushed": (listed_here.pushed_at.is_(None), listed_here.pushed_at.desc(), func.lower(listed_here.full_name)),
    }
    wanted = select(listed_here).where(*fit).order_by(*orders[by]).limit(limit).offset(offset)
    with store.reading() as session:
        total = session.execute(select(func.count()).select_from(listed_here).where(*fit)).scalar_one()
        rows = list(session.execute(wanted).scalars())
        known = _known(session, row.organization_id, rows)
        job = _listing(session, row)
    return RepositoryPage(
        tuple(_row(each, known) for each in rows), total, store.from_us(row.listed_at), jobs.view(job) if job else None
    )


def _known(session: Session, organization_id: int, rows: list[ConnectionRepository]) -> dict[int, tuple]:
    """By GitHub's number: the source that reads it, and whether it is there as a clone."""
    reads = (Source.repository_id == Repository.id) & (Source.kind == "github")
    urls = {row.web_url.casefold(): row.github_id for row in rows}
    by_url = func.lower(Repository.web_url).in_(list(urls))
    wanted = (
        select(Repository.github_id, Repository.web_url, Repository.path, Source.id)
        .outerjoin(Source, reads)
        .where(Repository.organization_id == organization_id)
        .where(Repository.github_id.in_([row.github_id for row in rows]) | by_url)
    )
    found: dict[int, tuple] = {}
    for github_id, url, path, source_id in session.execute(wanted):
        number = github_id or urls.get((url or "").casefold())
        before = found.get(number, (None, False))
        found[number] = (before[0] or source_id, before[1] or path is not None)
    return found


def _row(row: ConnectionRepository, known: dict[int, tuple]) -> RepositoryRow:
    source_id, is_cloned = known.get(row.github_id, (None, False))
    return RepositoryRow(
        row.github_id, row.full_name, row.web_url, row.is_private, row.is_archived, store.from_us(row.pushed_at),
        source_id is not None, source_id, is_cloned,
    )  # fmt: skip


def _listing(session: Session, row: Connection) -> Job | None:
    wanted = select(Job).where(Job.kind == "github_list", Job.organization_id == row.organization_id)
    wanted = wanted.where(Job.args["connection_id"].as_integer() == row.id).order_by(Job.id.desc()).limit(1)
    return session.execute(wanted).scalar_one_or_none()


def refresh_repositories(who: Who, connection_id: int) -> int:
    """Reads the list of repositories anew, in a job; the one that does so already, if any. Raises Forbidden,
    NotFound."""
    row = usable(who, connection_id)
    with store.writing(quietly=True) as session:
        job = _listing(session, row)
        if job is not None and job.state == "running":
            return job.id
        args = {"connection_id": connection_id, "lock": f"connection:{connection_id}"}
        job_id = jobs.add(session, "github_list", args, who, row.organization_id, None)
    return jobs.push(job_id)


@handler("github_list", says=(GitHubError, access.NotFound), keeps="the list is as it was")
def read_list(work: Work) -> str:
    """Every page of the list; the old list stays until the new one is whole."""
    connection_id = work.args["connection_id"]
    with store.reading() as session:
        api = signed_in(_stored(session, connection_id))
    try:
        found = repository.listing(
            api, lambda done, total: work.progress(done, total, "Reading which repositories there are")
        )
    except errors.Paused as error:
        refused(connection_id, error)
        raise Later(str(error), error.resume_at) from None
    except GitHubError as error:
        refused(connection_id, error)
        raise
    finally:
        api.close()
    rows = [
        {
            "connection_id": connection_id, "github_id": each.github_id, "full_name": each.full_name,
            "web_url": each.web_url, "is_private": each.private, "is_archived": each.archived,
            "pushed_at": each.pushed,
        }
        for each in found
    ]  # fmt: skip
    with store.writing() as session:
        work.claim(session)
        row = _stored(session, connection_id)
        session.execute(delete(ConnectionRepository).where(ConnectionRepository.connection_id == connection_id))
        store.upsert(session, ConnectionRepository, rows, ["connection_id", "github_id"])
        row.listed_at, row.quota = store.now_us(), left(api)
    return f"{len(rows):,} {'repository' if len(rows) == 1 else 'repositories'} can be read."


@dataclass(frozen=True)
class Named:
    """A repository that was named, as the list or GitHub knows it."""

    github_id: int
    full_name: str
    web_url: str
    is_archived: bool


def find(row: Connection, names: list[str]) -> list[Named]:
    """The repositories of these names, in their order, each once; GitHub is asked only for those that the list does not
    hold. Raises NotAllowed for what is no owner/name, and what `repository.look` does."""
    wanted = list(dict.fromkeys(repository.check_name(name) for name in names))
    listed_here = ConnectionRepository
    some = select(listed_here).where(
        listed_here.connection_id == row.id, func.lower(listed_here.full_name).in_([name.lower() for name in wanted])
    )
    with store.reading() as session:
        known = {each.full_name.casefold(): each for each in session.execute(some).scalars()}
    api, found = None, {}
    try:
        for name in wanted:
            each = known.get(name.casefold())
            if each is None:
                api = api or signed_in(row)
                seen = repository.look(api, name)
                found.setdefault(seen.github_id, Named(seen.github_id, seen.full_name, seen.web_url, seen.archived))
            else:
                found.setdefault(each.github_id, Named(each.github_id, each.full_name, each.web_url, each.is_archived))
    finally:
        if api is not None:
            api.close()
    return list(found.values())
