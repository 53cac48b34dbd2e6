from tests.assessments.evidence.trees import CODE, job, outcome


def test_an_upload_is_met():
    assert outcome("ci-artifacts", job("- run: pytest\n- uses: actions/upload-artifact@v4")) == "met"
    assert outcome("ci-artifacts", job("- uses: docker/build-push-action@v6\n  with: {push: true}")) == "met"


def test_tests_without_a_report_are_not_met():
    assert outcome("ci-artifacts", job("- run: pytest")) == "not met"
    assert outcome("ci-artifacts", job("- run: make\n- uses: docker/build-push-action@v6")) == "not met"


def test_nothing_made_is_not_applicable():
    assert outcome("ci-artifacts", job("- uses: actions/labeler@v5")) == "not applicable"
    assert outcome("ci-artifacts", CODE) == "not applicable"


def test_what_is_published_is_kept():
    assert outcome("ci-artifacts", job("- run: twine upload dist/*")) == "met"
