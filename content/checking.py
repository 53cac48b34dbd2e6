"""How content files are read and held against their schema; shared by everything that lints content."""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

SCHEMAS = Path(__file__).parent / "schemas"


class ContentError(ValueError):
    """A content file is not what it must be; the text names the file and the place."""


def read(path: Path) -> Any:
    """A YAML 1.2 file as plain dicts, lists and values. Raises ContentError when it is missing or cannot be read; a key
    that stands twice is such a case."""
    try:
        return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise ContentError(f"{path.name}: {' '.join(str(error).split())}") from error


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
