"""Perception beside telemetry: what the team says of its delivery, beside what is measured of each of its services."""

import streamlit as st

from assessments.surveys.perception import Perceived, Row, perceived
from content import catalog
from data.asked import shapes
from pages.ui import metric_cards
from pages.ui.addresses import page_at
from pages.ui.survey_head import Shown
from pages.ui.text import plain


def section(shown: Shown) -> None:
    """Only where delivery was asked about."""
    view = shown.view
    if not any(item.metric and item.key in view.items for item in view.asked.items):
        return
    st.header("What people say, beside what is measured", anchor=False)
    services = (view.content or {}).get("metrics", [])
    if not services:
        st.text("The team had no service when this survey closed, so there is nothing to put beside the answers.")
        st.page_link(page_at(""), label="Add a service on Home", icon=":material/arrow_forward:")
        return
    st.caption(
        "The middle answer, and the numbers of the weeks before the survey closed, on the same bands. A difference is a"
        " question, not a mistake."
    )
    for one in perceived(view.asked, {key: _median(kept) for key, kept in view.items.items()}, services,
                         catalog.benchmarks()):  # fmt: skip
        with st.container(border=True):
            _metric(one)


def _median(kept: dict) -> float | None:
    if kept["told"] == "too few":
        return None
    found = kept.get("quartiles") or shapes.item(kept).quartiles
    return found[1]


def _metric(one: Perceived) -> None:
    left, right = st.columns([4, 7], gap="medium")
    with left:
        st.markdown(f"**{metric_cards.title(one.metric)}**")
        st.caption("The team says")
        st.markdown(f"**{plain(one.said)}**" if one.said else "Too few answered")
    with right:
        for row in one.rows:
            measured = plain(row.measured) if row.measured else f"not measured: {plain(row.text)}"
            st.markdown(f"**{plain(row.service)}** {measured} {_badge(row)}")
        for why, names in _reasons(one.rows).items():
            st.caption(f"{plain(', '.join(names))}: {plain(why)}" if len(one.rows) > 1 else plain(why))


def _reasons(rows: tuple[Row, ...]) -> dict[str, list[str]]:
    """What differences may come from and what is needed to measure, once each, with the services it is about."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if row.why and row.beside.difference != 0:
            found.setdefault(row.why, []).append(row.service)
    return found


def _badge(row: Row) -> str:
    difference = row.beside.difference
    if difference is None:
        return ""
    if difference == 0:
        return ":green-badge[Same band]"
    bands = "1 band" if abs(difference) == 1 else f"{abs(difference)} bands"
    return f":orange-badge[Said {bands} {'better' if difference > 0 else 'worse'}]"
