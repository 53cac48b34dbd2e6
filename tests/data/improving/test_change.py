"""One change before and after."""

import pytest
from sqlalchemy import select

from data import corrections, store, teams
from data.access import Forbidden
from data.asked import maps
from data.improving import change, goals, interventions
from data.improving.interventions import Done, InterventionView
from data.tables import AuditEvent, MapVersion
from tests.data.arrange import Place, hour
from tests.data.improving import planted
from tests.data.improving.planted import WEEK
from tests.data.improving.test_goals import set_at, wanted
from tests.data.test_teams import member

WEEKS = 60


@pytest.fixture
def shop(home, who) -> Place:
    """Lead time has dropped by forty percent in week 30."""
    return planted.service(who, WEEKS, drop_at=30, failing=True)


def done(place: Place, start: float = 28, end: float | None = 30, **more) -> InterventionView:
    values = {"kind": "process", "title": "Smaller", "service_id": place.service_id, "metric": "lead_time"}
    values |= {"counter_metric": "change_fail_rate", "started_at": store.to_us(hour(start * WEEK))}
    values["finished_at"] = None if end is None else store.to_us(hour(end * WEEK))
    made = interventions.add(place.who, place.team_id, Done(**values | more))
    return next(one for one in interventions.listed(place.who, place.team_id) if one.id == made)


def test_both_sides_have_thirteen_weeks_with_intervals_and_what_is_told_apart(both, who):
    shop = planted.service(who, WEEKS, drop_at=30, failing=True)
    found = change.of(who, done(shop))
    week = 7 * 86_400_000_000
    assert [(side.end - side.start) / week for side in (found.before, found.after)] == [13, 13]
    assert found.after.start == store.to_us(hour(34 * WEEK)), "after the weeks to settle"
    lines = {line.key: line for line in found.lines}
    lead, rate = lines["lead_time"], lines["deployment_frequency"]
    assert lead.before.value == pytest.approx(48, rel=0.1) and lead.after.value == pytest.approx(29, rel=0.1)
    assert (lead.state, rate.state) == ("better", "not told apart") and lead.apart[1] < 0
    assert lead.changed == pytest.approx(-0.4, abs=0.06) and "waiting_for_review" in lines
    tried, duration = found.tried
    assert (tried.before.value, tried.before.n) == (1.0, 39) and duration.key == "attempt_duration"
    assert found.before.coverage.deployments_counted == 39 and found.why_not == ""


def test_less_than_thirteen_weeks_after_are_taken_as_they_are(shop, who):
    found = change.of(who, done(shop, 48, 50))
    assert found.after.end < found.after.start + 7 * 7 * 86_400_000_000 and found.lines


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        (50, None, "It goes on"),
        (WEEKS + 5, None, "only a before"),
        (55, 57, "has not settled yet"),
    ],
)
def test_without_an_after_it_says_so_and_shows_no_number(shop, who, start, end, why):
    found = change.of(who, done(shop, start, end))
    assert why in found.why_not and (found.lines, found.tried, found.before.coverage) == ((), (), None)


def test_a_service_that_is_gone_or_has_no_numbers_says_so(shop, who):
    one = done(shop)
    bare = Place(who, "Bare")
    assert "Nothing has been worked out" in change.of(who, done(bare)).why_not
    teams.move_service(who, shop.service_id, bare.team_id)
    (one,) = interventions.listed(who, shop.team_id)
    found = change.of(who, one)
    assert "not the team's any more" in found.why_not and change.drawn(who, one) == ()


def test_what_else_changed_is_named(shop, who):
    one = done(shop)
    done(shop, 29, 31, title="Another")
    set_at(goals.add(who, shop.team_id, wanted(shop, title="Soon", target=10.0)), 33 * WEEK)
    inside = store.to_us(hour(32 * WEEK))
    with store.writing() as session:
        mine, other = f"service:{shop.service_id}", "service:999"
        for action, subject in (("save_settings", mine), ("save_settings", other), ("rename_service", mine)):
            session.add(AuditEvent(at=inside, action=action, subject=subject))
    one = next(each for each in interventions.listed(who, shop.team_id) if each.id == one.id)
    found = change.of(who, one).meanwhile
    assert (found.deeds, found.goals, found.rules) == (("Another",), ("Soon",), (inside,))
    assert (found.sources, found.begins, found.corrections) == ((), (), 0)
    shop.source(history_start=inside)
    corrections.add(who, shop.service_id, "deployment.failed", "d2", reason="It did")
    later = change.of(who, one).meanwhile
    assert later.begins == (inside,) and later.corrections == 0, "made today, long after"


def test_the_maps_are_those_that_stood_on_both_sides(shop, who):
    one = done(shop)
    assert change.drawn(who, one) == ()
    map_id = maps.create(who, shop.team_id, "Shop")
    maps.create(who, shop.team_id, "Of nothing")
    maps.tie(who, map_id, shop.service_id)
    for number in range(1, 5):
        steps = [{"key": f"s{place}", "name": f"Step {place} of {number}"} for place in range(5)]
        plain = {"title": f"v{number}", "steps": steps}
        maps.save(who, map_id, maps.TODAY, plain, number)

    def saved(*weeks: float) -> tuple:
        with store.writing() as session:
            for row in session.execute(select(MapVersion).where(MapVersion.map_id == map_id)).scalars():
                row.saved_at = store.to_us(hour(weeks[row.version - 1] * WEEK))
        (found,) = change.drawn(who, one)
        return found.before, found.after

    assert saved(10, 20, 40, 50, 55) == (2, 5)
    assert saved(29, 29.5, 40, 50, 200) == (1, 4), "drawn when it began; and only until the weeks that are judged end"
    assert saved(40, 41, 42, 43, 44) == (None, 5)
    assert saved(10, 11, 12, 13, 14) == (5, None)


def test_only_those_who_see_the_team_see_it(shop, who):
    one = done(shop)
    assert change.of(member("member", shop.team_id), one).lines
    outside = member("team_lead", teams.create_team(who, shop.organization_id, "Other"), "o")
    for read in (change.of, change.drawn):
        with pytest.raises(Forbidden):
            read(outside, one)
