from pathlib import Path

import pytest
from sqlalchemy import select

from assessments import outcomes
from assessments.learning import Mastery, Stage
from assessments.poc import Outcome
from data import people, store, teams
from data.access import Forbidden
from data.improving import choices, plans, verdicts
from data.improving.interventions import Done
from data.learning import attempts, badges, decisions, events, funnel, progress, quizzes, reviews
from data.learning.decisions import Decision
from data.tables import Enrolment, LearningEvent, Organization
from tests.data.arrange import Place
from tests.data.improving import planted
from tests.data.learning import course
from tests.data.learning.course import (
    ALONE,
    DAY,
    OTHER,
    READ,
    REHEARSE,
    RUBRIC,
    SECOND,
    TRACK,
    accepted,
    begun,
    judged,
    person,
    ready,
)
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("taught")

STOP = Decision("stop", "a", "b", "c", "d")
ADOPT = Decision("adopt", "a", "b", "c", "d")


def counts(who, **more) -> list[int]:
    return [each.teams for each in funnel.of(who, **more).counts]


def mastery(who, place: Place) -> list[Mastery]:
    return [each.mastery for each in funnel.of_team(who, place.team_id)]


# For those who lead


def test_the_funnel_counts_teams_stage_by_stage(both, who):
    assert counts(who) == [0] * 6
    enrolled, practised, applied, validated = (ready(who, name) for name in ("A", "B", "C", "D"))
    Place(who, "Not in it")
    assert counts(who) == [4, 0, 0, 0, 0, 0]
    judged(begun(who, practised), but=ALONE)
    accepted(begun(who, applied))
    judged(begun(who, validated))
    found = funnel.of(who)
    assert [each.teams for each in found.counts] == [4, 3, 3, 2, 1, 0]
    assert [each.stage for each in found.counts] == list(Stage)
    assert (found.teams, found.stalled, found.waiting) == (5, 0, 0)
    (track,) = found.tracks
    assert (track.track, track.enrolled, track.under_way, track.adopted) == (TRACK, 4, 3, 0)
    assert mastery(who, enrolled) == [Mastery.NONE]


def test_a_team_with_two_tracks_is_counted_once(home, who):
    place = ready(who)
    choices.choose(who, place.team_id, OTHER)
    judged(begun(who, place))
    found = funnel.of(who)
    assert [each.teams for each in found.counts] == [1, 1, 1, 1, 1, 0]
    assert {each.track: each.enrolled for each in found.tracks} == {TRACK: 1, OTHER: 1}


def test_what_was_dropped_is_not_counted(home, who):
    place = ready(who)
    attempt = begun(who, place)
    judged(attempt)
    (choice,) = choices.listed(who, place.team_id)
    choices.drop(who, choice.id)
    found = funnel.of(who)
    assert ([each.teams for each in found.counts], found.tracks) == ([0] * 6, ())
    assert [each.state for each in funnel.of_team(who, place.team_id)] == [choices.DROPPED]  # the team still sees it


def test_what_stands_still_and_what_was_decided_is_counted_by_track(home, who):
    late, stopped, adopted = (ready(who, name) for name in ("A", "B", "C"))
    begun(who, late, at=store.now_us() - 6 * DAY)
    decisions.decide(who, begun(who, stopped), STOP)
    attempt = begun(who, adopted)
    accepted(attempt)
    decisions.decide(who, attempt, ADOPT)
    found = funnel.of(who)
    (track,) = found.tracks
    assert (track.under_way, track.stalled, track.adopted, track.adapted, track.stopped) == (1, 1, 1, 0, 1)
    assert found.stalled == 1


def test_leaders_coaches_and_administrators_of_the_organization_see_it(home, who):
    place = ready(who)
    organization = place.organization_id
    for role in ("leader", "coach", "admin"):
        assert counts(person(role, organization_id=organization, role=role)) == [1, 0, 0, 0, 0, 0]
    member = person("A developer", team_id=place.team_id)
    lead = person("A lead", team_id=place.team_id, team_role="team_lead")
    for each in (member, lead, person("A stranger")):
        with pytest.raises(Forbidden):
            funnel.of(each)
        with pytest.raises(Forbidden):
            funnel.of(each, organization)
    assert funnel.of_team(member, place.team_id)


def test_leaders_see_counts_and_nothing_below_them(home, who):
    """Not one function that tells of a single proof of concept lets them in."""
    place = ready(who)
    attempt = begun(who, place)
    judged(attempt)
    leader = person("A leader", organization_id=place.organization_id, role="leader")
    for ask in (
        lambda: funnel.of_team(leader, place.team_id),
        lambda: attempts.listed(leader, place.team_id),
        lambda: attempts.view(leader, attempt),
        lambda: attempts.places(leader, place.team_id),
        lambda: reviews.of_attempt(leader, attempt),
        lambda: events.of_team(leader, place.team_id),
        lambda: badges.readme(leader, attempt),
        lambda: decisions.adr(leader, attempt),
        lambda: quizzes.statistics(leader),
    ):
        with pytest.raises(Forbidden):
            ask()
    assert reviews.queue(leader) == ()


