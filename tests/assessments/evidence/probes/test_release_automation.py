import pytest

from assessments.evidence.history import DAY, History
from tests.assessments.evidence.trees import CODE, job, outcome

TAGGED = History(beginning=0, tags={"v1.0.0": 5, "v1.1.0": 9})


@pytest.mark.parametrize(
    "step",
    [
        "uses: softprops/action-gh-release@v2",
        "run: goreleaser release",
        "run: npm publish",
        "uses: docker/build-push-action@v6\n  with: {push: true}",
        "run: docker push shop",
        "run: gh release create v1",
    ],
)
def test_a_workflow_that_releases_is_met(step):
    assert outcome("release-automation", job(f"- {step}")) == "met"


def test_tags_without_one_are_not_met():
    assert outcome("release-automation", job("- run: pytest"), history=TAGGED) == "not met"


def test_nothing_released_is_not_applicable():
    assert outcome("release-automation", job("- run: npm publish --dry-run")) == "not applicable"
    assert outcome("release-automation", CODE) == "not applicable"


def test_roles_packages_and_actions_that_publish_are_met():
    assert outcome("release-automation", job("- run: ansible-galaxy role import a b")) == "met"
    assert outcome("release-automation", job("- uses: prometheus/promci/publish_release@v1")) == "met"


def test_names_of_branches_and_old_tags_are_no_releases():
    year = 365 * DAY
    history = History(beginning=0, tags={"1.5.x": 10 * year, "v1.0": year})
    assert outcome("release-automation", CODE, history=history, as_of=10 * year) == "not applicable"


def test_notes_and_registries_of_a_run_are_no_releases():
    assert outcome("release-automation", job("- uses: release-drafter/release-drafter@v6")) == "not applicable"
    assert outcome("release-automation", job("- run: docker push localhost:5000/web")) == "not applicable"


def test_images_for_tests_are_no_releases():
    step = "- uses: docker/build-push-action@v6\n  with: {push: true, file: images/test-git.Dockerfile, tags: o/a:1}"
    assert outcome("release-automation", job(step)) == "not applicable"
