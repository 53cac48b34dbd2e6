"""What a merged pull request was: its commits, reviews, drafts and files, fifty of them in one query.

Only merged ones are changes, so only those are asked for. One that was read while GitHub's copies might still have
differed is read once more a little later.
"""

from dataclasses import dataclass

from sqlalchemy import bindparam, select, update

from assessments.evidence.snapshot import VENDORED
from data import store
from data.evidence.past import MADE
from data.sources.git_messages import clean, parse
from data.sources.github import commits, errors, issues, saving, trunk, values
from data.sources.github.commits import Rider
from data.sources.github.saving import LAG, Page, Reader
from data.tables import Change, Issue, Todo, TrunkCommit

FEED = "pulls"
TODO = "pull"
_MANY = 100  # commits, reviews and files that are read of one

_FIELDS = """
fragment Pull on PullRequest {
  number updatedAt createdAt mergedAt title body url baseRefName
  author { __typename login }
  mergeCommit { oid message authoredDate parents(first: 2) { totalCount } }
  commits(first: 100) { totalCount nodes { commit { oid authoredDate message } } }
  reviews(first: 100) { nodes { state submittedAt author { __typename login } } }
  timelineItems(first: 1, itemTypes: [READY_FOR_REVIEW_EVENT]) { nodes { ... on ReadyForReviewEvent { createdAt } } }
  additions deletions
  files(first: 100) { totalCount nodes { path additions deletions } }
}
"""
_PULLS = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename ...Pull } }" + _FIELDS
_WITH_COMMITS = (
    f"query($ids: [ID!]!, {commits.DECLARED}) {{ nodes(ids: $ids) {{ __typename ...Pull }} {commits.RIDING} }}"
    + _FIELDS
    + commits.FRAGMENT
)


def read(reader: Reader, rider: Rider) -> None:
    """The details of every pull request that is due; pages of commits ride along."""
    if not rider.wanted:
        trunk.read(reader)
    for _ in range(2):  # the second time those that could not be judged before trunk was known
        after, done, total = "", 0, saving.count_todos(reader, "pull")
        while due := saving.todos(reader, "pull", reader.size, after):
            _read(reader, rider, due)
            after, done = due[-1].key, done + len(due)
            reader.tell(done, total, "Reading what pull requests were")
        rider.finish()
        trunk.read(reader)


def _read(reader: Reader, rider: Rider, due: list[Todo]) -> None:
    with store.reading() as session:
        known = select(Issue.number, Issue.node_id).where(
            Issue.source_id == reader.source_id, Issue.number.in_([int(todo.key) for todo in due])
        )
        nodes = dict(session.execute(known).all())
    lost = [todo.key for todo in due if int(todo.key) not in nodes]
    old = {int(todo.key) for todo in due if todo.version < reader.settled}  # seen by each of GitHub's copies
    numbers = list(nodes)
    asked, riding = {"ids": list(nodes.values())}, rider.wanted
    if riding:
        asked |= rider.variables
    what = f"pull requests of {reader.full_name}"
    answer = reader.api.graphql(_WITH_COMMITS if riding else _PULLS, asked, what, partly=True)
    broken = _broken(answer.errors, what)
    found = values.need(answer.json, "nodes", list)
    if len(found) != len(numbers):
        raise errors.BadAnswer("GitHub answered for other pull requests than were asked for: try again.")
    gone = [number for place, number in enumerate(numbers) if place in broken.missing and number in old]
    whole = [
        row
        for place, (number, row) in enumerate(zip(numbers, found, strict=True))
        if place not in broken.places and row is not None and row.get("__typename") == "PullRequest"
    ]
    with saving.page(reader) as page:
        if gone:
            issues.forget(page, gone)
            page.drop(Change, "change_id", [f"#{number}" for number in gone], at="merged_at")
        page.all_done("pull", {key: (None, None) for key in [*lost, *map(str, gone)]})
        _save(page, whole, rider)
        if riding and not broken.trunk:
            rider.save(page, values.path(answer.json, "trunk", "object"))


@dataclass
class _Broken:
    """places: nodes that did not come whole. missing: those that are no more. trunk: the commits did not come whole."""

    places: set[int]
    missing: set[int]
    trunk: bool


def _broken(said: tuple, what: str) -> _Broken:
    found = _Broken(set(), set(), False)
    for kind, path, message in said:
        if kind in ("FORBIDDEN", "INSUFFICIENT_SCOPES"):
            raise errors.MissingPermission(f"The token may not read {what} ({message}).")
        if len(path) >= 2 and path[0] == "nodes":
            found.places.add(path[1])
            if kind == "NOT_FOUND" and len(path) == 2:
                found.missing.add(path[1])
        else:
            found.trunk = True
    return found


def _save(page: Page, rows: list[dict], rider: Rider) -> None:
    """Pull requests as they were answered for; those of the default branch are changes."""
    reader = page.reader
    versions = {values.need(row, "number", int): values.moment(row, "updatedAt", none=False) for row in rows}
    stored = page.known(Issue, "detail_version", "number", versions)
    rows = [row for row in rows if (stored.get(row["number"]) or 0) <= versions[row["number"]]]
    read = [(row, *_change(reader, row)) for row in rows]
    on_trunk = _on_trunk(page, [(row, change) for row, change, _ in read])
    others = [change["change_id"] for _, change, _ in read if change["number"] not in on_trunk]
    if rider.wanted:  # others may turn out to be on trunk yet: they are asked for again afterwards
        read = [each for each in read if each[1]["number"] in on_trunk]
    else:
        page.drop(Change, "change_id", others, at="merged_at")
    changes = [change for _, change, _ in read if change["number"] in on_trunk]
    page.put(Change, ("change_id",), changes, at="merged_at", facts=True)
    # In a second of its own: what happens in the same second has the same version.
    fetched = {}
    for row, _, _ in read:
        version = versions[row["number"]]
        fetched[str(row["number"])] = version, None if reader.api.date >= version + LAG else version + LAG
    answered = set(page.all_done("pull", fetched))
    detailed = [
        {"of": change["number"], "source": reader.source_id, "detail_version": versions[change["number"]], "span": span}
        for _, change, span in read
        if str(change["number"]) in answered
    ]
    if detailed:
        page.session.connection().execute(_DETAILED, detailed)


