"""Proofs of concept checked at GitHub: in few requests, with what the token may not read said and never held against a
team, and with the token sent nowhere else."""

from datetime import UTC, datetime

import pytest

from assessments.poc import Level, Outcome, Verdict
from data import people, store
from data.learning import checking, trusted
from data.sources.github import proofs
from data.tables import Attestation, Connection, Person, ProofRun
from tests.data.hub import added, change_row, connected_to, connection, count, turn
from tests.data.learning.tried import (
    CALLER,
    DAY,
    LISTED,
    PATH,
    attempt,
    change,
    check,
    checked,
    content,
    found,
    outcomes,
)
from tests.fake_github.access import READ
from tests.fake_github.records import blob_sha
from tests.fake_github.storage import zipped

FILES = {
    "README.md": "# Shop\n",
    ".github/workflows/verify.yml": CALLER,
    "acceptance_test.go": "package main\n",
    "docs/runbook.md": "# Runbook\n",
}
README = check("readme", "file", {"files": ["README.md"]})
VERIFIED = check("verified", "ci-run", {"commit": {"reusable": "go-cli.yml", "job": "test"}}, level="E3")
COVERED = check(
    "covered",
    "artifact",
    {"name": "coverage.json", "reusable": "go-cli.yml", "conditions": [{"at": "percent", "at_least": 70}]},
    level="E3",
)
REVIEWED = check("reviewed", "pr-review", {"approvals": 1}, level="E4")
PROTECTED = {"acceptance_test.go": blob_sha(FILES["acceptance_test.go"])}


@pytest.fixture
def hub(monkeypatch):
    monkeypatch.setenv("MILEPOST_JOBS", "queued")
    with connected_to(monkeypatch, strict=True) as hub:
        hub.repository("acme/shop").commit(files=FILES)
        yield hub


def read(who, hub, **token) -> int:
    """The repository, read from GitHub once; its id."""
    shop = added(who, connection(who, hub, **token))[0]
    assert turn(shop.job_id).state == "done"
    hub.requests.clear()
    hub.storage.seen.clear()
    return shop.repository_id


def trust(who) -> None:
    trusted.add(who, people.home_organization(who), PATH, LISTED)


def verified(hub, **more):
    """A green run at the newest commit through the organization's workflow."""
    options = {"path": ".github/workflows/verify.yml", "jobs": [("verify / test", 1, 60)], **more}
    return hub.repository("acme/shop").run("Verify", through={f"{PATH}@main": LISTED}, **options)


def without(*names: str) -> dict[str, str]:
    return {name: level for name, level in READ.items() if name not in names}


# -- E3 ----------------------------------------------------------------------------------------------------------------


def test_a_green_run_through_a_trusted_workflow_is_worth_e3(both, who, hub):
    place = read(who, hub)
    made = attempt(place, content([README, VERIFIED, COVERED], protected=PROTECTED))
    job = checked(who, made)
    assert job.message == f"Checked at commit {hub.repository('acme/shop').head()[:10]}: 1 of 3 criteria pass."
    assert outcomes(made)["verified"][1].startswith("No such workflow ran at commit")
    trust(who)
    verified(hub).artifact("coverage.json", {"percent": 71.5})
    checked(who, made)
    run = found(made)
    assert (run.verdict, run.level, run.source, run.branch) == (Verdict.ACCEPTED, Level.E1, "forge", "main")
    assert (run.of("verified").level, run.of("covered").level) == (Level.E3, Level.E3)


