"""How often somebody may: the same rules wherever it is counted, together with others, and never in the way."""

import os
import sys

import pytest

from data import rates, store
from data.rates import Rate
from tests import nursery

TWO = Rate("test", 60, 2)  # one a second, two at once
SECOND = 1_000_000


@pytest.fixture(params=["file", "redis", "memory"])
def place(request, home, monkeypatch):
    """Each place of counting, with a clock that stands still until it is moved: a list of one number."""
    rates.forget()
    if request.param == "redis":
        request.getfixturevalue("on_redis")
    if request.param == "memory":
        monkeypatch.setattr(rates, "_shared", lambda: rates._memory)
    now = [store.now_us()]
    monkeypatch.setattr(store, "now_us", lambda: now[0])
    yield now
    rates.forget()


def test_so_many_at_once_and_then_as_many_as_time_brings(place):
    assert [rates.take(TWO, "a") for _ in range(4)] == [0, 0, 1, 1]
    place[0] += SECOND
    assert [rates.take(TWO, "a") for _ in range(2)] == [0, 1]
    place[0] += 60 * SECOND
    assert [rates.take(TWO, "a") for _ in range(3)] == [0, 0, 1], "more than that is not saved up"


def test_each_is_counted_for_themselves_and_each_kind_too(place):
    assert [rates.take(TWO, whose) for whose in ("a", "a", "a", "b", 7, "7")] == [0, 0, 1, 0, 0, 0]
    assert rates.take(TWO, 7) == 1, "a number and its text are the same"
    assert rates.take(Rate("other", 60, 2), "a") == 0


def test_being_refused_costs_nothing(place):
    for _ in range(50):
        rates.take(TWO, "a")
    place[0] += SECOND
    assert rates.take(TWO, "a") == 0


def test_a_clock_that_is_put_back_locks_nobody_out(place):
    for _ in range(3):
        rates.take(TWO, "a")
    place[0] -= 3600 * SECOND
    assert rates.take(TWO, "a") == 0


def test_how_long_to_wait_is_how_long_it_takes(place):
    slow = Rate("slow", 2, 1)
    assert rates.take(slow, "a") == 0
    wait = rates.take(slow, "a")
    assert wait == 30
    place[0] += (wait - 1) * SECOND
    assert rates.take(slow, "a") == 1
    place[0] += SECOND
    assert rates.take(slow, "a") == 0


def test_what_means_nothing_any_more_is_forgotten(home, monkeypatch):
    rates.forget()
    now = [store.now_us()]
    monkeypatch.setattr(store, "now_us", lambda: now[0])
    for number in range(500):
        rates.take(TWO, number)
    now[0] += 10 * SECOND
    rates.take(TWO, "last")
    rows = rates._file._connection.execute("SELECT count(*) FROM rate").fetchone()
    assert rows == (1,)
    for number in range(500):
        rates._memory(str(number), now[0], 1, 0)
    rates._memory("last", now[0] + 10 * SECOND, 1, 0)
    assert len(rates._memory._free) == 1


def test_in_redis_everything_ends_by_itself(home, on_redis):
    import redis

    rates.take(TWO, "a")
    with redis.from_url(on_redis) as client:
        (key,) = client.keys("milepost:rate:*")
        assert 0 < client.pttl(key) <= 1000 and b" a" not in key


CHILD = "from data import rates; print(sum(rates.take(rates.Rate('test', 1, 30), 'a') == 0 for _ in range(30)))"


@pytest.mark.parametrize("where", ["file", "redis"])
def test_processes_count_together(where, home, request):
    rates.forget()
    if where == "redis":
        request.getfixturevalue("on_redis")
    running = [nursery.start([sys.executable, "-c", CHILD], stdout=-1, text=True, env=dict(os.environ)) for _ in "abc"]
    assert sum(int(process.stdout.read()) for process in running) == 30
    for process in running:
        with process:
            assert process.wait(60) == 0


@pytest.mark.parametrize("what", ["a Redis that is away", "no Redis at all", "a file that is none", "a folder"])
def test_where_counting_fails_each_process_counts_alone_and_nobody_is_refused(what, home, monkeypatch, caplog):
    rates.forget()
    if "Redis" in what:
        monkeypatch.setenv("MILEPOST_REDIS_URL", "unix:///nowhere/s" if "away" in what else "http://:secret@x")
    elif what == "a folder":
        (home / rates.FILE).mkdir()
    else:
        (home / rates.FILE).write_bytes(b"no database" * 1000)
    assert [rates.take(TWO, what) for _ in range(3)] == [0, 0, 1]
    assert "each process alone" in caplog.text and "secret" not in caplog.text
    rates.forget()
    if what == "a file that is none":
        assert rates.take(TWO, what) == 0 and rates._file._connection, "it was begun anew"


def test_names_stand_nowhere_in_clear_and_the_file_is_its_owners(home):
    rates.forget()
    rates.take(rates.WRONG, "192.0.2.7")
    rates.forget()
    assert b"192.0.2.7" not in (home / rates.FILE).read_bytes()
    assert (home / rates.FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("client", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8::1", "2001:db8::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        (None, ""),
    ],
)
def test_of_a_network_of_ipv6_all_count_as_one(client, counted):
    assert rates.address(client) == counted


SETTINGS = [("MILEPOST_API_RATE", rates.tokens), ("MILEPOST_SIGN_IN_RATE", rates.sign_ins)]


@pytest.mark.parametrize(("name", "read"), SETTINGS)
def test_a_setting_is_a_number(name, read, monkeypatch):
    monkeypatch.setenv(name, "3")
    assert (read().a_minute, read().at_once) == (3, 3)
    for wrong in ("0", "-1", "x", "٣", "1000001"):
        monkeypatch.setenv(name, wrong)
        with pytest.raises(store.Unusable, match=name):
            read()
