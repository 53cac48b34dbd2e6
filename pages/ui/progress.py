"""Work in the background as one sees it. The truth is in the store, so one may leave and come back at any time."""

import polars as pl
import streamlit as st

from data import jobs
from data.access import Forbidden, NotFound
from data.people import Who
from pages.ui import guard, import_report
from pages.ui.addresses import page_at
from pages.ui.asked_once import once
from pages.ui.text import minute, plain

WORDS = {
    "queued": ("Waiting for its turn", "gray"),
    "running": ("Running", "blue"),
    "done": ("Done", "green"),
    "failed": ("Failed", "red"),
    "cancelled": ("Cancelled", "gray"),
}


KINDS = {
    "clone": "Read a new clone",
    "git": "Read a clone again",
    "files": "Import a file",
    "derive": "Work out numbers",
    "demo": "Make the demo",
    "rules": "Choose rules",
    "github": "Read from GitHub",
    "github_list": "Read a list of repositories",
    "github_plan": "Plan a first reading",
    "webhook": "Take in what GitHub sent",
    "evidence": "Look at a repository",
    "proof": "Check a proof of concept",
    "backup": "Make a backup",
    "retention": "Delete what is too old",
}


def watch(job_id: int) -> None:
    """Remembers a job that this visitor has just begun: when it ends, the page goes on to what comes next."""
    st.session_state.setdefault("jobs_watched", []).append(job_id)


def jobs_area(user: Who, but: tuple[str, ...] = ()) -> None:
    """Every running job with its progress, and how those that this visitor began have ended. Looks again each second
    while something runs. but: kinds that the page shows elsewhere."""
    running = bool(_running(user, but) or st.session_state.get("jobs_watched"))
    st.fragment(_area, run_every=1.0 if running else None)(user, but, running)


def _running(user: Who, but: tuple[str, ...]) -> list[jobs.JobView]:
    return [job for job in once(jobs.asked_for, user) if job.kind not in but]


def _area(user: Who, but: tuple[str, ...], was_running: bool) -> None:
    guard.still(user)
    running = _running(user, but)
    for job in running:
        _bar(user, job)
    watched = [jobs.progress(job_id) for job_id in st.session_state.get("jobs_watched", [])]
    ended = [job for job in watched if job and not job.is_live]
    st.session_state["jobs_watched"] = [job.id for job in watched if job and job.is_live]
    st.session_state["jobs_ended"] = [*st.session_state.get("jobs_ended", []), *(job.id for job in ended)]
    if ended or (was_running and not running):
        first = next((job for job in ended if job.state == "done" and job.kind == "clone" and job.service_id), None)
        if first:
            st.session_state["jobs_ended"].remove(first.id)
            st.switch_page(page_at("rule"), query_params={"service": str(first.service_id)})
        st.rerun()
    for job_id in st.session_state["jobs_ended"]:
        if job := jobs.progress(job_id):
            _ended(job)


def _bar(user: Who, job: jobs.JobView) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            words, colour = WORDS[job.state]
            st.badge(words, color=colour)
            key = f"job_cancel_{job.id}"
            st.button("Cancel", key=key, on_click=_cancel, args=(user, job.id), type="tertiary")
        share = min(job.done / job.total, 1.0) if job.total else 0.0
        st.progress(share, text=plain(job.message or words))
        st.caption("You may leave this page; the work goes on.")


def _cancel(user: Who, job_id: int) -> None:
    try:
        jobs.cancel(user, job_id)
    except (Forbidden, NotFound) as error:
        st.toast(plain(error))


def _ended(job: jobs.JobView) -> None:
    show = {"done": st.success, "failed": st.error}.get(job.state, st.info)
    show(plain(job.message or WORDS[job.state][0]))
    for note in job.report.get("notes", ()):
        st.text(note)
    if bad := job.report.get("errors"):
        import_report.errors(pl.DataFrame(bad), f"job_errors_{job.id}")
    st.button("Dismiss", key=f"job_dismiss_{job.id}", on_click=_dismiss, args=(job.id,), type="tertiary")


def _dismiss(job_id: int) -> None:
    st.session_state["jobs_ended"] = [each for each in st.session_state["jobs_ended"] if each != job_id]


def past(user: Who) -> None:
    """The newest jobs and what became of them."""
    found = [job for job in jobs.recent(user) if not job.is_live]
    if not found:
        st.text("No job has ended yet.")
    rows = [
        {
            "Work": KINDS.get(job.kind, job.kind),
            "State": WORDS[job.state][0],
            "What it said": job.message,
            "Ended": minute(job.finished_at),
        }
        for job in found
    ]
    if rows:
        st.dataframe(rows, hide_index=True, alt="Jobs that have ended, newest first.", width="stretch")
