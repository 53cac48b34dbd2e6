"""Levels, states and verdicts as marks and words. No mark says more than its words do."""

from base64 import b64encode
from functools import lru_cache

from assessments.evidence import Outcome
from assessments.maturity import MAP, REPOSITORY, SURVEY, Item, Standing, State, Verdict, level_of
from pages.ui.charts import GREY, TEAL
from pages.ui.text import count

LEVELS = 4
#: State of a piece of evidence -> colour, icon.
STATES = {
    State.MET: ("green", "check_circle"),
    State.PARTLY: ("orange", "timelapse"),
    State.NOT_MET: ("red", "cancel"),
    State.UNKNOWN: ("gray", "help"),
    State.NOT_SEEN: ("gray", "visibility_off"),
    State.NOT_APPLICABLE: ("gray", "block"),
    State.EXCEPTED: ("violet", "event_upcoming"),
}
VERDICTS = {
    Verdict.HOLDS: ("green", "check_circle"),
    Verdict.CLAIMED: ("blue", "record_voice_over"),
    Verdict.PARTLY: ("orange", "timelapse"),
    Verdict.FAILS: ("red", "cancel"),
    Verdict.UNKNOWN: ("gray", "help"),
    Verdict.OUT: ("gray", "block"),
}
#: Lane -> of what nobody has looked for there, as a badge and in a sentence.
NOBODY = {
    SURVEY: ("not asked", "The team has not been asked about this."),
    REPOSITORY: ("not looked at", "No repository has been looked at for this."),
    MAP: ("no map", "No workflow map tells of this."),
}
WHAT = {Verdict.UNKNOWN: "not known", Verdict.PARTLY: "not shown yet"}
LEGEND = (
    "● reached · ○ the team says so, and nothing shows it yet · a dot is a step ahead · ? not known, or too little of "
    "the evidence is known · – does not apply"
)


def state(found: State | None, lane: str = REPOSITORY) -> str:
    """The badge of a piece of evidence; None: nobody has looked, or asked."""
    if found is None:
        return f":gray-badge[:material/pending: {NOBODY[lane][0]}]"
    colour, icon = STATES[found]
    return f":{colour}-badge[:material/{icon}: {found}]"


def nobody(item: Item) -> str:
    """Why nothing is known of a piece of evidence that nobody has looked for."""
    return NOBODY[item.lane][1]


def outcome(found: Outcome) -> str:
    """The badge of a finding."""
    return state(State(str(found)))


def verdict(found: Verdict) -> str:
    """The badge of a statement."""
    colour, icon = VERDICTS[found]
    return f":{colour}-badge[:material/{icon}: {WHAT.get(found, found)}]"


def level(standing: Standing) -> str:
    """'Level 2', 'Level not known', with a capital."""
    said = level_of(standing)
    return said[:1].upper() + said[1:].split(":")[0]


def marks(standing: Standing) -> str:
    """Four marks as a picture for a label, with the words for those who cannot see it."""
    words = f"{level_of(standing)}"
    if standing.outline is not None:
        words += f", the team says {standing.outline}"
    return f"![{words}]({_picture(standing.told, standing.outline or 0, standing.applicable == 0)})"


@lru_cache
def _picture(told: int | None, claimed: int, out: bool) -> str:
    drawn = "".join(_mark(place, told, claimed, out) for place in range(LEVELS))
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='56' height='14' viewBox='0 0 56 14'>{drawn}</svg>"
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def _mark(place: int, told: int | None, claimed: int, out: bool) -> str:
    x = 7 + 14 * place
    if out:
        return f"<path d='M{x - 4} 7h8' stroke='{GREY}' stroke-width='1.6'/>"
    if told is not None and place < told:
        return f"<circle cx='{x}' cy='7' r='5.2' fill='{TEAL}'/>"
    if place < claimed:
        return f"<circle cx='{x}' cy='7' r='4.4' fill='none' stroke='{TEAL}' stroke-width='1.6'/>"
    if told is None:
        if place > claimed:
            return ""
        style = f"font-size='12' font-family='sans-serif' text-anchor='middle' fill='{GREY}'"
        return f"<text x='{x}' y='11.3' {style}>?</text>"
    return f"<circle cx='{x}' cy='7' r='1.9' fill='{GREY}'/>"


def coverage(standing: Standing) -> str:
    """'11 of 14 pieces of evidence known'."""
    if standing.applicable == 0:
        return "nothing of it applies"
    return f"{standing.known} of {count(standing.applicable, 'piece', 'pieces')} of evidence known"


def known_both(before: Standing, after: Standing) -> str:
    """How much was known then and is now: 'Pieces of evidence known: then 4 of 6, now 5 of 7.'"""
    parts = [f"{one.known} of {one.applicable}" if one.applicable else "none applies" for one in (before, after)]
    return f"Pieces of evidence known: then {parts[0]}, now {parts[1]}."


def summary(total: int, told: int, out: int) -> str:
    """How many of the capabilities have a level, do not apply, or are known too little; in one or two sentences."""
    left = total - told - out
    apply = f" {out} {'does' if out == 1 else 'do'} not apply." if out else ""
    if not told:
        return f"None of the {count(total, 'capability', 'capabilities')} has a level yet: too little is known.{apply}"
    if not left and not out:
        return f"All {count(total, 'capability', 'capabilities')} have a level."
    has = f"{told} of {count(total, 'capability', 'capabilities')} {'has' if told == 1 else 'have'} a level"
    other = "the other" if left == 1 and not out else "one" if left == 1 else f"{'' if out else 'the other '}{left}"
    return f"{has}; of {other} too little is known.{apply}" if left else f"{has}.{apply}"
