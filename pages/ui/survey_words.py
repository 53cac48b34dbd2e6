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
    """'2.4', '12.0 %'."""
    return f"{kept['mean']:.1f}{' %' if kept['kind'] == PERCENT else ''}"


def around(kept: Mapping[str, Any]) -> str:
    """Where the mean of the whole team lies: '1.9 to 2.9 (95 %)' and its kin."""
    found, same = kept["interval"], "all said the same; " if kept["sd"] == 0 else ""
    if found["kind"] == "known":
        return f"{same}everyone answered"
    between = f"{found['low']:.1f} to {found['high']:.1f}{' %' if kept['kind'] == PERCENT else ''}"
    if found["kind"] == "certain":
        return f"{same}{between} whatever the others would have said"
    return f"{same}{between} (95 %)"


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
    """'agreement .82', and below what is needed that too; empty where there is none."""
    found = kept.get("agreement")
    if not found or found["value"] is None:
        return ""
    short = found["limit"] is not None and found["value"] < found["limit"]
    needed = f", {_short(found['limit'])} needed" if short else ""
    return f"agreement {_short(found['value'])}{needed}"


def _short(value: float) -> str:
    short = f"{abs(value):.2f}".replace("0.", ".", 1) if abs(value) < 1 else f"{abs(value):.0f}"
    return f"\N{MINUS SIGN}{short}" if value < 0 else short


def change(found: Change | None, better: str, since: str) -> str:
    """A badge where it clearly differs from the survey before, else empty."""
    if found is None or found.kind == NOT_COMPARABLE:
        return ""
    if found.kind not in (UP, DOWN):
        return ""
    wished = (found.kind == UP) == (better == "high")
    arrow, colour = ("trending_up" if found.kind == UP else "trending_down"), "green" if wished else "red"
    return f":{colour}-badge[:material/{arrow}: {found.difference:+.1f} since {since}]"


def unchanged(found: Change | None, since: str) -> str:
    """That there is no clear change, or why there is none to show; empty where there is one."""
    if found is None or found.kind in (UP, DOWN):
        return ""
    if found.kind == NOT_COMPARABLE:
        return f"not compared with {since}: {found.reason}"
    return f"no clear change since {since}"


def people(number: int) -> str:
    return "one person" if number == 1 else f"{number} people"
