"""What it is worth, as somebody who leads uses it."""

import pytest

from assessments.worth import EXPECTED, QUANTITIES
from data import people, teams
from data.improving import worth, worth_facts
from pages.ui import worth_charts
from pages.ui.text import JOINER
from tests.assessments.test_worth import inputs, proposed
from tests.data.arrange import Place
from tests.data.improving import planted
from tests.pages.conftest import opened, said

PAGE = "lead/worth.py"
EVIL = "# **Actions** <script>alert(1)</script> :rocket: [x](http://evil.example)"


@pytest.fixture(autouse=True)
def nothing_kept():
    worth_facts.forget()


@pytest.fixture
def shop(home, who) -> Place:
    return planted.service(who, 40, failing=True)


def words(at) -> str:
    return said(at).replace("\\", "").replace(JOINER, "")


def test_before_there_is_a_team_or_a_number_the_page_says_what_to_do(home, who):
    at = opened(PAGE)
    assert "Nothing to lead yet" in said(at) and not at.exception
    teams.create_team(who, people.home_organization(who), "Fresh")
    at = opened(PAGE)
    assert "Nothing is measured yet" in said(at) and "not known" in said(at) and not at.exception
    assert at.get("plotly_chart") == []


def test_findings_pictures_inputs_and_limits_stand_on_the_page(shop):
    at = opened(PAGE)
    assert not at.exception and len(at.get("plotly_chart")) == 2
    told = words(at)
    assert "The hours put in are back within 2 years" in told and "First it costs: " in told
    assert "Decides most: " in told and "15 inputs are as Milepost proposes" in told
    assert "Failures that began with a deployment**: " in told and "badge[measured]" in told
    assert "People. Hours that come back are time for other work of the same people" in told
    assert {each.label for each in at.metric} >= {"Work given back", "Failures avoided"}


def test_what_is_assumed_here_stands_there_with_its_reason(shop):
    worth.state(shop.who, shop.organization_id, "slower", 0.02, 0.04, EVIL)
    worth.state(shop.who, shop.organization_id, "hour_rate", 60, 90)
    worth.state_currency(shop.who, shop.organization_id, "*EUR*")
    at = opened(PAGE)
    told = words(at)
    assert "Slower at the start**: 2 to 4 % of the work" in told and "14 inputs are as Milepost proposes" in told
    assert "<script" not in said(at).replace("\\<", "") and "In *EUR*" in told and not at.exception


@pytest.mark.parametrize("key", ["slower", "fewer_failures", "hour_rate"])
def test_an_input_that_is_not_measured_can_be_changed(key, shop):
    at = opened(PAGE)
    at.button(key=f"worth_change_{key}").click().run()
    assert not at.exception
    low, high = (at.number_input(key=f"worth_form_{key}_{end}") for end in ("low", "high"))
    one = worth.worth.proposed(key)
    assert [low.value, high.value] == ([None, None] if one is None else [one.low * 100, one.high * 100])
    told = "Nothing that was finished here tells of it yet"
    assert (told in words(at)) == (QUANTITIES[key].group == EXPECTED)


def test_the_address_holds_the_choice_and_nobody_elses_team(shop):
    at = opened(PAGE, teams=f"{shop.team_id}-999", weeks=26)
    assert not at.exception and at.selectbox(key="progress_weeks").value == "26"
    at = opened(PAGE, teams="x", weeks="y", organization="z")
    assert not at.exception and at.selectbox(key="progress_weeks").value == "13"


def test_pictures_say_what_they_show_without_colour():
    found = worth.worth.work_out(proposed(), 1)
    figure = worth_charts.tornado(found)
    named = [each.text for each in figure.layout.annotations if each.text]
    assert len(named) == worth_charts.SHOWN and all("(assumed)" in each or "(measured)" in each for each in named)
    assert max(len(line) for each in named for line in each.split("<br>")) <= worth_charts.WIDEST, "or a phone cuts it"
    course = worth_charts.course(worth.worth.work_out(inputs(), 1))
    assert list(course.data[1].x) == list(range(37)) and course.data[1].y[0] == 0
