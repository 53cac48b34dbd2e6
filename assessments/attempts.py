"""How attempts to deploy to production went in a window: what share of them succeeded, and how long one takes.

Attempts are taken as independent of each other, although one that failed is often tried again: the intervals are then a
little too narrow, and nothing is judged by them alone.
"""

import numpy as np
import polars as pl

from assessments.delivery.facts import INSTANT
from assessments.delivery.measures import MINIMUM_DEPLOYMENTS, MINIMUM_VALUES
from assessments.delivery.results import State
from assessments.goals import Figure
from assessments.statistics import order_statistic_by, quantile_by, wilson

SUCCESS, FAILURE = "success", "failure"
ONLY_SUCCESS = ("merge", "tag")  # kinds of deployments that are not heard of when they fail, and have no duration
_HOUR = 3_600_000_000  # microseconds


def attempts(deployments: pl.DataFrame, start: int, end: int) -> tuple[Figure, Figure]:
    """The share of attempts that succeeded (`n`: attempts), and the median time of those that did, from start to finish
    in hours (`n`: those whose start is known). Of frame JUDGED, those that finished in [start, end), microseconds;
    cancelled ones are in neither."""
    ends = [pl.lit(each).cast(INSTANT) for each in (start, end)]
    inside = deployments.filter("counts", pl.col("finished_at").is_between(*ends, closed="left"))
    tried = inside.filter(pl.col("status").is_in([SUCCESS, FAILURE]))
    told = tried.filter(~pl.col("kind").is_in(ONLY_SUCCESS))
    if tried.height and not told.height:
        return tuple(_none(State.NOT_COLLECTED, start, end, unit) for unit in ("share", "hours"))
    done = told.filter(status=SUCCESS)
    return _share(done.height, told.height, start, end), _duration(done, start, end)


def _share(done: int, of: int, start: int, end: int) -> Figure:
    if of < MINIMUM_DEPLOYMENTS:
        return _none(State.TOO_FEW if of else State.NONE_HAPPENED, start, end, "share", of)
    low, high = (float(each) for each in wilson(done, of))
    return Figure(State.VALUE, done / of, low, high, of, start, end, "share")


def _duration(done: pl.DataFrame, start: int, end: int) -> Figure:
    known = done.filter(pl.col("started_at").is_not_null(), pl.col("started_at") <= pl.col("finished_at"))
    if known.is_empty():
        return _none(State.NOT_COLLECTED if done.height else State.NONE_HAPPENED, start, end, "hours")
    if known.height < MINIMUM_VALUES:
        return _none(State.TOO_FEW, start, end, "hours", known.height)
    hours = (known["finished_at"] - known["started_at"]).to_physical().to_numpy() / _HOUR
    one = np.zeros(len(hours), int)
    (low,), (high,) = order_statistic_by(one, hours, 1)
    middle = float(quantile_by(one, hours, 1)[0])
    return Figure(State.VALUE, middle, float(low), float(high), len(hours), start, end, "hours")


def _none(state: State, start: int, end: int, unit: str, n: int = 0) -> Figure:
    return Figure(state, None, None, None, n, start, end, unit)
