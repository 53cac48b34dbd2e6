"""How a map comes to be: from an example, from five empty steps, from a file; and the future state from today's."""

import streamlit as st

from assessments.workflow.model import MapError
from content import catalog
from data.access import Forbidden, NotFound
from data.asked import map_files, maps
from data.asked.maps import FUTURE, TODAY, MapView
from data.people import Who
from data.queries import TeamView
from data.teams import LONGEST_NAME
from pages.ui import pick
from pages.ui.asking import dialog
from pages.ui.text import plain


def first(user: Who, team: TeamView, drawing: bool) -> None:
    """The page of a team without any map."""
    with st.container(border=True):
        st.subheader("No map yet", anchor=False)
        st.text(
            "A workflow map shows the steps from a request to production and back from failure, how long each takes, "
            "where the work waits, and how much of it goes through without being sent back."
        )
        if drawing:
            ways(user, team)
        else:
            st.text("Somebody of the team can draw one.")


@dialog("New map")
def new(user: Who, team: TeamView) -> None:
    ways(user, team)


def ways(user: Who, team: TeamView) -> None:
    """The three ways to a map."""
    for key, example in catalog.maps().items():
        with st.container(border=True):
            st.markdown(f"**{plain(example['today']['title'])}, an example**\n\n{plain(example['purpose'])}")
            if st.button("Copy the example", key=f"map_copy_{key}", type="primary", icon=":material/content_copy:"):
                _made(lambda key=key: maps.copy_example(user, team.id, key))
    with st.container(border=True):
        st.markdown("**Five empty steps**\n\nName them as your team does; what is not known stays empty.")
        title = st.text_input("Name of the map", key="map_new_title", max_chars=LONGEST_NAME)
        if st.button("Begin", key="map_new", icon=":material/add:"):
            _made(lambda: maps.create(user, team.id, title))
    with st.container(border=True):
        st.markdown("**A file**\n\nThe JSON of a map, as the download of a map gives it.")
        upload = st.file_uploader("JSON file", type=["json"], key="map_file", max_upload_size=1)
        if upload is not None and st.button("Import", key="map_import", icon=":material/upload:"):
            _made(lambda: _imported(user, team, upload))


def _imported(user: Who, team: TeamView, upload) -> int:
    read = map_files.read_json(upload.getvalue())
    return maps.create(user, team.id, read.title, read.today, read.future, f"From the file {upload.name}"[:200], True)


def _made(make) -> None:
    """Opens the map that was made, or says why there is none."""
    try:
        number = make()
    except MapError as error:
        st.error("\n".join(f"- {plain(problem)}" for problem in error.problems), title="This is no map")
        return
    except (ValueError, Forbidden, NotFound) as error:
        st.error(plain(error))
        return
    for name in pick.VERSION:
        st.query_params.pop(name, None)
    st.query_params["map"] = str(number)
    st.session_state["map_note"] = "The map is there. Put in your own steps: nothing in it is measured yet."
    st.rerun()


def future(user: Who, one: MapView, drawing: bool) -> None:
    """No future state yet: it begins as today's."""
    with st.container(border=True):
        st.subheader("No future state yet", anchor=False)
        st.text("How the workflow shall be once something is done about it. It begins as a copy of today's.")
        if drawing:
            number = one.newest[TODAY]
            st.button("Begin with today's", key="map_future", type="primary", on_click=_begin, args=(user, one, number))


def _begin(user: Who, one: MapView, number: int) -> None:
    try:
        plain_values = maps.version(user, one.id, TODAY, number).drawn.plain()
        maps.save(user, one.id, FUTURE, plain_values, 0, f"Begun from today's version {number}")
    except (ValueError, Forbidden, NotFound) as error:
        st.session_state["map_wrong"] = str(error)
