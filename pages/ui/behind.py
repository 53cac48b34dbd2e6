"""The rows behind a number, newest first, with their links."""

import streamlit as st

from assessments.delivery.results import Summary
from data.queries import ServiceView
from pages.ui import cached, tables

TIME = {"format": "D MMM YYYY, HH:mm", "timezone": "UTC"}


def section(service: ServiceView, version: int, key: str, summary: Summary) -> None:
    """What was counted for this metric, and what was not."""
    st.subheader("The rows behind", anchor=False)
    if key in ("lead_time", "merge_to_production"):
        _changes(service, version, key, summary)
    else:
        _deployments(service, version, key, summary)


def _changes(service: ServiceView, version: int, key: str, summary: Summary) -> None:
    shipped = cached.listed(version, service.id, "shipped", summary.start, summary.end, key)
    waiting = cached.listed(version, service.id, "waiting", summary.start, summary.end)
    inside, outside = st.tabs([f"Shipped ({len(shipped):,})", f"Merged, not shipped ({len(waiting):,})"])
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
    with inside:
        alt = "Changes shipped in the window, each with its lead time and deployment."
        tables.show(
            shipped, f"{key}_{service.id}", noun, alt, columns, links=("url",), durations={"lead": "lead_hours"},
            order=("change", "title", "lead", "merged_at", "deployed_at", "deployment", "url"),
        )  # fmt: skip
    with outside:
        if waiting.is_empty():
            st.text("Every change merged in this window has been shipped.")
        alt = "Changes merged in the window that no deployment has shipped, with the reason."
        tables.show(waiting, f"{key}_waiting_{service.id}", noun, alt, columns, links=("url",))


def _deployments(service: ServiceView, version: int, key: str, summary: Summary) -> None:
    counted = cached.listed(version, service.id, "deployed", summary.start, summary.end)
    others = cached.listed(version, service.id, "deployed", summary.start, summary.end, False)
    inside, outside = st.tabs([f"Production ({len(counted):,})", f"Not production ({len(others):,})"])
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
    noun = ("deployment", "deployments")
    failing = ("reached_users", "failed", "candidate") if not key.startswith("deployment") else ()
    repair = ("rework", "rework_candidate") if key.startswith("rework") else ()
    order = ("deployment", "finished_at", "status", "role", "ships", *failing, *repair, "reason", "url")
    with inside:
        if counted.is_empty():
            st.text("No production deployment in this window.")
        alt = "Production deployments of the window."
        tables.show(counted, f"{key}_{service.id}", noun, alt, columns, links=("url",), order=order)
    with outside:
        if others.is_empty():
            st.text("Every deployment of this window counts.")
        alt = "Deployments of the window that do not count as production, with the reason."
        order = ("deployment", "finished_at", "environment", "status", "reason", "url")
        tables.show(others, f"{key}_others_{service.id}", noun, alt, columns, links=("url",), order=order)
