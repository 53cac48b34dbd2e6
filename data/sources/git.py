"""What a git clone tells about delivery: changes on trunk, tags as deployments, and where every commit stands.

`read` is the door. It needs the git command line, only reads the git folder, never checks anything out and never
contacts a remote (see git_command). Names and parents of all commits are walked every time something has changed,
about 0.6 s for 66,000 commits, because only the whole graph gives exact positions whatever the clocks said; messages,
times and touched files are read of new commits only.

What counts as what:

- A change is a trunk commit, seen along first parents. With a pull request number in its message it is a
  `pull_request`, else a `direct_push`, merge commits included: no pull request is visible from git.
- `authored_at` of a merge is the earliest author time among the commits it brought in. A pull request that is not a
  merge was squashed or rebased: its first commit is hidden, and `authored_at` is null.
- `merged_at` is the committer time of the trunk commit.
- A number that comes again on the same trunk keeps its later changes apart as "#12@1a2b3c4".
- `reverts` names trunk commits wherever the reverted commit was found, also inside a merge.
- A tag is a successful deployment at the tagger's time; a lightweight tag has none, and takes its commit's.
"""

import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from data.sources.git_changes import Change, Numbers, read_changes, read_paths
from data.sources.git_command import Cancelled, EmptyRepository, Git, GitError, Unsettled
from data.sources.git_graph import Graph, read_graph
from data.sources.git_links import Links
from data.sources.git_notes import count, notes
from data.sources.git_refs import Place, Tag, check_root, choose_trunk, locate, resolve_tags, tag_objects
from data.sources.git_rows import COMMITS, instant, rows_of_changes, rows_of_commits, rows_of_tags

__all__ = ["COMMITS", "Cancelled", "EmptyRepository", "GitError", "GitHistory", "check_root", "read"]

#: Raised when the same repository would give other rows than before: cursors of an older reader lead to a full read.
READER = 1

#: Seconds before the one retry of a repository that was being written to.
PATIENCE = 1.0

Progress = Callable[[int, int | None, str], None]


@dataclass(frozen=True)
class GitHistory:
    """What one read gave.

    full: True = replaces all rows of earlier reads; False = rows to add, or to put in place of those with the same key
    (change_id, deployment_id, sha). removed: deployment_ids of tags that are gone. cursor: hand it to the next read.
    collected_until: newest known moment of the clone, see `read`. history_start: changes are complete from here; None =
    from the first commit. commits_read: commit objects whose message and times were read. notes: sentences for people.
    """

    path: Path
    name: str
    web_url: str | None
    branch: str
    head: str
    changes: pl.DataFrame
    deployments: pl.DataFrame
    commits: pl.DataFrame
    cursor: dict
    full: bool
    removed: tuple[str, ...]
    notes: tuple[str, ...]
    collected_until: datetime
    history_start: datetime | None
    commits_read: int


