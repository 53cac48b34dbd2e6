"""The measured series that a proof of concept may be held against, and what each is made of.

Those of delivery are the ones that goals are judged by; those of pipelines come from runs and deployments as the forge
tells them. Content names no others: `content/schemas/` lists the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assessments.poc.judging import DAY
from assessments.poc.known import Series
from assessments.statistics import Grouped, wilson

#: Days after the start that are looked at, the newest; and as many before the start.
WINDOW = 28
SHARE = "share"


@dataclass(frozen=True)
class Measured:
    """unit: as shown, of the value. p: the quantile that it is; None for a share. better: low or high."""

    key: str
    name: str
    unit: str
    better: str
    p: float | None
    about: str


#: Of pipelines.
PIPELINES: Mapping[str, Measured] = {
    each.key: each
    for each in (
        Measured(
            "run_duration_p50", "Duration of a run", "seconds", "low", 0.5,
            "Half of the runs on the default branch that succeeded took no longer, from start to end.",
        ),
        Measured(
            "pr_check_duration_p90", "Wait for checks", "minutes", "low", 0.9,
            "Nine of ten commits of pull requests had all their checks by then, from the first that was queued to the "
            "last that ended.",
        ),
        Measured(
            "first_fix_p50", "Time to the first fix", "hours", "low", 0.5,
            "Half of the times that a workflow failed on the default branch, it ran well again by then. One that is "
            "still broken counts as long as it has lasted.",
        ),
        Measured(
            "deploy_workflow_p50", "Duration of a deployment", "minutes", "low", 0.5,
            "Half of the deployments to production that succeeded took no longer, from start to end.",
        ),
        Measured(
            "deploy_success_rate", "Deployments that succeed", SHARE, "high", None,
            "Deployments to production that succeeded, of those that ended.",
        ),
    )
}  # fmt: skip
#: Of delivery, see `data.improving.measuring`.
DELIVERY = (
    "lead_time", "coding", "waiting_for_review", "review", "waiting_to_merge", "waiting_to_deploy", "deploying",
    "merge_to_production", "deployment_frequency", "recovery_time", "change_fail_rate", "rework_rate",
)  # fmt: skip
NAMES = (*DELIVERY, *PIPELINES)


def window(begun: int, now: int, days: int = WINDOW) -> tuple[int, int]:
    """(from, until) of what is looked at: since the start, the last `days` of it. A value from before would tell of the
    old way."""
    return max(begun, now - days * DAY), now


def series(what: Measured, after: Sequence[float], before: Sequence[float], days: float) -> Series:
    """after: observations since the start, before: those before it; for a share 1 where it was so and 0 where not.
    days: covered since the start."""
    value, low, high = _told(what, after)
    return Series(value, len(after), int(days), low, high, _told(what, before)[0], len(before), what.unit)


def _told(what: Measured, seen: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    if not len(seen):
        return None, None, None
    if what.p is None:
        low, high = wilson(sum(seen), len(seen))
        return float(np.mean(seen)), float(low), float(high)
    grouped = Grouped(np.zeros(len(seen)), seen, 1)
    low, high = grouped.order_statistic(what.p)
    return float(grouped.quantile(what.p)[0]), _known(low[0]), _known(high[0])


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
