"""Patterns of content: words with `*` for anything and `|` between alternatives, over the whole text, without regard to
case. They take linear time on any text; regular expressions do not, so content has none."""

from collections.abc import Iterable
from functools import lru_cache

#: Characters of a text that are looked at.
LONGEST = 20_000


def fits(pattern: str | Iterable[str], text: str) -> bool:
    """Whether the whole text is one of the alternatives of the pattern, or of several patterns."""
    said = text[:LONGEST].casefold()
    patterns = (pattern,) if isinstance(pattern, str) else pattern
    return any(_fits(parts, said) for each in patterns for parts in _alternatives(each))


@lru_cache(maxsize=4096)
def _alternatives(pattern: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(each.strip().casefold().split("*")) for each in pattern.split("|"))


def _fits(parts: tuple[str, ...], text: str) -> bool:
    if len(parts) == 1:
        return text == parts[0]
    first, *middle, last = parts
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
