"""The workflow map page, read as a visitor reads it."""

import json

import pytest

from assessments.workflow import typed
from assessments.workflow.model import Map
from content import catalog
from data import people, queries, store, teams
from data.asked import map_drafts, maps
from data.tables import Service
from tests.assessments.workflow.maps import changed, plain
from tests.pages import conftest
from tests.pages.conftest import opened

EXAMPLE = catalog.maps()["release-by-hand"]


@pytest.fixture
def team(home) -> int:
    who = people.local_person()
    return teams.create_team(who, people.home_organization(who), "Shop")


def example(team: int) -> int:
    return maps.copy_example(people.local_person(), team, "release-by-hand")


def page(**query):
    at = opened("team/map.py", **query)
    assert not at.exception
    return at


def said(at) -> str:
    """As it is read: without what keeps Markdown from being any."""
    return conftest.said(at).replace("\\", "").replace("\N{WORD JOINER}", "")


def pictures(at) -> list[str]:
    """What the drawings say to those who do not see them."""
    bodies = [str(each.proto.body) for each in at.get("html")]
    return [body.split('alt="')[1].split('"')[0] for body in bodies if 'alt="' in body]


def type_in(map_id: int, kind: str = "today", **texts) -> None:
    """As if somebody had typed that into the first step, and left."""
    who = people.local_person()
    number = next(line.number for line in maps.versions(who, map_id) if line.kind == kind)
    drawn = maps.version(who, map_id, kind, number).drawn
    rows = typed.rows(drawn.steps)
    map_drafts.keep(who, map_id, kind, number, drawn.title, [rows[0] | texts, *rows[1:]])


def test_without_a_team_the_page_says_what_to_do(home):
    assert "There is no team yet" in said(page())


def test_a_team_without_services_can_copy_the_example_and_sees_its_figures(team):
    at = page(team=team)
    assert "No map yet" in said(at)
    at.button(key="map_copy_release-by-hand").click().run()
    assert not at.exception and "The map is there" in said(at)
    assert [(each.label, each.value) for each in at.metric] == [
        ("Lead time", "4 h"),
        ("Work", "2 h"),
        ("Activity ratio", "50 %"),
        ("Complete and accurate", "70 %"),
    ]
    assert "The constraint is Approval meeting: 45 min, 38 % of the waiting" in said(at)
    assert "Back from failure: lead time 2 h 20 min" in said(at)
    assert pictures(at)[0].startswith("From request to production: Request the release, then Build by hand")
    assert len([each for each in at.dataframe if each.proto.editing_mode]) == 2, "a table to type into for each path"


def test_the_future_stands_beside_today_with_what_changes(team):
    at = page(team=team, map=example(team), kind="beside")
    assert "lead time 4 h → 10 min" in said(at) and "complete and accurate 70 % → 99 %" in said(at)
    assert "Gone: Approval meeting, Stop the service" in said(at)
    assert len(pictures(at)) == 2


def test_a_map_without_a_future_begins_one_from_today(team):
    who = people.local_person()
    made = maps.create(who, team, "Release", plain())
    at = page(team=team, map=made, kind="future")
    assert "No future state yet" in said(at)
    at.button(key="map_future").click().run()
    assert not at.exception and maps.version(who, made, "future", 1).drawn == Map.of(plain())
    assert at.query_params["kind"] in ("future", ["future"])


def test_what_was_typed_is_still_there_after_a_reload_and_can_be_saved(team):
    made = example(team)
    type_in(made, lead="2 h", name="Ask for it")
    at = page(team=team, map=made)
    assert "Not saved" in said(at) and at.metric[0].value == "5 h 30 min" and "Ask for it, then" in pictures(at)[0]
    at.button(key="map_save").click().run()
    assert not at.exception and "Version 2 is saved" in said(at) and "Not saved" not in said(at)
    assert maps.version(people.local_person(), made, "today", 2).drawn.steps[0].lead.value == 120
    at.button(key="map_save").click().run()
    assert "Nothing has changed since version 2" in said(at)


def test_what_was_typed_can_be_given_up(team):
    made = example(team)
    type_in(made, lead="2 h")
    at = page(team=team, map=made)
    at.button(key="map_discard").click().run()
    assert "Not saved" not in said(at) and at.metric[0].value == "4 h"
    assert map_drafts.draft(people.local_person(), made, "today") is None


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({"lead": "soon"}, "the lead time “soon” cannot be read: write it like 10 min"),
        ({"lead": "0"}, "the lead time is 0; leave it empty when it is not known"),
        ({"process": "-5 min"}, "the work “-5 min” is negative"),
        ({"process": "3 h"}, "the process time is longer than the lead time"),
        ({"name": ""}, "Step 1: give it a name"),
    ],
)
def test_a_mistake_is_said_beside_the_table_while_the_last_good_picture_stays(team, texts, sentence):
    made = example(team)
    type_in(made, **texts)
    at = page(team=team, map=made)
    assert len(at.error) == 1 and sentence in said(at)
    assert at.metric[0].value == "4 h" and "Not saved" in said(at)
    at.button(key="map_save").click().run()
    assert "nothing was saved" in said(at) and len(maps.versions(people.local_person(), made)) == 2


