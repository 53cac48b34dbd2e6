"""Loads the content files and refuses broken ones. Everything is read once per process and treated as immutable."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from threading import RLock
from typing import Any

from content import (
    first_hour_rules,
    learning_rules,
    module_rules,
    poc_rules,
    practice_rules,
    resource_rules,
    survey_rules,
    track_rules,
)
from content.checking import ContentError, misshapen, read
from content.modules import Module, read_module

HERE = Path(__file__).parent
_STEP = {"minutes", "title", "text"}
DEFINITION_FIELDS = {"title", "definition", "formula", "interval", "limits"}
_READING = RLock()


def _once(load: Callable[..., Any]) -> Callable[..., Any]:
    """Keeps what was read; raises again what could not be. Whoever comes while it is being read waits for it: a hundred
    people who come at once would otherwise read it a hundred times beside each other."""
    kept: dict[tuple, Any] = {}

    @wraps(load)
    def read_once(*names: str) -> Any:
        if names not in kept:
            with _READING:
                if names not in kept:
                    kept[names] = load(*names)
        return kept[names]

    read_once.cache_clear = kept.clear
    return read_once


@_once
def benchmarks() -> dict:
    """Survey benchmarks by report year (`content/benchmarks/dora.json`): bands, clusters, dist_2025, archetypes_2025.

    Shares are percentages of respondents. Raises ContentError when a distribution does not add up to 100 %.
    """
    try:
        figures = json.loads((HERE / "benchmarks" / "dora.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ContentError(f"benchmarks/dora.json: {' '.join(str(error).split())}") from error
    if not isinstance(figures, dict) or not isinstance(figures.get("dist_2025"), dict):
        raise ContentError("benchmarks/dora.json: it has no dist_2025")
    for metric, distribution in figures["dist_2025"].items():
        shares = distribution.get("pct_best_first") if isinstance(distribution, dict) else None
        if shares and abs(sum(shares) - 100) > 0.5:
            raise ContentError(f"benchmarks/dora.json: dist_2025.{metric} adds up to {sum(shares):.1f} %")
    return figures


@_once
def definitions() -> dict[str, dict[str, str]]:
    """How each metric is computed, in words for its reader: metric key -> title, definition, formula, interval, limits.

    Raises ContentError when a metric lacks one of them.
    """
    texts = read(HERE / "definitions.yml")
    if not isinstance(texts, dict) or not all(isinstance(fields, dict) for fields in texts.values()):
        raise ContentError("definitions.yml: it says nothing of metrics by their keys")
    for metric, fields in texts.items():
        if odd := sorted(DEFINITION_FIELDS ^ set(fields)):
            raise ContentError(f"definitions.yml: {metric} has {', '.join(odd)} missing or too many")
    return texts


@_once
def practices() -> dict:
    """Practice areas with their capabilities and anchored levels: version, areas[key, name, capabilities[key, name,
    meaning, dora, dora_construct, importance, upstream, downstream, stages, levels[5], evidence[level, repository,
    hints, map, survey]]]. `levels[i]` is what one would see at level i; evidence is what shows it, beside the answer to
    the capability.

    Raises ContentError with everything that `content.practice_rules` finds wrong.
    """
    data = read(HERE / "practices.yml")
    _refuse("practices.yml", practice_rules.problems(data))
    return practice_rules.resolved(data)


@_once
def surveys() -> dict[str, dict]:
    """The questionnaires of `content/surveys/` by key, as they are asked: key, version, title, purpose, recall,
    suggested block keys, minutes, blocks[key, title, lead, about, minutes, items[key, text, kind, better, options[key,
    text], ...]]; see `content.survey_rules.resolved`.

    Raises ContentError with everything that `content.survey_rules` finds wrong.
    """
    measures, bands = practices(), benchmarks()["bands"]
    files = _each("surveys", lambda name, data: survey_rules.problems(name, data, measures, bands))
    asked = {key: survey_rules.resolved(data, measures) for key, data in files.items()}
    _refuse("practices.yml", practice_rules.not_asked(measures, asked))
    return asked


@_once
def maps() -> dict[str, dict]:
    """Example workflow maps of `content/maps/` by key: key, purpose, and `today` and `future`, each the plain values
    of a map (title, steps; times in minutes).

    Raises ContentError where a file breaks its schema; that each map can be read as one is held by the tests.
    """

    def wrong(name: str, data) -> list[str]:
        found = misshapen("map", data)
        return found or ([] if data["key"] == name else [f"key is {data['key']}, the file is named {name}"])

    return _each("maps", wrong)


@_once
def facilitation() -> dict:
    """How a team talks a split question through: title, before, after, steps[minutes, title, text].

    Raises ContentError when a part is missing or the minutes do not add up to ten.
    """
    guide = read(HERE / "facilitation.yml")
    wrong = [] if set(guide) == {"title", "before", "steps", "after"} else ["it has title, before, steps and after"]
    steps = guide.get("steps") or []
    wrong += [f"step {place} has minutes, title and text" for place, step in enumerate(steps, 1) if set(step) != _STEP]
    if not wrong and sum(step["minutes"] for step in steps) != 10:
        wrong.append("its minutes do not add up to ten")
    _refuse("facilitation.yml", wrong)
    return guide


@_once
def tracks() -> dict[str, dict]:
    """The heads of the learning tracks, `content/tracks/<slug>/track.yml`, by slug in their order: id, slug, version,
    title, outcome, status (wip, beta, active, deprecated), order, level, hours, owners, capabilities[id, weight,
    from_level, to_level], requires (slugs), modules, pocs, review_by and changelog (days as YYYY-MM-DD).

    Raises ContentError with everything that `content.track_rules` finds wrong.
    """
    measures = practices()
    files = _each("tracks", lambda slug, data: track_rules.problems(slug, data, measures), "*/track.yml")
    _refuse("tracks", track_rules.together(files, measures))
    return dict(sorted(files.items(), key=lambda item: item[1]["order"]))


@_once
def resources() -> dict[str, dict]:
    """What others have written, `content/resources.yml`, by id: id, title, url, type, minutes, free, license, level,
    verified (a day as YYYY-MM-DD, or never), and replaced_by where there is a better one.

    Raises ContentError with everything that `content.resource_rules` finds wrong.
    """
    data = read(HERE / "resources.yml")
    _refuse("resources.yml", resource_rules.problems(data))
    return {each["id"]: each for each in data["resources"]}


@_once
def modules(track: str) -> dict[str, Module]:
    """The modules of a track, `content/tracks/<track>/modules/*.md`, by slug in the order of the track: head (id, slug,
    title, stage, minutes, objectives[id, text], teaches, requires, resources, quiz[id, objective, q, choices, answer,
    because]), lead and steps[number, title, body] in Markdown.

    Raises ContentError with everything that `content.module_rules` finds wrong, KeyError when there is no such track.
    """
    made = _files(f"tracks/{track}/modules", "*.md", read_module, module_rules.problems)
    return _ordered(made, tracks()[track]["modules"])


@_once
def pocs(track: str) -> dict[str, dict]:
    """The proofs of concept of a track, `content/tracks/<track>/pocs/*.yml`, by slug in the order of the track; see
    `content/schemas/poc.json`.

    Raises ContentError with everything that `content.poc_rules` finds wrong, KeyError when there is no such track.
    """
    made = _files(f"tracks/{track}/pocs", "*.yml", read, poc_rules.problems)
    return _ordered(made, tracks()[track]["pocs"])


@_once
def learning() -> list[tuple[str, str]]:
    """(place, id) of everything that progress is kept for.

    Raises ContentError with everything that is wrong with tracks, modules and proofs of concept beside each other.
    """
    heads = tracks()
    texts = {slug: modules(slug) for slug in heads}
    proofs = {slug: pocs(slug) for slug in heads}
    known = {capability["key"] for area in practices()["areas"] for capability in area["capabilities"]}
    found = learning_rules.together(heads, texts, proofs, resources(), known)
    if found:
        raise ContentError("\n".join(f"tracks/{problem}" for problem in found))
    return learning_rules.ids(heads, texts, proofs)


@_once
def first_hours() -> dict[str, dict]:
    """What somebody does in their first hour, `content/first-hours.yml`, by the key of the role, in order: id, key,
    name, who, right (member, team_lead, leader) and steps[id, title, minutes, page, text; track, module of a module].
    Nothing where there is no such file.

    Raises ContentError with everything that `content.first_hour_rules` finds wrong.
    """
    path = HERE / "first-hours.yml"
    if not path.exists():
        return {}
    data = read(path)
    texts = {slug: modules(slug) for slug in tracks()}
    others = [name for _, name in learning()]
    _refuse("first-hours.yml", first_hour_rules.problems(data, tracks(), texts, others))
    return {role["key"]: role for role in data["roles"]}


@contextmanager
def at(root: Path) -> Iterator[None]:
    """Content is read from another folder meanwhile. For checking it in a process of its own: nothing else may read
    content at the same time. What is read from that folder already is not read again."""
    global HERE
    before = HERE
    if root == before:
        yield
        return
    try:
        HERE = root
        _forget()
        yield
    finally:
        HERE = before
        _forget()


_LOADS = (
    benchmarks, definitions, practices, surveys, maps, facilitation, tracks, resources, modules, pocs, learning,
    first_hours,
)  # fmt: skip


def _forget() -> None:
    for load in _LOADS:
        load.cache_clear()


def _files(folder: str, pattern: str, load: Callable[[Path], Any], wrong: Callable[[str, Any], list[str]]) -> dict:
    """The files of a folder by name; ContentError with everything that is wrong with any of them."""
    found, made = [], {}
    for file in sorted((HERE / folder).glob(pattern)):
        try:
            made[file.stem] = load(file)
            found += [f"{folder}/{file.name}: {problem}" for problem in wrong(file.stem, made[file.stem])]
        except ContentError as error:
            found += [f"{folder}/{line}" for line in str(error).splitlines()]
    if found:
        raise ContentError("\n".join(found))
    return made


def _ordered(made: dict[str, Any], order: list[str]) -> dict[str, Any]:
    """In that order; what it does not name comes last, and is a problem that `learning` tells."""
    return {name: made[name] for name in [*order, *(each for each in made if each not in order)] if name in made}


def _each(folder: str, wrong: Callable[[str, Any], list[str]], pattern: str = "*.yml") -> dict[str, Any]:
    """The files of a folder by name, or those in folders of it by the name of theirs; ContentError with everything that
    is wrong with any of them."""
    found, made = [], {}
    for file in sorted((HERE / folder).glob(pattern)):
        name, place = (file.stem, folder) if "/" not in pattern else (file.parent.name, f"{folder}/{file.parent.name}")
        try:
            made[name] = read(file)
            found += [f"{place}/{file.name}: {problem}" for problem in wrong(name, made[name])]
        except ContentError as error:
            found += [f"{place}/{line}" for line in str(error).splitlines()]
    if found:
        raise ContentError("\n".join(found))
    return made


def problems() -> list[str]:
    """Everything wrong with any content file, one line each with the name of the file."""
    found = []
    for load in (benchmarks, definitions, practices, surveys, maps, facilitation, tracks, resources):
        found += _said(load)
    try:
        slugs = list(tracks())
    except ContentError:
        slugs = []
    for slug in slugs:
        found += [*_said(lambda slug=slug: modules(slug)), *_said(lambda slug=slug: pocs(slug))]
    return list(dict.fromkeys(found or _said(learning) or _said(first_hours)))


def _said(load: Callable[[], Any]) -> list[str]:
    try:
        load()
    except ContentError as error:
        return str(error).splitlines()
    return []


def _refuse(name: str, problems: list[str]) -> None:
    if problems:
        raise ContentError("\n".join(f"{name}: {problem}" for problem in problems))
