"""Waves as they stand in the store when their time is over, for tests of what becomes of them."""

import secrets
from collections.abc import Sequence

from sqlalchemy import select

from assessments.surveys.questionnaire import digest
from content import catalog
from data import people, store, teams
from data.people import Who
from data.tables import AnswerSheet, Assessment, Draft, Membership, Participation, Person, PersonRole, Wave

HOUR = 3_600_000_000
DAY = 24 * HOUR


def asked(questionnaire: str, blocks: Sequence[str] = ()) -> dict:
    """A questionnaire of the content with some of its blocks."""
    whole = catalog.surveys()[questionnaire]
    return {**whole, "blocks": [block for block in whole["blocks"] if not blocks or block["key"] in blocks]}


def all_at(plain: dict, option: int) -> dict:
    """A sheet with the same option at every choice."""
    items = (item for block in plain["blocks"] for item in block["items"])
    return {item["key"]: {"value": option} for item in items if item["kind"] == "choice"}


def wave(
    team_id: int,
    sheets: Sequence[dict],
    names: Sequence[str],
    plain: dict | None = None,
    answered: Sequence[str] | None = None,
    signs: str = "",
    **fields,
) -> int:
    """An open wave whose time is over: the first of `names` answered, or those of `answered`; its id."""
    plain = plain or asked("well-being")
    answered = names[: len(sheets)] if answered is None else answered
    now = store.now_us()
    with store.writing() as session:
        row = Wave(
            team_id=team_id,
            title=plain["title"],
            questionnaire=plain["key"],
            asked=plain,
            digest=digest(plain),
            **{"kind": "survey", "state": "open", "opened_at": now - 7 * DAY, "closes_at": now - HOUR, **fields},
        )
        session.add(row)
        session.flush()
        for name in names:
            session.add(
                Participation(
                    id=secrets.token_hex(16),
                    wave_id=row.id,
                    person=name.lower(),
                    name=name,
                    digest=secrets.token_hex(32),
                    answered=name in answered,
                )
            )
        for answers in sheets:
            session.add(AnswerSheet(id=secrets.token_hex(16), wave_id=row.id, answers=answers, signs=signs))
        session.add(Draft(digest=secrets.token_hex(32), wave_id=row.id, answers={}))
        return row.id


def kept(wave_id: int) -> Assessment | None:
    """The assessment of a wave; None when there is none, an error when there are two."""
    with store.reading() as session:
        return session.execute(select(Assessment).where(Assessment.wave_id == wave_id)).scalar_one_or_none()


def rows(table: type, wave_id: int) -> list:
    with store.reading() as session:
        return list(session.execute(select(table).where(table.wave_id == wave_id)).scalars())


def team(who: Who, name: str = "Team 1") -> int:
    return teams.create_team(who, people.home_organization(who), name)


def person(role: str, organization_id: int, team_id: int | None = None) -> Who:
    """Somebody with that role in the team, or in the organization."""
    with store.writing() as session:
        made = Person(provider="test", subject=secrets.token_hex(4), name=f"A {role}", created_at=1)
        session.add(made)
        session.flush()
        if team_id is None:
            session.add(PersonRole(person_id=made.id, organization_id=organization_id, role=role))
        else:
            session.add(Membership(person_id=made.id, team_id=team_id, role=role))
        subject = made.subject
    return people.current("test", subject)
