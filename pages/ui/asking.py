"""How dialogs ask and answer: one sentence when something cannot be, a note on the page when it was done."""

from collections.abc import Callable
from functools import wraps

import streamlit as st

from data.access import Forbidden, NotFound
from data.connections import GitHubError
from pages.ui.text import plain


def asked(do: Callable[[], object], done: str, note: str = "teams_note") -> None:
    """Does it and closes the dialog; or says in one sentence why it cannot be and keeps the dialog open."""
    try:
        do()
    except (ValueError, Forbidden, NotFound, GitHubError) as error:
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


def dialog(title: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Decorator: `st.dialog`, of which is known whether it is open. Drawing the page anew closes it."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        inner = st.dialog(title, on_dismiss=closed)(function)

        @wraps(function)
        def opened(*args, **kwargs) -> None:
            st.session_state["dialog_is_open"] = True
            inner(*args, **kwargs)

        return opened

    return decorate


def is_open() -> bool:
    """Whether this visitor has a dialog open."""
    return st.session_state.get("dialog_is_open", False)


def closed() -> None:
    """Called when a dialog was dismissed, and whenever a page begins."""
    st.session_state.pop("dialog_is_open", None)
