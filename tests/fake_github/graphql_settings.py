"""What a repository's settings say: protection, rulesets, environments, CODEOWNERS, merge buttons."""

from typing import Any

from tests.fake_github.graphql_engine import Context, Thing, constant, gives
from tests.fake_github.graphql_paging import connection
from tests.fake_github.graphql_root import person, repository_thing
from tests.fake_github.graphql_work import fields
from tests.fake_github.records import Row, node_id

#: Of a new protection rule.
PROTECTION = {
    "allowsDeletions": False, "allowsForcePushes": False, "blocksCreations": False, "dismissesStaleReviews": False,
    "isAdminEnforced": False, "lockBranch": False, "requireLastPushApproval": False,
    "requiredApprovingReviewCount": None,
    "requiredStatusCheckContexts": [], "requiresApprovingReviews": False, "requiresCodeOwnerReviews": False,
    "requiresCommitSignatures": False, "requiresConversationResolution": False, "requiresDeployments": False,
    "requiresLinearHistory": False, "requiresStatusChecks": False, "requiresStrictStatusChecks": False,
    "restrictsPushes": False, "restrictsReviewDismissals": False, "requiredDeploymentEnvironments": [],
}  # fmt: skip
REPOSITORY = {
    "mergeCommitAllowed": True, "squashMergeAllowed": True, "rebaseMergeAllowed": True, "autoMergeAllowed": False,
    "deleteBranchOnMerge": False, "allowUpdateBranch": False, "hasVulnerabilityAlertsEnabled": False,
    "isSecurityPolicyEnabled": False, "securityPolicyUrl": None, "webCommitSignoffRequired": False,
    "hasDiscussionsEnabled": False, "hasProjectsEnabled": False, "forkingAllowed": False,
}  # fmt: skip

for _name, _value in REPOSITORY.items():

    @gives("Repository", _name)
    def switch(thing: Thing, context: Context, name: str = _name, value: Any = _value) -> Any:
        return thing.repo.settings.switches.get(name, value)


@gives("Repository", needs="administration")
def branchProtectionRules(thing: Thing, context: Context, **paging: Any) -> Row:
    """Without the permission GitHub refuses; a public repository makes no difference."""
    rows = thing.repo.settings.protections
    return connection(
        "branchProtectionRules", rows, lambda row: Thing("BranchProtectionRule", row, thing.repo), **paging
    )


fields("BranchProtectionRule", pattern="pattern", databaseId="id")
fields("BranchProtectionRule", lambda value: node_id("rule", value), id="id")
for _name, _value in PROTECTION.items():

    @gives("BranchProtectionRule", _name)
    def protection(thing: Thing, context: Context, name: str = _name, value: Any = _value) -> Any:
        return thing.row.get(name, value)


@gives("BranchProtectionRule")
def bypassPullRequestAllowances(thing: Thing, context: Context, **paging: Any) -> Row:
    """Only how many: bypassing=2."""
    return connection("bypassPullRequestAllowances", [{}] * thing.row.get("bypassing", 0), lambda row: row, **paging)


@gives("Repository")
def rulesets(thing: Thing, context: Context, includeParents: Any = True, targets: Any = None, **paging: Any) -> Row:
    rows = [row for row in thing.repo.settings.rulesets if not targets or row["target"] in targets]
    return connection("rulesets", rows, lambda row: Thing("RepositoryRuleset", row, thing.repo), **paging)


fields("RepositoryRuleset", name="name", enforcement="enforcement", databaseId="id", target="target")
fields("RepositoryRuleset", lambda value: node_id("ruleset", value), id="id")


@gives("RepositoryRuleset")
def source(thing: Thing, context: Context) -> Thing:
    return repository_thing(thing.repo)


@gives("RepositoryRuleset")
def conditions(thing: Thing, context: Context) -> Row:
    name = {"include": thing.row.get("include", ["~DEFAULT_BRANCH"]), "exclude": []}
    return {"refName": name, "repositoryId": None, "repositoryName": None, "repositoryProperty": None}


@gives("RepositoryRuleset")
def rules(thing: Thing, context: Context, type: Any = None, **paging: Any) -> Row:
    rows = [{"type": each, "ruleset": thing.row} for each in thing.row["rules"] if type in (None, each)]
    return connection("rules", rows, lambda row: Thing("RepositoryRule", row, thing.repo), **paging)


@gives("RepositoryRuleset")
def bypassActors(thing: Thing, context: Context, **paging: Any) -> Row | None:
    """Null for who may not administer. Roles that may pass the rules by: bypass=("admin",)."""
    if not context.token.may("administration"):
        return None
    return connection(
        "bypassActors",
        [{"role": name} for name in thing.row.get("bypass", ())],
        lambda row: Thing("RepositoryRulesetBypassActor", row, thing.repo),
        **paging,
    )


