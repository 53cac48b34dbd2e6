"""A module: front matter in YAML, then Markdown in numbered steps."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from content import markdown_rules
from content.checking import ContentError, read_text

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_NUMBERED = re.compile(r"([0-9]{1,3})\.\s+(\S.*)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


@dataclass(frozen=True)
class Step:
    """One `## 1. Title` with the Markdown below it. line: in the file."""

    number: int
    title: str
    body: str
    line: int


@dataclass(frozen=True)
class Module:
    """head: the front matter. lead: Markdown before the first step. headings: (level, title, line) of all. begins: the
    line of the file at which the Markdown begins."""

    head: dict[str, Any]
    lead: str
    steps: tuple[Step, ...]
    headings: tuple[tuple[int, str, int], ...]
    text: str
    begins: int


def read_module(path: Path) -> Module:
    """Raises ContentError when the file cannot be read or has no front matter."""
    try:
        whole = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"{path.name}: {' '.join(str(error).split())}") from error
    return parse(path.name, whole)


def parse(name: str, whole: str) -> Module:
    """From the text of a file, whose name is told with what is wrong. Raises ContentError."""
    if not whole.startswith("---\n") or (end := whole.find("\n---\n", 3)) < 0:
        raise ContentError(f"{name}: it begins with front matter between two lines of ---")
    head = read_text(name, whole[4 : end + 1])
    if not isinstance(head, dict):
        raise ContentError(f"{name}: its front matter is no mapping")
    begins = whole.count("\n", 0, end + 5) + 1
    if wrong := markdown_rules.longer(whole[end + 5 :], begins):
        raise ContentError(f"{name}: {wrong}")
    return _module(head, whole[end + 5 :], begins)


def _module(head: dict[str, Any], text: str, begins: int) -> Module:
    lead: list[str] = []
    steps: list[tuple[int, str, list[str], int]] = []
    headings: list[tuple[int, str, int]] = []
    fence = ""
    for number, line in enumerate(text.split("\n"), begins):
        mark = _FENCE.match(line)
        heading = None if fence or mark else _HEADING.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        if heading:
            headings.append((len(heading[1]), heading[2], number))
            numbered = _NUMBERED.fullmatch(heading[2])
            if len(heading[1]) == 2 and numbered:
                steps.append((int(numbered[1]), numbered[2], [], number))
                continue
        (steps[-1][2] if steps else lead).append(line)
    made = tuple(Step(n, title, "\n".join(body).strip(), line) for n, title, body, line in steps)
    return Module(head, "\n".join(lead).strip(), made, tuple(headings), text, begins)
