"""Where a team stands: three lanes of evidence, what they show of each anchored statement, and the level that follows.

The lanes are never averaged into each other (docs/maturity.md): what the team says can claim a statement, only what the
repository or the workflow map shows can hold it, and where they disagree a sentence says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

SURVEY, REPOSITORY, MAP = "survey", "repository", "map"
LANES = (SURVEY, REPOSITORY, MAP)
#: The questionnaire whose items are the capabilities themselves: option i is level i.
OWN = "capabilities"
FLOOR = 0.6  # coverage below which no level is told
NOT_APPLICABLE, EXCEPTION = "not applicable", "exception"
LONGEST_REASON = 500  # characters
LONGEST_EXCEPTION = 366 * 86_400_000_000  # microseconds


class State(StrEnum):
    """Of one piece of evidence. UNKNOWN: it was looked for and cannot be told; what nobody looked for has no state.
    NOT_SEEN: of a hint that was looked for and not found; it may well be elsewhere, so nothing follows from it."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not met"
    UNKNOWN = "unknown"
    NOT_SEEN = "not seen"
    NOT_APPLICABLE = "not applicable"
    EXCEPTED = "excepted"


#: What says something about the practice itself.
JUDGED = frozenset({State.MET, State.PARTLY, State.NOT_MET})


class Verdict(StrEnum):
    """Of one statement. OUT: nothing of it applies. PARTLY: all is known, nothing speaks against it, too little for
    it."""

    HOLDS = "holds"
    CLAIMED = "claimed"
    PARTLY = "partly"
    FAILS = "fails"
    UNKNOWN = "unknown"
    OUT = "not applicable"


@dataclass(frozen=True)
class Item:
    """One piece of evidence that a statement asks for. `limit`: "<= 1" or ">= 3", of an answer or a fact of the map; ""
    of a probe, which judges by itself. `hint`: finding it shows something, and not finding it says nothing."""

    lane: str
    key: str
    limit: str = ""
    hint: bool = False

    @cached_property
    def id(self) -> str:
        """Under which it is seen and kept."""
        return f"{self.lane}:{self.key}{' ' if self.limit else ''}{self.limit}"


@dataclass(frozen=True)
class Statement:
    """What one would see at that level, and the evidence for it."""

    level: int
    text: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Capability:
    """A capability of content/practices.yml, with statements 1 to 4."""

    key: str
    name: str
    importance: int
    upstream: tuple[str, ...]
    stages: tuple[str, ...]
    statements: tuple[Statement, ...]

    @property
    def survey_only(self) -> bool:
        """No repository or map could show anything of it."""
        return all(item.lane == SURVEY for statement in self.statements for item in statement.items)

    @cached_property
    def items(self) -> dict[str, Item]:
        """All its evidence by id."""
        return {item.id: item for statement in self.statements for item in statement.items}


@dataclass(frozen=True)
class Seen:
    """What was found of an item, with one sentence why."""

    state: State
    because: str


@dataclass(frozen=True)
class Mark:
    """What a team says about the judging itself. `kind`: not applicable, or an exception, which has an owner and ends
    at `expires` (microseconds). `item`: the id of one item; None for all of the capability."""

    kind: str
    capability: str
    reason: str
    item: str | None = None
    owner: str = ""
    expires: int | None = None


@dataclass(frozen=True)
class Judged:
    """A statement with its verdict. `seen`: each item with what was found, None where nobody has looked."""

    statement: Statement
    verdict: Verdict
    seen: tuple[tuple[Item, Seen | None], ...]

    @property
    def open(self) -> bool:
        """What the repository or the map would show of it is not all known."""
        return any(item.lane != SURVEY and _unknown(seen) for item, seen in self.seen)

    @property
    def told_only(self) -> bool:
        """Nothing but the team's word could tell of it."""
        return all(item.lane == SURVEY for item, _ in self.seen)


