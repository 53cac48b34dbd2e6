"""Holds a change against the limits of ci/changes.json, whoever or whatever wrote it.

    python3 ci/change_check.py origin/main HEAD

A limit may be passed with a reason, in a trailer of one of the commits:

    Large-change: the list of postcodes was made anew by its script, which is in this change too

Ends with 0 when the change is within its limits or says why not, with 1 and a sentence for each limit otherwise, and
with 2 when the two cannot be compared.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

LIMITS = "ci/changes.json"
REASON = 20  # characters; "needed" is none
TEST = re.compile(
    r"^\s*(?:(?:async\s+)?def\s+test|func\s+(?:Test|Fuzz)|(?:it|test)(?:\.each)?\s*[(`]|@(?:Parameterized)?Test\b|#\[test\])"
)
SILENCED = re.compile(
    r"@(?:unittest\.|pytest\.mark\.)?(?:skip|xfail|expectedFailure)|\bskipTest\(|\bpytest\.skip\("
    r"|\b(?:it|test|describe)\.(?:skip|only|todo)\b|\bx(?:it|describe)\(|\bt\.Skip|@Disabled\b|@Ignore\b|#\[ignore"
)


class Stop(Exception):
    """What stands in the way of looking, as a sentence."""


def git(*words: str) -> str:
    done = subprocess.run(
        ["git", "-c", "core.quotepath=false", *words], capture_output=True, text=True, errors="replace"
    )
    if done.returncode:
        raise Stop(f"git {words[0]} says: {done.stderr.strip() or 'nothing'}")
    return done.stdout


def limits(base: str) -> dict:
    """Those of the base, so that no change raises its own. Without any there, those of the files that lie here."""
    there = subprocess.run(["git", "show", f"{base}:{LIMITS}"], capture_output=True, text=True)
    try:
        found = json.loads(there.stdout if there.returncode == 0 else Path(LIMITS).read_text(encoding="utf-8"))
        lists = ("source", "tests", "dependencies", "generated", "tools")
        if not isinstance(found["max_lines"], int) or not all(isinstance(found.get(each, []), list) for each in lists):
            raise TypeError
    except (OSError, ValueError, KeyError, TypeError):
        raise Stop(f"{LIMITS} needs max_lines as a number, and lists of patterns: source, tests and so on.") from None
    return found


def fits(patterns: list[str], text: str) -> bool:
    """Whether one of the patterns is the whole text; `*` is anything, slashes too."""
    return any(re.fullmatch(re.escape(each).replace(r"\*", ".*"), text) for each in patterns)


def sizes(base: str, head: str) -> dict[str, int]:
    """Lines that were added and taken away, by file. A file that only moved has none."""
    found: dict[str, int] = {}
    parts = iter(git("diff", "--numstat", "-z", "-M", f"{base}...{head}").split("\0"))
    for part in parts:
        if not part:
            continue
        added, removed, path = part.split("\t", 2)
        if not path:  # it moved: the old and the new path stand behind it
            next(parts)
            path = next(parts)
        found[path] = sum(int(each) for each in (added, removed) if each != "-")  # "-" is not text
    return found


def lines(base: str, head: str, paths: list[str]) -> tuple[list[str], list[str]]:
    """(added, taken away) in these files."""
    if not paths:
        return [], []
    said = git("diff", "--unified=0", "--no-color", "--no-ext-diff", "--no-renames", f"{base}...{head}", "--", *paths)
    rows = [row for row in said.splitlines() if not row.startswith(("+++ ", "--- "))]
    return [row[1:] for row in rows if row[:1] == "+"], [row[1:] for row in rows if row[:1] == "-"]


def trailers(base: str, head: str) -> dict[str, str]:
    """The longest value of each trailer of the commits, by its name in small letters."""
    found: dict[str, str] = {}
    for row in git("log", "--format=%(trailers:only=true,unfold=true)", f"{base}..{head}").splitlines():
        name, _, value = row.partition(":")
        if len(value.strip()) > len(found.get(name.casefold(), "")):
            found[name.casefold()] = value.strip()
    return found


def passed_over(base: str, head: str, wanted: dict) -> list[tuple[str, str]]:
    """(trailer, sentence) of each limit that the change does not keep."""
    changed = sizes(base, head)
    tests = [path for path in changed if fits(wanted.get("tests", []), path)]
    source = [path for path in changed if path not in tests and fits(wanted.get("source", []), path)]
    found = []
    size = sum(lines_ for path, lines_ in changed.items() if not fits(wanted.get("generated", []), path))
    if size > wanted["max_lines"]:
        found.append(("Large-change", f"It changes {size} lines, and {wanted['max_lines']} are the limit: split it."))
    if source and not tests:
        found.append(("Untested", f"{source[0]} changes, and no test does."))
    removed_too = git("diff", "--name-only", "-z", "--no-renames", f"{base}...{head}").split("\0")
    added, removed = lines(base, head, [path for path in removed_too if path and fits(wanted.get("tests", []), path)])
    fewer = sum(bool(TEST.search(row)) for row in removed) - sum(bool(TEST.search(row)) for row in added)
    if fewer > 0:
        found.append(("Tests-removed", f"{fewer} tests fewer than before."))
    if silenced := [row.strip() for row in added if SILENCED.search(row)]:
        found.append(("Tests-removed", f"A test is silenced: {silenced[0]}"))
    needs = [path for path in changed if fits(wanted.get("dependencies", []), path)]
    if new := [row.strip() for row in lines(base, head, needs)[0] if row.strip() and not row.strip().startswith("#")]:
        found.append(("Dependency", f"A dependency is added or changed: {new[0]}"))
    authors = sorted(set(git("log", "--no-merges", "--format=%an <%ae>", f"{base}..{head}").splitlines()))
    if tools := [each for each in authors if fits(wanted.get("tools", []), each)]:
        found.append(("Answered-by", f"{tools[0]} is its author; name the person who can explain it."))
    return found


def main(words: list[str]) -> int:
    if len(words) != 2:
        print("usage: python3 ci/change_check.py BASE HEAD", file=sys.stderr)
        return 2
    try:
        base = git("merge-base", *words).strip()
        over, reasons = passed_over(base, words[1], limits(base)), trailers(base, words[1])
    except Stop as stop:
        print(stop, file=sys.stderr)
        return 2
    open_ = 0
    for trailer, sentence in over:
        reason = reasons.get(trailer.casefold(), "")
        # A name is shorter than a reason.
        if len(reason) >= (3 if trailer == "Answered-by" else REASON):
            print(f"said why   {sentence}\n           {trailer}: {reason}")
        else:
            open_ += 1
            print(f"STOPPED    {sentence}\n           If it must be so, say why in a commit: {trailer}: ...")
    if tool := reasons.get("assisted-by"):
        print(f"assisted   {tool}")
    print(f"{len(over) - open_} limits passed with a reason, {open_} without.")
    return 1 if open_ else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
