"""The workflow map before and after: both drawings, and what differs between them."""

from collections.abc import Sequence

import streamlit as st

from data.asked import maps
from data.asked.maps import TODAY, VersionLine
from data.improving.change import Drawn
from data.improving.interventions import InterventionView
from data.people import Who
from pages.ui import cached_goals, map_compare, map_picture
from pages.ui.addresses import page_at
from pages.ui.lead_progress_pick import choose
from pages.ui.text import day, plain


def section(user: Who, one: InterventionView) -> None:
    """Of the service that it was done on; other versions may be chosen, and stand in the address."""
    st.header("The workflow map before and after", anchor=False)
    found = cached_goals.drawn(user, one)
    if not found:
        _none(one, "No workflow map of this team is tied to the service, so how the work was done is not drawn.")
        return
    drawn = _map(found)
    numbers = _versions(drawn)
    if None in numbers:
        missing = "before it was finished" if numbers[0] is None else "after it was finished"
        _none(one, f"No version of “{drawn.map.title}” was saved {missing}, so there is nothing to hold beside it.")
        return
    before, after = (maps.version(user, drawn.map.id, TODAY, number) for number in numbers)
    if numbers[0] == numbers[1]:
        st.text("Choose two different versions.")
        return
    map_compare.changes(before.drawn, after.drawn)
    for name, version in (("Before", before), ("After", after)):
        line = version.line
        note = f" {plain(line.note)}" if line.note else ""
        st.subheader(name, anchor=False)
        st.caption(f"Version {line.number}, saved on {day(line.saved_at)}.{note}")
        map_picture.picture(version.drawn)
    st.caption(
        "Times on a map are what the team says or has timed; a map can say that something is quicker before any number "
        "shows it, and the numbers above hold where the two disagree."
    )


def _map(found: Sequence[Drawn]) -> Drawn:
    """The one in the address; else one with a version on both sides."""
    usual = next((one for one in found if one.before and one.after), found[0])
    if len(found) == 1:
        return usual
    place = st.container(horizontal=True)
    names = {str(one.map.id): one.map.title for one in found}
    chosen = choose("map", "Map", names, str(usual.map.id), place, 320)
    return next(one for one in found if str(one.map.id) == chosen)


def _versions(drawn: Drawn) -> tuple[int | None, int | None]:
    """Those that stood then, or others that somebody chooses."""
    if len(drawn.versions) < 3 and drawn.before and drawn.after:
        return drawn.before, drawn.after
    if len(drawn.versions) < 2:
        return drawn.before, drawn.after
    place = st.container(horizontal=True)
    names = {str(line.number): _name(line) for line in drawn.versions}
    first, last = str(drawn.versions[0].number), str(drawn.versions[-1].number)
    before = choose("before", "Before", names, str(drawn.before or first), place, 300)
    after = choose("after", "After", names, str(drawn.after or last), place, 300)
    return int(before), int(after)


def _name(line: VersionLine) -> str:
    return f"Version {line.number}, {day(line.saved_at)}"


def _none(one: InterventionView, told: str) -> None:
    st.text(told)
    query = {"team": str(one.team_id)}
    st.page_link(page_at("map"), label="Workflow maps of the team", icon=":material/schema:", query_params=query)
