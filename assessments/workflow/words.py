"""How amounts of a map are written for people, in drawings and beside them."""

from assessments.workflow.amounts import Amount, Total
from assessments.workflow.totals import Totals

UNKNOWN = "not known"
NAMED = 3  # unknown steps at most, by name
PATHS = {"happy": "From request to production", "recovery": "Back from failure"}


def minutes(value: float) -> str:
    """A time of that many minutes: 45 s, 3 min 30 s, 12 min, 3 h 30 min, 2 d 4 h. A day has 24 hours."""
    seconds = round(value * 60)
    if seconds >= 600:
        seconds = round(value) * 60
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    parts = [
        (days, "d"),
        (hours, "h"),
        (rest // 60 if not days else 0, "min"),
        (rest % 60 if seconds < 600 else 0, "s"),
    ]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"


def time(amount: Amount | None) -> str:
    """An amount of minutes with its range, if it has one."""
    if amount is None:
        return UNKNOWN
    alone = minutes(amount.value)
    return alone if amount.low == amount.high else f"{alone} ({minutes(amount.low)} to {minutes(amount.high)})"


def percent(amount: Amount | None) -> str:
    """A share with its range, if it has one. Near 100 % with a decimal: 99.8 % is not all."""
    if amount is None:
        return UNKNOWN
    alone = _percent(amount.value)
    return alone if amount.low == amount.high else f"{alone} ({_percent(amount.low)} to {_percent(amount.high)})"


def _percent(share: float) -> str:
    if 0.99 < share < 1:
        return f"{min(share, 0.9999):.2%}".rstrip("%").rstrip("0").rstrip(".") + " %"
    return f"{share:.0%}".replace("%", " %")


def total(of: Total, write=time) -> str:
    """A total, or that it is not known, with the part that is."""
    if of.known or of.partial is None:
        return write(of.known)
    named = (
        of.unknown if len(of.unknown) <= NAMED else (*of.unknown[: NAMED - 1], f"{len(of.unknown) - NAMED + 1} more")
    )
    without = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    return f"{UNKNOWN}; {write(of.partial)} without {without}"


def summary(of: Totals) -> list[tuple[str, str]]:
    """The totals of a path: name and value of each."""
    rows = [
        ("Lead time", total(of.lead)),
        ("Work", total(of.process)),
        ("Activity ratio", percent(of.activity)),
        ("Complete and accurate", total(of.complete_accurate, percent)),
    ]
    if of.constraint:
        share = f"{of.constraint.step.name}, {of.constraint.share:.0%} of the waiting".replace("%", " %")
        rows.append(("Constraint" if of.constraint.sure else "Constraint so far", share))
    return rows
