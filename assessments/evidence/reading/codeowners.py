"""CODEOWNERS: which pattern names which owners, and who owns a path. The last pattern that matches decides."""

import re
from dataclasses import dataclass
from functools import lru_cache

#: Where GitHub looks, in this order; only the first counts.
PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
#: Rules and characters of a pattern that are looked at.
RULES_LIMIT, PATTERN_LIMIT = 5_000, 300

_OWNER = re.compile(r"@[A-Za-z0-9][\w.-]*(/[\w.-]+)?|[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class Rule:
    """owners: empty where a pattern takes owners away. wrong: why the forge leaves the line out; empty when good."""

    line: int
    pattern: str
    owners: tuple[str, ...]
    wrong: str = ""


def read_codeowners(text: str) -> tuple[Rule, ...]:
    """The rules in order. Never fails: a line that is wrong says so."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        bare = re.split(r"(?<!\\)#", line, maxsplit=1)[0].strip()
        if not bare or (bare.startswith(("[", "^[")) and "]" in bare):  # a section of another forge
            continue
        pattern, *owners = re.split(r"(?<!\\)\s+", bare)
        found.append(Rule(number, pattern, tuple(owners), _wrong(pattern, owners)))
        if len(found) >= RULES_LIMIT:
            break
    return tuple(found)


def _wrong(pattern: str, owners: list[str]) -> str:
    if pattern.startswith("!"):
        return "a pattern cannot be negated"
    if "[" in pattern or len(pattern) > PATTERN_LIMIT:
        return "the pattern cannot be read"
    strange = [owner for owner in owners if not _OWNER.fullmatch(owner)]
    return f"{strange[0][:80]} is no owner: write @user, @organisation/team or an address" if strange else ""


def owner_of(rules: tuple[Rule, ...], path: str) -> Rule | None:
    """The rule that decides for a path; None when none matches."""
    for rule in reversed(rules):
        if not rule.wrong and _pattern(rule.pattern).match(path):
            return rule
    return None


@lru_cache(maxsize=2048)
def _pattern(pattern: str) -> re.Pattern:
    """As in .gitignore: a slash within binds to the root, `*` stops at a slash, what names a folder takes all in it."""
    text = pattern.replace("\\ ", " ").replace("\\#", "#")
    folder = text.endswith("/")
    bare = text.strip("/")
    anchored = text.startswith("/") or "/" in bare
    out = []
    for part in re.split(r"(\*\*/|/\*\*|\*+|\?)", bare):
        if part == "**/":
            out.append("(?:[^/]+/)*")
        elif part == "/**":
            out.append("/.+")
        elif part.startswith("*"):
            out.append("[^/]*")
        elif part == "?":
            out.append("[^/]")
        else:
            out.append(re.escape(part))
    # docs/* means the files of that folder, not those further down
    inside = "" if bare.endswith("/*") and bare != "*" else "(?:/.*)?"
    return re.compile(("" if anchored else "(?:.*/)?") + "".join(out) + ("/.*" if folder and bare else inside) + r"\Z")
