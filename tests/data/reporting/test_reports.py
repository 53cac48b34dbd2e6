"""What a report says to whom."""

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from assessments.portfolio import FEWEST_TEAMS
from assessments.reporting import Quarter
from data import people, queries, store, teams
from data.access import Forbidden, NotFound
from data.asked import maps, results
from data.improving import goals, interventions
from data.improving.goals import Wanted
from data.improving.interventions import Done
from data.practices import assessments
from data.reporting import document, organization, reports
from data.reporting.reports import ORGANIZATION, TEAM, About
from tests.data import surveyed
from tests.data.arrange import Place, hour
from tests.data.improving import planted
from tests.data.improving.planted import WEEK
from tests.data.practised import looked, said

Q3 = Quarter(2024, 3)
DAY = 86_400_000_000
AFTER = store.to_us(datetime(2024, 10, 20, tzinfo=UTC))


def of_team(place: Place, quarter: Quarter = Q3, who=None, now: int = AFTER) -> document.Report:
    return reports.of(who or place.who, About(TEAM, place.team_id), quarter, now)


def section(report: document.Report, title: str) -> tuple:
    return next((each.blocks for each in report.sections if each.title == title), ())


def everything(report: document.Report) -> str:
    """All that stands in it."""
    return reports.as_form(report, "md").decode() + reports.as_form(report, "csv").decode()


def table(report: document.Report, title: str) -> dict[str, tuple[str, ...]]:
    """The rows of the first table of a section by their second cell, or by the first where there are two columns."""
    found = next(block for block in section(report, title) if isinstance(block, document.Table))
    return {row[1] if len(row) > 2 else row[0]: row for row in found.rows}


def test_a_planted_drop_is_told_against_the_quarter_before(shop):
    report = of_team(shop)
    assert "Lead time was shorter in Shop" in report.summary[1] and "against Q2 2024" in report.summary[1]
    rows = table(report, "Delivery")
    assert rows["Lead time"][-1] == "shorter, better" and rows["Deployment frequency"][-1] == "no clear change"
    assert rows["Change fail rate"][4].endswith("of\N{NO-BREAK SPACE}39")


def test_a_picture_says_its_numbers_in_the_unit_of_its_axis(shop):
    (told,) = [block.alt for block in section(of_team(shop), "Delivery") if isinstance(block, document.Picture)]
    assert "Deployments a week: 3.0 a week" in told and "per day" not in told


def test_the_same_quarter_says_the_same_however_much_later(shop):
    late = AFTER + 400 * 86_400_000_000
    assert of_team(shop).summary == of_team(shop, now=late).summary


def test_every_number_of_the_file_has_its_quarter_and_unit(shop):
    numbers = {(one.quantity, one.period): one for one in of_team(shop).numbers}
    before, now = numbers["lead_time", "2024-Q2"], numbers["lead_time", "2024-Q3"]
    assert now.value < 0.75 * before.value and now.unit == "hours" and now.low < now.value < now.high
    assert numbers["deployment_frequency", "2024-Q3"].n == 39


def test_a_quarter_that_goes_on_says_so_and_one_to_come_is_refused(shop):
    now = store.to_us(datetime(2024, 8, 20, tzinfo=UTC))
    report = of_team(shop, now=now)
    assert report.so_far and report.title.endswith("Q3 2024 so far") and report.summary[0].startswith("So far in Q3")
    with pytest.raises(ValueError, match="has not begun"):
        of_team(shop, Quarter(2024, 4), now=now)


def test_what_was_not_collected_is_named_and_is_not_zero(home, who):
    place = planted.service(who, 42)
    report = of_team(place)
    assert table(report, "Delivery")["Change fail rate"][2:4] == ("not collected", "not collected")
    assert "no incidents are collected" in everything(report)
    assert {one.value for one in report.numbers if one.quantity == "change_fail_rate"} == {None}


def test_a_team_without_services_gets_a_report_that_says_so(home, who):
    team = teams.create_team(who, people.home_organization(who), "Fresh")
    report = reports.of(who, About(TEAM, team), Q3, AFTER)
    assert "none of its services has numbers" in report.summary[0]
    assert all(reports.as_form(report, form) for form in reports.FORMS)


