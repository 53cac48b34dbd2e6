"""What changes are worth: arithmetic that can be checked by hand, ranges, and what is never said."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments import worth, worth_words
from assessments.worth import ASSUMED, EXPECTED, FACTS, MEASURED, QUANTITIES, Input, Range

#: One team of two people who learn ten hours each, and lose a tenth of 120 hours in each of two months, less and less:
#: 2 x 10 + 2 x 120 x 0.1 x 2 / 2 = 44 hours. Of 24 failures a year half are avoided, at ten hours each: 120 hours.
SURE = {
    "failures": 24, "impaired": 48, "deploying": 100, "before": 240, "after": 480, "fewer_failures": 0.5,
    "sooner_over": 0.5, "less_deploying": 0.25, "less_before": 0.5, "less_after": 0.25, "failure_work": 10,
    "attended": 0, "waiting_work": 0, "people": 2, "learning": 10, "slower": 0.1, "slower_months": 2, "month": 120,
    "whole_months": 12, "upkeep": 0,
}  # fmt: skip


def inputs(**other: float | tuple | None) -> dict[str, Input]:
    """Everything known exactly; a pair is a range that is assumed, None is not known."""
    found = {}
    for key, value in {**SURE, **other}.items():
        if value is None:
            continue
        low, high = value if isinstance(value, tuple) else (value, value)
        kind = MEASURED if QUANTITIES[key].group == FACTS else ASSUMED
        found[key] = Input(key, kind, low, (low + high) / 2, high)
    return found


def proposed() -> dict[str, Input]:
    return {key: one for key in QUANTITIES if (one := worth.proposed(key))} | {
        key: one for key, one in inputs().items() if QUANTITIES[key].group == FACTS
    }


def exact(found: Range) -> float:
    assert found.low == pytest.approx(found.high) == pytest.approx(found.middle)
    return found.middle


@pytest.mark.parametrize(
    ("key", "amount", "work"),
    [
        ("failures", 12, 120),
        ("impaired", 36, None),  # half as many, and each half as long: a quarter of 48 hours is left
        ("deploying", 25, 0),
        ("before", 120, 0),
        ("after", 120, 0),
    ],
)
def test_a_difference_to_today(key, amount, work):
    found = {each.key: each for each in worth.work_out(inputs(), 1).differences}[key]
    assert exact(found.amount) == pytest.approx(amount)
    assert (None if found.work is None else exact(found.work)) == (work if work is None else pytest.approx(work))


def test_work_is_what_somebody_does_and_not_what_waits():
    """100 hours of deploying, a quarter less, half of it attended; ten days of waiting less, six minutes each."""
    found = worth.work_out(inputs(fewer_failures=0, attended=0.5, waiting_work=6), 1)
    assert exact(found.given_back) == pytest.approx(25 * 0.5 + 10 * 6 / 60)


@pytest.mark.parametrize(
    ("month", "hours"),
    [
        (0, 0),
        (1, 120 / 12 / 24 - 10 - 24 * 0.75),  # half of the learning, three quarters of what slowness costs
        (2, 120 / 12 * 4 / 24 - 44),
        (12, 60 - 44),  # the effect grows evenly, so that half of it has come in the first year
        (24, 60 + 120 - 44),
        (36, 60 + 240 - 44),
    ],
)
def test_the_course_of_the_months(month, hours):
    assert exact(worth.work_out(inputs(), 1).curve[month]) == pytest.approx(hours)


def test_first_it_gets_worse_then_it_comes_back():
    found = worth.work_out(inputs(), 1)
    assert found.lowest == 2 and exact(found.put_in) == pytest.approx(44)
    assert exact(found.even) == 11  # 120 / 12 x 11 x 11 / 24 = 50.4 hours; after ten months it was 41.7
    assert (found.chance, found.even_share) == (1, 1)
    assert exact(found.ratio) == pytest.approx(180 / 44)


def test_upkeep_is_taken_off_what_comes_back():
    found = worth.work_out(inputs(upkeep=24), 1)
    assert exact(found.after) == pytest.approx(180 - 48 - 44) and exact(found.ratio) == pytest.approx(132 / 44)


def test_what_never_comes_back_says_so():
    found = worth.work_out(inputs(fewer_failures=0), 1)
    assert found.even is None and found.chance == 0
    assert "in hardly any case" in worth_words.curve(found) and "in hardly any case" in worth_words.verdict(found)


def test_twice_the_teams_put_in_twice_as_much():
    one, two = (worth.work_out(inputs(), teams) for teams in (1, 2))
    assert exact(two.put_in) == 2 * exact(one.put_in) and exact(two.given_back) == exact(one.given_back)


def test_what_is_not_known_is_left_out_and_named():
    found = worth.work_out(inputs(failures=None, impaired=None), 1)
    lost = {each.key: each.missing for each in found.differences if each.amount is None}
    assert lost == {"failures": "failures", "impaired": "impaired"} and exact(found.given_back) == 0
    assert [line.partition(":")[0] for line in worth_words.missing(found)] == [
        "Failures avoided", "Hours with a failure avoided",
    ]  # fmt: skip


def test_more_failures_than_today_are_a_loss():
    found = worth.work_out(inputs(fewer_failures=-0.5), 1)
    assert exact(found.given_back) == pytest.approx(-120)


def test_the_same_inputs_give_the_same_numbers():
    assert worth.work_out(proposed(), 3) == worth.work_out(dict(reversed(proposed().items())), 3)


def test_changing_one_input_moves_nothing_that_does_not_hang_on_it():
    before, after = (worth.work_out(proposed() | more, 3) for more in ({}, {"upkeep": inputs(upkeep=1)["upkeep"]}))
    assert before.given_back == after.given_back and before.put_in == after.put_in and before.after != after.after


def test_draws_of_what_is_measured_have_its_interval():
    one = Input("failures", MEASURED, 10, 20, 50)
    assert [float(worth._at(one, part)) for part in (0.025, 0.5, 0.975)] == pytest.approx([10, 20, 50])
    assert float(worth._at(one, 1e-9)) == 0  # never below what there can be


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_a_wider_input_never_narrows_a_result_to_a_point_outside(data):
    """The middle of all results stays between what the ends of one input make of it."""
    key = data.draw(st.sampled_from([key for key in SURE if QUANTITIES[key].group != FACTS and key != "month"]))
    low = data.draw(st.floats(0, SURE[key]))
    wide = worth.work_out(inputs(**{key: (low, SURE[key])}), 1)
    ends = sorted(exact(worth.work_out(inputs(**{key: end}), 1).after) for end in (low, SURE[key]))
    assert ends[0] - 1e-6 <= wide.after.low <= wide.after.middle <= wide.after.high <= ends[1] + 1e-6


def test_drivers_are_ranked_by_how_far_they_move_the_result():
    found = worth.work_out(inputs(failure_work=(5, 15), learning=(9, 11)), 1).drivers
    assert [each.key for each in found] == ["failure_work", "learning"]
    assert found[0].at_low == pytest.approx(180 * 0.55 - 44, abs=0.01)  # the ends are those of nine in ten draws
    assert found[0].at_high == pytest.approx(180 * 1.45 - 44, abs=0.01)
    assert found[1].at_low > found[1].at_high  # more learning costs
    assert all(first.swing >= second.swing for first, second in pairwise(found))


def test_there_is_no_money_until_somebody_says_what_an_hour_costs():
    assert worth.work_out(inputs(), 1).money is None
    money = worth.work_out(inputs(hour_rate=10), 1).money
    assert exact(money.gained) == pytest.approx(1800) and exact(money.put_in) == pytest.approx(440)
    assert exact(money.net) == pytest.approx(1360) and exact(money.ratio) == pytest.approx(1360 / 440)
    assert (money.impaired, money.tools) == (False, False)


def test_what_users_lose_and_what_tools_cost_count_where_they_are_stated():
    money = worth.work_out(inputs(hour_rate=10, impaired_cost=100, tools=50), 1).money
    assert exact(money.gained) == pytest.approx(1800 + 36 * 1.5 * 100) and exact(money.put_in) == pytest.approx(540)
    assert (money.impaired, money.tools) == (True, True)
    unknown = worth.work_out(inputs(hour_rate=10, impaired_cost=100, impaired=None), 1).money
    assert not unknown.impaired


def test_where_nothing_is_put_in_there_is_nothing_to_come_back():
    found = worth.work_out(inputs(people=0, hour_rate=10), 1)
    assert found.ratio is None and found.money.ratio is None
    assert worth_words.verdict(found).startswith("Nothing is put in")
    found = worth.work_out(inputs(people=0, failures=None, deploying=None, before=0, after=0), 1)
    assert worth_words.curve(found) == "Nothing goes in and nothing comes back."


def test_what_is_always_stated_may_not_be_missing():
    with pytest.raises(ValueError, match="upkeep"):
        worth.work_out({key: one for key, one in inputs().items() if key != "upkeep"}, 1)
    with pytest.raises(ValueError, match="without a team"):
        worth.work_out(inputs(), 0)


@pytest.mark.parametrize(
    ("key", "low", "high", "told"),
    [
        ("people", 4, 8, ""),
        ("people", 8, 4, "above the upper"),
        ("people", None, 4, "both ends"),
        ("people", True, 4, "both ends"),
        ("people", 4, float("nan"), "both ends"),
        ("people", 4, 10**400, "between 0 and 1,000"),
        ("people", -1, 4, "between 0 and 1,000"),
        ("slower", 0.1, 1.5, "between 0 and 100 %"),
        ("fewer_failures", -1.5, 0, "between -100 and 100 %"),
        ("failures", 1, 2, "measured"),
        ("nothing", 1, 2, "no input"),
    ],
)
def test_a_range_that_cannot_be_is_refused_with_the_reason(key, low, high, told):
    said = worth.refused(key, low, high)
    assert told in said if told else said == ""


def test_what_is_proposed_can_be_stated():
    for key, what in QUANTITIES.items():
        one = worth.proposed(key)
        if one is None:
            assert what.group in (FACTS, worth.MONEY)
        else:
            assert worth.refused(key, one.low, one.high) == "" and one.kind == ASSUMED


def test_every_expectation_is_one_of_a_measured_quantity():
    assert {key for key, what in QUANTITIES.items() if what.group == EXPECTED} == {
        each for needs in worth._NEEDS.values() for each in needs[1:]
    }


def test_nothing_speaks_of_fewer_people():
    """Time that comes back is time; it is nobody's post."""
    found = worth.work_out(proposed(), 2)
    said = [*(f"{what.name} {what.about}" for what in QUANTITIES.values()), worth_words.verdict(found),
            worth_words.curve(found), worth_words.drivers(found), *worth.DIFFERENCES.values()]  # fmt: skip
    forbidden = re.compile(r"\b(headcount|fte|full-time|saved|redundan\w+|positions?|laid off|lay-?offs?)\b", re.I)
    assert [line for line in said if forbidden.search(line)] == []


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234, "1,200"), (-7.04, "−7"), (0.5, "0.5"), (0.314, "0.31"), (98.6, "99"), (0, "0"), (-0.001, "0"), (15, "15")],
)
def test_numbers_are_told_as_roughly_as_they_are_known(value, text):
    assert worth_words.rough(value) == text


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((1600, 740, 2500), "1,600 h (740 to 2,500)"),
        ((34, 7.5, 120), "34 h (8 to 120)"),
        ((3.4, 0.55, 12), "3.4 h (0.6 to 12.0)"),
        ((0.5, -0.14, 2.34), "0.5 h (−0.1 to 2.3)"),
        ((0.314, 0.1, 0.5), "0.31 h (0.10 to 0.50)"),
        ((3, 1, 5), "3 h (1 to 5)"),
        ((0, -0.001, 0), "0 h (0 to 0)"),
        ((-7.04, -15.2, 0.3), "−7.0 h (−15.0 to 0.3)"),
    ],
)
def test_numbers_beside_each_other_have_the_same_decimals(numbers, text):
    middle, low, high = numbers
    assert worth_words.told(Range(low, middle, high), " h") == text


