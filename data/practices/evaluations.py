"""Evaluations as they are kept: the newest of each origin for a repository or a team, replaced whole or not at all.

save(repository_id, PROBES, evaluation, as_of=...)       # one transaction: the older findings go, the new ones stay
failed(repository_id, PROBES, "The clone is gone.")      # the older findings stay, with the sentence beside them
of_repositories(session, ids)                            # findings without their places, two statements in all
evidence_of(who, evaluation_id, "ci_present")            # the places of one
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Row, Select, delete, insert, select
from sqlmodel import Session

from assessments.evidence import Effort, Evidence, Outcome, Probe, Result, registry
from assessments.evidence import Evaluation as Judged
from assessments.evidence.finding import PLACES
from data import access, people, store
from data.access import Action, Forbidden, NotFound, Subject
from data.evidence.adoption import Since
from data.people import Who
from data.tables import Evaluation, Finding, Organization, Repository, Service, Team

#: Origins: our own probes, and the files and tools of others.
PROBES = "probes"
ORIGINS = (PROBES, "scorecard", "sarif", "dsomm", "zizmor", "hadolint")
UNREAD = 200  # files named that could not be read
LONGEST = 2_000  # characters of a sentence or a path


class FindingView(NamedTuple):  # made by the thousand for a page
    """What one probe or rule found, without its places. since: microseconds at which what is met came to trunk; None
    when that is not known. since_open: it may be older, as the history that is known begins there."""

    probe: str
    version: int
    outcome: Outcome
    because: str
    remedy: str
    effort: Effort | None
    since: int | None
    since_open: bool


@dataclass(frozen=True)
class EvaluationView:
    """An evaluation with its findings by probe. Instants are microseconds. as_of: the moment it speaks of; None (with
    no findings) when no attempt has succeeded yet. problem: why the newest attempt failed; the findings are older.
    unread: the first files that could not be read, and why; unread_count: how many there are."""

    id: int
    repository_id: int | None
    team_id: int | None
    origin: str
    tool: str
    commit: str | None
    as_of: int | None
    made_at: int
    made_by: int | None
    version: str
    facts_read_at: int | None
    problem: str | None
    unread: tuple[tuple[str, str], ...]
    unread_count: int
    findings: Mapping[str, FindingView]


@dataclass(frozen=True)
class Places:
    """Where a finding can be seen. evidence: the first places, of `all` there are; good: those that fit, where
    `evidence` names those that do not; unread: (path, why) of what was asked for and could not be read."""

    evidence: tuple[Evidence, ...]
    all: int
    good: tuple[Evidence, ...]
    unread: tuple[tuple[str, str], ...]


def version_of(probes: Iterable[Probe]) -> str:
    """A digest of probes and their versions: what was judged by others is judged again."""
    said = "\n".join(sorted(f"{each.key} {each.version}" for each in probes))
    return sha256(said.encode()).hexdigest()[:16]


@lru_cache
def current_version() -> str:
    """Of the probes as they are now."""
    return version_of(each.probe for each in registry().values())


# Writing


def save(
    repository_id: int | None,
    origin: str,
    evaluation: Judged,
    *,
    as_of: int | None,
    tool: str = "",
    facts_read_at: int | None = None,
    since: Mapping[str, Since | int] | None = None,
    made_by: int | None = None,
    team_id: int | None = None,
) -> int:
    """Keeps an evaluation of a repository (or of a team) in place of the older one of the same origin, in one
    transaction. as_of: the moment it speaks of. since: when what is met came to trunk, by probe. Returns its id, which
    stays the same from one to the next. The caller has asked who may, and leaves the trace.
    """
    rows = list(_rows(evaluation.results, since or {}))
    unread = sorted(evaluation.unread.items())
    with store.writing() as session:
        kept = _of(session, repository_id, team_id, origin)
        kept.tool, kept.commit, kept.as_of = storable(tool), storable(evaluation.commit) or None, as_of
        kept.made_at, kept.made_by = store.now_us(), made_by
        kept.version = version_of(each.probe for each in evaluation.results)
        kept.facts_read_at, kept.problem = facts_read_at, None
        first = [[storable(path), storable(why)] for path, why in unread[:UNREAD]]
        kept.unread = {"first": first, "all": len(unread)} if unread else None
        session.flush()
        session.execute(delete(Finding).where(Finding.evaluation_id == kept.id))
        if rows:
            session.execute(insert(Finding), [{"evaluation_id": kept.id, **row} for row in rows])
        return kept.id


def failed(repository_id: int | None, origin: str, sentence: str, *, team_id: int | None = None) -> int:
    """Notes why an attempt failed; what was found before stays as it is. Returns the id of the evaluation."""
    with store.writing() as session:
        kept = _of(session, repository_id, team_id, origin)
        kept.problem = storable(sentence)
        session.flush()
        return kept.id


def remove(repository_id: int | None, origin: str, *, team_id: int | None = None) -> bool:
    """Takes away what one origin says. Returns whether there was anything. The caller has asked who may."""
    with store.writing() as session:
        mine = Evaluation.repository_id == repository_id, Evaluation.team_id == team_id, Evaluation.origin == origin
        return session.execute(delete(Evaluation).where(*mine)).rowcount > 0


def _of(session: Session, repository_id: int | None, team_id: int | None, origin: str) -> Evaluation:
    """The row of that origin, a new one when there is none. There is one writer at a time, so it stays the only one."""
    if (repository_id is None) == (team_id is None):
        raise ValueError("An evaluation is of a repository or of a team.")
    if origin not in ORIGINS:
        raise ValueError(f"Findings come from one of {', '.join(ORIGINS)}.")
    mine = Evaluation.repository_id == repository_id, Evaluation.team_id == team_id, Evaluation.origin == origin
    found = session.execute(select(Evaluation).where(*mine)).scalars().first()
    if found is None:
        found = Evaluation(repository_id=repository_id, team_id=team_id, origin=origin, made_at=store.now_us())
        session.add(found)
    return found


def _rows(results: Iterable[Result], since: Mapping[str, Since | int]) -> Iterator[dict]:
    for result in results:
        probe, finding = result.probe, result.finding
        begun = since.get(probe.key) if finding.outcome in (Outcome.MET, Outcome.PARTLY) else None
        places = {
            "first": [_place(each) for each in finding.evidence[:PLACES]],
            "all": max(finding.total, len(finding.evidence)),
            "good": [_place(each) for each in finding.good[:PLACES]],
            "unread": [[storable(path), storable(why)] for path, why in finding.unread[:PLACES]],
        }
        yield {
            "probe": storable(probe.key),
            "version": probe.version,
            "outcome": str(finding.outcome),
            "because": storable(finding.because),
            "remedy": storable(finding.remedy),
            "effort": finding.effort and str(finding.effort),
            "evidence": places if any(places.values()) else None,
            "since": begun.instant if isinstance(begun, Since) else begun,
            "since_open": isinstance(begun, Since) and begun.open,
        }


def _place(place: Evidence) -> list:
    return [place.path and storable(place.path), place.line, storable(place.what)]


def storable(text: str) -> str:
    """What both stores can hold: neither zero characters nor halves of pairs, and not endless."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()[:LONGEST]


