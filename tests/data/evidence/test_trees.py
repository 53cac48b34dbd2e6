import pytest

from assessments.evidence import Kind, Outcome, Unread, evaluate
from data.evidence.run import evidence
from data.evidence.trees import open_clone, take
from data.sources.git_command import Cancelled, EmptyRepository, GitError
from tests.repos import RepoBuilder

FLOW = "on: [push, pull_request]\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: pytest\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> RepoBuilder:
    repo = RepoBuilder(tmp_path_factory.mktemp("evidence") / "shop")
    repo.commit("Begin", "2026-01-05 09:00", files={"shop.py": "x = 1\n", ".github/workflows/ci.yml": FLOW})
    limited = FLOW.replace("steps:", "timeout-minutes: 5\n    steps:")
    repo.commit("Limit", "2026-02-05 09:00", files={".github/workflows/ci.yml": limited})
    repo.commit("More", "2026-03-05 09:00", files={"README.md": "# Shop\n", "big.txt": "x" * 600_000})
    return repo


def test_the_newest_commit_is_judged(shop):
    evaluation = evidence(shop.path)
    assert evaluation.commit == shop.head()
    assert evaluation.of("ci-timeouts").outcome is Outcome.MET
    assert evaluation.of("ci-timeouts").evidence[0].path == ".github/workflows/ci.yml"


def test_an_earlier_commit_is_judged_as_it_was(shop):
    first = shop.git("rev-list", "--max-parents=0", "main")
    assert evidence(shop.path, first[:12]).of("ci-timeouts").outcome is Outcome.NOT_MET
    assert "README.md" not in take(open_clone(shop.path), first).entries


def test_a_snapshot_is_as_of_its_commit(shop):
    snapshot = take(open_clone(shop.path))
    assert snapshot.as_of == 1_772_701_200_000_000
    assert snapshot.history.beginning == 1_767_603_600_000_000
    assert [change.lines for change in snapshot.history.changes] == [2, 1]
    assert snapshot.history.last["shop.py"] == snapshot.history.beginning


def test_links_and_submodules_are_named_and_nothing_is_followed(shop, tmp_path):
    repo = shop.copy(tmp_path / "shop")
    link = repo.git("hash-object", "-w", "--stdin", given=b"/etc/passwd")
    tree = f"120000 blob {link}\tREADME.md\n160000 commit {repo.head()}\tlib\n".encode()
    commit = repo.git("commit-tree", repo.git("mktree", "--missing", given=tree), "-m", "Link")
    snapshot = take(open_clone(repo.path), commit, history=False)
    assert [(each.path, each.kind) for each in snapshot.entries.values()] == [
        ("README.md", Kind.SYMLINK),
        ("lib", Kind.SUBMODULE),
    ]
    with pytest.raises(Unread, match="symbolic link, which is not followed"):
        snapshot.text("README.md")


def test_a_file_that_is_too_large_is_named(shop):
    snapshot = take(open_clone(shop.path))
    with pytest.raises(Unread, match="larger than 512 KB"):
        snapshot.text("big.txt")


def test_a_blob_that_is_not_held_is_unknown_not_absent(shop, tmp_path):
    repo = shop.copy(tmp_path / "shop")
    lost = repo.git("rev-parse", "HEAD:.github/workflows/ci.yml")
    (repo.git_dir / "objects" / lost[:2] / lost[2:]).unlink()
    finding = evaluate(take(open_clone(repo.path), history=False)).of("ci-timeouts")
    assert (finding.outcome, finding.because) == (Outcome.UNKNOWN, "No workflow could be read.")


@pytest.mark.parametrize("commit", ["--output=x", "main", "deadbeef" * 5, "HEAD", "../x", ""])
def test_only_commits_by_their_name_are_taken(shop, commit):
    if commit:
        with pytest.raises(GitError, match="holds no commit"):
            take(open_clone(shop.path), commit)
    else:
        assert take(open_clone(shop.path), commit).commit == shop.head()


def test_an_empty_repository_says_what_to_do(tmp_path):
    with pytest.raises(EmptyRepository, match="no commits yet"):
        evidence(RepoBuilder(tmp_path / "empty").path)


def test_it_can_be_cancelled(shop):
    with pytest.raises(Cancelled):
        evidence(shop.path, cancelled=lambda: True)
