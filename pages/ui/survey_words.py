"""What a result says, in words. Values come ready from the assessment; nothing is computed here but rounding."""

from collections.abc import Mapping
from typing import Any

from assessments.surveys.questionnaire import PERCENT, Item
from assessments.surveys.scoring import DOWN, NOT_COMPARABLE, UP, Change
from content import catalog
from pages.ui.text import count

DISCUSS = ":orange-badge[:material/forum: Discuss this]"


def name(item: Item) -> str:
    """A capability by its name, another question in its own words."""
    return _capabilities().get(item.capability or "", {}).get("name", item.text)


def dora(item: Item) -> str | None:
    """The page about the same capability in DORA's catalogue."""
    return _capabilities().get(item.capability or "", {}).get("dora")


def _capabilities() -> dict[str, dict]:
    return {one["key"]: one for area in catalog.practices()["areas"] for one in area["capabilities"]}


def mean(kept: Mapping[str, Any]) -> str:
    """'2.4, between 1.9 and 2.9 (95 %)' and its kin."""
    unit = " %" if kept["kind"] == PERCENT else ""
    value, around = f"{kept['mean']:.1f}{unit}", kept["interval"]
    if kept["sd"] == 0:
        value = f"{kept['mean']:.0f}{unit}, all the same"
    if around["kind"] == "known":
        return f"{value}; everyone answered"
    between = f"between {around['low']:.1f} and {around['high']:.1f}{unit}"
    if around["kind"] == "certain":
        return f"{value}; {between} whatever the others would have said"
    return f"{value}; {between} (95 %)"


def nearest(kept: Mapping[str, Any]) -> int:
    """The option nearest to the mean, or the middle answer of a coarse result."""
    return int(kept["quartiles"][1]) if kept["told"] == "middle" else int(kept["mean"] + 0.5)


def answered(kept: Mapping[str, Any]) -> str:
    """'8 answers, 1 does not know'; what nobody said is left out."""
    parts = [count(kept["n"], "answer")]
    parts += [f"{kept['dont_know']} don't know"] if kept["dont_know"] else []
    parts += [f"{kept['not_applicable']} not applicable"] if kept["not_applicable"] else []
    parts += [f"{kept['unanswered']} unanswered"] if kept["unanswered"] else []
    return ", ".join(parts)


def agreement(kept: Mapping[str, Any]) -> str:
    """'agreement .82, needed .61'; empty where there is none."""
    found = kept.get("agreement")
    if not found or found["value"] is None:
        return ""
    needed = f", needed {_short(found['limit'])}" if found["limit"] is not None else ""
    return f"agreement {_short(found['value'])}{needed}"


def _short(value: float) -> str:
    return f"{value:.2f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.0f}"


def change(found: Change | None, better: str, since: str) -> str:
    """A badge: how it differs from the survey before. Empty where there was none."""
    if found is None or found.kind == NOT_COMPARABLE:
        return ""
    if found.kind not in (UP, DOWN):
        return f":gray-badge[No clear change since {since}]"
    wished = (found.kind == UP) == (better == "high")
    arrow, colour = ("trending_up" if found.kind == UP else "trending_down"), "green" if wished else "red"
    return f":{colour}-badge[:material/{arrow}: {found.difference:+.1f} since {since}]"


def not_compared(found: Change | None) -> str:
    """Why there is no change to show, in a sentence; empty where there is one."""
    if found is None or found.kind != NOT_COMPARABLE:
        return ""
    return f"Not compared with the survey before: {found.reason}."


def people(number: int) -> str:
    return "one person" if number == 1 else f"{number} people"
