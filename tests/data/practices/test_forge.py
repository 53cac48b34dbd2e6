"""What only GitHub knows, from what was collected: rules of the default branch, environments, merged pull requests."""

from dataclasses import replace

import pytest

from assessments.evidence import Outcome, evaluate, of_texts
from assessments.evidence.facts import Branch, Environment, Facts, Protection, Release, Scanning
from data import store
from data.practices import forge
from data.practices.forge import _matches
from data.tables import Feed, RepositorySettings, Source
from tests.data.arrange import Place
from tests.data.hub import added, connected_to, connection, turn

HOUR, DAY = 3600, 86_400


@pytest.fixture
def hub(monkeypatch):
    monkeypatch.setenv("MILEPOST_JOBS", "queued")
    with connected_to(monkeypatch) as hub:
        hub.repository("acme/shop").commit("Begin")
        yield hub


def collected(who, hub, **token) -> forge.Collected:
    """What is known after one reading."""
    shop = added(who, connection(who, hub, **token))[0]
    assert turn(shop.job_id).state == "done"
    with store.reading() as session:
        return forge.facts_of(session, shop.repository_id, int(hub.clock.now() * 1_000_000))


def test_everything_that_github_tells_is_there(both, who, hub):
    repo, now = hub.repository("acme/shop"), int(hub.clock.now())
    settings = repo.settings
    settings.protect(
        requiresApprovingReviews=True, requiredApprovingReviewCount=1, dismissesStaleReviews=True, isAdminEnforced=True,
        requiresStatusChecks=True, requiredStatusCheckContexts=["build"],
    )  # fmt: skip
    settings.environment("production", reviewers=("hubot", "mona"), some_branches=True)
    settings.environment("staging", wait_minutes=5)
    settings.security = {"secret_scanning": "enabled", "secret_scanning_push_protection": "disabled"}
    settings.switches["hasVulnerabilityAlertsEnabled"] = True
    repo.pull("Faster", opened=now - 10 * HOUR, merged=now - HOUR, reviews=[("hubot", "APPROVED", now - 2 * HOUR)])
    repo.release("v1", body="All new", assets=("sbom.json",))
    found = collected(who, hub)
    facts = found.facts
    assert found.read_at is not None and facts.why == {}
    assert facts.protection == Protection(True, 1, True, False, ("build",), False, False, False, True)
    assert set(facts.environments) == {
        Environment("production", 2, 0, True), Environment("staging", 0, 5, False)
    }  # fmt: skip
    assert facts.scanning == Scanning(secrets=True, push_protection=False, code=None, dependencies=True)
    assert facts.releases == (Release("v1", True, ("sbom.json",)),)
    [merged] = facts.merged
    assert (merged.reviewed, merged.automatic, merged.lines > 0, merged.hours > 8) == (True, False, True, True)


def test_what_the_token_may_not_read_is_unknown_with_the_permission_that_would_help(home, who, hub):
    may = {name: "read" for name in ("metadata", "contents", "issues", "pull_requests", "actions", "deployments")}
    facts = collected(who, hub, permissions=may).facts
    assert (facts.protection, facts.environments, facts.scanning) == (None, (), None)
    assert facts.why["protection"].endswith("give it administration (read).")
    found = evaluate(of_texts({"a.py": "x = 1"}, facts=facts)).of("required-reviews")
    assert (found.outcome, found.because.endswith("give it administration (read).")) == (Outcome.UNKNOWN, True)


def test_without_rules_nothing_is_protected(home, who, hub):
    assert collected(who, hub).facts.protection == Protection(False, force_push=True, deletion=True)


def test_rulesets_count_where_they_are_active_and_cover_the_default_branch(home, who, hub):
    settings = hub.repository("acme/shop").settings
    settings.ruleset("off", "DISABLED", ("DELETION",))
    settings.ruleset("elsewhere", rules=("NON_FAST_FORWARD",), include=["refs/heads/release/*"])
    settings.ruleset(
        "main", rules=("PULL_REQUEST", "REQUIRED_STATUS_CHECKS"), requiredApprovingReviewCount=2, checks=["test"],
        bypass=("admin",),
    )  # fmt: skip
    found = collected(who, hub).facts.protection
    assert (found.pull_request, found.approvals, found.checks) == (True, 2, ("test",))
    assert (found.force_push, found.deletion) == (True, True)
    assert (found.admins_bound, found.bypass) == (False, ("the role admin",))


