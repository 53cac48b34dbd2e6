"""Two stores in which the same people do the same things at the same moments, and only say other things.

Whoever may not see what was said must see the same in both, in every list, page, file and report, however these are put
together. What is said to all in the end (a released result of enough people) is in both the same, but said by others.
"""

import csv
import io
import json
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sqlalchemy import select

from assessments.maturity import Capability
from assessments.portfolio import FEWEST_TEAMS
from assessments.reporting import Quarter
from assessments.surveys.questionnaire import Questionnaire
from data import people, queries, store
from data.access import Forbidden, NotFound
from data.asked import answering, closing, maps, pains, result_files, results, waves
from data.improving import (
    across,
    change,
    choices,
    forecasts,
    goals,
    interventions,
    plans,
    verdicts,
    worth,
    worth_facts,
    worth_files,
)
from data.keeping import deleting, trail
from data.keeping.trail import Filter
from data.leading import capabilities, constraints, fleet, learning, portfolio
from data.learning import funnel
from data.people import Who
from data.practices import assessments, standings
from data.reporting import reports
from data.reporting.reports import About
from data.tables import Membership, ModuleProgress, Person
from tests.data import surveyed
from tests.data.improving import planted

OTHERS = FEWEST_TEAMS - 1  # teams of which everything is known: one more, and distributions are shown
DAY = 86_400_000_000
READERS = 3  # people of the first team with an account; of fewer nothing is told of what they read
CONTENT = (Capability, Questionnaire)  # the same for everybody

Leaves = list[str]


@dataclass
class Twins:
    """Both stores. at: the moment in both, microseconds."""

    folders: tuple[Path, Path]
    patch: pytest.MonkeyPatch
    at: int

    @contextmanager
    def inside(self, which: int) -> Iterator[None]:
        """In one of them, at that moment, with nothing remembered of the other."""
        forget()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MILEPOST_HOME", str(self.folders[which]))
            patch.delenv("DATABASE_URL", raising=False)
            patch.setattr(store, "now_us", lambda: self.at)
            yield

    def each(self, do: Callable[[int], Any]) -> list[Any]:
        """What doing it gives in each. After it a second has passed."""
        found = []
        for which in (0, 1):
            with self.inside(which):
                found.append(do(which))
        self.at += 1_000_000
        return found

    def differences(self, see: Callable[[], Mapping[str, object]]) -> dict[str, tuple[Leaves, Leaves]]:
        """What is to be seen in one of them and not in the other, by the name of the view."""
        first, second = self.each(lambda _: {name: leaves(found) for name, found in see().items()})
        assert first.keys() == second.keys()
        return {
            name: (_without(first[name], second[name]), _without(second[name], first[name]))
            for name in first
            if first[name] != second[name]
        }


def twins(template: Path, folder: Path, patch: pytest.MonkeyPatch) -> Twins:
    """Two copies of a store."""
    made = []
    for number in (0, 1):
        home = folder / f"{secrets.token_hex(4)}-{number}"
        home.mkdir(mode=0o700)
        shutil.copy(template, home / "milepost.db")
        made.append(home)
    return Twins(tuple(made), patch, store.now_us())


def forget() -> None:
    """All that is remembered of a store, but that it is open."""
    for module in (capabilities, fleet, reports, verdicts, worth_facts):
        module.forget()


def template(home: Path) -> Path:
    """A store with the teams of an organization, of which the first has facts, with somebody of every role."""
    who = people.local_person()
    place = planted.service(who, 20, failing=True)
    second = surveyed.team(who, "Second")
    for team_id in (place.team_id, second):
        maps.copy_example(who, team_id, "release-by-hand")
    for number in range(OTHERS):
        team_id = surveyed.team(who, f"Other {number}")
        plain = surveyed.asked("capabilities", ("ci-cd", "learning-validation"))
        surveyed.wave(team_id, [surveyed.all_at(plain, 1 + number % 3)] * 5, names(5), plain)
    for wave_id in closing.close_due():
        results.release(who, wave_id)
    for _ in range(READERS):
        surveyed.person("member", place.organization_id, place.team_id)
    surveyed.person("leader", place.organization_id)
    surveyed.person("coach", place.organization_id)
    surveyed.person("team_lead", place.organization_id, team_id)
    with store.engine().connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return home / "milepost.db"


