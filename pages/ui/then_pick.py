"""Which two assessments stand side by side: any two that were taken, or one and where the team stands now."""

from collections import Counter
from dataclasses import dataclass

import streamlit as st

from assessments.maturity_change import Snapshot
from data.access import NotFound
from data.people import Who
from data.practices import assessments
from data.practices.assessments import Kept, Line, NotYet
from data.queries import TeamView
from pages.ui import cached, states
from pages.ui.addresses import page_at
from pages.ui.text import count, day, plain

NOW = "now"


@dataclass(frozen=True)
class Side:
    """One of the two. kept: None for where the team stands now. key: tells it from every other."""

    key: str
    name: str
    snapshot: Snapshot
    kept: Kept | None


def two(user: Who, team: TeamView) -> tuple[Side, Side]:
    """The two of the address, an older one and the newest without; ends the page where there are none."""
    lines = assessments.listed(user, team.id)
    seen = [line for line in lines if line.seen_from is None]
    _not_yet([line for line in lines if line.seen_from is not None])
    if not seen:
        states.empty(
            "No assessment to compare with yet",
            "An assessment keeps where a team stands with all its evidence. Take one on Practices; one is also taken "
            "when a survey about practices closes, and once a month when the repositories were looked at.",
            "Practices",
            page_at("practices"),
            {"team": str(team.id)},
        )
        st.stop()
    names = _names(seen) | {NOW: "Now, not kept"}
    usual = {"before": str(seen[min(1, len(seen) - 1)].id), "after": str(seen[0].id) if len(seen) > 1 else NOW}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        keys = [_select(name, label, names, usual[name]) for name, label in (("before", "Then"), ("after", "Now"))]
    if keys[0] == keys[1]:
        st.text("Choose two different ones.")
        st.stop()
    ids = [int(key) for key in keys if key != NOW]
    try:
        kept = cached.kept(user, team.id, tuple(ids))
    except (NotFound, NotYet) as error:
        st.warning(plain(error))
        st.stop()
    return tuple(_side(user, team, key, names, kept) for key in keys)


def _names(lines: list[Line]) -> dict[str, str]:
    """Day and title; where several have the same, the time tells them apart."""
    alike = Counter((day(line.taken_at), line.title) for line in lines)

    def name(line: Line) -> str:
        time = f", {line.taken_at:%H:%M:%S} UTC" if alike[day(line.taken_at), line.title] > 1 else ""
        return f"{day(line.taken_at)}{time}: {line.title}"

    return {str(line.id): name(line) for line in lines}


def _not_yet(lines: list[Line]) -> None:
    for line in lines[:3]:
        st.caption(
            f"{plain(line.title)} of {day(line.taken_at)} rests on what the team said; you see it from "
            f"{day(line.seen_from)}."
        )
    if len(lines) > 3:
        st.caption(f"So do {count(len(lines) - 3, 'more', 'more')}.")


def _select(name: str, label: str, names: dict[str, str], usual: str) -> str:
    wanted = st.query_params.get(name)
    if wanted is not None and wanted not in names:
        st.query_params.pop(name, None)
        st.warning("An assessment of this link is not here, or not yours to see. What follows are others.")
    st.session_state[f"then_{name}"] = wanted if wanted in names else usual
    return st.selectbox(
        label, list(names), format_func=names.get, key=f"then_{name}", on_change=_follow, args=(name,), width=380
    )


def _follow(name: str) -> None:
    st.query_params[name] = st.session_state[f"then_{name}"]


def _side(user: Who, team: TeamView, key: str, names: dict[str, str], kept: dict[int, Kept]) -> Side:
    if key != NOW:
        one = kept[int(key)]
        return Side(key, names[key], one.snapshot, one)
    version = cached.version()
    found = cached.team_standing(version, user, team.id)
    return Side(f"{NOW}_{version}_{found.at}", names[key], found.snapshot, None)
