"""What a team said, as evidence: of each question the newest closed wave whose result this reader may see.

A wave that is not for the reader yet says so and nothing else; one of which nothing may be shown says why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from assessments import lanes
from assessments.maturity import OWN, SURVEY, Capability, Seen, State, day, words
from assessments.surveys.scoring import ItemResult
from data import store
from data.asked import results, shapes
from data.tables import Assessment, Wave

FULL, COARSE, AGREED, HIDDEN, WAITING = "full", "coarse", "agreed", "hidden", "waiting"
_SHOWN = (FULL, COARSE, AGREED)


@dataclass(frozen=True)
class WaveSeen:
    """A closed wave that some evidence rests on. shows: full | coarse | agreed, of which nothing may be shown hidden
    (`reason` says why), waiting (shown to this reader from `leaders_from` on)."""

    id: int
    title: str
    questionnaire: str
    kind: str
    digest: str
    opened_at: datetime
    closed_at: datetime
    released_at: datetime | None
    shows: str
    reason: str = ""

    @property
    def leaders_from(self) -> datetime:
        return results.first_for_leaders(self)


@dataclass(frozen=True)
class Answer:
    """What was said of one question. full: of a survey with all numbers; kept: as the assessment of the wave keeps it,
    of a consensus what was agreed; empty where nothing may be shown."""

    wave: WaveSeen
    full: ItemResult | None = None
    kept: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """seen: by item id. answers: by questionnaire/question. waves: those that `seen` rests on, the newest first."""

    seen: Mapping[str, Seen]
    answers: Mapping[str, Answer]
    waves: tuple[WaveSeen, ...]


def said(session: Session, team_id: int, model: Mapping[str, Capability], at: int, may_see: bool) -> Said:
    """Everything the team said that speaks of the model. may_see: the reader sees every result, not only those that
    leaders see at that moment (microseconds)."""
    asked = {item.key for one in model.values() for item in one.items.values() if item.lane == SURVEY}
    answers: dict[str, Answer] = {}
    chosen = _chosen(_closed(session, team_id, at, may_see))
    kept = _contents(session, chosen)
    # What may be shown goes before what may not, whichever is newer; among equals the newer.
    for wave in sorted(chosen, key=lambda one: one.shows not in _SHOWN):
        for question, answer in _answers(wave, *kept[wave.id]):
            if (name := f"{wave.questionnaire}/{question}") in asked:
                answers.setdefault(name, answer)
    used = {answer.wave.id for answer in answers.values()}
    return Said(_seen(model, answers), answers, tuple(wave for wave in chosen if wave.id in used))


def _closed(session: Session, team_id: int, at: int, may_see: bool) -> list[WaveSeen]:
    """The newest first. What was closed later than `at` is not there yet."""
    answers = Assessment.content["answers"]
    columns = (Wave.id, Wave.title, Wave.questionnaire, Wave.kind, Wave.digest, Wave.opened_at, Wave.closed_at,
               Wave.released_at, answers["visibility"].as_string(), answers["reason"].as_string())  # fmt: skip
    joined = select(*columns).join(Assessment, (Assessment.wave_id == Wave.id) & (Assessment.kind == "survey"))
    wanted = joined.where(Wave.team_id == team_id, Wave.state == "closed", Wave.closed_at <= at)
    found = []
    for row in session.execute(wanted.order_by(Wave.closed_at.desc(), Wave.id.desc())):
        head, times, (shows, reason) = row[:5], [store.from_us(each) for each in row[5:8]], row[8:]
        wave = WaveSeen(*head, *times, shows, reason or "")
        if not may_see and wave.leaders_from > store.from_us(at):
            wave = WaveSeen(*head, *times, WAITING)
        found.append(wave)
    return found


def _chosen(waves: Sequence[WaveSeen]) -> list[WaveSeen]:
    """Of those that asked the same the newest that shows something; of a consensus, where not all that is asked is
    talked about, each. Where none shows anything, the newest."""
    first: dict[tuple, WaveSeen] = {}
    for wave in sorted(waves, key=lambda one: one.shows not in _SHOWN):
        first.setdefault((wave.questionnaire, wave.digest, wave.id if wave.kind == "consensus" else 0), wave)
    return [wave for wave in waves if wave in first.values()]


def _contents(session: Session, waves: Sequence[WaveSeen]) -> dict[int, tuple[Mapping, Mapping]]:
    """Of each wave what its assessment keeps of the answers, if this reader may see it, and what was asked."""
    columns = select(Wave.id, Assessment.content["answers"], Wave.asked)
    joined = columns.join(Assessment, (Assessment.wave_id == Wave.id) & (Assessment.kind == "survey"))
    shown = {wave.id for wave in waves if wave.shows in _SHOWN}
    rows = session.execute(joined.where(Wave.id.in_([wave.id for wave in waves])))
    return {wave_id: (answers if wave_id in shown else {}, asked) for wave_id, answers, asked in rows}


def _answers(wave: WaveSeen, kept: Mapping, asked: Mapping) -> list[tuple[str, Answer]]:
    if wave.shows == AGREED:
        parted = {key: {"parted": True, **one} for key, one in kept.get("parted", {}).items()}
        return [(key, Answer(wave, None, one)) for key, one in {**kept.get("agreed", {}), **parted}.items()]
    if wave.shows in _SHOWN:
        return [(key, Answer(wave, shapes.item(one), one)) for key, one in kept.get("items", {}).items()]
    return [(item["key"], Answer(wave)) for block in asked["blocks"] for item in block["items"]]


def _seen(model: Mapping[str, Capability], answers: Mapping[str, Answer]) -> dict[str, Seen]:
    found: dict[str, Seen] = {}
    for shows, read, take in (
        (FULL, lanes.answers, lambda answer: answer.full),
        (COARSE, lanes.coarse, lambda answer: answer.kept),
        (AGREED, lanes.agreed, _value),
    ):
        by_questionnaire: dict[str, dict[str, Any]] = {}
        for name, answer in answers.items():
            if answer.wave.shows == shows:
                questionnaire, question = name.split("/")
                by_questionnaire.setdefault(questionnaire, {})[question] = take(answer)
        found |= read(model.values(), by_questionnaire)
    for capability in model.values():
        for key, item in capability.items.items():
            if item.lane == SURVEY and item.key in answers and key not in found:
                about = capability.name if item.key == f"{OWN}/{capability.key}" else words(item)
                found[key] = Seen(State.UNKNOWN, _unseen(answers[item.key].wave, about))
    return found


def _value(answer: Answer) -> int | str:
    if answer.kept.get("parted"):
        return "parted"
    return answer.kept["answer"].get("said") or answer.kept["answer"]["value"]


def _unseen(wave: WaveSeen, about: str) -> str:
    closed = day(store.to_us(wave.closed_at))
    if wave.shows == WAITING:
        seen_from = day(store.to_us(wave.leaders_from))
        return f"What the team said about {about} on {closed} is for the team alone until {seen_from}."
    return f"What was said about {about} on {closed} may not be shown: {wave.reason}."
