"""Settings as people read them."""

from assessments.delivery.production import LABELS, NAMED
from assessments.delivery.settings import ProductionRule, Settings
from pages.ui.text import count

#: What it means to count these, in one line.
MEANING = {
    "github_deployment": "What GitHub recorded as a deployment reached users when it succeeded.",
    "release": "A release brings users everything merged before it.",
    "tag": "A tag is a release: it brings users everything merged before it.",
    "workflow": "Each successful run of this workflow brings users what was merged before it.",
    "import": "Each row that was imported is a deployment; its commit says what it brought.",
    "webhook": "Each deployment that the pipeline reported; its commit says what it brought.",
    "merge": "Each change reaches users as soon as it is merged; there is no wait for a release.",
}


def rule(rule: ProductionRule) -> str:
    """'tags that match v*, except *-rc*', 'merges to trunk', 'imported deployments into prod*, live'."""
    label = LABELS[rule.kind]
    if rule.kind == "merge":
        return label
    if rule.kind in NAMED:
        which = "" if rule.include.strip() in ("", "*") else f" that match {rule.include}"
        return label + which + (f", except {rule.exclude}" if rule.exclude.strip() else "")
    return label + (f" into {rule.environment}" if rule.environment.strip() not in ("", "*") else "")


def settings(settings: Settings) -> str:
    """The rule, and the paths where the service is only a part of its repository."""
    words = rule(settings.rule)
    if settings.path_globs:
        shown = ", ".join(settings.path_globs[:3])
        more = len(settings.path_globs) - 3
        words += f"; paths {shown}" + (f" and {count(more, 'more', 'more')}" if more > 0 else "")
    return words


def sentence(words: str) -> str:
    """With a capital in front."""
    return words[:1].upper() + words[1:]
