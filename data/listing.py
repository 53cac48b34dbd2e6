"""Which repositories a connection may read: the list as GitHub gave it, kept in the store; see `data.connections`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlmodel import Session

from data import access, asking_github, jobs, store
from data.asking_github import stored, usable
from data.jobs import JobView
from data.people import Who
from data.sources.github import errors, repository
from data.sources.github.errors import GitHubError
from data.tables import Connection, ConnectionRepository, Job, Repository, Source
from data.work import Later, Work, handler


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
        api = asking_github.signed_in(stored(session, connection_id))
    try:
        found = repository.listing(
            api, lambda done, total: work.progress(done, total, "Reading which repositories there are")
        )
    except errors.Paused as error:
        asking_github.refused(connection_id, error)
        raise Later(str(error), error.resume_at) from None
    except GitHubError as error:
        asking_github.refused(connection_id, error)
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
        row = stored(session, connection_id)
        session.execute(delete(ConnectionRepository).where(ConnectionRepository.connection_id == connection_id))
        store.upsert(session, ConnectionRepository, rows, ["connection_id", "github_id"])
        row.listed_at, row.quota = store.now_us(), asking_github.left(api)
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
                api = api or asking_github.signed_in(row)
                seen = repository.look(api, name)
                found.setdefault(seen.github_id, Named(seen.github_id, seen.full_name, seen.web_url, seen.archived))
            else:
                found.setdefault(each.github_id, Named(each.github_id, each.full_name, each.web_url, each.is_archived))
    finally:
        if api is not None:
            api.close()
    return list(found.values())
