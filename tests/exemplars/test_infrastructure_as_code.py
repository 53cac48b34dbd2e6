"""Deployment optimisation with infrastructure as code: its example repositories hold water where nothing in a cloud is
needed."""

import json
import re
import sys
from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from assessments.evidence.reading.hcl import read_hcl
from tests.exemplars import CONTENT, copied, exemplar, linted, run
from tests.need import need

TRACK = "infrastructure-as-code"
INFRASTRUCTURE = "reproducible-infrastructure"
RELEASE = "progressive-delivery"
GITOPS = "gitops-and-numbers"
POCS = [INFRASTRUCTURE, RELEASE, GITOPS]


def terraform(folder: Path, *words: str, code: int = 0) -> str:
    """What it says there, without colours. Nothing of this machine's own settings counts."""
    done = run([need("terraform"), *words], folder, code=code, TF_CLI_CONFIG_FILE="", TF_IN_AUTOMATION="1")
    return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)


def outcome_of(settings: Path, *, code: int = 0) -> str:
    terraform(settings, "init", "-backend=false", "-input=false")
    return terraform(settings, "test", code=code)


def program(folder: Path, name: str, answers: list[str]) -> None:
    """A program there that says one line after the other, one each time, and the last one again and again."""
    lines = folder / f"{name}.lines"
    lines.write_text("".join(f"{each}\n" for each in answers), encoding="utf-8")
    made = folder / name
    made.write_text(
        f'#!/bin/sh\nhead -n 1 {lines}\n[ "$(wc -l < {lines})" -eq 1 ] || sed -i 1d {lines}\n', encoding="utf-8"
    )
    made.chmod(0o755)


def read(path: Path) -> list:
    """The documents of a YAML file."""
    return list(YAML(typ="safe", pure=True).load_all(path))


# -- infrastructure ----------------------------------------------------------------------------------------------------


def test_every_terraform_file_can_be_read():
    paths = [path for ending in ("*.tf", "*.hcl") for path in exemplar(TRACK, INFRASTRUCTURE).parent.rglob(ending)]
    assert len(paths) > 20
    for path in paths:
        assert read_hcl(path.read_text(encoding="utf-8")).blocks or path.name.startswith("settings.tftest"), path


def test_every_terraform_file_has_the_usual_format():
    assert terraform(exemplar(TRACK, INFRASTRUCTURE).parent, "fmt", "-check", "-recursive") == ""


def test_the_settings_keep_their_contract_and_pass_their_own_tests(tmp_path):
    said = outcome_of(copied(tmp_path, TRACK, INFRASTRUCTURE) / "modules" / "settings")
    assert said.rstrip().endswith("Success! 8 passed, 0 failed.")


@pytest.mark.parametrize(
    ("before", "after", "broken"),
    [
        ('["staging", "production"], var.environment', '["staging", "production", "prod"], var.environment', "unknown"),
        ("length(trimspace(var.owner)) > 0", "length(var.owner) > 0", "without_an_owner"),
        ("${var.service}-${var.environment}", "${var.service}", "staging_has_a_name"),
        ('managed_by  = "terraform"', 'managed_by  = "somebody"', "staging_has_a_name"),
        ("environment = var.environment", "environment = timestamp()", "production_is_told_apart"),
    ],
    ids=["a third environment", "an owner of spaces", "one name for both", "another keeper", "the time of day"],
)
def test_the_contract_finds_what_breaks_it(tmp_path, before, after, broken):
    settings = copied(tmp_path, TRACK, INFRASTRUCTURE) / "modules" / "settings"
    changed = 0
    for path in settings.glob("*.tf"):
        text = path.read_text(encoding="utf-8")
        changed += before in text
        path.write_text(text.replace(before, after), encoding="utf-8")
    assert changed == 1
    assert re.search(rf'run "\w*{broken}\w*"\.\.\. fail', outcome_of(settings, code=1))


def test_what_a_module_has_typed_along_works(tmp_path):
    """Files that a module names on the line before their code, put together."""
    text = (CONTENT / "tracks" / TRACK / "modules" / "one-module-two-environments.md").read_text(encoding="utf-8")
    files = re.findall(r"`(modules/settings/\S+)`:\n\n```hcl\n(.*?)```", text, re.DOTALL)
    for path, code in files:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(code, encoding="utf-8")
    assert len(files) == 4
    assert outcome_of(tmp_path / "modules" / "settings").rstrip().endswith("Success! 3 passed, 0 failed.")
    assert terraform(tmp_path, "fmt", "-check", "-recursive") == ""


def test_the_time_of_an_answer_is_measured_as_its_gate_reads_it(tmp_path):
    folder = copied(tmp_path, TRACK, INFRASTRUCTURE)
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "terraform").symlink_to(need("terraform"))
    run(["ci/timing.sh", "timing.json"], folder, TF_CLI_CONFIG_FILE="", PATH=f"{programs}:/usr/bin:/bin")
    timing = json.loads((folder / "timing.json").read_text(encoding="utf-8"))
    assert timing["modules"] == 1
    assert 0 <= timing["seconds"] <= 300


