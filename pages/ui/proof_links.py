"""Addresses at the forge of what a check has seen, at the commit at which it saw it."""

from collections.abc import Callable
from dataclasses import dataclass

from data.learning.attempts import Line
from data.people import Who
from data.practices import looks
from data.sources.git_links import Links


@dataclass(frozen=True)
class Address:
    """commit: of a commit. place: of a file and a line at the commit that was checked. Both None where not known."""

    commit: Callable[[str], str | None]
    place: Callable[[str, int | None], str | None]


def of(user: Who, line: Line, commit: str) -> Address:
    """Those of the repository of an attempt, as far as this person may see it."""
    found = looks.status(user, [line.repository_id]) if line.repository_id else {}
    links = Links(found[line.repository_id].web_url if found else None)
    return Address(links.commit, lambda path, number: links.place(commit, path, number) if commit else None)
