"""Assessments of practices: kept with their evidence, taken by hand and by themselves, seen like what they rest on."""

import pytest
from sqlalchemy import select

from assessments.maturity import NOT_APPLICABLE, Mark, State
from assessments.maturity_change import PRACTICE, compare
from data import store, teams, worker
from data.access import Forbidden, NotFound
from data.asked import results
from data.practices import assessments, evaluations, marks, model, standings
from data.practices.assessments import AFTER_LOOK, AFTER_SURVEY, APART, BY_HAND, NotYet
from data.tables import Assessment, Organization, PracticeModel, Wave
from tests.data import practised, surveyed
from tests.data.arrange import Place
from tests.data.practised import looked, said
from tests.data.surveyed import DAY
from tests.statements import counted

CI = "continuous-integration"


def taken(place: Place, **more) -> assessments.Kept:
    made = assessments.take(place.who, place.team_id, **more)
    return assessments.load(place.who, place.team_id, [made])[made]


def test_an_assessment_is_read_again_as_it_was_taken(both, who):
    place = Place(who)
    looked(place.repository_id)
    wave = said(place.team_id, 2)
    marks.make(who, place.team_id, Mark(NOT_APPLICABLE, "well-being", "We are robots"))
    now = store.now_us()
    kept = taken(place, title=" Before  the move ", now=now)
    assert kept.snapshot == standings.of_team(who, place.team_id, now).snapshot
    assert (kept.line.title, kept.line.why, kept.line.surveys) == (
        "Before the move", BY_HAND, ("Practices and capabilities",)
    )  # fmt: skip
    assert kept.repositories[0]["commit"] == practised.COMMIT and kept.map is None
    assert [one["service"] for one in kept.metrics] == ["Shop"]
    assert kept.versions["practices"] == model.version() and wave


def test_it_stays_as_it_was_whatever_becomes_of_its_evidence(home, who):
    place = Place(who)
    looked(place.repository_id, "not met")
    before = taken(place)
    looked(place.repository_id, "met")
    after = taken(place)
    assert before.snapshot.seen["repository:readme"].state is State.NOT_MET
    change = compare(before.snapshot, after.snapshot)[CI]
    assert change.parts[PRACTICE] == change.steps == 3


def test_a_model_is_kept_once_for_many(both, who):
    place = Place(who)
    looked(place.repository_id)
    for _ in range(2):
        taken(place)
    with store.reading() as session:
        (kept,) = session.execute(select(PracticeModel)).scalars()
    assert kept.version == model.version() and list(kept.plain) == list(model.capabilities())


def test_without_any_evidence_there_is_nothing_to_keep(home, who):
    with pytest.raises(ValueError, match="nothing to keep yet"):
        assessments.take(who, Place(who).team_id)
    with pytest.raises(ValueError, match="shorten it"):
        assessments.take(who, 1, "x" * 201)


def test_who_only_leads_sees_what_rests_on_answers_once_they_are_released(both, who):
    place = Place(who)
    leader = surveyed.person("leader", place.organization_id)
    looked(place.repository_id)
    free = taken(place).line.id
    wave = said(place.team_id, 2)
    kept = taken(place).line.id

    def seen(one, now=None) -> list[bool]:
        return [line.seen_from is None for line in assessments.listed(one, place.team_id, now)]

    assert seen(who) == [True, True] and seen(leader) == [False, True]
    with pytest.raises(NotYet, match="you see it from"):
        assessments.load(leader, place.team_id, [free, kept])
    assert set(assessments.load(leader, place.team_id, [free])) == {free}
    with store.reading() as session:
        closed = session.get_one(Wave, wave).closed_at
    assert seen(leader, closed + 14 * DAY) == [True, True]
    results.release(who, wave)
    assert seen(leader) == [True, True] and assessments.load(leader, place.team_id, [kept])


def test_who_may_do_what(home, who):
    place, other = Place(who), Place(who, "Other")
    looked(place.repository_id)
    kept = taken(place).line.id
    for role, team in (("member", place.team_id), ("leader", None), ("coach", None)):
        one = surveyed.person(role, place.organization_id, team)
        assert len(assessments.listed(one, place.team_id)) == 1
        with pytest.raises(Forbidden):
            assessments.take(one, place.team_id)
    stranger = surveyed.person("team_lead", place.organization_id, other.team_id)
    for act in (
        lambda: assessments.listed(stranger, place.team_id),
        lambda: assessments.load(stranger, place.team_id, [kept]),
        lambda: assessments.take(stranger, place.team_id),
    ):
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(NotFound):
        assessments.load(stranger, other.team_id, [kept])
    lead = surveyed.person("team_lead", place.organization_id, place.team_id)
    assert assessments.take(lead, place.team_id)


