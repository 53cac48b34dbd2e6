"""What evidence makes of a statement and of a level, by hand and by chance."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.evidence.probe import registry
from assessments.maturity import (
    JUDGED,
    Mark,
    Seen,
    State,
    Verdict,
    capabilities,
    level_of,
    standing,
    wrong_with,
)
from assessments.workflow.facts import FACTS
from content import catalog, practice_rules
from tests.assessments import standings
from tests.assessments.standings import DAY, NOW, capability, seen

some = settings(max_examples=50, deadline=None)
MODEL = capability("S R1 R2", "S R3", "S W", "S")


def judged(found: str, model=MODEL, marks=()):
    return standing(model, seen(*found.split()), marks, NOW)


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        ("", Verdict.UNKNOWN),
        ("S1+", Verdict.CLAIMED),
        ("S1~", Verdict.UNKNOWN),
        ("S1-", Verdict.FAILS),
        ("R1+", Verdict.HOLDS),  # R2 was not looked for
        ("R1+ R2?", Verdict.UNKNOWN),  # R2 was looked for and cannot be told
        ("S1+ R1+ R2?", Verdict.CLAIMED),
        ("S1+ R1+ R2~", Verdict.HOLDS),
        ("S1+ R1~ R2~", Verdict.CLAIMED),
        ("S1~ R1~ R2~", Verdict.PARTLY),
        ("S1+ R1+ R2-", Verdict.FAILS),
        ("S1- R1+ R2+", Verdict.FAILS),
        ("S1? R1+ R2+", Verdict.HOLDS),
        ("S10 R10 R20", Verdict.OUT),
        ("S1+ R10 R20", Verdict.CLAIMED),
        ("S10 R1+ R20", Verdict.HOLDS),
    ],
)
def test_a_statement(found, verdict):
    assert judged(found).statements[0].verdict is verdict


@pytest.mark.parametrize(
    ("found", "shown", "claimed"),
    [
        ("R1- R2- S1-", 0, 0),
        ("", None, None),  # not known is no level 0
        ("S1+", None, 1),
        ("S1+ R1~ R2~", 0, 1),  # the repository has been looked at, and does not show it
        ("R1+ R2+", 1, 1),
        ("R1+ R2+ R3+ S1+ S2+", 2, 2),
        ("R1+ R2+ R3+ S1+ S2+ S3+ S4+", 2, 4),
        ("R1+ R2+ R3- W+ S1+", 1, 1),
        ("R1+ R2+ R3? W+ S1+ S2+ S3+", 1, 3),
        ("R1+ R2+ S20 R30 W+ S3+", 3, 3),  # what does not apply is stepped over
        ("R1+ R2+ S20 R30 S30 W0 S40", 1, 1),  # and is no level reached
        ("S10 R10 R20 S20 R30 S30 W0 S40", None, None),
    ],
)
def test_the_level_is_climbed_step_by_step(found, shown, claimed):
    where = judged(found)
    assert (where.shown, where.claimed) == (shown, claimed)


@pytest.mark.parametrize(
    ("found", "shown", "claimed"),
    [
        ("S1+ R1+ S2+ S3+ R2+", 4, 4),  # statements 1 and 3 are a matter of the team's word
        ("S1+ R1+ S2+ S3+ R2+ S4+", 4, 4),
        ("S1+ R1+ S2+ S3- R2+", 2, 2),
        ("R1+ R2+", None, None),  # nobody asked
        ("S1+ R1- S2-", None, 1),  # level 1 is said, and nothing could show it
        ("S1- R1+ R2+", 0, 0),
        ("S1+ R1+ S2+ S3+ R2- S4+", 2, 3),
        ("S1+ R1+ S2+ S3+", 2, 3),
    ],
)
def test_what_nothing_but_the_teams_word_could_tell_is_taken_from_it(found, shown, claimed):
    where = judged(found, model=capability("S", "S R1", "S", "S R2"))
    assert (where.shown, where.claimed) == (shown, claimed)


def test_below_the_floor_no_level_is_told():
    few, enough = judged("R1+ R2+"), judged("R1+ R2+ S1+")
    assert (few.known, few.applicable, few.shown, few.told, few.outline) == (2, 5, 1, None, None)
    assert (enough.coverage, enough.told) == (0.6, 1)
    assert level_of(few) == "not told: 2 of 5 pieces of evidence are known"


def test_the_answer_to_one_question_is_one_piece_of_evidence():
    assert judged("S1+ S2+ S3+ S4-").known == 1


def test_the_claimed_level_is_drawn_beside_where_it_is_another():
    where = judged("R1+ R2+ R3+ W+ S1+ S2+ S3+ S4+")
    assert (where.told, where.outline) == (3, 4)
    assert judged("R1+ R2+ R3- W+ S1+ S2+").outline is None


def test_what_only_a_survey_can_tell_shows_its_claimed_level():
    where = judged("S1+ S2+ S3- S4-", model=capability("S", "S", "S", "S"))
    assert (where.capability.survey_only, where.told, level_of(where)) == (True, 2, "level 2, survey only")


def test_the_next_statement_is_the_one_that_keeps_the_level():
    assert judged("R1+ R2+ R3~ S1+ S2+ W+").next.statement.level == 2
    assert judged("S1+ S2+ S3+ S4+", model=capability("S", "S", "S", "S")).next is None


def test_each_thing_missing_is_named_once():
    assert judged("R1+ R2?").missing == (
        "The team has not been asked about CI.",
        "R2 is unknown.",
        "No repository has been looked at for r3.",
        "No workflow map tells of w.",
    )


def test_the_team_says_more_than_is_shown():
    assert judged("S1+ R1+ R2-").disagreements == ("The team says “Statement 1.” But: R2 is not met.",)


def test_the_team_says_less_than_is_shown():
    where = judged("S1- S2- S3- R1+ R2+ R3+ W+")
    assert where.disagreements == (
        "“Statement 1.” is seen (R1 is met. R2 is met.), but the team does not say so: S1 is not met.",
    )


def test_the_repository_and_the_map_differ():
    where = judged("R1+ W-", model=capability("R1 W"))
    assert where.disagreements == ("The repository and the map differ on “Statement 1.” R1 is met. But: W is not met.",)


def test_where_lanes_agree_there_is_nothing_to_say():
    assert judged("S1+ R1+ R2+ S2- R3-").disagreements == ()


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        ("H1+", Verdict.HOLDS),
        ("H1-", Verdict.UNKNOWN),
        ("S1+ H1-", Verdict.CLAIMED),
        ("R1+ H1-", Verdict.HOLDS),
        ("R1+ H1~", Verdict.HOLDS),
        ("R1+ H1?", Verdict.UNKNOWN),
        ("R1- H1+", Verdict.FAILS),
    ],
)
def test_a_hint_that_is_not_found_says_nothing(found, verdict):
    where = judged(found, model=capability("S R1 H1"))
    assert where.statements[0].verdict is verdict and where.disagreements == ()


def test_a_hint_that_is_not_found_leaves_the_coverage_and_is_named():
    where = judged("S1+ H1-", model=capability("S H1"))
    assert (where.known, where.applicable, where.told, where.outline) == (1, 1, None, 1)
    assert where.missing == ("H1 is not met.",)
    assert judged("S1+", model=capability("S H1")).coverage == 0.5


def exception(days: int, item: str | None = "repository:r2") -> Mark:
    return Mark("exception", "ci", "the tool is being replaced", item, "A lead", NOW + days * DAY)


def test_an_exception_lets_the_rest_speak_until_it_ends():
    found = "R1+ R2- R3+"
    assert judged(found).shown == 0
    assert judged(found, marks=[exception(+1)]).shown == 2
    assert judged(found, marks=[exception(0)]).shown == 0
    assert judged(found, marks=[exception(-1)]).notes == (
        "r2: the exception of A lead ended on 14 January 2027 and counts no more.",
    )


def test_an_exception_makes_nothing_met_and_hides_nothing_unknown():
    assert judged("R1- R2-", marks=[exception(1, None)]).statements[0].verdict is Verdict.UNKNOWN
    assert judged("R1+ R2?", marks=[exception(1)]).statements[0].verdict is Verdict.UNKNOWN
    assert judged("R1+", marks=[exception(1)]).known == 1


def test_what_does_not_apply_leaves_the_calculation():
    mark = Mark("not applicable", "ci", "it is a library", "repository:r2")
    where = judged("R1+ R2-", marks=[mark])
    assert (where.shown, where.applicable, where.notes) == (1, 4, ("r2: not applicable, because it is a library",))
    whole = judged("R1-", marks=[Mark("not applicable", "ci", "it is a library")])
    assert (whole.coverage, whole.told, level_of(whole)) == (None, None, "not applicable")


def test_marks_of_another_capability_change_nothing():
    assert judged("R1-", marks=[Mark("not applicable", "cd", "no")]) == judged("R1-")


@pytest.mark.parametrize(
    ("mark", "problem"),
    [
        (Mark("exception", "ci", " ", None, "A lead", NOW + DAY), "Give a reason"),
        (Mark("exception", "ci", "x" * 501, None, "A lead", NOW + DAY), "Give a reason"),
        (Mark("exception", "ci", "x", None, "", NOW + DAY), "Name who answers"),
        (Mark("exception", "ci", "x", None, "A lead", NOW), "within the next year"),
        (Mark("exception", "ci", "x", None, "A lead", NOW + 400 * DAY), "within the next year"),
        (Mark("exception", "ci", "x", None, "A lead", None), "within the next year"),
        (Mark("exception", "ci", "x", "repository:none", "A lead", NOW + DAY), "no such evidence"),
        (Mark("waived", "ci", "x"), "A mark is"),
    ],
)
def test_a_mark_that_cannot_be_made(mark, problem):
    found = wrong_with(mark, MODEL, NOW)
    assert len(found) == 1 and problem in found[0]


def test_marks_that_can_be_made():
    assert wrong_with(exception(30), MODEL, NOW) == wrong_with(Mark("not applicable", "ci", "x"), MODEL, NOW) == []


# What holds of any evidence.


@some
@given(st.data())
def test_what_is_unknown_never_scores(data):
    """Hiding what a repository or a map shows raises no level, whatever it was."""
    model = data.draw(standings.capabilities())
    found = data.draw(standings.evidence(model))
    looked = [key for key in found if not key.startswith("survey")]
    if looked:
        hidden = found | {data.draw(st.sampled_from(looked)): Seen(State.UNKNOWN, "hidden")}
        before, after = standing(model, found), standing(model, hidden)
        assert (after.shown or 0) <= (before.shown or 0)
        assert after.known <= before.known


@some
@given(st.data())
def test_without_anything_known_there_is_no_level(data):
    model = data.draw(standings.capabilities())
    found = {key: Seen(State.UNKNOWN, "no access") for key in model.items if data.draw(st.booleans())}
    where = standing(model, found)
    assert (where.known, where.told) == (0, None)
    assert not where.applicable or (where.shown, where.claimed) == (None, None)


@some
@given(st.data())
def test_more_evidence_never_lowers_coverage(data):
    model = data.draw(standings.capabilities())
    found = data.draw(standings.evidence(model))
    new = [key for key in model.items if key not in found or found[key].state is State.UNKNOWN]
    states = st.sampled_from([*JUDGED, State.NOT_APPLICABLE])
    if new:
        more = found | {data.draw(st.sampled_from(new)): Seen(data.draw(states), "now known")}
        before, after = standing(model, found), standing(model, more)
        assert after.coverage is None or after.coverage >= before.coverage


@some
@given(st.data())
def test_better_evidence_never_lowers_a_level(data):
    """Of two states that say something, the better one."""
    model = data.draw(standings.capabilities())
    found = data.draw(standings.evidence(model))
    worse = [key for key, seen in found.items() if seen.state in JUDGED]
    if worse:
        better = found | {data.draw(st.sampled_from(worse)): Seen(State.MET, "better")}
        before, after = standing(model, found), standing(model, better)
        assert (after.shown or 0) >= (before.shown or 0)
        assert (after.claimed or 0) >= (before.claimed or 0)


@some
@given(st.data())
def test_what_is_shown_is_never_above_what_is_claimed(data):
    model = data.draw(standings.capabilities())
    where = standing(model, data.draw(standings.evidence(model)), data.draw(standings.marks(model)), NOW)
    assert (where.shown or 0) <= (where.claimed or 0) <= 4
    assert 0 <= where.known <= where.applicable
    assert where.told is None or where.covered


@some
@given(st.data())
def test_the_survey_alone_never_shows(data):
    model = data.draw(standings.capabilities())
    found = {key: seen for key, seen in data.draw(standings.evidence(model)).items() if key.startswith("survey")}
    assert not standing(model, found).shown


@some
@given(st.data())
def test_an_ended_exception_is_as_if_it_had_never_been(data):
    model = data.draw(standings.capabilities())
    found = data.draw(standings.evidence(model))
    ended = [mark for mark in data.draw(standings.marks(model)) if mark.expires is not None and mark.expires <= NOW]
    with_it, without = standing(model, found, ended, NOW), standing(model, found, (), NOW)
    assert with_it.statements == without.statements and with_it.coverage == without.coverage


# What is shipped.


def test_the_shipped_practices_can_be_judged():
    model = capabilities(catalog.practices())
    assert len(model) == 42
    assert all([s.level for s in each.statements] == [1, 2, 3, 4] for each in model.values())
    assert all(item.lane == "survey" for each in model.values() for item in [each.statements[0].items[0]])


def test_everything_that_is_named_as_evidence_exists():
    assert practice_rules.not_there(catalog.practices(), "map", FACTS) == []
    assert practice_rules.not_there(catalog.practices(), "repository", registry()) == []
    assert practice_rules.not_there(catalog.practices(), "hints", registry()) == []


def test_where_everything_is_met_every_capability_is_at_the_top_it_can_be_seen_at():
    for each in capabilities(catalog.practices()).values():
        found = {key: Seen(State.MET, "Yes.") for key in each.items}
        where = standing(each, found)
        assert where.claimed == 4 and where.missing == () and where.disagreements == ()
