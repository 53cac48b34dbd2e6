"""Truth table: what counts, what each deployment is, what it ships. Hours since Monday; told in trunk order."""

from assessments.delivery.settings import ProductionRule
from tests.assessments.delivery.story import deploy, merge, says, story, tag

TAGS = ProductionRule(kind="tag", include="v*")
MERGES = ProductionRule(kind="merge")
EU, US = {"environment": "prod-eu"}, {"environment": "prod-us"}

CASES = {
    "a tag on trunk ships all before it": (
        story(merge("A", 1), merge("B", 2), merge("C", 3), tag("v1", "B", 4), rule=TAGS),
        {"A.deployment_id": "v1", "B.deployment_id": "v1", "C.state": "waiting", "v1.ships": 2},
    ),
    "the next deployment ships only what lies above the mark": (
        story(merge("A", 1), deploy("d1", "A", 2), merge("B", 3), merge("C", 4), deploy("d2", "C", 5)),
        {"A.deployment_id": "d1", "C.deployment_id": "d2", "d2.ships": 2, "d2.role": "forward", "d2.previous_id": "d1"},
    ),
    "a rollback ships nothing": (
        story(merge("A", 1), merge("B", 2), deploy("d1", "A", 3), deploy("d2", "B", 4), deploy("d3", "A", 5)),
        {"d3.role": "rollback", "d3.ships": 0, "A.deployment_id": "d1", "A.finished_at": 3},
    ),
    "after a rollback only what is new ships": (
        story(
            *(merge("A", 1), merge("B", 2), deploy("d1", "A", 3), deploy("d2", "B", 4), deploy("d3", "A", 5)),
            *(merge("C", 6), deploy("d4", "C", 7)),
        ),
        {"d4.ships": 1, "B.deployment_id": "d2", "d4.role": "forward"},
    ),
    "the running commit again is a redeployment": (
        story(merge("A", 1), deploy("d1", "A", 2), deploy("d2", "A", 3)),
        {"d2.role": "redeployment", "d2.ships": 0, "A.deployment_id": "d1"},
    ),
    "between rollback and mark it rolls forward": (
        story(
            *(merge("A", 1), merge("B", 1), merge("C", 1), deploy("d1", "C", 2)),
            *(deploy("d2", "A", 3), deploy("d3", "B", 4)),
        ),
        {"d3.role": "roll_forward", "d3.ships": 0, "d2.role": "rollback"},
    ),
    "trunk order decides, not the clock": (
        story(merge("A", 10, authored=0), merge("B", 3), deploy("d1", "B", 6), deploy("d2", "B", 12)),
        {"A.deployment_id": "d1", "A.lead": 6, "A.clamped": True, "d1.ships": 2},
    ),
    "a failed attempt ships nothing": (
        story(merge("A", 1), deploy("d1", "A", 2, status="failure"), deploy("d2", "A", 3)),
        {"A.deployment_id": "d2", "d1.role": "attempt", "d1.ships": 0, "d2.role": "first"},
    ),
    "a failed attempt does not move the mark": (
        story(
            *(merge("A", 1), deploy("d1", "A", 2), merge("B", 3), deploy("d2", "B", 4, status="failure")),
            deploy("d3", "B", 5),
        ),
        {"d3.ships": 1, "d3.role": "forward", "d3.previous_id": "d1"},
    ),
    "cancelled and skipped runs are no deployments": (
        story(merge("A", 1), deploy("d1", "A", 2, status="cancelled"), deploy("d2", "A", 3, status="skipped")),
        {"d1.counts": False, "d2.counts": False, "coverage.failed_attempts": 0, "A.state": "waiting"},
    ),
    "the first deployment ships only what was merged since the history began": (
        story(merge("A", 1), merge("B", 5), deploy("d1", "B", 6), history=3),
        {"A.state": "before_history", "A.lead": None, "B.deployment_id": "d1", "d1.ships": 1},
    ),
    "merged at the very start of the history ships": (
        story(merge("A", 3), deploy("d1", "A", 6), history=3),
        {"A.state": "shipped", "d1.ships": 1},
    ),
    "the second deployment ships older changes too": (
        story(merge("A", 1), merge("B", 2), deploy("d1", "A", 11), deploy("d2", "B", 12), history=10),
        {"A.state": "before_history", "B.deployment_id": "d2", "B.state": "shipped"},
    ),
    "a release branch ships what it contains of trunk": (
        story(merge("A", 1), merge("B", 2), merge("C", 3), deploy("d1", "x", 4, position=1, on_trunk=False)),
        {"B.deployment_id": "d1", "C.state": "waiting"},
    ),
    "a patch of an old release line is no rollback": (
        story(
            *(merge("A", 1), merge("B", 2), tag("v1.0", "A", 3), tag("v2.0", "B", 4)),
            tag("v1.1", "x", 5, position=0, on_trunk=False),
            rule=TAGS,
        ),
        {"v1.1.role": "side_release", "v1.1.ships": 0, "v2.0.candidate": False},
    ),
    "a patch on top of the release that runs is no redeployment": (
        story(merge("A", 1), tag("v1.0", "A", 2), tag("v1.0.1", "x", 3, position=0, on_trunk=False), rule=TAGS),
        {"v1.0.1.role": "side_release", "v1.0.1.ships": 0},
    ),
    "going back to a release branch deployed before is a rollback": (
        story(
            *(merge("A", 1), merge("B", 2), deploy("d1", "x", 3, position=0, on_trunk=False), deploy("d2", "B", 4)),
            deploy("d3", "x", 5, position=0, on_trunk=False),
        ),
        {"d3.role": "rollback", "d2.candidate": True},
    ),
    "an unknown commit ships an unknown number and moves no mark": (
        story(merge("A", 1), deploy("d1", "A", 2), deploy("d2", None, 3), merge("B", 4), deploy("d3", "B", 5)),
        {"d2.role": "unknown", "d2.ships": None, "d3.ships": 1, "coverage.deployments_commit_unknown": 1},
    ),
    "two services interleaved in one repository": (
        story(
            merge("A", 1, paths=["api/main.py"]),
            merge("B", 2, paths=["web/main.ts"]),
            merge("C", 3, paths=["web/a.ts", "api/deep/b.py"]),
            deploy("d1", "C", 4),
            path_globs=("api/**",),
        ),
        {"d1.ships": 2, "B.state": None, "C.deployment_id": "d1", "coverage.changes_merged": 2},
    ),
    "unknown paths count for every glob, and are counted": (
        story(merge("A", 1), deploy("d1", "A", 2), path_globs=("api/**",)),
        {"A.deployment_id": "d1", "coverage.changes_paths_unknown": 1},
    ),
    "a superseded deployment keeps its success time": (
        story(merge("A", 1), merge("B", 2), deploy("d1", "A", 3), deploy("d2", "B", 9)),
        {"A.finished_at": 3, "A.lead": 3, "deployment_frequency.n": 2},
    ),
    "the same deployment object twice is one": (
        story(merge("A", 1), deploy("d1", "A", 2), deploy("d1", "A", 2)),
        {"deployment_frequency.n": 1, "d1.role": "first"},
    ),
    "an object seen running and then done is done": (
        story(merge("A", 1), deploy("d1", "A", 2), deploy("d1", "A", None, status="in_progress")),
        {"deployment_frequency.n": 1, "A.deployment_id": "d1"},
    ),
    "the same change twice is one": (
        story(merge("A", 1), merge("A", 1), deploy("d1", "A", 2)),
        {"d1.ships": 1, "coverage.changes_merged": 1},
    ),
    "one commit in two regions within a day is one deployment, at its first success": (
        story(merge("A", 1), deploy("d1", "A", 2, **EU), deploy("d2", "A", 5, **US)),
        {"deployment_frequency.n": 1, "d2.counts": False, "A.finished_at": 2},
    ),
    "one commit in two regions more than a day apart is two": (
        story(merge("A", 1), deploy("d1", "A", 2, **EU), deploy("d2", "A", 27, **US)),
        {"deployment_frequency.n": 2, "d2.role": "first", "A.deployment_id": "d1"},
    ),
    "a slow region does not look like a rollback": (
        story(
            *(merge("A", 1), merge("B", 2), deploy("d1", "A", 3, **EU), deploy("d2", "A", 4, **US)),
            *(deploy("d3", "B", 10, **EU), deploy("d4", "B", 50, **US), merge("C", 30), deploy("d5", "C", 40, **EU)),
        ),
        {"d4.role": "forward", "d4.ships": 1, "d5.candidate": False, "B.deployment_id": "d3"},
    ),
    "deploying again to one region stays a deployment of its own": (
        story(merge("A", 1), deploy("d1", "A", 2, **EU), deploy("d2", "A", 3, **US), deploy("d3", "A", 4, **EU)),
        {"deployment_frequency.n": 2, "d3.role": "redeployment"},
    ),
    "with a leading environment the others do not count": (
        story(
            *(merge("A", 1), deploy("d1", "A", 2, **EU), deploy("d2", "A", 30, **US)),
            leading_environment="PROD-US",
        ),
        {"d1.counts": False, "d2.counts": True, "A.finished_at": 30},
    ),
    "staging is not production": (
        story(merge("A", 1), deploy("d1", "A", 2, environment="staging"), deploy("d2", "A", 3)),
        {"d1.reason": "Environment staging does not match prod*, live.", "A.deployment_id": "d2"},
    ),
    "an import without environment counts": (
        story(
            *(merge("A", 1), deploy("d1", "A", 2, kind="import", environment=None)),
            rule=ProductionRule(kind="import"),
        ),
        {"d1.counts": True, "A.deployment_id": "d1"},
    ),
    "every merge to trunk can be a deployment": (
        story(merge("A", 5, authored=1), merge("B", 9, paths=["web/x"]), rule=MERGES, path_globs=("api/*",)),
        {"A.lead": 4, "deployment_frequency.n": 1, "A.waiting_to_deploy": 0},
    ),
    "merges with clocks that run back are no rollbacks": (
        story(merge("A", 5), merge("B", 3), merge("C", 9), rule=MERGES),
        {"deployment_frequency.n": 3, "change_fail_rate_inferred.n": 0, "B.lead": 1},
    ),
    "a tag from the future does not count": (
        story(merge("A", 1), merge("B", 2), tag("v1", "A", 400), tag("v2", "B", 4), rule=TAGS),
        {"v1.counts": False, "A.deployment_id": "v2", "v2.candidate": False},
    ),
    "a pattern keeps pre-releases out, without regard to case": (
        story(
            *(merge("A", 1), tag("V1-RC1", "A", 2), tag("V1", "A", 3), tag("w1", "A", 4)),
            rule=ProductionRule(kind="tag", include="v*", exclude="*-rc*"),
        ),
        {"V1-RC1.reason": "V1-RC1 is excluded by *-rc*.", "A.deployment_id": "V1", "w1.counts": False},
    ),
    "a direct push is a change": (
        story(merge("A", 2, kind="direct_push", authored=1), deploy("d1", "A", 4)),
        {"A.lead": 3, "A.coding": 1, "A.waiting_for_review": None, "A.reviewed": None},
    ),
    "a change off trunk ships with nothing": (
        story(merge("A", 1, position=None), merge("B", 2, position=0), deploy("d1", "B", 3, position=0)),
        {"A.state": "not_on_trunk", "d1.ships": 1, "coverage.changes_never_deployed": 0},
    ),
    "two deployments in one second happen in trunk order": (
        story(merge("A", 1), merge("B", 1), deploy("d1", "B", 2), deploy("d2", "A", 2)),
        {"A.deployment_id": "d2", "B.deployment_id": "d1", "d1.role": "forward"},
    ),
    "the team knows better what is production": (
        story(
            *(merge("A", 1), deploy("d1", "A", 2, environment="blue"), deploy("d2", "A", 3)),
            *(says("deployment.production", "d1"), says("deployment.not_production", "d2")),
        ),
        {"d1.counts": True, "d2.counts": False, "d2.reason": "The team says it is not production."},
    ),
    "a broken clock does not make the service old": (
        story(merge("A", -500_000), merge("B", 24), deploy("d1", "B", 48), until=72),
        {"A.deployment_id": "d1", "deployment_frequency.days": 2, "deployment_frequency.value": 0.5},
    ),
}
