"""Releases and tags, both in one query."""

from sqlalchemy import select

from data.sources.git_messages import clean
from data.sources.github import saving, values
from data.sources.github.deployments import _repository
from data.sources.github.saving import Page, Reader
from data.sources.github.values import DAY
from data.tables import Deployment

FEED = "releases"
SWEEP = DAY  # how often all of very many are read
MANY = 500  # up to so many, all are read every time

_QUERY = """
query($node: ID!, $first: Int!, $releases: Boolean!, $release: String, $tags: Boolean!, $tag: String) {
  node(id: $node) { ... on Repository {
    releases(first: $first, after: $release, orderBy: {field: CREATED_AT, direction: DESC}) @include(if: $releases) {
      totalCount nodes { databaseId tagName name isDraft createdAt publishedAt updatedAt url tagCommit { oid } }
      pageInfo { hasNextPage endCursor }
    }
    refs(refPrefix: "refs/tags/", first: $first, after: $tag, orderBy: {field: TAG_COMMIT_DATE, direction: DESC})
        @include(if: $tags) {
      totalCount
      nodes { name target { __typename oid ...When ... on Tag { tagger { date } target { oid ...When } } } }
      pageInfo { hasNextPage endCursor }
    }
  } }
}
fragment When on Commit { committedDate }
"""


def read(reader: Reader, sweep: bool = False) -> None:
    """What is new; where there are not too many, or once a day, or with `sweep`, all of them, so that those that are
    no more go."""
    cursor, _ = saving.state(reader, FEED)
    whole = sweep or reader.api.date - cursor.get("swept", 0) > SWEEP
    begun = reader.settled
    seen: dict[str, set[str]] = {"release": set(), "tag": set()}
    after: dict[str, str | None] = {"release": None, "tag": None}
    wanted, complete = {"release", "tag"}, set()
    while wanted:
        asked = {"node": reader.node, "first": 100, "release": after["release"], "tag": after["tag"],
                 "releases": "release" in wanted, "tags": "tag" in wanted}  # fmt: skip
        answer = reader.api.graphql(_QUERY, asked, f"releases and tags of {reader.full_name}")
        found = _repository(answer.json)
        with saving.page(reader) as page:
            for kind, name, fact in (("release", "releases", _release), ("tag", "refs", _tag)):
                if kind not in wanted:
                    continue
                listed = values.need(found, name, dict, none=True) or {"totalCount": 0, "nodes": [], "pageInfo": None}
                facts = [made for row in values.rows(listed, "nodes") if (made := fact(reader, row))]
                seen[kind].update(each["deployment_id"] for each in facts)
                new, changed = page.put(Deployment, ("deployment_id",), facts, at="finished_at", facts=True)
                after[kind] = values.path(listed, "pageInfo", "endCursor")
                few = values.need(listed, "totalCount", int) <= MANY
                if not values.path(listed, "pageInfo", "hasNextPage"):
                    wanted.discard(kind)
                    complete.add(kind)
                elif not (whole or few or new or changed):
                    wanted.discard(kind)
            if not wanted:
                for kind in complete:
                    _drop_others(page, kind, seen[kind], begun)
                swept = reader.api.date if complete == set(seen) else cursor.get("swept", 0)
                page.feed(FEED, cursor={"swept": swept})


def _drop_others(page: Page, kind: str, seen: set[str], begun: int) -> None:
    """Those that are no more, but not the newest: a copy of GitHub's may not know these yet."""
    mine = (Deployment.source_id == page.reader.source_id, Deployment.kind == kind)
    stored = page.session.execute(select(Deployment.deployment_id, Deployment.created_at).where(*mine))
    gone = [name for name, created in stored if name not in seen and (created or 0) < begun]
    page.drop(Deployment, "deployment_id", gone, at="finished_at")


def _release(reader: Reader, row: dict) -> dict | None:
    published = values.moment(row, "publishedAt")
    if values.need(row, "isDraft", bool) or published is None:
        return None
    return {
        **_common(reader, "release", values.need(row, "tagName", str)),
        "deployment_id": f"release:{values.need(row, 'databaseId', int)}",
        "name": clean(values.need(row, "name", str, none=True) or "") or None,
        "sha": values.path(row, "tagCommit", "oid"),
        "created_at": published,
        "started_at": None,
        "finished_at": published,
        "url": values.need(row, "url", str, none=True),
        "version": values.moment(row, "updatedAt"),
    }


def _tag(reader: Reader, row: dict) -> dict | None:
    name, target = values.need(row, "name", str), values.need(row, "target", dict, none=True)
    if target is None:
        return None
    commit = target if target.get("__typename") != "Tag" else values.need(target, "target", dict)
    tagged = values.path(target, "tagger", "date") or commit.get("committedDate")
    if tagged is None:  # of a tree or a file
        return None
    at = values.instant(tagged)
    return {
        **_common(reader, "tag", name),
        "deployment_id": f"tag:{name}",
        "name": None,
        "sha": values.need(commit, "oid", str),
        "created_at": at,
        "started_at": None,
        "finished_at": at,
        "url": f"{reader.web_url}/releases/tag/{name}",
        "version": None,
    }


def _common(reader: Reader, kind: str, ref: str) -> dict:
    return {
        "repository_id": reader.repository_id, "service_id": None, "kind": kind, "environment": None, "ref": ref,
        "status": "success", "unplanned": None,
    }  # fmt: skip


def told(reader: Reader, row: dict) -> dict | None:
    """A release as REST and webhooks write it; None for a draft. Of which commit is not said, and older servers do not
    say when it was changed."""
    published = values.moment(row, "published_at")
    if values.need(row, "draft", bool) or published is None:
        return None
    return {
        **_common(reader, "release", values.need(row, "tag_name", str)),
        "deployment_id": f"release:{values.need(row, 'id', int)}",
        "name": clean(values.need(row, "name", str, none=True) or "") or None,
        "sha": None,
        "created_at": published,
        "started_at": None,
        "finished_at": published,
        "url": values.need(row, "html_url", str, none=True),
        "version": values.moment(row, "updated_at"),
    }
