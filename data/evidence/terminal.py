"""What a clone shows, for a terminal: wide with columns, narrow line by line. Its texts are shown as text."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from assessments import maturity
from assessments.evidence import Outcome, Result
from data.evidence.shown import Shown
from data.evidence.tools import Said
from data.printing import safe

#: Columns from which on a table is drawn.
WIDE = 100
_STYLES = {
    Outcome.NOT_MET: "bold red",
    Outcome.PARTLY: "yellow",
    Outcome.MET: "green",
    Outcome.UNKNOWN: "dim",
    Outcome.NOT_APPLICABLE: "dim",
}
#: In which they are listed.
_ORDER = (Outcome.NOT_MET, Outcome.PARTLY, Outcome.UNKNOWN, Outcome.MET)


def show(shown: Shown, console: Console) -> None:
    """Prints it: what to do first, then all findings by family, then the capabilities."""
    day = datetime.fromtimestamp(shown.as_of // 1_000_000, UTC)
    console.print(Text.assemble((safe(shown.name), "bold"), f"  at {shown.commit[:10]}, {day:%Y-%m-%d}"))
    console.print(Text(_counted(shown)))
    if shown.base:
        _changes(shown, console)
    _first(shown, console)
    for family, results in groupby(shown.evaluation.results, key=lambda each: each.probe.family):
        _family(family, list(results), console)
    _capabilities(shown, console)
    for said in shown.others:
        _other(said, console)


def _counted(shown: Shown) -> str:
    counts = shown.counts()
    return ", ".join(f"{counts[outcome]} {outcome}" for outcome in (*_ORDER, Outcome.NOT_APPLICABLE)) + "."


def _title(text: str, console: Console) -> None:
    console.print()
    console.print(Text(text, style="bold"))


def _lines(console: Console, indent: int, *lines: Text) -> None:
    for line in lines:
        if line.plain:
            console.print(Padding(line, (0, 0, 0, indent), expand=False))


def _changes(shown: Shown, console: Console) -> None:
    _title(f"Other than at {shown.base[:10]}", console)
    if not shown.changes:
        _lines(console, 2, Text("Nothing of this differs."))
    for each in shown.changes:
        after = each.result.finding.outcome
        _lines(
            console,
            2,
            Text.assemble(f"{each.result.probe.title}: {each.before.outcome}, now ", (after, _STYLES[after])),
        )


def _first(shown: Shown, console: Console) -> None:
    _title("What to do first", console)
    if not shown.first:
        _lines(console, 2, Text("Nothing of what was looked for is missing."))
    for place, each in enumerate(shown.first, 1):
        head = Text.assemble(f"{place}. ", (each.probe.title, "bold"), f" ({each.finding.effort}, {each.probe.key})")
        _lines(console, 1, head)
        _lines(
            console,
            4,
            Text(safe(each.finding.because)),
            Text(safe(each.finding.remedy), style="green"),
            Text(", ".join(_places(each, 3)), style="dim"),
        )


def _places(result: Result, most: int) -> Iterator[str]:
    """The first files that show it, with their lines, and how many more there are."""
    found = result.finding
    named = [f"{each.path}:{each.line}" if each.line else each.path for each in found.evidence if each.path]
    yield from (safe(name) for name in named[:most])
    if named and (more := max(found.total, len(found.evidence)) - most) > 0:
        yield f"and {more:,} more"


def _family(family: str, results: list[Result], console: Console) -> None:
    out = [each for each in results if each.finding.outcome is Outcome.NOT_APPLICABLE]
    shown = sorted((each for each in results if each not in out), key=lambda each: _ORDER.index(each.finding.outcome))
    _title(family.replace("-", " ").capitalize(), console)
    if console.width >= WIDE:
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False, expand=True)
        for ratio in (None, 2, 3, 2):
            table.add_column(overflow="fold", ratio=ratio, width=8 if ratio is None else None)
        for each in shown:
            outcome = each.finding.outcome
            where = "\n".join(_places(each, 2)) if outcome is not Outcome.MET else ""
            table.add_row(
                Text(outcome, style=_STYLES[outcome]),
                Text.assemble(each.probe.title, (f" {each.probe.key}", "dim")),
                Text(safe(each.finding.because), style="dim"),
                Text(where, style="dim"),
            )
        if shown:
            console.print(Padding(table, (0, 0, 0, 2)))
    else:
        for each in shown:
            outcome, key = each.finding.outcome, (f" {each.probe.key}", "dim")
            _lines(console, 2, Text.assemble((outcome, _STYLES[outcome]), f"  {each.probe.title}", key))
            _lines(console, 4, Text(safe(each.finding.because), style="dim"))
            if outcome is not Outcome.MET:
                _lines(console, 4, Text("\n".join(_places(each, 2)), style="dim"))
    if out:
        names = ", ".join(each.probe.key for each in out)
        _lines(console, 2, Text(f"Not applicable: {names}", style="dim"))


def _capabilities(shown: Shown, console: Console) -> None:
    _title("Capabilities, by the repository alone", console)
    _lines(
        console,
        2,
        Text("Statements 1 to 4 of each, as far as files can tell; the team's word is missing.", style="dim"),
    )
    for each in shown.standings:
        told = ", ".join(f"{judged.statement.level} {judged.verdict}" for judged in _told(each.statements))
        level = f" ({maturity.level_of(each)})" if each.told is not None else ""
        _lines(console, 2, Text.assemble(f"{each.capability.name}: ", (told, "dim"), level))


def _told(statements: Iterable[maturity.Judged]) -> Iterator[maturity.Judged]:
    """Those that a repository can tell something of."""
    for judged in statements:
        if any(item.lane == maturity.REPOSITORY for item, _ in judged.seen):
            yield judged


def _other(said: Said, console: Console) -> None:
    _title(f"What {safe(said.tool or said.origin)} says, beside", console)
    if said.problem:
        _lines(console, 2, Text(safe(said.problem)))
    elif not said.evaluation.results:
        _lines(console, 2, Text("Nothing was found."))
    for each in said.evaluation.results if said.evaluation else ():
        outcome = each.finding.outcome
        _lines(console, 2, Text.assemble((outcome, _STYLES[outcome]), f"  {safe(each.probe.key)}"))
        _lines(console, 4, Text(safe(each.finding.because)), Text(", ".join(_places(each, 2)), style="dim"))
