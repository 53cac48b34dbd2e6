"""All capabilities at a glance: area by area, four marks each. No mean, no total, no order but that of the areas."""

from dataclasses import dataclass

import streamlit as st

from assessments.maturity import Standing
from data.practices import laid_out, marks, model
from data.practices.standings import TeamStanding
from pages.ui import practice_head, practice_words
from pages.ui.text import count, plain

SHOW = {"all": "All", "gaps": "Only gaps", "differ": "Only where the lanes differ"}


@dataclass(frozen=True)
class Chosen:
    """What of it is shown. repository_id: only what that one shows, None for all."""

    show: str
    repository_id: int | None


ALL = Chosen("all", None)


def chosen(found: TeamStanding, whole: bool = True) -> Chosen:
    """From the address, with the widgets to change it. whole: also which capabilities, not only which repository."""
    wanted = st.query_params.get("show", "all")
    st.session_state["practices_show"] = show = wanted if wanted in SHOW else "all"
    names = {str(each.id): each.name for each in found.looked}
    asked = st.query_params.get("repository", "")
    one = asked if asked in names else ""
    if asked and not one:
        st.query_params.pop("repository", None)
        st.warning("The repository of this link is not one of those that have been looked at. What follows is of all.")
    st.session_state["practices_repository"] = one
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        if whole:
            st.segmented_control(
                "Show", list(SHOW), format_func=SHOW.get, key="practices_show", on_change=_follow,
                args=("show", "all"), required=True, width="content",
            )  # fmt: skip
        if len(names) > 1:
            st.selectbox(
                "Repository", ["", *names], format_func=lambda each: names.get(each, "All"), width=280,
                key="practices_repository", on_change=_follow, args=("repository", ""),
            )  # fmt: skip
    return Chosen(show, int(one) if one else None)


def _follow(name: str, usual: str) -> None:
    value = st.session_state[f"practices_{name}"]
    if value in (None, usual):
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value


def summary(found: TeamStanding) -> None:
    """How many have a level, and what asks for attention; no score."""
    if not found.snapshot.seen:
        st.text("Nothing is known yet of any of these capabilities: begin with one of the three ways above.")
        return
    standings = found.standings.values()
    told = sum(one.told is not None for one in standings)
    out = sum(one.applicable == 0 for one in standings)
    differ = sum(bool(one.disagreements) for one in standings)
    sentences = [practice_words.summary(len(standings), told, out)]
    if told + out < len(standings) and (first := _first(found)):
        sentences.append(first)
    if differ:
        sentences.append(f"In {differ} of them what is said and what is seen differ.")
    ended = sum(view.state == marks.ENDED for view in found.marks)
    if ended:
        sentences.append(f"{count(ended, 'exception')} {'has' if ended == 1 else 'have'} ended.")
    st.text(" ".join(sentences))


def _first(found: TeamStanding) -> str:
    """What to do so that more can be told; empty where each side has spoken and some levels are there."""
    if found.repositories and not found.looked:
        return "Look at the repositories first: that asks nobody."
    if not practice_head.asked(found):
        return "Ask the team next: most capabilities need its word too."
    if any(one.told is not None for one in found.standings.values()):
        return ""
    return "Open a capability: it says what is missing."


def areas(found: TeamStanding, shown: Chosen) -> None:
    """A card for each area that has something to show."""
    empty = True
    with st.grid("auto", min_column_width=330):
        for name, keys in model.areas().values():
            rows = [found.standings[key] for key in keys if _wanted(found, found.standings[key], shown)]
            if rows:
                empty = False
                with st.container(border=True, height="stretch", gap="xsmall"):
                    st.markdown(f"**{plain(name)}**")
                    with st.container(gap=None):
                        for one in rows:
                            _row(found, one, shown)
    if empty:
        st.text("Nothing of that kind." if shown.show != "all" else "This repository has nothing to mend.")
    st.caption(practice_words.LEGEND)


def _wanted(found: TeamStanding, one: Standing, shown: Chosen) -> bool:
    if shown.repository_id is not None and not laid_out.to_mend(found, one, shown.repository_id):
        return False
    if shown.show == "differ":
        return bool(one.disagreements)
    return shown.show == "all" or (one.next is not None and one.applicable > 0)


def _row(found: TeamStanding, one: Standing, shown: Chosen) -> None:
    signs = " :orange[:material/compare_arrows:]" if one.disagreements else ""
    if shown.repository_id is not None:
        signs += f" :gray-badge[{laid_out.to_mend(found, one, shown.repository_id)} to mend]"
    st.button(
        f"{practice_words.marks(one)} {plain(one.capability.name)}{signs}",
        key=f"practice_{one.capability.key}", type="tertiary", on_click=go_to, args=(one.capability.key,),
        help="What is said and what is seen differ" if one.disagreements else None,
    )  # fmt: skip


def go_to(key: str | None) -> None:
    """Opens a capability, or with None the overview; the address says which."""
    if key is None:
        st.query_params.pop("capability", None)
    else:
        st.query_params["capability"] = key
