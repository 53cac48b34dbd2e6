"""As whom does the software in the image run?"""

import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.images import shipped
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="docker-user",
    title="Images run without root rights",
    family="containers",
    capabilities=("container-images", "pervasive-security"),
    why="Whoever breaks into a process that runs as root has the container, and is nearer to the machine.",
    how="The last USER of the stage that is shipped and of the stages it starts from, or a base that is known to "
    "run as another user. Images that begin as root and hand over with gosu, su-exec or setpriv count. A base of "
    "somebody else's, without USER, is left out.",
    outcomes={
        Outcome.MET: "Every image runs as another user.",
        Outcome.PARTLY: "Some do.",
        Outcome.NOT_MET: "All run as root.",
        Outcome.NOT_APPLICABLE: "There are no Dockerfiles, or only ones whose base decides.",
    },
    remedy="Create a user in the last stage and end it with `USER app`.",
    effort=Effort.HOURS,
    every=True,
    version=2,
)

_ROOT = re.compile(r"(root|0)(:\S*)?$", re.IGNORECASE)
_OTHERS = re.compile(
    r"(nonroot|rootless|unprivileged|cgr\.dev/chainguard|chainguard/|bitnami/|jenkins/|-chiseled)", re.IGNORECASE
)
_HANDS_OVER = re.compile(
    r"\b(gosu|su-exec|setpriv|s6-setuidgid|chroot --userspec|dumb-init.*su)\b|^uid\s*=\s*(?!root|0)\w", re.MULTILINE
)


def judge(snapshot: Snapshot) -> Finding:
    good, bad = [], []
    for file in shipped(snapshot):
        chain = file.line_of_stages(file.last)
        users = [each for stage in chain for each in stage.all("USER")]
        base = chain[0].image
        if users:
            fits = not _ROOT.match(users[-1].value.strip("\"'"))
            place = Evidence(file.path, users[-1].line, f"USER {users[-1].value}")
            (good if fits or _hands_over(snapshot, file.path, chain) else bad).append(place)
        elif _OTHERS.search(base):
            good.append(Evidence(file.path, chain[0].line, f"{base} runs as another user"))
        elif _hands_over(snapshot, file.path, chain):
            good.append(Evidence(file.path, file.last.line, "begins as root and hands over"))
        elif "/" not in base or base.startswith(("docker.io/library/", "library/", "public.ecr.aws/docker/library/")):
            bad.append(Evidence(file.path, file.last.line, f"no USER, and {base} runs as root"))
    none = "There are no Dockerfiles, or only ones whose base decides."
    return share(good, bad, "images", "run without root rights", none)


def _hands_over(snapshot: Snapshot, path: str, chain) -> bool:
    said = "\n".join(each.script for stage in chain for each in stage.all("RUN", "ENTRYPOINT", "CMD"))
    folder = path.rpartition("/")[0]
    scripts = snapshot.find(
        f"{folder}/**/*entrypoint*" if folder else "*entrypoint*", "docker/**/*entrypoint*", "uwsgi.ini"
    )
    return bool(_HANDS_OVER.search(said)) or any(_HANDS_OVER.search(text) for _, text in snapshot.texts(scripts[:5]))
