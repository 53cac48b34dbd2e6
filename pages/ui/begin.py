"""The ways to begin: a clone on this machine, GitHub, files, the demo organisation."""

from datetime import UTC, datetime

import streamlit as st

from data import demo, intake, jobs, people
from data.access import Action, Forbidden, NotFound, Subject, may
from data.people import Who
from data.sources.git import GitError
from pages.ui import cached, entrance, guard, progress
from pages.ui.addresses import page_at
from pages.ui.asked_once import once
from pages.ui.text import count, plain

FEW = 5  # teams named


def ways(user: Who, fresh: bool, with_demo: bool) -> None:
    """A card for each way the person may take."""
    try:
        organization_id = once(people.home_organization, user)
    except people.Unknown:
        return
    if not guard.somewhere(user, Action.ADD_SOURCE):
        return
    with_demo = with_demo and may(user, Action.ADMINISTER, Subject(organization_id))
    st.header(_heading(fresh, with_demo), anchor=False)
    left, right = st.columns(2, gap="medium")
    with left.container(border=True, height="stretch"):
        _clone(user)
    with right:
        with st.container(border=True):
            _github()
        with st.container(border=True):
            _files()
        if with_demo:
            with st.container(border=True):
                _demo(user, organization_id)


def nothing_of_own(user: Who) -> None:
    """For whoever can add nothing: what is missing, who can help, and what to do meanwhile."""
    mine = [one.name for one in cached.teams(cached.version(), user) if not one.is_demo]
    with st.container(border=True):
        if not mine:
            st.subheader("There is no team yet", anchor=False)
            st.text("You have a role here, but there is no team whose delivery you could see.")
        else:
            st.subheader("Nothing is collected yet", anchor=False)
            teams = plain(", ".join(mine[:FEW])) + (f" and {count(len(mine) - FEW, 'other')}" if mine[FEW:] else "")
            st.markdown(f"No service has been added for {teams}, so there is nothing to show.")
        st.markdown(f"{plain(entrance.whom())} to connect a repository; the numbers follow within minutes.")
        st.page_link(page_at("learn"), label="Meanwhile, see what there is to learn", icon=":material/school:")


def _heading(fresh: bool, with_demo: bool) -> str:
    if not fresh:
        return "Add another service"
    return "Four ways to begin" if with_demo else "Begin with your own"


def _clone(user: Who) -> None:
    st.subheader("A clone on this machine", anchor=False)
    st.text("Reads merges, tags and reverts from a git clone. Nothing leaves this machine, and no names are kept.")
    roots = intake.roots()
    if not roots:
        st.text("Off here: whoever runs Milepost names the folders of its server that may be read, in MILEPOST_ROOTS.")
        return
    with st.form("begin_clone", border=False):
        path = st.text_input("Path of the clone", key="begin_path", placeholder="/home/me/code/shop")
        st.caption(f"It must lie below {plain(', '.join(map(str, roots)))}.")
        team = st.text_input("Team", _usual_team(user), key="begin_team", max_chars=80)
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


def _usual_team(user: Who) -> str:
    """Whoever adds for their own teams alone begins with one of them."""
    if may(user, Action.ADD_SOURCE, Subject(once(people.home_organization, user))):
        return "My team"
    seen = cached.teams(cached.version(), user)
    return next(one.name for one in seen if may(user, Action.ADD_SOURCE, Subject(one.organization_id, one.id)))


def _github() -> None:
    st.subheader("GitHub", anchor=False)
    st.text("Pull requests, reviews, deployments, releases, workflow runs and incidents, kept fresh by itself. Needs a "
            "token or an app that may only read.")  # fmt: skip
    st.page_link(page_at("github"), label="Add from GitHub", icon=":material/cloud_download:")


def _files() -> None:
    st.subheader("Import files", anchor=False)
    st.text("Deployments, incidents and changes as CSV or JSON lines, with a template and a report of every bad row.")
    st.page_link(page_at("sources"), label="Import files", icon=":material/upload_file:")


def _demo(user: Who, organization_id: int) -> None:
    st.subheader("The demo organisation", anchor=False)
    st.text("Eight invented teams with thirty services and a story each. Labelled everywhere, gone with one click.")
    if any(job.kind == "demo" for job in once(jobs.asked_for, user)):
        st.text("It is being made; the progress stands at the top of this page.")
    elif st.button("Make the demo", key="begin_demo", icon=":material/science:"):
        progress.watch(demo.start(user, organization_id, datetime.now(UTC)))
        st.rerun()
