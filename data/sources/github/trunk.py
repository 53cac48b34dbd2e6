"""The order of trunk, worked out from the commits that came: positions, and pushes that no pull request brought."""

import polars as pl
from sqlalchemy import Result, Select, func, select
from sqlmodel import Session

from assessments.delivery.facts import CHANGES, INSTANT
from data import replacing, store
from data.sources.git_rows import COMMITS
from data.sources.github import commits, saving
from data.sources.github.saving import Reader
from data.tables import Change, Deployment, Issue, PipelineRun, Source, SourceCommit, TrunkCommit

FEED = "trunk"
_CHUNK = 500
_MANY = 5_000  # new commits, from which on it is not asked which facts speak of them
_ROWS = 2_000  # read at once


def read(reader: Reader) -> None:
    """Works the order out again where commits came, and direct pushes where pull requests came too."""
    cursor, _ = saving.state(reader, FEED)
    head = saving.state(reader, commits.FEED)[0].get("head")
    now = {"head": head, **_signature(reader)}
    if head is None or cursor == now:
        return
    reader.tell(0, None, "Working out the order of trunk")
    wanted, pushes = _worked_out(reader, head)
    stored = store.read_frame(
        select(TrunkCommit.sha, TrunkCommit.position, TrunkCommit.on_trunk).where(
            TrunkCommit.source_id == reader.source_id
        )
    )
    fresh = wanted.join(stored, on=wanted.columns, how="anti", nulls_equal=True)
    gone = stored.join(wanted, on="sha", how="anti")["sha"].to_list()
    others = select(TrunkCommit.sha).where(
        TrunkCommit.repository_id == reader.repository_id, TrunkCommit.source_id != reader.source_id
    )
    with saving.page(reader) as page:
        taken = store.read_frame(others, page.session)  # a clone of the same repository knows them already
        fresh = fresh.join(taken, on="sha", how="anti")
        if len(fresh) or gone:
            moved = len(fresh) > _MANY or gone or fresh.join(stored, on="sha", how="semi").height
            page.touch(None if moved else _spoken_of(page.session, reader, fresh["sha"].to_list()))
        page.frame(TrunkCommit, {"repository_id": reader.repository_id}, "sha", fresh, gone)
        known = page.session.execute(
            select(Change.change_id).where(Change.source_id == reader.source_id, Change.kind == "direct_push")
        ).scalars()
        stale = sorted(set(known) - set(pushes["change_id"]))
        page.frame(Change, {"repository_id": reader.repository_id, "service_id": None}, "change_id", pushes, stale)
        page.feed(FEED, cursor=now)


