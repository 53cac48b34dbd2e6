"""What this track hands out is tried here: instructions are run, changes in real repositories are held against their
limits, defects are put in, questions are asked. No AI service is needed for any of it."""

import json
import re
import sys
import textwrap
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from assessments.evidence.reading.codeowners import owner_of, read_codeowners
from content import catalog
from tests.exemplars import copied, exemplar, linted, outcome_of, run
from tests.need import need

TRACK = "ai-ready-delivery"
STANCE, PROVED, FOUND = POCS = ("stance-and-rules", "changes-that-are-proved", "found-and-compared")
WORKFLOWS = {STANCE: "instructions.yml", PROVED: "verify.yml", FOUND: "documents.yml"}
PYTHON = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}


def text(poc: str, path: str) -> str:
    return (exemplar(TRACK, poc) / path).read_text(encoding="utf-8")


def read(said: str):
    return YAML(typ="safe", pure=True).load(said)


def swapped(path: Path, old: str, new: str) -> None:
    said = path.read_text(encoding="utf-8")
    assert said.count(old) == 1, (path, old, said.count(old))
    path.write_text(said.replace(old, new), encoding="utf-8")


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


# All three


@pytest.mark.parametrize("poc", POCS)
def test_the_tests_of_the_service_are_green(poc):
    run([sys.executable, "-m", "unittest", "discover", "-s", "tests"], exemplar(TRACK, poc), **PYTHON)


def test_the_service_is_the_same_in_all_three():
    for path in ("parcels.py", "tests/test_parcels.py"):
        assert len({text(poc, path) for poc in POCS}) == 1
    assert text(STANCE, "ci/instructions.py") == text(FOUND, "ci/instructions.py")


@pytest.mark.parametrize(
    ("poc", "path"), [(STANCE, "ci/instructions.py"), (FOUND, "ci/documents.py"), (FOUND, "ci/batches.py")]
)
def test_the_starter_holds_the_same_script(poc, path):
    assert (exemplar(TRACK, poc).parent / "stub" / path).read_text() == text(poc, path)


def test_workflows_that_are_shown_and_handed_out_are_valid(tmp_path):
    shown = [block for _, block in blocks("yaml") if re.search(r"^on:", block, re.MULTILINE)]
    for number, block in enumerate(shown):
        (tmp_path / f"{number}.yml").write_text(block)
    parts = [exemplar(TRACK, poc).parent / part / ".github/workflows" for poc in POCS for part in ("exemplar", "stub")]
    paths = [path for folder in (tmp_path, *parts) for path in sorted(folder.iterdir())]
    assert len(paths) == 6 + len(shown)
    assert linted(paths) == []


@pytest.mark.parametrize("poc", POCS)
def test_zizmor_finds_nothing_in_its_workflows(poc):
    run([need("zizmor"), "--offline", "--quiet", "."], exemplar(TRACK, poc))


@pytest.mark.parametrize("poc", POCS)
def test_what_judges_a_change_has_owners_of_its_own(poc):
    rules = read_codeowners(text(poc, ".github/CODEOWNERS"))
    assert [rule for rule in rules if rule.wrong or not rule.owners] == []
    assert owner_of(rules, "parcels.py").pattern == "*"
    assert owner_of(rules, f".github/workflows/{WORKFLOWS[poc]}").pattern == "/.github/"
    assert owner_of(rules, "ci/any.py").pattern == "/ci/"


def test_every_piece_that_is_taught_can_be_read(tmp_path):
    for where, block in blocks("yaml"):
        assert read(block), where
    for where, block in blocks("json"):
        assert json.loads(block), where
    for where, block in blocks("python"):
        assert compile(block, where, "exec"), where
    for where, block in blocks("sh"):
        assert run(["bash", "-n", "-c", block], tmp_path).stderr == "", where


# Instructions that are run


def instructed(folder: Path, code: int = 0) -> str:
    done = run([sys.executable, "ci/instructions.py", "AGENTS.md"], folder, code=code, **PYTHON)
    return done.stderr if code else done.stdout


@pytest.mark.parametrize("poc", [STANCE, FOUND])
def test_the_instructions_of_the_example_work_as_they_stand(tmp_path, poc):
    said = instructed(copied(tmp_path, TRACK, poc))
    assert "\n550\n" in said and said.endswith("2 commands were run, and what is named is there.\n")


def test_instructions_that_went_wrong_are_told_by_line(tmp_path):
    folder = copied(tmp_path, TRACK, STANCE)
    (folder / "parcels.py").rename(folder / "postage.py")
    said = instructed(folder, code=1)
    assert "AGENTS.md:10: the command ends with 1\n" in said
    assert "AGENTS.md:22: there is no parcels.py\n" in said


def test_a_block_of_another_language_is_not_run(tmp_path):
    folder = copied(tmp_path, TRACK, STANCE)
    (folder / "AGENTS.md").write_text("Deploy:\n\n```text\nexit 3\n```\n\n```sh\ntrue\n```\n")
    assert "1 commands were run" in instructed(folder)
    (folder / "AGENTS.md").write_text("Deploy:\n\n```text\nexit 3\n```\n")
    assert instructed(folder, code=2) == "There is no command in it: write each into a code block sh.\n"


