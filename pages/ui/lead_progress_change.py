"""Small multiples: each team against itself, in the order of their names."""

from html import escape

import polars as pl
import streamlit as st

from assessments.portfolio import METRICS, Moved
from data import store
from data.leading.organizations import Led
from data.leading.portfolio import Portfolio, TeamLine
from data.people import Who
from pages.ui import cached_leading, lead_style, tables
from pages.ui import lead_progress_pick as pick
from pages.ui import lead_progress_spark as spark
from pages.ui import lead_progress_words as words
from pages.ui.text import count, day

HOW = (
    "Each service is compared with itself; a team shows the mean change of its services, each counting the same, "
    "with the 95 % interval that follows from theirs. The line is the four weeks up to each week against that own"
    " level before, the band its interval, the shade the last window, a dashed line something that was done. All "
    "pictures have one scale; none says how high a team's level is. Better or worse: the interval leaves out no "
    "change. Why is not said here."
)


def section(user: Who, one: Led) -> None:
    """With its filters."""
    if not pick.measured(user, one):
        pick.nothing_measured()
        return
    place = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    metric, weeks, against = pick.metric(place), pick.weeks(place), pick.against(place)
    found = cached_leading.teams(user, one.id, metric, weeks, against)
    show = pick.show(place)
    some = pick.some({line.team_id: line.name for line in found.teams}, place)
    if not some and show == "all":
        st.header("Every metric at a glance", anchor=False)
        _overview(found)
    st.header(f"{found.metric.name}, team by team", anchor=False)
    st.text(words.finding(found))
    lines = [line for line in found.teams if _wanted(line, show) and (not some or line.team_id in some)]
    if not lines:
        st.text("None of the teams is so.")
    else:
        lead_style.show(_panels(found, lines))
    st.caption(f"{words.window(found)} {HOW}")
    _table(found, lines)


def _wanted(line: TeamLine, show: str) -> bool:
    if show == "events":
        return bool(line.events)
    return show == "all" or line.change.moved in (Moved.BETTER, Moved.WORSE)


def _overview(found: Portfolio) -> None:
    """How many teams changed, metric by metric."""
    rows = []
    for key, tally in found.tallies.items():
        name = METRICS[key].name
        parts = (
            ("better", tally.better),
            ("same", tally.not_apart),
            ("worse", tally.worse),
            ("none", tally.not_compared),
        )
        filled = "".join(
            f'<span class="mp-is-{kind}" style="flex:{number}">{number}</span>' for kind, number in parts if number
        )
        rows.append(
            f'<span>{name}</span><div class="mp-bar" role="img" aria-label="{words.bar(name, tally)}">{filled}</div>'
        )
    key = "".join(
        f'<span><i class="mp-key mp-is-{kind}"></i>{name}</span>'
        for kind, name in (
            ("better", "Better"),
            ("same", "Not told apart"),
            ("worse", "Worse"),
            ("none", "Not compared"),
        )
    )
    lead_style.show(f'<div class="mp-bars">{"".join(rows)}</div><div class="mp-legend">{key}</div>')
    st.caption(f"Teams, against {words.against(found)}. A number is how many; which they are is seen below, by name.")


def _panels(found: Portfolio, lines: list[TeamLine]) -> str:
    on = spark.scale(found.metric, [line.course for line in found.teams if line.course])
    return f'<div class="mp-grid" role="list">{"".join(_panel(found, line, on) for line in lines)}</div>'


def _panel(found: Portfolio, line: TeamLine, on: spark.Scale) -> str:
    change, (mark, word) = line.change, words.MARK[line.change.moved]
    head = f'<h3><a href="overview?team={line.team_id}">{escape(line.name)}</a></h3>'
    if change.compared:
        big = f'<div class="mp-big"><span class="mp-dot {mark}"></span>{words.signed(found.metric, change.value)}</div>'
        told = f'<div class="mp-quiet">{word}</div><div class="mp-quiet">{words.interval(found.metric, change)}</div>'
    else:
        big = f'<div class="mp-big"><span class="mp-dot {mark}"></span>–</div>'
        told = f'<div class="mp-quiet">{word}. {words.WHY[line.why]}</div>'
    return (
        f'<div class="mp-card" role="listitem">{head}{big}{told}{_plot(found, line, on)}{_events(line)}'
        f'<div class="mp-quiet">{words.rests_on(line)}</div></div>'
    )


def _plot(found: Portfolio, line: TeamLine, on: spark.Scale) -> str:
    if line.course is None or not line.change.compared:
        return ""
    begun = found.first.toordinal()
    events = [(store.from_us(one.at).timestamp() / 86_400 + 719_163 - begun) / 7 for one in line.events]
    top, bottom = on.words
    drawn = spark.svg(line.course, line.change.moved, on, found.weeks, events)
    return (
        f'<div class="mp-plot">{lead_style.picture(drawn, f"Its course over {len(line.course.week)} weeks")}'
        f'<span style="top:1px">{top}</span><span style="bottom:1px">{bottom}</span></div>'
    )


def _events(line: TeamLine) -> str:
    if not line.events:
        return ""
    told = [f"{day(store.from_us(one.at))}: {one.title} ({one.kind.lower()})" for one in line.events]
    more = f" and {count(len(told) - 1, 'more', 'more')}" if len(told) > 1 else ""
    return f'<div class="mp-quiet mp-one" title="{escape("; ".join(told))}">┆ {escape(told[-1])}{more}</div>'


def _table(found: Portfolio, lines: list[TeamLine]) -> None:
    """The numbers behind the pictures."""
    more = st.expander("The same as a table", icon=":material/table:", key="progress_table", on_change="rerun")
    if not more.open:
        return
    rows = [
        {
            "Team": line.name,
            "Change": words.signed(found.metric, line.change.value) if line.change.compared else "–",
            "Interval": words.interval(found.metric, line.change) if line.change.compared else words.WHY[line.why],
            "Read as": words.MARK[line.change.moved][1],
            "Services compared": line.change.compared,
            "Of": line.services,
            "Better alone": line.change.better,
            "Worse alone": line.change.worse,
            "Done meanwhile": "; ".join(f"{day(store.from_us(one.at))}: {one.title}" for one in line.events),
        }
        for line in lines
    ]
    with more:
        tables.show(pl.DataFrame(rows), "progress", ("team", "teams"), "Each team against itself.", still=True)
