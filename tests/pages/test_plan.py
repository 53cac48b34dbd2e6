"""The page of a plan, and goals, as a team uses them."""

import pytest
from sqlalchemy import select

from content import catalog
from data import people, store, teams
from data.asked import pains
from data.asked.naming import Said
from data.improving import choices, goals, interventions
from data.improving.goals import Wanted
from data.tables import Goal
from pages.ui.text import JOINER
from tests.data.arrange import Place, hour
from tests.data.improving import planted
from tests.data.improving.planted import WEEK
from tests.data.practised import looked, said
from tests.pages.conftest import opened
from tests.pages.conftest import said as text
from tests.statements import counted

PAGE = "team/plan.py"
EVIL = "# **Faster** <script>alert(1)</script> :rocket: [x](http://evil.example)"
DAY = 86_400 * 1_000_000


@pytest.fixture
def shop(home, who) -> Place:
    """A team of which much is known: it was asked, its repository was looked at, its service is measured."""
    place = planted.service(who, weeks=16, failing=True)
    said(place.team_id, 1)
    looked(place.repository_id, "not met")
    return place


def add(place: Place, **more) -> int:
    values = {"title": EVIL, "service_id": place.service_id, "metric": "lead_time", "target": 30.0}
    values |= {"counter_metric": "change_fail_rate", "counter_limit": 0.15, "due_at": store.now_us() + 90 * DAY}
    return goals.add(place.who, place.team_id, Wanted(**values | more))


def plainly(at) -> str:
    return text(at).replace("\\", "").replace(JOINER, "")


def links(at) -> list[str]:
    return [element.proto.label for element in at.get("page_link")]


def test_while_nothing_is_known_the_page_says_how_to_begin(home, who):
    team = teams.create_team(who, people.home_organization(who), "Fresh")
    at = opened(PAGE, team=team)
    assert "Nothing is known yet of where the team stands" in text(at) and not at.exception
    assert {"Ask the team", "Draw the workflow map"} <= set(links(at))
    assert "What to learn next" not in text(at)
    at.button(key="goal_add").click().run()
    assert "The team has no service yet" in text(at)


def test_a_track_is_recommended_with_the_reason_chosen_begun_and_dropped(shop):
    at = opened(PAGE, team=shop.team_id, hours=20)
    assert "What to learn next" in text(at) and "Of all that fit" in text(at) and not at.exception
    assert "**Why:** It works on " in text(at) and "of your 20 hours" in text(at)
    assert "What was left out, and why" in next(one.label for one in at.expander)
    assert "A workflow map of the team's own would show where time is lost" in text(at)
    buttons = [one.key for one in at.button if one.key.startswith("plan_choose_")]
    slug = buttons[0].removeprefix("plan_choose_")
    at.button(key=buttons[0]).click().run()
    (one,) = choices.listed(shop.who, shop.team_id)
    assert (one.slug, one.state) == (slug, choices.CHOSEN) and one.why.startswith("It works on ")
    assert "Under way" in text(at) and f"version {catalog.tracks()[slug]['version']}" in plainly(at)
    at.button(key=f"chosen_{one.id}_begin").click().run()
    assert choices.listed(shop.who, shop.team_id)[0].state == choices.UNDER_WAY
    at.button(key=f"chosen_{one.id}_drop").click()
    at.run()
    at.button(key=f"chosen_{one.id}_drop").click()
    at.button(key=f"chosen_{one.id}_drop_go").click().run()
    assert choices.listed(shop.who, shop.team_id)[0].state == choices.DROPPED and not at.exception
    assert "Dropped" in text(at)


def test_what_is_not_written_yet_says_so(shop, monkeypatch):
    unwritten = {slug: track | {"status": "wip"} for slug, track in catalog.tracks().items()}
    monkeypatch.setattr(catalog, "tracks", lambda: unwritten)
    at = opened(PAGE, team=shop.team_id)
    assert ":gray-badge[Coming]" in text(at)
    assert "Choosing it keeps your intention, and its content follows" in plainly(at)


def test_a_finished_track_is_looked_at(shop):
    made = choices.choose(shop.who, shop.team_id, next(iter(catalog.tracks())))
    choices.begin(shop.who, made, store.now_us() - 50 * DAY)
    at = opened(PAGE, team=shop.team_id)
    at.button(key=f"chosen_{made}_finish").click().run()
    at.button(key=f"chosen_{made}_finish").click()
    at.button(key=f"chosen_{made}_done_go").click().run()
    (one,) = interventions.listed(shop.who, shop.team_id)
    assert one.enrolment_id == made and one.said.metric == "lead_time" and not at.exception
    assert "Did it work?" in links(at)


def test_two_under_way_leave_room_for_no_third(shop):
    for slug in list(catalog.tracks())[:2]:
        choices.choose(shop.who, shop.team_id, slug)
    at = opened(PAGE, team=shop.team_id)
    assert "Two tracks are chosen already" in text(at)
    assert not [one.key for one in at.button if one.key.startswith("plan_choose_")]


@pytest.mark.parametrize("wrong", ["-1", "401", "x", "٣", "9" * 50, "1.5"])
def test_hours_that_are_none_are_the_proposed_ones(shop, wrong):
    at = opened(PAGE, team=shop.team_id, hours=wrong)
    assert at.number_input(key="pick_hours").value == 20 and not at.exception


