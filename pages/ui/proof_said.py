"""What a check of a proof of concept found, in a few sentences: how much passes, what became other, what to do next."""

from collections.abc import Sequence

import streamlit as st

from assessments.poc import Check, Outcome, Severity
from assessments.poc.changes import changes
from data import store
from data.learning.runs import RunView
from pages.ui import proof_words
from pages.ui.proof_links import Address
from pages.ui.text import ago, count, link, plain, with_code

SOURCE = {"clone": "its clone", "forge": "GitHub"}
NAMED = 3  # criteria named in a line
BECAME = (
    ("better", "trending_up", "passes now", "pass now"),
    ("firmer", "trending_up", "rests on more than before", "rest on more than before"),
    ("worse", "trending_down", "does not pass any more", "do not pass any more"),
    ("weaker", "trending_down", "rests on less than before", "rest on less than before"),
    ("failing", "cancel", "fails now, and was not known", "fail now, and were not known"),
    ("open", "help", "is not known now, and failed", "are not known now, and failed"),
)


def counted(run: RunView) -> str:
    """'**3 of 4** required criteria of the tasks pass', and each gate with how it stands."""
    mine = [each for each in run.results if not each.gate and each.severity is Severity.REQUIRED]
    passed = sum(each.outcome is Outcome.PASS for each in mine)
    gates = " ".join(
        f":{proof_words.STATES[state][0]}-badge[:material/{proof_words.STATES[state][1]}: {proof_words.GATES[name][0]}]"
        for name, state in run.gates.items()
    )
    return f"**{passed} of {count(len(mine), 'criterion', 'criteria')}** of the tasks pass. Gates: {gates}"


def seen(run: RunView, address: Address) -> str:
    """'Checked 3 hours ago: branch main, commit abcdef1234, from its clone.' Markdown."""
    by = "" if run.made_by else ", by itself"
    branch = f"branch {plain(run.branch)}, " if run.branch else ""
    commit = link(run.commit[:10], address.commit(run.commit))
    return f"Checked {ago(store.from_us(run.at))}{by}: {branch}commit {commit}, from {SOURCE[run.source]}."


def became(judged: Sequence[RunView], checks: Sequence[Check]) -> None:
    """What became other since the check before, as far as that is kept."""
    if len(judged) < 2 or not judged[1].is_whole:
        return
    titles = {check.id: check.title for check in checks}
    found = changes(*({each.check_id: (each.outcome, each.level) for each in run.results} for run in judged[1::-1]))
    if not found:
        st.caption("Nothing has changed since the check before.")
        return
    lines = []
    for name, icon, one, many in BECAME:
        if ids := getattr(found, name):
            words = one if len(ids) == 1 else many
            lines.append(f":material/{icon}: {_some([titles.get(each, each) for each in ids])} {words}.")
    st.markdown("Since the check before:  \n" + "  \n".join(lines))


def _some(titles: Sequence[str]) -> str:
    named = "; ".join(f"**{with_code(each)}**" for each in titles[:NAMED])
    more = len(titles) - NAMED
    return f"{named} and {count(more, 'other')}" if more > 0 else named


def next_one(run: RunView, checks: Sequence[Check]) -> None:
    """The first thing to mend: what fails before what is not known, tasks before gates."""
    order = [Outcome.FAIL, Outcome.UNKNOWN]
    required = {check.id for check in checks if check.severity is Severity.REQUIRED}
    left = [each for each in run.results if each.check_id in required and each.outcome in order and each.todo]
    if left:
        first = min(left, key=lambda each: (bool(each.gate), order.index(each.outcome)))
        st.markdown(f":material/arrow_forward: **Next:** {with_code(first.todo)}")
