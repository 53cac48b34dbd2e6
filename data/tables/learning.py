"""What people learn, what teams try out in their repositories, and what was found there.

Two kinds of rows that never meet: those of a person (`ModuleProgress`, `QuizAnswer`), which nobody else may read, and
those of a team. Everything hangs on the ids of content and on the version it had, never on a path.
"""

from sqlmodel import Field

from data.tables.base import Base, instant, json, key, text


class ModuleProgress(Base, table=True):
    """How far a person is in a module. That person's alone."""

    __tablename__ = "module_progress"
    person_id: int = key("person.id", primary_key=True)
    module_id: str = Field(primary_key=True)  # its uuid
    track_id: str  # uuid
    version: str  # of the track, when it was last touched
    state: str  # reading | done | known | skipped
    step: int = 0  # the last one that was open; 0: what comes before the first
    reason: str = text(default="")  # of what was skipped
    at: int = instant()


class QuizAnswer(Base, table=True):
    """An answer to a question of a module. That person's alone; never changed."""

    __tablename__ = "quiz_answer"
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = key("person.id", index=True)
    module_id: str = Field(index=True)  # its uuid
    item: str
    version: str  # of the track
    chosen: list = json()  # places of choices, ascending
    is_right: bool
    sitting: int  # of this person in this module, from 1
    at: int = instant()


class ProofAttempt(Base, table=True):
    """A team tries a proof of concept in a repository of its own. `content` stays as it was until somebody takes over a
    newer version."""

    __tablename__ = "proof_attempt"
    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)  # uuid; by it others refer to it, and a badge
    team_id: int = key("team.id", index=True)
    enrolment_id: int = key("enrolment.id", index=True)
    repository_id: int | None = Field(default=None, foreign_key="repository.id", ondelete="SET NULL", index=True)
    repository: str = text()  # its name, for when it is gone
    service_id: int | None = Field(default=None, foreign_key="service.id", ondelete="SET NULL", index=True)
    track_id: str  # uuid
    track: str  # slug
    poc_id: str = Field(index=True)  # uuid
    poc: str  # slug
    version: str  # of the track
    content: dict = json()  # the plain values of its poc.yml
    branch: str = text(default="")  # "": the default branch
    state: str = Field(default="under_way", index=True)  # under_way | decided
    begun_at: int = instant()
    begun_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    due_at: int = instant()  # the end of the timebox
    decision: str | None = None  # adopt | adapt | stop
    decided_at: int | None = instant(default=None)
    decided_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    record: dict | None = json(default=None)  # texts of the decision: context, options, because, consequences
    intervention_id: int | None = Field(default=None, foreign_key="intervention.id", ondelete="SET NULL", index=True)
    derived_from: str | None = Field(default=None, index=True)  # uid of another team's attempt
    skipped: dict | None = json(default=None)  # by id of a check: reason, by, at
    again_at: int | None = instant(default=None, index=True)  # when it is judged again by itself; null: not
    job_id: int | None = Field(default=None, foreign_key="job.id", ondelete="SET NULL", index=True)  # its newest check


class ProofRun(Base, table=True):
    """The checks of an attempt, judged at one commit; or that this could not be done (`problem`)."""

    __tablename__ = "proof_run"
    id: int | None = Field(default=None, primary_key=True)
    attempt_id: int = key("proof_attempt.id", index=True)
    at: int = instant()
    version: str  # of the content that was judged
    branch: str = text()
    commit: str = ""
    source: str  # clone | forge
    verdict: str | None = None  # see assessments.poc.Verdict; null: not judged
    level: int | None = None  # least evidence of a required check that passes
    strongest: int | None = None  # best evidence of one
    gates: dict | None = json(default=None)  # state by gate
    is_whole: bool = True  # its results are kept; only the newest ones are
    calls: int = 0  # requests to the forge
    problem: str = text(default="")  # why it could not be judged, one sentence
    made_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")  # null: by itself


class ProofResult(Base, table=True):
    """What one check said. See `assessments.poc.Judgement`."""

    __tablename__ = "proof_result"
    run_id: int = key("proof_run.id", primary_key=True)
    check_id: str = Field(primary_key=True)
    place: int  # in the order of the checks
    title: str = text()
    gate: str = ""  # "": of a task
    severity: str
    asked: int  # level that is asked for
    outcome: str
    level: int | None = None
    because: str = text()
    places: list | None = json(default=None)  # [path, line, what stands there]
    todo: str = text(default="")
    permission: str = text(default="")
    unread: list | None = json(default=None)  # [path, why]


class ProofKept(Base, table=True):
    """A judgement that rests on nothing but files, by what names them all: as long as they are the same it need not be
    made again."""

    __tablename__ = "proof_kept"
    repository_id: int = key("repository.id", primary_key=True)
    key: str = Field(primary_key=True)  # see assessments.poc.engine.key_of
    judgement: dict = json()
    at: int = instant(index=True)  # when it was last of use


class Attestation(Base, table=True):
    """What a person other than the authors says of a check. Never changed; the newest of a person counts."""

    id: int | None = Field(default=None, primary_key=True)
    attempt_id: int = key("proof_attempt.id", index=True)
    check_id: str
    person_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL", index=True)
    accepted: bool
    role: str = ""  # in which they were asked, such as security reviewer
    commit: str = ""  # that they looked at
    criteria: list = json()  # of the rubric, those that they say yes to
    comment: str = text(default="")
    at: int = instant()


class ReviewRequest(Base, table=True):
    """Somebody was asked to review an attempt."""

    __tablename__ = "review_request"
    attempt_id: int = key("proof_attempt.id", primary_key=True)
    person_id: int = key("person.id", primary_key=True, index=True)
    asked_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    asked_at: int = instant()


class VerificationWorkflow(Base, table=True):
    """A reusable workflow of the organization at a commit that it trusts: a green run through it is worth E3."""

    __tablename__ = "verification_workflow"
    id: int | None = Field(default=None, primary_key=True)
    organization_id: int = key("organization.id", index=True)
    path: str = text()  # owner/name/.github/workflows/x.yml
    sha: str
    added_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    added_at: int = instant()
    removed_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    removed_at: int | None = instant(default=None)


class LearningEvent(Base, table=True):
    """Something that happened in learning: of a team, by its choice of a track, or of a person, never of both. Rows are
    added; none is ever changed or taken away, but with the team or person they are of."""

    __tablename__ = "learning_event"
    id: int | None = Field(default=None, primary_key=True)
    at: int = instant(index=True)
    enrolment_id: int | None = key("enrolment.id", default=None, index=True)
    person_id: int | None = key("person.id", default=None, index=True)
    kind: str
    subject: str  # uuid of a track, a module or a proof of concept
    version: str = ""
    detail: dict | None = json(default=None)