def test_few_hours_fit_nothing_and_that_is_said(shop):
    at = opened(PAGE, team=shop.team_id, hours=0)
    assert "No track that works on a gap fits into 0 hours" in text(at)


def test_small_steps_name_what_speaks_against_them_and_become_goals(shop):
    at = opened(PAGE, team=shop.team_id)
    assert "Small steps" in text(at) and "Against it: " in plainly(at)
    key = next(one.key for one in at.button if one.key.startswith("step_goal_"))
    capability = key.removeprefix("step_goal_")
    at.button(key=key).click().run()
    at.button(key=key).click()
    at.button(key=f"goal_gap_{capability}_go").click().run()
    (one,) = goals.listed(shop.who, shop.team_id)
    assert one.wanted.capability == capability and one.wanted.level in (1, 2) and not at.exception
    assert "from a gap: " in plainly(at)


def test_a_goal_is_set_edited_and_ended(shop):
    at = opened(PAGE, team=shop.team_id)
    assert "No goal is set" in text(at)
    at.button(key="goal_add").click().run()
    assert "Lead time now: " in plainly(at)
    at.button(key="goal_add").click()
    at.text_input(key="goal_new_title").set_value(EVIL)
    at.button(key="goal_new_go").click().run()
    (one,) = goals.listed(shop.who, shop.team_id)
    assert one.wanted.title == EVIL and one.wanted.target == pytest.approx(0.7 * 47, rel=0.05)
    assert "<script" not in text(at).replace("\\<", "") and "Since then: no data yet" in plainly(at)
    at.button(key=f"goal_{one.id}_ending").click().run()
    at.button(key=f"goal_{one.id}_ending").click()
    at.radio(key=f"goal_{one.id}_end").set_value("dropped").run()
    at.button(key=f"goal_{one.id}_ending").click()
    at.button(key=f"goal_{one.id}_end_go").click().run()
    assert goals.listed(shop.who, shop.team_id)[0].state == goals.DROPPED and not at.exception


def test_what_has_no_value_to_begin_from_says_so_and_is_refused_with_the_reason(home, who):
    place = planted.service(who, weeks=16)  # nobody collects its incidents
    at = opened(PAGE, team=place.team_id)
    at.button(key="goal_add").click().run()
    # What a choice is called depends on the service: a browser keeps the words of a widget that stays the same.
    counter = at.selectbox(key=f"goal_new_counter_lead_time_{place.service_id}")
    assert "Change fail rate (no value yet)" in counter.options and counter.value != "change_fail_rate"
    assert [one for one in at.button if one.key == "goal_new_go"]
    counter.set_value("change_fail_rate")
    at.button(key="goal_add").click().run()
    assert any("Change fail rate has no value to begin from" in one.value for one in at.warning)
    assert not [one for one in at.button if one.key == "goal_new_go"]


def test_progress_says_when_it_is_not_told_apart_and_what_paid_for_it(shop):
    made = add(shop)
    with store.writing() as session:
        row = session.get(Goal, made)
        row.created_at, row.counter_limit = store.to_us(hour(8 * WEEK)), 0.01
    at = opened(PAGE, team=shop.team_id)
    said_now = plainly(at)
    assert "which is not told apart from the baseline: it may be chance" in said_now
    assert "Change fail rate: 8.3 %" in said_now and "beyond its limit of 1.0 %" in said_now
    assert "Its day has passed" not in said_now


def test_a_pain_point_becomes_a_goal_and_says_so(shop):
    pain = pains.add(shop.who, shop.team_id, Said("review", "Reviews wait", 3, 2, 4.0))
    at = opened("team/pains.py", team=shop.team_id)
    at.button(key=f"pain_{pain}_goal").click().run()
    at.button(key=f"pain_{pain}_goal").click()
    at.button(key=f"goal_pain_{pain}_go").click().run()
    (one,) = goals.listed(shop.who, shop.team_id)
    assert one.wanted.pain_id == pain and not at.exception
    assert any(label.startswith("A goal works on it: Lead time") for label in links(at))
    assert "Pain points" in links(opened(PAGE, team=shop.team_id))


def test_whoever_only_leads_reads_and_does_nothing(shop, monkeypatch):
    add(shop)
    choices.choose(shop.who, shop.team_id, next(iter(catalog.tracks())))
    roles = frozenset({(shop.organization_id, "leader")})
    monkeypatch.setattr(people, "local_person", lambda: people.Who(shop.who.id, "L", organization_roles=roles))
    at = opened(PAGE, team=shop.team_id)
    assert "Goals" in text(at) and not at.exception
    assert [one.key for one in at.button] == []


def test_the_page_asks_the_store_no_more_with_many_goals(shop):
    numbers = []
    for _ in range(2):
        add(shop)
        with counted() as sent:
            at = opened(PAGE, team=shop.team_id)
        assert not at.exception
        numbers.append(len([one for one in sent if "FROM goal" in one or "packed_week" in one]))
    assert numbers[0] == numbers[1]
    with store.reading() as session:
        assert len(session.execute(select(Goal)).all()) == 2
