"""YAML and JSON: what stands at which places. Workflows, manifests, settings, forms that a team fills in."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from assessments.evidence.finding import Evidence
from assessments.evidence.reading.yamls import Map
from assessments.poc.judging import BASELINE, Context, Judgement, Kind, failed, passed
from assessments.poc.model import Level, Outcome
from assessments.poc.places import CONDITIONS, Looker, Said, Spot, baselined, dated, evidence, universal
from assessments.poc.schemas import GLOBS, parameters, shape, truth

_TARGET = {
    "files": GLOBS,
    "conditions": CONDITIONS | {"description": "What must hold."},
    "select": CONDITIONS
    | {"description": "Only documents for which these hold are looked at, such as those of a kind."},
    "scope": {
        "description": "Whether one document must fulfil all conditions (some, the default), every one (each), or all "
        "of them together (together).",
        "enum": ["some", "each", "together"],
    },
    "optional": truth("It is fine when there is no such document; what is there must fit."),
}
SCHEMA = parameters(
    _TARGET
    | {
        "any": {
            "description": "Targets of which one is enough, in place of files and conditions.",
            "type": "array",
            "minItems": 2,
            "items": shape(_TARGET, ("files", "conditions")),
        }
    },
    oneOf=[
        {"required": ["any"], "maxProperties": 1},
        {"required": ["files", "conditions"], "not": {"required": ["any"]}},
    ],
)


def judge(params: Mapping[str, Any], context: Context) -> Judgement:
    if "any" not in params:
        return _target(params, context)
    tried = [_target(each, context) for each in params["any"]]
    for each in tried:
        if each.outcome is Outcome.PASS:
            return each
    first, *others = (each.because.rstrip(".") for each in tried)
    because = first + "".join(map(_nor, others))
    places = [place for each in tried for place in each.places]
    return failed(f"{because}.", places, missing=any(each.open for each in tried))


def _nor(because: str) -> str:
    return f"; and t{because[1:]}" if because.startswith("There is") else f"; nor: {because}"


def _target(params: Mapping[str, Any], context: Context) -> Judgement:
    looker = Looker(context)
    names = " or ".join(params["files"])
    found: list[tuple[str, Spot]] = []
    for path, document in context.documents(params["files"]):
        spot = Spot(document, document.line if isinstance(document, Map) else 1)
        if all(looker.judge(each, [spot]).holds for each in params.get("select", ())):
            found.append((path, spot))
    if not found:
        if "optional" in params:
            return passed(f"There is no such document in {names}.", every=True)
        there = context.find(params["files"])
        if not there:
            return failed(f"There is no {names}.", missing=True)
        return failed(f"{there[0]} holds no {_wanted(params)}.", missing=True)
    scope = params.get("scope", "some")
    if scope == "together":
        return _together(params["conditions"], found, looker)
    judged = [(path, [looker.judge(each, [spot]) for each in params["conditions"]]) for path, spot in found]
    broken = [(path, wrong) for path, said in judged if (wrong := [each for each in said if not each.holds])]
    if scope == "each":
        if broken:
            path, wrong = broken[0]
            return failed(_sentence(path, wrong), [place for path, wrong in broken for place in _places(path, wrong)])
        return passed(
            f"All of {names} fit.", [place for path, said in judged for place in _places(path, said)], every=True
        )
    whole = next(((path, said) for path, said in judged if all(each.holds for each in said)), None)
    if whole:
        return passed(f"{whole[0]} fits.", _places(*whole))
    path, wrong = min(broken, key=lambda each: len(each[1]))
    return failed(_sentence(path, wrong), _places(path, wrong), missing=True)


def _wanted(params: Mapping[str, Any]) -> str:
    """A document in words, where it is looked for by its kind alone."""
    match params.get("select"):
        case [{"at": "kind", "is": kinds}]:
            return " or ".join(map(str, kinds))
    return "such document"


def _together(conditions: list, found: list[tuple[str, Spot]], looker: Looker) -> Judgement:
    """Spots of all documents count for one another."""
    seen: list[Evidence] = []
    for each in conditions:
        said = looker.judge(each, [spot for _, spot in found])
        parts = [(path, looker.judge(each, [spot])) for path, spot in found]
        places = [place for path, part in parts if part.holds == said.holds for place in _places(path, [part])]
        if not said.holds:
            return failed(f"{said.because[:1].upper()}{said.because[1:]}.", places, missing=said.absent)
        seen += places
    return passed("They fit.", seen, every=universal(conditions))


def _sentence(path: str, wrong: list[Said]) -> str:
    more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
    return f"{path}: {wrong[0].because}{more}."


def _places(path: str, said: list[Said]) -> list[Evidence]:
    """Where it stands. The sentence says why the first does not hold; why others do not is said at their places."""
    found: list[Evidence] = []
    first = True
    for each in said:
        places = evidence(path, each.spots)
        if not each.holds and not first:
            there = places[0] if places else Evidence(path, None, "")
            why = each.because if there.what in each.because else f"{each.because}: {there.what}"
            places = [replace(there, what=why), *places[1:]]
        found += places
        first = first and each.holds
    return found or [Evidence(path, None, "looked at")]


def _globs(params: Mapping[str, Any]) -> tuple[str, ...]:
    globs = tuple(glob for each in params.get("any", [params]) for glob in each["files"])
    return (*globs, BASELINE) if baselined(params) else globs


KIND = Kind(
    "yaml",
    "What stands at which places of YAML and JSON files.",
    SCHEMA,
    Level.E1,
    judge,
    globs=_globs,
    daily=dated,
)