fields("RepositoryRulesetBypassActor", repositoryRoleName="role")
constant("RepositoryRulesetBypassActor", bypassMode="ALWAYS", deployKey=False, enterpriseOwner=False)
constant("RepositoryRulesetBypassActor", organizationAdmin=False, actor=None)


fields("RepositoryRule", type="type")


@gives("RepositoryRule", "id")
def rule_id(thing: Thing, context: Context) -> str:
    return node_id("rule", f"{thing.row['ruleset']['id']}:{thing.row['type']}")


@gives("RepositoryRule")
def parameters(thing: Thing, context: Context) -> Thing | None:
    """Of pull request and status check rules; the ruleset's fields are theirs."""
    names = {"PULL_REQUEST": "PullRequestParameters", "REQUIRED_STATUS_CHECKS": "RequiredStatusChecksParameters"}
    typename = names.get(thing.row["type"])
    return Thing(typename, thing.row["ruleset"], thing.repo) if typename else None


PARAMETERS = {
    "dismissStaleReviewsOnPush": False, "requireCodeOwnerReview": False, "requireLastPushApproval": False,
    "requiredApprovingReviewCount": 1, "requiredReviewThreadResolution": False, "allowedMergeMethods": [],
}  # fmt: skip
for _name, _value in PARAMETERS.items():

    @gives("PullRequestParameters", _name)
    def parameter(thing: Thing, context: Context, name: str = _name, value: Any = _value) -> Any:
        return thing.row.get(name, value)


@gives("RequiredStatusChecksParameters")
def requiredStatusChecks(thing: Thing, context: Context) -> list[Row]:
    return [{"context": name, "integrationId": None} for name in thing.row.get("checks", ["build"])]


constant("RequiredStatusChecksParameters", strictRequiredStatusChecksPolicy=False, doNotEnforceOnCreate=False)


# Environments.


@gives("Repository", needs="actions")
def environments(thing: Thing, context: Context, names: Any = None, orderBy: Any = None, **paging: Any) -> Row:
    paging.pop("pinnedEnvironmentFilter", None)
    rows = [row for row in thing.repo.settings.environments.values() if not names or row["name"] in names]
    return connection("environments", rows, lambda row: Thing("Environment", row, thing.repo), **paging)


fields("Environment", name="name", databaseId="id")
fields("Environment", lambda value: node_id("environment", value), id="id")
constant("Environment", isPinned=False, pinnedPosition=None)


@gives("Environment")
def protectionRules(thing: Thing, context: Context, **paging: Any) -> Row:
    rows = []
    if thing.row["wait_minutes"]:
        rows.append({"id": 1, "type": "WAIT_TIMER", "timeout": thing.row["wait_minutes"], "reviewers": []})
    if thing.row["reviewers"]:
        rows.append({"id": 2, "type": "REQUIRED_REVIEWERS", "timeout": 0, "reviewers": thing.row["reviewers"]})
    if thing.row["some_branches"]:
        rows.append({"id": 3, "type": "BRANCH_POLICY", "timeout": 0, "reviewers": []})
    return connection("protectionRules", rows, lambda row: Thing("DeploymentProtectionRule", row, thing.repo), **paging)


fields("DeploymentProtectionRule", type="type", timeout="timeout", databaseId="id")
constant("DeploymentProtectionRule", preventSelfReview=False)


@gives("DeploymentProtectionRule")
def reviewers(thing: Thing, context: Context, **paging: Any) -> Row:
    rows = [{"login": login} for login in thing.row["reviewers"]]
    return connection("reviewers", rows, lambda row: person(context, row["login"]), **paging)


# CODEOWNERS.

OWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")


@gives("Repository", needs="contents")
def codeowners(thing: Thing, context: Context, refName: str | None = None) -> Thing | None:
    """Null without the file."""
    found = next((name for name in OWNERS if name in thing.repo.settings.files), None)
    return Thing("RepositoryCodeowners", {"path": found}, thing.repo) if found else None


@gives("RepositoryCodeowners")
def errors(thing: Thing, context: Context) -> list[Row]:
    advice = "make sure it exists and has write access to the repository"
    return [
        {
            "line": row["line"], "column": 1, "kind": row["kind"], "path": row["path"], "source": "* @nobody",
            "suggestion": None, "message": f"{row['kind']} on line {row['line']}: {advice}",
        }
        for row in thing.repo.settings.owners_errors
    ]  # fmt: skip