@pytest.mark.parametrize(
    ("word", "missing"),
    [
        ("parcels.py", False),
        ("tests/", False),
        ("tests/*.py", False),
        ("gone.py", True),
        ("docs/gone.md", True),
        ("src/", True),
        ("origin/main", False),
        ("v1.8.0", False),
        ("git revert", False),
        ("order >= FREE_FROM", False),
    ],
)
def test_only_what_is_meant_as_a_file_is_looked_for(tmp_path, word, missing):
    folder = copied(tmp_path, TRACK, STANCE)
    (folder / "AGENTS.md").write_text(f"See `{word}`.\n\n```sh\ntrue\n```\n")
    assert (f"there is no {word}" in instructed(folder, code=int(missing))) is missing


@pytest.mark.parametrize("name", ["AGENTS.md", "CLAUDE.md", "GEMINI.md", ".github/copilot-instructions.md"])
@pytest.mark.parametrize(
    "headings",
    [
        ("Commands", "Where things are", "Do not"),
        ("Testing", "Overview", "Boundaries"),
        ("Build, test & run", "Directory layout", "Do NOT"),
        ("🛠️ Common commands", "High-level architecture", "🚫 Important rules"),
        ("1. Build and test commands:", "2. Repo map:", "3. Don't"),
    ],
)
def test_instructions_may_have_the_name_and_headings_that_are_usual(name, headings):
    page = "\n\n".join(f"## {each}\n\n{'What cannot be guessed, in a sentence. ' * 5}" for each in headings)
    assert outcome_of(TRACK, STANCE, "instructions", {name: page}) == "pass"


@pytest.mark.parametrize(
    "headings",
    [
        ("Commands", "Where things are", "How we review"),
        ("Dev environment tips", "Testing instructions", "PR instructions"),
        ("Where things are", "Key files", "Do not"),
    ],
)
def test_instructions_without_one_of_the_three_are_not_enough(headings):
    page = "\n\n".join(f"## {each}\n\n{'What cannot be guessed, in a sentence. ' * 5}" for each in headings)
    assert outcome_of(TRACK, STANCE, "instructions", {"AGENTS.md": page}) == "fail"


@pytest.mark.parametrize(
    ("old", "new", "outcome"),
    [
        ("## What you may use", "## Tools you may use", "pass"),
        ("## Who answers for it", "## Who is accountable", "pass"),
        ("## When something went wrong", "## If something went wrong", "pass"),
        ("## Whom to ask", "## Questions?", "pass"),
        ("## Whom to ask", "## More", "fail"),
        ("## Who answers for it", "## Who made this page", "fail"),
    ],
)
def test_parts_of_the_stance_may_be_called_otherwise(old, new, outcome):
    page = text(STANCE, "docs/ai-stance.md")
    assert page.count(old) == 1
    assert outcome_of(TRACK, STANCE, "stance", {"docs/ai-usage.md": page.replace(old, new)}) == outcome


@pytest.mark.parametrize("path", ["docs/ai/stance.md", "docs/ai-guidelines.md", "AI_POLICY.md", "docs/ai/policy.md"])
def test_the_stance_may_lie_where_such_pages_lie(path):
    assert outcome_of(TRACK, STANCE, "stance", {path: text(STANCE, "docs/ai-stance.md")}) == "pass"


@pytest.mark.parametrize(("minutes", "outcome"), [((22, 15, 9), "pass"), ((22, 9), "fail"), ((0, 0), "fail")])
def test_a_run_that_took_no_time_was_not_timed(minutes, outcome):
    runs = [{"on": "2026-11-09", "who": "operations", "minutes": each, "missed": "nothing"} for each in minutes]
    assert outcome_of(TRACK, STANCE, "first-run", {"docs/poc/first-run.yml": json.dumps({"runs": runs})}) == outcome


def stance_list(**changes) -> dict[str, str]:
    whole = read(text(STANCE, "docs/ai-tools.yml")) | changes
    return {"docs/ai-tools.yml": json.dumps(whole)}


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "pass"),
        ({"tools": []}, "pass"),  # no tool at all is a stance
        ({"never": []}, "fail"),
        ({"tools": [{"name": "a chat"}]}, "fail"),
        ({"revise_by": "2026-11-02"}, "fail"),
    ],
)
def test_the_list_of_tools_may_be_empty_and_never_without_a_limit(changes, outcome):
    assert outcome_of(TRACK, STANCE, "tools", stance_list(**changes)) == outcome


def test_days_may_stand_without_quotes_and_a_few_words_are_an_answer():
    said = text(STANCE, "docs/ai-tools.yml").replace('"2026-11-02"', "2026-11-02").replace('"2027-04-30"', "2027-04-30")
    assert outcome_of(TRACK, STANCE, "tools", {"docs/ai-tools.yml": said}) == "pass"
    page = text(STANCE, "docs/ai-stance.md").replace("The channel of the platform team.", "Ask in #ai-help.")
    assert outcome_of(TRACK, STANCE, "stance", {"docs/ai-policy.md": page}) == "pass"


