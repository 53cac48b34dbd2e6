"""Can a machine read the log?"""

import re

from assessments.evidence.dependencies import depends_on
from assessments.evidence.files import has_code
from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_applicable,
    not_met,
)
from assessments.evidence.operating import operated
from assessments.evidence.probe import Probe
from assessments.evidence.scanning import scan
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="structured-logging",
    title="Logs are structured",
    family="monitoring",
    capabilities=("monitoring-and-observability",),
    why="A log of sentences is read; a log of fields is asked.",
    how="Libraries for structured logs among the dependencies (structlog, zap, zerolog, pino, winston, Serilog, "
    "logstash encoders, tracing and the like) or their use in sources (log/slog, JSON formatters); where the "
    "product is operated.",
    outcomes={
        Outcome.MET: "Structured logging is used.",
        Outcome.NOT_MET: "The product is operated from here, and no structured logging was found.",
        Outcome.NOT_APPLICABLE: "Nothing here is known to be operated.",
    },
    remedy="Use the structured logger of your language, with a field for the request, and write JSON in production.",
    effort=Effort.HOURS,
    version=2,
)

_LIBRARIES = re.compile(
    r"structlog|python-json-logger|loguru|go\.uber\.org/zap|github\.com/(rs/zerolog|sirupsen/logrus|uber-go/zap|"
    r"go-kit/log|charmbracelet/log)|pino|pino-\S+|winston|bunyan|log4js|"
    r"serilog\S*|nlog\S*|logstash-logback-encoder|logback-contrib\S*|log4j-layout-template-json|tracing-subscriber|"
    r"slog|semantic_logger|rails_semantic_logger|lograge|ougai|monolog/monolog|"
    r"logger_json|logger_backends|ecs-logging\S*|logback-ecs-encoder|aws-lambda-powertools|"
    r"@aws-lambda-powertools/logger|nestjs-pino|@logtape/\S+|eliot|asgi-correlation-id|django-structlog"
)


def judge(snapshot: Snapshot) -> Finding:
    found = [Evidence(each.path, each.line, each.name) for each in depends_on(snapshot, _LIBRARIES)]
    found += [
        Evidence(path, line, "structured logging in use") for path, line in scan(snapshot).signs["structured logging"]
    ]
    if found:
        return met("Structured logging is used.", found)
    if not has_code(snapshot) or not operated(snapshot):
        return not_applicable("Nothing here is known to be operated.")
    return not_met("The product is operated, and no structured logging was found.", operated(snapshot)[:3])