def reader(role: str) -> Who:
    """The one of the template with that role."""
    with store.reading() as session:
        subject = session.execute(select(Person.subject).where(Person.name == f"A {role}")).scalar_one()
    return people.current("test", subject)


def read(number: int, modules: Sequence[tuple[str, str, str]], state: str) -> None:
    """The member of the first team with that number has come so far with modules (id, track, version)."""
    with store.writing() as session:
        mine = select(Membership.person_id).where(Membership.team_id == 1).order_by(Membership.person_id)
        person_id = session.execute(mine).scalars().all()[number]
        for module_id, track_id, version in modules:
            key = {"person_id": person_id, "module_id": module_id}
            more = {
                "track_id": track_id,
                "version": version,
                "state": state,
                "step": 0,
                "reason": "",
                "at": store.now_us(),
            }
            store.upsert(session, ModuleProgress, [{**key, **more}], list(key))


def names(number: int) -> list[str]:
    return [f"Developer {each}" for each in range(1, number + 1)]


def opened(team_id: int, asked: str, blocks: Sequence[str] | None, number: int) -> tuple[int, list[str]]:
    """An open survey of so many people; its id, and the secret of each."""
    who = people.local_person()
    end = store.from_us(store.now_us()) + timedelta(days=30)
    made = waves.open_wave(who, team_id, "survey", asked, blocks, "", names(number), end)
    return made.wave_id, [each.secret for each in made.invitations]


def answer(secret: str, plain: Mapping, option: int, words: str) -> None:
    """Somebody answers every question as that option says, and writes that wherever one may write."""
    said: dict[str, dict] = {}
    for block in plain["blocks"]:
        for item in block["items"]:
            match item["kind"]:
                case "choice":
                    value = min(option, len(item["options"]) - 1)
                case "percent":
                    value = 20 * option
                case "text":
                    value = words
                case "pain-points":
                    place = item["steps"][option % len(item["steps"])]["key"]
                    value = [{"step": place, "capability": None, "how_often": option, "how_bad": option,
                              "hours": float(option), "text": words}]  # fmt: skip
            said[item["key"]] = {"value": value}
    answering.hand_in(secret, secrets.token_hex(16), said)


# What there is to see


def seen(who: Who, organization_id: int, team_ids: Sequence[int], names: Sequence[str] = ()) -> dict[str, object]:
    """Everything that this person can be shown of the organization and of these teams, by what shows it; a refusal is
    something to see, too. names: only what begins with one of them."""
    views: dict[str, Callable[[], object]] = {
        "progress": lambda: [portfolio.of(who, organization_id, key) for key in ("lead_time", "change_fail_rate")],
        "capabilities": lambda: capabilities.of(who, organization_id),
        "constraints": lambda: constraints.of(who, organization_id),
        "learning": lambda: learning.of(who, organization_id),
        "funnel": lambda: funnel.of(who, organization_id),
        "goals of all": lambda: across.goals_of(who, organization_id),
        "deeds of all": lambda: across.deeds_of(who, organization_id),
        "worth": lambda: _worth(who, organization_id),
        "audit log": lambda: [trail.page(who, organization_id, Filter()), trail.as_csv(who, organization_id, Filter())],
        "deleting": lambda: [deleting.preview(who, organization_id, one) for one in _accounts()],
        "teams": lambda: [queries.teams(who), queries.services(who), reports.choices(who)],
    }
    quarter = Quarter.holding(store.from_us(store.now_us()))
    for each in (quarter, quarter.before):
        views[f"report {each.key}"] = lambda each=each: _files(who, "organization", organization_id, each)
    for team_id in team_ids:
        own: dict[str, Callable[[int], object]] = {
            "standing": lambda one: standings.of_team(who, one),
            "plan": lambda one: plans.of_team(who, one, plans.HOURS),
            "tracks": lambda one: choices.listed(who, one),
            "goals": lambda one: _goals(who, one),
            "deeds": lambda one: _deeds(who, one),
            "pains": lambda one: (pains.listed(who, one), pains.ranked(who, one)),
            "maps": lambda one: maps.maps(who, one),
            "assessments": lambda one: _assessments(who, one),
            "surveys": lambda one: _surveys(who, one),
            "learned": lambda one: funnel.of_team(who, one),
            "report": lambda one: [_files(who, "team", one, each) for each in (quarter, quarter.before)],
        }
        views |= {f"{name} of team {team_id}": lambda see=see, one=team_id: see(one) for name, see in own.items()}
    return {name: _or_refused(see) for name, see in views.items() if not names or name.startswith(tuple(names))}


