"""`check-content`, as authors and their pipelines use it."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

import milepost
from content import catalog
from data.content_ids import ids_at
from data.links import checking
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
    ours = {path.name for path in catalog.HERE.glob("*.py")} | {"fonts", "schemas", "diagrams"}

    def left(folder: str, names: list[str]) -> set[str]:
        return {"__pycache__", *(ours if Path(folder) == catalog.HERE else ())} & set(names)

    shutil.copytree(catalog.HERE, made.path / "content", ignore=left)
    made.git("add", "-A")
    made.git("commit", "-q", "-m", "Begin")
    return made


@pytest.fixture(autouse=True)
def day(monkeypatch):
    """Content must be looked over again at some day; these tests need not."""
    monkeypatch.setattr(milepost, "_today", lambda: date(2026, 11, 29))


def worrying(warnings: list[str]) -> list[str]:
    """Without what shipped content may say of itself: links to look at, and tracks that are still to come."""
    return [each for each in warnings if "nobody has looked yet" not in each and "no active track teaches" not in each]


def test_the_shipped_content_has_nothing_to_mend(capsys):
    code, out, wrong = run(capsys)
    *warnings, end = out.splitlines()
    assert (code, worrying(warnings), wrong) == (0, [], "") and end.startswith("Nothing to mend, ")


def test_an_id_that_changed_since_the_last_commit_is_told(repo, capsys):
    head = repo.path / "content" / HEAD
    before = head.read_text(encoding="utf-8")
    head.write_text(before.replace("id: fb1b0c70", "id: fb1b0c71"), encoding="utf-8")
    code, out, _ = run(capsys, repo.path / "content", "--format", "json")
    head.write_text(before, encoding="utf-8")
    said = json.loads(out)
    assert code == 1 and said["format"] == "milepost.content/1" and worrying(said["warnings"]) == []
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
    assert sorted(ids) == sorted(place for place, _ in catalog.learning())
    assert ids["practice-roll-out/track.yml"] == "fb1b0c70-8b28-431b-a537-ba1e38812d49"
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


# -- links -------------------------------------------------------------------------------------------------------------


def looked(monkeypatch, states: dict[str, checking.Seen]) -> None:
    """As if the web had answered so; the rest is there."""
    there = checking.Seen(checking.THERE, "it is there")
    monkeypatch.setattr(checking, "look", lambda urls, reach, progress: {url: states.get(url, there) for url in urls})


def test_what_is_linked_is_asked_only_on_request(repo, capsys, monkeypatch):
    monkeypatch.setattr(checking, "look", lambda *some, **more: pytest.fail("nobody asked for it"))
    assert run(capsys, repo.path / "content")[0] == 0
    assert run(capsys, repo.path / "content", "--write") == (2, "", "--write goes with --links.\n")


def test_a_link_that_is_gone_is_to_mend_and_days_are_written(repo, capsys, monkeypatch):
    first, second, *_ = catalog.resources().values()
    looked(monkeypatch, {first["url"]: checking.Seen(checking.GONE, "the server says that it is not there (404)")})
    file = repo.path / "content" / "resources.yml"
    before = file.read_text(encoding="utf-8")
    code, out, _ = run(capsys, repo.path / "content", "--links")
    assert code == 1 and f"resources.yml: {first['id']}: {first['url']}: the server says" in out
    assert f'Set verified: "2026-11-29" in resources.yml for {second["id"]}, ' in out and before == file.read_text()
    code, out, _ = run(capsys, repo.path / "content", "--links", "--write", "--format", "json")
    said, after = json.loads(out), file.read_text(encoding="utf-8")
    file.write_text(before, encoding="utf-8")
    assert after.count("2026-11-29") == len(catalog.resources()) - 1
    assert said["links"][0]["state"] == "gone" and said["links"][1]["verified"] == "2026-11-29"


def test_offline_nothing_fails(repo, capsys, monkeypatch):
    nowhere = checking.Seen(checking.NOT_CHECKED, checking.NO_WAY)
    looked(monkeypatch, {each["url"]: nowhere for each in catalog.resources().values()})
    code, out, _ = run(capsys, repo.path / "content", "--links", "--write")
    assert code == 0 and "No resource was seen, so no `verified` changes." in out
    assert f"warning: not checked: resources.yml: {next(iter(catalog.resources()))}" in out
