"""Setting a goal: what is measured and what must not get worse, from where, to where, until when."""

from datetime import timedelta

import streamlit as st

from assessments import goals as ways
from assessments.goals import Figure
from data import store
from data.improving import goals
from data.improving.goals import GoalView, Wanted
from data.improving.measuring import METRICS
from data.people import Who
from pages.ui import goal_owner, goal_words, metric_pick
from pages.ui.addresses import page_at
from pages.ui.asking import asked, dialog
from pages.ui.goal_owner import end_of, today
from pages.ui.text import plain

NOTE = "plan_note"
MONTHS = timedelta(days=91)  # how long a goal is proposed for


@dialog("Set a goal")
def free(user: Who, team_id: int) -> None:
    """From nothing but a wish."""
    _new(user, team_id, "goal_new")


@dialog("Make it a goal")
def from_gap(user: Who, team_id: int, capability: str, level: int) -> None:
    """From the next level of a capability."""
    st.text("The level is what you want to see; the metric is how you notice that it helps.")
    _new(user, team_id, f"goal_gap_{capability}", capability=capability, level=level)


@dialog("Make it a goal")
def from_pain(user: Who, team_id: int, pain_id: int, note: str) -> None:
    """From a pain point. note: where the page says that it was done."""
    _new(user, team_id, f"goal_pain_{pain_id}", note, pain_id=pain_id)


def _new(user: Who, team_id: int, key: str, note: str = NOTE, **origin) -> None:
    some = metric_pick.services(user, team_id)
    if not some:
        metric_pick.none_yet()
        return
    service, metric, counter = metric_pick.fields(key, some, valued=goals.valued)
    try:
        before = goals.measured(service, metric, counter)
    except ValueError as error:
        st.warning(plain(error))
        if isinstance(error, goals.NotWorkedOut):
            label, query = "Say what counts as production", {"service": str(service)}
            st.page_link(page_at("rule"), label=label, icon=":material/arrow_forward:", query_params=query)
        return
    for name, figure in zip((metric, counter), before, strict=True):
        st.caption(plain(f"{METRICS[name].name} now: {goal_words.figure(figure)}."))
    own = f"{key}_{service}_{metric}_{counter}"
    target, limit = _numbers(own, metric, counter, before)
    due = st.date_input("Until", today() + MONTHS, today() + timedelta(days=1), key=f"{key}_due", format="YYYY-MM-DD")
    owner, look_at = goal_owner.fields(key, new=True)
    title = st.text_input(
        "Title", "", key=f"{key}_title", max_chars=120, placeholder=goal_words.title(metric, before[0], target)
    )
    if st.button("Set the goal", key=f"{key}_go", type="primary"):
        title = title.strip() or goal_words.title(metric, before[0], target)
        more = {"owner": owner, "look_at": look_at, **origin}
        wanted = Wanted(title, service, metric, target, counter, limit, end_of(due or today()), **more)
        asked(lambda: goals.add(user, team_id, wanted), "The goal is set.", note)


@dialog("Edit a goal")
def edit(user: Who, one: GoalView) -> None:
    """What it is measured by stays."""
    key, was = f"goal_{one.id}", one.wanted
    st.text(f"Measured by {one.metric.name.lower()} of {one.service or 'a service that is gone'}; that stays.")
    target, limit = _numbers(key, was.metric, was.counter_metric, one.baseline, (was.target, was.counter_limit))
    first = min(store.from_us(one.created_at).date() + timedelta(days=1), store.from_us(was.due_at).date())
    due = st.date_input("Until", store.from_us(was.due_at).date(), first, key=f"{key}_due", format="YYYY-MM-DD")
    owner, look_at = goal_owner.fields(key, was.owner, was.look_at)
    title = st.text_input("Title", was.title, key=f"{key}_title", max_chars=120)
    words = st.text_area("Note", was.note, key=f"{key}_note", max_chars=2000, height=90)
    if st.button("Save", key=f"{key}_save", type="primary"):
        values = {"title": title, "target": target, "counter_limit": limit, "due_at": end_of(due or today())}
        values |= {"note": words, "owner": owner, "look_at": look_at}
        asked(lambda: goals.edit(user, one.id, Wanted(**{**vars(was), **values})), "Saved.", NOTE)


@dialog("End a goal")
def end(user: Who, one: GoalView) -> None:
    """Reached, missed or dropped, with what was learnt."""
    words = {goals.REACHED: "Reached", goals.MISSED: "Missed", goals.DROPPED: "Dropped: it does not matter any more"}
    state = st.radio("How did it end?", goals.ENDS, index=None, format_func=words.get, key=f"goal_{one.id}_end")
    learnt = st.text_area("What did you learn?", "", key=f"goal_{one.id}_learnt", max_chars=1000, height=90)
    if st.button("End it", key=f"goal_{one.id}_end_go", type="primary", disabled=state is None):
        asked(lambda: goals.end(user, one.id, state, learnt), "The goal has ended.", NOTE)


def _numbers(
    key: str, metric: str, counter: str, before: tuple[Figure, Figure], was: tuple[float, float] | None = None
) -> tuple[float | None, float | None]:
    """Target and limit, typed in the unit that people would say; a proposal where nobody has said any."""
    ends = {"low": "at most", "high": "at least"}
    proposed = (
        ways.target(before[0], METRICS[metric].better), ways.limit(before[1], METRICS[counter].better)
    )  # fmt: skip
    found = []
    for name, figure, place in zip((metric, counter), before, (0, 1), strict=True):
        unit, what = ways.entry(figure), METRICS[name]
        value = unit.shown(was[place]) if was else unit.proposed(proposed[place])
        label = f"{'Target' if place == 0 else 'Limit'}: {what.name.lower()} {ends[what.better]} ({unit.name})"
        typed = st.number_input(label, 0.0, None, value, key=f"{key}_{'limit' if place else 'target'}", format="%g")
        found.append(None if typed is None else unit.kept(typed))
    return found[0], found[1]
