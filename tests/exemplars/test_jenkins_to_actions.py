"""The service that moves from Jenkins to Actions is real: it is built, tested and deployed here, its workflows are read
by GitHub's own parser and by the linters, and what its inventory says is held against its Jenkinsfile."""

import json
import re
import shutil
import subprocess
import tarfile
import textwrap

import pytest
from ruamel.yaml import YAML

from assessments.evidence.reading.jenkinsfiles import read_jenkinsfile
from assessments.poc import Known, Poc, read_poc
from assessments.poc import run as judge
from content import catalog
from tests.assessments.poc.trees import tree
from tests.exemplars import copied, exemplar, linted, run
from tests.need import need

TRACK = "jenkins-to-actions"
POCS = ("inventory", "parallel-pipeline", "cut-over")


def text(poc: str, path: str) -> str:
    return (exemplar(TRACK, poc) / path).read_text(encoding="utf-8")


def plain(poc: str, path: str):
    return YAML(typ="safe", pure=True).load(text(poc, path))


def blocks(language: str) -> list[tuple[str, str]]:
    """(where, code) of what modules and tasks show in that language."""
    texts = [(f"{name}: {step.title}", step.body) for name, m in catalog.modules(TRACK).items() for step in m.steps]
    texts += [
        (f"{name}: {task['title']}", task["body"]) for name, p in catalog.pocs(TRACK).items() for task in p["tasks"]
    ]
    found = rf"^( *)```{language}\n(.*?)^ *```$"
    return [
        (where, textwrap.dedent(block))
        for where, body in texts
        for _, block in re.findall(found, body, re.DOTALL | re.MULTILINE)
    ]


@pytest.fixture(scope="module")
def findings(tmp_path_factory) -> list[str]:
    """What the linters say of all workflows that are shown or handed out; asked once, as each time costs seconds."""
    taught = tmp_path_factory.mktemp("taught")
    for number, (_, block) in enumerate(blocks("yaml")):
        if re.search(r"^on:", block, re.MULTILINE):
            (taught / f"{number}.yml").write_text(block)
    folders = [
        exemplar(TRACK, poc).parent / f"{part}/.github/workflows" for poc in POCS for part in ("exemplar", "stub")
    ]
    paths = [path for folder in [taught, *folders] for path in sorted(folder.iterdir())]
    assert len(paths) >= 12
    return linted(paths)


def test_workflows_of_exemplars_satisfy_actionlint_and_the_parser_of_github(findings):
    assert [line for line in findings if "/exemplar/" in line] == []


def test_workflows_that_are_handed_out_are_valid_though_they_are_wrong(findings):
    """So a learner mends what the checks ask about, and not a typing error."""
    assert [line for line in findings if "/stub/" in line] == []


def test_whole_workflows_in_modules_are_valid(findings):
    assert [line for line in findings if "/taught" in line] == []


@pytest.mark.parametrize("poc", POCS)
def test_zizmor_finds_nothing_in_its_workflows(poc):
    run([need("zizmor"), "--offline", "--quiet", "."], exemplar(TRACK, poc))


def packed(folder, version: str = "1.4.0") -> None:
    """What `npm run build` leaves behind, in a fraction of its time."""
    need("node")
    shutil.rmtree(folder / "dist", ignore_errors=True)
    (folder / "dist").mkdir()
    with tarfile.open(folder / f"dist/price-list-{version}.tgz", "w:gz") as package:
        package.add(folder / "package.json", "package/package.json")
        package.add(folder / "src", "package/src")


def test_the_service_passes_its_own_tests(tmp_path):
    folder = copied(tmp_path, TRACK, "inventory")
    node = need("node")
    run(["npm", "ci", "--offline", "--no-audit", "--no-fund"], folder)
    scripts = json.loads(text("inventory", "package.json"))["scripts"]
    run(["bash", "-c", scripts["check"]], folder)
    assert re.search(r"fail 0$", run(["bash", "-c", scripts["test"]], folder).stdout, re.MULTILINE)
    assert run([node, "src/cli.js", "1000", "20"], folder).stdout == "1200\n"
    assert "Use: price-list" in run([node, "src/cli.js", "ten", "20"], folder, code=2).stderr
    run(["npm", "run", "build"], folder)
    assert "staging is on price-list-1.4.0" in run(["./deploy.sh", "staging"], folder, DEPLOY_ROOT=str(tmp_path)).stdout


