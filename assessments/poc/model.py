"""A proof of concept as the engine sees it, and what it says of one. Made from the plain values of a `poc.yml`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

from assessments.evidence.finding import Evidence

GATES = ("peer_review", "performance", "security", "production_readiness")


class Level(IntEnum):
    """What a verdict rests on; each can be faked by less than the one before."""

    E0 = 0  # someone said so
    E1 = 1  # the tree at a named commit shows it
    E2 = 2  # the team's own pipeline or the forge says so
    E3 = 3  # a green run through the organisation's workflow at an allow-listed commit, protected files intact
    E4 = 4  # a person other than the authors accepted it
    E5 = 5  # the outcome metric moved

    def __str__(self) -> str:
        return self.name


class Severity(StrEnum):
    REQUIRED = "required"
    RECOMMENDED = "recommended"
    CELEBRATE = "celebrate"


class Outcome(StrEnum):
    """UNKNOWN: what would tell could not be read or was not collected; never a bad result. ERROR: the check itself is
    broken. SKIPPED: left out by the team with a reason; it counts nowhere."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    UNKNOWN = "unknown"
    ERROR = "error"
    SKIPPED = "skipped"


class State(StrEnum):
    """Several checks together. EMPTY: there are none."""

    PASSED = "passed"
    FAILED = "failed"
    OPEN = "open"
    EMPTY = "empty"


class Verdict(StrEnum):
    """Of a proof of concept. PRACTISED: required checks pass, none of them at E3 or above. ACCEPTED: they pass, and at
    least one rests on E3 or more. VALIDATED: accepted, and all four gates pass."""

    VALIDATED = "validated"
    ACCEPTED = "accepted"
    PRACTISED = "practised"
    OPEN = "open"
    FAILED = "failed"


@dataclass(frozen=True)
class Check:
    """One criterion. level: the least evidence that is enough. params: as the kind documents them. gate: which of the
    four it belongs to; empty for a check of a task."""

    id: str
    title: str
    kind: str
    params: Mapping[str, Any]
    severity: Severity = Severity.REQUIRED
    level: Level = Level.E1
    why: str = ""
    hint: str = ""
    gate: str = ""


@dataclass(frozen=True)
class Protected:
    """A file that must be as it was handed out. blob: the name git gives its content (sha-1, 40 digits)."""

    path: str
    blob: str


@dataclass(frozen=True)
class Poc:
    key: str
    checks: tuple[Check, ...]
    protected: tuple[Protected, ...] = ()

    def of_gate(self, gate: str) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.gate == gate)


@dataclass(frozen=True)
class Judgement:
    """What a check says. because: one sentence. level: the evidence it rests on; None when it says nothing. open:
    whether a file that could not be read might change it. rest: what it was looked at, (path, blob), of what was read.
    unread: (path, why). permission: what the token lacks."""

    outcome: Outcome
    because: str
    places: tuple[Evidence, ...] = ()
    level: Level | None = None
    open: bool = False
    unread: tuple[tuple[str, str], ...] = ()
    todo: str = ""
    permission: str = ""


@dataclass(frozen=True)
class Result:
    """A check with its judgement. key: under which the judgement may be kept; None when it rests on more than files.
    rests: (path, blob) of the files it was looked for in. held: it was kept from before, and nothing was read."""

    check: Check
    judgement: Judgement
    key: str | None = None
    rests: tuple[tuple[str, str], ...] = ()
    held: bool = False

    @property
    def outcome(self) -> Outcome:
        return self.judgement.outcome


