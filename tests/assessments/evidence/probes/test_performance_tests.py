import pytest

from tests.assessments.evidence.trees import CODE, job, outcome


@pytest.mark.parametrize("step", ["run: k6 run load.js", "run: cargo bench", "uses: codspeedhq/action@v3"])
def test_a_run_in_the_pipeline_is_met(step):
    assert outcome("performance-tests", job(f"- {step}")) == "met"


@pytest.mark.parametrize(
    "files",
    [
        {"locustfile.py": ""},
        {"requirements-dev.txt": "pytest-benchmark\n"},
        {"a_test.go": "func BenchmarkA(b *testing.B) {}\n"},
    ],
)
def test_tests_that_nothing_runs_are_partly(files):
    assert outcome("performance-tests", CODE | files) == "partly"


def test_none_is_not_applicable():
    assert outcome("performance-tests", CODE) == "not applicable"


def test_projects_of_tests_of_speed_are_partly():
    assert outcome("performance-tests", {"test/Shop.PerformanceTests/A.cs": ""}) == "partly"
    assert outcome("performance-tests", {"benchmarks/run.js": ""}) == "partly"
