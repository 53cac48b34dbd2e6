"""What other tools say, each under its name: beside our own evidence, and scoring nothing."""

import streamlit as st

from assessments.evidence import Outcome
from data import store
from data.people import Who
from data.practices.evaluations import EvaluationView
from data.practices.standings import TeamStanding
from data.queries import TeamView
from pages.ui import cached, paging, practice_words
from pages.ui.text import count, day, plain

NAMES = {
    "scorecard": "OpenSSF Scorecard", "sarif": "SARIF", "dsomm": "DSOMM", "zizmor": "zizmor", "hadolint": "hadolint",
}  # fmt: skip
PAGE = 10


def section(user: Who, team: TeamView, found: TeamStanding) -> None:
    """Nothing where no other tool said anything."""
    told = cached.other_tools(cached.version(), user, team.id)
    if not told:
        return
    names = {each.id: each.name for each in found.repositories}
    st.header("What other tools say", anchor=False)
    st.caption("Named by their source. It stands beside the levels and is in none of them.")
    for each in told:
        about = names.get(each.repository_id, "the team")
        open_ones = sum(one.outcome in (Outcome.NOT_MET, Outcome.PARTLY) for one in each.findings.values())
        label = (
            f"**{plain(_name(each))}** on {plain(about)}: {open_ones} to mend of {count(len(each.findings), 'finding')}"
        )
        body = st.expander(label, key=f"tool_{each.id}", on_change="rerun")
        if body.open:
            with body:
                _findings(each)


def _name(each: EvaluationView) -> str:
    name = NAMES.get(each.origin, each.origin)
    return name if not each.tool or each.tool.casefold().startswith(name.casefold()) else f"{name}: {each.tool}"


def _findings(each: EvaluationView) -> None:
    if each.problem:
        st.warning(plain(each.problem))
    said = [day(store.from_us(each.as_of))] if each.as_of else []
    said += [f"commit {each.commit[:10]}"] if each.commit else []
    if said:
        st.caption(plain(", ".join(said)))
    order = [Outcome.NOT_MET, Outcome.PARTLY, Outcome.UNKNOWN, Outcome.MET, Outcome.NOT_APPLICABLE]
    findings = sorted(each.findings.values(), key=lambda one: (order.index(one.outcome), one.probe))
    name, noun = f"tool_{each.id}_list", ("finding", "findings")
    for one in paging.part(findings, name, "Find a rule", noun, lambda one: f"{one.probe} {one.because}", PAGE):
        remedy = f" :material/build: {plain(one.remedy)}" if one.remedy else ""
        st.markdown(f"{practice_words.outcome(one.outcome)} **{plain(one.probe)}** {plain(one.because)}{remedy}")
