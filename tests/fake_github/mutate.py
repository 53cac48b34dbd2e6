"""Random plausible changes of everything, and histories of any size; the same seed does the same."""

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.fake_github.issues import Issue, Pull
from tests.fake_github.records import Row
from tests.fake_github.repository import Repository
from tests.fake_github.runs import Run
from tests.fake_github.shipping import Deployment, Release

if TYPE_CHECKING:
    from tests.fake_github.world import World

PEOPLE = ("mona", "hubot", "ada", "grace", "linus", "dependabot[bot]")
LABELS = ("bug", "incident", "feature", "size/S", "do not merge")
ENVIRONMENTS = ("production", "production", "staging", "preview")
CONCLUSIONS = ("success", "success", "success", "failure", "cancelled", "skipped", "timed_out")
#: How many of the newest rows a change is picked from: old ones change seldom.
RECENT = 200


class Mutator:
    """`step` changes one thing in one repository and says what."""

    def __init__(self, world: "World", seed: int):
        self.world, self.dice = world, random.Random(seed)

    def step(self) -> str:
        with self.world.lock:
            rows = sorted(self.world.repositories.truth(), key=lambda row: row["id"])
            rows = [row for row in rows if not row["archived"]]
            if not rows:
                return "nothing to change"
            here = self.world.contents[self.dice.choice(rows)["id"]]
            names, weights = zip(*((each, weight) for each, weight in CHANGES.items()), strict=True)
            change = self.dice.choices(names, weights)[0]
            found = change(self, here)
            return f"{here.name}: {change.__name__}" + ("" if found is not None else " (nothing fits)")

    def item(self, here: Repository, pull: bool, state: str | None = None) -> Row | None:
        """One of the newest that fits, now and then an old one."""
        rows = here.issues.truth()
        return self.pick([row for row in rows if bool(row["pull_id"]) == pull and state in (None, row["state"])])

    def pick(self, rows: list[Row]) -> Row | None:
        if not rows:
            return None
        return self.dice.choice(rows if self.dice.random() < 0.1 else rows[-RECENT:])

    def who(self) -> str:
        return self.dice.choice(PEOPLE)

    # Pull requests and issues.

    def open_pull(self, here: Repository) -> object:
        draft = self.dice.random() < 0.3
        labels = self.dice.sample(LABELS, self.dice.choice((0, 0, 1, 2)))
        pull = here.pull(f"Change {self.dice.randrange(10**6)}", author=self.who(), draft=draft, labels=labels)
        for _ in range(self.dice.choice((0, 0, 1, 3))):
            pull.push()
        return pull

    def work_on_pull(self, here: Repository) -> object:
        row = self.item(here, True, "open")
        if row is None:
            return None
        pull, by = Pull(here, row["number"]), self.who()
        state = self.dice.choice(("APPROVED", "APPROVED", "CHANGES_REQUESTED", "COMMENTED"))
        deeds: list[Callable[[], object]] = [
            pull.push, lambda: pull.review(by, state), lambda: pull.label(self.dice.choice(LABELS)), pull.comment,
            pull.force_push, pull.ready if row["draft"] else pull.to_draft,
            lambda: pull.edit(f"Better {self.dice.randrange(10**6)}"),
        ]  # fmt: skip
        return self.dice.choice(deeds)()

    def end_pull(self, here: Repository) -> object:
        row = self.item(here, True, "open")
        if row is None:
            return None
        pull = Pull(here, row["number"])
        if self.dice.random() < 0.15:
            return pull.close()
        return pull.merge(by=self.who(), method=self.dice.choice(("merge", "squash")))

    def touch_closed_pull(self, here: Repository) -> object:
        row = self.item(here, True, "closed")
        if row is None:
            return None
        pull = Pull(here, row["number"])
        if row["merged_at"] is None and self.dice.random() < 0.5:
            return pull.reopen()
        return self.dice.choice((pull.comment, pull.delete_fork, lambda: pull.label(self.dice.choice(LABELS))))()

    def open_issue(self, here: Repository) -> object:
        labels = self.dice.sample(LABELS, self.dice.choice((0, 1, 2)))
        return here.issue(f"Broken {self.dice.randrange(10**6)}", author=self.who(), labels=labels)

    def work_on_issue(self, here: Repository) -> object:
        row = self.item(here, False)
        if row is None:
            return None
        issue = Issue(here, row["number"])
        turn = issue.close if row["state"] == "open" else issue.reopen
        label = self.dice.choice(LABELS)
        return self.dice.choice((turn, turn, issue.comment, lambda: issue.label(label), lambda: issue.unlabel(label)))()

    def label_a_crowd(self, here: Repository) -> object:
        """More things change in one second than a page holds."""
        rows = list(here.issues.truth())[-150:]
        label, at = f"sweep-{self.dice.randrange(1000)}", self.world.now()
        for row in rows:
            here.item(row["number"]).label(label, at)
        return rows or None

    def delete_issue(self, here: Repository) -> object:
        row = self.item(here, False)
        return Issue(here, row["number"]).delete() or row if row else None

    # Deployments, runs, releases, trunk.

    def deploy(self, here: Repository) -> object:
        deployment = here.deploy(self.dice.choice(ENVIRONMENTS), creator=self.who())
        return deployment.status(self.dice.choice(("queued", "in_progress", "pending")))

    def go_on_deploying(self, here: Repository) -> object:
        done = ("success", "failure", "error", "inactive")
        rows = [
            row for row in here.deployments.truth() if not row["statuses"] or row["statuses"][-1]["state"] not in done
        ]
        row = self.pick(rows)
        if row is None:
            return None
        state = self.dice.choice(("success", "success", "success", "failure", "error", "in_progress"))
        return Deployment(here, row["id"]).status(state)

    def start_run(self, here: Repository) -> object:
        name = self.dice.choice(("CI", "Release", "Nightly"))
        return here.run(name, conclusion=None, actor=self.who(), jobs=[("build", 5, 60), ("test", 9, 200)])

    def go_on_running(self, here: Repository) -> object:
        rows = [row for row in here.runs.truth() if row["attempts"][-1]["status"] != "completed"]
        row = self.pick(rows)
        if row is None:
            return None
        run = Run(here, row["id"])
        return run.start() if row["attempts"][-1]["status"] == "queued" else run.finish(self.dice.choice(CONCLUSIONS))

    def run_again(self, here: Repository) -> object:
        rows = [row for row in here.runs.truth() if row["attempts"][-1]["status"] == "completed"]
        row = self.pick(rows)
        return Run(here, row["id"]).rerun(conclusion=self.dice.choice((None, "success", "failure"))) if row else None

    def release(self, here: Repository) -> object:
        return here.release(f"v{self.dice.randrange(10**6)}", draft=self.dice.random() < 0.2, author=self.who())

    def change_release(self, here: Repository) -> object:
        row = self.pick(list(here.releases.truth()))
        if row is None:
            return None
        release = Release(here, row["id"])
        return release.publish() if row["draft"] else release.change(name=f"Better {self.dice.randrange(1000)}")

    def delete_release(self, here: Repository) -> object:
        row = self.pick(list(here.releases.truth()))
        return Release(here, row["id"]).delete() or row if row else None

    def commit(self, here: Repository) -> object:
        return here.commit(f"Work {self.dice.randrange(10**6)}", author=self.who())


