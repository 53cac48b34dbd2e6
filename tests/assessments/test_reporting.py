"""Sentences of a report: what they say of numbers, and what no sentence ever says."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments import portfolio, reporting
from assessments.delivery.results import Metric, State
from assessments.goals import BETTER, NOT_APART, NOT_KNOWN, WORSE
from assessments.portfolio import Tally
from assessments.reporting import Aims, Deeds, Levels, Quarter, Reading

Q3 = Quarter(2026, 3)
NO_AIMS, NO_DEEDS = Aims(), Deeds()
#: No sentence that a report writes may give a reason, a merit or a blame.
CAUSES = re.compile(
    r"\b(because|due to|thanks to|caused|led to|results? (from|in)|therefore|so that|owing|made .* (faster|better)|"
    r"best|worst|rank|top \d|winner|laggard)\b",
    re.IGNORECASE,
)


def metric(key: str, value: float | None, spread: float = 0.1, n: int = 40, **more) -> Metric:
    units = {"deployment_frequency": "per day", "change_fail_rate": "share", "rework_rate": "share"}
    state = State.VALUE if value is not None else more.pop("state", State.NO_DATA)
    ends = (None, None) if value is None else (value * (1 - spread), value * (1 + spread))
    of = n * 10 if units.get(key) == "share" else None
    return Metric(key, state, units.get(key, "hours"), value, *ends, n=n, of=of, **more)


def reading(key: str = "lead_time", before: float | None = 50.0, now: float | None = 20.0, service="till", **more):
    return Reading(service, key, metric(key, now, **more), metric(key, before, **more))


def team(*readings: Reading, aims: Aims = NO_AIMS, deeds: Deeds = NO_DEEDS, levels=None, so_far=False) -> str:
    return "\n".join(reporting.team(Q3, so_far, readings, aims, deeds, levels))


# Quarters


def test_a_quarter_begins_and_ends_with_its_months():
    assert (Q3.start, Q3.end) == (datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC))
    assert (Q3.key, Q3.name, Q3.days) == ("2026-Q3", "Q3 2026", "1 July to 30 September 2026")


def test_quarters_follow_each_other_over_the_end_of_a_year():
    assert Quarter(2026, 4).after == Quarter(2027, 1) and Quarter(2027, 1).before == Quarter(2026, 4)


@given(st.integers(0, 36_000 * 86_400))
def test_every_instant_lies_in_its_quarter(seconds):
    at = datetime(2001, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    quarter = Quarter.holding(at)
    assert quarter.start <= at < quarter.end and Quarter.of(quarter.key) == quarter


@pytest.mark.parametrize(
    "key", ["", "2026", "2026-Q5", "2026-Q0", "1999-Q1", "9999-Q4", "2026-Q3 ", "²026-Q1", "../etc"]
)
def test_what_is_no_quarter_is_refused(key):
    with pytest.raises(ValueError, match="2026-Q3"):
        Quarter.of(key)


# What counts as a change


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (reading(), BETTER),
        (reading(before=20, now=50), WORSE),
        (reading("deployment_frequency", 1, 3), BETTER),
        (reading("deployment_frequency", 3, 1), WORSE),
        (reading("change_fail_rate", 0.3, 0.1), BETTER),
        (reading(before=50, now=48), NOT_APART),
        (reading(before=50, now=20, spread=0.9), NOT_APART),
        (reading(before=None), NOT_KNOWN),
        (reading(now=None), NOT_KNOWN),
        (Reading("till", "lead_time", metric("lead_time", 20), None), NOT_KNOWN),
        (reading("change_fail_rate", 0.3, 0.1, basis="inferred"), NOT_KNOWN),
    ],
)
def test_a_change_is_one_when_the_interval_of_the_difference_leaves_out_zero(one, expected):
    assert one.change == expected


def test_a_value_without_an_interval_is_not_told_apart_and_no_comparison():
    bare = Metric("lead_time", State.VALUE, "hours", 20.0, n=6)
    one = Reading("till", "lead_time", bare, metric("lead_time", 50))
    assert one.change == NOT_APART and reporting.comparisons([one]) == 0 and reporting.comparisons([reading()]) == 1


# Sentences


def test_a_change_is_told_with_both_values_and_the_quarter_before():
    assert "Lead time was shorter in till (2.1 days to 20.0 h), against Q2 2026." in team(reading())


def test_services_that_did_not_change_stand_beside_the_one_that_did():
    told = team(reading(), reading(before=50, now=49, service="web"))
    assert "In web it cannot be told apart from the quarter before." in told


def test_what_changed_nowhere_is_one_sentence():
    told = team(reading(before=50, now=49), reading("deployment_frequency", 2, 2.1))
    assert "Lead time (2.0 days) and deployment frequency (2.1 per day) cannot be told apart from Q2 2026" in told


def test_unknown_deployments_are_not_none():
    assert "no production deployment is known; that is not the same as none" in team(
        reading("deployment_frequency", None, None)
    )
    none = Reading(
        "till", "deployment_frequency", metric("deployment_frequency", None, state=State.NONE_HAPPENED, n=0), None
    )
    assert "nothing was brought to users from 1 service" in team(none)


def test_speed_that_was_paid_for_is_told_with_its_price():
    told = team(reading(), reading("change_fail_rate", 0.05, 0.25))
    assert "Look at both together in till: lead time got better while change fail rate got worse." in told
    assert "Look at both" not in team(reading(), reading("change_fail_rate", 0.25, 0.05))


def test_many_comparisons_are_told_with_what_chance_alone_would_do():
    some = [reading(before=50, now=49, service=f"s{number}") for number in range(40)]
    assert "40 comparisons were made; by chance alone about 2 would look changed." in team(*some)
    assert "by chance" not in team(*some[:9])


def test_goals_deeds_and_levels_are_counted():
    told = team(
        reading(), aims=Aims(open=3, there=1, overdue=1, broken=1, reached=2, missed=1),
        deeds=Deeds(better=2, worse=1, still=1, open=1, running=1, paid=1), levels=Levels(10, 41, True, 2, 1, 3),
    )  # fmt: skip
    assert (
        "3 goals are open; in 1 the metric is where it should get; in 1 the counter-metric is beyond its limit;" in told
    )
    assert "Ended in the quarter: 2 reached and 1 missed." in told
    assert (
        "2 moved for the better, 1 moved for the worse, 1 did not move and 1 cannot be told yet; 1 of the better"
        in told
    )
    assert "That says when a metric moved, not why." in told and "1 thing is still under way." in told
    assert "Against the assessment before, 2 higher and 1 lower by what is done now." in told


def test_without_any_number_one_sentence_says_so():
    assert team() == "Nothing is known of the team's deliveries in Q3 2026: none of its services has numbers."


def organization(tallies, teams=8, measured=8, **more) -> str:
    return "\n".join(reporting.organization(Q3, False, teams, measured, tallies, Aims(**more), Deeds()))


def test_teams_are_counted_and_not_named():
    told = organization({"lead_time": Tally(3, 1, 4, 0), "change_fail_rate": Tally(0, 0, 8, 0)})
    assert "Lead time against each team's own Q2 2026: shorter in 3 teams, longer in 1 team and not told apart" in told
    assert "Change fail rate: no team can be told apart from its own Q2 2026." in told


def test_of_too_few_teams_nothing_is_counted():
    told = organization({"lead_time": Tally(1, 1, 2, 0)}, teams=9, measured=portfolio.FEWEST_TEAMS - 1, open=3)
    assert "fewer than 5 teams" in told and "shorter" not in told and "goals" not in told


def test_more_teams_faster_and_more_teams_less_stable_are_told_together():
    told = organization({"lead_time": Tally(3, 1, 4, 0), "change_fail_rate": Tally(0, 2, 6, 0)})
    assert "Look at both together: lead time got better in more teams than worse, and change fail rate" in told


values = st.one_of(st.none(), st.floats(0.001, 1))
readings = st.lists(
    st.builds(
        reading, key=st.sampled_from(list(reporting.METRICS)), before=values, now=values,
        service=st.sampled_from(["till", "web", "api"]), spread=st.floats(0.01, 0.95),
    ), max_size=30,
)  # fmt: skip
counts = st.integers(0, 9)


@given(readings, st.builds(Aims, *[counts] * 7), st.builds(Deeds, *[counts] * 8), st.builds(Levels, counts, counts))
def test_no_sentence_gives_a_cause_a_rank_or_an_empty_value(some, aims, deeds, levels):
    told = reporting.team(Q3, False, some, aims, deeds, levels)
    assert told and all(sentence.endswith(".") and "None" not in sentence for sentence in told)
    assert not [sentence for sentence in told if CAUSES.search(sentence)]


@given(st.dictionaries(st.sampled_from(list(reporting.METRICS)), st.builds(Tally, *[counts] * 4)), st.integers(0, 60))
def test_no_sentence_of_an_organization_gives_a_cause_or_a_rank(tallies, teams):
    told = reporting.organization(Q3, True, teams, teams, tallies, Aims(), Deeds())
    assert told and not [sentence for sentence in told if CAUSES.search(sentence) or "None" in sentence]
