"""Does maintenance of a machine stop a service?"""

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.manifests import nothing_to_judge, services, things, title
from assessments.evidence.probe import Probe
from assessments.evidence.reading.yamls import Map
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="k8s-pdb",
    title="Services with several pods have a disruption budget",
    family="containers",
    capabilities=("reliability-engineering", "flexible-infrastructure"),
    why="When machines are emptied for maintenance, Kubernetes may remove all pods of a service at once, unless "
    "told how many must stay.",
    how="Deployments and stateful sets with two replicas or more, or scaled by an autoscaler: a PodDisruptionBudget "
    "whose selector fits their pods, and which lets at least one go.",
    outcomes={
        Outcome.MET: "Each of them has a budget.",
        Outcome.PARTLY: "Some have.",
        Outcome.NOT_MET: "None has.",
        Outcome.UNKNOWN: "The manifests are Helm templates, which are not rendered here.",
        Outcome.NOT_APPLICABLE: "No service states several replicas.",
    },
    remedy="Add a PodDisruptionBudget with `maxUnavailable: 1` and the labels of the pods.",
    effort=Effort.MINUTES,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    if none := nothing_to_judge(snapshot):
        return none
    found = things(snapshot)
    budgets = [each for each in found if each.kind == "PodDisruptionBudget"]
    scaled = {
        str(each.get("spec", "scaleTargetRef", "name"))
        for each in found
        if each.kind in ("HorizontalPodAutoscaler", "ScaledObject")
    }
    good, bad = [], []
    for (kind, name), group in services(snapshot).items():
        replicas = next(
            (each.get("spec", "replicas") for each in group if isinstance(each.get("spec", "replicas"), int)), None
        )
        if kind == "DaemonSet" or not ((replicas or 0) > 1 or name in scaled):
            continue
        labels = {key: value for each in group for key, value in each.labels.items()}
        budget = next((each for each in budgets if _selects(each, labels)), None)
        if budget is None:
            bad.append(Evidence(group[0].path, group[0].line, f"{title(group[0])} has no disruption budget"))
        elif _blocks(budget, replicas):
            bad.append(Evidence(budget.path, budget.line, f"{title(budget)} lets no pod go"))
        else:
            good.append(Evidence(budget.path, budget.line, f"{title(budget)} for {name}"))
    return share(
        good, bad, "services with several pods", "have a disruption budget", "No service states several replicas."
    )


def _selects(budget, labels: dict[str, str]) -> bool:
    wanted = budget.get("spec", "selector", "matchLabels")
    return (
        isinstance(wanted, Map) and bool(wanted) and all(labels.get(key) == str(value) for key, value in wanted.items())
    )


def _blocks(budget, replicas: int | None) -> bool:
    most, least = budget.get("spec", "maxUnavailable"), budget.get("spec", "minAvailable")
    enough = isinstance(least, int) and replicas is not None and least >= replicas
    return most in (0, "0", "0%") or least == "100%" or enough
