"""The settings one by one: what is set with where it comes from, what is wrong with it, and what holds for the rest."""

import streamlit as st

from data import settings_tried
from data.access import Forbidden, NotFound
from data.people import Who
from data.settings import Part, Report, Stated
from pages.ui.text import count, plain, with_code

TRIED = "settings_tried"  # what was asked, and what is wrong with it or ""


def summary(found: Report) -> None:
    """What has to be mended, before everything else."""
    wrong = found.problems
    if wrong:
        lines = "\n".join(f"- {_naming(name, problem)}" for name, problem in wrong.items())
        st.error(f"{count(len(wrong), 'setting has', 'settings have')} to be mended.\n{lines}", icon=":material/build:")
    else:
        st.success("Everything that is set can be used.", icon=":material/check:")
    if found.strangers:
        lines = "\n".join(f"- {plain(name)}: {plain(said)}" for name, said in found.strangers.items())
        st.warning(f"These are set and mean nothing to Milepost.\n{lines}", icon=":material/help:")


def _naming(name: str, problem: str) -> str:
    """The sentence, with the setting before it where it names none."""
    return with_code(problem) if name in problem else f"{plain(name)}: {with_code(problem)}"


def tries(user: Who) -> None:
    """Asks what the settings lead to, when somebody wants to know."""
    pressed = st.button("Try what they lead to", key="settings_try", icon=":material/network_check:")
    st.caption("Asks the database, the queue, Vault and the provider of sign-in, and opens the secrets that are kept.")
    if pressed:
        try:
            with st.spinner("Asking ..."):
                st.session_state[TRIED] = settings_tried.asked(user)
        except (Forbidden, NotFound) as error:
            st.error(plain(error))
    for what, problem in st.session_state.get(TRIED, ()):
        word, colour = ("Does not work", "red") if problem else ("Works", "green")
        said = f" :{colour}-badge[{word}]" + (f"  \n{with_code(problem)}" if problem else "")
        st.markdown(f"**{plain(what)}**{said}")


def part(one: Part) -> None:
    """A group: what is set or wrong in full, what is not set in one list."""
    st.header(one.group.title, anchor=False)
    st.caption(plain(f"More in {one.group.about}"))
    unset = []
    for row in one.rows:
        if row.is_set or row.problem:
            _row(row)
        else:
            unset.append(row)
    if unset:
        with st.expander(f"{count(len(unset), 'setting is', 'settings are')} not set"):
            lines = (f"- `{row.setting.name}` {with_code(row.setting.means)} {_usual(row)}" for row in unset)
            st.markdown("\n".join(lines))


def _usual(row: Stated) -> str:
    usual = row.setting.usual
    return "" if usual == "none" else f"*Without it: {plain(usual)}.*"


def _row(row: Stated) -> None:
    word, colour = _state(row)
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"`{row.setting.name}`", width="content")
            st.badge(word, color=colour)
        st.markdown(with_code(row.setting.means))
        if row.problem:
            st.markdown(f":red[{with_code(row.problem)}]")
        if row.is_set:
            st.markdown(_said(row))
        if row.note:
            st.caption(plain(row.note))


def _state(row: Stated) -> tuple[str, str]:
    """In a word, with its colour."""
    if row.problem:
        return ("To be mended", "red") if row.is_set else ("Missing", "red")
    return ("Two are valid", "orange") if row.is_doubled else ("Right", "green")


def _said(row: Stated) -> str:
    """The value, where it may be shown, and where it comes from."""
    origin = "the environment" if row.origin == "environment" else plain(row.origin)
    if row.setting.kind == "secret" or not row.shown:
        return f"From {origin}; its value is shown nowhere." if row.setting.kind == "secret" else f"From {origin}."
    return f"**{plain(row.shown)}**, from {origin}"
