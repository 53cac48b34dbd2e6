"""Alert rules of Prometheus: which alerts there are, what each carries, and that each is tested."""

from collections.abc import Mapping
from typing import Any

from assessments.evidence.finding import Evidence
from assessments.poc.judging import Context, Judgement, Kind, failed, passed
from assessments.poc.model import Level
from assessments.poc.patterns import fits
from assessments.poc.places import FORMS
from assessments.poc.reading.promql import Alert, alerts, tested
from assessments.poc.schemas import GLOBS, KEYS, PATTERN, PATTERNS, parameters, several, shape, truth

_RULE = shape(
    {
        "title": PATTERN | {"description": "What the alert is about, in words."},
        "names": PATTERNS
        | {"description": "Patterns each of which a metric, function or label of the expression fits."},
        "compares": {
            "description": "A comparison with a number in the expression.",
            **shape(
                {
                    "sign": {"enum": [">", ">=", "<", "<="], "description": "The sign."},
                    "with": {"type": "number", "description": "The number."},
                },
                ("sign", "with"),
            ),
        },
        "calculates": PATTERNS
        | {"description": "Patterns that the expression, on one line and without texts and comments, fits."},
    },
    ("title",),
    minProperties=2,
)
SCHEMA = parameters(
    {
        "files": GLOBS,
        "alerts": several(
            {"anyOf": [_RULE, shape({"any": {"type": "array", "minItems": 2, "items": _RULE}}, ("any",))]},
            "Alerts that are there; lists of which one is enough stand in `any`.",
        ),
        "held_for": truth("Each alert has a `for` that is a duration longer than none."),
        "labels": {
            "description": "Labels that each alert has, each with the values it may have.",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": KEYS,
        },
        "annotations": KEYS | {"description": "Annotations that each alert has; those that end in _url are https."},
        "tests": GLOBS | {"description": "Files whose `alert_rule_test` expects each alert to fire at some time."},
    },
    ("files",),
    minProperties=2,
)


def judge(params: Mapping[str, Any], context: Context) -> Judgement:
    found = [each for path, document in context.documents(params["files"]) for each in alerts(path, document)]
    names = " or ".join(params["files"])
    if not found:
        return failed(f"There is no alert rule in {names}.", missing=True)
    wrong = [Evidence(each.path, each.line, f"{each.name} {why}") for each in found if (why := _lacks(params, each))]
    if wrong:
        return failed(f"{wrong[0].path}: {wrong[0].what}.", wrong)
    seen: list[Evidence] = []
    for wanted in params.get("alerts", ()):
        choices = wanted.get("any", [wanted])
        here = next((each for each in found if any(_is(choice, each) for choice in choices)), None)
        if here is None:
            titles = " or ".join(choice["title"] for choice in choices)
            return failed(f"No alert rule in {names} is about {titles}.", missing=True)
        seen.append(Evidence(here.path, here.line, here.name))
    if "tests" in params:
        tests = {name for _, document in context.documents(params["tests"]) for name in tested(document)}
        lacking = [
            Evidence(each.path, each.line, f"{each.name} has no test") for each in found if each.name not in tests
        ]
        if lacking:
            return failed(
                f"{lacking[0].what} in {' or '.join(params['tests'])} that expects it to fire.", lacking, missing=True
            )
    seen = seen or [Evidence(each.path, each.line, each.name) for each in found]
    return passed(f"The {len(found)} alert rules are as they should be.", seen, every=True)


def _lacks(params: Mapping[str, Any], alert: Alert) -> str:
    if "held_for" in params:
        held = str(alert.plain.get("for") or "")
        if not FORMS["duration"](held) or not held.strip("0smhdwy"):
            return "has no `for` that is longer than none"
    labels = alert.given("labels")
    for name, values in params.get("labels", {}).items():
        if labels.get(name) not in values:
            return f"has no label {name} that is one of {', '.join(values)}"
    annotations = alert.given("annotations")
    for name in params.get("annotations", ()):
        if name not in annotations:
            return f"has no annotation {name}"
        if name.endswith("_url") and not FORMS["https"](annotations[name]):
            return f"has a {name} that is no https address"
    return ""


def _is(wanted: Mapping[str, Any], alert: Alert) -> bool:
    if not all(any(fits(pattern, name) for name in alert.names) for pattern in wanted.get("names", ())):
        return False
    if not all(fits(pattern, alert.bare) for pattern in wanted.get("calculates", ())):
        return False
    compares = wanted.get("compares")
    return compares is None or (compares["sign"], float(compares["with"])) in alert.compared


def _globs(params: Mapping[str, Any]) -> tuple[str, ...]:
    return (*params["files"], *params.get("tests", ()))


KIND = Kind("promrules", "Alert rules of Prometheus, and their tests.", SCHEMA, Level.E1, judge, globs=_globs)
