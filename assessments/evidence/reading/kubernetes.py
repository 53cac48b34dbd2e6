"""Kubernetes manifests: objects of a file with their pods and containers. Helm templates are told apart."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assessments.evidence.reading.yamls import Map, Seq, load

#: Text that only a template has.
TEMPLATE = re.compile(r"\{\{[-~]?\s*[\w.$(\"`/]|\{%")
_LIKE_ONE = re.compile(r"^(apiVersion|\"apiVersion\"|- apiVersion):\s*\S", re.MULTILINE)
_KIND = re.compile(r"^\s*(-\s+)?kind:\s*\S", re.MULTILINE)

#: Where the pod stands in objects that have one.
_PODS = {
    "Pod": ("spec",),
    "Deployment": ("spec", "template", "spec"),
    "StatefulSet": ("spec", "template", "spec"),
    "DaemonSet": ("spec", "template", "spec"),
    "ReplicaSet": ("spec", "template", "spec"),
    "Rollout": ("spec", "template", "spec"),
    "Job": ("spec", "template", "spec"),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
}
#: Objects that keep a service running, and not a task that ends.
SERVING = frozenset({"Deployment", "StatefulSet", "DaemonSet", "Rollout"})


@dataclass(frozen=True)
class Container:
    name: str
    image: str
    line: int
    plain: Map
    first: bool  # an init container


@dataclass(frozen=True)
class Thing:
    """One object. kind and api as written; name "" when it has none."""

    path: str
    kind: str
    api: str
    name: str
    line: int
    plain: Map

    def get(self, *keys: str) -> Any:
        """What stands below these keys; None where there is nothing."""
        value: Any = self.plain
        for key in keys:
            value = value.get(key) if isinstance(value, Map) else None
        return value

    @property
    def group(self) -> str:
        return self.api.partition("/")[0] if "/" in self.api else ""

    @property
    def pod(self) -> Map | None:
        value = self.get(*_PODS[self.kind]) if self.kind in _PODS else None
        return value if isinstance(value, Map) else None

    @property
    def labels(self) -> dict[str, str]:
        """Labels of its pods."""
        path = _PODS.get(self.kind, ())[:-1]
        value = self.get(*path, "metadata", "labels")
        return {key: str(each) for key, each in value.items()} if isinstance(value, Map) else {}

    def containers(self) -> Iterator[Container]:
        for key in ("containers", "initContainers"):
            listed = self.pod.get(key) if self.pod else None
            for number, each in enumerate(listed if isinstance(listed, Seq) else ()):
                if isinstance(each, Map):
                    name, image = each.get("name"), each.get("image")
                    line = listed.lines[number]
                    yield Container(str(name or ""), str(image or ""), line, each, key == "initContainers")


def resembles(text: str) -> bool:
    """Whether a text may hold manifests, told without reading it as YAML."""
    return bool(_LIKE_ONE.search(text)) and bool(_KIND.search(text))


def read_manifests(path: str, text: str) -> list[Thing]:
    """The objects of a file, those of a List one by one. Raises Malformed."""
    found: list[Thing] = []
    waiting = [each for each in load(text) if isinstance(each, Map)]
    while waiting:
        each = waiting.pop(0)
        kind, api = each.get("kind"), each.get("apiVersion")
        if not isinstance(kind, str) or not isinstance(api, str):
            continue
        if kind.endswith("List") and isinstance(each.get("items"), Seq):
            waiting += [item for item in each["items"] if isinstance(item, Map)]
            continue
        metadata = each.get("metadata")
        name = metadata.get("name") if isinstance(metadata, Map) else None
        found.append(Thing(path, kind, api, str(name or ""), each.line, each))
    return found