def test_another_organization_is_not_counted(home, who):
    place = ready(who)
    with store.writing() as session:
        session.add(Organization(id=77, name="Another", created_at=1))
    coach = person("A coach", organization_id=77, role="coach")
    assert counts(coach) == [0] * 6
    with pytest.raises(Forbidden):
        funnel.of(coach, place.organization_id)


def test_the_funnel_of_many_teams_asks_no_more_than_that_of_one(home, who):
    def asked() -> int:
        with counted() as sent:
            funnel.of(who)
        return len(sent)

    judged(begun(who, ready(who, "A")))
    asked()
    first = asked()
    for name in "BCD":
        judged(begun(who, ready(who, name)))
    assert asked() == first


# What people have read


def over(who) -> None:
    progress.finish(who, TRACK, READ)
    progress.skip(who, TRACK, REHEARSE, "Done elsewhere.")


def test_a_team_has_learned_when_three_people_together_have_read_everything(both, who):
    place = ready(who)
    readers = [person(f"P{number}", team_id=place.team_id) for number in range(3)]
    progress.finish(readers[0], TRACK, READ)
    progress.finish(readers[1], TRACK, REHEARSE)
    assert (counts(who)[1], mastery(who, place)) == (0, [Mastery.NONE])  # of two it could be told who
    progress.at_step(readers[2], TRACK, READ, 1)
    assert (counts(who)[1], mastery(who, place)) == (1, [Mastery.LEARNED])


def test_what_one_person_has_read_tells_nobody_else_that_the_team_has_learned(home, who):
    place = ready(who)
    reader, other = (person(name, team_id=place.team_id) for name in ("A developer", "Another"))
    over(reader)
    assert counts(who)[1] == 0
    assert mastery(other, place) == [Mastery.NONE]
    assert mastery(reader, place) == [Mastery.LEARNED]  # they know it


def test_where_nobody_signs_in_the_one_person_stands_for_the_team(home, who):
    place = ready(who)
    over(who)
    assert (counts(who)[1], mastery(who, place)) == (1, [Mastery.LEARNED])


# What a metric did


def outcome(verdict: str, direction: str | None, weeks: int) -> verdicts.Verdict:
    found = outcomes.Outcome(verdict, direction, -0.4, -0.5, -0.3, 10.0, 6.0, (30, weeks), (90, 3 * weeks), (), "x")
    return verdicts.Verdict(found, None, None, None, "x")


@pytest.fixture
def watched(home, who, monkeypatch) -> Place:
    """A team whose validated proof of concept is looked at for Did it work?; what came of it is said by `said`."""
    place = ready(who)
    attempt = begun(who, place, at=store.now_us() - 200 * DAY)
    judged(attempt)
    done = Done("other", "A runbook", place.service_id, "recovery_time", "lead_time", started_at=1)
    decisions.decide(who, attempt, Decision(**{**vars(ADOPT), "watch": done}), at=store.now_us() - 195 * DAY)
    return place


@pytest.mark.parametrize(
    ("answer", "reached", "moved"),
    [
        (outcome(outcomes.MOVED, outcomes.BETTER, 13), Mastery.SUSTAINED, 1),
        (outcome(outcomes.MOVED, outcomes.BETTER, 12), Mastery.VALIDATED, 1),
        (outcome(outcomes.MOVED, outcomes.WORSE, 20), Mastery.VALIDATED, 0),
        (outcome(outcomes.NOT_MOVED, None, 20), Mastery.VALIDATED, 0),
        (outcome(outcomes.INCONCLUSIVE, None, 20), Mastery.VALIDATED, 0),
        (None, Mastery.VALIDATED, 0),  # not worked out yet
    ],
)
def test_a_metric_has_moved_when_the_verdict_says_so_and_held_after_thirteen_weeks(
    watched, who, monkeypatch, answer, reached, moved
):
    monkeypatch.setattr(verdicts, "kept", lambda question: answer)
    assert mastery(who, watched) == [reached]
    assert counts(who) == [1, 1, 1, 1, 1, moved]


