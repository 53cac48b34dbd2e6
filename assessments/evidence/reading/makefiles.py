"""Makefiles: targets, what they need, and their recipes. Plain variables are filled in, others left as they stand."""

import re
from dataclasses import dataclass, field

_RULE = re.compile(r"^(?![\t#])([^:=#\n]{1,500}?)\s*::?(?![:=])([^\n]*)$")
_VARIABLE = re.compile(r"^(?:export\s+|override\s+)?([A-Za-z_.][\w.-]*)\s*(?::{0,2}|\?)=\s*(.*)$")
_NAMED = re.compile(r"\$[({]([A-Za-z_][\w.-]*)[)}]")
#: Variables within variables that are filled in, and letters of a value.
NESTED, VALUE_LIMIT = 6, 500
_REFERENCE = re.compile(r"\$[({](?:MAKE)[)}]")
#: Rules of one file, and targets followed for one recipe.
RULES_LIMIT, FOLLOWED = 5_000, 60


@dataclass(frozen=True)
class Rule:
    line: int
    needs: tuple[str, ...]
    recipe: tuple[str, ...]


@dataclass(frozen=True)
class Makefile:
    """rules: by target, each with all places at which it stands. values: of its variables, as written."""

    rules: dict[str, list[Rule]] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)

    @property
    def first(self) -> list[str]:
        """The target that a plain `make` makes, if any."""
        return [name for name in self.rules if not name.startswith(".") and "%" not in name][:1]

    @property
    def pipes_fail(self) -> bool:
        """Whether its shell fails with any command of a pipe."""
        return any("pipefail" in self.values.get(name, "") for name in ("SHELL", ".SHELLFLAGS"))

    def line(self, target: str) -> int | None:
        return self.rules[target][0].line if target in self.rules else None

    def recipe(self, target: str) -> list[str]:
        """The lines of a target's recipe, after those of the targets it needs."""
        lines: list[str] = []
        seen: set[str] = set()

        def follow(name: str, depth: int) -> None:
            if name in seen or len(seen) >= FOLLOWED or depth > 10:
                return
            seen.add(name)
            for rule in self.rules.get(name, ()):
                for need in rule.needs:
                    follow(need, depth + 1)
                lines.extend(rule.recipe)

        follow(target, 0)
        return [self._filled(line) for line in lines]

    def _filled(self, line: str) -> str:
        for _ in range(NESTED):
            filled = _NAMED.sub(lambda found: self.values.get(found[1], found[0]), line)
            if filled == line or len(filled) > len(line) + 4 * VALUE_LIMIT:
                break
            line = filled
        return line


def read_makefile(text: str) -> Makefile:
    """Never fails: what is no rule is left out."""
    found = Makefile()
    open_rules: list[tuple[list[str], int, tuple[str, ...], list[str]]] = []
    defining = False
    for number, line in _logical(text):
        stripped = line.strip()
        if stripped.startswith(("define ", "define\t")):
            defining = True
        if defining:
            defining = stripped != "endef"
            continue
        if line.startswith("\t"):
            if open_rules and stripped:
                open_rules[-1][3].append(_REFERENCE.sub("make", stripped.lstrip("@-+ \t")))
            continue
        if variable := _VARIABLE.match(line):
            found.values.setdefault(variable[1], variable[2].split(" #", 1)[0].strip()[:VALUE_LIMIT])
            continue
        rule = _RULE.match(line)
        if rule and len(open_rules) < RULES_LIMIT:
            needs, _, inline = rule[2].partition(";")
            needs = needs.split("#", 1)[0].replace("|", " ").split()
            recipe = [inline.strip().lstrip("@-+ ")] if inline.strip() else []
            open_rules.append((rule[1].split()[:50], number, tuple(needs[:200]), recipe))
    for targets, number, needs, recipe in open_rules:
        for target in targets:
            found.rules.setdefault(target, []).append(Rule(number, needs, tuple(recipe)))
    return found


def _logical(text: str):
    """Lines with their continuations joined, and the number of the first."""
    parts: list[str] = []
    begun = 1
    for number, line in enumerate(text.split("\n"), 1):
        if not parts:
            begun = number
        if line.endswith("\\"):
            parts.append(line[:-1])
            continue
        parts.append(line)
        yield begun, " ".join([parts[0].rstrip(), *(part.strip() for part in parts[1:])])
        parts = []
    if parts:
        yield begun, " ".join(parts)
