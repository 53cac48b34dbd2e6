"""Reading results: what a closed wave says, to those who may see it at that moment, and how it differs from before.

Members and leads see a result at closing; those who only lead the organization when the team releases it, or 14 days
after closing. What is shown is in the assessment; nobody sees more of it than others.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session

from assessments.surveys import scoring
from assessments.surveys.questionnaire import Item, Questionnaire
from assessments.surveys.scoring import Change
from data import access, audit, store
from data.access import Action, NotFound
from data.asked import closing, shapes, waves
from data.asked.waves import WaveView
from data.people import Who
from data.tables import Assessment, Wave


@dataclass(frozen=True)
class ResultView:
    """A wave and what it says. content: as `data.asked.snapshots` keeps it; None while the wave is open, when it was
    cancelled, and while it is not for this reader yet. leaders_from: when those who only lead see it."""

    wave: WaveView
    asked: Questionnaire
    may_ask: bool
    leaders_from: datetime | None
    content: Mapping[str, Any] | None
    versions: Mapping[str, Any]

    @property
    def answers(self) -> Mapping[str, Any]:
        """What was said, as far as it may be shown."""
        return (self.content or {}).get("answers", {})

    @property
    def visibility(self) -> str:
        """full | coarse | hidden | agreed (of a consensus); "" without a result."""
        return self.answers.get("visibility", "")

    @property
    def items(self) -> Mapping[str, Any]:
        """Of each question that has a result, what may be shown."""
        return self.answers.get("items", {})


def result(who: Who, wave_id: int) -> ResultView:
    """A wave with its result; one whose time is over is closed first.

    Raises NotFound when there is none or the person may not see its team, so that the two cannot be told apart.
    """
    closing.close_due()
    with store.reading() as session:
        found = _result(session, who, wave_id)
    if found.content is not None:
        _note(who, "view_answers", found)
    return found


def taken(who: Who, found: ResultView) -> None:
    """To be called where a result leaves as a file: who is not of the team leaves a trace."""
    _note(who, "download_answers", found)


def _note(who: Who, action: str, found: ResultView) -> None:
    """Of the team nobody is noted: who looks at their own result, and how soon, is nobody's business."""
    wave = found.wave
    if not wave.is_demo and all(team_id != wave.team_id for _, team_id, _ in who.team_roles):
        audit.seen(who, action, f"wave:{wave.id}", None, wave.organization_id)


def before(who: Who, now: ResultView) -> ResultView | None:
    """The newest earlier result of the same team that asked some of the same in the same words, for this reader."""
    if now.wave.closed_at is None:
        return None
    earlier = select(Wave).where(Wave.team_id == now.wave.team_id, Wave.kind == "survey", Wave.state == "closed")
    earlier = earlier.where(Wave.closed_at < store.to_us(now.wave.closed_at), Wave.id != now.wave.id)
    with store.reading() as session:
        for other in session.execute(earlier.order_by(Wave.closed_at.desc(), Wave.id.desc())).scalars():
            asked = Questionnaire.of(other.asked)
            if not _same(now.asked, asked):
                continue
            found = _result(session, who, other.id)
            if found.visibility in ("full", "coarse"):
                return found
    return None


def changes(now: ResultView, earlier: ResultView | None) -> dict[str, Change]:
    """How each question that was asked both times in the same words differs, where both results have their numbers."""
    if earlier is None:
        return {}
    found = {}
    for key in _same(now.asked, earlier.asked):
        one, two = (_item(view, key) for view in (earlier, now))
        if one is not None and two is not None:
            found[key] = scoring.compare(one, two)
    return found


def release(who: Who, wave_id: int) -> None:
    """Lets those who only lead see the result now. Raises Forbidden, NotFound, ValueError for a wave without result."""
    with store.writing() as session:
        subject = access.of_wave(wave_id)
        access.check(who, Action.ASK, subject)
        wave = session.get_one(Wave, wave_id)
        if wave.state != "closed":
            raise ValueError("There is no result to release: the survey is not closed.")
        if wave.released_at is None:
            wave.released_at = store.now_us()
            session.add(wave)
            audit.record(session, who, "release_survey", f"wave:{wave_id}", None, subject.organization_id)


def _result(session: Session, who: Who, wave_id: int) -> ResultView:
    row = session.get(Wave, wave_id, populate_existing=True)
    subject = access.of_wave(wave_id) if row else None
    if row is None or not access.may(who, Action.VIEW, subject):
        raise NotFound("There is no such survey, or it is not yours to see.")
    wave = waves.view_in(session, wave_id)
    leaders_from = first_for_leaders(wave) if wave.state == "closed" else None
    now = store.from_us(store.now_us())
    sees = access.may(who, Action.VIEW_ANSWERS, subject) or (leaders_from is not None and leaders_from <= now)
    kept = select(Assessment).where(Assessment.wave_id == wave_id).order_by(Assessment.id.desc()).limit(1)
    found = session.execute(kept).scalar_one_or_none() if sees and row.state == "closed" else None
    return ResultView(
        wave,
        waves.asked_in(session, wave_id, row.digest).questionnaire,
        access.may(who, Action.ASK, subject),
        leaders_from,
        found.content if found else None,
        found.versions if found else {},
    )


def first_for_leaders(wave: Any) -> datetime | None:
    """When those who only lead see the result of a closed wave: anything with opened_at, closed_at and released_at."""
    if wave.closed_at is None:
        return None
    # Answers from elsewhere are new here, however old they are.
    first = max(wave.closed_at, wave.opened_at) + access.LEADERS_AFTER
    return first if wave.released_at is None else min(first, wave.released_at)


def held_back_since(session: Session, team_id: int, at: datetime) -> int | None:
    """When the first of the team's surveys closed whose result those who only lead do not see at that moment: what was
    written since may tell of it. Microseconds; None when they see all."""
    return held_back(session, [team_id], at)[team_id]


def held_back(session: Session, team_ids: Collection[int], at: datetime) -> dict[int, int | None]:
    """The same of each of these teams."""
    columns = select(Wave.team_id, Wave.opened_at, Wave.closed_at, Wave.released_at)
    found: dict[int, int | None] = dict.fromkeys(team_ids)
    for row in session.execute(columns.where(Wave.team_id.in_(team_ids), Wave.state == "closed")):
        if not seen_by_leaders(row, store.to_us(at)):
            found[row.team_id] = min(found[row.team_id] or row.closed_at, row.closed_at)
    return found


def seen_by_leaders(row: Any, at: int) -> bool:
    """Whether those who only lead see the result of a closed wave at that moment. row: opened_at, closed_at and
    released_at; all in microseconds."""
    times = _Times(*(store.from_us(getattr(row, name)) for name in _Times._fields))
    return first_for_leaders(times) <= store.from_us(at)


class _Times(NamedTuple):
    opened_at: datetime
    closed_at: datetime
    released_at: datetime | None


def _same(one: Questionnaire, other: Questionnaire) -> list[str]:
    """Keys of the questions that both ask in the same words with the same options."""
    theirs: dict[str, Item] = {item.key: item for item in other.items}
    return [item.key for item in one.items if theirs.get(item.key) == item]


def _item(view: ResultView, key: str) -> scoring.ItemResult | None:
    kept = view.items.get(key)
    return shapes.item(kept) if kept else None
