"""The lane of the repositories: a line for each probe; its findings, and their places, when somebody opens them."""

from collections.abc import Sequence

import streamlit as st

from assessments.evidence import Evidence, Outcome
from assessments.maturity import Standing
from data import store
from data.access import Forbidden, NotFound
from data.people import Who
from data.practices import evaluations, laid_out
from data.practices.evaluations import FindingView
from data.practices.laid_out import Piece
from data.practices.standings import RepositorySeen, TeamStanding
from pages.ui import paging, practice_words
from pages.ui.text import count, day, link, plain, with_code

PAGE = 10
FEW = 5  # places of a finding shown at once


def lane(user: Who, found: TeamStanding, one: Standing, pieces: Sequence[Piece]) -> None:
    """Every probe that speaks of the capability."""
    if not pieces:
        st.text("Nothing of this capability can be seen in a repository.")
        return
    if not found.looked:
        st.text("No repository has been looked at.")
    for piece in pieces:
        _probe(user, one, piece)


def _probe(user: Who, one: Standing, piece: Piece) -> None:
    seen = piece.seen
    levels = ", ".join(str(level) for level, _, _ in piece.levels)
    badge = practice_words.state(seen.state if seen else None)
    name = f"probe_{one.capability.key}_{piece.key}"
    body = st.expander(f"{badge} **{plain(piece.title)}** :gray[level {levels}]", key=name, on_change="rerun")
    if not body.open:
        return
    with body:
        st.markdown(plain(seen.because if seen else "Nobody has looked."))
        if piece.hint:
            st.caption("A hint: finding it shows something; it may well be elsewhere, so not finding it says nothing.")
        if piece.why:
            st.caption(f"{plain(piece.why)} **Looked at:** {with_code(piece.how)}")
        name = f"finding_{one.capability.key}_{piece.key}"
        some = paging.part(
            piece.findings, name, "Find a repository", ("repository", "repositories"), lambda pair: pair[0].name, PAGE
        )
        for repository, finding in some:
            _finding(user, repository, finding, len(piece.findings))


def _finding(user: Who, repository: RepositorySeen, finding: FindingView, many: int) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"{practice_words.outcome(finding.outcome)} **{plain(repository.name)}** {plain(finding.because)}")
        if said := _since(finding):
            st.caption(said)
        if finding.remedy:
            effort = f" :gray-badge[:material/schedule: {finding.effort}]" if finding.effort else ""
            st.markdown(f":material/build: {with_code(finding.remedy)}{effort}")
        name = f"places_{repository.id}_{finding.probe}"
        if finding.outcome is Outcome.NOT_APPLICABLE:
            return
        if many == 1 or st.toggle("Where", key=name):
            places(user, repository, finding.probe)


def _since(finding: FindingView) -> str:
    if finding.since is None or finding.outcome not in (Outcome.MET, Outcome.PARTLY):
        return ""
    return f"{'At least since' if finding.since_open else 'Since'} {day(store.from_us(finding.since))}"


def places(user: Who, repository: RepositorySeen, probe: str) -> None:
    """Where it can be seen, with links at the commit that was looked at."""
    try:
        found = evaluations.evidence_of(user, repository.evaluation.id, probe)
    except (NotFound, Forbidden) as error:
        st.caption(plain(error))
        return
    lines = [_place(repository, each) for each in found.evidence]
    if lines:
        more = (
            f"- and {count(found.all - len(found.evidence), 'more place')}" if found.all > len(found.evidence) else ""
        )
        if len(lines) > FEW:
            st.markdown("\n".join(lines[:FEW]))
            with st.expander(f"All {count(found.all, 'place')}"):
                st.markdown("\n".join([*lines[FEW:], *([more] if more else [])]))
        else:
            st.markdown("\n".join([*lines, *([more] if more else [])]))
    if found.good:
        with st.expander(f"As it should be ({len(found.good)})"):
            st.markdown("\n".join(_place(repository, each) for each in found.good))
    for path, why in found.unread:
        st.caption(f"Could not be read: {plain(path)}: {plain(why)}")
    if not lines and not found.unread and not found.good:
        st.caption("There is no single place to show.")


def _place(repository: RepositorySeen, each: Evidence) -> str:
    if each.path is None:
        return f"- {plain(each.what)}"
    name = each.path + (f":{each.line}" if each.line else "")
    return f"- {link(name, laid_out.place_url(repository, each.path, each.line))} {plain(each.what)}".rstrip()
