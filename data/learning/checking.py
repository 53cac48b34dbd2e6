"""Checking a proof of concept in the repository of its team: now, because somebody asks, and again by itself.

    check_now(who, attempt_id)     # the button; works on any branch
    running(who, attempt_id)       # how far it is
    schedule()                     # what is due; called by each worker

A job each. From GitHub where the repository is connected, else from its clone, which shows E1 at most. Nothing of the
repository is run. What was found is saved whole, in one transaction, or not at all.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlmodel import Session

from assessments.evidence import Snapshot, Unread
from assessments.learning import ADOPT, STOP
from assessments.poc import Held, Judgement, Known, Poc, Results, Severity, Source, Verdict, read_poc, run
from assessments.poc.engine import AGAIN_AFTER
from assessments.poc.judging import DAY
from data import access, asking_github, audit, jobs, loading, store, work
from data.access import Action, NotFound
from data.evidence.run import TIME_LIMIT
from data.evidence.trees import open_clone, take
from data.learning import events, kept, runs
from data.learning import known as knowing
from data.learning.needs import Needs, keys, needs, readable, sound
from data.people import Who
from data.practices import evaluating
from data.practices.shelf import Shelf, shelf
from data.sources import git
from data.sources.git_command import Git, GitError
from data.sources.git_refs import choose_trunk
from data.sources.github import contents, errors, proofs, repository
from data.sources.github.api import Api
from data.sources.github.values import SECOND
from data.tables import Connection, Enrolment, Job, ProofAttempt, Repository, Service, Team
from data.tables import Source as Feeding
from data.work import TURN, JobError, Later, Work, handler, is_ahead

KIND = "proof"
ASKED_FOR = "proofs"  # the lane of those that people wait for
AFTER_FAILURE = DAY
AT_ONCE = 4  # by themselves


# Who checks


@dataclass(frozen=True)
class CheckView:
    """How the newest check of an attempt stands. state: none (nobody has asked yet) | waiting (for its turn, or until
    `resume_at`) | running | done | failed | cancelled. text: one sentence. total None: not known."""

    state: str
    text: str = ""
    job_id: int | None = None
    done: int = 0
    total: int | None = None
    resume_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        return self.state in ("waiting", "running")


def check_now(who: Who, attempt_id: int) -> int:
    """Checks the attempt on its branch now; the id of the job, that of one which is under way already.

    Raises Forbidden, NotFound, or ValueError with a sentence where there is nothing to look at.
    """
    with store.writing() as session:
        attempt, subject = _of(session, attempt_id)
        access.check(who, Action.LEARN, subject)
        if why := _nothing_to_see(session, attempt):
            raise ValueError(why)
        job_id = begin(session, attempt, who)
        detail = {"poc": f"{attempt.track}/{attempt.poc}", "branch": attempt.branch}
        audit.record(session, who, "check_proof", f"proof:{attempt_id}", detail, subject.organization_id)
    work.start(job_id)
    return job_id


def running(who: Who, attempt_id: int) -> CheckView:
    """From the store alone. Raises Forbidden, NotFound."""
    with store.reading() as session:
        attempt, subject = _of(session, attempt_id)
        access.check(who, Action.VIEW_PROOFS, subject)
        job = session.get(Job, attempt.job_id) if attempt.job_id else None
    if job is None:
        return CheckView("none")
    state = {"queued": "waiting"}.get(job.state, job.state)
    text = (job.message or TURN) if state == "waiting" else job.message
    resume_at = store.from_us(job.due_at) if state == "waiting" else None
    return CheckView(state, text, job.id, job.done, job.total, resume_at)


def cancel(who: Who, attempt_id: int) -> None:
    """Stops a check that waits or runs; nothing of it is saved. Raises Forbidden, NotFound."""
    with store.reading() as session:
        attempt, subject = _of(session, attempt_id)
        access.check(who, Action.LEARN, subject)
        job_id = attempt.job_id
    if job_id is not None:
        jobs.stop(job_id)


def _of(session: Session, attempt_id: int) -> tuple[ProofAttempt, access.Subject]:
    attempt = session.get(ProofAttempt, attempt_id, populate_existing=True)
    if attempt is None:
        raise NotFound("This proof of concept is not there any more; reload the page.")
    return attempt, access.of_team(attempt.team_id)


def _nothing_to_see(session: Session, attempt: ProofAttempt) -> str:
    """Why there is nothing to look at; empty when there is."""
    if attempt.repository_id is None:
        return f"{attempt.repository} was removed from Milepost: begin it anew in another repository."
    if why := _not_the_teams(session, attempt):
        return why
    seen = evaluating.with_files().where(Repository.id == attempt.repository_id)
    if session.execute(seen).first() is None:
        return "There is nothing to look at: add a clone or connect GitHub under Sources first."
    return ""


def _not_the_teams(session: Session, attempt: ProofAttempt) -> str:
    """Why the repository is not for this team to look at any more; empty when it is."""
    ours = select(Service.id).where(Service.team_id == attempt.team_id, Service.repository_id == attempt.repository_id)
    if session.execute(ours.limit(1)).first() is None:
        return f"No service of the team is on {attempt.repository} any more: begin it anew in a repository of the team."
    return ""


def begin(session: Session, attempt: ProofAttempt, who: Who | None) -> int:
    """The job that checks it: the one that is there already, which waits no longer, or a new one. Call `work.start`
    with it after the transaction."""
    job = session.get(Job, attempt.job_id, populate_existing=True) if attempt.job_id else None
    lane = ASKED_FOR if who else work.BY_ITSELF
    if job is not None and job.state in jobs.LIVE:
        if who and job.state == "queued":
            job.due_at, job.lane, job.created_by = None, lane, who.id
        return job.id
    args = {"attempt_id": attempt.id, "lock": f"proof:{attempt.id}"}
    if job is not None:  # one row for each attempt, however often it is checked
        jobs.renew(job, args, who, attempt.service_id, lane)
    else:
        team = session.get_one(Team, attempt.team_id)
        attempt.job_id = jobs.make(session, KIND, args, who, team.organization_id, attempt.service_id, lane)
    session.flush()
    return attempt.job_id


def schedule() -> list[int]:
    """Begins to check again what is due, few at a time; called by each worker now and then. Returns the jobs."""
    with store.reading() as session:
        if not session.execute(_due().limit(1)).first():
            return []
    with store.writing(quietly=True) as session:
        made = []
        for attempt in session.execute(_due().limit(AT_ONCE)).scalars().all():
            if _nothing_to_see(session, attempt):
                attempt.again_at = store.now_us() + AGAIN_AFTER * DAY
            else:
                made.append(begin(session, attempt, None))
    work.start(*made)
    return made


def _due():
    """Those that nobody checks, longest due first. What is dropped, or was decided against, is left alone."""
    now = store.now_us()
    return (
        select(ProofAttempt)
        .join(Enrolment, Enrolment.id == ProofAttempt.enrolment_id)
        .outerjoin(Job, Job.id == ProofAttempt.job_id)
        .where(
            ProofAttempt.again_at.is_not(None),
            ProofAttempt.again_at <= now,
            or_(ProofAttempt.decision.is_(None), ProofAttempt.decision != STOP),
            Enrolment.state != "dropped",
            or_(Job.id.is_(None), Job.state.not_in(jobs.LIVE)),
        )
        .order_by(ProofAttempt.again_at, ProofAttempt.id)
    )


# The job


@dataclass(frozen=True)
class _Place:
    """An attempt with all that is needed to judge it, as it was when the job began. sound: the checks for which
    something is looked at. gone: why it is not the team's to look at any more, empty when it is."""

    attempt: ProofAttempt
    poc: Poc
    sound: Poc
    skipped: dict[str, str]
    needs: Needs
    organization_id: int
    name: str
    path: str | None
    source: Feeding | None
    connection: Connection | None
    person_id: int | None
    gone: str

    @property
    def seen_from(self) -> Source:
        return Source.FORGE if self.source is not None else Source.CLONE


