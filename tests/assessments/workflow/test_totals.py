"""Totals, the constraint, and two versions beside each other; the shipped example adds up as it says."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from assessments.workflow import words
from assessments.workflow.amounts import Amount, Total, ratio
from assessments.workflow.model import HAPPY, RECOVERY, Map
from assessments.workflow.totals import beside, compare, totals
from content import catalog
from tests.assessments.workflow.maps import changed, maps, plain, step

EXAMPLE = catalog.maps()["release-by-hand"]
some = settings(max_examples=40, deadline=None)
TODAY, FUTURE = Map.of(EXAMPLE["today"]), Map.of(EXAMPLE["future"])


def test_today_takes_four_hours_and_seventy_percent_pass():
    found = totals(TODAY)
    assert found.lead.known.value == 240 and found.process.known.value == 120
    assert found.complete_accurate.known.value == pytest.approx(0.70, abs=0.005)
    assert found.constraint.step.key == "approval" and found.constraint.sure
    assert [one.key for one in TODAY.path(HAPPY)] == [
        "request", "build", "copy", "approval", "stop", "database", "install", "smoke-test", "hand-over"
    ]  # fmt: skip


def test_the_future_takes_ten_minutes_and_ninety_nine_percent_pass():
    found = totals(FUTURE)
    assert found.lead.known.value == 10
    assert found.complete_accurate.known.value == pytest.approx(0.99, abs=0.0005)


def test_the_future_beside_today():
    found = compare(TODAY, FUTURE)
    assert {row.before.key for row in found.steps if row.state == "removed"} == {
        "approval",
        "stop",
        "decide",
        "restore",
    }
    assert (found.lead, round(found.complete_accurate, 2)) == (-230, 0.29)
    assert [row.state for row in compare(TODAY, TODAY).steps] == ["kept"] * len(TODAY.steps)


def test_the_recovery_path_has_its_own_totals():
    found = totals(Map.of(plain(step("a"), step("b"), step("back", path="recovery", lead=30, process=10))), RECOVERY)
    assert (found.lead.known.value, found.activity.value) == (30, pytest.approx(1 / 3))


def test_a_total_with_an_unknown_part_is_unknown_and_names_it():
    found = totals(Map.of(changed(lead=None, complete_accurate=None)))
    assert found.lead.known is None and found.lead.partial.value == 240 and found.lead.unknown == ("First",)
    assert found.activity is None and found.complete_accurate.known is None
    assert words.total(found.lead) == "not known; 4 h without First"
    assert not found.constraint.sure


def test_many_unknown_parts_are_counted_after_the_first_two():
    assert words.total(Total(None, Amount.exactly(90), ("A", "B", "C"))) == "not known; 1 h 30 min without A, B and C"
    four = Total(None, Amount.exactly(90), ("A", "B", "C", "D"))
    assert words.total(four) == "not known; 1 h 30 min without A, B and 2 more"


def test_nothing_known_has_no_partial_value():
    nothing = [step(f"s{n}", lead=None, process=None, complete_accurate=None) for n in range(5)]
    found = totals(Map.of(plain(*nothing)))
    assert (found.lead.partial, found.complete_accurate.partial, found.constraint) == (None, None, None)
    assert words.total(found.lead) == "not known"


def test_work_without_waiting_has_no_constraint():
    busy = [step(f"s{n}", lead=20, process=20) for n in range(5)]
    assert totals(Map.of(plain(*busy))).constraint is None


def test_a_total_that_is_not_known_has_no_change():
    assert compare(Map.of(changed(lead=None)), Map.of(changed())).lead is None


def test_a_measured_stage_stands_beside_what_is_stated():
    assert [(one.key, minutes) for one, minutes in beside(TODAY, {"deploying": 31.0, "review": 9.0})] == [
        ("install", 31.0)
    ]


@some
@given(maps())
def test_what_holds_of_every_map(data):
    for path in (HAPPY, RECOVERY):
        found = totals(Map.of(data), path)
        for total in (found.lead, found.process, found.waiting, found.complete_accurate):
            assert (total.known is None) == bool(total.unknown or total.partial is None)
            if total.partial:
                assert total.partial.low <= total.partial.value <= total.partial.high
        if found.lead.known and found.process.known:
            assert found.waiting.known.value == pytest.approx(found.lead.known.value - found.process.known.value)
            assert 0 <= found.activity.low <= found.activity.value <= found.activity.high <= 1
        if found.constraint:
            waits = [one.waiting.value for one in Map.of(data).path(path) if one.waiting]
            assert found.constraint.step.waiting.value == max(waits) and 0 < found.constraint.share <= 1


@some
@given(maps())
def test_forgetting_a_time_never_makes_a_total(data):
    read = Map.of(data)
    forgotten = replace(read, steps=(replace(read.steps[0], lead=None), *read.steps[1:]))
    assert totals(forgotten, read.steps[0].path).lead.known is None


def test_a_share_of_a_range_moves_with_it():
    assert ratio(Amount(20, 10, 40), Amount(60, 20, 160)) == Amount(20 / 60, 0.25, 0.5)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "6 s"),
        (0, "0 s"),
        (3.5, "3 min 30 s"),
        (12.4, "12 min"),
        (60, "1 h"),
        (210, "3 h 30 min"),
        (3000, "2 d 2 h"),
    ],
)
def test_times_in_words(value, text):
    assert words.minutes(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(1, "100 %"), (0.998, "99.8 %"), (0.99999, "99.99 %"), (0.7, "70 %"), (0.99, "99 %")]
)
def test_shares_in_words(value, text):
    assert words.percent(Amount.exactly(value)) == text
