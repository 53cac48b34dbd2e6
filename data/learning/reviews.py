"""What people other than the authors say of a proof of concept, with a rubric before them: worth E4.

May review: coaches, administrators and team leads of the organization, and whoever was asked; never who began the
attempt. Whether somebody wrote what is reviewed is seen when it is judged, and then what they said does not count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from assessments.poc import Outcome
from data import access, audit, openid, people, store
from data.access import Action, Forbidden, NotFound, Subject
from data.improving import texts
from data.learning import events, runs, taught
from data.learning.runs import RunView
from data.people import Who
from data.tables import (
    Attestation,
    Membership,
    Person,
    PersonRole,
    ProofAttempt,
    ProvidedRole,
    ReviewRequest,
    Team,
)

LONGEST_COMMENT = 2000  # characters
MOST = 50  # words of one reviewer on one attempt
_ROLES = {"admin": "administrator", "coach": "coach", "leader": "leader", "team_lead": "team lead", "member": "member"}


@dataclass(frozen=True)
class ReviewView:
    """by: a name, None when not known any more. role: in which they were asked. commit: that they looked at. criteria:
    of the rubric, those they said yes to. counts: it is the newest of that person on that check. at: microseconds."""

    check_id: str
    by: str | None
    is_mine: bool
    accepted: bool
    role: str
    commit: str
    criteria: tuple[str, ...]
    comment: str
    counts: bool
    at: int


@dataclass(frozen=True)
class ReviewItem:
    """A check that waits for a person. title: of the proof of concept; check: of the check, why: it matters. rubric:
    criteria to say yes to, in order. commit, judged_at: what was judged last; "" and None when nothing was. asked: the
    reader was asked by name. mine: what the reader has said of it last, None when nothing."""

    attempt_id: int
    team: str
    title: str
    track_title: str
    check_id: str
    check: str
    why: str
    role: str
    rubric: tuple[str, ...]
    repository: str
    branch: str
    commit: str
    begun_at: int
    judged_at: int | None
    asked: bool
    mine: ReviewView | None


@dataclass(frozen=True)
class Askable:
    """Somebody who can be asked for a review. why: their role and team."""

    person_id: int
    name: str
    why: str
    is_asked: bool


@dataclass(frozen=True)
class Attested:
    """As `assessments.poc.known.Attestation`, with the person by id: whoever judges knows which names are theirs."""

    check_id: str
    person_id: int | None
    accepted: bool
    role: str
    commit: str
    criteria: tuple[str, ...]
    at: int


def queue(who: Who) -> tuple[ReviewItem, ...]:
    """What waits for a review by this person: what they were asked for first, then the oldest. What was accepted by
    them at the commit that was judged last is not in it, nor what was never judged."""
    now = people.of_this_moment(who)
    asked = select(ReviewRequest.attempt_id).where(ReviewRequest.person_id == now.id)
    wanted = select(ProofAttempt, Team).join(Team, Team.id == ProofAttempt.team_id)
    wanted = wanted.where(ProofAttempt.decision.is_(None) | (ProofAttempt.decision == "adopt"))
    with store.reading() as session:
        for_me = set(session.execute(asked).scalars())
        mine = Team.organization_id.in_(now.organizations) | ProofAttempt.id.in_(for_me)
        subject_of = cache(access.of_team)  # of each team once
        rows = [
            (row, team)
            for row, team in session.execute(wanted.where(mine).order_by(ProofAttempt.begun_at, ProofAttempt.id))
            if _rubrics(row) and not why_not_in(now, row, subject_of(row.team_id), row.id in for_me)
        ]
        checks = {check["id"] for row, _ in rows for check in _rubrics(row)}
        newest = runs.newest(session, [row.id for row, _ in rows], results=checks)
        said = _said(session, [row.id for row, _ in rows], now.id)
    found = []
    for row, team in rows:
        run = newest.get(row.id)
        if run is not None and run.commit:
            items = _items(row, team.name, run, said.get(row.id, ()), row.id in for_me)
            found += [item for item in items if _waits(item, run)]
    return tuple(sorted(found, key=lambda item: not item.asked))


def _waits(item: ReviewItem, run: RunView) -> bool:
    judged = run.of(item.check_id)
    done = item.mine is not None and item.mine.accepted and item.mine.commit == run.commit
    return not done and (judged is None or judged.outcome is not Outcome.PASS)


def of_attempt(who: Who, attempt_id: int) -> tuple[ReviewItem, ...]:
    """All checks of an attempt that ask for a person, in their order, with what this reader said. Raises Forbidden,
    NotFound."""
    with store.reading() as session:
        row, _ = seen(session, who, attempt_id)
        team = session.get_one(Team, row.team_id)
        run = runs.newest(session, [row.id], results=True).get(row.id)
        said = _said(session, [row.id], who.id).get(row.id, ())
        return tuple(_items(row, team.name, run, said, is_asked(session, who, row)))


def give(
    who: Who,
    attempt_id: int,
    check_id: str,
    accepted: bool,
    criteria: Sequence[str],
    comment: str,
    commit: str | None = None,
) -> int:
    """Says yes or no; the id. criteria: of the rubric, those the person says yes to; accepting takes all of them, and
    refusing takes a comment. It stands for the commit that was judged last, which is refused where it is not the one
    that they were shown (commit).

    Raises Forbidden, NotFound, or ValueError with a sentence.
    """
    said = texts.written(comment, LONGEST_COMMENT, "The comment")
    with store.writing() as session:
        row, subject = seen(session, who, attempt_id)
        if why := why_not_in(people.of_this_moment(who), row, subject, is_asked(session, who, row)):
            raise Forbidden(why)
        if row.decision not in (None, "adopt"):
            raise ValueError("The team has ended this proof of concept: there is nothing to review any more.")
        check = next((each for each in _rubrics(row) if each["id"] == check_id), None)
        if check is None or check_id in (row.skipped or {}):
            raise NotFound("This is nothing that a person is asked for: load the page again.")
        rubric = check["with"]["rubric"]
        if strange := set(criteria) - set(rubric):
            raise ValueError(f"The rubric has changed; load the page again. It does not say: {min(strange)}")
        if accepted and set(criteria) != set(rubric):
            raise ValueError("Accept it only when every criterion holds; else refuse it and say what is missing.")
        if not accepted and not any(sign.isalnum() for sign in said):
            raise ValueError("Say in the comment what is missing, so that the team can mend it.")
        run = runs.newest(session, [row.id]).get(row.id)
        if run is None or not run.commit:
            raise ValueError("Nothing was checked yet. Ask the team to check it first: a review stands for a commit.")
        if commit is not None and run.commit != commit:
            raise ValueError("Another commit was checked meanwhile: load the page again, and look at that one.")
        if len(_said(session, [row.id], who.id).get(row.id, ())) >= MOST:
            raise ValueError(f"You have reviewed this {MOST} times already: talk to the team instead.")
        made = Attestation(
            attempt_id=row.id, check_id=check_id, person_id=who.id, accepted=accepted,
            role=check["with"].get("role", ""), commit=run.commit,
            criteria=[each for each in rubric if each in set(criteria)], comment=said, at=store.now_us(),
        )  # fmt: skip
        session.add(made)
        row.again_at = made.at  # what it says counts with the next check, which need not be asked for
        session.flush()
        detail = {"check": check_id, "accepted": accepted}
        events.record(
            session, events.REVIEWED, row.poc_id, version=row.version, enrolment_id=row.enrolment_id, detail=detail
        )
        detail |= {"commit": run.commit}
        audit.record(session, who, "review_proof", f"proof:{row.id}", detail, subject.organization_id)
        return made.id


def askable(who: Who, attempt_id: int) -> tuple[Askable, ...]:
    """Whom the team may ask: active people of the organization but who began it, by name. Raises Forbidden,
    NotFound."""
    with store.reading() as session:
        row, subject = _asking(session, who, attempt_id)
        return _askable(session, row, subject)


def ask(who: Who, attempt_id: int, person_id: int) -> None:
    """Asks somebody; asking again changes nothing. Raises Forbidden, NotFound, or ValueError with a sentence."""
    with store.writing() as session:
        row, subject = _asking(session, who, attempt_id)
        if person_id == row.begun_by:
            raise ValueError("Whoever began it does not review it: ask somebody else.")
        if person_id not in {each.person_id for each in _askable(session, row, subject)}:
            raise NotFound("This person is not one of the organization any more: ask somebody else.")
        if session.get(ReviewRequest, (row.id, person_id)) is None:
            session.add(ReviewRequest(attempt_id=row.id, person_id=person_id, asked_by=who.id, asked_at=store.now_us()))
            detail = {"person": person_id}
            audit.record(session, who, "ask_for_review", f"proof:{row.id}", detail, subject.organization_id)


def attested(session: Session, attempt_id: int) -> tuple[Attested, ...]:
    """The newest word of each person on each check, oldest first: what the judging of an attempt needs. Words of people
    who are gone stay, and nobody knows whose they are."""
    newest: dict[tuple, Attestation] = {}
    for row in _rows(session, [attempt_id]):
        newest[(row.check_id, row.person_id if row.person_id is not None else -row.id)] = row
    return tuple(
        Attested(row.check_id, row.person_id, row.accepted, row.role, row.commit, tuple(row.criteria), row.at)
        for row in sorted(newest.values(), key=lambda row: row.id)
    )


def listed_in(session: Session, who: Who, attempt_id: int) -> tuple[ReviewView, ...]:
    """All that was said of an attempt, newest first, in a session of somebody who may see it."""
    rows = _rows(session, [attempt_id])
    names = dict(session.execute(select(Person.id, Person.name)
                                 .where(Person.id.in_({row.person_id for row in rows} - {None}))).all())  # fmt: skip
    views, heard = [], set()
    for row in reversed(rows):
        whose = (row.check_id, row.person_id if row.person_id is not None else -row.id)
        views.append(_view(row, names.get(row.person_id), who.id, whose not in heard))
        heard.add(whose)
    return tuple(views)


# Who may


def seen(session: Session, who: Who, attempt_id: int) -> tuple[ProofAttempt, Subject]:
    """An attempt that this person may see: one of their team or organization, or one that they may review. Raises
    Forbidden, NotFound."""
    row = session.get(ProofAttempt, attempt_id)
    if row is None:
        raise NotFound("There is no such proof of concept under way any more.")
    subject, now = access.of_team(row.team_id), people.of_this_moment(who)
    if not access.may(now, Action.VIEW_PROOFS, subject) and not _may(now, subject, is_asked(session, who, row)):
        access.check(who, Action.VIEW_PROOFS, subject)
    return row, subject


def is_asked(session: Session, who: Who, row: ProofAttempt) -> bool:
    return session.get(ReviewRequest, (row.id, who.id)) is not None


def why_not_in(now: Who, row: ProofAttempt, subject: Subject, asked: bool) -> str:
    """Why this person, as of this moment, may not review the attempt, one sentence; "" when they may."""
    if row.begun_by == now.id:
        return "You began it: somebody else reviews it."
    if not _may(now, subject, asked):
        return "Coaches, administrators and team leads of the organization review it, and whoever was asked to."
    return ""


def _may(now: Who, subject: Subject, asked: bool) -> bool:
    if not now.is_active or subject.is_demo:
        return False
    leads = any(role == "team_lead" and place == subject.organization_id for place, _, role in now.team_roles)
    asked = asked and subject.organization_id in now.organizations
    return asked or leads or access.may(now, Action.REVIEW, subject)


def _asking(session: Session, who: Who, attempt_id: int) -> tuple[ProofAttempt, Subject]:
    row = session.get(ProofAttempt, attempt_id)
    if row is None:
        raise NotFound("There is no such proof of concept under way any more.")
    subject = access.of_team(row.team_id)
    access.check(who, Action.LEARN, subject)
    return row, subject


def _askable(session: Session, row: ProofAttempt, subject: Subject) -> tuple[Askable, ...]:
    here = Team.organization_id == subject.organization_id
    sources = (
        (select(PersonRole.person_id, PersonRole.role), PersonRole.organization_id == subject.organization_id),
        (select(Membership.person_id, Membership.role, Team.name).join(Team, Team.id == Membership.team_id), here),
        (
            select(ProvidedRole.person_id, ProvidedRole.role, Team.name).outerjoin(
                Team, Team.id == ProvidedRole.team_id
            ),
            ProvidedRole.organization_id == subject.organization_id,
        ),
    )
    roles: dict[int, set[str]] = {}
    for wanted, place in sources:
        for person_id, role, *team in session.execute(wanted.where(place)):
            named = f"{_ROLES.get(role, role)} of {team[0]}" if team and team[0] else _ROLES.get(role, role)
            roles.setdefault(person_id, set()).add(named)
    roles.pop(row.begun_by, None)
    asked = set(session.execute(select(ReviewRequest.person_id).where(ReviewRequest.attempt_id == row.id)).scalars())
    people_here = select(Person.id, Person.name).where(Person.id.in_(roles), Person.is_active)
    if openid.is_shared():  # nobody signs in as the administrator of local mode
        people_here = people_here.where(Person.provider != people.LOCAL)
    found = [
        Askable(person_id, name, ", ".join(sorted(roles[person_id])), person_id in asked)
        for person_id, name in session.execute(people_here)
    ]
    return tuple(sorted(found, key=lambda each: (each.name.casefold(), each.person_id)))


# Rows


def _rows(session: Session, attempt_ids: Sequence[int]) -> Sequence[Attestation]:
    wanted = select(Attestation).where(Attestation.attempt_id.in_(attempt_ids)).order_by(Attestation.id)
    return session.execute(wanted).scalars().all()


def _said(session: Session, attempt_ids: Sequence[int], person_id: int) -> dict[int, list[Attestation]]:
    """By attempt, what that person said, oldest first."""
    found: dict[int, list[Attestation]] = {}
    for row in _rows(session, attempt_ids):
        if row.person_id == person_id:
            found.setdefault(row.attempt_id, []).append(row)
    return found


def _rubrics(row: ProofAttempt) -> list[Mapping[str, Any]]:
    """The checks of its content that ask people with a rubric, in order."""
    gates = [each for gate in row.content["gates"].values() for each in gate["checks"]]
    every = [each for task in row.content["tasks"] for each in task["checks"]] + gates
    return [each for each in every if each["kind"] == "attest" and "rubric" in each["with"]]


def _items(
    row: ProofAttempt, team: str, run: RunView | None, said: Sequence[Attestation], asked: bool
) -> list[ReviewItem]:
    track = taught.track_of(row.track_id)
    mine = {each.check_id: each for each in said}
    return [
        ReviewItem(
            attempt_id=row.id, team=team, title=row.content["title"],
            track_title=track["title"] if track else row.track, check_id=check["id"], check=check["title"],
            why=check["why"], role=check["with"].get("role", ""),
            rubric=tuple(check["with"]["rubric"]), repository=row.repository, branch=row.branch,
            commit=run.commit if run else "", begun_at=row.begun_at, judged_at=run.at if run else None, asked=asked,
            mine=_view(mine[check["id"]], None, mine[check["id"]].person_id, True) if check["id"] in mine else None,
        )
        for check in _rubrics(row)
        if check["id"] not in (row.skipped or {})
    ]  # fmt: skip


def _view(row: Attestation, name: str | None, reader: int | None, counts: bool) -> ReviewView:
    return ReviewView(
        row.check_id, name, row.person_id == reader, row.accepted, row.role, row.commit, tuple(row.criteria),
        row.comment, counts, row.at,
    )  # fmt: skip
