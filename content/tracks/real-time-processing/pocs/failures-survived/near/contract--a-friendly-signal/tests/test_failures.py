"""Handed out with the second proof of concept: what must hold when something fails. Leave this file as it is."""

import signal
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from harness import Door, event, place, until

MANY = 2000


@pytest.fixture
def here():
    with place() as made:
        yield made


def test_an_event_that_comes_twice_is_counted_once(here):
    with here.running():
        here.send(event(1), event(1), event(2), event(1))
        until(lambda: here.counted() >= 2, "both events were counted")
        here.send(event(1), event(3))
        until(lambda: here.counted() >= 3, "the third was counted")
        assert here.counted() == 3


POISON = [
    b"\xff\xfe not text",
    b"{",
    b"[]",
    b'{"id": "a-1", "service": "shop", "outcome": "exploded", "at": 1790000000}',
    b'{"id": "a-2", "service": "shop:*", "outcome": "failed", "at": 1790000000}',
    b'{"id": "a-3", "service": "shop", "outcome": "failed", "at": "yesterday"}',
    b'{"service": "shop", "outcome": "failed", "at": 1790000000}',
    b'{"id": "a-4", "service": "shop", "outcome": "failed", "at": NaN}',
    b'{"id": "a-5", "service": "shop", "outcome": "failed", "at": 1' + b"0" * 400 + b"}",
]


def test_poison_goes_aside_and_those_behind_it_are_counted(here):
    with here.running():
        here.send(event(1), *POISON, event(2))
        until(lambda: here.counted() == 2, "the event behind the poison was counted")
        aside = here.messages(here.dead_letters)
    assert sorted(each.value() for each in aside) == sorted(POISON), "dead letters are kept as they came"
    assert {each.key() for each in aside} == {b"shop"}
    reasons = [dict(each.headers() or []).get("reason", b"") for each in aside]
    assert all(reasons), "each dead letter has a header `reason`"
    assert here.counted(outcome="failed") == 0


def test_nothing_is_lost_or_counted_twice_when_it_is_killed(here):
    here.send(*(event(number) for number in range(MANY)))
    with here.running(INSTANCE="one") as process:
        until(lambda: here.counted() >= MANY // 10, "some were counted")
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    between = here.counted()
    with here.running(INSTANCE="one"):
        until(lambda: here.counted() >= MANY, f"all {MANY} were counted, {between} of them before the kill")
        here.send(event(MANY))
        until(lambda: here.counted() > MANY, "the one behind them was counted")
        assert here.counted() == MANY + 1


def test_events_wait_while_redis_is_away(here):
    door = Door(here.redis_url)
    try:
        with here.running(REDIS_URL=door.url):
            here.send(event(1), event(2))
            until(lambda: door.tries >= 3, "it tried Redis more than once")
            assert here.messages(here.dead_letters) == [], "a good event was put aside because Redis was away"
            door.open = True
            until(lambda: here.counted() == 2, "both were counted once Redis was back")
        assert here.messages(here.dead_letters) == []
    finally:
        door.close()


def test_whatever_is_written_goes_away_by_itself(here):
    with here.running():
        here.send(event(1), event(2, outcome="failed"))
        until(lambda: here.counted() == 1 and here.counted(outcome="failed") == 1, "both were counted")
        assert [key for key in here.written() if here.redis.ttl(key) < 0] == [], "these keys stay for ever"
