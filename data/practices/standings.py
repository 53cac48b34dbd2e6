"""Where a team stands, capability by capability: what it says, what its repositories show and what its map shows, as
far as this reader may see it, with the team's marks put to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace

from sqlalchemy import select
from sqlmodel import Session

from assessments import lanes
from assessments.evidence import Outcome
from assessments.maturity import Capability, Seen, Standing
from assessments.maturity_change import Snapshot
from data import access, people, store
from data.access import Action
from data.people import Who
from data.practices import drawn, evaluating, evaluations, marks, said
from data.practices import model as practice_model
from data.practices.drawn import MapSeen
from data.practices.evaluations import EvaluationView
from data.practices.marks import MarkView
from data.practices.said import Answer, WaveSeen
from data.tables import Repository, Service

_NOT_LOOKED = SimpleNamespace(outcome=Outcome.UNKNOWN, because="It has not been looked at yet.")


@dataclass(frozen=True)
class RepositorySeen:
    """A repository of the team, under a name that no other has here. readable: it has files that can be looked at (a
    service may have imports only). evaluation: what our probes found, with the problem of the newest attempt; None, or
    without `as_of`, where nobody has looked yet."""

    id: int
    name: str
    web_url: str | None
    services: tuple[str, ...]
    readable: bool
    evaluation: EvaluationView | None = None

    @property
    def looked(self) -> bool:
        return self.evaluation is not None and self.evaluation.as_of is not None


@dataclass(frozen=True)
class TeamStanding:
    """Where a team stands at that moment (microseconds), for one reader.

    standings: by capability. lost: share of the lead time that the map shows as waiting, by stage; None without a map.
    repositories: all of the team's services, looked at or not. waves: those that what the team says rests on, the
    newest first. answers: by questionnaire/question. map: the one that speaks; untouched: maps that say nothing yet.
    marks: all there ever were, the newest first.
    """

    team_id: int
    at: int
    snapshot: Snapshot
    standings: Mapping[str, Standing]
    lost: Mapping[str, float] | None
    repositories: tuple[RepositorySeen, ...]
    waves: tuple[WaveSeen, ...]
    answers: Mapping[str, Answer]
    map: MapSeen | None
    untouched: tuple[str, ...]
    marks: tuple[MarkView, ...]

    @property
    def pulse(self) -> tuple:
        """Another one when anything it rests on has changed, however late it is read."""
        looks = tuple((each.id, each.evaluation and (each.evaluation.made_at, each.evaluation.problem))
                      for each in self.repositories)  # fmt: skip
        return looks, self.waves, self.map, self.untouched, self.marks

    @property
    def looked(self) -> tuple[RepositorySeen, ...]:
        """The repositories that have been looked at; empty is a state of its own."""
        return tuple(each for each in self.repositories if each.looked)

    @property
    def not_looked(self) -> tuple[RepositorySeen, ...]:
        """Those that could be and have not been."""
        return tuple(each for each in self.repositories if each.readable and not each.looked)


def of_team(who: Who, team_id: int, now: int | None = None) -> TeamStanding:
    """Where the team stands, as far as this person may see it. now: microseconds, the clock when None.

    What a survey says that is not released to this reader is neither in a level nor in a sentence. Raises Forbidden,
    NotFound.
    """
    subject = access.of_team(team_id)
    access.check(who, Action.VIEW, subject)
    may_see = access.may(people.of_this_moment(who), Action.VIEW_ANSWERS, subject)
    with store.reading() as session:
        return standing_in(session, team_id, store.now_us() if now is None else now, may_see)


def other_tools(who: Who, team_id: int) -> tuple[EvaluationView, ...]:
    """What other tools say of the team and of its repositories; it scores nothing. Raises Forbidden, NotFound."""
    access.check(who, Action.VIEW_ROWS, access.of_team(team_id))
    with store.reading() as session:
        own = select(Service.repository_id).where(Service.team_id == team_id).distinct()
        return evaluations.of_other_tools(session, session.execute(own).scalars().all(), [team_id])


def standing_in(session: Session, team_id: int, at: int, may_see: bool) -> TeamStanding:
    """The same inside a session. may_see: every result counts, not only those that leaders see."""
    model = practice_model.capabilities()
    repositories = _repositories(session, team_id)
    answered = said.said(session, team_id, model, at, may_see)
    map_shown = drawn.shown(session, team_id, model, at)
    seen = {**answered.seen, **_probed(repositories), **map_shown.seen}
    marked = marks.listed_in(session, team_id, at)
    snapshot = Snapshot(practice_model.version(), at, model, _known(model, seen), marks.counting(marked))
    standings = {key: snapshot.standing(key) for key in model}
    lanes_of = (repositories, answered.waves, answered.answers, map_shown.map, map_shown.untouched)
    return TeamStanding(team_id, at, snapshot, standings, map_shown.lost, *lanes_of, marked)


def _repositories(session: Session, team_id: int) -> tuple[RepositorySeen, ...]:
    columns = (Repository.id, Repository.name, Repository.full_name, Repository.web_url, Service.name)
    joined = select(*columns).join(Service, Service.repository_id == Repository.id)
    rows = session.execute(joined.where(Service.team_id == team_id).order_by(Repository.name, Repository.id)).all()
    services: dict[int, list[str]] = {}
    for row in rows:
        services.setdefault(row[0], []).append(row[-1])
    heads = {row[0]: row[1:4] for row in rows}
    found = evaluations.of_repositories(session, list(heads))
    readable = set(session.execute(evaluating.with_files().where(Repository.id.in_(heads))).scalars())
    names = _names({key: (name, full_name) for key, (name, full_name, _) in heads.items()})
    return tuple(
        RepositorySeen(key, names[key], url, tuple(sorted(services[key])), key in readable, found.get(key))
        for key, (_, _, url) in heads.items()
    )


def _names(heads: Mapping[int, tuple[str, str | None]]) -> dict[int, str]:
    """Short where that tells them apart, with its owner where that does, else with a number behind it."""
    short = [name for name, _ in heads.values()]
    names: dict[int, str] = {}
    for key, (name, full_name) in heads.items():
        wanted = full_name if full_name and short.count(name) > 1 else name
        taken, number, made = set(names.values()), 2, wanted
        while made in taken:
            made, number = f"{wanted} ({number})", number + 1
        names[key] = made
    return names


def _probed(repositories: Sequence[RepositorySeen]) -> dict[str, Seen]:
    """What the repositories show. One that has not been looked at yet leaves everything open that the others meet:
    else not looking would raise a level."""
    found: dict[str, Mapping] = {each.name: each.evaluation.findings for each in repositories if each.looked}
    probes = {probe for findings in found.values() for probe in findings}
    for each in repositories:
        if probes and each.readable and not each.looked:
            found[each.name] = dict.fromkeys(probes, _NOT_LOOKED)
    return lanes.repositories(found)


def _known(model: Mapping[str, Capability], seen: Mapping[str, Seen]) -> dict[str, Seen]:
    """What the model asks for, and nothing else."""
    asked = {key for capability in model.values() for key in capability.items}
    return {key: found for key, found in seen.items() if key in asked}
