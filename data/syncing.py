"""Sources that read from GitHub: what a first reading takes, adding, stopping, settings, and how each stands. The door
for pages and terminals; `data.collecting` does the reading.

A repository is known by GitHub's number, so that a rename makes no second one. Where a clone of the same repository is
read here, both feed the same repository and its services: a change that both know is one change, the clone adds which
files were touched, GitHub adds reviews, drafts and deployments (`data.gather`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlmodel import Session

from data import access, asking_github, audit, collecting, intake, jobs, listing, planning, store, teams, work
from data.access import Action, Subject
from data.listing import Named
from data.people import Who
from data.sources.github import errors, repository, sync
from data.sources.github import jobs as hub_jobs
from data.sources.github.errors import GitHubError
from data.sources.github.settings import Settings
from data.tables import Connection, Feed, Job, Organization, Repository, Service, Source, Team

__all__ = [
    "Added",
    "GitHubError",
    "Settings",
    "SyncView",
    "add",
    "pause",
    "plan",
    "read_again",
    "resume",
    "save_settings",
    "settings_of",
    "status",
]

MOST = 2_000  # repositories at once
READING, PAUSED, WAITING, STOPPED, UP_TO_DATE, NEVER = (
    "reading", "paused", "waiting_for_limit", "stopped", "up_to_date", "never"
)  # fmt: skip


@dataclass(frozen=True)
class Added:
    """What became of a repository that was added. job_id: reads it. is_new: it was not read from GitHub before.
    shares_clone: a clone of it is read here too, and its services were kept."""

    full_name: str
    repository_id: int
    source_id: int
    service_id: int
    job_id: int
    is_new: bool
    shares_clone: bool


@dataclass(frozen=True)
class SyncView:
    """How a source of GitHub stands.

    state: reading (now, or as soon as it is its turn) | paused (somebody stopped it) | waiting_for_limit (goes on by
    itself at `resume_at`: a limit of GitHub's, or an outage) | stopped (somebody has to do something: `text` says what)
    | up_to_date | never (nothing was read yet). text: one sentence. done, total: of the step that runs; total None: not
    known. rate: of done, in a second. began_at: of the turn that runs. finished_at: when it was last read whole.
    next_at: when it is read next by itself. problems: what could not be read -> the sentence that says why.
    jobs_of, jobs_sampled, jobs_rate: runs of the last month, those whose jobs are known, and the share (0..1) aimed at;
    None where jobs are not read. notes: sentences, as on renaming. quota_left, quota: requests of GitHub's hourly limit
    that the connection has left, of how many; None where it is not known or has begun anew. services: (id, name)."""

    source_id: int
    repository_id: int
    full_name: str
    web_url: str | None
    connection_id: int | None
    state: str
    text: str
    done: int = 0
    total: int | None = None
    rate: float | None = None
    job_id: int | None = None
    began_at: datetime | None = None
    resume_at: datetime | None = None
    finished_at: datetime | None = None
    next_at: datetime | None = None
    problems: Mapping[str, str] | None = None
    jobs_rate: float | None = None
    jobs_sampled: int | None = None
    jobs_of: int | None = None
    is_archived: bool = False
    is_renamed: bool = False
    is_gone: bool = False
    notes: tuple[str, ...] = ()
    quota_left: int | None = None
    quota: int | None = None
    services: tuple[tuple[int, str], ...] = ()
    settings: Settings | None = None


# Before


def plan(who: Who, connection_id: int, full_names: Sequence[str]) -> int:
    """Works out in a job what a first reading of these repositories takes; its id.

    Its report has `repositories`: a list of {name, problem (None, or a sentence on why it cannot be read), is_archived,
    counts (issues, pull requests, merged, releases, tags, deployments, commits, runs: numbers, None where they may not
    be read), rest, queries (requests of either kind), minutes, unknown (what may not be read -> sentence)}; and
    `totals`: {repositories, asked, sampled, rest, queries, calls, minutes, hours, rest_left, queries_left, sentence}.
    Of more than 25 only 25 are asked, evenly chosen, and the totals are what that means for all (`sampled`: true).

    Raises Forbidden, NotFound, and NotAllowed for a name that is none.
    """
    row = asking_github.usable(who, connection_id)
    names = _names(full_names)
    args = {"connection_id": connection_id, "names": names}
    return jobs.enqueue(planning.KIND, args, who, row.organization_id)


def _names(full_names: Sequence[str]) -> list[str]:
    names = list(dict.fromkeys(repository.check_name(name) for name in full_names))
    if not 1 <= len(names) <= MOST:
        raise errors.NotAllowed(f"Choose 1 to {MOST:,} repositories.")
    return names


# Adding


def add(
    who: Who,
    connection_id: int,
    full_names: Sequence[str],
    team: int | str,
    *,
    service_names: Mapping[str, str] | None = None,
    settings: Settings | None = None,
) -> tuple[Added, ...]:
    """Reads repositories (owner/name) for services of a team, and begins at once. A service each, of the repository's
    name or of that in `service_names` (by owner/name); where the team has services on the repository already, these.
    One that is read already is read again, by this connection from now on.

    team: its id, or the name of one of the connection's organization, made when it is new. All is made or nothing;
    those whose names are not in the connection's list are looked for at GitHub before.

    Raises Forbidden, NotFound, ValueError for names that are bad or taken, and GitHubError.
    """
    row = asking_github.usable(who, connection_id)
    names = {name.casefold(): given for name, given in (service_names or {}).items()}
    found = listing.find(row, _names(full_names))
    made = []
    with store.writing() as session:
        team_id = intake.team_of(session, who, team, row.organization_id)
        subject = access.of_team(team_id)
        access.check(who, Action.ADD_SOURCE, subject)
        if subject.organization_id != row.organization_id:
            raise access.NotFound("The team belongs to another organization than the connection.")
        for each in found:
            made.append(_add(session, who, row, each, team_id, names.get(each.full_name.casefold()), settings))
    work.start(*(each.job_id for each in made))
    return tuple(made)


def _add(
    session: Session, who: Who, row: Connection, named: Named, team_id: int, name: str | None, settings: Settings | None
) -> Added:
    place = _place(session, row.organization_id, named)
    service_id = _service(session, who, team_id, place.id, named, name)
    wanted = select(Source).where(Source.repository_id == place.id, Source.kind == "github")
    source = session.execute(wanted).scalar_one_or_none()
    is_new = source is None
    if is_new:
        source = Source(
            organization_id=row.organization_id, kind="github", name=named.full_name, repository_id=place.id,
            created_at=store.now_us(), created_by=who.id,
        )  # fmt: skip
        session.add(source)
    else:  # it may feed services of other teams too
        for subject in access.of_source(source.id):
            access.check(who, Action.ADD_SOURCE, subject)
    if is_new or source.connection_id != row.id:
        source.connection_id = row.id
        session.flush()
        detail = {"kind": "github", "repository": named.full_name, "connection": row.id}
        audit.record(session, who, "add_source", f"source:{source.id}", detail, row.organization_id)
    if settings is not None:
        _set(session, who, source, settings, told=not is_new)
    source.paused_at = None
    job_id = collecting.begin(session, source, who)
    return Added(named.full_name, place.id, source.id, service_id, job_id, is_new, place.path is not None)


def _place(session: Session, organization_id: int, named: Named) -> Repository:
    """The repository: by GitHub's number, as a clone with the same address, or a new one."""
    here = select(Repository).where(Repository.organization_id == organization_id).order_by(Repository.id).limit(1)
    known = session.execute(here.where(Repository.github_id == named.github_id)).scalar_one_or_none()
    if known is None:
        same = (Repository.github_id.is_(None), func.lower(Repository.web_url) == named.web_url.casefold())
        known = session.execute(here.where(*same)).scalar_one_or_none()
    if known is None:
        known = Repository(
            organization_id=organization_id, key=f"github:{named.github_id}", name=named.full_name,
            web_url=named.web_url, created_at=store.now_us(),
        )  # fmt: skip
        session.add(known)
    known.github_id, known.full_name = named.github_id, known.full_name or named.full_name
    session.flush()
    return known


def _service(session: Session, who: Who, team_id: int, place_id: int, named: Named, name: str | None) -> int:
    mine = select(Service).where(Service.team_id == team_id, Service.repository_id == place_id).order_by(Service.id)
    there = list(session.execute(mine).scalars())
    if name is None and there:
        return there[0].id
    if name is not None:
        wanted = teams.clean_name(name, "service")
        same = [service for service in there if service.name.casefold() == wanted.casefold()]
        return same[0].id if same else teams.create_service(who, team_id, wanted, place_id)
    own = teams.free_name(session, team_id, named.full_name.split("/")[1][: teams.LONGEST_NAME])
    return teams.create_service(who, team_id, own, place_id)


# Stopping and going on


def read_again(who: Who, source_id: int) -> int:
    """Reads what is new now; the job. Raises Forbidden, NotFound, ValueError for a source without a connection."""
    with store.writing() as session:
        source = _mine(session, who, source_id)
        source.paused_at = None
        job_id = collecting.begin(session, source, who)
    work.start(job_id)
    return job_id


def pause(who: Who, source_id: int) -> None:
    """Stops reading a source until `resume`; what was read stays. Raises Forbidden, NotFound."""
    with store.writing() as session:
        source = _mine(session, who, source_id, connected=False)
        job = session.get(Job, source.job_id, populate_existing=True) if source.job_id else None
        if job is not None and job.state in jobs.LIVE:
            jobs.close(job, "cancelled", "Stopped; what was read stays.")
        if source.paused_at is None:
            source.paused_at = store.now_us()
            audit.record(session, who, "pause_source", f"source:{source_id}", None, source.organization_id)


def resume(who: Who, source_id: int) -> int:
    """Goes on where reading was stopped; the job. Raises Forbidden, NotFound, ValueError for a source without a
    connection."""
    job_id = read_again(who, source_id)
    with store.writing(quietly=True) as session:
        source = session.get(Source, source_id)
        if source is not None:
            audit.record(session, who, "resume_source", f"source:{source_id}", None, source.organization_id)
    return job_id


def save_settings(who: Who, source_id: int, settings: Settings) -> int | None:
    """Saves how a source is read, and reads it again; the job, None where nothing is to be read now. Begin with the
    `settings` of its view and change them with `Settings.model_copy` or `settings_of`.

    An earlier `history_start` reads what lies before the present one; a later one takes nothing away.

    Raises Forbidden, NotFound, ValueError with a sentence for settings that cannot be.
    """
    wanted = settings_of(**settings.model_dump())
    with store.writing() as session:
        source = _mine(session, who, source_id, connected=False)
        if not _set(session, who, source, wanted):
            return None
        reads = source.connection_id is not None and source.paused_at is None
        job_id = collecting.begin(session, source, who) if reads else None
    if job_id is not None:
        work.start(job_id)
    return job_id


def _set(session: Session, who: Who, source: Source, settings: Settings, told: bool = True) -> bool:
    """Whether the settings were others before. told: it stands in the log."""
    before, wanted = Settings(**(source.settings or {})).model_dump(mode="json"), settings.model_dump(mode="json")
    source.settings = wanted
    old, new = before["history_start"], wanted["history_start"]
    if old is not None and (new is None or new < old):
        again = Feed.name.in_(sync.FROM_THE_START)
        session.execute(delete(Feed).where(Feed.source_id == source.id, again))
    if told and before != wanted:
        detail = {"from": before, "to": wanted}
        audit.record(session, who, "save_source_settings", f"source:{source.id}", detail, source.organization_id)
    return before != wanted


def settings_of(**values) -> Settings:
    """Settings of plain values; ValueError with a sentence for some that cannot be."""
    labels = values.get("incident_labels")
    if labels is not None:
        labels = tuple(dict.fromkeys(label.strip() for label in labels if label.strip()))
        if len(labels) > 20 or any(len(label) > 100 for label in labels):
            raise ValueError("Name 20 labels of incidents at most, each of up to 100 characters.")
    if not 0 <= values.get("jobs_at_most", 0) <= 1_000:
        raise ValueError("Let the jobs of 0 to 1,000 runs be read in one sync; each costs a request.")
    minutes = values.get("poll_minutes")
    if minutes is not None and not 5 <= minutes <= 1_440:
        raise ValueError("Let it be read every 5 to 1,440 minutes.")
    start = values.get("history_start")
    if start is not None and not 0 <= start <= store.now_us():
        raise ValueError("Let the history begin on a day between 1970 and today.")
    return Settings(**{**values, "incident_labels": labels})


def _mine(session: Session, who: Who, source_id: int, connected: bool = True) -> Source:
    for subject in access.of_source(source_id):
        access.check(who, Action.ADD_SOURCE, subject)
    source = session.get_one(Source, source_id)
    if source.kind != "github":
        raise ValueError("This source is none of GitHub.")
    if connected and source.connection_id is None:
        raise ValueError("This source has no connection any more: add its repository again with another one.")
    return source


# How they stand


def status(who: Who, source_ids: Collection[int] | None = None) -> dict[int, SyncView]:
    """How sources of GitHub stand, by id: those asked for, or all, that the person may see; from the store alone."""
    of = (
        select(Source.id, Service.id, Service.name, Team.organization_id, Team.id, Organization.is_demo)
        .join(Service, Service.repository_id == Source.repository_id)
        .join(Team, Team.id == Service.team_id)
        .join(Organization, Organization.id == Team.organization_id)
        .where(Source.kind == "github")
        .order_by(Service.name, Service.id)
    )
    rows = (
        select(Source.__table__, *_of_repository, *_of_job, *_of_connection)
        .join(Repository, Repository.id == Source.repository_id)
        .outerjoin(Job, Job.id == Source.job_id)
        .outerjoin(Connection, Connection.id == Source.connection_id)
        .where(Source.kind == "github")
        .order_by(Source.id)
    )
    feeds = select(Feed.source_id, Feed.name, Feed.problem, Feed.cursor).where(
        Feed.problem.is_not(None) | Feed.name.in_((hub_jobs.FEED, repository.FEED))
    )
    if source_ids is not None:
        ids = list(source_ids)
        of, rows, feeds = (
            of.where(Source.id.in_(ids)), rows.where(Source.id.in_(ids)), feeds.where(Feed.source_id.in_(ids))
        )  # fmt: skip
    with store.reading() as session:
        services = session.execute(of).all()
        found = session.execute(rows).mappings().all()
        said = session.execute(feeds).all()
    seen = _seen(who, services)
    told: dict[int, list] = {}
    for source_id, name, problem, cursor in said:
        told.setdefault(source_id, []).append((name, problem, cursor or {}))
    now = store.now_us()
    return {
        row["id"]: _view(row, told.get(row["id"], []), seen.get(row["id"], ()), now)
        for row in found
        if row["id"] in seen or access.may(who, Action.ADMINISTER, Subject(row["organization_id"]))
    }


_of_repository = (Repository.full_name, Repository.web_url)
_of_job = tuple(
    getattr(Job, name).label(f"job_{name}")
    for name in ("state", "done", "total", "rate", "message", "started_at", "due_at", "args")
)
_of_connection = (Connection.quota, Connection.wait_until, Connection.problem.label("connection_problem"))


def _seen(who: Who, services: Sequence) -> dict[int, tuple[tuple[int, str], ...]]:
    """The services of each source that the person may see."""
    may: dict[Subject, bool] = {}
    seen: dict[int, list] = {}
    for source_id, service_id, name, *team in services:
        subject = Subject(*team)
        if subject not in may:
            may[subject] = access.may(who, Action.VIEW, subject)
        if may[subject]:
            seen.setdefault(source_id, []).append((service_id, name))
    return {source_id: tuple(each) for source_id, each in seen.items()}


def _view(row: Mapping, feeds: list, services: tuple, now: int) -> SyncView:
    state, text, resume_at = _state(row, now)
    cursors = {name: cursor for name, _, cursor in feeds}
    sample = cursors.get(hub_jobs.FEED, {})
    quota = (row["quota"] or {}).get("core") or {}
    fresh = quota.get("resets_at", 0) > now
    runs = row["job_state"] == "running"
    report = (row["job_args"] or {}).get("report", {})
    notes = tuple(row["notes"] or ())
    by_itself = state in (STOPPED, UP_TO_DATE, NEVER) and row["connection_id"] is not None
    return SyncView(
        source_id=row["id"],
        repository_id=row["repository_id"],
        full_name=row["full_name"] or row["name"],
        web_url=row["web_url"],
        connection_id=row["connection_id"],
        state=state,
        text=text,
        done=row["job_done"] if runs else 0,
        total=row["job_total"] if runs else None,
        rate=row["job_rate"] if runs else None,
        job_id=row["job_id"],
        began_at=store.from_us(row["job_started_at"]) if runs else None,
        resume_at=store.from_us(resume_at),
        finished_at=store.from_us(row["synced_at"]),
        next_at=store.from_us(row["due_at"]) if by_itself else None,
        problems={sync.what(name): problem for name, problem, _ in feeds if problem and name != sync.FEED},
        jobs_rate=sample.get("rate"),
        jobs_sampled=sample.get("sampled"),
        jobs_of=sample.get("of"),
        is_archived=bool(cursors.get(repository.FEED, {}).get("archived")),
        is_renamed=any(note.endswith(repository.RENAMED) for note in notes),
        is_gone=state == STOPPED and report.get("stopped") == "NotFound",
        notes=notes,
        quota_left=quota.get("left") if fresh else None,
        quota=quota.get("limit") if fresh else None,
        services=services,
        settings=Settings(**(row["settings"] or {})),
    )


def _state(row: Mapping, now: int) -> tuple[str, str, int | None]:
    """State, sentence and when it goes on."""
    job, message = row["job_state"], row["job_message"]
    if row["connection_id"] is None:
        return STOPPED, "No connection: add this repository again with another one; what was read stays.", None
    if row["paused_at"] is not None:
        return PAUSED, "The reading was stopped; what was read stays.", None
    if job == "running":
        return READING, message, None
    if job == "queued":
        waits = max(row["job_due_at"] or 0, row["wait_until"] or 0)
        if waits > now:
            return WAITING, message if row["job_due_at"] else "GitHub's limit is used up.", waits
        return READING, "Waits for its turn.", None
    if job == "failed":
        return STOPPED, message, None
    if row["synced_at"] is None:
        return NEVER, "Nothing was read yet.", None
    return UP_TO_DATE, message or "Up to date.", None
