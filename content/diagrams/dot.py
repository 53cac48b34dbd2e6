"""The part of Graphviz's language that modules may draw with: a plain digraph, and nothing that loads, links or styles.

    digraph { rankdir=LR; push -> build -> test [label="when green"]; test [label="Test", shape=diamond] }

What is not in these lists is refused, so nothing of a text reaches a drawing but names, words and a few shapes.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

MOST_LETTERS, MOST_NODES, MOST_EDGES, LABEL = 4_000, 16, 32, 90
SHAPES = {
    "box": "box", "rect": "box", "rectangle": "box", "square": "box", "component": "box", "folder": "box", "tab": "box",
    "note": "note", "ellipse": "round", "oval": "round", "circle": "round", "diamond": "diamond",
    "cylinder": "cylinder", "plaintext": "words", "plain": "words", "none": "words",
}  # fmt: skip
GRAPH = {"rankdir": ("LR", "TB", "RL", "BT"), "label": None}
NODE = {"label": None, "shape": tuple(SHAPES), "style": ("solid", "dashed", "dotted", "rounded", "bold")}
EDGE = {"label": None, "style": ("solid", "dashed", "dotted", "bold"), "dir": ("forward", "back", "both", "none")}

_TOKEN = re.compile(
    r"\s+|//[^\n]*|\#[^\n]*|/\*.*?\*/"
    r"|(?P<quoted>\"(?:[^\"\\\n]|\\.)*\")|(?P<name>[A-Za-z_][A-Za-z0-9_]*|-?[0-9]+(?:\.[0-9]+)?)"
    r"|(?P<arrow>->)|(?P<sign>[{}\[\];,=])",
    re.DOTALL,
)


class NotDrawn(ValueError):
    """The text is no diagram of ours; the message says in one sentence what to mend."""


@dataclass(frozen=True)
class Node:
    """label: lines. shape: box, round, diamond, cylinder, note or words. dashed: its edge."""

    name: str
    label: tuple[str, ...]
    shape: str = "box"
    dashed: bool = False


@dataclass(frozen=True)
class Edge:
    """both: with a head at both ends; bare: with none."""

    tail: str
    head: str
    label: tuple[str, ...] = ()
    dashed: bool = False
    both: bool = False
    bare: bool = False


@dataclass(frozen=True)
class Diagram:
    """Nodes in the order in which the text names them. sideways: from left to right instead of downwards."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    sideways: bool


def read(text: str) -> Diagram:
    """Raises NotDrawn with a sentence."""
    if len(text) > MOST_LETTERS:
        raise NotDrawn(f"A diagram has at most {MOST_LETTERS:,} letters.")
    reader = _Reader(_tokens(text))
    reader.whole()
    nodes = tuple(reader.node(name) for name in reader.names)
    if not nodes:
        raise NotDrawn("A diagram has boxes: write a -> b.")
    if len(nodes) > MOST_NODES or len(reader.edges) > MOST_EDGES:
        raise NotDrawn(f"A diagram has at most {MOST_NODES} boxes and {MOST_EDGES} arrows; draw two.")
    return Diagram(nodes, tuple(reader.edges), reader.graph.get("rankdir", "TB") in ("LR", "RL"))


def problem(text: str) -> str:
    """What is wrong with it, one sentence without a capital; empty when it is drawn."""
    try:
        read(text)
    except NotDrawn as error:
        said = str(error)
        return f"{said[0].lower()}{said[1:].rstrip('.')}"
    return ""


def described(drawn: Diagram) -> tuple[str, ...]:
    """The same as sentences, for whoever cannot see it."""
    names = {node.name: " ".join(node.label) for node in drawn.nodes}
    told = []
    for edge in drawn.edges:
        verb = "and" if edge.both else "goes with" if edge.bare else "leads to"
        words = f"{names[edge.tail]} {verb} {names[edge.head]}" + (" lead to each other" if edge.both else "")
        told.append(f"{words}: {' '.join(edge.label)}." if edge.label else f"{words}.")
    joined = {name for edge in drawn.edges for name in (edge.tail, edge.head)}
    return (*told, *(f"{names[node.name]} stands by itself." for node in drawn.nodes if node.name not in joined))


def _tokens(text: str) -> list[tuple[str, str]]:
    found, place = [], 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            line = text.count("\n", 0, place) + 1
            raise NotDrawn(f"Line {line} of the diagram cannot be read at {text[place : place + 12]!r}.")
        if match.lastgroup:
            found.append((match.lastgroup, match[0]))
        place = match.end()
    return found


