"""Criteria of a proof of concept, each with its outcome, what it rests on, where, and what is to be done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from assessments.evidence import Evidence
from assessments.poc import Check, Outcome
from data.learning.attempts import Skipped
from data.learning.runs import ResultView
from pages.ui import proof_words
from pages.ui.proof_links import Address
from pages.ui.text import count, link, plain, with_code

FEW = 5  # places shown at once


@dataclass(frozen=True)
class Found:
    """What was found the last time, by id of a check, and what the team leaves out. key: for what a reader opens.
    calls: by id of a check, the organization's workflows that it may go through. leaves_out: draws the way to leave a
    check out; None where this reader may not."""

    key: str
    results: Mapping[str, ResultView]
    address: Address
    skipped: Mapping[str, Skipped]
    calls: Mapping[str, Sequence[str]]
    leaves_out: Callable[[Check], None] | None = None

    @property
    def outcomes(self) -> dict[str, Outcome]:
        said = {name: each.outcome for name, each in self.results.items()}
        return said | dict.fromkeys(self.skipped, Outcome.SKIPPED)


def several(checks: Sequence[Check], found: Found) -> None:
    """The criteria of a task or of a gate, in their order."""
    for check in checks:
        with st.container(gap="xsmall", key=f"criterion_{check.id}"):
            _one(check, found)


def _one(check: Check, found: Found) -> None:
    """A line when it passes or was not checked; with everything that helps when it does not."""
    outcome, said = found.outcomes.get(check.id), found.results.get(check.id)
    extra = proof_words.SEVERITIES[check.severity]
    st.markdown(f"{proof_words.outcome(outcome)} **{with_code(check.title)}** {extra}".rstrip())
    if outcome is Outcome.SKIPPED:
        skipped = found.skipped.get(check.id)
        st.markdown(f"Left out: {plain(skipped.reason if skipped else said.because)}")
    elif said is None:
        st.caption(f"{with_code(check.why)} {_asks(check)}")
    elif outcome is Outcome.PASS:
        st.markdown(f"{with_code(said.because)}{_rests(said)}")
        _places(said, found.address)
    else:
        st.markdown(with_code(said.because))
        _mend(said)
        _places(said, found.address)
        st.caption(f"Why: {with_code(check.why)} {_asks(check)}")
    if outcome not in (Outcome.PASS, Outcome.SKIPPED) and check.id in found.calls:
        _calls(found.calls[check.id])
    if found.leaves_out:
        found.leaves_out(check)


def _calls(some: Sequence[str]) -> None:
    """What to write in a workflow, so that its run counts."""
    if some:
        st.caption("What a job calls, at the commit that your organisation trusts:")
        st.code(f"uses: {some[0]}", language="yaml")
    else:
        st.caption("Your organisation trusts no such workflow yet. Ask whoever administers Milepost to add it.")


def _asks(check: Check) -> str:
    return f"It {proof_words.asked(check.level)}."


def _rests(said: ResultView) -> str:
    return "" if said.level is None else f" :gray-badge[{proof_words.shown(said.level)}]"


def _mend(said: ResultView) -> None:
    """What to do; and what the token lacks, which is nobody's fault in the team."""
    if said.permission:
        st.markdown(
            f":material/key: The token of GitHub lacks **{plain(said.permission)}**. Whoever administers the "
            "connection can give it. Until then this is unknown, which is no bad result."
        )
    elif said.outcome is Outcome.ERROR:
        st.markdown(":material/build: The check itself is broken: tell whoever keeps the track.")
    elif said.todo:
        st.markdown(f":material/build: {with_code(said.todo)}")


def _places(said: ResultView, address: Address) -> None:
    """File and line, linked at the commit; a long list is folded away."""
    passes = said.outcome is Outcome.PASS
    lines = [_place(each, address, said.because) for each in said.places if each.path or not passes]
    lines += [f"- Could not be read: {plain(path)}: {plain(why)}" for path, why in said.unread]
    if len(lines) > (1 if passes else FEW):
        with st.expander(count(len(lines), "place"), type="compact"):
            st.markdown("\n".join(lines))
    elif lines:
        st.markdown("\n".join(lines))


def _place(each: Evidence, address: Address, said: str) -> str:
    """What stands there, where the sentence before does not say it already."""
    what = "" if each.what.removeprefix("it ") in said else plain(each.what)
    if each.path is None:
        return f"- {plain(each.what)}"
    name = each.path + (f":{each.line}" if each.line else "")
    return f"- {link(name, address.place(each.path, each.line))}" + (f": {what}" if what else "")
