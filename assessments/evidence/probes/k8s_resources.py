"""Does a service take the memory of its neighbours?"""

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.manifests import nothing_to_judge, services, title
from assessments.evidence.probe import Probe
from assessments.evidence.reading.yamls import Map
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="k8s-resources",
    title="Containers state what they need",
    family="containers",
    capabilities=("container-images", "flexible-infrastructure"),
    why="Without requests the scheduler packs blindly, and one leak stops everything on the machine.",
    how="Containers of services, without those that only start: `resources` with requests and a memory limit. What "
    "overlays add is judged with it.",
    outcomes={
        Outcome.MET: "Every container states both.",
        Outcome.PARTLY: "Some do.",
        Outcome.NOT_MET: "None does.",
        Outcome.UNKNOWN: "The manifests are Helm templates, which are not rendered here.",
        Outcome.NOT_APPLICABLE: "There are no Kubernetes manifests of services.",
    },
    remedy="Set requests to what the container usually uses, and a memory limit above what it may use.",
    effort=Effort.HOURS,
    every=True,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    if none := nothing_to_judge(snapshot):
        return none
    good, bad = [], []
    for group in services(snapshot).values():
        stated: dict[str, set[str]] = {}
        places = {}
        for each in group:
            for container in each.containers():
                if container.first:
                    continue
                places.setdefault(container.name, (each, container))
                resources = container.plain.get("resources")
                for part in ("requests", "limits"):
                    inner = resources.get(part) if isinstance(resources, Map) else None
                    keys = stated.setdefault(container.name, set())
                    keys |= {f"{part}.{key}" for key in inner} if isinstance(inner, Map) else set()
        for name, (each, container) in places.items():
            asked = any(key.startswith("requests.") for key in stated[name]) or "limits.memory" in stated[name]
            fits = asked and "limits.memory" in stated[name]
            what = f"{title(each)}, container {name}"
            (good if fits else bad).append(
                Evidence(each.path, container.line, what if fits else f"{what}: {_missing(stated[name])}")
            )
    return share(good, bad, "containers", "state requests and a memory limit", "No container was found.")


def _missing(stated: set[str]) -> str:
    return (
        "no memory limit" if any(key.startswith("requests.") for key in stated) else "no requests and no memory limit"
    )