@pytest.mark.parametrize(
    ("command", "outcome"),
    [
        ("python3 ci/instructions.py AGENTS.md", "pass"),
        ("make check-instructions", "pass"),
        ("./scripts/agents.sh", "pass"),
        ("python -m ci.instructions AGENTS.md", "pass"),
        ("uv run python ci/instructions.py AGENTS.md", "pass"),
        ("pnpm run check:agents", "pass"),
        ("yarn agents", "pass"),
        ("tox -e instructions", "pass"),
        ("mise run instructions", "pass"),
        ("bundle exec rake agents", "pass"),
        ("go run ./ci/instructions", "pass"),
        ("wc -l AGENTS.md", "fail"),
        ("cat AGENTS.md", "fail"),
        ("echo python3 ci/instructions.py", "fail"),
        ("python3 ci/instructions.py AGENTS.md || true", "fail"),
    ],
)
def test_the_usual_ways_to_run_the_instructions_are_known(command, outcome):
    workflow = f"on: pull_request\njobs:\n  go:\n    timeout-minutes: 5\n    steps:\n      - run: {command}\n"
    assert outcome_of(TRACK, STANCE, "kept-true", {".github/workflows/a.yml": workflow}) == outcome


OFTEN = "on: {pull_request: {branches: [main]}}"
SCRIPTS = {
    "kept-true": (STANCE, "python3 ci/instructions.py AGENTS.md"),
    "limits-kept": (PROVED, "python3 ci/change_check.py a b"),
    "found": (FOUND, "python3 ci/documents.py"),
}


@pytest.mark.parametrize("check", SCRIPTS)
@pytest.mark.parametrize(
    ("on", "job", "step", "outcome"),
    [
        (OFTEN, {}, {}, "pass"),
        ("on: [pull_request, merge_group]", {}, {}, "pass"),
        ("on: {pull_request: {types: [opened, synchronize, reopened, edited]}}", {}, {}, "pass"),
        (OFTEN, {}, {"if": "github.event_name == 'pull_request'"}, "pass"),
        (OFTEN, {}, {"if": "${{ github.event_name != 'schedule' }}"}, "pass"),
        (OFTEN, {"if": "github.event.pull_request.user.login != 'dependabot[bot]'"}, {}, "pass"),
        ("on: push", {}, {}, "fail"),
        ("on: {pull_request: {types: [labeled]}}", {}, {}, "fail"),
        ("on: {pull_request: {paths: [AGENTS.md, docs/**]}}", {}, {}, "fail"),
        ("on: {pull_request: {paths-ignore: ['**.py']}}", {}, {}, "fail"),
        (OFTEN, {}, {"continue-on-error": True}, "fail"),
        (OFTEN, {"continue-on-error": True}, {}, "fail"),
        (OFTEN, {}, {"if": False}, "fail"),
        (OFTEN, {"if": "${{ false }}"}, {}, "fail"),
        (OFTEN, {"if": "github.event_name == 'push'"}, {}, "fail"),
        (OFTEN, {}, {"if": "${{ github.event_name == 'schedule' }}"}, "fail"),
    ],
)
def test_what_is_to_run_on_each_pull_request_is_neither_filtered_nor_ignored(check, on, job, step, outcome):
    poc, command = SCRIPTS[check]
    steps = [{"uses": "actions/checkout@v4", "with": {"fetch-depth": 0}}, {"run": command} | step]
    go = {"timeout-minutes": 5, "steps": steps} | job
    workflow = f"{on}\njobs: {json.dumps({'go': go})}\n"
    assert outcome_of(TRACK, poc, check, {".github/workflows/a.yml": workflow}) == outcome


# Changes in a real repository


def git(folder: Path, *words: str) -> str:
    settings = ("-c", "user.name=A developer", "-c", "user.email=developer@example.com", "-c", "commit.gpgsign=false")
    return run(["git", *settings, *words], folder).stdout.strip()


@pytest.fixture
def repository(tmp_path) -> Path:
    """The example with one commit on main, and a branch."""
    folder = copied(tmp_path, TRACK, PROVED)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "Begin")
    git(folder, "switch", "-q", "-c", "change")
    return folder


def committed(folder: Path, message: str, *words: str) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message, *words)


def held(folder: Path, code: int) -> str:
    done = run([sys.executable, "ci/change_check.py", "main", "change"], folder, code=code, **PYTHON)
    return done.stdout + done.stderr


def grown(folder: Path, lines: int) -> None:
    (folder / "docs/list.md").write_text("".join(f"line {n}\n" for n in range(lines)))


def test_a_small_change_with_a_test_passes(repository):
    swapped(repository / "parcels.py", "ISLAND = 1_200", "ISLAND = 1_300")
    swapped(repository / "tests/test_parcels.py", "[1_750, 1_750]", "[1_850, 1_850]")
    committed(repository, "Charge what the ferry costs now")
    assert held(repository, 0) == "0 limits passed with a reason, 0 without.\n"


def test_a_large_change_is_stopped_and_a_reason_lets_it_through(repository):
    grown(repository, 201)
    committed(repository, "Add the list")
    assert "STOPPED    It changes 201 lines, and 200 are the limit: split it." in held(repository, 1)
    git(repository, "commit", "-q", "--allow-empty", "-m", "Say why\n\nLarge-change: yes")
    assert "STOPPED" in held(repository, 1)
    reason = "the list was made by its script, which is here too"
    git(repository, "commit", "-q", "--allow-empty", "-m", f"Say why\n\nLarge-change: {reason}")
    assert f"Large-change: {reason}\n1 limits passed with a reason, 0 without." in held(repository, 0)


