"""Tracks with their modules, proofs of concept and resources, beside each other; and beside what they were before."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from content.modules import Module
from content.poc_rules import every_check
from content.practice_rules import circle
from content.track_rules import OPEN

Modules = Mapping[str, Mapping[str, Module]]
Pocs = Mapping[str, Mapping[str, dict]]


def together(
    tracks: Mapping[str, dict],
    modules: Modules,
    pocs: Pocs,
    resources: Collection[str],
    capabilities: Collection[str],
) -> list[str]:
    """What is wrong once each file is right by itself: by the place of the file, one sentence each. modules and pocs:
    by slug of the track, then by their own."""
    found = []
    for slug, track in tracks.items():
        found += _lists(f"{slug}/modules", track["modules"], modules.get(slug, {}), ".md")
        found += _lists(f"{slug}/pocs", track["pocs"], pocs.get(slug, {}), ".yml")
        for name, module in modules.get(slug, {}).items():
            place = f"{slug}/modules/{name}.md"
            found += [f"{place}: {problem}" for problem in of_module(module, modules[slug], resources, capabilities)]
        edges = {name: list(module.head["requires"]) for name, module in modules.get(slug, {}).items()}
        found += [f"{slug}/modules: {problem}" for problem in circle(edges, "requires")]
        found += _objectives(slug, modules.get(slug, {}), pocs.get(slug, {}))
    return found + _ids(tracks, modules, pocs)


def _lists(place: str, named: list[str], there: Collection[str], ending: str) -> list[str]:
    found = [f"{place}/{name}{ending}: track.yml names it, and it is not there" for name in named if name not in there]
    return found + [f"{place}/{name}{ending}: track.yml does not name it" for name in there if name not in named]


def of_module(
    module: Module, beside: Collection[str] | None, resources: Collection[str], capabilities: Collection[str]
) -> list[str]:
    """What a module names and is not there. beside: the slugs of its track, None when they are not known."""
    found = [
        f"the resource {each} is not in resources.yml" for each in module.head["resources"] if each not in resources
    ]
    found += [
        f"the capability {each} is not in practices.yml" for each in module.head["teaches"] if each not in capabilities
    ]
    return found + [
        f"it requires {each}, which is no module of the track"
        for each in module.head["requires"]
        if beside is not None and each not in beside
    ]


def _objectives(slug: str, modules: Mapping[str, Module], pocs: Mapping[str, dict]) -> list[str]:
    """Each objective has a quiz item or a check that shows it."""
    shown = {
        name: f"{slug}/pocs/{poc}.yml"
        for poc, data in pocs.items()
        for check in every_check(data)
        for name in check.get("shows", ())
    }
    known = {f"{name}/{each['id']}" for name, module in modules.items() for each in module.head["objectives"]}
    found = [f"{place}: it shows {name}, which is no objective" for name, place in shown.items() if name not in known]
    for name, module in modules.items():
        asked = {item["objective"] for item in module.head["quiz"]}
        for each in module.head["objectives"]:
            if each["id"] not in asked and f"{name}/{each['id']}" not in shown:
                found.append(f"{slug}/modules/{name}.md: nothing tells whether the objective {each['id']} is reached")
    return found


def ids(tracks: Mapping[str, dict], modules: Modules, pocs: Pocs) -> list[tuple[str, str]]:
    """(place of the file, its id) of everything that progress is kept for."""
    found = [(f"{slug}/track.yml", track["id"]) for slug, track in tracks.items()]
    found += [
        (f"{slug}/modules/{name}.md", each.head["id"]) for slug, all_ in modules.items() for name, each in all_.items()
    ]
    return found + [
        (f"{slug}/pocs/{name}.yml", each["id"]) for slug, all_ in pocs.items() for name, each in all_.items()
    ]


def _ids(tracks: Mapping[str, dict], modules: Modules, pocs: Pocs) -> list[str]:
    found = ids(tracks, modules, pocs)
    many = {name for name, count in Counter(name for _, name in found).items() if count > 1}
    return [f"{place}: its id {name} stands twice" for place, name in found if name in many]


def moved(before: Mapping[str, str], now: Iterable[tuple[str, str]]) -> list[str]:
    """Ids that changed or went since the last commit. before: id by place of the file, as it was there."""
    there = dict(now)
    known = set(there.values())
    found = []
    for place, name in before.items():
        if place in there and there[place] != name and name not in known:
            found.append(f"{place}: its id was {name}; people's progress hangs on it, so put it back")
        elif place not in there and name not in known:
            found.append(f"{place}: it is gone; content is deprecated, never deleted, as people's progress hangs on it")
        elif place in there and there[place] != name:
            found.append(f"{place}: its id {name} went to another file; give the new one an id of its own")
    return found


def untaught(tracks: Mapping[str, dict], capabilities: Iterable[str]) -> list[str]:
    """Capabilities that no active track teaches from the bottom, once any track is active: one sentence each."""
    active = [track for track in tracks.values() if track["status"] == "active"]
    planned = {each["id"] for track in tracks.values() if track["status"] in OPEN for each in track["capabilities"]}
    taught = {each["id"] for track in active for each in track["capabilities"] if each["from_level"] == 0}
    if not active:
        return []
    return [
        f"no active track teaches {key} from level 0 on" for key in capabilities if key in planned and key not in taught
    ]


def used(modules: Modules) -> set[str]:
    """Resources that some module names."""
    return {name for all_ in modules.values() for module in all_.values() for name in module.head["resources"]}