@pytest.mark.parametrize(
    ("spoil", "because"),
    [
        ("untrusted", "is not allow-listed"),
        ("removed", "is not allow-listed"),
        ("skipped", "its job verify / test ended with skipped"),
        ("other job", "it has no job test of the organisation's workflow"),
        ("changed", "acceptance_test.go: its content was changed"),
        ("older", "No such workflow ran at commit"),
        ("not through it", "the run does not call the organisation's workflow go-cli.yml"),
    ],
)
def test_what_only_looks_like_e3_does_not_pass(home, who, hub, spoil, because):
    repo = hub.repository("acme/shop")
    place = read(who, hub)
    made = attempt(place, content([VERIFIED], protected=PROTECTED))
    if spoil != "untrusted":
        trust(who)
    if spoil == "removed":
        trusted.remove(who, trusted.listed(who, people.home_organization(who))[0].id)
    if spoil == "changed":
        repo.commit("Easier", files={"acceptance_test.go": "package main // easier\n"})
    if spoil == "not through it":
        repo.run("Verify", path=".github/workflows/verify.yml", jobs=[("verify / test", 1, 60)])
    elif spoil == "other job":
        verified(hub, jobs=[("verify / lint", 1, 60)])
    else:
        verified(hub, ended={"verify / test": "skipped"} if spoil == "skipped" else None)
    if spoil == "older":
        repo.commit("More", files={"more.md": "x\n"})
    checked(who, made)
    outcome, said = outcomes(made)["verified"]
    assert outcome == "fail" and because in said


def test_the_newest_artifact_of_a_trusted_run_counts(home, who, hub):
    place = read(who, hub)
    trust(who)
    made = attempt(place, content([COVERED], protected=PROTECTED))
    verified(hub).artifact("coverage.json", {"percent": 80})
    hub.repository("acme/shop").run("Own", path=".github/workflows/own.yml").artifact("coverage.json", {"percent": 99})
    checked(who, made)
    assert found(made).of("covered").level is Level.E3
    verified(hub).artifact("coverage.json", {"percent": 60})
    checked(who, made)
    assert outcomes(made)["covered"][0] == "fail"


def test_an_artifact_may_be_called_without_its_ending(home, who, hub):
    place = read(who, hub)
    trust(who)
    made = attempt(place, content([COVERED], protected=PROTECTED))
    verified(hub).artifact("coverage", zipped(**{"coverage.json": {"percent": 80}}))
    checked(who, made)
    assert outcomes(made)["covered"][0] == "pass"


# -- branches and reviews ----------------------------------------------------------------------------------------------


def test_any_branch_is_checked_with_the_reviews_of_its_pull_request(home, who, hub):
    repo = hub.repository("acme/shop")
    place = read(who, hub)
    made = attempt(place, content([check("new", "file", {"files": ["new.md"]}), REVIEWED]), branch="poc/new")
    assert "has no branch poc/new any more: push it, or choose the default branch." in checked(who, made).message
    commit = repo.commit("New", on="poc/new", files={"new.md": "x\n"}, author="mona")
    pull = repo.pull("New", head="poc/new", author="mona", commits=[commit])
    checked(who, made)
    assert outcomes(made)["new"][0] == "pass"
    assert outcomes(made)["reviewed"][1].startswith("No person approved it, and 1 is needed")
    pull.review("mona").review("robot[bot]")
    checked(who, made)
    assert outcomes(made)["reviewed"][0] == "fail", "neither authors nor programs"
    pull.review("hubot")
    checked(who, made)
    assert found(made).of("reviewed").level is Level.E4


def test_an_approval_of_what_it_was_before_does_not_count(home, who, hub):
    repo = hub.repository("acme/shop")
    place = read(who, hub)
    made = attempt(place, content([REVIEWED]), branch="poc/new")
    commit = repo.commit("New", on="poc/new", files={"new.md": "x\n"})
    pull = repo.pull("New", head="poc/new", commits=[commit]).review("hubot")
    newer = repo.commit("Newer", on="poc/new", files={"new.md": "y\n"})
    pull.change(None, commits=[commit, newer], head_sha=newer)
    checked(who, made)
    assert "1 approved what it was before" in outcomes(made)["reviewed"][1]


def test_co_authors_cannot_approve(home, who, hub):
    repo = hub.repository("acme/shop")
    place = read(who, hub)
    made = attempt(place, content([REVIEWED]), branch="poc/new")
    commit = repo.commit(
        "New\n\nCo-authored-by: Hubot <hubot@example.org>", on="poc/new", files={"new.md": "x\n"}, author="mona"
    )
    repo.pull("New", head="poc/new", commits=[commit]).review("hubot")
    checked(who, made)
    assert "those of authors do not count" in outcomes(made)["reviewed"][1]