@dataclass(frozen=True)
class _Seen:
    results: Results
    branch: str
    calls: int


def _ended(args: dict) -> None:
    """After a failure it is tried again tomorrow, where it would have been looked at again by itself."""
    with store.writing(quietly=True) as session:
        attempt = session.get(ProofAttempt, args["attempt_id"])
        job = session.get(Job, attempt.job_id) if attempt and attempt.job_id else None
        if job is not None and job.state in ("failed", "cancelled") and attempt.again_at is not None:
            attempt.again_at = max(attempt.again_at, store.now_us() + AFTER_FAILURE)


_SAYS = (GitError, errors.GitHubError, NotFound)


@handler(KIND, says=_SAYS, ended=_ended, keeps="what was found before stays")
def work_out(work: Work) -> str:
    """Judges an attempt and saves what was found, in one transaction. Raises Later where GitHub has to be asked another
    time; the files that came until then are kept."""
    place = _place(work)
    work.progress(0, None, f"Looking at {place.name}")
    try:
        if place.gone:
            raise JobError(place.gone)
        seen = _at_github(place, work) if place.source is not None else _in_clone(place, work)
    except (*_SAYS, JobError) as error:
        if not work.cancelled() and not isinstance(error, errors.Paused):
            with store.writing() as session:
                work.hold(session)
                if session.get(ProofAttempt, place.attempt.id) is not None:
                    runs.failed(
                        session, place.attempt.id, str(error), version=place.attempt.version,
                        branch=place.attempt.branch, source=place.seen_from, made_by=place.person_id,
                    )  # fmt: skip
        raise
    with store.writing() as session:
        work.claim(session)
        _save(session, place, seen)
    return _sentence(seen.results)


