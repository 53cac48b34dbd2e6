"""How learning is spoken of: states, stages and amounts, the same on every page of it."""

from collections.abc import Mapping
from typing import Any

from assessments.workflow import words as amounts
from data.improving import choices
from data.learning import progress
from data.learning.catalogue import NOT_CHOSEN, Entry
from data.learning.progress import Progress
from pages.ui.text import count

STAGES = {"learn": "Learn", "practice": "Practise", "poc": "Try it out", "validate": "Validate"}
OF_TEAM = {
    NOT_CHOSEN: ("Not chosen", "gray"),
    choices.CHOSEN: ("Chosen", "blue"),
    choices.UNDER_WAY: ("Under way", "green"),
    choices.FINISHED: ("Finished", "gray"),
    choices.DROPPED: ("Dropped", "gray"),
}
OF_PERSON = {
    progress.READING: ("Reading", "blue", "menu_book"),
    progress.DONE: ("Done", "green", "check_circle"),
    progress.KNOWN: ("Known", "green", "verified"),
    progress.SKIPPED: ("Left out", "gray", "skip_next"),
}
KINDS = {
    "docs": "Documentation", "guide": "Guide", "course": "Course", "article": "Article", "book": "Book",
    "repository": "Repository", "standard": "Standard", "video": "Video",
}  # fmt: skip


def minutes(number: float) -> str:
    """35 min, 2 h 5 min."""
    return amounts.minutes(number) if number >= 1 else "under a minute"


def state_badge(one: Entry) -> str:
    """What the team has done with it, as a badge; nothing where it was never chosen."""
    if one.track["status"] == "deprecated":
        return " :orange-badge[Not taught any more]"
    words, colour = OF_TEAM[one.state]
    told = f" :{colour}-badge[{words}]" if one.state != NOT_CHOSEN else ""
    return told + ("" if one.is_written else " :gray-badge[Coming]")


def person_badge(mine: Progress | None) -> str:
    """How far the reader is with a module."""
    if mine is None or mine.state is None:
        return ""
    words, colour, icon = OF_PERSON[mine.state]
    return f":{colour}-badge[:material/{icon}: {words}]"


def size(track: Mapping[str, Any]) -> str:
    """14 hours, 7 modules, 3 proofs of concept."""
    parts = [f"{track['hours']:g} hours"]
    parts += [count(len(track["modules"]), "module")] if track["modules"] else []
    parts += [count(len(track["pocs"]), "proof of concept", "proofs of concept")] if track["pocs"] else []
    return ", ".join(parts)
