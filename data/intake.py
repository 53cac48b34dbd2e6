"""How facts get in, and out again: the door for pages. Every write asks who may; the work itself is done in jobs."""

import os
import time
import uuid
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import polars as pl
from sqlalchemy import delete, exists, func, or_, select
from sqlmodel import Session

from assessments.delivery import production
from assessments.delivery.facts import Facts
from assessments.delivery.settings import ProductionRule, Settings
from data import access, audit, derive, jobs, people, seen, store, teams
from data.access import Action
from data.loading import roots, uploads
from data.people import Who
from data.sources import files
from data.sources.files import FileError, Parsed
from data.sources.files_reading import MAX_BYTES
from data.sources.git import check_root
from data.sources.git_command import Git
from data.sources.git_refs import Place, locate
from data.tables import Job, Repository, Service, Source, Team

__all__ = [
    "PREVIEW_BYTES",
    "add_clone",
    "add_files",
    "add_import_service",
    "dry_run",
    "preview",
    "proposals",
    "read_paths",
    "remove_source",
    "resync",
    "roots",
    "tidy",
]

PREVIEW_BYTES = 2_000_000  # files up to this size are checked at once, larger ones in a job
_ABANDONED = 3_600  # seconds after which an upload without a job is thrown away


# Clones


def add_clone(who: Who, path: Path | str, team: int | str, service_name: str) -> int:
    """Connects a clone on this machine to a service, and begins to read it. Returns the job.

    team: its id, or the name of one of the person's organization, made when it is new. The same clone and service again
    is read again; the same clone for a new service shares what was read. `path` must lie below `roots()`.

    Raises Forbidden, NotFound, GitError, and ValueError for names that are bad or taken.
    """
    path = check_root(path, roots())
    place = locate(Git(path))
    key = f"git:{_canonical(place)}"
    with store.writing() as session:
        team_id = team_of(session, who, team)
        subject = access.of_team(team_id)
        access.check(who, Action.ADD_SOURCE, subject)
        same = (Repository.organization_id == subject.organization_id, Repository.key == key)
        repository = session.execute(select(Repository).where(*same)).scalar_one_or_none()
        if repository is None:
            _refuse_other_source(session, subject.organization_id, place.web_url)
            repository = Repository(
                organization_id=subject.organization_id,
                key=key,
                name=_canonical(place).name.removesuffix(".git"),
                path=str(path),
                created_at=store.now_us(),
            )
            session.add(repository)
            session.flush()
        service_id = _service(session, who, team_id, service_name, repository.id)
        source = _git_source(session, who, repository)
        job_id = _add_load(session, "clone", who, source, service_id)
    return jobs.push(job_id)


def resync(who: Who, source_id: int) -> int:
    """Reads a clone again, only what is new. Returns the job.

    Raises Forbidden, NotFound, or ValueError for a source that cannot be read again.
    """
    for subject in access.of_source(source_id):
        access.check(who, Action.ADD_SOURCE, subject)
    with store.writing(quietly=True) as session:
        source = session.get_one(Source, source_id)
        if source.kind != "git":
            raise ValueError("Only clones can be read again; import the file again instead.")
        if source.paused_at is not None:
            raise ValueError("This repository is read from GitHub, so that its clone is not: read that again instead.")
        first = select(Service.id).where(Service.repository_id == source.repository_id).order_by(Service.id).limit(1)
        job_id = _add_load(session, "git", who, source, session.execute(first).scalar_one_or_none())
    return jobs.push(job_id)


def read_paths(who: Who, service_id: int) -> int | None:
    """Reads the clone of a service again when its paths matter by now and were not read before. Call it after saving
    settings with paths. Returns the job, None when nothing is to be read. Raises Forbidden, NotFound.
    """
    with store.reading() as session:
        service = session.get(Service, service_id)
        if service is None:
            raise access.NotFound(f"There is no service {service_id}.")
        if not (service.settings or {}).get("path_globs"):
            return None
        on_it = select(Source).where(Source.repository_id == service.repository_id, Source.kind == "git")
        on_it = on_it.where(Source.paused_at.is_(None))
        unread = [each.id for each in session.execute(on_it).scalars() if not (each.cursor or {}).get("paths")]
    return resync(who, unread[0]) if unread else None


def team_of(session: Session, who: Who, team: int | str, organization_id: int | None = None) -> int:
    """A team by its id, or by its name in an organization, None for the person's own; made when it is new. Raises
    Forbidden, and ValueError for a name that is bad."""
    if isinstance(team, int):
        return team
    organization_id = organization_id or people.home_organization(who)
    name = teams.clean_name(team, "team")
    for known in session.execute(select(Team).where(Team.organization_id == organization_id)).scalars():
        if known.name.casefold() == name.casefold():
            return known.id
    return teams.create_team(who, organization_id, name)


