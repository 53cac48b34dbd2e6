"""What a decided proof of concept left to be looked at for Did it work?"""

from sqlalchemy import select

from data import access, people, store
from data.access import Action
from data.people import Who
from data.tables import ProofAttempt


def of_team(who: Who, team_id: int) -> dict[int, int]:
    """The attempt of each intervention that came of one, by the id of the intervention; nothing for those who may not
    see proofs of concept. Raises NotFound."""
    if not access.may(people.of_this_moment(who), Action.VIEW_PROOFS, access.of_team(team_id)):
        return {}
    wanted = select(ProofAttempt.intervention_id, ProofAttempt.id)
    with store.reading() as session:
        mine = wanted.where(ProofAttempt.team_id == team_id, ProofAttempt.intervention_id.is_not(None))
        return dict(map(tuple, session.execute(mine)))
