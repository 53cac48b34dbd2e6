"""Proofs of concept that teams try in their own repositories, with the content as it was when each was begun."""

import re
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from assessments import learning
from assessments.learning import STOP, Mastery, Tried
from assessments.poc import Held, Severity, Standing, Verdict, read_poc
from data import access, audit, people, store
from data.access import Action, NotFound
from data.improving import choices, texts
from data.learning import decisions, events, metrics, reviews, runs, taught
from data.learning.decisions import DecisionView
from data.learning.reviews import ReviewView
from data.learning.runs import RunView
from data.people import Who
from data.practices import evaluating
from data.tables import Enrolment, Person, ProofAttempt, ProofRun, Repository, Service, Source, Team

UNDER_WAY, DECIDED = "under_way", "decided"
MOST = 200  # attempts of a team
LONGEST_BRANCH, LONGEST_REASON = 250, 500  # characters


@dataclass(frozen=True)
class Line:
    """An attempt in a list. track, poc: slugs; title, track_title: as they were when it was begun and as the track is
    now. version: of the content; newest: that there is now, "" when it is not taught any more. repository: its name;
    repository_id None when it is gone or not the team's any more. due_at: end of the timebox, begun_at, decided_at:
    microseconds. verdict: the one that counts, None when nothing was judged; judged_at: when it was. stale: nobody
    could say so again for 90 days. stalled: why nothing goes on, one sentence; "" when it does. mastery: how far the
    team has come with it."""

    id: int
    team_id: int
    team: str
    enrolment_id: int
    track: str
    track_title: str
    poc: str
    title: str
    version: str
    newest: str
    repository_id: int | None
    repository: str
    service_id: int | None
    branch: str
    state: str
    begun_at: int
    due_at: int
    decision: str | None
    decided_at: int | None
    verdict: Verdict | None
    judged_at: int | None
    stale: bool
    stalled: str
    mastery: Mastery


@dataclass(frozen=True)
class Skipped:
    """A check that the team leaves out. at: microseconds."""

    reason: str
    at: int


@dataclass(frozen=True)
class Other:
    """Another team's attempt at the same. id None: it is gone, or not for this reader."""

    id: int | None
    team: str
    verdict: Verdict | None


@dataclass(frozen=True)
class AttemptView:
    """An attempt with all there is of it.

    poc: the plain values of its poc.yml as they were pinned. runs: newest first. reviews: newest first, what is counted
    and what is not. skipped: by id of a check. begun_by: a name, None when not known any more. derived_from: the
    attempt of another team that it was taken from; spread: those that others took from this one. why_not_review: why
    this reader may not review it, one sentence; "" when they may."""

    line: Line
    uid: str
    poc: Mapping[str, Any]
    begun_by: str | None
    runs: tuple[RunView, ...]
    reviews: tuple[ReviewView, ...]
    skipped: Mapping[str, Skipped]
    decision: DecisionView | None
    derived_from: Other | None
    spread: tuple[Other, ...]
    may_learn: bool
    may_decide: bool
    why_not_review: str

    @property
    def id(self) -> int:
        return self.line.id

    @property
    def verdict(self) -> Verdict | None:
        return self.line.verdict

    @property
    def due_at(self) -> int:
        return self.line.due_at

    @property
    def stalled(self) -> bool:
        return bool(self.line.stalled)


@dataclass(frozen=True)
class Place:
    """A repository of the team that can be looked at. connected: its forge is read, so that more than E1 can be
    shown. services: (id, name)."""

    repository_id: int
    name: str
    connected: bool
    services: tuple[tuple[int, str], ...]


_GOOD = (Verdict.ACCEPTED, Verdict.VALIDATED)
_BRANCH = re.compile(r"(?!-|/|.*(?:\.\.|//|@\{|/\.|\.lock(?:/|$)))[^\x00-\x20\x7f~^:?*\[\\]+(?<![./])")


# Reading


def listed(who: Who, team_id: int, now: int | None = None) -> tuple[Line, ...]:
    """All attempts of a team: what is under way first, then the newest. now: microseconds, the clock when None.

    Raises Forbidden (those who only lead see counts: `funnel.of`), NotFound.
    """
    access.check(who, Action.VIEW_PROOFS, access.of_team(team_id))
    with store.reading() as session:
        rows = _rows(session, [team_id])
        return lines_in(session, rows, store.now_us() if now is None else now)


