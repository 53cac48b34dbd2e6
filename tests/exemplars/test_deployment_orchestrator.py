"""The orchestrator of the track deploys and undoes, its handed-out tests notice each mistake that they are there for,
and what is handed out to begin with does not pass them."""

import json
import shutil
import sys

import pytest
from ruamel.yaml import YAML

from tests.exemplars import CONTENT, copied, exemplar, linted, outcome_of, run
from tests.need import need

TRACK = "deployment-orchestrator"
POCS = ("deploy-and-undo", "fit-to-operate", "used-for-real")
CONTRACT, LOCK = "tests/test_orchestrator.py", "tests/test_lock.py"


def pytested(folder, *arguments, code=0) -> str:
    """What pytest says, run as the verifying workflow does."""
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    return run(words, folder, code=code, PYTHONDONTWRITEBYTECODE="1", PYTEST_ADDOPTS="", COLUMNS="200").stdout


def failed(said: str) -> set[str]:
    """Names of the tests that failed."""
    lines = [line for line in said.splitlines() if line.startswith("FAILED ")]
    return {line.split("::")[1].split(" ")[0].split("[")[0] for line in lines}


def changed(folder, path, *replacements):
    """A mistake is put into a file of an exemplar."""
    text = (folder / path).read_text(encoding="utf-8")
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / path).write_text(text, encoding="utf-8")


GROUP = """            async with asyncio.TaskGroup() as group:
                for each in self._validators:
                    group.create_task(ask(each))
        except ExceptionGroup:
"""
GATHERED = """            await asyncio.gather(*(ask(each) for each in self._validators))
        except Exception:
"""
ONE_BY_ONE = """            for each in self._validators:
                await ask(each)
        except Exception:
"""
RAISED = "            raise ValidationFailed(name, version) from error\n"
ROLLED_BACK = "            await self._roll_back(self._steps, version)\n"
CANCELLED = """        except asyncio.CancelledError:
            await self._roll_back(done, version)
            raise
"""
UNDONE = """                left.append(step.name)
"""

#: mistake -> (what of core.py becomes what, tests of the contract of which at least these fail)
MISTAKES = {
    "all steps are rolled back": (
        [("            left = await self._roll_back(done,", "            left = await self._roll_back(self._steps,")],
        {"test_a_failure_rolls_back_the_completed_steps_and_no_others"},
    ),
    "the failed step is rolled back too": (
        [
            (
                'await self._timed("executed", step.name, step.execute, version)\n                done.append(step)',
                'done.append(step)\n                await self._timed("executed", step.name, step.execute, version)',
            )
        ],
        {"test_a_failure_rolls_back_the_completed_steps_and_no_others"},
    ),
    "rolled back in the order of executing": (
        [("in reversed(done)", "in done")],
        {"test_a_failure_rolls_back_in_reverse"},
    ),
    "other validators run on": (
        [(GROUP, GATHERED)],
        {"test_a_refusal_cancels_the_other_validators_and_waits_for_their_end"},
    ),
    "a refusal rolls back": (
        [(RAISED, ROLLED_BACK + RAISED)],
        {"test_a_refusal_executes_nothing_and_rolls_nothing_back"},
    ),
    "validators one after the other": (
        [(GROUP, ONE_BY_ONE)],
        {"test_validators_run_at_the_same_time"},
    ),
    "the cause of a failure is hidden": (
        [("version, left) from error", "version, left) from None")],
        {"test_the_original_exception_of_a_step_is_kept_as_the_cause"},
    ),
    "the cause of a failure is not named": (
        [("version, left) from error", "version, left)")],
        {"test_the_original_exception_of_a_step_is_kept_as_the_cause"},
    ),
    "the cause of a refusal is the group": (
        [("except ExceptionGroup:", "except ExceptionGroup as group:"), (RAISED, RAISED.replace("error", "group"))],
        {"test_the_original_exception_of_a_validator_is_kept_as_the_cause"},
    ),
    "an undo that fails stops the others": (
        [(UNDONE, UNDONE + "                break\n")],
        {"test_an_undo_that_fails_stops_no_other_and_hides_no_cause"},
    ),
    "cancelling leaves everything as it is": (
        [(CANCELLED, "")],
        {"test_a_cancelled_deployment_is_rolled_back_and_stays_cancelled"},
    ),
    "cancelling becomes a failure": (
        [
            (CANCELLED, ""),
            ("Exception as error:\n            left", "BaseException as error:\n            left"),
        ],
        {"test_a_cancelled_deployment_is_rolled_back_and_stays_cancelled"},
    ),
}


