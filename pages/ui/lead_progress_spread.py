"""How unnamed teams are spread over the values of each metric and over the levels of each capability. Nothing says, or
lets one point at, which team is where; of few teams nothing is shown."""

import streamlit as st

from assessments.portfolio import FEWEST_TEAMS, METRICS, MOST, Metric, Spread
from data.leading.capabilities import Heat
from data.leading.organizations import Led
from data.leading.portfolio import Portfolio
from data.people import Who
from pages.ui import cached_leading, lead_style
from pages.ui import lead_progress_pick as pick
from pages.ui import lead_progress_words as words
from pages.ui.text import count

HOW = (
    "Of each team the value of its middle service counts. Bins have round ends, the same for every organisation. "
    f"Shown only from {FEWEST_TEAMS} teams on, as of fewer each would be known. Teams without a value in one of "
    "the two windows are in neither."
)


def section(user: Who, one: Led) -> None:
    """With its filters."""
    if not pick.measured(user, one):
        pick.nothing_measured()
    else:
        place = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
        weeks, against = pick.weeks(place), pick.against(place)
        found = cached_leading.teams(user, one.id, "lead_time", weeks, against)
        st.header("Metrics", anchor=False)
        st.text(f"Unnamed teams in the last {weeks} weeks, and in {words.against(found)}.")
        lead_style.show(
            '<div class="mp-legend"><span><i class="mp-key mp-better"></i>Now</span>'
            f'<span><i class="mp-key mp-none"></i>Before: {words.against(found)}</span></div>'
            f'<div class="mp-spread">{"".join(_metric(found, key) for key in METRICS)}</div>'
        )
        st.caption(f"{words.window(found)} {HOW}")
    st.header("Capability levels", anchor=False)
    _levels(cached_leading.heat(user, one.id))


def _metric(found: Portfolio, key: str) -> str:
    metric, spread = METRICS[key], found.spreads[key]
    if spread is None:
        said = f"Too few teams to show without naming them: fewer than {FEWEST_TEAMS} have a value in both windows."
        return f'<div><b>{metric.name}</b><div class="mp-quiet">{said}</div></div>'
    return f'<div><b>{metric.name}</b><div class="mp-quiet">{_told(metric, spread)}</div>{_rows(metric, spread)}</div>'


def _told(metric: Metric, spread: Spread) -> str:
    now, before = (words.value(metric, each) for each in spread.middle)
    said = f"The middle of {spread.teams} teams: {now}, before {before}."
    return f"{said} {count(spread.without, 'team')} without a value." if spread.without else said


def _rows(metric: Metric, spread: Spread) -> str:
    most = max(*spread.now, *spread.before)
    bins = list(zip(spread.edges[:-1], spread.edges[1:], spread.now, spread.before, strict=True))
    rows = [
        f'<tr><th scope="row">{_bin(metric, low, high)}</th><td>{_bar(now, most)}{_bar(before, most)}</td></tr>'
        for low, high, now, before in bins
    ]
    return f'<table class="mp-table"><tbody>{"".join(rows)}</tbody></table>'


def _bin(metric: Metric, low: float, high: float) -> str:
    first, last = (words.edge(metric, each) for each in (low, high))
    if not low:
        return f"below {last}"
    if high == MOST:
        return f"{first} or more"
    number, _, unit = first.partition(" ")
    return f"{number} – {last}" if unit == last.partition(" ")[2] else f"{first} – {last}"


def _bar(teams: int, most: int) -> str:
    if not teams:
        return '<div class="mp-line"><b>0</b></div>'
    return f'<div class="mp-line"><i style="width:{teams / most * 78:.0f}%"></i><b>{teams}</b></div>'


def _levels(found: Heat) -> None:
    shown = {key: counts for key, counts in found.spread.items() if counts is not None}
    hidden = len(found.spread) - len(shown)
    if not shown:
        st.text(
            f"No capability has a level in {FEWEST_TEAMS} teams or more yet, so nothing is shown: of fewer, each would "
            "be known."
        )
        return
    st.text("Unnamed teams at each level, as far as those who lead may see it; level 0 to 4 from the left.")
    rows = []
    for key in found.keys:
        if key not in shown:
            continue
        counts, without = shown[key], len(found.rows) - sum(shown[key])
        told = ", ".join(f"{number} at level {level}" for level, number in enumerate(counts) if number)
        told += f", {without} without a level" if without else ""
        parts = [(f"mp-l{level}", number) for level, number in enumerate(counts)] + [("mp-is-none", without)]
        filled = "".join(
            f'<span class="{kind}" style="flex:{number}">{number}</span>' for kind, number in parts if number
        )
        name = found.names[key]
        rows.append(f'<span>{name}</span><div class="mp-bar" role="img" aria-label="{name}: {told}">{filled}</div>')
    key = "".join(f'<span><i class="mp-key mp-l{level}"></i>Level {level}</span>' for level in range(5))
    key += '<span><i class="mp-key mp-is-none"></i>No level, or not released</span>'
    lead_style.show(f'<div class="mp-legend">{key}</div><div class="mp-bars">{"".join(rows)}</div>')
    if hidden:
        verb = "has" if hidden == 1 else "have"
        st.caption(
            f"{count(hidden, 'capability', 'capabilities')} {verb} a level in fewer than {FEWEST_TEAMS} teams and "
            f"{'is' if hidden == 1 else 'are'} not shown."
        )
