"""What every form of a report says in its head and its foot."""

import re

from data import store
from data.reporting.document import Report

DEMO = "Demo: every number in it is invented"
#: By which programs find addresses in a text: `://`, the @ of an e-mail address, `www.`, a dot before letters. What
#: comes after decides, so that an invisible joiner stands there.
_ALIVE = re.compile(r"(?<=:)/(?=/)|@|(?i:www)(?=\.)|(?<=\w)[.\u3002\uff0e\uff61](?=[^\W\d_])")
JOINER = "\N{WORD JOINER}"


def unlinked(text: str) -> str:
    """The same to the eye; no program that looks for addresses finds one."""
    return _ALIVE.sub(rf"\g<0>{JOINER}", text)


def about(report: Report) -> str:
    """Of whom, from when to when, made when."""
    parts = [report.organization] if report.kind == "team" else []
    days = f"{report.quarter.days}, so far" if report.so_far else report.quarter.days
    parts += [days, f"made on {made(report)}", *([DEMO] if report.is_demo else [])]
    return " · ".join(parts)


def foot(report: Report) -> str:
    """One line at the end of each page."""
    demo = " · demo" if report.is_demo else ""
    return f"Milepost · {report.title}{demo} · made on {made(report)}"


def made(report: Report) -> str:
    at = store.from_us(report.made_at)
    return f"{at.day} {at:%B %Y}, {at:%H:%M} UTC"
