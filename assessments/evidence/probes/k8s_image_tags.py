"""Do two pods of a service run the same software?"""

import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.images import fixed, parts
from assessments.evidence.manifests import nothing_to_judge, services, things
from assessments.evidence.probe import Probe
from assessments.evidence.reading.yamls import Map
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="k8s-image-tags",
    title="Manifests name a version of each image",
    family="containers",
    capabilities=("container-images", "version-control"),
    why="With `latest`, a pod that restarts may run other software than its neighbour, and nobody can say which "
    "version failed.",
    how="Images of containers in manifests: by digest or version, not by a moving tag or none. Images that a "
    "kustomization names again, and those with variables, are left out.",
    outcomes={
        Outcome.MET: "Every image has a version or digest.",
        Outcome.PARTLY: "Some have.",
        Outcome.NOT_MET: "None has.",
        Outcome.UNKNOWN: "The manifests are Helm templates, which are not rendered here.",
        Outcome.NOT_APPLICABLE: "There are no Kubernetes manifests of services.",
    },
    remedy="Write the version or digest that was built, by the pipeline or with kustomize, into the manifest.",
    effort=Effort.HOURS,
    every=True,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    if none := nothing_to_judge(snapshot):
        return none
    named = _named(snapshot)
    good, bad = [], []
    for group in services(snapshot).values():
        for each in group:
            for container in each.containers():
                if not container.image or re.search(r"[{}$<>]", container.image) or parts(container.image)[0] in named:
                    continue
                how = fixed(container.image)
                fits = how in ("digest", "version")
                said = container.image if fits else f"{container.image}: {how}"
                (good if fits else bad).append(Evidence(each.path, container.plain.at("image"), said))
    return share(good, bad, "images in manifests", "have a version", "No image in the manifests is named here.")


def _named(snapshot: Snapshot) -> set[str]:
    """Images that kustomizations give another name or version."""
    found = set()
    for each in things(snapshot):
        images = each.plain.get("images") if each.kind in ("Kustomization", "Component") else None
        for image in images if isinstance(images, list) else ():
            if isinstance(image, Map) and isinstance(image.get("name"), str):
                found.add(image["name"])
    for _, text in snapshot.texts(snapshot.find("**/kustomization.{yaml,yml}")):
        found |= (
            set(re.findall(r"^\s*-?\s*name:\s*[\"']?([\w./:-]+)", text, re.MULTILINE)) if "images:" in text else set()
        )
    for _, text in snapshot.texts(snapshot.find("**/skaffold.{yaml,yml}")):  # it names what it built and pushed
        found |= set(re.findall(r"^\s*-?\s*image:\s*[\"']?([\w./:-]+)", text, re.MULTILINE))
    return found
