"""Issues, pull requests, reviews, timeline events, deployments, releases, commits and refs."""

import json
from typing import Any

from tests.fake_github.clock import stamp
from tests.fake_github.graphql_engine import Context, Thing, constant, gives
from tests.fake_github.graphql_paging import connection
from tests.fake_github.graphql_root import person, repository_thing, state_of
from tests.fake_github.records import Row, node_id
from tests.fake_github.shapes import WEB

ITEMS = ("Issue", "PullRequest")


def fields(typename: str, convert: Any = None, **names: str) -> None:
    """Fields that are the row's own under another name."""
    for name, key in names.items():

        @gives(typename, name)
        def plain(thing: Thing, context: Context, key: str = key) -> Any:
            return convert(thing.row[key]) if convert else thing.row[key]


def people(typename: str, **names: str) -> None:
    for name, key in names.items():

        @gives(typename, name)
        def actor(thing: Thing, context: Context, key: str = key) -> Thing | None:
            return person(context, thing.row[key])


def commit_thing(thing: Thing, sha: str | None) -> Thing | None:
    row = thing.repo.commits.get(sha or "")
    return Thing("Commit", row, thing.repo) if row else None


for _type in (*ITEMS, "Deployment", "PullRequestReview", "Release", "Commit", "Ref"):

    @gives(_type, "repository")
    def repository_of(thing: Thing, context: Context) -> Thing:
        return repository_thing(thing.repo)


for _type in ITEMS:
    fields(_type, number="number", title="title", fullDatabaseId="pull_id" if _type == "PullRequest" else "id")
    fields(_type, databaseId="pull_id" if _type == "PullRequest" else "id")
    fields(_type, stamp, createdAt="created_at", updatedAt="updated_at", closedAt="closed_at", publishedAt="created_at")
    fields(_type, lambda value: value or "", body="body", bodyText="body")
    people(_type, author="author")
    constant(_type, locked=False, authorAssociation="MEMBER", milestone=None)

    @gives(_type)
    def closed(thing: Thing, context: Context) -> bool:
        return thing.row["state"] == "closed"

    @gives(_type, "id")
    def item_id(thing: Thing, context: Context) -> str:
        pull = thing.row["pull_id"]
        return node_id("pull" if pull else "issue", pull or thing.row["id"])

    @gives(_type, "url")
    def item_url(thing: Thing, context: Context) -> str:
        return f"{WEB}/{thing.repo.name}/{'pull' if thing.row['pull_id'] else 'issues'}/{thing.row['number']}"

    @gives(_type, "state")
    def item_state(thing: Thing, context: Context) -> str:
        return state_of(thing.row)

    @gives(_type, "labels")
    def item_labels(thing: Thing, context: Context, orderBy: Any = None, **paging: Any) -> Row:
        rows = [{"name": name} for name in thing.row["labels"]]
        return connection("labels", rows, lambda row: Thing("Label", row, thing.repo), **paging)

    @gives(_type, "comments")
    def item_comments(thing: Thing, context: Context, orderBy: Any = None, **paging: Any) -> Row:
        """Only how many."""
        return {"totalCount": thing.row["comments"]}

    @gives(_type)
    def timelineItems(thing: Thing, context: Context, itemTypes: Any = None, since: Any = None, **paging: Any) -> Row:
        """Events, reviews and commits, oldest first; without itemTypes all that are known."""
        skip = paging.pop("skip", None) or 0
        rows = [{**row, "type": row["kind"]} for row in thing.row["timeline"]]
        if thing.typename == "PullRequest":
            rows += [
                {**row, "type": "PullRequestReview", "created_at": row["submitted_at"]} for row in thing.row["reviews"]
            ]
            for sha in thing.row["commits"]:
                date = thing.repo.commits[sha]["committer"]["date"]
                rows.append({"sha": sha, "type": "PullRequestCommit", "created_at": date, "id": 0})
        total = len(rows)
        rows = [row for row in rows if itemTypes is None or _word(row["type"]) in itemTypes]
        rows = [row for row in rows if since is None or stamp(row["created_at"]) >= since]
        rows = sorted(rows, key=lambda row: row["created_at"])[skip:]
        shape = {"PullRequestCommit": "PullRequestCommit", "PullRequestReview": "PullRequestReview"}
        found = connection(
            "timelineItems",
            rows,
            lambda row: Thing(shape.get(row["type"], row["type"]), row, thing.repo, thing),
            **paging,
        )
        updated = max((row["created_at"] for row in rows), default=thing.row["created_at"])
        return {**found, "totalCount": total, "filteredCount": len(rows), "updatedAt": stamp(updated)}


