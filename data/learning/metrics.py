"""Whether the metric of a proof of concept moved, by what `data.improving.verdicts` has worked out, and kept, of what
was noted for Did it work?"""

from collections.abc import Callable, Iterable, Sequence

from sqlmodel import Session

from assessments.learning import HELD_WEEKS
from assessments.outcomes import BETTER, MOVED
from data import store
from data.improving import interventions, verdicts
from data.improving.interventions import InterventionView
from data.improving.verdicts import Question, Verdict
from data.tables import ProofAttempt


def questions_in(session: Session, rows: Sequence[ProofAttempt], now: int) -> dict[int, list[Question]]:
    """What is asked of each attempt, by id: of what was noted with its decision, else of what was noted of its
    track."""
    noted = interventions.in_teams(session, {row.team_id for row in rows}, now) if rows else ()
    of = {row.id: [one for one in noted if _is_of(row, one)] for row in rows}
    wanted = {one.id: one for views in of.values() for one in views}
    asked = {each.one.id: each for each in verdicts.questions(list(wanted.values()), now)} if wanted else {}
    return {key: [asked[one.id] for one in views] for key, views in of.items()}


def _is_of(row: ProofAttempt, one: InterventionView) -> bool:
    if row.intervention_id is not None:
        return one.id == row.intervention_id
    return one.enrolment_id == row.enrolment_id and one.said.kind == "track"


def moved(asked: Sequence[Question]) -> tuple[bool, bool]:
    """Whether a metric got better by more than chance, and whether it held for 90 days; of what is worked out."""
    answers = [verdicts.kept(one) for one in asked]
    good = [each.outcome for each in answers if isinstance(each, Verdict) and _better(each)]
    return bool(good), any(each.weeks[1] >= HELD_WEEKS for each in good)


def _better(verdict: Verdict) -> bool:
    return (verdict.outcome.verdict, verdict.outcome.direction) == (MOVED, BETTER)


def waiting(asked: Iterable[Question]) -> list[Question]:
    """What could be worked out and is not yet, each once."""
    return [one for one in {one.key: one for one in asked}.values()
            if one.ripe and one.takes_long and verdicts.kept(one) is None]  # fmt: skip


def work_out(questions: Sequence[Question], progress: Callable[[int, int], None]) -> None:
    """Answers them, which takes up to seconds each; outside of any transaction. progress: how many of how many."""
    if store.is_writing():
        raise RuntimeError("this takes long, and every other writer would wait")
    for number, each in enumerate(questions):
        progress(number, len(questions))
        verdicts.answer(each)
    progress(len(questions), len(questions))
