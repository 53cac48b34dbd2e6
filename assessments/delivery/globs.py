"""Shell globs as regular expressions of Polars (Rust syntax): for names, and for paths as in .gitignore."""

import re


def _letter(letter: str) -> str:
    """A letter inside a set, so that it means itself."""
    return letter if letter.isalnum() or not letter.isascii() or letter.isspace() else f"\\{letter}"


def _set(glob: str, at: int) -> tuple[str, int]:
    """A character set that begins at `at`; (expression, index behind it). An unclosed bracket is itself, and so is the
    hyphen of a range that runs backwards."""
    end = glob.find("]", at + 2)
    if end < 0:
        return r"\[", at + 1
    inside = glob[at + 1 : end]
    negate = "^" if inside[0] in "!^" and len(inside) > 1 else ""
    rest = inside[len(negate) :]
    out, place = [], 0
    while place < len(rest):
        if rest[place + 1 : place + 2] == "-" and place + 2 < len(rest) and rest[place] <= rest[place + 2]:
            out.append(f"{_letter(rest[place])}-{_letter(rest[place + 2])}")
            place += 3
        else:
            out.append(_letter(rest[place]))
            place += 1
    return f"[{negate}{''.join(out)}]", end + 1


def _translate(glob: str, star: str, one: str) -> str:
    out, at = [], 0
    while at < len(glob):
        if glob.startswith("**/", at) and star != ".*":
            out.append("(?:[^/]+/)*")
            at += 3
        elif glob.startswith("**", at):
            out.append(".*")
            at += 2
        elif glob[at] == "*":
            out.append(star)
            at += 1
        elif glob[at] == "?":
            out.append(one)
            at += 1
        elif glob[at] == "[":
            expression, at = _set(glob, at)
            out.append(expression)
        else:
            out.append(re.escape(glob[at]))
            at += 1
    return "".join(out)


def names(patterns: str) -> str:
    """Expression for a comma-separated list of globs on names, without regard to case; `*` also matches a slash.

    Empty text when the list is empty.
    """
    globs = [part.strip() for part in patterns.split(",") if part.strip()]
    return f"(?is)^(?:{'|'.join(_translate(glob, '.*', '.') for glob in globs)})$" if globs else ""


def paths(globs: tuple[str, ...]) -> str:
    """Expression for any of several globs on paths relative to the repository, case kept, as in .gitignore.

    `*` and `?` stop at a slash, `**` does not; a glob without a slash (other than at its end) matches at any depth;
    one that matches a folder matches all below it. Empty text when there is no glob.
    """
    out = []
    for glob in (glob.strip().removeprefix("./") for glob in globs):
        bare = glob.strip("/")
        if bare:
            anywhere = "" if "/" in glob.rstrip("/") else "(?:.*/)?"
            out.append(anywhere + _translate(bare, "[^/]*", "[^/]"))
    return f"(?s)^(?:{'|'.join(out)})(?:/.*)?$" if out else ""
