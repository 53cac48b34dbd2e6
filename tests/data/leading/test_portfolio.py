"""Teams side by side: what is read of them, who may, and what is worked out again."""

import numpy as np
import pytest

from assessments.delivery.parts import mondays
from assessments.portfolio import METRICS, Moved
from data import derive, derived, people, store, teams
from data.access import Forbidden
from data.improving import choices, interventions
from data.improving.interventions import Done
from data.leading import fleet, organizations, portfolio
from data.leading.organizations import Led
from data.tables import Organization, Service
from tests.data import surveyed
from tests.data.arrange import Place, change, deployment, hour
from tests.data.improving import planted
from tests.statements import counted


@pytest.fixture(autouse=True)
def nothing_kept():
    """Stores of tests have services of the same numbers."""
    fleet.forget()


def line(who, name: str, metric: str = "lead_time", **more):
    found = portfolio.of(who, people.home_organization(who), metric, **more)
    return next(one for one in found.teams if one.name == f"Team of {name}")


def test_a_team_is_held_against_its_own_weeks_before(both, who):
    planted.service(who, 40, drop_at=27, name="Faster")
    planted.service(who, 40, name="Steady", seed=8)
    found = portfolio.of(who, people.home_organization(who), "lead_time")
    faster, steady = found.teams
    assert (faster.change.moved, steady.change.moved) == (Moved.BETTER, Moved.NOT_APART)
    assert faster.change.value == pytest.approx(0.6, abs=0.1)
    assert (found.tally.better, found.tally.not_apart) == (1, 1)
    assert found.now == hour(27 * planted.WEEK).date() and found.until == hour(40 * planted.WEEK).date()


def test_the_numbers_are_those_of_the_delivery_page(home, who):
    """The last thirteen whole weeks of a service, read the way its own page reads them."""
    place = planted.service(who, 40, drop_at=30)
    start, end = hour(27 * planted.WEEK), hour(40 * planted.WEEK)
    summary = derived.summaries({place.service_id: (start, end)})[place.service_id]
    found = fleet.of(place.organization_id, [(place.team_id, "")], 13, fleet.BEFORE)
    for key in METRICS:
        mine, metric = found.of(key, fleet.NOW), summary.metrics[key]
        wanted = [np.nan if each is None else each for each in (metric.value, metric.low, metric.high)]
        assert [mine.value[0], mine.low[0], mine.high[0]] == pytest.approx(wanted, nan_ok=True)
        assert fleet.STATES[found.states(key, fleet.NOW)[0]] == metric.state


def test_the_weeks_drawn_are_the_weekly_cells(home, who):
    place = planted.service(who, 40)
    found = fleet.of(place.organization_id, [(place.team_id, "")], 13, fleet.BEFORE)
    cells = derived.weekly(hour(0), hour(41 * planted.WEEK), [place.service_id])
    cells = dict(cells.filter(metric="lead_time").select("week", "rolling_value").iter_rows())
    _, weeks, figures = found.weekly("lead_time")
    assert len(weeks) == 26
    assert [cells[day] for day in mondays(weeks)] == pytest.approx(figures.value.tolist())


def test_it_may_be_held_against_the_year_before_or_its_first_weeks(home, who):
    planted.service(who, 80, drop_at=40)
    assert line(who, "Shop", against=fleet.BEFORE).change.moved is Moved.NOT_APART
    assert line(who, "Shop", against=fleet.YEAR).change.moved is Moved.BETTER
    assert line(who, "Shop", against=fleet.FIRST).change.moved is Moved.BETTER


def test_a_young_team_has_nothing_to_be_held_against(home, who):
    planted.service(who, 15)
    assert line(who, "Shop", against=fleet.YEAR).why == portfolio.YOUNG
    assert line(who, "Shop", against=fleet.FIRST).why == portfolio.YOUNG


def test_why_nothing_can_be_compared_is_told_apart(home, who):
    organization = people.home_organization(who)
    planted.service(who, 40)
    teams.create_team(who, organization, "Team of Nothing")
    Place(who, "Unread")
    seldom = Place(who, "Seldom")
    seldom.add(changes=[change(1, 6_000)], deployments=[deployment("d1", 1, 6_001)],
               source=seldom.source(until=40 * planted.WEEK + 30))  # fmt: skip
    stale = planted.service(who, 20, name="Stale")
    derive.refresh(seldom.service_id)
    assert line(who, "Nothing").why == portfolio.NO_SERVICE
    assert line(who, "Unread").why == portfolio.NOT_JUDGED
    assert line(who, "Seldom").why == "too_few"
    assert line(who, "Stale").why == portfolio.STALE
    assert line(who, "Shop", "recovery_time").why == "not_collected"
    assert portfolio.of(who, organization, "lead_time").stale == 1
    assert stale.service_id


def test_teams_come_by_name_and_a_letter_s_size_does_not_matter(home, who):
    organization = people.home_organization(who)
    for name in ("beta", "Alpha", "Gamma"):
        teams.create_team(who, organization, name)
    assert [one.name for one in portfolio.of(who, organization, "lead_time").teams] == ["Alpha", "beta", "Gamma"]


