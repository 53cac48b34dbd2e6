"""Where do tests get their data from?"""

import re

from assessments.evidence.databases import uses_database
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
    unknown,
)
from assessments.evidence.pipelines import on_changes
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="test-data",
    title="Tests make the data they need",
    family="tests",
    capabilities=("test-data-management",),
    why="Tests that share a database fail together and for each other's reasons.",
    how="Libraries that make test data or start a database for a test among the dependencies (factories, Faker, "
    "Testcontainers, Hypothesis and other generators, WireMock), a store of data among the services "
    "of a workflow's job, or a folder of fixtures beside the tests.",
    outcomes={
        Outcome.MET: "Tests make or bring their data.",
        Outcome.NOT_MET: "Tests speak of a database, and none of these was found.",
        Outcome.UNKNOWN: "A database is used, and nothing says whether tests need it.",
        Outcome.NOT_APPLICABLE: "There are no tests, or none of these was found and no database is used.",
    },
    remedy="Start the database for the test (Testcontainers, a service of the job) and make rows with a factory, in "
    "the test that needs them.",
    effort=Effort.DAYS,
    version=2,
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
#: Services that hold data, and paths that belong to tests.
_STORES = re.compile(
    r"postgres|mysql|mariadb|mongo|redis|mssql|oracle|cockroach|elastic|opensearch|kafka|rabbit|minio|localstack|"
    r"cassandra|valkey|memcached|dynamodb",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"(^|/)(tests?|specs?|__tests?__|e2e|testdata|factories|test[-_]data|fixtures|__fixtures__)/|conftest"
)
_ASKS = re.compile(
    r"(postgres(ql)?|mysql|mariadb)(\+\w+)?://|DATABASE_URL|create_engine\(|psycopg2?\.connect\(|sql\.Open\(|"
    r"DriverManager|createPool\(|new Pool\("
)


def judge(snapshot: Snapshot) -> Finding:
    tests = sources(snapshot).tests
    if not tests:
        return not_applicable("There are no tests.")
    uses = uses_database(snapshot)
    found = [
        Evidence(each.path, each.line, each.name)
        for each in depends_on(snapshot, _LIBRARIES)
        if any(path.startswith(each.path.rpartition("/")[0]) for path in tests)
    ]
    for flow in on_changes(snapshot):
        for job in flow.jobs:
            services = job.get("services")
            if services and _STORES.search(str(services)):
                found.append(Evidence(flow.path, job.plain.at("services"), f"services of job {job.key}"))
    held = "**/{fixtures,testdata,test-data,test_data,__fixtures__,factories,seeds}/**"
    beside = [path for path in snapshot.find(held, "**/conftest.py") if _BESIDE.search(path)]
    beside.sort(key=lambda path: path.startswith(("examples/", "samples/", "docs/")))
    found += [Evidence(path, None, "data of tests") for path in beside[:3]]
    if found:
        return met("Tests make or bring their data.", found)
    asking = [
        Evidence(path, text.count("\n", 0, said.start()) + 1, said[0])
        for path, text in snapshot.texts(tests[:300] if uses else ())
        if (said := _ASKS.search(text))
    ]
    if uses and not asking:
        return unknown(
            "A database is used; nothing says whether tests need it, or where their data come from.", uses[:3]
        )
    if not asking:
        return not_applicable("The tests need no database; nothing says that they need data from elsewhere.")
    return not_met("Tests speak of a database, and nothing shows where they get their data from.", asking[:3])