@pytest.mark.parametrize("poc", POCS)
def test_the_service_is_the_same_before_and_after(poc):
    same = ("src/price.js", "src/cli.js", "test/price.test.js", "package.json", "package-lock.json", "deploy.sh")
    assert [path for path in same if text(poc, path) != text("inventory", path)] == []


def test_a_deployment_switches_and_a_rollback_switches_back(tmp_path):
    folder, served = copied(tmp_path, TRACK, "inventory"), str(tmp_path / "served")
    for version in ("1.4.0", "1.10.0"):
        packed(folder, version)
        said = run(["./deploy.sh", "staging"], folder, DEPLOY_ROOT=served).stdout
        assert said == f"staging is on price-list-{version}\n"
    said = run(["./deploy.sh", "staging", "rollback"], folder, DEPLOY_ROOT=served).stdout
    assert said == "staging is back on price-list-1.4.0\n"
    assert (tmp_path / "served/staging/current").resolve().name == "price-list-1.4.0"


def test_a_version_that_does_not_answer_is_not_switched_to(tmp_path):
    folder, served = copied(tmp_path, TRACK, "inventory"), str(tmp_path / "served")
    packed(folder)
    run(["./deploy.sh", "production"], folder, DEPLOY_ROOT=served)
    (folder / "src/cli.js").write_text("process.exit(1);\n")
    packed(folder, "1.5.0")
    assert "does not answer" in run(["./deploy.sh", "production"], folder, code=1, DEPLOY_ROOT=served).stderr
    assert (tmp_path / "served/production/current").resolve().name == "price-list-1.4.0"


def test_the_scan_of_the_pipeline_keeps_what_its_check_reads(tmp_path):
    step = next(
        each for each in job("parallel-pipeline", "ci.yml", "workflows")["steps"] if each.get("name") == "zizmor"
    )
    folder = copied(tmp_path, TRACK, "parallel-pipeline", "near/pinned--short-commit")
    words = step["run"].replace("pipx run zizmor==1.32.0", str(need("zizmor")))
    run(["bash", "-eo", "pipefail", "-c", words], folder)
    found = json.loads((folder / "zizmor.json").read_text())
    assert [each["determinations"]["severity"] for each in found] == ["High"]


def job(poc: str, workflow: str, name: str) -> dict:
    return plain(poc, f".github/workflows/{workflow}")["jobs"][name]


def test_the_new_pipeline_runs_every_command_that_jenkins_ran():
    """Stages that deploy stay with Jenkins until the cut-over."""
    commands = re.findall(r"sh '([^']+)'", text("parallel-pipeline", "Jenkinsfile"))
    beside = [step.get("run") for step in job("parallel-pipeline", "ci.yml", "test")["steps"]]
    assert commands[:4] == [command for command in beside if command] and not any("deploy" in str(c) for c in beside)
    after = plain("cut-over", ".github/actions/build/action.yml")["runs"]["steps"]
    assert [step["run"] for step in after if "run" in step] == commands[:4]
    deployed = [job("cut-over", "deploy.yml", name)["steps"] for name in ("staging", "production")]
    assert [step["run"] for steps in deployed for step in steps if step.get("name") == "Deploy"] == commands[4:]


def test_every_script_that_a_workflow_runs_can_be_read_by_bash(tmp_path):
    for poc in POCS:
        for path in sorted((exemplar(TRACK, poc) / ".github/workflows").iterdir()):
            for each in plain(poc, f".github/workflows/{path.name}")["jobs"].values():
                for step in each["steps"]:
                    run(["bash", "-n", "-c", step.get("run", "true")], tmp_path)


def jenkinsfile() -> str:
    return text("inventory", "Jenkinsfile")


def test_the_inventory_has_a_row_for_each_stage_that_jenkins_shows():
    stages = read_jenkinsfile(jenkinsfile()).stages
    rows = [
        row.split("|")[1].strip() for row in text("inventory", "docs/migration/inventory.md").split("\n") if "|" in row
    ]
    assert len(stages) == 7 and [row for row in rows if row in stages] == list(stages)


