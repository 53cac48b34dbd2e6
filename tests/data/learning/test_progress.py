import inspect

import pytest
from sqlalchemy import delete, select

from assessments.learning import SITTING
from data import people, store
from data.access import Forbidden, NotFound
from data.learning import events, progress, quizzes
from data.tables import AuditEvent, LearningEvent, ModuleProgress, Person, QuizAnswer
from tests.data import practised
from tests.data.arrange import Place
from tests.data.learning import course
from tests.data.learning.course import OTHER, READ, REHEARSE, TRACK, person, teach

pytestmark = pytest.mark.usefixtures("taught")


@pytest.fixture
def clock(monkeypatch) -> list[int]:
    """The time, in a list of one, to be moved."""
    now = [1_800_000_000_000_000]
    monkeypatch.setattr(store, "now_us", lambda: now[0])
    return now


def states(who) -> list[str | None]:
    return [each.state for each in progress.of_track(who, TRACK).values()]


# Progress


def test_nothing_is_begun_at_first(home, who):
    found = progress.of_track(who, TRACK)
    assert list(found) == [READ, REHEARSE]
    assert [(each.state, each.at, each.minutes_left) for each in found.values()] == [(None, None, 15), (None, None, 30)]
    assert progress.resume(who) is None


def test_a_module_is_read_step_by_step_and_finished(both, who):
    progress.at_step(who, TRACK, READ, 2)
    (read, _) = progress.of_track(who, TRACK).values()
    assert (read.state, read.step, read.steps, read.minutes_left) == ("reading", 2, 2, 8)
    progress.finish(who, TRACK, READ)
    assert states(who) == ["done", None]
    counted = progress.counted(progress.of_track(who, TRACK))
    assert (counted.done, counted.all, counted.minutes_left) == (1, 2, 30)


def test_what_is_done_stays_done_when_it_is_read_again(home, who):
    progress.finish(who, TRACK, READ)
    progress.at_step(who, TRACK, READ, 1)
    assert states(who) == ["done", None]
    progress.again(who, TRACK, READ)
    assert states(who) == ["reading", None]


@pytest.mark.parametrize("step", [-1, 3, 1.0, "1", True])
def test_a_step_that_there_is_not_is_refused(home, who, step):
    with pytest.raises(ValueError, match="no such step"):
        progress.at_step(who, TRACK, READ, step)


def test_what_is_skipped_takes_a_reason_and_counts_in_neither_number(home, who):
    for reason in ("", " \n", "..."):
        with pytest.raises(ValueError, match="why you leave it out"):
            progress.skip(who, TRACK, READ, reason)
    progress.skip(who, TRACK, READ, "Another team\noperates it.")
    found = progress.of_track(who, TRACK)
    assert (found[READ].state, found[READ].reason) == ("skipped", "Another team operates it.")
    assert (progress.counted(found).done, progress.counted(found).all) == (0, 1)


@pytest.mark.parametrize(("track", "module"), [("nothing", READ), (TRACK, "nothing"), (OTHER, READ)])
def test_what_is_not_taught_is_not_found(home, who, track, module):
    with pytest.raises(NotFound):
        progress.at_step(who, track, module, 0)


def test_reading_is_taken_up_where_it_was_left(home, who, clock):
    progress.at_step(who, TRACK, READ, 1)
    clock[0] += 1
    progress.at_step(who, TRACK, REHEARSE, 2)
    last = progress.resume(who)
    assert (last.track, last.module, last.title, last.step) == (TRACK, REHEARSE, "Rehearse it", 2)
    progress.finish(who, TRACK, REHEARSE)
    assert progress.resume(who).module == READ


def test_progress_hangs_on_the_id_and_tells_of_a_newer_version(home, who, monkeypatch):
    progress.finish(who, TRACK, READ)
    assert not progress.of_track(who, TRACK)[READ].renewed
    teach(monkeypatch, version="1.1.0")
    found = progress.of_track(who, TRACK)[READ]
    assert (found.state, found.version, found.renewed) == ("done", "1.0.0", True)


def test_opening_a_step_again_soon_writes_nothing(home, who):
    progress.at_step(who, TRACK, READ, 1)
    before = progress.of_track(who, TRACK)[READ].at
    progress.at_step(who, TRACK, READ, 1)
    assert progress.of_track(who, TRACK)[READ].at == before


# What the team shows already


def test_a_module_need_not_be_done_where_the_team_is_there_already(home, who):
    place = Place(who)
    assert progress.by_evidence(who, place.team_id, TRACK) == {}  # nobody knows
    with pytest.raises(ValueError, match="not known to be there"):
        progress.know(who, place.team_id, TRACK, READ)
    practised.looked(place.repository_id, "met")
    practised.said(place.team_id, 4)
    found = progress.by_evidence(who, place.team_id, TRACK)
    assert set(found) == {READ, REHEARSE} and "Documentation" in found[READ]
    progress.know(who, place.team_id, TRACK, READ)
    mine = progress.of_track(who, TRACK)[READ]
    assert (mine.state, mine.reason, mine.minutes_left) == ("known", found[READ], 0)


