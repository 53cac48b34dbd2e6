"""The report: what was asked of whom, how long it took, and whether all said the same. Markdown."""

import os
import platform
import sqlite3
import textwrap
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import psycopg
from sqlalchemy import make_url

from benchmarks import arrivals, small, way_sql
from benchmarks.measure import Figure
from benchmarks.questions import NUMBERS
from benchmarks.stores import SERVER

if TYPE_CHECKING:
    from benchmarks.found import Found

WAYS = {"ours": "Milepost", "sql": "(b) dashboard SQL", "orm": "(a) ORM loop", "often": "(b) with the join often found"}
NAMES = {"lead_hours": "lead time", "deployments": "deployments", "fail_share": "fail share",
         "recovery_hours": "recovery", "all": "all four"}  # fmt: skip
#: Of question 1 by kind of store: so many times faster than (b). The others: at most so many seconds.
FASTER = {"SQLite": 20, "PostgreSQL": 10}
AT_MOST = {"team": 0.020, "teams": 0.500, "page": 0.005, "few-whole": 1.0, "many-whole": 1.0}
LONGER_AT_MOST = 1.3


def versions(server: str | None) -> dict[str, str]:
    """The machine in general terms. server: the URL of the PostgreSQL server."""
    found = {
        "processor cores": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.0f} GB",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "Polars": pl.__version__,
        "numpy": np.__version__,
        "PostgreSQL": "left out or not found",
    }
    if server:
        plain = make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain) as connection:
            found["PostgreSQL"] = connection.execute("show server_version").fetchone()[0].split()[0]
    return found


def render(found: "Found") -> str:
    """The whole report."""
    parts = [
        "# Milepost beside what people build themselves",
        _introduction(found),
        "## Targets\n\n" + _targets(found),
        "## 1. The whole organisation, week by week\n\n" + _whole(found),
        *(_question(found, key, title) for key, title in (("team", "2. One team"), ("teams", "3. Twenty teams"))),
        "## 4. A thousand new facts\n\n" + _arriving(found),
        _question(found, "page", "5. One page"),
        "## Do they say the same?\n\n" + _agreements(found),
        "## How each way works\n\n" + _ways(),
    ]
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def ready(found: "Found") -> bool:
    """Whether enough has been asked for a report: of each store the SQL beside us, and both lengths of history."""
    asked = found.asked.values()
    return set(found.asked) == set(found.lengths) and all(("whole", "sql") in each.figures for each in asked)


def _introduction(found: "Found") -> str:
    reference = [seconds for run in found.reference for seconds in run]
    several = ", in several parts, each with Milepost beside the rivals"
    parts = several if len(found.reference) > 1 else ""
    rows = [["", *found.asked]]
    for name in ("service", "change", "deployment", "pipeline_run", "trunk_commit", "incident", "teams"):
        rows.append([_word(name), *(f"{asked.contents[name]:,}" for asked in found.asked.values())])
    rows.append(["on disk", *(f"{asked.megabytes:,.0f} MB" for asked in found.asked.values())])
    machine = ", ".join(f"{name} {value}" for name, value in found.versions.items())
    made = (
        f"Made by `make bench FACTOR={found.options.factor:g}` (`python -m benchmarks.compare`). Three ways answer the",
        "same questions of the same store: Milepost's own functions, (a) a loop over ORM objects, (b) the SQL of a",
        "dashboard. (a) and (b) compute the four numbers only (median change lead time, deployments, share of failed",
        "deployments, median recovery); Milepost gives the same with 95 % intervals, states (none happened, too few,",
        "not collected), counts, and the five metrics that it has beside them.",
    )
    machine = (
        f"Machine: {machine}. A fixed piece of work in Python and numpy (`benchmarks/reference.py`), timed before and",
        f"after every run, took between {min(reference):.3f} s and {max(reference):.3f} s: where it is slower, so is",
        "everything here.",
    )
    measured = (
        f"Times are the best of {found.options.runs} runs, or of fewer where an answer takes long (how many stands in",
        f"brackets){parts}, measured in a process of its own for each way and store. Cold means with a",
        "new connection and nothing kept in the process; the operating system may have the file in memory. A rival",
        f"that takes more than {found.options.limit:g} s is stopped.",
    )
    return "\n\n".join([_text(*made), _table(rows), _text(*machine), _text(*measured)])


