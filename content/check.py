"""All content of a folder held against all rules, with what depends on the day and on what was there before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from content import catalog, learning_rules, resource_rules, track_rules
from content.checking import ContentError

#: What a folder of content holds at least.
WHOLE = ("practices.yml", "tracks")


@dataclass(frozen=True)
class Report:
    """problems: what must be mended, one line each with the name of the file. warnings: what to look at."""

    problems: tuple[str, ...]
    warnings: tuple[str, ...]


def check(root: Path, today: date, before: Mapping[str, str] | None = None) -> Report:
    """Everything wrong with the content in that folder. before: ids by place (`<track>/track.yml`, ...) at the last
    commit; None when there is none.

    Raises ContentError when the folder holds no content.
    """
    if lacking := [name for name in WHOLE if not (root / name).exists()]:
        raise ContentError(f"{root} is no folder of content: it has no {lacking[0]}.")
    with catalog.at(root):
        found = catalog.problems()
        if found:
            return Report(tuple(found), ())
        heads = catalog.tracks()
        found += [f"tracks/{line}" for line in track_rules.overdue(heads, today)]
        if before is not None:
            found += [f"tracks/{line}" for line in learning_rules.moved(before, catalog.learning())]
        return Report(tuple(found), tuple(_warnings(heads, today)))


def _warnings(heads: Mapping[str, dict], today: date) -> list[str]:
    used = learning_rules.used({slug: catalog.modules(slug) for slug in heads})
    listed = {"resources": list(catalog.resources().values())}
    keys = [each["key"] for area in catalog.practices()["areas"] for each in area["capabilities"]]
    found = [f"resources.yml: {line}" for line in resource_rules.stale(listed, used, today)]
    return found + [f"tracks: {line}" for line in learning_rules.untaught(heads, keys)]
