"""Metrics as people read them, the same words in the terminal and on every page."""

import math

from assessments.delivery.measures import MINIMUM_DEPLOYMENTS, MINIMUM_VALUES
from assessments.delivery.results import Metric, State

_MONTH_DAYS = 365.25 / 12

#: What was looked for and not found, by metric.
_NONE = {
    "lead_time": "none happened - no change was shipped",
    "merge_to_production": "none happened - no change was shipped",
    "deployment_frequency": "none happened - no production deployment",
    "recovery_time": "none happened - no failure began with a deployment",
    "recovery_time_inferred": "none happened - no revert, rollback or hotfix",
}


def _plain(value: float, digits: int = 2) -> str:
    """Rounded to that many significant digits, whole numbers kept whole, without an exponent."""
    if value == 0:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:.{decimals}f}"


def duration(hours: float | None) -> str:
    """A time in the largest unit that keeps it readable: "50 s", "45 min", "3.2 h", "3.2 days", "2.1 years"."""
    if hours is None or math.isnan(hours):
        return "not known"
    # Limits lie a little below the unit, so that nothing reads "60 min" or "48.0 h".
    if hours * 3600 < 0.5:
        return "0 s"
    if hours * 3600 < 59.5:
        return f"{hours * 3600:.0f} s"
    if hours * 60 < 59.5:
        return f"{hours * 60:.0f} min"
    if hours < 47.95:
        return f"{hours:.1f} h"
    days = hours / 24
    if days < 9.95:
        return f"{days:.1f} days"
    return f"{days:.0f} days" if days < 730 else f"{days / 365.25:.1f} years"


def rate(per_day: float, like: float | None = None) -> str:
    """ "0.97 per day"; what happens less than once in ten days reads per month, less than once a month per year.

    like: another rate per day whose unit is taken, so that the ends of an interval read in that of their value.
    """
    scale = per_day if like is None else like
    if scale >= 0.1 or scale == 0:
        return f"{_plain(per_day)} per day"
    if scale * _MONTH_DAYS >= 1:
        return f"{_plain(per_day * _MONTH_DAYS)} per month"
    return f"{_plain(per_day * 365.25)} per year"


def share(value: float) -> str:
    """ "12 %"; one decimal below ten, so that 0.4 % does not read as none."""
    percent = value * 100
    if percent == 0 or percent >= 9.95:
        return f"{percent:.0f} %"
    return f"{percent:.1f} %" if percent >= 0.05 else "below 0.1 %"


def weekly(value: float) -> str:
    """ "3.1 a week"."""
    return f"{_plain(value)} a week"


def number(value: float | None, unit: str) -> str:
    """A value in the unit of its metric (hours, per day, a week, share)."""
    if value is None:
        return "not known"
    return {"hours": duration, "per day": rate, "a week": weekly, "share": share}[unit](value)


def between(low: float | None, high: float | None, unit: str) -> str:
    """An interval in words, as "3.0 to 3.7 h"; empty where there is none."""
    return _range(low, high, unit)


def headline(metric: Metric) -> str:
    """The metric in a few words: its value, or why there is none."""
    match metric.state:
        case State.VALUE:
            return number(metric.value, metric.unit)
        case State.TOO_FEW:
            return _too_few(metric)
        case State.NONE_HAPPENED:
            return _NONE.get(metric.key, "none happened - no deployment reached users")
        case State.NOT_COLLECTED:
            return "not known - no incidents have been collected"
        case State.NO_DATA if metric.key == "lead_time" and metric.interval_note:
            return "not known - the first commit is hidden by squash or rebase"
        case _:
            return "not known - no data for this time"


def _too_few(metric: Metric) -> str:
    if metric.unit == "share":
        return f"too few to judge ({metric.of} of {MINIMUM_DEPLOYMENTS} deployments)"
    if metric.n >= MINIMUM_VALUES and metric.extra.get("at_least") is not None:
        return f"at least {duration(metric.extra['at_least'])} - half or more are still open"
    return f"too few to judge ({metric.n} of {MINIMUM_VALUES})"


def interval(metric: Metric) -> str:
    """The 95 % interval in words, or why there is none; empty when there is no value to put one around."""
    if metric.state != State.VALUE:
        return ""
    words = _range(metric.low, metric.high, metric.unit, metric.value)
    return f"95 % interval {words}" if words else f"no interval: {metric.interval_note or 'the values do not bound it'}"


def _range(low: float | None, high: float | None, unit: str, around: float | None = None) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f"from {number(low, unit)}, no upper limit"
    if low is None:
        return f"up to {number(high, unit)}, no lower limit"
    first, last = ((rate(each, around) if unit == "per day" else number(each, unit)) for each in (low, high))
    # "3.0 to 3.7 per day": a unit that both share is said once.
    number_first, _, unit_first = first.partition(" ")
    return f"{number_first} to {last}" if unit_first == last.partition(" ")[2] else f"{first} to {last}"


def p90(metric: Metric) -> str:
    """The 90th percentile of a lead time with its interval where it has one; empty when there is none."""
    if metric.p90 is None:
        return ""
    words = _range(metric.p90_low, metric.p90_high, metric.unit)
    return f"90 % within {number(metric.p90, metric.unit)}" + (f" (95 % interval {words})" if words else "")


def counted(metric: Metric) -> str:
    """What the number rests on: "n = 24", "3 of 25 deployments", with open failures said. Empty when not collected."""
    if metric.state == State.NOT_COLLECTED:
        return ""
    words = f"n = {metric.n}" if metric.of is None else f"{metric.n} of {metric.of} deployments"
    return f"{words}, {len(metric.censored)} still open" if metric.censored else words


def values(metric: Metric) -> str:
    """The values themselves where they are too few to judge: "2.0 h, 3.5 h; still open for 4.1 days"."""
    words = ", ".join(number(value, metric.unit) for value in metric.values)
    still = ", ".join(number(value, metric.unit) for value in metric.censored)
    return "; ".join(part for part in (words, f"still open for {still}" if still else "") if part)
