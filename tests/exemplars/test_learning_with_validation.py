"""The trial, the service and the exercise are run as those who learn would, and what is taught can be run."""

import ast
import json
import re
import sys
from urllib.request import urlopen

import pytest
from ruamel.yaml import YAML

from content import catalog
from tests.exemplars import copied, exemplar, linted, outcome_of, run
from tests.need import need

TRACK = "learning-with-validation"
POCS = ("trade-study", "four-gates", "teach-back")


def text(poc: str, path: str) -> str:
    return (exemplar(TRACK, poc) / path).read_text(encoding="utf-8")


def read(said: str):
    return YAML(typ="safe", pure=True).load(said)


def weighed(trial: object, code: int = 0) -> str:
    command = f"{sys.executable} -B ci/weigh.py <<'END'\n{json.dumps(trial)}\nEND"
    done = run(["bash", "-c", command], exemplar(TRACK, "trade-study"), code=code)
    return done.stderr if code else done.stdout


def test_the_study_adds_up_to_what_the_module_says():
    said = weighed(read(text("trade-study", "docs/trial.yml")))
    assert said.split("\n")[:2] == ["   30  Index in SQLite", "   29  Index of our own"]
    assert "Work to operate at double its weight; Quality of answers at half its weight" in said


def test_a_score_that_is_missing_is_named():
    trial = read(text("trade-study", "docs/trial.yml"))
    del trial["options"][1]["scores"]["Way back"]
    assert weighed(trial, 1) == "Index of our own: its score for Way back is not a number from 0 to 4.\n"


@pytest.mark.parametrize(
    ("poc", "path", "right", "wrong"),
    [
        ("trade-study", "trial/search.py", "asked <= set", "asked & set"),
        ("four-gates", "helpsearch.py", "or len(question) > LONGEST", ""),
        ("four-gates", "helpsearch.py", "if not words or", "if"),
    ],
)
def test_the_tests_of_an_example_notice_a_mistake(tmp_path, poc, path, right, wrong):
    folder = copied(tmp_path, TRACK, poc)
    command = [sys.executable, "-B", "-m", "unittest", "discover", "-s", "tests"]
    run(command, folder)
    whole = (folder / path).read_text()
    assert right in whole
    (folder / path).write_text(whole.replace(right, wrong))
    run(command, folder, code=1)


