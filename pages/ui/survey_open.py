"""Opening a survey: what is asked, whom, until when, and a look at the questions before."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import streamlit as st

from assessments.surveys.anonymity import K
from assessments.surveys.questionnaire import Questionnaire
from content import catalog
from data.access import Forbidden, NotFound
from data.asked import waves
from data.asked.waves import CONSENSUS, LONGEST, SURVEY, WaveView
from data.people import Who
from data.queries import TeamView
from data.teams import LONGEST_NAME
from pages.ui import survey_links, survey_preview
from pages.ui.text import count, minute, plain

HOW = {SURVEY: "Survey", CONSENSUS: "Consensus"}
ABOUT = {
    SURVEY: f"Everybody answers alone, without a name. Results from {K} answers on.",
    CONSENSUS: "The team votes in private, reveals together, talks and agrees. For two people and more.",
}


def is_open() -> bool:
    """Whether the form is what was asked for."""
    return st.query_params.get("new") == "1"


def button(found: Sequence[WaveView]) -> None:
    """The way to the form."""
    if st.button(
        "Open a survey", key="survey_new", type="primary" if not found else "secondary", icon=":material/add:"
    ):
        st.query_params["new"] = "1"
        st.rerun()


def form(user: Who, team: TeamView) -> None:
    """Everything on one page, so that it can be looked at before links exist."""
    if st.button("All surveys of the team", key="survey_back", type="tertiary", icon=":material/arrow_back:"):
        _leave()
    st.header(f"Ask {plain(team.name)}", anchor=False)
    names = _people(user, team)
    st.subheader("How", anchor=False)
    few = 0 < len(names) < K
    kind = st.radio(
        "How",
        list(HOW),
        index=1 if few else 0,
        format_func=HOW.get,
        captions=list(ABOUT.values()),
        key=f"survey_kind_{few}",
        label_visibility="collapsed",
    )
    if kind == SURVEY and few:
        st.info(f"Below {K} people answers could be told apart, so nothing could be shown: choose a consensus.")
    key, blocks, asked = _questions()
    st.subheader("Until when", anchor=False)
    days = st.number_input("Days", 1, LONGEST.days, 10, key="survey_days", width=160)
    ends = datetime.now(UTC) + timedelta(days=int(days))
    st.caption(f"Open until {minute(ends)}. It can be extended, and closed earlier.")
    title = st.text_input(
        "Title", asked.title if asked else "", key=f"survey_title_{key}", max_chars=LONGEST_NAME, width=420
    )
    if asked:
        survey_preview.questions(asked)
    told = f"Ask {count(len(names), 'person', 'people')}" if names else "Ask them"
    if st.button(told, key="survey_open_go", type="primary", icon=":material/send:"):
        _open(user, team, kind, key, blocks, title, names, ends)


def _people(user: Who, team: TeamView) -> list[str | int]:
    """Who is asked: ids of people of the team, and typed names."""
    st.subheader("Who", anchor=False)
    members = dict(waves.members(user, team.id))
    chosen = []
    if members:
        chosen = st.multiselect(
            "People of the team", list(members), list(members), format_func=members.get, key=f"survey_members_{team.id}"
        )
    typed = st.text_area(
        "Others, one name a line" if members else "One name a line",
        key=f"survey_names_{team.id}",
        help="Everybody in the team, also without an account. The name says whose link is whose; no answer has it.",
        placeholder="A developer\nA tester",
    )
    names = [*chosen, *(line for line in typed.splitlines() if line.strip())]
    st.caption(f"{count(len(names), 'person', 'people')}. Ask everybody: who is left out is not in the result.")
    return names


def _questions() -> tuple[str, tuple[str, ...] | None, Questionnaire | None]:
    """Which questionnaire, which of its blocks (None: all), and how it is then; None without a block."""
    st.subheader("What", anchor=False)
    there = catalog.surveys()
    key = st.selectbox(
        "Questionnaire",
        list(there),
        format_func=lambda each: f"{there[each]['title']} ({_minutes(there[each]['minutes'])})",
        key="survey_questionnaire",
        width=420,
    )
    plain_one = there[key]
    st.caption(plain(plain_one["purpose"]))
    if not plain_one.get("suggested"):
        return key, None, Questionnaire.of(plain_one)
    titles = {block["key"]: f"{block['title']} ({block['minutes']:.1f} min)" for block in plain_one["blocks"]}
    chosen = st.pills(
        "Areas",
        list(titles),
        selection_mode="multi",
        default=list(plain_one["suggested"]),
        format_func=titles.get,
        key=f"survey_blocks_{key}",
    )
    if not chosen:
        st.caption("Choose at least one area.")
        return key, (), None
    asked = Questionnaire.of(plain_one, chosen)
    told = (
        f"{count(len(asked.blocks), 'area')}, {count(len(list(asked.items)), 'question')}, {_minutes(asked.minutes)}."
    )
    long = " More than ten minutes: some will not come to the end." if asked.minutes > 10 else ""
    st.caption(told + long)
    return key, tuple(chosen), asked


def _minutes(minutes: float) -> str:
    return f"about {count(max(1, round(minutes)), 'minute')}"


def _open(user: Who, team: TeamView, kind: str, key: str, blocks, title: str, names: list, ends: datetime) -> None:
    try:
        opened = waves.open_wave(user, team.id, kind, key, blocks, title, names, ends)
    except (ValueError, Forbidden, NotFound) as error:
        st.error(plain(error))
        return
    survey_links.keep(waves.wave(user, opened.wave_id), opened.invitations)
    _leave()


def _leave() -> None:
    st.query_params.pop("new", None)
    st.rerun()
