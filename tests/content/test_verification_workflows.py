"""The reusable workflows that an organization adopts: valid for GitHub, harmless, and what the checks ask for."""

import json
import os
import re
import shutil
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from assessments.poc.patterns import fits
from content import catalog
from content.poc_rules import every_check
from tests.assessments.poc.proofs import NAMES, proof
from tests.exemplars import linted, run
from tests.need import need

FOLDER = catalog.HERE / "verification-workflows"
FILES = sorted(FOLDER.glob("*.yml"))
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")


def read(path: Path) -> dict:
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def test_actionlint_and_githubs_parser_find_nothing_wrong():
    assert linted(FILES) == []


def test_what_is_wrong_with_a_workflow_is_found(tmp_path):
    broken = tmp_path / "broken.yml"
    text = (FOLDER / "promrules.yml").read_text(encoding="utf-8")
    broken.write_text(
        text.replace("runs-on:", "runs-an:").replace("RULES: rules", "RULES: ${{ inputs.rulez }}"), encoding="utf-8"
    )
    said = "\n".join(linted([broken]))
    assert "actionlint: " in said and "workflow-parser: " in said and "runs-an" in said and "rulez" in said


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nobody_who_calls_it_says_which_tests_are_run(path):
    """A folder of one's own, with tests that are easier than the protected ones, would be green too."""
    plain = read(path)
    assert set(plain["on"]["workflow_call"].get("inputs", {})) <= {"package", "python", "version"}
    for job in plain["jobs"].values():
        for step in job["steps"]:
            assert "inputs." not in f"{job.get('defaults')} {step.get('working-directory')} {step.get('if')}"


def test_zizmor_finds_nothing_to_report():
    zizmor = need("zizmor")
    run([zizmor, "--offline", "--no-progress", "--persona", "regular", *FILES], FOLDER)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_may_do_little_and_takes_nothing_that_can_be_moved(path):
    plain = read(path)
    assert plain["permissions"] == {"contents": "read"}
    assert set(plain["on"]) == {"workflow_call"} and "secrets" not in plain["on"]["workflow_call"]
    for job in plain["jobs"].values():
        assert job["timeout-minutes"] <= 20 and "permissions" not in job
        uses = [step["uses"] for step in job["steps"] if "uses" in step]
        assert [name for name in uses if not PINNED.fullmatch(name)] == []
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"] | {"fetch-depth": 0} == {"persist-credentials": False, "fetch-depth": 0}
            assert "${{" not in step.get("run", ""), "what a caller gives would be run as code"


def asked() -> list[tuple[str, str, str, str]]:
    """(where, workflow, job, artifact) of every check that asks for one of them."""
    checks = [(name, check.kind, check.params) for name in NAMES for check in proof(name).poc.checks]
    for slug in catalog.tracks():
        for name, data in catalog.pocs(slug).items():
            checks += [(f"{slug}/{name}", check["kind"], check["with"]) for check in every_check(data)]
    found = []
    for name, kind, params in checks:
        wanted = params.get("commit", params)
        if kind in ("ci-run", "artifact") and "reusable" in wanted:
            artifact = params["name"] if kind == "artifact" else ""
            found.append((name, wanted["reusable"], wanted.get("job", "*"), artifact))
    return found


def test_every_workflow_job_and_artifact_that_a_check_asks_for_is_there():
    assert {workflow for _, workflow, _, _ in asked()} == {path.name for path in FILES}
    for where, workflow, job, artifact in asked():
        plain = read(FOLDER / workflow)
        assert any(fits(job, each["name"]) for each in plain["jobs"].values()), (where, workflow, job)
        kept = [
            step["with"]["name"]
            for each in plain["jobs"].values()
            for step in each["steps"]
            if step.get("uses", "").startswith("actions/upload-artifact@")
        ]
        assert not artifact or artifact in kept, (where, workflow, artifact)


def test_the_manual_names_each_with_its_jobs():
    manual = (FOLDER / "README.md").read_text(encoding="utf-8")
    for path in FILES:
        row = next(line for line in manual.splitlines() if line.startswith(f"| `{path.name}`"))
        assert all(f"`{job['name']}`" in row for job in read(path)["jobs"].values())


# -- what they run, run here: on a repository as the tracks hand out -------------------------------------------------


def steps(path: Path, job: str, temporary: Path) -> list[tuple[str, str, dict[str, str]]]:
    """(name, script, environment) of what a job runs, with the inputs as they are when nobody gives any."""
    plain = read(path)
    given = {
        f"inputs.{name}": str(each["default"]) for name, each in plain["on"]["workflow_call"].get("inputs", {}).items()
    }
    given |= {"runner.temp": str(temporary)}

    def filled(text: str) -> str:
        return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda found: given[found[1]], text)

    found = []
    for step in plain["jobs"][job]["steps"]:
        if "run" in step:
            environment = {name: filled(str(value)) for name, value in step.get("env", {}).items()}
            found.append((step.get("name", step["run"]), step["run"], environment))
    return found


