"""Go files: what they import, call, build and test, by the grammar of the language. Names are resolved through the
imports of the file, so that an alias hides nothing and fakes nothing."""

import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import tree_sitter_go
from tree_sitter import Language, Node, Parser, Query, QueryCursor

from assessments.evidence.reading import Malformed

#: Characters of one file, and nodes of its tree.
TEXT_LIMIT, NODES_LIMIT = 200_000, 100_000

_IGNORED = re.compile(r"^//go:build\s+(ignore|never)\s*$|^//\s*\+build\s+ignore\s*$", re.MULTILINE)
_FUNCTIONS = ("function_declaration", "method_declaration")
_TEST = re.compile(r"Test(?![a-z])\w*")


@dataclass(frozen=True)
class Call:
    """name: `import/path.Func`, `.Method` of a value, or a plain name. text: the first text among its arguments; None
    when there is none. discarded: whether nobody looks at what it returns. function: in which it stands."""

    name: str
    line: int
    text: str | None
    discarded: bool
    function: str


@dataclass(frozen=True)
class Literal:
    """A value of a named type. fields: those that are set, and not to nil."""

    type: str
    line: int
    fields: frozenset[str]


@dataclass(frozen=True)
class GoFile:
    """imports: line by path, of those that are used. tests: (name, line) of test functions that do something."""

    path: str
    package: str
    imports: dict[str, int]
    calls: tuple[Call, ...]
    literals: tuple[Literal, ...]
    tests: tuple[tuple[str, int], ...]

    @property
    def is_test(self) -> bool:
        return self.path.endswith("_test.go")


@lru_cache
def _language() -> Language:
    return Language(tree_sitter_go.language())


@lru_cache
def _query() -> Query:
    """What is looked at: calls, values that are written out, and what stands before a dot."""
    text = """
        (call_expression) @call
        (composite_literal) @literal
        (qualified_type package: (_) @used)
        (selector_expression operand: (identifier) @used)
        (expression_statement (call_expression) @dropped)
        (go_statement (call_expression) @dropped)
        (defer_statement (call_expression) @dropped)
        (assignment_statement) @assigned
        (var_spec) @assigned
    """
    return Query(_language(), text)


def built(path: str, text: str) -> bool:
    """Whether the builder would look at the file at all."""
    names = path.split("/")
    if any(each.startswith(("_", ".")) or each == "testdata" for each in names):
        return False
    head = text.split("\npackage ", 1)[0] if not text.startswith("package ") else ""
    return not _IGNORED.search(head)


def read_go(path: str, text: str) -> GoFile:
    """Raises Malformed, with the line, when it is not Go."""
    if len(text) > TEXT_LIMIT:
        raise Malformed(f"it is longer than {TEXT_LIMIT:,} characters")
    source = text.encode("utf-8", "replace")
    root = Parser(_language()).parse(source).root_node
    if root.has_error:
        raise Malformed(f"line {_broken(root)} is not Go")
    reader = _Reader(path)
    reader.read(root)
    return reader.made()


def _broken(root: Node) -> int:
    """The first line that the grammar does not take."""
    node = root
    while True:
        if node.is_error or node.is_missing:
            return node.start_point[0] + 1
        inner = next((each for each in node.children if each.has_error or each.is_missing), None)
        if inner is None:
            return node.start_point[0] + 1
        node = inner


