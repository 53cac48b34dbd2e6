"""The buttons of whoever leads a consensus. Each says which step of the session it was drawn for."""

from collections.abc import Callable

import streamlit as st

from data.access import Forbidden, NotFound
from data.asked.consensus import Room
from data.people import Who
from pages.ui.text import plain


def act(
    label: str,
    key: str,
    do: Callable[..., None],
    user: Who,
    room: Room,
    *what: str,
    primary: bool = False,
    icon: str = "",
    usable: bool = True,
) -> None:
    """A button that does it at the step the room is at, before the page is drawn anew."""
    st.button(
        label,
        key=f"consensus_{key}",
        type="primary" if primary else "secondary",
        icon=f":material/{icon}:" if icon else None,
        disabled=not usable,
        on_click=run,
        args=(lambda: do(user, room.wave.id, *what, room.step),),
    )


def run(do: Callable[[], object]) -> None:
    """Does it, or says in one sentence why it cannot be."""
    try:
        do()
    except (ValueError, Forbidden, NotFound) as error:
        st.toast(plain(error), icon=":material/info:")
