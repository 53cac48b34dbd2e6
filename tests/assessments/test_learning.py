import pytest

from assessments import learning
from assessments.learning import DAY, HOUR, SITTING, STAGES, STOP, Answer, Mastery, Stage, Tried
from assessments.poc import Verdict

RIGHT, WRONG = True, False


def answers(*given: tuple[bool, int]) -> list[Answer]:
    """(right, sitting) each, oldest first."""
    return [Answer(*each) for each in given]


# Quizzes


@pytest.mark.parametrize(
    ("given", "is_known"),
    [
        ([], False),
        ([(RIGHT, 1), (RIGHT, 1), (RIGHT, 2)], True),
        ([(RIGHT, 1), (RIGHT, 2), (RIGHT, 3)], True),
        ([(RIGHT, 1), (RIGHT, 1), (RIGHT, 1)], False),  # all in one sitting
        ([(RIGHT, 1), (RIGHT, 1), (RIGHT, 1), (RIGHT, 1), (RIGHT, 2)], True),
        ([(RIGHT, 1), (RIGHT, 2)], False),
        ([(RIGHT, 1), (WRONG, 1), (RIGHT, 1), (RIGHT, 2)], False),  # not in a row
        ([(WRONG, 1), (RIGHT, 1), (RIGHT, 2), (RIGHT, 2)], True),
        ([(RIGHT, 1), (RIGHT, 1), (RIGHT, 2), (WRONG, 2)], False),  # forgotten
        ([(RIGHT, 1), (RIGHT, 1), (RIGHT, 2), (WRONG, 3), (RIGHT, 3), (RIGHT, 3), (RIGHT, 3)], False),
    ],
)
def test_a_question_is_known_after_three_right_answers_in_a_row_not_all_in_one_sitting(given, is_known):
    assert learning.known(answers(*given)) is is_known
    assert (learning.needs(answers(*given)) == "") is is_known


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([], "3 times more in a row"),
        ([(WRONG, 1)], "3 times more in a row"),
        ([(RIGHT, 1)], "2 times more in a row"),
        ([(RIGHT, 1), (RIGHT, 2)], "once more in a row"),
        ([(RIGHT, 1), (RIGHT, 1)], "once more another time"),
        ([(RIGHT, 1), (RIGHT, 1), (RIGHT, 1)], "once more another time"),
    ],
)
def test_what_is_missing_until_a_question_is_known_is_told(given, says):
    assert says in learning.needs(answers(*given))


def test_a_sitting_ends_when_nothing_is_answered_for_eight_hours():
    assert learning.sitting(0, None, 5) == 1
    assert learning.sitting(1, 0, SITTING - 1) == 1
    assert learning.sitting(1, 0, SITTING) == 2
    assert learning.sitting(4, 10 * HOUR, 17 * HOUR) == 4
    assert learning.sitting(4, 17 * HOUR, 10 * HOUR) == 4
    assert learning.sitting(4, 9_000 * HOUR, 10 * HOUR) == 5, "nobody waits until a clock that was ahead is right"


def test_a_module_is_known_when_each_of_its_questions_is():
    good, bad = answers((RIGHT, 1), (RIGHT, 1), (RIGHT, 2)), answers((RIGHT, 1))
    assert learning.module_known(["a", "b"], {"a": good, "b": good})
    assert not learning.module_known(["a", "b"], {"a": good, "b": bad})
    assert not learning.module_known(["a", "b"], {"a": good})
    assert learning.module_known(["a"], {"a": good, "gone": bad})


def test_a_module_without_questions_is_not_known_by_answering():
    assert not learning.module_known([], {})


# Progress


def test_what_was_skipped_is_in_neither_number():
    found = learning.counted([("done", 0), ("known", 0), ("skipped", 0), ("reading", 12), (None, 20)])
    assert (found.done, found.all, found.skipped, found.minutes_left) == (2, 4, 1, 32)


@pytest.mark.parametrize(
    ("state", "step", "left"),
    [(None, 0, 30), ("reading", 0, 30), ("reading", 1, 30), ("reading", 2, 23), ("reading", 4, 8), ("done", 1, 0),
     ("known", 0, 0), ("skipped", 0, 0)],
)  # fmt: skip
def test_minutes_left_are_those_of_the_steps_that_are_not_read(state, step, left):
    assert learning.minutes_left(30, state, step, 4) == left


def test_a_module_without_steps_is_left_whole():
    assert learning.minutes_left(30, "reading", 0, 0) == 30


# Standing still


