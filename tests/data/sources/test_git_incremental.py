"""A second read with the cursor of the first: only what is new, and the same as reading everything at once."""

import json
from datetime import UTC, datetime

import polars as pl
import pytest

from data.sources.git import GitHistory, read
from tests.repos import RepoBuilder

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> RepoBuilder:
    repo = RepoBuilder(tmp_path_factory.mktemp("built") / "shop")
    repo.commit("Begin", "2026-01-01 09:00")
    repo.pull_request(1, "One", "2026-01-02 09:00", "2026-01-03 09:00", commits=3)
    repo.tag("v1", "2026-01-04 09:00")
    return repo


@pytest.fixture
def repo(built, tmp_path) -> RepoBuilder:
    return built.copy(tmp_path / "shop")


def again(repo: RepoBuilder, before: GitHistory, **options) -> GitHistory:
    """A read that goes on from an earlier one, whose cursor went through a database."""
    return read(repo.path, json.loads(json.dumps(before.cursor)), now=NOW, **options)


def added(rows: pl.DataFrame, more: pl.DataFrame, key: str) -> pl.DataFrame:
    """What a store holds after both reads."""
    return pl.concat([rows.join(more, on=key, how="anti"), more]).sort(key)


def assert_adds_up(repo: RepoBuilder, before: GitHistory, after: GitHistory) -> None:
    whole = read(repo.path, paths=after.cursor["paths"], now=NOW)
    kept = before.deployments.filter(~pl.col("deployment_id").is_in(after.removed))
    assert added(before.changes, after.changes, "change_id").equals(whole.changes.sort("change_id"))
    assert added(kept, after.deployments, "deployment_id").equals(whole.deployments.sort("deployment_id"))
    assert added(before.commits, after.commits, "sha").equals(whole.commits.sort("sha"))
    assert after.cursor == whole.cursor
    assert (after.notes, after.collected_until) == (whole.notes, whole.collected_until)


def test_nothing_new_reads_nothing(repo):
    before = read(repo.path, now=NOW)
    after = again(repo, before)
    assert (after.full, after.commits_read, after.changes.height, after.commits.height) == (False, 0, 0, 0)
    assert after.cursor == before.cursor


def test_only_new_commits_are_read(repo):
    before = read(repo.path, now=NOW)
    repo.pull_request(2, "Two", "2026-01-05 09:00", "2026-01-06 09:00", commits=2)
    repo.tag("v2", "2026-01-07 09:00")
    after = again(repo, before)
    assert (before.commits_read, after.commits_read, after.full) == (5, 3, False)
    assert after.changes["change_id"].to_list() == ["#2"]
    assert after.deployments["ref"].to_list() == ["v2"]
    assert after.commits.height == 3
    assert_adds_up(repo, before, after)


def test_touched_files_go_on_too(repo):
    before = read(repo.path, paths=True, now=NOW)
    repo.commit("More", "2026-01-05 09:00", files={"web/a": "x"})
    after = again(repo, before, paths=True)
    assert after.changes["paths"].to_list() == [["web/a"]]
    assert_adds_up(repo, before, after)


def test_asking_for_touched_files_later_reads_everything(repo):
    before = read(repo.path, now=NOW)
    after = again(repo, before, paths=True)
    assert (after.full, after.changes["paths"].null_count()) == (True, 0)


def test_a_number_met_before_the_cursor_does_not_collide(repo):
    before = read(repo.path, now=NOW)
    sha = repo.squash("One again", 1, "2026-01-05 09:00")
    after = again(repo, before)
    assert after.changes["change_id"].to_list() == [f"#1@{sha[:7]}"]
    assert_adds_up(repo, before, after)


def test_a_revert_of_an_old_side_commit_names_its_merge(repo):
    merge = repo.head()
    before = read(repo.path, now=NOW)
    repo.revert(repo.git("rev-parse", f"{merge}^2~1"), "2026-01-05 09:00")
    after = again(repo, before)
    assert after.changes["reverts"].to_list() == [[merge]]
    assert_adds_up(repo, before, after)


def test_rewritten_history_is_read_anew(repo):
    before = read(repo.path, now=NOW)
    repo.git("update-ref", "refs/heads/main", repo.git("rev-parse", "main~1"))
    repo.commit("Another way", "2026-01-05 09:00")
    after = again(repo, before)
    assert (after.full, after.commits_read) == (True, 2)
    assert "History was rewritten since the last read, so everything was read anew." in after.notes
    assert after.changes["position"].to_list() == [0, 1]


