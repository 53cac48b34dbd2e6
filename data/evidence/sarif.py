"""What a clone shows as SARIF 2.1.0, for whatever reads results of static analysis.

Only what is not met or partly met is a result, one a place. What is not known is a notification: a reader that counts
results must not take it for a bad one.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from assessments.evidence import Effort, Evidence, Outcome, Probe, Result
from data.evidence.json_form import as_of
from data.evidence.shown import Shown, importance, needed

VERSION = "2.1.0"
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#: Where what has no place of its own is shown: the folder of the repository.
ROOT, BASE = "./", "SRCROOT"
#: Name of our fingerprint; its number is raised when the same finding gets another.
PRINT = "milepost/v1"
_SOON = (Effort.MINUTES, Effort.HOURS)


def as_sarif(shown: Shown) -> dict[str, Any]:
    """One run. Only of types that JSON has; equal commits give equal texts."""
    results = shown.evaluation.results
    rules = {each.probe.key: place for place, each in enumerate(results)}
    artifacts = _Artifacts()
    run = {
        "tool": {
            "driver": {
                "name": "Milepost",
                "rules": [_rule(each.probe) for each in results],
                "notifications": [
                    {"id": "unknown", "shortDescription": {"text": "What would tell could not be read"}},
                    {"id": "unread", "shortDescription": {"text": "A file could not be read"}},
                ],
            }
        },
        "automationDetails": {"id": "milepost/evidence/"},
        "columnKind": "unicodeCodePoints",
        "defaultEncoding": "UTF-8",
        "originalUriBaseIds": {BASE: {"description": {"text": "The folder of the repository at that commit."}}},
        "results": [one for each in shown.open for one in _results(each, rules[each.probe.key], artifacts)],
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    *(_unknown(each, rules[each.probe.key]) for each in shown.of(Outcome.UNKNOWN)),
                    *(_unread(path, why, artifacts) for path, why in sorted(shown.evaluation.unread.items())),
                ],
            }
        ],
        "properties": {
            "repository": shown.name,
            "commit": shown.commit,
            "asOf": as_of(shown),
            "counts": {str(outcome): count for outcome, count in shown.counts().items()},
        },
    }
    run["artifacts"] = artifacts.listed
    if shown.web_url:
        run["versionControlProvenance"] = [{"repositoryUri": shown.web_url, "revisionId": shown.commit}]
    return {"$schema": SCHEMA, "version": VERSION, "runs": [run]}


def message(text: str) -> dict[str, str]:
    """A message of plain text: its braces are no placeholders and its brackets no links."""
    return {"text": text.replace("{", "{{").replace("}", "}}").replace("](", "] (")}


def uri(path: str) -> str:
    """The relative URI of a path in the repository."""
    return quote(path, safe="/")


class _Artifacts:
    """The files named, each once, in the order in which they come up."""

    def __init__(self):
        self.listed: list[dict[str, Any]] = []
        self._places: dict[str, int] = {}

    def at(self, path: str | None) -> dict[str, Any]:
        address = ROOT if path is None else uri(path)
        if address not in self._places:
            self._places[address] = len(self.listed)
            what = {"roles": ["directory"]} if path is None else {}
            self.listed.append({"location": {"uri": address, "uriBaseId": BASE}, **what})
        return {"uri": address, "uriBaseId": BASE, "index": self._places[address]}

    def location(self, path: str | None, line: int | None) -> dict[str, Any]:
        place: dict[str, Any] = {"artifactLocation": self.at(path)}
        if path is not None:
            place["region"] = {"startLine": line or 1}
        return {"physicalLocation": place}


def _rule(probe: Probe) -> dict[str, Any]:
    outcomes = " ".join(f"{outcome.capitalize()}: {meaning}" for outcome, meaning in probe.outcomes.items())
    listed = "\n".join(f"- *{outcome}*: {meaning}" for outcome, meaning in probe.outcomes.items())
    return {
        "id": probe.key,
        "name": "".join(part.capitalize() for part in probe.key.split("-")),
        "shortDescription": {"text": probe.title},
        "fullDescription": {"text": f"{probe.why} Looked at: {probe.how}"},
        "help": {
            "text": f"{probe.remedy} ({probe.effort}) {outcomes}",
            "markdown": f"**What to do** ({probe.effort}): {probe.remedy}\n\n{listed}",
        },
        "defaultConfiguration": {"level": level_of(probe, Outcome.NOT_MET, probe.effort)},
        "properties": {
            "tags": sorted({probe.family, *probe.capabilities}),
            "importance": importance(probe),
            "effort": probe.effort.value,
        },
    }


def level_of(probe: Probe, outcome: Outcome, effort: Effort | None) -> str:
    """error: not met, a capability of the greatest importance asks for it, and it is done within hours. warning: not
    met otherwise. note: partly met."""
    if outcome is Outcome.PARTLY:
        return "note"
    return "error" if needed(probe) and effort in _SOON else "warning"


def _results(result: Result, rule: int, artifacts: _Artifacts) -> Iterator[dict[str, Any]]:
    """One a place; one at the root of the repository where there is none."""
    probe, found = result.probe, result.finding
    places = [each for each in found.evidence if each.path is not None]
    prints: dict[str, int] = {}
    for place in places or [None]:
        told = found.because if place is None else f"{found.because} Here: {place.what}"
        base = fingerprint(probe, place)
        prints[base] = prints.get(base, 0) + 1
        yield {
            "ruleId": probe.key,
            "ruleIndex": rule,
            "kind": "fail",
            "level": level_of(probe, found.outcome, found.effort),
            "message": message(f"{told} {found.remedy}".strip()),
            "locations": [artifacts.location(place.path if place else None, place.line if place else None)],
            "partialFingerprints": {PRINT: f"{base}:{prints[base]}"},
            "properties": {"outcome": str(found.outcome), "effort": (found.effort or probe.effort).value},
        }


def fingerprint(probe: Probe, place: Evidence | None) -> str:
    """The same while the same stands in the same file, on whatever line."""
    told: Iterable[str] = (probe.key, place.path or "", place.what) if place else (probe.key,)
    return sha256("\0".join(told).encode("utf-8", "replace")).hexdigest()[:32]


def _unknown(result: Result, rule: int) -> dict[str, Any]:
    return {
        "descriptor": {"id": "unknown", "index": 0},
        "associatedRule": {"id": result.probe.key, "index": rule},
        "level": "note",
        "message": message(f"{result.probe.title}: not known. {result.finding.because}"),
    }


def _unread(path: str, why: str, artifacts: _Artifacts) -> dict[str, Any]:
    return {
        "descriptor": {"id": "unread", "index": 1},
        "level": "warning",
        "message": message(f"This file could not be read: {why}."),
        "locations": [{"physicalLocation": {"artifactLocation": artifacts.at(path)}}],
    }
