"""Does everything in the folder go into the image?"""

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.images import dockerfiles
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="dockerignore",
    title="What does not belong into an image is kept out",
    family="containers",
    capabilities=("container-images", "secrets-management"),
    why="Without .dockerignore, `COPY . .` takes along history, local settings and keys, and every build sends them.",
    how="Dockerfiles that copy a whole folder: a .dockerignore in the root, beside the Dockerfile, or named after "
    "it, with at least one line.",
    outcomes={
        Outcome.MET: "Each of them has one.",
        Outcome.PARTLY: "Some have.",
        Outcome.NOT_MET: "None has.",
        Outcome.NOT_APPLICABLE: "No Dockerfile copies a whole folder.",
    },
    remedy="Add a .dockerignore with .git, .env, node_modules and what else is not needed; simplest is `*` and then "
    "exceptions.",
    effort=Effort.MINUTES,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    good, bad = [], []
    for file in dockerfiles(snapshot):
        copy = next((each for stage in file.stages for each in stage.all("COPY", "ADD") if _all(each)), None)
        if copy is None:
            continue
        folder = file.path.rpartition("/")[0]
        names = [".dockerignore", f"{folder}/.dockerignore".lstrip("/"), f"{file.path}.dockerignore"]
        found = next(
            (path for path, text in snapshot.texts([n for n in names if n in snapshot.entries]) if _says(text)), None
        )
        (good if found else bad).append(
            Evidence(found or file.path, None if found else copy.line, found or f"{copy.name} {copy.value}")
        )
    return share(
        good,
        bad,
        "Dockerfiles that copy a whole folder",
        "have a .dockerignore",
        "No Dockerfile copies a whole folder.",
    )


def _says(text: str) -> bool:
    return any(line.strip() and not line.strip().startswith("#") for line in text.splitlines())


def _all(copy) -> bool:
    sources = copy.listed[:-1] if copy.listed else copy.value.split()[:-1]
    return "from" not in copy.flags and any(source in (".", "./", "*", "./*") for source in sources)
