"""How far teams come, from a track that their levels call for to a metric that moved. Counts of teams: no person, no
name, no share of a whole."""

import polars as pl
import streamlit as st

from data.leading.learning import Way
from data.leading.organizations import Led
from data.learning import funnel
from data.people import Who
from pages.ui import cached_leading, lead_style, tables
from pages.ui.addresses import page_at
from pages.ui.text import count

HOW = (
    "Each bar counts teams that have come at least so far with any track; a team counts once. Called for: the "
    "levels that those who lead may see call for a track, or the team has chosen one. Moved: the metric of "
    "something validated got better by more than chance. What a person reads or answers is that person's own and "
    "stands nowhere here."
)


def section(user: Who, one: Led) -> None:
    found = cached_leading.way(user, one.id)
    st.header("How far teams come with what they learn", anchor=False)
    st.text(_told(found))
    most = max([number for _, number in found.counts], default=0) or 1
    rows = "".join(
        f'<span>{title}</span><div class="mp-bar" role="img" aria-label="{count(number, "team")}">'
        f"{_bar(number, most)}</div>"
        for title, number in found.counts
    )
    lead_style.show(f'<div class="mp-bars mp-wide">{rows}</div>')
    st.caption(HOW)
    if found.funnel.tracks:
        st.header("By track", anchor=False)
        st.text("Teams that have chosen each track, and those in which one of its proofs of concept is where.")
        names = {
            "Track": "title", "Teams": "enrolled", "Under way": "under_way", "Standing still": "stalled",
            "Adopted": "adopted", "Adapted": "adapted", "Stopped": "stopped",
        }  # fmt: skip
        frame = pl.DataFrame({name: [getattr(each, at) for each in found.funnel.tracks] for name, at in names.items()})
        tables.show(
            frame, "progress_tracks", ("track", "tracks"), "Teams by track and by what became of what they tried."
        )
    st.page_link(page_at("learning"), label="What a team learns, on its page Learning", icon=":material/arrow_forward:")
    _work_out(user, one, found)


def _told(found: Way) -> str:
    stages = dict(found.counts)
    chosen, moved = list(stages.values())[1], list(stages.values())[-1]
    if not chosen:
        said = f"None of the {count(found.funnel.teams, 'team')} has chosen a track yet."
    else:
        said = f"{chosen} of {count(found.funnel.teams, 'team')} {'has' if chosen == 1 else 'have'} chosen a track; "
        said += (
            f"{moved} {'has' if moved == 1 else 'have'} moved a metric with one."
            if moved
            else "no metric has moved yet."
        )
    if found.funnel.stalled:
        said += f" In {count(found.funnel.stalled, 'team')} a proof of concept stands still."
    if found.unknown:
        said += f" Of {count(found.unknown, 'team')} no level is known, so nothing can be called for."
    return said


def _bar(number: int, most: int) -> str:
    if not number:
        return "<span>0</span>"
    return f'<span class="mp-is-better" style="width:{number / most * 100:.0f}%">{number}</span>'


def _work_out(user: Who, one: Led, found: Way) -> None:
    """Metrics that were not judged yet are judged at the end, as that takes up to seconds each."""
    if not found.funnel.waiting:
        return
    bar = st.progress(0.0, text="Working out whether metrics have moved")

    def told(done: int, total: int) -> None:
        bar.progress(done / total if total else 1.0, text=f"Working out metric {min(done + 1, total)} of {total}")

    funnel.work_out(user, one.id, told)
    bar.empty()
    cached_leading.worked_out()
    if cached_leading.way(user, one.id).funnel.waiting < found.funnel.waiting:
        st.rerun()
