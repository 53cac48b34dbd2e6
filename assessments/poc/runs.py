"""Runs of pipelines at a commit, and what they are evidence of."""

from collections.abc import Iterable

from assessments.evidence.finding import Evidence
from assessments.evidence.reading import Malformed
from assessments.evidence.reading.workflows import Workflow, read_workflow
from assessments.poc.judging import Context, Open, changed, unknown
from assessments.poc.known import Job, Refused, Run
from assessments.poc.model import Level
from assessments.poc.patterns import fits

#: Conclusions that say nothing of whether the work was good.
NEITHER = frozenset({"", "cancelled", "skipped", "neutral", "stale", "action_required"})

#: Events whose runs take the code of another commit than the one that they are shown at.
ELSEWHERE = frozenset({"pull_request_target"})


def place(run: Run, what: str = "") -> Evidence:
    return Evidence(
        None, None, what or f"run {run.id} of {run.workflow}, on {run.event}: {run.conclusion or 'running'}"
    )


def is_workflow(wanted: str, run: Run) -> bool:
    """By its path, or by the name of its file."""
    return fits(wanted, run.workflow) or fits(wanted, run.workflow.rsplit("/", 1)[-1])


def listed(path: str, sha: str, reusable: str, context: Context) -> bool:
    """Whether that commit of a reusable workflow is allow-listed under the name that is asked for."""
    shas = context.known.allowed.get(path, frozenset())
    return sha in shas and fits(reusable, path.rsplit("/", 1)[-1])


def jobs(run: Run) -> tuple[Job, ...]:
    """Raises Open when they were not collected."""
    if isinstance(run.jobs, Refused):
        text = f"This token may not read the jobs of runs; it needs {run.jobs.permission}."
        raise Open(unknown(text, [place(run)], permission=run.jobs.permission))
    if run.jobs is None:
        raise Open(unknown("The jobs of the run were not collected.", [place(run)]))
    return run.jobs


def not_through(run: Run, reusable: str, job: str, context: Context) -> str:
    """Why a run is no evidence that the organisation's workflow found everything right; empty when it is. Raises Open
    when that cannot be told."""
    referenced = [each for each in run.referenced if fits(reusable, each.path.rsplit("/", 1)[-1])]
    if not referenced:
        return f"the run does not call the organisation's workflow {reusable}"
    good = [each for each in referenced if listed(each.path, each.sha, reusable, context)]
    if not good:
        return f"the run calls {referenced[0].path} at {referenced[0].sha[:12]}, which is not allow-listed"
    if run.sha != context.snapshot.commit or run.event in ELSEWHERE:
        return "the run is of another commit"
    if altered := changed(context):
        return f"{altered[0].path}: {altered[0].what}"
    flow = _workflow(run, context)
    callers, others = [], []
    for each in flow.jobs:
        name = each.plain.get("name")
        uses = each.uses
        is_caller = uses is not None and listed(uses.where, uses.ref, reusable, context)
        (callers if is_caller else others).append(each.key if name is None else str(name))
    if not callers:
        return f"no job of {run.workflow} calls the workflow at an allow-listed commit"
    if imitating := [name for name in others if _imitates(name, callers)]:
        return f"the job {imitating[0]!r} of {run.workflow} could be taken for one of the organisation's workflow"
    names = [f"{caller} / " for caller in callers]
    done = [
        each
        for each in jobs(run)
        if any(_is_of(each.name, caller, name) for caller, name in zip(callers, names, strict=True))
    ]
    wanted = [each for each in done if fits(job, each.name.split(" / ", 1)[-1])]
    if not wanted:
        return f"it has no job {job} of the organisation's workflow"
    broken = [each for each in wanted if each.conclusion != "success"]
    return f"its job {broken[0].name} ended with {broken[0].conclusion or 'nothing yet'}" if broken else ""


def _imitates(name: str, callers: Iterable[str]) -> bool:
    """Whether jobs of the one of that name, or those it calls, may be shown like those of a caller: as `name / job`, or
    `name (value) / job` in a matrix."""
    own = name.strip().casefold()
    for caller in (each.strip().casefold() for each in callers):
        if own == caller or any(a.startswith((f"{b} /", f"{b} (")) for a, b in ((own, caller), (caller, own))):
            return True
    return "/" in name or "${{" in name


def _is_of(name: str, caller: str, begin: str) -> bool:
    """Jobs of a matrix bear its values behind the caller's name."""
    return name.startswith(begin) or (name.startswith(f"{caller} (") and ") / " in name)


def _workflow(run: Run, context: Context) -> Workflow:
    if run.workflow not in context.snapshot.entries:
        raise Open(unknown(f"{run.workflow} is not among the files of this commit, so its jobs cannot be told apart."))
    for path, text in context.snapshot.texts([run.workflow]):
        try:
            return read_workflow(path, text)
        except Malformed as error:
            raise Open(unknown(f"{path} could not be read: {error}.")) from None
    raise Open(unknown(f"{run.workflow} could not be read, so its jobs cannot be told apart."))


def level(run: Run, reusable: str, job: str, context: Context) -> tuple[Level, str]:
    """The evidence that a run which ended well is, and why it is no more."""
    if not reusable:
        return Level.E2, ""
    why = not_through(run, reusable, job, context)
    return (Level.E2, why) if why else (Level.E3, "")


def counted(runs: Iterable[Run]) -> list[Run]:
    return [run for run in runs if run.conclusion not in NEITHER]
