"""SARIF 2.1.0 of whatever tool: its results, gathered by rule."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from assessments.evidence import Evidence, Outcome
from assessments.evidence.reading import Malformed
from data.evidence import strict
from data.evidence.foreign import RULES, Rule, line, number
from data.practices.foreign_file import Content, LeftOut, commit_of, instant_of

VERSION = "2.1.0"
_OF_LEVEL = {"error": Outcome.NOT_MET, "warning": Outcome.NOT_MET, "note": Outcome.PARTLY}
_OF_KIND = {
    "pass": Outcome.MET,
    "notApplicable": Outcome.NOT_APPLICABLE,
    "open": Outcome.UNKNOWN,
    "review": Outcome.UNKNOWN,
}
#: The outcome of a rule is the first of these that one of its results has.
_WORST = (Outcome.NOT_MET, Outcome.PARTLY, Outcome.UNKNOWN, Outcome.MET, Outcome.NOT_APPLICABLE)
_PLACEHOLDER = re.compile(r"\{(\d{1,2})\}")


def read(content: bytes) -> Content:
    """A rule is not met when a result of it has the level error or warning, partly met for a note. Suppressed results,
    those that are gone since the baseline and those that only inform are left out; a rule without results says nothing.

    Raises Malformed."""
    log = strict.load(content)
    version = strict.text(log, "version")
    if not isinstance(log, dict) or "runs" not in log or not version:
        raise Malformed("it is no SARIF: `version` and `runs` are missing")
    if version != VERSION:
        raise Malformed(f"it is SARIF {line(version, 20)}; export it as {VERSION}")
    runs = [run for run in strict.items(log, "runs") if isinstance(run, dict)]
    if not runs:
        raise Malformed("it holds no run of a tool")
    names = list(dict.fromkeys(_tool(run) for run in runs))
    left_out, rules, count = LeftOut(), {}, 0
    for run in runs:
        run_of = _Run(run, f"{_tool(run).split(' ')[0]}: " if len(names) > 1 else "")
        for result in strict.items(run, "results"):
            count += 1
            _take(run_of, result, rules, left_out)
    provenance = [each for run in runs for each in strict.items(run, "versionControlProvenance")]
    invocations = [each for run in runs for each in strict.items(run, "invocations") if isinstance(each, dict)]
    failed = any(each.get("executionSuccessful") is False for each in invocations)
    return Content(
        tool=line(", ".join(names)),
        rules=tuple(rules.values()),
        about=line(next((strict.text(each, "repositoryUri") for each in provenance), "")),
        commit=commit_of(next((strict.text(each, "revisionId") for each in provenance), "")),
        as_of=instant_of(next((strict.text(each, "endTimeUtc") for each in invocations), "")),
        read=count,
        noun="result",
        left_out=left_out.counts,
        notes=("The tool says that its run failed: what it did not find is not known.",) if failed else (),
    )


def _tool(run: Mapping[str, Any]) -> str:
    driver = strict.table(strict.table(run, "tool"), "driver")
    version = strict.text(driver, "semanticVersion") or strict.text(driver, "version")
    return line(f"{strict.text(driver, 'name') or 'a tool without a name'} {version}", 80)


class _Run:
    """What results of a run refer to."""

    def __init__(self, run: Mapping[str, Any], prefix: str):
        tool = strict.table(run, "tool")
        components = [strict.table(tool, "driver"), *strict.items(tool, "extensions")]
        self.prefix = prefix
        self.rules = [strict.items(each, "rules") for each in components]
        self.by_id = {
            strict.text(rule, "id"): rule for rules in reversed(self.rules) for rule in rules if isinstance(rule, dict)
        }
        self.artifacts = strict.items(run, "artifacts")

    def rule_of(self, result: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        """Its id and definition, empty where it has none."""
        reference = strict.table(result, "rule")
        key = strict.text(result, "ruleId") or strict.text(reference, "id")
        index = result.get("ruleIndex", reference.get("index"))
        component = strict.table(reference, "toolComponent").get("index")
        listed = _at(self.rules, component + 1 if _is_index(component) else 0)
        found = _at(listed, index) if isinstance(listed, list) else None
        rule = found if isinstance(found, dict) else self.by_id.get(key) or self.by_id.get(key.rsplit("/", 1)[0], {})
        return key or strict.text(rule, "id"), rule

    def address(self, place: Any) -> str:
        """The address of a file, by itself or by its number."""
        location = strict.table(strict.table(place, "physicalLocation"), "artifactLocation")
        if not (uri := strict.text(location, "uri")):
            listed = _at(self.artifacts, location.get("index"))
            uri = strict.text(strict.table(listed, "location"), "uri")
        return uri


def _is_index(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _at(values: list[Any], index: Any) -> Any:
    return values[index] if _is_index(index) and index < len(values) else None


def _take(run: _Run, result: Any, rules: dict[str, Rule], left_out: LeftOut) -> None:
    if not isinstance(result, dict):
        return left_out.add("results that are no objects")
    if _suppressed(result):
        return left_out.add("suppressed results")
    if result.get("baselineState") == "absent":
        return left_out.add("results that are gone since the baseline")
    key, definition = run.rule_of(result)
    if not key:
        return left_out.add("results without a rule")
    outcome = _outcome(result, definition)
    if outcome is None:
        return left_out.add("results that only inform")
    name = line(f"{run.prefix}{key}")
    if name not in rules and len(rules) >= RULES:
        return left_out.add(f"results of rules beyond {RULES:,}")
    title = strict.text(strict.table(definition, "shortDescription"), "text") or strict.text(definition, "name") or key
    rule = rules.setdefault(name, Rule(name, line(title), outcome))
    if _WORST.index(outcome) < _WORST.index(rule.outcome):
        rule.outcome, rule.places, rule.count = outcome, [], 0
    if rule.outcome is outcome:
        rule.remedy = rule.remedy or strict.text(strict.table(definition, "help"), "text")
        if not rule.keeps:  # of the rest nothing is said, and saying it may be made to take long
            rule.seen(None)
            return None
        said = _message(result, definition)
        places = [each for each in strict.items(result, "locations") if isinstance(each, dict)][:1] or [{}]
        rule.seen(_place(run, places[0], said))
    return None


def _suppressed(result: Mapping[str, Any]) -> bool:
    """Whether all that was said about it accepts it."""
    found = strict.items(result, "suppressions")
    return bool(found) and all(strict.text(each, "status") in ("", "accepted") for each in found)


def _outcome(result: Mapping[str, Any], definition: Mapping[str, Any]) -> Outcome | None:
    """None for what only informs."""
    kind = strict.text(result, "kind") or "fail"
    if kind != "fail":
        return _OF_KIND.get(kind)
    default = strict.text(strict.table(definition, "defaultConfiguration"), "level")
    return _OF_LEVEL.get(strict.text(result, "level") or default or "warning")


def _message(result: Mapping[str, Any], definition: Mapping[str, Any]) -> str:
    message = strict.table(result, "message")
    name = strict.text(message, "id")
    text = strict.text(message, "text") or strict.text(
        strict.table(strict.table(definition, "messageStrings"), name), "text"
    )
    arguments = strict.items(message, "arguments")
    filled = _PLACEHOLDER.sub(lambda found: str(_at(arguments, int(found[1])) or found[0])[:200], text[:2000])
    return line(filled.replace("{{", "{").replace("}}", "}"))


def _place(run: _Run, location: Any, said: str) -> Evidence:
    """The file where its address is a relative one; else only what is said."""
    uri = run.address(location)
    row = number(strict.table(strict.table(location, "physicalLocation"), "region").get("startLine"))
    try:
        parts = urlsplit(uri)
        path = unquote(parts.path, errors="replace") if not parts.scheme and not parts.netloc else ""
    except ValueError:
        path = ""
    path = path.removeprefix("./")
    if not path or path.startswith("/") or ".." in path.split("/"):
        return Evidence(None, None, said or "a place outside the repository")
    return Evidence(line(path, 1000), row, said)
