"""The first hour of somebody new: steps with links, and which of them are done."""

import streamlit as st

from data.access import Forbidden, NotFound
from data.learning import first_hours
from data.learning.first_hours import FirstHour, Step
from data.people import Who
from pages.ui.addresses import page_at
from pages.ui.guard import somewhere
from pages.ui.learn_words import minutes
from pages.ui.registry import BY_PATH
from pages.ui.text import count, plain

LINKS = {"module": "Read the module"}


def section(user: Who) -> None:
    """Nothing where no first hour is written."""
    names = first_hours.roles()
    if not names:
        return
    st.header("Your first hour", anchor=False)
    before = first_hours.chosen(user)
    key = st.segmented_control(
        "What is nearest to what you do?", list(names), default=before, format_func=names.get, key="first_hour_role",
        required=before is not None,
    )  # fmt: skip
    if key is None:
        st.text("Choose one, and there are five steps to take: what to open, what to look for, and what to read.")
        return
    if key != before:
        first_hours.choose(user, key)
    found = first_hours.of(user, key)
    st.text(found.who)
    st.progress(found.done / len(found.steps), text=_told(found))
    for step in found.steps:
        _step(user, key, step)


def _told(found: FirstHour) -> str:
    said = f"{found.done} of {count(len(found.steps), 'step')} done"
    if not found.minutes_left:
        return f"{said}. That was your first hour; a track is next. Only you see this."
    return f"{said}, about {minutes(found.minutes_left)} to go. Only you see this."


def _step(user: Who, key: str, step: Step) -> None:
    with st.container(border=True, gap="xsmall", key=f"first_hour_step_{step.id}"):
        name = f"first_hour_{step.id}"
        st.session_state[name] = step.is_done
        st.checkbox(
            f"**{plain(step.title)}** ({minutes(step.minutes)})", key=name, on_change=_mark, args=(user, key, step.id),
            disabled=step.by_reading, help="Done, as you have finished the module." if step.by_reading else None,
        )  # fmt: skip
        st.markdown(plain(step.text))
        spec = BY_PATH[step.page]
        if not somewhere(user, spec.action):
            st.caption(
                f"Your role in Milepost does not open the page {spec.title}; whoever administers it can change that."
            )
            return
        label = LINKS.get(step.page, f"Open {spec.title}")
        st.page_link(page_at(step.page), label=label, icon=f":material/{spec.icon}:", query_params=_query(step))


def _query(step: Step) -> dict[str, str]:
    query = {"track": step.track, "module": step.module} if step.module else {}
    team = st.session_state.get("seen_team")
    return query | ({"team": str(team)} if team else {})


def _mark(user: Who, key: str, step_id: str) -> None:
    try:
        first_hours.mark(user, key, step_id, bool(st.session_state.get(f"first_hour_{step_id}")))
    except (Forbidden, NotFound) as error:
        st.toast(plain(error))


def way_there() -> None:
    """From the tracks."""
    label = "Your first hour, and a way up for each capability"
    st.page_link(page_at("paths"), label=label, icon=":material/alt_route:")


def invite(user: Who) -> None:
    """On Home: the way on for whoever has begun, and not ended, their first hour."""
    key = first_hours.chosen(user)
    if key is None:
        return
    found = first_hours.of(user, key)
    if found.minutes_left:
        label = f"Go on with your first hour: {found.done} of {count(len(found.steps), 'step')} done"
        st.page_link(page_at("paths"), label=label, icon=":material/alt_route:")
