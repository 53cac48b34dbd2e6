"""Issues and pull requests: what opens them and all that can happen to them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from tests.fake_github.records import Row, sha_of
from tests.repos import Time, seconds

if TYPE_CHECKING:
    from tests.fake_github.repository import Repository

Commit = str | Time | dict
Review = tuple[str, str, Time]


class Issue:
    """One issue. Every method changes it on the server now, or at the time given."""

    def __init__(self, repository: "Repository", number: int):
        self.repository, self.number = repository, number

    @property
    def row(self) -> Row:
        row = self.repository.issues.newest(self.number)
        assert row, f"{self.number} is deleted"
        return row

    def change(self, at: Time | None = None, **fields) -> Self:
        """Any fields; `updated_at` moves along and never back."""
        with self.repository.world.lock:
            updated = max(self.row["updated_at"], self._time(at))
            self.repository.issues.change(self.number, **{"updated_at": updated, **fields})
            return self

    def _time(self, at: Time | None) -> int:
        return self.repository.world.now() if at is None else seconds(at)

    def _happened(self, kind: str, at: Time | None, by: str | None = None, **more: str) -> list[Row]:
        """The timeline with one more event."""
        event = _event(self.repository, kind, by or self.row["author"], self._time(at))
        return [*self.row["timeline"], {**event, **more}]

    def edit(self, title: str, at: Time | None = None) -> Self:
        return self.change(at, title=title)

    def comment(self, at: Time | None = None) -> Self:
        return self.change(at, comments=self.row["comments"] + 1)

    def label(self, name: str, at: Time | None = None) -> Self:
        timeline = self._happened("LabeledEvent", at, label=name)
        return self.change(at, labels=[*(x for x in self.row["labels"] if x != name), name], timeline=timeline)

    def unlabel(self, name: str, at: Time | None = None) -> Self:
        timeline = self._happened("UnlabeledEvent", at, label=name)
        return self.change(at, labels=[x for x in self.row["labels"] if x != name], timeline=timeline)

    def close(self, at: Time | None = None, by: str = "mona", reason: str | None = "completed") -> Self:
        reason = None if self.row["pull_id"] else reason
        timeline = self._happened("ClosedEvent", at, by)
        return self.change(
            at, state="closed", closed_at=self._time(at), closed_by=by, state_reason=reason, timeline=timeline
        )

    def reopen(self, at: Time | None = None) -> Self:
        reason = None if self.row["pull_id"] else "reopened"
        timeline = self._happened("ReopenedEvent", at)
        return self.change(at, state="open", closed_at=None, closed_by=None, state_reason=reason, timeline=timeline)

    def delete(self) -> None:
        """Gone: 410, absent from lists, NOT_FOUND in GraphQL."""
        with self.repository.world.lock:
            self.repository.gone.add(self.number)
            self.repository.issues.remove(self.number)

    def move(self, other: "Repository") -> "Issue":
        """Transferred to another repository, where it has another number; 301 here."""
        with self.repository.world.lock:
            row, number = self.row, other.number()
            self.repository.issues.remove(self.number)
            self.repository.moved[self.number] = (other.id, number)
            moved = {**row, "number": number, "updated_at": self.repository.world.now(), "repository": other.id}
            other.issues.put(number, moved)
            _place(other, moved)
            return Issue(other, number)


class Pull(Issue):
    """One pull request."""

    def push(self, at: Time | None = None, message: str = "More", author: str | None = None) -> str:
        """One more commit on its branch; the sha."""
        with self.repository.world.lock:
            row = self.row
            sha = _commit(
                self.repository, {"at": self._time(at), "message": message}, author or row["author"], row["head_sha"]
            )
            files = [*row["files"], {"path": f"src/{sha[:6]}.py", "additions": 5, "deletions": 1}]
            self.change(at, commits=[*row["commits"], sha], head_sha=sha, **_size(files))
            return sha

    def force_push(self, at: Time | None = None) -> str:
        """All its commits replaced by one."""
        with self.repository.world.lock:
            row = self.row
            sha = _commit(
                self.repository, {"at": self._time(at), "message": "Squashed"}, row["author"], row["base_sha"]
            )
            self.change(at, commits=[sha], head_sha=sha)
            return sha

    def review(
        self, author: str = "hubot", state: str = "APPROVED", at: Time | None = None, *, comments: int = 0
    ) -> Self:
        """Of what it is now. State: APPROVED, CHANGES_REQUESTED, COMMENTED. comments: remarks on lines."""
        with self.repository.world.lock:
            return self.change(
                at,
                reviews=[
                    *self.row["reviews"],
                    _review(self.repository, author, state, self._time(at), self.row["head_sha"], comments),
                ],
            )

    def dismiss(self, at: Time | None = None) -> Self:
        """Its last review."""
        *before, last = self.row["reviews"]
        return self.change(at, reviews=[*before, {**last, "state": "DISMISSED"}])

    def ready(self, at: Time | None = None) -> Self:
        return self._turn("ReadyForReviewEvent", False, at)

    def to_draft(self, at: Time | None = None) -> Self:
        return self._turn("ConvertToDraftEvent", True, at)

    def _turn(self, kind: str, draft: bool, at: Time | None) -> Self:
        with self.repository.world.lock:
            return self.change(at, draft=draft, timeline=self._happened(kind, at))

    def delete_fork(self, at: Time | None = None) -> Self:
        """The repository of its branch is no more: `head.repo` is null."""
        return self.change(at, head_repo=None)

    def merge(self, at: Time | None = None, by: str = "mona", method: str = "merge", commit: str | None = None) -> Self:
        """Merged with a merge commit, or by squash; `commit` names one that is there already."""
        with self.repository.world.lock:
            row, when, here = self.row, self._time(at), self.repository
            if commit is None:
                before = here.head(row["base"])
                parents = [sha for sha in (before, row["head_sha"] if method == "merge" else None) if sha]
                message = f"{row['title']} (#{self.number})"
                if method == "merge":
                    message = f"Merge pull request #{self.number} from acme/{row['head']}\n\n{row['title']}"
                commit = here.commit(
                    message, when, author=by, on=row["base"], parents=parents, files=_brought(here, row)
                )
            return self.change(
                at, state="closed", closed_at=when, merged_at=when, closed_by=by, merged_by=by, merge_sha=commit,
                draft=False, timeline=self._happened("MergedEvent", at, by),
            )  # fmt: skip


def _brought(repository: "Repository", row: Row) -> dict[str, str | None] | None:
    """What merging a branch changes in the files of the default one."""
    settings = repository.settings
    if row["head"] not in settings.branches or row["base"] != repository.branch:
        return None
    theirs = settings.branches[row["head"]]
    changed = {path: text for path, text in theirs.items() if settings.files.get(path) != text}
    return {**changed, **{path: None for path in settings.files if path not in theirs}}


def _commit(repository: "Repository", commit: Commit, author: str, parent: str | None) -> str:
    if isinstance(commit, str) and commit in repository.commits:
        return commit
    options = dict(commit) if isinstance(commit, dict) else {"at": commit}
    parents = [parent] if parent else []
    options = {"author": author, "parents": parents, "loose": True, **options}
    return repository.commit(options.pop("message", "Work"), **options)


def _review(repository: "Repository", author: str, state: str, at: int, commit: str | None, comments: int = 0) -> Row:
    repository.world.user(author)
    return {
        "id": repository.world.ids("review"), "author": author, "state": state, "submitted_at": at, "commit": commit,
        "comments": comments,
    }  # fmt: skip


def _event(repository: "Repository", kind: str, actor: str, at: int) -> Row:
    return {"id": repository.world.ids("event"), "kind": kind, "actor": actor, "created_at": at}


def _place(repository: "Repository", row: Row) -> None:
    kind, identity = ("pull", row["pull_id"]) if row["pull_id"] else ("issue", row["id"])
    repository.world.places[kind, str(identity)] = (repository.id, row["number"])


def _size(files: list[Row]) -> Row:
    return {
        "files": files,
        "additions": sum(file["additions"] for file in files),
        "deletions": sum(file["deletions"] for file in files),
    }


def _row(repository: "Repository", title: str, author: str, opened: int, number: int | None, labels: list[str]) -> Row:
    world = repository.world
    world.user(author)
    labelled = [{**_event(repository, "LabeledEvent", author, opened), "label": name} for name in labels]
    return {
        "number": repository.number(number), "id": world.ids("issue"), "pull_id": None, "title": title, "body": None,
        "author": author, "state": "open", "state_reason": None, "labels": list(labels), "created_at": opened,
        "updated_at": opened, "closed_at": None, "closed_by": None, "comments": 0, "merged_at": None, "merged_by": None,
        "repository": repository.id, "timeline": labelled,
    }  # fmt: skip


def open_issue(
    repository: "Repository", title: str, *, author: str = "mona", opened: Time | None = None,
    closed: Time | None = None,
    labels: Iterable[str] = (), body: str | None = None, number: int | None = None, updated: Time | None = None,
) -> Issue:  # fmt: skip
    """An issue; without `opened` it is opened now. `updated` is when it last changed, if that was later still."""
    opened = repository.world.now() if opened is None else seconds(opened)
    row = {**_row(repository, title, author, opened, number, list(labels)), "body": body}
    repository.issues.put(row["number"], row)
    _place(repository, row)
    issue = Issue(repository, row["number"])
    if closed is not None:
        issue.close(closed, by=author)
    return issue if updated is None else issue.change(updated)


def open_pull(
    repository: "Repository", title: str, *, author: str = "mona", opened: Time | None = None,
    merged: Time | None = None,
    closed: Time | None = None, commits: Iterable[Commit] | None = None, reviews: Iterable[Review] = (),
    ready_at: Time | None = None, draft: bool = False, labels: Iterable[str] = (), body: str | None = None,
    number: int | None = None, base: str | None = None, head: str | None = None, head_repo: str | None = "",
    method: str = "merge", merge_commit: str | None = None, files: list[Row] | None = None, updated: Time | None = None,
) -> Pull:  # fmt: skip
    """A pull request.

    commits: shas that are there, times, or {"at", "authored", "message", "author"}; without, one commit an hour before
    it opened. reviews: (author, state, at). ready_at: opened as a draft, ready then. head_repo: full name, None for a
    deleted fork. method: how it was merged, merge or squash; merge_commit: the sha, if it is there already.
    """
    world = repository.world
    opened = world.now() if opened is None else seconds(opened)
    row = _row(repository, title, author, opened, number, list(labels))
    base, number = base or repository.branch, row["number"]
    base_sha = parent = repository.head(base) or sha_of("nothing", repository.id)
    shas: list[str] = []
    for commit in [opened - 3600] if commits is None else commits:
        parent = _commit(repository, commit, author, parent)
        shas.append(parent)
    row |= {
        "pull_id": world.ids("pull"), "body": body, "base": base, "base_sha": base_sha,
        "head": head or f"change-{number}",
        "head_sha": parent, "head_repo": repository.name if head_repo == "" else head_repo, "commits": shas,
        "draft": draft or ready_at is not None, "merge_sha": None,
        "reviews": [_review(repository, who, state, seconds(at), parent) for who, state, at in reviews],
        **_size(files or [{"path": f"src/{number}.py", "additions": 10 + number % 90, "deletions": number % 40}]),
    }  # fmt: skip
    row["updated_at"] = max([opened, *(review["submitted_at"] for review in row["reviews"])])
    repository.issues.put(number, row)
    _place(repository, row)
    pull = Pull(repository, number)
    if ready_at is not None:
        pull.ready(ready_at)
    if merged is not None:
        pull.merge(merged, method=method, commit=merge_commit)
    elif closed is not None:
        pull.close(closed)
    if updated is not None:
        pull.change(updated)
    return pull
