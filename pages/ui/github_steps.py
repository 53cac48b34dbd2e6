"""The steps of adding from GitHub, each shown when the one before it is done."""

import streamlit as st

from data.access import Action, Subject, may
from data.connections import ConnectionView
from data.people import Who
from data.queries import TeamView
from pages.ui import github_connect, github_pick, github_plan
from pages.ui.text import plain


def guide(user: Who, found: tuple[ConnectionView, ...], teams: tuple[TeamView, ...]) -> None:
    """Connect, choose, plan and start."""
    st.subheader("1. Connect", anchor=False)
    if not found:
        if not _administers(user):
            st.text("Nothing is connected to GitHub yet. An administrator has to connect a token or an app first.")
            return
        github_connect.form(user)
        return
    one = _chosen(found)
    if one.problem:
        return
    st.subheader("2. Choose repositories", anchor=False)
    names = github_pick.section(user, one)
    if not names:
        return
    st.subheader("3. See the plan, and start", anchor=False)
    github_plan.section(user, one, names, [team for team in teams if not team.is_demo])


def another(user: Who, found: tuple[ConnectionView, ...]) -> None:
    """A further connection, for administrators."""
    if found and _administers(user):
        form = st.expander("Connect another token or app", icon=":material/add:", key="connect_form", on_change="rerun")
        if form.open:
            with form:
                github_connect.form(user)


def _administers(user: Who) -> bool:
    return any(may(user, Action.ADMINISTER, Subject(organization)) for organization in user.organizations)


def _chosen(found: tuple[ConnectionView, ...]) -> ConnectionView:
    """The connection in the address, else the newest; with what it may read."""
    by_id = {one.id: one for one in found}
    wanted = st.query_params.get("connection", "")
    value = next((one for one in by_id if str(one) == wanted), found[-1].id)
    if len(found) > 1:
        st.session_state["github_connection"] = value
        st.selectbox(
            "Read with",
            list(by_id),
            format_func=lambda each: by_id[each].name,
            key="github_connection",
            on_change=_follow,
            width=420,
        )
    one = by_id[value]
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{plain(one.name)}**", width="content")
            st.caption(plain(github_connect.described(one)))
        github_connect.may(one)
    return one


def _follow() -> None:
    st.query_params["connection"] = str(st.session_state["github_connection"])
