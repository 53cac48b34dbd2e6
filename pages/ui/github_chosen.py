"""The repositories chosen so far: typed by name, shown, and taken out again."""

import re

import streamlit as st

from data.connections import ConnectionView
from pages.ui.text import count, plain

MANY, FEW = 24, 8  # names chosen that are shown one by one; of more than that only the first
NAME = re.compile(r"[A-Za-z0-9_-]{1,39}/[A-Za-z0-9._-]{1,100}")


def chosen(one: ConnectionView) -> list[str]:
    """The names of the repositories chosen so far."""
    return st.session_state.setdefault(f"github_chosen_{one.id}", [])


def forget(one: ConnectionView) -> None:
    """Nothing is chosen any more."""
    st.session_state.pop(f"github_chosen_{one.id}", None)


def leave_out(one: ConnectionView, name: str) -> None:
    """Takes a name out of those chosen."""
    chosen(one).remove(name)


def section(one: ConnectionView) -> list[str]:
    """The field for a name, and the names chosen, which are returned."""
    _typed(one)
    names = chosen(one)
    st.markdown(f"**{count(len(names), 'repository', 'repositories')} chosen**")
    if names:
        _shown(one, names)
        st.button("Choose none", key="github_none", on_click=forget, args=(one,), type="tertiary")
    return names


def _shown(one: ConnectionView, names: list[str]) -> None:
    """The names chosen, each of which can be taken out again; where they are many, the first of them."""
    if len(names) > MANY:
        shown = ", ".join(plain(name) for name in names[:FEW])
        st.caption(f"{shown} and {count(len(names) - FEW, 'more', 'more')}")
        return
    key = f"github_names_{one.id}"
    st.session_state[key] = list(names)
    st.pills(
        "Chosen; press one to take it out", names, selection_mode="multi", key=key, label_visibility="collapsed",
        format_func=lambda name: f"{plain(name)} :material/close:", on_change=_keep, args=(one, key),
    )  # fmt: skip


def _keep(one: ConnectionView, key: str) -> None:
    kept = set(st.session_state[key])
    for name in [name for name in chosen(one) if name not in kept]:
        leave_out(one, name)


def _typed(one: ConnectionView) -> None:
    with st.form("github_name", border=False, clear_on_submit=True):
        typed = st.text_input("or by name", key="github_typed", placeholder="owner/repository")
        if st.form_submit_button("Choose it", key="github_typed_go"):
            name = typed.strip()
            if not NAME.fullmatch(name):
                st.error("Write it as owner/repository, without an address around it.")
            elif name.casefold() not in (other.casefold() for other in chosen(one)):
                chosen(one).append(name)
