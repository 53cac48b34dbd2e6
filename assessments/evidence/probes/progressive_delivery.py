"""Does a new version reach a few users first?"""

from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_applicable,
    not_met,
    partly,
    unknown,
)
from assessments.evidence.manifests import services, templates, things, title
from assessments.evidence.pipelines import ran
from assessments.evidence.probe import Probe
from assessments.evidence.reading.yamls import Map
from assessments.evidence.snapshot import Snapshot
from assessments.evidence.vocabulary import deploys

PROBE = Probe(
    key="progressive-delivery",
    title="New versions reach a few users first",
    family="deployment",
    capabilities=("continuous-delivery", "deployment-automation"),
    why="A mistake that one in twenty users meets, for ten minutes, is a small one.",
    how="Rollouts of Argo with canary or blue-green steps, Canaries of Flagger, or a workflow that deploys a "
    "canary; where something is deployed to Kubernetes.",
    outcomes={
        Outcome.MET: "Rollouts with steps were found, and each has an analysis or a pause.",
        Outcome.PARTLY: "Rollouts go on without an analysis or a pause.",
        Outcome.NOT_MET: "Services are deployed to Kubernetes all at once.",
        Outcome.UNKNOWN: "The manifests are Helm templates, which are not rendered here.",
        Outcome.NOT_APPLICABLE: "There is nothing for Kubernetes here.",
    },
    remedy="Begin with the service that changes most: a Rollout with two canary steps and an analysis of its error "
    "rate.",
    effort=Effort.DAYS,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    good, bad = [], []
    for each in things(snapshot):
        if each.kind == "Rollout" and each.group == "argoproj.io":
            canary, blue = each.get("spec", "strategy", "canary"), each.get("spec", "strategy", "blueGreen")
            steps = canary.get("steps") if isinstance(canary, Map) else None
            kept = any(
                isinstance(step, Map) and ({"pause", "analysis", "experiment"} & step.keys()) for step in steps or ()
            )
            checked = kept or (isinstance(canary, Map) and "analysis" in canary) or isinstance(blue, Map)
            said = title(each) if checked else f"{title(each)} has no pause and no analysis"
            (good if checked else bad).append(Evidence(each.path, each.line, said))
        elif each.kind == "Canary" and each.group == "flagger.app":
            good.append(Evidence(each.path, each.line, title(each)))
    canaries = [
        each.evidence() for each in ran(snapshot) if deploys(each.command) and "canary" in each.command.text.lower()
    ]
    if good or canaries or bad:
        if bad:
            return partly("Some rollouts go on without a pause or an analysis.", bad, good)
        return met("New versions reach a few users first.", good + canaries)
    plain = services(snapshot)
    if not plain:
        if templates(snapshot):
            return unknown("The manifests are Helm templates, which are not rendered here.")
        return not_applicable("There is nothing for Kubernetes here.")
    places = [Evidence(group[0].path, group[0].line, title(group[0])) for group in plain.values()]
    return not_met("Services are renewed for all users at once.", places)
