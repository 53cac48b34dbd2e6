"""What the jobs of intake do: read a clone or a file, save it in one transaction, work out the metrics anew.

Each may be broken off anywhere and begun again: what is saved is saved whole, and saving it twice changes nothing.
"""

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import polars as pl
from sqlalchemy import select
from sqlmodel import Session

from data import audit, derive, environment, jobs, openid, people, replacing, store
from data.access import Forbidden, NotFound
from data.practices import due
from data.sources import files, git
from data.tables import Change, Deployment, Incident, Job, Repository, Service, Source, Team, TrunkCommit
from data.work import JobError, Work, handler

REPORTED = 500  # errors of a file that are kept with its job
_FACTS = {
    "changes": (Change, "change_id"),
    "deployments": (Deployment, "deployment_id"),
    "incidents": (Incident, "incident_id"),
}


def roots() -> tuple[Path, ...]:
    """The folders below which clones may be read: MILEPOST_ROOTS (separated as PATH is), else the home directory; where
    people sign in, none but those named, as the home directory is that of whoever runs the portal."""
    given = [Path(part).expanduser() for part in environment.value("MILEPOST_ROOTS").split(os.pathsep) if part.strip()]
    return tuple(given) or (() if openid.is_shared() else (Path.home(),))


def uploads() -> Path:
    """The folder of files whose jobs have not ended."""
    folder = store.home() / "uploads"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


# Clones


@handler("clone", says=(git.GitError, NotFound))
@handler("git", says=(git.GitError, NotFound))
def load_clone(work: Work) -> str:
    """Reads what is new in a clone, or everything the first time and after history was rewritten."""
    with store.reading() as session:
        source = session.get(Source, work.args["source_id"])
        if source is None:
            raise JobError("This source was removed meanwhile.")
        repository = session.get_one(Repository, source.repository_id)
        settings = session.execute(select(Service.settings).where(Service.repository_id == repository.id)).scalars()
        wanted = any(each and each.get("path_globs") for each in settings)
    if source.paused_at is not None:
        return f"{repository.name} is read from GitHub, so that its clone is not."
    path = git.check_root(repository.path, roots())
    history = git.read(
        path,
        source.cursor,
        paths=wanted or bool((source.cursor or {}).get("paths")),  # never read less than before
        progress=work.progress,
        cancelled=work.cancelled,
    )
    work.progress(0, None, f"Saving what {history.name} holds")
    fresh = store_history(source.id, history, source.cursor, work)
    due.moved(repository.id, history.head)
    refresh(_services(repository.id), work)
    return fresh


def store_history(source_id: int, history: git.GitHistory, since: dict | None, work: Work | None = None) -> str:
    """Saves one read of a clone with its cursor, all or nothing. Returns a sentence on what was new.

    since: the cursor that the read went on from. Raises JobError when the source is gone, or somebody else has saved it
    meanwhile; and what `Work.claim` raises.
    """
    with store.writing() as session:
        if work:
            work.claim(session)
        source = session.get(Source, source_id, populate_existing=True)
        if source is None:
            raise JobError("This source was removed meanwhile.")
        if source.cursor != since:  # a worker that was taken for dead, and was not
            raise JobError("Another job has read this source meanwhile.")
        mine = {"repository_id": source.repository_id, "source_id": source.id}
        commits = history.commits
        until, start = store.to_us(history.collected_until), store.to_us(history.history_start)
        if history.full or start != source.history_start:
            since = None
        else:
            since = replacing.speaking_of(session, source, commits["sha"].to_list())
        replacing.put(session, TrunkCommit, mine, "sha", commits, all_of_it=history.full)
        for table, column, frame in (
            (Change, "change_id", history.changes),
            (Deployment, "deployment_id", history.deployments),
        ):
            gone = history.removed if table is Deployment else ()
            earliest = replacing.put(session, table, mine, column, frame, gone, all_of_it=history.full)
            since = None if since is None else min(since, earliest)
        moved = bool(len(history.changes) or len(history.deployments) or len(commits) or history.removed)
        if moved or until != source.collected_until:
            derive.changed(session, repository_id=source.repository_id, since=since)
        source.name = f"{history.name} ({history.branch})"
        source.cursor, source.notes = history.cursor, list(history.notes)
        source.collected_until, source.history_start = until, start
        repository = session.get_one(Repository, source.repository_id)
        if repository.github_id is None:
            repository.name, repository.web_url = history.name, history.web_url
            repository.default_branch = history.branch
    found = f"{_count(len(history.changes), 'change')} and {_count(len(history.deployments), 'tag')}"
    if history.full:
        return f"Read {found} from {history.name}."
    return f"Read {found} that are new or moved in {history.name}." if moved else f"Nothing new in {history.name}."


# Files


def drop_upload(args: dict) -> None:
    """An upload goes when its job has ended."""
    (uploads() / args["upload"]).unlink(missing_ok=True)


