"""What GitHub sends, read with distrust: a value of another kind than documented is an error, not a wrong fact."""

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import product
from operator import itemgetter

from data.sources.github.errors import BadAnswer

SECOND = 1_000_000  # microseconds
MINUTE, HOUR, DAY = 60 * SECOND, 3_600 * SECOND, 86_400 * SECOND

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 12, 30, tzinfo=UTC)
_TOO_LATE, _TOO_EARLY = re.compile(r"\+?\d{5,}-|9999-12-31"), re.compile(r"-\d|0001-01-01")
_MOST = 2**63  # what a column of a store holds lies below
#: What no store keeps: NUL, and halves of characters; in a JSON text either is written as an escape.
_UNKEPT, _ESCAPED = re.compile("[\0\ud800-\udfff]"), re.compile(r"\\u(?:0000|d[89a-f])", re.IGNORECASE)

_KINDS = {str: "text", int: "a number", list: "a list", dict: "an object", bool: "true or false"}


def loaded(text: str) -> object:
    """The value of a JSON text, as `storable`. Raises ValueError, RecursionError."""
    value = json.loads(text)
    return storable(value) if _ESCAPED.search(text) else value


def storable(value):
    """A plain value with a sign in the place of everything that no store keeps. Raises RecursionError."""
    if isinstance(value, str):
        return _UNKEPT.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, dict):
        return {storable(name): storable(each) for name, each in value.items()}
    return [storable(each) for each in value] if isinstance(value, list) else value


def need(row: object, name: str, kind: type, none: bool = False):
    """The value of that name. none: it may be null or absent. Raises BadAnswer when it is of another kind."""
    value = row.get(name) if isinstance(row, dict) else _wrong(row, "an object", name)
    if type(value) is kind is not int:  # as nearly all are
        return value
    if value is None and none:
        return None
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        _wrong(value, _KINDS[kind], name)
    if kind is int and not -_MOST <= value < _MOST:
        _wrong(value, "a number of 64 bits", name)
    return value


class Shape:
    """Several values of an object at once, as `need` gives them one by one. kinds: by name; `kind | None` for one that
    may be null or absent. Objects that have all names are told by the kinds of all their values together, which takes
    a quarter of the time; the others, and wrong ones, go the long way."""

    def __init__(self, **kinds: type):
        either = {name: getattr(kind, "__args__", (kind,)) for name, kind in kinds.items()}
        self._named = [(name, kinds[0], len(kinds) > 1) for name, kinds in either.items()]
        self._pick = itemgetter(*either)
        self._usual = frozenset(product(*either.values()))
        self._numbers = [place for place, (_, kind, _) in enumerate(self._named) if kind is int]

    def of(self, row: object) -> tuple:
        """The values in the order of the names. Raises BadAnswer when one is of another kind."""
        try:
            found = self._pick(row)
        except (KeyError, TypeError, IndexError):
            found = ()
        usual = tuple(map(type, found)) in self._usual
        if usual and all(found[place] is None or -_MOST <= found[place] < _MOST for place in self._numbers):
            return found
        return tuple(need(row, name, kind, none) for name, kind, none in self._named)


def path(row: object, *names: str):
    """A value further in, None where one on the way is null."""
    for name in names:
        if row is None:
            return None
        row = row.get(name) if isinstance(row, dict) else _wrong(row, "an object", name)
    return row


def rows(answer: object, name: str | None = None) -> list[dict]:
    """A list of objects, the answer itself or what it holds under that name."""
    found = answer if name is None else need(answer, name, list)
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        _wrong(found, "a list of objects", name or "the answer")
    return found


def moment(row: object, name: str, none: bool = True) -> int | None:
    """An instant in microseconds."""
    value = need(row, name, str, none)
    return None if value is None else instant(value)


def instant(value: str) -> int:
    """Microseconds of a time as GitHub writes it, from 1970 to 9999: whoever commits says when that was, and one clock
    gone wrong must not stop the reading. Raises BadAnswer."""
    try:
        if len(value) == 20 and value[-1] == "Z" and "1970" <= value[:4] < "9999":
            return int(datetime.fromisoformat(value).timestamp()) * SECOND  # whole seconds, exact as a float
        when = _seldom(value)
    except ValueError:
        _wrong(value, "a time", "a time")
    passed = when - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * SECOND + passed.microseconds


def _seldom(value: str) -> datetime:
    """A time in another zone, with parts of a second, or of no calendar. Raises ValueError."""
    if _TOO_LATE.match(value):
        return _LAST
    when = _EPOCH if _TOO_EARLY.match(value) else datetime.fromisoformat(value)
    if when.tzinfo is None:
        raise ValueError(value)
    return max(when, _EPOCH)


def written(at: int) -> str:
    """Microseconds as GitHub reads a time, to the second below."""
    return datetime.fromtimestamp(at // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def header_date(value: str | None) -> int | None:
    """Microseconds of a Date header, None without a good one."""
    try:
        return int(parsedate_to_datetime(value or "").timestamp()) * SECOND
    except (ValueError, OverflowError):
        return None


def _wrong(value: object, wanted: str, name: str):
    raise BadAnswer(
        f"What answers is not GitHub as documented: {name} is {type(value).__name__} and not {wanted}; check the "
        f"address of the server and whether a proxy answers in its place."
    )