def whys(place: Place) -> list[str]:
    return [line.why for line in assessments.listed(place.who, place.team_id)]


def test_after_a_survey_about_practices_one_is_taken_by_itself_once(both, who):
    place = Place(who)
    said(place.team_id, 2, 2)  # too few: no result
    said(place.team_id, 2, questionnaire="well-being")
    assert assessments.take_due() == [] and whys(place) == []
    said(place.team_id, 2, blocks=["ci-cd"])
    (made,) = assessments.take_due()
    assert assessments.take_due() == [] and whys(place) == [AFTER_SURVEY]
    (line,) = assessments.listed(who, place.team_id)
    assert line.id == made and line.surveys[0] == "Practices and capabilities"


def test_after_a_survey_that_somebody_has_taken_up_already_none_is_taken(home, who):
    place = Place(who)
    said(place.team_id, 2)
    taken(place)
    assert assessments.take_due() == []


def test_answers_from_elsewhere_are_new_when_they_come(home, who):
    place = Place(who)
    said(place.team_id, 2)
    assert len(assessments.take_due()) == 1
    now = store.now_us()
    said(place.team_id, 3, elsewhere=True, opened_at=now, closes_at=now - 300 * DAY)
    assert len(assessments.take_due()) == 1


def test_after_all_repositories_were_looked_at_one_is_taken_and_then_a_month_none(both, who):
    place = Place(who)
    practised.readable(place.repository_id)
    with_two = Place(who, "Desk")
    assert assessments.take_due() == []
    evaluations.failed(place.repository_id, "probes", "The clone is gone.")
    assert assessments.take_due() == [], "nothing was seen"
    looked(place.repository_id)
    (made,) = assessments.take_due()
    assert whys(place) == [AFTER_LOOK] and whys(with_two) == []
    now = store.now_us()
    looked(place.repository_id)
    assert assessments.take_due(now + APART - DAY) == []
    assert len(assessments.take_due(now + APART + DAY)) == 1
    assert assessments.take_due(now + 3 * APART) == [], "nothing was looked at since"
    assert made in [line.id for line in assessments.listed(who, place.team_id)]


def test_while_one_of_the_repositories_waits_for_its_look_none_is_taken(home, who):
    place, other = Place(who), Place(who, "Desk")
    teams.move_service(who, other.service_id, place.team_id)
    practised.readable(other.repository_id)
    looked(place.repository_id)
    assert assessments.take_due() == []
    evaluations.failed(other.repository_id, "probes", "GitHub is away.")
    assert len(assessments.take_due()) == 1


def test_trouble_with_one_team_keeps_no_other_waiting(home, who, monkeypatch, caplog):
    first, second = Place(who), Place(who, "Desk")
    for place in (first, second):
        looked(place.repository_id)
    whole = assessments.work_out

    def work_out(team_id: int, *rest):
        if team_id == first.team_id:
            raise RuntimeError("broken")
        return whole(team_id, *rest)

    monkeypatch.setattr(assessments, "work_out", work_out)
    assert len(assessments.take_due()) == 1 and assessments.take_due() == []
    assert whys(second) == [AFTER_LOOK] and len(caplog.records) == 1


def test_a_demo_is_left_alone_and_seen_by_everybody(home, who):
    place = Place(who)
    looked(place.repository_id)
    with store.writing() as session:
        session.get_one(Organization, place.organization_id).is_demo = True
    assert assessments.take_due() == []
    with pytest.raises(Forbidden):
        assessments.take(who, place.team_id)
    assert assessments.listed(who, place.team_id) == ()


def test_a_list_takes_as_many_statements_for_one_as_for_many(home, who):
    place = Place(who)
    leader = surveyed.person("leader", place.organization_id)
    looked(place.repository_id)
    said(place.team_id, 2)
    taken(place)
    with counted() as few:
        assessments.listed(leader, place.team_id)
    for _ in range(3):
        said(place.team_id, 2)
        taken(place)
    with counted() as many:
        assessments.listed(leader, place.team_id)
    assert len(few) == len(many) <= 7
    with store.reading() as session:
        assert len(session.execute(select(Assessment).where(Assessment.kind == "practices")).all()) == 4


def test_what_nobody_waits_for_is_looked_for_seldom(monkeypatch):
    clock, calls = [100.0], []
    monkeypatch.setattr(worker.time, "monotonic", lambda: clock[0])
    look = worker.seldom(lambda: calls.append(clock[0]))
    for clock[0] in (100.0, 105.0, 159.0, 160.0, 165.0):
        look()
    assert calls == [100.0, 160.0]
