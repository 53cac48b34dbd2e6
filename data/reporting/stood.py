"""Where a team stood at the end of a quarter: the levels of its practices and its workflow, as far as this reader may
see them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assessments.maturity import Standing
from assessments.maturity_change import COMPARED, PRACTICE, Change, Snapshot, compare
from assessments.reporting import Levels, Quarter
from assessments.workflow import sentences
from assessments.workflow.drawing import described, svg
from assessments.workflow.model import HAPPY, RECOVERY, Map
from data import store
from data.asked import maps
from data.people import Who
from data.practices import assessments, standings
from data.reporting.document import Block, Picture, Points, Section, Table, Text
from data.reporting.pictures import Rung, rungs

MAPS = 3  # with a picture


@dataclass(frozen=True)
class Stood:
    levels: Levels | None
    section: Section


def practices(who: Who, team_id: int, quarter: Quarter, at: int) -> Stood:
    """The newest assessment of the quarter's end beside the newest of its beginning; of a quarter that goes on, how the
    team stands now. What is not released to this reader is in none of them. Raises Forbidden, NotFound."""
    lines = [one for one in assessments.listed(who, team_id, at) if one.seen_from is None]
    old = next((one for one in lines if one.taken_at < quarter.start), None)
    new = next((one for one in lines if one.taken_at < quarter.end), None)
    goes_on = store.to_us(quarter.end) > at
    kept = assessments.load(who, team_id, sorted({one.id for one in (old, new) if one}), at)
    if goes_on:
        then, said = standings.of_team(who, team_id, at).snapshot, "as the team stands now"
    elif new is None or new == old:
        sentence = "No assessment that you may see was taken in this quarter, so no level is told for its end."
        return Stood(None, Section("Practices", (Text(sentence),)))
    else:
        then, said = kept[new.id].snapshot, f"in the assessment of {_day(new.taken_at)}"
    if not then.seen:
        return Stood(None, Section("Practices", (Text("Nobody has looked at this team's practices yet."),)))
    before = kept[old.id].snapshot if old else None
    changes = compare(before, then) if before else {}
    return Stood(_levels(then, changes), _section(then, changes, said, _day(old.taken_at) if old else ""))


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def _levels(then: Snapshot, changes: dict[str, Change]) -> Levels:
    found = [then.standing(key) for key in then.model]
    applying = [one for one in found if one.applicable]
    moved = [one.parts[PRACTICE] for one in changes.values() if one.kind == COMPARED]
    otherwise = [one for one in changes.values() if one.differs and not one.parts.get(PRACTICE)]
    told = sum(1 for one in applying if one.told is not None)
    return Levels(
        told, len(applying), bool(changes), sum(1 for part in moved if part > 0), sum(1 for part in moved if part < 0),
        len(otherwise),
    )  # fmt: skip


def _section(then: Snapshot, changes: dict[str, Change], said: str, before: str) -> Section:
    found = {key: then.standing(key) for key in then.model}
    rows = [_rung(one, changes.get(key)) for key, one in found.items() if one.applicable]
    told = sum(1 for one in rows if one.level is not None)
    title = f"{told} of {len(rows)} capabilities have a level {said}"
    shown = [one for one in rows if one.level is not None or one.before is not None]
    blocks: list[Block] = [rungs(shown, title, before)] if shown else [Text(f"{title}.")]
    if others := [one.name for one in rows if one.level is None and one.before is None]:
        blocks.append(Text(f"Too little is known to tell a level of: {', '.join(others)}.", quiet=True))
    moved = [(key, one) for key, one in changes.items() if one.differs and one.kind == COMPARED and one.parts[PRACTICE]]
    if moved:
        lines = tuple((one.capability.name, _told(one.before), _told(one.after), one.because) for _, one in moved)
        head = (
            "Capability",
            f"In the assessment of {before}",
            f"{said[:1].upper()}{said[1:]}",
            "Why the level is another",
        )
        blocks.append(Table("Levels that changed by what is done", head, lines, (0.3, 0.17, 0.17, 0.36)))
    doubts = tuple(text for one in found.values() for text in one.disagreements)
    if doubts:
        blocks.append(Text("Where what is said and what is seen differ:"))
        blocks.append(Points(doubts[:6]))
        if len(doubts) > 6:
            blocks.append(Text(f"{len(doubts) - 6} more are on the page Practices.", quiet=True))
    return Section("Practices", tuple(blocks))


def _rung(one: Standing, change: Change | None) -> Rung:
    before = change.before.told if change is not None and change.before is not None else None
    return Rung(one.capability.name, one.told, before, one.outline, one.known, one.applicable)


def _told(one: Standing | None) -> str:
    return "not told" if one is None or one.told is None else f"level {one.told}"


# The workflow


@dataclass(frozen=True)
class _Drawn:
    title: str
    newest: Map
    before: Map | None


def workflow(who: Who, team_id: int, quarter: Quarter) -> Section | None:
    """The maps of today's workflow as they were at the end of the quarter, and what changed in it. Raises Forbidden,
    NotFound."""
    blocks: list[Block] = []
    drawn = _maps(who, team_id, quarter)
    for each in drawn[:MAPS]:
        blocks += [_path(each, path) for path in (HAPPY, RECOVERY) if each.newest.path(path)]
        if each.before is not None:
            blocks.append(Text(f"What changed in it since {quarter.before.name}:"))
            blocks.append(Points(sentences.changes(each.before, each.newest)))
    if len(drawn) > MAPS:
        blocks.append(Text(f"{len(drawn) - MAPS} more are on the page Workflow map.", quiet=True))
    return Section("Workflow", tuple(blocks)) if blocks else None


def _path(each: _Drawn, path: str) -> Picture:
    """One of the two paths: both on one sheet would be too small to read in print."""
    alone = replace(each.newest, steps=each.newest.path(path))
    caption = "As the team has drawn it, so stated where nothing else is said. Time line: work dark, waiting light."
    return Picture(f"{each.title}. {sentences.constraint(each.newest, path)}", svg(alone), described(alone), caption)


def _maps(who: Who, team_id: int, quarter: Quarter) -> Sequence[_Drawn]:
    found = []
    for one in maps.maps(who, team_id):
        lines = [line for line in maps.versions(who, one.id) if line.kind == maps.TODAY]
        new = next((line for line in lines if line.saved_at < quarter.end), None)
        old = next((line for line in lines if line.saved_at < quarter.start), None)
        if new is None:
            continue
        newest = maps.version(who, one.id, maps.TODAY, new.number).drawn
        if not newest.steps:
            continue
        before = None if old is None or old == new else maps.version(who, one.id, maps.TODAY, old.number).drawn
        found.append(_Drawn(one.title, newest, before))
    return found
