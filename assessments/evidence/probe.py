"""The definition of a probe, shown beside its findings, and the list of all there are."""

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module

from assessments.evidence.finding import Effort, Finding, Outcome
from assessments.evidence.snapshot import Snapshot


@dataclass(frozen=True)
class Probe:
    """key: stable name, stored with findings. capabilities: keys of content/practices.yml that it feeds. why: what it
    is good for. how: what is looked at. outcomes: what each outcome that it can give means. remedy: what to do, one or
    two sentences. asks: "files", or "facts" of the forge, or "history"; the latter two may be there or not. every: met
    means that all of something fit, so that a file that cannot be read leaves it open. version: raised when the same
    tree may now be judged otherwise. part: of the facts, without which it cannot tell or tells less."""

    key: str
    title: str
    family: str
    capabilities: tuple[str, ...]
    why: str
    how: str
    outcomes: Mapping[Outcome, str]
    remedy: str
    effort: Effort
    asks: str = "files"
    every: bool = False
    version: int = 1
    part: str = ""


@dataclass(frozen=True)
class Registered:
    """A probe with its function."""

    probe: Probe
    judge: Callable[[Snapshot], Finding]


@lru_cache
def registry() -> dict[str, Registered]:
    """All probes by key, in the order of families and keys: every module of `assessments.evidence.probes`, which has
    a PROBE and a `judge`. Raises ValueError when a key stands twice."""
    package = import_module("assessments.evidence.probes")
    found: dict[str, Registered] = {}
    for info in pkgutil.iter_modules(package.__path__):
        module = import_module(f"{package.__name__}.{info.name}")
        if module.PROBE.key in found:
            raise ValueError(f"The probe key {module.PROBE.key} stands twice.")
        found[module.PROBE.key] = Registered(module.PROBE, module.judge)
    return dict(sorted(found.items(), key=lambda item: (item[1].probe.family, item[0])))