def test_no_change_raises_its_own_limit(repository):
    grown(repository, 300)
    swapped(repository / "ci/changes.json", '"max_lines": 200', '"max_lines": 400')
    committed(repository, "Add the list")
    assert "200 are the limit" in held(repository, 1)


def test_generated_lines_and_moved_files_are_not_counted(repository):
    (repository / "all.lock").write_text("x\n" * 500)
    git(repository, "mv", "docs/runbook.md", "docs/operating.md")
    committed(repository, "Lock what we use")
    held(repository, 0)


def test_code_without_a_test_is_stopped(repository):
    swapped(repository / "parcels.py", "FREE_FROM = 5_000", "FREE_FROM = 4_000")
    committed(repository, "Send more for nothing")
    assert "STOPPED    parcels.py changes, and no test does." in held(repository, 1)


HEAVIEST = """    def test_the_heaviest_parcel_is_taken(self):
        self.assertEqual(postage(31_500, order=1_000), 1_690)
"""


@pytest.mark.parametrize(
    ("new", "said"),
    [("", "1 tests fewer"), (f"    @unittest.skip('flaky')\n{HEAVIEST}", "A test is silenced: @unittest.skip")],
)
def test_tests_that_go_or_are_silenced_are_told(repository, new, said):
    swapped(repository / "tests/test_parcels.py", HEAVIEST, new)
    committed(repository, "Make it green")
    assert f"STOPPED    {said}" in held(repository, 1)


def test_a_test_that_moved_to_another_file_is_not_missed(repository):
    git(repository, "mv", "tests/test_parcels.py", "tests/test_postage.py")
    committed(repository, "Call it what it is")
    held(repository, 0)


def test_a_new_dependency_and_an_author_that_is_no_person_need_a_word(repository):
    (repository / "requirements.txt").write_text("# what we use\nroundmoney==1.0\n")
    committed(repository, "Use a package", "--author", "helper[bot] <helper[bot]@example.com>")
    said = held(repository, 1)
    assert "A dependency is added or changed: roundmoney==1.0" in said
    assert "helper[bot] <helper[bot]@example.com> is its author" in said
    words = "Dependency: rounds as the tax office asks for; looked at its source\nAnswered-by: A developer"
    git(repository, "commit", "-q", "--allow-empty", "-m", f"Say why\n\n{words}\nAssisted-by: the assistant")
    assert "assisted   the assistant\n2 limits passed with a reason, 0 without." in held(repository, 0)


def test_limits_that_cannot_be_read_stop_everything(repository):
    (repository / "ci/changes.json").write_text("{}")
    git(repository, "switch", "-q", "main")
    committed(repository, "Break the limits")
    git(repository, "switch", "-q", "change")
    git(repository, "merge", "-q", "main")
    assert held(repository, 2).startswith("ci/changes.json needs max_lines as a number")


def test_a_branch_without_a_common_past_cannot_be_compared(repository):
    alone = git(repository, "commit-tree", "main^{tree}", "-m", "Begin anew")
    done = run([sys.executable, "ci/change_check.py", "main", alone], repository, code=2, **PYTHON)
    assert done.stderr.startswith("git merge-base says:")


# Tests that can fail


def seeded(folder: Path, code: int) -> str:
    done = run([sys.executable, "ci/seeded_defects.py"], folder, code=code, **PYTHON)
    return done.stdout + done.stderr


def test_the_tests_of_the_example_notice_each_defect_and_the_code_stays_as_it_is(tmp_path):
    folder = copied(tmp_path, TRACK, PROVED)
    assert seeded(folder, 0).endswith("6 of 6 defects were noticed.\n")
    assert (folder / "parcels.py").read_text() == text(PROVED, "parcels.py")


def test_tests_that_were_written_from_the_code_notice_little(tmp_path):
    folder = copied(tmp_path, TRACK, PROVED)
    (folder / "tests/test_parcels.py").write_text(
        "import unittest\nfrom parcels import postage\n\n\nclass Postage(unittest.TestCase):\n"
        "    def test_postage(self):\n        self.assertEqual(postage(700, 1000), postage(700, 1000))\n"
        "        self.assertIsInstance(postage(700, 9000), int)\n"
    )
    said = seeded(folder, 1)
    assert "NOT NOTICED    Everybody pays for a ferry (parcels.py)" in said
    assert said.endswith("0 of 6 defects were noticed.\n")


@pytest.mark.parametrize(
    ("defect", "said"),
    [
        ({"file": "gone.py"}, "there is no file gone.py"),
        ({"file": "../secret"}, "there is no file ../secret"),
        ({"find": "grams"}, "what it looks for stands 5 times in parcels.py, and must stand there once"),
        ({"find": ""}, "what it looks for stands 0 times"),
        ({"put": "grams <= 0"}, "it changes nothing"),
    ],
)
def test_a_defect_that_cannot_be_put_in_is_no_success(tmp_path, defect, said):
    folder = copied(tmp_path, TRACK, PROVED)
    (folder.parent / "secret").write_text("grams <= 0")
    whole = {"file": "parcels.py", "find": "grams <= 0", "put": "grams < 0", "because": "A user pays"} | defect
    (folder / "ci/defects.json").write_text(json.dumps({"test": "true", "defects": [whole]}))
    assert f"NOT TRIED      A user pays: {said}" in seeded(folder, 1)