@handler("files", says=(files.FileError, Forbidden, NotFound), ended=drop_upload)
def load_file(work: Work) -> str:
    """Reads an upload and saves its rows; with errors only when the person has chosen to leave bad rows out."""
    kind, name = work.args["kind"], work.args["name"]
    path = uploads() / work.args["upload"]
    if not path.exists():
        raise JobError(f"The upload of {name} is gone: choose the file again.")
    parsed = files.parse(
        kind,
        path,
        work.args.get("time_zone"),
        progress=lambda rows: work.progress(rows, None, f"Reading rows of {name}"),
    )
    work.report(rows=parsed.rows, bad_rows=parsed.bad_rows, notes=list(parsed.notes), errors=_shown(parsed.errors))
    good = _count(len(parsed.frame), kind.removesuffix("s"))
    if work.args.get("check_only"):
        return f"{good} in {name} can be saved; {_count(parsed.bad_rows, 'row')} cannot."
    if parsed.bad_rows and not work.args.get("accept_partial"):
        raise JobError(f"{_errors(parsed, name)} Nothing was saved.")
    work.progress(parsed.rows, parsed.rows, f"Saving {good}")
    until = work.args.get("complete_until")
    store_rows(work.service_id, name, parsed, store.from_us(until), work)
    refresh([work.service_id], work)
    left_out = f" {_count(parsed.bad_rows, 'row')} with errors left out." if parsed.bad_rows else ""
    return " ".join((f"Saved {good} from {name}.{left_out}", *parsed.notes))


def store_rows(
    service_id: int, name: str, parsed: files.Parsed, complete_until: datetime | None = None, work: Work | None = None
) -> int:
    """Saves the good rows of a file for a service, all or nothing; rows with an id that this file brought before are
    replaced. Returns the source. Raises NotFound.
    """
    table, column = _FACTS[parsed.kind]
    with store.writing() as session:
        if work:
            work.claim(session)
        service = session.get(Service, service_id)
        if service is None:
            raise NotFound(f"There is no service {service_id} any more.")
        source, is_new = _file_source(session, service, name, work)
        constants = {"service_id": service_id, "source_id": source.id, "repository_id": service.repository_id}
        constants = {each: value for each, value in constants.items() if each in table.__table__.columns}
        since = replacing.put(session, table, constants, column, parsed.frame)
        held = {*(source.cursor or {}).get("facts", ()), parsed.kind}
        if is_new or held != set((source.cursor or {}).get("facts", ())):  # it may go over what others said
            since = None
        source.cursor, source.notes = {"facts": sorted(held)}, list(parsed.notes)
        now = store.now_us()
        said = store.to_us(complete_until or parsed.latest)
        moments = [each for each in (source.collected_until, said and min(said, now)) if each is not None]
        source.collected_until = max(moments, default=None)
        derive.changed(session, service_id=service_id, since=since)
        detail = {"service": service_id, "file": name, "saved": len(parsed.frame), "left_out": parsed.bad_rows}
        who = people.who(work.person_id) if work and work.person_id else None
        audit.record(session, who, "import_file", f"source:{source.id}", detail, source.organization_id)
        return source.id


def _file_source(session: Session, service: Service, name: str, work: Work | None) -> tuple[Source, bool]:
    """The source of that file name, and whether it is new. The job of this import belongs to it from now on."""
    same = (Source.service_id == service.id, Source.kind == "files", Source.name == name)
    source = session.execute(select(Source).where(*same)).scalar_one_or_none()
    is_new = source is None
    if is_new:
        source = Source(
            organization_id=session.get_one(Repository, service.repository_id).organization_id,
            kind="files",
            name=name,
            repository_id=service.repository_id,
            service_id=service.id,
            created_at=store.now_us(),
            created_by=work.person_id if work else None,
        )
        session.add(source)
        session.flush()
    if work:
        job = session.get_one(Job, work.id)
        job.args = {**job.args, "source_id": source.id}
    return source, is_new


# Afterwards


@handler("derive")
def derive_again(work: Work) -> str:
    """Works out the metrics of services whose facts have changed."""
    refresh(work.args["services"], work)
    return "The metrics are up to date."


def catch_up() -> list[int]:
    """Has worked out what an upgrade or a killed process left stale, at the start of a worker; the ids of the jobs."""
    owners = select(Team.organization_id, Service.id).join(Service, Service.team_id == Team.id)
    with store.writing(quietly=True) as session:
        found: dict[int, list[int]] = {}
        judged = Service.settings.is_not(None)
        for organization_id, service_id in session.execute(owners.where(judged, Service.id.in_(derive.stale()))):
            found.setdefault(organization_id, []).append(service_id)
        made = [
            jobs.add(session, "derive", {"services": sorted(services)}, None, organization_id, None)
            for organization_id, services in sorted(found.items())
        ]
    return [jobs.push(job_id) for job_id in made]


def refresh(services: Iterable[int], work: Work) -> None:
    """Works out what is stale. Services that were deleted meanwhile are left out."""
    work.progress(0, None, "Working out the metrics")
    derive.refresh(list(services), lambda done, total: work.progress(done, total, "Working out the metrics"))


def _services(repository_id: int) -> list[int]:
    with store.reading() as session:
        wanted = select(Service.id).where(Service.repository_id == repository_id).order_by(Service.id)
        return list(session.execute(wanted).scalars())


def _shown(errors: pl.DataFrame) -> list[dict]:
    return errors.head(REPORTED).to_dicts()


def _errors(parsed: files.Parsed, name: str) -> str:
    first = parsed.errors.row(0, named=True)
    where = f"row {first['row']}" + (f", {first['column']}" if first["column"] else "")
    return (
        f"{parsed.bad_rows:,} of {parsed.rows:,} rows of {name} have errors, the first in {where}: {first['problem']}"
    )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
