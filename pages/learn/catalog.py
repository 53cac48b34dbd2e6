"""Learn: the tracks, those first that fit the team, each with the reason for this team."""

import streamlit as st

from data.access import Action
from data.learning import catalogue
from pages.ui import (
    demo,
    first_hour,
    learn_alone,
    learn_cards,
    learn_find,
    learn_resume,
    live,
    no_team,
    pick,
    plan_hours,
    plan_tracks,
)
from pages.ui.content_unread import left_out
from pages.ui.guard import require

user = require(Action.VIEW)

demo.leave_when_removed()
head = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
head.title("Learn", anchor=False)
if not no_team.is_any(user):
    with left_out(user, "the way to what you were reading"):
        learn_resume.go_on(user)
    first_hour.way_there()
    learn_alone.tracks()
    st.stop()
team = pick.team(user, head, with_services=False)
hours = plan_hours.choose(head)
demo.label(user, team.is_demo)

found = plan_tracks.read(user, team.id, hours)
live.value(user, plan_tracks.shown(found), lambda: plan_tracks.shown(plan_tracks.read(user, team.id, hours)))
with left_out(user, "the way to what you were reading"):
    learn_resume.go_on(user)
first_hour.way_there()
entries = catalogue.entries(found)
wanted = learn_find.ask()
shown = catalogue.chosen(entries, **wanted)
learn_cards.show(user, team.id, found, shown, hours)
