"""Which goals are looked at: all of it stands in the address."""

from collections.abc import Sequence

import streamlit as st

from data.improving.across import TeamGoals
from data.improving.goals import OPEN, GoalView, Stand
from data.improving.measuring import METRICS
from pages.ui import cached_plans, lead_goals_head
from pages.ui.lead_progress_pick import choose

SHOW = {
    "open": "Open goals",
    "due": "With a day that has passed",
    "cost": "Beyond the limit of the counter-metric",
    "nobody": "Without an owner",
    "ended": "Goals that have ended",
}


def chosen(teams: Sequence[TeamGoals]) -> list[tuple[str, GoalView]]:
    """Team and goal, by the name of the team."""
    place = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    show = choose("show", "Show", SHOW, "open", place, 300)
    names = {"all": "All teams"} | {str(each.team_id): each.team for each in teams if each.goals}
    team = choose("team", "Team", names, "all", place, 220)
    measured = {one.metric.key for each in teams for one in each.goals}
    metrics = {"all": "All metrics"} | {key: one.name for key, one in METRICS.items() if key in measured}
    metric = choose("metric", "Metric", metrics, "all", place, 220)
    some = [(each.team, one) for each in teams for one in each.goals if team in ("all", str(each.team_id))]
    some = [(name, one) for name, one in some if metric in ("all", one.metric.key)]
    stands = cached_plans.stands(tuple(one for each in teams for one in each.goals if one.state == OPEN))
    return [(name, one) for name, one in some if _wanted(one, stands.get(one.id), show)]


def _wanted(one: GoalView, stand: Stand | None, show: str) -> bool:
    if show == "ended":
        return one.state != OPEN
    wanted = {
        "due": stand is not None and (stand.overdue or stand.look_due),
        "cost": lead_goals_head.costs(stand),
        "nobody": not one.wanted.owner,
    }
    return one.state == OPEN and wanted.get(show, True)
