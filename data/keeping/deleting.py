"""Deleting a person: their account and what was theirs alone goes, what they did for a team stays without a name.

Which rows are theirs alone is said where each table is: a row whose key to the person cascades goes with them, one
whose key may be null stays without it. So a table that is added later needs nothing here.

In the ledger of surveys stands who was asked. There somebody who is deleted becomes a key that leads to nobody, the
same in every survey: what may be shown of one is worked out from who took part in which, see `assessments.surveys`.
"""

import secrets
from dataclasses import dataclass

from sqlalchemy import Select, Table, and_, delete, func, or_, select, update
from sqlmodel import Session

from data import audit, roles, store
from data.people import Who
from data.tables import AuditEvent, Base, Membership, Participation, Person, ProvidedRole, Wave

NAMELESS = "Somebody who was deleted"
#: Tables in words; others by their name.
WORDS = {
    "membership": "roles in teams", "person_role": "roles in the organisation", "provided_role": "roles from groups",
    "sign_in": "open sessions", "module_progress": "modules read and first steps", "quiz_answer": "quiz answers",
    "learning_event": "notes on their own learning", "map_draft": "drafts of maps", "pain_vote": "votes on pain points",
    "review_request": "reviews they were asked for", "audit_event": "lines of the audit log", "wave": "surveys opened",
    "map_version": "versions of workflow maps", "pain_point": "pain points noted", "correction": "corrections",
    "source": "sources connected", "api_token": "tokens made", "incident_hook": "webhooks switched on",
    "badge": "badges switched on", "connection": "connections to GitHub", "evaluation": "findings brought in",
    "practice_mark": "marks on practices", "enrolment": "tracks chosen", "goal": "goals set",
    "intervention": "interventions noted", "proof_attempt": "proofs of concept", "proof_run": "checks of proofs",
    "attestation": "reviews given", "verification_workflow": "trusted workflows", "job": "jobs",
    "retention": "rules on keeping", "report_subscription": "reports they get or ordered",
    "goal_look": "looks at goals", "worth_input": "inputs of what it is worth",
}  # fmt: skip


@dataclass(frozen=True)
class Preview:
    """What deleting would do. goes, stays: words -> how many; asked: lines in ledgers of surveys that lose the name."""

    name: str
    goes: dict[str, int]
    stays: dict[str, int]
    asked: int


def preview(who: Who, organization_id: int, person_id: int) -> Preview:
    """Nothing is changed. Raises Forbidden, NotFound, and ValueError for somebody who cannot be deleted."""
    with store.reading() as session:
        person = _leaving(session, who, organization_id, person_id)
        goes, stays = {}, {}
        for table, column, with_them in _keys():
            number = session.execute(_of(table, column, person_id)).scalar_one()
            if number:
                into, words = (goes if with_them else stays), WORDS.get(table.name, table.name.replace("_", " "))
                into[words] = into.get(words, 0) + number
        asked = session.execute(select(func.count()).select_from(_ledger(person).subquery())).scalar_one()
        return Preview(person.name, dict(sorted(goes.items())), dict(sorted(stays.items())), asked)


def delete_person(who: Who, organization_id: int, person_id: int) -> None:
    """Deletes a person for good. Raises as `preview`."""
    with store.writing() as session:
        erase(session, who, organization_id, _leaving(session, who, organization_id, person_id))


def erase(session: Session, who: Who | None, organization_id: int, person: Person) -> None:
    """The same inside a transaction, for a caller who has asked whether it may be."""
    person_id = person.id
    _forget_in_ledgers(session, person)
    mine = AuditEvent.person_id == person_id
    session.execute(update(AuditEvent).where(mine).values(person_id=None, was_person=True))
    session.expunge(person)
    session.execute(delete(Person).where(Person.id == person_id))
    audit.record(session, who, "delete_person", f"person:{person_id}", None, organization_id)


def _leaving(session: Session, who: Who, organization_id: int, person_id: int) -> Person:
    person = roles.leaving(session, who, organization_id, person_id)
    if who.id == person_id:  # the log would not say any more who did it
        raise ValueError("Nobody deletes themselves: ask somebody else who administers.")
    return person


def _keys() -> list[tuple[Table, str, bool]]:
    """Every column that names a person, and whether its rows go with them."""
    return [
        (table, column.name, key.ondelete == "CASCADE")
        for table in Base.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "person"
    ]


def _of(table: Table, column: str, person_id: int):
    return select(func.count()).select_from(table).where(table.c[column] == person_id)


def _ledger(person: Person) -> Select:
    """Where they were asked: as a person of the portal, or in one of their teams under their name before that."""
    given = select(Membership.team_id).where(Membership.person_id == person.id)
    provided = select(ProvidedRole.team_id).where(
        ProvidedRole.person_id == person.id, ProvidedRole.team_id.is_not(None)
    )
    theirs = select(Wave.id).where(or_(Wave.team_id.in_(given), Wave.team_id.in_(provided)))
    by_name = and_(Participation.person == f"name:{person.name.casefold()}", Participation.wave_id.in_(theirs))
    return select(Participation.id).where(or_(Participation.person == f"person:{person.id}", by_name))


def _forget_in_ledgers(session: Session, person: Person) -> None:
    """Who has not answered an open survey is no longer asked; every other line stays, as it counts, with a key of its
    own that is the same in all. Then all lines of these surveys are written anew, so that none is the newest."""
    mine = session.execute(_ledger(person)).scalars().all()
    waves = select(Participation.wave_id).where(Participation.id.in_(mine)).distinct()
    touched = session.execute(waves).scalars().all()
    still_open = select(Wave.id).where(Wave.state == "open")
    session.execute(
        delete(Participation).where(
            Participation.id.in_(mine), Participation.answered.is_(False), Participation.wave_id.in_(still_open)
        )
    )
    nobody = f"gone:{secrets.token_hex(16)}"
    for row_id in mine:
        dead = {"person": nobody, "name": NAMELESS, "digest": secrets.token_hex(32)}  # of no secret
        session.execute(update(Participation).where(Participation.id == row_id).values(dead))
    session.execute(
        update(Participation).where(Participation.wave_id.in_(touched)).values(answered=Participation.answered)
    )
