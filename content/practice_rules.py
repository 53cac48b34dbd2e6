"""What must hold in practices.yml beyond its schema: the anchors are the measure, so their wording is checked."""

import re
from difflib import SequenceMatcher
from typing import Any

from content.checking import folded, misshapen, twice

_GRADING = """good bad better best worst poor poorly strong weakly basic advanced mature immature robust effective
    effectively efficient efficiently excellent comprehensive adequate adequately appropriate appropriately sufficient
    proper properly modern seamless optimised optimized holistic proactive well fully highly significantly"""
#: Words that grade instead of saying what one sees.
GRADING = frozenset(_GRADING.split())
#: What takes something back. Anchors 1 to 4 hold together at level 4, so none may say what is missing.
TAKING_BACK = ("not yet", "only", "but not", "rarely", "seldom", "no longer", "sometimes", "occasionally")
LONGEST, SHORTEST = 28, 4  # words of an anchor
ALIKE = 0.9  # share of equal characters from which two anchors of a capability say the same


def problems(data: Any) -> list[str]:
    """Everything wrong with the content of practices.yml, one sentence each; an empty list when it may be used.

    The rules on wording are looked at once the shape is right.
    """
    if found := misshapen("practices", data):
        return found
    capabilities = [capability for area in data["areas"] for capability in area["capabilities"]]
    found = [f"area key {key} stands twice" for key in twice([area["key"] for area in data["areas"]])]
    for field in ("key", "name", "dora", "dora_construct"):
        values = [capability[field] for capability in capabilities if capability[field]]
        found += [f"{field} {value} belongs to two capabilities" for value in twice(values)]
    anchors = [folded(anchor) for capability in capabilities for anchor in capability["levels"]]
    found += [f"the anchor {text!r} stands twice" for text in twice(anchors)]
    for capability in capabilities:
        found += [f"{capability['key']}: {problem}" for problem in _wording(capability)]
    return found


def _wording(capability: dict) -> list[str]:
    found = [] if _one_sentence(capability["meaning"]) else ["its meaning is not one sentence"]
    levels = capability["levels"]
    for level, anchor in enumerate(levels):
        words = re.findall(r"[\w'-]+", anchor.casefold())
        if not _one_sentence(anchor):
            found.append(f"anchor {level} is not one sentence")
        if not SHORTEST <= len(words) <= LONGEST:
            found.append(f"anchor {level} has {len(words)} words; {SHORTEST} to {LONGEST} can be taken in at a glance")
        if grading := sorted(GRADING & set(words)):
            found.append(f"anchor {level} grades ({', '.join(grading)}); say what one would see")
        back = [phrase for phrase in TAKING_BACK if f" {phrase} " in f" {folded(anchor)} "]
        if level and back:
            found.append(f"anchor {level} takes back ({', '.join(back)}); it must still hold at level 4")
    for level, anchor in enumerate(levels):
        for other in range(level):
            alike = SequenceMatcher(None, folded(anchor), folded(levels[other]), autojunk=False).ratio()
            if ALIKE <= alike < 1:
                found.append(f"anchors {other} and {level} say the same in almost the same words")
    return found


def _one_sentence(text: str) -> bool:
    """From a capital to the one full stop. Names such as dora.dev are no end of a sentence."""
    return text[0].isupper() and text.endswith(".") and not re.search(r"[.!?]\s", text)