def carried_out(name: str, job: str, folder: Path, temporary: Path, without: tuple[str, ...] = ()) -> str:
    """Runs the steps as a runner would; what they said."""
    said = ""
    for step, script, environment in steps(FOLDER / name, job, temporary):
        if step not in without:
            done = run(
                ["bash", "-e", "-o", "pipefail", "-c", script], folder, RUNNER_TEMP=str(temporary), **environment
            )
            said += done.stdout + done.stderr
    return said


RULES = """groups:
  - name: ci
    rules:
      - alert: Broken
        expr: failures > 3
        for: 1m
"""
RULES_TEST = """rule_files: [../ci.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series: [{series: failures, values: "5x10"}]
    alert_rule_test:
      - {eval_time: 5m, alertname: Broken, exp_alerts: [{}]}
"""


def test_rules_pass_as_the_workflow_runs_them_and_broken_ones_do_not(tmp_path):
    need("promtool")
    tests = tmp_path / "repo" / "rules" / "tests"
    tests.mkdir(parents=True)
    (tests.parent / "ci.yml").write_text(RULES)
    (tests / "ci_test.yml").write_text(RULES_TEST)
    said = carried_out("promrules.yml", "promtool", tmp_path / "repo", tmp_path, ("Install promtool",))
    assert "SUCCESS" in said
    (tests.parent / "ci.yml").write_text(RULES.replace("> 3", "> 30"))
    with pytest.raises(pytest.fail.Exception, match="ended with 1"):
        carried_out("promrules.yml", "promtool", tmp_path / "repo", tmp_path, ("Install promtool",))
    shutil.rmtree(tests)
    with pytest.raises(pytest.fail.Exception, match="There are no tests in rules/tests"):
        carried_out("promrules.yml", "promtool", tmp_path / "repo", tmp_path, ("Install promtool",))


GO = {
    "go.mod": "module example.com/tool\n\ngo 1.24\n",
    "main.go": """package main

import "fmt"

func main() { fmt.Println(name()) }

func name() string { return "a" }
""",
    "main_test.go": """package main

import "testing"

func TestName(t *testing.T) {
	if name() != "a" {
		t.Fatal()
	}
}
""",
}


def test_a_tool_in_go_is_verified_as_the_workflow_does(tmp_path):
    need("go")
    repo = tmp_path / "repo"
    repo.mkdir()
    for name, text in GO.items():
        (repo / name).write_text(text)
    carried_out("go-cli.yml", "test", repo, tmp_path, ("Cold start",))
    assert (tmp_path / "coverage.json").read_text() == '{"percent": 50}\n'
    (repo / "main.go").write_text(GO["main.go"].replace('return "a"', 'return "b"'))
    with pytest.raises(pytest.fail.Exception, match="FAIL"):
        carried_out("go-cli.yml", "test", repo, tmp_path, ("Cold start",))


def exemplars(workflow: str) -> list[Path]:
    """Those of proofs of concept that are verified through it."""
    asking = {tuple(where.split("/")) for where, name, _, _ in asked() if name == workflow and "/" in where}
    folders = [catalog.HERE / "tracks" / slug / "pocs" / poc / "exemplar" for slug, poc in sorted(asking)]
    return [folder for folder in folders if folder.is_dir()]


@pytest.mark.parametrize("folder", exemplars("promrules.yml"), ids=lambda folder: folder.parent.name)
def test_exemplars_of_rules_are_verified(folder, tmp_path):
    need("promtool")
    carried_out("promrules.yml", "promtool", folder, tmp_path, ("Install promtool",))


@pytest.mark.parametrize("folder", exemplars("go-cli.yml")[-1:], ids=lambda folder: folder.parent.name)
def test_an_exemplar_in_go_is_verified_with_what_it_measures(folder, tmp_path):
    need("go")
    carried_out("go-cli.yml", "test", folder, tmp_path)
    measured = {name: json.loads((tmp_path / name).read_text()) for name in ("coverage.json", "bench.json")}
    assert measured["coverage.json"]["percent"] >= 70
    assert measured["bench.json"]["version"]["p95_ms"] > 0


@pytest.mark.parametrize("folder", exemplars("orchestrator.yml"), ids=lambda folder: folder.parent.name)
def test_exemplars_in_python_are_verified_with_what_their_tests_run(folder, tmp_path, monkeypatch):
    need("coverage")
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    repo = shutil.copytree(folder, tmp_path / "repo")
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "outputs"))
    carried_out("orchestrator.yml", "test", repo, tmp_path, ("Install",))
    assert json.loads((tmp_path / "coverage.json").read_text())["totals"]["percent_covered"] >= 80