def view(who: Who, attempt_id: int, now: int | None = None) -> AttemptView:
    """For the team, coaches, administrators, and whoever may review it. now: microseconds, the clock when None.

    Raises Forbidden, NotFound.
    """
    at = store.now_us() if now is None else now
    with store.reading() as session:
        row, subject = reviews.seen(session, who, attempt_id)
        (line,) = lines_in(session, [row], at)
        me = people.of_this_moment(who)
        return AttemptView(
            line=line,
            uid=row.uid,
            poc=row.content,
            begun_by=_name(session, row.begun_by),
            runs=runs.of(session, row.id),
            reviews=reviews.listed_in(session, who, row.id),
            skipped={key: Skipped(each["reason"], each["at"]) for key, each in (row.skipped or {}).items()},
            decision=decisions.view_of(session, row),
            derived_from=_origin(session, me, row, at),
            spread=_spread(session, me, row, at),
            may_learn=access.may(me, Action.LEARN, subject),
            may_decide=access.may(me, Action.PLAN, subject),
            why_not_review=reviews.why_not_in(me, row, subject, reviews.is_asked(session, who, row)),
        )


def places(who: Who, team_id: int) -> tuple[Place, ...]:
    """Repositories in which the team may begin something, by name. Raises Forbidden, NotFound."""
    access.check(who, Action.VIEW_PROOFS, access.of_team(team_id))
    with store.reading() as session:
        return _places(session, team_id)


def _places(session: Session, team_id: int) -> tuple[Place, ...]:
    wanted = select(Repository, Service.id, Service.name).join(Service, Service.repository_id == Repository.id)
    wanted = wanted.where(Service.team_id == team_id, Repository.id.in_(evaluating.with_files()))
    found: dict[int, tuple[Repository, list[tuple[int, str]]]] = {}
    for row, service_id, name in session.execute(wanted.order_by(Service.name, Service.id)):
        found.setdefault(row.id, (row, []))[1].append((service_id, name))
    hub = select(Source.repository_id).where(
        Source.repository_id.in_(found), Source.kind == "github", Source.connection_id.is_not(None)
    )
    connected = set(session.execute(hub).scalars())
    made = [
        Place(key, row.full_name or row.name, key in connected, tuple(services))
        for key, (row, services) in found.items()
    ]
    return tuple(sorted(made, key=lambda place: (place.name.casefold(), place.repository_id)))


def examples(who: Who, team_id: int, track_slug: str, poc_slug: str) -> tuple[Other, ...]:
    """Attempts of other teams of the organization that were accepted, to begin from; newest first. Raises Forbidden,
    NotFound."""
    subject = access.of_team(team_id)
    access.check(who, Action.VIEW_PROOFS, subject)
    poc = taught.poc(track_slug, poc_slug)
    wanted = select(ProofAttempt).join(Team, Team.id == ProofAttempt.team_id)
    wanted = wanted.where(
        Team.organization_id == subject.organization_id, Team.id != team_id, ProofAttempt.poc_id == poc["id"]
    )
    with store.reading() as session:
        rows = session.execute(wanted.order_by(ProofAttempt.id.desc())).scalars().all()
        stands = runs.standings(session, [row.id for row in rows], store.now_us())
        names = _teams(session, rows)
    return tuple(
        Other(row.id, names[row.team_id], stands[row.id].verdict)
        for row in rows
        if stands[row.id].verdict in _GOOD and row.decision != STOP
    )


def lines_in(
    session: Session, rows: Sequence[ProofAttempt], now: int, tried: Mapping[int, Tried] | None = None
) -> tuple[Line, ...]:
    """The same rows as lines, in their order, in a session of somebody who may see them. tried: by `tried_in`, where
    that is known already."""
    ids = [row.id for row in rows]
    tried = tried_in(session, rows, now)[0] if tried is None else tried
    stands, names = runs.standings(session, ids, now), _teams(session, rows)
    last = select(ProofRun.attempt_id, func.max(ProofRun.at)).where(ProofRun.attempt_id.in_(ids))
    newest = dict(session.execute(last.group_by(ProofRun.attempt_id)).all())
    ours = select(Service.team_id, Service.repository_id).where(Service.team_id.in_(names))
    own = set(map(tuple, session.execute(ours)))
    return tuple(_line(row, names[row.team_id], stands[row.id], tried[row.id], newest.get(row.id), own, now)
                 for row in rows)  # fmt: skip


