"""What teams did, to be marked on their course: tracks that were finished, and what they noted for *Did it work?*."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from data.improving.choices import FINISHED
from data.improving.interventions import KINDS
from data.learning import taught
from data.tables import Enrolment, Intervention

TRACK = "Track finished"


@dataclass(frozen=True)
class Event:
    """at: microseconds. kind: in words. title: as the team wrote it, or that of the track."""

    at: int
    kind: str
    title: str


def in_teams(session: Session, team_ids: Collection[int], since: int, until: int) -> dict[int, tuple[Event, ...]]:
    """Of each team what was over in [since, until), the oldest first. A finished track that was noted as an
    intervention is told once. The caller has asked who may."""
    found: dict[int, list[Event]] = {team_id: [] for team_id in team_ids}
    done = select(Intervention).where(
        Intervention.team_id.in_(team_ids), Intervention.finished_at >= since, Intervention.finished_at < until
    )
    told = set()
    for row in session.execute(done).scalars():
        told.add(row.enrolment_id)
        found[row.team_id].append(Event(row.finished_at, KINDS.get(row.kind, KINDS["other"]), row.title))
    tracks = select(Enrolment).where(
        Enrolment.team_id.in_(team_ids), Enrolment.state == FINISHED, Enrolment.ended_at >= since,
        Enrolment.ended_at < until,
    )  # fmt: skip
    for row in session.execute(tracks).scalars():
        if row.id not in told:
            track = taught.track_of(row.track_id)
            found[row.team_id].append(Event(row.ended_at, TRACK, track["title"] if track else row.slug))
    return {team_id: tuple(sorted(some, key=lambda one: (one.at, one.title))) for team_id, some in found.items()}