def _text(*lines: str) -> str:
    """A paragraph."""
    return textwrap.fill(" ".join(lines), 120, break_long_words=False, break_on_hyphens=False)


def _word(table: str) -> str:
    return {"pipeline_run": "pipeline runs", "trunk_commit": "commits"}.get(table, table.removesuffix("s") + "s")


def _table(rows: list[list[str]]) -> str:
    """The first row is the head; the first column is text, the others are figures."""
    head, *body = rows
    line = "|---|" + "---:|" * (len(head) - 1)
    return "\n".join([f"| {' | '.join(head)} |", line, *(f"| {' | '.join(row)} |" for row in body)])


# Figures


def _seconds(figure: Figure | None, limit: float) -> str:
    if figure is None:
        return "not asked"
    if figure.seconds is None:
        return f"> {limit:g} s"
    text = f"{_time(figure.seconds)} ({figure.runs})"
    if figure.of < 1:
        return f"> {limit:g} s; {figure.of:.0%} of the services: {text}"
    return text


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s" if seconds < 100 else f"{seconds:.0f} s"


def _ratio(figure: Figure | None, ours: Figure | None, limit: float) -> str:
    """How many times as long as ours."""
    if figure is None or ours is None or ours.seconds is None:
        return ""
    beside = figure.beside or ours.seconds
    if figure.seconds is None or figure.of < 1:
        return f"> {limit / beside:,.0f}"
    return f"{figure.seconds / beside:,.1f}"


def _rows(found: "Found", key: str, lines: list[tuple[str, str, str]], memory: bool = False) -> list[list[str]]:
    """A table of ways by stores; lines: title, way, and the question whose figure stands there."""
    limit = found.options.limit
    head = [""]
    for kind in found.asked:
        head += [kind, "times ours", *(["peak memory"] if memory else [])]
    rows = [head]
    for title, way, asked_key in lines:
        row = [title]
        for asked in found.asked.values():
            figure, ours = asked.figures.get((asked_key, way)), asked.figures.get((key, "ours"))
            row += [_seconds(figure, limit), _ratio(figure, ours, limit)]
            if memory:
                row.append(f"{figure.megabytes:,.0f} MB" if figure and figure.megabytes else "")
        rows.append(row)
    return rows


def _whole(found: "Found") -> str:
    lines = [
        ("Milepost, from the stored weekly parts, cold", "ours", "whole"),
        ("Milepost, everything anew from the facts, and stored", "ours", "anew"),
        (f"{WAYS['sql']}, cold", "sql", "whole"),
        (f"{WAYS['often']}, cold", "often", "whole"),
        (f"{WAYS['orm']}, cold", "orm", "whole"),
    ]
    idle = "; ".join(
        f"{kind} {asked.idle['ours']:,.0f} MB (Milepost), {asked.idle['sql']:,.0f} MB (SQL)"
        for kind, asked in found.asked.items()
    )
    title = next(iter(found.asked.values())).titles["whole"]
    memory = (
        f"Peak memory is that of the process that asks, with its libraries: before the first question it has {idle}.",
        "What a PostgreSQL server needs besides is not in it. Everything anew is written to the store as well: derived",
        "rows, cells and parts.",
    )
    return f"{title}.\n\n{_table(_rows(found, 'whole', lines, memory=True))}\n\n{_text(*memory)}"


def _question(found: "Found", key: str, heading: str) -> str:
    title = next(iter(found.asked.values())).titles[key]
    lines = [(WAYS[way], way, key) for way in ("ours", "sql", "orm")]
    return f"## {heading}\n\n{title}, over an open connection.\n\n{_table(_rows(found, key, lines))}"


