"""One capability: its level with the statement for it, what keeps the next one, where the lanes differ, and all three
lanes with their evidence."""

import streamlit as st

from assessments.maturity import MAP, REPOSITORY, SURVEY, Standing
from content import catalog
from data.people import Who
from data.practices import laid_out, model
from data.practices.standings import TeamStanding
from data.queries import TeamView
from pages.ui import practice_marks, practice_overview, practice_says, practice_shows, practice_words
from pages.ui.text import link, plain

LEAST = "None of the four statements holds yet."


def show(user: Who, team: TeamView, found: TeamStanding, one: Standing, plans: bool) -> None:
    """The whole page of it."""
    _top(one)
    _level(one)
    for sentence in one.disagreements:
        st.warning(plain(sentence), icon=":material/compare_arrows:")
    _ladder(one)
    practice_marks.of_capability(user, team, found, one, plans)
    st.header("What the team says", anchor=False)
    says = st.container()
    st.header("What the repositories show", anchor=False)
    pieces = laid_out.pieces(found, one, practice_overview.chosen(found, whole=False).repository_id)
    with says:
        practice_says.lane(team, one, pieces[SURVEY])
    practice_shows.lane(user, found, one, pieces[REPOSITORY])
    st.header("What the workflow map shows", anchor=False)
    practice_says.mapped(team, found, pieces[MAP])


def _top(one: Standing) -> None:
    """The way back, and the way to the neighbours."""
    names, keys = {}, list(model.capabilities())
    for area, own in model.areas().values():
        names |= {key: f"{area}: {model.capabilities()[key].name}" for key in own}
    st.session_state["practice_which"] = one.capability.key
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.button(
            "All practices", key="practice_back", icon=":material/arrow_back:", on_click=practice_overview.go_to,
            args=(None,),
        )  # fmt: skip
        st.selectbox(
            "Capability", keys, format_func=names.get, key="practice_which", on_change=_other, width=430,
            label_visibility="collapsed",
        )  # fmt: skip


def _other() -> None:
    practice_overview.go_to(st.session_state["practice_which"])


def _level(one: Standing) -> None:
    about = _about(one.capability.key)
    st.header(plain(one.capability.name), anchor=False)
    st.markdown(plain(about.get("meaning", "")) + (f" {link('DORA', about['dora'])}" if about.get("dora") else ""))
    with st.container(border=True, gap="xsmall"):
        says = (
            f" :blue-badge[:material/record_voice_over: the team says {one.outline}]" if one.outline is not None else ""
        )
        st.markdown(f"{practice_words.marks(one)} **{plain(practice_words.level(one))}**{says}")
        st.markdown(_now(one))
        if one.applicable:
            st.caption(f"{practice_words.coverage(one)[:1].upper()}{practice_words.coverage(one)[1:]}{_floor(one)}.")
    _next(one)


def _now(one: Standing) -> str:
    if one.applicable == 0:
        return "Nothing of this capability applies to the team."
    if one.told is None:
        return "Nothing shows the first level, and nothing refuses it." if one.covered else "Too little is known."
    holding = [judged.statement for judged in one.statements if judged.statement.level == one.told]
    return plain(holding[0].text) if holding else LEAST


def _floor(one: Standing) -> str:
    if one.applicable == 0 or one.covered:
        return ""
    return "; below 60 % no level is told"


def _next(one: Standing) -> None:
    """The next statement, and what keeps it."""
    if one.next is None:
        return
    with st.container(border=True, gap="xsmall"):
        statement = one.next.statement
        st.markdown(f"**What keeps it from level {statement.level}:** {plain(statement.text)}")
        for item, seen in laid_out.keeping(one):
            because = plain(seen.because) if seen else practice_words.nobody(item)
            title = plain(laid_out.title(item))
            st.markdown(f"{practice_words.state(seen and seen.state, item.lane)} **{title}** {because}")
        if lacks := laid_out.needed(one):
            st.text(lacks)


def _ladder(one: Standing) -> None:
    with st.expander("All four statements"):
        for judged in one.statements[::-1]:
            badge = practice_words.verdict(judged.verdict)
            st.markdown(f"**{judged.statement.level}** {badge} {plain(judged.statement.text)}")
        st.caption(plain(f"0: {_about(one.capability.key)['levels'][0]}"))


def _about(key: str) -> dict:
    return next(each for area in catalog.practices()["areas"] for each in area["capabilities"] if each["key"] == key)
