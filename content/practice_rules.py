"""What must hold in practices.yml beyond its schema: the anchors are the measure, so their wording is checked; and what
is said to show an anchor must exist."""

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import SequenceMatcher
from graphlib import CycleError, TopologicalSorter
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
        found += [f"{capability['key']}: {problem}" for problem in [*_wording(capability), *_evidence(capability)]]
    return found + _edges(capabilities)


def asked_for(data: dict, lane: str) -> dict[str, list[str]]:
    """What the capabilities name as evidence in that lane (repository, hints, map, survey), each with the
    capabilities."""
    named: dict[str, list[str]] = {}
    for capability in (capability for area in data["areas"] for capability in area["capabilities"]):
        for entry in capability["evidence"]:
            for name in entry.get(lane, ()):
                named.setdefault(name, []).append(capability["key"])
    return named


def not_there(data: dict, lane: str, known: Collection[str]) -> list[str]:
    """What is named as evidence in the lanes repository, hints or map and does not exist, one sentence each. `known`:
    the keys of all probes, or of all facts of a map."""
    named = {name: name.split(" ")[0] for name in asked_for(data, lane)}
    return [
        f"{', '.join(asked_for(data, lane)[name])}: there is no {lane} evidence {key}"
        for name, key in named.items()
        if key not in known
    ]


def not_asked(data: dict, surveys: Mapping[str, dict]) -> list[str]:
    """What is named as an answer and cannot be one, one sentence each. `surveys`: the questionnaires as they are
    asked, by key."""
    items = {
        f"{survey['key']}/{item['key']}": item
        for survey in surveys.values()
        for block in survey["blocks"]
        for item in block["items"]
    }
    found = []
    for name, capabilities in asked_for(data, "survey").items():
        key, sign, limit = name.split(" ")
        item = items.get(key)
        if item is None or item["kind"] != "choice":
            found.append(f"{', '.join(capabilities)}: no questionnaire has a choice {key}")
        elif sign != {"high": ">=", "low": "<="}[item["better"]]:
            found.append(f"{', '.join(capabilities)}: {name} looks for the end of {key} that nobody wishes for")
        elif not 0 < int(limit) + (sign == "<=") < len(item["options"]):
            found.append(f"{', '.join(capabilities)}: {name} holds for every answer, or for none")
    return found


def resolved(data: dict) -> dict:
    """The content with, for each capability, `downstream`: the capabilities that name it as upstream."""
    after: dict[str, list[str]] = {}
    for area in data["areas"]:
        for capability in area["capabilities"]:
            for key in capability["upstream"]:
                after.setdefault(key, []).append(capability["key"])
    areas = [
        area | {"capabilities": [c | {"downstream": after.get(c["key"], [])} for c in area["capabilities"]]}
        for area in data["areas"]
    ]
    return data | {"areas": areas}


def _edges(capabilities: list[dict]) -> list[str]:
    upstream = {capability["key"]: capability["upstream"] for capability in capabilities}
    found = [
        f"{key}: its upstream {other} is no capability"
        for key, others in upstream.items()
        for other in others
        if other not in upstream
    ]
    return found + circle(upstream, "upstream")


def circle(edges: Mapping[str, list[str]], name: str) -> list[str]:
    """One sentence when the edges (each key with what comes before it) run in a circle."""
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return [f"{name} runs in a circle: {' < '.join(error.args[1])}"]
    return []


def _evidence(capability: dict) -> Iterator[str]:
    levels = [entry["level"] for entry in capability["evidence"]]
    if levels != sorted(set(levels)):
        yield "its evidence is not in the order of its levels, each once"
    entries = capability["evidence"]
    probes = [name for entry in entries for lane in ("repository", "hints") for name in entry.get(lane, ())]
    yield from (f"the probe {name} is evidence of two of its levels" for name in twice(probes))


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
