"""Where a team stood at one time: taken by hand, after a survey that asked about practices, and now and then after its
repositories were looked at. Kept with its evidence and never changed, so that it can be worked out again.

One that rests on what a team said is seen like that: by those who only lead, when the survey is released to them.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, exists, func, select
from sqlmodel import Session

from assessments.delivery import benchmarks
from assessments.delivery.settings import RULES_VERSION
from assessments.maturity import OWN, day
from assessments.maturity_change import Snapshot
from data import access, audit, people, store, trouble
from data.access import Action, NotFound
from data.asked import results, snapshots
from data.people import Who
from data.practices import evaluating, evaluations, model, standings
from data.practices.said import COARSE, FULL, WaveSeen
from data.practices.standings import TeamStanding
from data.tables import Assessment, Evaluation, Organization, Repository, Service, Team, Wave

KIND = "practices"
BY_HAND, AFTER_SURVEY, AFTER_LOOK = "by hand", "after a survey", "after a look at the repositories"
APART = 28 * 86_400_000_000  # microseconds; nothing is taken by itself after a look when one is younger
LONGEST_TITLE = 200  # characters
MOST = 1_000  # of a team, by hand

log = logging.getLogger("milepost.practices")
_told: set[int] = set()  # teams whose trouble is in the log


@dataclass(frozen=True)
class Line:
    """An assessment without its content. why: by hand | after a survey | after a look at the repositories. seen_from:
    when this reader sees it, None when now; surveys: titles of those it rests on."""

    id: int
    team_id: int
    title: str
    taken_at: datetime
    why: str
    surveys: tuple[str, ...]
    seen_from: datetime | None


@dataclass(frozen=True)
class Kept:
    """An assessment with all that it holds. repositories: name, commit and as_of (microseconds, None: not looked at
    then) of each; map: title and version, None without one; metrics: as `data.asked.snapshots` keeps them."""

    line: Line
    snapshot: Snapshot
    repositories: tuple[Mapping[str, Any], ...]
    map: Mapping[str, Any] | None
    metrics: tuple[Mapping[str, Any], ...]
    versions: Mapping[str, Any]


class NotYet(ValueError):
    """The assessment rests on what a team said, and that is not for this reader yet."""


# Reading


def listed(who: Who, team_id: int, now: int | None = None) -> tuple[Line, ...]:
    """The assessments of a team, the newest first. now: microseconds, the clock when None. Raises Forbidden,
    NotFound."""
    access.check(who, Action.VIEW, access.of_team(team_id))
    with store.reading() as session:
        return _lines(session, who, team_id, Assessment.team_id == team_id, now)


def load(who: Who, team_id: int, ids: Sequence[int], now: int | None = None) -> dict[int, Kept]:
    """Assessments of a team with their content, by id. Raises Forbidden, NotFound when one is not of this team, NotYet
    with a sentence."""
    access.check(who, Action.VIEW, access.of_team(team_id))
    with store.reading() as session:
        lines = {line.id: line for line in _lines(session, who, team_id, Assessment.id.in_(ids), now)}
        if missing := set(ids) - set(lines):
            raise NotFound(f"There is no assessment {min(missing)} of this team any more.")
        for line in lines.values():
            if line.seen_from is not None:
                raise NotYet(
                    f"{line.title} rests on what the team said; you see it from {day(store.to_us(line.seen_from))}."
                )
        rows = session.execute(select(Assessment).where(Assessment.id.in_(ids))).scalars().all()
        models = model.kept(session, {row.versions["model"] for row in rows})
    return {row.id: _kept(row, lines[row.id], models[row.versions["model"]]) for row in rows}


def _lines(session: Session, who: Who, team_id: int, which: Any, now: int | None) -> tuple[Line, ...]:
    columns = (Assessment.id, Assessment.team_id, Assessment.title, Assessment.taken_at, Assessment.content["why"],
               Assessment.content["rests_on"])  # fmt: skip
    wanted = select(*columns).where(which, Assessment.team_id == team_id, Assessment.kind == KIND)
    rows = session.execute(wanted.order_by(Assessment.taken_at.desc(), Assessment.id.desc())).all()
    sees_all = access.may(people.of_this_moment(who), Action.VIEW_ANSWERS, access.of_team(team_id))
    released = {} if sees_all else _released(session, {each["wave"] for row in rows for each in row[5]})
    at = store.from_us(store.now_us() if now is None else now)
    lines = []
    for assessment_id, team, title, taken_at, why, rests_on in rows:
        first = None if sees_all else max((_first(each, released) for each in rests_on), default=None)
        surveys = tuple(each["title"] for each in rests_on)
        seen_from = first if first is not None and first > at else None
        lines.append(Line(assessment_id, team, title, store.from_us(taken_at), why, surveys, seen_from))
    return tuple(lines)


def _released(session: Session, waves: Iterable[int]) -> dict[int, int | None]:
    return dict(session.execute(select(Wave.id, Wave.released_at).where(Wave.id.in_(waves))).all())


def _first(rests_on: Mapping[str, Any], released: Mapping[int, int | None]) -> datetime:
    """When leaders see what was said in that wave."""
    return results.first_for_leaders(
        WaveSeen(
            rests_on["wave"], rests_on["title"], rests_on["questionnaire"], rests_on["kind"], "",
            *map(store.from_us, (rests_on["opened_at"], rests_on["closed_at"], released.get(rests_on["wave"]))), "",
        )
    )  # fmt: skip


def _kept(row: Assessment, line: Line, plain_model: list[dict[str, Any]]) -> Kept:
    content = row.content
    snapshot = Snapshot.of({**content["snapshot"], "model": plain_model})
    lists = tuple(content["repositories"]), content["map"], tuple(content["metrics"])
    return Kept(line, snapshot, *lists, row.versions)


# Taking


def take(who: Who, team_id: int, title: str = "", now: int | None = None) -> int:
    """Takes an assessment of the team as it stands; its id. title: a name for it, that of its day when empty.

    Raises Forbidden, NotFound, ValueError for a title that is too long, or when there is nothing to keep yet.
    """
    title = " ".join(title.split())
    if len(title) > LONGEST_TITLE:
        raise ValueError(f"The name is longer than {LONGEST_TITLE} characters: shorten it.")
    subject = access.of_team(team_id)
    access.check(who, Action.PLAN, subject)
    now = store.now_us() if now is None else now
    content, versions = work_out(team_id, now, BY_HAND)
    if not content["snapshot"]["seen"]:
        raise ValueError(
            "There is nothing to keep yet: ask the team, have its repositories looked at or draw its workflow first."
        )
    with store.writing() as session:
        access.check(who, Action.PLAN, access.of_team(team_id))
        many = (
            select(func.count()).select_from(Assessment).where(Assessment.team_id == team_id, Assessment.kind == KIND)
        )
        if session.execute(many).scalar_one() >= MOST:
            raise ValueError(f"A team keeps at most {MOST:,} assessments.")
        made = keep(session, team_id, title or f"Practices on {day(now)}", now, content, versions)
        detail = {"title": title, "assessment": made}
        audit.record(session, who, "take_assessment", f"team:{team_id}", detail, subject.organization_id)
        return made


def take_due(now: int | None = None, most: int = 1) -> list[int]:
    """Takes what is to be taken by itself, no more than `most`; ids. What goes wrong with one team keeps no other
    waiting, and is logged once. now: microseconds.

    After a survey with a result that asked about practices: once, whenever nothing was taken since it closed. After a
    look: when all repositories of a team that can be have been looked at, and nothing was taken for 28 days. Never in a
    demo.
    """
    now = store.now_us() if now is None else now
    taken: list[int] = []
    with store.reading() as session:
        due = _due(session, now)
    for team_id, why in due.items():
        if len(taken) == most:
            break
        try:
            if (made := _take_by_itself(team_id, why, now)) is not None:
                taken.append(made)
        except Exception as error:  # the next look tries again
            if team_id not in _told:
                _told.add(team_id)
                log.warning("no assessment of team %s yet", team_id, exc_info=not trouble.passes(error))
    return taken


def work_out(team_id: int, at: int, why: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Content and versions of an assessment taken now; nothing is written. Whoever reads it later is asked whether
    they may, so that everything goes in."""
    with store.reading() as session:
        found = standings.standing_in(session, team_id, at, True)
        metrics = snapshots.metrics(session, team_id, store.from_us(at))
    plain = found.snapshot.plain()
    content = {
        "why": why,
        "snapshot": {name: plain[name] for name in ("version", "at", "seen", "marks")},
        "rests_on": [_wave(wave) for wave in found.waves],
        "repositories": [_repository(each) for each in found.repositories if each.readable or each.looked],
        "map": {"title": found.map.title, "version": found.map.version} if found.map else None,
        "metrics": metrics,
    }
    return content, _versions(found)


