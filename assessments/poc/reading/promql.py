"""Alert rules of Prometheus and their tests, and what an expression compares. Expressions are not evaluated."""

import re
from dataclasses import dataclass

from assessments.evidence.reading.yamls import Map, Seq
from assessments.evidence.rules import alert_rules

#: Characters of one expression.
LONGEST = 10_000

_PIECES = re.compile(r"#[^\n]*|\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?|`[^`]*`?", re.DOTALL)
_COMPARED = re.compile(
    r"(>=|<=|==|!=|>|<)\s*(?:bool\b)?\s*([-+]?[0-9]{1,18}(?:\.[0-9]{1,12})?(?:e[-+]?[0-9]{1,2})?)(?![\w.:])"
)
_NAMES = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*")


@dataclass(frozen=True)
class Alert:
    """names: functions, metrics and labels of the expression, texts and comments left out. compared: (sign, number)."""

    name: str
    path: str
    line: int
    plain: Map
    bare: str
    names: frozenset[str]
    compared: tuple[tuple[str, float], ...]

    def given(self, part: str) -> dict[str, str]:
        """Labels or annotations that say something."""
        value = self.plain.get(part)
        texts = (
            {key: str(each).strip() for key, each in value.items() if each is not None}
            if isinstance(value, Map)
            else {}
        )
        return {key: each for key, each in texts.items() if each}


def without_texts(expression: str) -> str:
    """The expression with comments gone and texts emptied, on one line."""
    return " ".join(_PIECES.sub(lambda found: " " if found[0].startswith("#") else '""', expression[:LONGEST]).split())


def alerts(path: str, document: object) -> list[Alert]:
    """The alert rules of a rule file, or of an object of Kubernetes that holds one."""
    found = []
    for rule in alert_rules(document):
        bare = without_texts(str(rule.get("expr") or ""))
        compared = tuple((sign, float(value)) for sign, value in _COMPARED.findall(bare))
        names = frozenset(_NAMES.findall(bare))
        found.append(Alert(rule["alert"], path, rule.at("alert"), rule, bare, names, compared))
    return found


def tested(document: object) -> dict[str, int]:
    """Line by name of the alerts that a test expects to fire at some time."""
    found: dict[str, int] = {}
    tests = document.get("tests") if isinstance(document, Map) else None
    for test in tests if isinstance(tests, Seq) else ():
        listed = test.get("alert_rule_test") if isinstance(test, Map) else None
        for each in listed if isinstance(listed, Seq) else ():
            expects = each.get("exp_alerts") if isinstance(each, Map) else None
            if isinstance(expects, Seq) and expects and isinstance(each.get("alertname"), str):
                found.setdefault(each["alertname"], each.at("alertname"))
    return found
