"""`python -m pipeline`: keeps the board up to date until it is asked to end."""

import logging
import signal
import sys
import threading

from pipeline import settings
from pipeline.consume import Loop, consumer
from pipeline.letters import DeadLetters
from pipeline.metrics import Metrics
from pipeline.view import View, connected


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        where = settings.read()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    metrics = Metrics()
    if where.metrics_port:
        metrics.serve(where.metrics_port)
    view = View(connected(where.redis_url), where.prefix)
    Loop(consumer(where), view, DeadLetters(where.bootstrap, where.dead_letters), metrics, stop).run(where.topic)
    return 0


if __name__ == "__main__":
    sys.exit(main())