def keep(session: Session, team_id: int, title: str, at: int, content: dict, versions: dict) -> int:
    """Saves what `work_out` found; its id. The caller has asked who may, and leaves the trace."""
    digest = model.keep(session, model.capabilities(), model.version())
    more = {"content": content, "versions": {**versions, "model": digest}}
    row = Assessment(team_id=team_id, wave_id=None, kind=KIND, title=title, taken_at=at, **more)
    session.add(row)
    session.flush()
    return row.id


def _take_by_itself(team_id: int, why: str, now: int) -> int | None:
    """None when another worker was quicker."""
    content, versions = work_out(team_id, now, why)
    with store.writing() as session:
        if team_id not in _due(session, now):
            return None
        organization_id = session.get_one(Team, team_id).organization_id
        made = keep(session, team_id, f"Practices on {day(now)}", now, content, versions)
        audit.record(session, None, "take_assessment", f"team:{team_id}", {"why": why}, organization_id)
        return made


def _due(session: Session, now: int) -> dict[int, str]:
    """Teams of which one is to be taken by itself, and why."""
    after_look = dict.fromkeys(_after_looks(session, now), AFTER_LOOK)
    return after_look | dict.fromkeys(_after_surveys(session, now), AFTER_SURVEY)


def _after_surveys(session: Session, now: int) -> list[int]:
    """Teams with a closed wave about capabilities that shows something, and no assessment since. Answers from elsewhere
    count from when they came here."""
    since = (
        func.max(Wave.closed_at, Wave.opened_at) if store.is_sqlite() else func.greatest(Wave.closed_at, Wave.opened_at)
    )
    kept = select(Assessment.id).where(Assessment.wave_id == Wave.id, Assessment.kind == "survey")
    shown = Assessment.content["answers"]["visibility"].as_string().in_((FULL, COARSE, "agreed"))
    own = _real_teams().join(Wave, Wave.team_id == Team.id)
    own = own.where(Wave.questionnaire == OWN, Wave.state == "closed", since <= now, exists(kept.where(shown)))
    newest = own.add_columns(func.max(since).label("since")).group_by(Team.id).subquery()
    later = select(Assessment.id).where(
        Assessment.team_id == newest.c.id, Assessment.kind == KIND, Assessment.taken_at >= newest.c.since
    )
    wanted = select(newest.c.id).where(~exists(later)).order_by(newest.c.id)
    return list(session.execute(wanted).scalars())


