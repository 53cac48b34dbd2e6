"""The import of another tool's findings: which file, whose it is, what was read of it and what not, then keeping."""

from collections.abc import Sequence

import polars as pl
import streamlit as st

from assessments.evidence import Outcome
from data import store
from data.access import Action, Forbidden, NotFound, Subject, may
from data.evidence import strict
from data.people import Who
from data.practices import imports
from data.practices.evaluations import EvaluationView
from data.practices.imports import KINDS, Read, TeamsNamed
from data.queries import ServiceView
from data.sources.files import FileError
from pages.ui import tables
from pages.ui.text import count, minute, plain

ORDER = (Outcome.NOT_MET, Outcome.PARTLY, Outcome.UNKNOWN, Outcome.MET, Outcome.NOT_APPLICABLE)
ROUND = "findings_round"  # raised when a file was kept, so that the next one begins without it
COLUMNS = {"outcome": "Outcome", "finding": st.column_config.TextColumn("Finding", width="large"), "places": "Places"}


def form(user: Who, services: Sequence[ServiceView], chosen: ServiceView | None) -> None:
    """Everything in order; below it what the file says, and the button."""
    st.text(
        "What other tools found stands beside what Milepost finds in the repositories, with its source named, and "
        "never counts for a level."
    )
    mine = [one for one in services if may(user, Action.ADD_SOURCE, Subject(one.organization_id, one.team_id))]
    if not mine:
        st.text("There is no service yet that findings could belong to. Add a clone on Home, or read from GitHub.")
        return
    left, right = st.columns(2, gap="large")
    with left:
        kind = st.radio("Which file is it?", list(KINDS), format_func=lambda key: KINDS[key].title, key="findings_kind")
        whose = _whose(kind, mine, chosen)
    with right:
        upload = st.file_uploader(
            "The file", list(KINDS[kind].endings), max_upload_size=strict.BYTES // 1024 // 1024,
            key=f"findings_file_{kind}_{st.session_state.get(ROUND, 0)}",
        )  # fmt: skip
    if upload is not None and (found := _read(kind, upload)) is not None:
        _report(found)
        if st.button("Keep these findings", type="primary", key="findings_keep", icon=":material/save:"):
            _keep(user, found, whose)
    _kept(user, whose)


def _whose(kind: str, mine: Sequence[ServiceView], chosen: ServiceView | None) -> dict[str, int]:
    """The service or, where the file speaks of a team, the team."""
    if KINDS[kind].of_team:
        teams = {one.team_id: one.team for one in mine}
        index = list(teams).index(chosen.team_id) if chosen and chosen.team_id in teams else 0
        return {
            "team_id": st.selectbox("Of which team?", list(teams), index, format_func=teams.get, key="findings_team")
        }
    names = {one.id: f"{one.team} / {one.name}" for one in mine}
    index = list(names).index(chosen.id) if chosen and chosen.id in names else 0
    label = "Of the repository of which service?"
    return {"service_id": st.selectbox(label, list(names), index, format_func=names.get, key="findings_for")}


def _read(kind: str, upload) -> Read | None:
    """What the file says; None where it cannot be used and it has been said why."""
    try:
        return imports.read(kind, upload)
    except TeamsNamed as error:
        named = error.teams
    except FileError as error:
        st.error(plain(error), title="This file cannot be used")
        return None
    team = st.selectbox("Which team of the file is it?", named, index=None, key="findings_column")
    if team is None:
        st.info("The file speaks of several teams: choose which of them is meant.")
        return None
    try:
        return imports.read(kind, upload, team)
    except FileError as error:
        st.error(plain(error), title="This file cannot be used")
        return None


def _report(found: Read) -> None:
    """What was read and what was left out, and the findings themselves."""
    first, *more = found.sentences
    st.success(plain(f"{first} Nothing has been saved yet."))
    for sentence in more:
        st.text(sentence)
    results = found.evaluation.results
    if not results:
        st.text("Keeping it says that the tool found nothing.")
        return
    worst = sorted(results, key=lambda each: ORDER.index(each.finding.outcome))
    rows = [
        {
            "outcome": str(each.finding.outcome),
            "finding": each.finding.because,
            "places": ", ".join(_place(place) for place in each.finding.evidence[:3] if place.path) or None,
        }
        for each in worst
    ]
    frame = pl.DataFrame(rows, {name: pl.String for name in COLUMNS})
    tables.show(frame, "findings", ("finding", "findings"), "The findings as they would be kept.", COLUMNS)


def _place(place) -> str:
    return f"{place.path}:{place.line}" if place.line else place.path


def _keep(user: Who, found: Read, whose: dict[str, int]) -> None:
    try:
        imports.save(user, found, **whose)
    except (ValueError, Forbidden, NotFound) as error:
        st.error(plain(error))
        return
    st.session_state["sources_note"] = "The findings are kept."
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.rerun()


def _kept(user: Who, whose: dict[str, int]) -> None:
    """What was brought in before, with a button that takes it away."""
    try:
        found = imports.kept(user, **whose)
    except (Forbidden, NotFound) as error:
        st.error(plain(error))
        return
    if found:
        st.markdown("**Kept so far**")
    for one in found:
        with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{plain(KINDS[one.origin].title)}**: {plain(_said(one))}", width="content")
            key = f"findings_remove_{one.id}"
            st.button("Remove", key=key, on_click=_remove, args=(user, one.origin, whose))


def _said(one: EvaluationView) -> str:
    of = f", of {minute(store.from_us(one.as_of))}" if one.as_of else ""
    return f"{one.tool}, {count(len(one.findings), 'finding')}{of}; brought in {minute(store.from_us(one.made_at))}."


def _remove(user: Who, kind: str, whose: dict[str, int]) -> None:
    try:
        imports.remove(user, kind, **whose)
    except (ValueError, Forbidden, NotFound) as error:
        st.toast(plain(error))
