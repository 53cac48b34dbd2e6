"""Capabilities and evidence to judge: small ones by hand, and any by chance."""

from hypothesis import strategies as st

from assessments.maturity import LANES, MAP, REPOSITORY, SURVEY, Capability, Item, Mark, Seen, State, Statement

NOW = 1_800_000_000_000_000
DAY = 86_400_000_000


def capability(*levels: str, key: str = "ci", stages=(), importance=2) -> Capability:
    """Each level names its evidence: "S" what the team says, "R1 R2" probes, "H1" hints, "W" a fact of the map."""
    statements = [
        Statement(number, f"Statement {number}.", tuple(item(name, key, number) for name in level.split()))
        for number, level in enumerate(levels, start=1)
    ]
    return Capability(key, key.upper(), importance, (), tuple(stages), tuple(statements))


def item(name: str, key: str = "ci", level: int = 1) -> Item:
    if name == "S":
        return Item(SURVEY, f"capabilities/{key}", f">= {level}")
    if name.startswith("W"):
        return Item(MAP, name.lower(), "<= 1")
    return Item(REPOSITORY, name.lower(), hint=name.startswith("H"))


_STATES = {"+": State.MET, "~": State.PARTLY, "-": State.NOT_MET, "?": State.UNKNOWN, "0": State.NOT_APPLICABLE}


def seen(*found: str, key: str = "ci") -> dict[str, Seen]:
    """By short names: S2+ the team says that statement 2 holds, R1- the probe r1 says no, W? the map does not tell."""
    made = {}
    for text in found:
        name, state = text[:-1], _STATES[text[-1]]
        one = item("S", key, int(name[1:])) if name.startswith("S") else item(name)
        made[one.id] = Seen(state, f"{name} is {state}.")
    return made


@st.composite
def capabilities(draw, key="ci") -> Capability:
    """Of four statements with up to three pieces of evidence each."""
    pool = [f"R{n}" for n in range(5)] + ["H1", "H2", "W1", "W2"]
    levels = [
        " ".join(
            draw(st.lists(st.sampled_from(pool), max_size=2, unique=True)) + (["S"] if draw(st.booleans()) else [])
        )
        for _ in range(4)
    ]
    return capability(*levels, key=key)


@st.composite
def evidence(draw, *models: Capability) -> dict[str, Seen]:
    """Some of what the models ask for, in any state that a lane gives."""
    ids = sorted({key for model in models for key in model.items})
    states = st.sampled_from([state for state in State if state not in (State.EXCEPTED, State.NOT_SEEN)])
    return {key: Seen(draw(states), f"{key}.") for key in ids if draw(st.booleans())}


@st.composite
def marks(draw, model: Capability) -> tuple[Mark, ...]:
    made = []
    for _ in range(draw(st.integers(0, 3))):
        target = draw(st.sampled_from([None, *model.items]))
        kind = draw(st.sampled_from(["not applicable", "exception"]))
        ends = NOW + draw(st.integers(-5, 5)) * DAY if kind == "exception" else None
        made.append(Mark(kind, model.key, "a reason", target, "A developer", ends))
    return tuple(made)


assert LANES == (SURVEY, REPOSITORY, MAP)
