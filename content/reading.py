"""A module as it is read: pieces to show one after the other, and how long each step takes."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from content import markdown_rules
from content.modules import Module

PROSE, TABLE, CODE, DIAGRAM, TEXT = "prose", "table", "code", "diagram", "text"
DIAGRAM_FENCE = "dot"


@dataclass(frozen=True)
class Piece:
    """kind: prose (Markdown that is safe to show), table (one that may be wide), code (language, "" when none
    is named), diagram (with its title), or text: Markdown that may not be shown as such, and is shown letter by letter
    instead."""

    kind: str
    text: str
    language: str = ""
    title: str = ""


@lru_cache(maxsize=2_048)
def pieces(text: str) -> tuple[Piece, ...]:
    """The pieces of a text in Markdown. Code in a list stays where it is."""
    if not text.strip():
        return ()
    if not markdown_rules.is_safe(text):
        return (Piece(TEXT, text),)
    lines, found, after = text.split("\n"), [], 0
    for block in markdown_rules.blocks(text):
        found += _prose(lines[after : block.first])
        name, _, title = block.info.partition(" ")
        if block.is_table:
            found.append(Piece(TABLE, "\n".join(lines[block.first : block.after]).rstrip()))
        elif name == DIAGRAM_FENCE:
            found.append(Piece(DIAGRAM, block.code, title=title.strip()))
        else:
            found.append(Piece(CODE, block.code, language=name.casefold()))
        after = block.after
    return (*found, *_prose(lines[after:]))


def minutes(module: Module) -> tuple[int, ...]:
    """How the minutes of a module spread over its steps, by their words; together they are its minutes. What stands
    before the first step counts with it."""
    sizes = [len(step.body.split()) + 1 for step in module.steps]
    if not sizes:
        return ()
    sizes[0] += len(module.lead.split())
    whole, total, so_far, told = module.head["minutes"], sum(sizes), 0, []
    for size in sizes:
        before, so_far = so_far, so_far + size
        told.append(round(whole * so_far / total) - round(whole * before / total))
    return tuple(told)


def order(item: str, round_: int, size: int) -> tuple[int, ...]:
    """In which order the choices of a question are shown: another one each time it was answered, so that a place is not
    learned instead of an answer; the same for the same round."""
    return tuple(sorted(range(size), key=lambda place: sha256(f"{item} {round_} {place}".encode()).digest()))


def _prose(lines: list[str]) -> list[Piece]:
    text = "\n".join(lines).strip("\n")
    return [Piece(PROSE, text)] if text.strip() else []
