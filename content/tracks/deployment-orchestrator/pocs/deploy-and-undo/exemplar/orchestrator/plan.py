"""The plan of a service: which programs check, do and undo its deployment. A TOML file beside the service."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.commands import CommandStep, CommandValidator


class BadPlan(Exception):
    """Says what to mend in which place."""


@dataclass(frozen=True)
class Plan:
    validators: tuple[CommandValidator, ...]
    steps: tuple[CommandStep, ...]


def read(path: Path) -> Plan:
    """Raises BadPlan."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadPlan(f"{path} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadPlan(f"{path} is not TOML: {error}") from error
    validators = [_made(path, each, {"check"}) for each in _tables(path, data, "validators")]
    steps = [_made(path, each, {"execute", "undo"}) for each in _tables(path, data, "steps")]
    if not steps:
        raise BadPlan(f"{path} has no [[steps]]; write one at least")
    names = [each["name"] for each in validators + steps]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadPlan(f"{path}: {', '.join(twice)} stands twice; give each a name of its own")
    return Plan(
        tuple(CommandValidator(each["name"], each["check"], each.get("seconds", 60)) for each in validators),
        tuple(CommandStep(each["name"], each["execute"], each["undo"], each.get("seconds", 300)) for each in steps),
    )


def _tables(path: Path, data: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = data.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise BadPlan(f"{path}: {key} is written as [[{key}]], once for each")
    return found


def _made(path: Path, table: dict[str, Any], commands: set[str]) -> dict[str, Any]:
    """The table with its commands as tuples."""
    name = table.get("name")
    if not isinstance(name, str) or not name:
        raise BadPlan(f"{path}: each entry needs a name")
    if wrong := sorted(set(table) - commands - {"name", "seconds"}):
        raise BadPlan(
            f"{path}: {name} has {', '.join(wrong)}, which is not known; it takes {', '.join(sorted(commands))}"
        )
    made = dict(table)
    for each in commands:
        words = table.get(each)
        empty = each == "undo" and words == []  # said, not forgotten
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words) or not (words or empty):
            raise BadPlan(f'{path}: {each} of {name} is a list of words, such as ["kubectl", "version"]')
        made[each] = tuple(words)
    seconds = table.get("seconds", 1)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds <= 0:
        raise BadPlan(f"{path}: seconds of {name} is a number above 0")
    return made
