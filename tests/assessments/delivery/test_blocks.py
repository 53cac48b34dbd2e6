"""Cells packed into blocks come out as they went in; what is no whole block is refused."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.delivery import blocks, judge, summarise, weekly_fleet
from assessments.delivery.parts import mondays
from assessments.delivery.weeks import CELLS, METRICS
from tests.assessments.delivery.fleets import busy, fleet, stretched
from tests.assessments.delivery.histories import stories
from tests.assessments.delivery.story import MONDAY, at, deploy, merge, story

few = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
fleets = st.lists(st.builds(stretched, stories(), st.sampled_from([1, 40])), min_size=1, max_size=3)


def shop() -> pl.DataFrame:
    return weekly_fleet(fleet(busy([1, 2, None] * 30, every=24)))


@few
@given(fleets)
def test_cells_come_out_as_they_went_in(told):
    cells = weekly_fleet(fleet(*told))
    assert blocks.unpack(blocks.pack(cells)).equals(cells)


@few
@given(fleets)
def test_the_bytes_of_a_service_depend_on_it_alone(told):
    cells = weekly_fleet(fleet(*told))
    alone = [blocks.pack(mine) for mine in cells.partition_by("service", maintain_order=True)]
    assert blocks.pack(cells).equals(pl.concat([*alone, blocks.BLOCKS.to_frame()]))


def test_a_block_has_52_weeks_whenever_the_service_began():
    cells = weekly_fleet(fleet(story(merge("A", 1), deploy("d", "A", 2), until=120 * 168)))
    packed = blocks.pack(cells)
    assert packed["block"].diff().drop_nulls().unique().to_list() == [1]
    assert packed["week"].to_list()[0] == MONDAY.date()
    assert all(blocks.block_of(week) == block for block, week in packed.select("block", "week").rows())
    assert packed["week"].diff().to_list()[2:] == [timedelta(weeks=52)] * (packed.height - 2)


def test_some_blocks_alone_can_be_read():
    cells = weekly_fleet(fleet(*(story(merge("A", 1), deploy("d", "A", 2), until=120 * 168) for _ in range(2))))
    packed = blocks.pack(cells)
    last = packed.filter(pl.col("block") == packed["block"].max())
    assert blocks.unpack(last).equals(cells.filter(pl.col("week") >= last["week"][0]))


def test_the_figures_of_four_weeks_alone_are_those_of_the_cells():
    cells = weekly_fleet(fleet(*(busy([1, 2, None] * 30, every=24 * days) for days in (1, 4))))
    service, week, figures = blocks.rolled(blocks.pack(cells))
    assert service.tolist() == cells["service"].gather_every(len(METRICS)).to_list()
    assert mondays(week).to_list() == cells["week"].gather_every(len(METRICS)).to_list()
    wanted = cells.select(pl.col("rolling_value", "rolling_low", "rolling_high").fill_null(float("nan"))).to_numpy()
    assert np.array_equal(figures.reshape(-1, 3), wanted, equal_nan=True)
    assert not np.isnan(figures).all()


def test_nothing_packs_to_nothing():
    none = pl.DataFrame(schema={"service": pl.Int64, **CELLS})
    assert blocks.pack(none).equals(blocks.BLOCKS.to_frame())
    assert blocks.unpack(blocks.BLOCKS.to_frame()).equals(none)


def test_the_order_of_metrics_is_that_in_which_they_are_shown():
    told = story(merge("A", 1), deploy("d", "A", 2))
    assert list(METRICS) == list(summarise(judge(told.facts, told.settings), at(0), at(200)).metrics)
    assert shop()["metric"].head(len(METRICS)).to_list() == list(METRICS)


@pytest.mark.parametrize("size", [0, 1, -1])
def test_bytes_that_are_no_whole_weeks_are_refused(size):
    packed = blocks.pack(shop())
    cut = packed.with_columns(pl.col("cells").bin.slice(0, size if size >= 0 else pl.col("cells").bin.size() + size))
    with pytest.raises(ValueError, match=r"service \d from the week of .* are damaged.*compute this service anew"):
        blocks.unpack(cut)
    with pytest.raises(ValueError, match="are damaged"):
        blocks.rolled(cut)


@pytest.mark.parametrize(
    "cells",
    [
        shop().filter(pl.col("metric") != "lead_time"),
        shop().filter(pl.col("week") != MONDAY.date() + timedelta(weeks=2)),
        shop().sort("metric"),
        pl.concat([shop(), shop()]),
        shop().slice(1),
        shop().reverse(),
    ],
    ids=["a metric is missing", "a week is missing", "by metric", "twice", "begins in a week", "backwards"],
)
def test_what_is_not_whole_is_not_packed(cells):
    with pytest.raises(ValueError, match="all metrics of every week"):
        blocks.pack(cells)


def test_a_day_is_in_the_block_of_its_week():
    assert blocks.block_of(date(1969, 12, 29)) == 0
    assert blocks.block_of(date(1969, 12, 29) + timedelta(weeks=52)) == 1
    assert blocks.block_of(date(1969, 12, 28)) == -1
