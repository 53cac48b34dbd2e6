"""The questions of a module: answered one by one, told at once with the reason. The right answer is not on the page
before that."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from content import reading
from data import store
from data.access import NotFound
from data.learning import quizzes
from data.learning.quizzes import Answered, Standing
from data.people import Who
from pages.ui import prose
from pages.ui.module_place import Here
from pages.ui.text import count, day, plain

RULE = "A question is known after three right answers in a row, given in more than one sitting."


def section(user: Who, here: Here) -> None:
    """All questions, then what was answered before."""
    items = here.module.head["quiz"]
    if not items:
        return
    st.header("Questions", anchor=False)
    st.caption(f"{RULE} Your answers are yours: nobody else sees them.")
    standing = quizzes.standing(user, here.track, here.slug)
    for number, item in enumerate(items, 1):
        with st.container(border=True, gap="small", key=_key(here, item)):
            _item(user, here, number, item, standing[item["id"]])
    _history(user, here)


def _key(here: Here, item: Mapping[str, Any]) -> str:
    return f"quiz_{here.track}_{here.slug}_{item['id']}"


def _item(user: Who, here: Here, number: int, item: Mapping[str, Any], mine: Standing) -> None:
    badge = " :green-badge[:material/verified: Known]" if mine.known else ""
    st.markdown(f"**Question {number}**{badge}")
    prose.show(item["q"])
    key = _key(here, item)
    given: tuple[Answered, tuple[int, ...]] | None = st.session_state.get(f"{key}_given")
    if given is None:
        _ask(user, here, item, mine, key)
    else:
        _told(item, mine, key, *given)


def _ask(user: Who, here: Here, item: Mapping[str, Any], mine: Standing, key: str) -> None:
    places = reading.order(item["id"], mine.answered, len(item["choices"]))
    many = len(item["answer"]) > 1
    with st.form(f"{key}_form_{mine.answered}", border=False):
        if many:
            st.caption("More than one is right.")
            for place in places:
                st.checkbox(prose.line(item["choices"][place]), key=f"{key}_{place}_{mine.answered}")
        else:
            st.radio(
                "Your answer", places, index=None, key=f"{key}_one_{mine.answered}", label_visibility="collapsed",
                format_func=lambda place: prose.line(item["choices"][place]),
            )  # fmt: skip
        st.form_submit_button("Answer", on_click=_answer, args=(user, here, item, mine.answered, key))
    if wrong := st.session_state.pop(f"{key}_wrong", None):
        st.error(plain(wrong))


def _answer(user: Who, here: Here, item: Mapping[str, Any], round_: int, key: str) -> None:
    state = st.session_state
    if len(item["answer"]) > 1:
        chosen = tuple(place for place in range(len(item["choices"])) if state.get(f"{key}_{place}_{round_}"))
    else:
        one = state.get(f"{key}_one_{round_}")
        chosen = () if one is None else (one,)
    try:
        state[f"{key}_given"] = quizzes.answer(user, here.track, here.slug, item["id"], chosen), chosen
    except (ValueError, NotFound) as error:
        state[f"{key}_wrong"] = str(error)


def _told(item: Mapping[str, Any], mine: Standing, key: str, answered: Answered, chosen: tuple[int, ...]) -> None:
    """Right or wrong in words, what would have been right, and why."""
    if answered.right:
        st.markdown(":green-badge[:material/check: Right]")
    else:
        st.markdown(":red-badge[:material/close: Not right]")
        _list("You chose", item, chosen)
    _list("Right is", item, answered.answer)
    prose.show(answered.because)
    if mine.needs:
        st.caption(plain(mine.needs))
    st.button("Ask me again", key=f"{key}_again", type="tertiary", on_click=_again, args=(key,))


def _list(label: str, item: Mapping[str, Any], places: tuple[int, ...]) -> None:
    lines = "\n".join(f"- {prose.line(item['choices'][place])}" for place in places)
    st.markdown(f"{label}:\n\n{lines}")


def _again(key: str) -> None:
    st.session_state.pop(f"{key}_given", None)


def _history(user: Who, here: Here) -> None:
    some = quizzes.history(user, here.track, here.slug)
    if not some:
        return
    questions = {item["id"]: item["q"] for item in here.module.head["quiz"]}
    with st.expander(f"Your answers ({count(len(some), 'answer')})", icon=":material/history:", key="quiz_history"):
        for each in some[:40]:
            mark = ":green-badge[Right]" if each.right else ":red-badge[Not right]"
            asked = questions.get(each.item, "A question that is not asked any more")
            st.markdown(f"{mark} {day(store.from_us(each.at))}: {prose.line(asked)}")
        if len(some) > 40:
            st.caption(f"And {len(some) - 40} before these.")