def _or_refused(see: Callable[[], object]) -> object:
    try:
        return see()
    except (Forbidden, NotFound, ValueError) as refused:
        return f"{type(refused).__name__}: {refused}"


def _accounts() -> list[int]:
    """People who may be deleted: the administrator may not."""
    with store.reading() as session:
        return list(session.execute(select(Person.id).where(Person.provider == "test")).scalars())


def _worth(who: Who, organization_id: int) -> list[object]:
    found = worth.view(who, organization_id, (), 13)
    return [found, worth_files.markdown(found), worth_files.csv(found)]


def _files(who: Who, kind: str, subject_id: int, quarter: Quarter) -> list[object]:
    report = reports.of(who, About(kind, subject_id), quarter)
    return [report, *(reports.as_form(report, form).decode() for form in reports.FORMS if form != "pdf")]


def _deeds(who: Who, team_id: int) -> list[object]:
    found = interventions.listed(who, team_id)
    return [(one, change.of(who, one), change.drawn(who, one)) for one in found]


def _goals(who: Who, team_id: int) -> list[object]:
    found = goals.listed(who, team_id)
    return [found, goals.stands(found), forecasts.courses(found)]


def _assessments(who: Who, team_id: int) -> list[object]:
    lines = assessments.listed(who, team_id)
    return [lines, *(_or_refused(lambda one=one: assessments.load(who, team_id, [one.id])) for one in lines)]


def _surveys(who: Who, team_id: int) -> list[object]:
    found: list[object] = []
    for one in waves.waves(who, team_id):
        view = results.result(who, one.id)
        earlier = results.before(who, view)
        changes = results.changes(view, earlier)
        found += [one, view, earlier, changes]
        if view.content:
            found += [result_files.result_json(view, changes), result_files.result_csv(view, changes)]
        if result_files.can_export(view):
            found += [_columns(result_files.answers_csv(view)), json.loads(result_files.answers_json(view))]
    return found


def _columns(text: str) -> dict[str, list[str]]:
    """Of a file of which every column is shuffled by itself; lines before the head are as they are."""
    lines = list(csv.reader(io.StringIO(text)))
    width = max(map(len, lines))
    rows = [line for line in lines if len(line) == width]
    head = rows[0]
    columns = {name: [row[place] for row in rows[1:]] for place, name in enumerate(head)}
    return {**columns, "": [",".join(line) for line in lines if len(line) != width]}


def leaves(found: object) -> Leaves:
    """All that can be read in it, with the way to it but not the place in a list: comments lie in random order."""
    return sorted(_leaves(found, ""))


def _leaves(found: object, way: str) -> Iterator[str]:
    if isinstance(found, CONTENT):
        return
    if is_dataclass(found) and not isinstance(found, type):
        told = {name for name, value in vars(type(found)).items() if isinstance(value, property)}
        for name in {each.name for each in fields(found)} | told:
            value = getattr(found, name)
            if not isinstance(value, type(found)):  # of a quarter the next one, and so on without end
                yield from _leaves(value, f"{way}.{name}")
    elif isinstance(found, Mapping):
        for key, value in found.items():
            yield from _leaves(value, f"{way}[{key}]")
    elif isinstance(found, pl.DataFrame):
        yield from _leaves(found.rows(named=True), way)
    elif isinstance(found, np.ndarray):
        yield from _leaves(found.tolist(), way)
    elif isinstance(found, str) and "\n" in found:
        yield from (f"{way}: {line.strip().rstrip(',')}" for line in found.splitlines())
    elif isinstance(found, list | tuple | set | frozenset):
        for value in found:
            yield from _leaves(value, way)
    elif isinstance(found, Enum) or not callable(found):
        yield f"{way}: {found}"


def _without(some: Leaves, others: Leaves) -> Leaves:
    """Those of the first that the second have not."""
    left = list(some)
    for each in others:
        if each in left:
            left.remove(each)
    return left