def _place(work: Work) -> _Place:
    """Raises JobError for one that is gone."""
    with store.reading() as session:
        attempt = session.get(ProofAttempt, work.args["attempt_id"])
        if attempt is None or attempt.repository_id is None:
            raise JobError("This proof of concept or its repository was removed meanwhile.")
        gone = _not_the_teams(session, attempt)
        row = session.get_one(Repository, attempt.repository_id)
        mine = Feeding.repository_id == row.id, Feeding.kind == "github"
        reads = Feeding.connection_id.is_not(None), Feeding.paused_at.is_(None), Feeding.synced_at.is_not(None)
        source = session.execute(select(Feeding).where(*mine, *reads).order_by(Feeding.id)).scalars().first()
        connection = session.get(Connection, source.connection_id) if source else None
        poc = read_poc(f"{attempt.track}/{attempt.poc}", attempt.content)
        free = {each.id for each in poc.checks if each.severity is not Severity.REQUIRED}
        skipped = {name: said["reason"] for name, said in (attempt.skipped or {}).items() if name in free}
        looked_for = sound(poc, skipped)
        return _Place(
            attempt, poc, looked_for, skipped, needs(looked_for), row.organization_id, row.full_name or row.name,
            row.path, source, connection, work.person_id, gone,
        )  # fmt: skip


def _save(session: Session, place: _Place, seen: _Seen) -> None:
    """The run, what may be kept, when it is judged again, and what happened."""
    attempt = session.get(ProofAttempt, place.attempt.id, populate_existing=True)
    if attempt is None:
        raise JobError("This proof of concept was removed meanwhile.")
    now, results = store.now_us(), seen.results
    before = runs.standings(session, [attempt.id], now)[attempt.id]
    runs.save(
        session, attempt.id, results, version=place.attempt.version, branch=seen.branch, source=place.seen_from,
        at=now, calls=seen.calls, made_by=place.person_id,
    )  # fmt: skip
    if attempt.repository_id is not None:
        kept.keep(session, attempt.repository_id, results.kept, now)
    after = runs.standings(session, [attempt.id], now)[attempt.id]
    has_held = after.held in (Held.HOLDS, Held.STALE, Held.REGRESSED)
    attempt.again_at = now + (AFTER_FAILURE if results.verdict is Verdict.OPEN else AGAIN_AFTER * DAY)
    goes_on = attempt.decision in (None, ADOPT)
    attempt.again_at = attempt.again_at if has_held and goes_on else None
    about = {"version": place.attempt.version, "enrolment_id": attempt.enrolment_id}
    detail = {"attempt": attempt.id, "verdict": str(results.verdict)}
    events.record(session, events.CHECKED, attempt.poc_id, detail=detail, **about)
    if after.held is Held.REGRESSED and before.held in (Held.HOLDS, Held.STALE):
        failing = [each.check.id for each in results.results if each.outcome == "fail"][:20]
        events.record(session, events.REGRESSED, attempt.poc_id, detail={**detail, "checks": failing}, **about)


def _sentence(results: Results) -> str:
    passed = sum(each.outcome == "pass" for each in results.results)
    counted = sum(each.outcome != "skipped" for each in results.results)
    return f"Checked at commit {results.commit[:10]}: {passed} of {counted} criteria pass."


# From a clone


