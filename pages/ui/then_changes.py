"""What has changed between two assessments: a figure of the levels, then each change taken apart, with its evidence."""

from collections.abc import Sequence
from html import escape
from textwrap import wrap

import plotly.graph_objects as go
import streamlit as st

from assessments.maturity import Standing
from assessments.maturity_change import COMPARED, COVERAGE, MODEL, NEW, PRACTICE, Change, Moved, compare, moved
from data.practices import laid_out
from pages.ui import charts, practice_words
from pages.ui.text import count, plain
from pages.ui.then_pick import Side

CAUSES = {
    PRACTICE: ("green", "what is done"),
    COVERAGE: ("blue", "what is known or counted"),
    MODEL: ("violet", "the model"),
}
NOT_TOLD = -1  # where a level that is not told stands in the figure


def section(before: Side, after: Side) -> None:
    """Everything between the two."""
    changes = compared((before.key, after.key), before, after)
    differing = [change for change in changes if change.differs]
    moving = [change for change in differing if change.kind == COMPARED and _told(change)]
    st.markdown(f"**{plain(_finding(differing, moving))}**")
    if moving:
        _chart((before.key, after.key), moving)
    quiet = [change for change in differing if change not in moving and change.kind == COMPARED]
    for change in differing:
        if change not in quiet:
            _change(change, before, after)
    _folded("What is known or claimed has changed, not the level", "then_quiet", quiet, before, after)
    same = [change for change in changes if not change.differs]
    if same:
        with st.expander(f"Unchanged ({len(same)})"):
            names = (f"- {practice_words.marks(one.after)} {plain(one.capability.name)}" for one in same)
            st.markdown("\n".join(names))


def _folded(title: str, key: str, some: Sequence[Change], before: Side, after: Side) -> None:
    """Written only when somebody opens it."""
    if some:
        body = st.expander(f"{title} ({len(some)})", key=key, on_change="rerun")
        if body.open:
            with body:
                for change in some:
                    _change(change, before, after)


@st.cache_resource(max_entries=32, show_spinner=False)
def compared(keys: tuple[str, str], _before: Side, _after: Side) -> tuple[Change, ...]:
    """Worked out once: neither side ever changes."""
    return tuple(compare(_before.snapshot, _after.snapshot).values())


def _told(change: Change) -> bool:
    return change.before.told != change.after.told


def _finding(differing: Sequence[Change], moving: Sequence[Change]) -> str:
    """What the figure says, in one sentence."""
    both = [(change.before.told, change.after.told) for change in moving]
    rose = sum(None not in pair and pair[1] > pair[0] for pair in both)
    fell = sum(None not in pair and pair[1] < pair[0] for pair in both)
    told, lost = sum(pair[0] is None for pair in both), sum(pair[1] is None for pair in both)
    said = [f"{rose} rose"] if rose else []
    said += [f"{fell} fell"] if fell else []
    said += [f"the level of {told} can be told now"] if told else []
    said += [f"the level of {lost} cannot be told any more"] if lost else []
    others = len(differing) - len(moving)
    said += [f"{others} changed in what is known or asked, not in level"] if others else []
    whole = count(len(differing), "capability", "capabilities")
    return f"{whole} changed: {', '.join(said)}." if said else "Nothing has changed."


def _chart(keys: tuple[str, str], moving: Sequence[Change]) -> None:
    words = ". ".join(f"{each.capability.name}: {_level(each.before)} to {_level(each.after)}" for each in moving)
    charts.render(_figure(keys, moving), f"Levels then and now. {words}.", "then_levels")
    st.caption("Small: then. Large: now. Green rose, orange fell, grey is told only once.")


def _level(one: Standing) -> str:
    return "not told" if one.told is None else f"level {one.told}"


@st.cache_resource(max_entries=32, show_spinner=False)
def _figure(keys: tuple[str, str], _moving: Sequence[Change]) -> go.Figure:
    figure = go.Figure()
    rows = list(_moving)[::-1]
    for y, change in enumerate(rows):
        ends = [NOT_TOLD if one.told is None else one.told for one in (change.before, change.after)]
        known = NOT_TOLD not in ends
        colour = charts.GREY if not known else charts.TEAL if ends[1] > ends[0] else charts.ORANGE
        figure.add_scatter(x=ends, y=[y, y], mode="lines", line={"color": colour, "width": 3}, hoverinfo="skip")
        sizes = {"size": [8, 16], "color": [charts.GREY, colour], "opacity": 1}
        figure.add_scatter(x=ends, y=[y, y], mode="markers", marker=sizes, hoverinfo="skip", cliponaxis=False)
    charts.brand(figure, 42 * len(rows) + 62)
    labels = ["<br>".join(map(escape, wrap(change.capability.name, 22))) for change in rows]
    figure.update_yaxes(tickvals=list(range(len(rows))), ticktext=labels, range=[-0.6, len(rows) - 0.4], showgrid=False,
                        ticklabelstandoff=8)  # fmt: skip
    ticks = list(range(NOT_TOLD, practice_words.LEVELS + 1))
    figure.update_xaxes(range=[NOT_TOLD - 0.25, practice_words.LEVELS + 0.25], tickvals=ticks, showgrid=True,
                        ticktext=["not told", *map(str, ticks[1:])])  # fmt: skip
    figure.update_layout(hovermode=False)
    return figure


def _change(change: Change, before: Side, after: Side) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{plain(change.capability.name)}** {_from_to(change)}")
        if change.kind != COMPARED:
            what = "New: the older model did not have it." if change.kind == NEW else "The newer model has it no more."
            st.text(what)
            return
        st.text(change.because)
        if change.before.coverage != change.after.coverage:
            st.caption(practice_words.known_both(change.before, change.after))
        evidence = moved(change.capability.key, before.snapshot, after.snapshot)
        if evidence:
            name = f"then_{change.capability.key}"
            body = st.expander(f"Evidence that changed ({len(evidence)})", key=name, on_change="rerun")
            if body.open:
                with body:
                    for one in evidence:
                        _moved(one)


def _from_to(change: Change) -> str:
    sides = [one for one in (change.before, change.after) if one is not None]
    return " → ".join(
        _level(one) if one.told is None else f"{practice_words.marks(one)} {_level(one)}" for one in sides
    )


def _moved(one: Moved) -> None:
    colour, words = CAUSES[one.cause]
    states = " → ".join(practice_words.state(seen and seen.state) for seen in (one.before, one.after))
    st.markdown(f"**{plain(laid_out.title(one.item))}** {states} :{colour}-badge[{words}]")
    told = one.after or one.before
    if told is not None:
        st.caption(plain(told.because))
