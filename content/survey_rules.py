"""Questionnaires: what must hold beyond their schema, how long one takes, and the shape in which they are asked.

The rules keep answers comparable: one recall window, options that belong to the question and run from low to high,
items of a construct that run the same way, outcomes before pain points (definitions, "Survey statistics").
"""

import re
from collections.abc import Iterator
from typing import Any

from content.checking import folded, misshapen, twice

ORDER = ("outcome", "practice", "pain", "comment")
LONGEST_MINUTES = 10.0
#: Silent reading of non-fiction in English: Brysbaert 2019, Journal of Memory and Language 109, 104047.
WORDS_PER_MINUTE = 238
#: To choose, to estimate, to write: seconds beside the reading.
SECONDS = {"choice": 5, "percent": 12, "text": 30, "pain-points": 45}
LONGEST_QUESTION = 30  # words
_NEGATION = re.compile(r"\b(not|never|no|nobody|none|nothing|cannot|without|\w+n't|\w+n’t)\b", re.IGNORECASE)
_OPT_OUT = re.compile(r"don.t know|not applicable|\bn/?a\b|prefer not", re.IGNORECASE)
_AGREEMENT = re.compile(r"\b(dis)?agree\b", re.IGNORECASE)


def problems(name: str, data: Any, practices: dict, bands: dict[str, list[str]]) -> list[str]:
    """Everything wrong with the questionnaire of the file `name`, one sentence each.

    `practices` is the content of practices.yml, `bands` the answer bands of content/benchmarks/dora.json.
    """
    if found := misshapen("survey", data):
        return found
    found = [] if data["key"] == name else [f"key is {data['key']}, the file is named {name}"]
    found += [f"block key {key} stands twice" for key in twice([block["key"] for block in data["blocks"]])]
    found += [f"item key {key} stands twice" for key in twice([_key(item) for _, item in _items(data)])]
    known = {c["key"] for area in practices["areas"] for c in area["capabilities"]}
    asked = [item["capability"] for _, item in _items(data) if "capability" in item]
    found += [f"capability {key} is not in practices.yml" for key in asked if key not in known]
    found += _scales(data)
    if found:
        return found
    found += _order(data) + _constructs(data) + _covering(data, practices)
    for block, item in _items(data):
        found += [f"{_key(item)}: {problem}" for problem in _wording(data, block, item)]
        found += [f"{_key(item)}: {problem}" for problem in _bands(item, bands)]
    return found + _length(resolved(data, practices), data)


def resolved(data: dict, practices: dict) -> dict:
    """The questionnaire as it is asked: every item with key, kind, better and, for a choice, its options (low to high,
    key and text each); every block and the whole with its estimated minutes. Nothing refers to another file any more,
    so that a copy says for ever what was asked."""
    levels = {c["key"]: c for area in practices["areas"] for c in area["capabilities"]}
    scales = data.get("scales", {})

    def choices(value) -> list[dict]:
        options = scales[value] if isinstance(value, str) else value
        return [
            {"key": str(place), "text": option} if isinstance(option, str) else dict(option)
            for place, option in enumerate(options)
        ]

    def item(source: dict) -> dict:
        made = {"kind": "choice", "better": "high", **source}
        if "capability" in source:
            capability = levels[source["capability"]]
            made |= {"key": capability["key"], "options": choices(capability["levels"])}
            made |= {"dora_construct": capability["dora_construct"]} if capability["dora_construct"] else {}
        for field in ("options", "how_often", "how_bad"):
            if field in source:
                made[field] = choices(source[field])
        return made

    blocks = [{**block, "items": [item(source) for source in block["items"]]} for block in data["blocks"]]
    for block in blocks:
        block["minutes"] = round(_minutes(block), 2)
    asked = {field: value for field, value in data.items() if field not in ("scales", "covers")}
    total = round(sum(block["minutes"] for block in blocks), 2)
    return asked | {"suggested": data.get("suggested", []), "blocks": blocks, "minutes": total}


def _minutes(block: dict) -> float:
    """To read the words and to answer. An option list that is the same as the one before is not read again."""
    words, seconds, last = _words(block["title"], block["lead"]), 0.0, None
    for item in block["items"]:
        words += _words(item["text"])
        seconds += SECONDS[item["kind"]] * item.get("most", 1)
        lists = [item[field] for field in ("options", "how_often", "how_bad") if field in item]
        if lists != last:
            words += sum(_words(option["text"]) for options in lists for option in options)
        last = lists
    return words / WORDS_PER_MINUTE + seconds / 60


def _words(*texts: str) -> int:
    return sum(len(text.split()) for text in texts)


