"""Figures tell the truth in both themes."""

from datetime import date, timedelta

import polars as pl
import pytest
from plotly.io import to_json

from assessments.delivery.results import STAGES, Stage
from pages.ui import axis, charts, stages

BACKGROUNDS = ("#FFFFFF", "#0A0F0E")


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("name", ["TEAL", "ORANGE", "BLUE", "VIOLET", "PINK", "BROWN", "GREY"])
def test_every_colour_stands_out_from_both_backgrounds(name, background):
    light, dark = sorted((luminance(getattr(charts, name)), luminance(background)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3


def test_the_backgrounds_are_those_of_the_theme():
    from tests.pages.conftest import ROOT

    config = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert all(f'backgroundColor = "{background}"' in config for background in BACKGROUNDS)


def cells(values: list[float | None]) -> pl.DataFrame:
    """Weeks with those rolling values, each known within one hour, and the same weekly ones."""
    return pl.DataFrame(
        {
            "week": [date(2026, 1, 5) + timedelta(weeks=week) for week in range(len(values))],
            "value": values,
            "n": [3] * len(values),
            "rolling_value": values,
            "rolling_low": [None if value is None else value - 1 for value in values],
            "rolling_high": [None if value is None else value + 1 for value in values],
            "rolling_n": [9] * len(values),
            "provisional": [False] * (len(values) - 1) + [True],
        },
        schema_overrides={"value": pl.Float64, "rolling_low": pl.Float64, "rolling_high": pl.Float64},
    )


def test_a_week_without_a_value_is_a_hole_and_not_a_zero():
    figure = charts.trend(cells([4.0, None, 6.0]), "Hours")
    line = next(trace for trace in figure.data if trace.name == "four weeks")
    assert list(line.y) == [4.0, None, 6.0] and line.connectgaps is False


def test_the_ribbon_is_broken_where_the_interval_is_not_known():
    figure = charts.trend(cells([4.0, 5.0, None, 6.0]), "Hours")
    ribbons = [list(trace.y) for trace in figure.data if trace.fill == "toself"]
    assert ribbons == [[5.0, 6.0, 4.0, 3.0], [7.0, 5.0]]


def test_a_provisional_week_is_hollow():
    figure = charts.trend(cells([4.0, 5.0]), "Hours")
    colours = next(trace for trace in figure.data if trace.name == "week").marker.color
    assert list(colours) == [charts.ORANGE, "rgba(0,0,0,0)"]


def test_the_panels_of_a_team_share_one_scale_and_keep_the_order_given():
    figure = charts.multiples([("b", cells([1.0])), ("a<script>", cells([9.0])), ("c", cells([2.0]))], "Hours", 2)
    assert [note.text for note in figure.layout.annotations] == ["b", "a&lt;script&gt;", "c"]
    assert {figure.layout.yaxis2.matches, figure.layout.yaxis3.matches} == {"y"}


def test_the_stages_fill_the_bar_and_unknown_ones_are_left_out():
    known = [Stage(key, 5, 0, 1.0, 1.0, 0.5) for key in STAGES[:2]]
    unknown = [Stage(key, 0, 5, None, None, None) for key in STAGES[2:]]
    figure = stages.bar((*known, *unknown))
    assert [trace.name for trace in figure.data] == ["Before the merge", "Draft"]
    assert sum(trace.x[0] for trace in figure.data) == 1


def test_only_with_reviews_known_is_the_time_before_the_merge_called_coding():
    split = tuple(Stage(key, 5, 0, 1.0, 1.0, 1 / 7) for key in STAGES)
    assert stages.names(split)["coding"] == "Coding"
    assert stages.names(split)["waiting_to_merge"] == "Waiting to merge"


@pytest.mark.parametrize(
    ("hours", "unit", "shown"), [(3672.0, "Days", 153.0), (50.0, "Hours", 50.0), (0.5, "Minutes", 30.0)]
)
def test_an_axis_of_times_has_the_unit_a_reader_would_choose(hours, unit, shown):
    names = ("value", "rolling_value", "rolling_low", "rolling_high")
    told, (frame,) = axis.in_unit(pl.DataFrame({name: [hours, None] for name in names}))
    assert (told, frame["value"][0]) == (unit, pytest.approx(shown)) and frame["value"][1] is None


def as_json(figure) -> str:
    """As Streamlit sends it."""
    return to_json(figure.to_dict(), validate=False)


def test_a_figure_that_was_shown_is_shown_the_same_again(monkeypatch):
    shown = []
    monkeypatch.setattr(charts.st, "plotly_chart", lambda figure, **_: shown.append(as_json(figure)))
    figure = charts.trend(cells([1.0, None, 2.0]), "Hours")
    plain = as_json(figure)
    charts.render(figure, "", "a")
    charts.render(figure, "", "b")
    assert shown == [plain, plain]
