"""Infrastructure code of a repository: Terraform, Ansible, and which kinds there are at all."""

import posixpath
import re
from collections.abc import Iterator

from assessments.evidence.files import has_code
from assessments.evidence.manifests import chart_folders, things
from assessments.evidence.reading import Malformed
from assessments.evidence.reading.hcl import Block, read_hcl
from assessments.evidence.reading.yamls import Map, Seq, load
from assessments.evidence.snapshot import TEXT_LIMIT, Snapshot

#: Characters of Terraform and of Ansible that are read in one repository.
READ_LIMIT = 4 * 1024 * 1024

_PLAYBOOK = re.compile(r"^\s*-?\s*(\"|')?hosts(\"|')?\s*:", re.MULTILINE)
_TASKS = ("**/roles/*/{tasks,handlers}/**/*.{yml,yaml}", "{tasks,handlers}/*.{yml,yaml}", "**/ansible/**/*.{yml,yaml}")


#: What is never a playbook or a template of infrastructure, and often large.
_OTHER = re.compile(
    r"(^|/)crds?/|(^|/)([^/]*lock[^/]*|package|composer|npm-shrinkwrap|tsconfig[^/]*|[^/]*swagger[^/]*|[^/]*openapi[^/]*|"
    r"[^/]*dashboard[^/]*|[a-z]{2}([-_]\w+)?-lang)\.(json|ya?ml)$",
    re.IGNORECASE,
)


def terraform(snapshot: Snapshot) -> dict[str, Block]:
    """Terraform files that the team applies or publishes, by path."""
    return snapshot.once(_terraform)


def _terraform(snapshot: Snapshot) -> dict[str, Block]:
    found: dict[str, Block] = {}
    read = 0
    for path, text in snapshot.texts(snapshot.active("**/*.{tf,tofu}")):
        read += len(text)
        if read > READ_LIMIT:
            snapshot.refuse(path, "there is more Terraform than is read of one repository")
            break
        try:
            found[path] = read_hcl(text)
        except Malformed as error:
            snapshot.refuse(path, str(error))
    return found


def roots(snapshot: Snapshot) -> dict[str, dict[str, Block]]:
    """Folders of Terraform that are applied by themselves: with a provider or backend, and called by no other."""
    folders: dict[str, dict[str, Block]] = {}
    called = set()
    for path, file in terraform(snapshot).items():
        folder = posixpath.dirname(path)
        folders.setdefault(folder, {})[path] = file
        for block in file.blocks:
            source = block.get("source") if block.kind == "module" else None
            if source and source.value and source.value.startswith("."):
                called.add(posixpath.normpath(posixpath.join(folder, source.value)).removeprefix("./"))
    return {
        folder: files for folder, files in folders.items() if (folder or ".") not in called and _applied(files.values())
    }


def _applied(files) -> bool:
    for file in files:
        for block in file.blocks:
            if block.kind == "provider" or (block.kind == "terraform" and block.inside("backend", "cloud")):
                return True
    return False


def ansible_tasks(snapshot: Snapshot) -> tuple[tuple[str, Map], ...]:
    """(path, task) of all tasks of Ansible, those in blocks one by one."""
    return snapshot.once(_ansible_tasks)


def _ansible_tasks(snapshot: Snapshot) -> tuple[tuple[str, Map], ...]:
    found: list[tuple[str, Map]] = []
    read = 0
    known = set(snapshot.active(*_TASKS))
    charts = tuple(f"{folder}/templates/" if folder else "templates/" for folder in chart_folders(snapshot))
    candidates = snapshot.active("**/*.{yml,yaml}")
    for path, text in snapshot.texts(
        path for path in candidates if not path.startswith((".", *charts)) and not _OTHER.search(path)
    ):
        if path not in known and not _PLAYBOOK.search(text):
            continue
        read += len(text)
        if read > READ_LIMIT:
            snapshot.refuse(path, "there is more Ansible than is read of one repository")
            break
        try:
            documents = load(text)
        except Malformed:
            continue  # other YAML may look like a playbook, and templates do
        found += [(path, task) for each in documents for task in _tasks(each)]
    return tuple(found)


def _tasks(document) -> Iterator[Map]:
    waiting = list(document) if isinstance(document, Seq) else []
    while waiting:
        each = waiting.pop(0)
        if not isinstance(each, Map):
            continue
        inner = [each.get(key) for key in ("tasks", "pre_tasks", "post_tasks", "handlers", "block", "rescue", "always")]
        nested = [task for listed in inner if isinstance(listed, Seq) for task in listed]
        if nested:
            waiting = nested + waiting
        elif "hosts" not in each:
            yield each


def kinds(snapshot: Snapshot) -> dict[str, str]:
    """A path of each kind of infrastructure code that the team keeps."""
    return snapshot.once(_kinds)


def _kinds(snapshot: Snapshot) -> dict[str, str]:
    found: dict[str, str] = {}
    globs = {
        "Terraform": ("**/*.tf", "**/*.tofu"),
        "Bicep": ("**/*.bicep",),
        "Pulumi": ("**/Pulumi.{yaml,yml}",),
        "CDK": ("**/cdk.json",),
        "Serverless": ("**/serverless.{yml,yaml}",),
        "Helm": ("**/Chart.yaml",),
        "Nomad": ("**/*.nomad", "**/*.nomad.hcl"),
        "Packer": ("**/*.pkr.hcl",),
    }
    for kind, patterns in globs.items():
        for path in snapshot.active(*patterns)[:1]:
            found[kind] = path
    deployed = [each for each in things(snapshot) if each.kind not in ("Kustomization", "Component", "Config")]
    if deployed:
        found["Kubernetes"] = deployed[0].path
    if tasks := ansible_tasks(snapshot):
        found["Ansible"] = tasks[0][0]
    elif playbooks := _playbooks(snapshot):
        found["Ansible"] = playbooks
    candidates = snapshot.active("**/*.{yaml,yml,json,template}")
    small = [
        path for path in candidates if (snapshot.entries[path].size or 0) <= TEXT_LIMIT
    ]  # the service takes no more
    for path, text in snapshot.texts(path for path in small if not _OTHER.search(path)):
        if "AWSTemplateFormatVersion" in text[:4000] or "AWS::Serverless-2016-10-31" in text[:4000]:
            found["CloudFormation"] = path
            break
    return found


def has_work(snapshot: Snapshot) -> bool:
    """Whether somebody changes and reviews code here, be it a product or infrastructure."""
    return has_code(snapshot) or bool(kinds(snapshot))


def _playbooks(snapshot: Snapshot) -> str:
    for path, text in snapshot.texts(snapshot.active("{playbook*,site,main}.{yml,yaml}", "playbooks/*.{yml,yaml}")):
        if _PLAYBOOK.search(text):
            return path
    return ""
