"""What the demo's repositories show: written, judged at their commits and kept, as with any repository.

One team is judged at three moments, so that its two assessments rest on what stood there then.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from assessments.evidence import Evaluation as Judged
from assessments.evidence import facts as forge
from assessments.evidence.history import DAY
from data import store
from data.demo import histories, repositories
from data.demo.histories import FORGE, HISTORIES, History
from data.demo.repositories import Merged
from data.evidence.adoption import Since, since_files
from data.evidence.run import evidence
from data.evidence.trees import open_clone
from data.practices import evaluations
from data.sources.git_command import Git
from data.tables import Change, Evaluation, Repository

EVERY = 4  # one of so many changes is a commit; all of them would take long to write and show nothing more
QUARTER = 90 * DAY
HOUR = 3_600_000_000


@dataclass(frozen=True)
class Look:
    """What a repository showed at a moment (microseconds). facts_at: when the forge was asked, None if it was not."""

    repository_id: int
    at: int
    facts_at: int | None
    found: Judged
    since: Mapping[str, Since]

    def save(self) -> None:
        """Keeps it as the newest of its repository."""
        evaluations.save(
            self.repository_id, evaluations.PROBES, self.found, as_of=self.at, tool="clone",
            facts_read_at=self.facts_at, since=self.since,
        )  # fmt: skip


def wanted(organization_id: int) -> dict[int, History]:
    """The histories whose repositories are in that organization and have not been looked at, by repository."""
    named = {history.name: history for history in HISTORIES}
    mine = select(Repository.id, Repository.name).where(Repository.organization_id == organization_id)
    looked = select(Evaluation.repository_id).where(Evaluation.origin == evaluations.PROBES)
    with store.reading() as session:
        done = set(session.execute(looked).scalars())
        rows = session.execute(mine.order_by(Repository.id)).all()
    return {key: named[name] for key, name in rows if name in named and key not in done}


def look(
    repository_id: int, history: History, until: datetime, weeks: tuple[float, ...] = (0,),
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Look, ...]:  # fmt: skip
    """Writes the repository and judges it so many weeks before `until`, in this order. Raises GitError."""
    place, changes = write(repository_id, history, until)
    git = open_clone(place, cancelled)
    looks = []
    for before in weeks:
        at = store.to_us(until - timedelta(weeks=before))
        commit = commit_at(git, at)
        found = evidence(place, commit, facts=facts(history, changes, at, before), as_of=at, cancelled=cancelled)
        since = since_files(git, found) if before == weeks[-1] else {}  # earlier looks do not stay
        looks.append(Look(repository_id, at, at if before < FORGE else None, found, since))
    return tuple(looks)


def commit_at(git: Git, at: int, branch: str = "main") -> str:
    """The newest commit of a branch at that moment (microseconds)."""
    return git.one("rev-list", "--max-count=1", f"--min-age={at // 1_000_000}", f"refs/heads/{branch}")


def write(repository_id: int, history: History, until: datetime) -> tuple[Path, list]:
    """The repository, written anew, and its changes. Raises GitError."""
    columns = (Change.number, Change.title, Change.paths, Change.authored_at, Change.opened_at,
               Change.first_review_at, Change.merged_at)  # fmt: skip
    mine = select(*columns).where(Change.repository_id == repository_id, Change.merged_at.is_not(None))
    with store.reading() as session:
        changes = session.execute(mine.order_by(Change.merged_at, Change.number)).all()
    merged = [Merged(row.merged_at, row.number, row.title, (row.paths or "").split("\n")[0]) for row in changes]
    return repositories.write(history, merged[::EVERY], until), list(changes)


def facts(history: History, changes: list, at: int, weeks: float) -> forge.Facts:
    """What the forge says at that moment: pull requests as they happened, and rules once these were collected."""
    merged = tuple(
        forge.Merged(
            row.number,
            hours=None if row.authored_at is None else (row.merged_at - row.authored_at) / HOUR,
            reviewed=None if row.opened_at is None else row.first_review_at is not None,
        )
        for row in reversed(changes)
        if at - QUARTER < row.merged_at <= at
    )
    if weeks >= FORGE:
        return forge.Facts(merged=merged)
    rules = [rule for since, rule in history.rules if since >= weeks]
    young = [histories.Branch(each.name, each.days - 7 * weeks, each.ahead) for each in history.branches]
    return forge.Facts(
        protection=rules[-1], environments=history.environments, merged=merged, releases=history.releases,
        scanning=history.scanning, branches=tuple(each for each in young if each.days > 0),
    )  # fmt: skip
