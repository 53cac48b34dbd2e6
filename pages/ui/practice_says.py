"""The lane of what the team says, question by question, and that of the map, figure by figure."""

from collections.abc import Sequence

import streamlit as st

from assessments.maturity import OWN, Standing
from data.practices.laid_out import Piece
from data.practices.said import AGREED, COARSE, FULL, Answer
from data.practices.standings import TeamStanding
from data.queries import TeamView
from pages.ui import charts, practice_words, survey_charts, survey_words
from pages.ui.addresses import page_at
from pages.ui.survey_charts import Row
from pages.ui.text import count, day, plain


def lane(team: TeamView, one: Standing, pieces: Sequence[Piece]) -> None:
    """Every question that speaks of the capability, the one about itself first."""
    asked = [piece for piece in pieces if piece.answer is not None]
    for piece in asked:
        _question(one, piece)
    left = [piece for piece in pieces if piece.answer is None]
    if not asked:
        st.text("The team has not been asked about this.")
    elif left:
        st.caption("Not asked yet: " + " ".join(f"“{plain(piece.title)}”" for piece in left))
    if left:
        st.page_link(
            page_at("surveys"), label="Ask the team", icon=":material/ballot:", query_params={"team": str(team.id)}
        )


def _question(one: Standing, piece: Piece) -> None:
    answer, own = piece.answer, piece.key == f"{OWN}/{one.capability.key}"
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{plain(piece.title)}** {_badge(answer, own)}")
        if answer.wave.shows not in (FULL, COARSE, AGREED):
            st.text(piece.seen.because if piece.seen else "")
            return
        left, right = st.columns([5, 6], gap="medium") if _has_figure(answer) else (None, st.container())
        if left is not None:
            key = (answer.wave.id, piece.key, answer.wave.closed_at)
            with left:
                name = f"says_{one.capability.key}_{piece.key.replace('/', '_')}"
                charts.render(_figure(key, answer, own), _alt(piece), name)
        with right:
            st.markdown(_levels(piece, own))
            st.caption(plain("; ".join(_said(answer))))
            st.caption(f"{plain(answer.wave.title)}, closed {day(answer.wave.closed_at)}")
            st.page_link(page_at("survey"), label="The result", icon=":material/arrow_forward:",
                         query_params={"wave": str(answer.wave.id)})  # fmt: skip


def _levels(piece: Piece, own: bool) -> str:
    """What the answer says of each statement; once, where it says nothing of any."""
    states = [(level, item, seen) for level, item, seen in piece.levels if seen is not None]
    if len({seen.because for _, _, seen in states if seen.state == "unknown"}) == 1:
        return plain(states[0][2].because)
    return "  \n".join(
        f"{practice_words.state(seen.state)} level {level}{'' if own else f': {_wanted(item.limit)}'}"
        for level, item, seen in states
    )


def _wanted(limit: str) -> str:
    sign, number = limit.split(" ")
    return f"wants option {number} or {'more' if sign == '>=' else 'less'}"


def _badge(answer: Answer, own: bool) -> str:
    kept = answer.kept
    if kept.get("told") == "mean":
        return f":blue-badge[{survey_words.mean(kept)} on 0 to {kept['top']}]"
    if kept.get("told") == "discuss" or kept.get("discuss"):
        return survey_words.DISCUSS
    value = kept.get("answer", {}).get("value")
    if value is not None:
        return f":blue-badge[agreed on {'level' if own else 'option'} {value}]"
    return ":orange-badge[no agreement yet]" if kept.get("parted") else ""


def _said(answer: Answer) -> list[str]:
    """Interval, answers and agreement; of a coarse result its middle half."""
    kept = answer.kept
    if kept.get("told") == "middle":
        low, _, high = kept["quartiles"]
        return [
            f"the middle half chose {low:g} to {high:g}" if low != high else f"most chose {low:g}",
            "shown coarsely",
        ]
    if "n" in kept:
        parts = [survey_words.around(kept)] if kept["told"] == "mean" else []
        return [each for each in (*parts, survey_words.answered(kept), survey_words.agreement(kept)) if each]
    if answer.wave.shows == AGREED:
        return [f"{count(kept['voted'], 'person', 'people')} voted", *([kept["note"]] if kept["note"] else [])]
    return ["too few gave a value"]


def _has_figure(answer: Answer) -> bool:
    return bool(answer.kept.get("counts")) or answer.kept.get("told") == "middle"


def _alt(piece: Piece) -> str:
    kept = piece.answer.kept
    if kept["told"] == "middle":
        return f"{piece.title}: middle answer {kept['quartiles'][1]:g}."
    chosen = ", ".join(f"option {place} by {number}" for place, number in enumerate(kept["counts"]) if number)
    return f"{piece.title}: {chosen}."


@st.cache_resource(max_entries=256, show_spinner=False)
def _figure(key: tuple, _answer: Answer, _own: bool):
    """Built once for everybody: a result never changes."""
    kept = _answer.kept
    if kept["told"] == "middle":
        row = Row("", quartiles=tuple(kept["quartiles"]), split=kept["discuss"])
    elif kept["told"] == "mean":
        row = Row("", tuple(kept["counts"]), None, kept["mean"], kept["interval"]["low"], kept["interval"]["high"])
    else:
        row = Row("", tuple(kept["counts"]), split=True)
    return survey_charts.levels([row], kept["top"], "Level" if _own else "Option, low to high")


def mapped(team: TeamView, found: TeamStanding, pieces: Sequence[Piece]) -> None:
    """What the map tells of the capability."""
    if not pieces:
        st.text("A workflow map tells nothing of this capability.")
        return
    for piece in pieces:
        for level, _, seen in piece.levels:
            because = plain(seen.because) if seen else "There is no workflow map."
            badge = practice_words.state(seen.state if seen else None)
            st.markdown(f"{badge} **{plain(piece.title)}**, level {level}: {because}")
    query = {"team": str(team.id)} | ({"map": str(found.map.id)} if found.map else {})
    label = f"{found.map.title}, version {found.map.version}" if found.map else "Draw the workflow"
    st.page_link(page_at("map"), label=plain(label), icon=":material/account_tree:", query_params=query)
