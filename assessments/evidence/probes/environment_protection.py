"""Is production protected by a rule rather than by a habit?"""

import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, not_applicable, share, unknown
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="environment-protection",
    title="Production environments have a rule",
    family="deployment",
    capabilities=("streamlining-change-approval", "deployment-automation"),
    why="A rule on the environment holds for every workflow, also for one that somebody adds tomorrow.",
    how="Environments of the forge whose name says production: branches that may deploy are limited, or somebody "
    "must agree.",
    outcomes={
        Outcome.MET: "Every production environment has a rule.",
        Outcome.PARTLY: "Some have.",
        Outcome.NOT_MET: "None has.",
        Outcome.UNKNOWN: "Environments were not collected.",
        Outcome.NOT_APPLICABLE: "There is no production environment.",
    },
    remedy="Limit which branches may deploy to the environment. Ask for a reviewer only where a class of changes "
    "needs one.",
    effort=Effort.MINUTES,
    asks="facts",
    part="environments",
)

_PRODUCTION = re.compile(r"(^|[^a-z])(prod|production|prd|live)([^a-z]|$)", re.IGNORECASE)


def judge(snapshot: Snapshot) -> Finding:
    if snapshot.facts is None or snapshot.facts.environments is None:
        return unknown("Environments were not collected: they come from the forge, not from files.")
    good, bad = [], []
    for environment in snapshot.facts.environments:
        if not _PRODUCTION.search(environment.name):
            continue
        rules = [f"{environment.reviewers} may agree"] if environment.reviewers else []
        rules += ["only some branches may deploy"] if environment.branches else []
        said = f"{environment.name}: {', '.join(rules) or 'no rule'}"
        (good if rules else bad).append(Evidence(None, None, said))
    if not good and not bad:
        return not_applicable("There is no environment whose name says production.")
    return share(good, bad, "production environments", "have a rule", "")