FLOCK = "fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)"
#: The same of lock.py.
LOCKS = {
    "a lock of the process, which may take it twice": (
        [("fcntl.flock(", "fcntl.lockf(")],
        {"test_the_second_is_told_who_was_first", "test_whoever_is_refused_takes_nothing_from_the_first"},
    ),
    "a file that is removed, and stays after a kill": (
        [('open(folder / f"{target}.lock", "a+"', 'opened(folder / f"{target}.lock"'), (FLOCK, "pass")],
        {"test_a_process_that_is_killed_leaves_no_lock"},
    ),
    "a shared lock": (
        [("fcntl.LOCK_EX", "fcntl.LOCK_SH")],
        {"test_the_second_is_told_who_was_first", "test_another_process_is_kept_out"},
    ),
    "one lock for all targets": (
        [('folder / f"{target}.lock"', 'folder / "lock"')],
        {"test_two_targets_do_not_disturb_one_another"},
    ),
    "the second writes its name over that of the first": (
        [('"a+"', '"w+"')],
        {"test_the_second_is_told_who_was_first"},
    ),
    "it is kept after a failure": (
        [
            ("        try:\n            yield\n        finally:\n", "        yield\n        if True:\n"),
            ("with open(", "with kept("),
        ],
        {"test_it_is_free_once_the_first_has_failed"},
    ),
}
#: What two of these mistakes are made of.
HELPERS = """

KEPT = []


@contextmanager
def kept(*arguments, **keywords):
    file = open(*arguments, **keywords)
    KEPT.append(file)
    yield file
    file.close()


@contextmanager
def opened(path, **keywords):
    try:
        file = open(path, "x+", **keywords)
    except FileExistsError:
        raise Busy(path.stem, path.read_text()) from None
    try:
        yield file
    finally:
        file.close()
        path.unlink()
"""

#: Runs the tests of a contract in each of the folders that it is given; pytest is loaded once.
EACH = """
import os, sys
import pytest

class Failed:
    def pytest_runtest_logreport(self, report):
        if report.failed:
            print("\\nFAILED", report.nodeid)

for folder in sys.argv[2:]:
    for name in list(sys.modules):
        if name.split(".")[0] in ("orchestrator", "test_orchestrator", "test_lock"):
            del sys.modules[name]
    os.chdir(folder)
    sys.path[0] = folder
    pytest.main(["-qq", "--no-summary", "-p", "no:cacheprovider", sys.argv[1]], plugins=[Failed()])
    print("ENDED", folder, flush=True)
"""


def not_noticed(tmp_path, poc, path, contract, mistakes, appended="") -> dict[str, set[str]]:
    """Tests that should have failed and did not, by mistake; only of those where there are any."""
    folders = {}
    for number, (mistake, (replacements, _)) in enumerate(mistakes.items()):
        folder = folders[mistake] = copied(tmp_path / str(number), TRACK, poc)
        changed(folder, path, *replacements)
        with (folder / path).open("a", encoding="utf-8") as file:
            file.write(appended)
        if contract == CONTRACT:
            changed(folder, contract, ("PATIENCE = 10", "PATIENCE = 2"))
    command = [sys.executable, "-c", EACH, contract, *folders.values()]
    said = run(command, tmp_path, PYTHONDONTWRITEBYTECODE="1", PYTEST_ADDOPTS="").stdout
    *runs, _ = said.split("ENDED")
    missed = {
        mistake: noticed - failed(said) for (mistake, (_, noticed)), said in zip(mistakes.items(), runs, strict=True)
    }
    return {mistake: names for mistake, names in missed.items() if names}


def test_the_contract_notices_each_mistake(tmp_path):
    assert not_noticed(tmp_path, "deploy-and-undo", "orchestrator/core.py", CONTRACT, MISTAKES) == {}


def test_the_contract_of_the_lock_notices_each_mistake(tmp_path):
    assert not_noticed(tmp_path, "fit-to-operate", "orchestrator/lock.py", LOCK, LOCKS, HELPERS) == {}


def test_all_tests_of_the_core_pass(tmp_path):
    pytested(copied(tmp_path, TRACK, "deploy-and-undo"))


def test_the_first_orchestrator_breaks_its_contract_in_eight_places(tmp_path):
    folder = tmp_path / "starter"
    shutil.copytree(exemplar(TRACK, "deploy-and-undo").parent / "stub", folder)
    (folder / "tests").mkdir()
    shutil.copy(exemplar(TRACK, "deploy-and-undo") / CONTRACT, folder / CONTRACT)
    said = pytested(folder, code=1)
    assert len(failed(said)) == 8 and "8 failed, 2 passed" in said


