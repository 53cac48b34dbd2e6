"""The heads of learning tracks: what must hold beyond their schema, each for itself and all together."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from content.checking import misshapen, twice
from content.practice_rules import circle

OUTCOME = "After this track your team can "
TOP = 4
#: What a team may begin or already work on; a track that is none of these teaches nobody any more.
OPEN = ("wip", "beta", "active")


def problems(slug: str, data: Any, practices: Mapping[str, Any]) -> list[str]:
    """Everything wrong with the head of the track in the folder `slug`, one sentence each.

    `practices` is the content of practices.yml. That its day of review has not passed depends on the day: `overdue`.
    """
    if found := misshapen("track", data):
        return found
    found = [] if data["slug"] == slug else [f"slug is {data['slug']}, the folder is named {slug}"]
    if not (data["outcome"].startswith(OUTCOME) and data["outcome"].endswith(".")):
        found.append(f"its outcome is a sentence that begins with {OUTCOME.strip()!r}")
    known = {capability["key"] for area in practices["areas"] for capability in area["capabilities"]}
    keys = [each["id"] for each in data["capabilities"]]
    found += [f"capability {key} is not in practices.yml" for key in keys if key not in known]
    found += [f"capability {key} stands twice" for key in twice(keys)]
    for each in data["capabilities"]:
        if each["from_level"] >= each["to_level"]:
            found.append(f"{each['id']} leads from level {each['from_level']} to {each['to_level']}; it must lead up")
    if data["status"] in ("beta", "active") and not (data["modules"] and data["pocs"]):
        found.append(f"it is {data['status']} and has no modules or no proofs of concept")
    if data["changelog"][0]["version"] != data["version"]:
        found.append(
            f"the newest entry of its changelog is of {data['changelog'][0]['version']}, not {data['version']}"
        )
    days = {"review_by": data["review_by"]} | {
        f"changelog {each['version']}": each["date"] for each in data["changelog"]
    }
    return found + [f"{name}: {day} is no day" for name, day in days.items() if not _day(day)]


def together(tracks: Mapping[str, dict], practices: Mapping[str, Any]) -> list[str]:
    """What is wrong with the tracks beside each other, once each is right by itself: by slug, one sentence each."""
    found = [
        f"two tracks have the {field} {value}" for field in ("id", "title", "order") for value in _twice(tracks, field)
    ]
    for slug, track in tracks.items():
        found += [
            f"{slug}: it requires {other}, which is no track" for other in track["requires"] if other not in tracks
        ]
    found += circle({slug: track["requires"] for slug, track in tracks.items()}, "requires")
    taught = [each for area in practices["areas"] for each in area["capabilities"] if "not_taught" not in each]
    for key in (capability["key"] for capability in taught):
        starts = [each["from_level"] for track in _open(tracks) for each in track["capabilities"] if each["id"] == key]
        if 0 not in starts:
            found.append(f"no track teaches {key} from level 0 on")
    return found


def overdue(tracks: Mapping[str, dict], today: date) -> list[str]:
    """Tracks that should have been looked over by now, one sentence each."""
    return [
        f"{slug}: it was to be looked over by {track['review_by']}; do so and choose a new day"
        for slug, track in tracks.items()
        if track["status"] in OPEN and date.fromisoformat(track["review_by"]) < today
    ]


def _open(tracks: Mapping[str, dict]) -> list[dict]:
    return [track for track in tracks.values() if track["status"] in OPEN]


def _twice(tracks: Mapping[str, dict], field: str) -> list[str]:
    return twice([str(track[field]) for track in tracks.values()])


def _day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
