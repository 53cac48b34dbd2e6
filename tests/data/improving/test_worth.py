"""What an organization assumes of the worth of changes: kept, checked, taken from what was measured."""

import pytest
from sqlalchemy import select

from assessments.worth import ASSUMED, MEASURED
from data import derive, people, store, teams
from data.access import Forbidden, NotFound
from data.improving import interventions, worth, worth_facts, worth_files
from data.improving.interventions import Done
from data.improving.worth import OPEN, PROPOSED, STATED, TAKEN
from data.people import Who
from data.tables import AuditEvent, WorthInput
from tests.data.arrange import Place, deployment, hour
from tests.data.improving import planted
from tests.data.improving.planted import WEEK

EVIL = "# **x** | <script>alert(1)</script>"


@pytest.fixture(autouse=True)
def nothing_kept():
    worth_facts.forget()


@pytest.fixture
def shop(home, who) -> Place:
    """Lead time has dropped by forty percent in week 56, and every tenth deployment fails for two hours."""
    return planted.service(who, 84, drop_at=56, failing=True)


def seen(place: Place, weeks: int = 52, team_ids=()) -> worth.WorthView:
    return worth.view(place.who, place.organization_id, team_ids, weeks)


def member(place: Place) -> Who:
    return Who(place.who.id, "x", team_roles=frozenset({(place.organization_id, place.team_id, "team_lead")}))


def leader(place: Place, role: str = "leader") -> Who:
    return Who(place.who.id, "x", organization_roles=frozenset({(place.organization_id, role)}))


def test_what_is_measured_comes_from_the_facts(shop):
    found = seen(shop)
    assert found.yearly["deployments"].value == pytest.approx(156 * 365.25 / 364, rel=0.02)
    assert found.stated["failures"].input.kind == MEASURED and found.yearly["failures"].services == 1
    assert found.yearly["impaired"].value == pytest.approx(found.yearly["failures"].value * 3, rel=0.01)
    assert found.worth is not None and found.services["name"].to_list() == ["Shop"]


def test_a_service_that_is_refreshed_is_added_up_anew(shop):
    before = seen(shop, 13).yearly["deployments"].events
    shop.add(deployments=[deployment(f"new-{number}", 1, 84 * WEEK + number) for number in range(3)])
    derive.refresh(shop.service_id)
    assert seen(shop, 13).yearly["deployments"].events > before


def test_as_long_as_nobody_has_said_anything_it_is_proposed_and_called_so(shop):
    stated = seen(shop).stated
    assert {each.origin for key, each in stated.items() if key == "people"} == {PROPOSED}
    assert stated["hour_rate"].origin == OPEN and stated["hour_rate"].input is None


def test_what_is_stated_is_kept_with_its_reason_and_leaves_a_trace(both, who):
    organization = people.home_organization(who)
    teams.create_team(who, organization, "Shop")
    worth.state(who, organization, "people", 3, 5, " the  leads said so ")
    worth.state(who, organization, "people", 4, 5, "the leads said so")
    one = worth.view(who, organization, (), 13).stated["people"]
    assert (one.origin, one.input.kind, one.input.low, one.input.high) == (STATED, ASSUMED, 4, 5)
    assert one.note == "the leads said so" and one.set_at is not None
    worth.forget(who, organization, "people")
    assert worth.view(who, organization, (), 13).stated["people"].origin == PROPOSED
    with store.reading() as session:
        actions = session.execute(select(AuditEvent.action).where(AuditEvent.action.like("%worth%"))).scalars().all()
    assert sorted(actions) == ["change_worth_input", "change_worth_input", "remove_worth_input"]


def test_money_appears_with_the_price_of_an_hour(shop):
    assert seen(shop).worth.money is None
    worth.state(shop.who, shop.organization_id, "hour_rate", 60, 90)
    worth.state_currency(shop.who, shop.organization_id, "  EUR ")
    found = seen(shop)
    assert found.currency == "EUR" and found.worth.money is not None
    assert "## In EUR" in worth_files.markdown(found)
    worth.state_currency(shop.who, shop.organization_id, "")
    assert seen(shop).currency == ""


@pytest.mark.parametrize(("key", "low", "high"), [("people", 8, 4), ("failures", 1, 2), ("currency", 1, 2)])
def test_what_cannot_be_is_refused_and_nothing_is_kept(shop, key, low, high):
    with pytest.raises(ValueError, match=r"above the upper|measured"):
        worth.state(shop.who, shop.organization_id, key, low, high)
    with store.reading() as session:
        assert session.execute(select(WorthInput)).all() == []