def test_where_more_people_wrote_it_than_are_read_nobody_says_who_did_not(home, who, hub):
    repo = hub.repository("acme/shop")
    place = read(who, hub)
    made = attempt(place, content([REVIEWED]), branch="poc/new")
    several = "".join(f"\nCo-authored-by: A{each} <a{each}@example.org>" for each in range(10))
    commit = repo.commit(
        f"New\n{several}\nCo-authored-by: Hubot <hubot@example.org>", on="poc/new", files={"n.md": "x\n"}
    )
    repo.pull("New", head="poc/new", commits=[commit]).review("hubot")
    checked(who, made)
    assert outcomes(made)["reviewed"][0] == "unknown"


def test_the_branch_of_a_fork_with_that_name_is_another(home, who, hub):
    repo = hub.repository("acme/shop")
    place = read(who, hub)
    made = attempt(place, content([REVIEWED]), branch="poc/new")
    repo.commit("New", on="poc/new", files={"new.md": "x\n"})
    repo.pull("Another", head="poc/new", head_repo="someone/shop").review("hubot")
    checked(who, made)
    assert outcomes(made)["reviewed"][0] == "fail"


def test_on_the_default_branch_the_merged_pull_request_that_brought_it_counts(home, who, hub):
    repo = hub.repository("acme/shop")
    place = read(who, hub)
    runbook = check("runbook", "file", {"files": ["docs/runbook.md"]})
    made = attempt(place, content([runbook, REVIEWED]))
    other = repo.pull("Other", files=[{"path": "src/other.py", "additions": 1, "deletions": 0}]).review("hubot")
    other.merge()
    checked(who, made)
    assert outcomes(made)["reviewed"][0] == "fail"
    mine = repo.pull("Runbook", files=[{"path": "docs/runbook.md", "additions": 1, "deletions": 0}]).review("hubot")
    mine.merge()
    checked(who, made)
    assert outcomes(made)["reviewed"][0] == "pass"


def test_people_of_a_team_are_asked_for(home, who, hub):
    repo = hub.repository("acme/shop")
    hub.team("acme/operations", "hubot")
    place = read(who, hub, permissions={**READ, "members": "read"})
    asked = check("operations", "pr-review", {"approvals": 1, "group": "operations"}, level="E4")
    made = attempt(place, content([asked]), branch="poc/new")
    commit = repo.commit("New", on="poc/new", files={"new.md": "x\n"})
    pull = repo.pull("New", head="poc/new", commits=[commit]).review("octocat")
    checked(who, made)
    assert outcomes(made)["operations"] == ("fail", "Nobody of operations approved it.")
    pull.review("hubot")
    checked(who, made)
    assert outcomes(made)["operations"][0] == "pass"


def test_the_word_of_whoever_wrote_it_is_none(home, who, hub):
    """By the address of their commits, also where nobody began it with that account."""
    repo = hub.repository("acme/shop")
    place = read(who, hub)
    rubric = {"rubric": ["It was tried."]}
    made = attempt(place, content([check("tried", "attest", rubric, level="E4")]), branch="poc/new", begun_by=who.id)
    repo.commit("New", on="poc/new", files={"new.md": "x\n"}, author="mona")
    with store.writing() as session:
        people_ = [
            Person(provider="p", subject=name, name=name, email=f"{name}@Example.org", created_at=1)
            for name in ("mona", "hubot")
        ]
        session.add_all(people_)
        session.flush()
        author, other = (each.id for each in people_)

    def says(person: int) -> tuple[str, str]:
        with store.writing() as session:
            session.add(
                Attestation(
                    attempt_id=made, check_id="tried", person_id=person, accepted=True, commit=repo.head("poc/new"),
                    criteria=["It was tried."], at=store.now_us(),
                )
            )  # fmt: skip
        checked(who, made)
        return outcomes(made)["tried"]

    assert says(author)[0] == "unknown" and "Authors cannot answer for themselves." in outcomes(made)["tried"][1]
    assert says(who.id)[0] == "unknown", "nor whoever began it"
    assert says(other)[0] == "pass"


# -- settings, deployments, history ------------------------------------------------------------------------------------