# -- releases ----------------------------------------------------------------------------------------------------------


def values(environment: str) -> dict:
    """The values of the chart with those of an environment over them, as Helm puts them together."""
    chart = exemplar(TRACK, RELEASE) / "chart"

    def over(below: dict, above: dict) -> dict:
        nested = [key for key in below.keys() & above.keys() if isinstance(above[key], dict)]
        return below | above | {key: over(below[key], above[key]) for key in nested}

    return over(read(chart / "values.yaml")[0], read(chart / f"values-{environment}.yaml")[0])


def fits(given: dict) -> bool:
    schema = json.loads((exemplar(TRACK, RELEASE) / "chart" / "values.schema.json").read_text(encoding="utf-8"))
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema).is_valid(given)


def rendered(environment: str, kind: str) -> dict:
    documents = read(exemplar(TRACK, RELEASE) / "deploy" / environment / "shop.yaml")
    return next(each for each in documents if each["kind"] == kind)


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_the_values_of_each_environment_fit_their_schema(environment):
    assert fits(values(environment))


@pytest.mark.parametrize(
    "wrong",
    [
        {"replica": 8},
        {"replicas": "8"},
        {"replicas": 1},
        {"image": {"repository": "registry.example.com/shop", "digest": "latest"}},
        {"image": {"repository": "registry.example.com/shop", "tag": "2.7.1"}},
        {"canary": {"weights": [100], "minRequests": 100, "successRate": 0.99, "p95Seconds": 0.5}},
        {"canary": {"weights": [25, 50], "minRequests": 100, "successRate": 99, "p95Seconds": 0.5}},
    ],
    ids=str,
)
def test_the_schema_refuses_what_was_not_meant(wrong):
    assert not fits(values("production") | wrong)


def test_the_chart_alone_cannot_be_installed_without_an_image():
    assert not fits(read(exemplar(TRACK, RELEASE) / "chart" / "values.yaml")[0])


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_what_was_rendered_says_what_the_values_say(environment):
    spec = rendered(environment, "Rollout")["spec"]
    given = values(environment)
    assert spec["replicas"] == given["replicas"]
    image = spec["template"]["spec"]["containers"][0]["image"]
    assert image == f"{given['image']['repository']}@{given['image']['digest']}"
    steps = spec["strategy"]["canary"]["steps"]
    assert [each["setWeight"] for each in steps if "setWeight" in each] == given["canary"]["weights"]
    template = rendered(environment, "AnalysisTemplate")
    named = {each["templateName"] for step in steps if "analysis" in step for each in step["analysis"]["templates"]}
    assert named == {template["metadata"]["name"]}


def test_helm_renders_what_was_committed(tmp_path):
    folder = copied(tmp_path, TRACK, RELEASE)
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "helm").symlink_to(need("helm"))
    before = {path: path.read_bytes() for path in folder.glob("deploy/*/shop.yaml")}
    assert len(before) == 2
    run(["ci/render.sh"], folder, PATH=f"{programs}:/usr/bin:/bin")
    assert {path: path.read_bytes() for path in before} == before


def test_prometheus_understands_the_questions_of_the_analysis(tmp_path):
    metrics = rendered("production", "AnalysisTemplate")["spec"]["metrics"]
    queries = [each["provider"]["prometheus"]["query"].replace("{{args.pods}}", "5d8f7c") for each in metrics]
    rules = [{"record": f"asked:{number}", "expr": query} for number, query in enumerate(queries)]
    (tmp_path / "rules.json").write_text(json.dumps({"groups": [{"name": "asked", "rules": rules}]}), encoding="utf-8")
    assert "SUCCESS: 3 rules found" in run([need("promtool"), "check", "rules", "rules.json"], tmp_path).stdout


@pytest.mark.parametrize(
    ("answers", "code", "said"),
    [
        (["3 3 Healthy"], 0, "shop is well."),
        (["3 2 Healthy", "3 3 Progressing", "3 3 Degraded"], 1, "shop went back to the version before."),
        (["3 2 Degraded", "3 3 Progressing", "3 3 Healthy"], 0, "shop is well."),
        (["3 3 Paused"], 2, "shop is still Paused after 1 s; somebody must decide."),
    ],
    ids=["well", "gone back", "the phase of the version before", "waits for a person"],
)
def test_the_pipeline_waits_for_the_end_of_a_roll_out(tmp_path, answers, code, said):
    folder = copied(tmp_path, TRACK, RELEASE)
    program(tmp_path, "kubectl", answers)
    seconds = "1" if code == 2 else "60"
    path = f"{tmp_path}:/usr/bin:/bin"
    done = run(["ci/wait.sh", "shop", "shop", seconds], folder, code=code, PATH=path, PAUSE="0.05")
    assert done.stdout.strip() == said


