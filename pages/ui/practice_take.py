"""Taking an assessment, and the way to those taken before."""

import streamlit as st

from data.people import Who
from data.practices import assessments
from data.practices.standings import TeamStanding
from data.queries import TeamView
from pages.ui.addresses import page_at
from pages.ui.asking import asked, dialog
from pages.ui.practice_marks import NOTE


def row(user: Who, team: TeamView, found: TeamStanding, plans: bool) -> None:
    """What can be done with where the team stands now."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if (
            plans
            and found.snapshot.seen
            and st.button("Take an assessment", key="take", icon=":material/photo_camera:")
        ):
            take(user, team.id)
        st.page_link(
            page_at("assessments"), label="Then and now", icon=":material/compare:",
            query_params={"team": str(team.id)},
        )  # fmt: skip


@dialog("Take an assessment")
def take(user: Who, team_id: int) -> None:
    """Keeps where the team stands, to be compared with later."""
    st.text(
        "Keeps all evidence, marks and delivery metrics as they are now. It is never changed. One is also taken by "
        "itself when a survey about practices closes, and once a month when the repositories were looked at."
    )
    title = st.text_input(
        "Name, if it shall have one", key="take_title", max_chars=assessments.LONGEST_TITLE,
        placeholder="Before the move to containers",
    )  # fmt: skip
    if st.button("Take it", type="primary", key="take_go"):
        asked(lambda: assessments.take(user, team_id, title), "The assessment is taken.", NOTE)