def _line(
    row: ProofAttempt, team: str, stands: Standing, tried: Tried, newest: int | None, own: Collection, now: int
) -> Line:
    track, poc = taught.track_of(row.track_id), taught.poc_of(row.track_id, row.poc_id)
    still = learning.stalled(row.begun_at, row.due_at, newest, now) if row.state == UNDER_WAY else ""
    return Line(
        id=row.id, team_id=row.team_id, team=team, enrolment_id=row.enrolment_id,
        track=track["slug"] if track else row.track, track_title=track["title"] if track else row.track,
        poc=poc["slug"] if poc else row.poc, title=row.content["title"], version=row.version,
        newest=track["version"] if track and poc else "",
        repository_id=row.repository_id if (row.team_id, row.repository_id) in own else None,
        repository=row.repository, service_id=row.service_id, branch=row.branch, state=row.state,
        begun_at=row.begun_at, due_at=row.due_at, decision=row.decision, decided_at=row.decided_at,
        verdict=stands.verdict, judged_at=stands.at, stale=stands.held is Held.STALE, stalled=still,
        mastery=learning.of_attempt(tried),
    )  # fmt: skip


def tried_in(
    session: Session, rows: Sequence[ProofAttempt], now: int
) -> tuple[dict[int, Tried], list[metrics.Question]]:
    """What each of these attempts comes to, by id; and what is asked of their metrics and not worked out yet, without
    which nobody can say more."""
    stands = runs.standings(session, [row.id for row in rows], now)
    spread = _spread_uids(session, rows, now)
    good = [row for row in rows if stands[row.id].verdict is Verdict.VALIDATED and row.decision != STOP]
    asked = metrics.questions_in(session, good, now)
    tried = {}
    for row in rows:
        moved, held = metrics.moved(asked.get(row.id, ()))
        tried[row.id] = Tried(stands[row.id].verdict, row.decision, moved, held, row.uid in spread)
    return tried, metrics.waiting(one for each in asked.values() for one in each)


def _spread_uids(session: Session, rows: Sequence[ProofAttempt], now: int) -> set[str]:
    """Of those that another team took over and passed."""
    teams = {row.uid: row.team_id for row in rows}
    taken = session.execute(select(ProofAttempt).where(ProofAttempt.derived_from.in_(teams))).scalars().all()
    others = [row for row in taken if row.team_id != teams[row.derived_from] and row.decision != STOP]
    stands = runs.standings(session, [row.id for row in others], now)
    return {row.derived_from for row in others if stands[row.id].verdict in _GOOD}


def tested_out(session: Session, team_id: int, now: int) -> set[str]:
    """Tracks all of whose proofs of concept the team has passed, with evidence that is not stale; by slug."""
    rows = _rows(session, [team_id])
    stands = runs.standings(session, [row.id for row in rows], now)
    passed = {
        (row.track_id, row.poc_id)
        for row in rows
        if row.decision != STOP and stands[row.id].held is Held.HOLDS and stands[row.id].verdict in _GOOD
    }
    found = set()
    for track_id in {track_id for track_id, _ in passed}:
        track = taught.track_of(track_id)
        pocs = taught.pocs(track["slug"]).values() if track else ()
        if pocs and all((track_id, each["id"]) in passed for each in pocs):
            found.add(track["slug"])
    return found


def _rows(session: Session, team_ids: Iterable[int]) -> Sequence[ProofAttempt]:
    """What is under way first, then the newest."""
    wanted = select(ProofAttempt).where(ProofAttempt.team_id.in_(list(team_ids)))
    order = (ProofAttempt.state != UNDER_WAY, ProofAttempt.begun_at.desc(), ProofAttempt.id.desc())
    return session.execute(wanted.order_by(*order)).scalars().all()


def of_teams(session: Session, team_ids: Iterable[int]) -> Sequence[ProofAttempt]:
    """All attempts of these teams, in a session of somebody who may see them."""
    return _rows(session, team_ids)


def _teams(session: Session, rows: Iterable[ProofAttempt]) -> dict[int, str]:
    wanted = select(Team.id, Team.name).where(Team.id.in_({row.team_id for row in rows}))
    return dict(map(tuple, session.execute(wanted)))


def _name(session: Session, person_id: int | None) -> str | None:
    return session.execute(select(Person.name).where(Person.id == person_id)).scalar_one_or_none()


def _origin(session: Session, me: Who, row: ProofAttempt, now: int) -> Other | None:
    if row.derived_from is None:
        return None
    wanted = select(ProofAttempt).where(ProofAttempt.uid == row.derived_from)
    origin = session.execute(wanted).scalar_one_or_none()
    return Other(None, "a team that is gone", None) if origin is None else _others(session, me, [origin], now)[0]


