"""A small track with two modules and two proofs of concept, taught instead of all others, and what happens with it."""

import hashlib
from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache

import pytest
from ruamel.yaml import YAML

from assessments.evidence.finding import Evidence
from assessments.poc import Judgement, Level, Outcome, Result, Results, Severity, Source, read_poc
from content import catalog
from content.modules import Module, parse
from data import people, store
from data.improving import choices
from data.learning import attempts, runs
from data.people import Who
from data.tables import Membership, Person, PersonRole, ProofAttempt
from tests.content import example
from tests.data import practised
from tests.data.arrange import Place

TRACK, OTHER = "keep-a-runbook", "talk-about-it"
READ, REHEARSE = "what-a-runbook-says", "rehearse-it"
POC, SECOND = "first-runbook", "second-runbook"
RUBRIC = ["Somebody else could follow it.", "It says who is called at night."]
COMMIT = "c" * 40
DAY = 86_400_000_000


def read(text: str):
    return YAML(typ="safe", pure=True).load(text)


@lru_cache
def heads() -> dict[str, dict]:
    track = read(example.file("track.yml")) | {
        "status": "active", "version": "1.0.0", "modules": [READ, REHEARSE], "pocs": [POC, SECOND]
    }  # fmt: skip
    second = track | {"id": "5d0d6f2e-0f5c-4c53-9c1b-8a2f4a1f0b01", "slug": OTHER, "title": "Talking about it"}
    return {TRACK: track, OTHER: second | {"modules": [], "pocs": []}}


@lru_cache
def modules() -> dict[str, Module]:
    text = example.file(f"{READ}.md")
    second = text.replace("8a2f4a1f0a02", "8a2f4a1f0a12").replace(f"slug: {READ}", f"slug: {REHEARSE}")
    second = second.replace("title: What a runbook says", "title: Rehearse it").replace("minutes: 15", "minutes: 30")
    item = "  - id: at-night\n"
    again = second[second.index(item) : second.index("---\n", second.index(item))].replace("at-night", "by-day")
    second = second.replace(item, again + item)
    return {READ: parse("a.md", text), REHEARSE: parse("b.md", second)}


@lru_cache
def pocs() -> dict[str, dict]:
    """The first one also asks a person with a rubric, and has a check that may be left out."""
    first = read(example.file("first-runbook.yml"))
    check = first["tasks"][0]["checks"][0]
    asked = check | {"id": "followed", "title": "Somebody else could follow it", "level": "E4", "kind": "attest"}
    asked |= {"with": {"rubric": RUBRIC, "role": "operator"}}
    asked.pop("shows")
    spare = check | {"id": "linked", "title": "The README links it", "severity": "recommended"}
    spare.pop("shows")
    first["tasks"][0]["checks"].append(spare)
    first["gates"]["production_readiness"]["checks"].append(asked)
    second = deepcopy(first) | {"id": "5d0d6f2e-0f5c-4c53-9c1b-8a2f4a1f0a04", "slug": SECOND, "title": "A second one"}
    return {POC: first, SECOND: second}


def teach(monkeypatch: pytest.MonkeyPatch, **changes) -> None:
    """Only this is taught from now on. changes: of the head of the track."""
    tracks = heads() | {TRACK: heads()[TRACK] | changes}
    monkeypatch.setattr(catalog, "tracks", lambda: tracks)
    monkeypatch.setattr(catalog, "modules", lambda slug: modules() if slug == TRACK else {})
    monkeypatch.setattr(catalog, "pocs", lambda slug: pocs() if slug == TRACK else {})


def person(name: str, *, organization_id: int = 0, role: str = "", team_id: int = 0, team_role: str = "member") -> Who:
    """Somebody with a role in an organization, in a team, or without any."""
    with store.writing() as session:
        row = Person(provider="test", subject=name, name=name, created_at=1)
        session.add(row)
        session.flush()
        if role:
            session.add(PersonRole(person_id=row.id, organization_id=organization_id, role=role))
        if team_id:
            session.add(Membership(person_id=row.id, team_id=team_id, role=team_role))
    return people.who(row.id)


def ready(who: Who, name: str = "Shop") -> Place:
    """A team that has chosen the track, with a repository that has files."""
    place = Place(who, name)
    practised.readable(place.repository_id)
    choices.choose(who, place.team_id, TRACK)
    return place


def begun(who: Who, place: Place, poc: str = POC, **more) -> int:
    return attempts.begin(who, place.team_id, TRACK, poc, place.repository_id, **more)


def judged(
    attempt_id: int, *, at: int | None = None, commit: str = COMMIT, level: Level = Level.E1,
    but: Mapping[str, Outcome] | None = None,
) -> int:  # fmt: skip
    """A run in which all checks pass with at least the evidence they ask for, or as `but` says by id; the id of it."""
    with store.writing() as session:
        row = session.get_one(ProofAttempt, attempt_id)
        poc = read_poc(f"{row.track}/{row.poc}", row.content)
        outcomes = dict.fromkeys(row.skipped or {}, Outcome.SKIPPED) | dict(but or {})
        results = tuple(Result(check, _judgement(check, outcomes.get(check.id, Outcome.PASS), level))
                        for check in poc.checks)  # fmt: skip
        found = Results(poc.key, commit, results)
        version = row.version
        return runs.save(session, attempt_id, found, version=version, branch="main", source=Source.FORGE, at=at)


#: What keeps it from being more than practised: no run and no person speaks for it.
ALONE = {"followed": Outcome.UNKNOWN, "reviewed": Outcome.UNKNOWN}


def accepted(attempt_id: int, **more) -> int:
    """The same, with one gate left open."""
    return judged(attempt_id, but={"rehearsed": Outcome.UNKNOWN}, **more)


def _judgement(check, outcome: Outcome, level: Level) -> Judgement:
    places = (Evidence("docs/runbook.md", 3, "## Rollback"),)
    passed = outcome is Outcome.PASS
    return Judgement(outcome, f"{check.id} is {outcome}.", places, max(level, check.level) if passed else None)


def required() -> list[str]:
    return [check.id for check in read_poc(POC, pocs()[POC]).checks if check.severity is Severity.REQUIRED]


def blob(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
