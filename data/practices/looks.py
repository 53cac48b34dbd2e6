"""How repositories stand: whether they were looked at, when, at which commit, and what could not be read."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select

from data import access, jobs, people, store
from data.access import Action
from data.people import Who
from data.practices import evaluating
from data.practices.evaluations import PROBES
from data.tables import Evaluation, Job, Repository
from data.work import TURN


@dataclass(frozen=True)
class LookView:
    """How a repository stands.

    state: nothing (neither clone nor GitHub: nothing to look at) | never | waiting (for its turn, or until `resume_at`)
    | looking | looked | failed (`text` says why; what was found before stays). text: one sentence. done, total: of the
    look that runs; total None: not known. seen_at, commit, tool: of what was found; None and "" when nothing was.
    unread: the first files that could not be read, and why; unread_count: how many. may_look: whether the person may
    ask for it.
    """

    repository_id: int
    name: str
    state: str
    text: str
    job_id: int | None
    done: int
    total: int | None
    began_at: datetime | None
    resume_at: datetime | None
    seen_at: datetime | None
    commit: str | None
    tool: str
    problem: str | None
    facts_read_at: datetime | None
    unread: tuple[tuple[str, str], ...]
    unread_count: int
    next_at: datetime | None
    web_url: str | None
    may_look: bool

    @property
    def is_live(self) -> bool:
        return self.state in ("waiting", "looking")


def status(who: Who, repository_ids: Collection[int]) -> dict[int, LookView]:
    """How these repositories stand, those of them that the person may see; from the store alone, in the same number of
    statements however many they are."""
    ids, who = list(repository_ids), people.of_this_moment(who)
    rows = (
        select(
            Repository.id, Repository.name, Repository.full_name, Repository.web_url, Evaluation.__table__,
            *(getattr(Job, name).label(f"job_{name}") for name in _OF_JOB),
        )
        .outerjoin(Evaluation, and_(Evaluation.repository_id == Repository.id, Evaluation.origin == PROBES))
        .outerjoin(Job, Job.id == Evaluation.job_id)
        .where(Repository.id.in_(ids))
        .order_by(Repository.name, Repository.id)
    )  # fmt: skip
    with store.reading() as session:
        found = session.execute(rows).all()
        owners = evaluating.owners_of(session, ids)
        visible = set(session.execute(evaluating.with_files().where(Repository.id.in_(ids))).scalars())
    return {
        row[0]: _view(row, row[0] in visible, all(access.may(who, Action.ADD_SOURCE, each) for each in owners[row[0]]))
        for row in found
        if any(access.may(who, Action.VIEW, each) for each in owners.get(row[0], ()))
    }


_OF_JOB = ("state", "done", "total", "message", "started_at", "due_at")


def _view(row, is_visible: bool, may_look: bool) -> LookView:
    state, text, resume_at = _state(row, is_visible)
    runs = row.job_state == "running"
    unread = row.unread or {}
    return LookView(
        repository_id=row[0],
        name=row.full_name or row.name,
        state=state,
        text=text,
        job_id=row.job_id,
        done=row.job_done if runs else 0,
        total=row.job_total if runs else None,
        began_at=store.from_us(row.job_started_at) if runs else None,
        resume_at=store.from_us(resume_at),
        seen_at=store.from_us(row.as_of),
        commit=row.commit,
        tool=row.tool or "",
        problem=row.problem,
        facts_read_at=store.from_us(row.facts_read_at),
        unread=tuple((path, why) for path, why in unread.get("first", ())),
        unread_count=unread.get("all", 0),
        next_at=store.from_us(row.due_at) if is_visible and row.job_state not in jobs.LIVE else None,
        web_url=row.web_url,
        may_look=may_look and is_visible,
    )


def _state(row, is_visible: bool) -> tuple[str, str, int | None]:
    """State, sentence and until when it waits."""
    if row.job_state == "running":
        return "looking", row.job_message, None
    if row.job_state == "queued":
        return "waiting", row.job_message or TURN, row.job_due_at
    if row.problem:
        return "failed", row.problem, None
    if row.job_state == "failed":
        return "failed", row.job_message, None
    if row.as_of is not None:
        return "looked", "", None
    if not is_visible:
        return "nothing", "Neither a clone nor GitHub is read for it.", None
    return "never", "Nobody has looked at it yet; that happens by itself soon.", None
