"""Has a migration run before it is merged?"""

import re

from assessments.evidence.databases import migrations
from assessments.evidence.dependencies import depends_on
from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_applicable,
    not_met,
    partly,
    unknown,
)
from assessments.evidence.pipelines import calls, ran, unseen, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="migrations-checked",
    title="The pipeline runs the migrations",
    family="database",
    capabilities=("database-change-management", "zero-downtime-schema-change"),
    why="A migration that runs first in production is an experiment on users.",
    how="Commands of the pipeline that run or check migrations (alembic upgrade, manage.py migrate, rails "
    "db:migrate, flyway, prisma migrate, atlas, squawk and the like), or a database as a service of a job that runs "
    "tests; where migrations exist.",
    outcomes={
        Outcome.MET: "The pipeline runs or checks migrations.",
        Outcome.PARTLY: "No command for migrations was found; tests or the software itself may run them.",
        Outcome.NOT_MET: "Migrations exist, and nothing of the kind runs.",
        Outcome.UNKNOWN: "There are no workflows.",
        Outcome.NOT_APPLICABLE: "There are no migrations.",
    },
    remedy="Start an empty database in the job and run all migrations; then once more over a copy with data.",
    effort=Effort.HOURS,
    version=2,
)

_COMMANDS = re.compile(
    r"^(alembic|flyway|liquibase|goose|migrate|dbmate|atlas|squawk|sqitch|knex|diesel|sqlx|sea-orm-cli|pgroll|"
    r"bytebase|yoyo|aerich|skeema|"
    r"(rails|rake|bin/rails) \S*db:\S*(migrate|setup|prepare|create|schema)|prisma (migrate|db push)|"
    r"typeorm \S*migration|drizzle-kit|sequelize \S*db:migrate|sequelize-cli|"
    r"dotnet ef|ef database|mix ecto\.(migrate|setup|create)|manage\.py (migrate|makemigrations)|"
    r"python\S* (\S*/)?manage\.py (migrate|makemigrations)|django-admin migrate|"
    r"(php )?artisan migrate|(npm|yarn|pnpm) (run )?\S*(migrat|db:)\S*|make \S*migrat\S*|(mvn|mvnw|gradle|"
    r"gradlew) .*(flyway|liquibase)|doctrine:migrations|flask db|gh-ost|pt-online-schema-change)"
)
_DJANGO = re.compile(r"\bmanage\.py test\b|^django-admin test\b")
_DATABASES = re.compile(r"postgres|mysql|mariadb|mssql|oracle|cockroach", re.IGNORECASE)


def judge(snapshot: Snapshot) -> Finding:
    found = migrations(snapshot)
    if not found:
        return not_applicable("There are no migrations.")
    run = [each.evidence() for each in ran(snapshot) if _COMMANDS.match(each.command.spoken)] + calls(
        snapshot,
        re.compile(
            r"(ariga/atlas-action|ariga/setup-atlas|sbdchd/squawk-action|flyway/\S+|liquibase/\S+|bytebase/\S+)"
        ),
    )
    if any(kind == "Django" for kind, _, _ in found):  # its tests begin with a database made by all migrations
        by_pytest = depends_on(snapshot, re.compile("pytest-django"))
        run += [
            each.evidence()
            for each in ran(snapshot)
            if _DJANGO.search(each.command.spoken) or (by_pytest and each.command.program == "pytest")
        ]
    if run:
        return met("The pipeline runs or checks migrations.", run)
    beside = []
    for flow in workflows(snapshot):
        for job in flow.jobs:
            services = job.get("services")
            if isinstance(services, dict) and _DATABASES.search(str(dict(services))):
                beside.append(Evidence(flow.path, job.plain.at("services"), f"database of job {job.key}"))
    beside += [
        Evidence(each.path, each.line, each.name)
        for each in depends_on(
            snapshot,
            re.compile(
                r"testcontainers\S*|\S*/testcontainers-go\S*|pytest-django|pytest-postgresql|embedded-postgres|"
                r"zonky\S*|embedded-database-spring-test|\S*golang-migrate/\S+|\S*pressly/goose\S*|flyway-core|liquibase-core"
            ),
        )
    ]
    if beside:
        return partly("No command for migrations was found; tests or the software itself may run them.", beside)
    if not workflows(snapshot):
        return unknown("There is no workflow that could run migrations.")
    return unseen(snapshot) or not_met(
        "Nothing in the pipeline is known to run the migrations.",
        [Evidence(path, None, kind) for kind, path, _ in found],
    )
