"""What the demo tells of practices, plans and outcomes: one story, on the facts that are simulated."""

import pytest
from sqlalchemy import select

from assessments import forecast, outcomes
from assessments.evidence import Outcome
from assessments.maturity import Verdict
from assessments.maturity_change import COVERAGE, MODEL, PRACTICE, compare
from assessments.recommend import plan
from content import catalog
from data import demo, people, store
from data.asked import maps, pains
from data.demo import plans, stood
from data.improving import across, change, choices, forecasts, goals, interventions, verdicts
from data.practices import assessments, evaluations, standings
from data.tables import Repository, Team
from tests.conftest import DEMO_UNTIL

pytestmark = pytest.mark.usefixtures("demo_home")
NOW = store.to_us(DEMO_UNTIL)
WEEK = 7 * 86_400_000_000


def team(name: str = stood.TEAM) -> int:
    with store.reading() as session:
        return session.execute(select(Team.id).where(Team.name == name)).scalar_one()


def standing(name: str = stood.TEAM) -> standings.TeamStanding:
    return standings.of_team(people.local_person(), team(name), NOW)


def of_repository(name: str) -> evaluations.EvaluationView:
    with store.reading() as session:
        place = session.execute(select(Repository.id).where(Repository.name == name)).scalar_one()
        return evaluations.of_repositories(session, [place])[place]


def test_a_team_says_more_than_its_repositories_show():
    found = standing().standings["continuous-integration"]
    assert (found.told, found.outline) == (2, 3)
    (sentence,) = found.disagreements
    assert "enforced by the repository" in sentence and "invoices: 1 of 2 tests and checks fail the run" in sentence


def test_it_says_less_than_they_show_too():
    assert "the team does not say so" in standing().standings["working-in-small-batches"].disagreements[0]


def test_one_exception_holds_one_has_ended_and_one_capability_does_not_apply():
    found = standing()
    assert [(view.mark.kind, view.state) for view in found.marks] == [
        ("exception", "in force"), ("not applicable", "in force"), ("exception", "ended"),
    ]  # fmt: skip
    apart = found.standings["ai-accessible-internal-data"]
    assert {judged.verdict for judged in apart.statements} == {Verdict.OUT} and apart.coverage is None
    images = found.standings["container-images"]
    assert "ended on" in images.notes[0] and (images.told, images.outline) == (2, 3)
    root = next(seen for judged in found.standings["container-images"].statements for item, seen in judged.seen
                if item.key == "docker-user")  # fmt: skip
    assert root.state == "partly", "it counts again"


def test_between_its_assessments_practice_and_coverage_have_changed_and_not_the_model():
    who, place = people.local_person(), team()
    newer, older = assessments.listed(who, place, NOW)
    assert (store.to_us(newer.taken_at) - store.to_us(older.taken_at)) // WEEK == 13
    kept = assessments.load(who, place, [newer.id, older.id], NOW)
    changed = compare(kept[older.id].snapshot, kept[newer.id].snapshot)
    causes = {key: {cause for cause, part in change.parts.items() if part} for key, change in changed.items()}
    assert causes["continuous-integration"] == causes["test-automation"] == {PRACTICE}
    assert causes["pervasive-security"] == {COVERAGE}, "the forge was not asked then"
    assert not any(MODEL in each for each in causes.values())
    assert all(change.steps >= 0 for change in changed.values())
    assert {each["name"]: each["as_of"] for each in kept[older.id].repositories} == dict.fromkeys(
        ("fraud-check", "invoices", "payments-api", "storefront"), store.to_us(older.taken_at)
    )


def test_an_assessment_that_is_taken_now_is_the_newest_one():
    who, place = people.local_person(), team()
    (newest, _) = assessments.listed(who, place, NOW)
    kept = assessments.load(who, place, [newest.id], NOW)[newest.id].snapshot
    assert (kept.at, kept.seen) == (NOW, standing().snapshot.seen)


def test_findings_say_since_when_a_practice_is_there():
    found = of_repository("payments-api").findings
    weeks = {
        key: (NOW - found[key].since) / WEEK for key in ("alerts-as-code", "runbooks", "migrations", "ci-triggers")
    }
    assert weeks == pytest.approx({"alerts-as-code": 7, "runbooks": 7, "migrations": 78, "ci-triggers": 34}, abs=0.01)
    assert not any(each.since_open for each in found.values())


def test_outcomes_of_every_kind_are_there_and_no_probe_failed():
    found = of_repository("invoices").findings
    assert {each.outcome for each in found.values()} == set(Outcome)
    assert not [each.because for each in found.values() if "This probe failed" in each.because]


@pytest.mark.parametrize(
    ("name", "looked", "waves"), [("Platform", 2, 0), ("Mobile", 1, 0), ("Search", 0, 0), ("Finance", 0, 1)]
)
def test_other_teams_have_repositories_but_no_survey_or_nothing_looked_at(name, looked, waves):
    found = standing(name)
    assert (len(found.looked), len(found.not_looked), len(found.waves)) == (looked, 0, waves)