def _word(typename: str) -> str:
    """ReadyForReviewEvent -> READY_FOR_REVIEW_EVENT."""
    return "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in typename).lstrip("_")


@gives("Issue")
def stateReason(thing: Thing, context: Context, enableDuplicate: bool = False) -> str | None:
    reason = thing.row["state_reason"]
    return reason.upper() if reason else None


fields("Label", name="name")
constant("Label", color="d73a4a", description="", isDefault=False)


@gives("Label", "id")
def label_id(thing: Thing, context: Context) -> str:
    return node_id("label", thing.repo.label_id(thing.row["name"]))


fields(
    "PullRequest", isDraft="draft", additions="additions", deletions="deletions", baseRefName="base",
    headRefName="head",
    baseRefOid="base_sha", headRefOid="head_sha",
)  # fmt: skip
fields("PullRequest", stamp, mergedAt="merged_at")
fields("PullRequest", len, changedFiles="files")
fields("PullRequest", lambda value: value is not None, merged="merged_at")
people("PullRequest", mergedBy="merged_by")
constant("PullRequest", mergeable="UNKNOWN", isInMergeQueue=False, autoMergeRequest=None, maintainerCanModify=False)


@gives("PullRequest")
def mergeCommit(thing: Thing, context: Context) -> Thing | None:
    return commit_thing(thing, thing.row["merge_sha"])


@gives("PullRequest")
def baseRepository(thing: Thing, context: Context) -> Thing:
    return repository_thing(thing.repo)


@gives("PullRequest")
def headRepository(thing: Thing, context: Context) -> Thing | None:
    """None once a fork is deleted."""
    found = context.world.find(thing.row["head_repo"])[0] if thing.row["head_repo"] else None
    return repository_thing(found) if found and found.row else None


@gives("PullRequest")
def headRepositoryOwner(thing: Thing, context: Context) -> Thing | None:
    return person(context, thing.row["head_repo"].split("/")[0]) if thing.row["head_repo"] else None


@gives("PullRequest")
def isCrossRepository(thing: Thing, context: Context) -> bool:
    return (thing.row["head_repo"] or "").lower() != thing.repo.name.lower()


@gives("PullRequest")
def reviewDecision(thing: Thing, context: Context) -> str | None:
    """By the last opinion of each reviewer."""
    last = {row["author"]: row["state"] for row in thing.row["reviews"] if row["state"] != "COMMENTED"}
    if "CHANGES_REQUESTED" in last.values():
        return "CHANGES_REQUESTED"
    return "APPROVED" if "APPROVED" in last.values() else None


@gives("PullRequest")
def commits(thing: Thing, context: Context, **paging: Any) -> Row:
    """The first 250 of them, as on GitHub; totalCount tells all."""
    rows = [{"sha": sha} for sha in thing.row["commits"]]
    found = connection("commits", rows[:250], lambda row: Thing("PullRequestCommit", row, thing.repo, thing), **paging)
    return {**found, "totalCount": len(rows)}


@gives("PullRequest")
def reviews(thing: Thing, context: Context, states: Any = None, author: Any = None, **paging: Any) -> Row:
    rows = [
        row
        for row in thing.row["reviews"]
        if (not states or row["state"] in states) and author in (None, row["author"])
    ]
    return connection("reviews", rows, lambda row: Thing("PullRequestReview", row, thing.repo, thing), **paging)


@gives("PullRequest", "files")
def pull_files(thing: Thing, context: Context, **paging: Any) -> Row:
    return connection(
        "files", thing.row["files"], lambda row: Thing("PullRequestChangedFile", row, thing.repo), **paging
    )


@gives("PullRequest")
def closingIssuesReferences(thing: Thing, context: Context, orderBy: Any = None, **paging: Any) -> Row:
    paging.pop("userLinkedOnly", None)
    return connection("closingIssuesReferences", [], lambda row: row, **paging)


fields("PullRequestChangedFile", path="path", additions="additions", deletions="deletions")
constant("PullRequestChangedFile", changeType="MODIFIED", viewerViewedState="UNVIEWED")


@gives("PullRequestCommit", "commit")
def commit_of_pull(thing: Thing, context: Context) -> Thing | None:
    return commit_thing(thing, thing.row["sha"])


