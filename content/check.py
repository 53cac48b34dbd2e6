"""All content of a folder held against all rules, with what depends on the day and on what was there before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from content import catalog, learning_rules, module_rules, path_rules, poc_rules, resource_rules, track_rules
from content.checking import ContentError, misshapen, read_text
from content.modules import Module, parse

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
        return loaded(today, before)


def loaded(today: date, before: Mapping[str, str] | None = None) -> Report:
    """The same of the content that is in use."""
    found = catalog.problems()
    if found:
        return Report(tuple(found), ())
    heads = catalog.tracks()
    found += [f"tracks/{line}" for line in track_rules.overdue(heads, today)]
    texts, proofs = {slug: catalog.modules(slug) for slug in heads}, {slug: catalog.pocs(slug) for slug in heads}
    found += path_rules.problems(heads, texts, proofs, catalog.practices(), catalog.resources())
    if before is not None:
        found += [f"tracks/{line}" for line in learning_rules.moved(before, catalog.learning())]
    return Report(tuple(found), tuple(_warnings(heads, today)))


@dataclass(frozen=True)
class Tried:
    """A file that somebody writes. module: as it would be read, None when it is none, or cannot be read."""

    problems: tuple[str, ...]
    kind: str = ""
    module: Module | None = None


def one(name: str, text: str) -> Tried:
    """A single file held against the rules for such files, beside the content in use: a module (.md), a head of a track
    (track.yml), resources (resources.yml) or a proof of concept (another .yml)."""
    stem, _, ending = name.rpartition(".")
    try:
        if ending == "md":
            module = parse(name, text.replace("\r\n", "\n"))
            wrong = module_rules.problems(stem, module)
            capabilities = [each["key"] for area in catalog.practices()["areas"] for each in area["capabilities"]]
            wrong = wrong or learning_rules.of_module(module, None, catalog.resources(), capabilities)
            return Tried(tuple(wrong), "module", module if not misshapen("module", module.head) else None)
        data = read_text(name, text)
    except ContentError as error:
        return Tried(tuple(str(error).splitlines()))
    if name == "track.yml":
        slug = data.get("slug", "") if isinstance(data, dict) else ""
        return Tried(tuple(track_rules.problems(slug, data, catalog.practices())), "track")
    if name == "resources.yml":
        return Tried(tuple(resource_rules.problems(data)), "resources")
    return Tried(tuple(poc_rules.problems(stem, data)), "proof of concept")


def _warnings(heads: Mapping[str, dict], today: date) -> list[str]:
    texts, proofs = {slug: catalog.modules(slug) for slug in heads}, {slug: catalog.pocs(slug) for slug in heads}
    used = learning_rules.used(texts)
    listed = {"resources": list(catalog.resources().values())}
    keys = [each["key"] for area in catalog.practices()["areas"] for each in area["capabilities"]]
    found = [f"resources.yml: {line}" for line in resource_rules.stale(listed, used, today)]
    found += [f"resources.yml: {name}: no module names it" for name in path_rules.unused(texts, catalog.resources())]
    found += [f"tracks: {line}" for line in path_rules.uneven(heads, texts, proofs)]
    return found + [f"tracks: {line}" for line in learning_rules.untaught(heads, keys)]
