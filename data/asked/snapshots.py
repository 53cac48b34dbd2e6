"""Assessments: what a team said and what was measured at one time, worked out once and never changed.

What is not in one was not collected then. `answers` holds what may be shown to everyone who may see the wave, and
nothing else; the plan for that is made here, over this wave and the earlier ones that asked some of the same.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from assessments.delivery import benchmarks
from assessments.delivery.settings import RULES_VERSION
from assessments.surveys import anonymity, answers, consensus, flags, scoring
from assessments.surveys.anonymity import COARSE, FULL, HIDDEN, Visibility
from assessments.surveys.questionnaire import CHOICE, PERCENT, TEXT, Questionnaire
from assessments.surveys.reliability import reliability
from content import catalog
from data import assess, derive, store
from data.access import NotFound
from data.asked import pains, shapes
from data.tables import AnswerSheet, Assessment, ConsensusItem, Participation, Service, Source, Team, Wave

WEEKS = 13  # of the window of the metrics, ending where the sources were read
#: Of the five metrics as an assessment keeps them, and of what stands in for three of them without an incident source.
METRICS = (
    "lead_time",
    "deployment_frequency",
    "recovery_time",
    "change_fail_rate",
    "rework_rate",
    "recovery_time_inferred",
    "change_fail_rate_inferred",
    "rework_rate_inferred",
)
UNKNOWN_PEOPLE = (
    "who answered elsewhere is not known here, so it may differ from another wave by one person; counts and decimals"
    " would be about that person"
)


@dataclass(frozen=True)
class Result:
    """What closing a wave finds out. `rests_on`: as `grounds`. `sheets`: those that are shown, together, and kept."""

    content: dict[str, Any]
    versions: dict[str, Any]
    rests_on: tuple
    sheets: tuple[answers.Sheet, ...] = ()

    @property
    def keeps_sheets(self) -> bool:
        """Whether there is anything they were answered for; else they are taken away."""
        return bool(self.sheets)


def grounds(session: Session, wave: Wave) -> tuple:
    """Everything that the result of a wave is made of and that somebody might change meanwhile."""
    sheets = select(AnswerSheet.id).where(AnswerSheet.wave_id == wave.id).order_by(AnswerSheet.id)
    people = select(Participation.id, Participation.person, Participation.answered)
    people = people.where(Participation.wave_id == wave.id).order_by(Participation.id)
    earlier = select(Wave.id).where(Wave.team_id == wave.team_id, Wave.state == "closed").order_by(Wave.id)
    settled = (ConsensusItem.item, ConsensusItem.state, ConsensusItem.ballot, ConsensusItem.agreed, ConsensusItem.note)
    agreed = select(*settled).where(ConsensusItem.wave_id == wave.id)
    rows = (session.execute(one).all() for one in (sheets, people, earlier, agreed.order_by(ConsensusItem.item)))
    return (wave.team_id, wave.digest, *(tuple(map(tuple, found)) for found in rows))


def moment(wave: Wave, at: int) -> int:
    """The instant a result is of when its wave is closed at that one: answers from elsewhere are as old as they are."""
    return wave.closes_at if wave.elsewhere else at


def work_out(wave_id: int, at: int) -> Result:
    """The result of a wave that closes at that instant, as things are now; nothing is written. Raises NotFound."""
    with store.reading() as session:
        wave = session.get(Wave, wave_id)
        if wave is None:
            raise NotFound(f"There is no wave {wave_id}.")
        rests_on = grounds(session, wave)
        found, sheets = (_agreed if wave.kind == "consensus" else _answered)(session, wave)
        content = {"answers": found, "metrics": metrics(session, wave.team_id, store.from_us(moment(wave, at)))}
        return Result(content, _versions(wave), rests_on, sheets)


def keep(session: Session, wave: Wave, found: Result, at: int) -> None:
    """Saves a result as the assessment of its wave, and hands its pain points over."""
    title, team_id = wave.title, wave.team_id
    kept = Assessment(
        team_id=team_id, wave_id=wave.id, title=title, taken_at=at, content=found.content, versions=found.versions
    )
    session.add(kept)
    pains.keep(session, wave, found.sheets)
    session.flush()


def related(session: Session, wave: Wave) -> list[Wave]:
    """The closed surveys of the same team that asked some of the same questions: only from those could something be
    subtracted. A question that was worded anew counts as the same; words of people cannot be subtracted."""
    keys = _keys(wave)
    others = select(Wave).where(Wave.team_id == wave.team_id, Wave.kind == "survey", Wave.state == "closed")
    others = others.where(Wave.id != wave.id).order_by(Wave.closed_at, Wave.id)
    return [other for other in session.execute(others).scalars() if keys & _keys(other)]


def visibility(session: Session, wave: Wave) -> Visibility:
    """What may be shown of the whole wave, given what was shown of earlier ones."""
    before = related(session, wave)
    shown = [other for other in before if _seen(session, other.id) == FULL]
    group = {one.id: f"wave {one.id:09}" for one in (*before, wave)}
    memberships: dict[str, set[str]] = {}
    rows = select(Participation.wave_id, Participation.person)
    for wave_id, person in session.execute(rows.where(Participation.wave_id.in_(group), Participation.answered)):
        memberships.setdefault(person, set()).add(group[wave_id])
    people = anonymity.patterns(memberships.values())
    known = [group[other.id] for other in shown if not other.elsewhere]
    found = anonymity.plan(people, [[group[wave.id]]], known)[group[wave.id]]
    if found.kind == FULL and shown and (wave.elsewhere or any(other.elsewhere for other in shown)):
        return Visibility(COARSE, UNKNOWN_PEOPLE)
    return found


def sheets_of(session: Session, wave: Wave) -> list[tuple[answers.Sheet, frozenset[str]]]:
    """What people answered in a wave, and the signs on each sheet."""
    asked = Questionnaire.of(wave.asked)
    rows = session.execute(select(AnswerSheet.answers, AnswerSheet.signs).where(AnswerSheet.wave_id == wave.id)).all()
    # What was a capability when the sheet was handed in stays one.
    named = frozenset(name for raw, _ in rows for name in _capabilities(raw))
    return [(answers.read(asked, raw, named), frozenset(signs.split())) for raw, signs in rows]


def _answered(session: Session, wave: Wave) -> tuple[dict, tuple[answers.Sheet, ...]]:
    asked = Questionnaire.of(wave.asked)
    sheets = sheets_of(session, wave)
    who = session.execute(select(Participation.id).where(Participation.wave_id == wave.id)).all()
    seen = visibility(session, wave)
    if seen.kind != HIDDEN and len(sheets) < anonymity.K:  # a ledger that says more than there are sheets
        seen = Visibility(HIDDEN, f"{len(sheets)} of the {anonymity.K} answers needed")
    found = {"visibility": seen.kind, "reason": seen.reason, "asked": len(who), "answered": len(sheets)}
    if seen.kind == HIDDEN:
        return found, ()
    only = [sheet for sheet, _ in sheets]
    found |= shapes.plain(scoring.score(asked, only, len(who)), seen.kind)
    found["comments"] = _comments(asked, only)
    if seen.kind == FULL:
        signs = flags.flagged([each for _, each in sheets])
        found["flags"] = {"straight": signs.straight, "fast": signs.fast, "sheets": signs.sheets}
    found["reliability"] = _reliability(session, wave, asked, only)
    return found, tuple(only)


def _agreed(session: Session, wave: Wave) -> tuple[dict, tuple]:
    """Of a consensus: what was agreed together and said aloud, so nobody has to be protected. `took_part`: the most
    votes at one reveal; the votes themselves are gone. What was being voted on anew stands as it was agreed before."""
    asked = select(func.count()).select_from(Participation).where(Participation.wave_id == wave.id)
    rows = session.execute(select(ConsensusItem).where(ConsensusItem.wave_id == wave.id)).scalars().all()
    of = {row.item: row for row in rows}
    agreed, parted = {}, {}
    for item in consensus.items(Questionnaire.of(wave.asked)):
        row = of.get(item.key)
        if row is not None and row.agreed is not None:
            agreed[item.key] = {"answer": row.agreed, "note": row.note, "ballots": row.ballot, "voted": row.voted}
        elif row is not None and row.state == "parted":
            parted[item.key] = {"note": row.note, "ballots": row.ballot, "voted": row.voted}
    found = {
        "visibility": "agreed",
        "reason": "",
        "asked": session.execute(asked).scalar_one(),
        "took_part": max((row.voted for row in rows), default=0),
        "agreed": agreed,
        "parted": parted,
    }
    return found, ()


def _comments(asked: Questionnaire, sheets: Sequence[answers.Sheet]) -> dict[str, list[str]]:
    """The texts of each question, in an order that comes from nothing."""
    found = {}
    for item in asked.items:
        texts = [sheet.texts[item.key] for sheet in sheets if item.key in sheet.texts] if item.kind == TEXT else []
        secrets.SystemRandom().shuffle(texts)
        if texts:
            found[item.key] = texts
    return found


def _reliability(session: Session, wave: Wave, asked: Questionnaire, own: Sequence[answers.Sheet]) -> dict[str, dict]:
    """Of each construct, over the newest wave of each team of the organization that asked it in the same words."""
    groups: dict[str, list] = {}
    for item in asked.items:
        if item.construct and item.top:
            groups.setdefault(item.construct, []).append(item)
    groups = {key: items for key, items in groups.items() if len(items) > 1}
    if not groups:
        return {}
    organization = select(Team.organization_id).where(Team.id == wave.team_id).scalar_subquery()
    others = select(Wave).join(Team, Team.id == Wave.team_id).where(Team.organization_id == organization)
    others = others.where(Wave.state == "closed", Wave.kind == "survey", Wave.team_id != wave.team_id)
    others = others.where(Wave.questionnaire == wave.questionnaire).order_by(Wave.closed_at.desc(), Wave.id.desc())
    pooled = {key: [(str(wave.team_id), sheet.values) for sheet in own] for key in groups}
    done: set[tuple[str, int]] = set()
    for other in session.execute(others).scalars():
        theirs = {item.key: item for item in Questionnaire.of(other.asked).items}
        same = [key for key, items in groups.items() if all(theirs.get(item.key) == item for item in items)]
        for key in same:
            if (key, other.team_id) not in done and (sheets := sheets_of(session, other)):
                done.add((key, other.team_id))
                pooled[key] += [(str(other.team_id), sheet.values) for sheet, _ in sheets]
    return {
        key: assess.plain(vars(reliability([item.key for item in items], pooled[key]))) for key, items in groups.items()
    }


def metrics(session: Session, team_id: int, at: datetime) -> list[dict[str, Any]]:
    """The metrics of each service of a team in the last weeks up to `at`, or to where its sources were read; `metrics`
    is None, with a reason, where there is no number yet."""
    services = session.execute(select(Service).where(Service.team_id == team_id).order_by(Service.id)).scalars().all()
    read = _collected(session, services)
    judged = {one.id: read[one.id] for one in services if one.derived_with and one.derived_version >= 0}
    ends = {one: min(end, at) for one, end in judged.items() if end is not None}
    windows = {one: (end - timedelta(weeks=WEEKS), end) for one, end in ends.items()}
    summaries = derive.summaries(windows) if windows else {}
    found = []
    for one in services:
        head = {"service_id": one.id, "service": one.name, "metrics": None}
        summary = summaries.get(one.id)
        if summary is None:
            nothing = (
                "nothing is collected for it" if read[one.id] is None else "no rule says what counts as production"
            )
            found.append(head | {"reason": nothing})
            continue
        kept = {key: assess.metric_form(summary.metrics[key]) for key in METRICS if key in summary.metrics}
        window = {"start": summary.start, "end": summary.end, "weeks": WEEKS}
        found.append(assess.plain(head | {"window": window, "rules_version": summary.rules_version, "metrics": kept}))
    return found


def _collected(session: Session, services: Sequence[Service]) -> dict[int, Any]:
    rows = select(Source.repository_id, Source.service_id, Source.collected_until)
    rows = session.execute(rows.where(Source.repository_id.in_({one.repository_id for one in services}))).all()
    until = {}
    for one in services:
        mine = [at for repository, own, at in rows if repository == one.repository_id and own in (None, one.id)]
        until[one.id] = store.from_us(max((at for at in mine if at is not None), default=None))
    return until


def _versions(wave: Wave) -> dict[str, Any]:
    return {
        "rules": RULES_VERSION,
        "model": scoring.VERSION,
        "practices": catalog.practices()["version"],
        "benchmarks": benchmarks.YEAR,
        "questionnaire": {"key": wave.questionnaire, "version": wave.asked["version"], "digest": wave.digest},
    }


def _seen(session: Session, wave_id: int) -> str | None:
    rows = session.execute(select(Assessment.content).where(Assessment.wave_id == wave_id)).scalars().all()
    return rows[-1]["answers"]["visibility"] if rows else None


def _keys(wave: Wave) -> set[tuple[str, str]]:
    items = (item for block in wave.asked["blocks"] for item in block["items"])
    return {(wave.questionnaire, item["key"]) for item in items if item["kind"] in (CHOICE, PERCENT)}


def _capabilities(raw: Mapping[str, Any]) -> Iterator[str]:
    lists = (each["value"] for each in raw.values() if isinstance(each.get("value"), list))
    return (point["capability"] for points in lists for point in points if point["capability"] is not None)
