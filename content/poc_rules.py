"""Proofs of concept: what must hold beyond their schema. The parameters of a check are held against the schema of its
kind, `schemas/kinds/`."""

from collections.abc import Iterator
from typing import Any

from content import markdown_rules
from content.checking import misshapen, twice

#: The highest level that a kind can show.
REACHES = {
    "ci-run": 3,
    "artifact": 3,
    "repo-setting": 2,
    "pr-review": 4,
    "attest": 4,
    "metric": 5,
}


def problems(slug: str, data: Any) -> list[str]:
    """Everything wrong with the proof of concept in the file `slug`, one sentence each."""
    if found := misshapen("poc", data):
        return found
    found = [] if data["slug"] == slug else [f"slug is {data['slug']}, the file is named {slug}"]
    numbers = [task["n"] for task in data["tasks"]]
    if numbers != list(range(1, len(numbers) + 1)):
        found.append(f"its tasks are numbered {', '.join(map(str, numbers))}, not 1 to {len(numbers)}")
    checks = list(every_check(data))
    found += [f"the check {name} stands twice" for name in twice([check["id"] for check in checks])]
    paths = [each["path"] for each in data.get("starter", {}).get("protected", ())]
    found += [f"the protected file {path} stands twice" for path in twice(paths)]
    for check in checks:
        found += [f"check {check['id']}: {problem}" for problem in _check(check, paths)]
    if not any(check["severity"] == "required" for task in data["tasks"] for check in task["checks"]):
        found.append("no check of its tasks is required")
    for gate, said in data["gates"].items():
        if not any(check["severity"] == "required" for check in said["checks"]):
            found.append(f"no check of the gate {gate} is required")
    for text in _texts(data):
        found += markdown_rules.problems(text)
    return found


def every_check(data: Any) -> Iterator[dict[str, Any]]:
    """The checks of tasks and of gates."""
    for part in (*data["tasks"], *data["gates"].values()):
        yield from part["checks"]


def _check(check: dict[str, Any], protected: list[str]) -> Iterator[str]:
    yield from (f"with.{problem}" for problem in misshapen(f"kinds/{check['kind']}", check["with"]))
    highest = REACHES.get(check["kind"], 1)
    if int(check["level"][1]) > highest:
        yield f"{check['kind']} shows E{highest} at most, and {check['level']} is asked for"
    if check["kind"] == "hash" and isinstance(check["with"].get("files"), list):
        for path in check["with"]["files"]:
            if path not in protected:
                yield f"{path} is not among starter.protected"


def _texts(data: dict[str, Any]) -> Iterator[str]:
    yield data["problem"]
    yield from data["definition_of_done"]
    for task in data["tasks"]:
        yield task["body"]
        yield from task.get("hints", ())
    for check in every_check(data):
        yield from (check["why"], check["hint"])
