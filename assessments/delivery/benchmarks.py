"""Where a number lies among published survey answers: percentile bands of 2025, clusters of earlier years.

`benchmarks` is the content of content/benchmarks/dora.json. Clusters are medians, not cut-offs, and their holes stay
holes; survey answers are people's answers about their main service.
"""

import math
from dataclasses import dataclass

YEAR = 2025
HOUR, DAY, WEEK = 1.0, 24.0, 168.0
MONTH = 365.25 * DAY / 12
#: Lower limit of each time band, in hours, as the files write it.
_TIMES = {
    "<1h": (0, HOUR),
    "<1d": (0, DAY),
    "1d-1wk": (DAY, WEEK),
    "1wk-1mo": (WEEK, MONTH),
    "1-6mo": (MONTH, 6 * MONTH),
}
_TIMES[">6mo"] = (6 * MONTH, math.inf)
#: Rates per working day: daily is once per working day, weekly once in five.
_DAILY, _WEEKLY, _MONTHLY = 1.0, 1 / 5, 7 / 5 * DAY / MONTH
_RATES = {
    "on demand": (_DAILY, math.inf),
    "1/d-1/h": (_DAILY, math.inf),
    "1/wk-1/d": (_WEEKLY, _DAILY),
    "1/mo-1/wk": (_MONTHLY, _WEEKLY),
    "1/6mo-1/mo": (_MONTHLY / 6, _MONTHLY),
    "<1/6mo": (0, _MONTHLY / 6),
}
_WITHIN = {"<1h": "an hour", "<1d": "a day", "1d-1wk": "a week", "1wk-1mo": "a month", "1-6mo": "six months"}
_AT_LEAST = {"1/wk-1/d": "weekly", "1/mo-1/wk": "monthly", "1/6mo-1/mo": "every six months"}
_DISTRIBUTION = {
    "lead_time": "leadtime",
    "deployment_frequency": "deployfreq",
    "recovery_time": "recovery",
    "change_fail_rate": "cfr",
}
_CLUSTER_COLUMNS = {
    "lead_time": ("lt",),
    "deployment_frequency": ("df",),
    "recovery_time": ("fdrt", "ttr"),
    "change_fail_rate": ("cfr",),
}


@dataclass(frozen=True)
class Band:
    """The band of the 2025 answers that a value falls into. `top`: percent of respondents in it or in a better one
    (None where no distribution can be shown); `share`: percent in it alone; `text`: one sentence; `source`."""

    label: str
    text: str
    top: float | None
    share: float | None
    source: str
    year: int = YEAR


@dataclass(frozen=True)
class Cluster:
    """Which clusters of a year's report a value fits: `nearest` with their names, or `between` with its neighbours
    (better first; empty strings at the ends of the ladder are left out). `none` when the year has no clusters."""

    kind: str
    names: tuple[str, ...]
    text: str
    source: str
    year: int


def working_day_rate(per_day: float) -> float:
    """Deployments per working day from deployments per calendar day."""
    return per_day * 7 / 5


def band(metric_key: str, value: float | None, benchmarks: dict) -> Band | None:
    """The 2025 band of a metric in its own unit (hours, per day, share). None for a metric without benchmark (inferred
    ones and merge to production never have one) or without a value."""
    if value is None:
        return None
    answers = benchmarks["dist_2025"]
    if metric_key == "rework_rate":
        mean = benchmarks["quickcheck_2025_industry"]["data"]["all"]["rework"]
        text = f"2025 respondents said {mean['mean'] * 10:.0f} % on average (SD {mean['std'] * 10:.0f})"
        return Band("mean only", text, None, None, benchmarks["quickcheck_2025_industry"]["source"])
    if metric_key not in _DISTRIBUTION:
        return None
    data = answers[_DISTRIBUTION[metric_key]]
    labels, shares = data["bands_best_first"], data["pct_best_first"]
    if metric_key == "deployment_frequency":
        label, text, top, alone = _rate_band(working_day_rate(value), labels, shares)
    elif metric_key == "change_fail_rate":
        label, text, top, alone = _share_band(value, labels, shares)
    else:
        at = next(i for i, name in enumerate(labels) if value < _TIMES[name][1] or i == len(labels) - 1)
        label, alone = labels[at], shares[at]
        verb = "ship" if metric_key == "lead_time" else "recover"
        top = sum(shares[: at + 1])
        slow = f"slowest {alone:.0f} % of 2025 respondents {verb} after more than six months"
        text = f"top {top:.0f} % of 2025 respondents {verb} within {_WITHIN[label]}" if label in _WITHIN else slow
    return Band(label, text, top, alone, answers["source"])


