"""The first hour of somebody new, by what they do at work: which role they chose and which steps they have taken. It is
theirs alone, like their progress in modules, and is kept with it, by the ids of roles and steps."""

from dataclasses import dataclass

from sqlalchemy import delete, select

from assessments.learning import DONE, OVER, READING
from content import catalog
from data import store
from data.access import NotFound
from data.learning import progress, taught
from data.people import Who
from data.tables import ModuleProgress


@dataclass(frozen=True)
class Step:
    """page: an address of the portal; track and module: slugs where it is a module, else "". by_reading: it is done as
    the module is over, and cannot be taken back here."""

    id: str
    title: str
    text: str
    minutes: int
    page: str
    track: str
    module: str
    is_done: bool
    by_reading: bool


@dataclass(frozen=True)
class FirstHour:
    key: str
    name: str
    who: str
    steps: tuple[Step, ...]

    @property
    def minutes(self) -> int:
        return sum(step.minutes for step in self.steps)

    @property
    def minutes_left(self) -> int:
        return sum(step.minutes for step in self.steps if not step.is_done)

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)


def roles() -> dict[str, str]:
    """Names by key, in order."""
    return {key: role["name"] for key, role in catalog.first_hours().items()}


def chosen(who: Who) -> str | None:
    """The key of the role that the person chose last; None when none was ever chosen. Raises Forbidden."""
    person_id = taught.reader(who)
    keys = {role["id"]: key for key, role in catalog.first_hours().items()}
    mine = ModuleProgress.person_id == person_id, ModuleProgress.module_id.in_(keys)
    wanted = select(ModuleProgress.module_id).where(*mine).order_by(ModuleProgress.at.desc(), ModuleProgress.module_id)
    with store.reading() as session:
        found = session.execute(wanted.limit(1)).scalar()
    return keys.get(found)


def of(who: Who, key: str) -> FirstHour:
    """That first hour as the person has it. Raises Forbidden, NotFound when there is no such role."""
    person_id, role = taught.reader(who), _role(key)
    ids = [step["id"] for step in role["steps"]]
    mine = ModuleProgress.person_id == person_id, ModuleProgress.module_id.in_(ids), ModuleProgress.state.in_(OVER)
    with store.reading() as session:
        done = set(session.execute(select(ModuleProgress.module_id).where(*mine)).scalars())
    return FirstHour(key, role["name"], role["who"], tuple(_step(who, step, done) for step in role["steps"]))


def _step(who: Who, step: dict, done: set[str]) -> Step:
    track, module = step.get("track", ""), step.get("module", "")
    read = bool(module) and progress.of_track(who, track)[module].is_over
    return Step(
        step["id"], step["title"], " ".join(step["text"].split()), step["minutes"], step["page"], track, module,
        read or step["id"] in done, read,
    )  # fmt: skip


def choose(who: Who, key: str) -> None:
    """The person wants this one; steps of others stay. Raises Forbidden, NotFound."""
    role = _role(key)
    with store.writing() as session:
        row = progress.row_of(session, taught.reader(who), role["id"], role["id"])
        row.state, row.at = READING, store.now_us()


def mark(who: Who, key: str, step_id: str, is_done: bool) -> None:
    """The person has done that step, or takes it back. Raises Forbidden, NotFound for no such role or step."""
    role = _role(key)
    if step_id not in (step["id"] for step in role["steps"]):
        raise NotFound("There is no such step any more.")
    person_id = taught.reader(who)
    with store.writing() as session:
        if not is_done:
            mine = ModuleProgress.person_id == person_id, ModuleProgress.module_id == step_id
            session.execute(delete(ModuleProgress).where(*mine))
            return
        row = progress.row_of(session, person_id, role["id"], step_id)
        row.state, row.at = DONE, store.now_us()


def _role(key: str) -> dict:
    found = catalog.first_hours().get(key)
    if found is None:
        raise NotFound("There is no first hour of that role any more.")
    return found
