"""One team with its services, and what may be done to them. What deletes facts asks for the name to be typed."""

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from data import teams as change
from data.access import Action, Subject, may
from data.people import Who
from data.queries import ServiceView, TeamView
from pages.ui import paging, service_admin
from pages.ui.asking import asked, confirmed, dialog
from pages.ui.text import count, plain

#: Services on one page; each has a menu of its own.
LINES = 12
MENU = {"rename": "Rename", "merge": "Merge into another team", "delete": "Delete"}


def listed(user: Who, teams: list[TeamView], own: list[TeamView], services: Sequence[ServiceView], key: str) -> None:
    """The teams with their services, a page of services at a time; own: the teams that something can move into."""
    having = {team_id: list(some) for team_id, some in groupby(services, lambda one: one.team_id)}
    lines = [(team, service) for team in teams for service in having.get(team.id, [None])]
    part = paging.part(
        lines,
        key,
        "Find a team or service",
        ("entry", "entries"),
        lambda line: f"{line[0].name} {line[1].name if line[1] else ''}",
        LINES,
        together=lambda line: line[0].id,
    )
    for one, some in groupby(part, lambda line: line[0]):
        team(user, one, own, [service for _, service in some if service])


def team(user: Who, one: TeamView, others: list[TeamView], services: list[ServiceView]) -> None:
    """A card: name, what may be done, its services."""
    subject = Subject(one.organization_id, one.id, one.is_demo)
    allowed = [
        name
        for name, action in (
            ("rename", Action.EDIT_TEAM),
            ("merge", Action.MANAGE_TEAMS),
            ("delete", Action.MANAGE_TEAMS),
        )
        if may(user, action, subject) and (name != "merge" or len(others) > 1)
    ]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader(plain(one.name), anchor=False, width="content")
            with st.container(horizontal=True, width="content"):
                if may(user, Action.EDIT_SERVICE, subject) and st.button("New service", key=f"service_new_{one.id}"):
                    service_admin.new(user, one)
                if allowed:
                    chosen = st.menu_button(
                        "Team", allowed, format_func=MENU.get, key=f"team_menu_{one.id}", icon=":material/more_horiz:"
                    )
                    if chosen:
                        {"rename": rename, "merge": merge, "delete": delete}[chosen](user, one, others)
        if not one.services:
            st.caption("No service yet.")
        for service in services:
            service_admin.row(user, service, others)


@dialog("New team")
def new_team(user: Who, organization_id: int) -> None:
    name = st.text_input("Name", key="team_new_name", max_chars=change.LONGEST_NAME)
    if st.button("Create the team", type="primary", key="team_new_save"):
        asked(lambda: change.create_team(user, organization_id, name), "The team is there.")


@dialog("Rename team")
def rename(user: Who, one: TeamView, others: list[TeamView]) -> None:
    name = st.text_input("Name", one.name, key=f"team_name_{one.id}", max_chars=change.LONGEST_NAME)
    if st.button("Rename", type="primary", key="team_rename_save"):
        asked(lambda: change.rename_team(user, one.id, name), "The team has its new name.")


@dialog("Merge teams")
def merge(user: Who, one: TeamView, others: list[TeamView]) -> None:
    into = {other.id: other.name for other in others if other.id != one.id}
    st.text(f"The services and people of {one.name} move into the other team, with all facts; {one.name} goes.")
    target = st.selectbox("Into", list(into), format_func=into.get, key=f"team_into_{one.id}")
    if st.button("Merge", type="primary", key="team_merge_save"):
        asked(lambda: change.merge_teams(user, one.id, target), "The teams are one.")


@dialog("Delete team")
def delete(user: Who, one: TeamView, others: list[TeamView]) -> None:
    st.text(
        f"This deletes {one.name} with {count(one.services, 'service')} and all facts, corrections and numbers of "
        f"{'it' if one.services == 1 else 'them'}. It cannot be undone."
    )
    if confirmed(one.name, f"team_delete_{one.id}", "Delete the team"):
        asked(lambda: change.delete_team(user, one.id), "The team is gone, with everything of it.")
