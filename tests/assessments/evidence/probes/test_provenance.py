import pytest

from tests.assessments.evidence.trees import ci, job, outcome

IMAGE = {"Dockerfile": "FROM a"}


@pytest.mark.parametrize(
    "step",
    [
        "uses: actions/attest-build-provenance@v2",
        "run: cosign sign --yes x",
        "uses: pypa/gh-action-pypi-publish@release/v1",
    ],
)
def test_a_signed_build_is_met(step):
    assert outcome("provenance", job(f"- {step}") | IMAGE) == "met"


def test_a_release_without_it_is_not_met():
    assert outcome("provenance", job("- run: docker push shop/web") | IMAGE) == "not met"
    assert outcome("provenance", job("- run: npm publish")) == "not met"


def test_nothing_released_is_not_applicable():
    assert outcome("provenance", job("- run: pytest")) == "not applicable"


def test_a_tag_or_an_image_that_nobody_pushes_is_no_release():
    assert outcome("provenance", job("- run: docker build .") | IMAGE) == "not applicable"
    assert outcome("provenance", job("- run: git tag v1")) == "not applicable"
    assert outcome("provenance", job("- run: gh release create v1 --generate-notes")) == "not applicable"


def test_a_release_that_may_be_made_elsewhere_is_unknown():
    called = ci("on: push\njobs:\n  a: {uses: o/r/.github/workflows/docker-build.yml@v1}\n")
    assert outcome("provenance", called | IMAGE) == "unknown"
    assert outcome("provenance", job("- run: ls") | {"Jenkinsfile": "node { sh 'make' }"}) == "unknown"


def test_signed_charts_are_met_and_imported_keys_alone_are_not():
    releaser = "- uses: helm/chart-releaser-action@v1"
    assert outcome("provenance", job(f"{releaser}\n  env: {{CR_KEY: a}}")) == "met"
    assert outcome("provenance", job(f"- run: gpg --batch --import key\n{releaser}")) == "not met"


def test_images_carry_a_provenance_unless_told_otherwise():
    push = "- uses: docker/build-push-action@v6\n  with: {push: true}"
    assert outcome("provenance", job(push)) == "met"
    assert outcome("provenance", job(push.replace("true", "true, provenance: false"))) == "not met"
    assert outcome("provenance", job(push.replace("@v6", "@v3"))) == "not met"
    assert outcome("provenance", job(push.replace("true", "true, tags: shop:test"))) == "not applicable"
