"""A proof of concept as a team sees it: before it begins, under way, checked, decided."""

import pytest
from streamlit.testing.v1 import AppTest

from content import catalog
from data import people, store
from data.learning import attempts
from data.tables import ProofAttempt
from pages.ui.text import JOINER
from tests.pages.conftest import opened
from tests.pages.conftest import said as text
from tests.pages.proofs import POC, TRACK, Begun, begun, example

PAGE = "learn/proof.py"
DAY = 86_400 * 1_000_000
EVIL = "# **Faster** <script>alert(1)</script> :rocket:"


def links(at: AppTest) -> list[str]:
    return [element.proto.label.replace("\\", "") for element in at.get("page_link")]


@pytest.fixture
def started(home, tmp_path, monkeypatch) -> Begun:
    monkeypatch.setenv("MILEPOST_ROOTS", str(tmp_path))
    return begun(tmp_path, example("stub") | {"Jenkinsfile": example("exemplar")["Jenkinsfile"]})


def said(at: AppTest) -> str:
    return text(at).replace("\\", "").replace(JOINER, "")


def test_before_it_begins_the_page_says_what_is_asked_and_begins_it(home, tmp_path, monkeypatch):
    monkeypatch.setenv("MILEPOST_ROOTS", str(tmp_path))
    made = begun(tmp_path, example("stub"), poc=POC)
    with store.writing() as session:
        session.delete(session.get(ProofAttempt, made.attempt_id))
    at = opened(PAGE, team=made.team_id, track=TRACK, poc=POC)
    assert not at.exception
    assert "What Jenkins does for one service" in said(at) and "**Done when**" in said(at)
    assert "asks for E1: the files" in said(at) and "E1) and no more" in said(at)
    at.button(key="proof_begin").click().run()
    (line,) = attempts.listed(made.who, made.team_id)
    assert at.query_params["attempt"] == str(line.id) and not at.exception
    assert "Not checked yet" in said(at) and "Nothing of a repository is ever run here" in said(at)


def test_a_check_says_of_each_criterion_what_it_rests_on_where_and_what_to_do(started):
    at = opened(PAGE, attempt=started.attempt_id)
    at.button(key="proof_now").click().run()
    assert not at.exception
    assert "0 of 4 criteria" in said(at) and ":orange-badge[:material/timelapse: Not yet]" in said(at)
    assert "docs/migration/inventory.md" in said(at) and "A clone does not show reviews" in said(at)
    assert "Connect GitHub, to show more than files" in links(at)
    started.commit(example("exemplar"))
    at.button(key="proof_now").click().run()
    assert "4 of 4 criteria" in said(at) and "Practised" in said(at)
    assert "E1: the files show it" in said(at)
    assert "Since the check before" in said(at) and "and 4 others pass now" in said(at)


def test_hints_open_one_after_the_other(started):
    at = opened(PAGE, attempt=started.attempt_id)
    assert "Begin with the last red build" not in said(at)
    key = f"proof_{started.attempt_id}_hints_1_next"
    at.button(key=key).click().run()
    assert "Begin with the last red build" in said(at) and "A heading needs words below it" not in said(at)
    at.button(key=key).click().run()
    at.button(key=key).click().run()
    assert "A heading needs words below it" in said(at)
    assert key not in [one.key for one in at.button]


def test_when_the_time_is_up_the_team_decides_with_reasons_and_takes_the_record_along(started):
    with store.writing() as session:
        session.get(ProofAttempt, started.attempt_id).due_at = store.now_us() - DAY
    at = opened(PAGE, attempt=started.attempt_id)
    assert any("The timebox is over, so decide now" in one.value for one in at.warning)
    key = f"proof_{started.attempt_id}"
    assert at.button(key=f"{key}_decide").disabled
    at.radio(key=f"{key}_decision").set_value("stop").run()
    at.button(key=f"{key}_decide").click().run()
    assert any("Write down" in one.value for one in at.error), "nothing is decided without reasons"
    assert attempts.view(started.who, started.attempt_id).decision is None
    for name in ("options", "because", "consequences"):
        at.text_area(key=f"{key}_{name}").set_value(f"{EVIL} {name}")
    at.button(key=f"{key}_decide").click().run()
    assert not at.exception
    view = attempts.view(started.who, started.attempt_id)
    assert view.decision.said.decision == "stop" and view.decision.said.because == f"{EVIL} because"
    assert "Decided: stop" in said(at) and "is a success" in said(at)
    assert "<script" not in text(at).replace("\\<", "")
    assert "proof_adr" in [one.proto.id.rsplit("-", 1)[-1] for one in at.get("download_button")]
    assert "proof_now" in [one.key for one in at.button]


