"""Pain points of a team: named by hand or taken from a closed wave, put together, voted on, solved.

Each row is one voice, as it was said. Putting together changes no row but says into which it went, so taking apart
gives back exactly what was; what is shown is computed when it is read. Rows of a wave name nobody and are seen like its
answers, rows by hand like numbers. All that somebody may not see is left out before anything is added up.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice

from sqlalchemy import Row, delete, select
from sqlmodel import Session

from assessments import pains
from assessments.pains import MOST_VOTES, Pain, Ranked
from assessments.surveys.answers import Sheet
from data import access, audit, store
from data.access import Action, NotFound, Subject
from data.asked import naming
from data.asked.naming import Choices, Said
from data.people import Who
from data.tables import PainPoint, PainVote, Wave

OPEN, SOLVED = "open", "solved"
MOST = 500  # pain points of a team that are open, named by hand
PROPOSED = 3  # duplicates proposed at a time
_HELD_BACK = access.LEADERS_AFTER // timedelta(microseconds=1)


@dataclass(frozen=True)
class Part:
    """One voice of a pain point that was put together. wave: the title of the wave it came from, "" by hand. own: what
    the reader said; said: its values, for editing."""

    id: int
    text: str
    step_name: str
    wave: str
    own: bool
    said: Said


@dataclass(frozen=True)
class PainView:
    """A pain point as somebody may see it. place: 1 costs the most, None where no hours are known. step and capability
    are keys, for plans; their names are for people. pain: its hours, people, confidence and weight. often, bad: what
    most say, in words. votes: of everyone; mine: of the reader. parts: its voices, the one that gave it its name
    first."""

    id: int
    team_id: int
    place: int | None
    pain: Pain
    step_name: str
    capability_name: str
    often: str
    bad: str
    votes: int
    mine: int
    parts: tuple[Part, ...]

    @property
    def step(self) -> str:
        return self.pain.step

    @property
    def capability(self) -> str | None:
        return self.pain.capability

    @property
    def own(self) -> Part | None:
        """What the reader said of it."""
        return next((part for part in self.parts if part.own), None)


@dataclass(frozen=True)
class Listed:
    """The pain points of a team for one reader: open ones by rank, solved ones, pairs that may be one with the reason,
    how many votes the reader has left, hours a week by step (its name; those without known hours are left out)."""

    open: tuple[PainView, ...]
    solved: tuple[PainView, ...]
    alike: tuple[tuple[PainView, PainView, str], ...]
    votes_left: int
    by_step: tuple[tuple[str, float], ...]


# Reading


def choices(who: Who, team_id: int) -> Choices:
    """What a pain point of the team can name. Raises Forbidden, NotFound."""
    access.check(who, Action.VIEW, access.of_team(team_id))
    with store.reading() as session:
        return naming.of_team(session, team_id)


def ranked(who: Who, team_id: int) -> tuple[PainView, ...]:
    """The open pain points that the person may see, the most expensive first, those without known hours last.

    Raises Forbidden, NotFound.
    """
    return listed(who, team_id).open


def listed(who: Who, team_id: int) -> Listed:
    """All that the page of a team shows. Raises Forbidden, NotFound."""
    subject = access.of_team(team_id)
    access.check(who, Action.VIEW, subject)
    with store.reading() as session:
        names = naming.of_team(session, team_id)
        columns = (Wave.id, Wave.title, Wave.opened_at, Wave.closed_at, Wave.released_at)
        waves = {wave.id: wave for wave in session.execute(select(*columns).where(Wave.team_id == team_id))}
        rows = _rows(session, team_id)
        wanted = select(PainVote).join(PainPoint, PainPoint.id == PainVote.pain_id).where(PainPoint.team_id == team_id)
        cast = session.execute(wanted).scalars().all()
    groups = _groups(rows, lambda row: _may_see(who, subject, waves.get(row.wave_id)))
    votes, mine = Counter(), Counter()
    for vote in cast:
        root = _root(rows, vote.pain_id)
        votes[str(root)] += vote.votes
        mine[root] += vote.votes if vote.person_id == who.id else 0

    def views(state: str) -> tuple[PainView, ...]:
        some = [_pain(root, group) for root, group in groups.items() if rows[root].state == state]
        found = pains.ranked(some, votes)
        return tuple(_view(who, one, groups[int(one.pain.key)], mine[int(one.pain.key)], names, waves) for one in found)

    now = views(OPEN)
    says = access.may(who, Action.SAY, subject)
    by_step = pains.hours_by_step([view.pain for view in now])
    return Listed(
        now,
        views(SOLVED),
        _alike(now, groups) if says else (),
        max(MOST_VOTES - sum(view.mine for view in now), 0) if says else 0,
        tuple((naming.step_name(names, key), hours) for key, hours in by_step),
    )


# By hand


def add(who: Who, team_id: int, said: Said, to: int | None = None) -> int:
    """Keeps what somebody said; the id. to: a pain point it belongs to, which then counts one voice more.

    Raises Forbidden, NotFound, or ValueError with a sentence for what cannot be.
    """
    subject = access.of_team(team_id)
    access.check(who, Action.SAY, subject)
    with store.writing() as session:
        said = naming.checked(said, naming.of_team(session, team_id), wordless=to is not None)
        rows = _rows(session, team_id)
        if sum(row.state == OPEN and row.wave_id is None for row in rows.values()) >= MOST:
            raise ValueError(f"The team has {MOST} pain points by hand: mark some as solved, or remove some, first.")
        if to is not None:
            to = _root(rows, _there(rows, to).id)
            _refuse_solved(rows[to])
            if any(row.created_by == who.id for row in rows.values() if _root(rows, row.id) == to):
                raise ValueError("You are counted there already; edit what you said instead.")
        row = PainPoint(
            team_id=team_id, into_id=to, step=said.step, capability=said.capability, people=said.people,
            voices=naming.voices(said), measured=said.measured, created_by=who.id, created_at=store.now_us(),
        )  # fmt: skip
        session.add(row)
        session.flush()
        detail = {"step": said.step, "to": to}
        audit.record(session, who, "add_pain_point", f"pain_point:{row.id}", detail, subject.organization_id)
        return row.id


def edit(who: Who, pain_id: int, said: Said) -> None:
    """Replaces what somebody said by hand: they themselves may, and the team's lead.

    Raises Forbidden, NotFound, or ValueError with a sentence for what cannot be.
    """
    with _changing(who, pain_id, "edit") as (session, row, _, subject):
        if row.wave_id is not None:
            raise ValueError("What was said in a wave stays as it was said; its step and capability can be changed.")
        if row.created_by != who.id:
            access.check(who, Action.ASK, subject)
        said = naming.checked(
            said, naming.of_team(session, row.team_id), was=row.step, wordless=row.into_id is not None
        )
        row.step, row.capability, row.people = said.step, said.capability, said.people
        row.voices, row.measured = naming.voices(said), said.measured


def sort(who: Who, pain_id: int, step: str, capability: str | None) -> None:
    """Puts a pain point at another step and capability: the team may, also where a wave brought it.

    Raises Forbidden, NotFound, or ValueError for a step or capability that is not there.
    """
    with _changing(who, pain_id, "sort") as (session, row, rows, _):
        names, root = naming.of_team(session, row.team_id), rows[_root(rows, row.id)]
        naming.check_place(step, capability, names, was=root.step)
        root.step, root.capability = step, capability


def remove(who: Who, pain_id: int) -> None:
    """Takes a pain point away with all that was put together with it. The team's lead may; everybody may take back what
    only they said. Raises Forbidden, NotFound."""
    with _changing(who, pain_id, "remove") as (session, row, rows, subject):
        root = _root(rows, row.id)
        gone = {each for each in rows if _root(rows, each) == root}
        if any(rows[each].created_by != who.id or rows[each].wave_id is not None for each in gone):
            access.check(who, Action.ASK, subject)
        for each in rows.values():
            if each.id not in gone and gone & _apart(each):
                each.apart = {"ids": sorted(_apart(each) - gone)}
        session.flush()
        session.execute(delete(PainPoint).where(PainPoint.id.in_(gone)))


# From a wave


def keep(session: Session, wave: Wave, sheets: Iterable[Sheet]) -> int:
    """Keeps the pain points of a closing wave, in the caller's transaction; how many. For closing only, and only where
    the result of the whole wave may be shown. A second call for a wave changes nothing.

    Ids, order and times say nothing of the sheets: all are made at one moment in the order of what they say.
    """
    if session.execute(select(PainPoint.id).where(PainPoint.wave_id == wave.id).limit(1)).first():
        return 0
    said = [point for sheet in sheets for some in sheet.pains.values() for point in some]
    now, found = store.now_us(), pains.collected(said)
    for pain in found:
        voices = {name: list(getattr(pain, name)) for name in ("hours", "how_often", "how_bad", "texts")}
        row = PainPoint(
            team_id=wave.team_id, wave_id=wave.id, step=pain.step, capability=pain.capability, voices=voices,
            created_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()  # one by one: ids in this order
    return len(found)


# Together and apart


def merge(who: Who, pain_ids: Sequence[int]) -> int:
    """Puts pain points of one team together into the first; the id of the whole. What is together already, because
    somebody else was quicker, stays so. Raises Forbidden, NotFound, or ValueError with a sentence."""
    if len(set(pain_ids)) < 2:
        raise ValueError("Choose two different pain points to put together.")
    with _changing(who, pain_ids[0], "merge", {"of": list(pain_ids)}) as (_, _, rows, _):
        roots = list(dict.fromkeys(_root(rows, _there(rows, each).id) for each in pain_ids))
        for each in roots:
            _refuse_solved(rows[each])
        for each in roots[1:]:
            rows[each].into_id = roots[0]
        return roots[0]


def part(who: Who, pain_id: int) -> None:
    """Takes one out of the whole it was put into, with what had been put into it before. The two are not proposed as
    one again. Taking out what stands alone changes nothing. Raises Forbidden, NotFound."""
    with _changing(who, pain_id, "part") as (_, row, rows, _):
        if row.into_id is not None:
            whole = rows[_root(rows, row.id)]
            row.into_id, row.state = None, whole.state
            _set_apart(row, whole)


def keep_apart(who: Who, first_id: int, second_id: int) -> None:
    """Says that two are not one: they are not proposed again. Raises Forbidden, NotFound."""
    with _changing(who, first_id, "keep_apart", {"from": second_id}) as (_, row, rows, _):
        _set_apart(rows[_root(rows, row.id)], rows[_root(rows, _there(rows, second_id).id)])


# Votes and state


def vote(who: Who, pain_id: int, votes: int) -> None:
    """Sets how many of their votes somebody has on a pain point. How anybody voted leaves no trace.

    Raises Forbidden, NotFound, or ValueError when they have not so many or it is solved.
    """
    if type(votes) is not int or not 0 <= votes <= MOST_VOTES:
        raise ValueError(f"Everyone has {MOST_VOTES} votes, to spread or to put on one.")
    with _changing(who, pain_id, "") as (session, row, rows, _):
        root = _root(rows, row.id)
        _refuse_solved(rows[root])
        cast = _cast(session, rows, who.id)
        elsewhere = sum(number for (at, _), number in cast.items() if at != root)
        if votes + elsewhere > MOST_VOTES:
            raise ValueError(f"You have {MOST_VOTES} votes, and {elsewhere} are elsewhere: take one back there first.")
        _put(session, rows, root, who.id, votes)


def solve(who: Who, pain_id: int) -> None:
    """Marks a pain point as solved; its votes are free again. Raises Forbidden, NotFound."""
    with _changing(who, pain_id, "solve") as (_, row, rows, _):
        rows[_root(rows, row.id)].state = SOLVED


def reopen(who: Who, pain_id: int) -> None:
    """Opens a solved pain point again, with those of its votes that their owners have not used elsewhere meanwhile.

    Raises Forbidden, NotFound.
    """
    with _changing(who, pain_id, "reopen") as (session, row, rows, _):
        root = _root(rows, row.id)
        rows[root].state = OPEN
        cast = _cast(session, rows, None)
        for person in {person for at, person in cast if at == root}:
            elsewhere = sum(number for (at, owner), number in cast.items() if owner == person and at != root)
            if cast[root, person] + elsewhere > MOST_VOTES:
                _put(session, rows, root, person, max(MOST_VOTES - elsewhere, 0))


# What is read and written


@contextmanager
def _changing(who: Who, pain_id: int, name: str, detail: dict | None = None) -> Iterator[tuple]:
    """A writing block about one pain point: (session, its row, all rows of its team by id, whose they are). It leaves a
    trace of that name, if it has one. Raises Forbidden, NotFound."""
    with store.reading() as session:
        row = session.get(PainPoint, pain_id)
    if row is None:
        raise NotFound(_GONE)
    subject = access.of_team(row.team_id)
    access.check(who, Action.SAY, subject)
    with store.writing() as session:
        rows = _rows(session, row.team_id)
        yield session, _there(rows, pain_id), rows, subject
        if name:
            about = f"pain_point:{pain_id}"
            audit.record(session, who, f"{name}_pain_point", about, detail, subject.organization_id)


_GONE = "This pain point is not there any more; reload the list."


def _rows(session: Session, team_id: int) -> dict[int, PainPoint]:
    wanted = select(PainPoint).where(PainPoint.team_id == team_id).order_by(PainPoint.id)
    return {row.id: row for row in session.execute(wanted).scalars()}


def _there(rows: dict[int, PainPoint], pain_id: int) -> PainPoint:
    """Raises NotFound for what is gone, or another team's."""
    if pain_id not in rows:
        raise NotFound(_GONE)
    return rows[pain_id]


