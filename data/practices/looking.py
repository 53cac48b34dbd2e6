"""One look at a repository: from a clone that is read here, or from GitHub; what its probes find is kept whole, in
place of what they found before. When it is looked at, and by whose wish: `data.practices.evaluating`."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select

from assessments.evidence import Evaluation as Judged
from assessments.evidence import Outcome, Snapshot, Spent, evaluate
from assessments.evidence.facts import Facts
from assessments.evidence.scanning import scan
from data import access, asking_github, loading, store
from data.evidence.adoption import Since, since_files
from data.evidence.run import TIME_LIMIT
from data.evidence.tools import Said
from data.evidence.trees import head_of, open_clone, take
from data.practices import due, evaluations, forge, other_tools
from data.practices.evaluating import KIND
from data.practices.evaluations import PROBES
from data.practices.shelf import Shelf, shelf
from data.sources import git
from data.sources.git_command import Git, GitError
from data.sources.github import commits, contents, errors, repository
from data.sources.github.api import Api
from data.sources.github.values import SECOND
from data.tables import Connection, Feed, Job, Repository, Source
from data.work import TURN, JobError, Later, Work, handler, is_ahead

SLICE = 120  # seconds of asking GitHub in one turn; whoever needs more stands behind the others again
LEAST_LEFT = 0.2  # of a limit of GitHub's that looking leaves to those who read what is new
SWEPT = (3_000, 64 << 20)  # files and bytes up to which all files are looked through over GitHub


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
