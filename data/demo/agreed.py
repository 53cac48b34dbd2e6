"""A consensus of the demo's smallest team. It goes the way of every consensus: voted, revealed, agreed, finished; only
who sat there is invented."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session

from assessments.surveys import questionnaire as shapes
from data import store
from data.asked import closing, consensus, waves
from data.asked.consensus import AGREED, PARTED, SKIPPED
from data.tables import Team, Wave

TEAM = "Finance"
PEOPLE = ("A developer", "A tester", "An operator")
TITLE = "How we deliver, agreed together"
BLOCKS = ("ci-cd", "deployment-process")
WEEKS = 2  # before the end of the demo that it was held


@dataclass(frozen=True)
class Talk:
    """A question. `ballots`: the votes of each, an option or what was said instead; without any it was skipped.
    `agreed`: an option, None where they parted."""

    ballots: tuple[tuple[int | str, ...], ...] = ()
    agreed: int | None = None
    note: str = ""


TALKS = {
    "continuous-integration": Talk(((2, 2, 2),), 2),
    "version-control": Talk(((2, 3, 2),), 2, "Database scripts are in, dashboards and alert rules are not."),
    "pipeline-as-code": Talk(((2, 1, "dont_know"),), 2, "Changes to the pipeline of the ledger are reviewed too."),
    "deployment-automation": Talk(
        ((1, 3, 1), (2, 2, 2)), 2, "Going back works for payroll-export and was never tried for the ledger."
    ),
    "continuous-delivery": Talk(((1, 2, 2),), 2),
    "streamlining-change-approval": Talk(
        ((0, 2, 0),), 0, "Rates have a standard kind of change on paper. In these three months all went to the board."
    ),
    "trunk-based-development": Talk(
        ((1, 3, 1),), None, "We count branches differently: look at the list together before the next session."
    ),
}


def make(organization_id: int, until: datetime) -> None:
    """Holds the session, if the team is there and has not been asked. All of it is saved together, or nothing."""
    wanted = select(Team.id).where(Team.organization_id == organization_id, Team.name == TEAM)
    with store.writing() as session:
        team_id = session.execute(wanted).scalar_one_or_none()
        if team_id is not None and session.execute(select(Wave.id).where(Wave.team_id == team_id)).first() is None:
            _hold(session, team_id, store.to_us(until - timedelta(weeks=WEEKS)))


def _hold(session: Session, team_id: int, ended: int) -> None:
    plain = waves.plain_questionnaire("capabilities", BLOCKS)
    hour = 3_600_000_000
    row = Wave(
        team_id=team_id, kind=waves.CONSENSUS, title=TITLE, questionnaire="capabilities", asked=plain,
        digest=shapes.digest(plain), opened_at=ended - 2 * hour, closes_at=store.now_us() + hour,
    )  # fmt: skip
    session.add(row)
    session.flush()
    invited = waves.make_invitations(session, row.id, [(f"name:{name.casefold()}", name) for name in PEOPLE])
    seats = [(invitation.secret, waves.new_secret()) for invitation in invited]
    wave = waves.view_in(session, row.id)
    for place in consensus.room_in(session, wave).places:
        _talk(session, wave, place.item.key, seats)
    session.execute(update(Wave).where(Wave.id == row.id).values(closes_at=ended))
    closing.finish(row.id, ended)


def _talk(session: Session, wave: waves.WaveView, item: str, seats: list[tuple[str, str]]) -> None:
    talk = TALKS.get(item, Talk())

    def step() -> str:
        return consensus.room_in(session, wave).step

    consensus.begin_in(session, wave, item, step())
    for ballot, votes in enumerate(talk.ballots, 1):
        if ballot > 1:
            consensus.again_in(session, wave, step())
        for seat, vote in zip(seats, votes, strict=True):
            consensus.vote(*seat, item, ballot, {"said": vote} if isinstance(vote, str) else {"value": vote})
        consensus.reveal_in(session, wave, step())
    state = SKIPPED if not talk.ballots else PARTED if talk.agreed is None else AGREED
    answer = None if talk.agreed is None else {"value": talk.agreed}
    consensus.settle_in(session, wave, step(), state, answer, talk.note)
