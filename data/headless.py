"""Reading from GitHub without the portal: the same jobs, done here unless a worker does them already. See `milepost.py
sync`."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from data import access, collecting, connections, jobs, people, store, syncing, work
from data.people import Who
from data.sources.github.errors import GitHubError
from data.syncing import Settings, SyncView
from data.tables import Change, Deployment, Incident, PipelineRun, Source

FORMAT = "milepost.sync/1"
_LOOK = 0.2  # seconds between two looks at a job
_BEAT = 5.0  # seconds between two signs of life
_FACTS = {"changes": Change, "deployments": Deployment, "incidents": Incident, "runs": PipelineRun}

Progress = Callable[[int, int | None, str], None]


class NothingToRead(ValueError):
    """Nothing can be read as asked; the text is one sentence."""


@dataclass(frozen=True)
class Read:
    """What became of a source. view: how it stands now. calls, counted: requests sent, and those that count for
    GitHub's REST limit. new: rows that are new or other than before, by table. held: facts of it in the store."""

    view: SyncView
    calls: int
    counted: int
    new: dict[str, int]
    held: dict[str, int]

    @property
    def is_read(self) -> bool:
        """Everything that there is."""
        return self.view.state == syncing.UP_TO_DATE and not self.view.problems


def sources(
    who: Who, names: Sequence[str], token_env: str | None = None, team: str | None = None, since: datetime | None = None
) -> list[int]:
    """The sources of these names (owner/repo, or their numbers); without names all that nobody has stopped. With
    `token_env` those that are not there are added. Raises NothingToRead."""
    known = syncing.status(who)
    by_name = {view.full_name.casefold(): view.source_id for view in known.values()}
    start = store.to_us(since)
    chosen, missing = [], []
    for name in names:
        source_id = int(name) if name.isdecimal() and name.isascii() else by_name.get(name.casefold())
        if source_id in known:
            chosen.append(source_id)
        else:
            missing.append(name)
    if not names:
        chosen = [view.source_id for view in known.values() if view.state != syncing.PAUSED]
    try:
        for source_id in chosen:
            _begin_earlier(who, known[source_id], start)
        chosen += _added(who, missing, token_env, team, start)
    except (GitHubError, ValueError, LookupError, access.Forbidden) as error:
        raise NothingToRead(str(error)) from None
    if not chosen:
        raise NothingToRead("No repository of GitHub is read here yet: name one (owner/repo) and give --token-env.")
    return list(dict.fromkeys(chosen))


def _added(who: Who, names: list[str], token_env: str | None, team: str | None, start: int | None) -> list[int]:
    if not names:
        return []
    if not token_env:
        raise NothingToRead(
            f"{names[0]} is not read here: add it in the portal, or give --token-env with the name of the variable "
            f"that holds a token."
        )
    secret, home = f"env:{token_env}", people.home_organization(who)
    connection_id = connections.with_token(home, secret) or connections.add_token(who, secret, home)
    settings = Settings(history_start=start) if start is not None else None
    made = []
    for name in names:
        owner = name.partition("/")[0]
        made += syncing.add(who, connection_id, [name], team or owner, settings=settings)
    return [each.source_id for each in made]


def _begin_earlier(who: Who, view: SyncView, start: int | None) -> None:
    """A source that was not read yet begins there; one that begins later is completed from there on."""
    if start is None:
        return
    now = view.settings.history_start
    if view.finished_at is None or (now is not None and start < now):
        syncing.save_settings(who, view.source_id, view.settings.model_copy(update={"history_start": start}))


def read(who: Who, source_ids: Sequence[int], progress: Progress = lambda done, total, text: None) -> list[Read]:
    """Reads them one after the other; what meets a limit goes on later, and the others are read all the same."""
    return [_read(who, source_id, progress) for source_id in source_ids]


def _read(who: Who, source_id: int, progress: Progress) -> Read:
    with store.writing() as session:
        source = session.get_one(Source, source_id)
        reads = source.connection_id is not None and source.paused_at is None
        job_id = collecting.begin(session, source, who) if reads else None
    if job_id is not None:
        _follow(job_id, progress)
    view = syncing.status(who, [source_id])[source_id]
    job = jobs.progress(job_id) if job_id is not None else None
    report = job.report if job is not None else {}
    held = {}
    with store.reading() as session:
        for name, table in _FACTS.items():
            counted = select(func.count()).select_from(table).where(table.source_id == source_id)
            held[name] = session.execute(counted).scalar_one()
    return Read(view, report.get("calls", 0), report.get("counted", 0), report.get("new", {}), held)


def _follow(job_id: int, progress: Progress) -> None:
    """Until the job has ended or waits for a limit. It is done here, turn by turn, unless a worker does it."""
    while (job := jobs.progress(job_id)) is not None and job.is_live:
        if job.state == "queued" and job.due_at is not None and store.to_us(job.due_at) > store.now_us():
            return
        doing = threading.Thread(target=work.run, args=(job_id,), name="sync", daemon=True)
        doing.start()
        try:
            _watch(job_id, doing, progress)
        except BaseException:
            work.stopping.set()  # the job goes back to the queue at its next step
            doing.join(30)
            raise
        time.sleep(_LOOK)  # another process may be doing it


def _watch(job_id: int, doing: threading.Thread, progress: Progress) -> None:
    beaten = time.monotonic()
    while True:
        doing.join(_LOOK)
        job = jobs.progress(job_id)
        if job is not None and job.state == "running":
            progress(job.done, job.total, job.message)
        if time.monotonic() - beaten > _BEAT:
            beaten = time.monotonic()
            work.beat()
        if not doing.is_alive():
            return


# What is printed


def as_json(found: Sequence[Read]) -> dict:
    """Described in docs/cli.md."""
    return {
        "format": FORMAT,
        "read": sum(each.is_read for each in found),
        "not_read": sum(not each.is_read for each in found),
        "sources": [
            {
                "source": each.view.source_id,
                "repository": each.view.full_name,
                "state": each.view.state,
                "text": each.view.text,
                "read_at": _iso(each.view.finished_at),
                "resume_at": _iso(each.view.resume_at),
                "problems": dict(each.view.problems or {}),
                "calls": each.calls,
                "counted": each.counted,
                "new": each.new,
                "held": each.held,
            }
            for each in found
        ],
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def lines(found: Sequence[Read]) -> list[str]:
    """For people: one a source, and one for each thing that could not be read."""
    said = []
    for each in found:
        view = each.view
        until = f" It goes on at {view.resume_at:%Y-%m-%d %H:%M} UTC." if view.resume_at else ""
        said.append(f"{view.full_name}: {view.text}{until}")
        said += [f"  {problem}" for problem in (view.problems or {}).values()]
    return said
