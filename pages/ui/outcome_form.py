"""Saying what was done, when, and by which metric one would notice; also when a track is finished."""

from datetime import UTC, date, datetime

import streamlit as st

from data import store
from data.improving import choices, interventions
from data.improving.choices import ChoiceView
from data.improving.interventions import KINDS, MOST_SETTLE, Done, InterventionView
from data.people import Who
from pages.ui import metric_pick
from pages.ui.asking import asked, dialog

NOTE = "outcomes_note"
PLAN_NOTE = "plan_note"


@dialog("Add what you do or did")
def add(user: Who, team_id: int) -> None:
    """A new one, before it begins, while it goes on or after."""
    done = _fields(user, team_id, "outcome_new", None)
    if done and st.button("Add", key="outcome_new_go", type="primary"):
        asked(lambda: interventions.add(user, team_id, done), "Added.", NOTE)


@dialog("Edit")
def edit(user: Who, one: InterventionView) -> None:
    """The same, said otherwise."""
    key = f"outcome_edit_{one.id}"
    done = _fields(user, one.team_id, key, one.said)
    if done and st.button("Save", key=f"{key}_go", type="primary"):
        asked(lambda: interventions.edit(user, one.id, done), "Saved.", NOTE)


@dialog("Finish")
def finish(user: Who, one: InterventionView) -> None:
    """Since when it is done."""
    key = f"outcome_finish_{one.id}"
    at = st.date_input(
        "Finished on", _today(), _of(one.said.started_at), _today(), key=f"{key}_at", format="YYYY-MM-DD"
    )
    st.caption(f"The {one.said.settle_weeks} weeks after it are left out: things get worse before they get better.")
    if st.button("Finish", key=f"{key}_go", type="primary"):
        asked(lambda: interventions.finish(user, one.id, _ended(at)), "Finished.", NOTE)


@dialog("Remove")
def remove(user: Who, one: InterventionView) -> None:
    """Takes away the entry; what was measured stays."""
    st.text(f"This takes away: {one.said.title}. What was measured stays. It cannot be undone.")
    if st.button("Remove it", key=f"outcome_remove_{one.id}", type="primary", icon=":material/delete:"):
        asked(lambda: interventions.remove(user, one.id), "It is gone.", NOTE)


@dialog("Finish a track")
def finish_track(user: Who, one: ChoiceView) -> None:
    """With or without looking whether it worked."""
    key = f"chosen_{one.id}_done"
    at = st.date_input("Finished on", _today(), _of(one.begun_at), _today(), key=f"{key}_at", format="YYYY-MM-DD")
    look = st.checkbox("Look whether it worked", True, key=f"{key}_look")
    done = _watched(user, one, key) if look else None
    if (done or not look) and st.button("Finish", key=f"{key}_go", type="primary"):
        asked(lambda: choices.finish(user, one.id, _ended(at), done), "Finished.", PLAN_NOTE)


@dialog("Look whether it worked")
def watch(user: Who, one: ChoiceView) -> None:
    """For a track that is finished already."""
    key = f"chosen_{one.id}_watched"
    done = _watched(user, one, key)
    if done and st.button("Look", key=f"{key}_go", type="primary"):
        asked(lambda: choices.watch(user, one.id, done), "It stands in Did it work?", PLAN_NOTE)


def _watched(user: Who, one: ChoiceView, key: str) -> Done | None:
    some = metric_pick.services(user, one.team_id)
    if not some:
        metric_pick.none_yet()
        return None
    service, metric, counter = metric_pick.fields(key, some)
    settle = _settle(key, 4)
    return Done("track", one.title, service, metric, counter, one.begun_at, settle_weeks=settle)


def _fields(user: Who, team_id: int, key: str, was: Done | None) -> Done | None:
    """What stands in the form; None where the team has nothing to measure."""
    some = metric_pick.services(user, team_id)
    if not some and was is None:
        metric_pick.none_yet()
        return None
    title = st.text_input("What is it?", was.title if was else "", key=f"{key}_title", max_chars=120,
                          placeholder="From Jenkins to GitHub Actions")  # fmt: skip
    kinds = list(KINDS)
    kind = st.selectbox("Kind", kinds, kinds.index(was.kind) if was else 2, format_func=KINDS.get, key=f"{key}_kind")
    places = st.columns(2)
    start = places[0].date_input("Started on", _of(was.started_at) if was else _today(), key=f"{key}_start",
                                 help="May be a day to come, for what is planned.", format="YYYY-MM-DD")  # fmt: skip
    ended = _of(was.finished_at) if was and was.finished_at else None
    end = places[1].date_input(
        "Finished on", ended, key=f"{key}_end", help="Empty while it goes on.", format="YYYY-MM-DD"
    )
    picked = (was.service_id, was.metric, was.counter_metric) if was else None
    service, metric, counter = metric_pick.fields(key, some or {was.service_id: "no service"}, picked)
    settle = _settle(key, was.settle_weeks if was else 4)
    words = st.text_area("Note", was.note if was else "", key=f"{key}_note", max_chars=2000, height=80)
    if start is None:
        return None
    started = was.started_at if was and _of(was.started_at) == start else _instant(start)
    finished = None if end is None else was.finished_at if was and ended == end else _instant(end)
    goal = was.goal_id if was else None
    return Done(kind, title, service, metric, counter, started, finished, settle, words, goal)


def _settle(key: str, weeks: int) -> int:
    return st.number_input(
        "Weeks to settle", 0, MOST_SETTLE, weeks, 1, key=f"{key}_settle",
        help="After the finish, while people learn. They are not judged, neither for nor against.",
    )  # fmt: skip


def _today() -> date:
    return datetime.now(UTC).date()


def _of(at: int) -> date:
    return store.from_us(at).date()


def _ended(day: date | None) -> int | None:
    """The beginning of a day; of today, which may be before it began, this moment."""
    return None if day in (None, _today()) else _instant(day)


def _instant(day: date | None) -> int:
    """The beginning of the day, UTC."""
    day = day or _today()
    return store.to_us(datetime(day.year, day.month, day.day, tzinfo=UTC))
