import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "trial"))

from compare import compared, made
from search import Index, Words, scan

PAGES = {1: "Change your password.", 2: "The printer's paper, and how to change it", 3: "Opening hours"}


class TestAllWays(unittest.TestCase):
    def all_find(self, question):
        found = scan(PAGES, question)
        self.assertEqual(Index(PAGES).find(question), found)
        self.assertEqual(Words(PAGES).find(question), found)
        return found

    def test_all_words_must_be_there(self):
        self.assertEqual(self.all_find("change"), [1, 2])
        self.assertEqual(self.all_find("change paper"), [2])

    def test_nothing_is_found_for_nothing(self):
        self.assertEqual(self.all_find(""), [])
        self.assertEqual(self.all_find(" ?! "), [])

    def test_what_the_index_takes_for_its_own_language_is_only_words(self):
        for question in ('printer"', "NOT change", "change OR hours", "pass*", "body:change", "NEAR(change)"):
            self.all_find(question)


class TestComparing(unittest.TestCase):
    def test_the_same_pages_and_questions_come_each_time(self):
        self.assertEqual(made(20, 5), made(20, 5))

    def test_each_option_answered_every_question(self):
        found = compared(50, 20)
        self.assertEqual(found["differ"], [])
        self.assertEqual({each["n"] for each in found["measured"].values()}, {20})


if __name__ == "__main__":
    unittest.main()
