"""Runs of workflows, in windows of the time when they were created, which never changes; each attempt is a row.

A search ends at its thousandth result: a window with more is cut where reading had to end. A run can be begun again
for a month: the windows of the last 31 days are asked for again every time, each page with its ETag, so that nothing
new costs nothing. The newest window is open at its end, so that its address stays the same.
"""

from sqlalchemy import select

from data.sources.git_messages import clean
from data.sources.github import errors, saving, values
from data.sources.github.api import PAGE
from data.sources.github.saving import Page, Reader
from data.sources.github.values import DAY, SECOND
from data.tables import PipelineRun

FEED = "runs"
AGAIN = 31 * DAY  # how long a run can be begun again
MOST = 1_000  # results of one search
AIM = 900  # results that are read of a window with more
FULL = 500  # runs after which the open window is closed, and another begun
FIRST = values.instant("2018-01-01T00:00:00Z")  # before there were any
_PASSES = 4  # over the pages of a window, until one finds it whole


def read(reader: Reader) -> None:
    """What is new, what was begun again, and earlier attempts that are not known."""
    cursor, _ = saving.state(reader, FEED)
    windows = cursor.get("windows")
    if not windows:
        first, recent = max(FIRST, reader.settings.history_start or 0), _second(reader.settled - AGAIN)
        windows = [_window(first, recent), _window(recent + SECOND, None)]
        windows = windows if first < recent else [_window(first, None)]
    place = len(windows) - 1  # the newest first: they matter most
    while place >= 0:
        window = windows[place]
        if not (window["done"] and _is_old(reader, window)):
            parts = _read(reader, windows, place)
            if parts:
                windows[place : place + 1] = parts
                _keep(reader, windows)
                place += 1  # the upper part has just been read
        place -= 1
    if closed := _close(reader, windows[-1]):
        windows[-1:] = closed
        _keep(reader, windows)
    attempts(reader)


def _is_old(reader: Reader, window: dict) -> bool:
    """Whether none of its runs can be begun again."""
    return window["to"] is not None and window["to"] < reader.settled - AGAIN


def _window(begin: int, end: int | None) -> dict:
    """etags: of its pages; total: what it held when it was last read whole; done: it was read whole once."""
    return {"from": begin, "to": end, "etags": [], "total": None, "done": False}


def _second(at: int) -> int:
    return at - at % SECOND


def _keep(reader: Reader, windows: list[dict]) -> None:
    with saving.page(reader) as page:
        page.feed(FEED, cursor={"windows": windows})


def _read(reader: Reader, windows: list[dict], place: int) -> list[dict]:
    """Reads a window until it is whole. Of one with more than a search gives, reads the newest part, and gives two
    windows to stand in its place: what is left to be read, and that part."""
    for _ in range(_PASSES):
        window = windows[place]
        fresh, seen, totals, number, last = 0, set(), [], 1, None
        while number <= _pages(window):
            crowded = (window["total"] or 0) > MOST
            known = number <= len(window["etags"]) and not crowded
            answer = _page(reader, window, number, window["etags"][number - 1] if known else None)
            if not answer.unchanged:
                fresh += 1
                totals.append(values.need(answer.json, "total_count", int))
                rows = values.rows(answer.json, "workflow_runs")
                seen.update(row["id"] for row in rows)
                last = min((values.moment(row, "created_at", none=False) for row in rows), default=last)
                etags = list(window["etags"]) + [None] * (number - len(window["etags"]))
                etags[number - 1] = answer.etag
                windows[place] = window = {**window, "etags": etags, "total": totals[-1]}
                window["etags"] = etags[: _pages(window)]
                with saving.page(reader) as page:
                    save(page, rows)
                    page.feed(FEED, cursor={"windows": windows})
                reader.tell(reader.new.get("pipeline_run", 0), None, "Reading workflow runs")
            number += 1
        if window["total"] > MOST:
            if min(totals) < totals[0]:  # one was deleted meanwhile, and the others moved up
                continue
            if parts := _cut(reader, window, last):
                return parts
        if not fresh or len(seen) == min(window["total"], MOST):
            break
    window = windows[place]
    if fresh or not window["done"]:
        windows[place] = {**window, "done": True, "etags": [] if _is_old(reader, window) else window["etags"]}
        _keep(reader, windows)
    return []


def _pages(window: dict) -> int:
    """How many pages of a window are read: of a crowded one fewer than there are, of one not yet known the first."""
    total = window["total"] or 0
    return AIM // PAGE if total > MOST else max(1, -(-total // PAGE))


