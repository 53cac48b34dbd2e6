"""Workflow runs with their attempts and jobs."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from tests.fake_github.records import Row
from tests.fake_github.storage import zipped
from tests.repos import Time, seconds

if TYPE_CHECKING:
    from tests.fake_github.repository import Repository

#: (name, seconds in the queue, seconds at work)
Job = tuple[str, int, int]


class Run:
    """One workflow run: `created_at` never changes, whatever is run again."""

    def __init__(self, repository: "Repository", identity: int):
        self.repository, self.id = repository, identity

    @property
    def row(self) -> Row:
        row = self.repository.runs.newest(self.id)
        assert row, f"{self.id} is deleted"
        return row

    def _attempts(self, attempts: list[Row]) -> Self:
        updated = max(self.row["updated_at"], attempts[-1]["updated_at"])
        self.repository.runs.change(self.id, attempts=attempts, updated_at=updated)
        return self

    def start(self, at: Time | None = None) -> Self:
        """Taken by a runner: from queued to in_progress; its jobs start."""
        with self.repository.world.lock:
            when = self.repository.world.now() if at is None else seconds(at)
            *before, last = self.row["attempts"]
            jobs = [{**job, "status": "in_progress", "started_at": when, "runner": "runner-1"} for job in last["jobs"]]
            return self._attempts([*before, {**last, "status": "in_progress", "updated_at": when, "jobs": jobs}])

    def finish(self, conclusion: str = "success", at: Time | None = None) -> Self:
        """Conclusion: success, failure, cancelled, skipped, timed_out, action_required, neutral."""
        with self.repository.world.lock:
            when = self.repository.world.now() if at is None else seconds(at)
            *before, last = self.row["attempts"]
            done = {"status": "completed", "conclusion": conclusion}
            jobs = [{**job, **done, "completed_at": max(when, job["started_at"])} for job in last["jobs"]]
            return self._attempts([*before, {**last, **done, "updated_at": when, "jobs": jobs}])

    def rerun(
        self, at: Time | None = None, conclusion: str | None = "success", by: str = "mona", lasting: int = 120
    ) -> Self:
        """One more attempt, finished `lasting` seconds later; with conclusion None it is only queued."""
        with self.repository.world.lock:
            world, row = self.repository.world, self.row
            world.user(by)
            when = world.now() if at is None else seconds(at)
            again = [(job["name"], 10, lasting) for job in row["attempts"][-1]["jobs"]]
            attempt = _attempt(self.repository, len(row["attempts"]) + 1, when, conclusion, again, by, when + lasting)
            return self._attempts([*row["attempts"], attempt])

    def artifact(self, name: str, content: object = None, *, size: int | None = None, address: str = "") -> Row:
        """An artifact that it keeps: an archive (bytes), or the value of the JSON file of that name in one. address:
        where GitHub says that it lies, if not in the storage. Its row."""
        here = self.repository
        with here.world.lock:
            body = content if isinstance(content, bytes) else zipped(**{name: content})
            identity = here.world.ids("artifact")
            row = {
                "id": identity, "name": name, "size": len(body) if size is None else size, "run": self.id,
                "expired": False, "created_at": here.world.now(),
                "address": address or here.world.storage.put(f"/artifacts/{identity}.zip", body),
            }  # fmt: skip
            return here.artifacts.put(identity, row)

    def delete(self) -> None:
        with self.repository.world.lock:
            self.repository.runs.remove(self.id)


def _attempt(
    repository: "Repository",
    number: int,
    started: int,
    conclusion: str | None,
    jobs: Iterable[Job],
    by: str,
    finished: int,
) -> Row:
    done = conclusion is not None
    rows = []
    for name, queued, working in jobs:
        start = started + queued if done else started  # a queued job says it started when it was created
        rows.append({
            "id": repository.world.ids("job"), "name": name, "attempt": number, "created_at": started,
            "started_at": start,
            "status": "completed" if done else "queued", "conclusion": conclusion,
            "runner": "runner-1" if done else None,
            "completed_at": start + working if done else None, "labels": ["ubuntu-latest"],
        })  # fmt: skip
    updated = max([finished, *(row["completed_at"] for row in rows)]) if done else started
    return {
        "attempt": number, "started_at": started, "updated_at": updated, "status": "completed" if done else "queued",
        "conclusion": conclusion, "actor": by, "jobs": rows,
    }  # fmt: skip


def start_run(
    repository: "Repository", workflow: str, *, path: str | None = None, created: Time | None = None,
    conclusion: str | None = "success", finished: Time | None = None, event: str = "push", branch: str | None = None,
    sha: str | None = None, jobs: Iterable[Job] = (("build", 5, 100),), actor: str = "mona", title: str | None = None,
    through: dict[str, str] | None = None, ended: dict[str, str] | None = None,
) -> Run:  # fmt: skip
    """A run of a workflow; with conclusion None it waits in the queue. jobs: (name, seconds queued, at work). through:
    reusable workflows (owner/name/path@ref) that it calls, with their commits. ended: how single jobs did, by name."""
    world = repository.world
    world.user(actor)
    when = world.now() if created is None else seconds(created)
    path = path or f".github/workflows/{workflow.lower().replace(' ', '-')}.yml"
    if path not in repository.workflows:
        repository.workflows[path] = {"id": world.ids("workflow"), "name": workflow, "path": path, "runs": 0}
    flow = repository.workflows[path]
    flow["runs"] += 1
    called = [{"path": path, "sha": commit, "ref": path.partition("@")[2]} for path, commit in (through or {}).items()]
    attempt = _attempt(repository, 1, when, conclusion, jobs, actor, when if finished is None else seconds(finished))
    for job in attempt["jobs"]:
        job["conclusion"] = (ended or {}).get(job["name"], job["conclusion"])
    row = {
        "through": called,
        "id": world.ids("run"), "suite": world.ids("suite"), "name": workflow, "path": path, "workflow": flow["id"],
        "number": flow["runs"], "event": event, "branch": branch or repository.branch, "actor": actor,
        "created_at": when,
        "sha": sha or repository.head() or repository.commit(at=when), "title": title or workflow,
        "updated_at": attempt["updated_at"], "attempts": [attempt], "repository": repository.id,
    }  # fmt: skip
    repository.runs.put(row["id"], row)
    return Run(repository, row["id"])
