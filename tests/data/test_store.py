import stat
import subprocess
import sys
import threading
import time
from datetime import UTC, date, datetime, timedelta, timezone

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import MetaData, func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from assessments.delivery.facts import CHANGES
from data import frames, store
from data.tables import (
    Change,
    DataVersion,
    JudgedDeployment,
    Organization,
    Repository,
    Source,
    Team,
    TrunkCommit,
)
from tests import nursery


class Other(SQLModel, registry=registry(metadata=MetaData())):
    """Not in the tables of the store."""


class Reading(Other, table=True):
    """A table with columns of kinds that no table of ours has."""

    id: int | None = Field(default=None, primary_key=True)
    on: date | None = None
    value: float | None = None
    sure: bool | None = None


def organization(name="Acme", **more) -> int:
    with store.writing() as session:
        row = Organization(name=name, created_at=1, **more)
        session.add(row)
        session.flush()
        return row.id


def source() -> tuple[int, int]:
    """A repository and a source of it."""
    owner = organization()
    with store.writing() as session:
        repository = Repository(organization_id=owner, key="git:/r", name="r", created_at=1)
        session.add(repository)
        session.flush()
        row = Source(organization_id=owner, kind="git", name="r", repository_id=repository.id, created_at=1)
        session.add(row)
        session.flush()
        return repository.id, row.id


def names() -> list[str]:
    with store.reading() as session:
        return list(session.execute(select(Organization.name).order_by(Organization.name)).scalars())


def test_home_and_database_are_for_their_owner_only(bare_home):
    store.migrate()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in bare_home.glob("milepost.db*")}
    assert stat.S_IMODE(bare_home.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}
    assert "milepost.db" in modes


@pytest.mark.parametrize("given_url", ["postgres://u:p@h/d", "postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"])
def test_every_way_to_write_a_postgresql_url_is_the_same(monkeypatch, given_url):
    monkeypatch.setenv("DATABASE_URL", given_url)
    assert store.url() == "postgresql+psycopg://u:p@h/d"


@pytest.mark.parametrize("bad", ["mysql://u:secret@h/d", "secret", "sqlite://", "sqlite:///:memory:"])
def test_another_url_is_refused_without_repeating_it(monkeypatch, bad):
    monkeypatch.setenv("DATABASE_URL", bad)
    with pytest.raises(ValueError, match="must begin with postgresql://") as refused:
        store.url()
    assert "secret" not in str(refused.value)


def test_sqlite_is_set_up_for_many_readers_and_one_writer(home):
    with store.engine().connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 30_000}


def test_a_block_that_raises_saves_nothing_and_keeps_the_version(both):
    before = store.version()
    with pytest.raises(ZeroDivisionError), store.writing() as session:
        session.add(Organization(name="Half", created_at=1))
        session.flush()
        raise ZeroDivisionError
    assert (names(), store.version()) == ([], before)


def test_every_writing_block_raises_the_version_once(both):
    before = store.version()
    with store.writing() as outer:
        outer.add(Organization(name="A", created_at=1))
        with store.writing() as inner:
            inner.add(Organization(name="B", created_at=1))
    assert (names(), store.version()) == (["A", "B"], before + 1)


def test_a_quiet_block_saves_without_raising_the_version(both):
    before = store.version()
    with store.writing(quietly=True) as session:
        session.add(Organization(name="A", created_at=1))
    assert (names(), store.version()) == (["A"], before)


def test_an_inner_block_that_fails_takes_only_its_own_part_back(both):
    with store.writing() as session:
        session.add(Organization(name="A", created_at=1))
        with pytest.raises(ZeroDivisionError), store.writing() as inner:
            inner.add(Organization(name="B", created_at=1))
            raise ZeroDivisionError
    assert names() == ["A"]


def test_an_outer_block_that_fails_takes_the_inner_one_with_it(both):
    with pytest.raises(ZeroDivisionError), store.writing():
        with store.writing() as inner:
            inner.add(Organization(name="B", created_at=1))
        raise ZeroDivisionError
    assert names() == []


