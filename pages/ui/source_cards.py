"""The sources one by one: what each brought, what it cannot tell, and how to read it again or take it away."""

from collections.abc import Mapping

import streamlit as st

from data import intake, syncing
from data.access import Action, Subject, may
from data.people import Who
from data.practices import looks
from data.practices.looks import LookView
from data.queries import Brought, ServiceView, SourceView
from data.syncing import SyncView
from pages.ui import cached, demo, evidence_jobs, github_source, paging, progress, sync_buttons
from pages.ui.addresses import page_at
from pages.ui.asking import asked, confirmed, dialog
from pages.ui.text import count, day, minute, plain

CARDS = 12  # of a page

KIND = {
    "git": "Git clone",
    "github": "GitHub",
    "files": "Imported file",
    "demo": "Demo",
    "webhook": "Sent by webhook",
    "api": "Sent to the API",
}


def show(user: Who, found: tuple[SourceView, ...], chosen: ServiceView | None) -> None:
    """The sources of the chosen service, or of all that the person may see; the demo's last, under its label."""
    if chosen:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"Sources of **{plain(chosen.team)} / {plain(chosen.name)}**", width="content")
            st.page_link(page_at("sources"), label="Show all")
        found = tuple(one for one in found if chosen.id in one.service_ids)
    if not found:
        st.text("Nothing is connected here yet. Add a clone on Home, read from GitHub, or import files.")
        with st.container(horizontal=True):
            st.page_link(page_at(""), label="Add a clone", icon=":material/arrow_forward:")
            st.page_link(page_at("github"), label="Add from GitHub", icon=":material/arrow_forward:")
    found = paging.part(
        found,
        "sources",
        "Find a source, a clone or a service",
        ("source", "sources"),
        lambda one: " ".join((one.name, one.path or "", *one.used_by)),
        CARDS,
    )
    brought = cached.brought(cached.version(), tuple(one.id for one in found))
    hub = syncing.status(user, [one.id for one in found if one.kind == "github"])
    seen = looks.status(user, [one.repository_id for one in found if one.kind in ("git", "github")])
    for one in found:
        if not one.is_demo:
            _card(user, one, brought[one.id], hub.get(one.id), seen)
    if any(one.is_demo for one in found):
        demo.label(user, True)
    for one in found:
        if one.is_demo:
            _card(user, one, brought[one.id])


def _card(
    user: Who, one: SourceView, has: Brought, now: SyncView | None = None, seen: Mapping[int, LookView] | None = None
) -> None:
    allowed = {
        action: all(may(user, action, Subject(one.organization_id, team, one.is_demo)) for team in one.team_ids)
        for action in (Action.ADD_SOURCE, Action.REMOVE_SOURCE)
    }
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
                st.badge(KIND.get(one.kind, one.kind), color="gray")
                st.markdown(f"**{plain(one.name)}**", width="content")
            with st.container(horizontal=True, width="content"):
                if one.kind == "git" and allowed[Action.ADD_SOURCE]:
                    key = f"source_again_{one.id}"
                    st.button("Read again", key=key, icon=":material/sync:", on_click=_again, args=(user, one.id))
                if now and allowed[Action.ADD_SOURCE]:
                    sync_buttons.show(user, now, "source")
                    if st.button("How it is read", key=f"source_settings_{one.id}", icon=":material/tune:"):
                        github_source.settings(user, one, now)
                if allowed[Action.REMOVE_SOURCE] and st.button("Remove", key=f"source_remove_{one.id}"):
                    remove(user, one, has)
        if one.path:
            st.caption(f"{plain(one.path)}")
        st.text(f"{_brought(has)}, for {_used_by(one)}.")
        since = f", complete from {day(one.history_start)}" if one.history_start else ""
        st.caption(f"Collected until {minute(one.collected_until)}{since}")
        if now:
            github_source.details(user, one, now)
        for note in () if now else one.notes:
            st.markdown(f":material/info: {plain(note)}")
        if seen and one.kind in ("git", "github"):
            evidence_jobs.line(user, seen, one.repository_id, f"source_look_{one.id}")


def _used_by(one: SourceView, limit: int = 5) -> str:
    more = len(one.used_by) - limit
    return ", ".join(one.used_by[:limit]) + (f" and {count(more, 'other service')}" if more > 0 else "")


def _brought(has: Brought) -> str:
    nouns = ("change", "deployment", "release", "tag", "incident", "pipeline run")
    numbers = (has.changes, has.deployments, has.releases, has.tags, has.incidents, has.runs)
    parts = [count(number, noun) for number, noun in zip(numbers, nouns, strict=True) if number]
    return ", ".join(parts) or "Nothing so far"


def _again(user: Who, source_id: int) -> None:
    progress.watch(intake.resync(user, source_id))


@dialog("Remove source")
def remove(user: Who, one: SourceView, has: Brought) -> None:
    """Says what goes, and asks for the name."""
    st.text(
        f"This removes {one.name} with {_brought(has).lower()}; the numbers of {_used_by(one)} are worked out anew."
    )
    st.text("Corrections stay. A clone or repository can be added again later; a file has to be imported again.")
    if confirmed(one.name, f"source_remove_{one.id}", "Remove the source"):
        asked(lambda: progress.watch(intake.remove_source(user, one.id)), "The source is gone.", "sources_note")
