"""Counts and durations over all deployments.

Each deployment is a process of its own that ends in minutes, and nobody could ask it. So what it counts is added to a
file, and written as text that a node exporter takes up (its textfile collector).
"""

import json
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orchestrator.core import Event

#: Seconds; the upper ends of the classes of durations.
BUCKETS = (1, 5, 15, 60, 300, 900)


class Tally:
    """Listens, and adds to what the deployments before counted. One process at a time: inside the lock."""

    def __init__(self, folder: Path, target: str):
        self._path, self._text = folder / f"{target}.tally.json", folder / f"{target}.prom"
        self._results: dict[str, int] = {}
        self._steps: dict[str, dict[str, dict[str, Any]]] = {}
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            self._results, self._steps = kept["results"], kept["steps"]
        except (OSError, ValueError, KeyError, TypeError):
            pass  # the first time, or damaged: counters begin at 0 again, which Prometheus allows for

    def __call__(self, event: Event) -> None:
        step = self._steps.setdefault(event.what, {}).setdefault(
            event.step, {"failures": 0, "seconds": 0.0, "counts": [0] * (len(BUCKETS) + 1)}
        )
        step["failures"] += bool(event.error)
        step["seconds"] += event.seconds
        step["counts"][bisect_left(BUCKETS, event.seconds)] += 1

    def ended(self, result: str) -> None:
        """result: deployed, failed, refused, left or cancelled. Keeps what was counted, and writes it for others."""
        self._results[result] = self._results.get(result, 0) + 1
        beside = self._path.with_suffix(".new")
        beside.write_text(json.dumps({"results": self._results, "steps": self._steps}), encoding="utf-8")
        beside.replace(self._path)
        self._text.write_text("\n".join(self.lines()) + "\n", encoding="utf-8")

    def lines(self) -> Iterator[str]:
        for result, count in sorted(self._results.items()):
            yield f'orchestrator_deployments_total{{result="{result}"}} {count}'
        for what, steps in sorted(self._steps.items()):
            for name, step in sorted(steps.items()):
                yield f'orchestrator_step_seconds_sum{{what="{what}",step="{name}"}} {step["seconds"]}'
