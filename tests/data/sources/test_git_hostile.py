"""A repository that wants to run programs, contact hosts or lead elsewhere. A file that a program would write must
never appear."""

import os
import stat
from pathlib import Path

import pytest

from data.sources import git_command
from data.sources.git import GitError, check_root, read
from data.sources.git_command import Git
from tests.repos import RepoBuilder, git


@pytest.fixture
def trap(tmp_path):
    """A program that leaves a file when it is run; (program, file)."""
    program, mark = tmp_path / "trap.sh", tmp_path / "sprung"
    program.write_text(f'#!/bin/sh\ntouch {mark}\n[ -f "$1" ] && cat "$1"\nexit 0\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program, mark


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> RepoBuilder:
    repo = RepoBuilder(tmp_path_factory.mktemp("built") / "shop")
    repo.commit("Begin", "2026-01-01 09:00", files={"a.txt": "x"})
    repo.pull_request(1, "One", "2026-01-02 09:00", "2026-01-03 09:00")
    repo.tag("v1", "2026-01-04 09:00")
    (repo.git_dir / "info").mkdir(exist_ok=True)
    (repo.git_dir / "info" / "attributes").write_text("* diff=evil filter=evil\n")
    return repo


@pytest.fixture
def repo(built, tmp_path) -> RepoBuilder:
    return built.copy(tmp_path / "shop")


KEYS = [
    "core.fsmonitor",
    "core.pager",
    "pager.log",
    "pager.rev-list",
    "pager.diff-tree",
    "core.sshCommand",
    "core.askPass",
    "core.gitProxy",
    "core.editor",
    "core.alternateRefsCommand",
    "credential.helper",
    "diff.external",
    "diff.evil.command",
    "diff.evil.textconv",
    "filter.evil.clean",
    "filter.evil.smudge",
    "filter.evil.process",
    "gpg.program",
    "gpg.ssh.program",
    "interactive.diffFilter",
    "uploadpack.packObjectsHook",
    "trace2.normalTarget",
    *(f"alias.{name}" for name in ("log", "rev-list", "rev-parse", "cat-file", "for-each-ref", "diff-tree")),
]


def test_no_key_of_its_configuration_runs_a_program(repo, tmp_path):
    lines = []
    for key in KEYS:
        section, name = key.rsplit(".", 1)
        head, _, sub = section.partition(".")
        program = tmp_path / f"program-{key}"
        program.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung-{key}\n")
        program.chmod(0o755)
        lines += [f'[{head} "{sub}"]' if sub else f"[{head}]", f"{name} = {'!' if head == 'alias' else ''}{program}"]
    with (repo.git_dir / "config").open("a") as config:
        config.write("\n".join(lines) + "\n")
    history = read(repo.path, paths=True)
    assert (history.changes.height, list(tmp_path.glob("sprung-*"))) == (2, [])


def test_no_included_file_runs_a_program(repo, trap, tmp_path):
    program, mark = trap
    (tmp_path / "more").write_text(
        f"[core]\n\tfsmonitor = {program}\n\tpager = {program}\n[log]\n\tshowSignature = true\n"
    )
    repo.git("config", "include.path", str(tmp_path / "more"))
    history = read(repo.path, paths=True)
    assert (history.changes.height, mark.exists()) == (2, False)


def test_no_hook_runs(repo, trap):
    program, mark = trap
    for name in ("post-checkout", "pre-auto-gc", "reference-transaction", "post-index-change", "fsmonitor-watchman"):
        hook = repo.git_dir / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(program.read_text())
        hook.chmod(0o755)
    assert (read(repo.path, paths=True).changes.height, mark.exists()) == (2, False)


def test_the_trap_itself_works(repo, trap):
    """Without the hardening the same configuration does run the program: the tests above can fail."""
    program, mark = trap
    repo.git("config", "diff.evil.textconv", str(program))
    repo.git("log", "-p")
    assert mark.exists()


def missing_blobs(tmp_path, url: str, repo: RepoBuilder):
    """A partial clone without trees and blobs, whose remote is `url`."""
    repo.git("config", "uploadpack.allowFilter", "true")
    target = tmp_path / "partial"
    git(tmp_path, "clone", "-q", "--bare", "--filter=tree:0", f"file://{repo.path}", str(target))
    git(target, "config", "remote.origin.url", url)
    return target


@pytest.mark.parametrize("old_git", [False, True])
def test_a_partial_clone_never_contacts_its_remote(repo, trap, tmp_path, monkeypatch, old_git):
    program, mark = trap
    target = missing_blobs(tmp_path, f"ext::{program} %S", repo)
    git(target, "config", "protocol.allow", "always")
    git(target, "config", "protocol.ext.allow", "always")
    if old_git:  # one that does not know how to be told not to fetch
        monkeypatch.delitem(git_command.ENVIRONMENT, "GIT_NO_LAZY_FETCH")
    history = read(target, paths=True)
    assert (history.changes["paths"].null_count(), mark.exists()) == (2, False)
    assert any(note.startswith("The clone lacks trees: which files 2 changes touched") for note in history.notes)


def test_a_partial_clone_would_contact_its_remote_otherwise(repo, trap, tmp_path):
    program, mark = trap
    target = missing_blobs(tmp_path, f"ext::{program} %S", repo)
    git(target, "config", "protocol.ext.allow", "always")
    with pytest.raises(AssertionError):
        git(target, "log", "-p")
    assert mark.exists()


def test_a_partial_clone_without_blobs_still_knows_its_paths(repo, tmp_path):
    repo.git("config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--bare", "--filter=blob:none", f"file://{repo.path}", str(tmp_path / "partial"))
    assert read(tmp_path / "partial", paths=True).changes["paths"].null_count() == 0


def test_settings_that_change_what_git_shows_change_nothing(repo):
    plain = read(repo.path, paths=True)
    for key, value in {
        "log.showRoot": "false",
        "log.follow": "true",
        "diff.noprefix": "true",
        "diff.relative": "true",
        "diff.renames": "copies",
        "diff.orderFile": "/nowhere",
        "core.quotePath": "true",
        "core.abbrev": "4",
        "color.ui": "always",
        "color.diff": "always",
        "format.pretty": "oneline",
        "i18n.logOutputEncoding": "UTF-16",
        "core.worktree": "/nowhere",
    }.items():
        repo.git("config", key, value)
    changed = read(repo.path, paths=True)
    assert changed.changes.equals(plain.changes) and changed.deployments.equals(plain.deployments)


def test_replace_refs_and_grafts_do_not_change_history(repo):
    plain = read(repo.path)
    repo.git("replace", "main~1", repo.commit("Another", "2026-01-09 09:00", on="other"))
    (repo.git_dir / "info" / "grafts").write_text(repo.head() + "\n")
    assert repo.git("rev-list", "--count", "main") == "1"  # both are at work for everybody else
    assert read(repo.path).changes.equals(plain.changes)


def test_names_that_look_like_options_are_only_names(repo):
    for name in ("--upload-pack=touch", "-x", "--output=sprung"):
        repo.git("update-ref", f"refs/tags/{name}", repo.head())
        repo.git("update-ref", f"refs/heads/{name}", repo.head())
    assert read(repo.path).deployments.height == 4


def test_a_very_large_tag_or_message_is_not_held(repo, monkeypatch):
    monkeypatch.setattr(git_command, "OBJECT_LIMIT", 5_000)
    repo.commit("Long\n\n" + "x" * 50_000, "2026-01-05 09:00")
    repo.commit("Next", "2026-01-06 09:00")
    assert read(repo.path).changes["title"].to_list()[-2:] == ["Long", "Next"]


def test_a_command_that_hangs_is_ended(repo):
    os.mkfifo(repo.git_dir / "slow")
    repo.git("config", "include.path", "slow")
    with pytest.raises(GitError, match="gave no answer for 1 seconds and was stopped"):
        Git(repo.path, time_limit=1).one("rev-parse", "--git-dir")


# Outside the roots


def test_a_clone_below_a_root_is_accepted(repo, tmp_path):
    assert check_root(repo.path, [tmp_path]) == repo.path.resolve()


def test_a_path_outside_the_roots_is_refused(repo, tmp_path):
    with pytest.raises(GitError, match="outside the folders that Milepost may read"):
        check_root(repo.path, [tmp_path / "other"])


def test_a_root_that_is_only_a_longer_name_is_another_folder(repo, tmp_path):
    with pytest.raises(GitError, match="outside"):
        check_root(repo.path, [tmp_path / "sho"])


def test_dots_and_symlinks_are_no_way_around_the_roots(repo, tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link").symlink_to(repo.path)
    for path in (inside / "link", inside / ".." / "shop"):
        with pytest.raises(GitError, match="outside"):
            check_root(path, [inside])


def test_a_worktree_of_a_repository_outside_is_refused(repo, tmp_path):
    repo.git("worktree", "add", "-q", str(tmp_path / "inside" / "tree"), "HEAD")
    with pytest.raises(GitError, match="keeps its history in"):
        check_root(tmp_path / "inside" / "tree", [tmp_path / "inside"])
    assert check_root(tmp_path / "inside" / "tree", [tmp_path])


def test_a_clone_that_borrows_objects_from_outside_is_refused(repo, tmp_path):
    (tmp_path / "inside").mkdir()
    git(tmp_path, "clone", "-q", "--shared", "--bare", str(repo.path), str(tmp_path / "inside" / "shop"))
    with pytest.raises(GitError, match="keeps its history in"):
        check_root(tmp_path / "inside" / "shop", [tmp_path / "inside"])


def test_borrowing_through_another_clone_is_no_way_around_the_roots(repo, tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    git(tmp_path, "clone", "-q", "--shared", "--bare", str(repo.path), str(inside / "first"))
    git(tmp_path, "clone", "-q", "--shared", "--bare", str(inside / "first"), str(inside / "second"))
    (inside / "second" / "objects" / "info" / "alternates").write_text(f"{inside / 'first' / 'objects'}\n")
    with pytest.raises(GitError, match="keeps its history in"):
        check_root(inside / "second", [inside])


@pytest.mark.parametrize("path", ["\0", "x" * 5000])
def test_a_path_that_no_machine_has_is_refused(path, tmp_path):
    with pytest.raises(GitError):
        check_root(path, [tmp_path])


@pytest.mark.parametrize("part", ["objects/pack", "objects", "refs", "refs/heads", "packed-refs"])
def test_a_link_inside_the_git_folder_is_no_way_around_the_roots(repo, tmp_path, part):
    repo.git("gc", "--quiet")
    inner, outer = repo.git_dir / part, tmp_path / "outside" / Path(part).name
    outer.parent.mkdir()
    inner.rename(outer)
    inner.symlink_to(outer)
    with pytest.raises(GitError, match="outside the folders"):
        check_root(repo.path, [repo.path])
    assert check_root(repo.path, [tmp_path]) == repo.path


@pytest.mark.parametrize("part", ["HEAD", "shallow", "packed-refs", "objects/info/alternates", "refs/heads/pipe"])
def test_a_pipe_in_the_git_folder_is_refused_and_not_waited_for(repo, part):
    place = repo.git_dir / part
    place.unlink(missing_ok=True)
    os.mkfifo(place)
    with pytest.raises(GitError, match="no ordinary file"):
        check_root(repo.path, [repo.path])
    with pytest.raises(GitError, match="no ordinary file"):
        read(repo.path)
