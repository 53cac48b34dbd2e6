import pytest

from tests.assessments.evidence.trees import CODE, ci, job, outcome

SQL = {"migrations/0001_begin.up.sql": "", "migrations/0001_begin.down.sql": ""}


@pytest.mark.parametrize(
    "command", ["alembic upgrade head", "python manage.py migrate", "bin/rails db:migrate", "npx prisma migrate deploy"]
)
def test_a_run_in_the_pipeline_is_met(command):
    assert outcome("migrations-checked", job(f"- run: {command}") | SQL) == "met"


def test_tests_beside_a_database_are_partly():
    flow = ci("on: push\njobs:\n  a:\n    services: {db: {image: 'postgres:17'}}\n    steps: [{run: pytest}]\n")
    assert outcome("migrations-checked", flow | SQL) == "partly"


def test_none_is_not_met():
    assert outcome("migrations-checked", job("- run: pytest") | SQL) == "not met"


def test_no_workflow_is_unknown_and_no_migrations_not_applicable():
    assert outcome("migrations-checked", CODE | SQL) == "unknown"
    assert outcome("migrations-checked", job("- run: pytest")) == "not applicable"


def test_software_that_migrates_by_itself_is_partly():
    files = {"migrations/0001_a.up.sql": "", "go.mod": "require github.com/golang-migrate/migrate/v4 v4.0.0\n"}
    assert outcome("migrations-checked", job("- run: ls") | files) == "partly"


def test_the_tests_of_django_run_all_migrations():
    files = {"shop/migrations/0001_initial.py": ""}
    assert outcome("migrations-checked", job("- run: python manage.py test") | files) == "met"


def test_pytest_runs_the_migrations_of_django_too():
    files = {"shop/migrations/0001_initial.py": "", "requirements.txt": "pytest-django==4\n"}
    assert outcome("migrations-checked", job("- run: pytest -n auto") | files) == "met"
    assert outcome("migrations-checked", job("- run: ls") | files) == "partly"