def _spread(session: Session, me: Who, row: ProofAttempt, now: int) -> tuple[Other, ...]:
    wanted = select(ProofAttempt).where(ProofAttempt.derived_from == row.uid, ProofAttempt.team_id != row.team_id)
    return _others(session, me, session.execute(wanted.order_by(ProofAttempt.id)).scalars().all(), now)


def _others(session: Session, me: Who, rows: Sequence[ProofAttempt], now: int) -> tuple[Other, ...]:
    stands, names = runs.standings(session, [row.id for row in rows], now), _teams(session, rows)
    return tuple(
        Other(
            row.id if access.may(me, Action.VIEW_PROOFS, access.of_team(row.team_id)) else None,
            names[row.team_id],
            stands[row.id].verdict,
        )
        for row in rows
    )


# Writing


def begin(
    who: Who,
    team_id: int,
    track_slug: str,
    poc_slug: str,
    repository_id: int,
    *,
    branch: str = "",
    service_id: int | None = None,
    derived_from: int | None = None,
    at: int | None = None,
) -> int:
    """The team tries it in that repository from now on; the id of the attempt. Its timebox begins, and its content
    stays as it is now; a track that was chosen is begun with it. branch: "" for the default branch. derived_from: an
    accepted attempt of another team. at: microseconds, now when None.

    Raises Forbidden, NotFound, or ValueError with a sentence: the track is not chosen, the repository is none of the
    team's, the same is under way there already.
    """
    track, poc = taught.track(track_slug), taught.poc(track_slug, poc_slug)
    branch = checked_branch(branch)
    with store.writing() as session:
        subject = access.of_team(team_id)
        access.check(who, Action.LEARN, subject)
        started = store.now_us() if at is None else at
        if not 0 < started <= store.now_us():
            raise ValueError("Choose a date that is not in the future.")
        enrolment = _enrolled(session, team_id, track)
        place = next((each for each in _places(session, team_id) if each.repository_id == repository_id), None)
        if place is None:
            raise ValueError("Choose a repository of the team that has files: a clone, or one read from GitHub.")
        service_id = _service(place, service_id)
        rows = _rows(session, [team_id])
        same = [row for row in rows if (row.poc_id, row.repository_id) == (poc["id"], repository_id)]
        if any(row.state == UNDER_WAY for row in same):
            raise ValueError(f"{poc['title']} is under way in {place.name} already.")
        if len(rows) >= MOST:
            raise ValueError(f"The team has tried {MOST} proofs of concept: that is as many as are kept.")
        origin = None if derived_from is None else _taken(session, subject, team_id, poc["id"], derived_from)
        if enrolment.state == choices.CHOSEN:
            enrolment.state, enrolment.begun_at = choices.UNDER_WAY, started
            detail = {"track": track_slug, "version": enrolment.version}
            about = f"enrolment:{enrolment.id}"
            audit.record(session, who, "begin_track", about, detail, subject.organization_id)
        row = ProofAttempt(
            uid=str(uuid.uuid4()), team_id=team_id, enrolment_id=enrolment.id, repository_id=repository_id,
            repository=place.name, service_id=service_id, track_id=track["id"], track=track_slug, poc_id=poc["id"],
            poc=poc_slug, version=track["version"], content=dict(poc), branch=branch, state=UNDER_WAY,
            begun_at=started, begun_by=who.id, due_at=started + poc["timebox_days"] * learning.DAY,
            derived_from=origin,
        )  # fmt: skip
        session.add(row)
        session.flush()
        _note(session, who, row, events.BEGUN, "begin_proof", subject.organization_id,
              {"repository": place.name}, at=started)  # fmt: skip
        return row.id


def set_branch(who: Who, attempt_id: int, branch: str) -> None:
    """It is looked for on that branch; "" for the default branch. Raises Forbidden, NotFound, or ValueError with a
    sentence."""
    branch = checked_branch(branch)
    with store.writing() as session:
        row, organization_id = _changing(session, who, attempt_id)
        if row.branch != branch:
            detail = {"from": row.branch, "to": branch}
            row.branch = branch
            audit.record(session, who, "set_proof_branch", f"proof:{row.id}", detail, organization_id)


