"""One source, brought up to date: `sync` is the door.

It may be killed at every moment and begun again: what was saved is saved whole, with where to go on. Every feed that
the token may read is read, whatever became of the others; what could not be read is said, and stays *unknown*.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlmodel import Session

from data import derive, store
from data.replacing import NEVER
from data.sources.github import (
    clones,
    counts,
    deployments,
    errors,
    issues,
    jobs,
    pulls,
    releases,
    repository,
    runs,
    saving,
    trunk,
)
from data.sources.github.api import OUTAGE_SECONDS, Api
from data.sources.github.commits import Rider
from data.sources.github.saving import Progress, Reader
from data.tables import Change, Deployment, Feed, Source

FEED = "sync"  # when it may go on after a limit, and why it stopped
_AGAIN = 3  # how often a feed is begun again where GitHub is confused, or the repository was just renamed
_SMALLEST = 5  # objects in one query

#: What each feed brings, as it is called where it could not be read.
_WHAT = {
    issues.FEED: "issues and pull requests",
    pulls.FEED: "pull requests",
    deployments.FEED: "deployments",
    releases.FEED: "releases and tags",
    runs.FEED: "workflow runs",
    repository.SETTINGS: "settings",
    jobs.FEED: "jobs",
    counts.FEED: "counts",
}


#: The permission by which each is read, where GitHub does not say it itself: its GraphQL never does.
_PERMISSION = {
    issues.FEED: "issues (read) and pull_requests (read)",
    pulls.FEED: "pull_requests (read) and contents (read)",
    deployments.FEED: "deployments (read)",
    runs.FEED: "actions (read)",
    jobs.FEED: "actions (read)",
    repository.SETTINGS: "administration (read)",
}
#: What the rows of a table are called in the sentence at the end: pull requests are issues, at GitHub.
_SPOKEN = (
    ("change", "change", "changes"),
    ("deployment", "deployment, release or tag", "deployments, releases and tags"),
    ("pipeline_run", "run", "runs"),
    ("issue", "issue or pull request", "issues and pull requests"),
)
#: Feeds that begin anew where more of the history is wanted.
FROM_THE_START = (issues.FEED, "commits", trunk.FEED, deployments.FEED, runs.FEED)


def what(feed: str) -> str:
    """What a feed brings, in words."""
    return _WHAT.get(feed, feed)


@dataclass
class Report:
    """new: rows written, by table. problems: feed -> one sentence on why it could not be read. calls, counted: requests
    sent, and those that count for GitHub's REST limit."""

    source_id: int
    name: str
    new: dict[str, int] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    calls: int = 0
    counted: int = 0

    @property
    def sentence(self) -> str:
        said = [
            f"{number:,} {one if number == 1 else many}"
            for table, one, many in _SPOKEN
            if (number := self.new.get(table, 0))
        ]
        read = f"Read {'; '.join(said)} that are new or other than before" if said else "Nothing new"
        left = f" Not read: {', '.join(map(what, self.problems))}." if self.problems else ""
        return f"{read} in {self.name}.{left}"


def sync(
    source_id: int,
    api: Api,
    *,
    progress: Progress = lambda done, total, text: None,
    until: float | None = None,
    sweep: bool = False,
    claim: Callable[[Session], None] = lambda session: None,
) -> Report:
    """Reads everything that is new at GitHub. progress: as `Work.progress`; what it raises ends the sync, and what is
    saved stays. until: seconds since 1970 after which it pauses. sweep: also looks for what is no more, and for late
    changes, as it does by itself once a week. claim: called first in each transaction.

    Raises Paused (Limited, Unavailable) with the moment to go on, which is saved too; and other GitHubErrors, which
    somebody has to do something about: BadToken, NotFound, BadAnswer, SourceGone ...
    """

    def tell(done: int, total: int | None, text: str) -> None:
        progress(done, total, text)
        if until is not None and api.clock.now() >= until:
            raise errors.Paused("The time for this is over: it goes on with the next one.", api.clock.now())

    before = api.calls, api.counted
    reader = None
    try:
        reader = _patiently(lambda: repository.opened(source_id, api, tell, claim), None)
        report = Report(source_id, reader.full_name, reader.new)
        begun = api.date
        _feeds(reader, report, sweep)
        _end(reader, report, begun)
    except errors.GitHubError as error:
        _stopped(source_id, error)
        raise
    report.calls, report.counted = api.calls - before[0], api.counted - before[1]
    return report