def test_what_was_done_is_marked_and_a_finished_track_once(home, who):
    place = planted.service(who, 40)
    at = store.to_us(hour(30 * planted.WEEK))
    moved = Done("migration", "To another registry", place.service_id, "lead_time", "deployment_frequency", at - 1, at)
    interventions.add(who, place.team_id, moved)
    for slug, watched in (("jenkins-to-actions", True), ("pipeline-monitoring", False)):
        chosen = choices.choose(who, place.team_id, slug)
        choices.begin(who, chosen, at)
        choices.finish(who, chosen, at + 1, moved if watched else None)
    (found,) = portfolio.of(who, place.organization_id, "lead_time").teams
    kinds = {(one.at - at, one.kind) for one in found.events}
    assert len(found.events) == 3
    assert kinds == {(0, "Migration"), (1, "Learning track"), (1, "Track finished")}


def test_a_spread_is_shown_from_five_teams_on(home, who):
    organization = people.home_organization(who)
    for number in range(4):
        planted.service(who, 30, name=f"S{number}", seed=number)
    assert portfolio.of(who, organization, "lead_time").spreads["lead_time"] is None
    planted.service(who, 30, name="S5", seed=5)
    found = portfolio.of(who, organization, "lead_time").spreads
    assert sum(found["lead_time"].now) == 5
    assert found["recovery_time"] is None


def test_where_lead_time_goes_is_told_in_shares_that_add_up(home, who):
    place = planted.service(who, 30)
    (found,) = portfolio.stages(who, place.organization_id).values()
    known = [share for share in found.shares.values() if share is not None]
    assert found.longest == "coding" or found.longest in found.shares
    assert sum(known) == pytest.approx(1, abs=0.02)
    assert (found.services, found.changes) == (1, 13 * 6)


def test_one_begins_with_the_organization_that_has_numbers_else_a_team():
    empty = Led(1, "Mine", False, teams=0, services=0, judged=0)
    begun = Led(2, "Ours", False, teams=2, services=2, judged=0)
    demo = Led(3, "Demo", True, teams=8, services=30, judged=30)
    assert organizations.usual([empty, begun, demo]) is demo
    assert organizations.usual([empty, begun]) is begun
    assert organizations.usual([empty]) is empty


# Who may, and what is read


@pytest.mark.parametrize("role", ["leader", "coach", "admin"])
def test_those_who_lead_see_all_teams(home, who, role):
    place = planted.service(who, 30)
    other = surveyed.person(role, place.organization_id)
    assert [(one.id, one.teams, one.services, one.judged) for one in organizations.led(other)] == [
        (place.organization_id, 1, 1, 1)
    ]
    assert len(portfolio.of(other, place.organization_id, "lead_time").teams) == 1


@pytest.mark.parametrize("role", ["member", "team_lead"])
def test_nobody_else_does(home, who, role):
    place = planted.service(who, 30)
    other = surveyed.person(role, place.organization_id, place.team_id)
    assert organizations.led(other) == ()
    for read in (lambda: portfolio.of(other, place.organization_id, "lead_time"),
                 lambda: portfolio.stages(other, place.organization_id)):  # fmt: skip
        with pytest.raises(Forbidden):
            read()


def test_a_leader_of_another_organization_does_not(home, who):
    place = planted.service(who, 30)
    with store.writing() as session:
        made = Organization(name="Another", created_at=1)
        session.add(made)
        session.flush()
        another = made.id
    other = surveyed.person("leader", another)
    with pytest.raises(Forbidden):
        portfolio.of(other, place.organization_id, "lead_time")


@pytest.mark.parametrize(
    "asked", [("lead_time_inferred", 13, "before"), ("lead_time", 12, "before"), ("lead_time", 13, "best")]
)
def test_only_what_is_in_the_lists_can_be_asked(home, who, asked):
    with pytest.raises(ValueError, match="Choose"):
        portfolio.of(who, people.home_organization(who), *asked)


def test_only_services_with_other_rows_are_worked_out_again(home, who, monkeypatch):
    first, second = (planted.service(who, 30, name=name) for name in ("One", "Two"))
    portfolio.of(who, first.organization_id, "lead_time")
    asked = []
    monkeypatch.setattr(
        derived,
        "parts_of",
        lambda snapshot, ids, *more, real=derived.parts_of: asked.append(ids) or real(snapshot, ids, *more),
    )
    portfolio.of(who, first.organization_id, "deployment_frequency")
    assert asked == []
    with store.writing() as session:
        derive.changed(session, service_id=second.service_id)
    derive.refresh(second.service_id)
    portfolio.of(who, first.organization_id, "lead_time")
    assert asked == [[second.service_id]]


def test_the_number_of_statements_does_not_grow_with_the_teams(home, who):
    organization = people.home_organization(who)

    def sent() -> int:
        fleet.forget()
        with counted() as statements:
            portfolio.of(who, organization, "lead_time")
        return len(statements)

    planted.service(who, 30, name="One")
    few = sent()
    for number in range(3):
        planted.service(who, 30, name=f"More {number}")
    assert sent() == few


def test_a_service_that_moves_to_another_team_goes_with_its_numbers(home, who):
    place = planted.service(who, 30)
    other = teams.create_team(who, place.organization_id, "Team of Others")
    assert line(who, "Shop").services == 1
    with store.writing() as session:
        session.get_one(Service, place.service_id).team_id = other
    assert (line(who, "Shop").why, line(who, "Others").services) == (portfolio.NO_SERVICE, 1)