def test_red_tests_and_broken_lists_are_told_before_anything_is_tried(tmp_path):
    folder = copied(tmp_path, TRACK, PROVED)
    (folder / "ci/defects.json").write_text('{"test": "false", "defects": []}')
    assert seeded(folder, 2) == "The tests are red before anything was broken; mend them first.\n"
    (folder / "ci/defects.json").write_text('{"test": "true", "defects": [{"file": 1}]}')
    assert seeded(folder, 2) == "Defect 1 needs file, find, put, because, each a text.\n"


def test_a_defect_that_never_ends_is_noticed(tmp_path):
    folder = copied(tmp_path, TRACK, PROVED)
    defect = {"file": "wait.sh", "find": "0", "put": "600", "because": "A user waits"}
    (folder / "wait.sh").write_text("sleep 0\n")
    (folder / "ci/defects.json").write_text(json.dumps({"test": "sh wait.sh", "seconds": 1, "defects": [defect]}))
    assert seeded(folder, 0).endswith("1 of 1 defects were noticed.\n")


@pytest.mark.parametrize(
    ("check", "step", "outcome"),
    [
        ("limits-kept", "python3 ci/change_check.py a b", "pass"),
        ("limits-kept", "uv run ci/change_check.py a b", "pass"),
        ("limits-kept", "make check-change", "pass"),
        ("limits-kept", "npm run change-check", "pass"),
        ("limits-kept", "tox -e change-check", "pass"),
        ("limits-kept", "make changelog", "fail"),
        ("limits-kept", "python3 ci/change_check.py a b\n      - {run: ./upload, continue-on-error: true}", "pass"),
        ("limits-kept", "python3 ci/change_check.py a b\n        continue-on-error: true", "fail"),
        ("limits-kept", "echo python3 ci/change_check.py a b", "fail"),
        ("limits-kept", "python3 ci/change_check.py a b || true", "fail"),
        ("defects-tried", "python ci/seeded_defects.py", "pass"),
        ("defects-tried", "just defects", "pass"),
        ("defects-tried", "pnpm run defects", "pass"),
        ("defects-tried", "python3 ci/seeded_defects.py\n        if: false", "fail"),
        ("defects-tried", "true # python3 ci/seeded_defects.py", "fail"),
    ],
)
def test_the_usual_ways_to_call_the_scripts_are_known(check, step, outcome):
    workflow = (
        "on: [pull_request, push]\njobs:\n  verify:\n    timeout-minutes: 5\n    steps:\n"
        f"      - {{uses: actions/checkout@v4, with: {{fetch-depth: 0}}}}\n      - run: {step}\n"
    )
    assert outcome_of(TRACK, PROVED, check, {".github/workflows/a.yaml": workflow}) == outcome


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "pass"),
        ({"max_lines": 400}, "pass"),
        ({"max_lines": 401}, "fail"),
        ({"max_lines": "200"}, "fail"),
        ({"generated": ["*"]}, "fail"),
        ({"tests": ["*.*"]}, "fail"),
    ],
)
def test_limits_that_stop_nothing_are_none(changes, outcome):
    whole = json.loads(text(PROVED, "ci/changes.json")) | changes
    assert outcome_of(TRACK, PROVED, "limits", {"ci/changes.json": json.dumps(whole)}) == outcome


@pytest.mark.parametrize(
    ("page", "outcome"),
    [
        ("## Test plan\n\n## AI\n", "pass"),
        ("## How was this tested?\n\n## Written with an LLM?\n", "pass"),
        ("## Verification\n\n- [ ] AI-assisted\n", "pass"),
        ("## What and why\n\n## How it was verified\n\n## Said again\n", "fail"),
        ("## What and why\n\n## Tools that helped\n", "fail"),
    ],
)
def test_the_template_may_ask_in_other_words(page, outcome):
    assert outcome_of(TRACK, PROVED, "template", {".github/pull_request_template.md": page}) == outcome


@pytest.mark.parametrize("command", [["npm", "test"], "go test ./..."])
def test_the_command_of_the_tests_may_be_a_list_or_a_text(command):
    whole = json.loads(text(PROVED, "ci/defects.json")) | {"test": command}
    assert outcome_of(TRACK, PROVED, "defects", {"ci/defects.json": json.dumps(whole)}) == "pass"


# Documents that are found


def asked(folder: Path, code: int, *words: str) -> str:
    command = [sys.executable, "ci/documents.py", "--today", "2026-11-29", *words]
    done = run(command, folder, code=code, **PYTHON)
    return done.stdout + done.stderr


def test_the_questions_of_the_example_find_their_answers(tmp_path):
    said = asked(copied(tmp_path, TRACK, FOUND), 0)
    assert "found 1    How do we roll back to the version before? (docs/runbook.md#rollback)" in said
    assert "11 of 12 questions find their answer among the first 3." in said


def test_a_heading_that_was_renamed_is_told(tmp_path):
    folder = copied(tmp_path, TRACK, FOUND)
    swapped(folder / "docs/runbook.md", "## Rollback", "## Going back")
    assert "docs/runbook.md#rollback is no section of a document that may be searched." in asked(folder, 1)