def _feeds(reader: Reader, report: Report, sweep: bool) -> None:
    rider = Rider(reader)
    _feed(reader, report, issues.FEED, lambda: issues.read(reader))
    issues.incidents_anew(reader)
    _feed(reader, report, "commits", rider.begin)
    _feed(reader, report, pulls.FEED, lambda: pulls.read(reader, rider))
    _feed(reader, report, "commits", rider.finish)
    _feed(reader, report, "trunk", lambda: trunk.read(reader))
    _feed(reader, report, deployments.FEED, lambda: deployments.read(reader, sweep))
    _feed(reader, report, releases.FEED, lambda: releases.read(reader, sweep))
    _feed(reader, report, runs.FEED, lambda: runs.read(reader))
    _feed(reader, report, repository.SETTINGS, lambda: repository.read_settings(reader, sweep))
    _feed(reader, report, jobs.FEED, lambda: jobs.read(reader))
    _feed(reader, report, counts.FEED, lambda: counts.read(reader, sweep))
    clones.take_over(reader, report.problems)


def _feed(reader: Reader, report: Report, name: str, read: Callable[[], None]) -> None:
    """Reads a feed. Where that is not allowed, or it is switched off for this repository, says so in its row."""
    try:
        _patiently(read, reader)
    except errors.EmptyRepository:
        return
    except (errors.MissingPermission, errors.NotFound) as error:
        problem = str(error)
        if isinstance(error, errors.MissingPermission) and not error.needed:
            problem = f"{problem[:-1]}: give it {_PERMISSION.get(name, 'contents (read)')}."
        report.problems[name] = problem
        with saving.page(reader) as page:
            page.feed(name, problem=problem)


def _patiently(read: Callable, reader: Reader | None):
    """Reading goes on where it stopped, so that it may just be begun again."""
    left = _AGAIN
    while True:
        try:
            return read()
        except (errors.Moved, errors.BadAnswer):
            left -= 1
            if not left:
                raise
        except errors.TooHeavy as error:
            if reader is None or reader.size <= _SMALLEST:
                raise errors.Unavailable(f"{error} It goes on by itself later.", time.time() + OUTAGE_SECONDS) from None
            reader.size = max(_SMALLEST, reader.size // 2)


def _end(reader: Reader, report: Report, begun: int) -> None:
    """Says up to when everything is known, and what is not."""
    chosen = reader.settings.incident_labels is not None
    facts = ["changes", "deployments", *(["incidents"] if chosen else [])]
    with saving.page(reader) as page:
        source = page.session.get_one(Source, reader.source_id)
        newest = [begun]
        for table, at in ((Deployment, Deployment.finished_at), (Change, Change.merged_at)):
            mine = select(func.max(at)).where(table.source_id == source.id, at <= reader.api.date)
            newest += [found for found in page.session.execute(mine).scalars() if found is not None]
        until = max(newest)
        renamed = [note for note in source.notes or [] if note.endswith(repository.RENAMED)]
        cursor = {"facts": facts}
        since = NEVER if source.cursor == cursor else None
        if until != source.collected_until or source.cursor != cursor:
            derive.changed(page.session, repository_id=reader.repository_id, since=since)
        source.collected_until, source.cursor = until, cursor
        source.notes = [*renamed, *report.problems.values()]
        if source.history_start != reader.settings.history_start:
            source.history_start = reader.settings.history_start
            derive.changed(page.session, repository_id=reader.repository_id)
        source.synced_at = store.now_us()
        page.feed(FEED)


def _stopped(source_id: int, error: errors.GitHubError) -> None:
    """Keeps why it stopped and when it goes on, where people see it."""
    at = round(error.resume_at * 1_000_000) if isinstance(error, errors.Paused) else None
    with store.writing(quietly=True) as session:
        if session.get(Source, source_id) is None:
            return
        feed = session.get(Feed, (source_id, FEED)) or Feed(source_id=source_id, name=FEED)
        feed.problem, feed.resume_at = str(error), at
        session.add(feed)
