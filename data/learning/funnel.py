"""How far teams come with what they learn, from choosing a track to a metric that moved: counts of teams for those who
lead, the tracks of one team for those who work in it or help it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from assessments import learning
from assessments.learning import ADAPT, ADOPT, OVER, STAGES, STOP, Mastery, Stage
from data import access, people, store
from data.access import Action, Forbidden
from data.improving import choices
from data.learning import attempts, metrics, taught
from data.learning.attempts import UNDER_WAY, Line
from data.people import LOCAL, Unknown, Who
from data.tables import Enrolment, Membership, ModuleProgress, Person, ProofAttempt, ProvidedRole, Team

TITLES: Mapping[Stage, str] = {
    Stage.ENROLLED: "Have chosen a track",
    Stage.LEARNED: "Have worked through its modules",
    Stage.PRACTISED: "Pass its checks in a repository of their own",
    Stage.APPLIED: "Show it by runs or by people",
    Stage.VALIDATED: "Pass all four gates",
    Stage.MOVED: "Have moved the metric",
}


@dataclass(frozen=True)
class Count:
    """teams: that have come at least so far with any track."""

    stage: Stage
    title: str
    teams: int


@dataclass(frozen=True)
class TrackCount:
    """Of one track: teams that have chosen it (dropped ones not), and of these those in which a proof of concept is
    under way, stands still, or was adopted, adapted or stopped."""

    track: str
    title: str
    enrolled: int
    under_way: int
    stalled: int
    adopted: int
    adapted: int
    stopped: int


@dataclass(frozen=True)
class Funnel:
    """teams: of the organization. counts: stage by stage, never rising. tracks: those that any team has chosen.
    stalled: teams in which a proof of concept stands still. waiting: metrics that could be judged and were not worked
    out yet, see `work_out`."""

    teams: int
    counts: tuple[Count, ...]
    tracks: tuple[TrackCount, ...]
    stalled: int
    waiting: int


@dataclass(frozen=True)
class TrackStanding:
    """A track of a team. state: as in `data.improving.choices`. mastery: of the team; next: what is missing for the
    next step, one sentence. attempts: of this track."""

    enrolment_id: int
    track: str
    title: str
    state: str
    chosen_at: int
    mastery: Mastery
    next: str
    attempts: tuple[Line, ...]


def of(who: Who, organization_id: int | None = None, now: int | None = None) -> Funnel:
    """For leaders, coaches and administrators of the organization (that of the reader when None). now: microseconds.

    Metrics are judged by what is worked out already; how many are not is in `waiting`. Raises Forbidden, NotFound.
    """
    organization_id, at = _allowed(who, organization_id), store.now_us() if now is None else now
    with store.reading() as session:
        teams = session.execute(select(Team.id).where(Team.organization_id == organization_id)).scalars().all()
        enrolled = _enrolled(session, teams)
        rows = attempts.of_teams(session, teams)
        tried, waiting = attempts.tried_in(session, rows, at)
        lines = {line.id: line for line in attempts.lines_in(session, rows, at, tried)}
        learned = _learned(session, enrolled, who)
    of_enrolment: dict[int, list[ProofAttempt]] = {}
    for row in rows:
        of_enrolment.setdefault(row.enrolment_id, []).append(row)
    stages: dict[int, list[Stage]] = {}
    for row in enrolled:
        mine = [tried[each.id] for each in of_enrolment.get(row.id, ())]
        stages.setdefault(row.team_id, []).append(learning.stage(row.id in learned, mine))
    counts = learning.funnel(stages.values())
    active = {row.id for row in enrolled}
    shown = [lines[row.id] for row in rows if row.enrolment_id in active]
    return Funnel(
        teams=len(teams),
        counts=tuple(Count(stage, TITLES[stage], counts[stage]) for stage in STAGES),
        tracks=_tracks(enrolled, shown),
        stalled=len({line.team_id for line in shown if line.stalled}),
        waiting=len(waiting),
    )


def work_out(
    who: Who, organization_id: int | None, progress: Callable[[int, int], None], now: int | None = None
) -> None:
    """Judges the metrics that `of` waits for, which takes up to seconds each. progress: how many of how many. Raises
    Forbidden, NotFound."""
    organization_id, at = _allowed(who, organization_id), store.now_us() if now is None else now
    with store.reading() as session:
        teams = session.execute(select(Team.id).where(Team.organization_id == organization_id)).scalars().all()
        _, asked = attempts.tried_in(session, attempts.of_teams(session, teams), at)
    metrics.work_out(asked, progress)


def of_team(who: Who, team_id: int, now: int | None = None) -> tuple[TrackStanding, ...]:
    """For the team itself, coaches and administrators; no person in it: what is under way first, then the newest.
    Raises Forbidden, NotFound."""
    access.check(who, Action.VIEW_PROOFS, access.of_team(team_id))
    at = store.now_us() if now is None else now
    with store.reading() as session:
        enrolled = _enrolled(session, [team_id], dropped=True)
        rows = attempts.of_teams(session, [team_id])
        tried, _ = attempts.tried_in(session, rows, at)
        lines = attempts.lines_in(session, rows, at, tried)
        learned = _learned(session, enrolled, who)
    found = []
    for row in enrolled:
        mine = [line for line in lines if line.enrolment_id == row.id]
        if row.state == choices.DROPPED and not mine:
            continue
        track = taught.track_of(row.track_id)
        reached = learning.mastery(row.id in learned, [tried[line.id] for line in mine])
        found.append(
            TrackStanding(
                row.id, track["slug"] if track else row.slug, track["title"] if track else row.slug, row.state,
                row.chosen_at, reached, learning.NEXT[reached], tuple(mine),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.state not in choices.ACTIVE, -one.chosen_at, -one.enrolment_id)))


def _allowed(who: Who, organization_id: int | None) -> int:
    """Raises Forbidden, NotFound."""
    try:
        organization_id = people.home_organization(who) if organization_id is None else organization_id
    except Unknown as error:
        raise Forbidden(str(error)) from None
    access.check(who, Action.VIEW_ROWS, access.of_organization(organization_id))
    return organization_id


def _enrolled(session: Session, teams: Collection[int], dropped: bool = False) -> Sequence[Enrolment]:
    wanted = select(Enrolment).where(Enrolment.team_id.in_(teams))
    if not dropped:
        wanted = wanted.where(Enrolment.state != choices.DROPPED)
    return session.execute(wanted.order_by(Enrolment.id)).scalars().all()


def _learned(session: Session, enrolled: Sequence[Enrolment], who: Who) -> set[int]:
    """The choices whose team has learned the track; whose reading that is leaves this function in no form."""
    tracks = {row.track_id: taught.track_of(row.track_id) for row in enrolled}
    modules = {
        track_id: [each.head["id"] for each in taught.modules(track["slug"]).values()]
        for track_id, track in tracks.items()
        if track
    }
    of_teams = _people(session, {row.team_id for row in enrolled})
    every = {module for ids in modules.values() for module in ids}
    read = select(ModuleProgress.person_id, ModuleProgress.module_id, ModuleProgress.state)
    states: dict[int, dict[str, str]] = {}
    for person_id, module_id, state in session.execute(read.where(ModuleProgress.module_id.in_(every))):
        states.setdefault(person_id, {})[module_id] = state
    found = set()
    for row in enrolled:
        wanted = set(modules.get(row.track_id, ()))
        over = {
            person: [module for module in mine.keys() & wanted if mine[module] in OVER]
            for person in of_teams[row.team_id]
            if (mine := states.get(person, {})).keys() & wanted
        }
        if learning.learned(wanted, over, who.id):
            found.add(row.id)
    return found


def _people(session: Session, teams: Collection[int]) -> dict[int, set[int]]:
    """By team, who has a role in it; of a team without anybody, the local administrator, who is the only one here."""
    found: dict[int, set[int]] = {team_id: set() for team_id in teams}
    for table in (Membership, ProvidedRole):
        wanted = select(table.team_id, table.person_id).where(table.team_id.in_(teams))
        for team_id, person_id in session.execute(wanted):
            found[team_id].add(person_id)
    alone = set(session.execute(select(Person.id).where(Person.provider == LOCAL)).scalars())
    return {team_id: persons or alone for team_id, persons in found.items()}


def _tracks(enrolled: Sequence[Enrolment], lines: Sequence[Line]) -> tuple[TrackCount, ...]:
    places: dict[int, str] = {row.id: row.track_id for row in enrolled}
    found = []
    for track_id in dict.fromkeys(places.values()):
        mine = [line for line in lines if places.get(line.enrolment_id) == track_id]
        track = taught.track_of(track_id)
        slug = next(row.slug for row in enrolled if row.track_id == track_id)

        def count(holds: Callable[[Line], object], mine: Sequence[Line] = mine) -> int:
            return len({line.team_id for line in mine if holds(line)})

        found.append(
            TrackCount(
                track=track["slug"] if track else slug,
                title=track["title"] if track else slug,
                enrolled=len({row.team_id for row in enrolled if row.track_id == track_id}),
                under_way=count(lambda line: line.state == UNDER_WAY),
                stalled=count(lambda line: line.stalled),
                adopted=count(lambda line: line.decision == ADOPT),
                adapted=count(lambda line: line.decision == ADAPT),
                stopped=count(lambda line: line.decision == STOP),
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.enrolled, one.title)))