def _worked_out(reader: Reader, head: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All commits with their places, and the pushes. What it takes to find them is gone when they are saved."""
    parents = _commits(reader)
    places = positions(parents, head)
    wanted = pl.DataFrame(
        {"sha": list(places), "position": [place for place, _ in places.values()],
         "on_trunk": [on for _, on in places.values()]},
        schema=COMMITS,
    )  # fmt: skip
    return wanted, _pushes(reader, parents, places)


def _signature(reader: Reader) -> dict:
    """Changes when pull requests do."""
    merged = select(func.count(), func.max(Issue.detail_version), func.count(Issue.detail_version)).where(
        Issue.source_id == reader.source_id, Issue.merged_at.is_not(None)
    )
    with store.reading() as session:
        count, newest, detailed = session.execute(merged).one()
    return {"merged": count, "newest": newest, "detailed": detailed}


def _commits(reader: Reader) -> dict[str, tuple[str, ...]]:
    """Parents of each; every sha is one text in memory, however often it is named."""
    asked = select(SourceCommit.sha, SourceCommit.parents).where(SourceCommit.source_id == reader.source_id)
    found, names = {}, {}
    with store.reading() as session:
        for sha, parents in _few(session, asked):
            found[names.setdefault(sha, sha)] = tuple(names.setdefault(each, each) for each in parents.split())
    return found


def _few(session: Session, statement: Select) -> Result:
    """The rows, of which only a few are in memory at once."""
    return session.execute(statement.execution_options(yield_per=_ROWS))


def positions(parents: dict[str, tuple[str, ...]], head: str) -> dict[str, tuple[int, bool]]:
    """sha -> (position, on trunk) of every commit that head contains: its own place along first parents, 0 = oldest;
    off trunk, the highest place that it contains. Those that contain none are left out."""
    trunk, sha = [], head
    while sha in parents:
        trunk.append(sha)
        sha = next(iter(parents[sha]), "")
    places = {sha: (place, True) for place, sha in enumerate(reversed(trunk))}
    for top in trunk:
        waiting = [parent for parent in parents[top] if parent in parents and parent not in places]
        while waiting:
            sha = waiting[-1]
            if sha in places:
                waiting.pop()
                continue
            later = [each for each in parents[sha] if each in parents and each not in places]
            if later:
                waiting.extend(later)
                continue
            below = [places[each][0] for each in parents[sha] if each in places]
            places[sha] = (max(below, default=-1), False)
            waiting.pop()
    return {sha: place for sha, place in places.items() if place[0] >= 0}


def _pushes(reader: Reader, parents: dict, places: dict) -> pl.DataFrame:
    """Commits on trunk that belong to no merged pull request, as changes."""
    # Not joined by the store: without an index on numbers, that would compare every one with every other.
    merged = select(Issue.number, Issue.span).where(Issue.source_id == reader.source_id, Issue.merged_at.is_not(None))
    changes = select(Change.number, Change.merge_sha).where(
        Change.source_id == reader.source_id, Change.number.is_not(None)
    )
    rows = select(
        SourceCommit.sha, SourceCommit.title, SourceCommit.number, SourceCommit.authored_at, SourceCommit.committed_at,
        SourceCommit.reverts,
    ).where(SourceCommit.source_id == reader.source_id)  # fmt: skip
    start = reader.settings.history_start or 0  # whose pull requests are not known cannot be told from pushes
    covered, pushes = set(), []
    with store.reading() as session:
        spans = {number: span or 1 for number, span in _few(session, merged)}
        for number, sha in _few(session, changes):
            for _ in range(spans.get(number, 0)):  # after a rebase, several in a row
                if sha not in parents:
                    break
                covered.add(sha)
                sha = next(iter(parents[sha]), "")
        for row in _few(session, rows):
            on_trunk = places.get(row.sha, (0, False))[1]
            if on_trunk and (row.committed_at or 0) >= start and row.sha not in covered and row.number not in spans:
                pushes.append(row)
    return pl.DataFrame(
        {
            "change_id": [row.sha for row in pushes],
            "number": None,
            "kind": "direct_push",
            "title": [row.title for row in pushes],
            "merge_sha": [row.sha for row in pushes],
            "position": [places[row.sha][0] for row in pushes],
            "authored_at": _instants(row.authored_at for row in pushes),
            "opened_at": None,
            "ready_at": None,
            "first_review_at": None,
            "first_approval_at": None,
            "merged_at": _instants(row.committed_at for row in pushes),
            "reverts": pl.Series([row.reverts.split("\n") if row.reverts else None for row in pushes],
                                 dtype=pl.List(pl.String)),
            "paths": None,
            "url": [f"{reader.web_url}/commit/{row.sha}" for row in pushes],
        },
        schema=CHANGES,
    )  # fmt: skip


def _instants(values) -> pl.Series:
    return pl.Series(list(values), dtype=pl.Int64).cast(INSTANT)


def _spoken_of(session: Session, reader: Reader, shas: list[str]) -> int | None:
    """From when on these new commits matter to facts that are known of them; None when that cannot be told."""
    since = replacing.speaking_of(session, session.get_one(Source, reader.source_id), shas)
    if since is None:
        return None
    for table, sha, at in (
        (Change, Change.merge_sha, Change.merged_at),
        (Deployment, Deployment.sha, Deployment.finished_at),
        (PipelineRun, PipelineRun.sha, PipelineRun.finished_at),
    ):
        for start in range(0, len(shas), _CHUNK):
            some = (table.source_id == reader.source_id, sha.in_(shas[start : start + _CHUNK]))
            found = session.execute(select(func.min(at)).where(*some)).scalar()
            since = since if found is None else min(since, found)
    return since
