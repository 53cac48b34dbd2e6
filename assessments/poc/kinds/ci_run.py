"""Runs of the team's pipelines: at this commit, over the last days, and what they deployed. Nothing is run here."""

from collections.abc import Mapping
from typing import Any

from assessments.evidence.finding import Evidence
from assessments.poc import runs
from assessments.poc.judging import (
    BASELINE,
    DAY,
    Context,
    Judgement,
    Kind,
    Open,
    collected,
    failed,
    number,
    passed,
    unknown,
)
from assessments.poc.known import Deployment, Run
from assessments.poc.model import Level
from assessments.poc.patterns import fits
from assessments.poc.schemas import KEYS, PATTERN, amount, parameters, shape, text, whole

_WORKFLOW = PATTERN | {"description": "Path or file name of the workflow; any when not given."}
_EVENTS = KEYS | {"description": "Events one of which started it; any when not given."}
SCHEMA = parameters(
    {
        "commit": {
            "description": "A run at the commit that is judged ended well.",
            **shape(
                {
                    "workflow": _WORKFLOW,
                    "job": PATTERN | {"description": "A job that ended with success, not skipped."},
                    "events": _EVENTS,
                    "reusable": PATTERN
                    | {
                        "description": "File name of the organisation's reusable workflow through which it ran, at an "
                        "allow-listed commit and with protected files intact: E3."
                    },
                },
                minProperties=1,
            ),
        },
        "history": {
            "description": "Runs on the default branch over the last days.",
            **shape(
                {
                    "days": whole(1, "How many days are looked at."),
                    "workflow": _WORKFLOW,
                    "events": _EVENTS,
                    "min_runs": whole(1, "So many that ended, not cancelled or skipped."),
                    "success_rate": amount("Share of them that succeeded, at least."),
                    "below_baseline": {
                        "description": "Share that succeeded, held against the committed baseline.",
                        **shape(
                            {
                                "name": text("Its key in docs/poc/baseline.yml, a share from 0 to 1."),
                                "by_at_most": amount("How much lower it may be, such as 0.05."),
                            },
                            ("name", "by_at_most"),
                        ),
                    },
                    "success_days": whole(1, "Different days with a success, at least."),
                },
                ("days",),
                minProperties=2,
            ),
        },
        "deployments": {
            "description": "Deployments that the forge knows of.",
            **shape(
                {
                    "environment": PATTERN | {"description": "Name of the environment; any when not given."},
                    "workflow": _WORKFLOW,
                    "min_successful": whole(1, "So many that succeeded."),
                    "after_removal_of": text("Only those after this file left the default branch."),
                    "rollback_within_minutes": whole(1, "One that failed was followed by a success so soon."),
                },
                minProperties=1,
            ),
        },
    },
    minProperties=1,
    maxProperties=1,
)


def judge(params: Mapping[str, Any], context: Context) -> Judgement:
    if "commit" in params:
        return _at_commit(params["commit"], context)
    return _history(params["history"], context) if "history" in params else _deployments(params["deployments"], context)


def _runs(wanted: Mapping[str, Any], context: Context) -> list[Run]:
    found = collected(context.known.runs, "runs of workflows", context.known)
    if "workflow" in wanted:
        found = [run for run in found if runs.is_workflow(wanted["workflow"], run)]
    return [run for run in found if run.event in wanted.get("events", [run.event])]


def _at_commit(wanted: Mapping[str, Any], context: Context) -> Judgement:
    found = [run for run in _runs(wanted, context) if run.sha == context.snapshot.commit]
    found = [run for run in found if run.event not in runs.ELSEWHERE]
    if not found:
        return failed(
            f"No such workflow ran at commit {context.snapshot.commit[:12]}.",
            todo="Push the commit, and let its pipeline run.",
        )
    because, undecided = "", None
    for run in _newest(found):
        try:
            why = _not_green(run, wanted)
            if not why and "reusable" in wanted:
                why = runs.not_through(run, wanted["reusable"], wanted.get("job", "*"), context)
        except Open as error:
            undecided = undecided or error
            continue
        if not why:
            level = Level.E3 if "reusable" in wanted else Level.E2
            return passed("The pipeline ended well at this commit.", [runs.place(run)], level=level)
        because = because or f"Run {run.id}: {why}."
    if undecided:
        raise undecided
    if any(not run.conclusion for run in found):
        return unknown(
            "The pipeline has not ended yet.", [runs.place(run) for run in found], todo="Check again when it has."
        )
    return failed(because, [runs.place(run) for run in found])


def _newest(found: list[Run]) -> list[Run]:
    """Of each workflow and event the newest run that ended, so that a failure is not outlived by what was before."""
    newest: dict[tuple[str, str], Run] = {}
    for run in sorted(found, key=lambda run: (run.instant, run.id)):
        if run.conclusion:
            newest[run.workflow, run.event] = run
    return sorted(newest.values(), key=lambda run: (-run.instant, -run.id))


