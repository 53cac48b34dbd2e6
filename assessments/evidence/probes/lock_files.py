"""Are the same versions installed tomorrow?"""

import re

from assessments.evidence.dependencies import Ecosystem, lock_of, used
from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="lock-files",
    title="Lock files fix the version of every dependency",
    family="supply-chain",
    capabilities=("supply-chain-security", "version-control"),
    why="Without a lock file, what was tested is not what is shipped.",
    how="A lock file beside each manifest or further up in its workspace, for npm, Python, Go, Rust, Ruby, PHP, "
    "Elixir and Dart. Requirements of Python that pin everything with `==` count. Libraries of Python and Rust need "
    "none.",
    outcomes={
        Outcome.MET: "Every manifest with dependencies has one.",
        Outcome.PARTLY: "Some have.",
        Outcome.NOT_MET: "None has.",
        Outcome.NOT_APPLICABLE: "No manifest needs a lock file.",
    },
    remedy="Commit the lock file that your package manager writes, and install from it in the pipeline (`npm ci`, "
    "`uv sync --locked`).",
    effort=Effort.MINUTES,
    every=True,
    version=2,
)
#: Projects that others begin from, whose lock files would be old on the first day.
_TEMPLATE = re.compile(r'"description"\s*:\s*"[^"\n]*\b(skeleton|boilerplate|starter)\b', re.IGNORECASE)


def judge(snapshot: Snapshot) -> Finding:
    good, bad = [], []
    root = "".join(text for _, text in snapshot.texts(snapshot.find("composer.json", "package.json")))
    for ecosystem, manifests in used(snapshot).items():
        if not ecosystem.locked:
            continue
        for path, text in snapshot.texts(manifests[:200]):
            if not _needs(ecosystem, path, text) or (
                ecosystem.name in ("npm", "PHP") and _TEMPLATE.search(text + root)
            ):
                continue
            lock = lock_of(snapshot, ecosystem, path)
            if lock is None and ecosystem.name == "Python":
                lock = _pinned(snapshot, path, text)
            place = Evidence(lock or path, None, f"of {path}" if lock else f"{ecosystem.name} without a lock file")
            if lock or not _library(ecosystem, text):
                (good if lock else bad).append(place)
    return share(good, bad, "manifests", "have a lock file", "No manifest needs a lock file.")


def _needs(ecosystem: Ecosystem, path: str, text: str) -> bool:
    if ecosystem.name == "npm":
        return bool(re.search(r'"(dev)?[dD]ependencies"\s*:\s*\{\s*"', text))
    if ecosystem.name == "Go":
        return bool(re.search(r"^\s*(require\s|[a-z0-9.-]+\.[a-z]+/\S+ v)", text, re.MULTILINE))
    if ecosystem.name == "Python":
        name = path.rsplit("/", 1)[-1]
        if name == "pyproject.toml":
            return bool(
                re.search(r"^(dependencies\s*=\s*\[\s*[\"'\n]|\[tool\.poetry\.dependencies\])", text, re.MULTILINE)
            )
        return name == "Pipfile" or (name.endswith(".txt") and bool(re.search(r"^[A-Za-z]", text, re.MULTILINE)))
    if ecosystem.name == "Rust":
        return bool(re.search(r"^\[(workspace\.)?dependencies", text, re.MULTILINE))
    return True


def _library(ecosystem: Ecosystem, text: str) -> bool:
    """Whether it is a package that others install, which is tested with the range of versions it allows."""
    if ecosystem.name == "npm":
        return not re.search(r'"private"\s*:\s*true', text) and bool(
            re.search(r'^\s*"version"\s*:', text, re.MULTILINE)
            and re.search(r'^\s*"(module|exports|files|types|publishConfig|peerDependencies)"\s*:', text, re.MULTILINE)
        )
    if ecosystem.name == "PHP":
        return bool(re.search(r'"type"\s*:\s*"(library|\w+-plugin|\w+-bundle)"', text))
    if ecosystem.name == "Rust":
        return "[lib]" in text or "[[bin]]" not in text
    return ecosystem.name == "Python" and bool(re.search(r"^\[(build-system|project)\]", text, re.MULTILINE))


def _pinned(snapshot: Snapshot, path: str, text: str) -> str | None:
    """The requirements in which every line has one version: these, or others beside the manifest."""
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    wanted = [line for line in lines if re.match(r"[A-Za-z0-9]", line)]
    if path.endswith((".txt", ".in")) and wanted and all("==" in line or " @ " in line for line in wanted):
        return path
    return None