def _after_looks(session: Session, now: int) -> list[int]:
    """Teams of which everything that can be looked at was looked at, at least one of it with success and after their
    newest assessment, and that have nothing younger than 28 days."""
    newest = select(func.max(Assessment.taken_at)).where(Assessment.team_id == Team.id, Assessment.kind == KIND)
    young = select(Assessment.id).where(
        Assessment.team_id == Team.id, Assessment.kind == KIND, Assessment.taken_at > now - APART
    )
    looked = (Evaluation.repository_id == Repository.id) & (Evaluation.origin == evaluations.PROBES)
    joined = _real_teams().join(Service, Service.team_id == Team.id)
    joined = joined.join(Repository, Repository.id == Service.repository_id).outerjoin(Evaluation, looked)
    done = case((Evaluation.as_of.is_not(None) | Evaluation.problem.is_not(None), Evaluation.id))
    every = func.count(Repository.id) == func.count(done)
    wanted = joined.where(Repository.id.in_(evaluating.with_files()), ~exists(young)).group_by(Team.id)
    later = func.max(Evaluation.made_at) > func.coalesce(newest.scalar_subquery(), 0)
    wanted = wanted.having(every, func.count(Evaluation.as_of) > 0, later).order_by(Team.id)
    return list(session.execute(wanted).scalars())


def _real_teams():
    joined = select(Team.id).join(Organization, Organization.id == Team.organization_id)
    return joined.where(Organization.is_demo.is_(False))


def _wave(wave: WaveSeen) -> dict[str, Any]:
    times = {name: store.to_us(getattr(wave, name)) for name in ("opened_at", "closed_at")}
    head = {name: getattr(wave, name) for name in ("title", "questionnaire", "kind", "shows")}
    return {"wave": wave.id, **head, **times}


def _repository(each: standings.RepositorySeen) -> dict[str, Any]:
    found = each.evaluation if each.looked else None
    return {"name": each.name, "commit": found and found.commit, "as_of": found and found.as_of}


def _versions(found: TeamStanding) -> dict[str, Any]:
    """The probes of each evaluation, the rules of the metrics, the benchmarks, and the practices by number."""
    probes = sorted({each.evaluation.version for each in found.looked})
    return {
        "practices": found.snapshot.version, "probes": probes, "rules": RULES_VERSION, "benchmarks": benchmarks.YEAR,
    }  # fmt: skip
