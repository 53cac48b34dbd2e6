import pytest

from tests.assessments.evidence.trees import CODE, job, outcome

SETUP = "- uses: actions/setup-node@v4\n  with: {{node-version: 22{more}}}\n- run: npm ci"


@pytest.mark.parametrize(
    "steps",
    [
        SETUP.format(more=", cache: npm"),
        "- uses: actions/cache@v4\n- run: pip install -r requirements.txt",
        "- uses: actions/setup-go@v5\n- run: go test ./...",
        "- uses: ruby/setup-ruby@v1\n  with: {bundler-cache: true}\n- run: bundle install",
    ],
)
def test_a_cache_is_met(steps):
    assert outcome("ci-caching", job(steps)) == "met"


def test_a_cache_in_a_local_action_counts():
    action = {".github/actions/setup/action.yml": "runs: {using: composite, steps: [{uses: actions/cache@v4}]}"}
    assert outcome("ci-caching", job("- uses: ./.github/actions/setup\n- run: npm ci") | action) == "met"


@pytest.mark.parametrize(
    "steps", [SETUP.format(more=""), "- uses: actions/setup-go@v5\n  with: {cache: false}\n- run: go test"]
)
def test_none_is_not_met(steps):
    assert outcome("ci-caching", job(steps)) == "not met"


def test_nothing_installed_is_not_applicable():
    assert outcome("ci-caching", job("- run: echo npm ci")) == "not applicable"
    assert outcome("ci-caching", CODE) == "not applicable"


def test_setups_that_cache_and_install_by_themselves_count():
    ruby = "- uses: ruby/setup-ruby@v1\n  with: {bundler-cache: true}\n- run: bundle exec rspec"
    assert outcome("ci-caching", job(ruby)) == "met"
    assert outcome("ci-caching", job("- uses: actions/setup-go@v5\n- run: make x")) == "met"


def test_packages_by_name_are_not_the_dependencies_of_the_project():
    assert outcome("ci-caching", job("- run: npm install ajv")) == "not applicable"
    assert outcome("ci-caching", job("- run: npm install --ignore-scripts --prefix web")) == "not met"