def test_each_credential_of_the_jenkinsfile_is_listed():
    named = {each["name"] for each in plain("inventory", "docs/migration/secrets.yml")["secrets"]}
    used = set(re.findall(r"credentialsId: '([^']+)'|credentials: \['([^']+)'\]", jenkinsfile()))
    assert {one or other for one, other in used} == {"npm-read", "deploy-key"} and "deploy-key" in named
    assert {one or other for one, other in used} <= named


def inventory_step(folder) -> subprocess.CompletedProcess[str]:
    """What the workflow of the starter does with an inventory."""
    steps = plain("inventory", ".github/workflows/migration-docs.yml")["jobs"]["inventory"]["steps"]
    return run(["bash", "-eo", "pipefail", "-c", steps[-1]["run"]], folder, code=None)


def test_the_workflow_of_the_starter_finds_a_stage_without_a_row(tmp_path):
    assert inventory_step(copied(tmp_path / "whole", TRACK, "inventory")).returncode == 0
    lacking = inventory_step(copied(tmp_path / "near", TRACK, "inventory", "near/every-stage--inside-parallel"))
    assert lacking.returncode == 1 and "no row for the stage Unit tests" in lacking.stdout


def code_of(language: str, begin: str) -> str:
    """A block of code of the tasks or modules that begins like that."""
    return next(block for _, block in blocks(language) if block.startswith(begin))


def test_the_commands_that_list_stages_and_credentials_find_them():
    folder = exemplar(TRACK, "inventory")
    listed = run(["bash", "-c", code_of("sh", "grep -v")], folder).stdout.split("\n")
    assert tuple(listed[:-1]) == read_jenkinsfile(jenkinsfile()).stages
    assert run(["bash", "-c", code_of("sh", 'grep -nE "credentials')], folder).stdout.count("\n") == 3


def test_the_baseline_is_computed_as_the_task_says(tmp_path):
    """41 builds that ended, and two that do not count."""
    builds = [{"result": "SUCCESS", "duration": 1000 * (200 + n)} for n in range(38)]
    builds += [{"result": "FAILURE", "duration": 500_000}] * 3 + [
        {"result": "ABORTED", "duration": 1},
        {"result": None},
    ]
    (tmp_path / "builds.json").write_text(str({"allBuilds": builds}).replace("'", '"').replace("None", "null"))
    command = code_of("sh", "curl").split("\n", 2)[2]
    said = YAML(typ="safe", pure=True).load(run(["bash", "-c", command], tmp_path).stdout)
    assert (said["builds"], round(said["success_rate"], 3), said["run_seconds_p50"]) == (41, 0.927, 220)


def test_commits_on_which_two_pipelines_differ_are_found_as_the_module_says(tmp_path):
    runs = [
        {"attempt": 1, "headSha": f"{n:040x}", "conclusion": conclusion, "startedAt": "2026-10-12T08:00:00Z",
         "updatedAt": f"2026-10-12T08:0{n}:00Z"}
        for n, conclusion in enumerate(["success", "failure", "success", "cancelled"], 1)
    ]  # fmt: skip
    jenkins = [{"sha": f"{n:040x}", "ok": n != 3} for n in (1, 2, 3, 9)]
    (tmp_path / "runs.json").write_text(json.dumps(runs))
    (tmp_path / "jenkins.json").write_text(json.dumps(jenkins))
    collect = code_of("sh", "gh run list --workflow ci.yml --branch main --limit 200").split("\n", 2)[2]
    said = json.loads(run(["bash", "-c", collect], tmp_path).stdout)
    assert said == {"runs": 3, "success_rate": 2 / 3, "run_seconds_p50": 120}
    found = run(["bash", "-c", code_of("sh", "jq -r -n")], tmp_path).stdout.split("\n")
    assert found == ["000000000000  Jenkins green", "000000000000  Jenkins red", ""]


def test_every_piece_of_yaml_that_is_taught_can_be_read():
    for where, block in blocks("yaml"):
        assert YAML(typ="safe", pure=True).load(block), where


def test_every_command_that_is_taught_can_be_read_by_bash(tmp_path):
    for where, block in blocks("sh"):
        assert run(["bash", "-n", "-c", block], tmp_path).stderr == "", where


