"""Where a proof of concept stands after several checks."""

import pytest

from assessments.poc import Held, Verdict, standing
from assessments.poc.judging import DAY

NOW = 1_000 * DAY


def told(*judged: tuple[str, int]) -> str:
    """judged: (verdict, days ago), the newest first."""
    return str(standing([(Verdict(verdict), NOW - days * DAY) for verdict, days in reversed(judged)], NOW).held)


@pytest.mark.parametrize(
    ("judged", "held"),
    [
        ([], "never"),
        ([("failed", 3)], "not yet"),
        ([("open", 1), ("failed", 3)], "not yet"),
        ([("practised", 3)], "holds"),
        ([("validated", 1), ("failed", 3)], "holds"),
        ([("accepted", 89)], "holds"),
        ([("accepted", 90)], "stale"),
        ([("failed", 1), ("accepted", 40)], "regressed"),
        ([("open", 0), ("failed", 1), ("accepted", 40)], "regressed"),
        ([("practised", 1), ("failed", 2), ("accepted", 3)], "holds"),
        ([("open", 1), ("accepted", 40)], "holds"),
        ([("open", 1), ("accepted", 100)], "stale"),
    ],
)
def test_what_held_once(judged, held):
    assert told(*judged) == held


def test_what_was_judged_last_counts_whatever_the_clock_said():
    assert told(("failed", 1), ("accepted", -400)) == "regressed"
    assert told(("failed", 1), ("accepted", 1)) == "regressed"
    assert told(("accepted", 1), ("failed", -400)) == "holds"


def test_a_verdict_left_open_does_not_make_evidence_younger():
    found = standing([(Verdict.ACCEPTED, NOW - 40 * DAY), (Verdict.OPEN, NOW)], NOW)
    assert (found.held, found.at, found.fresh) == (Held.HOLDS, NOW - 40 * DAY, "due")


def test_what_holds_is_due_after_thirty_days():
    assert standing([(Verdict.ACCEPTED, NOW - 30 * DAY)], NOW).fresh == "due"
    assert standing([(Verdict.ACCEPTED, NOW - 29 * DAY)], NOW).fresh == "fresh"
