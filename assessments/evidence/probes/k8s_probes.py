"""Does Kubernetes know when a service can work?"""

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.manifests import nothing_to_judge, services, title
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="k8s-probes",
    title="Services answer health probes",
    family="containers",
    capabilities=("container-images", "reliability-engineering"),
    why="Without a readiness probe, requests reach a pod before it can answer; without a liveness probe a hanging "
    "one stays.",
    how="Deployments, stateful sets and the like with a port: at least one container has a readiness or liveness "
    "probe. What overlays add to an object is judged with it.",
    outcomes={
        Outcome.MET: "Every service has a probe.",
        Outcome.PARTLY: "Some have.",
        Outcome.NOT_MET: "None has.",
        Outcome.UNKNOWN: "The manifests are Helm templates, which are not rendered here.",
        Outcome.NOT_APPLICABLE: "There are no Kubernetes manifests of services. Or they have no port.",
    },
    remedy="Add `readinessProbe` to a path that answers only when the service can do its work.",
    effort=Effort.HOURS,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    if none := nothing_to_judge(snapshot):
        return none
    good, bad = [], []
    for group in services(snapshot).values():
        containers = [container for each in group for container in each.containers() if not container.first]
        asked = next(
            ((c, key) for c in containers for key in ("readinessProbe", "livenessProbe") if key in c.plain), None
        )
        place = group[0]
        if asked:
            good.append(Evidence(place.path, asked[0].plain.at(asked[1]), f"{title(place)}: {asked[1]}"))
        elif any("ports" in container.plain for container in containers):
            bad.append(Evidence(place.path, place.line, f"{title(place)} has a port and no probe"))
    return share(good, bad, "services", "have a probe", "No service in the manifests has a port.")
