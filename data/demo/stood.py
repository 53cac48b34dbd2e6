"""Where the teams of the demo stand: what their repositories show, what one team says about the judging, and its two
assessments a quarter apart."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session

from assessments.maturity import EXCEPTION, NOT_APPLICABLE, day
from data import store
from data.demo import looked
from data.demo.looked import Look
from data.practices import assessments
from data.tables import Evaluation, PracticeMark, Service, Team

TEAM = "Checkout"
#: Weeks before the end of the demo that its assessments were taken: each after a survey of practices had closed.
TAKEN = (13.9, 0.0)


@dataclass(frozen=True)
class Marked:
    """A mark. Weeks before the end: that it was made, and that it ends (negative: after)."""

    weeks: float
    kind: str
    capability: str
    reason: str
    item: str | None = None
    owner: str = ""
    ends: float | None = None


MARKS = (
    Marked(
        16, EXCEPTION, "container-images", "The library that writes PDFs needs root until its makers mend it.",
        "repository:docker-user", "Lead of Checkout", ends=3,
    ),
    Marked(
        15, NOT_APPLICABLE, "ai-accessible-internal-data",
        "Contracts with card networks keep assistants away from this code until they are renewed.",
    ),
    Marked(
        1.1, EXCEPTION, "continuous-integration",
        "Checks of invoices are not required while its browser tests fail without a reason.",
        "repository:required-checks", "Lead of Checkout", ends=-9,
    ),
)  # fmt: skip


def make(
    organization_id: int, until: datetime, progress: Callable[[int, int], None] = lambda done, total: None
) -> None:
    """Looks at the repositories of the demo and keeps what is found with marks and assessments, all of it or nothing.

    Nothing happens when it is there already. progress: repositories looked at, of how many. Raises GitError.
    """
    wanted = looked.wanted(organization_id)
    own = _of_team(organization_id)
    looks = {}
    for done, (repository_id, history) in enumerate(wanted.items()):
        progress(done, len(wanted))
        looks[repository_id] = looked.look(repository_id, history, until, TAKEN if repository_id in own else TAKEN[-1:])
    with store.writing() as session:
        if wanted and not session.execute(select(Evaluation.id).where(Evaluation.repository_id.in_(wanted))).first():
            _keep(session, organization_id, until, looks)


def _of_team(organization_id: int) -> set[int]:
    mine = select(Service.repository_id).join(Team, Team.id == Service.team_id)
    mine = mine.where(Team.organization_id == organization_id, Team.name == TEAM)
    with store.reading() as session:
        return set(session.execute(mine).scalars())


def _keep(session: Session, organization_id: int, until: datetime, looks: dict[int, tuple[Look, ...]]) -> None:
    """Everything in the order in which it happened, as later things rest on earlier ones."""
    team = select(Team.id).where(Team.organization_id == organization_id, Team.name == TEAM)
    team_id = session.execute(team).scalar_one_or_none()
    marks = list(MARKS)
    for weeks in TAKEN:
        at = store.to_us(until - timedelta(weeks=weeks))
        for look in (look for each in looks.values() for look in each if look.at == at):
            look.save()
        while team_id is not None and marks and marks[0].weeks >= weeks:
            _mark(session, team_id, marks.pop(0), until)
        session.flush()
        if team_id is not None:
            found = assessments.work_out(team_id, at, assessments.AFTER_SURVEY)
            assessments.keep(session, team_id, f"Practices on {day(at)}", at, *found)


def _mark(session: Session, team_id: int, marked: Marked, until: datetime) -> None:
    def instant(weeks: float) -> int:
        return store.to_us(until - timedelta(weeks=weeks))

    row = PracticeMark(
        team_id=team_id, kind=marked.kind, capability=marked.capability, item=marked.item, reason=marked.reason,
        owner=marked.owner, expires_at=None if marked.ends is None else instant(marked.ends),
        made_at=instant(marked.weeks),
    )  # fmt: skip
    session.add(row)
