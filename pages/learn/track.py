"""One track: what the team can do afterwards, what it takes, its modules and proofs of concept."""

import streamlit as st

from content import catalog
from data.access import Action, Subject, may
from data.learning import catalogue
from pages.ui import (
    demo,
    learn_alone,
    live,
    no_team,
    pick,
    plan_hours,
    plan_tracks,
    track_about,
    track_choose,
    track_head,
    track_modules,
)
from pages.ui import track_proofs as proofs
from pages.ui.addresses import page_at
from pages.ui.guard import require

user = require(Action.VIEW)

demo.leave_when_removed()
if note := st.session_state.pop(plan_tracks.NOTE, None):
    st.toast(note)
slug = st.query_params.get("track", "")
if slug not in catalog.tracks():
    st.title("Track", anchor=False)
    st.text("There is no such track, or it has another name by now.")
    st.page_link(page_at("learn"), label="All tracks", icon=":material/arrow_back:")
    st.stop()
track_head.way_back()
head = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
head.title(track_head.title(slug), anchor=False)
if not no_team.is_any(user):
    learn_alone.track(user, slug)
    st.stop()
team = pick.team(user, head, with_services=False)
demo.label(user, team.is_demo)

hours = plan_hours.known()
found = plan_tracks.read(user, team.id, hours)
live.value(user, plan_tracks.shown(found), lambda: plan_tracks.shown(plan_tracks.read(user, team.id, hours)))
one = next(each for each in catalogue.entries(found, slug) if each.slug == slug)
plans = may(user, Action.PLAN, Subject(team.organization_id, team.id, team.is_demo))

track_head.about(one)
track_choose.section(user, team.id, one, found, plans, team.is_demo)
track_modules.section(user, team.id, one)
proofs.section(user, team.id, one)
track_about.section(team.id, one, found)