def read(
    path: Path | str,
    cursor: dict | None = None,
    *,
    paths: bool = False,
    now: datetime | None = None,
    progress: Progress = lambda done, total, text: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> GitHistory:
    """Reads an ordinary or bare clone, with `cursor` only what came since.

    paths: also read which files each change touches (about four times as long). now: the present, for tests.
    progress(done, total or None, what): called every few thousand commits. cancelled: asked as often.

    `collected_until` is the last fetch (the time of FETCH_HEAD) or the newest commit or tag, whichever is later, and
    never after `now`: what happened after it cannot be in the clone, so windows must end there, not at the wall clock.
    Times in the future do not count for it.

    Raises GitError (its text is one sentence for people), EmptyRepository and Cancelled, which are GitErrors.
    """
    now = now or datetime.now(UTC)
    git = Git(Path(path).expanduser().resolve(), cancelled)
    try:
        return _Reading(git, cursor, paths, now, progress).history()
    except Unsettled:
        progress(0, None, "The repository changed meanwhile; reading it again")
        time.sleep(PATIENCE)
        return _Reading(git, cursor, paths, now, progress).history()


class _Reading:
    """One attempt at one repository."""

    def __init__(self, git: Git, cursor: dict | None, paths: bool, now: datetime, progress: Progress):
        self.git, self.paths, self.now, self.progress = git, paths, now, progress
        self.place = locate(git)
        try:
            self.trunk = choose_trunk(git)
        except EmptyRepository as error:
            if any((self.place.common_dir / "objects" / "pack").glob("tmp_*")):
                raise Unsettled(
                    f"{git.path} is still being written to: wait until the clone has finished and try again; if it "
                    f"was broken off, clone anew."
                ) from error
            raise
        self.tags = tag_objects(git)
        self.key = {
            "reader": READER,
            "paths": paths,
            "web_url": self.place.web_url,
            "shallow": hashlib.sha256(" ".join(sorted(self.place.shallow)).encode()).hexdigest()[:16],
        }
        self.before = cursor if cursor and all(cursor.get(key) == value for key, value in self.key.items()) else None

    def history(self) -> GitHistory:
        if self.before and self.before["head"] == self.trunk.head and self.before["tags"] == self.tags:
            return self._result(None, [], [], rows_of_commits(None, []), self.before, full=False, removed=(), read=0)
        walking = "Walking the history"
        self.progress(0, None, walking)
        tags = resolve_tags(self.git, self.tags)
        graph = read_graph(
            self.git, self.trunk.head, [tag.sha for tag in tags], lambda done: self.progress(done, None, walking)
        )
        before = self.before if self._continues(graph) else None
        start = before["position"] + 1 if before else 0
        numbers = Numbers.unpack(before["numbers"]) if before else Numbers()
        changes, read, unknown = self._changes(graph, start, numbers)
        state = {
            **self.key,
            "head": self.trunk.head,
            "position": len(graph.trunk) - 1,
            "tags": self.tags,
            "lightweight": sum(tag.lightweight for tag in tags),
            "unresolved": len(self.tags) - len(tags),
            "numbers": numbers.pack(),
            "counts": count(changes, self.now, before["counts"] if before else {}, unknown),
            "newest": self._newest(changes, tags, before),
            "history_start": before["history_start"] if before else self._history_start(graph, changes),
        }
        removed: tuple[str, ...] = ()
        if before:
            removed = tuple(f"tag:{name}" for name in sorted(set(before["tags"]) - {tag.name for tag in tags}))
            same = [tag.sha for tag in tags if before["tags"].get(tag.name) == tag.object]
            known = graph.reachable([before["head"], *same])
            # A trunk that moved forward over a tagged commit changes what the tag, and all around it, contains.
            tags = [
                tag
                for tag in tags
                if before["tags"].get(tag.name) != tag.object or graph.contained[graph.index[tag.sha]] >= start
            ]
            fresh = [commit for commit, old in enumerate(known) if not old or graph.contained[commit] >= start]
        else:
            fresh = list(range(len(graph.shas)))
        rows = rows_of_commits(graph, fresh)
        return self._result(graph, changes, tags, rows, state, full=before is None, removed=removed, read=read)

    def _changes(self, graph: Graph, start: int, numbers: Numbers) -> tuple[list[Change], int, tuple[int, int]]:
        """Changes from a position on, how many commits were read for them, and for how many the files are not known."""
        total = sum(position >= start for position in graph.brought_by)
        cut = self.place.shallow
        changes, read = read_changes(
            self.git, graph, start, cut, numbers, lambda done: self.progress(done, total, "Reading changes")
        )
        if not self.paths:
            return changes, read, (0, 0)
        self.progress(read, total, "Reading which files were touched")
        return changes, read, read_paths(self.git, graph, changes, cut)

    def _continues(self, graph: Graph) -> bool:
        """Whether the trunk of the earlier read is still the beginning of this one, and not rewritten."""
        if not self.before:
            return False
        position = self.before["position"]
        return position < len(graph.trunk) and graph.shas[graph.trunk[position]] == self.before["head"]

    def _newest(self, changes: list[Change], tags: list[Tag], before: dict | None) -> int | None:
        limit = self.now.timestamp()
        times = [change.merged for change in changes] + [tag.time for tag in tags]
        times += [before["newest"]] if before else []
        return max((time for time in times if time is not None and time <= limit), default=None)

    def _history_start(self, graph: Graph, changes: list[Change]) -> int | None:
        cut = graph.shas[graph.trunk[0]] in self.place.shallow
        return changes[0].merged if cut else None

    def _result(self, graph, changes, tags, commits, state, *, full, removed, read) -> GitHistory:
        links = Links(self.place.web_url)
        rewritten = full and self.before is not None
        return GitHistory(
            path=self.place.path,
            name=self.place.name,
            web_url=self.place.web_url,
            branch=self.trunk.branch,
            head=self.trunk.head,
            changes=rows_of_changes(changes, links),
            deployments=rows_of_tags(tags, graph, links),
            commits=commits,
            cursor=state,
            full=full,
            removed=removed,
            notes=notes(self.trunk, state, rewritten, bool(self.place.shallow)),
            collected_until=_collected_until(self.place, state["newest"], self.now),
            history_start=instant(state["history_start"]),
            commits_read=read,
        )


def _collected_until(place: Place, newest: int | None, now: datetime) -> datetime:
    moments = [instant(newest)]
    for folder in {place.git_dir, place.common_dir}:
        with suppress(OSError):  # absent when nothing was fetched since the clone was made
            moments.append(datetime.fromtimestamp((folder / "FETCH_HEAD").stat().st_mtime, UTC))
    return max((moment for moment in moments if moment and moment <= now), default=now)
