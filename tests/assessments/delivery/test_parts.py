"""Value parts as bytes: exact, the same everywhere, of one week alone, and refused when damaged."""

import importlib
import struct
from dataclasses import asdict, replace
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.delivery import parts, summarise, summarise_fleet
from assessments.delivery.results import FAILURES
from tests.assessments.delivery.fleets import busy, fleet, stretched, tail
from tests.assessments.delivery.histories import stories
from tests.assessments.delivery.story import MONDAY, at, deploy, incident, merge, story
from tests.assessments.delivery.test_mutants import slipped

few = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
slow_stories = st.lists(st.builds(stretched, stories(), st.sampled_from([1, 4])), min_size=1, max_size=3)
KEY = ["service", "week"]
RECORDS = list(parts.RECORDS)


def week(number: int) -> date:
    return MONDAY.date() + timedelta(weeks=number)


def us(hours: float) -> int:
    return round(at(hours).timestamp() * 1_000_000)


@few
@given(slow_stories, st.integers(-2, 8))
def test_a_week_has_the_same_bytes_whatever_else_is_packed(told, number):
    whole = fleet(*told, busy([5, None, 7] * 9))
    packed = parts.pack(whole)
    since = dict.fromkeys(whole.services["service"], week(number))
    late = parts.pack(tail(whole, since, 0)).filter(pl.col("week") >= week(number))
    assert late.equals(packed.filter(pl.col("week") >= week(number)))


@few
@given(slow_stories)
def test_a_service_has_the_same_bytes_whatever_else_is_packed(told):
    whole = fleet(*told)
    for service in whole.services["service"]:
        mine = parts.pack(parts.alone(whole.of(service)))
        assert mine.drop("service").equals(parts.pack(whole).filter(service=service).drop("service"))


@few
@given(slow_stories, st.integers(0, 99))
def test_the_order_of_rows_changes_no_byte(told, seed):
    merges = [merge(f"c{i}", 5, authored=i, position=None if i % 2 else i) for i in range(8)]
    at_once = story(
        *merges, *(deploy(f"d{i}", f"c{i}", 6) for i in range(8)), *(incident(f"i{i}", 7) for i in range(8))
    )
    whole = fleet(*told, at_once)
    names = ("services", "deployments", "changes", "failures")
    mixed = {name: getattr(whole, name).sample(fraction=1, shuffle=True, seed=seed) for name in names}
    assert parts.pack(replace(whole, **mixed)).equals(parts.pack(whole))


@few
@given(slow_stories)
def test_a_week_has_a_row_where_something_happened(told):
    whole = fleet(*told)
    packed = parts.pack(whole)
    assert packed.schema == parts.PACKED
    assert packed.select(KEY).equals(packed.select(KEY).unique().sort(KEY))
    happened = [
        (whole.deployments.filter("counts"), "finished_at"),
        (whole.changes.filter(state="shipped"), "finished_at"),
        (whole.changes, "merged_at"),
        (whole.failures.filter(signal="incident"), "began_at"),
    ]
    weeks = [
        frame.drop_nulls(at).select("service", week=pl.col(at).dt.truncate("1w").dt.date()) for frame, at in happened
    ]
    assert set(pl.concat(weeks).rows()) <= set(packed.select(KEY).rows())
    assert packed.select(pl.sum_horizontal(pl.col(RECORDS).bin.size()) > 0).to_series().all()