def test_somebody_who_was_quicker_takes_nothing_away(team):
    made, who = example(team), people.local_person()
    type_in(made, lead="2 h")
    theirs = {**EXAMPLE["today"], "title": "Theirs"}
    other = maps.save(who, made, "today", theirs, 1, "Theirs came first")
    type_in_base_one(made)
    at = page(team=team, map=made)
    assert "Version 2 was saved" in said(at) and "Theirs came first" in said(at)
    at.button(key="map_save").click().run()
    assert "Version 2 was saved meanwhile" in said(at) and len(maps.versions(who, made)) == 3
    at.button(key="map_on_top").click().run()
    at.button(key="map_save").click().run()
    assert "Version 3 is saved" in said(at)
    assert maps.version(who, made, "today", other).drawn.title == "Theirs"
    assert maps.version(who, made, "today", 3).drawn.steps[0].lead.value == 120


def type_in_base_one(made: int) -> None:
    """Begun from version 1, as of a colleague."""
    who = people.local_person()
    rows = typed.rows(Map.of(EXAMPLE["today"]).steps)
    map_drafts.keep(who, made, "today", 1, "A release by hand", [rows[0] | {"lead": "2 h"}, *rows[1:]])


def test_an_older_version_is_read_only_and_can_come_back(team):
    made, who = maps.create(people.local_person(), team, "Release", plain()), people.local_person()
    maps.save(who, made, "today", changed(lead=90), 1, "Measured")
    at = page(team=team, map=made, kind="today", version=1)
    assert "Read only" in said(at) and "map_save" not in {button.key for button in at.button}
    assert at.metric[0].value == "5 h"
    at.button(key="map_restore").click().run()
    assert "Version 1 is the newest again, as version 3" in said(at)


@pytest.mark.parametrize("wrong", ["0", "-1", "99", "x", "9" * 5000, "٣"])
def test_an_address_that_means_nothing_shows_the_newest(team, wrong):
    at = page(team=team, map=example(team), kind=wrong, version=wrong, before=wrong, after=wrong)
    assert at.metric[0].value == "4 h"


def test_any_two_versions_are_compared_as_the_address_says(team):
    made, who = maps.create(people.local_person(), team, "Release", plain()), people.local_person()
    maps.save(who, made, "today", changed(lead=90), 1)
    at = page(team=team, map=made, before="today-1", after="today-2")
    assert "lead time 5 h → 5 h 30 min" in said(at)
    at = page(team=team, map=made, before="today-2", after="today-1")
    assert "lead time 5 h 30 min → 5 h" in said(at)


def test_a_total_with_an_unknown_part_is_called_so(team):
    made = maps.create(people.local_person(), team, "Release", changed(lead=None))
    at = page(team=team, map=made)
    assert at.metric[0].value == "not known" and "4 h without First" in said(at)


def test_names_that_others_wrote_stay_text(team):
    hostile = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) :material/delete: **b**"
    made = maps.create(people.local_person(), team, "Release", changed(name=hostile, role=hostile, tool=hostile))
    at = page(team=team, map=made)
    for element in (*at.markdown, *at.caption, *at.error, *at.success):
        assert "[x](javascript" not in str(element.value) and ":material/delete: **b**" not in str(element.value)
    assert "<img src=x" not in "".join(str(each.proto.body) for each in at.get("html"))


def test_the_demo_shows_its_map_beside_what_is_measured_and_lets_nobody_draw(demo_home):
    one = next(each for each in queries.services(people.local_person()) if each.name == "ranking")
    at = page(team=one.team_id)
    assert "Demo data" in said(at) and "map_save" not in {button.key for button in at.button}
    assert [version for version in ("version 2", "version 1") if f"Today, {version}" in said(at)] == [
        "version 2",
        "version 1",
    ]
    (table,) = [each.value for each in at.table if "Measured stage" in each.value.columns]
    assert len(table) == 6 and "not known" not in set(table["Measured, median"])


def test_a_map_is_tied_to_a_service_on_the_page(team):
    who = people.local_person()
    service = teams.create_service(who, team, "till")
    made = maps.create(who, team, "Release", plain())
    at = page(team=team, map=made)
    assert "tied to no service" in said(at)
    at.selectbox(key=f"map_tied_{made}").set_value(service).run()
    assert "Nothing is measured at till yet" in said(at)
    with store.reading() as session:
        assert session.get(Service, service).name == "till"
    assert maps.maps(who, team)[0].service_id == service


def test_a_file_makes_a_map_or_says_why_not(team):
    at = page(team=team)
    at.file_uploader(key="map_file").set_value(("odd.json", b'{"title": "A", "steps": []}', "application/json")).run()
    at.button(key="map_import").click().run()
    assert "A map has 5 to 15 steps" in said(at) and not maps.maps(people.local_person(), team)
    at.file_uploader(key="map_file").set_value(("good.json", json.dumps(EXAMPLE).encode(), "application/json")).run()
    at.button(key="map_import").click().run()
    (made,) = maps.maps(people.local_person(), team)
    assert made.newest == {"today": 1, "future": 1}
