"""Jobs of runs: how long they queued, by runner. A request each, so only of a sample, whose rate is kept beside them.

Which runs belong to the sample depends on their ids alone, so that it does not prefer quick ones or late ones.
"""

import zlib

from sqlalchemy import func, select

from data import store
from data.sources.git_messages import clean
from data.sources.github import errors, saving, values
from data.sources.github.api import PAGE
from data.sources.github.saving import Page, Reader
from data.sources.github.values import DAY
from data.tables import PipelineJob, PipelineRun

FEED = "jobs"
TOLD = "webhooks"  # since when jobs are told
WINDOW = 31 * DAY
_KEPT = 1_000  # ids of runs without any job that are remembered


def read(reader: Reader) -> None:
    """Jobs of runs of the last 31 days, as many as the settings allow, unless webhooks have brought them.

    Feed `jobs`: from (sample | webhooks: where the jobs come from; with both, a sample adds what webhooks did not
    bring), since (microseconds, from when on runs are looked at), of (runs over since then), rate (0..1 of them that
    are wanted; of webhooks, that are known), sampled (those of the wanted whose jobs are known)."""
    told = saving.state(reader, TOLD)[0].get("jobs_since")
    cursor, _ = saving.state(reader, FEED)
    if not reader.settings.jobs_at_most:
        if told is not None:
            _count_told(reader, max(told, reader.api.date - WINDOW), cursor)
        return
    since = reader.api.date - WINDOW
    runs, have = _known(reader, since)
    have |= {tuple(row) for row in cursor.get("none", ())}
    rate = min(1.0, reader.settings.jobs_at_most / max(1, len(runs)))
    sample = sorted((run for run in runs if place(run[0]) < rate), key=lambda run: place(run[0]))
    none = [list(run) for run in cursor.get("none", ())]
    wanted = [run for run in sample if run not in have][: reader.settings.jobs_at_most]
    for done, (run_id, attempt) in enumerate(wanted):
        rows = _jobs(reader, run_id, attempt)
        have.add((run_id, attempt))
        if not rows:
            none = [*none, [run_id, attempt]][-_KEPT:]
        sampled = sum(run in have for run in sample)
        with saving.page(reader) as page:
            save(page, rows)
            page.feed(FEED, cursor={"from": "sample", "since": since, "rate": rate, "of": len(runs),
                                    "sampled": sampled, "none": none})  # fmt: skip
        reader.tell(done + 1, len(wanted), "Reading jobs of a sample of runs")


def _known(reader: Reader, since: int) -> tuple[list[tuple], set[tuple]]:
    """The runs over since then, each with its newest attempt; and those whose jobs are known to their end."""
    over = select(PipelineRun.run_id, func.max(PipelineRun.attempt)).where(
        PipelineRun.source_id == reader.source_id, PipelineRun.conclusion.is_not(None), PipelineRun.queued_at >= since
    )
    jobs = select(PipelineJob.run_id, PipelineJob.attempt).where(PipelineJob.source_id == reader.source_id)
    with store.reading() as session:
        runs = [tuple(row) for row in session.execute(over.group_by(PipelineRun.run_id))]
        have = {tuple(row) for row in session.execute(jobs.distinct())}
        return runs, have - {tuple(row) for row in session.execute(jobs.where(PipelineJob.finished_at.is_(None)))}


def _count_told(reader: Reader, since: int, cursor: dict) -> None:
    runs, have = _known(reader, since)
    known = sum(run in have for run in runs)
    now = {"from": "webhooks", "since": since, "rate": known / len(runs) if runs else 0.0, "of": len(runs),
           "sampled": known}  # fmt: skip
    if {**cursor, "since": since} != now:
        with saving.page(reader) as page:
            page.feed(FEED, cursor=now)


def place(run_id: str) -> float:
    """Where a run stands between 0 and 1, evenly and always the same."""
    return zlib.crc32(run_id.encode()) / 2**32


def _jobs(reader: Reader, run_id: str, attempt: int) -> list[dict]:
    found, number, more = [], 1, True
    while more:
        where = f"{reader.base}/actions/runs/{run_id}/attempts/{attempt}/jobs"
        asked = {"per_page": PAGE, **({"page": number} if number > 1 else {})}
        try:
            answer = reader.api.get(where, asked, what=f"workflow runs of {reader.full_name}")
        except errors.NotFound:
            return found
        found += values.rows(answer.json, "jobs")
        number, more = number + 1, answer.next
    return found


def save(page: Page, rows: list[dict]) -> None:
    """Jobs as they are listed."""
    page.put(PipelineJob, ("job_id",), [_job(row) for row in rows])


def _job(row: dict) -> dict:
    created, began = values.moment(row, "created_at"), values.moment(row, "started_at")
    state = values.need(row, "status", str)
    # GitHub writes into started_at when a job was created until it is begun, and where it never was.
    waits = state in ("queued", "waiting", "pending", "requested")
    never = waits or (not row.get("runner_name") and began == created)
    labels = [str(label) for label in values.need(row, "labels", list, none=True) or ()]
    return {
        "job_id": str(values.need(row, "id", int)),
        "run_id": str(values.need(row, "run_id", int)),
        "attempt": values.need(row, "run_attempt", int, none=True) or 1,
        "name": clean(values.need(row, "name", str)),
        "runner": clean(",".join(labels)) or None,
        "queued_at": created,
        "started_at": None if never else began,
        "finished_at": values.moment(row, "completed_at"),
        "conclusion": values.need(row, "conclusion", str, none=True),
        "url": values.need(row, "html_url", str, none=True),
    }
