"""How far teams come with what they learn, from a track that their levels call for to a metric that moved: counts of
teams, never of people, and none of them named."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from data import store
from data.improving.choices import DROPPED
from data.leading import capabilities, organizations
from data.learning import funnel
from data.learning.funnel import Count, Funnel
from data.people import Who
from data.tables import Enrolment, Team

RECOMMENDED = "recommended"
TITLE = "Have a track that is called for"


@dataclass(frozen=True)
class Way:
    """recommended: teams whose levels, as those who lead see them, call for a track, and those that have chosen one;
    unknown: teams of which no level is known, so that nothing could be recommended. funnel: what follows."""

    recommended: int
    unknown: int
    funnel: Funnel

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """Title and number of teams, stage by stage, never rising."""
        return ((TITLE, self.recommended), *((each.title, each.teams) for each in self.stages))

    @property
    def stages(self) -> tuple[Count, ...]:
        return self.funnel.counts


def of(
    who: Who, organization_id: int, progress: Callable[[int, int], None] = lambda done, total: None,
    now: int | None = None,
) -> Way:  # fmt: skip
    """progress, now: as of `capabilities.of`. Raises Forbidden, NotFound."""
    organizations.check(who, organization_id)
    rows = capabilities.of(who, organization_id, progress, now).rows
    wanted = select(Enrolment.team_id).join(Team, Team.id == Enrolment.team_id)
    wanted = wanted.where(Team.organization_id == organization_id, Enrolment.state != DROPPED)
    with store.reading() as session:
        chosen = set(session.execute(wanted).scalars())
    called = {row.team_id for row in rows if row.recommended} | chosen
    unknown = sum(row.team_id not in called and all(cell.level is None for cell in row.cells) for row in rows)
    return Way(len(called), unknown, funnel.of(who, organization_id, now))
