"""The invented repositories: the same to the names of their commits, and each there to show something."""

import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from assessments.evidence import Outcome
from data import store
from data.demo import looked, repositories
from data.demo.histories import CONFIG, FORGE, FRAUD, HISTORIES, INVOICES, MONOREPO, PAYMENTS, ROUTES
from data.demo.repositories import Merged
from data.demo.stories import STORIES
from data.evidence.run import evidence
from data.sources.git_command import GitError

UNTIL = datetime(2026, 3, 2, 12, tzinfo=UTC)


def merged(count: int = 6) -> list[Merged]:
    """Changes of the fraud check, one in two months."""
    first = UNTIL - timedelta(weeks=70)
    return [
        Merged(store.to_us(first + timedelta(weeks=8 * each)), 101 + each, f"Cache the block list, part {each}")
        for each in range(count)
    ]


def said(path, *arguments: str) -> list[str]:
    return subprocess.run(
        ["git", "-C", str(path), *arguments], capture_output=True, text=True, check=True
    ).stdout.splitlines()


def test_the_same_history_gives_the_same_commits(home):
    first = said(repositories.write(FRAUD, merged(), UNTIL), "log", "--format=%H %an %ae %ad %s", "--date=unix")
    again = said(repositories.write(FRAUD, merged(), UNTIL), "log", "--format=%H %an %ae %ad %s", "--date=unix")
    other = said(repositories.write(FRAUD, merged(5), UNTIL), "log", "--format=%H")
    assert first == again and first[0].split()[0] != other[0]
    assert len(first) == len(FRAUD.steps) + 6 and {line.split()[1] for line in first} == {"Demo"}
    assert [each.name for each in repositories.folder().iterdir()] == ["fraud-check.git"]


def test_commits_stand_in_the_order_of_time_and_before_the_end(home):
    late = Merged(store.to_us(UNTIL + timedelta(days=1)), 900, "Cache the block list")
    times = said(repositories.write(FRAUD, [*merged(), late], UNTIL), "log", "--format=%ct", "--reverse")
    assert times == sorted(times, key=int)
    begun, ended = UNTIL - timedelta(weeks=78), UNTIL
    assert begun.timestamp() <= int(times[0]) and int(times[-1]) < ended.timestamp()


def test_what_git_refuses_is_said_and_nothing_half_stays(home, monkeypatch):
    repositories.write(FRAUD, merged(), UNTIL)
    monkeypatch.setattr(repositories, "_stream", lambda *arguments: iter([b"nonsense\n"]))
    with pytest.raises(GitError, match="could not write a repository of the demo"):
        repositories.write(FRAUD, merged(), UNTIL)
    assert [each.name for each in repositories.folder().iterdir()] == ["fraud-check.git"]
    assert said(repositories.folder() / "fraud-check.git", "rev-list", "--count", "main") == ["11"]


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.name)
def test_every_history_is_of_a_story_and_goes_forward(history):
    assert history.name in {story.repository or story.service for story in STORIES}
    weeks = [step.weeks for step in history.steps]
    assert weeks == sorted(weeks, reverse=True) and weeks[0] == 78 and weeks[-1] > 0


@pytest.mark.parametrize(
    ("history", "shown"),
    [
        (PAYMENTS, {"jenkinsfile": "met", "ci-oidc": "met", "docker-user": "met", "alert-runbooks": "met"}),
        (INVOICES, {"docker-user": "not met", "ci-failures-count": "partly", "alert-runbooks": "not met",
                    "key-files": "not met", "ci-pinned-actions": "not met"}),
        (CONFIG, {"terraform-state": "met", "terraform-ingress": "met", "docker-user": "not applicable"}),
        (MONOREPO, {"docker-user": "partly", "codeowners": "not met"}),
        (ROUTES, {"jenkinsfile": "not met", "tests-present": "not met", "ci-tests": "unknown",
                  "few-branches": "not met", "branch-protection": "not met"}),
    ],
    ids=lambda each: getattr(each, "name", ""),
)  # fmt: skip
def test_each_shows_what_its_story_says(history, shown, home):
    thing = next(story.things[0] for story in STORIES if (story.repository or story.service) == history.name)
    begun = UNTIL - timedelta(weeks=77)
    changes = [
        Merged(store.to_us(begun + timedelta(weeks=3 * each)), each, f"Cache {thing}", "push/x") for each in range(25)
    ]
    facts = looked.facts(history, [], store.to_us(UNTIL), 0)
    found = evidence(repositories.write(history, changes, UNTIL), facts=facts, as_of=store.to_us(UNTIL))
    assert {key: str(found.of(key).outcome) for key in shown} == shown
    assert not [each.finding.because for each in found.results if "This probe failed" in each.finding.because]
    assert found.of("secrets-in-files").outcome is Outcome.MET


def test_the_forge_says_nothing_before_it_was_asked():
    before, after = (looked.facts(PAYMENTS, [], 0, weeks) for weeks in (FORGE, FORGE - 1))
    assert (before.protection, before.environments, before.branches) == (None, None, None)
    assert after.protection.checks == ("check",) and after.environments[0].branches


def test_rules_are_those_of_the_moment():
    assert [looked.facts(FRAUD, [], 0, weeks).protection.checks for weeks in (10, 9, 0)] == [(), ("check",), ("check",)]
