"""Markdown that does not come out as it was meant: what a renderer leaves out, takes for something else, or runs.

Twice: line by line, so that an author is told the line; and through a parser of CommonMark, which also sees what is
spread over lines. `is_safe` is the second alone, for whoever shows a text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from content.diagrams import dot

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^`]*)$")
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_ANY_CODE = re.compile(_CODE.pattern, re.DOTALL)
_TAG = re.compile(r"<(?!https://[^>\s]+>)(/?[A-Za-z][^>\s]{0,40}|[!?])")
_TARGET = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]*)")
_REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:\s*(\S+)")
_MATH = re.compile(r"(?<!\\)\$[^$]+(?<!\\)\$")
_SIGN = re.compile(r"(?<![\w:]):(?:material/|[a-z+][a-z0-9_+-]*:(?!\w)|[a-z]+(?:-[a-z]+)?\[)")
_ITEM = re.compile(r"\s*([-*+]|[0-9]{1,3}[.)])\s+\S")
#: Without one of these the parser sees no HTML, link, picture, formula or code.
_SIGNS = re.compile(r"[<\[$`~]")
_LINK = re.compile(r"https://\S+|#[\w-]+")
#: Letters of a line: the patterns here take the square of its length.
LONGEST = 2_000
#: Fences that a page would draw by a program of its own; a diagram is a fence `dot`.
_DRAWN = ("mermaid", "graphviz", "plantuml", "svg")


def problems(text: str) -> list[str]:
    """What is wrong with a text in Markdown, one sentence each with its line."""
    if too_long := longer(text):
        return [too_long]
    found: list[str] = []
    fence, opened, before = "", 0, ""
    kind, inside = "", []
    for number, line in enumerate(text.split("\n"), 1):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                found += [f"line {opened}: {problem}" for problem in _fenced(kind, "\n".join(inside))]
                fence = ""
            inside.append(line)
            before = ""
            continue
        if mark:
            fence, opened, kind, inside = mark[1], number, mark[2].strip(), []
            continue
        found += [f"line {number}: {problem}" for problem in _line(line, before)]
        before = line
    if fence:
        found.append(f"line {opened}: the code that begins there has no end, so the rest is shown as code")
    return found or (list(_parsed(text)) if _SIGNS.search(text) else [])


def longer(text: str, first: int = 1) -> str:
    """What is wrong with the first line of a text that is too long to be looked at; empty when none is. first: its
    number."""
    for number, line in enumerate(text.split("\n"), first):
        if len(line) > LONGEST:
            return f"line {number}: it has {len(line):,} letters; break it, a line has at most {LONGEST:,}"
    return ""


def is_safe(text: str) -> bool:
    """Whether a page may show the text as Markdown: no HTML, no picture, no other link than https:// or #heading, and
    no sign of the renderer."""
    return not problems(text)


@dataclass(frozen=True)
class Block:
    """Code, or a table, that stands by itself. first, after: its lines, counted from 0. info: what stands behind the
    marks of code."""

    first: int
    after: int
    info: str = ""
    code: str = ""
    is_table: bool = False


def blocks(text: str) -> list[Block]:
    """In their order, without those in lists and quotations."""
    found = []
    for token in _parser().parse(text):
        if token.type == "fence" and token.level == 0:
            found.append(Block(*token.map, token.info.strip(), token.content.rstrip("\n")))
        elif token.type == "table_open" and token.level == 0:
            found.append(Block(*token.map, is_table=True))
    return found


def links(text: str) -> list[str]:
    """The addresses of the web that it links, in their order."""
    tokens = _every(_parser().parse(text))
    found = [str(token.attrs.get("href", "")) for token in tokens if token.type == "link_open"]
    return [url for url in dict.fromkeys(found) if url.startswith("https://")]


def _fenced(kind: str, code: str) -> Iterator[str]:
    name = kind.split(" ")[0]
    if name in _DRAWN:
        yield f"a fence {name} is not drawn; write ```dot and a title"
    if name == "dot":
        if not kind.removeprefix("dot").strip():
            yield "a diagram needs a title: ```dot What it shows"
        if wrong := dot.problem(code):
            yield wrong


@lru_cache
def _parser() -> MarkdownIt:
    """It takes every link for one: what may be one is said here."""
    parser = MarkdownIt("commonmark").enable("table")
    parser.validateLink = lambda url: True
    return parser


def _parsed(text: str) -> Iterator[str]:
    for token in _every(_parser().parse(text)):
        line = f"line {token.map[0] + 1}: " if token.map else ""
        if token.type in ("html_block", "html_inline"):
            yield f"{line}{token.content.strip()[:30]!r} is left out as HTML; write it in backticks"
        elif token.type == "image":
            yield f"{line}a picture is not loaded from elsewhere; draw with text or describe it"
        elif token.type == "link_open" and not _LINK.fullmatch(str(token.attrs.get("href", ""))):
            yield f"{line}the link to {str(token.attrs.get('href'))[:60]!r} is not shown; write https:// or #heading"
        elif token.type == "inline" and _MATH.search(_ANY_CODE.sub("", token.content)):
            yield f"{line}two $ in a paragraph are taken for a formula; write \\$ or use backticks"
        elif token.type == "fence" and token.level and token.info.split(" ")[0] in ("dot", *_DRAWN):
            yield f"{line}a diagram stands by itself, not in a list"


def _every(tokens: list[Token]) -> Iterator[Token]:
    """The tokens with those inside of them, which get the line of the outer one."""
    for token in tokens:
        yield token
        for child in token.children or ():
            child.map = token.map
            yield child


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
