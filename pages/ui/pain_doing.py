"""What a member of the team may do with a pain point: vote, join, edit, sort, put together, solve, remove."""

import streamlit as st

from data.asked import pains
from data.asked.pains import Listed, PainView
from data.people import Who
from pages.ui import pain_form, pain_pairs
from pages.ui.asking import asked, dialog
from pages.ui.pain_form import NOTE

MENU = {
    "edit": "Edit",
    "sort": "Step and capability",
    "merge": "Put together with another",
    "solve": "Mark as solved",
    "remove": "Remove",
}


def doing(user: Who, view: PainView, found: Listed, leads: bool) -> None:
    """Votes, me too, and the menu."""
    key, team_id = f"pain_{view.id}", view.team_id
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button("Vote", key=f"{key}_up", icon=":material/thumb_up:", disabled=not found.votes_left):
            asked(lambda: pains.vote(user, view.id, view.mine + 1), "", NOTE)
        if view.mine and st.button("Take back", key=f"{key}_down", type="tertiary"):
            asked(lambda: pains.vote(user, view.id, view.mine - 1), "", NOTE)
        if view.own is None and st.button("Me too", key=f"{key}_too"):
            pain_form.too(user, team_id, view)
        by_hand = next((part for part in view.parts if part.own or (leads and not part.wave)), None)
        alone = all(part.own for part in view.parts)
        not_for = {"edit": by_hand is None, "merge": len(found.open) < 2, "remove": not (leads or alone)}
        options = [name for name in MENU if not not_for.get(name)]
        chosen = st.menu_button("More", options, format_func=MENU.get, key=f"{key}_menu")
        if chosen == "edit":
            pain_form.edit(user, team_id, view.own or by_hand)
        elif chosen == "sort":
            pain_form.sort(user, team_id, view)
        elif chosen == "merge":
            pain_pairs.merge(user, view, [other for other in found.open if other.id != view.id])
        elif chosen == "solve":
            asked(lambda: pains.solve(user, view.id), "Solved. It stands at the end of the page.", NOTE)
        elif chosen == "remove":
            remove(user, view)


def reopen(user: Who, view: PainView) -> None:
    """The way back for a solved one."""
    if st.button("Open it again", key=f"pain_{view.id}_reopen", icon=":material/undo:", type="tertiary"):
        asked(lambda: pains.reopen(user, view.id), "It is open again.", NOTE)


@dialog("Remove a pain point")
def remove(user: Who, view: PainView) -> None:
    more = f", with all {len(view.parts)} voices that were put together" if len(view.parts) > 1 else ""
    st.text(f"This takes away: {pain_pairs.title(view)}{more}. It cannot be undone; what is solved can be marked so.")
    if st.button("Remove it", key=f"pain_{view.id}_remove", type="primary", icon=":material/delete:"):
        asked(lambda: pains.remove(user, view.id), "It is gone.", NOTE)
