"""The ways to begin: a clone on this machine, GitHub, files, the demo organisation."""

from datetime import UTC, datetime

import streamlit as st

from data import demo, intake, jobs, people
from data.access import Action, Forbidden, NotFound, Subject, may
from data.people import Who
from data.sources.git import GitError
from pages.ui import progress
from pages.ui.registry import page_file
from pages.ui.text import plain


def ways(user: Who, fresh: bool, with_demo: bool) -> None:
    """A card for each way the person may take."""
    try:
        organization_id = people.home_organization(user)
    except people.Unknown:
        return
    adds = may(user, Action.ADD_SOURCE, Subject(organization_id)) or bool(user.team_roles)
    if not adds:
        return
    st.header(_heading(fresh, with_demo), anchor=False)
    left, right = st.columns(2, gap="medium")
    with left.container(border=True, height="stretch"):
        _clone(user)
    with right:
        with st.container(border=True):
            _github()
        with st.container(border=True):
            _files()
        if with_demo and may(user, Action.ADMINISTER, Subject(organization_id)):
            with st.container(border=True):
                _demo(user, organization_id)


def _heading(fresh: bool, with_demo: bool) -> str:
    if not fresh:
        return "Add another service"
    return "Four ways to begin" if with_demo else "Begin with your own"


def _clone(user: Who) -> None:
    st.subheader("A clone on this machine", anchor=False)
    st.text("Reads merges, tags and reverts from a git clone. Nothing leaves this machine, and no names are kept.")
    roots = intake.roots()
    if not roots:
        st.text("No folder is open for this: MILEPOST_ROOTS names those that whoever adds services may read.")
        return
    with st.form("begin_clone", border=False):
        path = st.text_input("Path of the clone", key="begin_path", placeholder="/home/me/code/shop")
        st.caption(f"It must lie below {plain(', '.join(map(str, roots)))}.")
        team = st.text_input("Team", "My team", key="begin_team", max_chars=80)
        name = st.text_input("Service", key="begin_service", placeholder="As the folder is called", max_chars=80)
        pressed = st.form_submit_button("Read this clone", type="primary", key="begin_clone_go")
    if not pressed:
        return
    if not path.strip():
        st.error("Give the path of a git clone.")
        return
    folder = path.strip().rstrip("/").rsplit("/", 1)[-1].removesuffix(".git")
    try:
        progress.watch(intake.add_clone(user, path.strip(), team, name.strip() or folder))
    except (GitError, ValueError, Forbidden, NotFound) as error:
        st.error(plain(error))
        return
    st.rerun()


def _github() -> None:
    st.subheader("GitHub", anchor=False)
    st.text("Pull requests, reviews, deployments, releases, workflow runs and incidents, kept fresh by itself. Needs a "
            "token or an app that may only read.")  # fmt: skip
    st.page_link(page_file("github"), label="Add from GitHub", icon=":material/cloud_download:")


def _files() -> None:
    st.subheader("Import files", anchor=False)
    st.text("Deployments, incidents and changes as CSV or JSON lines, with a template and a report of every bad row.")
    st.page_link(page_file("sources"), label="Import files", icon=":material/upload_file:")


def _demo(user: Who, organization_id: int) -> None:
    st.subheader("The demo organisation", anchor=False)
    st.text("Eight invented teams with thirty services and a story each. Labelled everywhere, gone with one click.")
    if any(job.kind == "demo" for job in jobs.asked_for(user)):
        st.text("It is being made; the progress stands at the top of this page.")
    elif st.button("Make the demo", key="begin_demo", icon=":material/science:"):
        progress.watch(demo.start(user, organization_id, datetime.now(UTC)))
        st.rerun()
