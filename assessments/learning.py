"""What learning comes to: when a question is known, how far a team has mastered a track, what a funnel counts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from assessments.poc.model import Verdict

HOUR = 3_600_000_000  # microseconds
DAY = 24 * HOUR
#: Without an answer for so long, the next one begins another sitting: a night or a working day lies between.
SITTING = 8 * HOUR
IN_A_ROW = 3
QUIET = 14 * DAY  # without a check for so long, nothing goes on
HELD_WEEKS = 13  # compared after the settling: the metric has held for 90 days
#: Fewest people of a team who read a track before it is told that the team has learned it: what each reads is theirs.
FEWEST_READERS = 3

ADOPT, ADAPT, STOP = "adopt", "adapt", "stop"
READING, DONE, KNOWN, SKIPPED = "reading", "done", "known", "skipped"
OVER = (DONE, KNOWN, SKIPPED)


# Quizzes


@dataclass(frozen=True)
class Answer:
    """To one question. sitting: in which it was given, as `sitting` numbers them."""

    right: bool
    sitting: int


def sitting(last: int, at: int | None, now: int) -> int:
    """The number of the sitting in which somebody answers now, who answered last in that one (0: never) at that time.
    Instants in microseconds; a clock that went far back begins another one, too."""
    return last if last and at is not None and abs(now - at) < SITTING else last + 1


def in_a_row(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """The right answers since the last wrong one. answers: to one question, oldest first."""
    row: list[Answer] = []
    for each in answers:
        row = [*row, each] if each.right else []
    return tuple(row)


def known(answers: Sequence[Answer]) -> bool:
    """Whether a question is known: three right answers in a row, not all in one sitting. answers: oldest first.

    The design is that of successive relearning: an item is practised until it was recalled right several times, and
    again on another day, because what was right a minute ago is still in the working memory and proves little. Three is
    what that asks for at first; a guess among four choices is right three times in a row once in 64.
    """
    row = in_a_row(answers)
    return len(row) >= IN_A_ROW and len({each.sitting for each in row}) > 1


def needs(answers: Sequence[Answer]) -> str:
    """What is missing until the question is known, one sentence; "" when it is known."""
    if known(answers):
        return ""
    row = in_a_row(answers)
    if (left := IN_A_ROW - len(row)) <= 0:
        return "Answer it right once more another time: eight hours must lie between."
    if left == 1 and len({each.sitting for each in row}) == 1:
        return "Answer it right once more another time: not all three in one sitting."
    times = "once" if left == 1 else f"{left} times"
    return f"Answer it right {times} more in a row, not all three in one sitting."


def module_known(items: Collection[str], answers: Mapping[str, Sequence[Answer]]) -> bool:
    """Whether each question of a quiz is known; a module without any is not known by answering."""
    return bool(items) and all(known(answers.get(item, ())) for item in items)


# Progress of a person


@dataclass(frozen=True)
class Counted:
    """done of all; what was skipped is in neither. minutes_left: of what is not over."""

    done: int
    all: int
    skipped: int
    minutes_left: int


def counted(modules: Iterable[tuple[str | None, int]]) -> Counted:
    """Of (state, minutes left) of each module."""
    modules = list(modules)
    skipped = sum(state == SKIPPED for state, _ in modules)
    done = sum(state in (DONE, KNOWN) for state, _ in modules)
    left = sum(minutes for state, minutes in modules if state not in OVER)
    return Counted(done, len(modules) - skipped, skipped, left)


def minutes_left(minutes: int, state: str | None, step: int, steps: int) -> int:
    """Of reading a module, rounded up. step: the one that is open, 0 for what comes before the first."""
    if state in OVER:
        return 0
    read = max(step - 1, 0) if state == READING else 0
    return -(-minutes * max(steps - read, 0) // steps) if steps else minutes


# What a team tries


def stalled(begun: int, due: int, newest: int | None, now: int) -> str:
    """Why an attempt that is under way stands still, one sentence; "" when it goes on. newest: when it was checked
    last, None when never. Microseconds."""
    if now >= due:
        days = (now - due) // DAY
        ago = "today" if days < 1 else "yesterday" if days < 2 else f"{days} days ago"
        return f"Its timebox ended {ago}: decide to adopt, adapt or stop."
    days = (now - max(begun, newest or begun)) // DAY
    if days * DAY < QUIET:
        return ""
    return f"It has not been checked in {days} days." if newest is None else f"It was last checked {days} days ago."


class Mastery(IntEnum):
    """How far a team has come with a track. LEARNED: every module was worked through by somebody of it. PRACTISED: the
    required checks of a proof of concept pass in the team's repository. APPLIED: they rest on E3 or E4. VALIDATED: and
    all four gates pass. SUSTAINED: and its metric has held for 90 days, or a second team has done the same."""

    NONE = 0
    LEARNED = 1
    PRACTISED = 2
    APPLIED = 3
    VALIDATED = 4
    SUSTAINED = 5


@dataclass(frozen=True)
class Tried:
    """An attempt. verdict: the one that counts, None when nothing was judged. moved: its metric got better by more than
    chance; held: and did so over 90 days. spread: another team passed what it took from it."""

    verdict: Verdict | None
    decision: str | None = None
    moved: bool = False
    held: bool = False
    spread: bool = False


_OF_VERDICT = {
    Verdict.PRACTISED: Mastery.PRACTISED, Verdict.ACCEPTED: Mastery.APPLIED, Verdict.VALIDATED: Mastery.VALIDATED
}  # fmt: skip


def of_attempt(tried: Tried) -> Mastery:
    """How far one attempt goes. What the team has stopped was practised at most: it is not how the team works now."""
    reached = _OF_VERDICT.get(tried.verdict, Mastery.NONE)
    if tried.decision == STOP:
        return min(reached, Mastery.PRACTISED)
    if reached is Mastery.VALIDATED and (tried.held or tried.spread):
        return Mastery.SUSTAINED
    return reached


def learned(modules: Collection[str], over: Mapping[int, Collection[str]], reader: int | None = None) -> bool:
    """Whether a team has learned a track: its people together have every module over. over: of each person of the team
    who has opened any, the modules that are done, known or skipped. Told only of three people or more, so that it says
    nothing of one of them, or to the reader (their id) about themselves alone."""
    if len(over) < FEWEST_READERS and set(over) - {reader}:
        return False
    return bool(modules) and set(modules) <= {module for each in over.values() for module in each}


def mastery(learned: bool, attempts: Iterable[Tried]) -> Mastery:
    """Of a track: the furthest of what the team tried. learned: see `learned`."""
    return max([Mastery.LEARNED if learned else Mastery.NONE, *map(of_attempt, attempts)])


#: What is missing for the step after each.
NEXT = {
    Mastery.NONE: "Work through the modules, or let a proof of concept pass its checks.",
    Mastery.LEARNED: "Let a proof of concept pass the checks of its tasks, in a repository of the team.",
    Mastery.PRACTISED: "Show it with E3 or more: a green run through the organisation's workflow, or a review.",
    Mastery.APPLIED: "Pass the four gates: peer review, performance, security and production readiness.",
    Mastery.VALIDATED: "Keep its metric up for 90 days, or let a second team do the same.",
    Mastery.SUSTAINED: "",
}


# The funnel


class Stage(StrEnum):
    """In order. MOVED: the metric of something validated got better by more than chance."""

    ENROLLED = "enrolled"
    LEARNED = "learned"
    PRACTISED = "practised"
    APPLIED = "applied"
    VALIDATED = "validated"
    MOVED = "metric moved"


STAGES = tuple(Stage)
_STAGE_OF = {
    Mastery.NONE: Stage.ENROLLED, Mastery.LEARNED: Stage.LEARNED, Mastery.PRACTISED: Stage.PRACTISED,
    Mastery.APPLIED: Stage.APPLIED, Mastery.VALIDATED: Stage.VALIDATED, Mastery.SUSTAINED: Stage.VALIDATED,
}  # fmt: skip


def stage(learned: bool, attempts: Collection[Tried]) -> Stage:
    """The furthest that a team has come with a track it has chosen."""
    if any(of_attempt(each) >= Mastery.VALIDATED and each.moved for each in attempts):
        return Stage.MOVED
    return _STAGE_OF[mastery(learned, attempts)]


def funnel(teams: Iterable[Collection[Stage]]) -> dict[Stage, int]:
    """How many teams have come at least so far, of the stages of the tracks of each; teams without a track are in none.
    A later stage counts for those before it, so numbers never rise."""
    furthest = [max(map(STAGES.index, stages)) for stages in teams if stages]
    return {each: sum(place >= number for place in furthest) for number, each in enumerate(STAGES)}
