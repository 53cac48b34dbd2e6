"""What changes are worth as files: Markdown for a decision paper, CSV for a sheet. Both hold every input with where it
comes from, so that nobody has to believe the result."""

import re
from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from assessments import worth_words as words
from assessments.worth import DIFFERENCES, HORIZON, QUANTITIES, Range, Worth
from data import store
from data.improving.worth import FROM_FACTS, OPEN, PROPOSED, STATED, TAKEN, Stated, WorthView
from data.sources.files import to_csv

ORIGINS = {
    FROM_FACTS: "from the facts",
    PROPOSED: "proposed by Milepost, nobody here has said it",
    OPEN: "nobody has said it",
    STATED: "stated here",
    TAKEN: "taken from what was measured on one service",
}
ROWS = pl.Schema(
    {
        **dict.fromkeys(("part", "name", "unit", "kind"), pl.String),
        **dict.fromkeys(("low", "middle", "high"), pl.Float64),
        **dict.fromkeys(("origin", "note"), pl.String),
    }
)


def markdown(view: WorthView) -> str:
    """The whole of it, in the order in which one would tell it."""
    found = view.worth
    lines = [
        f"# What it is worth: {_plain(view.place.name)}",
        "",
        f"{view.teams} of {len(view.place.teams)} teams; facts of {view.weeks} weeks, up to where sources were read.",
        "",
    ]
    if found is None:
        return "\n".join([*lines, "Nothing is measured of these teams yet, so nothing can be said.", ""])
    lines += [words.verdict(found), "", words.curve(found), "", words.drivers(found), ""]
    lines += ["## A year, once the effect is whole", "", *_table(("What", "Middle (nine of ten cases)"), _gains(found))]
    lines += ["", "## What goes in", "", *_table(("What", "Middle (nine of ten cases)"), _costs(found))]
    if found.money is not None:
        lines += ["", f"## In {_plain(view.currency) or 'money'}", "", *_table(("What", "Amount"), _money(view))]
    months = ((f"{month}", words.told(each, " h")) for month, each in words.table(found).items())
    lines += ["", "## Hours together after so many months", "", *_table(("Months", "Hours"), months)]
    lines += ["", "## What decides the result", "", *_table(("Input", "Kind", "At its ends (h)"), _drivers(found))]
    lines += ["", "## Inputs", "", *_table(("Input", "Kind", "Value", "From"), _inputs(view))]
    lines += ["", "## What is not in it", "", *(f"- {each}" for each in (*words.missing(found), *words.NOT_IN_IT))]
    return "\n".join([*lines, "", "## Method", "", words.METHOD, ""])


def csv(view: WorthView) -> str:
    """One row for each input and each result."""
    return to_csv(rows(view))


def rows(view: WorthView) -> pl.DataFrame:
    """Frame ROWS: inputs, then results."""
    return pl.DataFrame([*_input_rows(view), *_result_rows(view)], schema=ROWS, orient="row")


def _input_rows(view: WorthView) -> Iterator[tuple]:
    for key, each in view.stated.items():
        what, one = QUANTITIES[key], each.input
        ends = (None, None, None) if one is None else (one.low, one.value, one.high)
        note = each.note or each.why_not
        yield "input", what.name, what.unit, words.tag(one), *ends, ORIGINS[each.origin], note


def _result_rows(view: WorthView) -> Iterator[tuple]:
    found = view.worth
    if found is None:
        return
    for each in found.differences:
        if each.amount is not None:
            yield _row(DIFFERENCES[each.key], "a year" if each.key == "failures" else "hours a year", each.amount)
    for name, unit, each in (
        ("Work given back", "hours a year", found.given_back), ("Looking after it", "hours a year", found.upkeep),
        ("Learning", "hours", found.learning), ("Slower at the start", "hours", found.slower),
        ("Together after 12 months", "hours", found.after_year),
        (f"Together after {HORIZON} months", "hours", found.after),
        ("Back for each hour put in", f"hours within {HORIZON} months", found.ratio),
    ):  # fmt: skip
        if each is not None:
            yield _row(name, unit, each)
    for month, each in enumerate(found.curve):
        yield _row(f"Together after {month} months", "hours", each, "curve")


def _row(name: str, unit: str, found: Range, part: str = "result") -> tuple:
    return part, name, unit, "", found.low, found.middle, found.high, "", ""


def _gains(found: Worth) -> Iterator[tuple[str, str]]:
    for each in found.differences:
        if each.amount is None:
            yield DIFFERENCES[each.key], "not known"
            continue
        work = "" if each.work is None else f"; work in it: {words.told(each.work, ' h')}"
        yield DIFFERENCES[each.key], words.difference(each.key, each.amount) + work
    yield "Work given back", words.told(found.given_back, " h")


def _costs(found: Worth) -> Iterator[tuple[str, str]]:
    yield "Learning and trying out", words.told(found.learning, " h")
    yield "Slower at the start", words.told(found.slower, " h")
    yield "Looking after what was built, a year", words.told(found.upkeep, " h")


def money(view: WorthView) -> list[tuple[str, str]]:
    """What money makes of it: name and amount; nothing where no price of an hour was stated."""
    found = view.worth.money if view.worth else None
    if found is None:
        return []
    unit = f" {view.currency}".rstrip()
    rows = [
        (f"Gained within {HORIZON} months", words.told(found.gained, unit)),
        (f"Put in within {HORIZON} months", words.told(found.put_in, unit)),
        ("Difference", words.told(found.net, unit)),
    ]
    if found.ratio is not None:
        rows.append(("Return (difference / put in)", words.told(found.ratio, " %", 0.01)))
    if not found.impaired:
        rows.append(("Not in it", "what an hour with a failure costs: not stated, or failures are not known"))
    if not found.tools:
        rows.append(("Not in it", "tools and services: not stated"))
    return rows


def _money(view: WorthView) -> Iterator[tuple[str, str]]:
    yield from ((name, _plain(amount)) for name, amount in money(view))


def _drivers(found: Worth) -> Iterator[tuple[str, str, str]]:
    for each in found.drivers:
        yield QUANTITIES[each.key].name, each.kind, " / ".join(words.together(each.at_low, each.at_high))


def _inputs(view: WorthView) -> Iterator[tuple[str, str, str, str]]:
    for key, each in view.stated.items():
        what = QUANTITIES[key]
        yield what.name, words.tag(each.input), _value(each), _plain(origin(each))


def origin(each: Stated) -> str:
    """Where it comes from, with the reason and the day."""
    said = [ORIGINS[each.origin]]
    if each.set_at is not None:
        said[0] += f" on {store.from_us(each.set_at):%Y-%m-%d}"
    return ": ".join([*said, each.note] if each.note else said)


def _value(each: Stated) -> str:
    return each.why_not if each.input is None else words.given(QUANTITIES[each.key], each.input)


def _table(head: Sequence[str], body: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in body:
        yield f"| {' | '.join(row)} |"


def _plain(text: str) -> str:
    """Shown by Markdown exactly as it stands."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|<>$~^=&:@])", r"\\\1", " ".join(text.split()))