def _service(session: Session, who: Who, team_id: int, name: str, repository_id: int) -> int:
    on_it = select(Service).where(Service.team_id == team_id, Service.repository_id == repository_id)
    for known in session.execute(on_it).scalars():
        if known.name.casefold() == teams.clean_name(name, "service").casefold():
            return known.id
    return teams.create_service(who, team_id, name, repository_id)


def _git_source(session: Session, who: Who, repository: Repository) -> Source:
    same = (Source.repository_id == repository.id, Source.kind == "git")
    source = session.execute(select(Source).where(*same)).scalar_one_or_none()
    if source is None:
        source = Source(
            organization_id=repository.organization_id,
            kind="git",
            name=repository.name,
            repository_id=repository.id,
            created_at=store.now_us(),
            created_by=who.id,
        )
        session.add(source)
        session.flush()
        detail = {"kind": "git", "path": repository.path}
        audit.record(session, who, "add_source", f"source:{source.id}", detail, source.organization_id)
    return source


def _add_load(session: Session, kind: str, who: Who, source: Source, service_id: int | None) -> int:
    args = {"source_id": source.id, "lock": f"repository:{source.repository_id}"}
    return jobs.add(session, kind, args, who, source.organization_id, service_id)


def _refuse_other_source(session: Session, organization_id: int, link: str | None) -> None:
    """A clone of what GitHub gives already would be a second source of the same changes."""
    same = (Repository.organization_id == organization_id, func.lower(Repository.web_url) == (link or "").casefold())
    read = select(Repository.full_name).join(Source, Source.repository_id == Repository.id)
    if found := session.execute(read.where(*same, Source.kind == "github").limit(1)).scalar():
        raise ValueError(
            f"{found} is read from GitHub already, which says more than its clone: use its service, or add a service "
            f"to it from GitHub."
        )


def _canonical(place: Place) -> Path:
    """One name for a clone, from whichever of its folders it was chosen."""
    common = place.common_dir
    return common.parent if common.name == ".git" else common


# Files


def add_import_service(who: Who, team: int | str, service_name: str) -> int:
    """A service that has no clone, only imports; `team` as for `add_clone`. Returns the service: the one of that name
    that is there when it is still empty, as after a first import that could not be read.

    Raises Forbidden, NotFound, and ValueError for names that are bad or taken.
    """
    with store.writing() as session:
        team_id = team_of(session, who, team)
        fed = exists().where(or_(Source.service_id == Service.id, Source.repository_id == Service.repository_id))
        same = Service.name == teams.clean_name(service_name, "service")
        empty = select(Service.id).join(Repository, Repository.id == Service.repository_id)
        empty = empty.where(Service.team_id == team_id, same, Repository.key.startswith("import:"), ~fed)
        there = session.execute(empty).scalar_one_or_none()
        if there is None:
            return teams.create_service(who, team_id, service_name)
        access.check(who, Action.EDIT_SERVICE, access.of_service(there))
        return there


def preview(file: BinaryIO | bytes, kind: str, time_zone: str | None = None) -> Parsed | None:
    """What a file says and what is wrong with it, at once; None for one larger than PREVIEW_BYTES, which
    `add_files(check_only=True)` checks in a job. Raises FileError, TimeZoneNeeded.
    """
    content = file if isinstance(file, bytes) else _beginning(file)
    return files.parse(kind, content, time_zone) if len(content) <= PREVIEW_BYTES else None


def add_files(
    who: Who,
    service_id: int,
    kind: str,
    file: BinaryIO | bytes,
    name: str,
    *,
    time_zone: str | None = None,
    accept_partial: bool = False,
    complete_until: datetime | None = None,
    check_only: bool = False,
) -> int:
    """Imports a file for a service in a job; its id. A file of the same name again replaces rows with the same ids.

    With errors nothing is saved, unless `accept_partial`; `report` of the job has rows, bad_rows, notes and the first
    errors (row, column, value, problem). check_only: only that report. complete_until: the moment up to which the file
    tells everything, else its latest time. The upload is kept for this user only, until the job ends.

    Raises Forbidden, NotFound, FileError.
    """
    subject = access.of_service(service_id)
    access.check(who, Action.ADD_SOURCE, subject)
    if kind not in files.KINDS:
        raise FileError(f"Choose what the file holds: {', '.join(files.KINDS)}.")
    args = {
        "upload": _keep(file),
        "kind": kind,
        "name": _file_name(name),
        "time_zone": time_zone,
        "accept_partial": accept_partial,
        "complete_until": store.to_us(complete_until),
        "check_only": check_only,
    }
    if not check_only:
        args["lock"] = f"service:{service_id}"
    return jobs.enqueue("files", args, who, subject.organization_id, service_id)


