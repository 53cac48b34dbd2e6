"""Our way: Milepost's own functions."""

from datetime import timedelta

import polars as pl
from sqlalchemy import Connection, text, update

from benchmarks import way_sql
from benchmarks.questions import ANSWER, NUMBERS, Question
from data import derive, queries, store
from data.tables import Service

#: Which metric each number is, and which column of it: the count of deployments is the n of their frequency.
_FROM = {
    "lead_hours": ("lead_time", "value"),
    "deployments": ("deployment_frequency", "n"),
    "fail_share": ("change_fail_rate", "value"),
    "recovery_hours": ("recovery_time", "value"),
}


def ready(connection: Connection) -> None:
    """The tables as Milepost has them, without what a board adds."""
    way_sql.drop_indexes(connection)
    if (
        connection.dialect.name == "sqlite"
        and connection.execute(text("select 1 from sqlite_master where name = 'sqlite_stat1'")).all()
    ):
        connection.execute(text("delete from sqlite_stat1"))  # Milepost gathers no statistics on SQLite


def ask(question: Question) -> pl.DataFrame:
    """The numbers with states, intervals and counts: cells for weeks, measures for windows."""
    start, end = store.from_us(question.start), store.from_us(question.end)
    if not question.weekly:
        return derive.measures({service: (start, end) for service in question.services})
    # The last week that counts is the one of the last moment before the end.
    last = end - timedelta(microseconds=1)
    if question.services is not None and len(question.services) == 1:
        return queries.cells(question.services[0], start, last)
    return queries.weekly(start, last, question.services)


def shaped(question: Question, raw: pl.DataFrame) -> pl.DataFrame:
    """As frame ANSWER, with a column NUMBER_withheld for each number: true where Milepost has too few values to
    judge, so that nothing can be compared."""
    raw = raw if "service" in raw.columns else raw.with_columns(service=pl.lit(question.services[0]))
    raw = raw if question.weekly else raw.with_columns(week=pl.lit(None, pl.Date))
    key = ["service", "week"]
    whole = raw.select(key).unique()
    for name in NUMBERS:
        metric, column = _FROM[name]
        withheld = (pl.col("state") == "too_few") & pl.col(column).is_null()
        number = raw.filter(metric=metric).select(*key, pl.col(column).alias(name), withheld.alias(f"{name}_withheld"))
        whole = whole.join(number, on=key, how="left", nulls_equal=True)
    columns = [pl.col(name).fill_nan(None).cast(kind) if kind.is_float() else pl.col(name).cast(kind)
               for name, kind in ANSWER.items()]  # fmt: skip
    return whole.filter(pl.col("deployments") > 0).select(*columns, pl.col("^.*_withheld$")).sort(key)


def make_stale() -> list[int]:
    """Everything derived has to be computed anew; the services."""
    with store.writing() as session:
        session.execute(update(Service).values(facts_version=Service.facts_version + 1, dirty_since=None))
    return derive.stale()


def refresh(services: list[int]) -> None:
    """Brings what is derived up to date. Raises RuntimeError when that did not succeed."""
    if not derive.refresh(services):
        raise RuntimeError("the facts changed while they were judged")