def _root(rows: dict[int, PainPoint], pain_id: int) -> int:
    """The whole that a row is in, itself when it stands alone. Only wholes are put together, so this ends."""
    while rows[pain_id].into_id is not None:
        pain_id = rows[pain_id].into_id
    return pain_id


def _refuse_solved(row: PainPoint) -> None:
    if row.state == SOLVED:
        raise ValueError("This pain point was marked as solved; open it again first.")


def _set_apart(one: PainPoint, other: PainPoint) -> None:
    if one.id != other.id:
        one.apart = {"ids": sorted(_apart(one) | {other.id})}


def _apart(row: PainPoint) -> set[int]:
    return set(row.apart.get("ids", ()))


# Votes


def _cast(session: Session, rows: dict[int, PainPoint], person: int | None) -> dict[tuple[int, int], int]:
    """Votes on what is open: (whole, person) -> how many; of one person or of all."""
    wanted = select(PainVote).join(PainPoint, PainPoint.id == PainVote.pain_id)
    wanted = wanted.where(PainPoint.team_id == next(iter(rows.values())).team_id)
    found: dict[tuple[int, int], int] = {}
    for vote in session.execute(wanted if person is None else wanted.where(PainVote.person_id == person)).scalars():
        at = _root(rows, vote.pain_id)
        if rows[at].state == OPEN:
            found[at, vote.person_id] = found.get((at, vote.person_id), 0) + vote.votes
    return found


