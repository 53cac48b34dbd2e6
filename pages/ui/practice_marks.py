"""Marks: that something does not apply, or is accepted until a day; made and taken back by those who plan."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

import streamlit as st

from assessments.maturity import EXCEPTION, LONGEST_REASON, NOT_APPLICABLE, SURVEY, Mark, Standing
from data import store
from data.people import Who
from data.practices import laid_out, marks, model
from data.practices.marks import MarkView
from data.practices.standings import TeamStanding
from data.queries import TeamView
from pages.ui import paging
from pages.ui.asking import asked, dialog
from pages.ui.text import day, plain

NOTE = "practices_note"
KINDS = {
    NOT_APPLICABLE: "It does not apply to this team",
    EXCEPTION: "It is accepted for now that it is not there",
}
COLOURS = {marks.IN_FORCE: "violet", marks.ENDED: "orange", marks.UNDONE: "gray"}
WHOLE = ""


def of_capability(user: Who, team: TeamView, found: TeamStanding, one: Standing, plans: bool) -> None:
    """The marks of a capability that stand, and the button for one more."""
    standing = [view for view in found.marks if view.mark.capability == one.capability.key]
    for view in (view for view in standing if view.state != marks.UNDONE):
        _line(user, view, plans, False)
    if plans:
        look = {"icon": ":material/bookmark_add:", "type": "tertiary"}
        if st.button("Does not apply, or is accepted for now", key="mark_new", **look):
            make(user, team.id, one)
    if undone := [view for view in standing if view.state == marks.UNDONE]:
        with st.expander(f"Taken back ({len(undone)})"):
            for view in undone:
                _line(user, view, False, False)


def all_marks(user: Who, found: TeamStanding, plans: bool) -> None:
    """All of the team, those that ended first."""
    order = (marks.ENDED, marks.IN_FORCE, marks.UNDONE)
    views = sorted(found.marks, key=lambda view: order.index(view.state))
    if not views:
        return
    standing = sum(view.state != marks.UNDONE for view in views)
    with st.expander(f"Marks of this team ({standing})", icon=":material/bookmark:"):
        st.caption("What does not apply leaves the calculation. An exception makes nothing met, and ends by itself.")
        shown: Sequence[MarkView] = paging.part(
            views, "marks", "Find a mark", ("mark", "marks"), lambda view: f"{_about(view)} {view.mark.reason}"
        )
        for view in shown:
            _line(user, view, plans, True)


def _line(user: Who, view: MarkView, plans: bool, named: bool) -> None:
    mark = view.mark
    said = {marks.IN_FORCE: mark.kind, marks.ENDED: "exception ended", marks.UNDONE: f"{mark.kind}, taken back"}
    with st.container(border=True, gap="xsmall", key=f"mark_{'all_' if named else ''}{view.id}"):
        badge = f":{COLOURS[view.state]}-badge[{said[view.state]}]"
        st.markdown(f"{badge} **{plain(_about(view) if named else _target(view))}** {plain(mark.reason)}")
        st.caption(plain(" · ".join(_facts(view))))
        if plans and view.state != marks.UNDONE:
            look = {"icon": ":material/undo:", "type": "tertiary"}
            key = f"mark_undo_{'all_' if named else ''}{view.id}"
            st.button("Take back", key=key, on_click=_undo, args=(user, view.id), **look)


def _facts(view: MarkView) -> list[str]:
    facts = [f"{view.mark.owner} answers for it"] if view.mark.owner else []
    if view.mark.expires:
        until = day(store.from_us(view.mark.expires))
        facts.append(f"ended {until} and counts no more" if view.state == marks.ENDED else f"until {until}")
    facts.append(_by("marked", view.made_by, view.made_at))
    if view.undone_at:
        facts.append(_by("taken back", view.undone_by, view.undone_at))
    return facts


def _by(what: str, who: str | None, at: datetime) -> str:
    """Without a person only when: nobody's name is made up."""
    return f"{what} by {who} on {day(at)}" if who else f"{what} on {day(at)}"


def _undo(user: Who, mark_id: int) -> None:
    marks.undo(user, mark_id)
    st.session_state[NOTE] = "The mark is taken back."


def _target(view: MarkView) -> str:
    items = model.capabilities()[view.mark.capability].items if view.mark.capability in model.capabilities() else {}
    if view.mark.item is None:
        return "All of it"
    return laid_out.title(items[view.mark.item]) if view.mark.item in items else view.mark.item


def _about(view: MarkView) -> str:
    one = model.capabilities().get(view.mark.capability)
    return f"{one.name if one else view.mark.capability}: {_target(view)[:1].lower()}{_target(view)[1:]}"


@dialog("Mark a practice")
def make(user: Who, team_id: int, one: Standing) -> None:
    """A new one."""
    key = f"mark_{one.capability.key}"
    names = {WHOLE: f"All of {one.capability.name.lower()}"} | {
        item.id: f"{laid_out.title(item)}{f' ({item.limit})' if item.lane == SURVEY else ''}"
        for item in one.capability.items.values()
    }
    item = st.selectbox("What of it", list(names), format_func=names.get, key=f"{key}_item")
    kind = st.radio("Why", list(KINDS), format_func=KINDS.get, key=f"{key}_kind")
    reason = st.text_area("Reason", key=f"{key}_reason", max_chars=LONGEST_REASON, height=90)
    owner, expires = "", None
    if kind == EXCEPTION:
        owner = st.text_input("Who answers for it", key=f"{key}_owner", max_chars=100)
        today = store.from_us(store.now_us()).date()
        in_days = [today + timedelta(days=days) for days in (90, 1, 365)]
        until = st.date_input("Until", *in_days, key=f"{key}_until", format="YYYY-MM-DD")
        expires = store.to_us(datetime.combine(until, time(), UTC)) if until else None
        st.caption("On that day it ends by itself, and what is not met counts again.")
    if st.button("Mark", type="primary", key=f"{key}_go"):
        mark = Mark(kind, one.capability.key, reason, item or None, owner, expires)
        asked(lambda: marks.make(user, team_id, mark), "Marked.", NOTE)
