"""Other tools: asked only when named, on copies, for a limited time, read strictly; absent is not the same as fine."""

import json
import os
from pathlib import Path

import pytest

import milepost
from assessments.evidence import Outcome, of_texts
from data.evidence import tools
from data.evidence.shown import show
from data.evidence.tools import TOOLS, Said, ask, find
from tests.data.evidence import showing
from tests.need import need

EVIL = ".github/workflows/--fix $(touch x).yml"  # a name that no copy has
TEXTS = {
    ".github/workflows/ci.yml": showing.FLOW,
    "action.yml": "runs: {using: composite, steps: []}\n",
    "a/Dockerfile": "FROM x\n",
}


def pretending(folder: Path, monkeypatch, name: str, script: str) -> Path:
    """A program of that name, found by its setting, that answers --version and else does what it is told."""
    path = folder / f"pretended-{name}"
    path.write_text(f'#!/bin/sh\n[ "$1" = --version ] && {{ echo {name} 9.9; exit 0; }}\n{script}\n')
    path.chmod(0o755)
    monkeypatch.setenv(f"MILEPOST_{name.upper()}", str(path))
    return path


def finding(
    key: str = "artipacked", severity: str = "High", path: str = "0/workflow.yml", row: int = 6, **more
) -> dict:
    where = {
        "symbolic": {"kind": "Primary", "key": {"Local": {"verbatim_path": path}}, "annotation": "here"},
        "concrete": {"location": {"start_point": {"row": row}}},
    }
    return {
        "ident": key,
        "desc": "D",
        "url": "U",
        "determinations": {"severity": severity},
        "locations": [where],
        **more,
    }


def answered(folder: Path, monkeypatch, answer) -> Said:
    file = folder / "answer.json"
    file.write_text(answer if isinstance(answer, str) else json.dumps(answer))
    pretending(folder, monkeypatch, "zizmor", f"cat {file}")
    return ask(TOOLS["zizmor"], of_texts(TEXTS, commit="c" * 40))


def test_a_tool_that_is_not_there_has_collected_nothing(monkeypatch):
    monkeypatch.setenv("MILEPOST_ZIZMOR", "/nowhere/zizmor")
    assert ask(TOOLS["zizmor"], of_texts(TEXTS)) == Said("zizmor", problem="Not collected: zizmor is not on the PATH.")


def test_no_tool_is_asked_unless_it_is_named(monkeypatch):
    monkeypatch.delenv(tools.SETTING, raising=False)
    assert tools.wanted() == ()
    monkeypatch.setenv(tools.SETTING, "zizmor, rm ,HADOLINT,zizmor")
    assert tools.wanted() == ("zizmor", "hadolint")


def test_findings_are_named_by_rule_with_places_in_the_repository(tmp_path, monkeypatch):
    low, told, off = finding("low", "Low"), finding("told", "Informational"), finding("off", ignored=True)
    said = answered(tmp_path, monkeypatch, [finding(), finding(row=8), low, told, off])
    assert (said.origin, said.tool, said.problem) == ("zizmor", "zizmor 9.9", "")
    found = {each.probe.key: each.finding for each in said.evaluation.results}
    assert {key: str(each.outcome) for key, each in found.items()} == {"artipacked": "not met", "low": "partly"}
    assert [(place.path, place.line) for place in found["artipacked"].evidence] == [
        (".github/workflows/ci.yml", 7),
        (".github/workflows/ci.yml", 9),
    ]


def test_nothing_found_is_no_problem(tmp_path, monkeypatch):
    said = answered(tmp_path, monkeypatch, [])
    assert (said.problem, said.evaluation.results) == ("", ())


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("", "the answer of zizmor cannot be used"),
        ("{}", "it is no list of findings"),
        ('[{"ident": 1, "ident": 2}]', "stands twice"),
        ("[" * 5000, "nested too deep"),
    ],
)
def test_an_answer_that_cannot_be_used_is_not_collected(tmp_path, monkeypatch, answer, why):
    said = answered(tmp_path, monkeypatch, answer)
    assert said.evaluation is None and said.problem.startswith("Not collected: ") and why in said.problem