@pytest.mark.parametrize(
    ("newest", "now", "says"),
    [
        (None, 3 * DAY, ""),
        (None, 14 * DAY, "It has not been checked in 14 days."),
        (5 * DAY, 18 * DAY, ""),
        (5 * DAY, 20 * DAY, "It was last checked 15 days ago."),
        (39 * DAY, 40 * DAY, "Its timebox ended today: decide to adopt, adapt or stop."),
        (None, 41 * DAY, "Its timebox ended yesterday: decide to adopt, adapt or stop."),
        (None, 47 * DAY, "Its timebox ended 7 days ago: decide to adopt, adapt or stop."),
    ],
)
def test_an_attempt_stands_still_after_its_timebox_or_two_weeks_without_a_check(newest, now, says):
    assert learning.stalled(0, 40 * DAY, newest, now) == says


# Mastery


@pytest.mark.parametrize(
    ("tried", "reached"),
    [
        (Tried(None), Mastery.NONE),
        (Tried(Verdict.FAILED), Mastery.NONE),
        (Tried(Verdict.OPEN), Mastery.NONE),
        (Tried(Verdict.PRACTISED), Mastery.PRACTISED),
        (Tried(Verdict.ACCEPTED), Mastery.APPLIED),
        (Tried(Verdict.VALIDATED), Mastery.VALIDATED),
        (Tried(Verdict.VALIDATED, moved=True), Mastery.VALIDATED),
        (Tried(Verdict.VALIDATED, moved=True, held=True), Mastery.SUSTAINED),
        (Tried(Verdict.VALIDATED, spread=True), Mastery.SUSTAINED),
        (Tried(Verdict.ACCEPTED, held=True, spread=True), Mastery.APPLIED),  # all four gates come first
        (Tried(Verdict.VALIDATED, STOP, held=True), Mastery.PRACTISED),
        (Tried(Verdict.FAILED, STOP), Mastery.NONE),
    ],
)
def test_what_an_attempt_comes_to(tried, reached):
    assert learning.of_attempt(tried) is reached


def test_a_team_has_mastered_what_its_best_attempt_shows():
    tried = [Tried(Verdict.FAILED), Tried(Verdict.ACCEPTED), Tried(Verdict.PRACTISED)]
    assert learning.mastery(False, tried) is Mastery.APPLIED
    assert learning.mastery(True, [Tried(None)]) is Mastery.LEARNED
    assert learning.mastery(False, []) is Mastery.NONE


def test_every_step_but_the_last_says_what_comes_next():
    assert [step for step in Mastery if not learning.NEXT[step]] == [Mastery.SUSTAINED]


def test_a_team_has_learned_what_its_people_together_have_read():
    over = {1: ["a"], 2: ["b"], 3: []}
    assert learning.learned(["a", "b"], over)
    assert not learning.learned(["a", "b", "c"], over)
    assert not learning.learned([], over)


def test_what_two_people_have_read_tells_nobody_that_the_team_has_learned():
    assert not learning.learned(["a"], {1: ["a"], 2: ["a"]})
    assert not learning.learned(["a"], {1: ["a"]}, reader=2)
    assert not learning.learned(["a"], {1: ["a"], 2: ["a"]}, reader=1)
    assert learning.learned(["a"], {1: ["a"]}, reader=1)  # they know it of themselves


# The funnel


@pytest.mark.parametrize(
    ("learned", "tried", "stage"),
    [
        (False, [], Stage.ENROLLED),
        (True, [], Stage.LEARNED),
        (False, [Tried(Verdict.FAILED)], Stage.ENROLLED),
        (False, [Tried(Verdict.PRACTISED)], Stage.PRACTISED),
        (True, [Tried(Verdict.ACCEPTED)], Stage.APPLIED),
        (True, [Tried(Verdict.VALIDATED)], Stage.VALIDATED),
        (True, [Tried(Verdict.VALIDATED, spread=True)], Stage.VALIDATED),
        (True, [Tried(Verdict.VALIDATED, moved=True)], Stage.MOVED),
        (True, [Tried(Verdict.ACCEPTED, moved=True)], Stage.APPLIED),
        (True, [Tried(Verdict.ACCEPTED, moved=True), Tried(Verdict.VALIDATED)], Stage.VALIDATED),
        (True, [Tried(Verdict.VALIDATED, STOP, moved=True)], Stage.PRACTISED),
    ],
)
def test_a_track_is_in_the_furthest_stage_that_all_before_lead_to(learned, tried, stage):
    assert learning.stage(learned, tried) is stage


def test_the_funnel_counts_each_team_once_and_never_rises():
    found = learning.funnel([[Stage.ENROLLED, Stage.VALIDATED], [Stage.PRACTISED], [], [Stage.ENROLLED]])
    assert [found[stage] for stage in STAGES] == [3, 2, 2, 1, 1, 0]


def test_without_any_team_every_count_is_zero():
    assert set(learning.funnel([]).values()) == {0}
