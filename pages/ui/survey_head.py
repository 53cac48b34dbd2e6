"""The head of a result: what it is of, and why there is none where there is none."""

from dataclasses import dataclass

import streamlit as st

from assessments.surveys.anonymity import K
from assessments.surveys.scoring import Change
from data.access import NotFound
from data.asked import results
from data.asked.results import ResultView
from data.people import Who
from pages.ui import states
from pages.ui.addresses import page_at
from pages.ui.text import count, day, plain


@dataclass(frozen=True)
class Shown:
    """A result with the one before, as this reader may see them."""

    user: Who
    view: ResultView
    before: ResultView | None
    changes: dict[str, Change]

    @property
    def key(self) -> tuple:
        """Tells its figures from every other's: a result never changes."""
        return self.view.wave.id, self.view.wave.digest, self.view.wave.closed_at


def read(user: Who) -> Shown:
    """The survey of the address; without one the page says so and ends."""
    wanted = st.query_params.get("wave", "")
    try:
        view = results.result(user, int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 0)
    except NotFound:
        st.title("Survey result", anchor=False)
        sentence = "The survey of this link is not here any more, or not yours to see."
        states.empty("Nothing to show", sentence if wanted else "Choose a survey of your team first.", *_surveys())
        st.stop()
    before = results.before(user, view)
    return Shown(user, view, before, results.changes(view, before))


def _surveys() -> tuple[str, str]:
    """The label and page of the list of surveys."""
    return "All surveys", page_at("surveys")


def _session(view: ResultView) -> tuple[str, str, dict]:
    """Where a consensus is led, for those who may; else the list of surveys."""
    if view.may_ask:
        return "To the session", page_at("session"), {"wave": view.wave.id}
    return (*_surveys(), {"team": view.wave.team_id})


def title(shown: Shown) -> None:
    """Title, team and time."""
    wave = shown.view.wave
    st.page_link(
        _surveys()[1],
        label="All surveys of the team",
        icon=":material/arrow_back:",
        query_params={"team": wave.team_id},
    )
    st.title(plain(wave.title), anchor=False)
    parts = [plain(wave.team), plain(shown.view.asked.title) if shown.view.asked.title != wave.title else ""]
    parts.append(f"closed {day(wave.closed_at)}" if wave.closed_at else f"open until {day(wave.closes_at)}")
    parts.append("answered elsewhere, imported" if wave.elsewhere else "")
    st.caption(" · ".join(part for part in parts if part))


def stop_without_result(shown: Shown) -> None:
    """Says why there is no result, where there is none, and ends the page."""
    view, wave = shown.view, shown.view.wave
    if wave.state == "open" and wave.kind == "consensus":
        states.empty("Still going on", "The session has not ended. What is agreed is shown here then.", *_session(view))
    elif wave.state == "open":
        says = f"{wave.answered} of {count(wave.people, 'person', 'people')} have answered. Nobody can read an answer"
        states.empty("Still open", f"{says} before it closes.", *_surveys(), {"team": wave.team_id})
    elif wave.state == "cancelled":
        says = "It was cancelled: there is no result, and what was answered is deleted."
        states.empty("Cancelled", says, *_surveys(), {"team": wave.team_id})
    elif view.content is None:
        says = (
            f"The team looks at its result first. You see it on {day(view.leaders_from)}, or when the team releases it."
        )
        states.empty("Not released yet", says, *_surveys(), {"team": wave.team_id})
    elif view.visibility == "hidden":
        _hidden(shown)
    else:
        return
    st.stop()


def _hidden(shown: Shown) -> None:
    answers = shown.view.answers
    with st.container(border=True):
        st.subheader("Nothing is shown", anchor=False)
        st.text(
            f"{answers['answered']} of {count(answers['asked'], 'person', 'people')} answered; a result needs {K}, so"
            " that nobody can be told from it. What was answered is deleted."
        )
        st.text(
            "Next time let it run longer before it closes; a team of fewer than five votes together in a consensus."
        )