def _items(data: dict) -> Iterator[tuple[dict, dict]]:
    return ((block, item) for block in data["blocks"] for item in block["items"])


def _key(item: dict) -> str:
    return item.get("key") or item["capability"]


def _scales(data: dict) -> list[str]:
    fields = ("options", "how_often", "how_bad")
    used = {item[field] for _, item in _items(data) for field in fields if isinstance(item.get(field), str)}
    there = set(data.get("scales", {}))
    return [f"scale {name} is used and not there" for name in sorted(used - there)] + [
        f"scale {name} is there and not used" for name in sorted(there - used)
    ]


def _order(data: dict) -> list[str]:
    abouts = [block["about"] for block in data["blocks"]]
    later = zip(data["blocks"], data["blocks"][1:], strict=False)
    found = [
        f"block {second['key']} ({second['about']}) comes after {first['key']} ({first['about']}); "
        f"the order is {', '.join(ORDER)}"
        for first, second in later
        if ORDER.index(second["about"]) < ORDER.index(first["about"])
    ]
    return found if set(abouts) != {"comment"} else ["it asks for nothing but comments"]


def _constructs(data: dict) -> list[str]:
    """Items that are put together must stand together, run the same way and have as many options."""
    groups: dict[str, list[tuple[str, str, int]]] = {}
    for block, item in _items(data):
        if "construct" in item:
            options = item.get("options", ())
            options = data["scales"][options] if isinstance(options, str) else options
            groups.setdefault(item["construct"], []).append((block["key"], item.get("better", "high"), len(options)))
    found = []
    for construct, places in groups.items():
        for place, what in enumerate(
            ("stands in several blocks", "has reversed items", "has option lists of unequal length")
        ):
            if len({entry[place] for entry in places}) > 1:
                found.append(f"construct {construct} {what}")
    return found


def _covering(data: dict, practices: dict) -> list[str]:
    found = [f"suggested block {key} is not there" for key in data.get("suggested", []) if key not in _blocks(data)]
    if data.get("covers") != "practices":
        return found
    wanted = {area["key"]: [c["key"] for c in area["capabilities"]] for area in practices["areas"]}
    asked = {block["key"]: [item.get("capability") for item in block["items"]] for block in data["blocks"]}
    return found + [
        f"block {key} asks for {', '.join(map(str, asked.get(key, [])))}; the area has {', '.join(wanted.get(key, []))}"
        for key in sorted(wanted.keys() | asked.keys())
        if asked.get(key) != wanted.get(key)
    ]


def _blocks(data: dict) -> set[str]:
    return {block["key"] for block in data["blocks"]}


def _wording(data: dict, block: dict, item: dict) -> list[str]:
    found, text = [], item["text"]
    if not text.endswith("?") or text.count("?") > 1:
        found.append("it is not one question")
    if len(text.split()) > LONGEST_QUESTION:
        found.append(f"the question has {len(text.split())} words; {LONGEST_QUESTION} can be taken in")
    if negation := _NEGATION.search(text):
        found.append(f"the question turns on {negation.group(0)!r}; ask for what there is")
    if data["recall"] not in f"{block['lead']} {text}".lower():
        found.append(f"neither it nor the lead of its block says {data['recall']!r}")
    for field in ("options", "how_often", "how_bad"):
        options = item.get(field, ())
        options = data["scales"][options] if isinstance(options, str) else options
        texts = [option if isinstance(option, str) else option["text"] for option in options]
        keys = [option["key"] for option in options if not isinstance(option, str)]
        found += [f"option {text!r} stands twice" for text in twice([folded(text) for text in texts])]
        found += [f"option key {key!r} stands twice" for key in twice(keys)]
        found += [
            f"option {text!r} is an answer apart, beside every question" for text in texts if _OPT_OUT.search(text)
        ]
        found += [
            f"option {text!r} asks for agreement; name the thing itself" for text in texts if _AGREEMENT.search(text)
        ]
    return found


def _bands(item: dict, bands: dict[str, list[str]]) -> list[str]:
    if "bands" not in item:
        return []
    keys = [option["key"] if isinstance(option, dict) else None for option in item["options"]]
    if keys == bands[item["bands"]]:
        return []
    return [f"its options are not the bands of {item['bands']}: {', '.join(bands[item['bands']])}"]


def _length(asked: dict, data: dict) -> list[str]:
    minutes = {block["key"]: block["minutes"] for block in asked["blocks"]}
    chosen = data.get("suggested") or list(minutes)
    total = sum(minutes[key] for key in chosen if key in minutes)
    if total <= LONGEST_MINUTES:
        return []
    return [f"it takes {total:.1f} minutes; at most {LONGEST_MINUTES:.0f}, or suggest some of the blocks"]