def test_what_stands_still_says_why(started):
    with store.writing() as session:
        row = session.get(ProofAttempt, started.attempt_id)
        row.begun_at, row.due_at = store.now_us() - 20 * DAY, store.now_us() + DAY
    assert "It has not been checked in 20 days" in said(opened(PAGE, attempt=started.attempt_id))


def test_another_branch_is_looked_at_from_the_next_check_on(started):
    started.repo.branch("inventory")
    at = opened(PAGE, attempt=started.attempt_id)
    at.button(key="proof_branch").click().run()
    at.button(key="proof_branch").click()
    at.text_input(key="proof_branch_name").set_value("inventory")
    at.button(key="proof_branch_go").click().run()
    assert attempts.view(started.who, started.attempt_id).line.branch == "inventory" and not at.exception
    at.button(key="proof_now").click().run()
    assert "branch inventory, commit" in said(at)


def test_a_check_that_comes_to_nothing_says_why_and_keeps_what_was_found(started):
    at = opened(PAGE, attempt=started.attempt_id)
    at.button(key="proof_now").click().run()
    attempts.set_branch(started.who, started.attempt_id, "gone")
    at = opened(PAGE, attempt=started.attempt_id)
    at.button(key="proof_now").click().run()
    assert any("has no branch gone" in one.value.replace("\\", "") for one in at.warning) and not at.exception
    assert "0 of 4 criteria" in said(at)


def test_a_newer_version_is_taken_over_when_somebody_says_so(started):
    with store.writing() as session:
        session.get(ProofAttempt, started.attempt_id).version = "0.9.0"
    at = opened(PAGE, attempt=started.attempt_id)
    assert "This began with 0.9.0 and stays" in said(at)
    at.button(key="proof_renew").click().run()
    at.button(key="proof_renew").click()
    at.button(key="proof_renew_go").click().run()
    assert attempts.view(started.who, started.attempt_id).line.version == catalog.tracks()[TRACK]["version"]


@pytest.mark.parametrize("wrong", ["999", "x", "٣", "-1", "9" * 40])
def test_an_address_of_nothing_says_so(started, wrong):
    at = opened(PAGE, attempt=wrong)
    assert "is not here any more, or not yours to see" in said(at) and not at.exception


def test_a_proof_of_concept_that_no_track_has_says_so(home):
    at = opened(PAGE, track="jenkins-to-actions", poc="nothing")
    assert "There is no such proof of concept" in said(at) and {"Its track", "All tracks"} <= set(links(at))
    assert "Its track" not in links(opened(PAGE, track="nothing", poc="nothing"))


def test_a_track_that_the_team_has_not_chosen_is_chosen_on_its_page(home, tmp_path, monkeypatch):
    monkeypatch.setenv("MILEPOST_ROOTS", str(tmp_path))
    made = begun(tmp_path, example("stub"), poc=POC)
    other, poc = next((slug, next(iter(catalog.pocs(slug)))) for slug in catalog.tracks() if slug != TRACK)
    at = opened(PAGE, team=made.team_id, track=other, poc=poc)
    assert "has not chosen this track" in said(at) and "The track" in links(at)


def test_whoever_only_leads_sees_none(started, monkeypatch):
    roles = frozenset({(people.home_organization(started.who), "leader")})
    leader = people.Who(99, "L", organization_roles=roles)
    monkeypatch.setattr(people, "local_person", lambda: leader)
    assert "not yours to see" in said(opened(PAGE, attempt=started.attempt_id))


def test_a_member_is_told_who_may_connect_github_and_gets_no_link_there(started, monkeypatch):
    at = opened(PAGE, attempt=started.attempt_id)
    at.button(key="proof_now").click().run()
    roles = frozenset({(people.home_organization(started.who), started.team_id, "member")})
    monkeypatch.setattr(people, "local_person", lambda: people.Who(99, "M", team_roles=roles))
    at = opened(PAGE, attempt=started.attempt_id)
    assert "Connected to GitHub, it would show more than files; that is for those who lead the team" in said(at)
    assert not [label for label in links(at) if "Connect GitHub" in label]


def test_the_plan_leads_to_the_track_and_to_what_was_begun(started):
    at = opened("team/plan.py", team=started.team_id)
    labels = [one.proto.label for one in at.get("page_link")]
    assert {"The track", "Open it"} <= set(labels) and "Not checked yet" in said(at) and not at.exception