def test_any_shape_of_an_answer_is_read_or_left_out(tmp_path, monkeypatch):
    odd = [1, None, [], {}, {"ident": "a"}, finding(locations=[1, {}, {"symbolic": []}]), finding(path="elsewhere")]
    assert [each.probe.key for each in answered(tmp_path, monkeypatch, odd).evaluation.results] == ["artipacked"]


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("exit 3", "ended with code 3"),
        ("sleep 60", "gave no answer within"),
        ("sleep 60 & exit 0", "gave no answer within"),
        ("exec 1>&-; sleep 60", "gave no answer within"),
        ("yes", "answered more than"),
    ],
)
def test_a_tool_that_fails_or_never_ends_is_not_collected(tmp_path, monkeypatch, script, why):
    monkeypatch.setattr(tools, "TIME_LIMIT", 0.5)
    monkeypatch.setattr(tools, "ANSWER", 100_000)
    pretending(tmp_path, monkeypatch, "zizmor", script)
    said = ask(TOOLS["zizmor"], of_texts(TEXTS))
    assert said.evaluation is None and why in said.problem


def test_a_tool_sees_copies_in_a_folder_of_its_own_and_nothing_of_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_secret")
    report = tmp_path / "seen"
    script = f'{{ pwd; find . -type f; stat -c %a .; env; echo "$@"; }} > {report}; echo "[]"'
    pretending(tmp_path, monkeypatch, "zizmor", script)
    ask(TOOLS["zizmor"], of_texts({**TEXTS, EVIL: "on: push\n"}))
    seen = report.read_text()
    folder = seen.splitlines()[0]
    assert "ghp_secret" not in seen and "--offline" in seen and "\n700\n" in seen
    assert "touch" not in seen and "./0/" in seen
    assert os.getcwd() not in folder and not Path(folder).exists()


def test_the_terminal_shows_them_beside_and_json_names_their_source(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MILEPOST_HADOLINT", "/nowhere")
    repo = showing.shop(tmp_path)
    pretending(tmp_path, monkeypatch, "zizmor", f"echo '{json.dumps([finding()])}'")
    shown = show(repo.path, tools=("zizmor", "hadolint"))
    assert [(each.origin, each.problem) for each in shown.others] == [
        ("zizmor", ""),
        ("hadolint", "Not collected: hadolint is not on the PATH."),
    ]
    assert "artipacked" not in {each.probe.key for each in shown.evaluation.results}
    milepost.main(["assess", str(repo.path), "--evidence", "--with", "zizmor,hadolint"])
    said = capsys.readouterr().out
    assert "What zizmor 9.9 says, beside" in said and "Not collected: hadolint" in said


def test_zizmor_itself_says_what_its_answer_is_read_for(monkeypatch):
    monkeypatch.setenv("MILEPOST_ZIZMOR", need("zizmor"))
    said = ask(TOOLS["zizmor"], of_texts(TEXTS))
    assert said.problem == "" and said.tool.startswith("zizmor ")
    injected = said.evaluation.of("template-injection")
    assert (injected.outcome, injected.evidence[0].path, injected.evidence[0].line) == (
        Outcome.NOT_MET,
        ".github/workflows/ci.yml",
        8,
    )


def test_hadolint_itself_says_what_its_answer_is_read_for(monkeypatch):
    monkeypatch.setenv("MILEPOST_HADOLINT", need("hadolint"))
    said = ask(TOOLS["hadolint"], of_texts({"a/Dockerfile": "FROM debian\nRUN cd /x && ls\n"}))
    assert said.problem == "" and said.tool.startswith("hadolint ")
    tagged = said.evaluation.of("DL3006")
    assert (tagged.outcome, tagged.evidence[0].path, tagged.evidence[0].line) == (Outcome.NOT_MET, "a/Dockerfile", 1)


def test_a_tool_is_found_on_the_path(tmp_path, monkeypatch):
    monkeypatch.delenv("MILEPOST_ZIZMOR", raising=False)
    pretending(tmp_path, monkeypatch, "zizmor", "true").rename(tmp_path / "zizmor")
    monkeypatch.delenv("MILEPOST_ZIZMOR")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find("zizmor") == str(tmp_path / "zizmor")
