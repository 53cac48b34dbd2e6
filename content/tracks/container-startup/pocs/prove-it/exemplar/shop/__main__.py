"""python -m shop: answers at once whether it is alive, and requests as soon as all that they need is there."""

import json
import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from shop.startup import Step, run_all

CATALOGUE = Path(__file__).parent / "catalogue.json"
STEPS = ("catalogue", "offers", "stock", "index")


class Stopped(Exception):
    """It was told to stop while a step of the start still waited."""


class Shop:
    """What requests need. `waiting` names the steps that have not ended; empty means ready."""

    def __init__(self) -> None:
        self.articles: list[dict] = []
        self.offers: dict[str, float] = {}
        self.stock: dict[str, int] = {}
        self.by_number: dict[str, dict] = {}
        self.waiting = list(STEPS)
        self.told = threading.Event()
        self.under_way, self.change = 0, threading.Condition()

    @property
    def stopping(self) -> bool:
        return self.told.is_set()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Counts a request while it is answered."""
        with self.change:
            self.under_way += 1
        try:
            yield
        finally:
            with self.change:
                self.under_way -= 1
                self.change.notify_all()

    def finish(self, seconds: float) -> None:
        """Waits until no request is under way, so long at most."""
        with self.change:
            self.change.wait_for(lambda: not self.under_way, seconds)

    def steps(self) -> list[Step]:
        return [
            Step("catalogue", self.read_catalogue),
            Step("offers", lambda: self.offers.update(ask("OFFERS_URL", self.told))),
            Step("stock", lambda: self.stock.update(ask("STOCK_URL", self.told))),
            Step("index", self.make_index, needs=("catalogue", "offers", "stock")),
        ]

    def read_catalogue(self) -> None:
        self.articles = json.loads(CATALOGUE.read_text(encoding="utf-8"))

    def make_index(self) -> None:
        for each in self.articles:
            number = each["number"]
            price = self.offers.get(number, each["price"])
            self.by_number[number] = each | {"price": price, "stock": self.stock.get(number)}

    def ended(self, name: str, seconds: float) -> None:
        self.waiting.remove(name)
        say(step=name, seconds=round(seconds, 3))


def ask(variable: str, told: threading.Event) -> dict:
    """What the service named there says; nothing when none is named. Tries again until it answers: a service that gives
    up here is started anew, and has all its other steps to do again. Raises Stopped when told to stop meanwhile, as the
    process does not end before this thread does."""
    url, pause = os.environ.get(variable), 0.1
    while url:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return json.load(answer)
        except (urllib.error.URLError, OSError, ValueError) as error:
            say(waits_for=variable, because=type(error).__name__)
            if told.wait(pause):
                raise Stopped from None
            pause = min(pause * 2, 5)
    return {}


def say(**what: object) -> None:
    """A line of the log."""
    print(json.dumps(what) + "\n", end="", file=sys.stderr, flush=True)  # one piece: threads speak too


def handler(shop: Shop) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            with shop.answering():
                self.route()

        def route(self) -> None:
            if self.path == "/livez":
                self.answer(200, {"alive": True})
            elif self.path == "/readyz":
                ready = not shop.waiting and not shop.stopping
                self.answer(200 if ready else 503, {"waiting": shop.waiting, "stopping": shop.stopping})
            elif shop.waiting:
                self.answer(503, {"error": "not ready yet"})
            elif self.path == "/articles":
                self.answer(200, list(shop.by_number.values()))
            else:
                self.answer(404, {"error": "there is no such page"})

        def answer(self, code: int, body: object) -> None:
            text = json.dumps(body).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            if shop.stopping:
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Not a line for each probe."""

    return Handler


def main() -> None:
    shop = Shop()
    server = ThreadingHTTPServer(("", int(os.environ.get("PORT", "8080"))), handler(shop))
    server.daemon_threads = True

    def stop(*_: object) -> None:
        shop.told.set()
        threading.Thread(target=drain, daemon=True).start()

    def drain() -> None:
        time.sleep(float(os.environ.get("DRAIN_SECONDS", "5")))
        server.shutdown()

    def start() -> None:
        began = time.monotonic()
        try:
            run_all(shop.steps(), shop.ended, workers=int(os.environ.get("START_WORKERS", "8")))
        except Stopped:
            return
        except Exception as error:
            say(failed=str(error))
            os._exit(1)
        say(ready_after=round(time.monotonic() - began, 3))

    signal.signal(signal.SIGTERM, stop)
    threading.Thread(target=start, daemon=True).start()
    server.serve_forever(poll_interval=0.05)
    shop.finish(10)  # the threads of requests would end with the process
    say(stopped=True)


if __name__ == "__main__":
    main()
