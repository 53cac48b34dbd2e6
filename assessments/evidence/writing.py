"""Documents of a repository."""

import re

from assessments.evidence.snapshot import Snapshot

README = ("README{,.md,.rst,.adoc,.txt,.markdown}", ".github/README.md", "docs/README.md")
DOCUMENTS = ("**/*.{md,rst,adoc,mdx}",)


def named(snapshot: Snapshot, words: str, folders: str = "") -> tuple[str, ...]:
    """Documents whose name holds one of the words (an expression), or that lie in folders of such a name."""
    name = re.compile(rf"(^|/)[^/]*({words})[^/]*\.(md|rst|adoc|mdx|txt)$", re.IGNORECASE)
    inside = re.compile(rf"(^|/)({folders})/[^/]+\.(md|rst|adoc|mdx|txt)$", re.IGNORECASE) if folders else None
    skipped = re.compile(r"(^|/)(node_modules|vendor|templates?|_template)/|(^|/)(template|_template)\.", re.IGNORECASE)
    return tuple(
        path
        for path in snapshot.find(*DOCUMENTS, "**/*.txt")
        if (name.search(path) or (inside and inside.search(path))) and not skipped.search(path)
    )
