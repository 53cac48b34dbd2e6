"""Does the cluster follow the repository by itself?"""

from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    not_applicable,
    not_met,
    partly,
    share,
    unknown,
)
from assessments.evidence.manifests import services, templates, things, title
from assessments.evidence.operating import deployments
from assessments.evidence.probe import Probe
from assessments.evidence.reading.yamls import Map
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="gitops",
    title="The cluster follows the repository by itself",
    family="deployment",
    capabilities=("deployment-automation", "flexible-infrastructure"),
    why="What pulls its wanted state from a repository undoes changes by hand, and needs no key of the cluster in "
    "the pipeline.",
    how="Applications of Argo CD with automated sync, pruning and self-healing, and Kustomizations or releases of "
    "Flux with pruning. Pipelines that push to a cluster count against it.",
    outcomes={
        Outcome.MET: "Everything that was found syncs, prunes and heals by itself.",
        Outcome.PARTLY: "Some is synced by hand or is not pruned.",
        Outcome.NOT_MET: "Manifests are here, and the pipeline pushes them.",
        Outcome.UNKNOWN: "Manifests are here, and what applies them may stand in another repository.",
        Outcome.NOT_APPLICABLE: "There is nothing for Kubernetes here.",
    },
    remedy="Install Argo CD or Flux and let it watch the folder of the environment; turn on pruning and "
    "self-healing once a sync shows no surprise.",
    effort=Effort.DAYS,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    good, bad = [], []
    for each in things(snapshot):
        if each.group == "argoproj.io" and each.kind in ("Application", "ApplicationSet"):
            spec = each.get("spec", "template", "spec") if each.kind == "ApplicationSet" else each.get("spec")
            policy = spec.get("syncPolicy") if isinstance(spec, Map) else None
            automated = policy.get("automated") if isinstance(policy, Map) else None
            fits = isinstance(automated, Map) and automated.get("prune") is True and automated.get("selfHeal") is True
            (good if fits else bad).append(
                Evidence(
                    each.path, each.line, f"{title(each)}" + ("" if fits else " does not prune and heal by itself")
                )
            )
        elif each.group == "kustomize.toolkit.fluxcd.io" and each.kind == "Kustomization":
            fits = each.get("spec", "prune") is True and each.get("spec", "suspend") is not True
            (good if fits else bad).append(
                Evidence(each.path, each.line, f"{title(each)}" + ("" if fits else " does not prune"))
            )
        elif each.group == "helm.toolkit.fluxcd.io" and each.kind == "HelmRelease":
            good.append(Evidence(each.path, each.line, title(each)))
    if good or bad:
        found = share(good, bad, "applications", "sync, prune and heal by themselves", "")
        return partly(found.because, bad) if not good else found
    if not services(snapshot) and not templates(snapshot):
        return not_applicable("There is nothing for Kubernetes here.")
    pushed = [
        each.evidence() for each in deployments(snapshot) if each.command.program in ("kubectl", "helm", "helmfile")
    ]
    if pushed:
        return not_met("The pipeline pushes to the cluster.", pushed)
    return unknown("Manifests are here; what applies them may stand in another repository.")
