"""Can a feature be switched on apart from its deployment?"""

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
    key="feature-flags",
    title="Features are switched on apart from deployment",
    family="flow",
    capabilities=("continuous-delivery", "working-in-small-batches"),
    why="Behind a switch, unfinished work can be merged daily, and a mistake is turned off in seconds.",
    how="Clients of feature flags among the dependencies or in sources: OpenFeature, LaunchDarkly, Unleash, "
    "Flagsmith, Flipper, GrowthBook, django-waffle and the like; where the product is operated.",
    outcomes={
        Outcome.MET: "Feature flags are used.",
        Outcome.NOT_MET: "The product is operated from here, and no feature flags were found.",
        Outcome.NOT_APPLICABLE: "Nothing here is known to be operated.",
    },
    remedy="Begin with OpenFeature and a file as the provider; remove each switch when its feature stays.",
    effort=Effort.DAYS,
    version=2,
)

_LIBRARIES = re.compile(
    r"openfeature\S*|@openfeature/\S+|\S*/open-feature/\S+|launchdarkly\S*|\S*launchdarkly\S*|unleash\S*|@unleash/\S+|"
    r"\S*unleash\S*|flagsmith\S*|flipper(-\S+)?|growthbook|@growthbook/\S+|django-waffle|django-flags|flipt\S*|"
    r"configcat\S*|togglz\S*|ff4j\S*|split-?io\S*|@splitsoftware/\S+|microsoft\.featuremanagement\S*|gflag|statsig\S*|"
    r"@statsig/\S+|fun_with_flags|laravel/pennant|@vercel/flags|flags|github\.com/thomaspoignant/go-feature-flag\S*"
)


def judge(snapshot: Snapshot) -> Finding:
    found = [Evidence(each.path, each.line, each.name) for each in depends_on(snapshot, _LIBRARIES)]
    found += [Evidence(path, line, "feature flags in use") for path, line in scan(snapshot).signs["feature flags"]]
    if found:
        return met("Feature flags are used.", found)
    if not has_code(snapshot) or not operated(snapshot):
        return not_applicable("Nothing here is known to be operated.")
    return not_met("The product is operated, and no feature flags of a known kind were found.", operated(snapshot)[:3])
