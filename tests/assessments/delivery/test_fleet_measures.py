"""Many services at once give what each gives alone, to the last digit: weekly cells, and windows of value parts."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.delivery import (
    judge,
    measure_fleet,
    parts,
    summarise,
    summarise_fleet,
    weekly,
    weekly_fleet,
)
from assessments.delivery.metrics import MEASURES, stages_of
from assessments.delivery.results import STAGES
from assessments.delivery.weeks import CELLS
from tests.assessments.delivery.fleets import busy, fleet, stretched, tail
from tests.assessments.delivery.histories import stories
from tests.assessments.delivery.story import MONDAY, at, deploy, incident, merge, story
from tests.assessments.delivery.test_truth import CASES, judged

few = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
HOUR = 3_600_000_000
fleets = st.lists(st.builds(stretched, stories(), st.sampled_from([1, 4])), min_size=1, max_size=3)
recoveries = st.lists(st.none() | st.integers(0, 300), min_size=1, max_size=60)


@st.composite
def windows(draw, whole):
    """A window of each service, some of them, in any order; it may begin and end inside a week, or be a moment."""
    chosen = draw(st.permutations(whole.services["service"].to_list()))
    out = {}
    for service in chosen[: draw(st.integers(1, len(chosen)))]:
        start = at(draw(st.integers(-100, 1400))) + timedelta(microseconds=draw(st.sampled_from([0, 0, 1, 12345678])))
        length = draw(st.sampled_from([timedelta(microseconds=1), timedelta(hours=1)]) | st.integers(1, 60))
        out[service] = (start, start + (length if isinstance(length, timedelta) else timedelta(days=length)))
    return out


@cache
def everything():
    return fleet(*(told for told, _ in CASES.values()))


def test_weeks_of_all_cases_together_are_those_of_each_alone():
    whole = everything()
    cells = weekly_fleet(whole)
    assert cells.schema == {"service": pl.Int64, **CELLS}
    assert cells["service"].is_sorted()
    for name, service in zip(CASES, whole.services["service"], strict=True):
        assert cells.filter(service=service).drop("service").equals(judged(name).weeks)


@few
@given(fleets)
def test_weeks_together_are_those_of_each_alone(told):
    whole = fleet(*told)
    alone = [
        weekly(whole.of(service)).insert_column(0, pl.lit(service, pl.Int64).alias("service"))
        for service in whole.services["service"]
    ]
    assert weekly_fleet(whole).equals(pl.concat(alone))


@few
@given(st.lists(recoveries, min_size=2, max_size=3), st.sampled_from([5, 30]))
def test_long_sums_of_one_service_never_show_in_another(hours, every):
    whole = fleet(*(busy(each, every=every) for each in hours))
    cells, cut = weekly_fleet(whole), {service: (at(0), at(2000)) for service in whole.services["service"]}
    found = summarise_fleet(parts.of(whole), cut)
    for service in cut:
        assert cells.filter(service=service).drop("service").equals(weekly(whole.of(service)))
        assert found[service] == summarise(whole.of(service), *cut[service])


def test_the_order_of_services_is_by_number():
    whole = fleet(story(merge("A", 1), deploy("d", "A", 2)), story(merge("A", 1), deploy("d", "A", 200)))
    mixed = replace(whole, services=whole.services.reverse(), deployments=whole.deployments.reverse())
    assert weekly_fleet(mixed).equals(weekly_fleet(whole))
    assert parts.pack(mixed).equals(parts.pack(whole))


def mondays(whole):
    """A Monday for some of the services, before, in and after their histories."""
    day = st.integers(-3, 12).map(lambda week: MONDAY.date() + timedelta(weeks=week))
    return st.dictionaries(st.sampled_from(whole.services["service"].to_list()), day)


@few
@given(st.data())
def test_the_last_weeks_need_only_the_rows_of_three_weeks_before(data):
    told = data.draw(st.lists(st.builds(stretched, stories(), st.sampled_from([4, 7])), min_size=1, max_size=3))
    whole = fleet(*told, busy(data.draw(recoveries)))
    since = data.draw(mondays(whole))
    first = pl.col("service").replace_strict(since, default=None, return_dtype=pl.Date)
    expected = weekly_fleet(whole).filter((pl.col("week") >= first).fill_null(True))
    assert weekly_fleet(tail(whole, since, 3), since).equals(expected)


def test_each_service_has_its_own_time_until_weeks_are_settled():
    soon, late = (story(merge("A", 1), deploy("d", "A", 2), until=200, attribution_hours=hours) for hours in (24, 48))
    first = weekly_fleet(fleet(soon, late, soon)).filter(week=MONDAY.date(), metric="lead_time")
    assert first["provisional"].to_list() == [False, True, False]


def test_a_clock_that_was_never_right_is_in_no_cell():
    """No repository is older than 1980: what is dated a few days before is not in the four weeks that follow."""
    wrong, right = (MONDAY.replace(year=1979, month=12, day=28), MONDAY.replace(year=1980, month=1, day=2))
    told = story(merge("A", wrong), deploy("d1", "A", wrong), deploy("d2", "A", right), until=right)
    cells = weekly_fleet(fleet(told)).filter(metric="deployment_frequency")
    assert cells.select("n", "rolling_n").rows() == [(1, 1)]


def test_a_day_inside_a_week_means_its_whole_week():
    whole = fleet(busy([5, None, 7] * 10))
    monday = MONDAY.date() + timedelta(weeks=2)
    assert weekly_fleet(whole, {3: monday + timedelta(days=6)}).equals(weekly_fleet(whole, {3: monday}))
    assert weekly_fleet(whole, {3: monday})["week"].min() == monday


def test_two_weeks_before_are_not_enough():
    whole, since = fleet(busy([5, None, 7] * 10)), {3: MONDAY.date() + timedelta(weeks=4)}
    enough, short = (weekly_fleet(tail(whole, since, weeks), since) for weeks in (3, 2))
    assert not short.equals(enough)


@few
@given(st.data())
def test_windows_of_packed_weeks_are_those_of_the_judged_rows(data):
    whole = fleet(*data.draw(fleets), busy(data.draw(recoveries)))
    chosen = data.draw(windows(whole))
    packed = parts.pack(whole).sample(fraction=1, shuffle=True, seed=data.draw(st.integers(0, 9)))
    found = summarise_fleet(parts.unpack(packed, whole.services), chosen)
    assert list(found) == list(chosen)
    for service, (start, end) in chosen.items():
        assert found[service] == summarise(whole.of(service), start, end)


def test_packed_weeks_of_all_cases_are_exact():
    whole = everything()
    numbered = dict(zip(whole.services["service"], map(judged, CASES), strict=True))
    chosen = {service: (each.story.start, each.story.end) for service, each in numbered.items()}
    found = summarise_fleet(parts.unpack(parts.pack(whole), whole.services), chosen)
    for service, each in numbered.items():
        assert found[service] == each.summary


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_as_a_metric_is_the_median_of_the_summary(stage):
    whole = everything()
    numbered = dict(zip(whole.services["service"], CASES.values(), strict=True))
    chosen = {service: (told.start, told.end) for service, (told, _) in numbered.items()}
    found = stages_of(parts.of(whole), chosen, stage)
    for service, summary in summarise_fleet(parts.of(whole), chosen).items():
        known = next(each for each in summary.stages if each.key == stage)
        metric = found[service]
        assert (metric.key, metric.unit, metric.n) == (stage, "hours", known.n)
        assert metric.state != "none_happened" or not known.unknown
        assert metric.value == (known.median_hours if metric.state == "value" else None)


@few
@given(st.data())
def test_numbers_without_objects_are_the_same_numbers(data):
    whole = fleet(*data.draw(fleets), busy(data.draw(recoveries)))
    chosen = data.draw(windows(whole))
    unpacked = parts.unpack(parts.pack(whole), whole.services)
    rows = measure_fleet(unpacked, chosen)
    assert rows.schema == MEASURES
    names = ("state", "value", "low", "high", "n", "of", "p90")
    expected = [
        (service, key, *(getattr(metric, name) for name in names))
        for service, summary in summarise_fleet(unpacked, chosen).items()
        for key, metric in summary.metrics.items()
    ]
    assert rows.rows() == expected


@few
@given(stories(), st.integers(0, 300), st.integers(1, 300))
def test_what_stands_beside_the_numbers_is_counted_plainly(told, first, length):
    counted_plainly(judge(told.facts, told.settings), at(first), at(first + length))


def test_what_stands_beside_the_numbers_of_all_cases_is_counted_plainly():
    whole = everything()
    for (told, _), service in zip(CASES.values(), whole.services["service"], strict=True):
        counted_plainly(whole.of(service), told.start, told.end)


def counted_plainly(judged, start, end):
    """Coverage, stages and listed values once more, from the judged rows as a reader would do it."""
    summary = summarise(judged, start, end)

    def inside(name: str):
        upto = pl.col(name) <= end if end >= judged.collected_until else pl.col(name) < end
        return (pl.col(name) >= start) & upto

    merged = judged.changes.filter(inside("merged_at"))
    shipped = judged.changes.filter(pl.col("state") == "shipped", inside("finished_at"))
    done = judged.deployments.filter("counts", inside("finished_at"))
    cover = summary.coverage
    assert (cover.changes_merged, cover.changes_paths_unknown) == (merged.height, merged["paths_unknown"].sum())
    assert cover.changes_never_deployed == merged.filter(state="waiting").height
    assert cover.changes_before_history == merged.filter(state="before_history").height
    assert cover.changes_clamped == shipped["clamped"].sum()
    assert cover.changes_first_commit_hidden == shipped.filter(series="merge_to_production").height
    assert (cover.deployments_counted, cover.failed_attempts) == (done.height, (~done["reached_users"]).sum())
    success = done.filter(status="success")
    assert cover.deployments_without_change == (success["ships"] == 0).sum()
    assert cover.deployments_commit_unknown == success["position"].null_count()
    lead = shipped.filter(series="lead_time")
    for key, stage in zip(STAGES, summary.stages, strict=True):
        known = lead.filter(pl.col(f"{key}_us").is_not_null())
        hours = known[f"{key}_us"] / HOUR
        assert (stage.key, stage.n, stage.unknown) == (key, known.height, lead.height - known.height)
        whole = known["lead_us"].sum() / HOUR
        expected = (hours.median(), hours.mean(), hours.sum() / whole if whole else None)
        for found, plain in zip((stage.median_hours, stage.mean_hours, stage.share), expected, strict=True):
            assert found == (None if plain is None else pytest.approx(plain, rel=1e-12))
    metric = summary.metrics["lead_time"]
    if metric.state == "too_few":
        assert metric.values == tuple((lead["lead_us"] / HOUR).sort())


@pytest.mark.parametrize(
    ("start", "end", "inside"),
    [
        (at(48), at(49), 1),
        (at(48) + timedelta(microseconds=1), at(49), 0),
        (at(47), at(48), 0),
        (at(47), at(48) + timedelta(microseconds=1), 1),
        (at(300), at(336), 1),
        (at(300), at(336) - timedelta(microseconds=1), 0),
        (at(300), at(900), 1),
    ],
)
def test_the_edges_of_a_window(start, end, inside):
    """From the start on, and before the end; but the last moment collected is in the window that reaches it."""
    whole = fleet(story(merge("A", 48), deploy("d1", "A", 48), merge("B", 336), deploy("d2", "B", 336), until=336))
    unpacked = parts.unpack(parts.pack(whole), whole.services)
    summary = summarise_fleet(unpacked, {3: (start, end)})[3]
    found = summary.metrics["deployment_frequency"].n, summary.metrics["lead_time"].n, summary.coverage.changes_merged
    assert found == (inside,) * 3


@pytest.mark.parametrize(("start", "end"), [(0, 48), (337, 400)])
def test_a_window_before_the_service_or_after_the_collection_has_no_data(start, end):
    whole = fleet(story(merge("A", 48), deploy("d1", "A", 50), until=336))
    metrics = summarise(whole.of(3), at(start), at(end)).metrics
    assert (metrics["deployment_frequency"].state, metrics["lead_time"].state) == ("no_data", "no_data")


def test_what_is_still_open_has_lasted_until_the_end_of_the_collection():
    """However early the window ends: that it was open at the end of the window is not all that is known."""
    whole = fleet(story(merge("A", 1), deploy("d1", "A", 10), incident("i", 11), until=336))
    assert summarise(whole.of(3), at(0), at(48)).metrics["recovery_time"].censored == (326,)


def test_no_window_gives_nothing():
    unpacked = parts.of(everything())
    assert summarise_fleet(unpacked, {}) == {}
    assert measure_fleet(unpacked, {}).equals(MEASURES.to_frame())


def test_no_service_gives_nothing():
    none = tail(fleet(), {}, 0)
    assert weekly_fleet(none).equals(pl.DataFrame(schema={"service": pl.Int64, **CELLS}))
    assert parts.pack(none).is_empty()


@pytest.mark.parametrize("compute", [summarise_fleet, measure_fleet])
def test_a_window_must_make_sense(compute):
    unpacked = parts.of(fleet(story()))
    with pytest.raises(ValueError, match="end after it starts"):
        compute(unpacked, {3: (at(1), at(1))})
    with pytest.raises(ValueError, match="time zone"):
        compute(unpacked, {3: (at(1), at(3).replace(tzinfo=None))})
    with pytest.raises(KeyError, match="service 4 is not among"):
        compute(unpacked, {4: (at(1), at(2))})
