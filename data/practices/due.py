"""When repositories are looked at again by themselves: their rows say it, `data.practices.evaluating` sees to it.

Apart from the looking, so that whatever reads facts can say that a repository has moved on.
"""

import random

from sqlalchemy import or_, select, update
from sqlmodel import Session

from data import store
from data.practices.evaluations import PROBES, current_version
from data.sources.github import commits
from data.sources.github.repository import SETTINGS
from data.sources.github.values import DAY, HOUR, SECOND
from data.tables import Evaluation, Feed, Source

WEEK = 7 * DAY
SPREAD = 0.1  # by how much of it they differ, so that those looked at together do not stay together
APART = HOUR  # from one look to the next, however often its trunk moves: each costs time and requests
AFTER_FAILURE = DAY
STEP = 10 * SECOND  # between two that are judged anew because the probes are others


def next_week() -> int:
    return store.now_us() + round(WEEK * random.uniform(1 - SPREAD, 1 + SPREAD))  # noqa: S311


def has_come(now: int):
    """The condition that it is time; also where the clock was ahead when that was written down."""
    return or_(Evaluation.due_at.is_(None), Evaluation.due_at <= now, Evaluation.due_at > now + 2 * WEEK)


def of(session: Session, repository_id: int) -> Evaluation | None:
    mine = Evaluation.repository_id == repository_id, Evaluation.origin == PROBES
    return session.execute(select(Evaluation).where(*mine)).scalars().first()


def moved(repository_id: int, head: str | None, set_up_at: int | None = None) -> None:
    """A reading has come to its end: the repository is looked at again soon where its trunk has moved, or what is set
    up at GitHub has changed since. set_up_at: when that last changed. One never looked at is due anyway."""
    with store.reading() as session:
        seen = of(session, repository_id)
        if seen is None or seen.as_of is None:
            return
        same = head is None or head == seen.commit
        if same and (set_up_at or 0) <= (seen.facts_read_at or 0):
            return
    with store.writing(quietly=True) as session:
        at = max(store.now_us(), seen.made_at + APART)
        sooner = Evaluation.due_at.is_(None) | (Evaluation.due_at > at)
        session.execute(update(Evaluation).where(Evaluation.id == seen.id, sooner).values(due_at=at))


def moved_at_github(source_id: int) -> None:
    """As `moved`, after a reading from GitHub."""
    with store.reading() as session:
        source = session.get(Source, source_id)
        read = select(Feed.name, Feed.cursor).where(Feed.source_id == source_id)
        found = {name: cursor or {} for name, cursor in session.execute(read)}
    if source is not None:
        head, changed = found.get(commits.FEED, {}).get("head"), found.get(SETTINGS, {}).get("changed")
        moved(source.repository_id, head, changed)


def others() -> int:
    """Has judged again, one after the other, what other probes have judged; at the start of a worker. Returns how many
    they are. The rest of the week stays as it was for what cannot be read."""
    with store.writing(quietly=True) as session:
        other = Evaluation.origin == PROBES, Evaluation.as_of.is_not(None), Evaluation.version != current_version()
        listed = select(Evaluation.id, Evaluation.due_at).where(*other, Evaluation.problem.is_(None))
        rows = session.execute(listed.order_by(Evaluation.id)).all()
        now = store.now_us()
        for place, (evaluation_id, due_at) in enumerate(rows):
            at = now + place * STEP
            if due_at is None or due_at > at:
                session.execute(update(Evaluation).where(Evaluation.id == evaluation_id).values(due_at=at))
    return len(rows)
