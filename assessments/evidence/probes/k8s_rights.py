"""What may a process in a pod do to its machine?"""

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.manifests import nothing_to_judge, services, title
from assessments.evidence.probe import Probe
from assessments.evidence.reading.yamls import Map
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="k8s-rights",
    title="Pods run without root rights",
    family="containers",
    capabilities=("pervasive-security", "container-images"),
    why="A pod that runs as root, or privileged, is one mistake away from the machine and all its neighbours.",
    how="Services in manifests: `runAsNonRoot: true` or a `runAsUser` other than 0, of the pod or all its "
    "containers, and no container is privileged.",
    outcomes={
        Outcome.MET: "Every service runs without root rights.",
        Outcome.PARTLY: "Some do.",
        Outcome.NOT_MET: "None says so.",
        Outcome.UNKNOWN: "The manifests are Helm templates, which are not rendered here.",
        Outcome.NOT_APPLICABLE: "There are no Kubernetes manifests of services.",
    },
    remedy="Set `securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false}` and the user in the image.",
    effort=Effort.HOURS,
    every=True,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    if none := nothing_to_judge(snapshot):
        return none
    good, bad = [], []
    for group in services(snapshot).values():
        place = group[0]
        containers = [container for each in group for container in each.containers() if not container.first]
        contexts = [each.plain.get("securityContext") for each in containers]
        privileged = any(isinstance(each, Map) and each.get("privileged") is True for each in contexts)
        of_pod = any(_unrooted(each.pod.get("securityContext")) for each in group if each.pod)
        named: dict[str, bool] = {}
        for container, context in zip(containers, contexts, strict=True):
            named[container.name] = named.get(container.name, False) or _unrooted(context)
        if privileged:
            bad.append(Evidence(place.path, place.line, f"{title(place)} is privileged"))
        elif of_pod or (named and all(named.values())):
            good.append(Evidence(place.path, place.line, f"{title(place)} runs without root rights"))
        else:
            bad.append(Evidence(place.path, place.line, f"{title(place)} may run as root"))
    return share(good, bad, "services", "run without root rights", "No service was found.")


def _unrooted(context) -> bool:
    user = context.get("runAsUser") if isinstance(context, Map) else None
    return isinstance(context, Map) and (context.get("runAsNonRoot") is True or (isinstance(user, int) and user > 0))
