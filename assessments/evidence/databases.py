"""Relational databases: whether the product uses one, and its migrations."""

import re

from assessments.evidence.dependencies import depends_on
from assessments.evidence.finding import Evidence
from assessments.evidence.snapshot import Snapshot, sample

_CLIENTS = re.compile(
    r"psycopg\S*|asyncpg|mysqlclient|pymysql|mysql-connector\S*|aiomysql|pyodbc|cx_oracle|oracledb|pg|postgres|"
    r"mysql2?|mssql|tedious|knex|typeorm|sequelize|"
    r"@prisma/client|drizzle-orm|github\.com/(lib/pq|go-sql-driver/mysql|jackc/pgx\S*)|gorm\.io/driver/(postgres|"
    r"mysql|sqlserver)|postgresql|mysql-connector-java|"
    r"mysql-connector-j|mssql-jdbc|ojdbc\d*|mariadb-java-client|npgsql\S*|pomelo\.entityframeworkcore\.mysql|"
    r"microsoft\.entityframeworkcore\.sqlserver|"
    r"postgrex|myxql|tokio-postgres|diesel|sqlx|doctrine/orm|activerecord|mariadb"
)

#: Kind -> name of one migration.
_KINDS = {
    "Flyway": r"(^|/)[VRU][0-9][0-9_.]*__[^/]+\.(sql|java|kt)$",
    "Liquibase": r"(^|/)[^/]*(changelog|changeset)[^/]*\.(xml|ya?ml|sql|json)$",
    "Alembic": r"(^|/)versions/[^/]+\.py$",
    "Django": r"(^|/)migrations/[0-9]{4}_[^/]+\.py$",
    "Rails": r"(^|/)db/\w*migrate/[0-9]{8,}_[^/]+\.rb$",
    "Prisma": r"(^|/)migrations/[^/]+/migration\.sql$",
    "SQL": r"(^|/)(migrations?|migrate|schema)/(.+/)?[0-9][^/]*\.sql$",
    "JavaScript": r"(^|/)migrations?/[0-9][^/]*\.(js|ts|mjs|cjs)$",
    "Diesel": r"(^|/)migrations/[^/]+/up\.sql$",
    "EF Core": r"(^|/)Migrations/[0-9]{8,}_[^/]+\.cs$",
    "Laravel": r"(^|/)database/migrations/[^/]+\.php$",
    "Ecto": r"(^|/)migrations/[0-9]{8,}_[^/]+\.exs$",
}
_COMPILED = {kind: re.compile(pattern) for kind, pattern in _KINDS.items()}


def migrations(snapshot: Snapshot) -> list[tuple[str, str, int]]:
    """(kind, first path, number) of migrations that the team keeps; each file counts once."""
    return snapshot.once(_migrations)


def _migrations(snapshot: Snapshot) -> list[tuple[str, str, int]]:
    found: dict[str, list[str]] = {}
    for path in snapshot.own:
        if sample(path) or (
            "igrat" not in path
            and "versions/" not in path
            and "__" not in path
            and "changelog" not in path.lower()
            and "schema/" not in path
        ):
            continue
        kind = next((kind for kind, pattern in _COMPILED.items() if pattern.search(path)), None)
        if kind:
            found.setdefault(kind, []).append(path)
    if "Alembic" in found and not snapshot.find("**/alembic.ini", "**/alembic/env.py", "**/migrations/env.py"):
        env = [path for path in found["Alembic"] if "alembic" in path.lower()]
        found["Alembic"] = env
    if "Liquibase" in found and not any(_is_liquibase(snapshot, path) for path in found["Liquibase"][:20]):
        del found["Liquibase"]
    return [(kind, paths[0], len(paths)) for kind, paths in found.items() if paths]


def _is_liquibase(snapshot: Snapshot, path: str) -> bool:
    return any("databaseChangeLog" in text or "liquibase formatted" in text for _, text in snapshot.texts([path]))


def uses_database(snapshot: Snapshot) -> list[Evidence]:
    """Clients of relational databases among the dependencies."""
    return [Evidence(each.path, each.line, each.name) for each in depends_on(snapshot, _CLIENTS)]
