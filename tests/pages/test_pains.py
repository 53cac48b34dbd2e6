"""The page of pain points, as a team uses it."""

import pytest

from data import people, teams
from data.asked import pains
from data.asked.naming import Said
from tests.pages.conftest import opened, said

PAGE = "team/pains.py"
EVIL = "# **Reviews** wait <script>alert(1)</script> :rocket: [x](http://evil.example) 🚀 שלום"


@pytest.fixture
def team(home) -> int:
    """A team without any service."""
    who = people.local_person()
    return teams.create_team(who, people.home_organization(who), "Shop")


def add(team: int, text: str, hours: float | None = None, step: str = "review") -> int:
    return pains.add(people.local_person(), team, Said(step, text, 3, 2, hours))


def again(at):
    """The button in the dialog: a test draws the whole page anew, so it has to be opened with each click."""
    at.button(key="pain_add").click()
    return at.button(key="pain_new_go")


def test_the_first_pain_point_is_added_voted_on_and_solved(team):
    at = opened(PAGE, team=team)
    assert "Nobody has named a pain point yet" in said(at)
    at.button(key="pain_add").click().run()
    again(at).click().run()
    assert "Choose the step of the workflow from the list" in said(at).replace("\\", "")
    add_again = again(at)
    at.text_area(key="pain_new_text").set_value(EVIL)
    at.selectbox(key="pain_new_step").set_value("review")
    at.number_input(key="pain_new_hours").set_value(3.0)
    add_again.click().run()
    (view,) = pains.ranked(people.local_person(), team)
    assert view.parts[0].text == EVIL and "<script" not in said(at).replace("\\<", "")
    assert "**1.5** = 3.0 h a week each × 1 person × 0.5 (one voice)" in said(at)
    at.button(key=f"pain_{view.id}_up").click().run()
    assert "1 vote \\(1 yours\\)" in said(at) and "You have 2 of 3 votes left." in said(at)
    at.get_by_key(f"pain_{view.id}_menu").set_value("solve").run()
    assert pains.listed(people.local_person(), team).solved[0].id == view.id
    at.button(key=f"pain_{view.id}_reopen").click().run()
    assert not at.exception and pains.ranked(people.local_person(), team)[0].mine == 1


def test_two_that_may_be_one_are_put_together_and_taken_apart(team):
    first, second = add(team, "Reviews wait", 2.0), add(team, "Reviews wait long")
    at = opened(PAGE, team=team)
    assert "These two may be one" in said(at) and "Nobody said how many hours" in said(at)
    at.button(key=f"pain_pair_{first}_{second}_merge").click().run()
    (view,) = pains.ranked(people.local_person(), team)
    at.button(key=f"pain_part_{second}").click().run()
    assert len(view.parts) == 2 and len(pains.ranked(people.local_person(), team)) == 2
    assert "These two may be one" not in said(at) and not at.exception


def test_whoever_only_leads_reads_and_does_nothing(team, monkeypatch):
    add(team, "Reviews wait", 2.0)
    add(team, "Old build machines", 1.0, step="build-test")
    who = people.local_person()
    roles = frozenset({(people.home_organization(who), "leader")})
    monkeypatch.setattr(people, "local_person", lambda: people.Who(who.id, "L", organization_roles=roles))
    at = opened(PAGE, team=team)
    assert "1\\. Reviews wait" in said(at) and "Hours a week by step" in said(at)
    assert not at.exception and [button.key for button in at.button] == []