def test_settings_are_read_as_they_are_now(home, who, hub):
    repo = hub.repository("acme/shop")
    place = read(who, hub)
    checks = [
        check("gate", "repo-setting", {"required_check": "test*"}, level="E2"),
        check("two", "repo-setting", {"approvals": 2}, level="E2"),
        check("agreed", "repo-setting", {"reviewers": {"environment": "production", "min": 1}}, level="E2"),
        check("released", "repo-setting", {"release": {"assets": 3}}, level="E2"),
    ]
    made = attempt(place, content(checks))
    checked(who, made)
    assert {each: said[0] for each, said in outcomes(made).items()} == dict.fromkeys(
        ("gate", "two", "agreed", "released"), "fail"
    )
    repo.settings.protect(
        "main", requiresStatusChecks=True, requiredStatusCheckContexts=["test (3.12)"], requiresApprovingReviews=True,
        requiredApprovingReviewCount=2,
    )  # fmt: skip
    repo.settings.environment("production", reviewers=("mona",))
    repo.release("v1.0.0", assets=("a", "b", "c"))
    checked(who, made)
    assert {said[0] for said in outcomes(made).values()} == {"pass"}


def test_rulesets_count_as_rules_of_branches(home, who, hub):
    repo = hub.repository("acme/shop")
    place = read(who, hub, permissions=without("administration"))
    checks = [
        check("gate", "repo-setting", {"required_check": "test"}, level="E2"),
        check("one", "repo-setting", {"approvals": 1}, level="E2"),
    ]
    made = attempt(place, content(checks))
    repo.settings.ruleset(
        rules=("PULL_REQUEST", "REQUIRED_STATUS_CHECKS"), requiredStatusChecks=[{"context": "test"}],
        requiredApprovingReviewCount=1,
    )  # fmt: skip
    checked(who, made)
    assert {said[0] for said in outcomes(made).values()} == {"pass"}


def test_deployments_by_a_workflow_after_the_old_way_is_gone(home, who, hub):
    repo = hub.repository("acme/shop")
    repo.commit("Old way", files={"Jenkinsfile": "x\n"})
    place = read(who, hub)
    wanted = {
        "environment": "production", "workflow": "deploy.yml", "min_successful": 2, "after_removal_of": "Jenkinsfile",
    }  # fmt: skip
    made = attempt(place, content([check("shipped", "ci-run", {"deployments": wanted}, level="E2")]))

    def deploy(name: str) -> None:
        run = repo.run(name, path=f".github/workflows/{name}.yml")
        repo.deploy("production", run=run.id).status("in_progress").status("success")

    deploy("deploy")
    checked(who, made)
    assert outcomes(made)["shipped"] == ("fail", "Jenkinsfile has not left the default branch.")
    hub.clock.advance(60)
    repo.commit("Cut over", files={"Jenkinsfile": None})
    hub.clock.advance(60)
    deploy("deploy")
    deploy("by-hand")
    checked(who, made)
    assert outcomes(made)["shipped"] == ("fail", "1 deployments succeeded, and 2 are needed.")
    deploy("deploy")
    checked(who, made)
    assert outcomes(made)["shipped"][0] == "pass"


def test_runs_of_the_last_days_are_counted_on_the_default_branch(home, who, hub):
    repo = hub.repository("acme/shop")
    place = read(who, hub)
    wanted = {"days": 14, "workflow": "ci.yml", "min_runs": 10, "success_rate": 0.9}
    made = attempt(place, content([check("steady", "ci-run", {"history": wanted}, level="E2")]))
    now = int(datetime.now(UTC).timestamp())
    for hours in range(1, 10):
        repo.run("CI", path=".github/workflows/ci.yml", created=now - hours * 3600)
    repo.run("CI", path=".github/workflows/ci.yml", created=now - 3600, branch="other")
    checked(who, made)
    assert outcomes(made)["steady"][1].startswith("Too few to tell: 9 runs ended in 14 days")
    repo.run("CI", path=".github/workflows/ci.yml", created=now - 7200)
    checked(who, made)
    assert outcomes(made)["steady"] == ("pass", "10 of 10 runs succeeded in 14 days.")