class _Reader:
    def __init__(self, path: str):
        self.path = path
        self.package = ""
        self.names: dict[str, str] = {}  # alias -> import path
        self.dots: list[str] = []
        self.lines: dict[str, int] = {}
        self.used: set[str] = set()
        self.dropped: set[int] = set()  # calls whose result nobody looks at
        self.calls: list[Call] = []
        self.literals: list[Literal] = []
        self.tests: list[tuple[str, int]] = []

    def made(self) -> GoFile:
        imports = {path: self.lines[path] for alias, path in self.names.items() if alias in self.used}
        imports |= {path: self.lines[path] for path in self.dots}
        return GoFile(self.path, self.package, imports, tuple(self.calls), tuple(self.literals), tuple(self.tests))

    def read(self, root: Node) -> None:
        for node in root.children:
            if node.type == "package_clause":
                self.package = _text(node.named_children[-1]) if node.named_children else ""
            elif node.type == "import_declaration":
                for each in _every(node):
                    if each.type == "import_spec":
                        self._import(each)
        begins, names = [0], [""]
        for node in root.children:
            name = node.child_by_field_name("name") if node.type in _FUNCTIONS else None
            begins.append(node.start_byte)
            names.append(_text(name) if name else "")
            if node.type == "function_declaration":
                self._test(node, names[-1])
        found = QueryCursor(_query()).captures(root)
        if sum(map(len, found.values())) > NODES_LIMIT:
            raise Malformed("it is too long to be read")
        self.dropped = {node.id for node in found.get("dropped", ())}
        for node in found.get("assigned", ()):
            self.dropped |= {each.id for each in _into_nothing(node)}
        for node in sorted(found.get("call", ()), key=lambda node: node.start_byte):
            self._call(node, names[bisect(begins, node.start_byte) - 1])
        for node in found.get("literal", ()):
            self._literal(node)
        self.used |= {_text(node) for node in found.get("used", ())}

    def _import(self, node: Node) -> None:
        spec = node.child_by_field_name("path")
        path = _text(spec)[1:-1] if spec else ""
        name = node.child_by_field_name("name")
        alias = _text(name) if name else _default(path)
        self.lines.setdefault(path, node.start_point[0] + 1)
        if alias == ".":
            self.dots.append(path)
        elif alias != "_":
            self.names[alias] = path

    def _named(self, node: Node | None) -> str:
        """The name of a function or type, resolved."""
        while node is not None and node.type in (
            "parenthesized_expression",
            "generic_type",
            "type_instantiation_expression",
        ):
            node = node.named_children[0] if node.named_children else None
        if node is None:
            return ""
        if node.type in ("selector_expression", "qualified_type"):
            first, last = node.children[0], node.children[-1]
            if first.type in ("identifier", "package_identifier") and _text(first) in self.names:
                return f"{self.names[_text(first)]}.{_text(last)}"
            return f".{_text(last)}"
        if node.type in ("identifier", "type_identifier"):
            name = _text(node)
            return f"{self.dots[0]}.{name}" if len(self.dots) == 1 and name[:1].isupper() else name
        return ""

    def _call(self, node: Node, function: str) -> None:
        arguments = node.child_by_field_name("arguments")
        texts = (_said(each) for each in arguments.named_children) if arguments else ()
        first = next((text for text in texts if text is not None), None)
        name = self._named(node.child_by_field_name("function"))
        self.calls.append(Call(name, node.start_point[0] + 1, first, node.id in self.dropped, function))

    def _literal(self, node: Node) -> None:
        kind, body = node.child_by_field_name("type"), node.child_by_field_name("body")
        fields = set()
        for each in body.named_children if body else ():
            if each.type == "keyed_element" and len(each.named_children) >= 2:
                key, value = each.named_children[0], each.named_children[-1]
                if _text(value) != "nil":
                    fields.add(_text(key))
        self.literals.append(Literal(self._named(kind), node.start_point[0] + 1, frozenset(fields)))

    def _test(self, node: Node, name: str) -> None:
        parameters, body = node.child_by_field_name("parameters"), node.child_by_field_name("body")
        if not (self.path.endswith("_test.go") and _TEST.fullmatch(name) and parameters and body):
            return
        given = [each for each in _every(parameters) if each.type == "pointer_type"]
        right = any(self._named(each.named_children[-1]) == "testing.T" for each in given if each.named_children)
        does = any(each.type not in ("comment", "{", "}") for each in _below(body))
        if right and does:
            self.tests.append((name, node.start_point[0] + 1))


def _below(body: Node) -> Iterator[Node]:
    """The statements of a block."""
    for each in body.children:
        yield from each.children if each.type == "statement_list" else [each]


def _every(node: Node) -> Iterator[Node]:
    """This node and all below, without recursion."""
    waiting, count = [node], 0
    while waiting:
        each = waiting.pop()
        count += 1
        if count > NODES_LIMIT:
            raise Malformed("it is too long to be read")
        yield each
        waiting += reversed(each.children)


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _said(node: Node) -> str | None:
    """The text that an argument is, also when it is put together from several."""
    found, waiting = [], [node]
    while waiting:
        each = waiting.pop()
        if each.type in ("interpreted_string_literal", "raw_string_literal"):
            found.append(_text(each)[1:-1])
        elif each.type in ("binary_expression", "parenthesized_expression"):
            waiting += reversed(each.named_children)
    return "".join(found) if found else None


def _into_nothing(node: Node) -> list[Node]:
    """The values of an assignment to nothing but `_`."""
    if node.type == "var_spec":
        names, right = node.children_by_field_name("name"), node.child_by_field_name("value")
    else:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        names = left.named_children if left else []
    return right.named_children if right and all(_text(each) == "_" for each in names) else []


def _default(path: str) -> str:
    """The name under which a package is known when no alias is given."""
    parts = [part for part in path.split("/") if part]
    if len(parts) > 1 and re.fullmatch(r"v[0-9]+", parts[-1]):
        parts.pop()
    name = parts[-1] if parts else ""
    name = re.sub(r"\.v[0-9]+$", "", name)
    return re.sub(r"^go-|-go$", "", name).replace("-", "_")
