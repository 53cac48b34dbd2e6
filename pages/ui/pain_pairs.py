"""Pain points that are one: proposed or chosen by people, put together and taken apart."""

import streamlit as st

from data.asked import pains
from data.asked.pains import Listed, PainView
from data.people import Who
from pages.ui.asking import asked, dialog
from pages.ui.pain_form import NOTE
from pages.ui.text import plain

SHORT = 140  # characters of a heading


def title(view: PainView) -> str:
    """The first words of it, for plain text."""
    words = next((part.text for part in view.parts if part.text), "")
    line = " ".join(words.split())
    if not line:
        return f"{view.step_name}, without words"
    return line if len(line) <= SHORT else f"{line[: SHORT - 3].rstrip()}..."


def proposed(user: Who, found: Listed) -> None:
    """Pairs that may be one, for people to decide."""
    for first, second, reason in found.alike:
        key = f"pain_pair_{first.id}_{second.id}"
        with st.container(border=True, key=key):
            st.markdown("**These two may be one**")
            st.markdown(f"- {plain(title(first))}\n- {plain(title(second))}")
            st.caption(f"They name {plain(reason)}.")
            with st.container(horizontal=True):
                if st.button("Put together", key=f"{key}_merge", icon=":material/merge:"):
                    asked(lambda a=first, b=second: pains.merge(user, [a.id, b.id]), "They are one now.", NOTE)
                if st.button("Keep apart", key=f"{key}_apart", type="tertiary"):
                    asked(
                        lambda a=first, b=second: pains.keep_apart(user, a.id, b.id),
                        "They stay two and are not proposed again.",
                        NOTE,
                    )


@dialog("Put together")
def merge(user: Who, view: PainView, others: list[PainView]) -> None:
    """With one or several others, into this one, which keeps its words, step and capability."""
    st.text(f"What is chosen becomes a part of: {title(view)}")
    names = {other.id: title(other) for other in others}
    chosen = st.multiselect(
        "Is the same as", list(names), format_func=lambda each: names[each], key=f"pain_merge_{view.id}"
    )
    st.caption("Hours, people and votes are counted together. It can be taken apart again.")
    if st.button("Put together", key=f"pain_merge_{view.id}_go", type="primary", disabled=not chosen):
        asked(lambda: pains.merge(user, [view.id, *chosen]), "They are one now.", NOTE)


def parts(user: Who, view: PainView, says: bool) -> None:
    """Everything that was said of it, and the way to take a part out."""
    for part in view.parts:
        with st.container(border=True, gap="xsmall"):
            st.text(part.text or "Without words")
            hours = "hours not said" if part.said.hours is None else f"{part.said.hours:g} h last week"
            people = "" if part.said.people == 1 else f", {part.said.people} people"
            came = f"from the survey {part.wave}" if part.wave else "by hand"
            st.caption(f"{plain(part.step_name)}; {hours}{people}; {plain(came)}")
            if (
                says
                and part is not view.parts[0]
                and st.button("Take out", key=f"pain_part_{part.id}", icon=":material/call_split:", type="tertiary")
            ):
                asked(lambda one=part: pains.part(user, one.id), "It stands alone again.", NOTE)
