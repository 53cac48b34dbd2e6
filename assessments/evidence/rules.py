"""Alert rules as code: those of Prometheus, in plain files and in objects of Kubernetes, and signs of other systems."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assessments.evidence.manifests import templates
from assessments.evidence.reading import Malformed
from assessments.evidence.reading.yamls import Map, Seq, load
from assessments.evidence.snapshot import Snapshot

#: Characters of rule files that are read in one repository.
READ_LIMIT = 4 * 1024 * 1024

_LIKE_RULES = re.compile(r"^\s*-?\s*alert\s*:\s*\S", re.MULTILINE)
_NEVER = re.compile(r"^\.github/|(^|/)crds?/|lock\.ya?ml$")
_IN_JSONNET = re.compile(r"^\s*alert:\s*['\"]([^'\"\n]{1,200})['\"]", re.MULTILINE)
_IN_TEMPLATE = re.compile(r"^\s*-\s*alert\s*:\s*(\S.*)$", re.MULTILINE)
_RULES_NAMED = re.compile(r"rule|alert", re.IGNORECASE)
_OTHERS = re.compile(
    r'"(aws_cloudwatch_metric_alarm|google_monitoring_alert_policy|azurerm_monitor_metric_alert|datadog_monitor|'
    r'newrelic_nrql_alert_condition|grafana_rule_group|pagerduty_service|opsgenie_\w+|signalfx_detector|honeycombio_trigger)"'
)


@dataclass(frozen=True)
class Alert:
    """One alert rule. annotations and labels: texts by name."""

    path: str
    line: int
    name: str
    plain: Map

    @property
    def annotations(self) -> dict[str, str]:
        return _texts(self.plain.get("annotations"))

    @property
    def labels(self) -> dict[str, str]:
        return _texts(self.plain.get("labels"))

    @property
    def expression(self) -> str:
        return str(self.plain.get("expr") or "")


def _texts(value) -> dict[str, str]:
    return {key: str(each) for key, each in value.items()} if isinstance(value, Map) else {}


def alerts(snapshot: Snapshot) -> tuple[Alert, ...]:
    """The alert rules of Prometheus that the team keeps."""
    return snapshot.once(_alerts)


def _alerts(snapshot: Snapshot) -> tuple[Alert, ...]:
    found: list[Alert] = []
    read = 0
    candidates = snapshot.active("**/*.{yaml,yml,rules}")
    for path, text in snapshot.texts(path for path in candidates if not _NEVER.search(path)):
        if not _LIKE_RULES.search(text):
            continue
        read += len(text)
        if read > READ_LIMIT:
            snapshot.refuse(path, "there are more rules than are read of one repository")
            break
        try:
            documents = load(text)
        except Malformed as error:
            if "{{" not in text:
                snapshot.refuse(path, str(error))
            continue
        for document in documents:
            found += (Alert(path, rule.at("alert"), rule["alert"], rule) for rule in alert_rules(document))
    return tuple(found)


def alert_rules(document: object) -> Iterator[Map]:
    """The rules with the name of an alert, of a rule file or of an object of Kubernetes that holds one."""
    if not isinstance(document, Map):
        return
    spec = document.get("spec")
    groups = document.get("groups") or (spec.get("groups") if isinstance(spec, Map) else None)
    for group in groups if isinstance(groups, Seq) else ():
        rules = group.get("rules") if isinstance(group, Map) else None
        for rule in rules if isinstance(rules, Seq) else ():
            if isinstance(rule, Map) and isinstance(rule.get("alert"), str):
                yield rule


def jsonnet_alerts(snapshot: Snapshot) -> tuple[tuple[str, int, str], ...]:
    """(path, line, name) of alert rules in Jsonnet, as far as names are plain; only Jsonnet knows the rest of them."""
    return snapshot.once(_jsonnet_alerts)


def _jsonnet_alerts(snapshot: Snapshot) -> tuple[tuple[str, int, str], ...]:
    return tuple(
        (path, text.count("\n", 0, made.start(1)) + 1, made[1])
        for path, text in snapshot.texts(snapshot.active("**/*.{jsonnet,libsonnet}")[:300])
        for made in _IN_JSONNET.finditer(text)
    )


def chart_alerts(snapshot: Snapshot) -> list[tuple[str, int, str]]:
    """(path, line, name) of the first alert rule in each template of a chart."""
    return [
        (path, text.count("\n", 0, made.start(1)) + 1, made[1])
        for path, text in snapshot.texts(path for path in templates(snapshot) if _RULES_NAMED.search(path))
        if "PrometheusRule" in text and (made := _IN_TEMPLATE.search(text))
    ]


def rule_tests(snapshot: Snapshot) -> tuple[str, ...]:
    """Files of tests of rules, as promtool runs them."""
    return snapshot.once(_rule_tests)


def _rule_tests(snapshot: Snapshot) -> tuple[str, ...]:
    return tuple(
        path
        for path, text in snapshot.texts(snapshot.find("**/*test*.{yml,yaml}", "**/*test*/**/*.{yml,yaml}"))
        if re.search(r"^rule_files:", text, re.MULTILINE) and re.search(r"^tests:", text, re.MULTILINE)
    )


def other_alerts(snapshot: Snapshot) -> list[tuple[str, int, str]]:
    """(path, line, kind) of alerts in Terraform and in the files of Grafana and others."""
    found = []
    for path, text in snapshot.texts(snapshot.active("**/*.tf")):
        if made := _OTHERS.search(text):
            found.append((path, text.count("\n", 0, made.start()) + 1, made[1]))
    for path in snapshot.active("**/{alerting,alerts,alert-rules,alertrules}/**/*.{yml,yaml,json}")[:50]:
        text = next((text for _, text in snapshot.texts([path])), "")
        if re.search(r"\bapiVersion: 1\b", text) and "rules:" in text and "condition:" in text:
            found.append((path, 1, "alert rules of Grafana"))
    return found


def monitoring(snapshot: Snapshot) -> list[tuple[str, str]]:
    """(path, what) of settings of monitoring systems that the team keeps."""
    globs = {
        "settings of Prometheus": ("**/prometheus.{yml,yaml}",),
        "settings of Alertmanager": ("**/alertmanager.{yml,yaml}",),
        "sources of Grafana": ("**/provisioning/datasources/*.{yml,yaml}",),
    }
    return [(path, what) for what, patterns in globs.items() for path in snapshot.active(*patterns)]


def dashboards(snapshot: Snapshot) -> list[str]:
    """Dashboards of Grafana in JSON."""
    found = []
    for path, text in snapshot.texts(
        snapshot.active("**/*dashboard*.json", "**/*dashboard*/**/*.json", "**/grafana/**/*.json")[:200]
    ):
        if '"panels"' in text and ('"schemaVersion"' in text or '"templating"' in text or '"gridPos"' in text):
            found.append(path)
    return found