def test_a_trunk_that_lost_commits_is_read_anew(repo):
    before = read(repo.path, now=NOW)
    repo.git("update-ref", "refs/heads/main", repo.git("rev-parse", "main~1"))
    after = again(repo, before)
    assert (after.full, after.changes.height) == (True, 1)


def test_the_old_trunk_merged_as_a_side_branch_is_read_anew(repo):
    before = read(repo.path, now=NOW)
    repo.branch("theirs")
    repo.git("update-ref", "refs/heads/main", repo.git("rev-parse", "main~1"))
    repo.commit("Mine", "2026-01-05 09:00")
    repo.merge("theirs", "Merge branch 'main' of example.org:o/shop", "2026-01-06 09:00")
    after = again(repo, before)
    assert (after.full, after.changes.height) == (True, 3)


def test_a_moved_tag_replaces_the_old_row(repo):
    before = read(repo.path, now=NOW)
    sha = repo.commit("More", "2026-01-05 09:00")
    repo.tag("v1", "2026-01-06 09:00", force=True)
    after = again(repo, before)
    assert (after.deployments["ref"].to_list(), after.deployments["sha"].to_list()) == (["v1"], [sha])
    assert_adds_up(repo, before, after)


def test_a_removed_tag_is_named(repo):
    repo.commit("More", "2026-01-05 09:00")
    before = read(repo.path, now=NOW)
    repo.git("tag", "-d", "v1")
    after = again(repo, before)
    assert (after.removed, after.full, after.changes.height) == (("tag:v1",), False, 0)
    assert_adds_up(repo, before, after)


def test_a_new_tag_on_an_old_commit_reads_no_commit(repo):
    before = read(repo.path, now=NOW)
    repo.tag("v0", "2026-02-01 09:00", sha=repo.git("rev-parse", "main~1"))
    after = again(repo, before)
    assert (after.commits_read, after.commits.height) == (0, 0)
    assert after.deployments.select("ref", "position").rows() == [("v0", 0)]
    assert_adds_up(repo, before, after)


def test_trunk_moving_onto_a_tagged_branch_moves_its_positions(repo):
    repo.branch("release")
    sha = repo.commit("Release", "2026-01-05 09:00", on="release")
    repo.tag("v2", "2026-01-06 09:00", sha=sha)
    before = read(repo.path, now=NOW)
    repo.git("update-ref", "refs/heads/main", sha)
    after = again(repo, before)
    assert after.deployments.select("ref", "position", "on_trunk").rows() == [("v2", 2, True)]
    assert_adds_up(repo, before, after)


def test_a_release_branch_merged_back_later_keeps_its_tags(repo):
    repo.branch("release")
    repo.tag("v2", "2026-01-06 09:00", sha=repo.commit("Release", "2026-01-05 09:00", on="release"))
    before = read(repo.path, now=NOW)
    repo.merge("release", "Merge branch 'release'", "2026-01-07 09:00")
    after = again(repo, before)
    assert (after.deployments.height, after.commits_read, after.changes.height) == (0, 2, 1)
    assert_adds_up(repo, before, after)


def test_a_long_history_in_two_halves(repo, tmp_path):
    long = RepoBuilder(tmp_path / "long")
    long.many(400, "2025-01-01 00:00")
    end = long.head()
    long.git("update-ref", "refs/heads/main", long.git("rev-parse", "main~150"))
    tags = [name for name in long.git("tag").split() if name not in long.git("tag", "--merged", "main").split()]
    objects = {name: long.git("rev-parse", f"refs/tags/{name}") for name in tags}
    long.git("tag", "-d", *tags)
    before = read(long.path, now=NOW)
    long.git("update-ref", "refs/heads/main", end)
    for name, sha in objects.items():
        long.git("update-ref", f"refs/tags/{name}", sha)
    after = again(long, before)
    assert (after.full, after.changes.height) == (False, 150)
    assert_adds_up(long, before, after)


@pytest.mark.parametrize("cursor", [{}, {"reader": 0}, {"head": "x"}])
def test_a_cursor_of_another_reader_leads_to_a_full_read(repo, cursor):
    assert read(repo.path, cursor, now=NOW).full
