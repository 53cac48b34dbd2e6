"""What changes are worth to an organization: what is measured, what is assumed, and what follows from both.

What is measured comes from the facts of the services. What is assumed is kept for the organization, so that whoever
leads it talks about the same numbers; as long as nobody has said anything, it is what Milepost proposes, and is called
so. How much something gets better can be taken from what was done and measured here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl
from sqlalchemy import select

from assessments import observed, worth
from assessments.observed import Yearly
from assessments.outcomes import SHARES
from assessments.worth import ASSUMED, FACTS, MEASURED, QUANTITIES, Input, Worth
from data import access, audit, store
from data.access import Action, NotFound
from data.improving import interventions, texts, verdicts, worth_facts
from data.improving.interventions import InterventionView
from data.leading import organizations
from data.people import Who
from data.tables import Intervention, Organization, Service, Team, WorthInput

CURRENCY = "currency"  # the key under which it is kept
LONGEST_CURRENCY, LONGEST_NOTE = 12, 300
WEEKS = (13, 26, 52)
FROM_FACTS, PROPOSED, OPEN, STATED, TAKEN = "facts", "proposed", "open", "stated", "taken"
#: Which metrics tell how much an input got better.
TELLING: Mapping[str, tuple[str, ...]] = {
    "fewer_failures": ("change_fail_rate",),
    "sooner_over": ("recovery_time",),
    "less_deploying": ("deploying",),
    "less_before": ("waiting_for_review", "waiting_to_merge"),
    "less_after": ("waiting_to_deploy", "merge_to_production"),
}


@dataclass(frozen=True)
class TeamName:
    id: int
    name: str


@dataclass(frozen=True)
class Place:
    """An organization, with its teams by name."""

    id: int
    name: str
    is_demo: bool
    teams: tuple[TeamName, ...]


@dataclass(frozen=True)
class Stated:
    """An input and where it comes from. origin: facts, proposed (by Milepost), open (nobody has said it, and nothing
    can be proposed), stated (by somebody here) or taken (from an intervention that was measured). input: None where it
    is not known, and why_not says why. note: why it is so, or what it rests on; intervention: (its id, its team) when
    it was taken from one that is there. set_at: microseconds."""

    key: str
    input: Input | None
    origin: str
    note: str = ""
    why_not: str = ""
    intervention: tuple[int, int] | None = None
    set_at: int | None = None


@dataclass(frozen=True)
class WorthView:
    """teams: how many of them are looked at, of which `with_services` have facts. services: team, service, id and frame
    OBSERVED, by team and name. currency: "" where none was stated. worth: None while nothing is measured."""

    place: Place
    teams: int
    weeks: int
    stated: Mapping[str, Stated]
    yearly: Mapping[str, Yearly]
    services: pl.DataFrame
    currency: str
    worth: Worth | None


def view(who: Who, organization_id: int, team_ids: Collection[int], weeks: int) -> WorthView:
    """For these teams of the organization, all when there are none. Raises Forbidden, NotFound, ValueError with a
    sentence for another window or without a team."""
    access.check(who, Action.LEAD, access.of_organization(organization_id))
    if weeks not in WEEKS:
        raise ValueError("Choose a window from the list.")
    place = _place(organization_id)
    if not place.teams:
        raise ValueError("There is no team yet: make one first.")
    mine = {one.id: one.name for one in place.teams}
    chosen = set(team_ids) or set(mine)
    if not chosen <= mine.keys():
        raise NotFound("One of these teams is not there any more; reload the page.")
    seen = worth_facts.observe(chosen, weeks)
    yearly = observed.yearly(seen)
    stated, currency = _kept(place.id)
    stated = {**{key: _measured(each) for key, each in yearly.items()}, **stated}
    stated = {key: stated[key] for key in QUANTITIES}
    inputs = {key: each.input for key, each in stated.items() if each.input is not None}
    known = any(key in inputs for key, what in QUANTITIES.items() if what.group == FACTS and key != "deployments")
    found = worth.work_out(inputs, len(chosen)) if known else None
    return WorthView(place, len(chosen), weeks, stated, yearly, _named(chosen, seen), currency, found)


def state(who: Who, organization_id: int, key: str, low: float | None, high: float | None, note: str = "") -> None:
    """Keeps what is assumed of an input, in the unit in which it is kept. Raises Forbidden, NotFound, or ValueError
    with a sentence."""
    if refused := worth.refused(key, low, high):
        raise ValueError(refused)
    values = {"low": float(low), "value": None, "high": float(high), "note": _note(note), "intervention_id": None}
    _write(who, organization_id, key, values)


def state_currency(who: Who, organization_id: int, name: str) -> None:
    """The name of the money that is meant, "" for none. Raises Forbidden, NotFound, or ValueError with a sentence."""
    name = " ".join(texts.written(name, LONGEST_CURRENCY, "The currency").split())
    if not name:
        forget(who, organization_id, CURRENCY)
        return
    _write(who, organization_id, CURRENCY, {"note": name})


def take(who: Who, organization_id: int, key: str, intervention_id: int) -> None:
    """Keeps how much the metric of an intervention changed as how much this input will. Takes up to seconds. Raises
    Forbidden, NotFound, or ValueError with a sentence."""
    access.check(who, Action.VALUE, access.of_organization(organization_id))
    with store.reading() as session:
        one = next((each for each in _telling(session, organization_id, key) if each.id == intervention_id), None)
    if one is None:
        raise NotFound("This entry is not there any more, or it does not tell of this; reload the page.")
    (question,) = verdicts.questions([one])
    answer = verdicts.answer(question) if question.state == verdicts.JUDGED and question.takes_long else None
    outcome = answer.outcome if isinstance(answer, verdicts.Verdict) else None
    part = _part(outcome, question)
    if part is None:
        raise ValueError("It cannot be told yet how much this has changed; see what is missing under Did it work?")
    low, value, high = part
    if refused := worth.refused(key, low, high):
        raise ValueError(refused)
    note = f"{one.metric.name} of {one.service}: {one.said.title}"
    values = {"low": low, "value": value, "high": high, "note": note[:LONGEST_NOTE], "intervention_id": one.id}
    _write(who, organization_id, key, values)


def takeable(who: Who, organization_id: int, key: str) -> tuple[InterventionView, ...]:
    """What was done and finished here whose metric tells of this input, the newest first. Raises Forbidden,
    NotFound."""
    access.check(who, Action.LEAD, access.of_organization(organization_id))
    with store.reading() as session:
        return tuple(_telling(session, organization_id, key))


def forget(who: Who, organization_id: int, key: str) -> None:
    """Back to what is proposed. Raises Forbidden, NotFound."""
    with store.writing() as session:
        access.check(who, Action.VALUE, access.of_organization(organization_id))
        row = session.get(WorthInput, (organization_id, key))
        if row is not None:
            session.delete(row)
            audit.record(session, who, "remove_worth_input", f"organization:{organization_id}", {"input": key},
                         organization_id)  # fmt: skip


def _place(organization_id: int) -> Place:
    with store.reading() as session:
        row = session.get_one(Organization, organization_id)
        teams = tuple(TeamName(*each) for each in organizations.teams(session, organization_id))
        return Place(row.id, row.name, row.is_demo, teams)


def _write(who: Who, organization_id: int, key: str, values: dict) -> None:
    with store.writing() as session:
        access.check(who, Action.VALUE, access.of_organization(organization_id))
        row = session.get(WorthInput, (organization_id, key)) or WorthInput(
            organization_id=organization_id, key=key, set_at=0
        )
        for name, value in {**values, "set_by": who.id, "set_at": store.now_us()}.items():
            setattr(row, name, value)
        session.add(row)
        audit.record(session, who, "change_worth_input", f"organization:{organization_id}", {"input": key, **values},
                     organization_id)  # fmt: skip


def _note(text: str) -> str:
    return " ".join(texts.written(text, LONGEST_NOTE, "The reason").split())


def _kept(organization_id: int) -> tuple[dict[str, Stated], str]:
    """All inputs that are not measured, and the currency."""
    with store.reading() as session:
        rows = session.execute(select(WorthInput).where(WorthInput.organization_id == organization_id)).scalars().all()
        by_key = {row.key: row for row in rows}
        ids = {row.intervention_id for row in rows if row.intervention_id is not None}
        whose = select(Intervention.id, Intervention.team_id).where(Intervention.id.in_(ids))
        teams = {key: team_id for key, team_id in session.execute(whose)} if ids else {}
    found = {}
    for key, what in QUANTITIES.items():
        if what.group == FACTS:
            continue
        row = by_key.get(key)
        if row is None or row.low is None or row.high is None:
            given = worth.proposed(key)
            found[key] = Stated(key, given, PROPOSED) if given else Stated(key, None, OPEN, why_not="Not stated.")
            continue
        kind = ASSUMED if row.value is None else MEASURED
        middle = (row.low + row.high) / 2 if row.value is None else row.value
        team_id = teams.get(row.intervention_id)
        found[key] = Stated(
            key, Input(key, kind, row.low, middle, row.high), STATED if row.value is None else TAKEN, row.note,
            intervention=None if team_id is None else (row.intervention_id, team_id), set_at=row.set_at,
        )  # fmt: skip
    return found, by_key[CURRENCY].note if CURRENCY in by_key else ""


def _measured(found: Yearly) -> Stated:
    key, noun = found.kind, "failures" if found.kind in ("failures", "impaired") else "deployments"
    if found.value is None:
        failing = noun == "failures"
        why = "Not collected: no source of incidents is connected." if failing else "Not known of any service."
        return Stated(key, None, FROM_FACTS, why_not=why)
    note = f"known of {found.services:,} of {found.of:,} services; {found.events:,} {noun}"
    if found.low is None or found.high is None:
        why = "None happened in the window, so nobody knows how long one takes."
        return Stated(key, None, FROM_FACTS, note, why)
    return Stated(key, Input(key, MEASURED, found.low, found.value, found.high), FROM_FACTS, note)


def _telling(session, organization_id: int, key: str) -> list[InterventionView]:
    metrics = TELLING.get(key, ())
    teams = session.execute(select(Team.id).where(Team.organization_id == organization_id)).scalars().all()
    if not metrics or not teams:
        return []
    found = interventions.in_teams(session, teams, store.now_us())
    return [each for each in found if each.metric.key in metrics and each.service and each.said.finished_at]


def _part(outcome, question) -> tuple[float, float, float] | None:
    """How much less it is, as a part of what it was: low, value, high; None where nobody can tell."""
    if outcome is None or outcome.change is None or outcome.low is None or outcome.high is None:
        return None
    if question.weeks.kind == SHARES:  # differences of the share
        if not outcome.before:
            return None
        ends = [-each / outcome.before for each in (outcome.high, outcome.change, outcome.low)]
    else:
        ends = [1 - each for each in (outcome.high, outcome.change, outcome.low)]
    return tuple(max(-1.0, min(1.0, each)) for each in ends)


def _named(team_ids: Collection[int], seen: pl.DataFrame) -> pl.DataFrame:
    """The rows with team and service in front, by name."""
    wanted = (
        select(Team.name, Service.name, Service.id)
        .join(Team, Team.id == Service.team_id)
        .where(Service.team_id.in_(list(team_ids)))
    )
    with store.reading() as session:
        rows = [tuple(row) for row in session.execute(wanted)]
    names = pl.DataFrame(rows, schema={"team": pl.String, "name": pl.String, "service": pl.Int64}, orient="row")
    return names.join(seen, on="service", how="left").sort(
        pl.col("team").str.to_lowercase(), pl.col("name").str.to_lowercase()
    )