def _arriving(found: "Found") -> str:
    asked = next(iter(found.asked.values()))
    services = {spread: asked.figures[f"{spread}-whole", "ours"].rows for spread in ("few", "many")}
    what = (
        f"{arrivals.FACTS:,} facts (changes, deployments, incidents; the commits of the changes come with them) are",
        "saved in one transaction. Milepost then brings everything derived up to date. The rivals keep nothing, so",
        "they answer again: question 1, or that of one team. Saving is in every figure.",
    )
    blocks = [_text(*what)]
    for spread in ("few", "many"):
        lines = [
            ("Milepost, until everything derived is up to date", "ours", f"{spread}-whole"),
            ("(b), until question 1 is answered", "sql", f"{spread}-whole"),
            ("(a), until question 1 is answered", "orm", f"{spread}-whole"),
            ("(b), until one team is answered", "sql", f"{spread}-team"),
            ("(a), until one team is answered", "orm", f"{spread}-team"),
        ]
        blocks.append(f"Of {spread} services ({services[spread]}):\n\n{_table(_rows(found, f'{spread}-whole', lines))}")
    saving = {
        kind: [_time(each.figures[f"{spread}-whole", "ours"].saving) for spread in ("few", "many")]
        for kind, each in found.asked.items()
    }
    said = "; ".join(f"{kind} {' and '.join(times)}" for kind, times in saving.items())
    blocks.append(f"Of Milepost's time, saving took: {said}.")
    blocks.append(_lengths(found))
    return "\n\n".join(blocks)


def _lengths(found: "Found") -> str:
    limit = found.options.limit
    head = ["", *(f"{kind}, {what}" for kind in found.lengths for what in ("short", "ten times longer", "ratio"))]
    rows = [head]
    lines = [("Milepost, few services", "few", "ours"), ("Milepost, many services", "many", "ours"),
             ("(b), until question 1 is answered", "many", "sql"),
             ("(a), until question 1 is answered", "many", "orm")]  # fmt: skip
    for title, spread, way in lines:
        row = [title]
        for short, long in found.lengths.values():
            one, ten = (each.figures.get((f"{spread}-whole", way)) for each in (short, long))
            row += [_seconds(one, limit), _seconds(ten, limit), _ratio(ten, one, limit)]
        rows.append(row)
    short, long = next(iter(found.lengths.values()))
    sizes = [
        f"{each.contents['weeks']:,} weeks with {each.contents['change']:,} changes and"
        f" {each.contents['pipeline_run']:,} runs"
        for each in (short, long)
    ]
    text = (
        f"The same facts in two stores of {short.contents['service']:,} services that differ in the length of their",
        f"history: {', and '.join(sizes)}. Question 1 asks for the last {short.contents['weeks']:,} weeks of both.",
    )
    return f"{_text(*text)}\n\n{_table(rows)}"


# Targets


def _targets(found: "Found") -> str:
    rows = [["", "target", *(f"{kind} | met" for kind in found.asked)]]
    line = ["Question 1, cold, beside (b)", " / ".join(f">= {times}x on {kind}" for kind, times in FASTER.items())]
    for kind, asked in found.asked.items():
        ours, theirs = asked.figures["whole", "ours"], asked.figures["whole", "sql"]
        least = (theirs.seconds or found.options.limit) / ours.seconds
        line.append(f"{_ratio(theirs, ours, found.options.limit)}x | {_met(least >= FASTER[kind])}")
    rows.append(line)
    line = ["The same beside (b) with the join often found", "none"]
    for asked in found.asked.values():
        ratio = _ratio(asked.figures.get(("whole", "often")), asked.figures["whole", "ours"], found.options.limit)
        line.append(f"{ratio}x | " if ratio else "not asked | ")
    rows.append(line)
    names = {"team": "One team, 90 days", "teams": "20 teams, 365 days", "few-whole": "1,000 new facts, few services",
             "many-whole": "1,000 new facts, many services", "page": "One page from cells"}  # fmt: skip
    for key, name in names.items():
        line = [name, f"<= {_time(AT_MOST[key]).replace('.0 ms', ' ms').replace('.00 s', ' s')}"]
        for asked in found.asked.values():
            ours = asked.figures[key, "ours"]
            line.append(f"{_time(ours.seconds)} | {_met(ours.seconds <= AT_MOST[key])}")
        rows.append(line)
    for spread in ("few", "many"):
        line = [f"1,000 new facts, {spread} services, at ten times the history", f"<= {LONGER_AT_MOST}x"]
        for short, long in found.lengths.values():
            one, ten = (each.figures[f"{spread}-whole", "ours"] for each in (short, long))
            longer = ten.seconds / one.seconds
            line.append(f"{longer:.2f}x | {_met(longer <= LONGER_AT_MOST)}")
        rows.append(line)
    kinds = "---:|---|" * len(found.asked)
    body = [f"| {' | '.join(row)} |" for row in rows]
    note = "" if found.options.factor >= 1 else "\n\nThe targets are meant for factor 1; this run is smaller."
    return "\n".join([body[0], f"|---|---|{kinds}", *body[1:]]) + note