@dataclass(frozen=True)
class Standing:
    """Where a team stands in one capability. Levels are None where they are not known.

    shown: the highest level whose statement holds, with all below it holding or, where nothing but the team's word
    could tell of one, claimed; claimed: the highest up to which all hold or are claimed; told: the level that stands on
    the page, None below the floor of coverage; outline: the claimed level to be drawn beside it, where it is another.
    known, applicable: distinct pieces of evidence, without hints that are not seen. missing, disagreements, notes:
    sentences.
    """

    capability: Capability
    statements: tuple[Judged, ...]
    shown: int | None
    claimed: int | None
    known: int
    applicable: int
    missing: tuple[str, ...]
    disagreements: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def coverage(self) -> float | None:
        """Share of what applies that is known; None where nothing applies."""
        return self.known / self.applicable if self.applicable else None

    @property
    def covered(self) -> bool:
        """Whether enough is known to tell a level."""
        return self.applicable > 0 and self.known >= FLOOR * self.applicable

    @property
    def told(self) -> int | None:
        """The level that is shown; of a capability that only a survey can tell of, the claimed one."""
        if not self.covered:
            return None
        return self.claimed if self.capability.survey_only else self.shown

    @property
    def outline(self) -> int | None:
        """The claimed level where it is not the one told."""
        return self.claimed if self.covered and self.claimed != self.told else None

    @property
    def next(self) -> Judged | None:
        """The first statement that keeps the level from being higher; None at the top, or where nothing applies."""
        return next((judged for judged in self.statements if not _fine(judged)), None)


_CLAIMS = frozenset({Verdict.HOLDS, Verdict.CLAIMED})


def _fine(judged: Judged) -> bool:
    """It keeps no level from being higher."""
    claimed = judged.verdict is Verdict.CLAIMED and judged.told_only
    return claimed or judged.verdict in (Verdict.HOLDS, Verdict.OUT)


def capabilities(practices: Mapping[str, Any]) -> dict[str, Capability]:
    """From the content (content.catalog.practices), by key and in its order."""
    found = {}
    for plain in (capability for area in practices["areas"] for capability in area["capabilities"]):
        listed = {entry["level"]: entry for entry in plain["evidence"]}
        statements = [
            Statement(level, plain["levels"][level], _items(plain["key"], level, listed.get(level, {})))
            for level in range(1, len(plain["levels"]))
        ]
        head = plain["key"], plain["name"], plain["importance"], tuple(plain["upstream"]), tuple(plain["stages"])
        found[plain["key"]] = Capability(*head, tuple(statements))
    return found


def _items(key: str, level: int, listed: Mapping[str, Any]) -> tuple[Item, ...]:
    own = Item(SURVEY, f"{OWN}/{key}", f">= {level}")
    others = (Item(lane, *name.split(" ", 1)) for lane in LANES for name in listed.get(lane, ()))
    hints = (Item(REPOSITORY, name, hint=True) for name in listed.get("hints", ()))
    return (own, *others, *hints)


def standing(
    capability: Capability, seen: Mapping[str, Seen], marks: Iterable[Mark] = (), now: int | None = None
) -> Standing:
    """Where the team stands. `seen`: what was found, by the id of the item; an item that is not in it was not looked
    for. `marks` of any capability; `now` in microseconds says which exceptions have ended (None: none has)."""
    mine = [mark for mark in marks if mark.capability == capability.key]
    seen = marked(capability, seen, mine, now)
    statements = [_judged(statement, seen) for statement in capability.statements]
    known: dict[tuple[str, str], bool] = {}
    for key, item in capability.items.items():
        if key not in seen or seen[key].state not in (State.NOT_APPLICABLE, State.NOT_SEEN):
            known[item.lane, item.key] = known.get((item.lane, item.key), False) or not _unknown(seen.get(key))
    return Standing(
        capability,
        tuple(statements),
        _shown(statements),
        _claimed(statements),
        sum(known.values()),
        len(known),
        tuple(_missing(capability, seen)),
        tuple(_disagreements(statements)),
        tuple(_note(mark, now) for mark in mine),
    )