@dataclass(frozen=True)
class Results:
    """All checks of one proof of concept at one commit."""

    poc: str
    commit: str
    results: tuple[Result, ...]
    kept: Mapping[str, Judgement] = field(default_factory=dict)  # by key, to be handed to the next run

    def of(self, check: str) -> Judgement:
        """Raises KeyError when there is no such check."""
        for each in self.results:
            if each.check.id == check:
                return each.judgement
        raise KeyError(check)

    def with_severity(self, severity: Severity) -> tuple[Result, ...]:
        return tuple(each for each in self.results if each.check.severity is severity)

    def count(self, severity: Severity) -> tuple[int, int]:
        """(passed, all) of that severity; what was skipped is in neither."""
        counted = [each for each in self.with_severity(severity) if each.outcome is not Outcome.SKIPPED]
        return sum(each.outcome is Outcome.PASS for each in counted), len(counted)

    @property
    def tasks(self) -> State:
        """The required checks of the tasks."""
        return state([each for each in self._required if not each.check.gate])

    @property
    def gates(self) -> dict[str, State]:
        """The required checks of each gate; a gate without any is EMPTY and does not pass."""
        return {gate: state([each for each in self._required if each.check.gate == gate]) for gate in GATES}

    @property
    def level(self) -> Level | None:
        """The least evidence on which a required check of the tasks that passes rests."""
        levels = [each.judgement.level for each in self._passing if each.judgement.level is not None]
        return min(levels, default=None)

    @property
    def strongest(self) -> Level | None:
        """The best evidence on which a required check rests, those of the gates too."""
        levels = [each.judgement.level for each in self._required if each.outcome is Outcome.PASS]
        return max((level for level in levels if level is not None), default=None)

    def shown(self, level: Level) -> State:
        """The required checks of the tasks that ask for no more than that evidence."""
        return state([each for each in self._required if not each.check.gate and each.check.level <= level])

    @property
    def verdict(self) -> Verdict:
        if self.tasks is State.FAILED:
            return Verdict.FAILED
        if self.tasks is not State.PASSED:
            return Verdict.OPEN
        if self.strongest is None or self.strongest < Level.E3:
            return Verdict.PRACTISED
        return Verdict.VALIDATED if set(self.gates.values()) == {State.PASSED} else Verdict.ACCEPTED

    @property
    def _required(self) -> tuple[Result, ...]:
        return self.with_severity(Severity.REQUIRED)

    @property
    def _passing(self) -> list[Result]:
        return [each for each in self._required if not each.check.gate and each.outcome is Outcome.PASS]


def state(results: list[Result]) -> State:
    return _of({each.outcome for each in results})


def _of(outcomes: set[Outcome]) -> State:
    outcomes = outcomes - {Outcome.SKIPPED}
    if not outcomes:
        return State.EMPTY
    if Outcome.FAIL in outcomes:
        return State.FAILED
    return State.PASSED if outcomes == {Outcome.PASS} else State.OPEN


def together(checks: Iterable[Check], outcomes: Mapping[str, Outcome]) -> State | None:
    """The required ones of some checks, by outcomes that were kept; None when none of them was judged."""
    required = [check.id for check in checks if check.severity is Severity.REQUIRED]
    if required and not any(name in outcomes for name in required):
        return None
    return _of({outcomes.get(name, Outcome.UNKNOWN) for name in required})


def read_poc(key: str, plain: Mapping[str, Any]) -> Poc:
    """From the plain values of a `poc.yml` that its schema accepts. Raises ValueError when an id stands twice."""
    checks = [_check(each, "") for task in plain["tasks"] for each in task["checks"]]
    for gate in GATES:
        checks += [_check(each, gate) for each in plain["gates"].get(gate, {}).get("checks", ())]
    names = [check.id for check in checks]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{key}: the check {twice[0]} stands twice.")
    protected = plain.get("starter", {}).get("protected", ())
    return Poc(key, tuple(checks), tuple(Protected(each["path"], each["blob"]) for each in protected))


def _check(plain: Mapping[str, Any], gate: str) -> Check:
    return Check(
        id=plain["id"],
        title=plain["title"],
        kind=plain["kind"],
        params=plain.get("with", {}),
        severity=Severity(plain["severity"]),
        level=Level[plain["level"]],
        why=plain.get("why", ""),
        hint=plain.get("hint", ""),
        gate=gate,
    )
