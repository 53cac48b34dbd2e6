"""What the teams of the demo try out: checks that were run for real, each proof of concept to show something."""

import pytest
from sqlalchemy import select

from assessments.learning import Mastery, Stage
from assessments.poc import Verdict
from data import demo, people, store
from data.demo import tried
from data.learning import attempts, decisions, funnel
from data.learning.attempts import AttemptView
from data.tables import ProofAttempt, Team
from tests.conftest import DEMO_UNTIL

pytestmark = pytest.mark.usefixtures("demo_home")
NOW = store.to_us(DEMO_UNTIL)


def view(team: str, poc: str) -> AttemptView:
    with store.reading() as session:
        mine = select(ProofAttempt.id).join(Team, Team.id == ProofAttempt.team_id)
        one = session.execute(mine.where(Team.name == team, ProofAttempt.poc == poc)).scalar_one()
    return attempts.view(people.local_person(), one, NOW)


def test_one_was_adopted_once_its_checks_passed_and_holds():
    one = view("Checkout", "cut-over")
    assert [run.verdict for run in one.runs] == [
        Verdict.VALIDATED, Verdict.VALIDATED, Verdict.ACCEPTED, Verdict.FAILED,
    ]  # fmt: skip
    assert (one.line.decision, one.line.stale, one.line.mastery) == ("adopt", False, Mastery.VALIDATED)
    assert one.decision.intervention_id is not None and one.reviews[0].accepted
    assert one.reviews[0].commit == one.runs[2].commit


def test_one_fails_with_reasons_and_got_better_since_the_check_before():
    one = view("Checkout", "measure-the-pipeline")
    newest, before = one.runs
    assert (newest.of("collected").outcome, before.of("collected").outcome) == ("pass", "fail")
    assert newest.of("described").outcome == "fail" and newest.of("described").because
    assert newest.branch == "measure-the-pipeline" and newest.commit != before.commit


def test_one_stands_still_and_says_since_when():
    assert "Its timebox ended" in view("Platform", "reproducible-infrastructure").line.stalled


def test_one_was_stopped_though_it_works_and_says_why():
    one = view("Mobile", "progressive-delivery")
    assert (one.verdict, one.line.decision) == (Verdict.PRACTISED, "stop")
    name, text = decisions.adr(people.local_person(), one.id)
    assert name.endswith("-stop.md") and "## Consequences" in text and "does not help here" in text


def test_one_was_taken_over_from_another_team():
    one = view("Logistics", "cut-over")
    assert one.derived_from.team == "Checkout" and view("Checkout", "cut-over").spread[0].team == "Logistics"


def test_the_funnel_goes_to_a_metric_that_moved():
    who, there = people.local_person(), demo.present()
    funnel.work_out(who, there, lambda done, total: None, NOW)
    counts = {each.stage: each.teams for each in funnel.of(who, there, NOW).counts}
    assert (counts[Stage.ENROLLED], counts[Stage.VALIDATED], counts[Stage.MOVED]) == (5, 1, 1)


def test_it_is_made_once():
    with store.reading() as session:
        before = session.execute(select(ProofAttempt.id)).scalars().all()
    tried.make(demo.present(), DEMO_UNTIL)
    with store.reading() as session:
        assert session.execute(select(ProofAttempt.id)).scalars().all() == before
    assert len(before) == len(tried.TRIALS)
