"""How dialogs ask and answer: one sentence when something cannot be, a note on the page when it was done."""

from collections.abc import Callable

import streamlit as st

from data.access import Forbidden, NotFound
from pages.ui.text import plain


def asked(do: Callable[[], object], done: str, note: str = "teams_note") -> None:
    """Does it and closes the dialog; or says in one sentence why it cannot be and keeps the dialog open."""
    try:
        do()
    except (ValueError, Forbidden, NotFound) as error:
        st.error(plain(error))
        return
    st.session_state[note] = done
    st.rerun()


def confirmed(name: str, key: str, label: str) -> bool:
    """Whether the name was typed and the button pressed."""
    typed = st.text_input("Type the name to confirm", key=f"{key}_typed", placeholder=name)
    pressed = st.button(label, type="primary", key=f"{key}_go", icon=":material/delete:")
    if pressed and typed.strip() != name:
        st.error("The name typed is not this one; nothing was deleted.")
    return pressed and typed.strip() == name
