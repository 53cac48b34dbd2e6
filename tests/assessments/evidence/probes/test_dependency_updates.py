from tests.assessments.evidence.trees import CODE, outcome, probe

NPM = {"package.json": "{}", "Dockerfile": "FROM a"}
BOT = "version: 2\nupdates:\n  - package-ecosystem: npm\n"


def test_renovate_or_all_ecosystems_are_met():
    assert outcome("dependency-updates", NPM | {"renovate.json": "{}"}) == "met"
    assert (
        outcome("dependency-updates", NPM | {".github/dependabot.yml": BOT + "  - package-ecosystem: docker\n"})
        == "met"
    )


def test_some_ecosystems_are_partly():
    finding = probe("dependency-updates", NPM | {".github/dependabot.yml": BOT})
    assert finding.because == "Dependabot proposes updates, but not for Docker."


def test_none_is_not_met():
    assert outcome("dependency-updates", NPM) == "not met"
    assert outcome("dependency-updates", NPM | {".github/dependabot.yml": "updates: []"}) == "not met"


def test_no_dependencies_are_not_applicable():
    assert outcome("dependency-updates", CODE) == "not applicable"


def test_updatecli_is_met():
    assert outcome("dependency-updates", {"Dockerfile": "FROM a", "updatecli/updatecli.d/a.yaml": "name: a"}) == "met"
