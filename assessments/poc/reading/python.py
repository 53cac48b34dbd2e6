"""Python files: what they import, define and call. Read as a tree, never imported; names are resolved through the
imports of the file."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assessments.evidence.reading import Malformed

#: Characters of one file, nodes of its tree, and how deep brackets and signs may be nested.
TEXT_LIMIT, NODES_LIMIT, DEPTH_LIMIT = 150_000, 200_000, 80

_SIGN = r"[-+~]\s*|\bnot\s+|\blambda\s*:\s*|\bawait\s+|\*\*\s*"
_LINK = r"\.\w+|\(\)|\[\w*\]"
#: What nests without brackets: (a row of it, one of it, how many may stand in a row).
_ROWS = tuple((re.compile(f"(?:{one})+"), re.compile(one), most) for one, most in ((_SIGN, 60), (_LINK, 300)))


@dataclass(frozen=True)
class Call:
    """name: dotted and resolved, such as `asyncio.gather`; `.method` when it is one of a value, `{}` of a mapping that
    is written out. keywords: those with a plain value; `...` stands for any other. texts: the plain texts among its
    arguments, also where a name of the file stands for one. words: those of the list that is its first argument, or
    else its arguments; empty where one is no plain text. kept: whether what it gives is used. in_try: whether a handler
    that does something stands around it."""

    name: str
    line: int
    keywords: dict[str, Any]
    texts: tuple[str, ...]
    words: tuple[str, ...]
    kept: bool
    in_try: bool


@dataclass(frozen=True)
class Class:
    """methods: (whether async, whether it does something) by name. bases: resolved."""

    name: str
    line: int
    bases: tuple[str, ...]
    methods: dict[str, tuple[bool, bool]]


@dataclass(frozen=True)
class PythonFile:
    """imports: line by module, of those whose name is used. keys: (line, names) of mappings written out and of the
    keywords of calls. bare: lines of handlers that name no exception; swallowed: of those, and of `suppress`, from
    which nothing follows. tests: (name, line) of tests that claim something."""

    path: str
    imports: dict[str, int]
    classes: tuple[Class, ...]
    calls: tuple[Call, ...]
    keys: tuple[tuple[int, frozenset[str]], ...]
    bare: tuple[int, ...]
    swallowed: tuple[int, ...]
    tests: tuple[tuple[str, int], ...]


def read_python(path: str, text: str) -> PythonFile:
    """Raises Malformed, with the line where there is one."""
    tree = _parsed(text)
    reader = _Reader(path)
    reader.read(tree)
    return reader.made()


def _parsed(text: str) -> ast.Module:
    if len(text) > TEXT_LIMIT:
        raise Malformed(f"it is longer than {TEXT_LIMIT:,} characters")
    if _deep(text):
        raise Malformed("it is nested deeper than is read")
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise Malformed(f"line {error.lineno or 1} is not Python") from None
    except (ValueError, RecursionError, MemoryError, OverflowError):
        raise Malformed("it is not Python that can be read") from None
    return tree


def _deep(text: str) -> bool:
    """Whether brackets, signs or links, those in texts counted too, nest deeper than is read."""
    for row, one, most in _ROWS:
        if any(len(found[0]) > most and len(one.findall(found[0])) > most for found in row.finditer(text)):
            return True
    depth = 0
    for letter in text:
        if letter in "([{":
            depth += 1
            if depth > DEPTH_LIMIT:
                return True
        elif letter in ")]}":
            depth = max(depth - 1, 0)
    return False


class _Reader:
    def __init__(self, path: str):
        self.path = path
        self.names: dict[str, tuple[str, int]] = {}  # name -> (what it stands for, line)
        self.used: set[str] = set()
        self.constants: dict[str, str] = {}  # plain texts that the file itself names, once
        self.classes: list[Class] = []
        self.calls: list[Call] = []
        self.keys: list[tuple[int, frozenset[str]]] = []
        self.bare: list[int] = []
        self.swallowed: list[int] = []
        self.tests: list[tuple[str, int]] = []

    def made(self) -> PythonFile:
        imports: dict[str, int] = {}
        for name, (what, line) in self.names.items():
            if name in self.used:
                imports.setdefault(what, line)
        found = (self.classes, self.calls, self.keys, self.bare, self.swallowed, self.tests)
        return PythonFile(self.path, imports, *(tuple(each) for each in found))

    def read(self, tree: ast.Module) -> None:
        nodes = list(_every(tree))
        assigned = [(each.targets[0].id, _text(each.value)) for each in tree.body if _names_a_value(each)]
        once = Counter(name for name, _ in assigned)
        self.constants = {name: text for name, text in assigned if text and once[name] == 1}
        for node, _, _ in nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    name = alias.asname or alias.name.split(".")[0]
                    self.names[name] = (alias.name if alias.asname else alias.name.split(".")[0], node.lineno)
                    if not alias.asname and "." in alias.name:
                        self.names.setdefault(alias.name, (alias.name, node.lineno))
                        self.used.add(alias.name)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                for alias in node.names:
                    self.names[alias.asname or alias.name] = (f"{node.module}.{alias.name}", node.lineno)
            elif isinstance(node, ast.Name):
                self.used.add(node.id)
        for node, above, tried in nodes:
            self._take(node, above, tried)

    def _take(self, node: ast.AST, above: ast.AST | None, tried: bool) -> None:
        if isinstance(node, ast.Call):
            self._call(node, above, tried)
        elif isinstance(node, ast.ClassDef):
            methods = {
                each.name: (isinstance(each, ast.AsyncFunctionDef), _does(each))
                for each in node.body
                if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))
            }
            self.classes.append(Class(node.name, node.lineno, tuple(map(self._named, node.bases)), methods))
        elif isinstance(node, ast.Dict):
            names = {key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
            self.keys.append((node.lineno, frozenset(names)))
            said = {
                key.value: _plain(value)
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant) and isinstance(key.value, str)
            }
            self.calls.append(Call("{}", node.lineno, said, (), (), True, False))  # may be handed on as keywords
        elif isinstance(node, ast.ExceptHandler):
            if node.type is None:
                self.bare.append(node.lineno)
            if _swallows(node):
                self.swallowed.append(node.lineno)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test"):
            self._test(node)

    def _test(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if any(isinstance(each, ast.Assert) or self._claims(each) for each, _, _ in _every(node)):
            self.tests.append((node.name, node.lineno))

    def _claims(self, node: ast.AST) -> bool:
        name = self._named(node.func) if isinstance(node, ast.Call) else ""
        return name == "pytest.raises" or name.startswith(("self.assert", ".assert"))

    def _named(self, node: ast.AST) -> str:
        parts: list[str] = []
        while isinstance(node, (ast.Attribute, ast.Subscript)):
            if isinstance(node, ast.Attribute):
                parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return f".{parts[0]}" if parts else ""
        rest = list(reversed(parts))
        if node.id in self.names:
            return ".".join([self.names[node.id][0], *rest])
        if node.id == "self" or not rest:
            return ".".join([node.id, *rest])
        return f".{rest[-1]}"

    def _said(self, node: ast.expr) -> str:
        return self.constants.get(node.id, "") if isinstance(node, ast.Name) else _text(node)

    def _call(self, node: ast.Call, above: ast.AST | None, tried: bool) -> None:
        keywords = {each.arg: _plain(each.value) for each in node.keywords if each.arg}
        listed = node.args[0].elts if node.args and isinstance(node.args[0], (ast.List, ast.Tuple)) else node.args
        texts = tuple(filter(None, map(self._said, node.args)))
        self.keys.append((node.lineno, frozenset(keywords)))
        kept = not isinstance(above, ast.Expr)
        words = tuple(_text(each) for each in listed)
        name = self._named(node.func)
        self.calls.append(Call(name, node.lineno, keywords, texts, words, kept, tried))
        if name == "contextlib.suppress" and any(map(_is_any_failure, node.args)):
            self.swallowed.append(node.lineno)


def _names_a_value(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)


def _plain(node: ast.expr) -> Any:
    """The value that is written there, `...` when it must be reckoned."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        return -node.operand.value if type(node.operand.value) in (int, float) else ...
    return node.value if isinstance(node, ast.Constant) else ...