def test_writers_wait_for_each_other_so_that_no_increment_is_lost(both):
    owner = organization("0")

    def increase():
        for _ in range(10):
            with store.writing() as session:
                row = session.get(Organization, owner)
                number = int(row.name)
                time.sleep(0.001)  # time for another to read the same number, were it let in
                row.name = str(number + 1)

    threads = [threading.Thread(target=increase) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names() == ["40"]


def test_reading_sees_one_moment_while_others_write(both):
    organization("A")
    with store.reading() as session:
        before = session.execute(select(func.count()).select_from(Organization)).scalar_one()
        thread = threading.Thread(target=organization, args=("B",))
        thread.start()
        thread.join()
        after = session.execute(select(func.count()).select_from(Organization)).scalar_one()
    assert (before, after, names()) == (1, 1, ["A", "B"])


def test_reading_does_not_wait_for_a_writer(both):
    with store.writing() as session:
        session.add(Organization(name="A", created_at=1))
        session.flush()
        seen = []
        thread = threading.Thread(target=lambda: seen.append(names()))
        thread.start()
        thread.join(5)
        assert seen == [[]]


def test_foreign_keys_are_enforced(both):
    with pytest.raises(IntegrityError), store.writing() as session:
        session.add(Team(organization_id=999, name="Nowhere", created_at=1))


def test_upsert_inserts_then_replaces_and_the_last_of_equal_keys_wins(both):
    repository, origin = source()

    def row(sha, position):
        return {
            "repository_id": repository, "sha": sha, "source_id": origin, "position": position, "on_trunk": True,
        }  # fmt: skip

    with store.writing() as session:
        store.upsert(session, TrunkCommit, [row("a", 0), row("b", 1), row("b", 2)], ["repository_id", "sha"])
    with store.writing() as session:
        store.upsert(session, TrunkCommit, [row("a", 7)], ["repository_id", "sha"])
    found = store.read_frame(select(TrunkCommit.sha, TrunkCommit.position).order_by(TrunkCommit.sha))
    assert found.rows() == [("a", 7), ("b", 2)]


def test_upsert_makes_a_column_null_that_only_other_rows_have(both):
    repository, origin = source()
    fixed = {"repository_id": repository, "source_id": origin, "on_trunk": True}
    with store.writing() as session:
        rows = [{**fixed, "sha": "a", "position": 4}, {**fixed, "sha": "b"}]
        store.upsert(session, TrunkCommit, rows, ["repository_id", "sha"])
    assert store.read_frame(select(TrunkCommit.position).order_by(TrunkCommit.sha))["position"].to_list() == [4, None]


DRIVEN = [
    {"name": "plain", "is_demo": False, "created_at": 1},
    {"name": "Größe ' \"", "is_demo": True, "created_at": 2**62},
    {"name": "", "is_demo": False, "created_at": -1},
]


def driven(rows: list[dict]) -> tuple[str, list[tuple]] | None:
    """The words and the rows that the driver of SQLite gets."""
    dialect, columns = store.engine().dialect, tuple(rows[0])
    with store.reading():  # a dialect knows its database once it was connected
        statement = store._upserting(Organization, columns, ("id",), dialect.name)
        made = store._driven(statement, columns, dialect)
    return made and (made[0], made[1](rows))


def test_what_the_driver_gets_saves_the_same_as_sqlalchemy(home):
    rows = [{"id": place, **row} for place, row in enumerate(DRIVEN, 1)]
    words, values = driven(rows)
    assert all(type(each) is tuple and set(map(type, each)) == {int, str, bool} for each in values)
    found = []
    for save in (
        lambda connection: connection.exec_driver_sql(words, values),
        lambda connection: connection.execute(Organization.__table__.insert(), rows),
    ):
        with store.writing() as session:
            session.execute(Organization.__table__.delete())
            save(session.connection())
            asked = text("SELECT id, name, is_demo, created_at, typeof(is_demo), typeof(created_at) FROM organization")
            found.append(session.execute(asked).all())
    assert found[0] == found[1] and len(found[0]) == 3


def test_the_order_of_a_rows_columns_does_not_matter_to_the_driver(home):
    row = {"id": 1, **DRIVEN[0]}
    words, values = driven([row, dict(reversed(row.items()))])
    assert values[0] == values[1] and words.count("?") == len(row)


def test_a_statement_that_takes_more_than_the_rows_have_is_not_left_to_the_driver(home):
    statement = store._upserting(Organization, ("id", "name"), ("id",), "sqlite")
    filled = statement.values(created_at=7)
    assert store._driven(filled, ("id", "name"), store.engine().dialect) is None


@pytest.mark.parametrize(
    "wrong", [{"id": 2, "name": None, "is_demo": False, "created_at": 1}, {"id": 2, "name": "no more columns"}]
)
def test_an_error_in_the_driver_saves_nothing(home, wrong):
    columns = ("id", "name", "is_demo", "created_at")
    with store.writing() as session:
        session.add(Organization(id=9, name="before", created_at=1))
    with pytest.raises((IntegrityError, KeyError)), store.writing() as session:
        dialect = session.connection().dialect
        words, values = store._driven(store._upserting(Organization, columns, ("id",), "sqlite"), columns, dialect)
        session.connection().exec_driver_sql(words, values([{"id": 1, **DRIVEN[0]}]))
        session.connection().exec_driver_sql(words, values([{"id": 3, **DRIVEN[1]}, wrong]))
    with store.reading() as session:
        assert session.execute(select(Organization.name)).scalars().all() == ["before"]


def test_upsert_of_keys_alone_leaves_what_is_there(both):
    owner = organization("A")
    with store.writing() as session:
        store.upsert(session, DataVersion, [{"id": 1}, {"id": 1}], ["id"])
    assert (owner, names(), store.version()) == (owner, ["A"], 2)


def instants() -> pl.DataFrame:
    moment = datetime(2024, 3, 31, 1, 30, 0, 123456, tzinfo=UTC)
    ancient = datetime(1901, 1, 1, tzinfo=UTC)
    rows = [
        {
            "change_id": "#1",
            "kind": "pull_request",
            "title": "é",
            "merged_at": moment,
            "paths": ["a/b", "c"],
            "number": 1,
        },
        {
            "change_id": "x",
            "kind": "direct_push",
            "title": "",
            "merged_at": ancient,
            "paths": [],
            "reverts": ["abc1234"],
        },
        {"change_id": "y", "kind": "direct_push", "title": "t", "merged_at": None, "paths": None},
    ]
    return pl.DataFrame([{name: row.get(name) for name in CHANGES} for row in rows], schema=CHANGES)


@pytest.mark.parametrize("inside", [False, True])
def test_a_frame_comes_back_as_it_went_in(both, inside):
    repository, origin = source()
    frame = instants()
    with store.writing() as session:
        store.insert_frame(session, Change, frame, repository_id=repository, source_id=origin)
    statement = select(*(getattr(Change, name) for name in CHANGES)).order_by(Change.id)
    with store.reading() as session:
        back = store.read_frame(statement, session if inside else None, CHANGES)
    assert back.equals(frame)
    assert back.schema == frame.schema


def test_reading_frames_leaves_the_write_ahead_log_alone(home):
    """A second SQLite library in this process would take itself for the last reader and remove the log."""
    repository, origin = source()
    with store.writing() as session:
        store.insert_frame(session, Change, instants(), repository_id=repository, source_id=origin)
    read = [store.read_frame(select(Change.change_id)).height for _ in range(3)]
    code = (
        "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('select count(*) from change').fetchone()[0])"
    )
    other = subprocess.run([sys.executable, "-c", code, home / "milepost.db"], capture_output=True, check=True)
    seen_elsewhere = int(other.stdout)
    assert (read, seen_elsewhere, (home / "milepost.db-wal").exists()) == ([3, 3, 3], 3, True)


def test_whatever_text_comes_back_as_it_was(both):
    texts = ["", '"quoted" \\ back', "line\nbreak\ttab", "\x01\x1f control", "é 漢 🙂 \u2028", "null", "[1, 2]", "1e5"]
    repository, origin = source()
    frame = pl.DataFrame({"title": texts, "change_id": [str(n) for n in range(len(texts))]})
    with store.writing() as session:
        store.insert_frame(session, Change, frame, repository_id=repository, source_id=origin, kind="direct_push")
    assert store.read_frame(select(Change.title).order_by(Change.id))["title"].to_list() == texts


def test_the_zero_character_that_postgresql_cannot_hold_is_left_out(both):
    repository, origin = source()
    frame = pl.DataFrame({"title": ["a\x00b"], "change_id": ["x"]})
    with store.writing() as session:
        store.insert_frame(session, Change, frame, repository_id=repository, source_id=origin, kind="direct_push")
    assert store.read_frame(select(Change.title))["title"].to_list() == ["ab"]


def test_the_largest_integers_and_floats_come_back_exactly(both):
    repository, origin = source()
    numbers = [2**62 + 1, -(2**62) - 1, 2**53 + 1, 0, None]
    floats = [0.1 + 0.2, 1 / 3, 1e-300, 123456789.123456789, None]
    frame = pl.DataFrame({"merged_at": numbers, "change_id": list("abcde")})
    readings = pl.DataFrame({"value": floats, "on": [date(2024, 1, 1)] * 5, "sure": [True] * 5})
    with store.writing() as session:
        owner = {"repository_id": repository, "source_id": origin, "kind": "direct_push", "title": ""}
        store.insert_frame(session, Change, frame, **owner)
        Reading.metadata.create_all(session.connection())
        store.insert_frame(session, Reading, readings)
    assert store.read_frame(select(Change.merged_at).order_by(Change.id))["merged_at"].to_list() == numbers
    assert store.read_frame(select(Reading.value).order_by(Reading.id))["value"].to_list() == floats


def test_a_column_is_typed_even_when_its_first_thousands_are_null(both):
    repository, origin = source()
    frame = pl.DataFrame({"change_id": [str(n) for n in range(5_000)], "url": [None] * 4_999 + ["https://x"]})
    with store.writing() as session:
        more = {"repository_id": repository, "source_id": origin, "kind": "direct_push", "title": ""}
        store.insert_frame(session, Change, frame, **more)
    back = store.read_frame(select(Change.url, Change.number, Change.merge_sha).order_by(Change.id))
    assert back["url"].to_list()[-1] == "https://x"
    assert back.schema == {"url": pl.String, "number": pl.Int64, "merge_sha": pl.String}


def test_the_order_asked_for_is_the_order_given(both):
    repository, origin = source()
    mixed = [n * 7 % 2_999 for n in range(3_000)]
    frame = pl.DataFrame({"change_id": [str(n) for n in range(3_000)], "number": mixed})
    with store.writing() as session:
        more = {"repository_id": repository, "source_id": origin, "kind": "direct_push", "title": ""}
        store.insert_frame(session, Change, frame, **more)
    back = store.read_frame(select(Change.number, Change.change_id).order_by(Change.number.desc(), Change.id))
    wanted = sorted(((number, str(n)) for n, number in enumerate(mixed)), key=lambda row: -row[0])
    assert back.rows() == wanted  # and what stood in a row still does


def test_a_select_of_a_whole_table_is_a_frame_of_its_columns(both):
    organization("A")
    frame = store.read_frame(select(Organization))
    assert frame.columns == ["id", "name", "is_demo", "created_at"]
    assert frame["name"].to_list() == ["A"]


@pytest.mark.parametrize("inside", [False, True])
def test_booleans_dates_and_floats_have_their_types(both, inside):
    statement = select(Organization.is_demo, Reading.on, Reading.value, Reading.sure, Organization.name)
    organization(is_demo=True)
    with store.writing() as session:
        Reading.metadata.create_all(session.connection())
    with store.reading() as session:
        joined = statement.outerjoin(Reading, Reading.id == Organization.id)
        found = store.read_frame(joined, session if inside else None)
    assert found.rows() == [(True, None, None, None, "Acme")]
    assert found.dtypes == [pl.Boolean, pl.Date, pl.Float64, pl.Boolean, pl.String]


def test_parameters_reach_a_frame_as_values_never_as_text(both):
    organization("it's; DROP TABLE team --")
    organization("B")
    chosen = select(Organization.name).where(Organization.name.in_(["it's; DROP TABLE team --", "C"]))
    demo = select(Organization.name).where(Organization.is_demo.is_(True), Organization.created_at >= 1)
    assert store.read_frame(chosen)["name"].to_list() == ["it's; DROP TABLE team --"]
    assert store.read_frame(demo).is_empty()


def test_a_date_can_be_asked_for(both):
    week = select(JudgedDeployment.ships).where(JudgedDeployment.week >= date(2024, 1, 1))
    assert store.read_frame(week).schema == {"ships": pl.Int64}


def test_a_frame_without_a_session_sees_committed_data_only(both):
    with store.writing() as session:
        session.add(Organization(name="A", created_at=1))
        session.flush()
        outside = store.read_frame(select(Organization.name)).height
        inside = store.read_frame(select(Organization.name), session).height
    assert (outside, inside) == (0, 1)


def test_several_frames_are_of_one_moment(both, monkeypatch):
    organization("A")
    plain = frames.fit

    def fit(*arguments):  # between one frame and the next
        organization("B")
        return plain(*arguments)

    monkeypatch.setattr(frames, "fit", fit)
    with store.snapshot() as snapshot:
        found = [snapshot.frame(select(Organization.name)).height for _ in range(3)]
    assert found == [1, 1, 1]


def test_unknown_columns_and_times_without_a_zone_are_refused(both):
    with store.writing() as session:
        with pytest.raises(ValueError, match="no column nonsense"):
            store.insert_frame(session, Change, pl.DataFrame({"nonsense": [1]}))
        with pytest.raises(ValueError, match="no time zone"):
            store.insert_frame(session, Change, pl.DataFrame({"merged_at": [datetime(2024, 1, 1)]}))


@given(st.integers(-(2**55), 2**57))
def test_microseconds_survive_the_way_to_an_instant_and_back(microseconds):
    assert store.to_us(store.from_us(microseconds)) == microseconds


def test_instants_of_any_zone_are_the_same_moment():
    india = datetime(1969, 12, 31, 5, 29, 59, 999999, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert store.to_us(india) == -86_400_000_001
    with pytest.raises(ValueError, match="no time zone"):
        store.to_us(datetime(2024, 1, 1))


def test_two_processes_may_write_at_once(both):
    program = (
        "from data import store\nfrom data.tables import Organization\n"
        "for n in range(20):\n"
        "    with store.writing() as session: session.add(Organization(name=str(n), created_at=1))\n"
    )
    running = [nursery.start([sys.executable, "-c", program]) for _ in range(2)]
    assert [process.wait(60) for process in running] == [0, 0]
    assert len(names()) == 40


def test_a_lost_connection_to_postgresql_is_made_again(on_postgresql):
    names()
    with pytest.raises(DBAPIError), store.writing() as session:
        session.connection().exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
    assert names() == []


def test_json_null_is_null(both):
    _, origin = source()
    with store.reading() as session:
        found = session.execute(select(Source.id).where(Source.cursor.is_(None))).scalars().all()
    assert found == [origin]


def test_an_error_of_the_store_repeats_no_values(both):
    with pytest.raises(DBAPIError) as told, store.reading() as session:
        session.execute(text("SELECT :value FROM nowhere"), {"value": "private title"})
    assert "private title" not in str(told.value)