_ISSUES = Issue.__table__
_DETAILED = (
    update(_ISSUES)
    .where(_ISSUES.c.source_id == bindparam("source"), _ISSUES.c.number == bindparam("of"))
    .values(detail_version=bindparam("detail_version"), span=bindparam("span"))
)


def _on_trunk(page: Page, read: list[tuple[dict, dict]]) -> set[int]:
    """The numbers of those merged to the default branch, under its present name or an earlier one."""
    reader, found, elsewhere = page.reader, set(), {}
    for row, change in read:
        if change["merged_at"] is None:
            continue
        if reader.branch is None or row.get("baseRefName") == reader.branch:
            found.add(change["number"])
        else:
            elsewhere.setdefault(change["merge_sha"], []).append(change["number"])
    known = select(TrunkCommit.sha).where(
        TrunkCommit.repository_id == reader.repository_id, TrunkCommit.sha.in_(list(elsewhere)), TrunkCommit.on_trunk
    )
    for sha in page.session.execute(known).scalars() if elsewhere else ():
        found.update(elsewhere[sha])
    return found


def _change(reader: Reader, row: dict) -> tuple[dict, int | None]:
    """The pull request as a change; and how many commits it is on trunk, where that is not one."""
    number, title = row["number"], clean(values.need(row, "title", str))
    merge = values.need(row, "mergeCommit", dict, none=True)
    listed = values.need(row, "commits", dict)
    inside = [values.need(each, "commit", dict) for each in values.rows(listed, "nodes")]
    files = values.need(row, "files", dict, none=True)
    paths = [values.need(each, "path", str) for each in values.rows(files, "nodes")] if files else []
    reviews = list(_reviews(row))
    ready = values.rows(values.need(row, "timelineItems", dict), "nodes")
    change = {
        "repository_id": reader.repository_id,
        "service_id": None,
        "change_id": f"#{number}",
        "number": number,
        "kind": "pull_request",
        "title": title or "(no title)",
        "merge_sha": values.need(merge, "oid", str) if merge else None,
        "authored_at": min((values.moment(each, "authoredDate", none=False) for each in inside), default=None),
        "opened_at": values.moment(row, "createdAt", none=False),
        "ready_at": values.moment(ready[0], "createdAt") if ready else None,
        "first_review_at": min((at for _, at in reviews), default=None),
        "first_approval_at": min((at for state, at in reviews if state == "APPROVED"), default=None),
        "merged_at": values.moment(row, "mergedAt"),
        "reverts": _reverts(row, title, merge, inside),
        "paths": "\n".join(paths) if files and values.need(files, "totalCount", int) <= len(paths) else None,
        "url": values.need(row, "url", str, none=True),
        "lines": _lines(row, files),
        "automatic": values.path(row, "author", "__typename") == "Bot",
    }
    return change, _span(merge, listed, inside)


def _lines(row: dict, files: dict | None) -> int:
    """Added and removed, without lock files, made files and code of others where all files are listed."""
    listed = values.rows(files, "nodes") if files else []
    if not files or values.need(files, "totalCount", int) > len(listed):
        return values.need(row, "additions", int) + values.need(row, "deletions", int)
    own = [each for each in listed if not MADE.search(each["path"]) and not VENDORED.search(each["path"])]
    return sum(values.need(each, "additions", int) + values.need(each, "deletions", int) for each in own)


def _reviews(row: dict):
    """(state, when) of each review by another human. Bots comment on everything at once."""
    author = values.path(row, "author", "login")
    for review in values.rows(values.need(row, "reviews", dict), "nodes"):
        at, by = values.moment(review, "submittedAt"), values.need(review, "author", dict, none=True)
        state = values.need(review, "state", str)
        human = by is None or by.get("__typename") in ("User", "EnterpriseUserAccount", "Mannequin")
        own = by is not None and author is not None and by.get("login") == author
        if at is not None and state != "PENDING" and human and not own:
            yield state, at


def _reverts(row: dict, title: str, merge: dict | None, inside: list[dict]) -> str | None:
    """What it says it reverts, but for its own commits: lines."""
    texts = [f"{title}\n\n{values.need(row, 'body', str, none=True) or ''}"]
    texts += [values.need(each, "message", str) for each in inside]
    texts += [values.need(merge, "message", str)] if merge else []
    read = [parse(text) for text in texts]
    stated = [target for message in read for target in message.reverts]
    stated = stated or [message.reverts_hint for message in read if message.reverts_hint]
    own = [values.need(each, "oid", str) for each in inside]
    kept = [each for each in dict.fromkeys(stated) if each != f"#{row['number']}"]
    kept = [each for each in kept if each.startswith("#") or not any(sha.startswith(each) for sha in own)]
    return "\n".join(kept[:_MANY]) or None


def _span(merge: dict | None, listed: dict, inside: list[dict]) -> int | None:
    """How many commits a rebase put on trunk: GitHub names the last, which was written when the last one inside was."""
    total = values.need(listed, "totalCount", int)
    if not merge or total < 2 or len(inside) < total:
        return None
    single = values.need(merge["parents"], "totalCount", int) == 1
    same = (merge["authoredDate"], merge["message"]) == (inside[-1]["authoredDate"], inside[-1]["message"])
    return total if single and same else None