def _page(reader: Reader, window: dict, number: int, etag: str | None):
    begin, end = values.written(window["from"]), window["to"]
    created = f">={begin}" if end is None else f"{begin}..{values.written(end)}"
    asked = {"created": created, "per_page": PAGE, **({"page": number} if number > 1 else {})}
    return reader.api.get(f"{reader.base}/actions/runs", asked, etag, f"workflow runs of {reader.full_name}")


def _cut(reader: Reader, window: dict, last: int) -> list[dict]:
    """What is left of a window whose newest runs down to `last` were read, and that part. Nothing when more began in
    one second than a search gives: then what lies behind it cannot be read at all."""
    end = window["to"]
    if end is not None and last >= end:
        return []
    upper = {**_window(last + SECOND, end), "done": True}
    if end is None:
        upper["total"] = AIM
    return [_window(window["from"], last), upper]


def _close(reader: Reader, window: dict) -> list[dict]:
    """The open window as a closed one and a new one, when it is large, or reaches back beyond what is asked again."""
    now = _second(reader.settled)
    if window["total"] is None or window["from"] >= now:
        return []
    if window["total"] > FULL:
        return [_window(window["from"], now), _window(now + SECOND, None)]
    if window["total"] and now - window["from"] > 2 * AGAIN:
        cut = now - AGAIN
        return [{**_window(window["from"], cut), "done": True}, _window(cut + SECOND, None)]
    return []


# Rows


def save(page: Page, rows: list[dict]) -> None:
    """Runs as they are listed; earlier attempts that are not known to have ended are to be fetched."""
    facts = [_run(page.reader, row) for row in rows]
    page.put(PipelineRun, ("attempt", "run_id"), facts, at="finished_at", facts=True)
    again = {fact["run_id"]: fact for fact in facts if fact["attempt"] > 1}
    if not again:
        return
    ended = select(PipelineRun.run_id, PipelineRun.attempt).where(
        PipelineRun.source_id == page.reader.source_id, PipelineRun.run_id.in_(list(again)),
        PipelineRun.conclusion.is_not(None),
    )  # fmt: skip
    known = {tuple(row) for row in page.session.execute(ended)}
    lacking = {
        f"{run_id}/{attempt}": fact["version"]
        for run_id, fact in again.items()
        for attempt in range(1, fact["attempt"])
        if (run_id, attempt) not in known
    }
    page.todo("attempt", lacking)


def attempts(reader: Reader) -> None:
    """The earlier attempts that were over before anybody looked: a request each."""
    after, done, total = "", 0, saving.count_todos(reader, "attempt")
    while due := saving.todos(reader, "attempt", PAGE, after):
        for todo in due:
            after, done = todo.key, done + 1
            run_id, _, attempt = todo.key.partition("/")
            try:
                where = f"{reader.base}/actions/runs/{run_id}/attempts/{attempt}"
                row = reader.api.get(where, what=f"workflow runs of {reader.full_name}").json
            except errors.NotFound:
                row = None
            with saving.page(reader) as page:
                if row is not None:
                    page.put(PipelineRun, ("attempt", "run_id"), [_run(reader, row)], at="finished_at", facts=True)
                if row is None or row["status"] == "completed":
                    page.done("attempt", todo.key)
            reader.tell(done, total, "Reading earlier attempts of runs")


_RUN = values.Shape(
    id=int, run_attempt=int | None, name=str | None, event=str | None, status=str, conclusion=str | None,
    head_branch=str | None, head_sha=str | None, html_url=str | None, created_at=str, run_started_at=str | None,
    updated_at=str,
)  # fmt: skip


def _run(reader: Reader, row: dict) -> dict:
    number, attempt, name, event, status, conclusion, branch, sha, url, created, began, updated = _RUN.of(row)
    attempt, over = attempt or 1, status == "completed"
    created, updated = values.instant(created), values.instant(updated)
    began = None if began is None else values.instant(began)
    return {
        "repository_id": reader.repository_id,
        "run_id": str(number),
        "attempt": attempt,
        "workflow": clean(name or row.get("path") or "") or "(no name)",
        "event": event,
        "branch": branch,
        "sha": sha,
        "queued_at": created if attempt == 1 else began,  # a run again keeps the time of the first
        "started_at": began if status != "queued" else None,
        "finished_at": updated if over else None,
        "conclusion": conclusion if over else None,
        "url": url,
        "version": updated,
    }
