"""Did it work?, as a team uses it."""

import pytest

from data import people, store, teams
from data.improving import interventions, verdicts
from data.improving.interventions import Done
from pages.ui.text import JOINER
from tests.data.arrange import Place, hour
from tests.data.improving import planted
from tests.data.improving.planted import WEEK
from tests.pages.conftest import opened, said

PAGE = "team/outcomes.py"
EVIL = "# **Actions** <script>alert(1)</script> :rocket: [x](http://evil.example)"
DAY = 86_400 * 1_000_000


@pytest.fixture(autouse=True)
def nothing_kept():
    verdicts.forget()


@pytest.fixture
def shop(home, who) -> Place:
    """Lead time has dropped by forty percent in week 56."""
    return planted.service(who, 84, drop_at=56, failing=True)


def add(place: Place, start: float = 54, end: float | None = 56, **more) -> int:
    values = {"kind": "migration", "title": "To actions", "service_id": place.service_id, "metric": "lead_time"}
    values |= {"counter_metric": "change_fail_rate", "started_at": store.to_us(hour(start * WEEK))}
    values["finished_at"] = None if end is None else store.to_us(hour(end * WEEK))
    return interventions.add(place.who, place.team_id, Done(**values | more))


def words(at) -> str:
    return said(at).replace("\\", "").replace(JOINER, "")


def test_before_anything_was_noted_the_page_says_what_to_note(home, who):
    at = opened(PAGE, team=teams.create_team(who, people.home_organization(who), "Fresh"))
    assert "Nothing has been noted yet" in said(at) and not at.exception
    at.button(key="outcome_add").click().run()
    assert "The team has no service yet" in said(at)


def test_a_planted_drop_is_told_with_its_interval_its_counter_metric_and_its_weeks(shop):
    made = add(shop, title=EVIL)
    at = opened(PAGE, team=shop.team_id)
    assert not at.exception and "Moved for the better" in said(at)
    assert "Lead time moved for the better: −4" in words(at) and "(95 % interval −" in words(at)
    assert " before (53 weeks, 159 deployments), " in words(at) and "Whether it was paid for is" in words(at)
    assert "Trend: " in words(at) and "Season: " in words(at)
    assert "<script" not in said(at).replace("\\<", "")
    assert len(at.get("plotly_chart")) == 2
    at.toggle(key=f"outcome_{made}_lead_time_table").set_value(True).run()
    assert len(at.dataframe) == 1 and not at.exception
    assert verdicts.kept(verdicts.questions(interventions.listed(shop.who, shop.team_id))[0])


def test_what_is_planned_goes_on_or_is_young_has_no_verdict_and_says_why(shop):
    add(shop, title="Planned", started_at=store.now_us() + 20 * DAY, finished_at=None)
    add(shop, 80, None, title="Running")
    add(shop, title="Young", started_at=store.now_us() - 9 * DAY, finished_at=store.now_us() - 8 * DAY)
    at = opened(PAGE, team=shop.team_id)
    assert "It has not started yet." in words(at) and "It goes on." in words(at)
    assert "It is too early: the weeks after the settling are judged in" in words(at)
    assert "a change of 30 %" in words(at).lower() and not at.exception
    assert "Also in these weeks: " in words(at)


def test_what_cannot_be_measured_says_what_to_do(home, who):
    place = planted.service(who, 20)
    add(place, 4, 6, metric="change_fail_rate", counter_metric="lead_time")
    at = opened(PAGE, team=place.team_id)
    assert "Change fail rate cannot be measured here. Failures are not collected" in words(at)
    assert "Not measured" in said(at) and not at.exception


def test_something_is_added_finished_edited_and_removed(shop):
    at = opened(PAGE, team=shop.team_id)
    at.button(key="outcome_add").click().run()
    at.button(key="outcome_add").click()
    at.button(key="outcome_new_go").click().run()
    assert any("a title" in one.value.replace("\\", "") for one in at.error)
    at.button(key="outcome_add").click()
    at.text_input(key="outcome_new_title").set_value("Smaller changes")
    at.button(key="outcome_new_go").click().run()
    (one,) = interventions.listed(shop.who, shop.team_id)
    assert one.said.title == "Smaller changes" and one.said.finished_at is None and not at.exception
    for verb, go in (("finish", f"outcome_finish_{one.id}_go"), ("edit", f"outcome_edit_{one.id}_go")):
        at.button(key=f"outcome_{one.id}_{verb}").click().run()
        at.button(key=f"outcome_{one.id}_{verb}").click()
        at.button(key=go).click().run()
        assert not at.exception and not at.error
    assert interventions.listed(shop.who, shop.team_id)[0].said.finished_at
    at.button(key=f"outcome_{one.id}_remove").click().run()
    at.button(key=f"outcome_{one.id}_remove").click()
    at.button(key=f"outcome_remove_{one.id}").click().run()
    assert interventions.listed(shop.who, shop.team_id) == () and not at.exception


def test_before_the_start_the_wait_is_told_for_any_metric(shop):
    at = opened(PAGE, team=shop.team_id)
    assert "Before you start" in said(at)
    at.toggle(key="outcome_ahead_go").set_value(True).run()
    assert "**Lead time:**" in said(at) and "change of 30 %" in said(at) and not at.exception


def test_whoever_only_leads_reads_and_does_nothing(shop, monkeypatch):
    add(shop)
    roles = frozenset({(shop.organization_id, "leader")})
    monkeypatch.setattr(people, "local_person", lambda: people.Who(shop.who.id, "L", organization_roles=roles))
    at = opened(PAGE, team=shop.team_id)
    assert "Moved for the better" in said(at) and not at.exception
    assert [one.key for one in at.button] == []