def _put(session: Session, rows: dict[int, PainPoint], root: int, person: int, votes: int) -> None:
    """All votes of a person on a whole, in place of those they had on any part of it."""
    parts = [each for each in rows if _root(rows, each) == root]
    session.execute(delete(PainVote).where(PainVote.person_id == person, PainVote.pain_id.in_(parts)))
    if votes:
        session.add(PainVote(pain_id=root, person_id=person, votes=votes))


# What is shown


def _may_see(who: Who, subject: Subject, wave: Row | None) -> bool:
    """By hand: like numbers. From a wave: like its answers."""
    if wave is None or access.may(who, Action.VIEW_ANSWERS, subject):
        return True
    now = store.now_us()
    # Answers from elsewhere are new here, however old they are.
    return wave.released_at is not None or max(wave.closed_at or now, wave.opened_at) + _HELD_BACK <= now


def _groups(rows: dict[int, PainPoint], seen: Callable[[PainPoint], bool]) -> dict[int, list[PainPoint]]:
    """What is put together, of the rows seen: the id of the whole -> its rows, the one that gave the name first."""
    found: dict[int, list[PainPoint]] = {}
    for row in rows.values():
        if seen(row):
            found.setdefault(_root(rows, row.id), []).append(row)
    return {root: sorted(some, key=lambda row: (row.id != root, row.id)) for root, some in found.items()}


