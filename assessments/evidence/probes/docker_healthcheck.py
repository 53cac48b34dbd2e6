"""Can the machine tell that a container does not work any more?"""

from assessments.evidence.compose import compose_files
from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, not_applicable, share
from assessments.evidence.images import shipped
from assessments.evidence.manifests import services, templates
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="docker-healthcheck",
    title="Containers that serve say how they are",
    family="containers",
    capabilities=("container-images", "proactive-failure-notification"),
    why="A process that hangs is still running; only a question that it must answer shows that it hangs.",
    how="Dockerfiles that expose a port: HEALTHCHECK in the stage that is shipped or those it starts from, or "
    "`healthcheck` of a service in a compose file. Where Kubernetes manifests or Helm charts exist, their probes "
    "are judged instead.",
    outcomes={
        Outcome.MET: "Each of them has a health check.",
        Outcome.PARTLY: "Some have.",
        Outcome.NOT_MET: "None has.",
        Outcome.NOT_APPLICABLE: "No Dockerfile exposes a port, or Kubernetes asks instead.",
    },
    remedy="Add `HEALTHCHECK CMD` with a request to a path that answers only when the service can work.",
    effort=Effort.MINUTES,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    if services(snapshot) or templates(snapshot):
        return not_applicable("Kubernetes manifests or Helm charts exist, whose probes are judged instead.")
    good, bad = [], []
    checked = [
        Evidence(path, service.at("healthcheck"), f"health check of {name}")
        for path, services_ in compose_files(snapshot)
        for name, service in services_.items()
        if "healthcheck" in service and "build" in service
    ]
    for file in shipped(snapshot):
        chain = file.line_of_stages(file.last)
        ports = [each for stage in chain for each in stage.all("EXPOSE")]
        checks = [each for stage in chain for each in stage.all("HEALTHCHECK")]
        if not ports:
            continue
        if checks and checks[-1].value.strip().upper() != "NONE":
            good.append(Evidence(file.path, checks[-1].line, f"HEALTHCHECK {checks[-1].value}"))
        elif checked:
            good.append(checked[0])
        else:
            bad.append(Evidence(file.path, ports[-1].line, f"exposes {ports[-1].value} and has no health check"))
    return share(good, bad, "images that expose a port", "have a health check", "No Dockerfile exposes a port.")