def test_the_plan_has_one_track_under_way_one_done_and_something_next():
    who, place, found = people.local_person(), team(), standing()
    chosen = choices.listed(who, place)
    assert [(one.slug, one.state) for one in chosen] == [
        ("pipeline-monitoring", "under_way"), ("jenkins-to-actions", "finished"),
    ]  # fmt: skip
    targets = goals.targets(goals.listed(who, place), found.standings)
    more = {"targets": targets, "lost": found.lost, "states": choices.states(chosen)}
    assert len(plan(found.standings, catalog.tracks(), 20, **more).picks) == 1, "the other place is taken"


def test_one_goal_is_on_the_way_one_was_missed_and_one_has_begun():
    listed = goals.listed(people.local_person(), team())
    stands = goals.stands(listed, NOW)
    told = {one.wanted.title: (one.state, stands[one.id].progress) for one in listed}
    (sooner, fewer, begun) = (told[aim.title] for aim in plans.AIMS)
    assert (sooner[0], sooner[1].state, sooner[1].at_target, sooner[1].counter) == ("open", "better", False, "kept")
    assert (fewer[0], fewer[1].at_target, fewer[1].counter) == ("missed", False, "kept")
    assert (begun[0], begun[1].at_target) == ("open", False)
    by_title = {one.wanted.title: one for one in listed}
    assert by_title[plans.AIMS[0].title].capability_name == "Continuous delivery"
    views = pains.ranked(people.local_person(), team())
    named = {view.id: view.pain.texts for view in views}
    assert named[by_title[plans.AIMS[2].title].wanted.pain_id] == (plans.AIMS[2].pain,)


def test_what_was_done_has_moved_its_metric_or_not_or_cannot_be_told_yet():
    views = interventions.listed(people.local_person(), team())
    asked = {question.one.said.title: question for question in verdicts.questions(views, NOW)}
    released, duty, moved, alerts = (asked[deed.title] for deed in plans.DEEDS)
    assert (alerts.state, released.state, duty.state, moved.state) == ("running", *("judged",) * 3)
    outcome = verdicts.answer(released).outcome
    assert (outcome.verdict, outcome.direction) == (outcomes.MOVED, outcomes.BETTER)
    assert outcome.high < 0.6, "lead time fell by 40 % at the least"
    assert verdicts.answer(duty).outcome.verdict == outcomes.NOT_MOVED
    unclear = verdicts.answer(moved).outcome
    assert unclear.verdict == outcomes.INCONCLUSIVE and "more weeks like these" in unclear.missing[0]


def test_goals_of_other_teams_show_every_state_that_a_goal_can_be_in():
    found = across.goals_of(people.local_person(), demo.present())
    some = {one.wanted.title: one for each in found for one in each.goals}
    stands, courses = goals.stands(tuple(some.values()), NOW), forecasts.courses(tuple(some.values()))
    told = {title: (one.state, courses[one.id][0].ahead.verdict) for title, one in some.items()}
    states = {goals.OPEN, goals.REACHED, goals.MISSED}
    assert {state for state, _ in told.values()} == states and len(found) == 8
    assert {verdict for state, verdict in told.values() if state == goals.OPEN} == set(forecast.VERDICTS)
    assert sum(stand.look_due for stand in stands.values()) == 2
    assert [title for title, one in some.items() if not one.wanted.owner] == ["One deployment in five fails at most"]
    young = next(one for title, one in some.items() if "help centre" in title)
    assert "Too few to forecast" in courses[young.id][0].ahead.why_not
    assert {len(one.looks) for one in some.values()} == {0, 1, 2}


def test_a_deployment_of_four_hours_by_hand_became_ten_minutes_and_the_board_still_meets():
    """Of ten attempts seven succeeded, then nearly all; the map says the same as the numbers."""
    who = people.local_person()
    (one,) = interventions.listed(who, team("Finance"))
    found, (map_,) = change.of(who, one), change.drawn(who, one)
    share, duration = found.tried
    assert 0.6 < share.before.value < 0.8 < 0.97 < share.after.value and share.state == "better"
    assert duration.before.value == pytest.approx(4, rel=0.15) and duration.after.value * 60 == pytest.approx(10, abs=2)
    lines = {line.key: line.state for line in found.lines}
    assert (lines["deploying"], lines["waiting_to_merge"]) == ("better", "not told apart")
    assert (map_.before, map_.after) == (1, 2)
    before, after = (maps.version(who, map_.map.id, "today", number).drawn for number in (1, 2))
    steps = [next(step for step in each.steps if step.stage == "deploying") for each in (before, after)]
    assert [(step.lead.value, step.complete_accurate.value) for step in steps] == [(240, 0.7), (10, 0.99)]
    (question,) = verdicts.questions([one], NOW)
    assert verdicts.answer(question).outcome.verdict == outcomes.MOVED
