"""A team that is asked, arranged in a line."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from data import people, store, teams
from data.asked import answering, waves
from data.people import Who
from data.tables import Membership, Person, Wave

SOON = timedelta(days=7)


def soon(days: float = 7) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def names(number: int) -> list[str]:
    return [f"Developer {each}" for each in range(1, number + 1)]


def member(team_id: int, name: str, role: str = "member") -> Who:
    """Somebody of the team, with an account."""
    with store.writing() as session:
        person = Person(provider="test", subject=secrets.token_hex(4), name=name, created_at=1)
        session.add(person)
        session.flush()
        session.add(Membership(person_id=person.id, team_id=team_id, role=role))
        subject = person.subject
    return people.current("test", subject)


@dataclass
class Asking:
    """An open wave of a new team. `draft(n)` is the secret that the browser of person n has made."""

    who: Who
    number: int = 5
    questionnaire: str = "pain-and-friction"
    blocks: tuple[str, ...] | None = None
    kind: str = "survey"
    team_id: int = field(init=False)

    def __post_init__(self):
        name = f"Team {secrets.token_hex(4)}"
        self.team_id = teams.create_team(self.who, people.home_organization(self.who), name)
        opened = waves.open_wave(
            self.who, self.team_id, self.kind, self.questionnaire, self.blocks, "", names(self.number), soon()
        )
        self.wave_id, self.invitations = opened.wave_id, opened.invitations
        self.drafts = [secrets.token_hex(16) for _ in self.invitations]

    def secret(self, person: int) -> str:
        return self.invitations[person].secret

    def save(self, person: int, answers: dict) -> int:
        return answering.save(self.secret(person), self.drafts[person], answers)

    def hand_in(self, person: int, answers: dict | None = None, seconds: float | None = None) -> None:
        answering.hand_in(self.secret(person), self.drafts[person], answers, seconds)

    def sit_down(self, person: int) -> answering.Sitting:
        return answering.sit_down(self.secret(person), self.drafts[person])

    @property
    def answered(self) -> list[bool]:
        """Of the ledger, in the order of the invitations."""
        ledger = {seat.participation_id: seat.answered for seat in waves.ledger(self.who, self.wave_id)}
        return [ledger[invitation.participation_id] for invitation in self.invitations]

    def end(self) -> None:
        """Its time is over, and nothing has closed it yet."""
        with store.writing() as session:
            session.get_one(Wave, self.wave_id).closes_at = store.now_us() - 1
