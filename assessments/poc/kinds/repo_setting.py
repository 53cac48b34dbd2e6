"""What the forge is set to for the repository."""

from collections.abc import Mapping
from typing import Any

from assessments.evidence.finding import Evidence
from assessments.poc.judging import Context, Judgement, Kind, collected, failed, passed
from assessments.poc.model import Level
from assessments.poc.patterns import fits
from assessments.poc.schemas import PATTERN, parameters, shape, whole

SCHEMA = parameters(
    {
        "required_check": PATTERN
        | {"description": "Name of a status check that the default branch requires; `*` for any."},
        "reviewers": {
            "description": "People or teams who must agree to a deployment.",
            **shape(
                {
                    "environment": PATTERN | {"description": "Name of the environment."},
                    "min": whole(1, "So many at least."),
                },
                ("environment", "min"),
            ),
        },
        "approvals": whole(1, "Approvals that a change to the default branch needs, at least."),
        "release": {
            "description": "A published release.",
            **shape(
                {
                    "tag": PATTERN | {"description": "What its tag fits; any when not given."},
                    "assets": whole(1, "So many files come with it at least."),
                },
                ("assets",),
            ),
        },
    },
    minProperties=1,
    maxProperties=1,
)


def judge(params: Mapping[str, Any], context: Context) -> Judgement:
    settings, known = context.known.settings, context.known
    if "required_check" in params:
        checks = collected(settings.required_checks, "the rules of the default branch", known)
        here = [name for name in checks if fits(params["required_check"], name)]
        if not here:
            return failed(f"The default branch requires no check {params['required_check']}.", _places(checks))
        return passed(f"The default branch requires {here[0]}.", _places(here), level=Level.E2)
    if "reviewers" in params:
        wanted = params["reviewers"]
        environments = collected(settings.reviewers, "the settings of environments", known)
        here = {name: n for name, n in environments.items() if fits(wanted["environment"], name)}
        if not here:
            return failed(f"There is no environment {wanted['environment']}.", _places(environments))
        if bare := [name for name, count in here.items() if count < wanted["min"]]:
            text = f"{bare[0]} asks {here[bare[0]]} reviewers, and {wanted['min']} are needed."
            return failed(text, _places(bare))
        return passed("Deployments wait for a reviewer.", _places(here), level=Level.E2)
    if "approvals" in params:
        count = collected(settings.approvals, "the rules of the default branch", known)
        if count < params["approvals"]:
            return failed(f"A change needs {count} approvals, and {params['approvals']} are asked for.")
        return passed(f"A change needs {count} approvals.", level=Level.E2)
    wanted = params["release"]
    releases = collected(settings.releases, "releases", known)
    here = [(tag, assets) for tag, assets in releases if fits(wanted.get("tag", "*"), tag)]
    if not any(assets >= wanted["assets"] for _, assets in here):
        return failed(f"No release has {wanted['assets']} files or more.", _places(tag for tag, _ in here))
    return passed(
        "There is such a release.", _places(tag for tag, assets in here if assets >= wanted["assets"]), level=Level.E2
    )


def _places(names) -> list[Evidence]:
    return [Evidence(None, None, name) for name in names]


KIND = Kind(
    "repo-setting",
    "What the forge is set to: required checks, reviewers of environments, approvals, releases.",
    SCHEMA,
    Level.E2,
    judge,
    globs=lambda params: (),
    files=False,
)
