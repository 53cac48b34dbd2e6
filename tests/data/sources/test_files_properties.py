"""Properties of reading files: no bytes break it, and what it says is about the right row."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.sources.files import KINDS, FileError, parse, template, to_csv

NOW = datetime(2025, 6, 1, tzinfo=UTC)
kinds = st.sampled_from(list(KINDS))
zones = st.sampled_from([None, "Europe/Berlin", "America/St_Johns", "Pacific/Apia"])
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
likely = ["1", "-1", "=1", "2025-03-30 02:30", "2025-01-01T00:00:00Z", "1e9", "success", '"']
cells = st.one_of(words, st.sampled_from(likely))


def usable(kind: str, content: bytes, zone: str | None):
    """What parsing gives, or None where the file was refused; everything else is a failure of the test."""
    try:
        return parse(kind, content, zone, NOW)
    except FileError as error:
        assert str(error).endswith(".")
        return None


@given(kinds, st.binary(max_size=400), zones)
@example("incidents", b"[[[[", None)
@example("incidents", b'{"id":1e999,"opened":-1}', None)
@example("changes", b'[{"number":' + b"9" * 5000 + b"}]", None)
@example("changes", b"number,merged\n99999999999999999999,2025-01-01T00:00Z\n", None)
@settings(max_examples=120, deadline=None)
def test_any_bytes_are_read_or_refused_in_a_sentence(kind, content, zone):
    usable(kind, content, zone)


@given(kinds, st.data(), zones)
@settings(max_examples=120, deadline=None)
def test_any_cells_end_as_facts_or_as_errors_never_nowhere(kind, data, zone):
    names = [column.name for column in KINDS[kind].columns]
    rows = data.draw(st.lists(st.lists(cells, min_size=len(names), max_size=len(names)), max_size=6))
    out = io.StringIO()
    csv.writer(out).writerows([names, *rows])
    parsed = usable(kind, out.getvalue().encode(), zone)
    if parsed is not None:
        assert parsed.frame.schema == KINDS[kind].schema
        assert parsed.rows == sum(any(row) for row in rows)
        repeated = sum(int(re.search(r": (\d+);", note)[1]) for note in parsed.notes if "comes again" in note)
        assert parsed.rows - parsed.bad_rows - repeated <= len(parsed.frame) <= parsed.rows - parsed.bad_rows


@given(kinds, st.lists(st.booleans(), min_size=1, max_size=30))
@settings(max_examples=50, deadline=None)
def test_errors_name_the_rows_that_were_spoilt(kind, spoilt):
    header, first, _ = csv.reader(io.StringIO(template(kind)))
    needed = header.index(KINDS[kind].needed[-1][0])
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    for number, bad in enumerate(spoilt):
        row = [str(number + 1), *first[1:]]
        row[needed] = "never" if bad else row[needed]
        writer.writerow(row)
    parsed = parse(kind, out.getvalue().encode(), now=NOW)
    assert parsed.errors["row"].to_list() == [number for number, bad in enumerate(spoilt, 2) if bad]
    assert len(parsed.frame) == spoilt.count(False)


@given(words, st.datetimes(datetime(1995, 1, 1), datetime(2025, 5, 1)), st.integers(-14 * 60, 14 * 60))
@settings(max_examples=120, deadline=None)
def test_what_we_write_we_read_back(title, local, minutes):
    title = title.strip() or "x"
    opened = local.replace(tzinfo=UTC)
    frame = pl.DataFrame({"id": [title], "title": [title], "opened_at": [opened]})
    parsed = parse("incidents", to_csv(frame).encode(), now=NOW)
    assert parsed.frame.select("title", "opened_at").row(0) == (title, opened)
    offset = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    shifted = (local + timedelta(minutes=minutes)).isoformat(timespec="microseconds") + offset
    assert parse("incidents", f"id,opened\n1,{shifted}\n".encode(), now=NOW).frame["opened_at"][0] == opened
