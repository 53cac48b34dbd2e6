"""What people named in a wave becomes pain points of their team."""

from collections.abc import Sequence

from sqlmodel import Session

from assessments import pains as naming
from assessments.surveys.answers import PainPoint as Named
from data.tables import PainPoint, Wave


def pains(session: Session, wave: Wave, points: Sequence[Named], at: int) -> None:
    """One row for each point, in an order that tells nothing of the sheets it comes from; people put alike ones
    together later."""
    for pain in naming.collected(points):
        voices = {
            "hours": list(pain.hours),
            "how_often": list(pain.how_often),
            "how_bad": list(pain.how_bad),
            "texts": list(pain.texts),
        }
        row = PainPoint(
            team_id=wave.team_id,
            wave_id=wave.id,
            step=pain.step,
            capability=pain.capability,
            people=pain.people,
            voices=voices,
            created_at=at,
        )
        session.add(row)
    session.flush()
