"""What repositories show, how a team wants that judged, and what it sets out to do about it."""

from sqlmodel import Field

from data.tables.base import Base, instant, json, key, text


class Evaluation(Base, table=True):
    """What one origin says of a repository at one commit, or of a team; the newest of each origin only."""

    id: int | None = Field(default=None, primary_key=True)
    repository_id: int | None = key("repository.id", default=None, index=True)
    team_id: int | None = key("team.id", default=None, index=True)  # of what is said of a team, not of a repository
    origin: str  # probes | scorecard | sarif | dsomm | zizmor | hadolint
    tool: str = text(default="")  # as its file names it, with its version
    commit: str | None = None
    as_of: int | None = instant(default=None)  # the moment it speaks of
    made_at: int = instant()
    made_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    version: str = ""  # digest of the probes and their versions: what has another is judged again
    facts_read_at: int | None = instant(default=None)  # what only the forge knows; null: not collected
    unread: dict | None = json(default=None)  # first: [[path, why it could not be read], ...]; all: how many there are
    problem: str | None = text(default=None)  # why the newest attempt failed, one sentence; the findings are older
    due_at: int | None = instant(default=None, index=True)  # of our probes: when it is looked at again by itself
    job_id: int | None = Field(default=None, foreign_key="job.id", ondelete="SET NULL", index=True)  # its newest look


class Finding(Base, table=True):
    """What one probe, or one rule of another tool, found. See `assessments.evidence.finding`."""

    evaluation_id: int = key("evaluation.id", primary_key=True)
    probe: str = Field(primary_key=True)
    version: int = 1
    outcome: str
    because: str = text()
    remedy: str = text(default="")
    effort: str | None = None
    evidence: dict | None = json(default=None)  # first: [[path, line, what stands there], ...]; all; good; unread
    since: int | None = instant(default=None)  # of what is met: when it came to trunk
    since_open: bool = False  # it may be older: the history that is known begins there


class PracticeMark(Base, table=True):
    """What a team says about the judging, see `assessments.maturity.Mark`. Never deleted by taking it back."""

    __tablename__ = "practice_mark"
    id: int | None = Field(default=None, primary_key=True)
    team_id: int = key("team.id", index=True)
    kind: str  # not applicable | exception
    capability: str
    item: str | None = None  # null: all of the capability
    reason: str = text()
    owner: str = text(default="")
    expires_at: int | None = instant(default=None)
    made_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    made_at: int = instant()
    undone_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    undone_at: int | None = instant(default=None)


class PracticeModel(Base, table=True):
    """A model of capabilities by which assessments were judged; many share one."""

    __tablename__ = "practice_model"
    digest: str = Field(primary_key=True)
    version: int
    plain: dict = json()  # by capability


class Enrolment(Base, table=True):
    """A track that a team has chosen."""

    id: int | None = Field(default=None, primary_key=True)
    team_id: int = key("team.id", index=True)
    track_id: str  # its uuid, which never changes
    slug: str
    version: str  # of its content, when chosen
    state: str  # chosen | under_way | finished | dropped
    why: str = text(default="")  # what the plan said for it
    chosen_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    chosen_at: int = instant()
    begun_at: int | None = instant(default=None)
    ended_at: int | None = instant(default=None)


class Goal(Base, table=True):
    """What a team wants to reach, by a metric and what must not get worse meanwhile."""

    id: int | None = Field(default=None, primary_key=True)
    team_id: int = key("team.id", index=True)
    service_id: int | None = Field(default=None, foreign_key="service.id", ondelete="SET NULL", index=True)
    title: str
    capability: str | None = None  # the gap it came from
    level: int | None = None  # wanted of that capability
    pain_id: int | None = Field(default=None, foreign_key="pain_point.id", ondelete="SET NULL", index=True)
    metric: str
    target: float
    counter_metric: str
    counter_limit: float  # it must not get worse than that
    baseline: dict = json()  # of both, as measured when the goal was set
    due_at: int = instant()
    owner: str = ""  # a role or a name, as the team says it
    look_at: int | None = instant(default=None)  # when somebody wants to look at it next
    state: str = Field(default="open", index=True)  # open | reached | missed | dropped
    note: str = text(default="")
    created_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    created_at: int = instant()
    ended_at: int | None = instant(default=None)


class GoalLook(Base, table=True):
    """That somebody looked where a goal stands, with what was measured then and what they say to it."""

    __tablename__ = "goal_look"
    id: int | None = Field(default=None, primary_key=True)
    goal_id: int = key("goal.id", index=True)
    seen: dict = json()  # both figures, as they were then
    note: str = text(default="")
    looked_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    looked_at: int = instant()


class Intervention(Base, table=True):
    """Something a team did, with a date: whether it worked is worked out from the metric."""

    id: int | None = Field(default=None, primary_key=True)
    team_id: int = key("team.id", index=True)
    service_id: int | None = Field(default=None, foreign_key="service.id", ondelete="SET NULL", index=True)
    kind: str  # track | proof_of_concept | migration | process | other
    title: str
    enrolment_id: int | None = Field(default=None, foreign_key="enrolment.id", ondelete="SET NULL", index=True)
    goal_id: int | None = Field(default=None, foreign_key="goal.id", ondelete="SET NULL", index=True)
    started_at: int = instant()
    finished_at: int | None = instant(default=None)
    settle_weeks: int = 4
    metric: str
    counter_metric: str | None = None
    note: str = text(default="")
    created_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    created_at: int = instant()


class WorthInput(Base, table=True):
    """What an organization assumes, or takes from something it did, when it works out what changes are worth. An input
    of which there is no row is as proposed, see `assessments.worth.QUANTITIES`."""

    __tablename__ = "worth_input"
    organization_id: int = key("organization.id", primary_key=True)
    key: str = Field(primary_key=True)
    low: float | None = None  # null: of the currency, which is its note
    value: float | None = None  # of what was measured; null: assumed, anything between low and high is as likely
    high: float | None = None
    note: str = text(default="")  # why, or from where
    intervention_id: int | None = Field(default=None, foreign_key="intervention.id", ondelete="SET NULL", index=True)
    set_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    set_at: int = instant()