def test_of_more_runs_than_are_read_nobody_says_they_were_too_few(home, who, hub, monkeypatch):
    repo = hub.repository("acme/shop")
    place = read(who, hub)
    monkeypatch.setattr(proofs, "RUNS", 2)
    monkeypatch.setattr(proofs, "PAGES", 2)
    wanted = {"days": 14, "min_runs": 5, "success_rate": 0.5}
    made = attempt(place, content([check("steady", "ci-run", {"history": wanted}, level="E2")]))
    for _ in range(6):
        repo.run("CI", path=".github/workflows/ci.yml")
    checked(who, made)
    assert outcomes(made)["steady"] == (
        "unknown", "4 of 4 runs succeeded in 14 days, of those that were read; there are more.",
    )  # fmt: skip


def test_what_came_before_the_start_counts_from_its_merge(home, who, hub):
    repo = hub.repository("acme/shop")
    place = read(who, hub)
    first = check("first", "file", {"files": ["docs/poc/baseline.yml"], "before_start": True})
    made = attempt(place, content([first]))
    commit = repo.commit("Baseline", "2020-01-01", on="poc/base", files={"docs/poc/baseline.yml": "a: 1\n"})
    checked(who, made)
    assert outcomes(made)["first"][0] == "fail"
    repo.pull("Baseline", head="poc/base", commits=[commit]).merge()
    checked(who, made)
    assert outcomes(made)["first"] == ("fail", "docs/poc/baseline.yml was committed after the start.")
    change(made, begun_at=store.now_us() + DAY)
    checked(who, made)
    assert outcomes(made)["first"][0] == "pass"


# -- permissions, limits, trouble --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "params", "lacking", "permission"),
    [
        ("ci-run", {"commit": {"workflow": "*"}}, "actions", "actions (read)"),
        ("artifact", {"name": "a.json", "conditions": [{"at": "a"}]}, "actions", "actions (read)"),
        ("pr-review", {"approvals": 1}, "pull_requests", "pull_requests: read"),
        ("ci-run", {"deployments": {"min_successful": 1}}, "deployments", "deployments: read"),
        ("repo-setting", {"reviewers": {"environment": "*", "min": 1}}, "actions", "actions (read)"),
        ("repo-setting", {"approvals": 2}, "administration", "administration (read)"),
        ("pr-review", {"approvals": 1, "group": "operations"}, "members", "members (read)"),
    ],
)
def test_what_a_token_may_not_read_is_unknown_and_named(home, who, hub, kind, params, lacking, permission):
    repo = hub.repository("acme/shop")
    repo.settings.protect("main", requiresApprovingReviews=True, requiredApprovingReviewCount=1)
    place = read(who, hub)
    made = attempt(place, content([check("it", kind, params)]), branch="poc/new")
    commit = repo.commit("New", on="poc/new", files={"new.md": "x\n"})
    repo.pull("New", head="poc/new", commits=[commit]).review("hubot")
    for token in hub.world.tokens.values():
        token.permissions = without(lacking)
    assert checked(who, made).state == "done"
    said = found(made).of("it")
    assert (said.outcome, said.permission) == (Outcome.UNKNOWN, permission)
    assert permission in said.because and found(made).verdict is Verdict.OPEN


def test_a_cut_tree_is_unknown(home, who, hub):
    hub.repository("acme/shop").settings.tree_limit = 2
    place = read(who, hub)
    made = attempt(place, content([check("absent", "file", {"files": ["Jenkinsfile"], "absent": True})]))
    checked(who, made)
    assert outcomes(made)["absent"][0] == "unknown"


def test_a_limit_makes_it_wait_and_the_others_too(home, who, hub):
    place = read(who, hub)
    made = attempt(place, content([README, VERIFIED]))
    hub.fault("403-primary", match="GET .*actions/runs", seconds=600)
    job = checked(who, made)
    assert job.state == "queued" and job.due_at is not None and "limit is used up until" in job.message
    assert checking.running(who, made).resume_at is not None
    assert count(ProofRun) == 0
    with store.reading() as session:
        assert session.get(Connection, 1).wait_until > store.now_us()


def test_a_token_that_is_no_more_keeps_what_was_found(home, who, hub):
    place = read(who, hub)
    made = attempt(place, content([README]))
    checked(who, made)
    for token in list(hub.world.tokens):
        hub.revoke(token)
    assert "GitHub does not know this token" in checked(who, made).message
    assert found(made).problem and count(ProofRun) == 2
    change_row(Connection, 1, problem=None, wait_until=None)


