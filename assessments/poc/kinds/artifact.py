"""Values that the team's own pipeline measured at this commit, in a JSON file of an artifact."""

from collections.abc import Mapping
from typing import Any

from assessments.evidence.finding import Evidence
from assessments.poc import runs
from assessments.poc.judging import Context, Judgement, Kind, collected, failed, passed, placed, unknown
from assessments.poc.model import Level
from assessments.poc.places import CONDITIONS, Looker, Spot
from assessments.poc.schemas import PATTERN, parameters, text

SCHEMA = parameters(
    {
        "name": text("Name of the artifact's JSON file, such as coverage.json."),
        "conditions": CONDITIONS | {"description": "What must hold of its values."},
        "reusable": PATTERN
        | {
            "description": "File name of the organisation's reusable workflow that made it, at an allow-listed commit "
            "and with protected files intact: E3. Without it E2."
        },
        "job": PATTERN
        | {"description": "The job of that workflow that must have ended with success; all of them when not given."},
    },
    ("name", "conditions"),
)


def judge(params: Mapping[str, Any], context: Context) -> Judgement:
    known = context.known
    artifacts = collected(known.artifacts, "artifacts of runs", known)
    name = params["name"]
    if name not in artifacts:
        return failed(f"No run at this commit kept {name}.", todo=f"Let the pipeline upload {name} as an artifact.")
    found = artifacts[name]
    if found.problem:
        return unknown(f"{name} could not be read: {found.problem.rstrip('.')}.", [Evidence(None, None, name)])
    all_runs = collected(known.runs, "runs of workflows", known)
    run = next((each for each in all_runs if each.id == found.run and each.sha == context.snapshot.commit), None)
    if run is None:
        return failed(f"{name} is not from a run at this commit.")
    if run.conclusion != "success":
        return failed(f"The run that made {name} ended with {run.conclusion or 'nothing yet'}.", [runs.place(run)])
    looker, root = Looker(context), Spot(placed(found.value), 0)
    for condition in params["conditions"]:
        said = looker.judge(condition, [root])
        if not said.holds:
            return failed(f"{name}: {said.because}.", [Evidence(None, None, f"{name} of run {run.id}")])
    level, why = runs.level(run, params.get("reusable", ""), params.get("job", "*"), context)
    more = f", but {why}" if why else ""
    return passed(f"{name} is as it should be{more}.", [runs.place(run)], level=level)


KIND = Kind(
    "artifact",
    "Values in a JSON artifact of a run at this commit.",
    SCHEMA,
    Level.E3,
    judge,
    globs=lambda params: (),
    files=False,
)
