"""Which branch is read, which repository is found, and what is said when there is none to read."""

import os
from datetime import UTC, datetime

import pytest

from data.sources import git_command
from data.sources.git import EmptyRepository, GitError, read
from tests.repos import RepoBuilder, git

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def repo(tmp_path) -> RepoBuilder:
    repo = RepoBuilder(tmp_path / "shop")
    repo.commit("Begin", "2026-01-01 09:00")
    return repo


def clone(repo: RepoBuilder, tmp_path, *options: str):
    git(tmp_path, "clone", "-q", *options, f"file://{repo.path}", str(tmp_path / "clone"))
    return tmp_path / "clone"


# Which branch


def test_the_default_branch_of_the_remote_is_read_whatever_is_checked_out(tmp_path):
    repo = RepoBuilder(tmp_path / "shop", trunk="develop")
    repo.commit("Begin", "2026-01-01 09:00")
    repo.branch("main")
    path = clone(repo, tmp_path)
    git(path, "checkout", "-q", "-b", "feature")
    history = read(path, now=NOW)
    assert (history.branch, history.notes[0]) == ("develop", "Read origin/develop, the default branch of the remote.")


def test_head_of_a_bare_repository_is_its_default_branch(tmp_path):
    repo = RepoBuilder(tmp_path / "shop.git", bare=True, trunk="devel")
    repo.commit("Begin", "2026-01-01 09:00")
    repo.branch("main")
    history = read(repo.path, now=NOW)
    assert (history.branch, history.name) == ("devel", "shop")
    assert history.notes[0] == "Read devel, the branch that HEAD names."


def test_a_usual_name_comes_before_the_branch_checked_out(repo):
    repo.branch("feature")
    repo.git("symbolic-ref", "HEAD", "refs/heads/feature")
    assert read(repo.path, now=NOW).notes[0] == "Read main, a usual name for the default branch."


def test_without_a_usual_name_the_branch_checked_out_is_read(tmp_path):
    repo = RepoBuilder(tmp_path / "shop", trunk="next")
    repo.commit("Begin", "2026-01-01 09:00")
    assert read(repo.path, now=NOW).notes[0] == "Read next, the branch checked out."


def test_a_detached_head_does_not_matter_where_a_branch_is_known(repo):
    repo.commit("Next", "2026-01-02 09:00")
    repo.git("update-ref", "--no-deref", "HEAD", repo.git("rev-parse", "main~1"))
    (repo.git_dir / "HEAD").write_text(repo.git("rev-parse", "main~1") + "\n")
    history = read(repo.path, now=NOW)
    assert (history.branch, history.changes.height) == ("main", 2)


def test_a_detached_head_is_read_where_there_is_no_branch(repo):
    sha = repo.head()
    (repo.git_dir / "HEAD").write_text(sha + "\n")
    repo.git("update-ref", "-d", "refs/heads/main")
    history = read(repo.path, now=NOW)
    assert (history.branch, history.head) == ("HEAD", sha)
    assert history.notes[0] == "No branch could be told to be the default; the commit checked out was read."


def test_a_local_branch_that_lags_behind_gives_way(repo, tmp_path):
    path = clone(repo, tmp_path)
    repo.commit("Newer", "2026-01-02 09:00")
    git(path, "fetch", "-q")
    history = read(path, now=NOW)
    assert (history.head, history.changes.height) == (repo.head(), 2)
    assert "The local main is 1 commit behind origin/main; the fetched one was read." in history.notes


def test_a_local_branch_that_is_ahead_is_read(repo, tmp_path):
    path = clone(repo, tmp_path)
    mine = git(path, "commit-tree", "-p", "HEAD", "-m", "Mine", "HEAD^{tree}")
    git(path, "update-ref", "refs/heads/main", mine)
    history = read(path, now=NOW)
    assert history.head == mine
    assert "The local main is 1 commit ahead of origin/main; the local one was read." in history.notes


def test_branches_that_have_parted_are_said_and_the_fetched_one_read(repo, tmp_path):
    path = clone(repo, tmp_path)
    git(path, "update-ref", "refs/heads/main", git(path, "commit-tree", "-p", "HEAD", "-m", "Mine", "HEAD^{tree}"))
    repo.commit("Theirs", "2026-01-02 09:00")
    git(path, "fetch", "-q")
    history = read(path, now=NOW)
    assert history.head == repo.head()
    assert any("have parted (1 and 1 commits of their own)" in note for note in history.notes)


