import pytest

from tests.assessments.evidence.trees import lines, outcome, probe

GOOD = "FROM node:22\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\n"
BAD = "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\n"


def test_the_manifest_first_is_met():
    assert outcome("docker-layer-order", {"Dockerfile": GOOD}) == "met"
    assert (
        outcome("docker-layer-order", {"Dockerfile": BAD.replace("RUN", "RUN --mount=type=cache,target=/root/.npm")})
        == "met"
    )


def test_all_sources_first_is_not_met():
    finding = probe("docker-layer-order", {"Dockerfile": BAD})
    assert (str(finding.outcome), lines(finding)) == ("not met", [3])
    assert (
        outcome("docker-layer-order", {"Dockerfile": 'FROM a\nCOPY [".", "/x"]\nRUN pip install -r r.txt\n'})
        == "not met"
    )


def test_some_is_partly():
    assert outcome("docker-layer-order", {"a/Dockerfile": GOOD, "b/Dockerfile": BAD}) == "partly"


@pytest.mark.parametrize("text", ["FROM a\nCOPY . .\nRUN pip install .\n", "FROM a\nCOPY --from=b . .\n", "FROM a\n"])
def test_nothing_installed_from_a_manifest_is_not_applicable(text):
    assert outcome("docker-layer-order", {"Dockerfile": text}) == "not applicable"
