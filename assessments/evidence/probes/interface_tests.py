"""Does a change of an interface break its users unnoticed?"""

import re

from assessments.evidence.dependencies import depends_on
from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_applicable,
    partly,
)
from assessments.evidence.pipelines import calls, ran
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="interface-tests",
    title="Interfaces are described and checked",
    family="tests",
    capabilities=("loosely-coupled-teams",),
    why="Teams can deploy alone when a machine tells them before that a change would break another.",
    how="OpenAPI, AsyncAPI, GraphQL or protobuf descriptions in the repository; and a check of them: Pact, "
    "Schemathesis, Dredd, buf breaking, oasdiff, GraphQL inspector, Spectral and the like.",
    outcomes={
        Outcome.MET: "Interfaces are described and checked.",
        Outcome.PARTLY: "They are described, and no check is known to run.",
        Outcome.NOT_APPLICABLE: "No description of an interface was found.",
    },
    remedy="Run `buf breaking` or `oasdiff breaking` against the main branch on pull requests, or contract tests "
    "with Pact.",
    effort=Effort.DAYS,
    version=2,
)

_LIBRARIES = re.compile(
    r"pact\S*|@pact-foundation/\S+|\S*/pact-go\S*|schemathesis|dredd|spring-cloud-(starter-)?contract\S*|"
    r"@stoplight/(prism|spectral)\S*|openapi-core|openapi-spec-validator|committee(-rails)?|jest-openapi|"
    r"chai-openapi-response-validator|express-openapi-validator|karate\S*|portman|swagger-request-validator\S*|"
    r"rswag\S*|tavern|@graphql-inspector/\S+|openapi-diff\S*"
)
_COMMANDS = re.compile(
    r"^(buf (\S+ )*(breaking|lint)|oasdiff|openapi-diff|schemathesis|st run|dredd|pact-broker|spectral|redocly|vacuum|"
    r"optic|graphql-inspector|prism|rover (sub)?graph check|protolock|tufin/oasdiff|asyncapi (validate|diff)|"
    r"graphql-schema-linter|openapi-generator-cli validate)"
)
_ACTIONS = re.compile(
    r"^(bufbuild/\S+|oasdiff/\S+|tufin/oasdiff-action|stoplightio/spectral-action|kamilkisiela/graphql-inspector|"
    r"the-guild-org/graphql-inspector|schemathesis/action|readmeio/rdme|delimit-ai/\S+|pb33f/\S+|pactflow/\S+)"
)


def judge(snapshot: Snapshot) -> Finding:
    described = _described(snapshot)
    checks = [Evidence(each.path, each.line, each.name) for each in depends_on(snapshot, _LIBRARIES)]
    checks += [each.evidence() for each in ran(snapshot) if _COMMANDS.match(each.command.spoken)] + calls(
        snapshot, _ACTIONS
    )
    if checks:
        return met("Interfaces are checked against their description.", checks + described[:3])
    if described:
        return partly("Interfaces are described, and no check of them is known to run.", described)
    return not_applicable("No description of an interface was found.")


def _described(snapshot: Snapshot) -> list[Evidence]:
    found = [Evidence(path, None, "protobuf") for path in snapshot.active("**/*.proto")[:3]]
    found += [
        Evidence(path, None, "GraphQL schema")
        for path in snapshot.active("**/schema.{graphql,graphqls,gql}", "**/*.graphqls")[:3]
    ]
    for path, text in snapshot.texts(snapshot.active("**/*{openapi,swagger,asyncapi}*.{yml,yaml,json}")[:20]):
        if said := re.search(r"[\"']?(openapi|swagger|asyncapi)[\"']?\s*:\s*[\"']?[123]\.", text[:5000]):
            found.append(Evidence(path, text.count("\n", 0, said.start()) + 1, said[1]))
    return found
