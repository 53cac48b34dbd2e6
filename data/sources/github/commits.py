"""The commits of the default branch, newest first from a fixed commit on, so that counting pages is safe.

Where there are many, they ride along with the queries for pull requests, and cost no request of their own.
"""

from sqlalchemy import select

from data.sources.git_messages import clean, parse
from data.sources.github import saving, values
from data.sources.github.saving import Page, Reader
from data.tables import Repository, SourceCommit

FEED = "commits"

_COMMITS = """
fragment Commits on Commit {
  oid
  history(first: $commits, after: $after, since: $since) {
    nodes { oid authoredDate committedDate message parents(first: 50) { nodes { oid } } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
_HEAD = (
    """
query($node: ID!, $commits: Int!, $after: String, $since: GitTimestamp) {
  node(id: $node) { ... on Repository { defaultBranchRef { name target { ...Commits } } } }
}
"""
    + _COMMITS
)
_ALONE = (
    """
query($node: ID!, $oid: GitObjectID!, $commits: Int!, $after: String, $since: GitTimestamp) {
  trunk: node(id: $node) { ... on Repository { object(oid: $oid) { ...Commits } } }
}
"""
    + _COMMITS
)
#: To be put into another query, whose variables must then declare those of `Rider.variables`.
RIDING = "trunk: node(id: $node) { ... on Repository { object(oid: $oid) { ...Commits } } }"
DECLARED = "$node: ID!, $oid: GitObjectID!, $commits: Int!, $after: String, $since: GitTimestamp"
FRAGMENT = _COMMITS

PAGE = 100
BEFORE = 31 * values.DAY


class Rider:
    """The pages that are left, one after the other."""

    def __init__(self, reader: Reader):
        self.reader = reader
        self.cursor, _ = saving.state(reader, FEED)

    @property
    def wanted(self) -> bool:
        return bool(self.cursor.get("reading"))

    @property
    def variables(self) -> dict:
        reading = self.cursor["reading"]
        return {**self._asked(reading["after"]), "oid": reading["head"]}

    def _asked(self, after: str | None) -> dict:
        """Where the history begins later, a month more of it: what is deployed first is older."""
        start = self.reader.settings.history_start
        since = values.written(max(0, start - BEFORE)) if start else None
        return {"node": self.reader.node, "commits": PAGE, "after": after, "since": since}

    def begin(self) -> None:
        """Asks where the branch stands, with the newest commits. Goes on with what was begun before, if anything."""
        if self.wanted:
            return
        answer = self.reader.api.graphql(_HEAD, self._asked(None), f"commits of {self.reader.full_name}")
        ref = values.path(answer.json, "node", "defaultBranchRef")
        with saving.page(self.reader) as page:
            if ref is None:  # empty
                page.feed(FEED, cursor=self.cursor)
                return
            self.reader.branch = values.need(ref, "name", str)
            page.session.get_one(Repository, self.reader.repository_id).default_branch = self.reader.branch
            target = values.need(ref, "target", dict)
            head = values.need(target, "oid", str)
            if head == self.cursor.get("head"):
                page.feed(FEED, cursor=self.cursor)
                return
            reading = {"head": head, "after": None, "missing": [], "whole": "head" not in self.cursor}
            self.cursor = {**self.cursor, "reading": reading}
            self.save(page, target)

    def save(self, page: Page, target: dict | None) -> None:
        """Keeps a page, and where to go on: nowhere, once every parent is known. `target` None: the commit that was
        read from is gone, as after a forced push and a clean-up; then the next sync begins anew."""
        reading = self.cursor["reading"]
        if target is None:
            self.cursor = {}
            page.feed(FEED, cursor=self.cursor)
            return
        history = values.need(target, "history", dict)
        rows = [_commit(row) for row in values.rows(history, "nodes")]
        page.put(SourceCommit, ("sha",), rows)
        info = values.need(history, "pageInfo", dict)
        missing = self._missing(page, {*reading["missing"], *(sha for row in rows for sha in row["parents"].split())})
        if values.need(info, "hasNextPage", bool) and (missing or reading["whole"]):
            after = values.need(info, "endCursor", str)
            self.cursor = {**self.cursor, "reading": {**reading, "after": after, "missing": missing}}
        else:
            self.cursor = {"head": reading["head"]}
        page.feed(FEED, cursor=self.cursor)

    def _missing(self, page: Page, shas: set[str]) -> list[str]:
        wanted, known = sorted(shas), set()
        for start in range(0, len(wanted), 500):
            some = SourceCommit.sha.in_(wanted[start : start + 500])
            mine = select(SourceCommit.sha).where(SourceCommit.source_id == self.reader.source_id, some)
            known.update(page.session.execute(mine).scalars())
        return [sha for sha in wanted if sha not in known]

    def finish(self) -> None:
        """The pages that nothing gave a ride."""
        while self.wanted:
            answer = self.reader.api.graphql(_ALONE, self.variables, f"commits of {self.reader.full_name}")
            with saving.page(self.reader) as page:
                self.save(page, values.path(answer.json, "trunk", "object"))
            self.reader.tell(self.reader.new.get("source_commit", 0), None, "Reading commits")


def _commit(row: dict) -> dict:
    message = parse(values.need(row, "message", str))
    parents = values.need(values.need(row, "parents", dict), "nodes", list)
    reverts = message.reverts or ((message.reverts_hint,) if message.reverts_hint else ())
    return {
        "sha": values.need(row, "oid", str),
        "parents": " ".join(values.need(each, "oid", str) for each in parents if each),
        "authored_at": values.moment(row, "authoredDate"),
        "committed_at": values.moment(row, "committedDate"),
        "title": clean(message.title) or "(no title)",
        "number": message.number,
        "reverts": "\n".join(reverts) or None,
    }
