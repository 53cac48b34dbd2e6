"""Deployments with their statuses, a hundred in one query, newest first.

The first time down to the oldest, later down to a week before the newest that was known; those that had not ended are
asked for by their ids until they have, or until a month has passed. A deployment that another one replaced
(INACTIVE) keeps the time of its own success.
"""

from data.sources.github import errors, saving, values
from data.sources.github.saving import LAG, Page, Reader
from data.sources.github.values import DAY
from data.tables import Deployment

FEED = "deployments"
AGAIN = 7 * DAY  # how far back of the newest known they are read again
PATIENCE = 31 * DAY  # how long one that has not ended is asked for
SWEEP = 7 * DAY  # how often all are read, to find what changed long afterwards; none is taken away: it did happen

_FIELDS = """
fragment Shipped on Deployment {
  id databaseId environment task commitOid createdAt updatedAt state
  ref { name }
  statuses(first: 50) { nodes { state createdAt logUrl } }
}
"""
_LIST = (
    """
query($node: ID!, $first: Int!, $after: String) {
  node(id: $node) { ... on Repository {
    deployments(first: $first, after: $after, orderBy: {field: CREATED_AT, direction: DESC}) {
      nodes { ...Shipped } pageInfo { hasNextPage endCursor }
    }
  } }
}
"""
    + _FIELDS
)
_SOME = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename ...Shipped } }" + _FIELDS
_ENDED = {"SUCCESS": "success", "FAILURE": "failure", "ERROR": "failure"}
_OVER = {"INACTIVE", "ABANDONED", "DESTROYED"}


def read(reader: Reader, sweep: bool = False) -> None:
    """What is new, and how those that were under way went on. sweep: all of them again."""
    cursor, _ = saving.state(reader, FEED)
    cursor = _down(reader, cursor)
    if cursor.get("whole") and (sweep or reader.api.date - cursor.get("swept", 0) > SWEEP):
        cursor = {**cursor, "whole": False, "after": None, "newest": cursor["mark"]}
        cursor = _down(reader, cursor)
    _open(reader)


def _down(reader: Reader, cursor: dict) -> dict:
    """cursor: mark = created_at of the newest known when everything older was; whole: the oldest has been reached, else
    `after` is where to go on, and `newest` will be the mark."""
    whole, stop = cursor.get("whole", False), cursor.get("mark", 0) - AGAIN
    after, newest = (None, cursor.get("mark", 0)) if whole else (cursor.get("after"), cursor.get("newest", 0))
    while True:
        asked = {"node": reader.node, "first": min(100, 2 * reader.size), "after": after}
        answer = reader.api.graphql(_LIST, asked, f"deployments of {reader.full_name}")
        found = values.need(_repository(answer.json), "deployments", dict)
        rows, info = values.rows(found, "nodes"), values.need(found, "pageInfo", dict)
        created = [values.moment(row, "createdAt", none=False) for row in rows]
        newest = max([newest, *(min(at, reader.settled) for at in created)])
        enough = created and min(created) < max(stop if whole else 0, reader.settings.history_start or 0)
        more = values.need(info, "hasNextPage", bool) and not enough
        after = values.need(info, "endCursor", str, none=True)
        if more:
            cursor = cursor if whole else {**cursor, "whole": False, "after": after, "newest": newest}
        else:
            swept = cursor.get("swept", 0) if whole else reader.api.date
            cursor = {"whole": True, "mark": newest, "swept": swept}
        with saving.page(reader) as page:
            for row in rows:
                _save(page, row)
            page.feed(FEED, cursor=cursor)
        if not more:
            return cursor
        reader.tell(reader.new.get("deployment", 0), None, "Reading deployments")


def _repository(data: object) -> dict:
    found = values.need(data, "node", dict, none=True)
    if found is None:
        raise errors.NotFound(
            "GitHub has no such repository any more, or does not show it to this token: check that the token or app "
            "was given this repository."
        )
    return found


