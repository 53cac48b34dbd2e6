"""Looking at repositories: a job each, from a clone that is read here or from GitHub, and when it is done again.

The store decides who looks: a repository has one live look at most, and two looks never run for the same one. What is
looked at by itself stands in one lane, what people ask for in another, one at a time in each: neither two thousand
repositories nor a large one keep anybody else waiting.

    look(who, repository_ids)      # the button
    schedule()                     # what is due; called every few seconds by each worker
    status(who, repository_ids)    # how they stand
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, func, or_, select
from sqlmodel import Session

from assessments.evidence import Evaluation as Judged
from assessments.evidence import Outcome, Snapshot, Spent, evaluate
from assessments.evidence.facts import Facts
from assessments.evidence.scanning import scan
from data import access, asking_github, audit, jobs, loading, people, store
from data.access import Action, Subject
from data.evidence.adoption import Since, since_files
from data.evidence.run import TIME_LIMIT
from data.evidence.tools import Said
from data.evidence.trees import head_of, open_clone, take
from data.people import Who
from data.practices import due, evaluations, forge, other_tools
from data.practices.evaluations import PROBES
from data.practices.shelf import Shelf, shelf, tidy
from data.sources import git
from data.sources.git_command import Git, GitError
from data.sources.github import commits, contents, errors, repository
from data.sources.github.api import Api
from data.sources.github.values import MINUTE, SECOND
from data.tables import Connection, Evaluation, Feed, Job, Organization, Repository, Service, Source, Team
from data.work import BY_ITSELF, ON_REQUEST, TURN, JobError, Later, Work, dispatch, handler, has_come, is_ahead

KIND = "evidence"
SLICE = 120  # seconds of asking GitHub in one turn; whoever needs more stands behind the others again
LEAST_LEFT = 0.2  # of a limit of GitHub's that looking leaves to those who read what is new
SWEPT = (3_000, 64 << 20)  # files and bytes up to which all files are looked through over GitHub
SETTLED = MINUTE  # from adding a repository to the first look: its first numbers come first
WAITING = 4  # looks by themselves that are made at once: those asked for never stand behind thousands
MOST = 2_000  # repositories asked for at once


# Who looks


def look(who: Who, repository_ids: Collection[int]) -> list[int]:
    """Looks at these repositories now; the ids of the jobs. Raises Forbidden, NotFound, and ValueError where there is
    nothing to look at."""
    ids = sorted(set(repository_ids))
    if not 1 <= len(ids) <= MOST:
        raise ValueError(f"Choose 1 to {MOST:,} repositories to look at.")
    with store.writing() as session:
        found = {each.id: each for each in session.execute(select(Repository).where(Repository.id.in_(ids))).scalars()}
        if len(found) < len(ids):
            raise access.NotFound("One of these repositories is no more: load the page again.")
        for subject in _subjects(session, ids, found):
            access.check(who, Action.ADD_SOURCE, subject)
        seen = set(session.execute(with_files().where(Repository.id.in_(ids))).scalars())
        if not seen:
            raise ValueError("There is nothing to look at: add a clone or connect GitHub under Sources first.")
        made = [begin(session, found[each], who) for each in ids if each in seen]
        for organization_id in sorted({found[each].organization_id for each in seen}):
            own = [each for each in seen if found[each].organization_id == organization_id]
            detail = {"repositories": sorted(own)}
            audit.record(
                session, who, "look_at_repositories", f"organization:{organization_id}", detail, organization_id
            )
    start(*made)
    return made


def _subjects(session: Session, ids: Sequence[int], found: Mapping[int, Repository]) -> set[Subject]:
    """The teams with services on them; of one without, its organization."""
    teams = (
        select(Service.repository_id, Team.organization_id, Team.id, Organization.is_demo)
        .join(Team, Team.id == Service.team_id)
        .join(Organization, Organization.id == Team.organization_id)
        .where(Service.repository_id.in_(ids))
    )
    by_repository = [(row[0], Subject(*row[1:])) for row in session.execute(teams)]
    alone = set(ids) - {each for each, _ in by_repository}
    return {subject for _, subject in by_repository} | {
        access.of_organization(found[each].organization_id) for each in alone
    }


def begin(session: Session, place: Repository, who: Who | None) -> int:
    """The job that looks at a repository: the one that is there already, which waits no longer, or a new one. Call
    `start` with it after the transaction."""
    seen = due.of(session, place.id)
    if seen is None:
        seen = Evaluation(repository_id=place.id, origin=PROBES, made_at=store.now_us())
        session.add(seen)
    job = session.get(Job, seen.job_id, populate_existing=True) if seen.job_id else None
    lane = ON_REQUEST if who else BY_ITSELF
    if job is not None and job.state in jobs.LIVE:
        if who and job.state == "queued":
            job.due_at, job.lane, job.created_by = None, lane, who.id
        return job.id
    args = {"repository_id": place.id, "lock": f"evidence:{place.id}"}
    first = select(Service.id).where(Service.repository_id == place.id).order_by(Service.id).limit(1)
    service_id = session.execute(first).scalar_one_or_none()
    if job is not None:  # one row for each repository, however often it is looked at
        jobs.renew(job, args, who, service_id, lane)
    else:
        seen.job_id = jobs.make(session, KIND, args, who, place.organization_id, service_id, lane)
    seen.due_at = due.next_week()
    session.flush()
    return seen.job_id


def start(*job_ids: int) -> None:
    """Lets jobs of `begin` run, as their turn comes."""
    if jobs.queue().immediate:
        for job_id in job_ids:
            jobs.push(job_id)
    elif job_ids:
        dispatch()


def schedule() -> list[int]:
    """Begins to look at what is due, few at a time; called every few seconds by each worker. Returns the jobs."""
    with store.reading() as session:
        free = WAITING - session.execute(_looking()).scalar_one()
        if free <= 0 or not session.execute(_due().limit(1)).first():
            return []
    with store.writing(quietly=True) as session:
        found = session.execute(_due().limit(free)).scalars().all()
        made = [begin(session, session.get_one(Repository, each), None) for each in found]
    start(*made)
    return made


def _looking():
    """How many run or could: those that wait for GitHub keep no clone waiting."""
    live = Job.state.in_(jobs.LIVE), Job.lane == BY_ITSELF
    return (
        select(func.count())
        .select_from(Job)
        .where(*live, or_(Job.due_at.is_(None), has_come(Job.due_at, store.now_us())))
    )


def with_files():
    """Repositories with files: a clone, or a source of GitHub that is read."""
    reads = Source.kind == "github", Source.connection_id.is_not(None), Source.paused_at.is_(None)
    hub = exists().where(Source.repository_id == Repository.id, *reads, Source.synced_at.is_not(None))
    return select(Repository.id).where(or_(Repository.path.is_not(None), hub))


def _due():
    """Those that nobody looks at, longest due first; never looked at, once their sources have settled."""
    now = store.now_us()
    fresh = exists().where(Source.repository_id == Repository.id, Source.created_at.between(now - SETTLED, now))
    return (
        with_files()
        .outerjoin(Evaluation, and_(Evaluation.repository_id == Repository.id, Evaluation.origin == PROBES))
        .outerjoin(Job, Job.id == Evaluation.job_id)
        .where(
            or_(and_(Evaluation.id.is_(None), ~fresh), and_(Evaluation.id.is_not(None), due.has_come(now))),
            or_(Job.id.is_(None), Job.state.not_in(jobs.LIVE)),
        )
        .order_by(func.coalesce(Evaluation.due_at, 0), Repository.id)
    )


def catch_up() -> None:
    """What an upgrade has left to be judged again, and what nobody needs any more; at the start of a worker."""
    due.others()
    tidy()


# One look


@dataclass(frozen=True)
class _Place:
    """A repository and by what it can be read. head: the newest commit that GitHub is known to have."""

    repository_id: int
    name: str
    path: str | None
    source: Source | None
    connection: Connection | None
    head: str | None
    facts: Facts | None
    facts_read_at: int | None
    before: evaluations.EvaluationView | None


@dataclass(frozen=True)
class _Seen:
    """What a look found. tool: what it was read from. others: what other tools said."""

    evaluation: Judged
    since: Mapping[str, Since]
    tool: str
    others: tuple[Said, ...] = ()


def _ended(args: dict) -> None:
    """When it is looked at again: in a week, and where that failed tomorrow."""
    with store.writing(quietly=True) as session:
        seen = due.of(session, args["repository_id"])
        if seen is None:
            return
        job = session.get(Job, seen.job_id) if seen.job_id else None
        failed = job is not None and job.state in ("failed", "cancelled")
        seen.due_at = store.now_us() + due.AFTER_FAILURE if failed else due.next_week()


_SAYS = (GitError, errors.GitHubError, access.NotFound)


@handler(KIND, says=_SAYS, ended=_ended, keeps="what was found before stays")
def work_out(work: Work) -> str:
    """Looks at one repository and keeps what its probes find, in place of what they found before, in one transaction.
    Raises Later where GitHub has to be asked another time; the files that came until then are kept."""
    repository_id = work.args["repository_id"]
    place = _place(repository_id)
    work.progress(0, None, f"Looking at {place.name}")
    try:
        seen = _look(place, work)
    except (*_SAYS, JobError) as error:
        if not work.cancelled() and not isinstance(error, errors.Paused):
            with store.writing() as session:
                work.hold(session)
                evaluations.failed(repository_id, PROBES, str(error))
        raise
    with store.writing() as session:
        work.claim(session)
        if session.get(Repository, repository_id) is None:
            raise JobError("This repository was removed meanwhile.")
        now = store.now_us()
        evaluations.save(
            repository_id, PROBES, seen.evaluation, as_of=now, tool=seen.tool, since=seen.since,
            facts_read_at=place.facts_read_at,
        )  # fmt: skip
        other_tools.keep(repository_id, seen.others, now)
    return _sentence(place.name, seen.evaluation)


def _sentence(name: str, evaluation: Judged) -> str:
    unread = len(evaluation.unread)
    said = f"{name} was looked at, at commit {evaluation.commit[:10]}"
    return f"{said}; {unread:,} {'file' if unread == 1 else 'files'} could not be read." if unread else f"{said}."


def _place(repository_id: int) -> _Place:
    """Raises JobError for one that is gone."""
    with store.reading() as session:
        row = session.get(Repository, repository_id)
        if row is None:
            raise JobError("This repository was removed meanwhile.")
        mine = Source.repository_id == repository_id, Source.kind == "github"
        reads = Source.connection_id.is_not(None), Source.paused_at.is_(None)
        source = session.execute(select(Source).where(*mine, *reads).order_by(Source.id)).scalars().first()
        connection = session.get(Connection, source.connection_id) if source else None
        feed = session.get(Feed, (source.id, commits.FEED)) if source else None
        collected = forge.facts_of(session, repository_id, store.now_us())
        before = evaluations.of_repositories(session, [repository_id]).get(repository_id)
        return _Place(
            repository_id, row.full_name or row.name, row.path, source, connection,
            (feed.cursor or {}).get("head") if feed else None, collected.facts, collected.read_at, before,
        )  # fmt: skip


def _look(place: _Place, work: Work) -> _Seen:
    """From the clone, which has the history too, unless GitHub is known to be further."""
    if place.path is not None:
        try:
            opened = open_clone(git.check_root(place.path, loading.roots()), work.cancelled)
            commit = _held(opened, place.head) if place.head else head_of(opened)
        except GitError:
            if place.source is None or work.cancelled():
                raise
            commit = None
        if commit is not None:
            return _in_clone(place, opened, commit, work)
    if place.source is None:
        raise JobError("There is nothing to look at: add a clone or connect GitHub under Sources first.")
    return _at_github(place, work)


def _held(opened: Git, commit: str) -> str | None:
    return opened.one("rev-parse", "--verify", "-q", f"{commit}^{{commit}}") or None


def _in_clone(place: _Place, opened: Git, commit: str, work: Work) -> _Seen:
    snapshot = take(opened, commit, facts=place.facts, as_of=store.now_us())
    end = time.monotonic() + TIME_LIMIT
    evaluation = _judged(place, snapshot, work, lambda: time.monotonic() > end or work.cancelled())
    others = other_tools.asked(snapshot)
    with suppress(GitError):  # a clone without its older trees
        return _Seen(evaluation, since_files(opened, evaluation), "clone", others)
    return _Seen(evaluation, {}, "clone", others)


def _judged(place: _Place, snapshot: Snapshot, work: Work, stop: Callable[[], bool]) -> Judged:
    said = f"Looking at {place.name}"
    return evaluate(snapshot, stop=stop, told=lambda done, total: work.progress(done, total, said))


# Over GitHub


def _at_github(place: _Place, work: Work) -> _Seen:
    connection = place.connection
    if is_ahead(connection.wait_until, store.now_us()):
        if connection.problem:
            raise JobError(connection.problem)
        raise Later("GitHub's limit is used up.", connection.wait_until / SECOND)
    for told in (connection.quota or {}).values():
        if told["left"] < told["limit"] * LEAST_LEFT and is_ahead(told["resets_at"], store.now_us()):
            raise Later(_LEFT, told["resets_at"] / SECOND)
    with store.reading() as session:
        known = repository.known(session, place.source)
    if known is None:
        raise JobError("This repository was not read from GitHub yet: it is looked at once it was.")
    api = asking_github.signed_in(connection)
    try:
        with shelf(place.repository_id) as kept:
            return _asked(place, known, api, kept, work)
    except _Enough as error:  # no refusal: others may go on asking
        raise Later(str(error), error.resume_at) from None
    except errors.Paused as error:
        asking_github.refused(connection.id, error)
        waits = isinstance(error, errors.Limited | errors.Unavailable)
        raise (Later(str(error), error.resume_at) if waits else Later(TURN, store.now_us() / SECOND)) from None
    except errors.GitHubError as error:
        asking_github.refused(connection.id, error)
        raise
    finally:
        api.close()
        asking_github.used(connection.id, api)
        before = work.args.get("report", {})
        work.report(calls=before.get("calls", 0) + api.calls)


def _asked(place: _Place, known: repository.Reader, api: Api, kept: Shelf, work: Work) -> _Seen:
    until = api.clock.now() + SLICE

    def ask(files: int) -> None:
        work.progress(files, None, f"Reading files of {known.full_name} from GitHub")
        if api.clock.now() >= until:
            raise errors.Paused("The time for this is over: it goes on with the next one.", api.clock.now())
        _leave_some(api)

    newest = contents.head(api, known.node, known.full_name)
    _leave_some(api)
    entries, left_out = contents.listing(api, known.base, newest.commit, known.full_name)
    blobs = contents.Blobs(api, known.node, known.full_name, entries, kept, ask)
    snapshot = Snapshot(
        entries, blobs, commit=newest.commit, as_of=store.now_us(), facts=place.facts, left_out=left_out, swept=SWEPT
    )
    end = time.thread_time() + TIME_LIMIT  # of this thread alone: waiting for GitHub does not count

    def stop() -> bool:
        return blobs.trouble is not None or time.thread_time() > end or work.cancelled()

    # What some probe looks through whole comes first, a hundred files a request: asked one by one, the other probes
    # would need a request each.
    with suppress(Spent), snapshot.until(stop):
        scan(snapshot)
    evaluation = _judged(place, snapshot, work, stop)
    if blobs.trouble is not None:
        raise blobs.trouble
    kept.keep_only(entry.sha for entry in entries)
    return _Seen(evaluation, _since(place.before, evaluation, newest.committed), "GitHub")


def _leave_some(api: Api) -> None:
    """Whoever reads what is new comes first. Raises _Enough."""
    for limit in api.quota.values():
        if limit.remaining < limit.limit * LEAST_LEFT and limit.resets_at > api.clock.now():
            raise _Enough(_LEFT, limit.resets_at)


class _Enough(errors.Paused):
    """Of what is left, looking takes no more."""


_LEFT = "Most of GitHub's limit is used up; the rest is left to reading what is new."


_THERE = (Outcome.MET, Outcome.PARTLY)


def _since(before: evaluations.EvaluationView | None, evaluation: Judged, committed: int) -> dict[str, Since]:
    """GitHub does not tell the history of files in few requests: what was there before keeps its beginning, and what
    was not and is now has come by this commit at the latest."""
    found = {}
    for result in evaluation.results:
        old = before.findings.get(result.probe.key) if before else None
        if old is None or result.finding.outcome not in _THERE:
            continue
        if old.outcome in _THERE and old.since is not None:
            found[result.probe.key] = Since(old.since, "", old.since_open)
        elif old.outcome is Outcome.NOT_MET and old.version == result.probe.version:
            found[result.probe.key] = Since(committed, evaluation.commit)
    return found


# How they stand


@dataclass(frozen=True)
class LookView:
    """How a repository stands.

    state: nothing (neither clone nor GitHub: nothing to look at) | never | waiting (for its turn, or until `resume_at`)
    | looking | looked | failed (`text` says why; what was found before stays). text: one sentence. done, total: of the
    look that runs; total None: not known. seen_at, commit, tool: of what was found; None and "" when nothing was.
    unread: the first files that could not be read, and why; unread_count: how many. may_look: whether the person may
    ask for it.
    """

    repository_id: int
    name: str
    state: str
    text: str
    job_id: int | None
    done: int
    total: int | None
    began_at: datetime | None
    resume_at: datetime | None
    seen_at: datetime | None
    commit: str | None
    tool: str
    problem: str | None
    facts_read_at: datetime | None
    unread: tuple[tuple[str, str], ...]
    unread_count: int
    next_at: datetime | None
    web_url: str | None
    may_look: bool

    @property
    def is_live(self) -> bool:
        return self.state in ("waiting", "looking")


def status(who: Who, repository_ids: Collection[int]) -> dict[int, LookView]:
    """How these repositories stand, those of them that the person may see; from the store alone, in the same number of
    statements however many they are."""
    ids, who = list(repository_ids), people.of_this_moment(who)
    rows = (
        select(
            Repository.id, Repository.name, Repository.full_name, Repository.web_url, Evaluation.__table__,
            *(getattr(Job, name).label(f"job_{name}") for name in _OF_JOB),
        )
        .outerjoin(Evaluation, and_(Evaluation.repository_id == Repository.id, Evaluation.origin == PROBES))
        .outerjoin(Job, Job.id == Evaluation.job_id)
        .where(Repository.id.in_(ids))
        .order_by(Repository.name, Repository.id)
    )  # fmt: skip
    teams = (
        select(Service.repository_id, Team.organization_id, Team.id, Organization.is_demo)
        .join(Team, Team.id == Service.team_id)
        .join(Organization, Organization.id == Team.organization_id)
        .where(Service.repository_id.in_(ids))
    )
    with store.reading() as session:
        found = session.execute(rows).all()
        owners: dict[int, set[Subject]] = {}
        for repository_id, *team in session.execute(teams):
            owners.setdefault(repository_id, set()).add(Subject(*team))
        visible = set(session.execute(with_files().where(Repository.id.in_(ids))).scalars())
    return {
        row[0]: _view(row, row[0] in visible, all(access.may(who, Action.ADD_SOURCE, each) for each in owners[row[0]]))
        for row in found
        if any(access.may(who, Action.VIEW, each) for each in owners.get(row[0], ()))
    }


_OF_JOB = ("state", "done", "total", "message", "started_at", "due_at")


def _view(row, is_visible: bool, may_look: bool) -> LookView:
    state, text, resume_at = _state(row, is_visible)
    runs = row.job_state == "running"
    unread = row.unread or {}
    return LookView(
        repository_id=row[0],
        name=row.full_name or row.name,
        state=state,
        text=text,
        job_id=row.job_id,
        done=row.job_done if runs else 0,
        total=row.job_total if runs else None,
        began_at=store.from_us(row.job_started_at) if runs else None,
        resume_at=store.from_us(resume_at),
        seen_at=store.from_us(row.as_of),
        commit=row.commit,
        tool=row.tool or "",
        problem=row.problem,
        facts_read_at=store.from_us(row.facts_read_at),
        unread=tuple((path, why) for path, why in unread.get("first", ())),
        unread_count=unread.get("all", 0),
        next_at=store.from_us(row.due_at) if is_visible and row.job_state not in jobs.LIVE else None,
        web_url=row.web_url,
        may_look=may_look and is_visible,
    )


def _state(row, is_visible: bool) -> tuple[str, str, int | None]:
    """State, sentence and until when it waits."""
    if row.job_state == "running":
        return "looking", row.job_message, None
    if row.job_state == "queued":
        return "waiting", row.job_message or TURN, row.job_due_at
    if row.problem:
        return "failed", row.problem, None
    if row.job_state == "failed":
        return "failed", row.job_message, None
    if row.as_of is not None:
        return "looked", "", None
    if not is_visible:
        return "nothing", "Neither a clone nor GitHub is read for it.", None
    return "never", "Nobody has looked at it yet; that happens by itself soon.", None
