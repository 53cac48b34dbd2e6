"""A number beside what others said: the survey's bands and clusters, and the same window by another tool's rules."""

import polars as pl
import streamlit as st

from assessments.delivery import benchmarks, present
from assessments.delivery.devlake import DIFFERENCES, Compared
from assessments.delivery.results import Metric, State, Summary
from content import catalog
from pages.ui import judged
from pages.ui.metric_cards import why_no_band
from pages.ui.text import plain
from pages.ui.window import Window


def section(window: Window, summary: Summary, key: str) -> None:
    """What respondents said, by report year, and on request DevLake's value with its differences."""
    metric = summary.metrics[key]
    st.markdown("**Compared with what respondents said**")
    if metric.state is not State.VALUE:
        st.text("There is no number to compare.")
    elif band := benchmarks.band(key, metric.value, catalog.benchmarks()):
        st.text(f"{band.text[:1].upper()}{band.text[1:]}.")
        if key == "deployment_frequency":
            rate = present.rate(benchmarks.working_day_rate(metric.value)).replace("per day", "per working day")
            st.caption(f"Compared by working days (x 7/5): {rate}.")
        clusters(metric)
    else:
        st.text(why_no_band(metric))
    devlake(window, key)


def clusters(metric: Metric) -> None:
    """The nearest cluster of each report year; a year without clusters says so."""
    figures, rows = catalog.benchmarks(), []
    for year in sorted(figures["clusters"], reverse=True):
        try:
            found = benchmarks.nearest_cluster(metric.key, metric.value, year, figures)
        except KeyError:
            return
        fits = {"nearest": "nearest: ", "between": "between: "}.get(found.kind, "")
        rows.append({"Report": year, "Cluster": fits + (" and ".join(found.names) or "none, there was no report")})
    label, key = "Nearest cluster by report year", f"clusters_{metric.key}"
    more = st.popover(label, icon=":material/history:", key=key, on_change="rerun")
    if more.open:
        with more:
            st.caption("Clusters are medians of groups of answers, not limits; between them lies nothing.")
            st.table(pl.DataFrame(rows), hide_index=True, alt="Where answers to a survey lie")


def devlake(window: Window, key: str) -> None:
    """The same by the rules of Apache DevLake, with each difference stated. Worked out when it is opened: it takes
    every fact of the service."""
    if key not in DIFFERENCES:
        return
    label, name = "The same by the rules of Apache DevLake", f"devlake_{key}"
    more = st.popover(label, icon=":material/difference:", key=name, on_change="rerun")
    if more.open:
        with more:
            other = judged.devlake(window)[key]
            st.markdown(f"**{_value(other)}**")
            st.markdown("\n".join(f"- {plain(difference)}" for difference in other.differences))


def _value(other: Compared) -> str:
    if other.value is None:
        return "Its rules give no value here."
    per_week = other.unit == "days per week"
    said = f"{other.value:.0f} {other.unit}" if per_week else present.number(other.value, other.unit)
    return f"{said} (n = {other.n:,})"
