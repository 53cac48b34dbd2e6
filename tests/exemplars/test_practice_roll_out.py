"""What a team writes down about its own work is held against itself here: the map against its schema and Milepost's own
reader, the agreement and the retrospectives against the target, and the gate by running what it runs."""

import json
import re
import sys
import textwrap
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from assessments.evidence.reading.codeowners import owner_of, read_codeowners
from assessments.workflow.model import Map
from assessments.workflow.totals import totals
from content import catalog
from tests.exemplars import copied, exemplar, linted, outcome_of, run
from tests.need import need

TRACK = "practice-roll-out"
POCS = ("see-the-work", "one-gate", "keep-and-spread")
MAPS = ("see-the-work", "keep-and-spread")
GATES = ("one-gate", "keep-and-spread")


def text(poc: str, path: str) -> str:
    return (exemplar(TRACK, poc) / path).read_text(encoding="utf-8")


def read(said: str):
    return YAML(typ="safe", pure=True).load(said)


def plain(poc: str, path: str):
    return read(text(poc, path))


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


def whole_workflows() -> list[str]:
    return [block for _, block in blocks("yaml") if re.search(r"^on:", block, re.MULTILINE)]


# The map


@pytest.mark.parametrize("poc", MAPS)
def test_the_map_is_what_its_schema_asks_for(poc):
    schema = json.loads(text(poc, "docs/vsm.schema.json"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(plain(poc, "docs/vsm.yml"), schema)


def test_the_starter_holds_the_same_schema_and_the_same_sums():
    stub = exemplar(TRACK, "see-the-work").parent / "stub"
    for path in ("ci/vsm.py", "docs/vsm.schema.json"):
        assert (stub / path).read_text() == text("see-the-work", path) == text("keep-and-spread", path)
    assert set(read((stub / "docs/vsm.yml").read_text())) == set(plain("see-the-work", "docs/vsm.yml"))


def as_milepost_draws_it(vsm: dict) -> Map:
    """The same steps as somebody enters them on the page of workflow maps, where the wait is part of the lead time."""
    return Map.of(
        {
            "title": vsm["title"],
            "steps": [
                {
                    "key": step["name"].casefold().replace(" ", "-"),
                    "name": step["name"],
                    "role": step["owner"],
                    "lead": step["process_min"] + step["wait_min"],
                    "process": step["process_min"],
                    "wait_before": step["wait_min"],
                    "complete_accurate": step["pct_complete_accurate"] / 100,
                }
                for step in vsm["steps"]
            ],
        }
    )


def sums(vsm: object, code: int = 0) -> str:
    """What the script of the starter says of a map."""
    command = f"{sys.executable} ci/vsm.py <<'END'\n{json.dumps(vsm)}\nEND"
    done = run(["bash", "-c", command], exemplar(TRACK, "see-the-work"), code=code)
    return done.stderr if code else done.stdout


def test_the_script_and_the_reader_of_milepost_come_to_the_same_sums():
    vsm = plain("see-the-work", "docs/vsm.yml")
    drawn = totals(as_milepost_draws_it(vsm))
    said = sums(vsm)
    assert f"{drawn.lead.known.value:,.0f} min  ({drawn.lead.known.value / 1440:.1f} days)" in said
    assert f"{drawn.process.known.value:,.0f} min" in said and f"{drawn.waiting.known.value:,.0f} min" in said
    assert f"{drawn.activity.value:.1%}" in said and f"{drawn.complete_accurate.known.value:.1%}" in said
    assert f"before {drawn.constraint.step.name}, {drawn.constraint.share:.0%} of all waiting" in said
    assert drawn.constraint.step.name in {each["step"] for each in vsm["constraints"]}


def test_the_module_teaches_the_map_of_the_example_and_its_sums():
    module = catalog.modules(TRACK)["seeing-the-work"].text
    (taught,) = [read(block) for where, block in blocks("yaml") if where.startswith("seeing-the-work")]
    vsm = plain("see-the-work", "docs/vsm.yml")
    assert taught["steps"] == vsm["steps"]
    figures = re.findall(r"^[a-z ]+ ([\d,.]+)", sums(vsm), re.MULTILINE)[:5]
    assert figures == ["13,680", "600", "13,080", "4.4", "32.2"]
    assert all(each in module for each in ("13,680 min, 9.5 days", "600 min, 10 hours", "13,080 min", "4.4 %", "32 %"))
    saved = (48 - 8) * 60
    assert f"{(13680 - saved) / 1440:.1f}" == "7.8" and "7.8 days" in catalog.modules(TRACK)["choosing-a-target"].text


@pytest.mark.parametrize(
    ("near", "sentence"),
    [
        ("stream--an-owner-is-empty", "Test by hand: it has no owner.\n"),
        ("stream--two-to-three-days", "Approve: wait_min is not a number of 0 or more.\n"),
        ("constraints--spelled-otherwise", "The constraint Code review is not the name of a step.\n"),
        ("constraints--a-fourth-one", "There are 4 constraints, and 3 are asked for.\n"),
        ("target--next-year", "The review is 122 days after the target was set; it is due within 90.\n"),
        ("target--faster-and-better", "The target has no from.\n"),
    ],
)
def test_the_script_says_what_to_mend(near, sentence):
    path = exemplar(TRACK, "see-the-work").parent / "near" / near / "docs/vsm.yml"
    assert sums(read(path.read_text()), code=1) == sentence


def test_an_empty_starter_is_told_what_it_lacks_and_nothing_breaks():
    stub = exemplar(TRACK, "see-the-work").parent / "stub/docs/vsm.yml"
    said = sums(read(stub.read_text()), code=1)
    assert "The map has 1 steps, and 5 is the least." in said and "Traceback" not in said


def test_whether_the_target_was_met_is_told_as_it_is():
    target = plain("keep-and-spread", "docs/vsm.yml")["target"]
    told = (target["from"], target["to"], target["measured"]["value"])
    before, wanted, found = (float(each.removesuffix(" h")) for each in told)
    assert target["measured"]["met"] is (found <= wanted) and wanted < found < before
    baseline = plain("see-the-work", "docs/poc/baseline.yml")
    assert before == baseline["waiting_for_review_hours_p50"] and baseline["to"] < target["set_on"]
    assert target["measured"]["on"] == target["review"]


# What was agreed on


@pytest.mark.parametrize("poc", POCS)
def test_every_line_of_codeowners_counts_and_the_gate_has_owners_of_its_own(poc):
    rules = read_codeowners(text(poc, ".github/CODEOWNERS"))
    assert [rule for rule in rules if rule.wrong or not rule.owners] == []
    assert owner_of(rules, "opening.py").pattern == "*"
    assert owner_of(rules, ".github/workflows/ci.yml").pattern == "/.github/"
    assert len(owner_of(rules, "docs/vsm.yml").owners) >= 2


@pytest.mark.parametrize("poc", GATES)
def test_the_template_of_pull_requests_asks_three_things(poc):
    said = re.sub(r"<!--.*?-->", "", text(poc, ".github/pull_request_template.md"), flags=re.DOTALL)
    assert re.findall(r"^## (.+)$", said, re.MULTILINE) == ["What and why", "How it was tried", "Going back"]


def test_the_agreement_asks_for_what_the_target_needs_and_is_looked_at_on_its_day():
    target, agreed = plain("see-the-work", "docs/vsm.yml")["target"], plain("one-gate", "docs/working-agreement.yml")
    assert f"{agreed['review_time_hours']} h" == target["to"] and agreed["look_again"] == target["review"]
    later = plain("keep-and-spread", "docs/working-agreement.yml")
    assert later["wip_limit"] < agreed["wip_limit"] and later["look_again"] > agreed["look_again"]


def test_retrospectives_lie_between_the_target_and_its_review_each_on_its_own_day():
    target = plain("keep-and-spread", "docs/vsm.yml")["target"]
    paths = sorted((exemplar(TRACK, "keep-and-spread") / "docs/retro").glob("2*.md"))
    days = [date.fromisoformat(path.stem) for path in paths]
    titles = [path.read_text().split("\n", 1)[0] for path in paths]
    assert titles == [f"# Retrospective of {day.day} {day:%B %Y}" for day in days]
    assert len(set(days)) == 3 and target["set_on"] < str(days[0]) and str(days[-1]) < target["review"]
    headings = [re.findall(r"^## (.+)$", path.read_text(), re.MULTILINE) for path in paths]
    assert headings == [["Seen", "Expected", "Decision", "Owner"]] * 3


# The gate


def test_workflows_that_are_shown_and_handed_out_are_valid(tmp_path):
    for number, block in enumerate(whole_workflows()):
        (tmp_path / f"{number}.yml").write_text(block)
    parts = [exemplar(TRACK, poc).parent / f"{part}/.github/workflows" for poc in POCS for part in ("exemplar", "stub")]
    paths = [path for folder in (tmp_path, *parts) for path in sorted(folder.iterdir())]
    assert len(paths) == 8
    assert linted(paths) == []


@pytest.mark.parametrize("poc", POCS)
def test_zizmor_finds_nothing_in_its_workflows(poc):
    run([need("zizmor"), "--offline", "--quiet", "."], exemplar(TRACK, poc))


def gone_through(folder: Path, poc: str, workflow: str, job: str) -> int:
    """Runs the commands of a job as a runner would, one after the other; the first code that is not 0. The program
    that turns YAML into JSON is another one of the same name here."""
    tools = folder.parent / "tools"
    tools.mkdir(exist_ok=True)
    (tools / "yq").write_text(
        f"#!{sys.executable}\nimport json, sys\nfrom ruamel.yaml import YAML\n"
        "assert sys.argv[1] == '--output-format=json', sys.argv\n"
        "print(json.dumps(YAML(typ='safe', pure=True).load(open(sys.argv[2]))))\n"
    )
    (tools / "yq").chmod(0o755)
    path = f"{tools}:{Path(sys.executable).parent}:/usr/bin:/bin"
    one = plain(poc, f".github/workflows/{workflow}")["jobs"][job]
    assert one["defaults"]["run"]["shell"] == "bash"
    scripts = [step["run"] for step in one["steps"] if "run" in step]
    assert scripts
    for script in scripts:
        words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        done = run(words, folder, code=None, PATH=path, GITHUB_STEP_SUMMARY=str(folder.parent / "summary.md"))
        if done.returncode:
            return done.returncode
    return 0


@pytest.mark.parametrize("poc", GATES)
def test_the_required_check_runs_the_tests_and_is_red_when_the_service_is_broken(tmp_path, poc):
    folder = copied(tmp_path, TRACK, poc)
    assert gone_through(folder, poc, "ci.yml", "check") == 0
    service = folder / "opening.py"
    service.write_text(service.read_text().replace("< closes", "<= closes"))
    assert gone_through(folder, poc, "ci.yml", "check") != 0
    service.write_text("def is_open(:\n")
    assert gone_through(folder, poc, "ci.yml", "check") != 0


def test_the_check_is_red_when_the_map_does_not_add_up(tmp_path):
    folder = copied(tmp_path, TRACK, "keep-and-spread")
    (folder / "docs/vsm.yml").write_text(
        text("keep-and-spread", "docs/vsm.yml").replace("wait_min: 4320", "wait_min: ?")
    )
    assert gone_through(folder, "keep-and-spread", "ci.yml", "check") != 0


def test_the_sums_are_shown_on_the_pull_request_and_a_wrong_map_is_red(tmp_path):
    folder = copied(tmp_path, TRACK, "see-the-work")
    assert gone_through(folder, "see-the-work", "map.yml", "sums") == 0
    assert "13,680 min  (9.5 days)" in (tmp_path / "summary.md").read_text()
    (folder / "docs/vsm.yml").write_text(text("see-the-work", "docs/vsm.yml").replace("owner: Testers", 'owner: ""'))
    assert gone_through(folder, "see-the-work", "map.yml", "sums") != 0


def taught_gate() -> dict:
    (gate,) = [read(block) for block in whole_workflows() if "jobs:\n  changed:" in block]
    return gate["jobs"]


def git(folder: Path, *words: str) -> str:
    settings = ("-c", "user.name=A developer", "-c", "user.email=developer@example.com", "-c", "commit.gpgsign=false")
    return run(["git", *settings, *words], folder).stdout.strip()


def test_the_gate_of_the_module_leaves_out_tests_for_documents_alone(tmp_path):
    step = taught_gate()["changed"]["steps"][-1]
    folder, said = tmp_path / "repo", tmp_path / "output"
    (folder / "docs").mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "commit", "-q", "--allow-empty", "-m", "begin")
    base = git(folder, "rev-parse", "HEAD")

    def asked(of: str, code: int = 0) -> str:
        said.write_text("")
        run(["bash", "-e", "-c", step["run"]], folder, code=code, BASE=of, GITHUB_OUTPUT=str(said))
        return said.read_text()

    for path, wanted in (("docs/a.md", "false"), ("b.py", "true")):
        (folder / path).write_text("x\n")
        git(folder, "add", path)
        git(folder, "commit", "-q", "-m", path)
        assert asked(base) == f"code={wanted}\n"
    assert asked("0" * 40, code=128) == ""


@pytest.mark.parametrize(
    ("changed", "tests", "green"),
    [
        ("success", "success", True),
        ("success", "skipped", True),
        ("success", "failure", False),
        ("success", "cancelled", False),
        ("failure", "skipped", False),
    ],
)
def test_the_last_job_of_the_gate_is_green_only_when_nothing_failed(tmp_path, changed, tests, green):
    last = taught_gate()["check"]
    (step,) = last["steps"]
    assert last["if"] == "always()" and set(step["env"]) == {"CHANGED", "TESTS"}
    done = run(["bash", "-e", "-c", step["run"]], tmp_path, code=None, CHANGED=changed, TESTS=tests)
    assert (done.returncode == 0) is green


# What is shown


def pull_requests(folder: Path) -> None:
    """Three that were answered after 10, 20 and 30 hours, the author's own remark before, and one without an answer."""
    made = "2026-08-03T00:00:00Z"
    rows = [
        {
            "number": n, "createdAt": made, "mergedAt": f"2026-08-0{4 + n}T00:00:00Z", "author": {"login": "a"},
            "reviews": [{"author": {"login": "a"}, "submittedAt": made}, {"author": {"login": "b"}, "submittedAt": at}],
        }
        for n, at in enumerate(["2026-08-03T10:00:00Z", "2026-08-03T20:00:00Z", "2026-08-04T06:00:00Z"])
    ]  # fmt: skip
    rows.append({**rows[0], "number": 9, "reviews": []})
    (folder / "prs.json").write_text(json.dumps(rows))


def test_the_commands_that_measure_waiting_count_the_first_answer_of_another_person(tmp_path):
    pull_requests(tmp_path)
    commands = [(where, block.split("\n", 1)[1]) for where, block in blocks("sh") if block.startswith("gh pr list")]
    said = {where.split(":")[0]: run(["bash", "-c", command], tmp_path).stdout for where, command in commands}
    assert said["seeing-the-work"] == "reviewed: 3\nhours to the first review, median: 20\n"
    assert read(said["see-the-work"]) == {
        "changes": 4, "reviewed": 3, "waiting_for_review_hours_p50": 20, "open_to_merge_hours_p50": 48,
    }  # fmt: skip


def test_every_piece_of_yaml_and_python_that_is_taught_can_be_read():
    for where, block in blocks("yaml"):
        assert read(block), where
    for where, block in blocks("python"):
        assert compile(block, where, "exec")


def test_every_command_that_is_taught_can_be_read_by_bash(tmp_path):
    for where, block in blocks("sh"):
        assert run(["bash", "-n", "-c", block], tmp_path).stderr == "", where


def test_the_protection_that_is_taught_names_the_job_that_runs():
    (block,) = [block for _, block in blocks("sh") if "/protection" in block]
    asked = json.loads(block.split("<<'END'\n")[1].split("\nEND")[0])
    jobs = plain("one-gate", ".github/workflows/ci.yml")["jobs"]
    assert asked["required_status_checks"]["contexts"] == [job["name"] for job in jobs.values()]


# Other sensible ways


@pytest.mark.parametrize(
    ("permissions", "outcome"),
    [("{}", "pass"), ("{contents: read}", "pass"), ("read-all", "pass"), ("write-all", "fail"), ("", "fail")],
)
@pytest.mark.parametrize("poc", POCS)
def test_permissions_at_the_top_may_be_none_and_not_everything(poc, permissions, outcome):
    files = {".github/workflows/ci.yml": f"on: push\npermissions: {permissions}\njobs: {{}}\n"}
    assert outcome_of(TRACK, poc, "permissions", files) == outcome


@pytest.mark.parametrize(
    ("command", "outcome"),
    [
        ("cd app && npm test", "pass"),
        ("php artisan test", "pass"),
        ("bin/rails test", "pass"),
        ("ruby -Itest test/all.rb", "pass"),
        ("nx affected -t test", "pass"),
        ("cabal test", "pass"),
        ("Invoke-Pester -CI", "pass"),
        ("earthly +test", "pass"),
        ("ci/test", "pass"),
        ("nix develop -c make test", "pass"),
        ("echo npm test", "fail"),
        ("printf 'make test'", "fail"),
        ("true", "fail"),
    ],
)
def test_the_usual_commands_that_test_are_known(command, outcome):
    workflow = (
        f"on: pull_request\njobs:\n  go:\n    timeout-minutes: 5\n    steps:\n      - run: |\n          {command}\n"
    )
    assert outcome_of(TRACK, "one-gate", "asks", {".github/workflows/ci.yml": workflow}) == outcome


@pytest.mark.parametrize("line", ["/.github @a/b", ".github/** @a/b", "/.github/\t@a/b", "**/.github/ @a/b"])
def test_owners_of_the_gate_may_be_written_in_several_ways(line):
    assert outcome_of(TRACK, "one-gate", "owned", {"CODEOWNERS": f"* @a/z\n{line}\n"}) == "pass"
    assert outcome_of(TRACK, "see-the-work", "owners", {"CODEOWNERS": f"{line}\n"}) == "pass"
