from tests.assessments.evidence.trees import CODE, ci, job, outcome

MATRIX = "on: push\njobs:\n  a:\n    strategy: {matrix: {version: %s}}\n    steps: [{run: pytest}]\n"
PYTHON = "Programming Language :: Python ::"
PROMISE = {"pyproject.toml": f'classifiers = ["{PYTHON} 3.11", "{PYTHON} 3.12"]'}


def test_a_matrix_is_met():
    assert outcome("ci-matrix", ci(MATRIX % "[1, 2]")) == "met"
    assert outcome("ci-matrix", ci(MATRIX % "'${{ fromJson(x) }}'")) == "met"


def test_a_promise_without_a_matrix_is_not_met():
    assert outcome("ci-matrix", job("- run: pytest") | PROMISE) == "not met"
    assert outcome("ci-matrix", ci(MATRIX % "[1]") | PROMISE) == "not met"


def test_one_version_is_not_applicable():
    assert outcome("ci-matrix", job("- run: pytest")) == "not applicable"
    assert outcome("ci-matrix", CODE) == "not applicable"


def test_parts_of_one_run_are_no_versions():
    flow = """
    on: push
    jobs:
      a:
        strategy: {matrix: {shardIndex: [1, 2, 3], shardTotal: [3]}}
        steps: [{run: pytest}]
    """
    assert outcome("ci-matrix", ci(flow)) == "not applicable"


def test_a_matrix_of_tasks_is_none_of_versions():
    flow = """
    on: push
    jobs:
      a:
        strategy: {matrix: {include: [{name: Lint, run: make lint}, {name: Test, run: make test}]}}
        steps: [{run: "${{ matrix.run }}"}]
    """
    assert outcome("ci-matrix", ci(flow)) == "not applicable"
