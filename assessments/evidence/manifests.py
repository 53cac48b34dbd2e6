"""Kubernetes objects of a repository, and what its Helm charts and overlays leave open."""

import posixpath
import re

from assessments.evidence.finding import Evidence, Finding, not_applicable, unknown
from assessments.evidence.reading import Malformed
from assessments.evidence.reading.kubernetes import SERVING, TEMPLATE, Thing, read_manifests, resembles
from assessments.evidence.snapshot import Snapshot, sample

#: Characters of manifests that are read in one repository; what is beyond is named as unread.
READ_LIMIT = 6 * 1024 * 1024


#: Folders of what nobody runs for users: pipelines, documents, definitions of kinds, tools for developing.
_ASIDE = re.compile(
    r"^(\.github|\.circleci|config/crd|website|site)/|"
    r"(^|/)(crds|docs?|hack|dev|local|scripts|contrib|minikube|kind|k3d)/",
    re.IGNORECASE,
)


def things(snapshot: Snapshot) -> tuple[Thing, ...]:
    """The objects in plain manifests that the team runs."""
    return snapshot.once(_things)


def _things(snapshot: Snapshot) -> tuple[Thing, ...]:
    found: list[Thing] = []
    read = 0
    for path, text in snapshot.texts(_candidates(snapshot)):
        if not resembles(text):
            continue
        read += len(text)
        if read > READ_LIMIT:
            snapshot.refuse(path, "there are more manifests than are read of one repository")
            break
        try:
            found += read_manifests(path, text)
        except Malformed as error:
            if not TEMPLATE.search(text):  # else it becomes YAML only when somebody fills it in
                snapshot.refuse(path, str(error))
    return tuple(found)


def _candidates(snapshot: Snapshot) -> list[str]:
    charts = tuple(f"{folder}/templates/" if folder else "templates/" for folder in chart_folders(snapshot))
    paths = snapshot.active("**/*.{yaml,yml}")
    return [path for path in paths if not path.startswith(charts) and not _ASIDE.search(path)]


def chart_folders(snapshot: Snapshot) -> tuple[str, ...]:
    """Folders of Helm charts."""
    return tuple(posixpath.dirname(path) for path in snapshot.find("**/Chart.yaml"))


def templates(snapshot: Snapshot) -> tuple[str, ...]:
    """Templates of Helm charts, which only Helm can turn into objects."""
    found = []
    for folder in chart_folders(snapshot):
        if sample(f"{folder}/"):
            continue
        inside = f"{folder}/templates/" if folder else "templates/"
        found += [path for path in snapshot.own if path.startswith(inside) and path.endswith((".yaml", ".yml", ".tpl"))]
    return tuple(dict.fromkeys(found))


def services(snapshot: Snapshot) -> dict[tuple[str, str], list[Thing]]:
    """Objects that keep a service running, by kind and name: what overlays add to one is judged with it. The first of
    each names its images."""
    return snapshot.once(_services)


def _services(snapshot: Snapshot) -> dict[tuple[str, str], list[Thing]]:
    found: dict[tuple[str, str], list[Thing]] = {}
    for each in serving(snapshot):
        found.setdefault((each.kind, each.name), []).append(each)
    for group in found.values():
        group.sort(key=lambda each: not any(container.image for container in each.containers()))
    return {key: group for key, group in found.items() if any(one.image for one in group[0].containers())}


def serving(snapshot: Snapshot) -> tuple[Thing, ...]:
    """Objects that keep a service running and say which containers do."""
    return snapshot.once(_serving)


def _serving(snapshot: Snapshot) -> tuple[Thing, ...]:
    return tuple(each for each in things(snapshot) if each.kind in SERVING and any(True for _ in each.containers()))


def nothing_to_judge(snapshot: Snapshot) -> Finding | None:
    """Why a probe on services in Kubernetes has nothing to look at; None where there are some."""
    if services(snapshot):
        return None
    if made := templates(snapshot):
        return unknown(
            "The manifests are Helm templates, which are not rendered here.", [Evidence(made[0], None, "template")]
        )
    return not_applicable("There are no Kubernetes manifests of services.")


def title(thing: Thing) -> str:
    return f"{thing.kind} {thing.name}".strip()
