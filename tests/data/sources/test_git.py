"""What one read of a clone gives: changes, tags, positions, reverts, links and times."""

import os
from datetime import UTC, datetime

import polars as pl
import pytest

from assessments.delivery.facts import CHANGES, DEPLOYMENTS
from data.sources.git import COMMITS, Cancelled, read
from tests.repos import RepoBuilder

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def repo(tmp_path) -> RepoBuilder:
    return RepoBuilder(tmp_path / "shop")


def day(number: int, hour: int = 9) -> str:
    return f"2026-01-{number:02d} {hour:02d}:00"


def at(number: int, hour: int = 9) -> datetime:
    return datetime(2026, 1, number, hour, tzinfo=UTC)


def change(history, change_id: str) -> dict:
    return history.changes.row(by_predicate=pl.col("change_id") == change_id, named=True)


def tag(history, name: str) -> dict:
    return history.deployments.row(by_predicate=pl.col("ref") == name, named=True)


def test_frames_have_the_shapes_of_facts(repo):
    repo.commit("Begin", day(1))
    repo.tag("v1", day(2))
    history = read(repo.path, now=NOW)
    assert (history.changes.schema, history.deployments.schema) == (CHANGES, DEPLOYMENTS)
    assert history.commits.schema == COMMITS


def test_a_merged_pull_request(repo):
    repo.commit("Begin", day(1))
    sha = repo.pull_request(12, "Add a basket", opened=day(2), merged=day(5), commits=3)
    row = change(read(repo.path, now=NOW), "#12")
    assert (row["kind"], row["number"], row["title"], row["merge_sha"]) == ("pull_request", 12, "Add a basket", sha)
    assert (row["position"], row["authored_at"], row["merged_at"]) == (1, at(2), at(5))
    assert row["opened_at"] is row["first_review_at"] is row["paths"] is None


def test_a_squashed_pull_request_hides_its_first_commit(repo):
    repo.commit("Begin", day(1))
    repo.squash("Add a basket", 12, day(5))
    row = change(read(repo.path, now=NOW), "#12")
    assert (row["kind"], row["authored_at"], row["merged_at"]) == ("pull_request", None, at(5))


def test_a_direct_push_has_its_own_author_time(repo):
    sha = repo.commit("Fix it now", day(5), authored=day(3))
    row = change(read(repo.path, now=NOW), sha)
    assert (row["kind"], row["number"], row["authored_at"]) == ("direct_push", None, at(3))


def test_a_merge_without_number_is_a_direct_push_authored_when_its_first_commit_was(repo):
    repo.commit("Begin", day(1))
    repo.branch("basket")
    repo.commit("Work", day(2), on="basket")
    repo.commit("More work", day(3), on="basket")
    sha = repo.merge("basket", "Merge branch 'basket'", day(4))
    row = change(read(repo.path, now=NOW), sha)
    assert (row["kind"], row["authored_at"]) == ("direct_push", at(2))


def test_side_commits_belong_to_the_merge_that_brought_them(repo):
    repo.commit("Begin", day(1))
    repo.branch("basket")
    repo.commit("Early", day(2), on="basket")
    repo.merge("basket", "Merge pull request #1 from o/basket\n\nFirst", day(3))
    repo.commit("Late", day(4), on="basket")
    repo.merge("basket", "Merge pull request #2 from o/basket\n\nSecond", day(5))
    history = read(repo.path, now=NOW)
    assert (change(history, "#1")["authored_at"], change(history, "#2")["authored_at"]) == (at(2), at(4))


def test_a_branch_merged_again_without_anything_new_brings_nothing(repo):
    repo.commit("Begin", day(1))
    repo.branch("basket")
    repo.commit("Work", day(2), on="basket")
    repo.merge("basket", "Merge pull request #1 from o/basket", day(3))
    repo.merge("basket", "Merge pull request #2 from o/basket", day(4))
    history = read(repo.path, now=NOW)
    assert (change(history, "#1")["authored_at"], change(history, "#2")["authored_at"]) == (at(2), None)


def test_the_same_number_twice_stays_two_changes(repo):
    repo.squash("Add", 12, day(1))
    again = repo.squash("Add again", 12, day(2))
    ids = read(repo.path, now=NOW).changes["change_id"].to_list()
    assert ids == ["#12", f"#12@{again[:7]}"]


def test_positions_follow_first_parents_and_not_clocks(repo):
    shas = [repo.commit("Third by the clock", day(9)), repo.commit("First", day(2)), repo.commit("Second", day(5))]
    assert read(repo.path, now=NOW).changes["merge_sha"].to_list() == shas


def test_every_commit_knows_the_highest_trunk_position_it_contains(repo):
    begin = repo.commit("Begin", day(1))
    repo.commit("Next", day(2))
    repo.branch("basket", begin)
    side = repo.commit("Side", day(3), on="basket")
    merge = repo.merge("basket", "Merge pull request #1 from o/basket", day(4))
    rows = {row["sha"]: (row["position"], row["on_trunk"]) for row in read(repo.path, now=NOW).commits.to_dicts()}
    assert (rows[begin], rows[side], rows[merge], len(rows)) == ((0, True), (0, False), (2, True), 4)


