"""What the levels rest on: the three lanes, each with how much of it there is, and the way to more."""

import streamlit as st

from assessments.maturity import OWN
from data.people import Who
from data.practices.said import WAITING
from data.practices.standings import TeamStanding
from data.queries import TeamView
from pages.ui import evidence_jobs, states
from pages.ui.addresses import page_at
from pages.ui.text import count, day, plain


def asked(found: TeamStanding) -> bool:
    """Whether a closed survey asked about the capabilities themselves."""
    return any(wave.questionnaire == OWN for wave in found.waves)


def no_services(found: TeamStanding) -> None:
    """That there is no repository to look at, where there is none."""
    if not found.repositories:
        states.empty(
            "This team has no service yet",
            "What its repositories show is read from the repositories of its services. Asking the team and drawing its "
            "workflow work without.",
            "Teams and services",
            page_at("teams"),
        )


def lanes(user: Who, team: TeamView, found: TeamStanding) -> None:
    """A card for each lane."""
    with st.grid(3, min_column_width=260):
        with _card("What the team says", "ballot"):
            _says(team, found)
        with _card("What its repositories show", "folder_code"):
            _shows(user, found)
        with _card("What its workflow map shows", "account_tree"):
            _maps(team, found)


def _card(title: str, icon: str):
    card = st.container(border=True, height="stretch", gap="xsmall")
    card.markdown(f":material/{icon}: **{title}**")
    return card


def _says(team: TeamView, found: TeamStanding) -> None:
    query = {"team": str(team.id)}
    shown = [wave for wave in found.waves if wave.shows != WAITING]
    for wave in shown[:2]:
        st.text(f"{wave.title}, closed {day(wave.closed_at)}")
    if len(shown) > 2:
        st.caption(f"and {count(len(shown) - 2, 'older survey')}")
    for wave in (wave for wave in found.waves if wave.shows == WAITING):
        st.caption(f"{plain(wave.title)} is for the team alone until {day(wave.leaders_from)}.")
    if not found.waves:
        st.text("The team has not been asked yet.")
    if found.waves and not asked(found):
        st.caption("It tells little here: the team has not been asked about the capabilities themselves.")
    st.space("stretch")
    if shown:
        wave = {"wave": str(shown[0].id)}
        st.page_link(page_at("survey"), label="The result", icon=":material/arrow_forward:", query_params=wave)
    if not asked(found):
        st.page_link(page_at("surveys"), label="Ask the team", icon=":material/arrow_forward:", query_params=query)


def _shows(user: Who, found: TeamStanding) -> None:
    evidence_jobs.section(user, [each.id for each in found.repositories])
    if found.looked and found.not_looked:
        names = ", ".join(each.name for each in found.not_looked[:3])
        more = f" and {len(found.not_looked) - 3} more" if len(found.not_looked) > 3 else ""
        st.caption(f"Not yet: {plain(names + more)}. Until then what the others meet counts as not known.")


def _maps(team: TeamView, found: TeamStanding) -> None:
    query = {"team": str(team.id)}
    if found.map is None:
        for title in found.untouched:
            st.text(f"{title} says nothing of the team yet: it is empty or still the example.")
        if not found.untouched:
            st.text("There is no workflow map.")
    else:
        query["map"] = str(found.map.id)
        st.text(f"{found.map.title}, version {found.map.version} of {day(found.map.saved_at)}")
        if found.map.others:
            others = count(len(found.map.others), "other map")
            does = "does" if len(found.map.others) == 1 else "do"
            st.caption(f"The one changed last speaks for the team; {others} {does} not.")
    st.space("stretch")
    label = "Draw the workflow" if found.map is None else "The map"
    st.page_link(page_at("map"), label=label, icon=":material/arrow_forward:", query_params=query)
