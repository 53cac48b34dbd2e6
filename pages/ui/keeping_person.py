"""Deleting a person: what goes, what stays without a name, and then doing it."""

import streamlit as st

from data import roles
from data.access import Forbidden, NotFound
from data.keeping import deleting
from data.keeping.deleting import Preview
from data.people import Who
from pages.ui.asking import asked, confirmed
from pages.ui.keeping_rules import NOTE
from pages.ui.text import count, plain


def show(user: Who, organization_id: int) -> None:
    """Who may be deleted, and what that would do."""
    st.text(
        "Whoever only leaves is switched off on the page People: then nothing is lost. Deleting takes away the account "
        "and what was theirs alone; what they did for a team stays, without their name."
    )
    found = {one.id: one for one in roles.listed(user, organization_id) if not one.is_local and one.id != user.id}
    if not found:
        st.text("There is nobody who could be deleted: nobody else has signed in.")
        return
    chosen = st.selectbox(
        "Person",
        list(found),
        index=None,
        format_func=lambda number: f"{found[number].name}, {found[number].email or 'no e-mail address'}",
        placeholder="Choose a person",
        key="keeping_person",
        width=480,
    )
    if chosen is None:
        return
    try:
        seen = deleting.preview(user, organization_id, chosen)
    except (Forbidden, NotFound, ValueError) as error:
        st.warning(plain(error))
        return
    _preview(seen)
    if st.button("Delete this person", key="keeping_delete", icon=":material/delete:"):
        _delete(user, organization_id, chosen, seen.name)


def _preview(seen: Preview) -> None:
    with st.container(border=True):
        st.markdown("**Goes**")
        st.text("The account: name, e-mail address, sign-in.")
        for words, number in seen.goes.items():
            st.text(f"{words}: {number:,}")
        if seen.asked:
            st.text(f"Their name in {count(seen.asked, 'list')} of who was asked in a survey.")
    with st.container(border=True):
        st.markdown("**Stays without a name**")
        for words, number in seen.stays.items():
            st.text(f"{words}: {number:,}")
        st.text("Texts that people wrote are not searched for the name: owners of goals, notes, comments.")
        st.text("Backups made before still hold the person, and bring them back: delete those too.")
        st.text("The provider of sign-in still knows them: who signs in again is a new person here.")


@st.dialog("Delete this person")
def _delete(user: Who, organization_id: int, person_id: int, name: str) -> None:
    st.text("They are signed out at once. This cannot be undone.")
    if confirmed(name, "keeping_person", "Delete for good"):
        asked(lambda: deleting.delete_person(user, organization_id, person_id), "The person is deleted.", NOTE)
