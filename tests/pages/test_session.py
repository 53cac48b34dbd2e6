"""Leading a consensus on its page: each state offers what can be done then, and says what nobody can read."""

import pytest

from data import people
from data.asked import consensus
from tests.data.asked.sitting import Session
from tests.pages.conftest import opened, said


@pytest.fixture
def session(who) -> Session:
    return Session(who, questionnaire="delivery-quick-check")


def page(session: Session):
    return opened("team/session.py", wave=session.wave)


def press(at, label: str):
    return next(button for button in at.button if button.label == label).click().run()


def test_a_session_is_led_from_the_first_question_to_the_next(session):
    at = press(page(session), "Begin with the first question")
    assert session.state == "voting"
    session.vote(0, 1)
    session.vote(1, 4)
    at = press(page(session), "Reveal the votes")
    assert "You are far apart" in "".join(each.value for each in at.warning)
    at.radio[0].set_value(3)
    at.text_area[0].set_value("So far, we think.")
    at = press(at, "Agree on this")
    assert (session.room.place.agreed, session.room.place.note) == ({"value": 3}, "So far, we think.")
    at = press(at, "Next question")
    assert session.room.front == 1 and "How often was the service deployed" in said(at)


def test_what_all_voted_is_chosen_beforehand(session):
    session.begin().revealed(2, 2)
    at = page(session)
    assert at.radio[0].value == 2
    press(at, "Agree on this")
    assert session.room.place.agreed == {"value": 2}


def test_a_number_is_agreed_on(session):
    session.begin(3).revealed(10, 40)
    at = page(session)
    at.radio[0].set_value("value")
    at.number_input[0].set_value(25.0)
    press(at, "Agree on this")
    assert session.room.place.agreed == {"value": 25}


def test_an_old_page_changes_nothing_and_says_so(session):
    session.begin().revealed(1, 1)
    at = page(session)
    consensus.vote_again(session.who, session.wave, session.step)
    at = press(at, "Skip the question")
    assert session.state == "voting"
    assert "moved on" in at.toast[0].value


def test_a_single_vote_cannot_be_revealed(session):
    session.begin().vote(0, 1)
    at = page(session)
    assert next(button for button in at.button if button.label == "Reveal the votes").disabled
    assert "a single vote would tell whose it is" in said(at).replace("\\", "")


def test_a_new_link_replaces_the_old_one(session):
    at = press(page(session), "New link")
    (message,) = [code.value for code in at.code]
    consensus.join(message.rsplit("#", 1)[1], session.seats[0])
    assert f"/consensus#{message[-32:]}" in message
    with pytest.raises(LookupError):
        for old in session.links:
            consensus.join(old, session.seats[0])


@pytest.mark.parametrize("wave", ["", "0", "999", "x", "١", "1" * 40])
def test_a_link_to_nothing_says_where_to_go(who, wave):
    assert "not here any more" in said(opened("team/session.py", wave=wave))


def test_who_does_not_lead_the_team_sees_nothing_of_it(session, monkeypatch):
    lead_elsewhere = people.Who(99, "A lead", team_roles=frozenset({(1, 99, "team_lead")}))
    monkeypatch.setattr(people, "local_person", lambda: lead_elsewhere)
    assert "not yours to lead" in said(page(session))
