"""Two maps beside each other: the future and today's, or any two versions."""

import polars as pl
import streamlit as st

from assessments.workflow import sentences
from assessments.workflow.model import Map
from data.asked import maps
from data.asked.maps import FUTURE, TODAY, MapView, VersionLine
from data.people import Who
from pages.ui import map_picture
from pages.ui.text import plain


def future(user: Who, one: MapView) -> None:
    """What the future state changes, then both drawings."""
    today, later = (maps.version(user, one.id, kind, one.newest[kind]).drawn for kind in (TODAY, FUTURE))
    changes(today, later)
    st.header("Today", anchor=False)
    map_picture.picture(today)
    st.header("Future state", anchor=False)
    map_picture.picture(later)


def changes(before: Map, after: Map) -> None:
    """In sentences, and step by step."""
    for told in sentences.changes(before, after):
        st.markdown(f"- {plain(told)}")
    with st.expander("Step by step", icon=":material/compare_arrows:"):
        rows = pl.DataFrame(sentences.step_rows(before, after))
        st.dataframe(rows.to_arrow(), hide_index=True, width="stretch", alt="Each step in both maps")


def pick_two(user: Who, one: MapView, lines: tuple[VersionLine, ...], names: dict[str, str]) -> None:
    """Any two versions; which stands in the address. names: by `key`."""
    st.markdown("**Compare two versions**")
    options = list(names)
    today = [key(line) for line in lines if line.kind == TODAY]
    usual = (today[1], today[0]) if len(today) > 1 else (today[0], options[-1])
    for name, default in zip(("before", "after"), usual, strict=True):
        wanted = st.query_params.get(name)
        st.session_state[f"map_{name}"] = wanted if wanted in names else default
    with st.container(horizontal=True):
        for name, label in (("before", "From"), ("after", "To")):
            st.selectbox(
                label, options, format_func=names.get, key=f"map_{name}", on_change=_keep, args=(name,), width=300
            )
    first, second = (st.session_state[f"map_{name}"] for name in ("before", "after"))
    if first == second:
        st.text("Choose two different versions.")
        return
    by_key = {key(line): line for line in lines}
    chosen = [by_key[each] for each in (first, second)]
    changes(*(maps.version(user, one.id, line.kind, line.number).drawn for line in chosen))


def key(line: VersionLine) -> str:
    """today-3: a version in the address."""
    return f"{line.kind}-{line.number}"


def _keep(name: str) -> None:
    st.query_params[name] = st.session_state[f"map_{name}"]
