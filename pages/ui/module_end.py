"""The end of a module: its questions, what others have written, and that it is done."""

from datetime import UTC, date, datetime

import streamlit as st

from content import catalog, resource_rules
from data.learning import progress
from data.learning.progress import Progress
from data.people import Who
from pages.ui import module_quiz
from pages.ui.learn_words import KINDS, minutes
from pages.ui.module_place import Here
from pages.ui.module_words import NOTE
from pages.ui.text import count, link, plain


def show(user: Who, here: Here, mine: Progress) -> None:
    """Questions, resources, done."""
    module_quiz.section(user, here)
    _resources(here)
    _done(user, here, mine)


def _resources(here: Here) -> None:
    names = here.module.head["resources"]
    if not names:
        return
    st.header("To read on", anchor=False)
    today = datetime.now(UTC).date()
    for name in names:
        resource(catalog.resources()[name], today)


def resource(each: dict, today: date) -> None:
    """One line: where it leads, what it is, and when somebody last saw it there."""
    with st.container(gap=None):
        st.markdown(link(each["title"], each["url"]))
        facts = [KINDS[each["type"]], minutes(each["minutes"]), "free" if each["free"] else "not free"]
        licence = each["license"]
        facts += [f"licence {licence}" if licence != "not stated" else "licence not stated", seen(each, today)]
        st.caption(plain(" · ".join(facts)))
        if newer := each.get("replaced_by"):
            better = catalog.resources()[newer]
            st.caption(f"There is a better one: {link(better['title'], better['url'])}")


def seen(each: dict, today: date) -> str:
    """When somebody last saw it there."""
    days = resource_rules.age(each, today)
    if days is None:
        return "never verified"
    told = f"seen {count(days, 'day')} ago" if days else "seen today"
    return f"{told}, which is long" if days > resource_rules.OLD else told


def _done(user: Who, here: Here, mine: Progress) -> None:
    if mine.is_over:
        st.button(
            "Open it again", key="module_again", type="tertiary", icon=":material/replay:", on_click=_again,
            args=(user, here),
        )  # fmt: skip
        return
    st.button(
        "I have worked through it", key="module_done", type="primary", icon=":material/check:", on_click=_finish,
        args=(user, here),
    )  # fmt: skip
    st.caption("Only you see how far you are. What the team can do is shown by its proofs of concept.")


def _finish(user: Who, here: Here) -> None:
    progress.finish(user, here.track, here.slug)
    following = here.beside(1)
    title = here.modules[following].head["title"] if following else ""
    st.session_state[NOTE] = f"Done. Next: {title}." if title else "Done. That was the last module of the track."


def _again(user: Who, here: Here) -> None:
    progress.again(user, here.track, here.slug)
    st.query_params["step"] = str(here.module.steps[0].number)
