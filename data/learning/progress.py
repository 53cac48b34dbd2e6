"""How far a person is in the modules of a track. It is theirs alone: every function is about whoever asks, and there is
none that takes another person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from assessments import learning
from assessments.learning import DONE, KNOWN, OVER, READING, SKIPPED, Answer, Counted
from assessments.maturity import Standing
from assessments.recommend import TOP
from content.modules import Module
from data import access, store
from data.access import Action
from data.improving import texts
from data.learning import events, taught
from data.people import Who
from data.practices import standings
from data.tables import ModuleProgress, QuizAnswer

LONGEST_REASON = 500  # characters
_SOON = 10 * 60 * 1_000_000  # microseconds: a step that is open is not noted again before


@dataclass(frozen=True)
class Progress:
    """state: None when it was never opened, else reading, done, known or skipped. step: the last one that was open, 0
    for what comes before the first. steps: how many there are. minutes_left: of reading it, 0 when it is done, known or
    skipped. reason: of what was skipped, or how it is known. version: of the track when it was last touched; renewed:
    there is a newer one. at: microseconds, None when it was never opened. items_known: how many questions of its quiz
    are known, of `items`."""

    module: str
    module_id: str
    title: str
    stage: str
    state: str | None
    step: int
    steps: int
    minutes: int
    minutes_left: int
    reason: str
    version: str
    renewed: bool
    at: int | None
    items_known: int
    items: int

    @property
    def is_over(self) -> bool:
        return self.state in OVER


@dataclass(frozen=True)
class Last:
    """Where the person was last."""

    track: str
    track_title: str
    module: str
    title: str
    step: int
    at: int


def of_track(who: Who, track_slug: str) -> Mapping[str, Progress]:
    """The modules of a track by slug, in their order. Raises NotFound when there is no such track."""
    person_id, track, modules = taught.reader(who), taught.track(track_slug), taught.modules(track_slug)
    ids = [each.head["id"] for each in modules.values()]
    mine = ModuleProgress.person_id == person_id, ModuleProgress.module_id.in_(ids)
    with store.reading() as session:
        rows = {row.module_id: row for row in session.execute(select(ModuleProgress).where(*mine)).scalars()}
        given = answers_in(session, person_id, ids)
    return {
        slug: _progress(slug, each, track, rows.get(each.head["id"]), given.get(each.head["id"], {}))
        for slug, each in modules.items()
    }


def answers_in(session: Session, person_id: int, module_ids: Sequence[str]) -> dict[str, dict[str, list[Answer]]]:
    """What somebody has answered themselves, by module and item, oldest first."""
    wanted = select(QuizAnswer.module_id, QuizAnswer.item, QuizAnswer.is_right, QuizAnswer.sitting)
    mine = QuizAnswer.person_id == person_id, QuizAnswer.module_id.in_(module_ids)
    found: dict[str, dict[str, list[Answer]]] = {}
    for module_id, item, right, sitting in session.execute(wanted.where(*mine).order_by(QuizAnswer.id)):
        found.setdefault(module_id, {}).setdefault(item, []).append(Answer(right, sitting))
    return found


def counted(progress: Mapping[str, Progress]) -> Counted:
    """How many modules are done or known, of how many; what was skipped is in neither. Minutes left of all."""
    return learning.counted((each.state, each.minutes_left) for each in progress.values())


def at_step(who: Who, track_slug: str, module_slug: str, step: int) -> None:
    """The person has that step open; what is done, known or skipped stays so. Raises NotFound, or ValueError for a step
    that there is not."""
    module = taught.module(track_slug, module_slug)
    if type(step) is not int or not 0 <= step <= len(module.steps):
        raise ValueError("There is no such step in this module.")
    with store.writing(quietly=True) as session:
        row = _row(session, who, track_slug, module)
        if row.step == step and row.state != "" and store.now_us() - row.at < _SOON:
            return
        row.step, row.at, row.state = step, store.now_us(), row.state or READING
        if row.state == READING:
            row.version = taught.track(track_slug)["version"]


def finish(who: Who, track_slug: str, module_slug: str) -> None:
    """The person has worked through it; what is known stays known. Raises NotFound."""
    module = taught.module(track_slug, module_slug)
    with store.writing() as session:
        row = _row(session, who, track_slug, module)
        if row.state not in (DONE, KNOWN):
            row.step = len(module.steps)
            over(session, row, DONE, "", taught.track(track_slug)["version"])


def skip(who: Who, track_slug: str, module_slug: str, reason: str) -> None:
    """The person leaves it out. Raises NotFound, or ValueError without a reason."""
    module = taught.module(track_slug, module_slug)
    said = " ".join(texts.written(reason, LONGEST_REASON, "The reason").split())
    if not any(sign.isalnum() for sign in said):
        raise ValueError("Say in a few words why you leave it out.")
    with store.writing() as session:
        over(session, _row(session, who, track_slug, module), SKIPPED, said, taught.track(track_slug)["version"])


def again(who: Who, track_slug: str, module_slug: str) -> None:
    """Opens again what was done, known or skipped, at its beginning. Raises NotFound."""
    module = taught.module(track_slug, module_slug)
    with store.writing() as session:
        row = _row(session, who, track_slug, module)
        row.state, row.step, row.reason, row.at = READING, 0, "", store.now_us()
        row.version = taught.track(track_slug)["version"]


def by_evidence(who: Who, team_id: int, track_slug: str, now: int | None = None) -> Mapping[str, str]:
    """Modules that a member need not do because the team is there already: one sentence each, by slug. A module is in
    it when the team's standing, as this reader sees it, has reached the level that the track leads to in all
    capabilities that the module teaches. Raises Forbidden, NotFound."""
    track, modules = taught.track(track_slug), taught.modules(track_slug)
    stands = standings.of_team(who, team_id, now).standings
    wanted = {each["id"]: each["to_level"] for each in track["capabilities"]}
    found = {slug: _there(each.head["teaches"], wanted, stands) for slug, each in modules.items()}
    return {slug: sentence for slug, sentence in found.items() if sentence}


def _there(teaches: Sequence[str], wanted: Mapping[str, int], stands: Mapping[str, Standing]) -> str:
    """Why what a module teaches is there, one sentence; "" when it is not, or nobody knows. A capability that the track
    does not lead up must be at the top."""
    told = {key: stands[key].told if key in stands else None for key in teaches}
    if not all(level is not None and level >= wanted.get(key, TOP) for key, level in told.items()):
        return ""
    parts = [f"level {level} in {stands[key].capability.name}" for key, level in told.items()]
    return f"The team stands at {' and '.join(parts)} already."


def know(who: Who, team_id: int, track_slug: str, module_slug: str) -> None:
    """Takes a module as known because of `by_evidence`. Raises Forbidden, NotFound, or ValueError when that does not
    hold."""
    access.check(who, Action.LEARN, access.of_team(team_id))
    module = taught.module(track_slug, module_slug)
    sentence = by_evidence(who, team_id, track_slug).get(module_slug)
    if sentence is None:
        raise ValueError("The team is not known to be there yet: work through the module, or answer its questions.")
    with store.writing() as session:
        over(session, _row(session, who, track_slug, module), KNOWN, sentence, taught.track(track_slug)["version"])


def resume(who: Who) -> Last | None:
    """Where the person was reading last, of what is not over and still taught; None when there is no such place."""
    mine = ModuleProgress.person_id == taught.reader(who), ModuleProgress.state == READING
    with store.reading() as session:
        wanted = select(ModuleProgress).where(*mine).order_by(ModuleProgress.at.desc(), ModuleProgress.module_id)
        rows = session.execute(wanted).scalars().all()
    for row in rows:
        if (found := taught.module_of(row.module_id)) is not None:
            slug, module = found
            step = min(row.step, len(module.steps))
            return Last(slug, taught.track(slug)["title"], module.head["slug"], module.head["title"], step, row.at)
    return None


def over(session: Session, row: ModuleProgress, state: str, reason: str, version: str) -> None:
    """The module is done, known or skipped from now on, in the caller's transaction."""
    kind = {DONE: events.DONE, KNOWN: events.KNOWN, SKIPPED: events.SKIPPED}[state]
    row.state, row.reason, row.version, row.at = state, reason, version, store.now_us()
    events.record(session, kind, row.module_id, version=version, person_id=row.person_id)


