"""Text that somebody else wrote - team names, titles of changes, names of tags - and how it may reach a page.

Streamlit reads Markdown in labels, headings and messages, and turns `:name:` into pictures and bare addresses into
links even where the Markdown is escaped. Everything of foreign origin goes through `plain` there.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache

MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>$~^=&:])")
#: What is still looked for in escaped text: `:icon:`, addresses, e-mail addresses. An invisible joiner takes it apart.
ALIVE = re.compile(r"(:|@|(?i:www)(?=\.))")
JOINER = "\N{WORD JOINER}"
#: A commit, or the merge of it where merges are the deployments.
SHA = re.compile(r"\b(?:merge:)?([0-9a-f]{10})[0-9a-f]{30}\b")


def plain(text: object) -> str:
    """The text on one line, shown by Markdown exactly as it stands, for labels, headings and sentences."""
    return _plain(str(text))


@lru_cache(maxsize=8192)
def _plain(text: str) -> str:
    line = " ".join(text.split())
    return MARKDOWN.sub(r"\\\1", ALIVE.sub(rf"\1{JOINER}", line))


def with_code(text: object) -> str:
    """The same with what stands between two backticks shown as code, in which Markdown reads nothing."""
    pieces = " ".join(str(text).split()).split("`")
    if len(pieces) % 2 == 0:
        return plain(text)
    return "".join(
        f"`{piece}`" if place % 2 and piece.strip() else _between(piece) for place, piece in enumerate(pieces)
    )


def _between(piece: str) -> str:
    """With the blanks at its ends."""
    return " " * piece.startswith(" ") + plain(piece) + " " * (piece != " " and piece.endswith(" "))


def web(url: str | None) -> str | None:
    """The address when it is an http(s) one without credentials, else None: nothing else may become a link."""
    if url and re.match(r"https?://[^\s/@\\]+(/\S*)?$", url, flags=re.IGNORECASE):
        return url
    return None


def link(label: object, url: str | None) -> str:
    """A Markdown link, or the label alone where the address may not be one."""
    address = web(url)
    if not address:
        return plain(label)
    quoted = re.sub(r"[<>\\\"'`|\[\]()]", lambda sign: f"%{ord(sign[0]):02X}", address)
    return f"[{plain(label)}](<{quoted}>)"


def short(text: str) -> str:
    """The text with the first ten letters of each whole sha, as elsewhere on the pages."""
    return SHA.sub(r"\1", text)


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 1 change, 2 changes, 1,250 changes."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def day(moment) -> str:
    """A date or instant as people write it: 3 Mar 2026."""
    return f"{moment.day} {moment:%b %Y}" if moment else "not known"


def minute(moment) -> str:
    """An instant to the minute, with its zone said: 3 Mar 2026, 14:02 UTC."""
    return f"{day(moment)}, {moment:%H:%M} UTC" if moment else "not known"


def ago(moment: datetime, now: datetime | None = None) -> str:
    """Roughly how long ago that was: just now, 3 hours ago, 2 days ago."""
    minutes = int(((now or datetime.now(UTC)) - moment).total_seconds() // 60)
    if minutes < 2:
        return "just now"
    size, noun = next(each for each in ((1_440, "day"), (60, "hour"), (1, "minute")) if minutes >= 2 * each[0])
    return f"{count(minutes // size, noun)} ago"
