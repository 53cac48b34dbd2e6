"""Whether a measured outcome is where it should be, or moved: with its interval, how many, and over how long."""

from collections.abc import Mapping
from typing import Any

from assessments.evidence.finding import Evidence
from assessments.poc.judging import BASELINE, Context, Judgement, Kind, Open, collected, failed, number, passed, unknown
from assessments.poc.known import Series, Source
from assessments.poc.model import Level, Outcome
from assessments.poc.places import PLACE, Looker, Spot
from assessments.poc.schemas import GLOBS, amount, parameters, shape, text, whole
from assessments.poc.series import NAMES

_MEASURED = {
    "series": {"enum": list(NAMES), "description": "Key of the measured series."},
    "n": whole(1, "So many observations at least; below, it is too few to tell."),
    "days": whole(1, "It covers so many days at least."),
    "at_most": amount("Its value is not higher."),
    "at_least": amount("Its value is not lower."),
    "times_baseline": amount("Its value is at most so many times what it was before."),
    "at_least_times_baseline": amount("Its value is at least so many times what it was before."),
    "baseline": text("Key in docs/poc/baseline.yml; the measured value before the start when not given."),
}
_LISTED = {
    "files": GLOBS,
    "at": PLACE | {"description": "Place of the list of observations, such as `alerts[]`."},
    "good": {
        "description": "Conditions that a good one fulfils.",
        "type": "array",
        "items": {"$ref": "#/$defs/condition"},
        "minItems": 1,
    },
    "share_at_least": amount("Share of good ones, at least."),
    "n": whole(1, "So many observations at least; below, it is too few to tell."),
}
SCHEMA = parameters(
    {
        **_MEASURED,
        "listed": {
            "description": "Observations that the team writes down in a file.",
            **shape(_LISTED, ("files", "at", "good", "share_at_least", "n")),
        },
        "any": {
            "description": "Of which one is enough: measured series, or `listed`.",
            "type": "array",
            "minItems": 2,
            "items": {
                "anyOf": [
                    shape(_MEASURED, ("series", "n")),
                    shape({"listed": shape(_LISTED, ("files", "at", "good", "share_at_least", "n"))}, ("listed",)),
                ]
            },
        },
    },
    oneOf=[{"required": ["series", "n"]}, {"required": ["listed"]}, {"required": ["any"]}],
)


def judge(params: Mapping[str, Any], context: Context) -> Judgement:
    if "any" not in params:
        return _one(params, context)
    tried = []
    for each in params["any"]:
        try:
            tried.append(_one(each, context))
        except Open as error:
            tried.append(error.judgement)
    for outcome in (Outcome.PASS, Outcome.UNKNOWN):
        for each in tried:
            if each.outcome is outcome:
                return each
    return failed(
        "; nor: ".join(each.because.rstrip(".") for each in tried) + ".", missing=any(each.open for each in tried)
    )


def _one(params: Mapping[str, Any], context: Context) -> Judgement:
    return _listed(params["listed"], context) if "listed" in params else _measured(params, context)


def _measured(params: Mapping[str, Any], context: Context) -> Judgement:
    metrics = collected(context.known.metrics, "measured metrics", context.known, own=True)
    key = params["series"]
    if key not in metrics:
        return unknown(f"{key} is not measured for this team.", todo="Connect the source that measures it.")
    series = metrics[key]
    places = [Evidence(None, None, f"{key}: {_said(series)}")]
    if series.n < params["n"]:
        return unknown(f"Too few to tell: {series.n} observations, and {params['n']} are needed.", places)
    if series.days < params.get("days", 0):
        return unknown(f"It covers {series.days} days, and {params['days']} are needed.", places)
    if series.value is None:
        return unknown(f"There is no value of {key} for this time.", places)
    limits = [("at_most", params.get("at_most")), ("at_least", params.get("at_least"))]
    for name, limit in (("at_most", "times_baseline"), ("at_least", "at_least_times_baseline")):
        if limit in params:
            before = context.baseline(params["baseline"]) if "baseline" in params else series.baseline
            if before is None:
                return unknown(
                    f"Nobody knows what {key} was before.", places, todo="A baseline must be measured before the start."
                )
            limits.append((name, before * params[limit]))
    for name, limit in limits:
        if limit is None:
            continue
        if (series.value > limit) if name == "at_most" else (series.value < limit):
            word = "at most" if name == "at_most" else "at least"
            return failed(f"It is {_said(series)}; it should be {word} {number(limit)}.", places)
    return passed(f"It is {_said(series)}.", places, level=Level.E5)


def _said(series: Series) -> str:
    value = "unknown" if series.value is None else number(series.value)
    interval = ""
    if series.low is not None and series.high is not None:
        interval = f" ({number(series.low)} to {number(series.high)})"
    unit = f" {series.unit}" if series.unit else ""
    return f"{value}{unit}{interval}, n = {series.n}, over {series.days} days"


def _listed(params: Mapping[str, Any], context: Context) -> Judgement:
    looker = Looker(context)
    found = [
        (path, spot)
        for path, document in context.documents(params["files"])
        for spot in looker.spots(Spot(document, 1), params["at"])
    ]
    names = " or ".join(params["files"])
    if not context.find(params["files"]):
        return failed(f"There is no file {names}.", missing=True)
    if len(found) < params["n"]:
        return unknown(f"Too few to tell: {names} holds {len(found)} observations, and {params['n']} are needed.")
    good = [each for each in found if all(looker.judge(condition, [each[1]]).holds for condition in params["good"])]
    places = [Evidence(path, spot.line or None, "counted") for path, spot in good]
    said = f"{len(good)} of {len(found)} are good"
    if len(good) < params["share_at_least"] * len(found):
        return failed(f"{said}; {number(100 * params['share_at_least'])} % are needed.", places)
    level = Level.E1 if context.known.source is Source.CLONE else Level.E5
    return passed(f"{said}.", places, level=level, every=True)


def _globs(params: Mapping[str, Any]) -> tuple[str, ...]:
    parts = params.get("any", [params])
    files = tuple(glob for each in parts for glob in each.get("listed", {}).get("files", ()))
    return (*files, BASELINE) if any("baseline" in each for each in parts) else files


KIND = Kind(
    "metric",
    "A measured outcome, against a limit or what it was before.",
    SCHEMA,
    Level.E5,
    judge,
    globs=_globs,
    files=False,
)
