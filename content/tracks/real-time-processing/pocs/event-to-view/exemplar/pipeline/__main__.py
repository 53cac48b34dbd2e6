"""`python -m pipeline`: keeps the board up to date until it is asked to end."""

import logging
import signal
import sys
import threading

from pipeline import settings
from pipeline.consume import consumer, run
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
    run(consumer(where), View(connected(where.redis_url), where.prefix), where.topic, stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
