"""Help pages found over HTTP: GET /search?q=..., and GET /healthz.

python3 helpsearch.py 8080
"""

import json
import re
import sqlite3
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

LONGEST = 200  # characters of a question
MOST = 20  # pages in an answer
PAGES = {1: "Change your password", 2: "Change the paper of the printer", 3: "Opening hours in summer"}


class Pages:
    """An index over pages. Each question opens nothing and changes nothing."""

    def __init__(self, pages: dict[int, str]) -> None:
        self.store = sqlite3.connect(":memory:", check_same_thread=False)
        self.one_at_a_time = threading.Lock()
        self.store.execute("CREATE VIRTUAL TABLE page USING fts5(body)")
        self.store.executemany("INSERT INTO page (rowid, body) VALUES (?, ?)", pages.items())

    def find(self, question: str) -> list[int]:
        """Ids of pages with all its words. Raises ValueError for one that is empty or too long."""
        words = re.findall(r"\w+", question)
        if not words or len(question) > LONGEST:
            raise ValueError(f"Ask with one word or more, and with {LONGEST} characters at most.")
        asked = " ".join(f'"{word}"' for word in words)
        with self.one_at_a_time:
            rows = self.store.execute("SELECT rowid FROM page WHERE page MATCH ? LIMIT ?", (asked, MOST)).fetchall()
        return [page for (page,) in rows]


def served(pages: dict[int, str], port: int = 0) -> ThreadingHTTPServer:
    """A server on this machine alone, not yet running. port 0: any that is free."""
    found = Pages(pages)

    class Handler(BaseHTTPRequestHandler):
        timeout = 5

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            if asked.path == "/healthz":
                return self.say(200, {"ok": True})
            if asked.path != "/search":
                return self.say(404, {"error": "There is only /search and /healthz."})
            try:
                return self.say(200, {"pages": found.find(parse_qs(asked.query).get("q", [""])[0])})
            except ValueError as error:
                return self.say(400, {"error": str(error)})

        def say(self, status: int, what: dict) -> None:
            body = json.dumps(what).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: what people ask is nobody's business."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


if __name__ == "__main__":
    served(PAGES, int(sys.argv[1])).serve_forever()