def test_thirty_requests_are_enough_for_everything_and_no_more_are_sent(home, who, hub, monkeypatch):
    repo = hub.repository("acme/shop")
    repo.commit(files={f"src/module_{number}.py": f"VALUE = {number}\n" for number in range(300)})
    place = read(who, hub, permissions={**READ, "members": "read"})
    trust(who)
    checks = [
        VERIFIED, COVERED, REVIEWED,
        check("python", "python", {"files": ["src/**/*.py"], "never": ["shell"]}),
        check("operations", "pr-review", {"approvals": 1, "group": "operations"}, level="E4"),
        check("gate", "repo-setting", {"required_check": "*"}, level="E2"),
        check("two", "repo-setting", {"approvals": 2}, level="E2"),
        check("agreed", "repo-setting", {"reviewers": {"environment": "*", "min": 1}}, level="E2"),
        check("released", "repo-setting", {"release": {"assets": 3}}, level="E2"),
        check("shipped", "ci-run", {"deployments": {"workflow": "a.yml", "after_removal_of": "a"}}, level="E2"),
        check("steady", "ci-run", {"history": {"days": 14, "min_runs": 5}}, level="E2"),
        check("first", "file", {"files": ["README.md"], "before_start": True}),
    ]  # fmt: skip
    for _ in range(12):
        verified(hub).artifact("coverage.json", {"percent": 80})
    for number in range(12):
        repo.deploy("production", run=10_000 + number).status("success")
    made = attempt(place, content(checks, protected=PROTECTED))
    hub.requests.clear()
    checked(who, made)
    first = len(hub.requests)
    assert first <= proofs.MOST and found(made).calls == first
    assert outcomes(made)["verified"][0] == "pass"
    assert [name for name, (_, said) in outcomes(made).items() if "not collected" in said] == []
    hub.requests.clear()
    checked(who, made)
    assert len(hub.requests) == first - 4, "files that have not changed are not read again"
    monkeypatch.setattr(proofs, "MOST", 4)
    hub.requests.clear()
    assert checked(who, made).state == "done"
    assert len(hub.requests) <= 4
    assert outcomes(made)["gate"] == ("unknown", "It was not collected: the rules of the default branch.")


def test_files_that_no_request_is_left_for_are_unknown_and_come_the_next_time(home, who, hub, monkeypatch):
    repo = hub.repository("acme/shop")
    repo.commit(files={f"src/module_{number}.py": f"VALUE = {number}\n" for number in range(300)})
    place = read(who, hub)
    made = attempt(place, content([check("python", "python", {"files": ["src/**/*.py"], "never": ["shell"]})]))
    monkeypatch.setattr(proofs, "MOST", 4)
    checked(who, made)
    outcome, said = outcomes(made)["python"]
    assert outcome == "unknown" and "no request was left to read it; check again" in said
    checked(who, made)
    assert outcomes(made)["python"][0] == "pass"


# -- the token goes nowhere else ---------------------------------------------------------------------------------------


def test_the_storage_of_artifacts_gets_no_token(home, who, hub):
    place = read(who, hub)
    trust(who)
    verified(hub).artifact("coverage.json", {"percent": 80})
    made = attempt(place, content([COVERED], protected=PROTECTED))
    checked(who, made)
    assert outcomes(made)["covered"][0] == "pass"
    ((_, headers),) = hub.storage.seen
    assert not {"authorization", "cookie", "x-github-api-version"} & set(headers)
    assert not any(token in str(headers) for token in hub.world.tokens)


def test_an_artifact_too_large_or_gone_is_not_even_asked_for(home, who, hub):
    place = read(who, hub)
    trust(who)
    row = verified(hub).artifact("coverage.json", {"percent": 99}, size=11 << 20)
    made = attempt(place, content([COVERED], protected=PROTECTED))
    checked(who, made)
    assert "larger than 10 MB" in outcomes(made)["covered"][1]
    hub.repository("acme/shop").artifacts.change(row["id"], expired=True)
    checked(who, made)
    assert "it has expired at GitHub: run the pipeline again" in outcomes(made)["covered"][1]
    assert hub.storage.seen == [] and not any("/zip" in each.path for each in hub.requests)
