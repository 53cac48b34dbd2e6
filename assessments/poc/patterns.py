"""Patterns of content: words with `*` for anything and `|` between alternatives, over the whole text, without regard to
case. They take linear time on any text; regular expressions do not, so content has none."""

import re
from collections.abc import Iterable
from functools import lru_cache

#: Characters of a text that are looked at.
LONGEST = 20_000
#: Alternatives that a sentence names.
NAMED = 4
_BRACES = re.compile(r"\{([^{}]+)\}")


def fits(pattern: str | Iterable[str], text: str) -> bool:
    """Whether the whole text is one of the alternatives of the pattern, or of several patterns."""
    said = text[:LONGEST].casefold()
    patterns = (pattern,) if isinstance(pattern, str) else pattern
    return any(_fits(parts, said) for each in patterns for parts in _alternatives(each))


def spoken(pattern: str, text: str | None = None) -> str:
    """A pattern in words, as 'update, insert or delete': without its signs and with few of its alternatives. text: only
    the alternative that it fits is said, the one with the fewest gaps."""
    parts = [each.strip() for each in pattern.split("|") if text is None or fits(each, text)]
    if text is not None:
        parts.sort(key=lambda each: each.count("*"))
    words = [" ... ".join(filter(None, (word.strip() for word in each.split("*")))) for each in parts]
    words = list(dict.fromkeys(filter(None, words))) or ["anything"]
    if len(words) > NAMED:
        words = [*words[: NAMED - 1], "the like"]
    return words[0] if text is not None or len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


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


def either(globs: Iterable[str]) -> str:
    """Globs in a sentence; of many endings in braces the first few are said."""
    return " or ".join(_BRACES.sub(_few, each) for each in globs)


def _few(braces: re.Match) -> str:
    endings = braces[1].split(",")
    return braces[0] if len(endings) <= NAMED else f"{{{','.join([*endings[: NAMED - 1], '...'])}}}"