def test_a_worktree_reads_the_trunk_of_its_repository(repo, tmp_path):
    repo.git("worktree", "add", "-q", "-b", "feature", str(tmp_path / "tree"), "main")
    repo.commit("Next", "2026-01-02 09:00")
    history = read(tmp_path / "tree", now=NOW)
    assert (history.branch, history.changes.height) == ("main", 2)


def test_a_repository_without_configuration_file_is_read(repo):
    (repo.git_dir / "config").unlink()
    assert read(repo.path, now=NOW).web_url is None


def test_the_git_folder_itself_can_be_given(repo):
    history = read(repo.git_dir, now=NOW)
    assert (history.name, history.changes.height) == ("shop", 1)


# Nothing to read


def test_no_folder(tmp_path):
    with pytest.raises(GitError, match=r"is not a folder: give the folder of a git clone"):
        read(tmp_path / "nowhere")


def test_no_repository(tmp_path):
    with pytest.raises(GitError, match=r"is not a git repository: give the folder that holds \.git"):
        read(tmp_path)


def test_a_folder_inside_a_repository_is_not_taken_for_it(repo):
    (repo.path / "src").mkdir()
    with pytest.raises(GitError, match="is not a git repository"):
        read(repo.path / "src")


def test_an_empty_repository(tmp_path):
    with pytest.raises(EmptyRepository, match="has no commits yet: commit or fetch something"):
        read(RepoBuilder(tmp_path / "empty").path)


def test_head_that_names_no_branch_in_a_repository_without_usual_names(tmp_path):
    repo = RepoBuilder(tmp_path / "shop.git", bare=True, trunk="next")
    repo.commit("Begin", "2026-01-01 09:00")
    repo.git("symbolic-ref", "HEAD", "refs/heads/gone")
    with pytest.raises(GitError, match="say which is the default with `git symbolic-ref HEAD"):
        read(repo.path)


