import pytest

from assessments.surveys.perception import WHY, perceived
from assessments.surveys.questionnaire import Questionnaire
from content import catalog

ASKED = Questionnaire.of(catalog.surveys()["delivery-quick-check"])
MEDIANS = {"lead-time": 4, "deployment-frequency": 4, "recovery-time": 4, "change-fail-rate": 10, "rework-rate": 10}


def metric(state="value", value=None, headline="as measured", basis="measured") -> dict:
    return {"state": state, "value": value, "headline": headline, "basis": basis}


def rows(medians=MEDIANS, reason=None, **metrics) -> dict:
    service = {"service": "Shop", "metrics": metrics or None, "reason": reason}
    found = perceived(ASKED, medians, [service], catalog.benchmarks())
    return {one.metric: (one.said, one.rows[0]) for one in found}


def test_every_delivery_question_stands_beside_every_service():
    assert list(rows()) == ["lead_time", "deployment_frequency", "recovery_time", "change_fail_rate", "rework_rate"]


def test_the_answer_is_said_in_the_words_of_its_option():
    assert rows()["lead_time"][0] == "One hour to one day"
    assert rows()["change_fail_rate"][0] == "10 of 100"


@pytest.mark.parametrize(("hours", "difference"), [(5, 0), (24 * 3, 1), (0.5, -1)])
def test_the_difference_is_explained_by_where_it_points(hours, difference):
    row = rows(lead_time=metric(value=hours))["lead_time"][1]
    assert row.beside.difference == difference
    expected = {0: "What people say fits what is measured.", 1: WHY["lead_time"][0], -1: WHY["lead_time"][1]}
    assert row.why == expected[difference]


def test_what_is_not_collected_says_what_it_needs():
    row = rows(recovery_time=metric("not_collected", headline="not known"))["recovery_time"][1]
    assert (row.measured, row.beside.difference) == (None, None)
    assert "incident source" in row.why


@pytest.mark.parametrize("state", ["no_data", "too_few", "none_happened"])
def test_other_ways_of_having_no_number_are_told_apart(state):
    row = rows(recovery_time=metric(state))["recovery_time"][1]
    assert row.measured is None and row.why and "incident source" not in row.why


def test_an_inferred_number_is_not_compared():
    row = rows(change_fail_rate=metric(value=0.1, basis="inferred"))["change_fail_rate"][1]
    assert row.measured is None


def test_a_service_without_numbers_says_why():
    row = rows(reason="nothing is collected for it")["lead_time"][1]
    assert (row.text, row.state) == ("nothing is collected for it", "")


def test_a_question_that_too_few_answered_is_compared_with_nothing():
    said, row = rows(medians={}, lead_time=metric(value=5))["lead_time"]
    assert said is None and row.measured == "as measured" and row.beside.difference is None


def test_rework_has_no_bands_and_says_so():
    row = rows(rework_rate=metric(value=0.1))["rework_rate"][1]
    assert row.beside.difference is None and "no published bands" in row.text
