"""Handed out with the first proof of concept: an event goes in, and people see it. Leave this file as it is."""

import signal
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from harness import AT, event, place, until


@pytest.fixture
def here():
    with place() as made:
        yield made


def test_what_is_published_becomes_visible(here):
    with here.running():
        sent = [event(1), event(2, outcome="failed"), event(3), event(4, service="web")]
        assert here.publish(*sent).returncode == 0
        until(lambda: here.counted("web") == 1 and here.counted() == 2, "shop has 2 and web has 1 that succeeded")
        until(lambda: here.counted(outcome="failed") == 1, "shop has 1 that failed")


def test_each_day_has_a_number_of_its_own(here):
    with here.running():
        here.publish(event(1), event(2, at=AT + 24 * 3600))
        until(lambda: here.counted() == 1 and here.counted(at=AT + 24 * 3600) == 1, "each of two days has 1")


def test_events_of_a_service_keep_their_order_by_their_key(here):
    assert here.publish(*(event(number, f"service-{number % 7}") for number in range(70))).returncode == 0
    found = here.messages(here.topic)
    assert len(found) == 70
    partitions: dict[bytes, set[int]] = {}
    for message in found:
        partitions.setdefault(message.key(), set()).add(message.partition())
    assert sorted(partitions) == [f"service-{number}".encode() for number in range(7)]
    assert all(len(numbers) == 1 for numbers in partitions.values()), "one service lies in several partitions"
    assert len(set.union(*partitions.values())) > 1, "all services lie in one partition"


def test_what_the_broker_does_not_take_is_said(here):
    nobody = here.publish(event(1), KAFKA_BOOTSTRAP="localhost:1", PUBLISH_SECONDS="2")
    assert nobody.returncode not in (0, None) and nobody.stderr.strip()


def test_what_came_while_it_was_away_is_read_later(here):
    here.publish(event(1))
    with here.running():
        until(lambda: here.counted() == 1, "the event from before the start was counted")


def test_it_ends_when_it_is_asked_to(here):
    with here.running() as process:
        here.publish(event(1))
        until(lambda: here.counted() == 1, "the event was counted")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
