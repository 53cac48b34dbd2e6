"""The other rules, each where it differs from ours."""

import pytest

from assessments.delivery.devlake import DIFFERENCES, summarise
from tests.assessments.delivery.story import deploy, incident, merge, story
from tests.assessments.delivery.truth_metrics import WEEK, broken, daily


def compared(*events, **options):
    told = story(*events, **options)
    return summarise(told.facts, told.settings, told.start, told.end)


def test_the_lower_median():
    assert compared(*daily(6, lead=[2, 3, 4, 6, 7, 8]))["lead_time"].value == 4


def test_minutes_are_rounded_up():
    told = compared(merge("A", 1, authored=0.999), deploy("d1", "A", 2))
    assert told["lead_time"].value == pytest.approx(61 / 60)


def test_negative_spans_and_direct_pushes_are_dropped():
    told = compared(
        *(merge("A", 1, authored=9), merge("B", 1, kind="direct_push"), merge("C", 1, authored=0)),
        deploy("d1", "C", 5),
    )
    assert (told["lead_time"].value, told["lead_time"].n) == (5, 1)


def test_two_deployments_on_one_day_are_one_day():
    told = compared(merge("A", 1), deploy("d1", "A", 2), deploy("d2", "A", 3), deploy("d3", "A", 30), until=WEEK)
    assert told["deployment_frequency"].value == 2


def test_weeks_without_deployments_count():
    told = compared(merge("A", 1), deploy("d1", "A", 2), until=3 * WEEK)
    assert told["deployment_frequency"].value == 0


def test_an_incident_has_no_limit():
    told = compared(merge("A", 1), deploy("d1", "A", 2), incident("i", 300, 302))
    assert told["change_fail_rate"].value == 1
    assert told["recovery_time"].value == 300


def test_open_incidents_are_left_out():
    assert compared(*broken([1, 2, 3, None, None]))["recovery_time"].value == 2


def test_without_incidents_it_is_left_empty():
    assert compared(*daily(6))["change_fail_rate"].value is None


def test_nothing_known_gives_nothing():
    assert all(metric.value is None for metric in compared().values())


def test_every_metric_states_its_differences():
    assert {key: metric.differences for key, metric in compared().items()} == DIFFERENCES


def test_a_window_must_end_after_it_starts():
    told = story()
    with pytest.raises(ValueError, match="end after"):
        summarise(told.facts, told.settings, told.end, told.start)