def _met(kept: bool) -> str:
    return "met" if kept else "**not met**"


# Agreement


def _agreements(found: "Found") -> str:
    what = (
        "The share of rows (a service and week, or a service) with equal numbers, compared with Milepost. Equal means",
        "that both have none or that they differ by rounding only. Where Milepost gives no number because there are",
        "too few values, nothing is compared.",
    )
    by_hand = (
        f"On a small store made by hand ({small.ALIKE} services, {small.WEEKS} weeks) where the definitions are the",
        "same, all must be equal:",
    )
    blocks = [
        _text(*what),
        _text(*by_hand),
        _shares([[f"{kind}, {WAYS[way]}", shares] for kind, ways in found.alike.items()
                 for way, shares in ways.items()]),
        "One service for each thing on which the definitions part (all four numbers, share of equal weeks):",
        _parting(found),
        "On the large store, which has all of these:",
        _shares([[f"{kind}, {WAYS[way]}: {asked.titles[key]}", shares] for kind, asked in found.asked.items()
                 for (key, way), shares in sorted(asked.equal.items())]),
    ]  # fmt: skip
    return "\n\n".join(blocks)


def _shares(rows: list) -> str:
    body = [[title, *(f"{shares[name]:.2%}" for name in (*NUMBERS, "all"))] for title, shares in rows]
    return _table([["", *(NAMES[name] for name in (*NUMBERS, "all"))], *body])


def _parting(found: "Found") -> str:
    by_way = next(iter(found.apart.values()))
    rows = [["What happens", "(b)", "(a)", "differs in", "Milepost"]]
    for what, ways in by_way.items():
        differs = [NAMES[name] for name in NUMBERS if any(ways[way][name] < 1 for way in ("sql", "orm"))]
        rows.append([what, *(f"{ways[way]['all']:.0%}" for way in ("sql", "orm")), ", ".join(differs), small.WHY[what]])
    head, _, *body = _table(rows).splitlines()
    return "\n".join([head, "|---|---:|---:|---|---|", *body])


def _ways() -> str:
    indexes = "; ".join(f"`{columns}`" for columns in way_sql.INDEXES.values())
    server = ", ".join(f"{name} {value}" for name, value in SERVER.items())
    items = (
        (
            "- **Milepost**: `queries.weekly`, `derive.measures`, `queries.cells` and `derive.refresh`. It derives",
            "when facts come, and reads what it derived; what that costs is question 4 and everything anew.",
        ),
        (
            "- **(a)** `benchmarks/way_orm.py`: objects of SQLModel, one service after the other, Python loops,",
            "`statistics.median`.",
        ),
        (
            "- **(b)** `benchmarks/way_sql.py`: one statement with window functions. A deployment ships the changes",
            "between its trunk position and that of the deployment before it, as DevLake compares neighbouring",
            "deployments; an incident belongs to the last success within 24 hours before it. DevLake does this linking",
            "in jobs of its own before a board asks; here it is part of the question, as nothing is kept. A board",
            "sends a statement for each of its panels; here one answers all four numbers, which is kinder to (b).",
            f"Added: indexes on {indexes}, and fresh statistics (`ANALYZE`).",
        ),
        (
            "- **(b) with the join often found**: the same, but each change is joined to the earliest of all",
            "deployments at or above its position. It means the same, is what one finds more often, and compares every",
            "change with every later deployment.",
        ),
        (
            f"- PostgreSQL is a server on this machine ({server}; not flushed to disk). SQLite is as Milepost opens",
            "it; (b) has its own statistics there, which Milepost does without.",
        ),
    )
    return "\n".join(_text(*item).replace("\n", "\n  ") for item in items)