def test_pages_in_other_words_than_people_use_are_missed(tmp_path):
    folder = copied(tmp_path, TRACK, FOUND)
    asks = ["Who pays when a customer sends a parcel back?", "Freight surcharge?", "Shipping fee?"]
    places = ["docs/returns.md#who-pays-for-a-return", "docs/tariff.md#islands", "docs/tariff.md#weight-bands"]
    questions = [{"ask": ask, "in": place} for ask, place in zip(asks, places, strict=True)]
    (folder / "docs/questions.json").write_text(json.dumps({"questions": questions}))
    said = asked(folder, 1)
    assert "MISSED     Shipping fee? (docs/tariff.md#weight-bands; nothing is found)" in said
    assert said.endswith("33% are found, and 80% is the least.\n")


def test_what_is_restricted_is_never_searched(tmp_path):
    folder = copied(tmp_path, TRACK, FOUND)
    swapped(
        folder / "docs/catalogue.json",
        '"Customer service", "use": "internal"',
        '"Customer service", "use": "restricted"',
    )
    said = asked(folder, 1)
    assert "docs/returns.md#damaged-goods is no section of a document that may be searched." in said
    assert "first comes docs/returns.md" not in said


def test_what_is_overdue_is_said_and_red_only_where_it_is_asked_for(tmp_path):
    folder = copied(tmp_path, TRACK, FOUND)
    swapped(folder / "docs/catalogue.json", '"2026-11-05", "days": 180', '"2026-11-05", "days": 20')
    sentence = "docs/returns.md: Customer service was to look at it by 2026-11-25."
    assert f"overdue    {sentence}" in asked(folder, 0)
    assert asked(folder, 1, "--overdue").endswith(f"{sentence}\n")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"owner": "Customer service"', '"owner": " "', "docs/returns.md: it has no owner."),
        ('"path": "docs/tariff.md"', '"path": "docs/prices.md"', "docs/prices.md: it is in the catalogue, and not in"),
        ('"Shop team", "use": "restricted"', '"Shop team", "use": "secret"', "orders: use is secret, and not one of"),
        ('"2026-11-05", "days": 180', '"5 November", "days": 180', "docs/returns.md: looked_at is a day such as"),
    ],
)  # fmt: skip
def test_the_catalogue_is_held_against_the_repository(tmp_path, old, new, said):
    folder = copied(tmp_path, TRACK, FOUND)
    swapped(folder / "docs/catalogue.json", old, new)
    assert said in asked(folder, 1)


def test_links_between_documents_lead_somewhere(tmp_path):
    folder = copied(tmp_path, TRACK, FOUND)
    page = folder / "docs/tariff.md"
    page.write_text(page.read_text() + "\nSee [returns](returns.md#damaged-goods) and [more](https://example.com/x).\n")
    asked(folder, 0)
    page.write_text(page.read_text() + "\nSee [a](gone.md) and [b](returns.md#gone).\n")
    said = asked(folder, 1)
    assert "docs/tariff.md: the link to gone.md leads nowhere." in said
    assert "docs/tariff.md: returns.md has no heading for #gone." in said


@pytest.mark.parametrize(
    ("check", "command", "outcome"),
    [
        ("found", "make documents", "pass"),
        ("found", "npm run check-docs", "pass"),
        ("found", "tox -e documents", "pass"),
        ("found", "just questions", "pass"),
        ("found", "make docs", "fail"),  # mostly builds them
        ("found", "make docker", "fail"),
        ("weekly", "python3 ci/documents.py --overdue", "pass"),
        ("weekly", "uv run ci/documents.py --overdue", "pass"),
        ("weekly", "make documents-overdue", "pass"),
        ("weekly", "make build", "fail"),
        ("weekly", "python3 ci/documents.py", "fail"),
    ],
)
def test_the_usual_ways_to_ask_the_questions_are_known(check, command, outcome):
    on = "on: {pull_request: , schedule: [{cron: '17 6 * * 1'}]}"
    workflow = f"{on}\njobs:\n  go:\n    timeout-minutes: 5\n    steps:\n      - run: {command}\n"
    assert outcome_of(TRACK, FOUND, check, {".github/workflows/a.yml": workflow}) == outcome


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("Call it with ghp_0123456789abcdefghij.", "fail"),
        ("GITHUB_TOKEN=ghp_0123456789abcdefghij", "fail"),
        ("-----BEGIN RSA PRIVATE KEY-----", "fail"),
        ("Tokens that begin with `ghp_` are found by the scanner; Slovakia is no key.", "pass"),
    ],
)
def test_keys_in_documents_are_seen(said, outcome):
    assert outcome_of(TRACK, FOUND, "no-secret", {"docs/a.md": f"# A page\n\n{said}\n"}) == outcome


def test_a_list_that_cannot_be_read_is_told(tmp_path):
    folder = copied(tmp_path, TRACK, FOUND)
    (folder / "docs/questions.json").write_text('{"questions": "none"}')
    assert asked(folder, 2) == "docs/questions.json needs a list questions.\n"


# Before and after


