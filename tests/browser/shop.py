"""A team's repository to try the portal on: pull requests, merged and tagged for weeks, one of them reverted."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.repos import RepoBuilder


def shop(path: Path, releases: int = 24) -> RepoBuilder:
    """Two releases a week until a few days ago, each of one pull request; the third last is reverted five hours later.
    One tag is a release candidate, which is no release."""
    repo = RepoBuilder(path)
    moment = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=3.5 * releases + 2)
    repo.commit("Begin", moment - timedelta(days=2))
    for number in range(1, releases + 1):
        opened = moment - timedelta(hours=20 + number)
        merged = repo.pull_request(number, f"Improve *step* {number} <b>now</b>", opened, moment)
        repo.tag(f"v1.{number}.0", moment + timedelta(minutes=30))
        if number == 5:
            repo.tag("v1.6.0-rc1", moment + timedelta(hours=2))
        if number == releases - 2:
            repo.revert(merged, moment + timedelta(hours=5))
            repo.tag(f"v1.{number}.1", moment + timedelta(hours=6))
        moment += timedelta(days=3.5)
    return repo
