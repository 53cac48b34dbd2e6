"""The page on which a team is asked."""

import re

import pytest

from data import people, teams
from data.asked import answering, waves
from tests.data.asked.asking import Asking, member, names
from tests.pages.conftest import opened, said

PAGE = "team/surveys.py"
EVIL = "# **Ann** <b>x</b> :rocket: [y](http://evil.example)"


@pytest.fixture
def who(home):
    return people.local_person()


@pytest.fixture
def team(who) -> int:
    """A team without any service."""
    return teams.create_team(who, people.home_organization(who), "Checkout")


def codes(at) -> str:
    return "\n".join(element.value for element in at.code)


def test_a_team_is_asked_and_its_links_are_shown_once(team, who):
    at = opened(PAGE, team=team)
    assert "This team has not been asked yet" in said(at)
    at.button(key="survey_new").click().run()
    assert "5 areas, 18 questions, about 8 minutes" in said(at).replace("\\", "")
    at.text_area(key=f"survey_names_{team}").set_value("\n".join([EVIL, *names(4)]))
    at.selectbox(key="survey_questionnaire").set_value("pain-and-friction").run()
    at.text_input(key="survey_title_pain-and-friction").set_value("What holds us up")
    at.button(key="survey_open_go").click().run()
    assert "5 links for What holds us up" in said(at) and "work on this computer only" in said(at).replace("\\", "")
    links = re.findall(r"/answer#([0-9a-f]{32})", codes(at))
    assert [answering.admit(secret).name for secret in links] == [EVIL, *names(4)]
    assert "<b>" not in said(at).replace("\\<", "")
    at.text_input(key="survey_links_base").set_value("https://asked.example/").run()
    assert codes(at).count("https://asked.example/answer#") == 5
    at.text_input(key="survey_links_base").set_value("javascript:alert(1)").run()
    assert "An address begins with" in said(at) and "javascript" not in codes(at)
    at.button(key="survey_links_done").click().run()
    assert re.findall(r"/answer#", codes(at)) == [] and not at.exception
    assert (waves.waves(who, team)[0].title, waves.waves(who, team)[0].people) == ("What holds us up", 5)


def test_a_small_team_is_offered_a_consensus(team, who):
    at = opened(PAGE, team=team, new=1)
    at.text_area(key=f"survey_names_{team}").set_value("A\nB\nC").run()
    assert at.radio(key="survey_kind_True").value == "consensus"
    at.radio(key="survey_kind_True").set_value("survey").run()
    assert "choose a consensus" in said(at)
    at.button(key="survey_open_go").click().run()
    assert "A survey asks at least 5 people, these are 3" in said(at).replace("\\", "")
    at.radio(key="survey_kind_True").set_value("consensus")
    at.button(key="survey_open_go").click().run()
    assert waves.waves(who, team)[0].kind == "consensus" and "/consensus#" in codes(at)


def test_people_of_the_team_are_chosen_already(team, who):
    one = member(team, "Member")
    at = opened(PAGE, team=team, new=1)
    at.text_area(key=f"survey_names_{team}").set_value("\n".join(names(4)))
    at.button(key="survey_open_go").click().run()
    (wave,) = waves.waves(who, team)
    assert {seat.name for seat in waves.ledger(who, wave.id)} == {one.name, *names(4)}


def test_a_survey_without_an_area_is_not_opened(team, who):
    at = opened(PAGE, team=team, new=1)
    at.text_area(key=f"survey_names_{team}").set_value("\n".join(names(5)))
    at.get_by_key("survey_blocks_capabilities").set_value([]).run()
    at.button(key="survey_open_go").click().run()
    assert "Choose at least one block to ask" in said(at).replace("\\", "") and waves.waves(who, team) == ()


def test_who_has_not_answered_is_reminded_and_gets_a_new_link(who):
    asking = Asking(who)
    asking.hand_in(1, {"waiting": {"value": 1}})
    at = opened(PAGE, team=asking.team_id)
    assert "Who has not answered (4)" in [each.label for each in at.expander]
    assert "with the link that you were sent" in codes(at) and "Developer 2" not in said(at)
    at.button(key=f"survey_link_{asking.invitations[0].participation_id}").click().run()
    (secret,) = re.findall(r"/answer#([0-9a-f]{32})", codes(at))
    assert answering.admit(secret).name == "Developer 1" and "1 link for" in said(at)


def test_closing_says_how_many_answered_and_leads_to_the_result(who):
    asking = Asking(who)
    for person in range(5):
        asking.hand_in(person, {"waiting": {"value": person}})
    at = opened(PAGE, team=asking.team_id)
    assert "Everybody has answered" in said(at)
    at.button(key=f"survey_close_{asking.wave_id}").click().run()
    assert "5 of 5 people answered." in said(at)
    at.button(key=f"survey_close_{asking.wave_id}").click()
    at.button(key="survey_close_go").click().run()
    assert waves.wave(who, asking.wave_id).state == "closed" and not at.exception
    assert "5 of 5 answered, closed" in said(at)


def test_too_few_answers_are_said_before_they_are_deleted(who):
    asking = Asking(who)
    asking.hand_in(0, {"waiting": {"value": 1}})
    at = opened(PAGE, team=asking.team_id)
    at.button(key=f"survey_close_{asking.wave_id}").click().run()
    assert "nothing would be shown, and the answers would be deleted" in said(at)
    assert at.button(key="survey_close_go").label == "Close without a result"


def test_a_survey_is_extended_asks_more_people_and_is_cancelled(who):
    asking = Asking(who)
    at = opened(PAGE, team=asking.team_id)
    before = waves.wave(who, asking.wave_id).closes_at
    for name in ("extend", "invite", "cancel"):
        at.button(key=f"survey_{name}_{asking.wave_id}").click().run()
        if name == "invite":
            at.text_area(key=f"survey_invite_names_{asking.wave_id}").set_value("Late developer")
        at.button(key=f"survey_{name}_{asking.wave_id}").click()
        at.button(key=f"survey_{name}_go").click().run()
        assert not at.exception
        wave = waves.wave(who, asking.wave_id)
        assert (name, wave.closes_at > before, wave.people, wave.state) in [
            ("extend", True, 5, "open"), ("invite", True, 6, "open"), ("cancel", True, 0, "cancelled"),
        ]  # fmt: skip
    assert "no answer was kept" in said(at)


def test_a_member_sees_how_far_it_is_and_nothing_else(who, monkeypatch):
    asking = Asking(who)
    one = member(asking.team_id, "Member")
    monkeypatch.setattr(people, "local_person", lambda: one)
    at = opened(PAGE, team=asking.team_id)
    assert "0 of 5 people answered" in str([each.proto for each in at.get("progress")])
    assert [button.key for button in at.button if "survey" in (button.key or "")] == []
    assert "Developer" not in said(at)
