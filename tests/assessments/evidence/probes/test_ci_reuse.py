from tests.assessments.evidence.trees import CODE, ci, job, outcome, probe

FOUR = "[{run: a}, {run: b}, {run: c}, {run: d}, {run: %s}]"


def jobs(*last: str, more: str = "") -> dict[str, str]:
    return ci(
        "on: push\njobs:\n" + "".join(f"  j{n}:\n    steps: {FOUR % each}\n" for n, each in enumerate(last)) + more
    )


def test_copies_are_not_met():
    finding = probe("ci-reuse", jobs("x", "y", "z"))
    assert (str(finding.outcome), finding.total) == ("not met", 3)


def test_copies_beside_shared_steps_are_partly():
    assert outcome("ci-reuse", jobs("x", "y", "z", more="  r: {uses: o/r/.github/workflows/x.yml@v1}\n")) == "partly"


def test_shared_or_different_steps_are_met():
    shared = {".github/actions/a/action.yml": "runs: {using: composite, steps: []}"}
    assert outcome("ci-reuse", job("- uses: ./.github/actions/a") | shared) == "met"
    different = "on: push\njobs:\n" + "".join(
        f"  j{n}:\n    steps: {FOUR.replace('run: b', f'run: b{n}') % 'x'}\n" for n in range(3)
    )
    assert outcome("ci-reuse", ci(different)) == "met"


def test_few_jobs_are_not_applicable():
    assert outcome("ci-reuse", jobs("x", "y")) == "not applicable"
    assert outcome("ci-reuse", CODE) == "not applicable"
