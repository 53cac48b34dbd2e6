"""HCL (Terraform, Vault policies): blocks with labels, attributes and nested blocks, and where each stands.

Structure is read exactly: comments, quoted texts with `${}` inside, heredocs, brackets. An expression is kept as its
text; a plain text is known as such. Nothing is computed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from assessments.evidence.reading import Malformed

#: Depth of blocks and brackets, and pieces of one file.
DEPTH_LIMIT, PIECES_LIMIT = 60, 200_000

_PIECE = re.compile(
    r"""(?P<space>[ \t\r]+)|(?P<comment>\#[^\n]*|//[^\n]*|/\*.*?\*/)|(?P<line>\n)
    |(?P<heredoc><<-?[A-Za-z_][\w-]*[ \t\r]*\n)
    |(?P<name>[A-Za-z_][\w-]*)|(?P<number>[0-9][\w.]*)|(?P<open>[{\[(])|(?P<close>[}\])])|(?P<quote>")|(?P<equal>=(?![=>]))|(?P<other>.)""",
    re.DOTALL | re.VERBOSE,
)
_CLOSING = {"{": "}", "[": "]", "(": ")"}


@dataclass(frozen=True)
class Attribute:
    """text: the expression as written, without comments. value: the text it is, when it is one plain text."""

    name: str
    line: int
    text: str
    value: str | None = None


@dataclass(frozen=True)
class Block:
    kind: str
    labels: tuple[str, ...]
    line: int
    attributes: dict[str, Attribute] = field(default_factory=dict)
    blocks: tuple["Block", ...] = ()

    def get(self, name: str) -> Attribute | None:
        return self.attributes.get(name)

    def inside(self, *kinds: str) -> list["Block"]:
        """Blocks of these kinds directly below."""
        return [block for block in self.blocks if block.kind in kinds]

    def everywhere(self) -> Iterator["Block"]:
        """This block and all below."""
        waiting = [self]
        while waiting:
            block = waiting.pop()
            yield block
            waiting += block.blocks


@dataclass(frozen=True)
class _Piece:
    kind: str
    text: str
    line: int


def read_hcl(text: str) -> Block:
    """The file as one block without kind. Raises Malformed."""
    pieces = _pieces(text)
    body, at = _body(pieces, 0, 0)
    if at < len(pieces):
        raise Malformed(f"line {pieces[at].line} closes what is not open")
    return Block("", (), 1, *body)


def _pieces(text: str) -> list[_Piece]:
    found: list[_Piece] = []
    at, line = 0, 1
    while at < len(text):
        match = _PIECE.match(text, at)
        kind, piece = match.lastgroup, match[0]
        at = match.end()
        if kind == "quote":
            end, value = _quoted(text, at, line)
            found.append(_Piece("text", value, line))
            line += text.count("\n", at, end)
            at = end
        elif kind == "heredoc":
            end, value = _heredoc(text, at, piece)
            found.append(_Piece("text", value, line))
            line += 1 + text.count("\n", at, end)
            at = end
            found.append(_Piece("line", "\n", line))
        elif kind not in ("space", "comment"):
            found.append(_Piece(kind, piece, line))
            line += kind == "line"
        else:
            line += piece.count("\n")
        if len(found) > PIECES_LIMIT:
            raise Malformed("it is too long to be read")
    return found


def _quoted(text: str, at: int, line: int) -> tuple[int, str]:
    """(index behind the closing quote, what stands between as written)."""
    begun, depth = at, 0
    while at < len(text):
        letter = text[at]
        if letter == "\\":
            at += 2
            continue
        if text.startswith(("${", "%{"), at) and not (at and text[at - 1] in "$%"):
            depth += 1
            if depth > DEPTH_LIMIT:
                break
            at += 2
            continue
        if depth and letter == "{":
            depth += 1
        elif depth and letter == "}":
            depth -= 1
        elif letter == '"':
            if not depth:
                return at + 1, text[begun:at]
            at, _ = _quoted_inside(text, at + 1)
            continue
        elif letter == "\n" and not depth:
            break
        at += 1
    raise Malformed(f"line {line} has a text that does not end")


def _quoted_inside(text: str, at: int) -> tuple[int, str]:
    """Behind a text within an expression within a text; those nested deeper are taken as they come."""
    begun = at
    while at < len(text) and text[at] not in '"\n':
        at += 2 if text[at] == "\\" else 1
    return at + 1, text[begun:at]


def _heredoc(text: str, at: int, opening: str) -> tuple[int, str]:
    """(index behind the line that ends it, its text)."""
    name = opening.strip().lstrip("<").lstrip("-").strip()
    begun = at
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if text[at:end].strip() == name:
            return min(end + 1, len(text)), text[begun:at]
        at = end + 1
    raise Malformed("a heredoc does not end")


def _body(pieces: list[_Piece], at: int, depth: int) -> tuple[tuple[dict[str, Attribute], tuple[Block, ...]], int]:
    if depth > DEPTH_LIMIT:
        raise Malformed(f"it is nested deeper than {DEPTH_LIMIT} levels")
    attributes: dict[str, Attribute] = {}
    blocks: list[Block] = []
    while at < len(pieces):
        piece = pieces[at]
        if piece.kind == "line" or piece.text in (",", ";"):
            at += 1
        elif piece.kind == "close":
            break
        elif piece.kind in ("name", "text"):
            if at + 1 < len(pieces) and (pieces[at + 1].kind == "equal" or pieces[at + 1].text == ":"):
                attribute, at = _attribute(pieces, at)
                attributes.setdefault(attribute.name, attribute)
            else:
                block, at = _block(pieces, at, depth)
                blocks.append(block)
        else:
            raise Malformed(f"line {piece.line} is not HCL")
    return (attributes, tuple(blocks)), at


def _attribute(pieces: list[_Piece], at: int) -> tuple[Attribute, int]:
    """An attribute, and the index behind its expression: the end of its line outside of brackets."""
    name, begun = pieces[at], at + 2
    at, depth = begun, 0
    while at < len(pieces):
        piece = pieces[at]
        if piece.kind == "open":
            depth += 1
        elif piece.kind == "close":
            if not depth:
                break
            depth -= 1
        elif (piece.kind == "line" and not depth) or (piece.text == "," and not depth):
            break
        at += 1
    inside = pieces[begun:at]
    plain = inside[0].text if len(inside) == 1 and inside[0].kind == "text" else None
    said = " ".join(
        f'"{piece.text}"' if piece.kind == "text" else piece.text for piece in inside if piece.kind != "line"
    )
    value = None if plain is None or "${" in plain or "%{" in plain else plain
    return Attribute(name.text, name.line, said, value), at


def _block(pieces: list[_Piece], at: int, depth: int) -> tuple[Block, int]:
    kind, labels = pieces[at], []
    at += 1
    while at < len(pieces) and pieces[at].kind in ("name", "text"):
        labels.append(pieces[at].text)
        at += 1
    opening = at  # policies of Vault may open a block on a line below its labels
    while labels and opening < len(pieces) and pieces[opening].kind == "line":
        opening += 1
    if opening < len(pieces) and pieces[opening].text == "{":
        at = opening
    if at >= len(pieces) or pieces[at].text != "{" or pieces[at].kind != "open":
        raise Malformed(f"line {kind.line} is not HCL")
    body, at = _body(pieces, at + 1, depth + 1)
    if at >= len(pieces) or pieces[at].text != "}":
        raise Malformed(f"the block of line {kind.line} does not end")
    return Block(kind.text, tuple(labels), kind.line, *body), at + 1


def texts(attribute: Attribute | None) -> list[str]:
    """The plain texts within an expression, such as the items of a list."""
    return re.findall(r'"((?:[^"\\]|\\.)*)"', attribute.text) if attribute else []
