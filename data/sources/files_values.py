"""From cells of text to facts: times, states, commits, numbers, links; every cell that cannot be read is an error."""

from datetime import UTC, datetime, timedelta

import polars as pl

from assessments.delivery.facts import INSTANT
from data.sources.files_columns import Column, FileError, Kind
from data.sources.files_reading import MAX_CELL

STATUSES = {
    "success": "success successful succeeded ok pass passed done complete completed deployed finished",
    "failure": "failure fail failed error errored broken",
    "cancelled": "cancelled canceled cancel aborted stopped",
    "skipped": "skipped skip",
    "in_progress": "in_progress running started pending queued waiting",
}
_STATUS_OF = {word.replace("_", ""): status for status, words in STATUSES.items() for word in words.split()}
_TRUTHS = {
    **dict.fromkeys(("yes", "y", "true", "t", "1", "x"), True),
    **dict.fromkeys(("no", "n", "false", "f", "0"), False),
}
_ISO = (
    r"^(?<y>\d{4})-?(?<m>0[1-9]|1[0-2])-?(?<d>0[1-9]|[12]\d|3[01])(?:[Tt]| +)(?<h>[01]\d|2[0-3]):?(?<i>[0-5]\d)"
    r"(?::?(?<s>[0-5]\d)(?:[.,](?<f>\d{1,9}))?)?"
    r" ?(?<z>[Zz]|UTC|GMT|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?$"
)
_EPOCH = r"^\d{1,14}(?:\.\d{1,9})?$"
_DAY = r"^\d{4}-\d{1,2}-\d{1,2}$"
_COMMIT = r"^[0-9a-f]{7,64}$"
_LINK = r"^https?://[^\s/@\\]+(?:/\S*)?$"
_MILLISECONDS_FROM = 1e11  # as seconds this would be the year 5138, as milliseconds it is 1973
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

ERRORS = pl.Schema({"row": pl.Int64, "column": pl.String, "value": pl.String, "problem": pl.String})


class TimeZoneNeeded(FileError):
    """A column has only times without an offset: the person must say which time zone they are in."""


class Checked:
    """The cells of one file while they are read: `frame` gains typed columns, `errors` the cells that cannot be."""

    def __init__(self, kind: Kind, cells: pl.DataFrame, headers: dict[str, str]):
        self.kind, self.cells, self.headers = kind, cells, headers  # headers: column name -> as the file calls it
        self.errors: list[pl.DataFrame] = []
        self.rows = cells["row"]

    def fail(self, name: str, where: pl.Series, problem: str) -> None:
        """Record an error for each row where `where` is true."""
        if not where.fill_null(False).any():
            return
        shown = self.cells[name] if name in self.cells.columns else pl.repeat("", len(self.rows), eager=True)
        found = pl.DataFrame({"row": self.rows, "value": shown}).filter(where.fill_null(False))
        self.errors.append(
            found.select(
                "row",
                pl.lit(self.headers.get(name, name)).alias("column"),
                pl.col("value").fill_null("").str.slice(0, 80),
                pl.lit(problem).alias("problem"),
            ).cast(dict(ERRORS))
        )

    def text(self, name: str) -> pl.Series:
        """The cells of a column; all null where the file has no such column."""
        if name in self.cells.columns:
            return self.cells[name]
        return pl.repeat(None, len(self.rows), dtype=pl.String, eager=True)


def value(checked: Checked, column: Column, time_zone: str | None, now: datetime) -> pl.Series:
    """The typed values of one column; cells that cannot be read are recorded as errors and null.

    Raises TimeZoneNeeded.
    """
    text = checked.text(column.name)
    checked.fail(column.name, text.str.len_chars() > MAX_CELL, f"This is longer than {MAX_CELL:,} characters.")
    checked.fail(column.name, text.str.contains("\0", literal=True), "This holds a NUL character: remove it.")
    text = text.to_frame("t").select(pl.when(pl.col("t").str.len_chars() <= MAX_CELL).then("t"))["t"]
    if column.form == "instant":
        return _instants(checked, column.name, text, time_zone, now)
    return _FORMS[column.form](checked, column.name, text)


def _plain(checked: Checked, name: str, text: pl.Series) -> pl.Series:
    # Our own exports put an apostrophe before text that a spreadsheet would compute: take one off again.
    return text.str.replace(r"^'('*[=+\-@＝＋－＠\t\r\n])", "$1")


def _mapped(checked: Checked, name: str, text: pl.Series, known: dict, dtype, problem: str) -> pl.Series:
    plain = text.str.to_lowercase().str.replace_all(r"[\s_-]+", "")
    result = plain.replace_strict(known, default=None, return_dtype=dtype)
    checked.fail(name, text.is_not_null() & result.is_null(), problem)
    return result


def _status(checked: Checked, name: str, text: pl.Series) -> pl.Series:
    accepted = "; ".join(f"{status} ({words})" for status, words in STATUSES.items())
    if name in checked.cells.columns:
        checked.fail(name, text.is_null(), "The status is empty: write success, failure or cancelled for example.")
    return _mapped(checked, name, text, _STATUS_OF, pl.String, f"This status is not known: use one of {accepted}.")


def _truth(checked: Checked, name: str, text: pl.Series) -> pl.Series:
    return _mapped(checked, name, text, _TRUTHS, pl.Boolean, "This is neither yes nor no.")


def _matching(checked: Checked, name: str, text: pl.Series, pattern: str, problem: str) -> pl.Series:
    bad = text.is_not_null() & ~text.str.contains(pattern)
    checked.fail(name, bad, problem)
    return text.to_frame("t").select(pl.when(~bad).then("t"))["t"]


