"""Does the software say how it is doing?"""

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
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="telemetry",
    title="Services expose metrics or traces",
    family="monitoring",
    capabilities=("monitoring-and-observability", "reliability-engineering"),
    why="What a service does not tell must be guessed from outside, at the worst moment.",
    how="Libraries for metrics and traces among the dependencies: OpenTelemetry, clients of Prometheus, Micrometer, "
    "StatsD, agents of Datadog, New Relic, Sentry and the like; where the product is operated.",
    outcomes={
        Outcome.MET: "Such a library is used.",
        Outcome.NOT_MET: "The product is operated from here, and none is used.",
        Outcome.NOT_APPLICABLE: "Nothing here is known to be operated.",
    },
    remedy="Add the OpenTelemetry SDK of your language with its automatic instrumentation, and look at one request "
    "from end to end.",
    effort=Effort.HOURS,
    version=2,
)

_LIBRARIES = re.compile(
    r"opentelemetry\S*|@opentelemetry/\S+|go\.opentelemetry\.io/\S+|tracing-opentelemetry|prometheus[-_]client|"
    r"prom-client|prometheus|prometheus_exporter|prometheus-fastapi-instrumentator|"
    r"starlette-exporter|django-prometheus|github\.com/prometheus/client_golang|micrometer-\S+|"
    r"spring-boot-starter-actuator|metrics-exporter-prometheus|metrics|dropwizard-metrics\S*|"
    r"statsd\S*|hot-shots|dd-trace|ddtrace|datadog\S*|newrelic\S*|@newrelic/\S+|elastic-apm\S*|sentry[-_.]\S*|"
    r"@sentry/\S+|sentry|github\.com/getsentry/sentry-go|applicationinsights|"
    r"app\.metrics\S*|prometheus-net\S*|yabeda\S*|telemetry_metrics\S*|prom_ex|promphp/\S+|"
    r"github\.com/victoriametrics/metrics|aws-xray-sdk\S*|logfire|rollbar|bugsnag\S*|honeybadger\S*"
)


def judge(snapshot: Snapshot) -> Finding:
    found = [Evidence(each.path, each.line, each.name) for each in depends_on(snapshot, _LIBRARIES)]
    if found:
        return met("The software exposes metrics, traces or errors.", found)
    if not has_code(snapshot) or not operated(snapshot):
        return not_applicable("Nothing here is known to be operated.")
    return not_met("The product is operated, and no library for metrics or traces is used.", operated(snapshot)[:3])
