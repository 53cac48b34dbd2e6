"""The comparison with what people build themselves: it must be fair before it is quick."""

from pathlib import Path

import polars as pl
import pytest

from benchmarks import compare, report, small, way_often, way_orm, way_ours, way_sql
from benchmarks.measure import Asker, Figure
from benchmarks.questions import ANSWER, Question, agreement, week_number
from benchmarks.stores import Place
from benchmarks.worker import Worker
from data import store


class Inside(Asker):
    """Asks in the process of the test: starting one for each way would take longer than all the rest."""

    def __enter__(self) -> "Inside":
        self.using = self.place.in_use()
        self.using.__enter__()
        self.worker = Worker(self.way)
        return self

    def __exit__(self, *raised) -> None:
        self.using.__exit__(*raised)

    def _once(self, asked: dict) -> dict:
        return {**getattr(self.worker, asked["do"])(asked), "megabytes": 1.0}


@pytest.fixture
def run(tmp_path, monkeypatch, bare_home):
    """Runs the whole comparison on next to nothing, on one kind of store; the report."""

    def once(kind: str) -> str:
        monkeypatch.setattr(compare, "Asker", Inside)
        monkeypatch.setattr(compare.reference, "seconds", lambda: 0.5)
        monkeypatch.setattr(compare, "WEEKS", 12)
        monkeypatch.setattr(compare, "LONGER", 2)
        file = tmp_path / "report.md"
        options = ("--factor", "0.002", "--runs", "1", "--only", kind, "--report", str(file))
        assert compare.main(list(options)) == 0
        return file.read_text(encoding="utf-8")

    return once


def headings(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("#")]


def first_cells(text: str) -> set[str]:
    return {line.split("|")[1].strip() for line in text.splitlines() if line.startswith("|")}


EXPECTED = {
    "Milepost, from the stored weekly parts, cold",
    "Milepost, everything anew from the facts, and stored",
    "(b) dashboard SQL, cold",
    "(b) with the join often found, cold",
    "(a) ORM loop, cold",
    "Milepost, until everything derived is up to date",
    "(a), until one team is answered",
    "Question 1, cold, beside (b)",
    "1,000 new facts, many services, at ten times the history",
    *small.WHY,
}


def test_the_report_of_sqlite_has_every_row(run):
    text = run("SQLite")
    assert len(headings(text)) == 9
    assert first_cells(text) >= EXPECTED
    assert "not asked" not in text


def test_the_report_of_postgresql_has_every_row(run, postgresql, monkeypatch):
    monkeypatch.setenv("MILEPOST_TEST_POSTGRES", postgresql)
    text = run("PostgreSQL")
    assert first_cells(text) >= EXPECTED
    assert "not asked" not in text


def test_all_ways_agree_exactly_where_the_definitions_do(both):
    made = small.build()
    question = made.question(*made.alike)
    ours = way_ours.shaped(question, way_ours.ask(question))
    assert ours.height > 60
    assert ours["recovery_hours"].count() > 20
    for way in (way_orm, way_sql, way_often):
        assert set(agreement(ours, way.shaped(question, way.ask(question))).values()) == {1.0}, way


def test_where_the_definitions_part_the_answers_do(home):
    for why, service in small.build().apart.items():
        question = small.Small((), {}).question(service)
        ours = way_ours.shaped(question, way_ours.ask(question))
        assert agreement(ours, way_sql.shaped(question, way_sql.ask(question)))["all"] < 1, why


def test_a_rival_of_another_run_is_compared_with_what_ours_took_in_that_run():
    first = compare.Asked({}, 1.0, figures={("whole", "ours"): Figure(1.0), ("whole", "sql"): Figure(20.0)})
    second = compare.Asked({}, 1.0, figures={("whole", "ours"): Figure(2.0), ("whole", "orm"): Figure(30.0)})
    for each in (first, second):
        compare._beside(each)
    for both in (second.after(first), first.after(second)):
        assert both.figures["whole", "ours"] == Figure(1.0)
        assert report._ratio(both.figures["whole", "sql"], Figure(1.0), 600) == "20.0"
        assert report._ratio(both.figures["whole", "orm"], Figure(1.0), 600) == "15.0"


def answer(*rows: tuple) -> pl.DataFrame:
    return pl.DataFrame([(1, None, *row) for row in rows], schema=ANSWER, orient="row")


def test_answers_that_differ_are_not_equal():
    assert agreement(answer((1.0, 2, 0.5, None)), answer((1.0, 2, 0.5, 3.0)))["recovery_hours"] == 0
    assert agreement(answer((1.0, 2, 0.5, None)), answer((1.1, 2, 0.5, None)))["all"] == 0


def test_rounding_is_no_difference():
    assert agreement(answer((1.0, 2, 1 / 3, None)), answer((1.0, 2, 0.333333333333333, None)))["all"] == 1


def test_a_row_that_is_missing_is_a_difference():
    assert agreement(answer((1.0, 2, 0.5, None)), answer())["deployments"] == 0


def test_nothing_is_compared_where_there_are_too_few():
    withheld = answer((None, 2, 0.0, None)).with_columns(lead_hours_withheld=pl.lit(True))
    assert agreement(withheld, answer((1.0, 2, 0.0, None)))["all"] == 1


def test_new_facts_are_taken_away_again(home):
    compare.fill(Place("SQLite", home, None), 0.002, 20)
    wanted = compare.questions(20)[0]
    before = way_ours.ask(wanted)
    services = compare.store_services()
    worker = Worker("ours")
    for _ in range(2):  # the second follows the first
        told = worker.arrive({"services": services, "spread": True})
    assert told["rows"] == len(services)
    assert not way_ours.ask(wanted).equals(before)
    worker.depart({})
    assert way_ours.ask(wanted).equals(before)


QUESTION = Question("any", "", 0, 1, None, True)


def test_a_way_answers_in_a_process_of_its_own_and_is_stopped_when_it_takes_too_long(home):
    with Asker(Place("SQLite", home, None), "sql", limit=60, runs=3) as asker:
        figure = asker.ask(QUESTION, cold=True)
        assert figure.runs == 3
        assert figure.megabytes > 30
        asker.limit = 0.0
        assert asker.ask(QUESTION) == Figure(None)
        asker.limit = 60
        assert asker.ask(QUESTION).seconds is not None


def test_a_slow_answer_is_asked_for_less_often(monkeypatch):
    asker = Asker(Place("SQLite", Path(), None), "sql", 60, 20)
    monkeypatch.setattr(asker, "_once", lambda asked: {"seconds": 7.0, "megabytes": 1.0, "rows": 1})
    assert asker.ask(QUESTION).runs == 3


def test_a_rival_that_was_stopped_is_said_to_take_longer_than_the_limit():
    assert report._seconds(Figure(None), 600) == "> 600 s"
    assert report._ratio(Figure(None), Figure(2.0, 20), 600) == "> 300"
    assert report._seconds(Figure(70.0, 1, of=0.1), 600) == "> 600 s; 10% of the services: 70.00 s (1)"


def test_weeks_begin_on_monday():
    monday = store.to_us(small.hour(0))
    assert compare.monday(week_number(monday)) == small.hour(0).date()
    assert week_number(monday - 1) == week_number(monday) - 1
