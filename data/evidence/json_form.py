"""What a clone shows as JSON (docs/cli.md). Equal commits give equal texts."""

from datetime import UTC, datetime
from typing import Any

from assessments import maturity
from assessments.evidence import Evidence, Outcome, Result
from data.evidence.shown import Shown, importance
from data.evidence.tools import Said

#: Name of the form; its number is raised when a reader of the old one would be wrong.
FORMAT = "milepost.evidence/1"


def as_json(shown: Shown) -> dict[str, Any]:
    """Only of types that JSON has."""
    form = {
        "format": FORMAT,
        "repository": {"name": shown.name, "web_url": shown.web_url, "commit": shown.commit, "as_of": as_of(shown)},
        "counts": {name(outcome): count for outcome, count in shown.counts().items()},
        "first": [each.probe.key for each in shown.first],
        "findings": [finding(each) for each in shown.evaluation.results],
        "unread": [{"path": path, "why": why} for path, why in sorted(shown.evaluation.unread.items())],
        "capabilities": [_capability(each) for each in shown.standings],
    }
    if shown.base:
        form["base"] = shown.base
        form["changes"] = [
            {
                "probe": each.result.probe.key,
                "before": name(each.before.outcome),
                "after": name(each.result.finding.outcome),
            }
            for each in shown.changes
        ]
    if shown.others:
        form["others"] = [_said(each) for each in shown.others]
    return form


def as_of(shown: Shown) -> str:
    """When the commit was made, as ISO 8601 in UTC."""
    return datetime.fromtimestamp(shown.as_of // 1_000_000, UTC).isoformat()


def name(outcome: Outcome) -> str:
    return outcome.value.replace(" ", "_")


def finding(result: Result) -> dict[str, Any]:
    probe, found = result.probe, result.finding
    return {
        "probe": probe.key,
        "version": probe.version,
        "title": probe.title,
        "family": probe.family,
        "capabilities": list(probe.capabilities),
        "importance": importance(probe),
        "outcome": name(found.outcome),
        "because": found.because,
        "remedy": found.remedy or None,
        "effort": found.effort.value if found.effort else None,
        "places": _places(found.evidence),
        "places_count": max(found.total, len(found.evidence)),
        "good": _places(found.good),
        "unread": [{"path": path, "why": why} for path, why in found.unread],
    }


def _places(places: tuple[Evidence, ...]) -> list[dict[str, Any]]:
    return [{"path": each.path, "line": each.line, "what": each.what} for each in places]


def _capability(standing: maturity.Standing) -> dict[str, Any]:
    return {
        "key": standing.capability.key,
        "name": standing.capability.name,
        "level": standing.told,
        "said": maturity.level_of(standing),
        "known": standing.known,
        "applicable": standing.applicable,
        "statements": [
            {
                "level": each.statement.level,
                "text": each.statement.text,
                "verdict": each.verdict.value.replace(" ", "_"),
                "probes": [item.key for item, _ in each.seen if item.lane == maturity.REPOSITORY],
            }
            for each in standing.statements
        ],
    }


def _said(said: Said) -> dict[str, Any]:
    findings = said.evaluation.results if said.evaluation else ()
    return {
        "origin": said.origin,
        "tool": said.tool,
        "problem": said.problem or None,
        "findings": [
            {
                "rule": each.probe.key,
                "outcome": name(each.finding.outcome),
                "because": each.finding.because,
                "places": _places(each.finding.evidence),
                "places_count": each.finding.total,
            }
            for each in findings
        ],
    }