def _text(node: ast.expr) -> str:
    """Empty when it is no plain text."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _inside(node: ast.AST) -> list[ast.AST]:
    """What a node holds, without the marks and operators that hold nothing themselves."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [each for each in value if isinstance(each, ast.AST)]
        elif isinstance(value, ast.AST) and value._fields:
            found.append(value)
    return found


def _does(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function holds more than its description, `pass` or `...`."""
    return any(not isinstance(each, ast.Pass) and not _is_text(each) for each in function.body)


def _swallows(handler: ast.ExceptHandler) -> bool:
    """Whether nothing follows from a failure. To go on without a word is a choice for one that is named, and none for
    all of them."""
    if all(isinstance(each, ast.Pass) or _is_text(each) for each in handler.body):
        return True
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(each is None or _is_any_failure(each) for each in caught) and all(map(_goes_on, handler.body))


def _is_any_failure(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("Exception", "BaseException")


def _goes_on(node: ast.stmt) -> bool:
    if isinstance(node, ast.Return):
        return node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None)
    return isinstance(node, (ast.Pass, ast.Continue, ast.Break)) or _is_text(node)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _every(tree: ast.AST) -> Iterator[tuple[ast.AST, ast.AST | None, bool]]:
    """(node, what it stands in, whether within a `try` with a handler that does something), without recursion. What is
    awaited stands in what awaits it."""
    waiting: list[tuple[ast.AST, ast.AST | None, bool]] = [(tree, None, False)]
    count = 0
    while waiting:
        node, above, tried = waiting.pop()
        count += 1
        if count > NODES_LIMIT:
            raise Malformed("it is too long to be read")
        yield node, above, tried
        inside = above if isinstance(node, ast.Await) else node
        guarded = set()
        if isinstance(node, (ast.Try, ast.TryStar)) and not all(map(_swallows, node.handlers)):
            guarded = {id(each) for each in node.body}
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            tried = False
        waiting += [(each, inside, tried or id(each) in guarded) for each in reversed(_inside(node))]
