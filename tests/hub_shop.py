"""A repository at the test GitHub with a history that anybody who ships software knows: pull requests with reviews and
drafts, deployments to two environments, workflow runs, releases, incidents with a label, and a revert."""

from tests.fake_github import GitHub
from tests.fake_github.repository import Repository

HOUR, DAY = 3600, 86400


def history(hub: GitHub, name: str = "acme/shop", days: int = 80) -> Repository:
    """Ends an hour ago: a change a day, deployed to staging and, but for every fifth, to production."""
    repo, now = hub.repository(name), int(hub.clock.now())
    begin = now - days * DAY
    repo.commit("Begin", at=begin)
    for day in range(days - 1):
        at = begin + (day + 1) * DAY - (day % 7) * HOUR
        merged = _change(repo, day, at)
        sha = repo.head()
        repo.run("CI", created=merged + 20, sha=sha, jobs=[("test", 15 + day % 40, 200)])
        repo.run("Deploy to production", created=merged + 300, sha=sha, jobs=[("deploy", 8, 120)])
        _deploy(repo, "staging", sha, merged + 600)
        if day % 5:
            _deploy(repo, "production", sha, merged + HOUR, "failure" if day % 19 == 3 else "success")
        if day % 23 == 11:
            repo.issue(
                "Checkout answers slowly", opened=merged + 2 * HOUR, closed=merged + 5 * HOUR, labels=["incident"]
            )
        if day % 30 == 9:
            repo.issue("Cart forgets things", opened=merged + HOUR, labels=["bug"])
        if day % 20 == 19:
            repo.release(f"v1.{day // 20}.0", published=merged + HOUR, sha=sha)
    return repo


def _change(repo: Repository, day: int, at: int) -> int:
    """A pull request that is merged then; its number tells how it went."""
    opened = at - (4 + day % 11 * 5) * HOUR
    reviews = [("hubot", "COMMENTED", at - 3 * HOUR), ("hubot", "APPROVED", at - HOUR)][day % 3 == 0 :]
    ready = opened + HOUR if day % 4 == 0 else None
    title, body = f"Better checkout, part {day}", None
    if day == 40:
        broken = repo.head()
        title, body = f'Revert "Better checkout, part {day - 1}"', f"This reverts commit {broken}."
    repo.pull(
        title, body=body, opened=opened, merged=at, reviews=[] if day % 9 == 8 else reviews, ready_at=ready,
        commits=[{"at": opened - HOUR, "message": f"{title}\n\n{body or ''}".strip()}],
    )  # fmt: skip
    return at


def _deploy(repo: Repository, environment: str, sha: str, at: int, state: str = "success") -> None:
    repo.deploy(environment, sha=sha, created=at, statuses=[("in_progress", at + 20), (state, at + 240)])
