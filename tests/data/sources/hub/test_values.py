"""Several values of an object at once, and times: the short way gives what the long way gives."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.sources.github import values
from data.sources.github.errors import BadAnswer

SHAPE = values.Shape(id=int, state=str, note=str | None, labels=list)
ROW = {"id": 7, "state": "open", "note": None, "labels": []}
ANY = st.sampled_from([None, True, 0, -1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, "", "a", [], [1], {}, 1.5])


def one_by_one(row):
    return tuple(
        values.need(row, name, kind, none)
        for name, kind, none in (("id", int, 0), ("state", str, 0), ("note", str, 1), ("labels", list, 0))
    )


def test_values_come_in_the_order_of_their_names():
    assert SHAPE.of({**ROW, "more": 1}) == (7, "open", None, [])


def test_what_may_be_null_may_be_absent():
    assert SHAPE.of({name: value for name, value in ROW.items() if name != "note"}) == (7, "open", None, [])


WRONG = [{"id": True}, {"id": 2**63}, {"id": None}, {"state": 1}, {"note": 0}, {"labels": {}}]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_value_of_another_kind_is_refused(wrong):
    with pytest.raises(BadAnswer, match=next(iter(wrong))):
        SHAPE.of(ROW | wrong)


@pytest.mark.parametrize("row", [None, [], "id", 7])
def test_what_is_no_object_is_refused(row):
    with pytest.raises(BadAnswer, match="an object"):
        SHAPE.of(row)


@given(st.dictionaries(st.sampled_from(list(ROW)), ANY))
def test_all_at_once_is_as_one_by_one(changed):
    row = ROW | changed
    try:
        wanted = one_by_one(row)
    except BadAnswer as error:
        with pytest.raises(BadAnswer) as refused:
            SHAPE.of(row)
        assert str(refused.value) == str(error)
    else:
        assert SHAPE.of(row) == wanted


@given(st.datetimes(datetime(1970, 1, 1), datetime(9998, 12, 31)))
def test_a_time_as_github_writes_it_is_exact(when):
    when = when.replace(microsecond=0, tzinfo=UTC)
    passed = when - datetime(1970, 1, 1, tzinfo=UTC)
    assert (
        values.instant(when.strftime("%Y").zfill(4) + when.strftime("-%m-%dT%H:%M:%SZ"))
        == (passed.days * 86_400 + passed.seconds) * values.SECOND
    )