def marked(capability: Capability, seen: Mapping[str, Seen], marks: Iterable[Mark], now: int | None) -> dict[str, Seen]:
    """What was found of this capability's items, with the marks put to it. Not applicable leaves the calculation. An
    exception accepts what is not met, until it ends; it hides nothing that nobody knows, and makes nothing met."""
    found = {key: _hinted(item, seen[key]) for key, item in capability.items.items() if key in seen}
    for mark in sorted(marks, key=lambda mark: mark.kind == NOT_APPLICABLE):  # what does not apply needs no exception
        for key in capability.items if mark.item is None else [mark.item] if mark.item in capability.items else []:
            if mark.kind == NOT_APPLICABLE:
                found[key] = Seen(State.NOT_APPLICABLE, mark.reason)
            elif not _ended(mark, now) and key in found and found[key].state in (State.NOT_MET, State.PARTLY):
                found[key] = Seen(State.EXCEPTED, f"{mark.reason} ({mark.owner}, until {day(mark.expires)})")
    return found


def _hinted(item: Item, seen: Seen) -> Seen:
    """As it is; of a hint that was not found, that it was not seen."""
    if item.hint and seen.state in (State.NOT_MET, State.PARTLY):
        return Seen(State.NOT_SEEN, seen.because)
    return seen


def wrong_with(mark: Mark, capability: Capability, now: int) -> list[str]:
    """What keeps a mark from being made, one sentence each that says what to do."""
    found = []
    if mark.kind not in (NOT_APPLICABLE, EXCEPTION):
        found.append(f"A mark is {NOT_APPLICABLE} or an {EXCEPTION}.")
    if not mark.reason.strip() or len(mark.reason) > LONGEST_REASON:
        found.append(f"Give a reason of at most {LONGEST_REASON} characters.")
    if mark.item is not None and mark.item not in capability.items:
        found.append(f"{capability.name} has no such evidence; reload the page.")
    if mark.kind == EXCEPTION:
        if not mark.owner.strip() or len(mark.owner) > LONGEST_REASON:
            found.append("Name who answers for the exception.")
        if mark.expires is None or not now < mark.expires <= now + LONGEST_EXCEPTION:
            found.append("Choose a day within the next year on which the exception ends.")
    return found


def _judged(statement: Statement, seen: Mapping[str, Seen]) -> Judged:
    rows = tuple((item, seen.get(item.id)) for item in statement.items)
    applying = [(item, found) for item, found in rows if found is None or found.state is not State.NOT_APPLICABLE]
    states = [found.state for _, found in applying if found]
    shown = [found.state for item, found in applying if found and item.lane != SURVEY]
    said = [found.state for item, found in applying if found and item.lane == SURVEY]
    if not applying:
        verdict = Verdict.OUT
    elif State.NOT_MET in states:
        verdict = Verdict.FAILS
    elif State.MET in shown and State.UNKNOWN not in shown:
        verdict = Verdict.HOLDS
    elif State.MET in said:
        verdict = Verdict.CLAIMED
    elif any(_unknown(found) for _, found in applying):
        verdict = Verdict.UNKNOWN
    else:
        verdict = Verdict.PARTLY
    return Judged(statement, verdict, rows)


def _shown(statements: Iterable[Judged]) -> int | None:
    """The highest level that holds. What does not apply is stepped over, and so is what nothing but the team's word
    could tell of, where the team says it. None where no level is reached and none is refused either."""
    level = taken = 0
    for judged in statements:
        if judged.verdict is Verdict.HOLDS:
            level = judged.statement.level
        elif judged.verdict is Verdict.CLAIMED and judged.told_only:
            taken += 1
        elif judged.verdict is not Verdict.OUT:
            refused = judged.verdict is Verdict.FAILS or not (judged.verdict is Verdict.UNKNOWN or judged.open)
            return level if level or (refused and not taken) else None
    return level or None


def _claimed(statements: Iterable[Judged]) -> int | None:
    """The same, with every claim counted."""
    level = 0
    for judged in statements:
        if judged.verdict in _CLAIMS:
            level = judged.statement.level
        elif judged.verdict is not Verdict.OUT:
            return level if level or judged.verdict is not Verdict.UNKNOWN else None
    return level or None