def _open(reader: Reader) -> None:
    after = ""
    while due := saving.todos(reader, "deployment", reader.size, after):
        after = due[-1].key
        what = f"deployments of {reader.full_name}"
        answer = reader.api.graphql(_SOME, {"ids": [todo.key for todo in due]}, what, partly=True)
        found = values.need(answer.json, "nodes", list)
        if len(found) != len(due):
            raise errors.BadAnswer("GitHub answered for other deployments than were asked for: try again.")
        broken = {path[1] for _, path, _ in answer.errors if len(path) > 1 and path[0] == "nodes"}
        missing = {path[1] for kind, path, _ in answer.errors if kind == "NOT_FOUND" and len(path) == 2}
        with saving.page(reader) as page:
            for place, (todo, row) in enumerate(zip(due, found, strict=True)):
                if place not in broken and row is not None and row.get("__typename") == "Deployment":
                    _save(page, row)
                elif place in missing and todo.version < reader.settled:  # a copy of GitHub's may not know it yet
                    page.done("deployment", todo.key)


def _save(page: Page, row: dict) -> None:
    node, fact = values.need(row, "id", str), _deployment(page.reader, row)
    page.put(Deployment, ("deployment_id",), [fact], at="finished_at", facts=True)
    over = fact["status"] != "in_progress" and row["state"] != "ABANDONED"
    old = page.reader.api.date - fact["created_at"] > PATIENCE
    if (over and page.reader.api.date >= fact["version"] + LAG) or old:
        page.done("deployment", node, None if old else fact["version"])
    else:
        page.todo("deployment", {node: fact["version"]})


def _deployment(reader: Reader, row: dict) -> dict:
    number = values.need(row, "databaseId", int)
    said = [
        (values.moment(each, "createdAt", none=False), values.need(each, "state", str), each.get("logUrl"))
        for each in values.rows(values.need(row, "statuses", dict), "nodes")
    ]
    said.sort(key=lambda each: each[0])
    ends = [each for each in said if each[1] in _ENDED]
    started = next((at for at, state, _ in said if state == "IN_PROGRESS"), None)
    created = values.moment(row, "createdAt", none=False)
    status, finished = "in_progress", None
    if ends:
        finished, state, _ = ends[-1]
        status = _ENDED[state]
    elif values.need(row, "state", str) in _OVER:
        status = "cancelled"
    logs = [log for _, _, log in said if isinstance(log, str) and log.startswith("https://")]
    return {
        "repository_id": reader.repository_id,
        "service_id": None,
        "deployment_id": f"deployment:{number}",
        "kind": "github_deployment",
        "environment": values.need(row, "environment", str, none=True),
        "ref": values.path(row, "ref", "name"),
        "name": values.need(row, "task", str, none=True),
        "sha": values.need(row, "commitOid", str),
        "created_at": created,
        "started_at": created if started is None else started,
        "finished_at": finished,
        "status": status,
        "unplanned": None,
        "url": logs[-1] if logs else f"{reader.web_url}/deployments",
        "version": values.moment(row, "updatedAt", none=False),
    }


# As GitHub tells by itself


def told(reader: Reader, row: dict, status: dict | None) -> dict:
    """A deployment with its newest status, if it has one yet, as REST and webhooks write them. What neither says is
    null: when it began, and, for one that another has replaced, how it ended (`status`)."""
    state = values.need(status, "state", str).upper() if status else "PENDING"
    ref, sha, created = values.need(row, "ref", str), values.need(row, "sha", str), values.moment(row, "created_at")
    log = status.get("log_url") if status else None
    over = _ENDED.get(state)
    return {
        "repository_id": reader.repository_id,
        "service_id": None,
        "deployment_id": f"deployment:{values.need(row, 'id', int)}",
        "kind": "github_deployment",
        "environment": values.need(row, "environment", str, none=True),
        "ref": None if ref == sha else ref,
        "name": values.need(row, "task", str, none=True),
        "sha": sha,
        "created_at": created,
        "started_at": created if status is None else None,
        "finished_at": values.moment(status, "created_at", none=False) if over else None,
        "status": over or (None if state in _OVER else "in_progress"),
        "unplanned": None,
        "url": log if isinstance(log, str) and log.startswith("https://") else f"{reader.web_url}/deployments",
        "version": values.moment(row, "updated_at", none=False),
    }