def tidy() -> None:
    """Throws away uploads whose job has ended or never began; at the start of a worker."""
    live = {job.args.get("upload") for job in _jobs(Job.kind == "files", Job.state.in_(jobs.LIVE))}
    for path in uploads().iterdir():
        ended = any(_jobs(Job.kind == "files", Job.args["upload"].as_string() == path.name))
        if path.name not in live and (ended or time.time() - path.stat().st_mtime > _ABANDONED):
            path.unlink(missing_ok=True)


def _jobs(*where) -> list[Job]:
    with store.reading() as session:
        return list(session.execute(select(Job).where(*where)).scalars())


def _beginning(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read(PREVIEW_BYTES + 1)


def _keep(file: BinaryIO | bytes) -> str:
    """Copies an upload into its folder, readable for this user only. Returns its name there. Raises FileError."""
    token, size = uuid.uuid4().hex, 0
    path = uploads() / token
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as kept:
            if isinstance(file, bytes):
                size = kept.write(file[: MAX_BYTES + 1])
            else:
                file.seek(0)
                while size <= MAX_BYTES and (chunk := file.read(1 << 20)):
                    size += kept.write(chunk)
    except OSError:  # a full disk: half a file would keep it so
        path.unlink(missing_ok=True)
        raise
    if size > MAX_BYTES:
        path.unlink()
        raise FileError(f"The file is larger than {MAX_BYTES // 1_000_000} MB: split it, by year for example.")
    return token


def _file_name(name: str) -> str:
    """The last part of a path, without what cannot be shown."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(character for character in last if character.isprintable()).strip()[:200] or "import"


# Out again, and before


def remove_source(who: Who, source_id: int) -> int:
    """Takes a source away with every fact that came from it, and cancels its jobs. Returns the job that works out the
    metrics without it. Raises Forbidden, NotFound.
    """
    for subject in access.of_source(source_id):
        access.check(who, Action.REMOVE_SOURCE, subject)
    with store.writing() as session:
        source = session.get_one(Source, source_id)
        for job in session.execute(select(Job).where(Job.state.in_(jobs.LIVE))).scalars():
            if job.args.get("source_id") == source_id:
                jobs.close(job, "cancelled", "Cancelled: its source was removed.")
        fed = Service.id == source.service_id if source.service_id else Service.repository_id == source.repository_id
        services = list(session.execute(select(Service.id).where(fed).order_by(Service.id)).scalars())
        session.execute(delete(Source).where(Source.id == source_id))
        clones = _awoken(session, who, source)
        for service_id in services:
            derive.changed(session, service_id=service_id)
        detail = {"kind": source.kind, "name": source.name, "services": services}
        audit.record(session, who, "remove_source", f"source:{source_id}", detail, source.organization_id)
        first = services[0] if services else None
        job_id = jobs.add(session, "derive", {"services": services}, who, source.organization_id, first)
    for each in clones:
        jobs.push(each)
    return jobs.push(job_id)


def _awoken(session: Session, who: Who, gone: Source) -> list[int]:
    """The jobs that read the clones which rested while a source of GitHub, now removed, gave their repository."""
    if gone.kind != "github":
        return []
    rest = select(Source).where(Source.repository_id == gone.repository_id, Source.kind == "git")
    made = []
    for source in session.execute(rest.where(Source.paused_at.is_not(None))).scalars():
        source.paused_at = source.notes = None
        made.append(_add_load(session, "git", who, source, None))
    return made


def dry_run(service_id: int, settings: Settings, known: Facts | None = None) -> pl.DataFrame:
    """What these settings would count as production deployments, newest first, each with the reason; nothing is saved.
    known: its facts, where they were read already, with every run where the rule is of workflows.

    Raises NotFound.
    """
    if known is None:
        known = derive.facts(service_id, every_run=settings.rule.kind == "workflow")
    return production.dry_run(known, settings)


def proposals(service_id: int, known: Facts | None = None) -> list[ProductionRule]:
    """What could count as a production deployment, judging by the facts, best first. known: its facts, where they were
    read already; runs need not be among them, of which only those are counted that may deploy. Raises NotFound."""
    known = derive.facts(service_id) if known is None else known
    runs = seen.successes(service_id, production.deploys(seen.workflows(service_id)))
    return production.propose(known, runs)
