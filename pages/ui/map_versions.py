"""Which version of a map is looked at - it stands in the address - and the list of all of them."""

from dataclasses import dataclass

import streamlit as st

from data.access import Forbidden, NotFound
from data.asked import maps
from data.asked.maps import FUTURE, KINDS, TODAY, MapView, VersionLine, VersionView
from data.people import Who
from pages.ui import map_compare, paging
from pages.ui.addresses import page_at
from pages.ui.text import minute, plain

BESIDE = "beside"
NAMES = {TODAY: "Today", FUTURE: "Future state", BESIDE: "Beside each other"}
LINES = 10


@dataclass(frozen=True)
class View:
    """What is looked at. version: None where there is none of this kind yet."""

    kind: str
    version: VersionView | None
    newest: int

    @property
    def is_newest(self) -> bool:
        return self.version is not None and self.version.line.number == self.newest


def chosen(user: Who, one: MapView) -> View:
    """From the address, with the switch between today and the future."""
    offered = [kind for kind in NAMES if kind != BESIDE or one.newest[FUTURE]]
    wanted = st.query_params.get("kind", TODAY)
    kind = wanted if wanted in offered else TODAY
    st.session_state["map_kind"] = kind
    st.segmented_control(
        "State", offered, format_func=NAMES.get, key="map_kind", on_change=_switched, label_visibility="collapsed",
        required=True,
    )  # fmt: skip
    if kind not in KINDS or not one.newest[kind]:
        return View(kind, None, 0)
    asked = st.query_params.get("version", "")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else one.newest[kind]
    try:
        found = maps.version(user, one.id, kind, number)
    except NotFound:
        st.warning("The version of this link is not there. What follows is the newest.")
        st.query_params.pop("version", None)
        found = maps.version(user, one.id, kind, one.newest[kind])
    return View(kind, found, one.newest[kind])


def _switched() -> None:
    st.query_params["kind"] = st.session_state["map_kind"] or TODAY
    st.query_params.pop("version", None)


def listed(user: Who, one: MapView, view: View) -> None:
    """Every version with who, when and why; any can be opened, and any two compared."""
    lines = maps.versions(user, one.id)
    for line in paging.part(lines, f"map_versions_{one.id}", "Find a version", ("version", "versions"), _words, LINES):
        _row(one, line, view)
    if len(lines) > 1:
        map_compare.pick_two(user, one, lines, {map_compare.key(line): name(line) for line in lines})


def _words(line: VersionLine) -> str:
    return f"{name(line)} {line.note} {line.saved_by or ''}"


def name(line: VersionLine) -> str:
    """Today, version 3"""
    return f"{NAMES[line.kind]}, version {line.number}"


def _row(one: MapView, line: VersionLine, view: View) -> None:
    seen = view.version is not None and view.version.line == line
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", border=True):
        note = f" {plain(line.note)}" if line.note else ""
        by = f" by {plain(line.saved_by)}" if line.saved_by else ""
        st.markdown(f"**{name(line)}**{by}, {minute(line.saved_at)}.{note}", width="content")
        if seen:
            st.markdown(":gray-badge[Shown]", width="content")
        else:
            st.page_link(page_at("map"), label="Open", icon=":material/visibility:", query_params=address(one, line))


def address(one: MapView, line: VersionLine) -> dict[str, str]:
    """Where a version is."""
    newest = {} if line.number == one.newest[line.kind] else {"version": str(line.number)}
    return {"team": str(one.team_id), "map": str(one.id), "kind": line.kind, **newest}


def old(user: Who, one: MapView, view: View, drawing: bool) -> None:
    """Says that an older version is looked at, and offers it as the newest."""
    line = view.version.line
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":orange-badge[Read only]\N{EN SPACE}Version {line.number} of {view.newest}, saved on "
            f"{minute(line.saved_at)}.",
            width="content",
        )
        newest = {"team": str(one.team_id), "map": str(one.id), "kind": line.kind}
        st.page_link(page_at("map"), label="The newest", icon=":material/update:", query_params=newest)
        if drawing:
            st.button("Make this the newest", key="map_restore", icon=":material/history:", on_click=_restore,
                      args=(user, one.id, line), type="tertiary")  # fmt: skip


def _restore(user: Who, map_id: int, line: VersionLine) -> None:
    try:
        number = maps.restore(user, map_id, line.kind, line.number)
    except (ValueError, Forbidden, NotFound) as error:
        st.session_state["map_wrong"] = str(error)
        return
    st.query_params.pop("version", None)
    st.session_state["map_note"] = f"Version {line.number} is the newest again, as version {number}."
