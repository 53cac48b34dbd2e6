"""Reviews as a coach sees them, and learning as a team and those who lead see it."""

import pytest
from streamlit.testing.v1 import AppTest

from data import people, store, teams
from data.learning import attempts, checking, reviews
from data.people import Who
from data.tables import Person, PersonRole, ProofAttempt
from pages.ui.text import JOINER
from tests.pages.conftest import opened
from tests.pages.conftest import said as text
from tests.pages.proofs import Begun, begun, example

DAY = 86_400 * 1_000_000
EVIL = "**Bold** <script>alert(1)</script>"


@pytest.fixture
def checked(home, tmp_path, monkeypatch) -> Begun:
    """Passes by its files, so that people are what is left."""
    monkeypatch.setenv("MILEPOST_ROOTS", str(tmp_path))
    made = begun(tmp_path, example("exemplar"))
    checking.check_now(made.who, made.attempt_id)
    return made


@pytest.fixture
def coach(checked, monkeypatch) -> Who:
    """Somebody else of the organization, who looks from now on."""
    organization = people.home_organization(checked.who)
    with store.writing() as session:
        row = Person(provider="oidc", subject="coach", name="A coach", created_at=1)
        session.add(row)
        session.flush()
        session.add(PersonRole(person_id=row.id, organization_id=organization, role="coach"))
        who = Who(row.id, row.name, organization_roles=frozenset({(organization, "coach")}))
    monkeypatch.setattr(people, "local_person", lambda: who)
    return who


def said(at: AppTest) -> str:
    return text(at).replace("\\", "").replace(JOINER, "")


def plain(element) -> str:
    return element.value.replace("\\", "").replace(JOINER, "")


def test_whoever_began_it_does_not_review_it(checked):
    at = opened("learn/reviews.py")
    assert "Nothing waits for you" in said(at) and not at.exception
    assert "Nobody has said anything yet" in said(opened("learn/proof.py", attempt=checked.attempt_id))


def test_a_coach_goes_through_the_rubric_says_what_is_missing_and_then_yes(checked, coach):
    (item,) = reviews.queue(coach)
    key = f"review_{item.attempt_id}_{item.check_id}"
    at = opened("learn/reviews.py")
    assert item.check in said(at) and all(line in said(at) for line in item.rubric) and not at.exception
    at.button(key=key).click().run()
    assert at.button(key=f"{key}_yes").disabled
    at.button(key=key).click()
    at.button(key=f"{key}_no").click().run()
    assert any("Say in the comment what is missing" in plain(one) for one in at.error)
    at.button(key=key).click()
    at.text_area(key=f"{key}_comment").set_value(EVIL)
    at.button(key=f"{key}_no").click().run()
    assert "you said not yet" in said(at)
    at.button(key=key).click().run()
    at.button(key=key).click()
    for place in range(len(item.rubric)):
        at.checkbox(key=f"{key}_{place}").check()
    at.run()
    at.button(key=key).click()
    at.button(key=f"{key}_yes").click().run()
    assert "Nothing waits for you" in said(at) and not at.exception
    accepted, refused = attempts.view(checked.who, checked.attempt_id).reviews
    assert (accepted.accepted, accepted.criteria) == (True, item.rubric)
    assert (refused.comment, refused.counts) == (EVIL, False)
    checking.check_now(checked.who, checked.attempt_id)
    at = opened("learn/proof.py", attempt=checked.attempt_id)
    assert "E4: somebody who did not write it accepted it" in said(at) and "Accepted" in said(at)
    assert "proof_badge" in str([one.proto.id for one in at.get("download_button")])


def test_a_review_of_an_earlier_commit_is_called_that(checked, coach):
    (item,) = reviews.queue(coach)
    reviews.give(coach, item.attempt_id, item.check_id, True, item.rubric, "I saw it", item.commit)
    assert ", at an earlier commit" not in said(opened("learn/proof.py", attempt=checked.attempt_id))
    checked.commit({"later.txt": "1"})
    checking.check_now(checked.who, checked.attempt_id)
    at = opened("learn/proof.py", attempt=checked.attempt_id)
    assert ", at an earlier commit" in said(at) and "looked at an earlier commit" in said(at)


def test_somebody_is_asked_by_name(checked, coach, monkeypatch):
    monkeypatch.setattr(people, "local_person", lambda: checked.who)
    at = opened("learn/proof.py", attempt=checked.attempt_id)
    at.button(key="proof_ask").click().run()
    at.button(key="proof_ask").click()
    at.button(key="proof_ask_go").click().run()
    assert not at.exception and [one.asked for one in reviews.queue(coach)] == [True]
    at = opened("learn/proof.py", attempt=checked.attempt_id)
    assert "Asked, and has not said anything yet: A coach." in said(at)
    monkeypatch.setattr(people, "local_person", lambda: coach)
    assert "you were asked" in said(opened("learn/reviews.py"))


def test_a_team_sees_what_it_learns_and_what_stands_still(checked):
    with store.writing() as session:
        session.get(ProofAttempt, checked.attempt_id).due_at = store.now_us() - 3 * DAY
    at = opened("learn/learning.py", team=checked.team_id)
    assert not at.exception
    assert "stands still" in said(at) and "Its timebox ended 3 days ago" in said(at)
    assert "Next: Show it with E3 or more" in said(at)


def test_those_who_lead_see_counts_of_teams_and_no_person(checked, coach, monkeypatch):
    roles = frozenset({(people.home_organization(checked.who), "leader")})
    monkeypatch.setattr(people, "local_person", lambda: Who(coach.id, "L", organization_roles=roles))
    at = opened("learn/learning.py", team=checked.team_id)
    assert not at.exception and "What the team learns and tries" not in said(at)
    assert "1 of 1 team has chosen a track; no metric moved yet." in said(at)
    assert "%" not in said(at) and "Local administrator" not in said(at)


def test_a_team_without_a_track_is_led_to_its_plan(home, who):
    team = teams.create_team(who, people.home_organization(who), "Fresh")
    at = opened("learn/learning.py", team=team)
    assert "The team has not chosen a track yet" in said(at) and not at.exception
    assert "No team has chosen a track yet." in said(at)
