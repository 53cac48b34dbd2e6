"""The feed of issues and pull requests, by when they last changed; and incidents, which are issues with a label.

By keyset, not by page number: `since` a second before the last row seen, because rows move to the end of the list while
it is read. The cursor that is saved never passes what each of GitHub's copies shows, and moves only on a full page:
so the address that is asked while nothing happens stays the same, and is answered 304, for free.
"""

import re

from sqlalchemy import and_, bindparam, delete, func, or_, select

from data import store
from data.sources.git_messages import clean
from data.sources.github import errors, saving, values
from data.sources.github.api import PAGE
from data.sources.github.saving import Page, Reader
from data.sources.github.values import SECOND
from data.tables import Incident, Issue, Service, Source

FEED = "issues"
_PASSES = 9  # over the pages of a crowded second, until they bring nothing new
_NAMED = re.compile(r"^[\W_]*deploy(?:ed|ment)[\W_]*[:=]\s*`?([\w./@+-]{2,200})", re.IGNORECASE | re.MULTILINE)


def read(reader: Reader) -> None:
    """Everything that changed since the last time. Where issues are switched off, which ends the feed, only the pull
    requests."""
    try:
        _read(reader)
    except errors.NotFound:
        _walk(reader)


def _walk(reader: Reader) -> None:
    """Pull requests without the feed: from the one that changed last back to where the last walk began. Rows only move
    to the front while it goes on, so that counting pages loses none; what has moved is met by the next walk."""
    cursor, _ = saving.state(reader, FEED)
    stop, walk = (
        cursor.get("walked", reader.settings.history_start or 0),
        cursor.get("walk") or {"page": 1, "begun": reader.settled},
    )
    while True:
        asked = {"state": "all", "sort": "updated", "direction": "desc", "per_page": PAGE, "page": walk["page"]}
        answer = reader.api.get(f"{reader.base}/pulls", asked, what=f"pull requests of {reader.full_name}")
        rows = values.rows(answer.json)
        oldest = min((values.moment(row, "updated_at", none=False) for row in rows), default=0)
        more = answer.next and oldest >= stop - SECOND
        walk = {**walk, "page": walk["page"] + 1}
        after = {"walked": stop, "walk": walk} if more else {"walked": max(stop, walk["begun"])}
        with saving.page(reader) as page:
            save(page, [from_pull(row) for row in rows])
            page.feed(FEED, cursor={**{name: cursor[name] for name in ("at", "since") if name in cursor}, **after})
        if not more:
            return
        reader.tell(reader.new.get("issue", 0), None, "Reading pull requests")


def _read(reader: Reader) -> None:
    cursor, etag = saving.state(reader, FEED)
    saved = at = cursor.get("at") or reader.settings.history_start or 0
    while True:
        since = values.written(at - SECOND) if at else None
        same = since == cursor.get("since", "")
        answer = _page(reader, since, 1, etag if same else None)
        if answer.unchanged:
            with saving.page(reader) as page:
                page.feed(FEED)
            return
        rows = values.rows(answer.json)
        last = max((values.moment(row, "updated_at", none=False) for row in rows), default=0)
        if not answer.next:
            with saving.page(reader) as page:
                save(page, rows)
                page.feed(FEED, cursor={"at": saved, "since": since}, etag=answer.etag)
            return
        if last <= at:  # more than a page in one second
            _crowd(reader, since, at)
            last = at + 2 * SECOND
            rows = []
        at, saved = last, max(saved, min(last, reader.settled))
        with saving.page(reader) as page:
            save(page, rows)
            page.feed(FEED, cursor={**cursor, "at": saved})
        reader.tell(reader.new.get("issue", 0), None, "Reading issues and pull requests")


def _page(reader: Reader, since: str | None, number: int, etag: str | None = None):
    asked = {"state": "all", "sort": "updated", "direction": "asc", "per_page": PAGE}
    asked |= {"since": since} if since else {}
    asked |= {"page": number} if number > 1 else {}
    return reader.api.get(f"{reader.base}/issues", asked, etag, f"issues and pull requests of {reader.full_name}")


def _crowd(reader: Reader, since: str | None, end: int) -> None:
    """All rows up to a second in which more changed than a page holds. Only here pages are counted: until two passes
    over them find nothing that was not seen. Rows that leave the second move the others up, and each page may come from
    another of GitHub's copies, in which other rows have left."""
    seen: set[tuple] = set()
    quiet = 0
    for _ in range(_PASSES):
        number, fresh, more = 1, 0, True
        while more:
            answer = _page(reader, since, number)
            rows = values.rows(answer.json)
            with saving.page(reader) as page:
                save(page, rows)
            found = {(row["number"], row["updated_at"]) for row in rows}
            fresh += len(found - seen)
            seen |= found
            beyond = bool(rows) and values.moment(rows[-1], "updated_at") > end
            number, more = number + 1, answer.next and not beyond
        quiet = 0 if fresh else quiet + 1
        if quiet == 2:
            return


def from_pull(row: dict) -> dict:
    """A pull request as the feed has it."""
    return {**row, "pull_request": {"merged_at": row.get("merged_at")}}


