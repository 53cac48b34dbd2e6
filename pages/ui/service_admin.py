"""One service in the list of its team, and what may be done to it."""

import streamlit as st

from data import intake
from data import teams as change
from data.access import Action, Subject, may
from data.people import Who
from data.queries import ServiceView, TeamView
from pages.ui import cached, progress, words
from pages.ui.addresses import page_at
from pages.ui.asking import asked, confirmed, dialog
from pages.ui.text import count, plain

MENU = {
    "rename": "Rename",
    "move": "Move to another team",
    "merge": "Merge into another service",
    "paths": "Limit to paths",
    "delete": "Delete",
}


def row(user: Who, one: ServiceView, teams: list[TeamView]) -> None:
    """Name, rule and sources on one line, with links and a menu."""
    query = {"service": str(one.id)}
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(gap=None, width="content"):
            st.markdown(f"**{plain(one.name)}**")
            rule = words.settings(one.settings) if one.settings else "no production rule chosen yet"
            st.caption(f"{count(one.sources, 'source')}; {plain(rule)}")
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.page_link(page_at("delivery"), label="Delivery", query_params=query)
            st.page_link(page_at("rule"), label="Rule", query_params=query)
            if may(user, Action.EDIT_SERVICE, Subject(one.organization_id, one.team_id, one.is_demo)):
                not_yet = {"move": len(teams) < 2, "paths": one.settings is None}
                options = [name for name in MENU if not not_yet.get(name)]
                chosen = st.menu_button(
                    "Service", options, format_func=MENU.get, key=f"service_menu_{one.id}", icon=":material/more_horiz:"
                )
                if chosen:
                    does = {"rename": rename, "move": move, "merge": merge, "paths": paths, "delete": delete}
                    does[chosen](user, one, teams)


@dialog("New service")
def new(user: Who, team: TeamView) -> None:
    st.text("A service without a repository, for imported files. A service with one begins on Home, with a clone.")
    name = st.text_input("Name", key=f"service_new_name_{team.id}", max_chars=change.LONGEST_NAME)
    if st.button("Create the service", type="primary", key="service_new_save"):
        asked(lambda: change.create_service(user, team.id, name), "The service is there. Import its files on Sources.")


@dialog("Rename service")
def rename(user: Who, one: ServiceView, teams: list[TeamView]) -> None:
    name = st.text_input("Name", one.name, key=f"service_name_{one.id}", max_chars=change.LONGEST_NAME)
    if st.button("Rename", type="primary", key="service_rename_save"):
        asked(lambda: change.rename_service(user, one.id, name), "The service has its new name.")


@dialog("Move service")
def move(user: Who, one: ServiceView, teams: list[TeamView]) -> None:
    st.text(f"{one.name} goes to another team with its facts, corrections and numbers.")
    into = {team.id: team.name for team in teams if team.id != one.team_id}
    target = st.selectbox("To", list(into), format_func=into.get, key=f"service_into_{one.id}")
    if st.button("Move", type="primary", key="service_move_save"):
        asked(lambda: change.move_service(user, one.id, target), "The service has moved.")


@dialog("Merge services")
def merge(user: Who, one: ServiceView, teams: list[TeamView]) -> None:
    others = cached.services(cached.version(), user)
    into = {other.id: f"{other.team} / {other.name}" for other in others if other.id != one.id and not other.is_demo}
    if not into:
        st.text("There is no other service to merge it into.")
        return
    st.text(f"What was imported and corrected for {one.name} goes to the other service, which stays judged as it is.")
    target = st.selectbox("Into", list(into), format_func=into.get, key=f"service_merge_{one.id}")
    if st.button("Merge", type="primary", key="service_merge_save"):
        with st.spinner("Working out every number anew ..."):
            asked(lambda: _merge(user, one, target), "The services are one.")


def _merge(user: Who, one: ServiceView, target: int) -> None:
    change.merge_services(user, one.id, target)
    if job_id := intake.read_paths(user, target):
        progress.watch(job_id)


@dialog("Limit to paths")
def paths(user: Who, one: ServiceView, teams: list[TeamView]) -> None:
    globs = st.text_area(
        "Paths of this service, one pattern a line",
        "\n".join(one.settings.path_globs),
        key=f"service_paths_{one.id}",
        placeholder="services/checkout/**",
        help="Only changes that touch these paths belong to the service. Empty: the whole repository.",
    )
    if st.button("Save", type="primary", key="service_paths_save"):
        with st.spinner("Working out every number anew ..."):
            asked(lambda: _limit(user, one, globs), "The paths are saved.")


def _limit(user: Who, one: ServiceView, globs: str) -> None:
    change.set_paths(user, one.id, tuple(globs.splitlines()))
    if job_id := intake.read_paths(user, one.id):
        progress.watch(job_id)


@dialog("Delete service")
def delete(user: Who, one: ServiceView, teams: list[TeamView]) -> None:
    st.text(
        f"This deletes {one.name} with its corrections and numbers, and the facts that no other service uses. "
        "It cannot be undone."
    )
    if confirmed(one.name, f"service_delete_{one.id}", "Delete the service"):
        asked(lambda: change.delete_service(user, one.id), "The service is gone, with everything of it.")
