"""Where the work waits: what each team's workflow map states, and beside it where its lead time goes as measured."""

from collections import Counter
from dataclasses import dataclass

from assessments.delivery.results import STAGES
from assessments.workflow import facts
from assessments.workflow.model import HAPPY
from assessments.workflow.totals import totals
from data import store
from data.leading import organizations, portfolio
from data.leading.portfolio import Stages
from data.people import Who
from data.practices import drawn
from data.practices.drawn import Speaking

OTHER = "other"  # a step that is tied to no measured stage
NO_MAP, UNTOUCHED, UNKNOWN, NO_WAIT = "no map", "untouched", "not known", "no waiting"


@dataclass(frozen=True)
class TeamConstraint:
    """A team. why: why no constraint is told, one of the words above, "" where one is. step: its name; stage: that it
    is tied to, OTHER where to none; share: of the waiting; sure: False while the waiting of another step is not known;
    lead, waits: minutes of the whole path and of that step, lead None where not known. lost: share of the lead time
    that waits in each stage, as the map states it. measured: None without figures."""

    team_id: int
    name: str
    map_id: int | None
    why: str
    step: str
    stage: str
    share: float | None
    sure: bool
    lead: float | None
    waits: float | None
    lost: dict[str, float]
    measured: Stages | None


@dataclass(frozen=True)
class Constraints:
    """teams: by name. stated: how many teams have their constraint in each stage (or OTHER), by their maps; measured:
    how many have the largest share of their lead time in each; most first."""

    teams: tuple[TeamConstraint, ...]
    stated: tuple[tuple[str, int], ...]
    measured: tuple[tuple[str, int], ...]

    @property
    def no_map(self) -> bool:
        """Whether no team has drawn one."""
        return all(row.why == NO_MAP for row in self.teams)


def of(who: Who, organization_id: int, weeks: int = 13, now: int | None = None) -> Constraints:
    """Of all teams. weeks: of what is measured; now: microseconds, the clock when None. Raises Forbidden, NotFound,
    ValueError for a window that is none."""
    measured = portfolio.stages(who, organization_id, weeks)
    with store.reading() as session:
        teams = organizations.teams(session, organization_id)
        at = store.now_us() if now is None else now
        maps = drawn.speaking(session, [team_id for team_id, _ in teams], at)
    rows = tuple(_team(team_id, name, maps.get(team_id), measured.get(team_id)) for team_id, name in teams)
    stated = Counter(row.stage for row in rows if not row.why)
    longest = Counter(row.measured.longest for row in rows if row.measured and row.measured.longest)
    return Constraints(rows, _most_first(stated), _most_first(longest))


def _team(team_id: int, name: str, found: Speaking | None, measured: Stages | None) -> TeamConstraint:
    def without(why: str, map_id: int | None = None, lead: float | None = None) -> TeamConstraint:
        return TeamConstraint(team_id, name, map_id, why, "", "", None, False, lead, None, {}, measured)

    if found is None or found.drawn is None:
        return without(NO_MAP if found is None else UNTOUCHED)
    whole = totals(found.drawn)
    lead = whole.lead.known.value if whole.lead.known else None
    if whole.constraint is None:
        known = all(step.waiting is not None for step in found.drawn.path(HAPPY))
        return without(NO_WAIT if known else UNKNOWN, found.map_id, lead)
    step = whole.constraint.step
    return TeamConstraint(
        team_id, name, found.map_id, "", step.name, step.stage or OTHER, whole.constraint.share, whole.constraint.sure,
        lead, step.waiting.value, facts.lost(found.drawn), measured,
    )  # fmt: skip


def _most_first(counts: Counter) -> tuple[tuple[str, int], ...]:
    order = [*STAGES, OTHER]
    return tuple(sorted(counts.items(), key=lambda one: (-one[1], order.index(one[0]))))
