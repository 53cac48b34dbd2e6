"""What the team has said, who, when and why; each can be taken back and stays listed."""

import streamlit as st

from data import corrections, queries
from data.people import Who
from data.queries import ServiceView
from pages.ui.correct import SAYS
from pages.ui.text import minute, plain


def section(user: Who, service: ServiceView, may_correct: bool) -> None:
    """The corrections of a service, newest first."""
    if note := st.session_state.pop("corrected_note", None):
        st.toast(note)
    found = queries.corrections(service.id)
    if not found:
        st.caption("Nothing has been corrected by the team so far.")
        return
    st.subheader("Corrections by the team", anchor=False)
    names = queries.deployment_names(service.id, tuple(one.subject for one in found))
    for one in found:
        with st.container(border=True, gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                says = f"{plain(names.get(one.subject, one.subject))}: {SAYS.get(one.kind, one.kind).lower()}"
                st.markdown(f"~~{says}~~" if one.undone_at else f"**{says}**", width="content")
                if may_correct and not one.undone_at:
                    st.button("Undo", key=f"undo_{one.id}", icon=":material/undo:", on_click=_undo, args=(user, one.id))
            st.text(one.reason)
            restored = f" · users served again {minute(one.at)}" if one.at else ""
            linked = f" · linked to {plain(names.get(one.target, one.target))}" if one.target else ""
            undone = f" · undone by {plain(one.undone_by)}, {minute(one.undone_at)}" if one.undone_at else ""
            st.caption(f"{plain(one.person)}, {minute(one.created_at)}{restored}{linked}{undone}")


def _undo(user: Who, correction_id: int) -> None:
    corrections.undo(user, correction_id)
    st.session_state["corrected_note"] = "Taken back. The numbers above no longer count it."
