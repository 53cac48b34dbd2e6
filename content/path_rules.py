"""From capability to track: the way up for each capability, what it takes, and what leads nowhere."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from content.learning_rules import Modules, Pocs, used
from content.track_rules import OPEN

WRITTEN = ("beta", "active")
DIFFICULTIES = ("easy", "moderate", "demanding")
#: How much more, or less, reading than the median of all a track may ask for, as a factor.
UNEVEN = 1.6


@dataclass(frozen=True)
class Leg:
    """A part of the way: this track leads from that level to that one."""

    track: str
    from_level: int
    to_level: int


def way(tracks: Mapping[str, dict], key: str) -> tuple[Leg, ...]:
    """The tracks that lead a capability up from level 0, each beginning at or below where the one before has ended;
    what is written before what is not, then what leads furthest, then what is most about it. () when nothing does."""
    offered = [
        (track, each)
        for track in tracks.values()
        if track["status"] in OPEN
        for each in track["capabilities"]
        if each["id"] == key
    ]
    found: list[Leg] = []
    level = 0
    while fit := [(track, each) for track, each in offered if each["from_level"] <= level < each["to_level"]]:
        track, each = min(fit, key=_preference)
        found.append(Leg(track["slug"], level, each["to_level"]))
        level = each["to_level"]
    return tuple(found)


def _preference(one: tuple[dict, dict]) -> tuple:
    track, each = one
    return (track["status"] not in WRITTEN, -each["to_level"], -each["weight"], track["order"])


def problems(
    tracks: Mapping[str, dict], modules: Modules, pocs: Pocs, practices: Mapping[str, Any], resources: Collection[str]
) -> list[str]:
    """What leads nowhere or is promised and not taught: by the place of the file, one sentence each. As long as a track
    is wip, a resource may wait for it."""
    found = [f"practices.yml: {line}" for line in dead_ends(tracks, practices)]
    for slug, track in _written(tracks):
        taught = {key for module in modules[slug].values() for key in module.head["teaches"]}
        found += [
            f"tracks/{slug}: it leads {each['id']} up, and none of its modules teaches that"
            for each in track["capabilities"]
            if each["id"] not in taught
        ]
        real = (reading(modules[slug].values()) + doing(pocs[slug].values())) / 60
        if abs(real - track["hours"]) > 0.5:
            found.append(
                f"tracks/{slug}: its modules and proofs of concept take {real:.1f} hours, and hours is {track['hours']}"
            )
    if all(track["status"] != "wip" for track in tracks.values()):
        found += [f"resources.yml: {name}: no module names it" for name in unused(modules, resources)]
    return found


def dead_ends(tracks: Mapping[str, dict], practices: Mapping[str, Any]) -> list[str]:
    """Capabilities that a team may be weak in and find no way up, or a way with a hole, and no reason why."""
    found = []
    for each in _capabilities(practices):
        key, offered = each["key"], _offered(tracks, each["key"])
        if "not_taught" in each:
            found += [f"{key}: it is said why no track teaches it, and {slug} does" for slug, _, _ in offered[:1]]
            continue
        legs = way(tracks, key)
        if not legs:
            found.append(f"{key}: no track teaches it from level 0 on; write one, or say with not_taught why not")
        elif above := [slug for slug, _, to_level in offered if to_level > legs[-1].to_level]:
            found.append(f"{key}: tracks lead to level {legs[-1].to_level}, and {above[0]} begins above that")
    return found


def unused(modules: Modules, resources: Iterable[str]) -> list[str]:
    """Resources that no module names."""
    named = used(modules)
    return [name for name in resources if name not in named]


def uneven(tracks: Mapping[str, dict], modules: Modules, pocs: Pocs) -> list[str]:
    """Tracks that ask for far more or less reading than most, or become easier instead of harder: one sentence each."""
    minutes = {slug: reading(modules[slug].values()) for slug, _ in _written(tracks)}
    middle = median(minutes.values()) if minutes else 0
    found = [
        f"{slug}: its modules take {own} minutes to read, the median of all tracks is {middle:g}"
        for slug, own in minutes.items()
        if not middle / UNEVEN <= own <= middle * UNEVEN
    ]
    for slug in minutes:
        steps = [DIFFICULTIES.index(each["difficulty"]) for each in pocs[slug].values()]
        if steps != sorted(steps):
            found.append(f"{slug}: a later proof of concept is easier than one before it")
    return found


def reading(modules: Iterable[Any]) -> int:
    """Minutes that modules take."""
    return sum(module.head["minutes"] for module in modules)


def doing(pocs: Iterable[Mapping[str, Any]]) -> int:
    """Minutes that proofs of concept take."""
    return sum(each["minutes"] for each in pocs)


def _written(tracks: Mapping[str, dict]) -> Iterator[tuple[str, dict]]:
    return ((slug, track) for slug, track in tracks.items() if track["status"] in WRITTEN)


def _offered(tracks: Mapping[str, dict], key: str) -> list[tuple[str, int, int]]:
    return [
        (slug, each["from_level"], each["to_level"])
        for slug, track in tracks.items()
        if track["status"] in OPEN
        for each in track["capabilities"]
        if each["id"] == key
    ]


def _capabilities(practices: Mapping[str, Any]) -> list[dict]:
    return [each for area in practices["areas"] for each in area["capabilities"]]
