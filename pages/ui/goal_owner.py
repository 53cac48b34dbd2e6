"""Who keeps an eye on a goal, and when they look at it next; and saying that one has looked."""

from datetime import UTC, date, datetime, timedelta

import streamlit as st

from data import store
from data.improving import goals
from data.improving.goals import GoalView, Stand
from data.improving.texts import LONGEST_OWNER
from data.people import Who
from pages.ui import goal_words
from pages.ui.asking import asked, dialog
from pages.ui.text import day, plain

NOTE = "plan_note"
MONTH = timedelta(days=28)


def fields(key: str, owner: str = "", look_at: int | None = None, new: bool = False) -> tuple[str, int | None]:
    """Both as they are kept. A day that stands already stays as it is, also when it has passed."""
    places = st.columns(2)
    named = places[0].text_input(
        "Who keeps an eye on it", owner, key=f"{key}_owner", max_chars=LONGEST_OWNER, placeholder="Lead of the team",
        help="A role or a name. Leaders read it on the page Goals.",
    )  # fmt: skip
    was = None if look_at is None else store.from_us(look_at).date()
    proposed = today() + MONTH if new else was
    first = min(was or today() + timedelta(days=1), today() + timedelta(days=1))
    chosen = places[1].date_input(
        "Next look", proposed, first, key=f"{key}_look", format="YYYY-MM-DD",
        help="A day on which somebody looks whether it is on the way. Empty for no day.",
    )  # fmt: skip
    return named, look_at if chosen == was else None if chosen is None else end_of(chosen)


@dialog("Look where it stands")
def look(user: Who, one: GoalView, stand: Stand) -> None:
    """What is measured is kept with what is said."""
    key = f"goal_{one.id}_look"
    st.markdown(plain(goal_words.metric(one, stand)))
    st.markdown(plain(goal_words.counter(one, stand)))
    words = st.text_area(
        "What do you say to it?", "", key=f"{key}_note", max_chars=1000, height=90, help="Leaders read it, too."
    )
    chosen = st.date_input(
        "Next look", today() + MONTH, today() + timedelta(days=1), key=f"{key}_next", format="YYYY-MM-DD",
        help="Empty for no day.",
    )  # fmt: skip
    if st.button("Keep it", key=f"{key}_go", type="primary"):
        following = None if chosen is None else end_of(chosen)
        asked(lambda: goals.look(user, one.id, words, following), "Kept.", NOTE)


def looks(one: GoalView) -> None:
    """Those that there were, the newest first."""
    for each in one.looks:
        seen = f"{one.metric.name.lower()} {goal_words.figure(each.seen[0])}"
        st.caption(plain(f"Looked at on {day(store.from_us(each.at))}: {seen}. {each.note}"))


def today() -> date:
    return datetime.now(UTC).date()


def end_of(chosen: date) -> int:
    """The last moment of the day."""
    return store.to_us(datetime(chosen.year, chosen.month, chosen.day, 23, 59, 59, tzinfo=UTC))
