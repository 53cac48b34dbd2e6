"""A report on the page: which one, what it says in short, its table, and the forms in which it can be taken along."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from assessments.reporting import Quarter
from data.people import Who
from data.reporting import document, reports, words
from data.reporting.document import Report
from data.reporting.reports import ORGANIZATION, TEAM, About, Choice
from pages.ui.pick import DEMO
from pages.ui.text import plain

_KIND = {ORGANIZATION: "Organisation", TEAM: "Team"}
_FORMS = (
    ("html", "Open the page", ":material/open_in_new:"), ("pdf", "PDF", ":material/picture_as_pdf:"),
    ("md", "Markdown", ":material/article:"), ("csv", "CSV", ":material/table:"),
)  # fmt: skip


def pick_about(choices: Sequence[Choice], place: DeltaGenerator) -> Choice:
    """What the report is of; it stands in the address as team=3 or organization=1."""
    known = {one.about: one for one in choices}
    about = _in_address(known, reports.usual(choices).about)
    st.session_state["reports_about"] = about
    names = {one.about: f"{_KIND[one.about.kind]}: {one.name}{DEMO if one.is_demo else ''}" for one in choices}
    place.selectbox("Report of", list(known), format_func=names.get, key="reports_about", on_change=_follow, width=340)
    return known[about]


def _in_address(known: dict[About, Choice], usual: About) -> About:
    asked = next(((kind, st.query_params[kind]) for kind in (TEAM, ORGANIZATION) if kind in st.query_params), None)
    found = next((about for about in known if asked == (about.kind, str(about.id))), None)
    if asked and found is None:
        st.warning(f"The {asked[0]} of this link is not here any more, or not yours to see. What follows is another.")
    seen = st.session_state.get("reports_about")
    about = found or (seen if seen in known else usual)
    _write(about)
    return about


def _follow() -> None:
    _write(st.session_state["reports_about"])


def _write(about: About) -> None:
    for kind in (TEAM, ORGANIZATION):
        if kind != about.kind:
            st.query_params.pop(kind, None)
    st.query_params[about.kind] = str(about.id)


def pick_quarter(place: DeltaGenerator) -> Quarter:
    """The quarter, in the address as quarter=2026-Q3; without one the newest that is over."""
    known = {quarter.key: quarter for quarter in reports.quarters()}
    asked = st.query_params.get("quarter", "")
    if asked and asked not in known:
        st.warning("The quarter of this link cannot be chosen any more. What follows is another.")
    key = asked if asked in known else st.session_state.get("reports_quarter")
    key = key if key in known else list(known)[1]
    st.query_params["quarter"] = key
    st.session_state["reports_quarter"] = key
    first = next(iter(known))
    place.selectbox(
        "Quarter", list(known), format_func=lambda each: known[each].name + (", so far" if each == first else ""),
        key="reports_quarter", on_change=_turn, width=170,
    )  # fmt: skip
    return known[key]


def _turn() -> None:
    st.query_params["quarter"] = st.session_state["reports_quarter"]


def shown(user: Who, choice: Choice, quarter: Quarter) -> None:
    """The report in short. What takes long is worked out when it is asked for, with progress."""
    known = reports.kept(user, choice.about, quarter)
    if known is None and choice.about.kind == ORGANIZATION:
        offer = st.empty()
        place = offer.container(border=True)
        place.text(
            "This report reads all teams, and judges whatever they did. With many teams it takes a minute when nobody "
            "has opened it since something changed."
        )
        if not place.button("Write the report", key="reports_write", type="primary", icon=":material/edit_note:"):
            return
        offer.empty()
    bar = st.empty()

    def progress(done: int, number: int, what: str) -> None:
        bar.progress(done / max(number, 1), text=plain(f"Working out {done + 1} of {number}: {what}"))

    report = reports.of(user, choice.about, quarter, progress=progress)
    bar.empty()
    st.caption(plain(words.about(report)))
    with st.container(border=True):
        st.header("In short", anchor=False)
        st.markdown("\n".join(f"- {plain(sentence)}" for sentence in report.summary))
        with st.container(horizontal=True, gap="small"):
            for form, label, icon in _FORMS:
                st.link_button(label, f"{choice.about.path}/{quarter.key}.{form}", icon=icon)
    _tables(report)


def _tables(report: Report) -> None:
    """What is in it, section by section; pictures are in the page and the PDF."""
    st.header("What is in it", anchor=False)
    for place, section in enumerate(report.sections):
        with st.expander(plain(section.title), expanded=place == 0):
            for block in section.blocks:
                _block(block)


def _block(block: document.Block) -> None:
    match block:
        case document.Text():
            (st.caption if block.quiet else st.markdown)(plain(block.text))
        case document.Points():
            st.markdown("\n".join(f"- {plain(item)}" for item in block.items))
        case document.Picture():
            st.markdown(f"**{plain(block.title)}**")
            st.caption(plain(block.alt))
        case document.Table():
            st.markdown(f"**{plain(block.title)}**")
            st.table(
                [dict(zip(block.head, map(plain, row), strict=True)) for row in block.rows], alt=plain(block.title)
            )
            if block.note:
                st.caption(plain(block.note))