def test_what_is_not_worked_out_yet_waits_and_is_then_worked_out(home, who):
    place = planted.service(who, drop_at=30)
    week = planted.WEEK * 3_600 * 1_000_000
    start = store.to_us(planted.hour(0)) + 30 * week
    course.practised.readable(place.repository_id)
    choices.choose(who, place.team_id, TRACK)
    attempt = begun(who, place, at=start)
    judged(attempt)
    done = Done("other", "A runbook", place.service_id, "lead_time", "change_fail_rate", 1, settle_weeks=0)
    decisions.decide(who, attempt, Decision(**{**vars(ADOPT), "watch": done}), at=start + DAY)
    verdicts.forget()
    now = start + 28 * week
    assert (funnel.of(who, now=now).waiting, counts(who, now=now)[-1]) == (1, 0)
    told = []
    funnel.work_out(who, None, lambda number, all_: told.append((number, all_)), now=now)
    assert told == [(0, 1), (1, 1)]
    assert (funnel.of(who, now=now).waiting, counts(who, now=now)[-1]) == (0, 1)
    assert attempts.listed(who, place.team_id, now=now)[0].mastery is Mastery.SUSTAINED


# For the team


def test_the_team_sees_its_tracks_with_what_comes_next(both, who):
    place = ready(who)
    attempt = begun(who, place)
    accepted(attempt)
    (found,) = funnel.of_team(who, place.team_id)
    assert (found.track, found.state, found.mastery) == (TRACK, choices.UNDER_WAY, Mastery.APPLIED)
    assert "four gates" in found.next
    assert [line.id for line in found.attempts] == [attempt]


def test_a_plan_proposes_no_track_whose_checks_pass_already(home, who):
    place = ready(who)
    for poc in (course.POC, SECOND):
        judged(begun(who, place, poc))
    (choice,) = choices.listed(who, place.team_id)
    choices.drop(who, choice.id)
    found = {one.slug: one.because for one in plans.of_team(who, place.team_id, 20).plan.others}
    assert found[TRACK] == "The team's repositories pass its checks already."


# Events


def test_events_are_only_ever_added(both, who):
    """All that can happen to a team and to a person, and nothing changes or takes away an event; moving a team moves
    none."""
    place, bank = ready(who), ready(who, "Bank")
    member = person("A developer", team_id=place.team_id)
    with counted() as sent:
        attempt = begun(member, place)
        judged(attempt, but=ALONE)
        reviews.give(who, attempt, "followed", True, RUBRIC, "")
        attempts.skip(member, attempt, "linked", "No README.")
        over(member)
        progress.again(member, TRACK, READ)
        quizzes.answer(member, TRACK, READ, "at-night", (0,))
        decisions.decide(who, attempt, ADOPT)
        teams.merge_teams(who, place.team_id, bank.team_id)
    written = [text for text in sent if "learning_event" in text and not text.lstrip().upper().startswith("SELECT")]
    assert len(written) == 5
    assert {text.split()[0].upper() for text in written} == {"INSERT"}
    with store.reading() as session:
        kept = session.execute(select(LearningEvent).order_by(LearningEvent.id)).scalars().all()
    assert [(each.kind, each.person_id) for each in kept] == [
        ("proof begun", None), ("proof reviewed", None), ("module done", member.id), ("module skipped", member.id),
        ("proof decided", None),
    ]  # fmt: skip
    assert len(events.of_team(who, bank.team_id)) == 3


def test_no_code_changes_or_takes_away_an_event():
    room = Path(store.__file__).parent
    said = {path.name: path.read_text() for path in room.rglob("*.py") if "migrations" not in path.parts}
    for text in ("update(LearningEvent", "delete(LearningEvent", "session.delete(event"):
        assert [name for name, source in said.items() if text in source] == []


@pytest.mark.parametrize(
    ("kind", "whose"),
    [("something", {"person_id": 1}), (events.DONE, {"enrolment_id": 1}), (events.BEGUN, {"person_id": 1}),
     (events.BEGUN, {}), (events.DONE, {"person_id": 1, "enrolment_id": 1}), (events.KNOWN, {})],
)  # fmt: skip
def test_an_event_is_of_a_team_or_of_a_person_and_never_of_both(home, who, kind, whose):
    with store.writing() as session, pytest.raises(ValueError, match=r"event|nobody else"):
        events.record(session, kind, "x", **whose)


def test_with_a_team_go_its_events(both, who):
    place = ready(who)
    begun(who, place)
    teams.delete_team(who, place.team_id)
    with store.reading() as session:
        assert session.execute(select(LearningEvent.id)).all() == session.execute(select(Enrolment.id)).all() == []


def test_a_check_that_fails_is_in_no_later_stage(home, who):
    place = ready(who)
    attempt = begun(who, place)
    judged(attempt)
    judged(attempt, but={"four-parts": Outcome.FAIL})
    assert counts(who) == [1, 0, 0, 0, 0, 0]
    assert people.home_organization(who) == place.organization_id
