"""How content files are read and held against their schema; shared by everything that lints content."""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import yaml
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from yaml.constructor import ConstructorError

SCHEMAS = Path(__file__).parent / "schemas"


class ContentError(ValueError):
    """A content file is not what it must be; the text names the file and the place, a line for each problem."""

    @property
    def files(self) -> tuple[str, ...]:
        """Which they are, below the folder of content."""
        return tuple(dict.fromkeys(line.partition(":")[0] for line in str(self).splitlines()))


def read(path: Path) -> Any:
    """A YAML 1.2 file as plain dicts, lists and values. Raises ContentError when it is missing or cannot be read; a key
    that stands twice is such a case."""
    try:
        return _load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise ContentError(f"{path.name}: {' '.join(str(error).split())}") from error


def read_text(name: str, text: str) -> Any:
    """The same from a text that somebody has handed in, whose name is told with what is wrong. What refers to another
    place of it is refused: a few lines may stand for more than a machine can hold."""
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, _Quick)):
            raise ContentError(f"{name}: it refers to another place with *; write it out")
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        if isinstance(error, ContentError):
            raise
    try:
        return _load(text)
    except (YAMLError, RecursionError, ValueError) as error:
        raise ContentError(f"{name}: {' '.join(str(error).split())[:300]}") from error


def _load(text: str) -> Any:
    """By the library in C, which is many times faster; what that leaves, ruamel.yaml decides, and says what is wrong
    in words and with the place."""
    try:
        return yaml.load(text, _Quick)  # noqa: S506 - built on the safe one
    except (yaml.YAMLError, ValueError):
        return YAML(typ="safe", pure=True, plug_ins=[]).load(text)


class _Quick(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """The plain values of YAML 1.2 in their usual forms: `on` is a text, 017 is seventeen. It leaves what is written in
    any other way, and mappings in which a key stands twice or is no text."""

    yaml_implicit_resolvers: ClassVar[dict] = {}

    def construct_mapping(self, node, deep=False):
        keys = {key.value for key, _ in node.value if key.tag == "tag:yaml.org,2002:str"}
        if len(keys) < len(node.value):
            raise _left(self, node)
        return super().construct_mapping(node, deep)


def _left(loader: yaml.SafeLoader, node: yaml.Node) -> ConstructorError:
    return ConstructorError(problem="left to the other reader", problem_mark=node.start_mark)


def _leave(loader: yaml.SafeLoader, node: yaml.Node):
    raise _left(loader, node)


for _tag, _form, _first in (
    ("null", "~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", "true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", "0|-?[1-9][0-9]*", list("-0123456789")),
    ("float", r"-?(?:0|[1-9][0-9]*)\.[0-9]+", list("-0123456789")),
    (
        "str",
        r"[0-9]+(?:\.[0-9]+){2,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        list("0123456789"),
    ),  # versions, uuids
    ("left", r"[-+.]*[0-9][-+.:_0-9]*(?:[xobeETt ][-+.:_0-9a-fA-FZz ]*)?", list("-+.0123456789")),
    ("left", r"[-+]?\.(?:inf|Inf|INF|nan|NaN|NAN)|<<|=", list("-+.<=")),
):
    _Quick.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_form})\Z"), _first)
_Quick.add_constructor("tag:yaml.org,2002:left", _leave)


def misshapen(schema: str, data: Any) -> list[str]:
    """What in `data` breaks the schema `schemas/<schema>.json` (JSON Schema 2020-12), one line each with its place."""
    errors = sorted(_validator(schema).iter_errors(data), key=lambda error: [str(part) for part in error.absolute_path])
    return [f"{_place(error.absolute_path)}: {_short(error.message)}" for error in errors]


@lru_cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / f"{schema}.json").read_text(encoding="utf-8")))


def _place(path) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".") or "the file"


def _short(message: str) -> str:
    """The message with its two ends: what was found, and what is wrong with it."""
    return message if len(message) <= 200 else f"{message[:90]} ... {message[-105:]}"


def folded(text: str) -> str:
    """The words of a text in lower case without signs, to compare texts by what they say."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def twice(names: list[str]) -> list[str]:
    """Those that stand more than once, in order."""
    return sorted({name for name in names if names.count(name) > 1})
