"""The rows behind a number, newest first, with their links."""

import polars as pl
import streamlit as st

from pages.ui import judged, tables
from pages.ui.window import Window

TIME = {"format": "D MMM YYYY, HH:mm", "timezone": "UTC"}


def section(window: Window, key: str) -> None:
    """What was counted for this metric, and what was not; only the open tab is worked out."""
    st.subheader("The rows behind", anchor=False)
    if key in ("lead_time", "merge_to_production"):
        parts = {"Shipped": ("shipped", key), "Merged, not shipped": ("waiting",)}
        show = _changes
    else:
        parts = {"Production": ("deployed",), "Not production": ("deployed", False)}
        show = _deployments
    found = [judged.listed(window, *which) for which in parts.values()]
    names = [f"{name} ({len(rows):,})" for name, rows in zip(parts, found, strict=True)]
    tabs = st.tabs(names, key=f"rows_{window.service.id}_{'_'.join(names)}", on_change="rerun")
    for tab, rows, counted in zip(tabs, found, (True, False), strict=True):
        if tab.open:
            with tab:
                show(rows, f"{key}_{'' if counted else 'others_'}{window.service.id}", key, counted)


def _changes(rows: pl.DataFrame, name: str, key: str, shipped: bool) -> None:
    columns = {
        "change": "Change",
        "title": st.column_config.TextColumn("Title", width="large"),
        "merged_at": st.column_config.DatetimeColumn("Merged (UTC)", **TIME),
        "deployed_at": st.column_config.DatetimeColumn("Deployed (UTC)", **TIME),
        "deployment": "Deployment",
        "lead": "Lead time" if key == "lead_time" else "Merge to production",
        "why": "Why",
        "url": "Link",
    }
    noun = ("change", "changes")
    if not shipped:
        if rows.is_empty():
            st.text("Every change merged in this window has been shipped.")
        alt = "Changes merged in the window that no deployment has shipped, with the reason."
        tables.show(rows, name, noun, alt, columns, links=("url",))
        return
    if rows.is_empty():
        st.text("No change was shipped in this window.")
    alt = "Changes shipped in the window, each with its lead time and deployment."
    order = ("change", "title", "lead", "merged_at", "deployed_at", "deployment", "url")
    tables.show(rows, name, noun, alt, columns, links=("url",), durations={"lead": "lead_hours"}, order=order)


def _deployments(rows: pl.DataFrame, name: str, key: str, counted: bool) -> None:
    columns = {
        "deployment": "Deployment",
        "finished_at": st.column_config.DatetimeColumn("Finished (UTC)", **TIME),
        "environment": "Environment",
        "status": "Status",
        "role": "Role",
        "ships": "Changes shipped",
        "reached_users": "Reached users",
        "failed": "Failed",
        "candidate": "May have failed",
        "rework": "Repair",
        "rework_candidate": "May be a repair",
        "reason": st.column_config.TextColumn("Why it counts or not", width="large"),
        "url": "Link",
        "deployment_id": None,
    }
    if counted:
        empty, alt = "No production deployment in this window.", "Production deployments of the window."
        failing = ("reached_users", "failed", "candidate") if not key.startswith("deployment") else ()
        repair = ("rework", "rework_candidate") if key.startswith("rework") else ()
        order = ("deployment", "finished_at", "status", "role", "ships", *failing, *repair, "reason", "url")
    else:
        empty = "Every deployment of this window counts."
        alt = "Deployments of the window that do not count as production, with the reason."
        order = ("deployment", "finished_at", "environment", "status", "reason", "url")
    if rows.is_empty():
        st.text(empty)
    tables.show(rows, name, ("deployment", "deployments"), alt, columns, links=("url",), order=order)
