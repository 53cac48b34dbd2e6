"""Judgements that rest on nothing but files, kept by what names these files: as long as they are the same, nothing has
to be read again."""

from collections.abc import Iterable, Mapping

from sqlalchemy import delete, select
from sqlmodel import Session

from assessments.evidence.finding import Evidence
from assessments.poc import Judgement, Level, Outcome
from data import store
from data.practices.evaluations import storable
from data.tables import ProofKept

MOST = 400  # of one repository


def held(session: Session, repository_id: int, keys: Iterable[str]) -> dict[str, Judgement]:
    """Those of these keys that are kept, by key."""
    wanted = select(ProofKept.key, ProofKept.judgement).where(
        ProofKept.repository_id == repository_id, ProofKept.key.in_(list(keys))
    )
    return {key: _judgement(plain) for key, plain in session.execute(wanted)}


def keep(session: Session, repository_id: int, judgements: Mapping[str, Judgement], now: int) -> None:
    """Adds them to the transaction; of those not used for longest the ones beyond MOST go. now: microseconds."""
    if judgements:
        rows = [
            {"repository_id": repository_id, "key": key, "judgement": _plain(each), "at": now}
            for key, each in judgements.items()
        ]
        store.upsert(session, ProofKept, rows, ["repository_id", "key"])
    mine = ProofKept.repository_id == repository_id
    old = select(ProofKept.key).where(mine).order_by(ProofKept.at.desc(), ProofKept.key).offset(MOST)
    if gone := session.execute(old).scalars().all():
        session.execute(delete(ProofKept).where(mine, ProofKept.key.in_(gone)))


def _plain(each: Judgement) -> dict:
    return {
        "outcome": str(each.outcome),
        "because": storable(each.because),
        "places": [[place.path and storable(place.path), place.line, storable(place.what)] for place in each.places],
        "level": None if each.level is None else int(each.level),
        "todo": storable(each.todo),
        "unread": [[storable(path), storable(why)] for path, why in each.unread],
    }


def _judgement(plain: Mapping) -> Judgement:
    return Judgement(
        outcome=Outcome(plain["outcome"]),
        because=plain["because"],
        places=tuple(Evidence(*place) for place in plain["places"]),
        level=None if plain["level"] is None else Level(plain["level"]),
        todo=plain["todo"],
        unread=tuple((path, why) for path, why in plain["unread"]),
    )