def test_branches_that_were_merged_lack_nothing(home, who, hub):
    repo, now = hub.repository("acme/shop"), int(hub.clock.now())
    first = repo.head()
    repo.commit("More")
    old = repo.commit("Side", at=now - 40 * DAY, loose=True, parents=[first])
    for name, sha in (("contained", first), ("waits", old), ("merged", old)):
        repo.point(f"refs/heads/{name}", sha)
    repo.pull(head="merged", opened=now - 50 * DAY, merged=now - 40 * DAY)
    found = {each.name: each for each in collected(who, hub).facts.branches}
    assert {name: each.ahead for name, each in found.items()} == {"contained": 0, "waits": None, "merged": 0}
    assert isinstance(found["waits"], Branch) and 39 < found["waits"].days < 41


def test_only_pull_requests_of_the_last_ninety_days_are_told(home, who, hub):
    repo, now = hub.repository("acme/shop"), int(hub.clock.now())
    repo.pull("Old", opened=now - 101 * DAY, merged=now - 100 * DAY)
    repo.pull("Bump", author="dependabot[bot]", opened=now - 3 * DAY, merged=now - 2 * DAY)
    repo.pull(
        "Lock", opened=now - 3 * DAY, merged=now - DAY,
        files=[{"path": "package-lock.json", "additions": 900, "deletions": 900},
               {"path": "src/a.js", "additions": 3, "deletions": 2}],
    )  # fmt: skip
    merged = collected(who, hub).facts.merged
    assert [(each.lines, each.automatic, each.reviewed) for each in merged] == [
        (5, False, False), (merged[1].lines, True, False)
    ]  # fmt: skip


def test_before_the_first_reading_nothing_is_known_and_nothing_absent(home, who, hub):
    shop = added(who, connection(who, hub))[0]
    with store.reading() as session:
        found = forge.facts_of(session, shop.repository_id, 0)
    assert found.read_at is None
    assert replace(found.facts, why={}) == Facts()
    assert set(found.facts.why) == {"protection", "environments", "branches", "releases", "merged", "scanning"}


def test_without_github_there_are_no_facts(home, who):
    with store.reading() as session:
        assert forge.facts_of(session, Place(who).repository_id, 0).facts is None


def test_what_an_older_version_has_read_is_not_taken_for_absent(home, who):
    place = Place(who)
    source = place.source(whole=True)
    with store.writing() as session:
        session.get_one(Source, source).kind = "github"
        session.get_one(Source, source).synced_at = 1
        rule = {"pattern": "main", "requiresApprovingReviews": True}
        data = {"branchProtectionRules": {"totalCount": 1, "nodes": [rule]}, "rulesets": {"totalCount": 0, "nodes": []}}
        session.add(RepositorySettings(source_id=source, read_at=1, data=data))
        session.add(Feed(source_id=source, name="repository", cursor={"branch": "main"}))
    with store.reading() as session:
        facts = forge.facts_of(session, place.repository_id, 0).facts
    assert (facts.protection, facts.branches, facts.releases) == (None, None, None)
    assert set(facts.why) >= {"protection", "branches", "releases"}


def test_more_rules_than_are_read_are_unknown(home, who):
    data = {"branchProtectionRules": {"totalCount": 60, "nodes": []}, "rulesets": {"totalCount": 0, "nodes": []}}
    why = {}
    settings = RepositorySettings(source_id=1, read_at=1, data=data)
    assert forge._part("protection", settings, lambda data: forge._protection(data, "main"), why) is None
    assert "only the first 0 are read" in why["protection"]


@pytest.mark.parametrize(
    ("pattern", "branch", "fits"),
    [("main", "main", True), ("main", "mainly", False), ("*", "main", True), ("*", "release/1", False),
     ("release/*", "release/1", True), ("**/1", "release/1", True), ("ma?n", "main", True), ("m.in", "main", False)],
)  # fmt: skip
def test_patterns_fit_branches_as_github_matches_them(pattern, branch, fits):
    assert _matches(pattern, branch) is fits
