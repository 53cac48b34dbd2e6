"""What a team may do next, from where it stands, what it has chosen and what it wants."""

from dataclasses import dataclass

from assessments import recommend
from assessments.recommend import Plan
from content import catalog
from data import store
from data.improving import choices, goals
from data.improving.choices import ChoiceView
from data.improving.goals import GoalView
from data.learning import attempts
from data.people import Who
from data.practices import standings
from data.practices.standings import TeamStanding

HOURS, MOST_HOURS = 20, 400  # of a budget: what is proposed, and the most


@dataclass(frozen=True)
class TeamPlan:
    """All that the page of a plan shows, for one reader."""

    standing: TeamStanding
    plan: Plan
    choices: tuple[ChoiceView, ...]
    goals: tuple[GoalView, ...]

    @property
    def known(self) -> bool:
        """Whether the level of any capability is known; without one there is nothing to recommend."""
        return any(one.told is not None for one in self.standing.standings.values())

    @property
    def active(self) -> tuple[ChoiceView, ...]:
        """What takes one of the places."""
        return tuple(one for one in self.choices if one.is_active)


def of_team(
    who: Who, team_id: int, hours: float, now: int | None = None, standing: TeamStanding | None = None
) -> TeamPlan:
    """The plan for so many hours. now: microseconds, the clock when None. standing: where the team stands for this
    reader, where that has been read already.

    Raises Forbidden, NotFound, or ValueError for hours that are none.
    """
    if not 0 <= hours <= MOST_HOURS:
        raise ValueError(f"Give the hours as a number from 0 to {MOST_HOURS}.")
    standing = standing or standings.of_team(who, team_id, now)
    chosen, wanted = choices.listed(who, team_id), goals.listed(who, team_id)
    with store.reading() as session:
        passed = attempts.tested_out(session, team_id, standing.at)
    plan = recommend.plan(
        standing.standings, catalog.tracks(), hours,
        targets=goals.targets(wanted, standing.standings), lost=standing.lost,
        states=dict.fromkeys(passed, recommend.TESTED_OUT) | choices.states(chosen),
    )  # fmt: skip
    return TeamPlan(standing, plan, chosen, wanted)
