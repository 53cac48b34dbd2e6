"""Are changes of the database files with an order?"""

from assessments.evidence.databases import migrations, uses_database
from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_applicable,
    not_met,
)
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="migrations",
    title="Changes of the database are migrations",
    family="database",
    capabilities=("database-change-management", "version-control"),
    why="A change that someone types into production is missing everywhere else.",
    how="Folders of migrations of Flyway, Liquibase, Alembic, Django, Rails, Prisma, Knex, TypeORM, Drizzle, "
    "golang-migrate, goose, Atlas, EF Core, Laravel, Ecto, Diesel, sqlx and the like; where a library for a "
    "relational database is among the dependencies.",
    outcomes={
        Outcome.MET: "Migrations are in the repository.",
        Outcome.NOT_MET: "A relational database is used, and no migrations were found.",
        Outcome.NOT_APPLICABLE: "No relational database is known to be used.",
    },
    remedy="Take the migration tool of your framework, begin with the present schema as the first migration, and "
    "change nothing by hand any more.",
    effort=Effort.DAYS,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    found = migrations(snapshot)
    if found:
        count = sum(number for _, _, number in found)
        return met(
            f"{count} migrations are in the repository.", [Evidence(path, None, kind) for kind, path, _ in found]
        )
    used = uses_database(snapshot)
    if used:
        return not_met("A relational database is used, and no migrations were found.", used[:3])
    return not_applicable("No relational database is known to be used.")
