"""Finds pages by their words. Usage: python3 find.py WORD..."""

import sqlite3
import sys

PAGES = {1: "Change your password", 2: "The menu of the café", 3: "Opening hours in summer"}


def find(words: list[str]) -> list[int]:
    """Ids of the pages that hold all words; each is quoted, so that none is taken for a command of the index."""
    store = sqlite3.connect(":memory:")
    store.execute("CREATE VIRTUAL TABLE page USING fts5(body)")
    store.executemany("INSERT INTO page (rowid, body) VALUES (?, ?)", PAGES.items())
    asked = " ".join('"' + word.replace('"', '""') + '"' for word in words)
    return [page for (page,) in store.execute("SELECT rowid FROM page WHERE page MATCH ?", (asked,))]


if __name__ == "__main__":
    print(find(sys.argv[1:]))
