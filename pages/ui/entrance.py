"""What somebody sees who is not signed in, or is and may not see anything yet."""

import streamlit as st

from data import openid, roles
from data.people import Who
from pages.ui.text import plain

PROBLEM = "problem"  # in the address, when it did not work: see signin.py
WRONG = {
    "sign-in": "The sign-in did not come to its end. Try again; if it happens again, ask whoever runs Milepost.",
    "provider": "Where you sign in does not answer at the moment, so nobody can be let in. Try again in a few minutes; "
    "whoever is signed in goes on.",
}


def sign_in() -> None:
    """The page at every address for whoever is not signed in; afterwards they are at that address again."""
    st.title("Sign in to Milepost", anchor=False)
    if said := WRONG.get(st.query_params.get(PROBLEM, "")):
        st.error(said)
    if st.user.to_dict().get("sign_in"):
        st.text("Your session has ended. Sign in again, and go on where you were.")
    else:
        st.text("See how your teams deliver, with the evidence behind each number.")
    st.button("Sign in", key="entrance_sign_in", type="primary", icon=":material/login:", on_click=st.login)
    quick_check()


def quick_check() -> None:
    """The way to what is open to anybody: a plain page beside the portal."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.link_button("Quick check", "/quick-check", icon=":material/speed:")
        st.caption("Five questions, two minutes, no sign-in: where your delivery stands among what others say.")


def outside(user: Who) -> None:
    """For somebody who is signed in and has no role, or whose access was switched off: whom to ask."""
    if user.is_active:
        st.title("You have no role yet", anchor=False)
        st.text(f"You are signed in as {user.name}. {whom()} to give you a role, then reload this page.")
        st.caption("A group that you were put in since then counts once you sign out and in again.")
    else:
        st.title("Your access is switched off", anchor=False)
        st.text(f"You are signed in as {user.name}. {whom()} if you think that this is a mistake.")
    leave()


def leave() -> None:
    """The way out, here and at the provider."""
    st.button("Sign out", key="entrance_sign_out", icon=":material/logout:", on_click=st.logout)


def where(role: roles.Role) -> str:
    """A role in words, for Markdown."""
    name = WORDS.get(role.role, role.role)
    return f"{name} of {plain(role.team)}" if role.team else name


WORDS = {"admin": "Administrator", "leader": "Leader", "coach": "Coach", "team_lead": "Team lead", "member": "Member"}


def whom() -> str:
    """'Ask Ada', or whoever can help here."""
    names = roles.administrators()
    if said := openid.contact():
        return f"Ask {said}"
    return f"Ask {' or '.join(names)}" if names else "Ask whoever runs Milepost"