def _rate_band(per_working_day: float, labels: list[str], shares: list[float]):
    if per_working_day >= _DAILY:
        # "On demand" cannot be told from a rate: the two bands at or above daily are one.
        top = shares[0] + shares[1]
        return "daily or more often", f"daily or more often, top {top:.0f} % of 2025 respondents", top, top
    at = next(i for i, name in enumerate(labels) if i > 1 and per_working_day >= _RATES[name][0])
    label, alone, top = labels[at], shares[at], sum(shares[: at + 1])
    if label in _AT_LEAST:
        return label, f"top {top:.0f} % of 2025 respondents deploy at least {_AT_LEAST[label]}", top, alone
    return label, f"rarest {alone:.0f} % of 2025 respondents deploy less than every six months", top, alone


def _share_band(value: float, labels: list[str], shares: list[float]):
    limits = [2, 4, 8, 16, 32, 64]
    percent = round(value * 100, 9)
    at = next((i for i, limit in enumerate(limits) if percent <= limit), len(limits))
    top = sum(shares[: at + 1])
    if at == len(limits):
        return labels[at], f"highest {shares[at]:.0f} % of 2025 respondents, above {limits[-1]} %", top, shares[at]
    return (
        labels[at],
        f"top {top:.0f} % of 2025 respondents have a change fail rate of at most {limits[at]} %",
        top,
        shares[at],
    )


def nearest_cluster(metric_key: str, value: float, year: int | str, benchmarks: dict) -> Cluster:
    """The cluster of that year's report whose median a value shares, or the two it lies between.

    Raises KeyError for a metric or a year without clusters.
    """
    columns = _CLUSTER_COLUMNS[metric_key]
    entry = benchmarks["clusters"][str(year)]
    tiers = {name: next(tier[column] for column in columns if column in tier) for name, tier in entry["tiers"].items()}
    if not tiers:
        return Cluster("none", (), f"there was no report in {year}", entry["source"], int(year))
    if metric_key == "deployment_frequency":
        value = working_day_rate(value)
    spans = {name: _span(metric_key, text) for name, text in tiers.items()}
    if metric_key == "change_fail_rate" and all(low == high for low, high in spans.values()):
        return _closest_point(value * 100, spans, entry["source"], int(year))
    if metric_key == "change_fail_rate":
        # Answers were whole bands up to and including their upper limit.
        inside = [name for name, (low, high) in spans.items() if low <= value * 100 <= high]
        value *= 100
    else:
        inside = [name for name, (low, high) in spans.items() if low <= value < high]
    if inside:
        narrow = min(spans[name][1] - spans[name][0] for name in inside)
        names = tuple(name for name in inside if spans[name][1] - spans[name][0] == narrow)
        return Cluster("nearest", names, f"nearest cluster {year}: {'/'.join(names)}", entry["source"], int(year))
    return _between(value, spans, entry["source"], int(year), metric_key)


def _span(metric_key: str, text: str) -> tuple[float, float]:
    if metric_key == "change_fail_rate":
        low, _, high = text.rstrip("%").partition("-")
        return float(low), float(high or low)
    return (_RATES if metric_key == "deployment_frequency" else _TIMES)[text]


def _closest_point(percent: float, spans: dict, source: str, year: int) -> Cluster:
    away = {name: abs(low - percent) for name, (low, _) in spans.items()}
    least = min(away.values())
    names = tuple(name for name, distance in away.items() if math.isclose(distance, least, abs_tol=1e-9))
    if len(names) > 1:
        return Cluster("between", names, f"between clusters {year}: {'/'.join(names)}", source, year)
    return Cluster("nearest", names, f"nearest cluster {year}: {names[0]}", source, year)


def _between(value: float, spans: dict, source: str, year: int, metric_key: str) -> Cluster:
    below = [name for name, (_, high) in spans.items() if high <= value]
    above = [name for name, (low, _) in spans.items() if low > value]
    under = max((spans[name][1] for name in below), default=None)
    over = min((spans[name][0] for name in above), default=None)
    lower = [name for name in below if spans[name][1] == under]
    upper = [name for name in above if spans[name][0] == over]
    sides = (upper, lower) if metric_key == "deployment_frequency" else (lower, upper)
    sides = ["/".join(side) for side in sides if side]
    text = f"between clusters {year}: {' and '.join(sides)}" if len(sides) == 2 else f"outside the clusters of {year}"
    return Cluster("between", tuple(sides), text, source, year)