class _Reader:
    """Reads the tokens once, from left to right."""

    def __init__(self, tokens: list[tuple[str, str]]):
        self.tokens, self.place = tokens, 0
        self.names: dict[str, dict[str, str]] = {}
        self.edges: list[Edge] = []
        self.graph: dict[str, str] = {}
        self.usual: dict[str, dict[str, str]] = {"node": {}, "edge": {}}

    def whole(self) -> None:
        if self.next() != ("name", "digraph"):
            raise NotDrawn("A diagram begins with digraph {.")
        if self.peek()[0] in ("name", "quoted"):
            self.next()
        self.sign("{")
        while self.peek()[1] != "}":
            self.statement()
        self.sign("}")
        if self.place < len(self.tokens):
            raise NotDrawn(f"After the diagram stands {self.peek()[1][:20]!r}.")

    def statement(self) -> None:
        kind, said = self.peek()
        if said == ";":
            self.next()
            return
        if kind == "name" and said in ("node", "edge", "graph"):
            self.next()
            given = self.attributes({"node": NODE, "edge": EDGE, "graph": GRAPH}[said])
            (self.graph if said == "graph" else self.usual[said]).update(given)
            return
        if kind == "name" and said in ("subgraph", "strict", "graph", "digraph"):
            raise NotDrawn(f"{said} is not drawn; a diagram is boxes and arrows.")
        first = self.ends()
        if self.peek()[1] == "=" and len(first) == 1:
            self.next()
            self.graph |= self.checked({first[0]: self.value()}, GRAPH)
            return
        chain = [first]
        while self.peek()[0] == "arrow":
            self.next()
            chain.append(self.ends())
        given = self.attributes(EDGE if len(chain) > 1 else NODE) if self.peek()[1] == "[" else {}
        for names in chain:
            for name in names:
                self.names.setdefault(name, dict(self.usual["node"]))
        if len(chain) == 1:
            for name in first:
                self.names[name] |= given
        for tails, heads in pairwise(chain):
            self.edges += [self.edge(tail, head, self.usual["edge"] | given) for tail in tails for head in heads]

    def ends(self) -> list[str]:
        """One name, or several in braces."""
        if self.peek()[1] != "{":
            return [self.value()]
        self.next()
        found = []
        while self.peek()[1] != "}":
            if self.peek()[1] in (";", ","):
                self.next()
                continue
            found.append(self.value())
        self.next()
        if not found or len(found) > MOST_NODES:
            raise NotDrawn("Braces hold the names of some boxes.")
        return found

    def attributes(self, known: dict) -> dict[str, str]:
        self.sign("[")
        found: dict[str, str] = {}
        while self.peek()[1] != "]":
            if self.peek()[1] in (";", ","):
                self.next()
                continue
            name = self.value()
            self.sign("=")
            found[name] = self.value()
        self.next()
        return self.checked(found, known)

    def checked(self, given: dict[str, str], known: dict) -> dict[str, str]:
        for name, value in given.items():
            if name not in known:
                raise NotDrawn(f"{name[:30]} is not drawn; there are {', '.join(known)}.")
            if known[name] is None and len(value) > LABEL:
                raise NotDrawn(f"A label has at most {LABEL} letters.")
            if known[name] is not None and value not in known[name]:
                raise NotDrawn(f"{name} cannot be {value[:30]!r}; it is one of {', '.join(known[name])}.")
        return given

    def value(self) -> str:
        kind, said = self.next()
        if kind == "quoted":
            return re.sub(r'\\(["\\])', r"\1", said[1:-1])
        if kind != "name":
            raise NotDrawn(f"A name was expected in the diagram, not {said[:20]!r}.")
        return said

    def edge(self, tail: str, head: str, given: dict[str, str]) -> Edge:
        if tail == head:
            raise NotDrawn(f"An arrow from {tail[:30]!r} to itself is not drawn.")
        way = given.get("dir", "forward")
        tail, head = (head, tail) if way == "back" else (tail, head)
        dashed = given.get("style") in ("dashed", "dotted")
        return Edge(tail, head, _lines(given.get("label", "")), dashed, way == "both", way == "none")

    def node(self, name: str) -> Node:
        given = self.names[name]
        label = _lines(given.get("label", name))
        if not label or len(name) > LABEL:
            raise NotDrawn(f"The box {name[:30]!r} needs a label of 1 to {LABEL} letters.")
        return Node(name, label, SHAPES[given.get("shape", "box")], given.get("style") in ("dashed", "dotted"))

    def peek(self) -> tuple[str, str]:
        if self.place >= len(self.tokens):
            raise NotDrawn("The diagram has no end: a } or ] is missing.")
        return self.tokens[self.place]

    def next(self) -> tuple[str, str]:
        found = self.peek()
        self.place += 1
        return found

    def sign(self, sign: str) -> None:
        if (found := self.next())[1] != sign or found[0] != "sign":
            raise NotDrawn(f"A {sign} was expected in the diagram, not {found[1][:20]!r}.")


def _lines(label: str) -> tuple[str, ...]:
    r"""Lines at \n, \l and \r, as Graphviz breaks them."""
    pieces = re.split(r"\\[nlr]|\n", label)
    return tuple(line for piece in pieces if (line := " ".join(piece.split())))