def test_the_bytes_are_little_endian_records_without_gaps():
    told = story(
        *(merge("A", 5, opened=4.5, review=4.75), merge("B", 6, authored=None), deploy("d", "B", 7, unplanned=True)),
        *(incident("i", 8), deploy("e", None, 9, status="failure"), incident("j", 10, deployment="e")),
        until=50,
    )
    row = parts.pack(fleet(told)).row(0, named=True)
    null, hour = -(2**63), 3_600_000_000
    assert (row["service"], row["week"]) == (3, week(0))
    assert row["merges"] == struct.pack("<qbbqbb", us(5), 0, 0, us(6), 0, 0)
    assert row["incidents"] == struct.pack("<qIbqIb", us(8), 0, 0, us(10), 1, 0)
    assert row["deployments"] == b"".join(
        [
            struct.pack("<qqqqbbbbbbbb", us(7), null, null, 2, 1, 1, 1, 0, 1, 0, 1, 1),
            struct.pack("<qqqqbbbbbbbb", us(9), null, null, 0, 0, 1, 1, 0, 0, 0, -1, 0),
        ]
    )
    stages = (hour // 2, 0, hour // 4, hour // 4, null, 2 * hour, null)
    hidden = (null,) * 5 + (hour, null)
    assert row["changes"] == b"".join(
        [
            struct.pack("<9qIbb", us(7), 3 * hour, *stages, 0, 0, 0),
            struct.pack("<9qIbb", us(7), hour, *hidden, 0, 1, 0),
        ]
    )


def test_years_at_both_ends_of_time_are_weeks_like_others():
    first, last = MONDAY.replace(year=1, month=1, day=2), MONDAY.replace(year=9999, month=12, day=30)
    whole = fleet(story(merge("A", first, authored=first), merge("B", last, authored=first), deploy("d", "A", first)))
    packed = parts.pack(whole)
    assert packed["week"].to_list() == [date(1, 1, 1), date(9999, 12, 27)]
    found = summarise_fleet(parts.unpack(packed, whole.services), {3: (first, last)})[3]
    assert found == summarise(whole.of(3), first, last)
    assert found.coverage.changes_merged == 1


def test_stages_of_many_centuries_do_not_run_over():
    first, last = MONDAY.replace(year=1, month=1, day=2), MONDAY.replace(year=9999, month=12, day=30)
    events = [merge(f"c{i}", last, authored=first, opened=last) for i in range(40)]
    whole = fleet(story(*events, deploy("d", "c39", last), until=last))
    coding = summarise(whole.of(3), first, last).stages[0]
    assert coding.mean_hours == pytest.approx((last - first) / timedelta(hours=1))
    assert coding.share == 1


def rows_of_one_incident(*hours: float, **more) -> pl.DataFrame:
    rows = [{"service": 3, "evidence_id": "i", "began_at": at(hour), "signal": "incident"} | more for hour in hours]
    return pl.DataFrame(rows, schema={"service": pl.Int64, **FAILURES})


@pytest.mark.parametrize(
    ("failures", "counted"),
    [
        (rows_of_one_incident(8, 8, state="confirmed"), (1, 0)),
        (rows_of_one_incident(8, 8, state="unlinked"), (1, 2)),
        (rows_of_one_incident(8, 9, state="unlinked"), (1, 2)),
        (rows_of_one_incident(8, signal="revert", state="candidate"), (0, 0)),
        (rows_of_one_incident(8, signal="correction", state="rejected"), (1, 0)),
        (rows_of_one_incident(8, signal="correction", state="confirmed", deployment_id="i"), (0, 0)),
    ],
)
def test_an_incident_is_one_however_often_it_is_told(failures, counted):
    failures = pl.concat([failures, rows_of_one_incident(8.5, state="confirmed", evidence_id="another")])
    whole = replace(fleet(busy([5] * 3)), failures=failures)
    found = summarise_fleet(parts.unpack(parts.pack(whole), whole.services), {3: (at(0), at(24))})[3].coverage
    assert (found.incidents - 1, found.incidents_unlinked) == counted


def test_deployments_of_two_weeks_are_two_even_where_their_numbers_are_the_same():
    whole = fleet(once_a_week(10))
    unpacked = parts.unpack(parts.pack(whole), whole.services)
    lead = summarise_fleet(unpacked, {3: (at(0), at(1700))})[3].metrics["lead_time"]
    assert (lead.n, lead.extra["deployments"]) == (30, 10)


def once_a_week(weeks: int):
    """Three changes in one deployment each week."""
    hours = [168 * number for number in range(weeks)]
    merges = [merge(f"c{hour + i}", hour + i) for hour in hours for i in range(3)]
    return story(*merges, *(deploy(f"d{hour}", f"c{hour + 2}", hour + 9) for hour in hours), until=1700)


def damaged(column: str, blob: bytes | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    whole = fleet(busy([5, None, 7] * 9), busy([1]))
    at_fault = (pl.col("service") == 7) & (pl.col("week") == week(0))
    packed = parts.pack(whole).with_columns(pl.when(~at_fault).then(column).otherwise(pl.lit(blob, pl.Binary)))
    return packed, whole.services


@pytest.mark.parametrize("column", RECORDS)
@pytest.mark.parametrize("blob", [b"x", b"\x00" * 401, None])
def test_damaged_bytes_are_refused_in_one_sentence(column, blob):
    sentence = rf"^the {column} of service 7 in the week of 2026-01-05 are damaged: .*; compute this service anew$"
    with pytest.raises(ValueError, match=sentence):
        parts.unpack(*damaged(column, blob))


@pytest.mark.parametrize("column", RECORDS)
@pytest.mark.parametrize("byte", [0, 0x7F, 0x80, 0xFF])
def test_bytes_that_nobody_packed_break_nothing(column, byte):
    length = parts.RECORDS[column].itemsize * 3
    unpacked = parts.unpack(*damaged(column, bytes([byte]) * length))
    assert len(getattr(unpacked, column).records) >= 3
    cut = (at(0), at(1000))
    found = summarise_fleet(unpacked, {3: cut, 7: cut})
    assert found[3] == summarise_fleet(parts.unpack(*damaged(column, b"")), {3: cut})[3]


def test_weeks_of_a_service_nobody_asked_for_are_refused():
    whole = fleet(busy([5]), busy([1]))
    with pytest.raises(ValueError, match="service 7 has rows, but is not among the services asked for"):
        parts.unpack(parts.pack(whole), whole.services.filter(service=3))


def facts() -> list:
    return [busy([5, None, 7, 200] * 9, every=20), stretched(busy([1] * 9, every=5), 3), once_a_week(10)]


def packed_and_not() -> tuple[list, list, bool]:
    """Through the modules as they are now: windows of packed weeks, and of the judged rows; and whether the bytes of
    the last weeks are those packed without the first."""
    calculator, module = (importlib.import_module(f"assessments.delivery{name}") for name in ("", ".parts"))
    numbered = dict(enumerate(facts()))
    facts_of = importlib.import_module("assessments.delivery.facts").FleetFacts.of
    judged = calculator.judge_fleet(
        facts_of({number: each.facts for number, each in numbered.items()}),
        {number: each.settings for number, each in numbered.items()},
    )
    packed, cut = module.pack(judged), dict.fromkeys(numbered, (at(10), at(1650)))
    found = calculator.summarise_fleet(module.unpack(packed, judged.services), cut)
    true = {number: calculator.summarise(judged.of(number), *cut[number]) for number in numbered}
    late = module.pack(tail(judged, dict.fromkeys(numbered, week(2)), 0)).filter(pl.col("week") >= week(2))
    same = late.equals(packed.filter(pl.col("week") >= week(2)))
    return [asdict(each) for each in found.values()], [asdict(each) for each in true.values()], same


def test_what_slips_are_measured_against():
    found, true, same = packed_and_not()
    assert found == true and same


SLIPS = {
    "numbers run on from week to week": (
        "records[_NUMBER[name]] -= np.repeat(records[_NUMBER[name]][starts], ends - starts)",
        "pass",
    ),
    "weeks begin on Thursday": ("(at + 3 * _DAY) // _WEEK", "at // _WEEK"),
    "deployments of two weeks are one": ("new[(np.cumsum(counts) - counts)[counts > 0]] = True", "pass"),
    "every change has a deployment of its own": ("new = changes_at(number)", "new = np.ones(len(number), bool)"),
    "all services are one": (
        "Part(records, np.repeat(places, counts))",
        "Part(records, np.repeat(places * 0, counts))",
    ),
    "weeks are of the service before": (
        '"service": parts.services["service"].gather(service[starts])',
        '"service": parts.services["service"].gather(service[starts] * 0)',
    ),
    "a quiet kind loses the week": ('how="full", coalesce=True', 'how="inner"'),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_in_packing_is_noticed(name):
    with slipped("parts", *SLIPS[name]):
        found, true, same = packed_and_not()
    assert found != true or not same