def _unknown(seen: Seen | None) -> bool:
    return seen is None or seen.state in (State.UNKNOWN, State.NOT_SEEN)


_NOT_LOOKED = {
    SURVEY: "The team has not been asked about {}.",
    REPOSITORY: "No repository has been looked at for {}.",
    MAP: "No workflow map tells of {}.",
}


def _missing(capability: Capability, seen: Mapping[str, Seen]) -> Iterable[str]:
    """A sentence for each distinct piece of evidence that is not known."""
    sentences: dict[tuple[str, str], str] = {}
    for key, item in capability.items.items():
        if _unknown(seen.get(key)):
            about = capability.name if item.key == f"{OWN}/{capability.key}" else words(item)
            said = seen[key].because if key in seen else _NOT_LOOKED[item.lane].format(about)
            sentences.setdefault((item.lane, item.key), said)
    return sentences.values()


def words(item: Item) -> str:
    """The item in words: its key without signs."""
    return item.key.rsplit("/", 1)[-1].replace("-", " ")


def _disagreements(statements: Iterable[Judged]) -> Iterable[str]:
    """Where lanes say different things of one statement. That the team says less than is shown is told once, at the
    lowest such level, as all higher ones follow from it."""
    less = False
    for judged in statements:
        by_lane = {lane: [seen for item, seen in judged.seen if seen and item.lane == lane] for lane in LANES}
        says = {found.state for found in by_lane[SURVEY]} & JUDGED
        against = [f for lane in (REPOSITORY, MAP) for f in by_lane[lane] if f.state in (State.NOT_MET, State.PARTLY)]
        for_it = [f for lane in (REPOSITORY, MAP) for f in by_lane[lane] if f.state is State.MET]
        text = judged.statement.text
        if says == {State.MET} and against:
            yield f"The team says “{text}” But: {_all(against)}"
        elif State.NOT_MET in says and for_it and not against and not less:
            less = True
            doubt = [found for found in by_lane[SURVEY] if found.state is State.NOT_MET]
            yield f"“{text}” is seen ({_all(for_it)}), but the team does not say so: {_all(doubt)}"
        for one, other in ((REPOSITORY, MAP), (MAP, REPOSITORY)):
            fine = [found for found in by_lane[one] if found.state is State.MET]
            bad = [found for found in by_lane[other] if found.state is State.NOT_MET]
            if fine and bad:
                yield f"The {one} and the {other} differ on “{text}” {_all(fine)} But: {_all(bad)}"


def _all(found: Iterable[Seen]) -> str:
    return " ".join(dict.fromkeys(seen.because for seen in found))


def _ended(mark: Mark, now: int | None) -> bool:
    return now is not None and mark.expires is not None and mark.expires <= now


def day(instant: int | None) -> str:
    """An instant (microseconds) in words for a sentence: 3 May 2026."""
    if instant is None:
        return "an unknown day"
    return f"{datetime.fromtimestamp(instant / 1e6, UTC):%d %B %Y}".lstrip("0")


def _note(mark: Mark, now: int | None) -> str:
    about = f"{mark.item.split(':', 1)[1].replace('-', ' ')}: " if mark.item else ""
    if mark.kind == NOT_APPLICABLE:
        return f"{about}not applicable, because {mark.reason}"
    if _ended(mark, now):
        return f"{about}the exception of {mark.owner} ended on {day(mark.expires)} and counts no more."
    return f"{about}excepted until {day(mark.expires)} by {mark.owner}, because {mark.reason}"


def level_of(standing: Standing) -> str:
    """The level in words, with what it rests on."""
    if standing.applicable == 0:
        return "not applicable"
    if not standing.covered:
        return f"not told: {standing.known} of {standing.applicable} pieces of evidence are known"
    if standing.told is None:
        return "not known: nothing shows the first level, and nothing refuses it"
    return f"level {standing.told}{', survey only' if standing.capability.survey_only else ''}"
