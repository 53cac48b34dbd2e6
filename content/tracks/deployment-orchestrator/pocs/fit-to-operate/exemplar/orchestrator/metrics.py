"""Counts and durations over all deployments.

Each deployment is a process of its own that ends in minutes, and nobody could ask it. So what it counts is added to a
file, and written as text that a node exporter takes up (its textfile collector).
"""

import json
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, write_to_textfile
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

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
        registry = CollectorRegistry()
        registry.register(self)
        write_to_textfile(str(self._text), registry)

    def collect(self) -> Iterator[Metric]:
        results = CounterMetricFamily("orchestrator_deployments", "Deployments that ended.", labels=["result"])
        for result, count in sorted(self._results.items()):
            results.add_metric([result], count)
        failures = CounterMetricFamily("orchestrator_step_failures", "Steps that failed.", labels=["what", "step"])
        seconds = HistogramMetricFamily("orchestrator_step_seconds", "How long steps took.", labels=["what", "step"])
        for what, steps in sorted(self._steps.items()):
            for name, step in sorted(steps.items()):
                failures.add_metric([what, name], step["failures"])
                seconds.add_metric([what, name], _cumulated(step["counts"]), step["seconds"])
        yield from (results, failures, seconds)


def _cumulated(counts: list[int]) -> list[tuple[str, float]]:
    """A class counts all that took no longer than its end."""
    ends = [*(f"{end:.1f}" for end in BUCKETS), "+Inf"]
    return [(end, sum(counts[: place + 1])) for place, end in enumerate(ends)]
