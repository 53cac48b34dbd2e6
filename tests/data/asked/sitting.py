"""A consensus of a new team, arranged in a line."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from data import store
from data.asked import consensus, waves
from data.people import Who
from tests.data import surveyed


@dataclass
class Session:
    """An open consensus with its links, and a seat of its own for each."""

    who: Who
    people: int = 3
    questionnaire: str = "delivery-quick-check"
    name: str = ""
    team: int = field(init=False)
    wave: int = field(init=False)
    links: list[str] = field(init=False)
    seats: list[str] = field(init=False)

    def __post_init__(self):
        team = surveyed.team(self.who, self.name or f"Team {secrets.token_hex(3)}")
        names = [f"Person {number}" for number in range(self.people)]
        closes = store.from_us(store.now_us()) + timedelta(days=1)
        opened = waves.open_wave(self.who, team, "consensus", self.questionnaire, None, "", names, closes)
        self.team, self.wave = team, opened.wave_id
        self.links = [invitation.secret for invitation in opened.invitations]
        self.seats = [waves.new_secret() for _ in names]
        self.items = [place.item.key for place in self.room.places]

    @property
    def room(self) -> consensus.Room:
        return consensus.room(self.who, self.wave)

    @property
    def step(self) -> str:
        return self.room.step

    @property
    def state(self) -> str | None:
        return self.room.place.state if self.room.place else None

    def begin(self, number: int = 0) -> "Session":
        consensus.begin(self.who, self.wave, self.items[number], self.step)
        return self

    def vote(self, person: int, answer: int | str) -> None:
        place = self.room.place
        raw = {"said": answer} if isinstance(answer, str) else {"value": answer}
        consensus.vote(self.links[person], self.seats[person], place.item.key, place.ballot, raw)

    def revealed(self, *votes: int | str) -> "Session":
        for person, answer in enumerate(votes):
            self.vote(person, answer)
        consensus.reveal(self.who, self.wave, self.step)
        return self

    def agreed(self, answer: int = 3, note: str = "") -> "Session":
        consensus.agree(self.who, self.wave, self.step, {"value": answer}, note)
        return self

    def seen(self, person: int) -> consensus.Seen:
        return consensus.seen(self.links[person], self.seats[person])