@pytest.mark.parametrize(
    ("key", "one", "text"),
    [
        ("failures", (MEASURED, 8.125, 12.3, 17), "12.3 (8.1 to 17.0) a year"),
        ("failures", (MEASURED, 85, 98.6, 113), "99 (85 to 113) a year"),
        ("fewer_failures", (ASSUMED, 0.05, 0.175, 0.3), "5 to 30 % of today's"),
        ("people", (ASSUMED, 4, 4, 4), "4 a team"),
        ("failures", (MEASURED, 583.02, 688.85, 814.28), "689 (583 to 814) a year"),
        ("fewer_failures", (MEASURED, -0.1, 0.2, 0.4), "20 % (−10 to 40) of today's"),
    ],
)
def test_an_input_is_told_in_its_unit(key, one, text):
    kind, low, value, high = one
    assert worth_words.given(QUANTITIES[key], Input(key, kind, low, value, high)) == text


def test_shares_are_typed_in_per_cent_and_kept_as_parts():
    share, hours = QUANTITIES["slower"], QUANTITIES["learning"]
    assert (worth_words.typed(share, 0.07), worth_words.kept(share, 7)) == (7, 0.07)
    assert (worth_words.typed(hours, 7), worth_words.kept(hours, 7)) == (7, 7)
    assert all(type(worth_words.typed(what, what.most)) is float for what in QUANTITIES.values())  # as a form needs it


def test_the_title_of_the_drivers_says_what_to_do_about_the_first():
    found = worth.work_out(inputs(failure_work=(5, 15)), 1)
    assert "which is assumed" in worth_words.drivers(found)
    measured = replace(found.drivers[0], kind=MEASURED)
    assert "which is measured" in worth_words.drivers(replace(found, drivers=(measured,)))
    assert worth_words.drivers(replace(found, drivers=())) == "Nothing moves the result."
