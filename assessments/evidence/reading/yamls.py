"""YAML as plain values that know their lines, by the core schema of YAML 1.2, from hostile text.

Only the events of a YAML library are used, never what it would construct: a tag makes no object here, `on` is no
truth value, and an alias costs what it stands for, so that a few lines cannot become billions of values.
"""

import re
from typing import Any

import yaml

from assessments.evidence.reading import Malformed

#: Values of one text, aliases counted as what they stand for, and how deep they may be nested.
VALUES_LIMIT, DEPTH_LIMIT = 100_000, 60
#: Documents in one text.
DOCUMENTS_LIMIT = 2_000

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # the C library is thirty times faster
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_OTHER_BASE = re.compile(r"0o[0-7]{1,20}|0x[0-9a-fA-F]{1,16}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]{1,40}|[0-9]{1,40}(?:\.[0-9]{0,40})?)(?:[eE][-+]?[0-9]{1,3})?")


class Map(dict):
    """A mapping with texts as keys. line: where it begins; lines: where each key stands."""

    __slots__ = ("line", "lines", "weight")

    def __init__(self, line: int):
        super().__init__()
        self.line, self.lines, self.weight = line, {}, 1

    def at(self, key: str) -> int:
        """The line of a key, or where the mapping begins."""
        return self.lines.get(key, self.line)


class Seq(list):
    """A list. line: where it begins; lines: where each item stands."""

    __slots__ = ("line", "lines", "weight")

    def __init__(self, line: int):
        super().__init__()
        self.line, self.lines, self.weight = line, [], 1


class Text(str):
    """A text with the line at which it begins; of a block (`|`), the line below the sign."""

    __slots__ = ("line",)


def load(text: str, *, unique: bool = False, values: int = VALUES_LIMIT) -> list[Any]:
    """The documents of a text: Map, Seq, Text, int, float, bool or None each. Raises Malformed.

    unique: a key that stands twice in one mapping is refused; else the last counts. values: how many there may be."""
    composer = _Composer(unique, values)
    loader = None
    try:
        loader = _LOADER(text)
        while loader.check_event():
            composer.take(loader.get_event())
    except yaml.YAMLError as error:
        raise Malformed(_said(error)) from None
    except (ValueError, RecursionError, OverflowError, UnicodeError) as error:
        if isinstance(error, Malformed):
            raise
        raise Malformed("it is not YAML") from None
    finally:
        if loader is not None:
            loader.dispose()
    return composer.documents


def single(text: str, *, unique: bool = False, values: int = VALUES_LIMIT) -> Any:
    """The one document of a text, None when it is empty. Raises Malformed. The options are those of `load`."""
    documents = load(text, unique=unique, values=values)
    if len(documents) > 1:
        raise Malformed("it holds several documents where one belongs")
    return documents[0] if documents else None


def _said(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1} is not YAML" if mark else "it is not YAML"


class _Composer:
    """Builds values from events, with a stack of its own: no text nests deeper than Python's."""

    def __init__(self, unique: bool, values: int):
        self.unique, self.values = unique, values
        self.documents: list[Any] = []
        self.stack: list[Any] = []  # the open Map or Seq
        self.keys: list[Any] = []  # the key that waits for its value, of each open one
        self.names: list[str | None] = []
        self.anchors: dict[str, Any] = {}
        self.count = 0

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self.place(_scalar(event), event.start_mark.line + 1, event.anchor)
        elif isinstance(event, yaml.MappingStartEvent):
            self.open(Map(event.start_mark.line + 1), event.anchor)
        elif isinstance(event, yaml.SequenceStartEvent):
            self.open(Seq(event.start_mark.line + 1), event.anchor)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self.close()
        elif isinstance(event, yaml.AliasEvent):
            self.alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self.anchors = {}
            if len(self.documents) >= DOCUMENTS_LIMIT:
                raise Malformed(f"it holds more than {DOCUMENTS_LIMIT} documents")

    def spend(self, values: int) -> None:
        self.count += values
        if self.count > self.values:
            raise Malformed(f"it stands for more than {self.values:,} values")

    def open(self, value: Any, anchor: str | None) -> None:
        if len(self.stack) >= DEPTH_LIMIT:
            raise Malformed(f"line {value.line} is nested deeper than {DEPTH_LIMIT} levels")
        self.stack.append(value)
        self.keys.append(None)
        self.names.append(anchor)

    def close(self) -> None:
        value, anchor = self.stack.pop(), self.names.pop()
        self.keys.pop()
        self.place(value, value.line, anchor, value.weight, 1)

    def alias(self, event: yaml.AliasEvent) -> None:
        line = event.start_mark.line + 1
        if event.anchor not in self.anchors:
            raise Malformed(f"line {line} names an anchor that does not stand before it")
        value = self.anchors[event.anchor]
        weight = getattr(value, "weight", 1)
        self.place(value, line, None, weight, weight)

    def place(self, value: Any, line: int, anchor: str | None, weight: int = 1, cost: int = 1) -> None:
        """weight: values that it stands for; cost: those of them not counted yet."""
        self.spend(cost)
        if anchor is not None:
            self.anchors[anchor] = value
        if not self.stack:
            self.documents.append(value)
            return
        holder = self.stack[-1]
        if isinstance(holder, Seq):
            holder.append(value)
            holder.lines.append(line)
        elif self.keys[-1] is None:
            if isinstance(value, (Map, Seq)):
                raise Malformed(f"line {line} has a key that is no text")
            self.keys[-1] = (_key(value), line)
            return
        else:
            (key, at), self.keys[-1] = self.keys[-1], None
            if self.unique and key in holder:
                raise Malformed(f"line {at} names {key[:60]!r} a second time")
            _into(holder, key, at, value)
        holder.weight += weight


def _into(holder: Map, key: str, line: int, value: Any) -> None:
    merged = [value] if isinstance(value, Map) else value if isinstance(value, Seq) else []
    if key == "<<" and merged and all(isinstance(each, Map) for each in merged):
        for each in merged:
            for name, inner in each.items():
                if name not in holder:
                    holder[name] = inner
                    holder.lines[name] = line
        return
    holder[key] = value  # where a key stands twice, most readers take the last
    holder.lines[key] = line


def _key(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _scalar(event: yaml.ScalarEvent) -> Any:
    value = event.value
    if not event.style and event.tag is None and event.implicit[0]:
        if value in _NULL:
            return None
        if value in _TRUTH:
            return _TRUTH[value]
        if _INTEGER.fullmatch(value):
            return int(value)
        if _OTHER_BASE.fullmatch(value):
            return int(value, 0)
        if _FLOAT.fullmatch(value):
            return float(value)
    text = Text(value)
    text.line = event.start_mark.line + (2 if event.style in ("|", ">") else 1)
    return text