def test_a_team_that_is_lower_shows_nothing(home, who):
    place = Place(who)
    practised.looked(place.repository_id, "not met")
    practised.said(place.team_id, 0)
    assert progress.by_evidence(who, place.team_id, TRACK) == {}


def test_what_another_team_shows_is_nobody_elses_evidence(home, who):
    place, stranger = Place(who), person("A developer")
    with pytest.raises(Forbidden):
        progress.know(stranger, place.team_id, TRACK, READ)


# Quizzes

RIGHT, WRONG = (0,), (1,)


def test_a_question_is_known_after_three_right_answers_in_two_sittings(both, who, clock):
    answered = [quizzes.answer(who, TRACK, READ, "at-night", RIGHT) for _ in range(3)]
    assert [(each.right, each.in_a_row, each.known) for each in answered] == [
        (True, 1, False), (True, 2, False), (True, 3, False)
    ]  # fmt: skip
    assert states(who) == [None, None]
    clock[0] += SITTING
    last = quizzes.answer(who, TRACK, READ, "at-night", RIGHT)
    assert (last.known, last.module_known) == (True, True)
    assert states(who) == ["known", None]
    assert progress.of_track(who, TRACK)[READ].items_known == 1


def test_a_wrong_answer_is_explained_and_begins_the_row_again(home, who):
    quizzes.answer(who, TRACK, READ, "at-night", RIGHT)
    wrong = quizzes.answer(who, TRACK, READ, "at-night", WRONG)
    assert (wrong.right, wrong.answer, wrong.in_a_row) == (False, (0,), 0)
    assert "needs no page" in wrong.because
    assert quizzes.standing(who, TRACK, READ)["at-night"].needs.startswith("Answer it right 3 times")


def test_a_module_is_known_only_with_all_of_its_questions(home, who, clock):
    for _ in range(2):
        for _ in range(2):
            quizzes.answer(who, TRACK, REHEARSE, "at-night", RIGHT)
        clock[0] += SITTING
    assert quizzes.standing(who, TRACK, REHEARSE)["at-night"].known
    assert states(who) == [None, None]
    for _ in range(2):
        for _ in range(2):
            last = quizzes.answer(who, TRACK, REHEARSE, "by-day", RIGHT)
        clock[0] += SITTING
    assert last.module_known and states(who) == [None, "known"]


def test_a_module_that_was_skipped_can_be_known_and_one_that_is_done_stays_done(home, who, clock):
    progress.skip(who, TRACK, READ, "Later.")
    progress.finish(who, TRACK, REHEARSE)
    for _ in range(2):
        for item, module in (("at-night", READ), ("at-night", REHEARSE), ("by-day", REHEARSE)):
            for _ in range(2):
                quizzes.answer(who, TRACK, module, item, RIGHT)
        clock[0] += SITTING
    assert states(who) == ["known", "done"]


@pytest.mark.parametrize("chosen", [(), (2,), (-1,), ("0",), (True,), (0.0,)])
def test_an_answer_chooses_among_what_there_is(home, who, chosen):
    with pytest.raises(ValueError, match="Choose an answer"):
        quizzes.answer(who, TRACK, READ, "at-night", chosen)
    assert quizzes.history(who, TRACK, READ) == ()


def test_a_question_that_is_gone_is_not_found(home, who):
    with pytest.raises(NotFound):
        quizzes.answer(who, TRACK, READ, "nothing", RIGHT)


def test_the_history_is_told_newest_first_with_its_sittings(home, who, clock):
    quizzes.answer(who, TRACK, READ, "at-night", WRONG)
    clock[0] += SITTING
    quizzes.answer(who, TRACK, READ, "at-night", (0, 1, 0))
    found = quizzes.history(who, TRACK, READ)
    assert [(each.chosen, each.right, each.sitting) for each in found] == [((0, 1), False, 2), ((1,), False, 1)]


def test_nobody_answers_without_end(home, who, monkeypatch):
    monkeypatch.setattr(quizzes, "MOST", 2)
    for _ in range(2):
        quizzes.answer(who, TRACK, READ, "at-night", RIGHT)
    with pytest.raises(ValueError, match="enough for one sitting"):
        quizzes.answer(who, TRACK, READ, "at-night", RIGHT)


# Statistics


def answered(team_id: int, rights: str) -> None:
    """One person of the team for each sign: y right, n wrong; each then answers right as well."""
    for number, sign in enumerate(rights):
        somebody = person(f"{rights} {number}", team_id=team_id)
        quizzes.answer(somebody, TRACK, READ, "at-night", RIGHT if sign == "y" else WRONG)
        quizzes.answer(somebody, TRACK, READ, "at-night", RIGHT)