def _commit(checked: Checked, name: str, text: pl.Series) -> pl.Series:
    problem = "This is not a commit: write 7 to 64 hexadecimal characters; tags, branches and versions belong into ref."
    return _matching(checked, name, text.str.to_lowercase(), _COMMIT, problem)


def _number(checked: Checked, name: str, text: pl.Series) -> pl.Series:
    good = _matching(checked, name, text, r"^#?[0-9]{1,9}$", "This is not a number such as 12 or #12.")
    return good.str.strip_prefix("#").cast(pl.Int64)


def _link(checked: Checked, name: str, text: pl.Series) -> pl.Series:
    problem = "This is not a link: begin it with https:// and leave out user names, passwords and spaces."
    return _matching(checked, name, text, _LINK, problem)


def _objects(checked: Checked, name: str, text: pl.Series) -> pl.Series:
    problem = "Write commits (7 characters or more) or numbers such as #12, separated by spaces."
    one = r"(?:#[0-9]{1,15}|[0-9a-f]{7,64})"
    good = _matching(checked, name, text.str.to_lowercase(), rf"^{one}(?:[\s,;]+{one})*[\s,;]*$", problem)
    return good.str.extract_all(one)


def _paths(checked: Checked, name: str, text: pl.Series) -> pl.Series:
    parts = text.str.replace_all(r"[\r\n]+", ";").str.split(";")
    return parts.list.eval(pl.element().str.strip_chars().filter(pl.element().str.strip_chars() != ""))


_FORMS = {
    "text": _plain,
    "status": _status,
    "truth": _truth,
    "commit": _commit,
    "number": _number,
    "link": _link,
    "objects": _objects,
    "paths": _paths,
}


def _instants(checked: Checked, name: str, text: pl.Series, time_zone: str | None, now: datetime) -> pl.Series:
    """Times as UTC. A time without offset is read in the file's time zone, and is never guessed.

    Raises TimeZoneNeeded where a whole column has no offsets and no time zone was chosen.
    """
    parts = text.str.extract_groups(_ISO).struct.unnest().with_columns(text.alias("text"))
    local = pl.concat_str("y", "m", "d", "h", "i", pl.col("s").fill_null("00")).str.to_datetime(
        "%Y%m%d%H%M%S", time_unit="us", strict=False
    )
    fraction = pl.col("f").str.pad_end(6, "0").str.slice(0, 6).cast(pl.Int64).fill_null(0)
    sign = pl.when(pl.col("z").str.starts_with("-")).then(-1).otherwise(1)
    digits = pl.col("z").str.replace_all(r"[^0-9]", "").str.pad_end(4, "0")
    minutes = sign * (digits.str.slice(0, 2).cast(pl.Int64) * 60 + digits.str.slice(2, 2).cast(pl.Int64))
    number = pl.when(pl.col("text").str.contains(_EPOCH)).then("text").cast(pl.Float64)
    read = parts.select(
        local=local + pl.duration(microseconds=fraction),
        aware=pl.col("z").is_not_null(),
        minutes=minutes,
        epoch=pl.when(number < _MILLISECONDS_FROM).then(number * 1e6).otherwise(number * 1e3).round().cast(pl.Int64),
    )
    unread = text.is_not_null() & read["local"].is_null() & read["epoch"].is_null()
    days = unread & text.str.contains(_DAY)
    checked.fail(name, days, "This is a day without a time of day: write 2025-03-31T14:05:00+02:00 for example.")
    checked.fail(name, unread & ~days, "This is not a time: write 2025-03-31T14:05:00+02:00 or epoch seconds.")

    naive = read["local"].is_not_null() & ~read["aware"]
    offset_known = (read["local"].is_not_null() & read["aware"]) | read["epoch"].is_not_null()
    if naive.any() and not time_zone:
        header = checked.headers.get(name, name)
        if not offset_known.any():
            example = text.filter(naive)[0]
            raise TimeZoneNeeded(
                f"The times in {header} have no offset ({example}): choose the time zone that they are in, "
                f"or export them with one."
            )
        problem = "This time has no offset, others in the column have one: add it, or choose the time zone of the file."
        checked.fail(name, naive, problem)
    at = read.select(
        pl.when(pl.col("aware"))
        .then((pl.col("local") - pl.duration(minutes=pl.col("minutes"))).dt.replace_time_zone("UTC"))
        .otherwise(pl.from_epoch("epoch", time_unit="us").dt.replace_time_zone("UTC"))
        .cast(INSTANT)
        .alias("at")
    )["at"]
    if naive.any() and time_zone:
        at = _placed(checked, name, read["local"], naive, at, time_zone)
    beyond = (at < _EARLIEST) | (at > now + timedelta(days=1))
    checked.fail(name, at < _EARLIEST, "This time lies before 1990: check its unit and format.")
    checked.fail(name, at > now + timedelta(days=1), "This time lies in the future: check its unit and time zone.")
    return pl.select(pl.when(~beyond).then(at)).to_series()


def _placed(
    checked: Checked, name: str, local: pl.Series, naive: pl.Series, at: pl.Series, time_zone: str
) -> pl.Series:
    """Local times on the clock of a time zone; those its clock skips or shows twice are errors."""
    local = pl.select(pl.when(naive).then(local)).to_series()
    once = local.dt.replace_time_zone(time_zone, ambiguous="null", non_existent="null")
    shown = local.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
    skipped = naive & shown.is_null()
    checked.fail(name, skipped, f"This time does not exist in {time_zone}: the clock was put forward over it.")
    twice = f"This time happened twice in {time_zone}, when the clock was put back: write it with its offset."
    checked.fail(name, naive & once.is_null() & ~skipped, twice)
    once = once.dt.convert_time_zone("UTC").cast(INSTANT)
    return pl.select(pl.when(naive).then(once).otherwise(at)).to_series()
