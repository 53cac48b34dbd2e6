"""For how long what is kept: a rule for each kind, tried before it is made."""

import streamlit as st

from data.access import Forbidden, NotFound
from data.keeping import retention
from data.keeping.retention import KINDS, Rule
from data.people import Who
from pages.ui.asking import asked
from pages.ui.text import count, day, minute, plain

NOTE = "keeping_note"


def show(user: Who, organization_id: int) -> None:
    """Every kind with its rule, and what ends by itself."""
    st.text("Without a rule a thing is kept for good. Rules are carried out by the worker, once a day.")
    for rule in retention.rules(user, organization_id):
        _row(user, organization_id, rule)
    with st.expander("What ends by itself", key="keeping_ends"):
        for name, when in retention.ENDS.items():
            st.markdown(f"**{plain(name)}**: {plain(when)}.")


def _row(user: Who, organization_id: int, rule: Rule) -> None:
    kind = KINDS[rule.kind]
    with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(gap="xsmall", width="content"):
            st.markdown(f"**{plain(kind.name)}**")
            st.caption(plain(kind.goes))
            st.caption(_told(rule))
        if st.button("Change", key=f"keeping_change_{rule.kind}"):
            change(user, organization_id, rule)


def _told(rule: Rule) -> str:
    if rule.days is None:
        return "Kept for good."
    if rule.done_at is None:
        return f"Kept for {count(rule.days, 'day')}; the worker has not carried this out yet."
    gone = count(rule.done_rows, "row") if rule.done_rows else "nothing"
    return f"Kept for {count(rule.days, 'day')}; {gone} went on {plain(minute(rule.done_at))}."


@st.dialog("How long it is kept")
def change(user: Who, organization_id: int, rule: Rule) -> None:
    kind = KINDS[rule.kind]
    st.text(f"{kind.name}: {kind.goes}")
    ways, now = ["for good", "for a number of days"], int(rule.days is not None)
    how = st.radio("Keep it", ways, index=now, key=f"keeping_how_{rule.kind}")
    days = None
    if how != "for good":
        days = st.number_input(
            "Days",
            kind.least,
            retention.MOST_DAYS,
            rule.days or max(365, kind.least),
            key=f"keeping_days_{rule.kind}",
            help=f"{kind.least:,} to {retention.MOST_DAYS:,}",
        )
        _try(user, organization_id, rule.kind, days)
    if st.button("Make this the rule", type="primary", key="keeping_save"):
        asked(lambda: retention.keep(user, organization_id, rule.kind, days), "The rule is changed.", NOTE)


def _try(user: Who, organization_id: int, kind: str, days: int) -> None:
    """What would go now, were that the rule."""
    try:
        found = retention.tried(user, organization_id, kind, days)
    except (Forbidden, NotFound, ValueError) as error:
        st.error(plain(error))
        return
    if found.number:
        st.warning(
            f"{count(found.number, 'row')} would go now, the oldest of {day(found.oldest)}. They do not come back."
        )
    else:
        st.info("Nothing is older than that yet: nothing would go now.")
