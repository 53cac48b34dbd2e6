from datetime import UTC, datetime

import pytest

from data.evidence.adoption import since_files, since_judged
from data.evidence.run import evidence
from data.evidence.trees import open_clone
from tests.repos import RepoBuilder

FLOW = "on: push\njobs:\n  a:\n    {limit}\n    steps:\n      - run: {command}\n"
PATH = ".github/workflows/ci.yml"


@pytest.fixture(scope="module")
def repo(tmp_path_factory) -> RepoBuilder:
    repo = RepoBuilder(tmp_path_factory.mktemp("adoption") / "shop")
    repo.commit("Begin", "2026-01-01 09:00", files={"shop.py": "x = 1\n"})
    repo.commit("Flow", "2026-02-01 09:00", files={PATH: FLOW.format(limit="", command="make")})
    repo.commit("Other", "2026-02-10 09:00")
    repo.branch("work")
    limited = FLOW.format(limit="timeout-minutes: 5", command="make")
    repo.commit("Limit", "2026-03-01 09:00", on="work", files={PATH: limited})
    repo.merge("work", "Merge pull request #1 from o/work\n\nLimit", "2026-03-05 09:00")
    repo.commit("Again", "2026-04-01 09:00", files={PATH: limited.replace("make", "make all")})
    return repo


def day(since) -> str:
    return f"{datetime.fromtimestamp(since.instant / 1e6, UTC):%m-%d}"


def test_a_file_dates_from_the_commit_that_brought_it_to_trunk(repo):
    since = since_files(open_clone(repo.path), evidence(repo.path))
    assert (day(since["ci-timeouts"]), since["ci-timeouts"].open) == ("02-01", False)


def test_a_practice_inside_of_a_file_dates_from_when_it_was_first_judged_so(repo):
    since = since_judged(open_clone(repo.path), evidence(repo.path), "ci-timeouts")
    assert day(since) == "03-05"  # when it was merged, not when it was written


def test_what_is_not_there_has_no_date(repo):
    assert since_judged(open_clone(repo.path), evidence(repo.path), "ci-permissions") is None
    assert "ci-permissions" not in since_files(open_clone(repo.path), evidence(repo.path))


def test_a_shallow_clone_says_that_it_may_be_older(repo, tmp_path):
    repo.git("clone", "-q", "--bare", "--depth=1", f"file://{repo.path}", str(tmp_path / "shallow"))
    since = since_files(open_clone(tmp_path / "shallow"), evidence(tmp_path / "shallow"))
    assert (day(since["ci-timeouts"]), since["ci-timeouts"].open) == ("04-01", True)


def test_names_too_long_for_a_command_have_no_date_and_keep_none_from_the_others(tmp_path):
    repo = RepoBuilder(tmp_path / "long")
    repo.commit("Flow", "2026-02-01 09:00", files={PATH: FLOW.format(limit="timeout-minutes: 5", command="make")})
    flow = repo.git("rev-parse", f"HEAD:{PATH}")
    for name in ("a" * 200_000, *(f"{number}{'b' * 6_000}" for number in range(3))):
        entry = f"100644 {flow}\t.github/workflows/{name}.yml\n"
        repo.git("update-index", "--add", "--index-info", given=entry.encode())
    tree = repo.git("write-tree")
    repo.git("update-ref", "HEAD", repo.git("commit-tree", tree, "-p", "HEAD", "-m", "Long"))
    found = evidence(repo.path)
    assert max(len(place.path) for place in found.of("ci-timeouts").good or found.of("ci-timeouts").evidence) > 100_000
    assert since_files(open_clone(repo.path), found)["ci-timeouts"]
    assert since_judged(open_clone(repo.path), found, "ci-timeouts")
