"""Where a team stands, capability by capability: what it says, what its repositories show and what its map shows, as
far as this reader may see it, with the team's marks put to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import SimpleNamespace

from sqlalchemy import select
from sqlmodel import Session

from assessments import lanes, maturity
from assessments.maturity import Capability, Mark, Seen, Standing
from assessments.maturity_change import Snapshot
from content import catalog
from data import access, people, store
from data.access import Action
from data.people import Who
from data.practices import drawn, said
from data.practices.drawn import MapSeen
from data.practices.said import Answer, WaveSeen
from data.tables import Evaluation, Finding, PracticeMark, Repository, Service

PROBES = "probes"


@dataclass(frozen=True)
class RepositorySeen:
    """A repository of the team, under a name that no other has here. readable: it has files at all (a service may have
    imports only). looked_at, as_of (microseconds), commit, evaluation_id: of the newest evaluation, None where it has
    not been looked at. problem: why the newest attempt failed. findings: by probe."""

    id: int
    name: str
    web_url: str | None
    services: tuple[str, ...]
    readable: bool
    evaluation_id: int | None = None
    commit: str | None = None
    as_of: int | None = None
    looked_at: int | None = None
    problem: str | None = None
    findings: Mapping[str, SimpleNamespace] | None = None

    @property
    def looked(self) -> bool:
        return self.findings is not None


@dataclass(frozen=True)
class TeamStanding:
    """Where a team stands at that moment (microseconds), for one reader.

    standings: by capability. lost: share of the lead time that the map shows as waiting, by stage; None without a map.
    repositories: all of the team's services, looked at or not. waves: those that what the team says rests on, the
    newest first. answers: by questionnaire/question. map: the one that speaks; untouched: maps that say nothing yet.
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
    untouched: tuple[str, ...] = ()

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


def standing_in(session: Session, team_id: int, at: int, may_see: bool) -> TeamStanding:
    """The same inside a session. may_see: every result counts, not only those that leaders see."""
    model = capabilities()
    repositories = _repositories(session, team_id)
    answered = said.said(session, team_id, model, at, may_see)
    map_shown = drawn.shown(session, team_id, model, at)
    seen = {**answered.seen, **_probed(repositories), **map_shown.seen}
    marks = _marks(session, team_id)
    snapshot = Snapshot(catalog.practices()["version"], at, model, _known(model, seen), marks)
    standings = {key: snapshot.standing(key) for key in model}
    more = (map_shown.lost, repositories, answered.waves, answered.answers, map_shown.map, map_shown.untouched)
    return TeamStanding(team_id, at, snapshot, standings, *more)


@lru_cache
def capabilities() -> dict[str, Capability]:
    """The model in use, by key."""
    return maturity.capabilities(catalog.practices())


def _repositories(session: Session, team_id: int) -> tuple[RepositorySeen, ...]:
    columns = (Repository.id, Repository.name, Repository.full_name, Repository.path, Repository.web_url, Service.name)
    joined = select(*columns).join(Service, Service.repository_id == Repository.id)
    rows = session.execute(joined.where(Service.team_id == team_id).order_by(Repository.name, Repository.id)).all()
    services: dict[int, list[str]] = {}
    for row in rows:
        services.setdefault(row[0], []).append(row[-1])
    heads = {row[0]: row[1:5] for row in rows}
    found = _evaluations(session, list(heads))
    names = _names({key: (name, full_name) for key, (name, full_name, _, _) in heads.items()})
    return tuple(
        RepositorySeen(
            key, names[key], web_url, tuple(sorted(services[key])), bool(path or full_name), **found.get(key, {})
        )
        for key, (_, full_name, path, web_url) in heads.items()
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


def _evaluations(session: Session, ids: Sequence[int]) -> dict[int, dict]:
    own = select(Evaluation).where(Evaluation.repository_id.in_(ids), Evaluation.origin == PROBES)
    found = {row.id: row for row in session.execute(own).scalars()}
    findings: dict[int, dict] = {}
    columns = (Finding.evaluation_id, Finding.probe, Finding.outcome, Finding.because)
    rows = session.execute(select(*columns).where(Finding.evaluation_id.in_(found)))
    for evaluation_id, probe, outcome, because in rows:
        findings.setdefault(evaluation_id, {})[probe] = SimpleNamespace(outcome=outcome, because=because)
    return {
        row.repository_id: {
            "evaluation_id": row.id, "commit": row.commit, "as_of": row.as_of, "looked_at": row.made_at,
            "problem": row.problem, "findings": findings.get(row.id),
        }
        for row in found.values()
    }  # fmt: skip


def _probed(repositories: Sequence[RepositorySeen]) -> dict[str, Seen]:
    """What the repositories show. One that has not been looked at yet leaves everything open that the others meet:
    else not looking would raise a level."""
    found = {each.name: each.findings for each in repositories if each.findings is not None}
    probes = {probe for findings in found.values() for probe in findings}
    for each in repositories:
        if probes and each.readable and each.findings is None:
            unknown = SimpleNamespace(outcome="unknown", because="It has not been looked at yet.")
            found[each.name] = dict.fromkeys(probes, unknown)
    return lanes.repositories(found)


def _marks(session: Session, team_id: int) -> tuple[Mark, ...]:
    own = select(PracticeMark).where(PracticeMark.team_id == team_id, PracticeMark.undone_at.is_(None))
    rows = session.execute(own.order_by(PracticeMark.id)).scalars()
    return tuple(Mark(row.kind, row.capability, row.reason, row.item, row.owner, row.expires_at) for row in rows)


def _known(model: Mapping[str, Capability], seen: Mapping[str, Seen]) -> dict[str, Seen]:
    """What the model asks for, and nothing else."""
    asked = {key for capability in model.values() for key in capability.items}
    return {key: found for key, found in seen.items() if key in asked}
