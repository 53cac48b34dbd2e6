"""One person in the list of people, and what may be done to their access."""

import streamlit as st

from data import roles
from data.people import Who
from data.roles import PersonView, Role
from pages.ui import cached, entrance
from pages.ui.asking import asked
from pages.ui.text import count, day, plain

LINES = 15
NOTE = "people_note"
MENU = {
    "give": "Give a role",
    "take": "Take a role",
    "out": "Sign out everywhere",
    "off": "Switch off",
    "on": "Switch on again",
}
MAY = {
    "admin": "may do everything",
    "leader": "sees every team, changes nothing",
    "coach": "sees every team, reviews proofs of concept",
    "team_lead": "sees and edits one team",
    "member": "sees one team and corrects its failures",
}
IN_TEAM = ("team_lead", "member")


def row(user: Who, organization_id: int, one: PersonView) -> None:
    """Name, when they were here, roles, and the menu."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(gap="xsmall", width="content"):
            st.markdown(f"**{plain(one.name)}**{' (you)' if one.id == user.id else ''}")
            st.caption(_about(one))
            _roles(one)
        possible = [name for name in MENU if _possible(one, name)]
        chosen = st.menu_button("Person", possible, format_func=MENU.get, key=f"person_{one.id}", width="content")
        if chosen:
            {"give": give, "take": take, "out": sign_out, "off": switch_off, "on": switch_on}[chosen](
                user, organization_id, one
            )


def _about(one: PersonView) -> str:
    if one.is_local:
        return "The administrator at this computer and in its terminal; never signs in"
    parts = [plain(one.email) if one.email else "no verified e-mail address"]
    parts.append(f"last signed in {day(one.signed_in_at)}" if one.signed_in_at else "has not signed in")
    parts.append(f"{count(one.sessions, 'open session')}")
    return ", ".join(parts)


def _roles(one: PersonView) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        if not one.is_active:
            st.badge("Switched off", color="red")
        for role in one.roles:
            st.badge(f"{entrance.where(role)}, {'from groups' if role.provided else 'by hand'}", color="gray")
        if not one.roles:
            st.badge("No role", color="orange")


def _possible(one: PersonView, name: str) -> bool:
    return {
        "give": True,
        "take": any(not role.provided for role in one.roles),
        "out": one.sessions > 0,
        "off": one.is_active and not one.is_local,
        "on": not one.is_active,
    }[name]


@st.dialog("Give a role")
def give(user: Who, organization_id: int, one: PersonView) -> None:
    st.text(f"{one.name} keeps it until somebody takes it here, whatever their groups say.")
    teams = {
        team.id: team.name for team in cached.teams(cached.version(), user) if team.organization_id == organization_id
    }
    possible = [name for name in entrance.WORDS if name not in IN_TEAM or teams]
    role = st.radio(
        "Role",
        possible,
        format_func=entrance.WORDS.get,
        captions=[MAY[name] for name in possible],
        key=f"give_{one.id}",
    )
    team = None
    if role in IN_TEAM:
        team = st.selectbox("Team", list(teams), format_func=teams.get, key=f"give_team_{one.id}")
    if st.button("Give the role", type="primary", key="person_give"):
        asked(lambda: roles.give(user, organization_id, one.id, role, team), "The role is given.", NOTE)


@st.dialog("Take a role")
def take(user: Who, organization_id: int, one: PersonView) -> None:
    st.text("Only roles given by hand can be taken here; those from groups end with the group, at your provider.")
    given: list[Role] = [role for role in one.roles if not role.provided]
    chosen = st.selectbox(
        "Role", range(len(given)), format_func=lambda place: entrance.where(given[place]), key=f"take_{one.id}"
    )
    if st.button("Take the role", type="primary", key="person_take"):
        role = given[chosen]
        asked(
            lambda: roles.take(user, organization_id, one.id, role.role, role.team_id),
            f"{one.name} no longer has the role.",
            NOTE,
        )


@st.dialog("Sign out everywhere")
def sign_out(user: Who, organization_id: int, one: PersonView) -> None:
    st.text(f"Ends {count(one.sessions, 'session')} of {one.name} in every browser. They may sign in again.")
    if st.button("End the sessions", type="primary", key="person_out"):
        asked(lambda: roles.sign_out_everywhere(user, one.id, organization_id), "The sessions are ended.", NOTE)


@st.dialog("Switch off")
def switch_off(user: Who, organization_id: int, one: PersonView) -> None:
    st.text(f"{one.name} is signed out at once and gets in no more, whatever their groups say. Nothing is deleted.")
    if st.button("Switch off", type="primary", key="person_off"):
        asked(lambda: roles.switch(user, organization_id, one.id, False), "The access is switched off.", NOTE)


@st.dialog("Switch on again")
def switch_on(user: Who, organization_id: int, one: PersonView) -> None:
    st.text(f"{one.name} may sign in again, with the roles that stand here.")
    if st.button("Switch on", type="primary", key="person_on"):
        asked(lambda: roles.switch(user, organization_id, one.id, True), "The access is switched on again.", NOTE)