def _pain(root: int, group: list[PainPoint]) -> Pain:
    """The whole of what was said. Who said it twice is one voice, the newest, though all words stay."""
    newest = {row.created_by: row.id for row in group if row.created_by is not None}
    voices = []
    for row in group:
        voice = Pain(
            str(row.id), row.step, row.capability, row.people,
            *(tuple(row.voices[name]) for name in ("hours", "how_often", "how_bad", "texts")), row.measured,
        )  # fmt: skip
        if newest.get(row.created_by, row.id) != row.id:
            voice = replace(voice, people=0, hours=(), how_often=(), how_bad=(), measured=False)
        voices.append(voice)
    whole = voices[0]
    if len(voices) > 1:
        whole = pains.merged(voices, [voice.key for voice in voices])[0]
    return replace(whole, key=str(root))


def _view(who: Who, found: Ranked, group: list[PainPoint], mine: int, names: Choices, waves: dict) -> PainView:
    parts = []
    for row in group:
        wave = waves.get(row.wave_id)
        parts.append(
            Part(
                row.id,
                "\n".join(row.voices["texts"]),
                naming.step_name(names, row.step),
                wave.title if wave else "",
                row.created_by == who.id and row.wave_id is None,
                naming.said_by(row),
            )
        )
    pain = found.pain
    return PainView(
        int(pain.key),
        group[0].team_id,
        found.place,
        pain,
        naming.step_name(names, pain.step),
        names.capabilities.get(pain.capability or "", ""),
        naming.option(names.how_often, pain.usual_often),
        naming.option(names.how_bad, pain.usual_bad),
        found.votes,
        mine,
        tuple(parts),
    )


def _alike(views: Sequence[PainView], groups: dict[int, list[PainPoint]]) -> tuple[tuple[PainView, PainView, str], ...]:
    """Pairs that may be one and of which nobody has said that they are not."""
    by_id = {view.id: view for view in views}
    found = pains.proposals([view.pain for view in views])
    pairs = ((int(one.first), int(one.second), one) for one in found)
    kept = (each for each in pairs if not _are_apart(groups[each[0]], groups[each[1]]))
    return tuple((by_id[first], by_id[second], one.reason) for first, second, one in islice(kept, PROPOSED))


def _are_apart(first: list[PainPoint], second: list[PainPoint]) -> bool:
    return any(
        {other.id for other in theirs} & _apart(row)
        for ours, theirs in ((first, second), (second, first))
        for row in ours
    )
