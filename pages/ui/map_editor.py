"""The steps of a map as two tables to type into; what cannot be read is said beside them, saving makes a version."""

from dataclasses import dataclass

import streamlit as st

from assessments.workflow import sentences, words
from assessments.workflow.model import FEWEST, HAPPY, LONGEST, MOST, RECOVERY, Map
from data.access import Forbidden, NotFound
from data.asked import maps
from data.asked.maps import LONGEST_NOTE, VersionView
from data.people import Who
from pages.ui import map_compare, map_draft, map_tables
from pages.ui.map_draft import Sheet
from pages.ui.text import count, minute, plain

WORST = 8  # problems said at once


@dataclass(frozen=True)
class Shown:
    """What the picture shows: the map as typed, or the last one without problems (stale)."""

    drawn: Map
    unsaved: bool = False
    stale: bool = False


def edit(user: Who, map_id: int, newest: VersionView) -> Shown:
    """The tables with all around them. What changes the rows otherwise is asked after they are read, so that a click
    that ends the typing in a cell takes nothing away."""
    sheet = map_draft.sheet(user, map_id, newest)
    head = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    head.subheader("Steps", anchor=False, width="content")
    news = st.container()
    sheet.title = st.text_input(
        "Title of the picture", sheet.title, key=f"map_picture_{map_id}_{sheet.turn}", max_chars=LONGEST
    )
    rows = []
    for path in (HAPPY, RECOVERY):
        st.markdown(f"**{words.PATHS[path]}**")
        rows += map_tables.table(sheet, path)
    sheet.rows = map_draft.blank_free(rows)
    with head.container(horizontal=True, width="content", vertical_alignment="center"):
        map_tables.tools(sheet)
    values, problems = sheet.read()
    sheet.good = sheet.good if problems else Map.of(values)
    unsaved = sheet.differs(newest)
    try:
        map_draft.keep(user, sheet, unsaved)
    except (ValueError, Forbidden, NotFound) as error:
        st.error(plain(error))
    with news:
        _news(user, sheet, newest, unsaved, bool(problems))
    if problems:
        _problems(problems)
    else:
        st.caption("  \n".join(plain(told) for path in (HAPPY, RECOVERY) if (told := sentences.path(sheet.good, path))))
    _save(user, sheet, newest, problems)
    return Shown(sheet.good, unsaved, stale=bool(problems))


def _news(user: Who, sheet: Sheet, newest: VersionView, unsaved: bool, wrong: bool) -> None:
    """That something is not saved; and what somebody else has saved meanwhile."""
    if not unsaved:
        return
    line = newest.line
    if sheet.base == line.number:
        again = ", from before" if sheet.restored else ""
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f":orange-badge[Not saved]\N{EN SPACE}Your changes to version {sheet.base}{again}, kept for you alone.",
                width="content",
            )
            st.button("Discard them", key="map_discard", type="tertiary", on_click=map_draft.forget, args=(user, sheet))
        return
    by = f" by {plain(line.saved_by)}" if line.saved_by else ""
    note = f" “{plain(line.note)}”" if line.note else ""
    st.warning(
        f"Version {line.number} was saved{by} on {minute(line.saved_at)} while you worked on version {sheet.base}."
        f"{note} What you have typed is still here.",
        title="Somebody was quicker",
    )
    with st.container(horizontal=True):
        st.button("Go on with mine, on top of theirs", key="map_on_top", on_click=_on_top, args=(sheet, line.number))
        st.button("Take theirs, drop mine", key="map_theirs", on_click=map_draft.forget, args=(user, sheet))
    if wrong:
        return  # mine cannot be compared yet
    with st.expander(f"What mine changes against version {line.number}", icon=":material/compare_arrows:"):
        map_compare.changes(newest.drawn, sheet.good)


def _on_top(sheet: Sheet, number: int) -> None:
    sheet.base = number


def _problems(problems: list[str]) -> None:
    told = "\n".join(f"- {plain(problem)}" for problem in problems[:WORST])
    more = len(problems) - WORST
    told += f"\n- And {count(more, 'more', 'more')}." if more > 0 else ""
    st.error(told, title="The picture shows the last map without these problems")


def _save(user: Who, sheet: Sheet, newest: VersionView, problems: list[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        note = st.text_input(
            "What has changed, and why", key=f"map_save_note_{sheet.map_id}_{sheet.turn}", max_chars=LONGEST_NOTE,
            placeholder="Build by the pipeline since March", width=480,
        )  # fmt: skip
        label = f"Save as version {newest.line.number + 1}"
        pressed = st.button(label, type="primary", key="map_save", icon=":material/check:")
    st.caption(
        f"A map has {FEWEST} to {MOST} steps on both paths together. Times like 10 min, 2 h, 1 d (24 hours) or 1-3 h; "
        "shares like 95 % or 80-95 %; what is not known stays empty."
    )
    if not pressed:
        return
    if problems:
        st.error("Mend what is said above first; nothing was saved, and what you have typed is kept.")
        return
    try:
        number = maps.save(user, sheet.map_id, sheet.kind, sheet.read()[0], sheet.base, note)
    except (ValueError, Forbidden, NotFound) as error:
        st.error(plain(error))
        return
    map_draft.forget(user, sheet)
    st.session_state["map_note"] = f"Version {number} is saved."
    st.rerun()
