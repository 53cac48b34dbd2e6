"""Modules: what must hold beyond the schema of their front matter."""

import re
from collections.abc import Iterator
from typing import Any

from content import markdown_rules
from content.checking import folded, misshapen, twice
from content.modules import Module

#: A choice that speaks of the others, which stand in another order each time.
_OTHERS = re.compile(r"\b(of|than) (the above|the others|these)\b|\b(the )?(choices?|answers?) (above|below)\b", re.I)


def problems(slug: str, module: Module) -> list[str]:
    """Everything wrong with the module in the file `slug`, one sentence each."""
    head = module.head
    if found := misshapen("module", head):
        return found
    found = [] if head["slug"] == slug else [f"slug is {head['slug']}, the file is named {slug}"]
    found += [f"the objective {name} stands twice" for name in twice([each["id"] for each in head["objectives"]])]
    found += [f"the quiz item {name} stands twice" for name in twice([each["id"] for each in head["quiz"]])]
    objectives = {each["id"] for each in head["objectives"]}
    for item in head["quiz"]:
        found += [f"quiz item {item['id']}: {problem}" for problem in _item(item, objectives)]
    found += _steps(module)
    for problem in markdown_rules.problems(module.text):
        found.append(re.sub(r"^line (\d+)", lambda line: f"line {int(line[1]) + module.begins - 1}", problem))
    return found


def _item(item: dict[str, Any], objectives: set[str]) -> Iterator[str]:
    if item["objective"] not in objectives:
        yield f"{item['objective']} is no objective of the module"
    size = len(item["choices"])
    if over := [place for place in item["answer"] if place >= size]:
        yield f"its answer {over[0]} is none of its {size} choices, which are counted from 0"
    elif len(item["answer"]) == size:
        yield "all of its choices are right, so there is nothing to know"
    if twice([folded(choice) or choice for choice in item["choices"]]):
        yield "two of its choices say the same"
    if any(_OTHERS.search(choice) for choice in item["choices"]):
        yield "one of its choices speaks of the others, which stand in another order each time"
    for text in (item["q"], item["because"], *item["choices"]):
        yield from markdown_rules.problems(text)


def _steps(module: Module) -> list[str]:
    found = [
        f"line {line}: the title stands in the front matter; begin with ##"
        for level, _, line in module.headings
        if level == 1
    ]
    numbers = [step.number for step in module.steps]
    if not numbers:
        found.append("it has no steps: write ## 1. and a title")
    elif numbers != list(range(1, len(numbers) + 1)):
        found.append(f"its steps are numbered {', '.join(map(str, numbers))}, not 1 to {len(numbers)}")
    marked = {step.line for step in module.steps}
    found += [
        f"line {line}: the heading {title!r} is no numbered step; write ## 1. or ###"
        for level, title, line in module.headings
        if level == 2 and line not in marked
    ]
    found += [f"line {step.line}: step {step.number} is empty" for step in module.steps if not step.body]
    return found
