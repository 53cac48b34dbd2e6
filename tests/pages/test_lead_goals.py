"""Goals of all teams, and one change before and after, as those who lead see them."""

import pytest
from sqlalchemy import select

from data import people, store
from data.asked import maps
from data.improving import goals, interventions, verdicts
from data.improving.interventions import Done
from data.tables import MapVersion
from pages.ui.text import JOINER
from tests.data.arrange import Place, hour
from tests.data.improving import planted
from tests.data.improving.planted import WEEK
from tests.data.improving.test_goals import set_at, wanted
from tests.pages.conftest import opened, said

GOALS, CHANGE, PLAN = "lead/goals.py", "lead/change.py", "team/plan.py"
EVIL = "# **Faster** <script>alert(1)</script> :rocket: [x](http://evil.example)"


@pytest.fixture
def shop(home, who) -> Place:
    """Lead time has dropped by forty percent in week 40."""
    return planted.service(who, 60, drop_at=40, failing=True)


def words(at) -> str:
    """What stands on the page, that of HTML of ours too."""
    drawn = "\n".join(str(each.proto.body) for each in at.get("html"))
    return f"{said(at)}\n{drawn}".replace("\\", "").replace(JOINER, "")


def done(place: Place, **more) -> int:
    values = {"kind": "process", "title": "Smaller", "service_id": place.service_id, "metric": "lead_time"}
    values |= {"counter_metric": "change_fail_rate", "started_at": store.to_us(hour(38 * WEEK))}
    return interventions.add(
        place.who, place.team_id, Done(**values | {"finished_at": store.to_us(hour(40 * WEEK))} | more)
    )


def leads(monkeypatch, place: Place) -> None:
    roles = frozenset({(place.organization_id, "leader")})
    monkeypatch.setattr(people, "local_person", lambda: people.Who(place.who.id, "L", organization_roles=roles))


def test_without_teams_or_goals_or_deeds_the_pages_say_what_to_do(home, who):
    assert "Nothing to lead yet" in said(opened(GOALS))
    Place(who, "Bare")
    at = opened(GOALS)
    assert "No team has set a goal yet" in said(at) and "One alone is refused" in said(at) and not at.exception
    at = opened(CHANGE)
    assert "Nothing has been noted yet" in said(at) and not at.exception


def test_a_goal_stands_with_its_counter_metric_owner_look_and_where_it_is_on_the_way_to(shop, who, monkeypatch):
    made = goals.add(who, shop.team_id, wanted(shop, title=EVIL, target=27.0, owner="**Lead**"))
    set_at(made, 50 * WEEK, due_at=store.to_us(hour(70 * WEEK)), look_at=store.to_us(hour(55 * WEEK)))
    leads(monkeypatch, shop)
    at = opened(GOALS)
    (line,) = [each.label for each in at.expander if "Faster" in each.label]
    assert "A look is overdue" in line and "target 27" in line and "Lead" in line and "<script>" not in line
    assert "As things go" not in words(at) and "owner" not in words(at), "the rest when somebody asks for it"
    at = opened(GOALS, **{f"goal_{made}": "true"})
    assert not at.exception and "owner: **Lead**" in words(at)
    assert "1 open goal of 1 team; 1 look overdue; the day of 1 has passed." in words(at)
    assert "As things go, " in words(at) and "Within its limit of 15 %" in words(at)
    assert "<script" not in said(at).replace("\\<", "") and not any(
        "<script" in each.proto.body for each in at.get("html")
    )
    assert [one.key for one in at.button if "goal" in str(one.key)] == [], "whoever only leads changes nothing"


def test_what_is_shown_stands_in_the_address(shop, who):
    goals.add(who, shop.team_id, wanted(shop, title="Owned", owner="Lead", target=20.0))
    ended = goals.add(who, shop.team_id, wanted(shop, title="Over", target=20.0))
    goals.end(who, ended, goals.DROPPED)
    at = opened(GOALS, show="ended")
    (line,) = [each.label for each in at.expander if "target" in each.label]
    assert "Over" in line and "dropped" in line and not at.exception
    at.selectbox(key="progress_show").set_value("nobody").run()
    assert "None of the goals is so." in said(at) and at.query_params["show"] == "nobody"


def test_a_lead_names_an_owner_and_looks(shop, who):
    made = goals.add(who, shop.team_id, wanted(shop, title="Soon", target=20.0))
    at = opened(PLAN, team=shop.team_id)
    at.button(key=f"goal_{made}_edit").click().run()
    at.button(key=f"goal_{made}_edit").click()
    at.text_input(key=f"goal_{made}_owner").set_value("Duty desk")
    at.button(key=f"goal_{made}_save").click().run()
    at.button(key=f"goal_{made}_looking").click().run()
    at.button(key=f"goal_{made}_looking").click()
    at.text_area(key=f"goal_{made}_look_note").set_value("On the way")
    at.button(key=f"goal_{made}_look_go").click().run()
    (one,) = goals.listed(who, shop.team_id)
    assert one.wanted.owner == "Duty desk" and one.looks[0].note == "On the way" and not at.exception
    assert one.wanted.look_at > store.now_us() and "owner: Duty desk" in words(at) and "On the way" in words(at)


def test_a_change_stands_with_its_numbers_maps_verdict_and_what_else_changed(shop, who, monkeypatch):
    verdicts.forget()
    done(shop, title=EVIL)
    map_id = maps.create(who, shop.team_id, "Shop")
    maps.tie(who, map_id, shop.service_id)
    steps = [{"key": f"s{place}", "name": f"Step {place}", "lead": 10 + place, "process": 5} for place in range(6)]
    maps.save(who, map_id, maps.TODAY, {"title": "Shop", "steps": steps}, 1)
    with store.writing() as session:
        rows = session.execute(select(MapVersion).order_by(MapVersion.version)).scalars()
        for row, week in zip(rows, (30, 50), strict=True):
            row.saved_at = store.to_us(hour(week * WEEK))
    leads(monkeypatch, shop)
    at = opened(CHANGE)
    assert not at.exception and "Better: lead time" in words(at) and "Moved for the better" in words(at)
    assert "Version 1, saved on" in words(at) and "Version 2, saved on" in words(at) and "New: Step" in words(at)
    assert "Nothing else that is known here" in words(at) and "chance alone tells about one in twenty" in words(at)
    assert len(at.get("plotly_chart")) == 2 and len(at.dataframe) == 2
    at.toggle(key="change_table").set_value(True).run()
    assert len(at.dataframe) == 3 and not at.exception


def test_a_change_that_goes_on_or_has_no_map_says_so(shop, who):
    one = done(shop, finished_at=None)
    at = opened(CHANGE, change=one)
    assert "It goes on: what came after is compared" in words(at) and not at.exception
    assert "No workflow map of this team is tied to the service" in words(at)
    at = opened(CHANGE, change=999)
    assert "is not here, or not yours to see" in words(at) and not at.exception
