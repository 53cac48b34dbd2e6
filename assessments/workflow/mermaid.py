"""A map as Mermaid text: a flow chart with a subgraph for each role. Read by GitHub, GitLab and most wikis."""

from itertools import pairwise

from assessments.workflow import words
from assessments.workflow.model import HAPPY, RECOVERY, Map, Step
from assessments.workflow.totals import totals

#: Signs that mean something in a Mermaid label or in the HTML that it becomes.
_CODES = {ord(sign): f"#{ord(sign)};" for sign in '"#&<>`\\[]{}()|;%*_~'}


def mermaid(drawn: Map) -> str:
    """The map as the text of a Mermaid flow chart; the recovery path is dotted, the constraint is marked."""
    number = {step.key: f"s{place}" for place, step in enumerate(drawn.steps, start=1)}
    roles = list(dict.fromkeys(step.role or "Role not known" for step in drawn.steps))
    lines = ["---", f"title: {_title(drawn.title)}", "---", "flowchart LR"]
    for place, role in enumerate(roles, start=1):
        lines.append(f'  subgraph lane{place}["{_label(role)}"]')
        lines += [
            f'    {number[step.key]}["{_words(step)}"]'
            for step in drawn.steps
            if (step.role or "Role not known") == role
        ]
        lines.append("  end")
    for path, arrow in ((HAPPY, "-->"), (RECOVERY, "-.->")):
        steps = drawn.path(path)
        lines += [f"  {number[first.key]} {arrow} {number[second.key]}" for first, second in pairwise(steps)]
    for path in (HAPPY, RECOVERY):
        if drawn.path(path) and (constraint := totals(drawn, path).constraint):
            lines.append(f"  style {number[constraint.step.key]} stroke:#b7410e,stroke-width:3px")
    return "\n".join(lines) + "\n"


def _words(step: Step) -> str:
    complete = words.percent(step.complete_accurate)
    facts = (f"{words.time(step.process)} of {words.time(step.lead)}", f"{complete} complete and accurate")
    return "<br/>".join(_label(text) for text in (step.name, *facts))


def _label(text: str) -> str:
    return " ".join(text.split()).translate(_CODES)


def _title(text: str) -> str:
    """As a YAML string in single quotes."""
    return "'" + " ".join(text.split()).replace("'", "''") + "'"
