"""What was found each time a proof of concept was checked: saved whole, never changed.

save(session, attempt_id, results, ...)      # in the transaction of whoever checked
of(session, attempt_id)                      # newest first, two statements however many there are

Of the newest runs the results of all checks are kept, of older ones the verdict. Ask only for attempts that the person
may see.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import delete, func, insert, select, update
from sqlmodel import Session

from assessments.evidence.finding import Evidence
from assessments.poc import Level, Outcome, Result, Results, Severity, Source, Standing, State, Verdict, standing
from data import store
from data.practices.evaluations import storable
from data.tables import ProofResult, ProofRun

WHOLE = 20  # runs of an attempt whose results are kept


@dataclass(frozen=True)
class ResultView:
    """What one check said. asked: the least evidence that is enough; level: that it rests on, None when it says
    nothing. gate: empty for a check of a task. places: of what it says, a path is None for what is not in a file.
    permission: what the token lacks. unread: (path, why)."""

    check_id: str
    title: str
    gate: str
    severity: Severity
    asked: Level
    outcome: Outcome
    level: Level | None
    because: str
    places: tuple[Evidence, ...]
    todo: str
    permission: str
    unread: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RunView:
    """One time that the checks were judged, or could not be: then `problem` says why, and there is no verdict.
    at: microseconds. version: of the content. source: clone or forge. level: the least evidence of a required check
    that passes; strongest: the best. gates: by name. results: in the order of the checks; empty of an old run (not
    `is_whole`). calls: requests to the forge. made_by: None when it was done by itself."""

    id: int
    attempt_id: int
    at: int
    version: str
    branch: str
    commit: str
    source: Source
    verdict: Verdict | None
    level: Level | None
    strongest: Level | None
    gates: Mapping[str, State]
    is_whole: bool
    calls: int
    problem: str
    made_by: int | None
    results: tuple[ResultView, ...] = field(default=())

    def of(self, check_id: str) -> ResultView | None:
        return next((each for each in self.results if each.check_id == check_id), None)


# Writing


def save(
    session: Session,
    attempt_id: int,
    results: Results,
    *,
    version: str,
    branch: str,
    source: Source,
    at: int | None = None,
    calls: int = 0,
    made_by: int | None = None,
) -> int:
    """Adds a run with all its results to the transaction; its id. branch: as it was looked at, never empty. at: now
    when None. The caller has asked who may."""
    level, strongest = results.level, results.strongest
    run = ProofRun(
        attempt_id=attempt_id, at=store.now_us() if at is None else at, version=version, branch=storable(branch),
        commit=results.commit, source=str(source), verdict=str(results.verdict),
        level=None if level is None else int(level), strongest=None if strongest is None else int(strongest),
        gates={name: str(state) for name, state in results.gates.items()}, calls=calls, made_by=made_by,
    )  # fmt: skip
    session.add(run)
    session.flush()
    rows = [{"run_id": run.id, "place": place, **_row(each)} for place, each in enumerate(results.results)]
    if rows:
        session.execute(insert(ProofResult), rows)
    _shorten(session, attempt_id)
    return run.id


def failed(
    session: Session,
    attempt_id: int,
    sentence: str,
    *,
    version: str,
    branch: str,
    source: Source,
    at: int | None = None,
    made_by: int | None = None,
) -> int:
    """Adds that the checks could not be judged, and why; what was found before stays. One after another of them is
    kept once."""
    newest = select(ProofRun).where(ProofRun.attempt_id == attempt_id).order_by(ProofRun.id.desc()).limit(1)
    run = session.execute(newest).scalar_one_or_none()
    if run is None or not run.problem:
        run = ProofRun(attempt_id=attempt_id, at=0, version="", branch="", source="")
        session.add(run)
    run.at, run.version, run.branch = store.now_us() if at is None else at, version, storable(branch)
    run.source, run.problem, run.made_by = str(source), storable(sentence), made_by
    session.flush()
    return run.id


def _row(each: Result) -> dict:
    judged = each.judgement
    return {
        "check_id": each.check.id,
        "title": storable(each.check.title),
        "gate": each.check.gate,
        "severity": str(each.check.severity),
        "asked": int(each.check.level),
        "outcome": str(judged.outcome),
        "level": None if judged.level is None else int(judged.level),
        "because": storable(judged.because),
        "places": [_place(each) for each in judged.places] or None,
        "todo": storable(judged.todo),
        "permission": storable(judged.permission),
        "unread": [[storable(path), storable(why)] for path, why in judged.unread] or None,
    }


def _place(place: Evidence) -> list:
    return [place.path and storable(place.path), place.line, storable(place.what)]


def _shorten(session: Session, attempt_id: int) -> None:
    """Takes away the results of all but the newest runs."""
    whole = ProofRun.attempt_id == attempt_id, ProofRun.is_whole.is_(True), ProofRun.verdict.is_not(None)
    old = session.execute(select(ProofRun.id).where(*whole).order_by(ProofRun.id.desc()).offset(WHOLE)).scalars().all()
    if old:
        session.execute(delete(ProofResult).where(ProofResult.run_id.in_(old)))
        session.execute(update(ProofRun).where(ProofRun.id.in_(old)).values(is_whole=False))


# Reading


def of(session: Session, attempt_id: int) -> tuple[RunView, ...]:
    """All runs of an attempt, newest first, with the results of those that are kept whole."""
    wanted = select(ProofRun.__table__).where(ProofRun.attempt_id == attempt_id)
    return _views(session, session.execute(wanted.order_by(ProofRun.id.desc())).all(), results=True)


def newest(
    session: Session, attempt_ids: Collection[int], *, results: bool | Collection[str] = False
) -> dict[int, RunView]:
    """The newest run of each of these attempts that was judged, by attempt; one statement, two with their results.
    results: also the ids of the checks whose results are wanted."""
    judged = ProofRun.attempt_id.in_(list(attempt_ids)), ProofRun.verdict.is_not(None)
    last = select(func.max(ProofRun.id)).where(*judged).group_by(ProofRun.attempt_id)
    rows = session.execute(select(ProofRun.__table__).where(ProofRun.id.in_(last))).all()
    return {each.attempt_id: each for each in _views(session, rows, results=results)}


def standings(session: Session, attempt_ids: Collection[int], now: int) -> dict[int, Standing]:
    """Where each of these attempts stands, by attempt; one statement. now: microseconds."""
    wanted = select(ProofRun.attempt_id, ProofRun.verdict, ProofRun.at).where(
        ProofRun.attempt_id.in_(list(attempt_ids)), ProofRun.verdict.is_not(None)
    )
    wanted = wanted.order_by(ProofRun.id)
    judged: dict[int, list[tuple[Verdict, int]]] = {each: [] for each in attempt_ids}
    for attempt_id, verdict, at in session.execute(wanted):
        judged[attempt_id].append((Verdict(verdict), at))
    return {attempt_id: standing(each, now) for attempt_id, each in judged.items()}


def _views(session: Session, rows, results: bool | Collection[str]) -> tuple[RunView, ...]:
    found: dict[int, list[ResultView]] = {row.id: [] for row in rows}
    if found and results:
        wanted = select(ProofResult.__table__).where(ProofResult.run_id.in_(list(found)))
        if results is not True:
            wanted = wanted.where(ProofResult.check_id.in_(results))
        for row in session.execute(wanted.order_by(ProofResult.run_id, ProofResult.place)):
            found[row.run_id].append(_result(row))
    return tuple(_view(row, tuple(found[row.id])) for row in rows)


def _view(row, results: tuple[ResultView, ...]) -> RunView:
    return RunView(
        id=row.id,
        attempt_id=row.attempt_id,
        at=row.at,
        version=row.version,
        branch=row.branch,
        commit=row.commit,
        source=Source(row.source),
        verdict=row.verdict and Verdict(row.verdict),
        level=None if row.level is None else Level(row.level),
        strongest=None if row.strongest is None else Level(row.strongest),
        gates={name: State(state) for name, state in (row.gates or {}).items()},
        is_whole=row.is_whole,
        calls=row.calls,
        problem=row.problem,
        made_by=row.made_by,
        results=results,
    )


def _result(row) -> ResultView:
    return ResultView(
        check_id=row.check_id,
        title=row.title,
        gate=row.gate,
        severity=Severity(row.severity),
        asked=Level(row.asked),
        outcome=Outcome(row.outcome),
        level=None if row.level is None else Level(row.level),
        because=row.because,
        places=tuple(Evidence(*place) for place in row.places or ()),
        todo=row.todo,
        permission=row.permission,
        unread=tuple((path, why) for path, why in row.unread or ()),
    )
