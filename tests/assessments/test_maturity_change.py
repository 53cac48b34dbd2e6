"""Why a level changed: the causes sum up exactly, and no order decides."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.maturity import Mark, Seen, State
from assessments.maturity_change import CAUSES, COVERAGE, GONE, MODEL, NEW, PRACTICE, Snapshot, compare, moved
from tests.assessments import standings
from tests.assessments.standings import DAY, NOW, capability, seen

HALF = Fraction(1, 2)
some = settings(max_examples=25, deadline=None)


def snapshot(*found: str, model=None, marks=(), at=NOW, version=1) -> Snapshot:
    return Snapshot(version, at, {"ci": model or capability("R1", "R2", "R3")}, seen(*found), tuple(marks))


def change(before: Snapshot, after: Snapshot) -> tuple[int, dict[str, Fraction]]:
    found = compare(before, after)["ci"]
    return found.steps, {cause: part for cause, part in found.parts.items() if part}


def test_what_is_done_now_is_practice():
    assert change(snapshot("R1+", "R2-"), snapshot("R1+", "R2+")) == (1, {PRACTICE: 1})


def test_what_is_known_now_is_coverage():
    assert change(snapshot("R1+"), snapshot("R1+", "R2+", "R3-")) == (1, {COVERAGE: 1})
    assert change(snapshot("R1+", "R2+"), snapshot("R1+", "R2?")) == (-1, {COVERAGE: -1})


def test_the_same_evidence_judged_by_another_model_is_the_model():
    stricter = capability("R1 R3", "R2")
    found = ("R1+", "R2+", "R3-")
    assert change(snapshot(*found, model=capability("R1", "R2")), snapshot(*found, model=stricter, version=2)) == (
        -2,
        {MODEL: -2},
    )


def test_a_step_that_needs_two_causes_is_shared_by_them():
    """Statement 1 is done now, statement 2 is known now; the second step needs both."""
    assert change(snapshot("R1-"), snapshot("R1+", "R2+")) == (2, {PRACTICE: 1 + HALF, COVERAGE: HALF})


def test_causes_that_cancel_out_are_both_told():
    found = compare(snapshot("R1+", "R2-"), snapshot("R1+", "R2+", model=capability("R1 R3", "R2"), version=2))["ci"]
    assert found.steps == sum(found.parts.values())
    before, after = snapshot("R1+", "R2+", "R3+"), snapshot("R1+", "R2-", "R3+", model=capability("R1 R2", "R3"))
    assert set(change(before, after)[1]) == {PRACTICE, MODEL}


def test_an_exception_that_ends_is_no_change_of_practice():
    mark = Mark("exception", "ci", "being replaced", "repository:r2", "A lead", NOW + DAY)
    model = capability("R1 R2")
    before, after = (snapshot("R1+", "R2-", model=model, marks=[mark], at=NOW + days * DAY) for days in (0, 2))
    assert change(before, after) == (-1, {COVERAGE: -1})


def test_what_only_one_model_has_is_not_compared():
    old, new = snapshot(), replace(snapshot(), model={"cd": capability("R1", key="cd")})
    found = compare(old, new)
    assert {key: each.kind for key, each in found.items()} == {"cd": NEW, "ci": GONE}
    assert "nothing to compare" in found["ci"].because


def test_the_parts_are_told_in_a_sentence():
    found = compare(snapshot("R1-", "R2-"), snapshot("R1+", "R2+", "R3+"))["ci"]
    parts = "+1/2 because of what is known or counted now, +5/2 because of what is done now."
    assert found.because == f"+3 levels in all: {parts}"
    assert compare(snapshot("R1-", "R2-"), snapshot("R1+", "R2-"))["ci"].because == (
        "+1 level because of what is done now."
    )
    assert compare(snapshot("R1+", "R2+"), snapshot("R1-", "R2+"))["ci"].because == (
        "−2 levels because of what is done now."
    )
    assert compare(snapshot("R1+", "R2+"), snapshot("R1+", "R2+"))["ci"].because == "Nothing that counts has changed."


def test_a_level_that_can_be_told_now_is_no_change_that_counts_for_nothing():
    less, more = snapshot("R1-"), snapshot("R1-", "R2-")
    assert compare(less, more)["ci"].because == "Enough is known now to tell the level."
    assert compare(more, less)["ci"].because == "Too little is known now to tell the level."
    assert compare(snapshot(), less)["ci"].because == "The level can still not be told."
    rose = compare(less, snapshot("R1+", "R2-"))["ci"].because
    assert rose == "Enough is known now to tell the level. What is done now has a part in it."


def test_what_is_known_may_change_and_the_level_not():
    found = compare(snapshot("R1-", "R2-"), snapshot("R1-", "R2-", "R3-"))["ci"]
    assert found.because == "What is known of it has changed, and the level has not."


def test_what_does_not_apply_any_more_says_so():
    mark = Mark("not applicable", "ci", "It has none.")
    left = compare(snapshot("R1-", "R2-"), snapshot("R1-", "R2-", marks=[mark]))["ci"]
    assert left.because == "It does not apply any more."


@st.composite
def pairs(draw) -> tuple[Snapshot, Snapshot]:
    sides = []
    for version in (1, 2):
        model = draw(standings.capabilities())
        found, marks = draw(standings.evidence(model)), draw(standings.marks(model))
        sides.append(Snapshot(version, NOW + version, {"ci": model}, found, marks))
    return sides[0], sides[1]


@some
@given(pairs())
def test_the_causes_sum_up_to_the_whole(pair):
    found = compare(*pair)["ci"]
    assert sum(found.parts.values()) == found.steps


@some
@given(pairs())
def test_back_again_is_the_same_with_the_other_sign(pair):
    there, back = compare(*pair)["ci"], compare(*pair[::-1])["ci"]
    assert {cause: -part for cause, part in back.parts.items()} == there.parts


@some
@given(pairs())
def test_a_cause_that_is_absent_has_no_part(pair):
    """With the same model, and with all that is known the same, what is left is the only cause."""
    before, after = pair
    same_model = compare(before, replace(after, model=before.model))["ci"]
    assert same_model.parts[MODEL] == 0
    only_model = compare(before, replace(before, model=after.model))["ci"]
    assert only_model.parts[PRACTICE] == only_model.parts[COVERAGE] == 0
    assert compare(before, before)["ci"].parts == dict.fromkeys(CAUSES, 0)


@some
@given(pairs())
def test_practice_has_a_part_only_where_something_known_says_something_else(pair):
    before, after = pair
    unmarked = [replace(side, marks=(), model=before.model) for side in (before, replace(after, seen=before.seen))]
    changed = replace(unmarked[1], seen={key: Seen(State.UNKNOWN, "hidden") for key in before.seen})
    assert compare(unmarked[0], changed)["ci"].parts[PRACTICE] == 0


@some
@given(pairs())
def test_a_snapshot_comes_back_from_plain_values(pair):
    assert Snapshot.of(pair[0].plain()) == pair[0]


def causes(before: Snapshot, after: Snapshot) -> dict[str, str]:
    return {one.item.key: one.cause for one in moved("ci", before, after)}


def test_the_evidence_that_changed_is_named_with_its_cause():
    assert causes(snapshot("R1-", "R2+", "R3?"), snapshot("R1+", "R2+", "R3+")) == {"r1": PRACTICE, "r3": COVERAGE}
    wider = capability("R1", "R2", "R3 R4")
    assert causes(snapshot("R1+"), snapshot("R1+", "R4-", model=wider)) == {"r4": MODEL}
    assert causes(snapshot("R4+", model=wider), snapshot(model=capability("R1"))) == dict.fromkeys(
        ["r2", "r3", "r4"], MODEL
    )


def test_a_mark_changes_the_evidence_that_it_speaks_of():
    mark = Mark("not applicable", "ci", "no servers", "repository:r1")
    (one,) = moved("ci", snapshot("R1-"), snapshot("R1-", marks=[mark]))
    assert (one.before.state, one.after.state, one.cause) == (State.NOT_MET, State.NOT_APPLICABLE, COVERAGE)


def test_of_a_capability_that_is_new_all_evidence_is_of_the_model():
    before = Snapshot(1, NOW, {}, {}, ())
    after = snapshot("R1+")
    assert {one.cause for one in moved("ci", before, after)} == {MODEL}
    assert compare(before, after)["ci"].differs and compare(after, before)["ci"].kind == GONE


def test_a_capability_differs_when_its_level_or_what_is_known_of_it_does():
    def differs(before: Snapshot, after: Snapshot) -> bool:
        return compare(before, after)["ci"].differs

    assert not differs(snapshot("R1+"), snapshot("R1+"))
    assert differs(snapshot("R1+", "R2-"), snapshot("R1+", "R2+")), "the level"
    assert differs(snapshot("R1-"), snapshot("R1-", "R2-")), "the coverage"


@some
@given(
    standings.evidence(capability("S R1", "S R2 H1", "R3 W1")),
    standings.evidence(capability("S R1", "S R2 H1", "R3 W1")),
)
def test_evidence_moves_wherever_a_part_is_not_nothing(first, second):
    model = {"ci": capability("S R1", "S R2 H1", "R3 W1")}
    before, after = Snapshot(1, NOW, model, first), Snapshot(1, NOW, model, second)
    parts = {cause for cause, part in compare(before, after)["ci"].parts.items() if part}
    assert parts <= {one.cause for one in moved("ci", before, after)}
    assert moved("ci", before, before) == ()