def of(who) -> tuple[int | None, float | None]:
    found = {(each.module, each.item): each for each in quizzes.statistics(who)}
    assert set(found) == {(READ, "at-night"), (REHEARSE, "at-night"), (REHEARSE, "by-day")}
    return found[(READ, "at-night")].people, found[(READ, "at-night")].right


def test_statistics_are_of_first_answers_and_change_by_five_people(both, who):
    place = Place(who)
    answered(place.team_id, "ynyn")
    assert of(who) == (None, None)
    answered(place.team_id, "y")
    assert of(who) == (5, 0.6)
    answered(place.team_id, "nnnn")
    assert of(who) == (5, 0.6)  # what the sixth to the ninth answered shows in no figure
    answered(place.team_id, "nn")
    assert of(who) == (10, 0.3)


def test_statistics_are_for_coaches_and_administrators(home, who):
    place = Place(who)
    organization = place.organization_id
    assert quizzes.statistics(person("A coach", organization_id=organization, role="coach"))
    for other in (
        person("A leader", organization_id=organization, role="leader"),
        person("A developer", team_id=place.team_id),
        person("A lead", team_id=place.team_id, team_role="team_lead"),
        person("A stranger"),
    ):
        with pytest.raises(Forbidden):
            quizzes.statistics(other)


def test_people_elsewhere_are_in_no_statistics(home, who):
    Place(who)
    for number in range(5):
        quizzes.answer(person(f"P{number}"), TRACK, READ, "at-night", RIGHT)
    assert of(who) == (None, None)


# Private


def test_nobody_else_sees_what_a_person_reads_and_answers(both, who):
    """Every public function that returns anything of reading or answering, asked by an administrator and a coach."""
    place = Place(who)
    reader = person("A developer", team_id=place.team_id)
    progress.at_step(reader, TRACK, READ, 1)
    progress.skip(reader, TRACK, REHEARSE, "A secret reason.")
    quizzes.answer(reader, TRACK, READ, "at-night", WRONG)
    coach = person("A coach", organization_id=place.organization_id, role="coach")
    for other in (who, coach, person("A lead", team_id=place.team_id, team_role="team_lead")):
        assert {each.state for each in progress.of_track(other, TRACK).values()} == {None}
        assert progress.resume(other) is None
        assert quizzes.history(other, TRACK, READ) == ()
        assert quizzes.standing(other, TRACK, READ)["at-night"].answered == 0
        assert events.of_team(other, place.team_id) == ()
    assert {each.people for each in quizzes.statistics(coach)} == {None}


def test_no_function_takes_another_person():
    """Reading and answering is asked for by whoever asks, never by an id."""
    for room in (progress, quizzes):
        for name, function in inspect.getmembers(room, inspect.isfunction):
            if (
                not name.startswith("_")
                and function.__module__ == room.__name__
                and "session" not in str(inspect.signature(function))
            ):
                assert "person" not in str(inspect.signature(function)), name


def test_reading_and_answering_leave_no_trace_with_a_name(home, who):
    reader = person("A developer")
    progress.at_step(reader, TRACK, READ, 1)
    progress.finish(reader, TRACK, READ)
    progress.skip(reader, TRACK, REHEARSE, "Later.")
    quizzes.answer(reader, TRACK, READ, "at-night", WRONG)
    with store.reading() as session:
        assert session.execute(select(AuditEvent.id)).all() == []
        kept = session.execute(select(LearningEvent.kind, LearningEvent.enrolment_id, LearningEvent.detail)).all()
    assert [tuple(each) for each in kept] == [("module done", None, None), ("module skipped", None, None)]


def test_with_a_person_go_their_rows(both, who):
    Place(who)
    reader, other = person("A developer"), person("Another developer")
    for each in (reader, other):
        progress.finish(each, TRACK, READ)
        quizzes.answer(each, TRACK, READ, "at-night", RIGHT)
    with store.writing() as session:
        session.execute(delete(Person).where(Person.id == reader.id))
    with store.reading() as session:
        for table in (ModuleProgress, QuizAnswer, LearningEvent):
            assert session.execute(select(table.person_id)).scalars().all() == [other.id]


def test_who_may_not_come_in_any_more_reads_nothing(home, who):
    gone = people.Who(who.id, who.name, is_active=False)
    for ask in (lambda: progress.of_track(gone, TRACK), lambda: quizzes.history(gone, TRACK, READ)):
        with pytest.raises(Forbidden):
            ask()


def test_the_answers_of_a_person_are_only_ever_added(home, who):
    quizzes.answer(who, TRACK, READ, "at-night", WRONG)
    with store.reading() as session:
        first = session.execute(select(QuizAnswer)).scalar_one()
    quizzes.answer(who, TRACK, READ, "at-night", RIGHT)
    with store.reading() as session:
        assert session.get(QuizAnswer, first.id).model_dump() == first.model_dump()
    assert course.heads()[TRACK]["version"] == first.version
