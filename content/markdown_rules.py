"""Markdown that does not come out as it was meant: what a renderer leaves out, takes for something else, or runs."""

import re

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^`]*)$")
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_TAG = re.compile(r"<(?!https://[^>\s]+>)(/?[A-Za-z][^>\s]{0,40}|!)")
_TARGET = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]*)")
_REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:\s*(\S+)")
_MATH = re.compile(r"(?<!\\)\$[^$]+(?<!\\)\$")
_SIGN = re.compile(r"(?<![\w:]):(?:[a-z][a-z0-9_+-]*:(?!\w)|[a-z]+(?:-[a-z]+)?\[)")
_ITEM = re.compile(r"\s*([-*+]|[0-9]{1,3}[.)])\s+\S")
_LINK = re.compile(r"https://\S+|#[\w-]+")


def problems(text: str) -> list[str]:
    """What is wrong with a text in Markdown, one sentence each with its line."""
    found: list[str] = []
    fence, opened, before = "", 0, ""
    for number, line in enumerate(text.split("\n"), 1):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                fence = ""
            before = ""
            continue
        if mark:
            fence, opened = mark[1], number
            continue
        found += [f"line {number}: {problem}" for problem in _line(line, before)]
        before = line
    if fence:
        found.append(f"line {opened}: the code that begins there has no end, so the rest is shown as code")
    return found


def _line(line: str, before: str) -> list[str]:
    bare = _CODE.sub("", line)
    found = []
    if tag := _TAG.search(bare):
        found.append(f"{tag[0][:30]!r} is left out as HTML; write it in backticks")
    for target in [*_TARGET.findall(bare), *_REFERENCE.findall(bare)]:
        if not _LINK.fullmatch(target):
            found.append(f"the link to {target[:60]!r} is not shown; write https:// or #heading")
    if re.search(r"!\[", bare):
        found.append("a picture is not loaded from elsewhere; draw with text or describe it")
    if _MATH.search(bare):
        found.append("two $ in a line are taken for a formula; write \\$ or use backticks")
    if sign := _SIGN.search(bare):
        found.append(f"{sign[0]!r} is taken for a sign or a colour; use backticks")
    if re.match(r"#{1,6}[^#\s]", bare):
        found.append("a heading needs a space behind its #")
    if re.fullmatch(r" {0,3}(-{2,}|={2,})\s*", line) and before.strip():
        found.append("the line above becomes a heading; leave a line free")
    if (
        _ITEM.match(line)
        and before.strip()
        and not _ITEM.match(before)
        and not before.startswith((" ", "\t", "#", "|", ">"))
    ):
        found.append("a list needs a free line before it")
    return found
