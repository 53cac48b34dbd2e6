"""A repository read from GitHub, on the Sources page: how it stands, what could not be read, and how it is read."""

from datetime import UTC, datetime, time

import streamlit as st

from data import seen, store, syncing
from data.people import Who
from data.queries import SourceView
from data.syncing import Settings, SyncView
from pages.ui import guard, syncs
from pages.ui.addresses import page_at
from pages.ui.asking import asked, dialog, is_open
from pages.ui.text import count, day, minute, plain

AS_FITS = "As often as is good for it"
EVERY = {None: AS_FITS, 5: "5 minutes", 15: "15 minutes", 60: "Hour", 360: "6 hours", 1_440: "Day"}


def details(user: Who, one: SourceView, now: SyncView) -> None:
    """State and next reading, feeds that could not be read, the sample of jobs, the labels of incidents."""
    if now.state == "reading":
        st.fragment(_reading, run_every=syncs.EVERY)(user, one.id)
    else:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            syncs.badge(now)
            st.markdown(plain(now.text), width="content")
    when = []
    if now.resume_at:
        when.append(f"goes on by itself at {minute(now.resume_at)}")
    if now.next_at and now.state != "reading":
        when.append(f"next read {minute(now.next_at)}")
    if now.finished_at:
        when.append(f"read whole {minute(now.finished_at)}")
    if when:
        st.caption(f"{'; '.join(when)[:1].upper()}{'; '.join(when)[1:]}.")
    for what, said in (now.problems or {}).items():
        st.markdown(f":material/block: **{plain(what)}: not known.** {plain(said)}")
    for note in now.notes:
        if note not in (now.problems or {}).values():
            st.markdown(f":material/info: {plain(note)}")
    st.caption(". ".join(_how(now)) + ".")
    if now.connection_id is None:
        st.page_link(page_at("github"), label="Add it again with another connection", icon=":material/arrow_forward:")


def _reading(user: Who, source_id: int) -> None:
    """How far it is; the page begins anew when it has come to an end, unless somebody is in a dialog."""
    guard.still(user)
    now = syncing.status(user, [source_id]).get(source_id)
    if (now is None or now.state != "reading") and not is_open():
        st.rerun()
    if now:
        syncs.badge(now)
        if not syncs.waits(now):
            syncs.step(now, named=False)


def _how(now: SyncView) -> list[str]:
    settings = now.settings or Settings()
    chosen = settings.incident_labels
    if chosen is None:
        labels = "Issues labelled incident are incidents; nobody has chosen the labels yet"
    elif chosen:
        labels = f"Issues labelled {plain(', '.join(chosen))} are incidents"
    else:
        labels = "No issue is an incident"
    said = [labels]
    if now.jobs_rate is not None and now.jobs_of:
        said.append(
            f"Jobs are known of {count(now.jobs_sampled or 0, 'run')} of the last month's {now.jobs_of:,}: "
            f"a sample of {now.jobs_rate * 100:.0f} %"
        )
    else:
        said.append("Jobs of workflow runs are not read, so the time in the queue is not known")
    if settings.poll_minutes:
        said.append(f"Read every {settings.poll_minutes:,} minutes")
    if settings.history_start:
        said.append(f"Read from {day(store.from_us(settings.history_start))} on")
    return said


@dialog("How it is read")
def settings(user: Who, one: SourceView, now: SyncView) -> None:
    """Labels of incidents among those seen, the sample of jobs, how often, and from when."""
    old = now.settings or Settings()
    labels = dict(seen.labels(one.id))
    chosen = list(old.incident_labels if old.incident_labels is not None else [])
    incident = st.multiselect(
        "Labels of issues that are incidents",
        list(dict.fromkeys([*labels, *chosen])),
        chosen or (["incident"] if old.incident_labels is None and "incident" in labels else []),
        format_func=lambda label: f"{label} ({labels[label]:,})" if label in labels else label,
        key=f"source_labels_{one.id}",
        accept_new_options=True,
        placeholder="None: no issue is an incident" if labels else "No label has been seen yet; type one",
        help="With labels chosen, no issue that has one means that no incident happened.",
    )
    jobs = st.number_input(
        "Runs of which jobs are read each time, at most", 0, 1_000, old.jobs_at_most, 10, key=f"source_jobs_{one.id}",
        help="Each costs a request. Jobs tell how long work waited for a runner. A webhook brings them for nothing.",
    )  # fmt: skip
    every = st.selectbox(
        "Read every",
        list(dict.fromkeys([*EVERY, old.poll_minutes])),
        list(dict.fromkeys([*EVERY, old.poll_minutes])).index(old.poll_minutes),
        format_func=lambda minutes: EVERY.get(minutes, f"{minutes} minutes"),
        key=f"source_every_{one.id}",
        help="Fitting is every 15 minutes, or every hour while webhooks tell what is new.",
    )
    begin = st.date_input(
        "Read from this day on", store.from_us(old.history_start), key=f"source_from_{one.id}",
        min_value=datetime(2008, 1, 1, tzinfo=UTC), max_value="today", format="YYYY-MM-DD",
        help="Empty: from the first. A later day takes nothing away that was read.",
    )  # fmt: skip
    if st.button("Save", type="primary", key="source_settings_save"):
        start = store.to_us(datetime.combine(begin, time(), UTC)) if begin else None
        wanted = {"incident_labels": tuple(incident), "jobs_at_most": jobs, "poll_minutes": every}
        asked(
            lambda: _save(user, one.id, {**wanted, "history_start": start}), "Saved; it is read again.", "sources_note"
        )


def _save(user: Who, source_id: int, wanted: dict) -> None:
    syncing.save_settings(user, source_id, syncing.settings_of(**wanted))
