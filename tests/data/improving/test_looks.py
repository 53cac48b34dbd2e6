"""Who keeps an eye on a goal, and what was seen when somebody looked."""

import pytest
from sqlalchemy import select

from data import store, teams
from data.access import Forbidden, NotFound
from data.improving import goals
from data.tables import AuditEvent, GoalLook
from tests.data.arrange import Place, hour
from tests.data.improving import planted
from tests.data.improving.planted import WEEK
from tests.data.improving.test_goals import DAY, set_at, wanted
from tests.data.test_teams import member


@pytest.fixture
def shop(home, who) -> Place:
    return planted.service(who, weeks=16, failing=True)


def test_a_look_keeps_what_was_measured_and_when_to_look_next(both, who):
    shop = planted.service(who, weeks=16, failing=True)
    made = goals.add(who, shop.team_id, wanted(shop, owner=" Lead  of Shop ", look_at=store.now_us() + DAY))
    set_at(made, 8 * WEEK)
    following = store.now_us() + 30 * DAY
    goals.look(who, made, "On the way", following)
    goals.look(who, made)
    (one,) = goals.listed(who, shop.team_id)
    assert one.wanted.owner == "Lead of Shop" and one.wanted.look_at is None
    assert [each.note for each in one.looks] == ["", "On the way"], "the newest first"
    metric, counter = one.looks[1].seen
    assert (metric.unit, counter.unit) == ("hours", "share") and metric.value == pytest.approx(48, rel=0.15)
    assert metric.start == store.to_us(hour(8 * WEEK))
    with store.reading() as session:
        events = session.execute(select(AuditEvent.action, AuditEvent.detail)).all()
    assert ("look_at_goal", {"title": "Faster", "next": following}) in [tuple(each) for each in events]


def test_a_look_is_overdue_once_its_day_has_passed_and_the_goal_is_open(shop, who):
    late, ended = (goals.add(who, shop.team_id, wanted(shop)) for _ in range(2))
    for one in (late, ended):
        set_at(one, 2 * WEEK, look_at=store.to_us(hour(4 * WEEK)))
    goals.end(who, ended, goals.DROPPED)
    stands = goals.stands(goals.listed(who, shop.team_id))
    assert (stands[late].look_due, stands[ended].look_due) == (True, False)
    assert not goals.stands(goals.listed(who, shop.team_id), store.to_us(hour(3 * WEEK)))[late].look_due


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"owner": "x" * 81}, "up to 80"),
        ({"look_at": 5}, "a day after today for the next look"),
        ({"look_at": 2**60}, "within three years"),
        ({"look_at": 1.5}, "a day after today for the next look"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(shop, who, more, reason):
    with pytest.raises(ValueError, match=reason):
        goals.add(who, shop.team_id, wanted(shop, **more))
    made = goals.add(who, shop.team_id, wanted(shop))
    if "look_at" in more:
        with pytest.raises(ValueError, match=reason):
            goals.look(who, made, next_at=more["look_at"])
    with pytest.raises(ValueError, match="up to 2,000"):
        goals.look(who, made, "x" * 2001)
    assert goals.listed(who, shop.team_id)[0].looks == ()


def test_a_day_that_has_passed_stays_when_something_else_is_edited(shop, who):
    made = goals.add(who, shop.team_id, wanted(shop))
    set_at(made, 2 * WEEK, look_at=store.to_us(hour(4 * WEEK)), due_at=store.to_us(hour(20 * WEEK)))
    (one,) = goals.listed(who, shop.team_id)
    goals.edit(who, made, goals.replace(one.wanted, owner="Somebody"))
    (one,) = goals.listed(who, shop.team_id)
    assert (one.wanted.owner, one.wanted.look_at) == ("Somebody", store.to_us(hour(4 * WEEK)))


def test_what_has_ended_or_moved_away_or_is_full_is_not_looked_at(shop, who, monkeypatch):
    ended, kept = (goals.add(who, shop.team_id, wanted(shop)) for _ in range(2))
    goals.end(who, ended, goals.REACHED)
    with pytest.raises(ValueError, match="was reached already"):
        goals.look(who, ended)
    with pytest.raises(NotFound):
        goals.look(who, 999)
    monkeypatch.setattr(goals, "MOST_LOOKS", 1)
    goals.look(who, kept)
    with pytest.raises(ValueError, match="1 looks are kept"):
        goals.look(who, kept)
    teams.move_service(who, shop.service_id, teams.create_team(who, shop.organization_id, "Other"))
    with pytest.raises(ValueError, match="not the team's any more"):
        goals.look(who, kept)


def test_leads_look_and_members_and_leaders_do_not(shop, who):
    made = goals.add(who, shop.team_id, wanted(shop))
    goals.look(member("team_lead", shop.team_id), made)
    with pytest.raises(Forbidden):
        goals.look(member("member", shop.team_id, "other"), made)
    with store.reading() as session:
        assert len(session.execute(select(GoalLook)).all()) == 1


def test_looks_go_with_their_goal(shop, who):
    goals.look(who, goals.add(who, shop.team_id, wanted(shop)))
    teams.delete_team(who, shop.team_id)
    with store.reading() as session:
        assert session.execute(select(GoalLook)).all() == []