# Reading

_LIGHT = tuple(
    getattr(Finding, name)
    for name in (
        "evaluation_id", "probe", "version", "outcome", "because", "remedy", "effort", "since", "since_open"
    )
)  # fmt: skip


_OUTCOMES, _EFFORTS = {str(each): each for each in Outcome}, {str(each): each for each in Effort}


def of_repositories(session: Session, ids: Collection[int], origin: str = PROBES) -> dict[int, EvaluationView]:
    """The evaluation of each of these repositories by one origin, by repository; two statements however many there
    are. Ask only for what the person may see."""
    ids = list(ids)
    wanted = select(Evaluation.__table__).where(Evaluation.repository_id.in_(ids), Evaluation.origin == origin)
    return {each.repository_id: each for each in _views(session, wanted)} if ids else {}


def of_other_tools(
    session: Session, repository_ids: Collection[int], team_ids: Collection[int] = ()
) -> tuple[EvaluationView, ...]:
    """What other tools say of these repositories and teams; two statements. Ask only for what the person may see."""
    owned = Evaluation.repository_id.in_(list(repository_ids)) | Evaluation.team_id.in_(list(team_ids))
    wanted = select(Evaluation.__table__).where(owned, Evaluation.origin != PROBES)
    return tuple(_views(session, wanted.order_by(Evaluation.origin, Evaluation.id)))


def _views(session: Session, wanted: Select) -> list[EvaluationView]:
    rows = session.execute(wanted).all()
    findings: dict[int, dict[str, FindingView]] = {row.id: {} for row in rows}
    if findings:
        listed = select(*_LIGHT).where(Finding.evaluation_id.in_(list(findings)))
        for evaluation_id, probe, version, outcome, because, remedy, effort, since, is_open in session.execute(listed):
            findings[evaluation_id][probe] = FindingView(
                probe, version, _OUTCOMES[outcome], because, remedy, _EFFORTS.get(effort), since, is_open
            )
    return [_view(row, findings[row.id]) for row in rows]


def _view(row: Row, findings: Mapping[str, FindingView]) -> EvaluationView:
    unread = row.unread or {}
    return EvaluationView(
        id=row.id,
        repository_id=row.repository_id,
        team_id=row.team_id,
        origin=row.origin,
        tool=row.tool,
        commit=row.commit,
        as_of=row.as_of,
        made_at=row.made_at,
        made_by=row.made_by,
        version=row.version,
        facts_read_at=row.facts_read_at,
        problem=row.problem,
        unread=tuple((path, why) for path, why in unread.get("first", ())),
        unread_count=unread.get("all", 0),
        findings=findings,
    )


def evidence_of(who: Who, evaluation_id: int, probe: str) -> Places:
    """Where one finding can be seen. Raises NotFound when it is no more, Forbidden."""
    who = people.of_this_moment(who)
    with store.reading() as session:
        evaluation = session.get(Evaluation, evaluation_id)
        found = session.get(Finding, (evaluation_id, probe))
        if evaluation is None or found is None:
            raise NotFound("This finding is no more: load the page again.")
        if not any(access.may(who, Action.VIEW_ROWS, each) for each in _subjects(session, evaluation)):
            raise Forbidden("You may not see what these repositories hold. Ask an administrator for the right.")
    kept = found.evidence or {}
    return Places(
        evidence=tuple(Evidence(*place) for place in kept.get("first", ())),
        all=kept.get("all", 0),
        good=tuple(Evidence(*place) for place in kept.get("good", ())),
        unread=tuple((path, why) for path, why in kept.get("unread", ())),
    )


def _subjects(session: Session, evaluation: Evaluation) -> list[Subject]:
    """The teams that it speaks of; of a repository without a service, its organization."""
    if evaluation.team_id is not None:
        return [access.of_team(evaluation.team_id)]
    teams = (
        select(Team.organization_id, Team.id, Organization.is_demo)
        .join(Service, Service.team_id == Team.id)
        .join(Organization, Organization.id == Team.organization_id)
        .where(Service.repository_id == evaluation.repository_id)
        .distinct()
    )
    found = [Subject(*row) for row in session.execute(teams)]
    return found or [access.of_organization(session.get_one(Repository, evaluation.repository_id).organization_id)]
