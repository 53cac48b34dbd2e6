"""Whoever has the whole database tries to find out who said what."""

import random
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import inspect, text

from data import store
from data.asked import closing, waves
from data.tables import AnswerSheet, Base, Draft, Participation
from tests.data.asked.asking import Asking

PEOPLE = 40
#: Right guesses by chance are 1 on average; of several hundred ways to guess, hardly one in a thousand tests has 9.
LUCK = 9
HIDDEN = {"postgresql": ("ctid", "xmin", "xmax", "cmin", "cmax"), "sqlite": ("rowid",)}

Orders = dict[str, list[object]]


@pytest.fixture
def answered(both, who) -> Asking:
    """People begin in one order and hand in in another, each with their number as comment; some have renewed links."""
    asking, dice = Asking(who, number=PEOPLE), random.Random(8)
    for person in range(0, PEOPLE, 4):
        secret = waves.renew(who, asking.invitations[person].participation_id)
        kept = asking.invitations[person]
        changed = waves.Invitation(kept.participation_id, kept.name, secret)
        asking.invitations = (*asking.invitations[:person], changed, *asking.invitations[person + 1 :])
    for person in dice.sample(range(PEOPLE), PEOPLE):
        asking.save(person, {"waiting": {"value": dice.randrange(5)}})
    for person in dice.sample(range(PEOPLE), PEOPLE):
        asking.hand_in(person, {"comment": {"value": str(person + 1)}})
    return asking


def rows(table: str, kind: str) -> list[dict]:
    """Everything the database tells about each row, in the order in which it lies there."""
    with store.engine().connect() as connection:
        columns = ["*"]
        for hidden in HIDDEN[kind]:
            try:
                with connection.begin_nested():
                    connection.execute(text(f"SELECT {hidden} FROM {table} LIMIT 1"))
                columns.append(f"CAST({hidden} AS TEXT) AS {hidden}")
            except Exception:  # a table that has no such column
                connection.rollback()
        found = connection.execute(text(f"SELECT {', '.join(columns)} FROM {table}")).mappings()
        return [dict(row) for row in found]


def person_of(row: dict) -> int:
    """Of a line of the ledger, by its name; of a sheet, by what was said."""
    return int(re.search(r"\d+", row["name"] if "name" in row else str(row["answers"]).partition("comment")[2])[0])


def orders(found: list[dict]) -> Iterator[tuple[str, list[int]]]:
    """Every order of people that the rows have: as they lie, and by each thing that is known of them but the answers,
    which is what somebody wants to find."""
    yield "as they lie", [person_of(row) for row in found]
    for name in set(found[0]) - {"answers"}:
        if len({str(row[name]) for row in found}) == 1:
            continue  # it is the same for all
        for kind, key in (("as text", str), ("by number", by_number)):
            ordered = [person_of(row) for row in sorted(found, key=lambda row, name=name, key=key: key(row[name]))]
            yield f"{name} {kind}", ordered
            yield f"{name} {kind}, backwards", ordered[::-1]


def by_number(value: object) -> list[tuple]:
    """Numbers in a text by size, as in (0,12)."""
    parts = re.findall(r"\d+|[^\d]+", str(value))
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]


def best_guess(ledger: list[dict], sheets: list[dict]) -> tuple[int, str]:
    """How many people the best way to lay the ledger beside the sheets finds, and which that is."""
    return max(
        (sum(one == other for one, other in zip(first, second, strict=True)), f"{by} / {of}")
        for by, first in orders(ledger)
        for of, second in orders(sheets)
    )


def test_nobody_is_found_by_ids_order_or_hidden_columns(answered, both):
    ledger, sheets = rows("participation", both), rows("answer_sheet", both)
    assert len(ledger) == len(sheets) == PEOPLE
    found, how = best_guess(ledger, sheets)
    assert found < LUCK, how


def test_nobody_is_found_after_closing_either(answered, both, who):
    before = rows("answer_sheet", both)
    closing.close(who, answered.wave_id)
    after = rows("answer_sheet", both)
    assert {row["id"] for row in before}.isdisjoint(row["id"] for row in after)
    found, how = best_guess(rows("participation", both), after)
    assert found < LUCK, how
    known, how = best_guess(before, after)
    assert known < LUCK, how


def test_the_search_finds_what_an_order_gives_away(answered, both):
    """Were each line written alone, the newest would belong to the newest sheet."""
    sheets = rows("answer_sheet", both)
    written = {person: place for place, person in enumerate(person_of(row) for row in sheets)}
    ledger = [{**row, "told": written[person_of(row)]} for row in rows("participation", both)]
    assert best_guess(ledger, sheets)[0] == PEOPLE


def test_no_line_of_the_ledger_is_newer_than_another(on_postgresql, who):
    asking = Asking(who)
    for person in (3, 0, 4):
        asking.hand_in(person, {"waiting": {"value": 1}})
    ledger = rows("participation", "postgresql")
    assert {row["xmin"] for row in ledger} == {max(row["xmin"] for row in rows("answer_sheet", "postgresql"))}
    lie = [row["id"] for row in sorted(ledger, key=lambda row: by_number(row["ctid"]))]
    asking.hand_in(1, {"waiting": {"value": 1}})
    after = sorted(rows("participation", "postgresql"), key=lambda row: by_number(row["ctid"]))
    assert [row["id"] for row in after] == lie


def test_no_column_holds_a_time_or_a_number_of_its_own():
    for table in (Participation, Draft, AnswerSheet):
        numbers = {column.name for column in table.__table__.columns if column.type.python_type in (int, float)}
        assert numbers == {"wave_id"}, table


def test_nothing_else_in_the_store_changes_while_people_answer(both, who):
    """But for xmax of the wave on PostgreSQL: whose row names it last, the newest of all, has locked it."""
    asking = Asking(who)

    def everything() -> dict[str, list[str]]:
        others = set(inspect(store.engine()).get_table_names()) - {"participation", "draft", "answer_sheet"}
        assert others > {"audit_event", "job", "data_version"}
        return {table: [str({**row, "xmax": ""}) for row in rows(table, both)] for table in sorted(others)}

    before = everything()
    for person in range(5):
        asking.sit_down(person)
        asking.save(person, {"waiting": {"value": person}})
        asking.hand_in(person)
    assert everything() == before


def test_a_sheet_says_nothing_of_the_order_in_which_it_was_answered(both, who):
    asking = Asking(who)
    asking.save(0, {"comment": {"value": "x"}})
    asking.save(0, {"searching": {"said": "dont_know"}})
    asking.hand_in(0, {"waiting": {"value": 1}})
    (sheet,) = rows("answer_sheet", both)
    places = [str(sheet["answers"]).index(key) for key in ("waiting", "searching", "comment")]
    assert places == sorted(places)


def test_no_secret_and_no_draft_is_left_in_a_row(answered, both):
    names = [table.name for table in Base.metadata.sorted_tables]
    kept = str([rows(name, both) for name in names])
    secrets = [*(each.secret for each in answered.invitations), *answered.drafts]
    assert [secret for secret in secrets if secret in kept] == []
    assert rows("draft", both) == []
