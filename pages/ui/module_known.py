"""What somebody need not read: because they can answer its questions, because the team is there already, or because
they say so."""

import streamlit as st

from data.access import Forbidden, NotFound
from data.learning import progress
from data.people import Who
from pages.ui.asking import asked, dialog
from pages.ui.guard import identity
from pages.ui.module_place import END, Here
from pages.ui.module_words import NOTE
from pages.ui.text import plain

ICON = ":material/skip_next:"


def button(here: Here) -> None:
    """Opens the three ways."""
    if st.button("I know this already", key="module_known", type="tertiary", icon=ICON):
        user = identity()
        if user is not None:
            _ways(user, here)


@dialog("I know this already")
def _ways(user: Who, here: Here) -> None:
    if here.module.head["quiz"]:
        st.markdown("**Answer its questions.** They are known after three right answers in a row, not all at once.")
        if st.button("To the questions", key="known_quiz"):
            st.query_params["step"] = END
            st.rerun()
    _by_evidence(user, here)
    st.markdown("**Leave it out.** It then counts neither as done nor as missing.")
    reason = st.text_input("Why", key="known_reason", max_chars=300, placeholder="I have run this for two years")
    if st.button("Leave it out", key="known_skip"):
        asked(lambda: progress.skip(user, here.track, here.slug, reason), "Left out.", NOTE)


def _by_evidence(user: Who, here: Here) -> None:
    """Where the team's standing shows what the module teaches."""
    if not here.team:
        return
    team_id = int(here.team)
    try:
        because = progress.by_evidence(user, team_id, here.track).get(here.slug)
    except (Forbidden, NotFound):
        return
    if because is None:
        st.caption("What your team has said and its repositories show does not tell that yet.")
        return
    st.markdown(f"**Your team is there.** {plain(because)}")
    if st.button("Take it as known", key="known_evidence"):
        asked(lambda: progress.know(user, team_id, here.track, here.slug), "Known.", NOTE)
