"""What a team is asked, says, draws and makes of it."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from data.tables.base import Base, instant, json, key, text


class Wave(Base, table=True):
    """A questionnaire asked of a team once, as it stood then; or, as consensus, talked through item by item."""

    id: int | None = Field(default=None, primary_key=True)
    team_id: int = key("team.id", index=True)
    kind: str  # survey | consensus
    title: str
    questionnaire: str  # its key
    asked: dict = json()  # the questionnaire with the blocks that are asked, as plain values
    digest: str  # of `asked`: the same digest asked the same
    state: str = Field(default="open", index=True)  # open | closed | cancelled
    elsewhere: bool = False  # the answers came from a file
    opened_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    opened_at: int = instant()
    closes_at: int = instant()
    closed_at: int | None = instant(default=None)
    released_at: int | None = instant(default=None)  # to leaders; 14 days after closing they see it anyhow


class Participation(Base, table=True):
    """The ledger: who is asked in a wave, and whether they answered. No time, no order of arrival: every answer writes
    all rows of its wave anew, and nothing leads from here to a draft or a sheet."""

    __table_args__ = ({"sqlite_with_rowid": False},)
    id: str = Field(primary_key=True)  # random
    wave_id: int = key("wave.id", index=True)
    person: str = Field(index=True)  # who it is over several waves: person:3, or name: and the name in small letters
    name: str
    digest: str = Field(unique=True)  # sha256 of the secret in the invitation
    answered: bool = False


class Draft(Base, table=True):
    """Answers that are not handed in yet, under the sha256 of a secret that only the browser has. Gone at closing."""

    __table_args__ = ({"sqlite_with_rowid": False},)
    digest: str = Field(primary_key=True)
    wave_id: int = key("wave.id", index=True)
    answers: dict = json()


class AnswerSheet(Base, table=True):
    """What somebody answered, without who and when. Order and ids are random; written anew at closing."""

    __tablename__ = "answer_sheet"
    __table_args__ = ({"sqlite_with_rowid": False},)
    id: str = Field(primary_key=True)  # random
    wave_id: int = key("wave.id", index=True)
    answers: dict = json()
    signs: str = ""  # straight and fast, separated by spaces


class ConsensusItem(Base, table=True):
    """Where a question of a consensus stands; no row before it was begun."""

    __tablename__ = "consensus_item"
    wave_id: int = key("wave.id", primary_key=True)
    item: str = Field(primary_key=True)
    state: str  # voting | revealed | agreed | parted (no agreement yet) | skipped
    turn: int  # the highest of a wave is the one in front of everybody
    ballot: int = 1  # 2 when it was voted on a second time
    voted: int = 0  # votes at the last reveal
    agreed: dict | None = json(default=None)  # an answer
    note: str = text(default="")


class ConsensusSeat(Base, table=True):
    """A browser that takes part in a consensus: not who sits there, not since when. Gone at the end."""

    __tablename__ = "consensus_seat"
    __table_args__ = ({"sqlite_with_rowid": False},)
    wave_id: int = key("wave.id", primary_key=True)
    seat: str = Field(primary_key=True)  # sha256 of a secret of the browser


class ConsensusVote(Base, table=True):
    """A vote, only until its question is settled. Nobody is shown it before all are revealed."""

    __tablename__ = "consensus_vote"
    __table_args__ = ({"sqlite_with_rowid": False},)
    wave_id: int = key("wave.id", primary_key=True)
    item: str = Field(primary_key=True)
    seat: str = Field(primary_key=True)  # as in ConsensusSeat
    answer: dict = json()


class PainPoint(Base, table=True):
    """What costs a team time, as one or several people said; see `assessments.pains.Pain`."""

    __tablename__ = "pain_point"
    id: int | None = Field(default=None, primary_key=True)
    team_id: int = key("team.id", index=True)
    wave_id: int | None = Field(default=None, foreign_key="wave.id", ondelete="SET NULL", index=True)  # null: by hand
    into_id: int | None = Field(default=None, index=True)  # put together with that one
    step: str
    capability: str | None = None
    people: int = 1
    voices: dict = json()  # hours, how_often, how_bad, texts: a list each
    measured: bool = False
    state: str = "open"  # open | solved
    apart: dict = json(default_factory=dict)  # ids: of those that people said are another
    created_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    created_at: int = instant()


class PainVote(Base, table=True):
    """How many of their votes somebody put on a pain point."""

    __tablename__ = "pain_vote"
    pain_id: int = key("pain_point.id", primary_key=True)
    person_id: int = key("person.id", primary_key=True)
    votes: int


class WorkflowMap(Base, table=True):
    """A workflow that a team has drawn; what it looks like is in its versions."""

    __tablename__ = "workflow_map"
    __table_args__ = (UniqueConstraint("team_id", "title"),)
    id: int | None = Field(default=None, primary_key=True)
    team_id: int = key("team.id", index=True)
    title: str
    service_id: int | None = Field(default=None, foreign_key="service.id", ondelete="SET NULL")  # measured stages
    created_at: int = instant()


class MapVersion(Base, table=True):
    """A workflow at one time: today's, or a future one. Never changed: who edits makes the next."""

    __tablename__ = "map_version"
    __table_args__ = (UniqueConstraint("map_id", "kind", "version"),)
    id: int | None = Field(default=None, primary_key=True)
    map_id: int = key("workflow_map.id", index=True)
    kind: str  # today | future
    version: int
    plain: dict = json()  # see `assessments.workflow.model.Map.plain`
    note: str = text(default="")
    saved_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    saved_at: int = instant()


class MapDraft(Base, table=True):
    """What somebody has typed into a map and not saved, also what cannot be read as one yet."""

    __tablename__ = "map_draft"
    map_id: int = key("workflow_map.id", primary_key=True)
    kind: str = Field(primary_key=True)  # today | future
    person_id: int = key("person.id", primary_key=True)
    base: int  # the version it was begun from; 0: none
    typed: dict = json()  # title, rows
    changed_at: int = instant()


class Assessment(Base, table=True):
    """Where a team stood at one time, never changed. What was not collected then is absent, not empty."""

    id: int | None = Field(default=None, primary_key=True)
    team_id: int = key("team.id", index=True)
    wave_id: int | None = Field(default=None, foreign_key="wave.id", ondelete="SET NULL", index=True)
    kind: str = Field(default="survey", sa_column_kwargs={"server_default": "survey"})  # survey | practices
    title: str
    taken_at: int = instant(index=True)
    content: dict = json()  # answers and metrics of a survey; practices: see `data.practices.assessments`
    versions: dict = json()  # of rule, model, benchmarks, questionnaire
