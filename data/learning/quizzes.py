"""Answers to the questions of modules. History is private to the person: there is no function that takes another one,
and statistics are about at least five people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session

from assessments import learning
from assessments.learning import DONE, KNOWN
from content import catalog
from data import access, people, store
from data.access import Action, Forbidden, NotFound
from data.learning import progress, taught
from data.people import Unknown, Who
from data.tables import Membership, PersonRole, ProvidedRole, QuizAnswer, Team

FEWEST = 5  # people that a figure is about, and by whom it changes
MOST = 200  # answers of a person in one sitting of a module


@dataclass(frozen=True)
class Answered:
    """right: whether exactly the right choices were chosen. answer: their places. because: why, always shown. in_a_row:
    right answers to this question since the last wrong one. known: whether the question is known now; module_known:
    whether every question of the module is."""

    right: bool
    answer: tuple[int, ...]
    because: str
    in_a_row: int
    known: bool
    module_known: bool


@dataclass(frozen=True)
class AnswerView:
    """at: microseconds. sitting: from 1, of this person in this module."""

    item: str
    chosen: tuple[int, ...]
    right: bool
    sitting: int
    version: str
    at: int


@dataclass(frozen=True)
class Standing:
    """Of one question, for whoever asks. in_a_row: right answers since the last wrong one. needs: what is missing until
    it is known, one sentence; "" when it is."""

    answered: int
    in_a_row: int
    known: bool
    needs: str


@dataclass(frozen=True)
class ItemStatistics:
    """people: who answered it, in whole groups of five; None when fewer than five did. right: share of them whose first
    answer was right, 0 to 1. chosen: share that chose each choice in their first answer."""

    track: str
    module: str
    module_title: str
    item: str
    question: str
    people: int | None
    right: float | None
    chosen: tuple[float, ...]


def answer(who: Who, track_slug: str, module_slug: str, item_id: str, chosen: Sequence[int]) -> Answered:
    """Keeps an answer and says what it was worth; a module becomes known with its last question. chosen: places of
    choices, from 0. Raises NotFound, or ValueError when nothing or something that there is not was chosen."""
    person_id, track, module = taught.reader(who), taught.track(track_slug), taught.module(track_slug, module_slug)
    items = {each["id"]: each for each in module.head["quiz"]}
    if item_id not in items:
        raise NotFound("There is no such question any more: load the page again.")
    item = items[item_id]
    places = sorted(set(chosen))
    if not places or any(type(each) is not int or not 0 <= each < len(item["choices"]) for each in places):
        raise ValueError("Choose one or more answers." if len(item["answer"]) > 1 else "Choose an answer.")
    right, module_id = places == sorted(item["answer"]), module.head["id"]
    with store.writing(quietly=True) as session:
        now = store.now_us()
        sitting = _sitting(session, person_id, module_id, now)
        session.add(
            QuizAnswer(
                person_id=person_id, module_id=module_id, item=item_id, version=track["version"], chosen=places,
                is_right=right, sitting=sitting, at=now,
            )
        )  # fmt: skip
        session.flush()
        given = progress.answers_in(session, person_id, [module_id])[module_id]
        all_known = learning.module_known(list(items), given)
        if all_known:
            row = progress.row_of(session, person_id, track["id"], module_id)
            if row.state not in (DONE, KNOWN):
                progress.over(session, row, KNOWN, "Each question of its quiz is known.", track["version"])
    return Answered(
        right, tuple(sorted(item["answer"])), item["because"], len(learning.in_a_row(given[item_id])),
        learning.known(given[item_id]), all_known,
    )  # fmt: skip


def _sitting(session: Session, person_id: int, module_id: str, now: int) -> int:
    """Raises ValueError when nobody could mean so many answers."""
    mine = QuizAnswer.person_id == person_id, QuizAnswer.module_id == module_id
    wanted = select(QuizAnswer.sitting, QuizAnswer.at).where(*mine).order_by(QuizAnswer.id.desc()).limit(1)
    last, at = session.execute(wanted).one_or_none() or (0, None)
    number = learning.sitting(last, at, now)
    so_far = select(func.count()).select_from(QuizAnswer).where(*mine, QuizAnswer.sitting == number)
    if session.execute(so_far).scalar_one() >= MOST:
        raise ValueError("That is enough for one sitting: come back tomorrow.")
    return number


def history(who: Who, track_slug: str, module_slug: str) -> tuple[AnswerView, ...]:
    """This person's answers, newest first. Raises NotFound."""
    module = taught.module(track_slug, module_slug)
    mine = QuizAnswer.person_id == taught.reader(who), QuizAnswer.module_id == module.head["id"]
    with store.reading() as session:
        rows = session.execute(select(QuizAnswer).where(*mine).order_by(QuizAnswer.id.desc())).scalars().all()
    return tuple(
        AnswerView(row.item, tuple(row.chosen), row.is_right, row.sitting, row.version, row.at) for row in rows
    )


