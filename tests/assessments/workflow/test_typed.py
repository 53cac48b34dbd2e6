"""What people type into the table of steps."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.workflow import typed
from assessments.workflow.amounts import Amount
from assessments.workflow.model import Map
from content import catalog
from tests.assessments.workflow.maps import maps

EXAMPLE = catalog.maps()["release-by-hand"]


def rows(**changes: str) -> list[dict]:
    """Five rows of which the first has these texts."""
    made = [{"name": name, "lead": "1 h", "process": "20 min", "complete_accurate": "90 %"} for name in "ABCDE"]
    return [made[0] | changes, *made[1:]]


@pytest.mark.parametrize(
    ("text", "value", "low", "high"),
    [
        ("90", 90, 90, 90),
        ("10 min", 10, 10, 10),
        ("2 h", 120, 120, 120),
        ("2h", 120, 120, 120),
        ("1 H 30 Min", 90, 90, 90),
        ("1h30min", 90, 90, 90),
        ("1,5 h", 90, 90, 90),
        ("1.5 hours", 90, 90, 90),
        ("1 d", 1440, 1440, 1440),
        ("2 weeks", 20_160, 20_160, 20_160),
        ("45 s", 0.75, 0.75, 0.75),
        ("~ 5 min", 5, 5, 5),
        ("1-3 h", 120, 60, 180),
        ("1 – 3 h", 120, 60, 180),
        ("30 min to 2 h", 75, 30, 120),
        ("10-20", 15, 10, 20),
        ("1 h (30 min – 3 h)", 60, 30, 180),
        ("1 h (30 min to 3 h)", 60, 30, 180),
        ("0", 0, 0, 0),
        ("1h30", 90, 90, 90),
        ("٣ h", 180, 180, 180),
    ],
)  # fmt: skip
def test_times_as_people_write_them(text, value, low, high):
    assert typed.time(text) == Amount(value, low, high)


@pytest.mark.parametrize("text", ["soon", "h", "2 fortnights", "1:30", "2 h later", "1-2-3 h", "3 h (about)", "1 d 30",
                                  "1e5", "∞", "2 h 3 4", "9" * 400])  # fmt: skip
def test_what_is_no_time_says_how_to_write_one(text):
    with pytest.raises(ValueError, match=r"write it like 10 min, 2 h, 1 d"):
        typed.time(text)


@pytest.mark.parametrize("text", ["-5 min", "- 5", "−5 min"])
def test_a_negative_time_is_called_one(text):
    with pytest.raises(ValueError, match="is negative"):
        typed.time(text)


def test_a_range_begins_with_its_smaller_end():
    with pytest.raises(ValueError, match="write the smaller first"):
        typed.time("3-1 h")


@pytest.mark.parametrize(
    ("text", "value", "low", "high"),
    [("95 %", 0.95, 0.95, 0.95), ("95", 0.95, 0.95, 0.95), ("99,8%", 0.998, 0.998, 0.998),
     ("0.5 %", 0.005, 0.005, 0.005),
     ("80-90 %", 0.85, 0.8, 0.9), ("90 % (80 % – 95 %)", 0.9, 0.8, 0.95), ("100", 1, 1, 1)],
)  # fmt: skip
def test_shares_as_people_write_them(text, value, low, high):
    assert typed.share(text) == Amount(pytest.approx(value), low, high)


def test_a_share_of_one_is_not_taken_for_percent():
    with pytest.raises(ValueError, match=r"less than 1 %: write 95 % if that is meant"):
        typed.share("0.95")


@pytest.mark.parametrize("state", ["today", "future"])
def test_the_example_typed_is_the_example(state):
    drawn = Map.of(EXAMPLE[state])
    plain, problems = typed.read(typed.rows(drawn.steps), drawn.title)
    assert problems == [] and Map.of(plain) == drawn


@settings(max_examples=40, deadline=None)
@given(maps())
def test_any_map_typed_is_nearly_the_same_map(data):
    drawn = Map.of(data)
    plain, problems = typed.read(typed.rows(drawn.steps), drawn.title)
    assert problems == []
    for before, after in zip(drawn.steps, Map.of(plain).steps, strict=True):
        assert (before.key, before.path, before.name.split()) == (after.key, after.path, after.name.split())
        for field in ("lead", "process", "complete_accurate"):
            old, new = getattr(before, field), getattr(after, field)
            assert (old is None) == (new is None)
            assert old is None or new.value == pytest.approx(old.value, rel=1e-6)


def test_rows_in_which_nothing_was_typed_are_no_steps():
    plain, problems = typed.read([*rows(), {"name": "", "lead": None, "path": "recovery", "source": "stated"}], "A map")
    assert problems == [] and len(plain["steps"]) == 5


def test_new_steps_get_keys_from_their_names_and_keep_old_ones():
    given = [{"key": "same", "name": "Same"}, {"name": "Same"}, {"name": "Same"}, {"name": "承認"}, {"name": "A  b"}]
    plain, problems = typed.read(given, "A map")
    assert problems == []
    assert [step["key"] for step in plain["steps"]] == ["same", "same-2", "same-3", "step", "a-b"]
    assert plain["steps"][4]["name"] == "A b"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"lead": "soon"}, "Step 1 (A): the lead time “soon” cannot be read: write it like 10 min"),
        ({"process": "-1 h"}, "Step 1 (A): the work “-1 h” is negative; leave it empty when it is not known."),
        ({"process": "2 h"}, "Step 1 (A): the process time is longer than the lead time, which includes it."),
        ({"lead": "0"}, "Step 1 (A): the lead time is 0; leave it empty when it is not known."),
        ({"complete_accurate": "120 %"}, "Step 1 (A): complete and accurate is more than 100 %."),
        ({"queue": "many"}, "Step 1 (A): the queue “many” is no number"),
        ({"name": ""}, "Step 1: give it a name"),
        ({"evidence": "javascript:alert(1)"}, "the evidence is a link that begins with https://"),
    ],
)  # fmt: skip
def test_each_mistake_has_one_sentence(change, sentence):
    _, problems = typed.read(rows(**change), "A map")
    assert len(problems) == 1 and sentence in problems[0], problems


def test_several_cells_that_cannot_be_read_are_all_named():
    _, problems = typed.read(rows(lead="soon", process="later", queue="x"), "A map")
    assert len(problems) == 3


@given(st.text(max_size=30))
def test_nothing_typed_does_more_than_be_refused(text):
    for reader in (typed.time, typed.share):
        try:
            amount = reader(text)
        except ValueError:
            continue
        assert 0 <= amount.low <= amount.high
    typed.read(rows(lead=text, queue=text, name=text, key=text, path=text), text)
