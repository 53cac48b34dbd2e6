"""Goals and deeds of all teams, for those who lead."""

import pytest

from data import store, teams
from data.access import Forbidden, NotFound
from data.asked import results
from data.improving import across, forecasts, goals, interventions
from data.improving.interventions import Done
from data.people import Who
from tests.data import practised, surveyed
from tests.data.arrange import Place, hour
from tests.data.improving import planted
from tests.data.improving.planted import WEEK
from tests.data.improving.test_goals import set_at, wanted
from tests.data.test_teams import member
from tests.statements import counted


@pytest.fixture
def shop(home, who) -> Place:
    return planted.service(who, weeks=16, failing=True)


def test_teams_stand_by_name_also_those_without_a_goal(both, who):
    shop = planted.service(who, weeks=16, failing=True)
    made = goals.add(who, shop.team_id, wanted(shop, owner="Lead", look_at=store.now_us() + 10**12))
    teams.create_team(who, shop.organization_id, "a team")
    teams.create_team(who, shop.organization_id, "Zebras")
    found = across.goals_of(who, shop.organization_id)
    assert [(one.team, len(one.goals)) for one in found] == [("a team", 0), ("Team of Shop", 1), ("Zebras", 0)]
    assert found[1].goals == goals.listed(who, shop.team_id) and found[1].goals[0].id == made
    assert [one.team for one in across.deeds_of(who, shop.organization_id)] == [one.team for one in found]


def test_what_a_team_did_stands_with_it(shop, who):
    done = Done("process", "Smaller", shop.service_id, "lead_time", "change_fail_rate", store.to_us(hour(100)))
    interventions.add(who, shop.team_id, done)
    (one,) = across.deeds_of(who, shop.organization_id)
    assert one.deeds == interventions.listed(who, shop.team_id) and one.deeds[0].said.title == "Smaller"


@pytest.mark.parametrize(
    ("role", "may"), [("member", False), ("team_lead", False), ("leader", True), ("coach", True), ("admin", True)]
)
def test_only_those_who_lead_see_all_teams(shop, who, role, may):
    if role in ("member", "team_lead"):
        person = member(role, shop.team_id)
    else:
        person = surveyed.person(role, shop.organization_id)
    for read in (across.goals_of, across.deeds_of):
        if may:
            assert len(read(person, shop.organization_id)) == 1
        else:
            with pytest.raises(Forbidden):
                read(person, shop.organization_id)
    with pytest.raises(NotFound):
        across.goals_of(who, 999)


@pytest.mark.parametrize(
    "somebody",
    [
        Who(1, "E", organization_roles=frozenset({(999, "leader")})),
        Who(1, "D", is_active=False, organization_roles=frozenset({(1, "admin")})),
    ],
    ids=["of another organization", "deactivated"],
)
def test_a_role_elsewhere_and_a_deactivated_person_see_nothing(shop, somebody):
    for read in (across.goals_of, across.deeds_of):
        with pytest.raises(Forbidden):
            read(somebody, shop.organization_id)


def test_the_level_that_a_goal_came_from_waits_for_the_answers(shop, who):
    leader = surveyed.person("leader", shop.organization_id)
    wave = practised.said(shop.team_id, 1)
    goals.add(who, shop.team_id, wanted(shop, capability="version-control", level=2))

    def told(reader) -> str:
        (team,) = across.goals_of(reader, shop.organization_id)
        return team.goals[0].capability_name

    assert (told(who), told(leader)) == ("Version control", "")
    results.release(who, wave)
    assert told(leader) == "Version control"


def test_many_teams_cost_no_more_statements_than_one(shop, who):
    numbers = []
    for number in range(2):
        goals.add(who, shop.team_id, wanted(shop))
        with counted() as sent:
            across.goals_of(who, shop.organization_id)
        numbers.append(len(sent))
        teams.create_team(who, shop.organization_id, f"Other {number}")
    assert numbers[0] == numbers[1] < 20


def test_a_course_has_the_weeks_the_aim_and_a_band_until_the_day(home, who):
    """A steady service: the band holds where it has always been."""
    place = planted.service(who, weeks=60, failing=True)
    made = goals.add(who, place.team_id, wanted(place, target=30.0))
    set_at(made, 50 * WEEK, due_at=store.to_us(hour(70 * WEEK)))
    metric, counter = forecasts.courses(goals.listed(who, place.team_id))[made]
    assert (metric.aim, counter.aim, metric.due - metric.since) == (30.0, 0.15, 20)
    assert metric.ahead.low[-1] < 48 < metric.ahead.high[-1] and metric.ahead.why_not == ""
    assert len(metric.ahead.week) == metric.due - metric.weeks.week[-1] and counter.ahead.span == 13


def test_a_course_of_an_ended_goal_ends_with_it_and_one_without_a_service_is_left_out(home, who):
    place = planted.service(who, weeks=60, failing=True)
    ended, gone = (goals.add(who, place.team_id, wanted(place)) for _ in range(2))
    set_at(ended, 30 * WEEK, state="missed", ended_at=store.to_us(hour(40 * WEEK)))
    found = forecasts.courses([one for one in goals.listed(who, place.team_id) if one.id == ended])
    metric, _ = found[ended]
    assert metric.weeks.week[-1] == metric.since + 9 and not len(metric.ahead.week)
    other = teams.create_team(who, place.organization_id, "Other")
    teams.move_service(who, place.service_id, other)
    assert forecasts.courses(goals.listed(who, place.team_id)) == {} and gone


def test_what_is_not_measured_has_no_course_and_says_why(home, who):
    quiet = planted.service(who, weeks=30)  # nobody collects its incidents
    made = goals.add(who, quiet.team_id, wanted(quiet, counter_metric="deployment_frequency", counter_limit=1.0))
    with store.writing() as session:
        session.get(goals.Goal, made).counter_metric = "change_fail_rate"
    _, counter = forecasts.courses(goals.listed(who, quiet.team_id))[made]
    assert counter.ahead is None and "Failures are not collected" in counter.why_not
