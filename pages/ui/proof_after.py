"""What comes of a proof of concept beyond the team: another team that takes it over, a badge, a line in the README."""

import json

import streamlit as st

from assessments.poc import Verdict
from data.learning import badges
from data.learning.attempts import AttemptView, Other
from data.people import Who
from pages.ui import proof_words
from pages.ui.addresses import page_at
from pages.ui.text import plain


def section(user: Who, one: AttemptView) -> None:
    """Nothing before it was accepted."""
    accepted = one.verdict in (Verdict.ACCEPTED, Verdict.VALIDATED)
    if one.derived_from is None and not one.spread and not accepted:
        return
    st.header("Spread it", anchor=False)
    if one.derived_from is not None:
        _other("Taken from", one.derived_from)
    for each in one.spread:
        _other("Taken over by", each)
    if accepted and not one.spread:
        st.text(
            "A practice spreads when a second team does the same. Show it to a team that works in a similar way, and "
            "send it this link: it begins from what you did."
        )
    if accepted:
        query = {"track": one.line.track, "poc": one.line.poc, "from": str(one.id)}
        st.page_link(
            page_at("proof"), label="Begin it for another team", icon=":material/group_add:", query_params=query
        )
        _take_with_you(user, one)


def _other(words: str, other: Other) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{words} **{plain(other.team)}** {proof_words.verdict(other.verdict)}", width="content")
        if other.id is not None:
            query = {"attempt": str(other.id)}
            st.page_link(page_at("proof"), label="Open it", icon=":material/arrow_forward:", query_params=query)


def _take_with_you(user: Who, one: AttemptView) -> None:
    """For others to see: a credential, and Markdown."""
    st.subheader("Show it", anchor=False)
    name = f"{one.line.track}-{one.line.poc}"
    here = "/".join((st.context.url or "").split("/")[:3])
    try:
        made, why_not = json.dumps(badges.credential(user, one.id, here), indent=2, ensure_ascii=False) + "\n", ""
    except ValueError as error:
        made, why_not = "", str(error)
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Download the badge", made.encode(), f"{name}.json", "application/json", key="proof_badge",
            on_click="ignore", icon=":material/verified:", disabled=bool(why_not),
            help="Open Badges 3.0, about the team, with the commit and the evidence. It is not signed.",
        )  # fmt: skip
        st.download_button(
            "Download Markdown for a README", lambda: badges.readme(user, one.id).encode(), f"{name}.md",
            "text/markdown", key="proof_readme", on_click="ignore", icon=":material/description:",
        )  # fmt: skip
    if why_not:
        st.caption(plain(why_not))