def dated(folder: Path, day: str, lines: int, message: str, name: str = "list.md") -> None:
    (folder / name).write_text("".join(f"{day} {n}\n" for n in range(lines)))
    git(folder, "add", "-A")
    moment = f"{day}T12:00:00"
    run(
        ["git", "-c", "user.name=A developer", "-c", "user.email=d@example.com", "commit", "-q", "-m", message],
        folder, GIT_AUTHOR_DATE=moment, GIT_COMMITTER_DATE=moment,
    )  # fmt: skip


def test_sizes_of_changes_are_those_of_the_main_line(tmp_path):
    folder = copied(tmp_path, TRACK, FOUND)
    git(folder, "init", "-q", "-b", "main")
    dated(folder, "2026-05-01", 1, "Begin")
    for day, lines in (("2026-06-01", 10), ("2026-06-02", 20), ("2026-06-03", 40)):
        dated(folder, day, lines, "Change", f"{day}.md")
    dated(folder, "2026-06-04", 5, 'Revert "Change"', "2026-06-04.md")
    (folder / "vendor/deep").mkdir(parents=True)
    dated(folder, "2026-06-05", 900, "Lock", "sub.lock")
    dated(folder, "2026-06-06", 800, "Take over", "vendor/deep/it.py")
    command = [sys.executable, "ci/batches.py", "2026-06-01", "2026-06-30"]
    said = read(run([*command, "--without", "*.lock", "--without", "vendor/*"], folder, **PYTHON).stdout)
    assert said == {
        "from": "2026-06-01", "to": "2026-06-30", "changes": 4, "lines_p50": 10, "lines_p90": 40, "taken_back": 1,
    }  # fmt: skip
    assert read(run(command, folder, **PYTHON).stdout)["lines_p90"] == 900
    nothing = run([sys.executable, "ci/batches.py", "2020-01-01", "2020-01-31"], folder, **PYTHON).stdout
    assert read(nothing) == {"from": "2020-01-01", "to": "2020-01-31", "changes": 0, "taken_back": 0}


def test_a_merge_counts_once_with_all_that_it_brought(tmp_path):
    folder = copied(tmp_path, TRACK, FOUND)
    git(folder, "init", "-q", "-b", "main")
    dated(folder, "2026-05-01", 1, "Begin")
    git(folder, "switch", "-q", "-c", "work")
    dated(folder, "2026-06-01", 10, "One", "one.md")
    dated(folder, "2026-06-02", 20, "Two", "two.md")
    git(folder, "switch", "-q", "main")
    moment = {"GIT_COMMITTER_DATE": "2026-06-03T12:00:00", "GIT_AUTHOR_DATE": "2026-06-03T12:00:00"}
    words = ["-c", "user.name=A developer", "-c", "user.email=d@example.com", "merge", "-q", "--no-ff", "work"]
    run(["git", *words, "-m", "Merge work"], folder, **moment)
    said = read(run([sys.executable, "ci/batches.py", "2026-06-01", "2026-06-30"], folder, **PYTHON).stdout)
    assert (said["changes"], said["lines_p50"], said["lines_p90"]) == (1, 30, 30)


def test_git_that_cannot_answer_is_told(tmp_path):
    folder = copied(tmp_path, TRACK, FOUND)
    git(folder, "init", "-q", "-b", "main")
    command = [sys.executable, "ci/batches.py", "2026-06-01", "2026-06-30", "--branch", "gone"]
    assert "gone" in run(command, folder, code=2, **PYTHON).stderr


def test_the_decision_of_the_example_rests_on_its_figures():
    before, after = read(text(FOUND, "docs/poc/baseline.yml")), read(text(FOUND, "docs/poc/after.yml"))
    page = text(FOUND, after["decision"])
    for figures in (before, after):
        for key in ("changes", "lines_p50", "lines_p90"):
            assert re.search(rf"\b{figures[key]}\b", page), key
    assert before["to"] < after["from"] and after["to"] < after["decided_on"] and "Adapt." in page


@pytest.mark.parametrize(
    ("result", "outcome"), [("adopt", "pass"), ("Adapt", "pass"), ("stop", "pass"), ("success", "fail")]
)
def test_each_of_the_three_results_is_a_result(result, outcome):
    whole = read(text(FOUND, "docs/poc/after.yml")) | {"result": result}
    assert outcome_of(TRACK, FOUND, "compared", {"docs/poc/after.yml": json.dumps(whole)}) == outcome


@pytest.mark.parametrize(("day", "outcome"), [("2026-11-27", "pass"), ("2026-11-26", "fail")])
def test_nobody_decides_before_the_time_is_over(day, outcome):
    whole = read(text(FOUND, "docs/poc/after.yml")) | {"to": "2026-11-27", "decided_on": day}
    assert outcome_of(TRACK, FOUND, "compared", {"docs/poc/after.yml": json.dumps(whole)}) == outcome


@pytest.mark.parametrize("path", ["docs/adr/2.md", "doc/adr/2.md", "docs/architecture/decisions/2.md", "adr/2.md"])
def test_decisions_may_lie_where_such_pages_lie(path):
    page = text(FOUND, "docs/adr/0002-ai-tools-after-a-quarter.md")
    assert outcome_of(TRACK, FOUND, "decision", {path: page}) == "pass"


