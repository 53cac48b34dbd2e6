"""Whether the items of a construct measure one thing, over the whole organisation; never for a team.

Every team's own mean is taken out first: that teams differ says nothing about the items.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessments import statistics

LEAST = 30  # people
SPEARMAN_BROWN, OMEGA = "Spearman-Brown", "omega"


@dataclass(frozen=True)
class Reliability:
    """`value` with its interval (omega has none); None where it cannot be said, with the `reason`. `n`: people who
    answered all items. From .70 it is usually called acceptable, which is a line for reading, not a limit."""

    kind: str
    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str = ""


def reliability(items: Sequence[str], answers: Sequence[tuple[str, Mapping[str, float]]]) -> Reliability:
    """Of the sum of two items by Spearman-Brown, of three and more by omega. `answers`: team and values of each person.

    People of a team in which nobody else answered all items tell nothing and are left out. Raises ValueError for a
    single item.
    """
    if len(items) < 2:
        raise ValueError("one item has no reliability of this kind")
    kind = SPEARMAN_BROWN if len(items) == 2 else OMEGA
    # In order, so that no digit tells in which order people answered.
    rows = sorted(
        (team, [values[item] for item in items]) for team, values in answers if all(item in values for item in items)
    )
    teams = [team for team, _ in rows]
    rows = [(team, values) for team, values in rows if teams.count(team) > 1]
    if len(rows) < LEAST:
        return Reliability(kind, len(rows), reason=f"too few: {len(rows)} of the {LEAST} people needed")
    covariance, degrees = statistics.within_covariance([values for _, values in rows], [team for team, _ in rows])
    if kind == SPEARMAN_BROWN:
        found = statistics.spearman_brown(covariance, degrees)
    else:
        found = (statistics.omega(covariance), None, None)
    if found[0] != found[0]:
        return Reliability(kind, len(rows), reason="an item does not vary, or the items do not share one thing")
    return Reliability(kind, len(rows), *found)