def _not_green(run: Run, wanted: Mapping[str, Any]) -> str:
    if run.conclusion != "success":
        return f"it ended with {run.conclusion or 'nothing yet'}"
    if "job" not in wanted or "reusable" in wanted:
        return ""
    here = [job for job in runs.jobs(run) if fits(wanted["job"], job.name)]
    if not here:
        return f"it has no job {wanted['job']}"
    broken = next((job for job in here if job.conclusion != "success"), None)
    return f"its job {broken.name} ended with {broken.conclusion or 'nothing yet'}" if broken else ""


def _history(wanted: Mapping[str, Any], context: Context) -> Judgement:
    if context.snapshot.as_of is None:
        raise Open(unknown("It is not known on which day this is looked at."))
    begin = context.snapshot.as_of - wanted["days"] * DAY
    branch = context.known.default_branch
    seen = [r for r in _runs(wanted, context) if begin <= r.instant <= context.snapshot.as_of and r.branch == branch]
    done = runs.counted(seen)
    good = [run for run in done if run.conclusion == "success"]
    places = [runs.place(run) for run in sorted(done, key=lambda run: -run.instant)]
    said = f"{len(good)} of {len(done)} runs succeeded in {wanted['days']} days"
    least = wanted.get("min_runs", 1)
    days = {run.instant // DAY for run in good}
    lacking = len(done) < least or len(days) < wanted.get("success_days", 0)
    if lacking and begin < context.known.runs_from:
        return unknown(f"{said}, of those that were read; there are more.", places)
    if len(done) < least:
        return unknown(
            f"Too few to tell: {len(done)} runs ended in {wanted['days']} days, and {least} are needed.", places
        )
    rate = len(good) / len(done)
    if "success_rate" in wanted and rate < wanted["success_rate"]:
        return failed(f"{said}, which is less than {number(100 * wanted['success_rate'])} %.", places)
    if "below_baseline" in wanted:
        before = context.baseline(wanted["below_baseline"]["name"])
        if rate < before - wanted["below_baseline"]["by_at_most"] - 1e-9:
            return failed(f"{said}, and {number(100 * before)} % did before.", places)
    if len(days) < wanted.get("success_days", 0):
        return failed(f"It succeeded on {len(days)} days, and {wanted['success_days']} are needed.", places)
    return passed(f"{said}.", places, level=Level.E2)


def _deployments(wanted: Mapping[str, Any], context: Context) -> Judgement:
    found = [
        each
        for each in collected(context.known.deployments, "deployments", context.known)
        if fits(wanted.get("environment", "*"), each.environment)
        and (
            "workflow" not in wanted
            or fits(wanted["workflow"], each.workflow)
            or fits(wanted["workflow"], each.workflow.rsplit("/", 1)[-1])
        )
    ]
    if "after_removal_of" in wanted:
        path = wanted["after_removal_of"]
        removed = collected(context.known.removed, "when files were removed", context.known).get(path)
        if removed is None:
            return failed(f"{path} has not left the default branch.")
        found = [each for each in found if (done := _succeeded(each)) is not None and done > removed]
    good = [each for each in found if _succeeded(each) is not None]
    places = [Evidence(None, None, f"deployment to {each.environment}") for each in good]
    if len(good) < wanted.get("min_successful", 0):
        return failed(f"{len(good)} deployments succeeded, and {wanted['min_successful']} are needed.", places)
    if "rollback_within_minutes" in wanted and not _rolled_back(found, wanted["rollback_within_minutes"]):
        text = (
            f"No deployment that failed was followed by a success within {wanted['rollback_within_minutes']} minutes."
        )
        return failed(text, places)
    return passed(f"{len(good)} deployments succeeded.", places, level=Level.E2)


def _succeeded(deployment: Deployment) -> int | None:
    """When it succeeded; what came later, such as inactive, changes nothing."""
    return next((instant for state, instant in deployment.states if state == "success"), None)


def _rolled_back(found: list[Deployment], minutes: int) -> bool:
    """Inactive counts as failed only for one that never succeeded, as every deployment becomes inactive in the end."""
    for each in found:
        states = {"failure", "error"} | ({"inactive"} if _succeeded(each) is None else set())
        ends = [instant for state, instant in each.states if state in states]
        for end in ends:
            for other in found:
                done = _succeeded(other)
                same = other.environment == each.environment and other is not each
                if same and done is not None and 0 < done - end <= minutes * 60_000_000:
                    return True
    return False


def _globs(params: Mapping[str, Any]) -> tuple[str, ...]:
    return (BASELINE,) if "below_baseline" in params.get("history", {}) else ()


KIND = Kind(
    "ci-run",
    "Runs of pipelines at this commit or over the last days, and deployments.",
    SCHEMA,
    Level.E3,
    judge,
    globs=_globs,
    files=False,
)
