import pytest

from assessments.evidence.facts import Facts, Release
from tests.assessments.evidence.trees import CODE, ci, job, outcome

IMAGE = {"Dockerfile": "FROM a"}


@pytest.mark.parametrize(
    "step",
    [
        "uses: anchore/sbom-action@v0",
        "run: syft . -o spdx-json",
        "uses: docker/build-push-action@v6\n  with: {sbom: true}",
    ],
)
def test_a_list_is_met(step):
    assert outcome("sbom", job(f"- {step}") | IMAGE) == "met"


def test_a_list_beside_the_release_is_met():
    facts = Facts(releases=(Release("v1", True, ("shop.spdx.json",)),))
    assert outcome("sbom", CODE, facts=facts) == "met"


def test_a_release_without_one_is_not_met():
    assert outcome("sbom", job("- run: docker push shop/web") | IMAGE) == "not met"
    assert outcome("sbom", job("- uses: softprops/action-gh-release@v2")) == "not met"


def test_nothing_released_is_not_applicable():
    assert outcome("sbom", job("- run: pytest")) == "not applicable"


def test_a_tag_or_an_image_that_nobody_pushes_is_no_release():
    assert outcome("sbom", job("- run: docker build .") | IMAGE) == "not applicable"
    assert outcome("sbom", job("- run: git tag v1")) == "not applicable"
    assert outcome("sbom", job("- run: gh release create v1 --generate-notes")) == "not applicable"


def test_a_release_that_may_be_made_elsewhere_is_unknown():
    called = ci("on: push\njobs:\n  a: {uses: o/r/.github/workflows/docker-build.yml@v1}\n")
    assert outcome("sbom", called | IMAGE) == "unknown"
    assert outcome("sbom", job("- run: ls") | {"Jenkinsfile": "node { sh 'make' }"}) == "unknown"
