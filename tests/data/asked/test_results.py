"""Who sees a result when, what it is compared with, and the metrics of its time."""

from datetime import timedelta

import pytest

from data import derive, people, store
from data.access import Forbidden, NotFound
from data.asked import closing, results
from data.tables import Wave
from tests.data import surveyed
from tests.data.arrange import Place, change, deployment
from tests.data.surveyed import DAY, all_at, asked

PLAIN = asked("well-being")
MEMBERS = [f"Member {number}" for number in range(1, 9)]


@pytest.fixture
def team(who) -> int:
    return surveyed.team(who)


def closed(team_id: int, *options: int, **fields) -> int:
    wave = surveyed.wave(team_id, [all_at(PLAIN, option) for option in options], MEMBERS, **fields)
    closing.close_due()
    return wave


def moved(wave: int, **fields) -> None:
    with store.writing() as session:
        row = session.get(Wave, wave)
        for name, value in fields.items():
            setattr(row, name, value)
        session.add(row)


@pytest.mark.parametrize(
    ("role", "at_closing", "released", "after_14_days"),
    [
        ("member", True, True, True),
        ("team_lead", True, True, True),
        ("leader", False, True, True),
        ("coach", False, True, True),
        ("admin", True, True, True),
    ],
)
def test_who_sees_a_result_when(team, who, role, at_closing, released, after_14_days):
    organization = people.home_organization(who)
    reader = surveyed.person(role, organization, team if role in ("member", "team_lead") else None)
    wave = closed(team, 1, 2, 2, 3, 2)

    def sees() -> bool:
        return results.result(reader, wave).content is not None

    assert sees() is at_closing
    closed_at = store.to_us(results.result(who, wave).wave.closed_at)
    moved(wave, closed_at=closed_at - 14 * DAY + DAY // 2, opened_at=closed_at - 20 * DAY)
    assert sees() is at_closing
    moved(wave, closed_at=closed_at - 14 * DAY - 1)
    assert sees() is after_14_days
    moved(wave, closed_at=closed_at)
    results.release(who, wave)
    assert sees() is released


def test_a_member_of_another_team_sees_not_even_that_there_is_one(team, who):
    other = surveyed.team(who, "Team 2")
    stranger = surveyed.person("member", people.home_organization(who), other)
    wave = closed(team, 1, 2, 2, 3, 2)
    for number in (wave, wave + 1):
        with pytest.raises(NotFound, match="no such survey, or it is not yours"):
            results.result(stranger, number)


def test_only_a_lead_releases_and_only_a_result(team, who):
    organization = people.home_organization(who)
    wave = closed(team, 1, 2, 2, 3, 2)
    for role, own in (("member", team), ("leader", None)):
        with pytest.raises(Forbidden):
            results.release(surveyed.person(role, organization, own), wave)
    waiting = surveyed.wave(team, [], MEMBERS, closes_at=store.now_us() + DAY)
    with pytest.raises(ValueError, match="not closed"):
        results.release(who, waiting)
    lead = surveyed.person("team_lead", organization, team)
    results.release(lead, wave)
    first = results.result(who, wave).wave.released_at
    results.release(lead, wave)
    assert results.result(who, wave).wave.released_at == first


def test_nobody_reads_an_answer_while_the_survey_is_open(team, who):
    wave = surveyed.wave(team, [all_at(PLAIN, 1)] * 6, MEMBERS, closes_at=store.now_us() + DAY)
    view = results.result(who, wave)
    assert (view.wave.state, view.content, view.leaders_from) == ("open", None, None)


def test_reading_closes_what_is_due(team, who):
    wave = surveyed.wave(team, [all_at(PLAIN, 1)] * 6, MEMBERS)
    assert results.result(who, wave).visibility == "full"


def test_a_result_is_compared_with_the_one_before(team, who):
    first = closed(team, 1, 1, 1, 2, 1, 1, 1, 1)
    moved(first, closed_at=store.now_us() - 90 * DAY)
    second = closed(team, 3, 3, 3, 3, 2, 3, 3, 3)
    view = results.result(who, second)
    before = results.before(who, view)
    assert before.wave.id == first
    found = results.changes(view, before)["interruptions"]
    assert (found.kind, found.difference) == ("up", 1.75)
    assert results.before(who, before) is None and results.changes(before, None) == {}


def test_a_coarse_result_is_compared_with_nothing_in_numbers(team, who):
    first = closed(team, 1, 1, 1, 2, 1, 1, 1, 1)
    moved(first, closed_at=store.now_us() - 90 * DAY)
    view = results.result(who, closed(team, 3, 3, 3, 3, 2, 3))
    assert view.visibility == "coarse"
    assert results.changes(view, results.before(who, view)) == {}


def test_a_question_in_other_words_is_another_question(team, who):
    first = closed(team, 1, 1, 1, 2, 1, 1, 1, 1)
    moved(first, closed_at=store.now_us() - 90 * DAY)
    block = PLAIN["blocks"][0]
    items = [{**item, "text": f"In other words: {item['text']}"} for item in block["items"]]
    other = {**PLAIN, "blocks": [{**block, "items": items}]}
    wave = surveyed.wave(team, [all_at(other, 3)] * 8, MEMBERS, other)
    closing.close_due()
    assert results.before(who, results.result(who, wave)) is None


def test_the_metrics_of_the_time_are_kept_as_the_delivery_page_had_them(who):
    place = Place(who)
    numbers = range(1, 12)
    place.add(
        changes=[change(number, 24 * number) for number in numbers],
        deployments=[deployment(f"d{number}", number, 24 * number + 5) for number in numbers],
    )
    derive.refresh([place.service_id])
    wave = closed(place.team_id, 1, 2, 2, 3, 2)
    view = results.result(who, wave)
    (service,) = view.content["metrics"]
    end = derive.load(place.service_id).collected_until
    summary = derive.summaries({place.service_id: (end - timedelta(weeks=13), end)})[place.service_id]
    assert service["service"] == place.name and service["metrics"]["lead_time"]["value"] == pytest.approx(
        summary.metrics["lead_time"].value
    )
    assert service["metrics"]["recovery_time"]["state"] == "not_collected"
    assert "findings" not in view.content
    assert set(view.versions) == {"rules", "model", "practices", "benchmarks", "questionnaire"}


def test_a_service_without_a_number_says_why(who):
    place = Place(who, settings=None)
    wave = closed(place.team_id, 1, 2, 2, 3, 2)
    (service,) = results.result(who, wave).content["metrics"]
    assert (service["metrics"], service["reason"]) == (None, "nothing is collected for it")