def skip(who: Who, attempt_id: int, check_id: str, reason: str) -> None:
    """Leaves out a check that is not required, with a reason; without a reason it counts again. Raises Forbidden,
    NotFound, or ValueError with a sentence."""
    said = " ".join(texts.written(reason, LONGEST_REASON, "The reason").split())
    with store.writing() as session:
        row, organization_id = _changing(session, who, attempt_id)
        check = next((each for each in read_poc(row.poc, row.content).checks if each.id == check_id), None)
        if check is None:
            raise NotFound("There is no such check: load the page again.")
        if check.severity is Severity.REQUIRED:
            raise ValueError(f"{check.title} is required and cannot be left out.")
        kept = dict(row.skipped or {})
        if said:
            kept[check_id] = {"reason": said, "by": who.id, "at": store.now_us()}
        elif kept.pop(check_id, None) is None:
            raise ValueError("Say in a few words why you leave it out.")
        row.skipped = kept or None
        detail = {"check": check_id, "reason": said}
        action = "skip_check" if said else "count_check_again"
        audit.record(session, who, action, f"proof:{row.id}", detail, organization_id)


def renew_version(who: Who, attempt_id: int) -> None:
    """Takes over the content as it is now; reasons for checks that it has no more, or requires now, go. Raises
    Forbidden, NotFound, or ValueError with a sentence."""
    with store.writing() as session:
        row, organization_id = _changing(session, who, attempt_id)
        track, poc = taught.track_of(row.track_id), taught.poc_of(row.track_id, row.poc_id)
        if track is None or poc is None:
            raise ValueError("It is not taught any more: it goes on with the version it has.")
        if track["version"] == row.version:
            raise ValueError("It has the newest version already.")
        before = row.version
        row.version, row.content, row.track, row.poc = track["version"], dict(poc), track["slug"], poc["slug"]
        row.due_at = row.begun_at + poc["timebox_days"] * learning.DAY
        free = {each.id for each in read_poc(row.poc, poc).checks if each.severity is not Severity.REQUIRED}
        row.skipped = {key: each for key, each in (row.skipped or {}).items() if key in free} or None
        _note(session, who, row, events.RENEWED, "renew_proof", organization_id, {"from": before, "to": row.version})


def checked_branch(branch: str) -> str:
    """The name of a branch, "" for the default one. Raises ValueError with a sentence when git has none like it."""
    said = texts.written(branch, LONGEST_BRANCH, "The name of the branch")
    if said and not _BRANCH.fullmatch(said):
        raise ValueError("A branch has no such name: copy it from the pull request.")
    return said


def _enrolled(session: Session, team_id: int, track: Mapping[str, Any]) -> Enrolment:
    wanted = select(Enrolment).where(Enrolment.team_id == team_id, Enrolment.track_id == track["id"])
    rows = session.execute(wanted.order_by(Enrolment.id.desc())).scalars().all()
    for state in (choices.UNDER_WAY, choices.CHOSEN, choices.FINISHED):
        for row in rows:
            if row.state == state:
                return row
    raise ValueError(f"Choose the track {track['title']} for the team first.")


def _service(place: Place, service_id: int | None) -> int | None:
    """The service that it is for: the one that is named, or the only one there is."""
    known = [key for key, _ in place.services]
    if service_id is None:
        return known[0] if len(known) == 1 else None
    if service_id not in known:
        raise NotFound("This service is not on that repository any more; choose another.")
    return service_id


def _taken(session: Session, subject: access.Subject, team_id: int, poc_id: str, attempt_id: int) -> str:
    origin = session.get(ProofAttempt, attempt_id)
    if origin is None or access.of_team(origin.team_id).organization_id != subject.organization_id:
        raise NotFound("What you want to begin from is not there any more.")
    stands = runs.standings(session, [origin.id], store.now_us())[origin.id]
    if origin.team_id == team_id or origin.poc_id != poc_id or stands.verdict not in _GOOD or origin.decision == STOP:
        raise ValueError("Begin from the same proof of concept of another team that was accepted.")
    return origin.uid


def _changing(session: Session, who: Who, attempt_id: int) -> tuple[ProofAttempt, int]:
    """An attempt that is under way, and its organization. Raises Forbidden, NotFound, ValueError."""
    row = session.get(ProofAttempt, attempt_id)
    if row is None:
        raise NotFound("There is no such proof of concept under way any more.")
    subject = access.of_team(row.team_id)
    access.check(who, Action.LEARN, subject)
    if row.state != UNDER_WAY:
        raise ValueError("It was decided already: begin it anew to try again.")
    return row, subject.organization_id


def _note(
    session: Session, who: Who, row: ProofAttempt, kind: str, action: str, organization_id: int, detail: dict,
    at: int | None = None,
) -> None:  # fmt: skip
    """An event without a person, and the trace that has one."""
    events.record(session, kind, row.poc_id, version=row.version, enrolment_id=row.enrolment_id, detail=detail, at=at)
    more = {"track": row.track, "poc": row.poc, "version": row.version, **detail}
    audit.record(session, who, action, f"proof:{row.id}", more, organization_id)