def standing(who: Who, track_slug: str, module_slug: str) -> Mapping[str, Standing]:
    """Where this person stands with each question of the quiz, in its order. Raises NotFound."""
    module = taught.module(track_slug, module_slug)
    with store.reading() as session:
        module_id = module.head["id"]
        given = progress.answers_in(session, taught.reader(who), [module_id]).get(module_id, {})
    return {each["id"]: _standing(given.get(each["id"], [])) for each in module.head["quiz"]}


def _standing(given: Sequence[learning.Answer]) -> Standing:
    return Standing(len(given), len(learning.in_a_row(given)), learning.known(given), learning.needs(given))


def statistics(who: Who) -> tuple[ItemStatistics, ...]:
    """How questions are answered, in the order of the content, for coaches and administrators: first answers of people
    of their organization. A figure changes by five people at a time, so that two readings tell of no single answer.
    Raises Forbidden."""
    try:
        organization_id = people.home_organization(who)
    except Unknown as error:
        raise Forbidden(str(error)) from None
    access.check(who, Action.REVIEW, access.of_organization(organization_id))
    with store.reading() as session:
        firsts = _firsts(session, organization_id)
    return tuple(
        _statistics(slug, name, module.head, item, firsts.get((module.head["id"], item["id"]), []))
        for slug in catalog.tracks()
        for name, module in catalog.modules(slug).items()
        for item in module.head["quiz"]
    )


def _firsts(session: Session, organization_id: int) -> dict[tuple[str, str], list[tuple[bool, list[int]]]]:
    """(right, chosen) of the first answer of each person of the organization to each question, in the order in which
    they came; those after the last whole group of five are left out."""
    here = select(Team.id).where(Team.organization_id == organization_id)
    of = select(PersonRole.person_id).where(PersonRole.organization_id == organization_id)
    of = of.union(
        select(Membership.person_id).where(Membership.team_id.in_(here)),
        select(ProvidedRole.person_id).where(ProvidedRole.organization_id == organization_id),
    )
    first = select(func.min(QuizAnswer.id)).where(QuizAnswer.person_id.in_(of))
    first = first.group_by(QuizAnswer.person_id, QuizAnswer.module_id, QuizAnswer.item)
    wanted = select(QuizAnswer.module_id, QuizAnswer.item, QuizAnswer.is_right, QuizAnswer.chosen)
    found: dict[tuple[str, str], list] = {}
    for module_id, item, right, chosen in session.execute(
        wanted.where(QuizAnswer.id.in_(first)).order_by(QuizAnswer.id)
    ):
        found.setdefault((module_id, item), []).append((right, chosen))
    return {key: rows[: len(rows) // FEWEST * FEWEST] for key, rows in found.items()}


def _statistics(track: str, module: str, head: Mapping, item: Mapping, firsts: Sequence) -> ItemStatistics:
    number = len(firsts)
    chosen = [sum(place in places for _, places in firsts) for place in range(len(item["choices"]))]
    return ItemStatistics(
        track, module, head["title"], item["id"], item["q"], number or None,
        sum(right for right, _ in firsts) / number if number else None,
        tuple(count / number for count in chosen) if number else (),
    )  # fmt: skip