def test_load_within_limits_passes_and_a_service_that_refuses_does_not(monkeypatch):
    monkeypatch.syspath_prepend(str(exemplar(TRACK, "four-gates")))
    monkeypatch.syspath_prepend(str(exemplar(TRACK, "four-gates") / "load"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    import threading

    import helpsearch
    import load

    server = helpsearch.served(helpsearch.PAGES)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        with urlopen(f"{address}/healthz", timeout=10) as answer:  # noqa: S310
            assert answer.status == 200
        limits = {"requests": 40, "p95_ms": 60_000, "error_share": 0.01}
        assert load.measured(address, limits)["within_limits"] is True
        assert load.measured(f"{address}/nothing", limits) | {"p95_ms": 0} == {
            "requests": 40, "p95_ms": 0, "error_share": 1.0, "within_limits": False,
        }  # fmt: skip
        assert load.measured(address, limits | {"p95_ms": 0})["within_limits"] is False
    finally:
        server.shutdown()
        server.server_close()


def test_the_exercise_goes_as_its_page_says(tmp_path):
    folder = copied(tmp_path, TRACK, "teach-back")
    steps = re.findall(r"```sh\n(.*?)```", text("teach-back", "docs/hands-on.md"), re.DOTALL)
    said = run(["bash", "-c", "".join(steps).replace("/tmp/", f"{tmp_path}/")], folder).stdout
    assert said.split("\n")[:3] == ["[1]", "[2]", "that is why each word is quoted"]


@pytest.mark.parametrize("poc", POCS)
def test_workflows_are_valid(poc):
    assert linted(sorted((exemplar(TRACK, poc) / ".github/workflows").iterdir())) == []


def test_python_and_yaml_that_are_taught_can_be_read_and_programs_run(tmp_path):
    for name, module in catalog.modules(TRACK).items():
        for language, block in re.findall(r"^```(python|yaml)\n(.*?)^```", module.text, re.DOTALL | re.MULTILINE):
            if language == "yaml":
                assert read(block), name
            else:
                assert ast.parse(block) and run([sys.executable, "-c", block], tmp_path).stdout, name


@pytest.mark.parametrize(("permissions", "outcome"), [("{}", "pass"), ("read-all", "pass"), ("write-all", "fail")])
@pytest.mark.parametrize("poc", POCS)
def test_permissions_may_be_none_and_not_everything(poc, permissions, outcome):
    files = {".github/workflows/ci.yml": f"on: push\npermissions: {permissions}\njobs: {{}}\n"}
    assert outcome_of(TRACK, poc, "permissions", files) == outcome


STEPS = """
on: pull_request
jobs:
  go:
    steps:
      - {}
"""


@pytest.mark.parametrize(
    "step",
    ["run: npm audit --audit-level=high", "uses: github/codeql-action/analyze@v4", "run: uvx zizmor .",
     "run: pipx run zizmor==1.32.0 --offline .", "run: pipx run --spec bandit==1.8.6 bandit -r src",
     "run: uv tool run bandit -r .", "run: uvx zizmor@1.32.0 .", "run: python3 -m pip_audit",
     "run: npx audit-ci@7 --high", "run: go run github.com/securego/gosec/v2/cmd/gosec@v2.22.0 ./...",
     "run: docker run --rm -v .:/p zricethezav/gitleaks:v8.24.0 dir /p", "run: bin/brakeman --no-pager",
     "uses: gitleaks/gitleaks-action@v2", "uses: trufflesecurity/trufflehog@v3",
     "uses: bridgecrewio/checkov-action@v12"],
)  # fmt: skip
def test_the_usual_scanners_are_known(step):
    assert outcome_of(TRACK, "four-gates", "scanned", {".github/workflows/ci.yml": STEPS.format(step)}) == "pass"


@pytest.mark.parametrize(
    "step",
    ["run: echo npm audit", "run: npm test", "run: pipx install zizmor==1.32.0", "run: pip install bandit==1.8.6",
     "run: bandit -r . || true", "{run: bandit -r ., continue-on-error: true}",
     "run: bandit -r .\n    continue-on-error: true", "run: bandit -r .\n    if: false"],
)  # fmt: skip
def test_a_scanner_that_does_not_run_or_cannot_fail_is_none(step):
    assert outcome_of(TRACK, "four-gates", "scanned", {".github/workflows/ci.yml": STEPS.format(step)}) == "fail"


def test_the_scanner_of_the_example_finds_nothing_in_it(tmp_path):
    folder = copied(tmp_path, TRACK, "four-gates")
    steps = read(text("four-gates", ".github/workflows/ci.yml"))["jobs"]["scan"]["steps"]
    words = next(each["run"] for each in steps if each.get("name") == "Workflows").split()
    assert words[:3] == ["pipx", "run", "zizmor==1.32.0"]
    run([need("zizmor"), *words[3:]], folder)


@pytest.mark.parametrize("folder", ["load", "tests/load", "perf", "performance", "k6", "load-test"])
def test_limits_may_lie_where_load_tests_do(folder):
    files = {f"{folder}/limits.json": text("four-gates", "load/limits.json")}
    assert outcome_of(TRACK, "four-gates", "limits", files) == "pass"


@pytest.mark.parametrize(
    ("poc", "check", "path", "handed", "other"),
    [
        ("trade-study", "recorded", "docs/adr/7.md", "| Option | Cost | Risk |", "| Options | Costs | Risks |"),
        ("four-gates", "threats", "docs/threat-model.md", "| Threat | Mitigation |", "| Threats | Mitigations |"),
    ],
)
def test_heads_of_tables_may_be_plural(poc, check, path, handed, other):
    said = text(poc, "docs/adr/0007-find-help-pages.md" if check == "recorded" else path)
    assert handed in said
    assert outcome_of(TRACK, poc, check, {path: said.replace(handed, other)}) == "pass"


def test_a_decision_without_a_reason_is_none():
    said = text("trade-study", "docs/trial.yml")
    assert outcome_of(TRACK, "trade-study", "decided", {"docs/trial.yml": said}) == "pass"
    empty = re.sub("because: .*", 'because: ""', said)
    assert outcome_of(TRACK, "trade-study", "decided", {"docs/trial.yml": empty}) == "fail"


@pytest.mark.parametrize("key", ["name", "Name", "who", "initials", "participant", "e-mail"])
def test_nobody_is_named_under_any_usual_key(key):
    said = text("teach-back", "docs/sessions.yml").replace("{team: shop,", f"{{team: shop, {key}: Somebody,", 1)
    assert outcome_of(TRACK, "teach-back", "nameless", {"docs/sessions.yml": said}) == "fail"
