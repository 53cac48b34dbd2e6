"""Who is looking, and whether they may. `require` is the first thing every page does."""

import streamlit as st

from data import access, openid, people, sessions
from pages.ui import entrance
from pages.ui.asked_once import once


def identity() -> people.Who | None:
    """The person of this run, None when they are not known. Asked again in every run, so that a role taken away, or a
    session ended, is gone with the next click."""
    return once(_identity)


def _identity() -> people.Who | None:
    try:
        if not openid.is_shared():
            return people.local_person()
        # Set by us alone, in a cookie that is signed: see signin.py.
        return sessions.who(st.user.to_dict().get("sign_in"))
    except people.Unknown:
        return None


def somewhere(user: people.Who, action: access.Action) -> bool:
    """Whether there is anything at all the person may do that to; a page then asks again for each thing on it.
    Somebody without any role may nothing, not even see the demo; and the demo alone makes nobody a leader."""
    if not user.organizations:
        return False
    subjects = [access.Subject(organization_id) for organization_id in user.organizations]
    subjects += [access.Subject(organization_id, team_id) for organization_id, team_id, _ in user.team_roles]
    if action != access.Action.LEAD:
        subjects.append(access.Subject(0, is_demo=True))
    return any(access.may(user, action, subject) for subject in subjects)


def require(action: access.Action) -> people.Who:
    """The person, when they may do that somewhere; otherwise says so and ends the run of the page."""
    user = identity()
    if openid.is_shared() and (user is None or not user.organizations):
        entrance.sign_in() if user is None else entrance.outside(user)
        st.stop()
    if user is None or not somewhere(user, action):
        st.title("No access", anchor=False)
        st.text("You may not see this page. Whoever administers Milepost can give you a role that may.")
        st.stop()
    return user


def still(user: people.Who) -> None:
    """For what is drawn again by itself: begins the whole page anew when the person may other things by now."""
    if people.of_this_moment(user) != user:
        st.rerun()
