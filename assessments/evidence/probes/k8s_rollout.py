"""Is a service away while it is renewed?"""

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.manifests import nothing_to_judge, services, title
from assessments.evidence.probe import Probe
from assessments.evidence.reading.yamls import Map
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="k8s-rollout",
    title="A new version comes without an interruption",
    family="deployment",
    capabilities=("deployment-automation", "continuous-delivery"),
    why="A deployment that stops everything first is an outage that one has to announce, so it is done rarely.",
    how="Deployments: the strategy is not Recreate, and `maxUnavailable` leaves at least one pod running.",
    outcomes={
        Outcome.MET: "Every deployment renews pod by pod.",
        Outcome.PARTLY: "Some do.",
        Outcome.NOT_MET: "None does.",
        Outcome.UNKNOWN: "The manifests are Helm templates, which are not rendered here.",
        Outcome.NOT_APPLICABLE: "There are no plain manifests of deployments.",
    },
    remedy="Use `RollingUpdate` with `maxUnavailable: 0` and a readiness probe; where a volume forbids two pods, "
    "say so in a comment and accept it as an exception.",
    effort=Effort.HOURS,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    if none := nothing_to_judge(snapshot):
        return none
    good, bad = [], []
    for (kind, _), group in services(snapshot).items():
        if kind != "Deployment":
            continue
        strategy = next((each.get("spec", "strategy") for each in group if each.get("spec", "strategy")), None)
        replicas = next(
            (each.get("spec", "replicas") for each in group if isinstance(each.get("spec", "replicas"), int)), 1
        )
        wrong = _wrong(strategy, replicas)
        line = group[0].get("spec").at("strategy") if isinstance(group[0].get("spec"), Map) else group[0].line
        (bad if wrong else good).append(Evidence(group[0].path, line, f"{title(group[0])}: {wrong or 'pod by pod'}"))
    return share(good, bad, "deployments", "renew pod by pod", "There are no plain manifests of deployments.")


def _wrong(strategy, replicas: int) -> str:
    if not isinstance(strategy, Map):
        return ""
    if strategy.get("type") == "Recreate":
        return "all pods are stopped first"
    rolling = strategy.get("rollingUpdate")
    most = rolling.get("maxUnavailable") if isinstance(rolling, Map) else None
    if most == "100%" or (isinstance(most, int) and most >= max(1, replicas) and most > 0):
        return f"maxUnavailable is {most} of {replicas}"
    return ""
