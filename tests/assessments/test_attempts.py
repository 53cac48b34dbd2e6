"""How attempts to deploy went."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from assessments.attempts import attempts
from assessments.delivery.results import JUDGED, State

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
START, END = (round((FIRST + timedelta(days=days)).timestamp() * 1e6) for days in (0, 100))


def rows(*outcomes: str, hours: float | None = 4.0, kind: str = "import", counts: bool = True, first: int = 0):
    """One attempt a day, each so long."""
    made = []
    for place, status in enumerate(outcomes):
        finished = FIRST + timedelta(days=first + place + 0.5)
        started = None if hours is None else finished - timedelta(hours=hours)
        more = {"status": status, "started_at": started, "finished_at": finished, "kind": kind, "counts": counts}
        made.append(dict.fromkeys(JUDGED) | more)
    return pl.DataFrame(made, schema=JUDGED)


def test_the_share_is_of_attempts_and_the_time_of_those_that_succeeded():
    seven = rows(*["success"] * 7, hours=4)
    three = rows(*["failure"] * 3, hours=9, first=20)
    share, duration = attempts(pl.concat([seven, three]), START, END)
    assert (share.value, share.n, share.unit) == (0.7, 10, "share") and share.low < 0.4 < 0.89 < share.high
    assert (duration.value, duration.n, duration.unit) == (pytest.approx(4), 7, "hours")


def test_what_was_cancelled_or_is_no_production_or_lies_outside_does_not_count():
    whole = pl.concat([
        rows(*["success"] * 6), rows(*["cancelled"] * 5, first=10), rows(*["failure"] * 5, counts=False, first=20),
        rows(*["failure"] * 5, first=100),
    ])  # fmt: skip
    share, _ = attempts(whole, START, END)
    assert (share.value, share.n) == (1.0, 6) and share.low == pytest.approx(0.61, abs=0.01)


@pytest.mark.parametrize(
    ("found", "states"),
    [
        (rows(), (State.NONE_HAPPENED, State.NONE_HAPPENED)),
        (rows("success", "failure"), (State.TOO_FEW, State.TOO_FEW)),
        (rows(*["failure"] * 6), (State.VALUE, State.NONE_HAPPENED)),
        (rows(*["success"] * 9, hours=None), (State.VALUE, State.NOT_COLLECTED)),
        (rows(*["success"] * 9, kind="tag"), (State.NOT_COLLECTED, State.NOT_COLLECTED)),
        (rows(*["success"] * 9, kind="merge"), (State.NOT_COLLECTED, State.NOT_COLLECTED)),
    ],
    ids=["nothing", "few", "only failures", "no start", "tags", "merges"],
)
def test_what_is_not_known_is_never_a_number(found, states):
    figures = attempts(found, START, END)
    assert tuple(one.state for one in figures) == states
    assert all((one.value is None) == (one.state != State.VALUE) for one in figures)
