"""Which repository it is, by its number, and how it is set up.

A name is only the way to the number: a renamed repository is found by it, and another one under the old name is not
taken for it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlmodel import Session

from data import store
from data.sources.github import errors, saving, values
from data.sources.github.api import PAGE, Api
from data.sources.github.credentials import InstallationToken
from data.sources.github.saving import Page, Progress, Reader
from data.sources.github.settings import Settings
from data.sources.github.values import DAY
from data.tables import Feed, Repository, RepositorySettings, Source

FEED = "repository"
RENAMED = " at GitHub now."  # the end of the note on a new name
#: Owners whose company manages them have an underscore in their names.
NAME = re.compile(r"[A-Za-z0-9_-]{1,39}/[A-Za-z0-9._-]{1,100}")
_NUMBERED = re.compile(r"/repositories/(\d{1,18})(?:[/?]|$)")


@dataclass(frozen=True)
class Found:
    """A repository as GitHub knows it. node: its id in GraphQL; key: of `Repository.key`; pushed: microseconds, when it
    was last pushed to. security: what GitHub scans by itself -> enabled or disabled; None for who may not see it."""

    github_id: int
    node: str
    full_name: str
    web_url: str
    branch: str
    private: bool
    archived: bool
    pushed: int | None = None
    security: dict | None = None

    @property
    def key(self) -> str:
        return f"github:{self.github_id}"


def check_name(name: str) -> str:
    """owner/name, or NotAllowed: paths and addresses are never fetched."""
    name = name.strip()
    if not NAME.fullmatch(name) or name.endswith(("/.", "/..")):
        raise errors.NotAllowed("Write a repository as owner/name, for example octocat/hello-world.")
    return name


def look(api: Api, name: str) -> Found:
    """The repository of that name, also under an earlier name. Raises NotAllowed, NotFound and what `Api.get` does."""
    return _found(_look(api, name).json)


def _look(api: Api, name: str):
    name = check_name(name)
    try:
        answer = api.get(f"/repos/{name}", what=name)
    except errors.Moved as moved:
        numbered = _NUMBERED.search(moved.location)
        if not numbered:
            raise
        answer = api.get(f"/repositories/{numbered[1]}", what=name)
    return answer


def listing(api: Api, tell: Callable[[int, int | None], None] = lambda done, total: None) -> list[Found]:
    """Every repository that the token or app was given, by name. tell: how many were read, of how many where that is
    known; what it raises ends the reading."""
    app = isinstance(api.token, InstallationToken)
    found, number, more = {}, 1, True
    while more:
        asked = {"per_page": PAGE, **({"page": number} if number > 1 else {})}
        answer = api.get("/installation/repositories" if app else "/user/repos", asked, what="the list of repositories")
        for row in values.rows(answer.json, "repositories" if app else None):
            each = _found(row)
            found[each.github_id] = each
        number, more = number + 1, answer.next
        tell(len(found), values.need(answer.json, "total_count", int) if app else None)
    return sorted(found.values(), key=lambda each: each.full_name.casefold())


def _found(row: object) -> Found:
    return Found(
        github_id=values.need(row, "id", int),
        node=values.need(row, "node_id", str),
        full_name=check_name(values.need(row, "full_name", str)),
        web_url=values.need(row, "html_url", str).rstrip("/"),
        branch=values.need(row, "default_branch", str),
        private=values.need(row, "private", bool),
        archived=bool(row.get("archived")),
        pushed=values.moment(row, "pushed_at"),
        security=_security(row),
    )


def _security(row: object) -> dict | None:
    told = values.need(row, "security_and_analysis", dict, none=True)
    if told is None:
        return None
    return {name: str(each.get("status")) for name, each in told.items() if isinstance(each, dict)}


def opened(source_id: int, api: Api, tell: Progress, claim) -> Reader:
    """Finds the repository of a source at GitHub, notes what it is called now, and gives what feeds read with."""
    with store.reading() as session:
        source = session.get(Source, source_id)
        if source is None:
            raise saving.SourceGone("This source was removed meanwhile.")
        repository = session.get_one(Repository, source.repository_id)
        settings = Settings(**(source.settings or {}))
        feed = session.get(Feed, (source_id, FEED))
        known, etag = (dict(feed.cursor or {}), feed.etag) if feed else ({}, None)
        github_id, name = repository.github_id, repository.full_name
    what = name or f"repository {github_id}"
    if github_id is None:
        answer = _look(api, name or "")
        found, etag = _found(answer.json), answer.etag
    else:
        answer = api.get(f"/repositories/{github_id}", etag=etag if known else None, what=what)
        found, etag = (Found(**known) if answer.unchanged else _found(answer.json)), answer.etag or etag
        if found.github_id != github_id:
            raise errors.BadAnswer("GitHub answered for another repository than was asked for: try again.")
    reader = Reader(
        api, source_id, repository.id, found.github_id, found.node, found.full_name, found.web_url, found.branch,
        settings, tell, claim,
    )  # fmt: skip
    with saving.page(reader) as page:
        _note(page.session, reader, found)
        page.feed(FEED, cursor=vars(found), etag=etag)
    return reader


def known(session: Session, source: Source) -> Reader | None:
    """What feeds save with, as the repository was when it was last asked for; None where it never was. It cannot ask
    anything: there is no `api`."""
    feed = session.get(Feed, (source.id, FEED))
    if feed is None or not feed.cursor:
        return None
    found = Found(**feed.cursor)
    return Reader(
        None, source.id, source.repository_id, found.github_id, found.node, found.full_name, found.web_url,
        found.branch, Settings(**(source.settings or {})), lambda done, total, text: None,
    )  # fmt: skip


def told(page: Page, row: dict) -> None:
    """What a repository is called and how it is set by now, as GitHub told by itself. The ETag goes, so that the next
    sync looks for itself: what is told may come late."""
    feed = page.session.get_one(Feed, (page.reader.source_id, FEED))
    found = replace(_found(row), security=feed.cursor.get("security"))  # which is not told
    if found.github_id == page.reader.github_id and feed.cursor != vars(found):
        _note(page.session, page.reader, found)
        feed.cursor, feed.etag = vars(found), None


def _note(session: Session, reader: Reader, found: Found) -> None:
    repository = session.get_one(Repository, reader.repository_id)
    source = session.get_one(Source, reader.source_id)
    before = repository.full_name
    repository.github_id, repository.full_name, repository.web_url = found.github_id, found.full_name, found.web_url
    repository.default_branch = found.branch
    if before and before != found.full_name:
        source.notes = [*(source.notes or []), f"{before} is called {found.full_name}{RENAMED}"][-5:]
    if repository.name in (before, (before or "").split("/")[-1]):
        repository.name = found.full_name
    source.name = found.full_name


# How it is set up

_PARTS = {
    "switches": """
      isArchived isFork deleteBranchOnMerge mergeCommitAllowed squashMergeAllowed rebaseMergeAllowed autoMergeAllowed
      hasIssuesEnabled hasVulnerabilityAlertsEnabled isSecurityPolicyEnabled""",
    "protection": """
      branchProtectionRules(first: 50) { totalCount nodes {
        pattern requiresApprovingReviews requiredApprovingReviewCount requiresCodeOwnerReviews requiresStatusChecks
        requiredStatusCheckContexts requiresStrictStatusChecks isAdminEnforced allowsForcePushes allowsDeletions
        requiresLinearHistory requiresConversationResolution requiresCommitSignatures dismissesStaleReviews
        bypassPullRequestAllowances(first: 1) { totalCount } } }""",
    "rulesets": """
      rulesets(first: 50) { totalCount nodes { name enforcement target
        conditions { refName { include exclude } }
        bypassActors(first: 20) { totalCount nodes { repositoryRoleName organizationAdmin deployKey bypassMode } }
        rules(first: 50) { totalCount nodes { type parameters {
          ... on PullRequestParameters {
            requiredApprovingReviewCount requireCodeOwnerReview dismissStaleReviewsOnPush }
          ... on RequiredStatusChecksParameters { strictRequiredStatusChecksPolicy
            requiredStatusChecks { context } } } } } } }""",
    "environments": """
      environments(first: 100) { totalCount nodes { name protectionRules(first: 20) { nodes {
        type timeout preventSelfReview reviewers(first: 10) { totalCount } } } } }""",
    "owners": """
      codeowners { errors { kind line path } }
      owners: object(expression: "HEAD:CODEOWNERS") { ...Text }
      ownersInDocs: object(expression: "HEAD:docs/CODEOWNERS") { ...Text }
      ownersInGithub: object(expression: "HEAD:.github/CODEOWNERS") { ...Text }""",
    "workflows": """
      workflows: object(expression: "HEAD:.github/workflows") {
        ... on Tree { entries { name type mode size object { ...Text } } } }
      dependabot: object(expression: "HEAD:.github/dependabot.yml") { ...Text }""",
    "branches": """
      branches: refs(refPrefix: "refs/heads/", first: 100) { totalCount nodes {
        name target { oid ... on Commit { committedDate } }
        merged: associatedPullRequests(states: [MERGED], first: 1) { totalCount } } }""",
    "releases": """
      published: releases(first: 20, orderBy: {field: CREATED_AT, direction: DESC}) { totalCount nodes {
        tagName isDraft shortDescriptionHTML(limit: 40) releaseAssets(first: 50) { nodes { name } } } }""",
}  # fmt: skip
_TEXT = {"owners", "workflows"}
_FRAGMENT = "\nfragment Text on Blob { byteSize isBinary isTruncated text }"
SETTINGS = "settings"
DAILY = DAY
#: Of the answer, what moves with the work: none of it says that somebody has set up anything.
_MOVING = {"branches", "published"}


def settings_anew(page: Page) -> None:
    """The next sync reads the settings again."""
    if feed := page.session.get(Feed, (page.reader.source_id, SETTINGS)):
        feed.cursor = {name: value for name, value in (feed.cursor or {}).items() if name != "at"}


def read_settings(reader: Reader, again: bool = False) -> None:
    """Rules, environments, owners, workflow texts, branches and releases as GitHub gives them: one query a day. What
    the token may not read is asked for by itself, and stands under `unknown` with the reason; it is never taken for
    absent."""
    cursor, _ = saving.state(reader, SETTINGS)
    if not again and reader.api.date - cursor.get("at", -DAILY) < DAILY:
        return
    data, unknown = {}, {}
    try:
        data = _asked(reader, list(_PARTS))
    except (errors.MissingPermission, errors.TooHeavy, errors.Unavailable):
        for name in _PARTS:
            try:
                data |= _asked(reader, [name])
            except errors.MissingPermission as error:
                unknown[name] = str(error)
    with saving.page(reader) as page:
        row = {"source_id": reader.source_id, "read_at": reader.api.date, "data": data, "unknown": unknown or None}
        stored = select(RepositorySettings.unknown, RepositorySettings.data)
        before = page.session.execute(stored.where(RepositorySettings.source_id == reader.source_id)).first()
        same = before is not None and (before.unknown, _set_up(before.data)) == (row["unknown"], _set_up(data))
        store.upsert(page.session, RepositorySettings, [row], ["source_id"])
        changed = cursor.get("changed", 0) if same else reader.api.date
        page.feed(SETTINGS, cursor={"at": reader.api.date, "changed": changed})


def _set_up(data: dict) -> dict:
    return {name: value for name, value in data.items() if name not in _MOVING}


def _asked(reader: Reader, names: list[str]) -> dict:
    fields = "\n".join(_PARTS[name] for name in names)
    query = f"query($node: ID!) {{ node(id: $node) {{ ... on Repository {{ {fields} }} }} }}"
    query += _FRAGMENT if _TEXT & set(names) else ""
    what = f"{', '.join(names)} of {reader.full_name}" if len(names) == 1 else f"settings of {reader.full_name}"
    answer = reader.api.graphql(query, {"node": reader.node}, what)
    found = values.need(answer.json, "node", dict, none=True)
    if found is None:
        raise errors.MissingPermission(f"The token may not read {what}.")
    return _small(found)


def _small(value, depth: int = 0):
    """Without texts larger than any that is looked at."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str) and (value.get("byteSize") or 0) > 256 << 10:
            value = {**value, "text": None}
        return {name: _small(each, depth + 1) for name, each in value.items()}
    if isinstance(value, list):
        return [_small(each, depth + 1) for each in value]
    return value.replace("\x00", "") if isinstance(value, str) else value
