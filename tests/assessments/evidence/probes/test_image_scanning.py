import pytest

from tests.assessments.evidence.trees import CODE, job, outcome

IMAGE = {"Dockerfile": "FROM a"}


@pytest.mark.parametrize(
    "step", ["run: trivy image shop", "uses: aquasecurity/trivy-action@v0\n  with: {image-ref: shop}"]
)
def test_a_scan_is_met(step):
    assert outcome("image-scanning", job(f"- {step}") | IMAGE) == "met"


def test_none_or_one_of_files_is_not_met():
    assert outcome("image-scanning", job("- run: docker build .") | IMAGE) == "not met"
    files = job("- uses: aquasecurity/trivy-action@v0\n  with: {scan-type: fs}") | IMAGE
    assert outcome("image-scanning", files) == "not met"


def test_no_image_is_not_applicable():
    assert outcome("image-scanning", CODE) == "not applicable"
