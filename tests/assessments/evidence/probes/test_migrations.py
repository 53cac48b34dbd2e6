import pytest

from tests.assessments.evidence.trees import CODE, outcome

DATABASE = {"requirements.txt": "psycopg==3\n"}


@pytest.mark.parametrize(
    "path",
    [
        "src/main/resources/db/migration/V1__begin.sql",
        "alembic/versions/0001_begin.py",
        "shop/migrations/0001_initial.py",
        "db/migrate/20260101000000_begin.rb",
        "prisma/migrations/1_begin/migration.sql",
        "migrations/000001_begin.up.sql",
    ],
)
def test_migrations_are_met(path):
    assert outcome("migrations", CODE | {path: ""}) == "met"


def test_a_database_without_them_is_not_met():
    assert outcome("migrations", CODE | DATABASE) == "not met"
    assert outcome("migrations", CODE | DATABASE | {"tests/migrations/0001_initial.py": ""}) == "not met"


def test_no_database_is_not_applicable():
    assert outcome("migrations", CODE) == "not applicable"