def test_tests_run_enough_of_the_orchestrator_that_others_operate(tmp_path):
    coverage, folder = need("coverage"), copied(tmp_path, TRACK, "fit-to-operate")
    environment = {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_ADDOPTS": ""}
    run(
        [coverage, "run", "--source=orchestrator", "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        folder,
        **environment,
    )
    run([coverage, "json"], folder)
    assert json.loads((folder / "coverage.json").read_text(encoding="utf-8"))["totals"]["percent_covered"] >= 80


def test_what_is_used_for_real_is_what_was_tested():
    tested, used = (exemplar(TRACK, poc) for poc in ("fit-to-operate", "used-for-real"))
    for folder in ("orchestrator", "tests"):
        assert {path.name: path.read_text(encoding="utf-8") for path in (used / folder).glob("*.py")} == {
            path.name: path.read_text(encoding="utf-8") for path in (tested / folder).glob("*.py")
        }


def test_the_plan_of_the_example_can_be_shown(tmp_path):
    command = [sys.executable, "-m", "orchestrator", "deploy", "v1.4.2", "--target", "production", "--dry-run"]
    said = run(command, copied(tmp_path, TRACK, "used-for-real"), PYTHONDONTWRITEBYTECODE="1").stdout
    assert "execute  release: kubectl set image deployment/shop shop=registry.example.com/shop:v1.4.2" in said


def test_the_plan_is_shown_before_anybody_is_asked_to_approve():
    workflow = YAML(typ="safe").load(exemplar(TRACK, "used-for-real") / ".github/workflows/deploy.yml")
    show, deploy = workflow["jobs"]["show"], workflow["jobs"]["deploy"]
    assert "environment" not in show and any("--dry-run" in step.get("run", "") for step in show["steps"])
    assert deploy["needs"] == "show" and "environment" in deploy


def test_other_tools_find_nothing_in_what_is_used_for_real():
    run([need("zizmor"), "--offline", "--no-progress", "--quiet", exemplar(TRACK, "used-for-real")], CONTENT)


def test_the_workflows_are_right():
    paths = [path for poc in POCS for path in sorted(exemplar(TRACK, poc).parent.glob("**/.github/workflows/*.yml"))]
    assert len(paths) >= 3 * len(POCS) and linted(paths) == []


# Other sensible ways


@pytest.mark.parametrize(
    ("permissions", "outcome"),
    [("{}", "pass"), ("{contents: read}", "pass"), ("read-all", "pass"), ("write-all", "fail"), ("", "fail")],
)
@pytest.mark.parametrize("poc", POCS)
def test_permissions_at_the_top_may_be_none_and_not_everything(poc, permissions, outcome):
    files = {".github/workflows/ci.yml": f"on: push\npermissions: {permissions}\njobs: {{}}\n"}
    assert outcome_of(TRACK, poc, "permissions", files) == outcome


PROTOCOL = """from typing import Protocol
class Step(Protocol):
    async def execute(self, version): ...
    async def undo(self, version): ...
"""
ANYIO = """import anyio
async def check(asks):
    with anyio.fail_after(30):
        async with anyio.create_task_group() as group:
            group.start_soon(asks)
"""


def test_a_package_below_src_is_read_as_well():
    assert outcome_of(TRACK, "deploy-and-undo", "steps", {"src/orchestrator/core.py": PROTOCOL}) == "pass"


@pytest.mark.parametrize("check", ["together", "ends"])
def test_another_library_for_structured_concurrency_counts(check):
    assert outcome_of(TRACK, "deploy-and-undo", check, {"orchestrator/core.py": ANYIO}) == "pass"


def test_a_flag_with_its_opposite_is_a_dry_run():
    code = "import click\n@click.option('--dry-run/--no-dry-run')\ndef deploy(dry_run): ...\n"
    assert outcome_of(TRACK, "fit-to-operate", "dry-run", {"orchestrator/cli.py": code}) == "pass"


@pytest.mark.parametrize(
    ("concurrency", "outcome"),
    [
        ("deploy-production", "pass"),
        ("{group: deploy}", "pass"),
        ("{group: deploy, cancel-in-progress: true}", "fail"),
    ],
)
@pytest.mark.parametrize("top", [True, False])
def test_a_queue_is_a_name_or_more_at_the_top_or_in_the_job(top, concurrency, outcome):
    line = f"concurrency: {concurrency}\n"
    job = f"  go:\n    environment: production\n{'' if top else '    ' + line}    steps: []\n"
    workflow = f"on: push\n{line if top else ''}jobs:\n{job}"
    assert outcome_of(TRACK, "used-for-real", "queued", {".github/workflows/deploy.yml": workflow}) == outcome


@pytest.mark.parametrize(
    ("command", "outcome"),
    [
        ("exec .venv/bin/orchestrator deploy v2", "pass"),
        ("uv run python -m orchestrator deploy v2", "pass"),
        ("docker run --rm example/orchestrator deploy v2", "pass"),
        ("echo python -m orchestrator deploy v2", "fail"),
        ("./deploy.sh v2", "fail"),
    ],
)
def test_there_is_more_than_one_way_to_call_it(command, outcome):
    workflow = f"on: push\njobs: {{go: {{environment: production, steps: [{{run: {command}}}]}}}}\n"
    assert outcome_of(TRACK, "used-for-real", "called", {".github/workflows/deploy.yml": workflow}) == outcome
