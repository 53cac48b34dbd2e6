import pytest

from tests.assessments.evidence.pods import pod
from tests.assessments.evidence.trees import outcome


@pytest.mark.parametrize("image", ["b:1.2", "example.org:5000/b:v1", f"b@sha256:{'0' * 64}"])
def test_a_version_is_met(image):
    assert outcome("k8s-image-tags", {"a.yaml": pod(image=image)}) == "met"


@pytest.mark.parametrize("image", ["b", "b:latest", "example.org:5000/b"])
def test_a_moving_tag_is_not_met(image):
    assert outcome("k8s-image-tags", {"a.yaml": pod(image=image)}) == "not met"


def test_some_is_partly():
    assert outcome("k8s-image-tags", {"a.yaml": pod(), "b.yaml": pod(name="b", image="c")}) == "partly"


def test_an_image_that_a_kustomization_names_is_left_out():
    overlay = {"kustomization.yaml": "images:\n  - name: b\n    newTag: 1.0\n"}
    assert outcome("k8s-image-tags", {"a.yaml": pod(image="b")} | overlay) == "not applicable"
    assert outcome("k8s-image-tags", {"a.yaml": pod(image="'${IMAGE}'")}) == "not applicable"


def test_images_that_skaffold_builds_and_names_do_not_count():
    files = {
        "deploy/a.yaml": pod(image="shop"),
        "skaffold.yaml": "build:\n  artifacts:\n  - image: shop\n",
    }
    assert outcome("k8s-image-tags", files) == "not applicable"