# -- a cluster that follows git ----------------------------------------------------------------------------------------


def test_applications_take_folders_that_are_there_and_belong_to_a_project_that_allows_it():
    folder = exemplar(TRACK, GITOPS)
    project = read(folder / "apps" / "project.yaml")[0]
    applications = [read(path)[0] for path in sorted((folder / "apps").glob("shop-*.yaml"))]
    assert len(applications) == 2
    for each in applications:
        spec = each["spec"]
        assert (folder / spec["source"]["path"] / "kustomization.yaml").is_file()
        assert spec["project"] == project["metadata"]["name"]
        assert spec["source"]["repoURL"] in project["spec"]["sourceRepos"]
        assert spec["destination"] in project["spec"]["destinations"]


def test_kustomizations_name_what_is_there():
    for path in exemplar(TRACK, GITOPS).glob("deploy/*/kustomization.yaml"):
        for name in read(path)[0]["resources"]:
            assert (path.parent / name).exists(), path


def test_what_a_task_notifies_is_a_handler_and_what_it_fills_in_has_a_default():
    role = exemplar(TRACK, GITOPS) / "roles" / "proxy"
    tasks = read(role / "tasks" / "main.yml")[0]
    handlers = {each["name"] for each in read(role / "handlers" / "main.yml")[0]}
    assert {each["notify"] for each in tasks if "notify" in each} == handlers
    registered = {each["register"] for each in tasks if "register" in each}
    written = "".join(path.read_text(encoding="utf-8") for path in role.rglob("*") if path.is_file())
    used = set(re.findall(r"\bproxy_(?!pass\b)[a-z]+\b", written))
    assert used == registered | set(read(role / "defaults" / "main.yml")[0])


def test_the_second_run_of_the_play_changes_nothing(tmp_path):
    folder = copied(tmp_path, TRACK, GITOPS)
    reloaded = tmp_path / "reloaded"
    given = {
        "ansible_python_interpreter": sys.executable,
        "proxy_folder": str(tmp_path / "conf.d"),
        "proxy_backends": ["10.20.0.10:443"],
        "proxy_check": ["true"],
        "proxy_reload": ["touch", str(reloaded)],
    }
    command = [need("ansible"), "--inventory", "proxies,", "--connection", "local", "--extra-vars", json.dumps(given)]
    settings = {"ANSIBLE_NOCOLOR": "1", "ANSIBLE_HOME": str(tmp_path / "ansible"), "LC_ALL": "C.UTF-8"}
    assert "changed=3 " in run([*command, "site.yml"], folder, **settings).stdout
    assert "server 10.20.0.10:443;" in (tmp_path / "conf.d" / "shop.conf").read_text(encoding="utf-8")
    reloaded.unlink()
    assert "changed=0 " in run([*command, "site.yml"], folder, **settings).stdout
    assert not reloaded.exists()


@pytest.mark.parametrize(
    ("answers", "compared", "code", "said"),
    [
        (["aaa Synced Healthy", "bbb Synced Progressing", "bbb Synced Healthy"], "behind", 0, "shop runs bbb."),
        (["bbb OutOfSync Healthy", "bbb Synced Degraded"], "identical", 1, "shop runs bbb and is not well."),
        (["ccc Synced Healthy"], "ahead", 0, "shop runs bbb."),
        (["aaa Synced Healthy"], "behind", 2, "shop does not run bbb after 1 s: aaa Synced Healthy."),
    ],
    ids=["well", "not well", "overtaken by a later merge", "never followed"],
)
def test_the_pipeline_watches_until_the_cluster_has_followed(tmp_path, answers, compared, code, said):
    folder = copied(tmp_path, TRACK, GITOPS)
    program(tmp_path, "kubectl", answers)
    program(tmp_path, "gh", [compared])
    seconds = "1" if code == 2 else "60"
    known = {"PATH": f"{tmp_path}:/usr/bin:/bin", "PAUSE": "0.05", "GITHUB_REPOSITORY": "shop/deployment"}
    assert run(["ci/follow.sh", "shop", "bbb", seconds], folder, code=code, **known).stdout.strip() == said


# -- all of them -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("poc", POCS)
def test_every_yaml_file_can_be_read(poc):
    """Templates of charts become YAML only when they are rendered."""
    paths = [path for path in exemplar(TRACK, poc).rglob("*.y*ml") if "templates" not in path.parts]
    assert len(paths) >= 3
    for path in paths:
        assert any(read(path)), path


def test_the_linters_find_nothing_in_the_workflows():
    paths = [path for poc in POCS for path in sorted(exemplar(TRACK, poc).glob(".github/workflows/*.y*ml"))]
    assert len(paths) == 8
    assert linted(paths) == []