def _in_clone(place: _Place, work: Work) -> _Seen:
    if place.path is None:
        raise JobError("There is nothing to look at: add a clone or connect GitHub under Sources first.")
    opened = open_clone(git.check_root(place.path, loading.roots()), work.cancelled)
    default, branch = choose_trunk(opened), place.attempt.branch
    commit = _tip(opened, branch) if branch else default.head
    now = store.now_us()
    snapshot = take(opened, commit, as_of=now, history=False)
    work.progress(0, None, f"Checking {place.name}")
    with store.reading() as session:
        mine = knowing.mine(session, place.attempt, place.needs, place.organization_id, now)
        held = kept.held(session, place.attempt.repository_id, keys(place.sound, snapshot).values())
    known = knowing.from_clone(mine.known, opened, snapshot, place.needs, default.head)
    return _Seen(_judged(place, snapshot, known, held, work), branch or default.branch, 0)


def _tip(opened: Git, branch: str) -> str:
    """The newest commit of a branch of a clone: here or as last fetched, the one that contains the other, else the
    fetched one. Raises GitError."""
    found = []
    for name in (f"refs/remotes/origin/{branch}", f"refs/heads/{branch}"):
        if commit := opened.one("rev-parse", "--verify", "-q", f"{name}^{{commit}}"):
            found.append(commit)
    if not found:
        raise GitError(f"The clone has no branch {branch[:100]}: fetch it, or choose the default branch.")
    fetched, own = found[0], found[-1]
    return own if opened.one("merge-base", fetched, own) == fetched else fetched


def _judged(place: _Place, snapshot: Snapshot, known: Known, held: dict[str, Judgement], work: Work) -> Results:
    end = time.thread_time() + TIME_LIMIT  # of this thread alone: waiting for GitHub does not count
    with snapshot.until(lambda: time.thread_time() > end or work.cancelled()):
        results = run(place.poc, snapshot, known, held=held, skipped=place.skipped)
    work.progress(1, 1, f"Checking {place.name}")
    return results


# Over GitHub


def _at_github(place: _Place, work: Work) -> _Seen:
    connection = place.connection
    if is_ahead(connection.wait_until, store.now_us()):
        if connection.problem:
            raise JobError(connection.problem)
        raise Later("GitHub's limit is used up.", connection.wait_until / SECOND)
    with store.reading() as session:
        reader = repository.known(session, place.source)
    if reader is None:
        raise JobError("This repository was not read from GitHub yet: it can be checked once it was.")
    api = asking_github.signed_in(connection)
    try:
        with shelf(place.attempt.repository_id) as files:
            return _asked(place, reader, api, files, work)
    except errors.Paused as error:
        asking_github.refused(connection.id, error)
        raise Later(str(error), error.resume_at) from None
    except errors.GitHubError as error:
        asking_github.refused(connection.id, error)
        raise
    finally:
        api.close()
        asking_github.used(connection.id, api)


def _asked(place: _Place, reader: repository.Reader, api: Api, files: Shelf, work: Work) -> _Seen:
    is_local = api.base_url.startswith("http://")  # of tests alone, see `check_base_url`
    at = proofs.Asked(api, reader.node, reader.base, reader.full_name, api.calls + proofs.MOST, is_local)

    def told(text: str) -> None:
        work.progress(api.calls, proofs.MOST, text)

    told(f"Looking at {reader.full_name}")
    tip = proofs.tip(at, place.attempt.branch)
    entries, left_out = contents.listing(api, reader.base, tip.commit, reader.full_name)

    def ask(number: int) -> None:
        told(f"Reading files of {reader.full_name} from GitHub")
        at.take()

    blobs = _Blobs(api, reader.node, reader.full_name, entries, files, ask)
    now = store.now_us()
    snapshot = Snapshot(entries, blobs, commit=tip.commit, as_of=now, left_out=left_out)
    named = keys(place.sound, snapshot)
    with store.reading() as session:
        mine = knowing.mine(session, place.attempt, place.needs, place.organization_id, now)
        held = kept.held(session, place.attempt.repository_id, named.values())
    with snapshot.asking():
        for _ in snapshot.texts(readable(place.sound, place.needs, snapshot, named, held)):
            pass
    if blobs.trouble is not None:
        raise blobs.trouble
    known = knowing.from_github(mine, at, tip, snapshot, place.sound, place.needs, told)
    results = _judged(place, snapshot, known, held, work)
    if blobs.trouble is not None:
        raise blobs.trouble
    return _Seen(results, tip.branch, api.calls)


class _Blobs(contents.Blobs):
    """Files from GitHub, as far as requests are left: what was not read any more is said so, and the next check finds
    the others on the shelf."""

    def __call__(self, names: Iterable[str]) -> Iterator[tuple[str, bytes | Unread | None]]:
        yield from super().__call__(names)
        if isinstance(self.trouble, proofs.Spent):
            self.trouble = None
