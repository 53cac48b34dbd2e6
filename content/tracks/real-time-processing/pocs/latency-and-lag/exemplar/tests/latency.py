"""Handed out with the third proof of concept: how long from an event until people see it. Leave this file as it is.

    python tests/latency.py latency.json

Sends 1,500 events at 150 a second, each of a service of its own, and looks for each in Redis. The clock of an event
starts when it was due, not when it was sent: whoever holds up the sender does not get away with it.
"""

import json
import math
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from datetime import UTC, datetime

from confluent_kafka import Producer
from harness import event, place, until

N = 1500
RATE = 150.0  # events a second
WARM = 50
LAST = 30.0  # seconds for those that are still missing at the end


def percentile(values: list[float], share: float) -> float:
    """The smallest value that so large a share is not above."""
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


def measure() -> dict:
    with place() as here, here.running():
        here.send(*(event(number, "warm") for number in range(WARM)), key="warm")
        until(lambda: here.counted("warm") == WARM, "the program counts events at all")
        producer = Producer({"bootstrap.servers": here.bootstrap, "acks": "all", "linger.ms": 0})
        begun = time.time()
        day = datetime.fromtimestamp(begun, UTC).date().isoformat()
        waiting: dict[str, float] = {}
        delays: list[float] = []
        sent, sent_until = 0, begun
        while sent < N or (waiting and time.time() < sent_until + LAST):
            while sent < N and begun + sent / RATE <= time.time():
                due = begun + sent / RATE
                name = f"load-{sent}"
                producer.produce(here.topic, key=name, value=json.dumps(event(sent, name, at=begun)))
                producer.poll(0)
                waiting[name] = due
                sent, sent_until = sent + 1, time.time()
            with here.redis.pipeline(transaction=False) as pipe:
                names = list(waiting)
                for name in names:
                    pipe.exists(f"{here.prefix}:{name}:{day}")
                found = pipe.execute() if names else []
            now = time.time()
            delays += [now - waiting.pop(name) for name, there in zip(names, found, strict=True) if there]
            time.sleep(0.005)
        producer.flush(10)
    return {
        "n": len(delays),
        "lost": len(waiting),
        "rate_per_second": round((sent - 1) / (sent_until - begun), 1),
        "p50_s": round(percentile(delays, 0.5), 4) if delays else None,
        "p95_s": round(percentile(delays, 0.95), 4) if delays else None,
        "max_s": round(max(delays), 4) if delays else None,
    }


if __name__ == "__main__":
    measured = measure()
    Path(sys.argv[1]).write_text(json.dumps(measured) + "\n", encoding="utf-8")
    print(json.dumps(measured))
