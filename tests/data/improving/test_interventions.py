import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from assessments import outcomes
from data import store, teams
from data.access import Forbidden, NotFound
from data.improving import goals, interventions, measuring, verdicts
from data.improving.goals import Wanted
from data.improving.interventions import Done
from data.tables import AuditEvent
from tests.data.arrange import Place, hour
from tests.data.improving import planted
from tests.data.improving.planted import WEEK
from tests.data.test_teams import member
from tests.statements import counted

DAY = 86_400 * 1_000_000


@pytest.fixture(autouse=True)
def nothing_kept():
    verdicts.forget()


@pytest.fixture
def shop(both, who) -> Place:
    return Place(who)


@pytest.fixture
def one_shop(home, who) -> Place:
    """On SQLite, for what does not depend on the store."""
    return Place(who)


def at(week: float) -> int:
    return store.to_us(hour(week * WEEK))


def done(place: Place, start: float = 10, end: float | None = 12, **more) -> Done:
    values = {"kind": "migration", "title": "To actions", "service_id": place.service_id, "metric": "lead_time"}
    finish = None if end is None else at(end)
    return Done(
        **{**values, "counter_metric": "change_fail_rate", "started_at": at(start), "finished_at": finish, **more}
    )


def test_what_was_done_is_kept_said_otherwise_and_taken_away(shop, who):
    first = interventions.add(who, shop.team_id, done(shop, end=None, note="In pairs"))
    second = interventions.add(who, shop.team_id, done(shop, 50, 52, title="Smaller changes", kind="process"))
    assert [one.id for one in interventions.listed(who, shop.team_id)] == [first, second]  # what goes on is first
    interventions.finish(who, first, at(13))
    assert [one.id for one in interventions.listed(who, shop.team_id)] == [second, first]
    interventions.edit(who, second, done(shop, 50, 51, title="Small changes", settle_weeks=2))
    changed = interventions.listed(who, shop.team_id)[0].said
    assert (changed.title, changed.finished_at, changed.settle_weeks, changed.kind) == (
        "Small changes", at(51), 2, "migration",
    )  # fmt: skip
    interventions.remove(who, second)
    assert [one.said.note for one in interventions.listed(who, shop.team_id)] == ["In pairs"]
    with store.reading() as session:
        trace = [action for (action,) in session.execute(select(AuditEvent.action).order_by(AuditEvent.id))]
    names = [action for action in trace if action.endswith("_intervention")]
    assert names == [f"{verb}_intervention" for verb in ("add", "add", "finish", "edit", "remove")]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"kind": "miracle"}, "choose one from the list"),
        ({"metric": "lines"}, "Choose one of the metrics"),
        ({"metric": "recovery_time_inferred"}, "guesses"),
        ({"counter_metric": None}, "alone improves it at the cost"),
        ({"counter_metric": "coding"}, "get better and worse together"),
        ({"finished_at": 1}, "before it started"),
        ({"started_at": 5}, "the year 2000"),
        ({"started_at": 2**60, "finished_at": None}, "the year 2000"),
        ({"finished_at": 4_000_000_000_000_000}, "the year 2000"),
        ({"settle_weeks": -1}, "within 0 to 26 weeks"),
        ({"settle_weeks": True}, "within 0 to 26 weeks"),
        ({"title": ""}, "a title"),
        ({"note": "x" * 2001}, "up to 2,000"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(one_shop, who, more, reason):
    with pytest.raises(ValueError, match=reason):
        interventions.add(who, one_shop.team_id, done(one_shop, **more))
    assert interventions.listed(who, one_shop.team_id) == ()


def test_a_finish_lies_in_the_past_and_a_start_may_be_planned(one_shop, who):
    soon = {"started_at": store.now_us() + 10 * DAY}
    with pytest.raises(ValueError, match="in the future"):
        interventions.add(who, one_shop.team_id, done(one_shop, finished_at=store.now_us() + 20 * DAY))
    made = interventions.add(who, one_shop.team_id, done(one_shop, end=None, **soon))
    with pytest.raises(ValueError, match="before it started"):
        interventions.finish(who, made)
    other = interventions.add(who, one_shop.team_id, done(one_shop))
    with pytest.raises(ValueError, match="finished already"):
        interventions.finish(who, other)
    with pytest.raises(NotFound):
        interventions.remove(who, 999)


def test_what_was_done_in_the_same_weeks_on_one_service_is_named(one_shop, who):
    elsewhere = teams.create_service(who, one_shop.team_id, "Other")
    for title, start, end, service in (
        ("First", 10, 12, one_shop.service_id), ("Just after", 20, 22, one_shop.service_id),
        ("Elsewhere", 10, 12, elsewhere), ("Years later", 120, 121, one_shop.service_id),
    ):  # fmt: skip
        interventions.add(who, one_shop.team_id, done(one_shop, start, end, title=title, service_id=service))
    beside = {one.said.title: one.beside for one in interventions.listed(who, one_shop.team_id)}
    assert beside == {"First": ("Just after",), "Just after": (), "Elsewhere": (), "Years later": ()}


def test_a_settling_that_reaches_into_the_weeks_before_is_named_too(one_shop, who):
    interventions.add(who, one_shop.team_id, done(one_shop, 10, 12, title="First", settle_weeks=4))
    interventions.add(who, one_shop.team_id, done(one_shop, 15, 16, title="Second"))
    beside = {one.said.title: one.beside for one in interventions.listed(who, one_shop.team_id)}
    assert beside == {"First": ("Second",), "Second": ("First",)}


def test_it_may_belong_to_a_goal_of_the_team(home, who):
    place = planted.service(who, weeks=16, failing=True)
    due = store.now_us() + 30 * DAY
    goal = goals.add(
        who, place.team_id, Wanted("Faster", place.service_id, "lead_time", 30.0, "change_fail_rate", 0.2, due)
    )
    made = interventions.add(who, place.team_id, done(place, goal_id=goal))
    assert interventions.listed(who, place.team_id)[0].said.goal_id == goal and made
    other = Place(who, "Other")
    with pytest.raises(NotFound):
        interventions.add(who, other.team_id, done(other, goal_id=goal))


@pytest.mark.parametrize(("role", "may"), [("member", False), ("team_lead", True)])
def test_members_see_and_leads_say(one_shop, who, role, may):
    made = interventions.add(who, one_shop.team_id, done(one_shop, end=None))
    person = member(role, one_shop.team_id)
    assert len(interventions.listed(person, one_shop.team_id)) == 1
    for do in (
        lambda: interventions.add(person, one_shop.team_id, done(one_shop)),
        lambda: interventions.edit(person, made, done(one_shop, end=None)),
        lambda: interventions.finish(person, made),
        lambda: interventions.remove(person, made),
    ):
        if may:
            do()
        else:
            with pytest.raises(Forbidden):
                do()
    outside = member("team_lead", teams.create_team(who, one_shop.organization_id, "Else"), "o")
    with pytest.raises(Forbidden):
        interventions.listed(outside, one_shop.team_id)


# Whether it worked


def verdict_of(who, place: Place, now: float, **more) -> tuple[verdicts.Question, verdicts.Verdict]:
    interventions.add(who, place.team_id, done(place, **more))
    (question,) = verdicts.questions(interventions.listed(who, place.team_id), at(now))
    return question, verdicts.answer(question)


def test_a_planted_drop_is_moved_and_its_counter_metric_is_told(both, who):
    place = planted.service(who, 70, drop_at=46, failing=True)
    question, found = verdict_of(who, place, 71, start=44, end=46)
    assert question.state == verdicts.JUDGED
    assert (found.outcome.verdict, found.outcome.direction) == (outcomes.MOVED, outcomes.BETTER)
    assert found.outcome.low < 0.6 < found.outcome.high and found.counter is not None
    assert found.told.startswith("Lead time: moved for the better, −") and "Change fail rate" in found.told
    assert found.drawn is not None and not found.drawn.short


def test_where_nothing_happened_nothing_moved(home, who):
    place = planted.service(who, 70)
    question, found = verdict_of(who, place, 71, start=44, end=46, counter_metric="deployment_frequency")
    assert found.outcome.verdict != outcomes.MOVED and question.counter is not None


def test_a_counter_metric_that_is_not_collected_is_said_and_not_taken_for_kept(home, who):
    place = planted.service(who, 40)
    question, found = verdict_of(who, place, 41, start=20, end=22)
    assert question.counter is None and found.counter is None
    assert "Whether it was paid for is not known: Failures are not collected" in found.told


def test_what_is_planned_runs_or_cannot_be_measured_has_a_state_of_its_own(home, who):
    place, bare = planted.service(who, 20), Place(who, "Bare")
    soon = store.now_us() + 10 * DAY
    interventions.add(who, place.team_id, done(place, title="Planned", started_at=soon, end=None))
    interventions.add(who, place.team_id, done(place, title="Running", end=None))
    teams.move_service(who, bare.service_id, place.team_id)
    interventions.add(who, place.team_id, done(place, title="Bare", service_id=bare.service_id))
    lost = teams.create_service(who, place.team_id, "Lost")
    interventions.add(who, place.team_id, done(place, title="Gone", service_id=lost))
    teams.delete_service(who, lost)
    found = verdicts.questions(interventions.listed(who, place.team_id))
    assert {each.one.said.title: each.state for each in found} == {
        "Planned": verdicts.PLANNED, "Running": verdicts.RUNNING, "Bare": verdicts.NOT_MEASURED, "Gone": verdicts.GONE,
    }  # fmt: skip


def test_a_verdict_is_worked_out_once_for_the_same_weeks(home, who, monkeypatch):
    place = planted.service(who, 40)
    question, found = verdict_of(who, place, 41, start=20, end=22)
    monkeypatch.setattr(outcomes, "judge", None)
    assert verdicts.kept(question) is found and verdicts.answer(question) is found
    (later,) = verdicts.questions(interventions.listed(who, place.team_id), at(41.5))
    assert later.key == question.key  # nothing new in the same week
    (other,) = verdicts.questions(interventions.listed(who, place.team_id), at(39))
    assert other.key != question.key and verdicts.kept(other) is None


def test_a_verdict_rests_on_the_year_after_the_settling(home, who):
    place = planted.service(who, 90)
    interventions.add(who, place.team_id, done(place, 13, 14))
    (question,) = verdicts.questions(interventions.listed(who, place.team_id), at(91))
    assert question.weeks.week.max() == outcomes.week_of(at(14)) + 4 + 52


def test_how_long_a_service_has_to_wait_is_told_or_why_not(home, who, monkeypatch):
    place = planted.service(who, 60)
    lead, fails = verdicts.ahead(place.service_id, "lead_time", "change_fail_rate")
    assert lead.needed.weeks and lead.needed.because.startswith("A change of 30 %")
    assert fails.needed is None and "not collected" in fails.why_not
    monkeypatch.setattr(outcomes, "needed", None)
    assert verdicts.ahead(place.service_id, "lead_time", None)[0].needed is lead.needed
    (gone,) = verdicts.ahead(999, "lead_time", None)
    assert gone.needed is None and "not there" in gone.why_not


def test_memory_forgets_what_was_not_used_for_longest():
    memory = verdicts._Memory(2)
    for key in ("a", "b"):
        memory.of(key, lambda key=key: key.upper())
    memory.get("a")
    memory.of("c", lambda: "C")
    assert [memory.get(key) for key in ("a", "b", "c")] == ["A", None, "C"]


def test_what_is_being_worked_out_is_waited_for_and_not_begun_anew():
    memory, begun, go, calls = verdicts._Memory(2), threading.Event(), threading.Event(), []

    def work_out() -> str:
        calls.append(1)
        begun.set()
        assert go.wait(10)
        return "A"

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(memory.of, "a", work_out)
        assert begun.wait(10)
        second = pool.submit(memory.of, "a", work_out)
        with pytest.raises(TimeoutError):
            second.result(0.1)
        go.set()
        assert (first.result(10), second.result(10), len(calls)) == ("A", "A", 1)


def test_what_cannot_be_worked_out_keeps_nobody_waiting():
    memory = verdicts._Memory(2)
    with pytest.raises(ZeroDivisionError):
        memory.of("a", lambda: 1 / 0)
    assert memory.of("a", lambda: "A") == "A"


def test_many_entries_cost_no_more_statements_than_one(home, who):
    place = planted.service(who, 20)
    numbers = []
    for _ in range(2):
        interventions.add(who, place.team_id, done(place))
        with counted() as sent:
            verdicts.questions(interventions.listed(who, place.team_id))
        numbers.append(len(sent))
    assert numbers[0] == numbers[1] < 12 and measuring.METRICS
