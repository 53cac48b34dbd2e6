"""Three ways to find the help pages that hold all words of a question. Words are letters and digits, in any case."""

import re
import sqlite3

WORD = re.compile(r"[a-z0-9]+")


def words(text: str) -> list[str]:
    """Those of a text, in small letters. Other scripts than ASCII are out of the trial's scope."""
    return WORD.findall(text.lower())


def scan(pages: dict[int, str], question: str) -> list[int]:
    """As today: each page is read for each question. The ids of the pages, in order; none without words."""
    asked = set(words(question))
    return [page for page in sorted(pages) if asked and asked <= set(words(pages[page]))]


class Words:
    """An index of our own: for each word the pages that hold it, in memory."""

    def __init__(self, pages: dict[int, str]) -> None:
        self.where: dict[str, set[int]] = {}
        for page, text in pages.items():
            for word in words(text):
                self.where.setdefault(word, set()).add(page)

    def find(self, question: str) -> list[int]:
        """The ids of the pages that hold all its words, in order; none without words."""
        asked = [self.where.get(word, set()) for word in words(question)]
        return sorted(set.intersection(*asked)) if asked else []


class Index:
    """An index of SQLite over the same pages, in memory."""

    def __init__(self, pages: dict[int, str]) -> None:
        self.store = sqlite3.connect(":memory:")
        self.store.execute("CREATE VIRTUAL TABLE page USING fts5(body, tokenize='unicode61')")
        self.store.executemany("INSERT INTO page (rowid, body) VALUES (?, ?)", sorted(pages.items()))

    def find(self, question: str) -> list[int]:
        """The ids of the pages that hold all its words, in order; none without words."""
        asked = " ".join(f'"{word}"' for word in words(question))
        if not asked:
            return []
        rows = self.store.execute("SELECT rowid FROM page WHERE page MATCH ? ORDER BY rowid", (asked,))
        return [page for (page,) in rows]
