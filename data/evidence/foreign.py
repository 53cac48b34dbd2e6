"""Findings of other tools in the form of our own: what a rule of theirs found, with its places, and its source named.

They stand beside our findings and never count for a level: their rules are not ours to vouch for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from assessments.evidence import Evaluation, Evidence, Finding, Outcome, Probe, Result
from assessments.evidence.finding import PLACES, Effort

#: Rules of one file, and characters of a name and of a sentence, that are kept.
RULES, NAME, SENTENCE = 2_000, 200, 600
#: Digits of a line.
_LINES = 10_000_000


@dataclass
class Rule:
    """What one rule found, gathered as it is read. count: how often, `places` its first ones."""

    key: str
    title: str = ""
    outcome: Outcome = Outcome.UNKNOWN
    said: str = ""
    remedy: str = ""
    count: int = 0
    places: list[Evidence] = field(default_factory=list)

    @property
    def keeps(self) -> bool:
        """Whether another place would be named."""
        return len(self.places) < PLACES

    def seen(self, place: Evidence | None) -> None:
        self.count += 1
        if place and self.keeps:
            self.places.append(place)


def evaluation(
    family: str, rules: Iterable[Rule], commit: str = "", unread: Mapping[str, str] | None = None
) -> Evaluation:
    """All that one origin says, in the order of the names of its rules."""
    ordered = sorted(rules, key=lambda rule: rule.key)
    return Evaluation(commit, tuple(_result(family, rule) for rule in ordered), dict(unread or {}))


def _result(family: str, rule: Rule) -> Result:
    title, said = line(rule.title or rule.key), line(rule.said, SENTENCE)
    because = f"{title}: {said}" if said and said != title else title
    probe = Probe(
        key=rule.key,
        title=title,
        family=family,
        capabilities=(),
        why="",
        how="",
        outcomes={},
        remedy=line(rule.remedy, SENTENCE),
        effort=Effort.HOURS,
    )
    asked = rule.outcome in (Outcome.NOT_MET, Outcome.PARTLY)
    finding = Finding(
        rule.outcome,
        because,
        tuple(dict.fromkeys(rule.places)),
        max(rule.count, len(rule.places)) if rule.places else 0,
        remedy=probe.remedy if asked else "",
    )
    return Result(probe, finding)


def line(text: object, longest: int = NAME) -> str:
    """A text of somebody else on one line, without what commands a terminal, and not endless."""
    said = "".join(each if each.isprintable() else " " for each in str(text)[: 4 * longest])
    short = " ".join(said.split())
    return short if len(short) <= longest else f"{short[: longest - 1]}…"


def number(value: object) -> int | None:
    """A line number; None for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < _LINES else None