def test_an_annotated_tag_is_a_deployment_at_the_taggers_time(repo):
    sha = repo.commit("Begin", day(1))
    repo.tag("v1", day(4))
    row = tag(read(repo.path, now=NOW), "v1")
    assert (row["deployment_id"], row["kind"], row["sha"], row["status"]) == ("tag:v1", "tag", sha, "success")
    assert (row["finished_at"], row["created_at"], row["environment"], row["on_trunk"]) == (at(4), at(4), None, True)


def test_a_lightweight_tag_takes_the_time_of_its_commit_and_says_so(repo):
    repo.commit("Begin", day(1))
    repo.tag("v1")
    history = read(repo.path, now=NOW)
    assert tag(history, "v1")["finished_at"] == at(1)
    assert any("(1 of 1 tag)" in note for note in history.notes)


def test_a_tag_of_a_tag_leads_to_the_commit(repo):
    sha = repo.commit("Begin", day(1))
    repo.tag("inner", day(2))
    repo.tag("outer", day(3), sha=repo.git("rev-parse", "refs/tags/inner"))
    row = tag(read(repo.path, now=NOW), "outer")
    assert (row["sha"], row["finished_at"]) == (sha, at(3))


def test_a_tag_that_leads_to_no_commit_is_left_out_and_said(repo):
    repo.commit("Begin", day(1))
    repo.tag("blob", sha=repo.git("hash-object", "-w", "--stdin", given=b"x"))
    history = read(repo.path, now=NOW)
    assert history.deployments.is_empty()
    assert "Left out: 1 tag that lead to no commit in this clone." in history.notes


def test_a_tag_on_a_release_branch_stands_where_it_left_trunk(repo):
    repo.commit("Begin", day(1))
    repo.branch("release", repo.commit("Next", day(2)))
    repo.commit("After", day(3))
    sha = repo.commit("Backport", day(4), on="release")
    repo.tag("v1.1", day(5), sha=sha)
    row = tag(read(repo.path, now=NOW), "v1.1")
    assert (row["position"], row["on_trunk"]) == (1, False)


def test_a_tag_on_a_history_of_its_own_has_no_position(repo):
    repo.commit("Begin", day(1))
    repo.tag("site", day(3), sha=repo.commit("Pages", day(2), on="pages"))
    history = read(repo.path, now=NOW)
    assert (tag(history, "site")["position"], tag(history, "site")["on_trunk"]) == (None, False)


def test_a_revert_names_the_trunk_commit(repo):
    bad = repo.commit("Add", day(1))
    undo = repo.revert(bad, day(2))
    assert change(read(repo.path, now=NOW), undo)["reverts"] == [bad]


def test_a_revert_of_a_commit_inside_a_merge_names_the_merge(repo):
    repo.commit("Begin", day(1))
    merge = repo.pull_request(12, "Add", opened=day(2), merged=day(3))
    side = repo.git("rev-parse", f"{merge}^2")
    undo = repo.revert(side, day(4))
    assert change(read(repo.path, now=NOW), undo)["reverts"] == [merge]


def test_a_revert_inside_a_pull_request_is_the_pull_requests(repo):
    bad = repo.squash("Add", 12, day(1))
    repo.branch("revert-12-add")
    repo.revert(bad, day(2), on="revert-12-add")
    message = 'Merge pull request #13 from o/revert-12-add\n\nRevert "Add"'
    repo.merge("revert-12-add", message, day(3))
    assert change(read(repo.path, now=NOW), "#13")["reverts"] == [bad]


def test_a_commit_undone_inside_its_own_pull_request_reverts_nothing(repo):
    repo.commit("Begin", day(1))
    repo.branch("basket")
    bad = repo.commit("Try", day(2), on="basket")
    repo.revert(bad, day(3), on="basket")
    repo.merge("basket", "Merge pull request #1 from o/basket", day(4))
    assert change(read(repo.path, now=NOW), "#1")["reverts"] == []


def test_the_forges_revert_button_on_a_squash_names_the_number(repo):
    repo.squash("Add", 12, day(1))
    repo.squash('Revert "Add (#12)"', 13, day(2), body="Reverts o/shop#12")
    assert change(read(repo.path, now=NOW), "#13")["reverts"] == ["#12"]


def test_a_sha_and_a_number_for_the_same_change_are_one_revert(repo):
    bad = repo.squash("Add", 12, day(1))
    repo.squash('Revert "Add (#12)"', 13, day(2), body=f"Reverts o/shop#12\n\nThis reverts commit {bad[:10]}.")
    assert change(read(repo.path, now=NOW), "#13")["reverts"] == [bad]


