from tests.assessments.evidence.trees import CODE, job, lines, outcome, probe

SHA = "de0fac2e4500dabe0009e67214ff5f5447ce83dd"


def test_shas_digests_and_local_actions_are_met():
    steps = f"""
    - uses: actions/checkout@{SHA} # v6
    - uses: ./.github/actions/setup
    - uses: docker://alpine@sha256:{"0" * 64}
    """
    assert outcome("ci-pinned-actions", job(steps)) == "met"


def test_some_is_partly_and_names_the_others():
    finding = probe("ci-pinned-actions", job(f"- uses: actions/checkout@{SHA}\n- uses: o/r@v1"))
    assert (str(finding.outcome), lines(finding), finding.evidence[0].what) == ("partly", [7], "o/r@v1")
    assert outcome("ci-pinned-actions", job("- uses: actions/checkout@v4")) == "partly"


def test_tags_and_branches_are_not_met():
    assert outcome("ci-pinned-actions", job("- uses: actions/checkout@v4\n- uses: o/r@main")) == "not met"
    assert outcome("ci-pinned-actions", job("- uses: docker://alpine:3")) == "not met"


def test_actions_of_the_repository_are_looked_into():
    inside = {".github/actions/a/action.yml": "runs:\n  using: composite\n  steps:\n    - uses: o/r@v1\n"}
    assert outcome("ci-pinned-actions", {**job("- uses: ./.github/actions/a"), **inside}) == "not met"


def test_nothing_called_is_not_applicable():
    assert outcome("ci-pinned-actions", job("- run: make")) == "not applicable"
    assert outcome("ci-pinned-actions", CODE) == "not applicable"
