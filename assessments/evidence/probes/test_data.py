"""Where do tests get their data from?"""

import re

from assessments.evidence.dependencies import depends_on
from assessments.evidence.files import sources
from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_applicable,
    not_met,
)
from assessments.evidence.pipelines import workflows
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="test-data",
    title="Tests make the data they need",
    family="tests",
    capabilities=("test-data-management",),
    why="Tests that share a database fail together and for each other's reasons.",
    how="Libraries that make test data or start a database for a test among the dependencies (factories, Faker, "
    "Testcontainers, Hypothesis and other generators, WireMock), services of a workflow's job, or a folder of "
    "fixtures beside the tests.",
    outcomes={
        Outcome.MET: "Tests make or bring their data.",
        Outcome.NOT_MET: "Tests exist, and none of these was found.",
        Outcome.NOT_APPLICABLE: "There are no tests.",
    },
    remedy="Start the database for the test (Testcontainers, a service of the job) and make rows with a factory, in "
    "the test that needs them.",
    effort=Effort.DAYS,
)

_LIBRARIES = re.compile(
    r"testcontainers\S*|\S*/testcontainers-go\S*|factory[-_]?boy|factory_bot(_rails)?|faker|@faker-js/faker|fishery|"
    r"hypothesis|polyfactory|model[-_]bakery|mixer|"
    r"fast-check|jqwik|junit-quickcheck|quickcheck|proptest|fixturify|easy-random-core|instancio-\S+|datafaker|"
    r"autofixture|bogus|wiremock\S*|responses|vcrpy|vcr|webmock|"
    r"nock|msw|respx|pytest-httpx|pytest-postgresql|pytest-docker|moto|localstack\S*|dbunit|database_cleaner\S*|"
    r"mongodb-memory-server|embedded-postgres|"
    r"\S*/(dockertest|go-sqlmock|gofakeit|rapid|goldie|go-vcr|embedded-postgres|miniredis)(/v\d+)?|fakeredis|"
    r"freezegun|time-machine|insta|mockito|rstest|ex_machina|stream_data|"
    r"pytest-factoryboy|pytest-recording|schemathesis|scalacheck\S*"
)


def judge(snapshot: Snapshot) -> Finding:
    tests = sources(snapshot).tests
    if not tests:
        return not_applicable("There are no tests.")
    found = [Evidence(each.path, each.line, each.name) for each in depends_on(snapshot, _LIBRARIES)]
    for flow in workflows(snapshot):
        for job in flow.jobs:
            if job.get("services"):
                found.append(Evidence(flow.path, job.plain.at("services"), f"services of job {job.key}"))
    for path in snapshot.find("**/{fixtures,testdata,test-data,test_data,__fixtures__,factories}/**", "**/conftest.py")[
        :3
    ]:
        found.append(Evidence(path, None, "data of tests"))
    if found:
        return met("Tests make or bring their data.", found)
    return not_met("Nothing shows where tests get their data from.", [Evidence(tests[0], None, "test")])
