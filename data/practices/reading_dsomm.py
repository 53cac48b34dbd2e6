"""OWASP DSOMM: the model with what teams have implemented, or the progress of teams alone."""

from collections.abc import Iterator
from typing import Any

from assessments.evidence import Evidence, Outcome
from assessments.evidence.reading import Malformed
from assessments.evidence.reading.yamls import Map, single
from data.evidence.foreign import RULES, Rule, line
from data.evidence.strict import text_of
from data.practices.foreign_file import Content, LeftOut

BYTES = 4 * 1024 * 1024
#: Values of a file: the whole model of DSOMM has some twenty thousand.
VALUES = 200_000
#: What progress is called, without regard to case; the furthest counts.
_STAGES = {
    "implemented": Outcome.MET,
    "fully implemented": Outcome.MET,
    "completed": Outcome.MET,
    "done": Outcome.MET,
    "partially implemented": Outcome.PARTLY,
    "partly implemented": Outcome.PARTLY,
    "in progress": Outcome.PARTLY,
    "started": Outcome.PARTLY,
    "planned": Outcome.NOT_MET,
    "not started": Outcome.NOT_MET,
    "not implemented": Outcome.NOT_MET,
}
_FURTHEST = (Outcome.MET, Outcome.PARTLY, Outcome.NOT_MET)
#: Team of an older file, which speaks of one only.
ALONE = ""
#: Activities named one by one in the model beside their dimension.
_NAMES = ("meta", "strings", "teams", "teamGroups", "settings")


class TeamNeeded(Malformed):
    """The file speaks of several teams; `teams` names them."""

    def __init__(self, teams: list[str]):
        self.teams = teams
        super().__init__("it speaks of several teams; choose one")


def read(content: bytes, team: str | None = None) -> Content:
    """Each activity is a finding of the team: implemented is met, begun partly, planned or not implemented not met.
    An activity about which the file says nothing for that team says nothing.

    team: as the file names it; None where it speaks of one only. Raises Malformed, TeamNeeded."""
    whole = single(text_of(content, BYTES), unique=True, values=VALUES)
    if not isinstance(whole, Map):
        raise Malformed("it is no file of DSOMM: neither dimensions nor `progress` stand in it")
    left_out = LeftOut()
    listed = list(_progress(whole["progress"], left_out) if "progress" in whole else _model(whole))
    if not listed:
        raise Malformed("it is no file of DSOMM: no activity in it says whether it is implemented")
    teams = list(dict.fromkeys(name for _, _, states in listed for name in states))
    if team is None and len(teams) > 1:
        raise TeamNeeded([line(name) for name in teams][:500])
    chosen = teams[0] if team is None else next((name for name in teams if line(name) == line(team)), None)
    if chosen is None:
        raise Malformed(f"it says nothing of a team {line(team, 60)!r}")
    rules: dict[str, Rule] = {}
    for key, title, states in listed:
        if chosen not in states:
            left_out.add("activities about which it says nothing for this team")
        elif len(rules) >= RULES:
            left_out.add(f"activities beyond {RULES:,}")
        else:
            outcome, said, at = states[chosen]
            if key in rules:
                raise Malformed(f"the activity {key[:60]!r} stands twice")
            rules[key] = Rule(key, title, outcome, said)
            rules[key].seen(Evidence(None, at, said) if said else None)
    return Content(
        tool="OWASP DSOMM",
        rules=tuple(rules.values()),
        about=line(chosen),
        commit="",
        as_of=None,
        read=len(listed),
        noun="activity",
        left_out=left_out.counts,
    )


_States = dict[str, tuple[Outcome, str, int]]


def _progress(value: Any, left_out: LeftOut) -> Iterator[tuple[str, str, _States]]:
    """By activity and team the moments at which stages were reached."""
    for key, teams in value.items() if isinstance(value, Map) else ():
        states: _States = {}
        for name, stages in teams.items() if isinstance(teams, Map) else ():
            reached: dict[Outcome, str] = {}
            for stage, day in stages.items() if isinstance(stages, Map) else ():
                outcome = _STAGES.get(stage.strip().lower())
                if outcome is None:
                    left_out.add("stages of other names than planned, started and implemented")
                elif day not in (None, "", False):
                    reached[outcome] = f"{line(stage, 40)} {line(day, 40)}"
            if furthest := next((each for each in _FURTHEST if each in reached), None):
                states[name] = (furthest, reached[furthest], teams.at(name))
        yield line(key), line(key), states


def _model(whole: Map) -> Iterator[tuple[str, str, _States]]:
    """Dimension, part of it, activity; what teams have implemented stands with the activity."""
    for dimension, parts in whole.items():
        if dimension in _NAMES or not isinstance(parts, Map):
            continue
        for part, activities in parts.items():
            for name, activity in activities.items() if isinstance(activities, Map) else ():
                if isinstance(activity, Map) and (states := _implemented(activity)):
                    key = activity.get("uuid")
                    title = f"{line(name)} ({line(part, 60)})"
                    yield line(key if isinstance(key, str) else f"{dimension}/{part}/{name}"), title, states


def _implemented(activity: Map) -> _States:
    said = {True: (Outcome.MET, "implemented"), False: (Outcome.NOT_MET, "not implemented")}
    teams = activity.get("teamsImplemented")
    if isinstance(teams, Map):
        return {name: (*said[value], teams.at(name)) for name, value in teams.items() if isinstance(value, bool)}
    value = activity.get("isImplemented")
    return {ALONE: (*said[value], activity.at("isImplemented"))} if isinstance(value, bool) else {}
