"""What can be said of a pain point: which steps, capabilities and options a team can name, and whether what somebody
says can be kept."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlmodel import Session

from assessments.surveys.answers import MOST_HOURS, clean
from assessments.surveys.questionnaire import PAIN_POINTS
from content import catalog
from data.tables import MapVersion, PainPoint, WorkflowMap

MOST_PEOPLE = 99  # whom somebody may speak for
OWN = "own:"  # before the name of a step that the team has drawn


@dataclass(frozen=True)
class Choices:
    """What a pain point can name. steps: key -> words, those of the questionnaire first, then those of the team's maps;
    capabilities: key -> name; how_often, how_bad: options from low to high."""

    steps: dict[str, str]
    capabilities: dict[str, str]
    how_often: tuple[str, ...]
    how_bad: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """What somebody says of a pain point. hours: lost last week by each, None where they do not know; people: whom it
    costs that; measured: the hours come from a meter."""

    step: str
    text: str
    how_often: int
    how_bad: int
    hours: float | None = None
    capability: str | None = None
    people: int = 1
    measured: bool = False


def voices(said: Said) -> dict:
    return {
        "hours": [] if said.hours is None else [float(said.hours)],
        "how_often": [said.how_often],
        "how_bad": [said.how_bad],
        "texts": [said.text] if said.text else [],
    }


def checked(said: Said, names: Choices, was: str | None = None, wordless: bool = False) -> Said:
    """As it may be kept. was: the step it had, which it may keep. Raises ValueError with a sentence."""
    check_place(said.step, said.capability, names, was)
    for value, options, about in (
        (said.how_often, names.how_often, "how often"),
        (said.how_bad, names.how_bad, "how bad"),
    ):
        if type(value) is not int or not 0 <= value < len(options):
            raise ValueError(f"Say {about} it is: choose one of the options.")
    hours = said.hours
    if hours is not None and (isinstance(hours, bool) or not isinstance(hours, int | float)):
        raise ValueError("Give the hours as a number, or leave them empty.")
    if hours is not None and not 0 <= hours <= MOST_HOURS:  # neither is true of what is no number
        raise ValueError(f"A week has {MOST_HOURS:g} hours: give 0 to {MOST_HOURS:g}, or leave them empty.")
    if type(said.people) is not int or not 1 <= said.people <= MOST_PEOPLE:
        raise ValueError(f"Say how many people it costs that time, 1 to {MOST_PEOPLE}.")
    text = clean(said.text, "what holds you up")
    if not wordless and not any(sign.isalnum() for sign in text):
        raise ValueError("Say in a few words what holds you up.")
    return replace(said, text=text)


def check_place(step: str, capability: str | None, names: Choices, was: str | None = None) -> None:
    if step not in names.steps and (was is None or step != was):
        raise ValueError("Choose the step of the workflow from the list.")
    if capability is not None and capability not in names.capabilities:
        raise ValueError("Choose a capability from the list, or none.")


def of_team(session: Session, team_id: int) -> Choices:
    blocks = catalog.surveys()["pain-and-friction"]["blocks"]
    asked = next(item for block in blocks for item in block["items"] if item["kind"] == PAIN_POINTS)
    steps = {step["key"]: step["text"] for step in asked["steps"]}
    taken = {name.casefold() for name in steps.values()}
    for name in _drawn(session, team_id):
        if name.casefold() not in taken:
            taken.add(name.casefold())
            steps[OWN + name] = name
    known = (capability for area in catalog.practices()["areas"] for capability in area["capabilities"])
    options = (tuple(option["text"] for option in asked[name]) for name in ("how_often", "how_bad"))
    return Choices(steps, {each["key"]: each["name"] for each in known}, *options)


def _drawn(session: Session, team_id: int) -> Iterator[str]:
    """The steps of the team's workflows as they are today."""
    newest = select(MapVersion.map_id, func.max(MapVersion.version).label("version"))
    newest = newest.where(MapVersion.kind == "today").group_by(MapVersion.map_id).subquery()
    same = (MapVersion.map_id == newest.c.map_id) & (MapVersion.version == newest.c.version)
    wanted = select(MapVersion.plain).join(newest, same).join(WorkflowMap, WorkflowMap.id == MapVersion.map_id)
    wanted = wanted.where(WorkflowMap.team_id == team_id, MapVersion.kind == "today").order_by(WorkflowMap.id)
    for plain in session.execute(wanted).scalars():
        yield from (step["name"].strip() for step in plain["steps"])


def option(options: tuple[str, ...], number: int | None) -> str:
    """In words; nothing for an option that the questionnaire of today does not have."""
    return options[number] if number is not None and number < len(options) else ""


def step_name(names: Choices, key: str) -> str:
    return names.steps.get(key) or key.removeprefix(OWN)


def said_by(row: PainPoint) -> Said:
    first = {name: next(iter(row.voices[name]), None) for name in ("hours", "how_often", "how_bad")}
    text = "\n".join(row.voices["texts"])
    return Said(
        row.step, text, first["how_often"] or 0, first["how_bad"] or 0, first["hours"], row.capability, row.people,
        row.measured,
    )  # fmt: skip
