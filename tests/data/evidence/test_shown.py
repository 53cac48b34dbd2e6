"""`milepost.py assess PATH --evidence`, as people and scripts use it."""

import json
from pathlib import Path

import pytest

import milepost
from assessments.evidence import Effort, Outcome
from data.evidence.shown import importance, show
from tests.data.evidence import showing
from tests.repos import RepoBuilder

DOCS = (Path(milepost.__file__).parent / "docs" / "cli.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> RepoBuilder:
    return showing.shop(tmp_path_factory.mktemp("shown"))


@pytest.fixture(scope="module")
def shown(shop):
    return show(shop.path)


def run(capsys, *arguments) -> tuple[int, str, str]:
    code = milepost.main(["assess", *(str(each) for each in arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_least_effort_comes_first_and_then_what_matters_most(shown):
    ranks = [(list(Effort).index(each.finding.effort), -importance(each.probe)) for each in shown.open]
    assert ranks == sorted(ranks) and len({rank for rank, _ in ranks}) > 1


def test_only_what_is_not_met_or_partly_met_is_to_be_done(shown):
    assert {each.finding.outcome for each in shown.open} == {Outcome.NOT_MET, Outcome.PARTLY}


def test_no_level_is_told_of_a_capability_of_which_little_is_known(shown):
    assert any(each.told is None for each in shown.standings)
    assert all(each.covered for each in shown.standings if each.told is not None)


def test_text_says_what_to_do_first_in_wide_and_narrow(shop, capsys):
    code, out, err = run(capsys, shop.path, "--evidence")
    assert (code, err) == (0, "")
    assert "What to do first" in out and "ci-script-injection" in out
    assert ".github/workflows/ci.yml:9" in out
    assert max(map(len, out.splitlines())) <= 120 and "\x1b" not in out


def test_text_fits_a_narrow_terminal(shown):
    from io import StringIO

    from rich.console import Console

    from data.evidence import terminal

    taken = StringIO()
    terminal.show(shown, Console(file=taken, width=46, highlight=False, markup=False))
    assert max(map(len, taken.getvalue().splitlines())) <= 46


def test_json_has_the_documented_form(shop, capsys):
    code, out, _ = run(capsys, shop.path, "--evidence", "--format", "json", "--base", shop.git("rev-parse", "main~1"))
    found = json.loads(out)
    assert (code, found["format"]) == (0, "milepost.evidence/1")
    names = {*found, *found["repository"], *found["findings"][0], *found["capabilities"][0]}
    names |= {*found["capabilities"][0]["statements"][0], *found["changes"][0]}
    assert [name for name in sorted(names) if f"`{name}`" not in DOCS] == []
    assert sum(found["counts"].values()) == len(found["findings"])
    assert found["unread"] == [{"path": "big.tf", "why": "it is larger than 512 KB"}]
    assert {"probe": "ci-timeouts", "before": "not_met", "after": "met"} in found["changes"]


@pytest.mark.parametrize("form", ["json", "markdown", "sarif"])
def test_equal_commits_give_equal_texts(shop, tmp_path, form):
    copy = shop.copy(tmp_path / "elsewhere" / "shop")
    texts = []
    for place, repo in enumerate((shop, copy)):
        file = tmp_path / f"{place}"
        assert milepost.main(["assess", str(repo.path), "--evidence", "--format", form, "--output", str(file)]) == 0
        texts.append(file.read_bytes())
    assert texts[0] == texts[1] and len(texts[0]) > 1000


def test_an_earlier_commit_is_shown(shop, capsys):
    first = shop.git("rev-parse", "main~1")
    _, out, _ = run(capsys, shop.path, "--evidence", "--format", "json", "--commit", first[:10])
    assert json.loads(out)["repository"]["commit"] == first


def test_head_is_the_commit_checked_out(shop, tmp_path, capsys):
    copy = shop.copy(tmp_path / "shop")
    first = copy.git("rev-parse", "main~1")
    copy.git("update-ref", "--no-deref", "HEAD", first)
    _, out, _ = run(capsys, copy.path, "--evidence", "--format", "json", "--commit", "HEAD")
    assert json.loads(out)["repository"]["commit"] == first


@pytest.mark.parametrize(
    ("names", "code"),
    [("never", 0), ("ci-timeouts", 0), ("ci-script-injection", 3), ("codeowners, ci-timeouts", 3), ("not-met", 3)],
)
def test_fail_on_decides_the_exit_code(shop, capsys, names, code):
    assert run(capsys, shop.path, "--evidence", "--fail-on", names, "--format", "json")[0] == code


def test_what_failed_is_named(shop, capsys):
    assert run(capsys, shop.path, "--evidence", "--fail-on", "codeowners,ci-timeouts")[2] == "Not met: codeowners.\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--evidence", "--fail-on", "nothing-such"], "There is no probe 'nothing-such'"),
        (["--evidence", "--fail-on", "never,codeowners"], "never stands alone"),
        (["--evidence", "--weeks", "4"], "--weeks goes with the delivery numbers: leave out --evidence."),
        (["--format", "sarif"], "--format sarif needs --evidence."),
        (["--fail-on", "codeowners"], "--fail-on needs --evidence."),
        (["--evidence", "--commit", "0000000"], "holds no commit 0000000"),
        (["--evidence", "--base", "main"], "holds no commit main"),
        (["--evidence", "--with", "rm"], "'rm' is no tool that can be asked: give zizmor or hadolint."),
        (
            ["--evidence", "--output", "/nowhere/at/all"],
            "/nowhere/at/all cannot be written (No such file",
        ),
    ],
)
def test_what_cannot_be_used_is_said_in_one_sentence(shop, capsys, options, said):
    code, out, err = run(capsys, shop.path, *options)
    assert (code, out) == (2, "")
    assert said in err and len(err.strip().splitlines()) == 1


def test_nothing_to_assess_is_code_one(tmp_path, capsys):
    empty = RepoBuilder(tmp_path / "empty")
    assert run(capsys, empty.path, "--evidence")[0] == 1
    assert run(capsys, tmp_path / "none", "--evidence")[0] == 2


def test_an_older_file_stays_when_the_new_one_cannot_be_made(shop, tmp_path, capsys):
    file = tmp_path / "shown.json"
    file.write_text("older")
    run(capsys, shop.path, "--evidence", "--commit", "0000000", "--output", file)
    assert file.read_text() == "older" and list(tmp_path.iterdir()) == [file]