def save(page: Page, rows: list[dict]) -> None:
    """Issues and pull requests as the feed has them; the details of merged ones are to be fetched."""
    labels = page.reader.settings.labels
    new, changed = page.put(Issue, ("number",), [_issue(row) for row in rows])
    if merged := {row["number"]: row["version"] for row in [*new, *changed] if row["merged_at"] is not None}:
        known = page.known(Issue, "detail_version", "number", [row["number"] for row in changed])
        page.todo("pull", {str(n): at for n, at in merged.items() if (known.get(n) or 0) <= at})
    incidents = [row for row in [*new, *changed] if not row["is_pull"] and _is_incident(row["labels"], labels)]
    others = [row["number"] for row in changed if not row["is_pull"] and not _is_incident(row["labels"], labels)]
    _incidents(page, incidents, others)


_ISSUE = values.Shape(
    number=int, node_id=str, title=str, state=str, body=str | None, labels=list, created_at=str,
    closed_at=str | None, updated_at=str, html_url=str | None,
)  # fmt: skip


def _issue(row: dict) -> dict:
    number, node, title, state, body, _, created, closed, updated, url = _ISSUE.of(row)
    pull = values.need(row, "pull_request", dict, none=True)
    labels = [str(values.path(each, "name") or "") for each in values.rows(row, "labels")]
    named = _NAMED.search(body) if body else None
    return {
        "number": number,
        "node_id": node,
        "is_pull": pull is not None,
        "title": clean(title),
        "is_open": state == "open",
        "labels": "\n".join(clean(label) for label in labels) or None,
        "deployment": named[1] if named else None,
        "created_at": values.instant(created),
        "closed_at": None if closed is None else values.instant(closed),
        "merged_at": values.moment(pull, "merged_at") if pull is not None else None,
        "url": url,
        "version": values.instant(updated),
    }


# Incidents


def _is_incident(lines: str | None, labels: set[str]) -> bool:
    return any(label.casefold() in labels for label in (lines or "").split("\n") if label)


def _incidents(page: Page, rows: list[dict], others: list[int]) -> None:
    """Issues as incidents of each service of the repository; `others` are none, or no more."""
    stored = page.known(Incident, "opened_at", "incident_id", [f"issue:{number}" for number in others])
    page.drop(Incident, "incident_id", sorted(stored), at="opened_at")
    facts = [
        {
            "service_id": service_id,
            "incident_id": f"issue:{row['number']}",
            "title": row["title"],
            "opened_at": row["created_at"],
            "acknowledged_at": None,
            "resolved_at": None if row["is_open"] else row["closed_at"],
            "deployment": row["deployment"],
            "url": row["url"],
        }
        for service_id in (services(page) if rows else ())
        for row in rows
    ]
    page.put(Incident, ("service_id", "incident_id"), facts, at="opened_at", facts=True)


def services(page: Page) -> list[int]:
    """The services that the source speaks of."""
    return [service_id for (service_id,) in page.rows(_SERVICES, {"source": page.reader.source_id})]


_SOURCE, _SERVICE = Source.__table__.c, Service.__table__.c
_ITS_OWN = _SERVICE.id == _SOURCE.service_id
_ALL = and_(_SOURCE.service_id.is_(None), _SERVICE.repository_id == _SOURCE.repository_id)
_SERVICES = select(_SERVICE.id).where(_SOURCE.id == bindparam("source"), or_(_ITS_OWN, _ALL)).order_by(_SERVICE.id)


def incidents_anew(reader: Reader) -> None:
    """Works out all incidents again where the labels, or the services, are others than the last time."""
    cursor, _ = saving.state(reader, "incidents")
    with saving.page(reader) as page:
        now = {"labels": sorted(reader.settings.labels), "services": services(page)}
        if cursor == now:
            return
        mine = Incident.source_id == reader.source_id
        page.session.execute(delete(Incident).where(mine))
        columns = [Issue.number, Issue.title, Issue.created_at, Issue.is_open, Issue.closed_at, Issue.deployment,
                   Issue.url, Issue.labels]  # fmt: skip
        asked = select(*columns).where(Issue.source_id == reader.source_id, Issue.is_pull.is_(False))
        rows = [dict(row) for row in page.session.execute(asked).mappings()]
        _incidents(page, [row for row in rows if _is_incident(row["labels"], reader.settings.labels)], [])
        page.touch(None)
        page.feed("incidents", cursor=now)


# What is no more


def forget(page: Page, numbers: list[int]) -> None:
    """Issues that were deleted or moved elsewhere."""
    page.drop(Issue, "number", numbers)
    _incidents(page, [], numbers)


def counted(reader: Reader, before: int) -> tuple[int, int]:
    """How many issues and pull requests are known that did not change after that moment."""
    mine = and_(Issue.source_id == reader.source_id, or_(Issue.created_at <= before))
    with store.reading() as session:
        of = dict(session.execute(select(Issue.is_pull, func.count()).where(mine).group_by(Issue.is_pull)).all())
    return of.get(False, 0), of.get(True, 0)
