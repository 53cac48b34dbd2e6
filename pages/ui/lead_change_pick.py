"""Which change is looked at: it stands in the address."""

from collections.abc import Sequence

import streamlit as st

from data.improving.across import TeamDeeds
from data.improving.interventions import InterventionView
from pages.ui.addresses import page_at
from pages.ui.lead_progress_pick import choose


def chosen(teams: Sequence[TeamDeeds]) -> InterventionView | None:
    """By team, the newest first; None where nobody has noted anything."""
    some = {str(one.id): (each.team, one) for each in teams for one in each.deeds}
    if not some:
        return None
    place = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    names = {"all": "All teams"} | {str(each.team_id): each.team for each in teams if each.deeds}
    asked = some.get(st.query_params.get("change", ""))
    team = choose("team", "Team", names, "all", place, 220)
    if asked is None or team in ("all", str(asked[1].team_id)):
        wanted = {key: one for key, one in some.items() if team in ("all", str(one[1].team_id))}
    else:  # the link names one of another team
        st.query_params.pop("change")
        wanted = {key: one for key, one in some.items() if team == str(one[1].team_id)}
    titles = {key: f"{name}: {one.said.title}" for key, (name, one) in wanted.items()}
    usual = next((key for key, (_, one) in wanted.items() if one.said.finished_at is not None), next(iter(wanted)))
    return wanted[choose("change", "Change", titles, usual, place, 520)][1]


def nothing() -> None:
    """Before any team has noted what it did."""
    with st.container(border=True):
        st.subheader("Nothing has been noted yet", anchor=False)
        st.text(
            "A team notes what it does to get better on its page Did it work?: a migration, another way of deploying, "
            "a learning track, each with the metric that should move by it. Here stands what was before and after, "
            "with the workflow maps of the service."
        )
        st.page_link(page_at("outcomes"), label="Did it work?", icon=":material/arrow_forward:")
