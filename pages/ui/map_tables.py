"""One table for each path of a map, and what changes the order of steps."""

import polars as pl
import streamlit as st

from assessments.workflow import words
from assessments.workflow.model import HAPPY, LONGEST, MEASURED, RECOVERY, STATED
from pages.ui.map_draft import Row, Sheet
from pages.ui.stages import STYLE

TIME = "Like 10 min, 2 h, 1 d, or a range like 1-3 h; empty: not known"
LABELS = {
    "name": ("Step", 190, "What is done"),
    "role": ("Role", 150, "Who does it: a role, not a person"),
    "lead": ("Lead time", 175, f"From accepting the work to handing it on, its wait included. {TIME}"),
    "process": ("Work", 165, f"How long somebody works on it. {TIME}"),
    "complete_accurate": ("%C&A", 85, "Complete and accurate: how much the next step can use as it is, like 95 %"),
    "wait_before": ("Wait before", 100, f"How long it lies before it is begun; part of the lead time. {TIME}"),
    "tool": ("Tool", 140, "What it is done with"),
    "manual_steps": ("Manual steps", 100, "How many actions by hand"),
    "approvals": ("Approvals", 100, "How many have to agree"),
    "queue": ("Queue", 100, "How many wait before this step"),
    "batch_size": ("Batch", 100, "How many go through together"),
    "trigger": ("Trigger", 140, "What begins it"),
    "output": ("Output", 140, "What it hands on"),
    "environment": ("Environment", 140, "Where it happens"),
    "evidence": ("Evidence", 140, "A link that shows it, https://"),
    "stage": ("Measured stage", 140, "The stage of lead time on the Delivery page that this step is"),
    "source": ("Source", 140, "Whether its times are stated or measured"),
}
EVERYDAY = ("name", "role", "lead", "process", "complete_accurate", "wait_before", "tool")
CHOICES = {"stage": list(STYLE), "source": [STATED, MEASURED]}
MORE = "map_more_shown"
_OTHER = {HAPPY: RECOVERY, RECOVERY: HAPPY}


def table(sheet: Sheet, path: str) -> list[Row]:
    """The table of a path; the rows as they stand in it now."""
    rows = [row for row in sheet.begun if (row["path"] or HAPPY) == path]
    columns = ("key", *LABELS)
    frame = pl.DataFrame(
        [{name: row[name] or None for name in columns} for row in rows], schema=dict.fromkeys(columns, pl.String)
    )
    edited = st.data_editor(
        frame,
        key=f"map_rows_{sheet.map_id}_{sheet.kind}_{path}_{sheet.turn}",
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        placeholder="",
        column_order=tuple(LABELS) if st.session_state.get(MORE) else EVERYDAY,
        column_config={name: _column(name) for name in LABELS},
        alt=f"The steps of the path {words.PATHS[path].lower()}, to type into",
    )
    return [{**row, "path": path} for row in edited.to_dicts()]


def _column(name: str):
    label, width, told = LABELS[name]
    if name in CHOICES:
        return st.column_config.SelectboxColumn(
            label,
            width=width,
            help=told,
            options=CHOICES[name],
            format_func=_said,
        )
    return st.column_config.TextColumn(label, width=width, help=told, max_chars=LONGEST)


def _said(choice: str) -> str:
    return choice.replace("_", " ").capitalize()


def tools(sheet: Sheet) -> None:
    """Changes the order of steps, without a mouse as well, and which columns are seen; the tables begin anew then."""
    with st.popover("Move a step", icon=":material/swap_vert:"):
        key, places = f"map_move_{sheet.map_id}_{sheet.kind}", range(len(sheet.rows))
        place = st.selectbox(
            "Step", places, format_func=lambda number: _named(sheet, number), key=f"{key}_{sheet.turn}"
        )
        with st.container(horizontal=True):
            up = st.button("Earlier", key=f"{key}_up", icon=":material/arrow_upward:")
            down = st.button("Later", key=f"{key}_down", icon=":material/arrow_downward:")
        over = st.button("To the other path", key=f"{key}_path", icon=":material/alt_route:")
    more = st.toggle("More columns", st.session_state.get(MORE, False), key="map_more")
    if place is not None and (up or down or over):
        sheet.anew(_over(sheet.rows, place) if over else _moved(sheet.rows, place, -1 if up else 1))
        st.rerun()
    if more != st.session_state.get(MORE, False):
        st.session_state[MORE] = more
        sheet.anew(sheet.rows)
        st.rerun()


def _named(sheet: Sheet, number: int) -> str:
    row = sheet.rows[number]
    return f"{number + 1}. {row['name'] or 'without a name'}" + (" (recovery)" if row["path"] == RECOVERY else "")


def _moved(rows: list[Row], place: int, by: int) -> list[Row]:
    """One place earlier or later within its path."""
    rows, other = list(rows), place + by
    if 0 <= other < len(rows) and rows[other]["path"] == rows[place]["path"]:
        rows[place], rows[other] = rows[other], rows[place]
    return rows


def _over(rows: list[Row], place: int) -> list[Row]:
    """To the end of the other path."""
    row = rows[place]
    return [*rows[:place], *rows[place + 1 :], {**row, "path": _OTHER[row["path"] or HAPPY]}]