def test_a_revert_of_a_revert_names_the_revert(repo):
    bad = repo.commit("Add", day(1))
    undo = repo.revert(bad, day(2))
    again = repo.revert(undo, day(3))
    assert change(read(repo.path, now=NOW), again)["reverts"] == [undo]


def test_a_revert_of_something_unknown_is_kept_as_stated(repo):
    sha = repo.commit("Undo\n\nThis reverts commit 1234567890.", day(1))
    assert change(read(repo.path, now=NOW), sha)["reverts"] == ["1234567890"]


def test_paths_are_read_when_asked_for(repo):
    first = repo.commit("Begin", day(1), files={"README": "x"})
    repo.branch("basket")
    repo.commit("Work", day(2), on="basket", files={"web/ä b.py": "x", "web/c.py": "x"})
    repo.commit("Meanwhile", day(3), files={"api/d.py": "x"})
    repo.merge("basket", "Merge pull request #1 from o/basket", day(4))
    empty = repo.commit("Nothing", day(5), files={})
    history = read(repo.path, paths=True, now=NOW)
    assert change(history, first)["paths"] == ["README"]
    assert sorted(change(history, "#1")["paths"]) == ["web/c.py", "web/ä b.py"]
    assert change(history, empty)["paths"] == []


def test_a_change_of_very_many_files_counts_for_every_path(repo, monkeypatch):
    monkeypatch.setattr("data.sources.git_changes.PATH_LIMIT", 3)
    few = repo.commit("Few", day(1), files={f"a{n}": "x" for n in range(3)})
    many = repo.commit("Many", day(2), files={f"b{n}": "x" for n in range(4)})
    history = read(repo.path, paths=True, now=NOW)
    assert (len(change(history, few)["paths"]), change(history, many)["paths"]) == (3, None)
    assert any("were touched by 1 change" in note for note in history.notes)


def test_links_lead_to_the_forge_without_credentials(repo):
    sha = repo.commit("Begin", day(1))
    repo.squash("Add", 12, day(2))
    repo.tag("v1", day(3))
    repo.git("remote", "add", "origin", "https://someone:secret@github.com/o/shop.git")
    history = read(repo.path, now=NOW)
    assert (history.web_url, history.name) == ("https://github.com/o/shop", "shop")
    assert change(history, "#12")["url"] == "https://github.com/o/shop/pull/12"
    assert change(history, sha)["url"] == f"https://github.com/o/shop/commit/{sha}"
    assert tag(history, "v1")["url"] == "https://github.com/o/shop/releases/tag/v1"
    assert "secret" not in repr(history)


def test_no_person_comes_through(repo):
    repo.commit("Begin", day(1))
    repo.tag("v1", day(2))
    history = read(repo.path, paths=True, now=NOW)
    kept = repr(history) + "".join(frame.write_csv() for frame in (history.deployments, history.commits))
    assert "a@example.org" not in kept + repr(history.changes.to_dicts())


def test_collected_until_is_the_newest_commit_or_tag(repo):
    repo.commit("Begin", day(1))
    repo.tag("v1", day(7))
    assert read(repo.path, now=NOW).collected_until == at(7)


def test_collected_until_is_the_last_fetch_where_there_was_one(repo):
    repo.commit("Begin", day(1))
    fetched = repo.git_dir / "FETCH_HEAD"
    fetched.touch()
    os.utime(fetched, (at(20).timestamp(), at(20).timestamp()))
    assert read(repo.path, now=NOW).collected_until == at(20)


def test_collected_until_does_not_believe_the_future(repo):
    repo.commit("Begin", day(1))
    repo.commit("Time traveller", "2099-01-01 00:00")
    assert read(repo.path, now=NOW).collected_until == at(1)


def test_progress_is_told_and_reading_can_be_cancelled(repo):
    repo.many(600, "2025-01-01 00:00")
    told = []
    read(repo.path, progress=lambda *step: told.append(step), now=NOW)
    assert told[0] == (0, None, "Walking the history")
    assert any(total == 600 + 2 * 149 and text == "Reading changes" for _, total, text in told)
    with pytest.raises(Cancelled):
        read(repo.path, cancelled=lambda: True, now=NOW)


def test_clean_history_has_only_the_note_on_the_branch(repo):
    repo.squash("Begin", 1, day(1))
    repo.tag("v1", day(2))
    assert read(repo.path, now=NOW).notes == ("Read main, a usual name for the default branch.",)


def test_without_numbers_or_tags_the_notes_say_so(repo):
    repo.commit("Begin", day(1))
    notes = read(repo.path, now=NOW).notes
    assert "No pull request is visible in the commit messages: every change reads as a direct push." in notes
    assert "There are no tags." in notes


def test_pull_requests_inside_other_merges_are_said(repo):
    repo.commit("Begin", day(1))
    repo.branch("stable")
    repo.squash("Fix", 5, day(2), on="stable")
    repo.merge("stable", "Merge branch 'stable'", day(3))
    notes = read(repo.path, now=NOW).notes
    assert "Merges of other branches brought in 1 pull request; each such merge is one change." in notes
