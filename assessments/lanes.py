"""What the three lanes say, as evidence that can be judged: probes in repositories, answers of the team, facts of the
map."""

from collections.abc import Iterable, Mapping
from typing import Any

from assessments.maturity import MAP, REPOSITORY, SURVEY, Capability, Item, Seen, State, words
from assessments.workflow.facts import Fact


def repositories(found: Mapping[str, Mapping[str, Any]]) -> dict[str, Seen]:
    """What probes found in the repositories of a team, by item id. `found`: for each repository by name, findings by
    key of the probe, each with `outcome` (the states of `State`) and `because` (one sentence).

    Of several repositories an item is met when all it applies to meet it, not met when none does; a repository that
    could not be read leaves it unknown, unless another one shows that it is not met everywhere.
    """
    by_probe: dict[str, dict[str, Any]] = {}
    for repository, findings in found.items():
        for key, finding in findings.items():
            by_probe.setdefault(key, {})[repository] = finding
    return {Item(REPOSITORY, key).id: _joined(each, len(found)) for key, each in by_probe.items()}


_STATES = {str(state): state for state in State}


def _joined(findings: Mapping[str, Any], repositories: int) -> Seen:
    states = {name: _STATES[finding.outcome] for name, finding in findings.items()}
    applying = {name: state for name, state in states.items() if state is not State.NOT_APPLICABLE}
    kinds = set(applying.values())
    if not applying:
        state = State.NOT_APPLICABLE
    elif State.PARTLY in kinds or {State.MET, State.NOT_MET} <= kinds:
        state = State.PARTLY
    else:
        state = next(state for state in (State.NOT_MET, State.UNKNOWN, State.MET) if state in kinds)
    telling = [name for name in states if states[name] is state] or [
        name for name in states if states[name] is State.NOT_MET
    ]
    because = findings[telling[0]].because
    if repositories == 1:
        return Seen(state, because)
    met = sum(state is State.MET for state in applying.values())
    noun = "repository" if len(applying) == 1 else "repositories"
    counted = f"{met} of {len(applying)} {noun}" if applying else f"It applies to none of {len(states)} repositories"
    return Seen(state, f"{counted}; {telling[0]}: {because}")


def answers(asked: Iterable[Capability], results: Mapping[str, Mapping[str, Any]]) -> dict[str, Seen]:
    """What the team said, by item id. `results`: for each questionnaire by key, results by key of the question
    (assessments.surveys.scoring.ItemResult). What was not asked is not in it."""
    found = {}
    for item in (item for capability in asked for item in capability.items.values() if item.lane == SURVEY):
        questionnaire, question = item.key.split("/")
        if (result := results.get(questionnaire, {}).get(question)) is not None:
            found[item.id] = _answered(item, result)
    return found


def _answered(item: Item, result: Any) -> Seen:
    """Met when the team's mean, with its interval, is nearer to the wanted options than to the others; partly when
    the interval lies on both sides."""
    about = words(item)
    if result.told == "too few":
        if result.not_applicable and not result.n and not result.dont_know:
            return Seen(State.NOT_APPLICABLE, f"All who answered about {about} say that it does not apply.")
        return Seen(State.UNKNOWN, f"Too few answered about {about}.")
    if result.told == "discuss":
        return Seen(State.UNKNOWN, f"The answers about {about} lie too far apart to speak for the team; discuss them.")
    because = f"The team's answers about {about}: {result.mean:.1f} on 0 to {result.top}"
    if result.interval.high - result.interval.low > 1e-9:
        because += f", between {result.interval.low:.1f} and {result.interval.high:.1f}"
    return Seen(_held(item.limit, result.interval.low, result.interval.high, 0.5), f"{because}.")


def coarse(asked: Iterable[Capability], results: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, Seen]:
    """The same for results that may only be shown coarsely (data.asked.shapes): `told`, and of a middle answer
    `quartiles` and `discuss`. The middle half of the answers takes the place of the interval."""
    found = {}
    for item in (item for capability in asked for item in capability.items.values() if item.lane == SURVEY):
        questionnaire, question = item.key.split("/")
        if (result := results.get(questionnaire, {}).get(question)) is None:
            continue
        about = words(item)
        if result["told"] == "too few":
            found[item.id] = Seen(State.UNKNOWN, f"Too few answered about {about}.")
        elif result["discuss"]:
            because = f"The answers about {about} lie too far apart to speak for the team; discuss them."
            found[item.id] = Seen(State.UNKNOWN, because)
        else:
            low, middle, high = result["quartiles"]
            half = f"the middle half from {low:g} to {high:g}" if low < high else "as are those of the middle half"
            because = f"The team's middle answer about {about}: {middle:g} on 0 to {result['top']}, {half}."
            found[item.id] = Seen(_held(item.limit, low, high, 0), because)
    return found


#: What a team may have agreed on in place of an option.
_NO_VALUE = {
    "dont_know": (State.UNKNOWN, "The team agreed that it does not know about {}."),
    "not_applicable": (State.NOT_APPLICABLE, "The team agreed that {} does not apply."),
    "parted": (State.UNKNOWN, "The team talked about {} and has not agreed yet."),
}


def agreed(asked: Iterable[Capability], values: Mapping[str, Mapping[str, int | str]]) -> dict[str, Seen]:
    """The same for what a team agreed on in a consensus session, by questionnaire and question: an option, or
    dont_know, not_applicable, parted."""
    found = {}
    for item in (item for capability in asked for item in capability.items.values() if item.lane == SURVEY):
        questionnaire, question = item.key.split("/")
        value = values.get(questionnaire, {}).get(question)
        if isinstance(value, str):
            state, because = _NO_VALUE[value]
            found[item.id] = Seen(state, because.format(words(item)))
        elif value is not None:
            because = f"The team agreed on {value} about {words(item)}."
            found[item.id] = Seen(_held(item.limit, value, value, 0), because)
    return found


def mapped(asked: Iterable[Capability], facts: Mapping[str, Fact]) -> dict[str, Seen]:
    """What the workflow map shows, by item id; `facts` from assessments.workflow.facts. Empty without a map."""
    found = {}
    for item in (item for capability in asked for item in capability.items.values() if item.lane == MAP):
        fact = facts.get(item.key)
        if fact is None:
            continue
        if fact.amount is None:
            found[item.id] = Seen(State.UNKNOWN, fact.because)
            continue
        state = _held(item.limit, fact.amount.low, fact.amount.high, 0)
        if fact.share and state is State.NOT_MET and fact.amount.value > 0:
            state = State.PARTLY
        found[item.id] = Seen(state, fact.because)
    return found


def _held(limit: str, low: float, high: float, slack: float) -> State:
    sign, number = limit.split(" ")
    cut = float(number) - slack if sign == ">=" else float(number) + slack
    ends = [low >= cut, high >= cut] if sign == ">=" else [low <= cut, high <= cut]
    return State.MET if all(ends) else State.PARTLY if any(ends) else State.NOT_MET
