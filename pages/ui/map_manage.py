"""What may be done to a map as a whole: make another, rename, delete."""

import streamlit as st

from data.asked import maps
from data.asked.maps import MapView
from data.people import Who
from data.queries import TeamView
from data.teams import LONGEST_NAME
from pages.ui import map_begin, pick
from pages.ui.asking import asked, confirmed, dialog

NOTE = "map_note"
MENU = {"new": "New map", "rename": "Rename", "delete": "Delete"}


def menu(user: Who, team: TeamView, one: MapView) -> None:
    """The menu beside the picker."""
    chosen = st.menu_button("Map", list(MENU), format_func=MENU.get, key="map_menu", icon=":material/more_horiz:")
    if chosen == "new":
        map_begin.new(user, team)
    elif chosen == "rename":
        rename(user, one)
    elif chosen == "delete":
        delete(user, one)


@dialog("Rename map")
def rename(user: Who, one: MapView) -> None:
    title = st.text_input("Name", one.title, key=f"map_title_{one.id}", max_chars=LONGEST_NAME)
    if st.button("Rename", type="primary", key="map_rename_save"):
        asked(lambda: maps.rename(user, one.id, title), "The map has its new name.", NOTE)


@dialog("Delete map")
def delete(user: Who, one: MapView) -> None:
    st.text(f"This deletes {one.title} with all its versions, today's and future ones. It cannot be undone.")
    if confirmed(one.title, f"map_delete_{one.id}", "Delete the map"):
        asked(lambda: _gone(user, one), "The map is gone, with all its versions.", NOTE)


def _gone(user: Who, one: MapView) -> None:
    maps.remove(user, one.id)
    for name in ("map", *pick.VERSION):
        st.query_params.pop(name, None)
