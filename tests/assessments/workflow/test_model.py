"""A map is read whole or refused with sentences that say what to do."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.workflow.model import Map, MapError, problems
from tests.assessments.workflow.maps import changed, maps, plain, step

some = settings(max_examples=25, deadline=None)


def test_a_small_map_can_be_read():
    assert problems(plain(step("first"))) == []


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("text", "A map has a title and a list of steps."),
        ({"title": "A map", "steps": {}}, "A map has a title and a list of steps."),
        (plain(title=" "), "Give the map a title"),
        (plain(title="x" * 201), "Give the map a title"),
        ({**plain(), "owner": "me"}, "A map has no owner."),
        ({"title": "A map", "steps": [step("a")]}, "A map has 5 to 15 steps; this one has 1."),
        (plain(*[step(f"s{n}") for n in range(16)]), "this one has 16."),
        (plain("first"), "Each step is a set of fields."),
        (changed(name=""), "Step 1: give it a name"),
        (changed(name="a\nb"), "Step 1: give it a name"),
        (changed(key=None), "Step 1 (First): it needs a key."),
        (changed(cost=3), "Step 1 (First): a step has no cost."),
        (changed(path="side"), "Step 1 (First): the path is happy or recovery."),
        (changed(source="guessed"), "Step 1 (First): the source is stated or measured."),
        (changed(tool=3), "Step 1 (First): the tool is a text"),
        (changed(evidence="javascript:alert(1)"), "the evidence is a link that begins with https://"),
        (changed(manual_steps=-1), "the manual steps is a number from 0 to 1,000,000"),
        (changed(queue=float("inf")), "the queue is a number from 0 to 1,000,000"),
        (changed(lead=0), "Step 1 (First): the lead time is 0; leave it empty when it is not known."),
        (changed(lead=-5), "Step 1 (First): the lead time is negative."),
        (changed(process=0), "the process time is 0; leave it empty"),
        (changed(process=-1), "the process time is negative."),
        (changed(complete_accurate=0), "complete and accurate is 0; leave it empty"),
        (changed(complete_accurate=70), "complete and accurate is more than 100 %."),
        (changed(lead=10**8), "the lead time is more than two years."),
        (changed(lead=10**400), "the lead time is more than two years."),
        (changed(lead=-(10**400)), "the lead time is negative."),
        (changed(queue=10**400), "the queue is a number from 0 to 1,000,000"),
        (changed(batch_size=1_000_001), "the batch size is a number from 0 to 1,000,000"),
        (changed(lead="1 h"), "the lead time is a number, or a value with low and high."),
        (changed(lead=float("nan")), "the lead time is a number"),
        (changed(lead={"value": 50, "low": 60, "high": 70}), "the lead time lies outside its own range."),
        (changed(lead=10, process=20), "the process time is longer than the lead time, which includes it."),
        (changed(lead={"value": 60, "low": 10, "high": 70}), "the process time is longer than the lead time"),
        (changed(wait_before=50), "the wait before and the process time are longer than the lead time"),
        (plain(step("a"), step("a")), "Two steps have the key a."),
        (changed(after=[]), "Step 1 (First): after names the key of another step."),
        (changed(after="lunch"), "First comes after 'lunch', which is no step of this map."),
        (changed(after="first"), "The steps First → First form a loop"),
        (plain(step("a", after="b"), step("b", after="a")), "The steps B → A → B form a loop"),
        (plain(step("a", after="c"), step("b", after="a"), step("c", after="b")), "form a loop; work that goes back"),
        (plain(step("a"), step("b", after="a"), step("c", after="a")), "B and C both come after A; put them"),
        (
            plain(step("a", after="b"), step("b", path="recovery")),
            "A is on the happy path and cannot come after B of the recovery path.",
        ),
    ],
)  # fmt: skip
def test_each_mistake_has_its_sentence(data, problem):
    found = problems(data)
    assert len(found) == 1 and problem in found[0], found
    with pytest.raises(MapError) as refused:
        Map.of(data)
    assert refused.value.problems == tuple(found)


def test_no_waiting_before_and_no_approval_are_facts():
    assert problems(changed(wait_before=0, approvals=0, manual_steps=0)) == []


def test_what_is_unknown_stays_unknown():
    first = Map.of(changed(lead=None, process=None, complete_accurate=None)).steps[0]
    assert (first.lead, first.process, first.complete_accurate, first.waiting, first.queue) == (None,) * 5


def test_waiting_is_what_is_left_of_the_lead_time():
    waiting = Map.of(changed(lead={"value": 60, "low": 30, "high": 90}, process=20)).steps[0].waiting
    assert (waiting.value, waiting.low, waiting.high) == (40, 10, 70)


def test_steps_come_in_the_order_they_name():
    read = Map.of(plain(step("a", after="c"), step("b"), step("c"), step("d"), step("e", path="recovery", after="b")))
    assert [one.key for one in read.steps] == ["b", "c", "a", "d", "e"]


@some
@given(maps())
def test_a_map_written_and_read_is_the_same_map(data):
    read = Map.of(data)
    assert Map.of(json.loads(json.dumps(read.plain()))) == read
    assert sorted(one.key for one in read.steps) == sorted(one["key"] for one in data["steps"])


keys = st.sampled_from(["a", "b", "c", "d", "e"])


@given(st.dictionaries(keys, keys))
def test_any_order_is_read_or_refused(after):
    data = plain(*[step(key, **({"after": after[key]} if key in after else {})) for key in "abcde"])
    found = problems(data)
    if not found:
        order = [one.key for one in Map.of(data).steps]
        assert sorted(order) == list("abcde")
        assert all(order.index(before) + 1 == order.index(key) for key, before in after.items())


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(["name", "key", "path", "lead", "process", "after", "role", "queue", "evidence", "source"])


@given(anything | st.dictionaries(fields, anything, max_size=4).map(lambda odd: changed(**odd)))
def test_nothing_sent_does_more_than_be_refused(data):
    try:
        Map.of(data)
    except MapError as error:
        assert error.problems
