"""A proof of concept: what to try, what a check of the repository says of it, and what the team decides."""

import streamlit as st

from content import catalog
from data.access import Action, Forbidden, NotFound
from data.learning import attempts
from pages.ui import demo, pick, proof_begin, proof_head, proof_tasks, proof_view
from pages.ui.addresses import page_at
from pages.ui.guard import require
from pages.ui.proof_decide import NOTE

user = require(Action.VIEW_PROOFS)

demo.leave_when_removed()
if note := st.session_state.pop(NOTE, None):
    st.toast(note)

wanted = st.query_params.get("attempt", "")
if wanted:
    try:
        one = attempts.view(user, int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 0)
    except (Forbidden, NotFound):
        # Whether it is gone or somebody else's is not for everyone to know.
        st.title("Proof of concept", anchor=False)
        st.text("This proof of concept is not here any more, or not yours to see.")
        st.page_link(page_at("learning"), label="Learning", icon=":material/arrow_forward:")
        st.stop()
    proof_view.show(user, one)
    st.stop()

track, name = st.query_params.get("track", ""), st.query_params.get("poc", "")
poc = catalog.pocs(track).get(name) if track in catalog.tracks() else None
if poc is None:
    st.title("Proof of concept", anchor=False)
    st.text("There is no such proof of concept. Those of a track stand on its page.")
    if track in catalog.tracks():
        st.page_link(page_at("track"), label="Its track", icon=":material/route:", query_params={"track": track})
    st.page_link(page_at("learn"), label="All tracks", icon=":material/arrow_back:")
    st.stop()
back = st.container()
head = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
head.title(proof_head.title(poc), anchor=False)
team = pick.team(user, head, with_services=False)
demo.label(user, team.is_demo)
with back:
    proof_head.way_back(team.id, track, catalog.tracks()[track]["title"])
st.caption(proof_head.facts(poc))
proof_head.problem(poc)
proof_head.starter_of(track, name)
proof_begin.here(user, team, track, poc)
proof_tasks.before(poc)
