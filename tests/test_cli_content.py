"""`check-content`, as authors and their pipelines use it."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

import milepost
from content import catalog
from data.content_ids import ids_at
from data.sources.git_command import GitError
from tests.content import example
from tests.repos import RepoBuilder

ROOT = Path(milepost.__file__).parent
HEAD = "tracks/practice-roll-out/track.yml"


def run(capsys, *arguments) -> tuple[int, str, str]:
    code = milepost.main(["check-content", *(str(each) for each in arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture(scope="module")
def repo(tmp_path_factory) -> RepoBuilder:
    """Somebody's content, below a folder of a repository."""
    made = RepoBuilder(tmp_path_factory.mktemp("clones") / "learning")
    shutil.copytree(
        catalog.HERE, made.path / "content", ignore=shutil.ignore_patterns("*.py", "fonts", "schemas", "__pycache__")
    )
    made.git("add", "-A")
    made.git("commit", "-q", "-m", "Begin")
    return made


@pytest.fixture(autouse=True)
def day(monkeypatch):
    """Content must be looked over again at some day; these tests need not."""
    monkeypatch.setattr(milepost, "_today", lambda: date(2026, 11, 29))


def test_the_shipped_content_has_nothing_to_mend(capsys):
    assert run(capsys) == (0, "Nothing to mend, no warnings.\n", "")


def test_an_id_that_changed_since_the_last_commit_is_told(repo, capsys):
    head = repo.path / "content" / HEAD
    before = head.read_text(encoding="utf-8")
    head.write_text(before.replace("id: fb1b0c70", "id: fb1b0c71"), encoding="utf-8")
    code, out, _ = run(capsys, repo.path / "content", "--format", "json")
    head.write_text(before, encoding="utf-8")
    said = json.loads(out)
    assert code == 1 and said["format"] == "milepost.content/1" and said["warnings"] == []
    assert [each.split(";")[0] for each in said["problems"]] == [
        f"{HEAD}: its id was fb1b0c70-8b28-431b-a537-ba1e38812d49"
    ]


def test_an_example_repository_that_is_wrong_is_told(repo, capsys):
    root = repo.path / "content"
    for path, text in {**example.files(), "tracks/keep-a-runbook/pocs/first-runbook/exemplar/a": "b"}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    code, out, _ = run(capsys, root)
    shutil.rmtree(root / "tracks" / "keep-a-runbook")
    assert code == 1 and "pocs/first-runbook/exemplar: four-parts does not pass (fail)" in out


def test_ids_are_read_from_any_commit(repo):
    ids = ids_at(repo.path / "content")
    assert len(ids) == 12 and ids["practice-roll-out/track.yml"] == "fb1b0c70-8b28-431b-a537-ba1e38812d49"
    assert ids_at(repo.path / "content", repo.git("rev-parse", "HEAD").strip()) == ids
    assert ids_at(repo.path) == {}


def test_a_folder_that_is_in_no_repository_has_no_ids_before(tmp_path):
    assert ids_at(tmp_path) is None


@pytest.mark.parametrize("commit", ["nothing", "--help", "-x"])
def test_a_commit_that_is_not_there_is_refused(repo, commit):
    with pytest.raises(GitError, match="holds no commit"):
        ids_at(repo.path / "content", commit)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["/nowhere"], "/nowhere is not a folder: give one that holds practices.yml and tracks."),
        ([ROOT / "docs"], f"{ROOT / 'docs'} is no folder of content: it has no practices.yml."),
        (["--against", "nothing"], f"The repository of {ROOT / 'content'} holds no commit nothing"),
    ],
)
def test_what_cannot_be_checked_says_why(capsys, arguments, sentence):
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "") and err.startswith(sentence)


def test_help_and_page_name_the_exit_codes(capsys):
    with pytest.raises(SystemExit) as stopped:
        milepost.main(["check-content", "--help"])
    said = capsys.readouterr().out
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8").partition("## check-content")[2].partition("\n## ")[0]
    codes = {line.split()[0] for line in said.partition("exit codes:")[2].splitlines() if line[2:3].strip()}
    assert stopped.value.code == 0 and codes == {"0", "1", "2"}
    assert all(f"| {code} |" in page for code in codes) and "--against" in page