@pytest.mark.parametrize("poc", POCS)
@pytest.mark.parametrize(
    ("permissions", "outcome"),
    [("{}", "pass"), ("{contents: read}", "pass"), ("read-all", "pass"), ("write-all", "fail"), ("", "fail")],
)
def test_permissions_at_the_top_may_be_none_and_not_everything(poc, permissions, outcome):
    files = {".github/workflows/ci.yml": f"on: push\npermissions: {permissions}\njobs: {{}}\n"}
    assert outcome_of(TRACK, poc, "permissions", files) == outcome


# What the modules say


def of_module(module: str, language: str) -> list[str]:
    return [block for where, block in blocks(language) if where.startswith(f"{module}: ")]


def ran(code: str, folder: Path, given: str = "", wanted: int = 0) -> str:
    (folder / "taught.py").write_text(code)
    (folder / "given").write_text(given)
    done = run(["bash", "-c", f"{sys.executable} taught.py < given"], folder, code=wanted, **PYTHON)
    return done.stdout + done.stderr


def test_the_intervals_that_are_shown_are_those_of_the_code_above_them(tmp_path):
    (code,) = of_module("before-and-after", "python")
    (shown,) = of_module("before-and-after", "text")
    assert ran(code, tmp_path) == shown
    page = catalog.modules(TRACK)["before-and-after"].text
    needed = 7.85 * (0.08 * 0.92 + 0.16 * 0.84) / 0.08**2  # (1.96 + 0.84) squared, for a chance of four in five
    assert f"{needed:.0f} deployments before" in page


def test_tests_that_repeat_the_code_are_green_and_stand_in_the_way_of_mending_it(tmp_path):
    function, tests = of_module("tests-that-can-fail", "python")
    end = "\nunittest.main()\n"
    assert ran(function + tests + end, tmp_path).endswith("OK\n")
    mended = function.replace("order > 5_000", "order >= 5_000")
    said = ran(mended + tests + end, tmp_path, wanted=1)
    assert "FAIL: test_charged_at_the_limit" in said and "FAILED (failures=1)" in said


def test_defects_that_are_taught_give_what_is_shown(tmp_path):
    folder = copied(tmp_path, TRACK, PROVED)
    (listed,) = of_module("tests-that-can-fail", "json")
    (folder / "ci/defects.json").write_text(listed)
    swapped(folder / "tests/test_parcels.py", "(4_999, 5_000)], [550, 0]", "(4_999, 5_001)], [550, 0]")
    (shown,) = [block for block in of_module("tests-that-can-fail", "text") if "seeded_defects" in block]
    assert seeded(folder, 1) == shown.split("\n", 1)[1]


def test_the_script_that_blanks_a_log_takes_out_what_it_says(tmp_path):
    (code,) = of_module("a-stance-people-can-use", "python")
    log = (
        "order 7 by a.b@example.com\ncard 4111 1111 1111 1111 refused\nAuthorization: Bearer abc.def\npassword=x1 ok\n"
        "Authorization: Basic dXNlcjpwYXNz\nCookie: session=abc; shop=1\nAWS_SECRET_ACCESS_KEY=abc\n"
        'connect postgres://shop:geheim@db/shop\n{"client_secret": "x 1", "status": 500}\norder 7 of 12 took 31 ms\n'
    )
    assert ran(code, tmp_path, given=log) == (
        "order 7 by (mail)\ncard (card) refused\nAuthorization: (secret)\npassword=(secret) ok\n"
        "Authorization: (secret)\nCookie: (secret)\nAWS_SECRET_ACCESS_KEY=(secret)\n"
        'connect postgres://(login)@db/shop\n{"client_secret": (secret), "status": 500}\norder 7 of 12 took 31 ms\n'
    )


def test_the_largest_changes_are_listed_first_by_the_command_that_is_taught(tmp_path):
    folder = copied(tmp_path, TRACK, FOUND)
    git(folder, "init", "-q", "-b", "main")
    for day, lines in (("2026-06-01", 3), ("2026-06-02", 30), ("2026-06-03", 7)):
        dated(folder, day, lines, f"Change of {lines}", f"{day}.md")
    (command,) = of_module("an-amplifier", "sh")
    said = [line.split() for line in run(["bash", "-c", command], folder).stdout.splitlines()]
    assert [(line[0], " ".join(line[2:])) for line in said][1:] == [("30", "Change of 30"), ("7", "Change of 7")]


def test_reasons_in_trailers_are_listed_by_the_command_that_is_taught(repository):
    write, find = of_module("small-enough-to-read", "sh")[:2]
    run(["git", "config", "user.name", "A developer"], repository)
    run(["git", "config", "user.email", "developer@example.com"], repository)
    run(["bash", "-c", write], repository)
    assert "Large-change: the list of postcodes" in run(["bash", "-c", find], repository).stdout


def test_what_is_said_to_be_missed_is_missed_and_found_in_the_words_of_those_who_ask(tmp_path):
    folder = copied(tmp_path, TRACK, FOUND)
    runbook = folder / "docs/runbook.md"
    now = "The parcels team answers in office hours, operations at night and at weekends."
    swapped(runbook, now, "The parcels team in office hours, operations at other times.")
    (shown,) = [block for block in of_module("documents-that-are-found", "text") if "MISSED" in block]
    said = asked(folder, 0)
    assert [line for line in shown.splitlines() if line not in said] == []