#: Change -> weight.
CHANGES: dict[Callable[[Mutator, Repository], object], float] = {
    Mutator.open_pull: 10, Mutator.work_on_pull: 20, Mutator.end_pull: 8, Mutator.touch_closed_pull: 3,
    Mutator.open_issue: 5, Mutator.work_on_issue: 8, Mutator.label_a_crowd: 0.2, Mutator.delete_issue: 0.5,
    Mutator.deploy: 6, Mutator.go_on_deploying: 10, Mutator.start_run: 8, Mutator.go_on_running: 14,
    Mutator.run_again: 4, Mutator.release: 2, Mutator.change_release: 1, Mutator.delete_release: 0.3,
    Mutator.commit: 3,
}  # fmt: skip


def fill(
    here: Repository, seed: int, pulls: int, issues: int, deployments: int, runs: int, releases: int, days: int
) -> None:
    """A history of that size, ending now: merged pull requests with reviews, closed issues, deployments, runs."""
    dice, world = random.Random(seed), here.world
    with world.lock:
        now = world.now()
        begin = now - days * 86400

        def times(count: int) -> list[int]:
            return sorted(dice.randrange(begin, now - 3600) for _ in range(count))

        for opened in times(pulls):
            merged = min(opened + dice.randrange(600, 7 * 86400), now)
            between = opened + (merged - opened) // 2
            drafted = opened + (merged - opened) // 4 if dice.random() < 0.2 else None
            here.pull(
                f"Change {dice.randrange(10**6)}", author=dice.choice(PEOPLE), opened=opened, merged=merged,
                reviews=[(dice.choice(PEOPLE), "APPROVED", between)], ready_at=drafted,
                method=dice.choice(("merge", "squash")), labels=dice.sample(LABELS, dice.choice((0, 0, 1))),
            )  # fmt: skip
        for opened in times(issues):
            closed = min(opened + dice.randrange(600, 30 * 86400), now)
            here.issue(opened=opened, closed=closed, labels=dice.sample(LABELS, dice.choice((0, 1))))
        for created in times(deployments):
            end = dice.choice(("success", "success", "success", "failure"))
            statuses = [("in_progress", created + 20), (end, min(created + dice.randrange(60, 1800), now))]
            here.deploy(dice.choice(ENVIRONMENTS), created=created, statuses=statuses)
        for created in times(runs):
            jobs = [("build", dice.randrange(2, 60), dice.randrange(30, 900))]
            here.run(dice.choice(("CI", "Release")), created=created, conclusion=dice.choice(CONCLUSIONS), jobs=jobs)
        for place, published in enumerate(times(releases)):
            here.release(f"v{place}", published=published)
