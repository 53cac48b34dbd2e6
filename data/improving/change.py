"""One thing that a team did, before and after: the service's metrics in the weeks on both sides with their intervals,
how its deployments went, its workflow maps, and what else changed meanwhile.

Whether it worked is judged elsewhere (`verdicts`), by the one metric that was named beforehand, beside trend and
season. Here stands everything else, for whoever wants to see what came with it; nothing of it is a cause.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from assessments import goals as ways
from assessments.attempts import attempts
from assessments.delivery.results import Coverage, Stage, Summary
from assessments.goals import HIGH, LOW, Figure
from assessments.outcomes import WEEK
from data import access, derived, store
from data.access import Action
from data.asked import maps
from data.asked.maps import TODAY, MapView, VersionLine
from data.improving import figures
from data.improving.interventions import InterventionView
from data.improving.measuring import METRICS
from data.people import Who
from data.store import Snapshot
from data.tables import AuditEvent, Correction, Goal, Service, Source

WEEKS = figures.WEEKS  # on each side
#: What an attempt to deploy is measured by, beside the metrics: key, name, unit, the end one wishes for.
ATTEMPTS = (
    ("attempts_succeeded", "Attempts to deploy that succeed", "share", HIGH),
    ("attempt_duration", "Time from start to finish of a deployment", "hours", LOW),
)


@dataclass(frozen=True)
class Line:
    """One metric on both sides. apart: the 95 % interval of after minus before, None where one of them has none; state:
    better, worse, not told apart or not known, see `assessments.goals`."""

    key: str
    name: str
    unit: str
    before: Figure
    after: Figure
    apart: tuple[float, float] | None
    state: str

    @property
    def changed(self) -> float | None:
        """By how much: a difference of shares, else the part of before; None where that cannot be told."""
        before, after = self.before.value, self.after.value
        if before is None or after is None:
            return None
        return after - before if self.unit == "share" else after / before - 1 if before else None


@dataclass(frozen=True)
class Side:
    """What the numbers of one side rest on, None where nothing has been worked out."""

    start: int
    end: int
    coverage: Coverage | None
    stages: tuple[Stage, ...]

    @property
    def merged(self) -> float | None:
        """Changes merged a week."""
        return None if self.coverage is None else self.coverage.changes_merged / ((self.end - self.start) / WEEK)


@dataclass(frozen=True)
class Meanwhile:
    """What else changed between the beginning of the first and the end of the second window. deeds: titles of what was
    done on the same service; goals: those set on it; rules: when somebody changed what counts as production or which
    paths are the service's; sources: when one was connected; begins: where the history of a source begins inside
    the windows; corrections: how many the team made. Instants in microseconds."""

    deeds: tuple[str, ...]
    goals: tuple[str, ...]
    rules: tuple[int, ...]
    sources: tuple[int, ...]
    begins: tuple[int, ...]
    corrections: int


@dataclass(frozen=True)
class Change:
    """Before and after of one intervention. tried: see ATTEMPTS; lines: of METRICS, without those that are known on
    neither side. why_not: why there is nothing to compare, "" otherwise."""

    one: InterventionView
    before: Side
    after: Side
    tried: tuple[Line, ...]
    lines: tuple[Line, ...]
    meanwhile: Meanwhile
    why_not: str

    @property
    def other_work(self) -> bool:
        """Whether there was half as much work again on one side as on the other."""
        before, after = self.before.merged, self.after.merged
        return bool(before and after) and max(before, after) / min(before, after) >= 1.5


@dataclass(frozen=True)
class Drawn:
    """A map of the service with the versions of today's workflow, oldest first; before, after: the numbers of those
    that stood on both sides, None where none did."""

    map: MapView
    versions: tuple[VersionLine, ...]
    before: int | None
    after: int | None


def of(who: Who, one: InterventionView) -> Change:
    """Of an intervention of a team whose numbers the person may see, as `interventions` has read it. Raises Forbidden,
    NotFound."""
    access.check(who, Action.VIEW, access.of_team(one.team_id))
    start, finish = one.said.started_at, one.said.finished_at
    settled = None if finish is None else finish + one.said.settle_weeks * WEEK
    known = figures.newest([one.said.service_id]).get(one.said.service_id) if one.service else None
    until = known[1] if known else start
    windows = (start - WEEKS * WEEK, start), (settled or until, min((settled or until) + WEEKS * WEEK, until))
    why_not = _why_not(one, known is not None, settled, until)
    ended = max(windows[1][1], start)
    meanwhile = _meanwhile(one, windows[0][0], ended)
    if why_not:
        sides = (Side(*window, None, ()) for window in windows)
        return Change(one, *sides, (), (), meanwhile, why_not)
    service_id = one.said.service_id
    wanted = {key: [(service_id, key, *window) for window in windows] for key in METRICS}
    found = figures.figures([each for pair in wanted.values() for each in pair])
    lines = [_line(key, METRICS[key].name, METRICS[key].better, *map(found.get, pair)) for key, pair in wanted.items()]
    return Change(
        one,
        *(_side(service_id, window) for window in windows),
        _tried(service_id, windows),
        tuple(line for line in lines if line.before.value is not None or line.after.value is not None),
        meanwhile,
        "",
    )


def drawn(who: Who, one: InterventionView) -> tuple[Drawn, ...]:
    """The maps of the service that it was done on, by title. Raises Forbidden, NotFound."""
    if not one.service:
        return ()
    mine = [each for each in maps.maps(who, one.team_id) if each.service_id == one.said.service_id]
    return tuple(_drawn(each, maps.versions(who, each.id), one) for each in mine)


def _why_not(one: InterventionView, known: bool, settled: int | None, until: int) -> str:
    if not one.service:
        return "The service that it was done on is not the team's any more, so nothing can be measured."
    if not known:
        return "Nothing has been worked out of this service yet: connect a source and say what counts as production."
    if one.said.started_at > until:
        return "It begins after the last day that is known of the service, so there is only a before."
    if settled is None:
        return "It goes on: what came after is compared once it is finished and has settled."
    if settled + WEEK > until:
        return "It has not settled yet, or less than a week is known since: there is nothing after it to compare."
    return ""


def _line(key: str, name: str, better: str, before: Figure, after: Figure) -> Line:
    apart, state = ways.difference(before, after), ways.against(before, after, better)
    return Line(key, name, before.unit, before, after, apart, state)


def _tried(service_id: int, windows: Sequence[tuple[int, int]]) -> tuple[Line, ...]:
    found = derived.deployments(service_id, store.from_us(windows[0][0]), store.from_us(windows[1][1]))
    if found is None:
        return ()
    pairs = [attempts(found, *window) for window in windows]
    return tuple(
        _line(key, name, better, pairs[0][place], pairs[1][place])
        for place, (key, name, _, better) in enumerate(ATTEMPTS)
    )


def _side(service_id: int, window: tuple[int, int]) -> Side:
    found: dict[int, Summary] = derived.summaries({service_id: tuple(map(store.from_us, window))})
    summary = found.get(service_id)
    return Side(*window, summary and summary.coverage, summary.stages if summary else ())


def _meanwhile(one: InterventionView, start: int, end: int) -> Meanwhile:
    service_id = one.said.service_id if one.service else None
    if service_id is None:
        return Meanwhile(one.beside, (), (), (), (), 0)
    with store.snapshot() as snapshot:
        goals = select(Goal.title).where(Goal.service_id == service_id, Goal.created_at.between(start, end))
        said = AuditEvent.action.in_(("save_settings", "move_service")), AuditEvent.subject == f"service:{service_id}"
        rules = select(AuditEvent.at).where(*said, AuditEvent.at.between(start, end)).order_by(AuditEvent.at)
        made = Correction.service_id == service_id, Correction.created_at.between(start, end)
        number = select(func.count()).select_from(Correction).where(*made)
        repository = select(Service.repository_id).where(Service.id == service_id).scalar_subquery()
        mine = (Source.service_id == service_id) | (Source.service_id.is_(None) & (Source.repository_id == repository))
        return Meanwhile(
            one.beside,
            _first(snapshot, goals.order_by(Goal.created_at)),
            _first(snapshot, rules),
            _first(snapshot, select(Source.created_at).where(mine, Source.created_at.between(start, end - 1))),
            _first(snapshot, select(Source.history_start).where(mine, Source.history_start.between(start, end))),
            _first(snapshot, number)[0],
        )


def _first(snapshot: Snapshot, statement) -> tuple:
    return tuple(row[0] for row in snapshot.rows(statement))


def _drawn(map_: MapView, lines: Sequence[VersionLine], one: InterventionView) -> Drawn:
    """Before is what was saved last before the start, or first at all while it went on: who draws what was does so when
    they begin to change it. After is the newest from the finish to the end of the weeks that are judged."""
    mine = tuple(sorted((line for line in lines if line.kind == TODAY), key=lambda line: line.number))
    start, finish = store.from_us(one.said.started_at), _moment(one.said.finished_at)
    before = next((line for line in reversed(mine) if line.saved_at <= start), None)
    if before is None:
        before = next((line for line in mine if finish is None or line.saved_at <= finish), None)
    last = _moment(one.until)
    later = [
        line
        for line in mine
        if finish is not None and finish < line.saved_at and (last is None or line.saved_at <= last)
        if before is None or line.number > before.number
    ]
    return Drawn(map_, mine, before and before.number, later[-1].number if later else None)


def _moment(at: int | None) -> datetime | None:
    return None if at is None else store.from_us(at)
