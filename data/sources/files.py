"""Deployments, incidents and changes from files: CSV, JSON lines or a JSON array. The columns: docs/imports.md."""

import csv
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

import polars as pl

from assessments.delivery.facts import INSTANT
from data.sources.files_columns import KINDS, FileError
from data.sources.files_reading import Progress, read
from data.sources.files_values import ERRORS, Checked, TimeZoneNeeded, value

__all__ = ["KINDS", "FileError", "Parsed", "TimeZoneNeeded", "csv_safe", "parse", "template", "time_zones", "to_csv"]

#: What a spreadsheet may take for a formula, also in full width; an apostrophe before one is ours and gets another.
_FORMULA = tuple("=+-@＝＋－＠\t\r\n")


@dataclass(frozen=True)
class Parsed:
    """What a file says. `frame` (schema of its kind) holds the rows without errors; `errors` one line for each cell
    that cannot be used (row, column, value, problem); `rows` how many rows the file has; `bad_rows` how many of them
    have errors; `notes` sentences a person should read before saving."""

    kind: str
    frame: pl.DataFrame
    errors: pl.DataFrame
    rows: int
    notes: tuple[str, ...] = field(default=())

    @property
    def bad_rows(self) -> int:
        return self.errors["row"].n_unique()

    @property
    def latest(self) -> datetime | None:
        """The latest moment that the rows speak of, UTC."""
        moments = [self.frame[name].max() for name, dtype in self.frame.schema.items() if dtype == INSTANT]
        return max((moment for moment in moments if moment is not None), default=None)


def parse(
    kind: str,
    source: Path | bytes,
    time_zone: str | None = None,
    now: datetime | None = None,
    progress: Progress = lambda rows: None,
) -> Parsed:
    """The facts in a file and what is wrong with it, row by row.

    `kind` is a key of KINDS. `time_zone` (IANA name) is where times without an offset were written down; without it
    they are errors. Times more than a day after `now` are errors. `progress` is told the rows read so far.

    Raises FileError where the file as a whole cannot be used, and its subclass TimeZoneNeeded where a column has only
    times without an offset and no `time_zone` was chosen.
    """
    what = KINDS[kind]
    if time_zone is not None and time_zone not in time_zones():
        raise FileError(f"The time zone {time_zone[:40]!r} is not known: choose one such as Europe/Berlin.")
    raw = read(what, source, progress)
    checked = Checked(what, raw.frame, {column.name: header for header, column in raw.columns.items()})
    now = now or datetime.now(UTC)
    values = {column.target: value(checked, column, time_zone, now) for column in what.columns}
    frame = pl.DataFrame(values).with_columns(raw.frame["row"])
    _check_needed(checked, frame)
    for earlier, later in what.in_order:
        wrong = frame[what.column(earlier).target] > frame[what.column(later).target]
        checked.fail(later, wrong, f"This lies before {checked.headers.get(earlier, earlier)}: check both times.")
    frame, notes = _COMPLETED[kind](frame, checked)

    faults = pl.DataFrame(raw.faults, schema=ERRORS, orient="row")
    errors = pl.concat([faults, *checked.errors]).sort("row", maintain_order=True)
    named = frame.filter(pl.col(what.id).is_not_null())
    kept = named.unique(what.id, keep="last", maintain_order=True)
    if repeated := len(named) - len(kept):
        notes.append(f"Rows with an id that comes again further down: {repeated:,}; the last row of each id counts.")
    kept = kept.join(errors.select("row").unique(), on="row", how="anti", maintain_order="left")
    return Parsed(kind, kept.select(*what.schema).cast(dict(what.schema)), errors, raw.rows, (*raw.notes, *notes))


def _check_needed(checked: Checked, frame: pl.DataFrame) -> None:
    """Cells that may not be empty. Deployments that did not run to an end need no finish."""
    kind = checked.kind
    for group in kind.needed:
        empty = pl.select(pl.all_horizontal(checked.text(name).is_null() for name in group)).to_series()
        if group == ("finished_at",):
            empty &= frame["status"].fill_null("success").is_in(["success", "failure"])
        name = next((name for name in group if name in checked.headers), group[0])
        checked.fail(name, empty, f"{' or '.join(group)} is empty, and {kind.name} need it.")


def _deployments(frame: pl.DataFrame, checked: Checked) -> tuple[pl.DataFrame, list[str]]:
    notes = []
    if "status" not in checked.headers and len(frame):
        notes.append("There is no column status: every deployment of this file counts as a success.")
        frame = frame.with_columns(status=pl.lit("success"))
    if frame["sha"].null_count() == len(frame) and len(frame):
        notes.append("No deployment of this file names its commit: its lead time cannot be known.")
    return frame.with_columns(kind=pl.lit("import"), position=pl.lit(None), on_trunk=pl.lit(None)), notes


def _incidents(frame: pl.DataFrame, checked: Checked) -> tuple[pl.DataFrame, list[str]]:
    return frame.with_columns(pl.col("title").fill_null(pl.col("incident_id"))), []


def _changes(frame: pl.DataFrame, checked: Checked) -> tuple[pl.DataFrame, list[str]]:
    number = pl.concat_str(pl.lit("#"), pl.col("number").cast(pl.String))
    by_number = pl.col("number").is_not_null()
    return frame.with_columns(
        change_id=pl.coalesce(number, "merge_sha"),
        kind=pl.when(by_number).then(pl.lit("pull_request")).otherwise(pl.lit("direct_push")),
        title=pl.col("title").fill_null(""),
        position=pl.lit(None),
    ), []


_COMPLETED = {"deployments": _deployments, "incidents": _incidents, "changes": _changes}


@cache
def time_zones() -> tuple[str, ...]:
    """The names of time zones a person may choose from, sorted: those that both Python and Polars know."""
    return tuple(sorted(name for name in available_timezones() if _known(name)))


def _known(name: str) -> bool:
    try:
        pl.select(pl.lit(datetime(2025, 1, 1)).dt.replace_time_zone(name))
    except pl.exceptions.PolarsError:
        return False
    return True


def csv_safe(text: str) -> str:
    """Text as a cell that no spreadsheet takes for a formula; reading it back as an import gives the text again."""
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA) else text


def to_csv(frame: pl.DataFrame) -> str:
    """A frame as CSV for people: formulas neutralised, lists as lines, times as ISO 8601 with offset."""
    cells = []
    for name, dtype in frame.schema.items():
        column = pl.col(name)
        if isinstance(dtype, pl.List):
            column = column.list.join("\n")
        elif isinstance(dtype, pl.Datetime):
            column = column.dt.to_string("%Y-%m-%dT%H:%M:%S%.6f%:z" if dtype.time_zone else "%Y-%m-%dT%H:%M:%S%.6f")
        if isinstance(dtype, pl.List) or dtype == pl.String:
            column = pl.when(column.str.contains(r"^'*[=+\-@＝＋－＠\t\r\n]")).then("'" + column).otherwise(column)
        cells.append(column.alias(name))
    return frame.select(cells).write_csv()


def template(kind: str) -> str:
    """A CSV to begin from: the header and two example rows."""
    columns = KINDS[kind].columns
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(column.name for column in columns)
    for example in (0, 1):
        writer.writerow(csv_safe(column.examples[example]) for column in columns)
    return out.getvalue()
