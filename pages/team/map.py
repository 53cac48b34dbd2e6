"""Workflow map: how work gets to production and back from failure; typed into a table, drawn, added up, compared."""

import streamlit as st

from data.access import Action, Subject, may
from data.asked import maps
from pages.ui import (
    demo,
    map_begin,
    map_compare,
    map_editor,
    map_exports,
    map_manage,
    map_measured,
    map_picture,
    map_versions,
    pick,
)
from pages.ui.guard import require
from pages.ui.text import plain

user = require(Action.VIEW)

demo.leave_when_removed()
head = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
head.title("Workflow map", anchor=False)
team = pick.team(user, head, with_services=False)
drawing = may(user, Action.SAY, Subject(team.organization_id, team.id, team.is_demo))
drawn = maps.maps(user, team.id)
one = pick.workflow_map(drawn, head) if drawn else None
if one and drawing:
    with head:
        map_manage.menu(user, team, one)
demo.label(user, team.is_demo)
if note := st.session_state.pop("map_note", None):
    st.success(plain(note))
if wrong := st.session_state.pop("map_wrong", None):
    st.error(plain(wrong))
if one is None:
    map_begin.first(user, team, drawing)
    st.stop()

view = map_versions.chosen(user, one)
if view.kind == map_versions.BESIDE:
    map_compare.future(user, one)
    st.stop()
if view.version is None:
    map_begin.future(user, one, drawing)
    st.stop()
if not view.is_newest:
    map_versions.old(user, one, view, drawing)

place = st.container()
shown = map_editor.Shown(view.version.drawn)
if drawing and view.is_newest:
    shown = map_editor.edit(user, one.id, view.version)
with place:
    map_picture.show(shown.drawn, shown.stale)
    name = "not-saved" if shown.unsaved else f"{view.kind}-{view.version.line.number}"
    map_exports.buttons(shown.drawn, f"{one.title} {name}")

versions, measured = st.tabs(["Versions", "Stated beside measured"])
with versions:
    map_versions.listed(user, one, view)
with measured:
    map_measured.section(user, team, one, shown.drawn, drawing)
map_picture.purpose()