def row_of(session: Session, person_id: int, track_id: str, module_id: str) -> ModuleProgress:
    """The row, made when there is none; its state is "" then, until the caller sets it."""
    row = session.get(ModuleProgress, (person_id, module_id))
    if row is None:
        row = ModuleProgress(
            person_id=person_id, module_id=module_id, track_id=track_id, version="", state="", at=store.now_us()
        )
        session.add(row)
    row.track_id = track_id
    return row


def _row(session: Session, who: Who, track_slug: str, module: Module) -> ModuleProgress:
    return row_of(session, taught.reader(who), taught.track(track_slug)["id"], module.head["id"])


def _progress(
    slug: str, module: Module, track: Mapping, row: ModuleProgress | None, given: Mapping[str, Sequence[Answer]]
) -> Progress:
    head, steps = module.head, len(module.steps)
    state, step = (row.state, min(row.step, steps)) if row else (None, 0)
    items = [each["id"] for each in head["quiz"]]
    return Progress(
        module=slug, module_id=head["id"], title=head["title"], stage=head["stage"], state=state, step=step,
        steps=steps, minutes=head["minutes"],
        minutes_left=learning.minutes_left(head["minutes"], state, step, steps),
        reason=row.reason if row else "", version=row.version if row else "",
        renewed=row is not None and row.version != track["version"], at=row.at if row else None,
        items_known=sum(learning.known(given.get(each, ())) for each in items), items=len(items),
    )  # fmt: skip
