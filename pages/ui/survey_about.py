"""Around a result: who answered, what may be shown and why not more, who sees it when, how it was worked out."""

from collections import Counter

import streamlit as st

from assessments.surveys.scoring import DOWN, UP
from data.access import Forbidden, NotFound
from data.asked import results
from data.people import Who
from pages.ui.survey_head import Shown
from pages.ui.text import day, plain


def cards(shown: Shown) -> None:
    """Who answered, where the team agrees, and what has changed."""
    view = shown.view
    if view.visibility == "agreed":
        return
    told = Counter(_told(kept) for kept in view.items.values())
    with st.grid(4, min_column_width=150):
        asked, answered = view.answers["asked"], view.answers["answered"]
        _card("Answered", f"{answered} of {asked}", _response(view.visibility, answered, asked))
        _card("Agreed", str(told["agreed"]), "questions where people see the same")
        _card("To discuss", str(told["discuss"]), "questions where they do not: the most worth your time")
        if shown.before is None:
            _card("Change", "First time", "asked in these words: the next survey shows what has changed")
        elif not shown.changes:
            _card("Change", "Not shown", "counts would be about single people")
        else:
            kinds = Counter(change.kind for change in shown.changes.values())
            moved = f"{kinds[UP]} up, {kinds[DOWN]} down"
            _card("Change", moved, f"since {day(shown.before.wave.closed_at)}; elsewhere no clear change")


def _told(kept: dict) -> str:
    if kept["told"] == "middle":
        return "discuss" if kept["discuss"] else "agreed"
    return {"mean": "agreed"}.get(kept["told"], kept["told"])


def _response(visibility: str, answered: int, asked: int) -> str:
    if answered == asked:
        return "everyone, so nothing is guessed"
    if visibility == "coarse":
        return "the others may see it another way"
    return "the others may see it another way; each interval says how much that matters"


def _card(title: str, value: str, small: str) -> None:
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f"**{title}**")
        st.header(value, anchor=False)
        st.caption(small)


def notes(user: Who, shown: Shown) -> None:
    """Why not everything is shown; when leaders see it."""
    view = shown.view
    if view.visibility == "coarse":
        st.info(
            f"Shown coarsely: {view.answers['reason']}. So there are middle answers here, and no counts or means.",
            icon=":material/shield_person:",
        )
    if view.wave.is_demo or view.leaders_from is None:
        return
    if view.wave.released_at is not None:
        st.caption(f"Released to leaders on {day(view.wave.released_at)}.")
    elif view.may_ask:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button("Release to leaders", key="survey_release", on_click=_release, args=(user, view.wave.id))
            st.caption(f"Until then only the team sees this; by itself it is released on {day(view.leaders_from)}.")


def _release(user: Who, wave_id: int) -> None:
    try:
        results.release(user, wave_id)
        st.toast("Leaders can see this result now.")
    except (Forbidden, NotFound, ValueError) as error:
        st.toast(plain(error), icon=":material/error:")


def method(shown: Shown) -> None:
    """How it was worked out, with the versions; sheets that look as if nobody read; reliability."""
    answers, versions = shown.view.answers, shown.view.versions
    with st.expander("How this is worked out", icon=":material/function:"):
        for line in _method(answers):
            st.markdown(f"- {plain(line)}")
        asked = versions["questionnaire"]
        st.caption(
            f"Questionnaire {plain(asked['key'])} {asked['version']} ({asked['digest'][:10]}), model "
            f"{versions['model']}, practices {versions['practices']}, rules {versions['rules']}, benchmarks "
            f"{versions['benchmarks']}."
        )


def _method(answers: dict) -> list[str]:
    if "agreed" in answers:
        return [
            "Each question was voted on in private and revealed to all at once; the team then agreed on a value. What"
            " was agreed is kept, the votes are deleted.",
            "With so few people a mean would say who voted what, and no interval would hold: so there is neither.",
        ]
    lines = [
        "A mean is of those who gave a value; who does not know is counted beside it. It is shown where the team agrees"
        " more than people who answer at random would.",
        "The interval says where the mean of the whole team lies, given who did not answer.",
    ]
    if found := answers.get("flags"):
        lines.append(_flags(found))
    for key, one in answers.get("reliability", {}).items():
        name = key.replace("-", " ")
        if one["value"] is None:
            lines.append(f"Reliability of {name}, over the organisation: {one['reason']}.")
        else:
            lines.append(f"Reliability of {name}, over {one['n']} people of the organisation: {one['value']:.2f}"
                         f" ({one['kind']}).")  # fmt: skip
    return lines


def _flags(found: dict) -> str:
    def said(number: int | None) -> str:
        return "fewer than five or nearly all (not told)" if number is None else str(number)

    return (
        f"Of {found['sheets']} answer sheets, with the same option throughout: {said(found['straight'])}; filled in too"
        f" fast to be read: {said(found['fast'])}. None was left out."
    )