def test_only_those_who_lead_see_and_change_it(shop):
    lead, here = member(shop), shop.organization_id
    assert worth.view(leader(shop, "coach"), here, (), 13).worth is not None
    for forbidden in (
        lambda: worth.view(lead, here, (), 13),
        lambda: worth.state(lead, here, "people", 1, 2),
        lambda: worth.state_currency(lead, here, "EUR"),
        lambda: worth.forget(lead, here, "people"),
        lambda: worth.take(lead, here, "fewer_failures", 1),
        lambda: worth.takeable(lead, here, "fewer_failures"),
    ):
        with pytest.raises(Forbidden):
            forbidden()
    worth.state(leader(shop), here, "people", 1, 2)


def test_a_team_of_somebody_else_is_not_there(shop):
    with pytest.raises(NotFound):
        seen(shop, team_ids=[shop.team_id + 1])
    with pytest.raises(ValueError, match="window"):
        seen(shop, weeks=7)


def did(place: Place, metric: str, counter: str, start: float = 54, end: float | None = 56, **more) -> int:
    ended = None if end is None else store.to_us(hour(end * WEEK))
    begun = store.to_us(hour(start * WEEK))
    done = Done("process", "Smaller steps", place.service_id, metric, counter, begun, ended, **more)
    return interventions.add(place.who, place.team_id, done)


def test_waits_that_fell_by_forty_percent_are_taken_with_their_interval(shop):
    made = did(shop, "waiting_for_review", "change_fail_rate")
    (one,) = worth.takeable(shop.who, shop.organization_id, "less_before")
    assert one.id == made and worth.takeable(shop.who, shop.organization_id, "sooner_over") == ()
    worth.take(shop.who, shop.organization_id, "less_before", made)
    taken = seen(shop).stated["less_before"]
    assert (taken.origin, taken.input.kind, taken.intervention) == (TAKEN, MEASURED, (made, shop.team_id))
    assert 0.3 < taken.input.low < 0.41 < taken.input.high < 0.6  # reviews wait 41 % less
    assert taken.note == "Waiting for review of Shop: Smaller steps"
    interventions.remove(shop.who, made)
    kept = seen(shop).stated["less_before"]
    assert kept.input == taken.input and kept.intervention is None


def test_of_a_share_the_part_of_what_it_was_is_taken(shop):
    """The verdict on a share tells a difference; the ends stay within all of it gone and twice as much."""
    worth.take(shop.who, shop.organization_id, "fewer_failures", did(shop, "change_fail_rate", "lead_time"))
    one = seen(shop).stated["fewer_failures"].input
    assert -1 <= one.low <= one.value <= one.high <= 1


def test_what_is_too_young_to_be_judged_cannot_be_taken(shop):
    made = did(shop, "waiting_for_review", "change_fail_rate", 81, 82)
    with pytest.raises(ValueError, match="cannot be told yet"):
        worth.take(shop.who, shop.organization_id, "less_before", made)


def test_what_goes_on_or_tells_of_something_else_cannot_be_taken(shop):
    made = did(shop, "waiting_for_review", "change_fail_rate", 54, None)
    assert worth.takeable(shop.who, shop.organization_id, "less_before") == ()
    with pytest.raises(NotFound):
        worth.take(shop.who, shop.organization_id, "less_before", made)


def test_files_hold_every_input_and_no_text_becomes_markup(shop):
    worth.state(shop.who, shop.organization_id, "people", 3, 5, EVIL)
    found = seen(shop)
    told = worth_files.markdown(found)
    assert "<script" not in told.replace("\\<", "") and "\\| \\<script" in told
    rows = worth_files.rows(found)
    assert set(rows.filter(part="input")["name"]) >= {"Fewer failures", "What an hour of work costs"}
    assert rows.filter(part="curve").height == 37
    assert worth_files.csv(found).splitlines()[0].startswith("part,name,unit,kind")


def test_before_anything_is_measured_nothing_is_said(home, who):
    here = people.home_organization(who)
    with pytest.raises(ValueError, match="no team yet"):
        worth.view(who, here, (), 13)
    teams.create_team(who, here, "Fresh")
    found = worth.view(who, here, (), 13)
    assert found.worth is None and "nothing can be said" in worth_files.markdown(found)
