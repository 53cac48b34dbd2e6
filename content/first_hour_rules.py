"""The first hour of each role: what must hold beyond its schema."""

from collections.abc import Collection, Mapping
from typing import Any

from content.checking import misshapen, twice
from content.learning_rules import Modules
from content.path_rules import WRITTEN

LONGEST, SHORTEST = 60, 40  # minutes of all steps of a role


def problems(data: Any, tracks: Mapping[str, dict], modules: Modules, ids: Collection[str] = ()) -> list[str]:
    """Everything wrong with first-hours.yml, one sentence each. ids: what other progress hangs on."""
    if found := misshapen("first-hours", data):
        return found
    roles = data["roles"]
    steps = [step for role in roles for step in role["steps"]]
    found = [f"the role {key} stands twice" for key in twice([role["key"] for role in roles])]
    own = [each["id"] for each in (*roles, *steps)]
    found += [f"the id {name} stands twice" for name in twice([*own, *(set(ids) & set(own))])]
    for role in roles:
        minutes = sum(step["minutes"] for step in role["steps"])
        if not SHORTEST <= minutes <= LONGEST:
            found.append(f"{role['key']}: its steps take {minutes} minutes, an hour is {SHORTEST} to {LONGEST}")
    return found + [line for step in steps if step["page"] == "module" for line in _module(step, tracks, modules)]


def _module(step: dict, tracks: Mapping[str, dict], modules: Modules) -> list[str]:
    """A module for a first hour can be read by somebody who has read none."""
    track, slug = step["track"], step["module"]
    place = f"{track}/{slug}"
    if track not in tracks or slug not in modules[track]:
        return [f"there is no module {place}"]
    head = modules[track][slug].head
    found = [] if tracks[track]["status"] in WRITTEN else [f"{place}: the track is {tracks[track]['status']}"]
    if head["requires"]:
        found.append(f"{place}: it requires {', '.join(head['requires'])}, so it is nothing to begin with")
    if head["minutes"] != step["minutes"]:
        found.append(f"{place}: it takes {head['minutes']} minutes, and the step says {step['minutes']}")
    return found
