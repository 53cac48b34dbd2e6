"""The tables. Instants are integers: microseconds since 1970-01-01 UTC (negative before), never naive datetimes.

Facts are kept as received, so that a changed rule re-derives everything; derived tables and cells can always be thrown
away and computed again. No fact names a person.
"""

from data.tables.asking import (
    AnswerSheet,
    Assessment,
    ConsensusItem,
    ConsensusSeat,
    ConsensusVote,
    Draft,
    MapDraft,
    MapVersion,
    PainPoint,
    PainVote,
    Participation,
    Wave,
    WorkflowMap,
)
from data.tables.base import Base
from data.tables.derived import CellBlock, Failure, JudgedDeployment, PackedWeek, ShippedChange
from data.tables.doors import ApiToken, Badge, IdempotencyKey, IncidentHook, IncidentMark, WebhookDelivery
from data.tables.facts import Change, Correction, Deployment, Incident, PipelineJob, PipelineRun, TrunkCommit
from data.tables.fetching import Connection, ConnectionRepository, Feed, Issue, RepositorySettings, SourceCommit, Todo
from data.tables.judging import Enrolment, Evaluation, Finding, Goal, Intervention, PracticeMark, PracticeModel
from data.tables.whose import (
    Membership,
    Organization,
    Person,
    PersonRole,
    ProvidedRole,
    Repository,
    Service,
    SignIn,
    Source,
    Team,
)
from data.tables.work import AuditEvent, DataVersion, Job

__all__ = [
    "AnswerSheet",
    "ApiToken",
    "Assessment",
    "AuditEvent",
    "Badge",
    "Base",
    "CellBlock",
    "Change",
    "Connection",
    "ConnectionRepository",
    "ConsensusItem",
    "ConsensusSeat",
    "ConsensusVote",
    "Correction",
    "DataVersion",
    "Deployment",
    "Draft",
    "Enrolment",
    "Evaluation",
    "Failure",
    "Feed",
    "Finding",
    "Goal",
    "IdempotencyKey",
    "Incident",
    "IncidentHook",
    "IncidentMark",
    "Intervention",
    "Issue",
    "Job",
    "JudgedDeployment",
    "MapDraft",
    "MapVersion",
    "Membership",
    "Organization",
    "PackedWeek",
    "PainPoint",
    "PainVote",
    "Participation",
    "Person",
    "PersonRole",
    "PipelineJob",
    "PipelineRun",
    "PracticeMark",
    "PracticeModel",
    "ProvidedRole",
    "Repository",
    "RepositorySettings",
    "Service",
    "ShippedChange",
    "SignIn",
    "Source",
    "SourceCommit",
    "Team",
    "Todo",
    "TrunkCommit",
    "Wave",
    "WebhookDelivery",
    "WorkflowMap",
]