@contextmanager
def clock(at: int):
    """What happens meanwhile happens at that moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "now_us", lambda: at)
        yield


def test_a_goal_stands_with_its_counter_metric_as_it_was_at_the_end_of_the_quarter(shop):
    wanted = Wanted("Faster", shop.service_id, "lead_time", 20.0, "change_fail_rate", 0.5, store.to_us(hour(35 * WEEK)))
    with clock(store.to_us(hour(24 * WEEK))):
        goals.add(shop.who, shop.team_id, wanted)
    row = table(of_team(shop), "Goals")
    (found,) = row.values()
    assert found[0] == "Faster (Shop)" and "target 20.0 h (not told apart)" in found[1] and "(kept)" in found[2]
    assert "1 goal is open; the day of 1 has passed." in "\n".join(of_team(shop).summary)
    assert not section(of_team(shop, Quarter(2024, 1)), "Goals")


def test_what_was_done_has_the_verdict_of_the_end_of_the_quarter(shop):
    done = Done("process", "One click", shop.service_id, "lead_time", "change_fail_rate",
                store.to_us(hour(25 * WEEK)), store.to_us(hour(26 * WEEK)), 1)  # fmt: skip
    interventions.add(shop.who, shop.team_id, done)
    (row,) = table(of_team(shop), "What was done").values()
    assert row[4].startswith("Moved for the better.") and "−" in row[3]
    assert "That says when a metric moved, not why." in "\n".join(of_team(shop).summary)
    (row,) = table(of_team(shop, Quarter(2024, 2)), "What was done").values()
    assert row[4].startswith("Under way") or "under way" in row[4]


def assessed(place: Place) -> int:
    """Looked at, asked and assessed on the last day of the quarter; the survey."""
    with clock(store.to_us(Q3.end) - DAY):
        looked(place.repository_id)
        wave = said(place.team_id, 2)
        assessments.take(place.who, place.team_id)
    return wave


def test_levels_come_from_assessments_and_what_is_not_released_is_in_none_of_them(shop):
    wave = assessed(shop)
    leader = surveyed.person("leader", shop.organization_id)
    soon = store.to_us(Q3.end) + DAY

    def told(who) -> str:
        return everything(of_team(shop, Q3, who, soon))

    assert "capabilities have a level" in told(shop.who)
    assert "No assessment that you may see" in told(leader)
    with clock(soon - 1):
        results.release(shop.who, wave)
    assert "capabilities have a level" in told(leader)


def test_a_map_is_drawn_with_its_constraint_as_it_was_then(shop):
    steps = [
        {"key": name.lower(), "name": name, "path": "happy", "lead": lead, "process": 10}
        for name, lead in (("Ask", 20), ("Build", 30), ("Test", 40), ("Wait", 9000), ("Deploy", 25))
    ]
    maps.create(shop.who, shop.team_id, "Delivery", {"title": "Delivery", "steps": steps})
    here = Quarter.holding(store.from_us(store.now_us()))
    pictures = section(of_team(shop, here, now=store.now_us()), "Workflow")
    assert "The constraint is Wait" in pictures[0].title and "<svg" in pictures[0].svg
    assert not section(of_team(shop, here.before, now=store.now_us()), "Workflow")


# Who may


def test_members_and_those_who_lead_may_read_it_and_others_may_not(shop):
    member = surveyed.person("member", shop.organization_id, shop.team_id)
    leader = surveyed.person("leader", shop.organization_id)
    other = surveyed.person("member", shop.organization_id, surveyed.team(shop.who, "Others"))
    assert of_team(shop, who=member).summary and of_team(shop, who=leader).summary
    with pytest.raises(Forbidden):
        of_team(shop, who=other)
    whole = About(ORGANIZATION, shop.organization_id)
    assert reports.of(leader, whole, Q3, AFTER).kind == "organization"
    for one in (member, other):
        with pytest.raises(Forbidden):
            reports.of(one, whole, Q3, AFTER)
        assert whole not in [each.about for each in reports.choices(one)]
    with pytest.raises(NotFound):
        reports.of(shop.who, About(TEAM, 999_999), Q3, AFTER)


def test_what_is_kept_in_memory_is_never_shown_to_somebody_with_other_rights(shop):
    assert of_team(shop).summary
    other = surveyed.person("member", shop.organization_id, surveyed.team(shop.who, "Others"))
    with pytest.raises(Forbidden):
        of_team(shop, who=other)


# The organization


def test_teams_are_counted_and_spread_without_a_name_and_only_where_there_are_enough(home, who):
    names = ["Amber", "Birch", "Cedar", "Dahlia", "Elm"]
    assert len(names) == FEWEST_TEAMS
    places = [planted.service(who, 42, drop_at=26, name=name, seed=place) for place, name in enumerate(names[1:])]
    about = About(ORGANIZATION, places[0].organization_id)
    few = reports.of(who, about, Q3, AFTER)
    assert "fewer than 5 teams" in few.summary[1] and not few.numbers
    assert not [block for each in few.sections for block in each.blocks if isinstance(block, document.Picture)]
    amber = planted.service(who, 42, drop_at=26, name=names[0], seed=9)
    interventions.add(who, amber.team_id, Done(
        "process", "Amber goes first", amber.service_id, "lead_time", "deployment_frequency",
        store.to_us(hour(25 * WEEK)), store.to_us(hour(26 * WEEK)), 1,
    ))  # fmt: skip
    report = reports.of(who, about, Q3, AFTER)
    whole = everything(report)
    assert "shorter in 5 teams" in whole and "The metric moved for the better | 1 |" in whole
    assert not [name for name in names if name in whole]
    assert {one.of for one in report.numbers} == {"teams", "middle team"}


def test_an_administrator_reads_no_more_of_an_organization_than_somebody_who_leads(home, who):
    """What teams said and did not release is in no count, whoever looks."""
    places = [Place(who, name) for name in ("A", "B", "C", "D", "E")]
    for place in places:
        assessed(place)
    leader = surveyed.person("leader", places[0].organization_id)
    about, soon = About(ORGANIZATION, places[0].organization_id), store.to_us(Q3.end) + DAY
    first, second = (section(reports.of(one, about, Q3, soon), "Practices") for one in (who, leader))
    assert first == second and "known of 0 teams" in first[0].text
    shown = section(reports.of(who, about, Q3, soon + 14 * DAY), "Practices")
    assert isinstance(shown[0], document.Picture) and "5 at level" in shown[0].alt


def test_verdicts_that_nobody_waits_for_are_said_to_be_missing(shop):
    for place in range(FEWEST_TEAMS):
        surveyed.team(shop.who, f"Team {place}")
    done = Done("process", "One click", shop.service_id, "lead_time", "change_fail_rate",
                store.to_us(hour(24 * WEEK)), store.to_us(hour(25 * WEEK)), 1)  # fmt: skip
    interventions.add(shop.who, shop.team_id, done)
    report = organization.of(shop.who, shop.organization_id, Q3, AFTER, patient=lambda: False)
    assert not report.whole and "Still to be worked out | 1" in everything(report)


def test_the_demo_has_reports_of_every_team_and_of_the_whole(demo_home):
    who = people.local_person()
    now = store.to_us(datetime(2026, 3, 2, 12, tzinfo=UTC))
    last = Quarter(2025, 4)
    (whole,) = [one for one in reports.choices(who) if one.is_demo and one.about.kind == ORGANIZATION]
    assert reports.choices(who)[0].name == "My organization" and reports.usual(reports.choices(who)) == whole
    report = reports.of(who, whole.about, last, now, patient=lambda: False)
    names = [one.name for one in queries.teams(who)]
    assert not [name for name in names if f" {name} " in everything(report)] and report.is_demo
    checkout = next(one for one in reports.choices(who) if one.name == "Checkout")
    found = reports.of(who, checkout.about, last, now)
    assert {each.title for each in found.sections} >= {"Delivery", "Goals", "What was done", "Workflow", "Practices"}
    assert "invented" in everything(found)
