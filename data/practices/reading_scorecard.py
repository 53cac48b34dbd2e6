"""A report of OpenSSF Scorecard, `scorecard --format json` of versions 4 and 5."""

import re
from collections.abc import Iterator
from typing import Any

from assessments.evidence import Evidence, Outcome
from assessments.evidence.reading import Malformed
from data.evidence import strict
from data.evidence.foreign import RULES, Rule, line
from data.practices.foreign_file import Content, LeftOut, commit_of, instant_of

TOP, UNSURE = 10, -1
#: "Warn: containerImage not pinned by hash: build/Dockerfile:3"
_DETAIL = re.compile(r"(Warn|Info|Debug): (.{1,2000})", re.DOTALL)
_PLACE = re.compile(r"(?:^|[\s:])((?:[\w.@+-]+/)*[\w.@+-]*[\w@+-]):([1-9][0-9]{0,6})(?=$|[\s:])")


def read(content: bytes) -> Content:
    """Each check is a finding: 10 is met, 1 to 9 partly, 0 not met, -1 unknown. The overall score is not taken.

    Raises Malformed."""
    report = strict.load(content)
    checks = strict.items(report, "checks")
    if not checks or not isinstance(report, dict) or "scorecard" not in report:
        if strict.items(report, "findings"):
            raise Malformed("it lists probes and no checks; make it with --format json")
        raise Malformed("it is no report of Scorecard: `scorecard` and `checks` are missing")
    left_out = LeftOut()
    rules: dict[str, Rule] = {}
    for each in checks:
        rule = _rule(each, left_out)
        if rule and rule.key in rules:
            raise Malformed(f"the check {rule.key[:60]!r} stands twice")
        if rule:
            rules[rule.key] = rule
    repository = strict.table(report, "repo")
    version = strict.text(strict.table(report, "scorecard"), "version")
    return Content(
        tool=line(f"OpenSSF Scorecard {version}"),
        rules=tuple(rules.values()),
        about=line(strict.text(repository, "name")),
        commit=commit_of(strict.text(repository, "commit")),
        as_of=instant_of(strict.text(report, "date")),
        read=len(checks),
        noun="check",
        left_out=left_out.counts,
    )


def _rule(check: Any, left_out: LeftOut) -> Rule | None:
    name, score = line(strict.text(check, "name")), check.get("score") if isinstance(check, dict) else None
    if isinstance(score, float) and score.is_integer():
        score = int(score)
    if not name or not isinstance(score, int) or isinstance(score, bool) or not UNSURE <= score <= TOP:
        left_out.add("checks without a name or a score from -1 to 10")
        return None
    if left_out.kept >= RULES:
        left_out.add(f"checks beyond {RULES:,}")
        return None
    left_out.kept += 1
    outcomes = {UNSURE: Outcome.UNKNOWN, 0: Outcome.NOT_MET, TOP: Outcome.MET}
    outcome = outcomes.get(score, Outcome.PARTLY)
    scored = "no score" if score == UNSURE else f"{score} of {TOP}"
    rule = Rule(name, name, outcome, f"{scored}, {strict.text(check, 'reason') or 'without a reason'}")
    rule.remedy = line(strict.text(strict.table(check, "documentation"), "short"))
    for place in _places(strict.items(check, "details")):
        rule.seen(place)
    return rule


def _places(details: list[Any]) -> Iterator[Evidence]:
    """Of what it warns about, else of all that it names."""
    told = [found for each in details if isinstance(each, str) and (found := _DETAIL.match(each))]
    warned = [found for found in told if found[1] == "Warn"] or told
    for found in warned:
        where = _PLACE.search(found[2])
        yield Evidence(where[1] if where else None, int(where[2]) if where else None, line(found[2]))