def test_a_repository_of_another_user(repo, monkeypatch):
    monkeypatch.setitem(git_command.ENVIRONMENT, "GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(GitError, match="belongs to another user of this machine"):
        read(repo.path)


def test_a_repository_of_another_user_that_the_person_trusts(repo, tmp_path, monkeypatch):
    monkeypatch.setitem(git_command.ENVIRONMENT, "GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "own"))
    (tmp_path / "own").write_text(f"[safe]\n\tdirectory = {repo.path}\n")
    assert read(repo.path, now=NOW).changes.height == 1


def test_git_is_missing(repo, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(GitError, match="Git is not installed, or not on the PATH"):
        read(repo.path)


def test_a_broken_configuration_file(repo):
    (repo.git_dir / "config").write_text("[core\nnonsense")
    with pytest.raises(GitError, match=r"The configuration file of .* is broken"):
        read(repo.path)


def test_a_format_of_the_future(repo):
    repo.git("config", "core.repositoryFormatVersion", "1")
    repo.git("config", "extensions.fromTheFuture", "true")
    with pytest.raises(GitError, match="install a newer git"):
        read(repo.path)


# Being written to, or damaged


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr("data.sources.git.PATIENCE", 0)


def lose(repo: RepoBuilder, sha: str) -> bytes:
    """Takes a commit's object away and gives its content for putting back."""
    path = repo.git_dir / "objects" / sha[:2] / sha[2:]
    content = path.read_bytes()
    path.unlink()
    return content


@pytest.fixture
def loose(tmp_path) -> RepoBuilder:
    """A repository whose newest commits are loose objects."""
    repo = RepoBuilder(tmp_path / "loose")
    repo.raw_commit(1_767_258_000, "Begin")
    repo.raw_commit(1_767_344_400, "Next")
    return repo


def test_an_object_that_is_not_there_is_one_sentence(loose, impatient):
    lose(loose, loose.git("rev-parse", "main~1"))
    with pytest.raises(GitError, match=r"is being written to, or objects are missing .* wait until the clone or fetch"):
        read(loose.path)


def test_an_object_that_comes_in_time_is_read_at_the_second_try(loose, monkeypatch):
    sha = loose.git("rev-parse", "main~1")
    content = lose(loose, sha)
    path = loose.git_dir / "objects" / sha[:2] / sha[2:]
    monkeypatch.setattr("data.sources.git.time.sleep", lambda seconds: path.write_bytes(content))
    assert read(loose.path, now=NOW).changes.height == 2


def test_a_clone_in_progress_is_not_called_empty(tmp_path, impatient):
    repo = RepoBuilder(tmp_path / "young")
    (repo.git_dir / "objects" / "pack" / "tmp_pack_a1b2c3").write_bytes(b"PACK")
    with pytest.raises(GitError, match="still being written to: wait until the clone has finished"):
        read(repo.path)


def test_a_lock_left_behind_does_not_matter(repo):
    (repo.git_dir / "index.lock").touch()
    (repo.git_dir / "packed-refs.lock").touch()
    assert read(repo.path, now=NOW).changes.height == 1


def test_a_damaged_pack_is_one_sentence(repo, impatient):
    repo.git("repack", "-adq")
    for pack in (repo.git_dir / "objects" / "pack").glob("*.pack"):
        os.chmod(pack, 0o644)
        pack.write_bytes(pack.read_bytes()[:30])
    with pytest.raises(GitError, match=r"objects are missing .*; if it stays, run `git fsck`"):
        read(repo.path)


# Histories that are not whole or not sane


def test_a_shallow_clone_says_where_it_begins(repo, tmp_path):
    repo.squash("Two", 2, "2026-01-02 09:00")
    repo.pull_request(3, "Three", "2026-01-03 09:00", "2026-01-05 09:00", commits=4)
    repo.squash("Four", 4, "2026-01-06 09:00")
    history = read(clone(repo, tmp_path, "--depth=3"), now=NOW, paths=True)
    assert history.history_start == datetime(2026, 1, 2, 9, tzinfo=UTC)
    assert history.changes.select("change_id", "position", "authored_at").rows() == [
        ("#2", 0, None),
        ("#3", 1, None),  # its first commits were cut off
        ("#4", 2, None),
    ]
    assert history.changes["paths"].is_null().to_list() == [True, False, False]
    assert (
        "This is a shallow clone: history before 2026-01-02 is not in it; `git fetch --unshallow` brings the rest."
        in history.notes
    )


def test_a_shallow_clone_made_whole_is_read_anew(repo, tmp_path):
    repo.commit("Next", "2026-01-02 09:00")
    path = clone(repo, tmp_path, "--depth=1")
    before = read(path, now=NOW)
    git(path, "fetch", "-q", "--unshallow")
    after = read(path, before.cursor, now=NOW)
    assert (before.changes.height, after.changes.height, after.full, after.history_start) == (1, 2, True, None)


def test_times_before_1970_are_kept_and_said(loose):
    loose.raw_commit(-86_400, "Moon landing")
    history = read(loose.path, now=NOW)
    assert history.changes["merged_at"].to_list()[-1] == datetime(1969, 12, 31, tzinfo=UTC)
    assert "A clock was wrong: 1 change with a time before 1970, in the future or none." in history.notes


@pytest.mark.parametrize("at", ["9999999999999999999999", "999999999999999", "soon"])
def test_times_that_no_calendar_holds_are_not_known(loose, at):
    loose.raw_commit(at, "Nonsense")
    history = read(loose.path, now=NOW)
    assert history.changes["merged_at"].to_list()[-1] is None
    assert any(note.startswith("A clock was wrong: 1 change") for note in history.notes)


def test_a_time_in_the_future_is_kept_and_said(loose):
    loose.raw_commit(4_000_000_000, "Later")
    history = read(loose.path, now=NOW)
    assert history.changes["merged_at"].to_list()[-1].year == 2096
    assert any(note.startswith("A clock was wrong: 1 change") for note in history.notes)


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "cp1252", "utf-16-le"])
def test_a_message_in_a_stated_encoding(repo, encoding):
    repo.commit("Äpfel für Zoë (#12)", "2026-01-02 09:00", encoding=encoding)
    assert read(repo.path, now=NOW).changes["title"].to_list()[-1] == "Äpfel für Zoë"


@pytest.mark.parametrize("encoding", ["no-such-encoding", "undefined", "rot13", "idna"])
def test_a_message_in_an_encoding_that_nobody_knows(repo, encoding):
    repo.commit(b"Plain (#12)", "2026-01-02 09:00", encoding=encoding)
    assert read(repo.path, now=NOW).changes["number"].to_list()[-1] == 12


def test_bytes_that_are_no_text(repo):
    repo.commit(b"\xff\xfe broken \x80 (#12)", "2026-01-02 09:00")
    assert read(repo.path, now=NOW).changes["change_id"].to_list()[-1] == "#12"


def test_one_commit_without_message(repo, tmp_path):
    only = RepoBuilder(tmp_path / "only")
    only.commit(b"", "2026-01-01 09:00")
    assert read(only.path, now=NOW).changes["title"].to_list() == ["(no title)"]
