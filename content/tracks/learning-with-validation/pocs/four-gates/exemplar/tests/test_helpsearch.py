import json
import sys
import threading
import unittest
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from helpsearch import LONGEST, PAGES, served


class TestService(unittest.TestCase):
    def setUp(self):
        self.server = served(PAGES)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def get(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.server.server_port}{path}", timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def test_pages_with_all_words_are_found(self):
        self.assertEqual(self.get("/search?q=change+paper"), (200, {"pages": [2]}))

    def test_the_language_of_the_index_cannot_be_spoken_from_outside(self):
        for question in ("%22", "change%22%20OR%20%22hours", "NEAR(", "body:", "*", "';--"):
            status, _ = self.get(f"/search?q={question}")
            self.assertIn(status, (200, 400), question)

    def test_a_question_that_is_too_long_is_refused(self):
        self.assertEqual(self.get("/search?q=" + "a" * (LONGEST + 1))[0], 400)

    def test_it_says_that_it_is_well(self):
        self.assertEqual(self.get("/healthz"), (200, {"ok": True}))


if __name__ == "__main__":
    unittest.main()