@gives("PullRequestCommit", "id")
def commit_of_pull_id(thing: Thing, context: Context) -> str:
    return node_id("commit", thing.row["sha"])


fields("PullRequestReview", state="state", fullDatabaseId="id", databaseId="id")
fields("PullRequestReview", stamp, submittedAt="submitted_at", createdAt="submitted_at", updatedAt="submitted_at")
fields("PullRequestReview", lambda value: node_id("review", value), id="id")
people("PullRequestReview", author="author")


@gives("PullRequestReview", "commit")
def commit_of_review(thing: Thing, context: Context) -> Thing | None:
    return commit_thing(thing, thing.row["commit"])


@gives("PullRequestReview", "comments")
def remarks(thing: Thing, context: Context, **paging: Any) -> Row:
    """Only how many."""
    return {"totalCount": thing.row["comments"]}


constant("PullRequestReview", authorAssociation="MEMBER", body="")

fields("Event", stamp, createdAt="created_at")
fields("Event", lambda value: node_id("event", value), id="id")
people("Event", actor="actor")


@gives("Event")
def pullRequest(thing: Thing, context: Context) -> Thing | None:
    return thing.parent


@gives("Event", "label")
def event_label(thing: Thing, context: Context) -> Thing:
    return Thing("Label", {"name": thing.row["label"]}, thing.repo)


@gives("MergedEvent", "commit")
def merged_commit(thing: Thing, context: Context) -> Thing | None:
    return commit_thing(thing, thing.parent.row["merge_sha"]) if thing.parent else None


# Deployments.

fields("Deployment", databaseId="id", commitOid="sha", description="description", task="task")
fields("Deployment", environment="environment", latestEnvironment="environment", originalEnvironment="environment")
fields("Deployment", stamp, createdAt="created_at", updatedAt="updated_at")
fields("Deployment", lambda value: node_id("deployment", value), id="id")
fields("Deployment", json.dumps, payload="payload")
people("Deployment", creator="creator")
AS_DEPLOYMENT = {"success": "ACTIVE"}


@gives("Deployment", "state")
def deployment_state(thing: Thing, context: Context) -> str:
    """By its last status; one that hears nothing for half an hour is ABANDONED."""
    statuses = thing.row["statuses"]
    if not statuses or statuses[-1]["state"] == "pending":
        return "ABANDONED" if context.world.now() - thing.row["updated_at"] > 1800 else "PENDING"
    state = statuses[-1]["state"]
    return AS_DEPLOYMENT.get(state, state.upper())


@gives("Deployment", "commit")
def deployment_commit(thing: Thing, context: Context) -> Thing | None:
    return commit_thing(thing, thing.row["sha"])


@gives("Deployment", "ref")
def deployment_ref(thing: Thing, context: Context) -> Thing | None:
    for kind in ("heads", "tags"):
        if row := thing.repo.refs.get(f"refs/{kind}/{thing.row['ref']}"):
            return Thing("Ref", row, thing.repo)
    return None


@gives("Deployment")
def statuses(thing: Thing, context: Context, **paging: Any) -> Row:
    """Newest first."""
    rows = thing.row["statuses"][::-1]
    return connection("statuses", rows, lambda row: Thing("DeploymentStatus", row, thing.repo, thing), **paging)


@gives("Deployment")
def latestStatus(thing: Thing, context: Context) -> Thing | None:
    rows = thing.row["statuses"]
    return Thing("DeploymentStatus", rows[-1], thing.repo, thing) if rows else None


fields("DeploymentStatus", description="description")
fields("DeploymentStatus", str.upper, state="state")
fields("DeploymentStatus", stamp, createdAt="created_at", updatedAt="created_at")
fields("DeploymentStatus", lambda value: node_id("status", value), id="id")
fields("DeploymentStatus", lambda value: f"{WEB}/log/{value}", environmentUrl="id")
people("DeploymentStatus", creator="creator")


@gives("DeploymentStatus")
def logUrl(thing: Thing, context: Context) -> str:
    """Leads to the job that deployed, where a run did."""
    run = thing.parent.row.get("run") if thing.parent else None
    return f"{WEB}/{thing.repo.name}/actions/runs/{run}/job/1" if run else f"{WEB}/log/{thing.row['id']}"


@gives("DeploymentStatus", "environment")
def status_environment(thing: Thing, context: Context) -> str | None:
    return thing.parent.row["environment"] if thing.parent else None


@gives("DeploymentStatus", "deployment")
def status_deployment(thing: Thing, context: Context) -> Thing | None:
    return thing.parent
