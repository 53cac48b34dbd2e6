"""Loads the content files and refuses broken ones. Everything is read once per process and treated as immutable."""

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from content import practice_rules, survey_rules, track_rules
from content.checking import ContentError, misshapen, read

HERE = Path(__file__).parent
_STEP = {"minutes", "title", "text"}
DEFINITION_FIELDS = {"title", "definition", "formula", "interval", "limits"}


@lru_cache
def benchmarks() -> dict:
    """Survey benchmarks by report year (`content/benchmarks/dora.json`): bands, clusters, dist_2025, archetypes_2025.

    Shares are percentages of respondents. Raises ContentError when a distribution does not add up to 100 %.
    """
    figures = json.loads((HERE / "benchmarks" / "dora.json").read_text(encoding="utf-8"))
    for metric, distribution in figures["dist_2025"].items():
        shares = distribution.get("pct_best_first") if isinstance(distribution, dict) else None
        if shares and abs(sum(shares) - 100) > 0.5:
            raise ContentError(f"benchmarks/dora.json: dist_2025.{metric} adds up to {sum(shares):.1f} %")
    return figures


@lru_cache
def definitions() -> dict[str, dict[str, str]]:
    """How each metric is computed, in words for its reader: metric key -> title, definition, formula, interval, limits.

    Raises ContentError when a metric lacks one of them.
    """
    texts = YAML(typ="safe", pure=True).load((HERE / "definitions.yml").read_text(encoding="utf-8"))
    for metric, fields in texts.items():
        if odd := sorted(DEFINITION_FIELDS ^ set(fields)):
            raise ContentError(f"definitions.yml: {metric} has {', '.join(odd)} missing or too many")
    return texts


@lru_cache
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


@lru_cache
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


@lru_cache
def maps() -> dict[str, dict]:
    """Example workflow maps of `content/maps/` by key: key, purpose, and `today` and `future`, each the plain values
    of a map (title, steps; times in minutes).

    Raises ContentError where a file breaks its schema; that each map can be read as one is held by the tests.
    """

    def wrong(name: str, data) -> list[str]:
        found = misshapen("map", data)
        return found or ([] if data["key"] == name else [f"key is {data['key']}, the file is named {name}"])

    return _each("maps", wrong)


@lru_cache
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


@lru_cache
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
    for load in (benchmarks, definitions, practices, surveys, maps, facilitation, tracks):
        try:
            load()
        except ContentError as error:
            found += str(error).splitlines()
    return list(dict.fromkeys(found))


def _refuse(name: str, problems: list[str]) -> None:
    if problems:
        raise ContentError("\n".join(f"{name}: {problem}" for problem in problems))
