"""What happened in learning, one row each, in the transaction of what happened. Rows are added, never changed.

An event is of a team, by its choice of a track, or of a person. That of a person is private, and names no team; that of
a team names no person: who did it is in the audit trail.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from data import access, store
from data.access import Action
from data.people import Who
from data.tables import Enrolment, LearningEvent

#: Of a team.
BEGUN, CHECKED, REVIEWED, DECIDED = "proof begun", "proof checked", "proof reviewed", "proof decided"
RENEWED, REGRESSED = "proof renewed", "proof regressed"
#: Of a person.
DONE, KNOWN, SKIPPED = "module done", "module known", "module skipped"
OF_TEAM = (BEGUN, CHECKED, REVIEWED, DECIDED, RENEWED, REGRESSED)
OF_PERSON = (DONE, KNOWN, SKIPPED)


@dataclass(frozen=True)
class EventView:
    """at: microseconds. subject: the id of a module or of a proof of concept."""

    at: int
    kind: str
    subject: str
    version: str
    detail: dict[str, Any]


def record(
    session: Session,
    kind: str,
    subject: str,
    *,
    version: str = "",
    enrolment_id: int | None = None,
    person_id: int | None = None,
    detail: dict[str, Any] | None = None,
    at: int | None = None,
) -> None:
    """Adds an event to the transaction. subject: the id of a module or of a proof of concept. at: microseconds, now
    when None. Raises ValueError for a kind that is none, or one of a team with a person, or the other way round."""
    if kind not in (*OF_TEAM, *OF_PERSON):
        raise ValueError(f"there is no event {kind}")
    if (kind in OF_TEAM) is (enrolment_id is None) or (kind in OF_PERSON) is (person_id is None):
        raise ValueError(f"{kind} is of {'a team' if kind in OF_TEAM else 'a person'}, and of nobody else")
    session.add(
        LearningEvent(
            at=store.now_us() if at is None else at, enrolment_id=enrolment_id, person_id=person_id, kind=kind,
            subject=subject, version=version, detail=detail,
        )
    )  # fmt: skip


def of_team(who: Who, team_id: int, most: int = 200) -> tuple[EventView, ...]:
    """What happened in a team, the newest first; of no person. Raises Forbidden, NotFound."""
    access.check(who, Action.VIEW_PROOFS, access.of_team(team_id))
    wanted = select(LearningEvent).join(Enrolment, Enrolment.id == LearningEvent.enrolment_id)
    wanted = wanted.where(Enrolment.team_id == team_id, LearningEvent.person_id.is_(None))
    with store.reading() as session:
        rows = session.execute(wanted.order_by(LearningEvent.at.desc(), LearningEvent.id.desc()).limit(most)).scalars()
        return tuple(EventView(row.at, row.kind, row.subject, row.version, row.detail or {}) for row in rows)