def outcome_of(poc: str, check: str, files: dict[str, str]) -> str:
    """What one check says of these files alone."""
    whole = read_poc(f"{TRACK}/{poc}", catalog.pocs(TRACK)[poc])
    only = Poc(whole.key, tuple(each for each in whole.checks if each.id == check))
    return judge(only, tree(files), Known()).of(check).outcome


@pytest.mark.parametrize(
    ("step", "outcome"),
    [
        ("{uses: actions/setup-go@v6}", "pass"),  # caches unless told not to
        ("{uses: actions/setup-go@v6, with: {cache: false}}", "fail"),
        ("{uses: actions/setup-node@v6}", "fail"),
        ("{uses: actions/cache/restore@v5}", "pass"),
        ("{uses: Swatinem/rust-cache@v2}", "pass"),
        ("{uses: gradle/actions/setup-gradle@v5}", "pass"),
        ("{uses: astral-sh/setup-uv@v7, with: {enable-cache: false}}", "fail"),
        ("{uses: ruby/setup-ruby@v1, with: {bundler-cache: true}}", "pass"),
        ("{uses: docker/build-push-action@v7, with: {cache-from: type=gha}}", "pass"),
        ("{run: echo actions/cache@v5}", "fail"),
    ],
)
def test_the_usual_ways_to_cache_are_known(step, outcome):
    workflow = f"on: push\njobs: {{go: {{steps: [{step}]}}}}\n"
    assert outcome_of("parallel-pipeline", "caches", {".github/workflows/ci.yml": workflow}) == outcome


def test_a_cache_in_a_shared_action_counts():
    files = {
        ".github/workflows/ci.yml": "on: push\njobs: {go: {steps: [{uses: ./.github/actions/build}]}}\n",
        ".github/actions/build/action.yml": "runs: {using: composite, steps: [{uses: actions/cache@v5}]}\n",
    }
    assert outcome_of("parallel-pipeline", "caches", files) == "pass"


@pytest.mark.parametrize(
    ("permissions", "outcome"),
    [
        ("{}", "pass"),  # none at all, and what a job needs stands in the job
        ("{contents: read}", "pass"),
        ("read-all", "pass"),
        ("write-all", "fail"),
        ("", "fail"),
    ],
)
@pytest.mark.parametrize("poc", POCS)
def test_permissions_at_the_top_may_be_none_and_not_everything(poc, permissions, outcome):
    workflow = f"on: push\npermissions: {permissions}\njobs: {{go: {{steps: [{{run: make}}]}}}}\n"
    assert outcome_of(poc, "permissions", {".github/workflows/ci.yml": workflow}) == outcome


@pytest.mark.parametrize(
    "step",
    [
        "{uses: actions/checkout@v7, with: {ref: 'refs/pull/${{ github.event.number }}/merge'}}",
        "{run: gh pr checkout 7}",
        "{run: 'git fetch origin pull/7/head'}",
    ],
)
def test_there_is_more_than_one_way_to_check_out_a_stranger(step):
    workflow = f"on: %s\njobs: {{go: {{steps: [{step}]}}}}\n"
    for event, outcome in (("pull_request_target", "fail"), ("pull_request", "pass")):
        files = {".github/workflows/bot.yml": workflow % event}
        assert outcome_of("parallel-pipeline", "no-target-checkout", files) == outcome


@pytest.mark.parametrize(
    ("step", "outcome"),
    [
        ("run: ./deploy.sh production", "pass"),
        ("run: helm upgrade prices ./chart --install", "pass"),
        ("uses: example/deploy-to-shelf@v1", "pass"),
        ("run: kubectl -n prod apply -f k8s", "pass"),
        ("run: ./ops/deploy.sh production", "pass"),
        ("run: terraform -chdir=prod apply -auto-approve", "pass"),
        ("run: rsync -a dist/ web-1:/srv/prices", "pass"),
        ("run: echo ./deploy.sh production", "fail"),
        ("run: curl -fsS https://chat.example/deploy", "fail"),
        ("run: ./tell.sh", "fail"),
    ],
)
def test_many_ways_to_deploy_are_known_and_talking_of_it_is_none(step, outcome):
    workflow = f"on: push\njobs: {{go: {{environment: production, steps: [{{{step}}}]}}}}\n"
    assert outcome_of("cut-over", "environment", {".github/workflows/deploy.yml": workflow}) == outcome
