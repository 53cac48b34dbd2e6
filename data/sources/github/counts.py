"""Once a week: are the issues and pull requests that are known still there? Deleted and moved ones leave no trace in
the feed, only a number that is too small."""

from sqlalchemy import select

from data import store
from data.sources.github import issues, saving, values
from data.sources.github.deployments import _repository
from data.sources.github.saving import Reader
from data.sources.github.values import DAY
from data.tables import Issue

FEED = "counts"
WEEKLY = 7 * DAY

_COUNT = """
query($node: ID!) {
  node(id: $node) { ... on Repository { issues(first: 1) { totalCount } pullRequests(first: 1) { totalCount } } }
}
"""
_NUMBERS = """
query($node: ID!, $after: String) {
  node(id: $node) { ... on Repository {
    issues(first: 100, after: $after, orderBy: {field: CREATED_AT, direction: ASC}) {
      nodes { number } pageInfo { hasNextPage endCursor }
    }
  } }
}
"""


def read(reader: Reader, now: bool = False) -> None:
    """Counts; where GitHub has others than we, finds out which are no more. Only what was there before each of GitHub's
    copies could tell is judged. now: also when it is not time yet."""
    cursor, _ = saving.state(reader, FEED)
    if not now and "at" in cursor and reader.api.date - cursor["at"] < WEEKLY:
        return
    what = f"issues and pull requests of {reader.full_name}"
    begun = reader.settled
    found = _repository(reader.api.graphql(_COUNT, {"node": reader.node}, what).json)
    there = tuple(values.need(found[name], "totalCount", int) for name in ("issues", "pullRequests"))
    here = issues.counted(reader, reader.api.date)
    gone = _gone(reader, begun, what) if there[0] != here[0] else []
    with saving.page(reader) as page:
        issues.forget(page, gone)
        missing = [n - known for n, known in zip(there, issues.counted(reader, reader.api.date), strict=True)]
        page.feed(FEED, cursor={"at": reader.api.date, "issues": there[0], "pulls": there[1], "missing": missing})


def _gone(reader: Reader, begun: int, what: str) -> list[int]:
    seen, after = set(), None
    while True:
        found = _repository(reader.api.graphql(_NUMBERS, {"node": reader.node, "after": after}, what).json)
        listed = values.need(found, "issues", dict)
        seen.update(values.need(row, "number", int) for row in values.rows(listed, "nodes"))
        info = values.need(listed, "pageInfo", dict)
        if not values.need(info, "hasNextPage", bool):
            break
        after = values.need(info, "endCursor", str)
    mine = (Issue.source_id == reader.source_id, Issue.is_pull.is_(False), Issue.created_at < begun)
    with store.reading() as session:
        return [number for number in session.execute(select(Issue.number).where(*mine)).scalars() if number not in seen]
