"""From the plan to what is learnt and tried: the track of each choice, and its proofs of concept."""

from collections.abc import Mapping, Sequence

import streamlit as st

from data.access import Forbidden
from data.improving.choices import ChoiceView
from data.learning import attempts
from data.learning.attempts import Line
from data.people import Who
from pages.ui import proof_words
from pages.ui.addresses import page_at
from pages.ui.text import plain, with_code

Lines = Mapping[int, Sequence[Line]]  # by the id of a choice


def read(user: Who, team_id: int) -> Lines:
    """What the team has begun; nothing for those who only lead."""
    found: dict[int, list[Line]] = {}
    try:
        lines = attempts.listed(user, team_id)
    except Forbidden:
        return found
    for line in lines:
        found.setdefault(line.enrolment_id, []).append(line)
    return found


def track(team_id: int, slug: str, label: str = "The track") -> None:
    """The way to its modules and proofs of concept."""
    query = {"team": str(team_id), "track": slug}
    st.page_link(page_at("track"), label=label, icon=":material/school:", query_params=query)


def of_choice(one: ChoiceView, lines: Lines) -> None:
    """Its proofs of concept, and the way to the track."""
    for line in lines.get(one.id, ()):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            state = proof_words.decision(line.decision) if line.decision else proof_words.verdict(line.verdict)
            still = " :orange-badge[:material/hourglass_disabled: stands still]" if line.stalled else ""
            st.markdown(f"{state}{still} {with_code(line.title)} in {plain(line.repository)}", width="content")
            query = {"attempt": str(line.id)}
            st.page_link(page_at("proof"), label="Open it", icon=":material/arrow_forward:", query_params=query)
    if not one.coming and one.newest:
        track(one.team_id, one.slug)
