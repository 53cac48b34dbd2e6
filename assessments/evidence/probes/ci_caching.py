"""Does a job fetch again what it fetched before?"""

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.pipelines import actions, nothing_to_judge, on_changes
from assessments.evidence.probe import Probe
from assessments.evidence.reading.workflows import Job, Step
from assessments.evidence.snapshot import Snapshot
from assessments.evidence.vocabulary import installs

PROBE = Probe(
    key="ci-caching",
    title="Dependencies are cached between runs",
    family="pipelines",
    capabilities=("continuous-integration",),
    why="Minutes that each run spends on fetching the same packages are minutes in which somebody waits for a result.",
    how="Jobs on changes with a command that installs dependencies: an action that caches (actions/cache, the "
    "`cache` of setup actions, setup-go and others that cache by themselves), in the job or in a local action that "
    "it uses.",
    outcomes={
        Outcome.MET: "Every such job caches.",
        Outcome.PARTLY: "Some do.",
        Outcome.NOT_MET: "None does.",
        Outcome.NOT_APPLICABLE: "No job on changes is known to install dependencies.",
    },
    remedy="Set `cache` of the setup action of your language, or use actions/cache with the lock file in its key.",
    effort=Effort.MINUTES,
    version=2,
)

#: Actions that cache when used, or unless told not to.
_BY_THEMSELVES = frozenset(
    [
        "actions/cache",
        "actions/setup-go",
        "astral-sh/setup-uv",
        "gradle/actions",
        "gradle/gradle-build-action",
        "swatinem/rust-cache",
        "mozilla-actions/sccache-action",
        "hendrikmuhs/ccache-action",
        "buildjet/cache",
        "useblacksmith/cache",
        "pre-commit/action",
        "golangci/golangci-lint-action",
        "coursier/cache-action",
        "stcarrez/maven-cache",
        "actions-rust-lang/setup-rust-toolchain",
        "taiki-e/cache-cargo-install-action",
        "bahmutov/npm-install",
        "cypress-io/github-action",
        "prefix-dev/setup-pixi",
        "ramsey/composer-install",
        "namespacelabs/nscloud-cache-action",
        "magic-nix-cache-action",
        "cachix/cachix-action",
    ]
)


def judge(snapshot: Snapshot) -> Finding:
    if none := nothing_to_judge(snapshot):
        return none
    local = {action.path.rsplit("/", 1)[0]: action for action in actions(snapshot) if "/" in action.path}
    good, bad = [], []
    for workflow in on_changes(snapshot):
        for job in workflow.jobs:
            command = next((c for step in job.steps if step.run for c in step.commands() if installs(c)), None)
            steps = list(job.steps)
            for step in job.steps:
                if step.uses and step.uses.where.startswith("./") and step.uses.where[2:].rstrip("/") in local:
                    steps += local[step.uses.where[2:].rstrip("/")].steps
            caching = next((step for step in steps if _caches(step)), None)
            if command is None and not (caching and _sets_up(caching)):
                continue
            if caching or _foreign_runner(job):
                good.append(Evidence(workflow.path, job.line, f"job {job.key} caches"))
            else:
                bad.append(Evidence(workflow.path, command.line, f"job {job.key} runs {command.text} without a cache"))
    none = "No job on changes is known to install dependencies."
    return share(good, bad, "jobs that install dependencies", "cache them", none)


def _caches(step: Step) -> bool:
    if not step.uses:
        return False
    name = step.uses.name
    said = {key: str(value).lower() for key, value in step.with_.items()}
    if name in _BY_THEMSELVES:
        return said.get("cache") != "false" and said.get("enable-cache") != "false"
    wanted = said.get("cache", said.get("bundler-cache", said.get("enable-cache", "")))
    return wanted not in ("", "false") or "cache-from" in said


def _sets_up(step: Step) -> bool:
    """Whether an action that caches is one for a language, which installs or prepares for it."""
    return "setup-" in step.uses.name or "install" in step.uses.name


def _foreign_runner(job: Job) -> bool:
    """Whether it runs on a machine of one's own, which may keep what was fetched."""
    return "self-hosted" in str(job.get("runs-on"))
