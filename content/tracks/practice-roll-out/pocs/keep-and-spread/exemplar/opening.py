"""When a shop is open: its hours by weekday, with days on which it stays closed."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time

Hours = Mapping[int, tuple[time, time]]  # by weekday, 0 is Monday; from, until


def is_open(at: datetime, hours: Hours, closed: Collection[date] = ()) -> bool:
    """Whether it is open at that moment. The minute at which it closes is not part of its hours any more."""
    if at.date() in closed or at.weekday() not in hours:
        return False
    opens, closes = hours[at.weekday()]
    if closes <= opens:
        raise ValueError("a shop closes after it opens, on the same day")
    return opens <= at.time() < closes
