"""What a person can bring in a file, and what they are told when something is wrong with it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from data.sources import files, files_reading
from data.sources.files import FileError, TimeZoneNeeded, csv_safe, parse, template, to_csv

NOW = datetime(2025, 6, 1, tzinfo=UTC)


def read(kind: str, text: str | bytes, **options) -> files.Parsed:
    return parse(kind, text.encode() if isinstance(text, str) else text, now=NOW, **options)


def finishes(*cells: str, **options) -> files.Parsed:
    """A file of deployments that finished at these times."""
    return read("deployments", "id,finished_at\n" + "".join(f"{n},{cell}\n" for n, cell in enumerate(cells)), **options)


def problems(parsed: files.Parsed) -> list[tuple[int, str, str]]:
    return parsed.errors.select("row", "column", "problem").rows()


def moments(parsed: files.Parsed) -> list[str]:
    return [moment.isoformat() for moment in parsed.frame["finished_at"]]


@pytest.mark.parametrize("kind", files.KINDS)
def test_a_template_reads_back_as_two_rows_without_errors(kind):
    parsed = read(kind, template(kind))
    assert (len(parsed.frame), len(parsed.errors), parsed.notes) == (2, 0, ())


@pytest.mark.parametrize("kind", files.KINDS)
def test_a_template_shows_every_column(kind):
    header = template(kind).splitlines()[0].split(",")
    assert header == [column.name for column in files.KINDS[kind].columns]


@pytest.mark.parametrize("kind", files.KINDS)
def test_a_frame_has_exactly_the_columns_of_the_facts(kind):
    assert read(kind, template(kind)).frame.schema == files.KINDS[kind].schema


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found(separator):
    text = separator.join(["id", "opened_at", "title"]) + "\n" + separator.join(["7", "2025-01-01T00:00Z", "slow"])
    assert read("incidents", text).frame["title"].to_list() == ["slow"]


def test_the_separator_that_a_spreadsheet_states_is_not_a_row():
    parsed = read("deployments", "sep=;\r\nid;finished\r\n7;2025-01-01T00:00Z\r\nx;never\r\n")
    assert problems(parsed)[0][:2] == (4, "finished")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_encodings_are_found(encoding):
    parsed = read("incidents", "id,opened_at,title\n7,2025-01-01T00:00Z,Grün läuft\n".encode(encoding))
    assert parsed.frame["title"].to_list() == ["Grün läuft"]


def test_a_guessed_encoding_is_told():
    parsed = read("incidents", "id,opened_at,title\n7,2025-01-01T00:00Z,Grün\n".encode("latin-1"))
    assert "Latin-1" in parsed.notes[0]


@pytest.mark.parametrize(
    "header", ["id,finished", "ID,Finished At", "Run ID,finishedAt", "deployment_id,END TIME", "key,finished/ended"]
)
def test_headers_may_be_spelled_differently(header):
    assert read("deployments", f"{header}\n7,2025-01-01T00:00Z\n").frame["deployment_id"].to_list() == ["7"]


def test_wrong_columns_are_named_with_those_needed():
    with pytest.raises(FileError) as error:
        read("deployments", "a,b\n1,2\n")
    assert str(error.value) == (
        "This file has the columns a, b, but deployments also need id and finished_at: rename or add it, or start "
        "from the template."
    )


def test_two_columns_that_mean_the_same_are_refused():
    with pytest.raises(FileError, match=r"finished_at: completed, ended; keep one"):
        read("deployments", "id,completed,ended\n1,2025-01-01T00:00Z,2025-01-02T00:00Z\n")


def test_the_own_name_of_a_column_wins_over_a_synonym():
    parsed = read("changes", "id,number,merged_at\n99887766,12,2025-01-01T00:00Z\n")
    assert (parsed.frame["change_id"].to_list(), parsed.notes) == (["#12"], ("Columns that are not used: id.",))


@pytest.mark.parametrize(("number", "errors"), [("999999999", 0), ("#12", 0), ("2234567890", 1), ("-1", 1), ("1e3", 1)])
def test_a_number_is_one_that_every_store_can_keep(number, errors):
    """Ten digits are an id of the forge, which PostgreSQL would not take as the number of a change."""
    assert len(read("changes", f"number,merged_at\n{number},2025-01-01T00:00Z\n").errors) == errors


def test_commits_are_understood_under_either_name():
    parsed = read("deployments", "id,sha/commit,finished_at\n1,ABCDEF1,2025-01-01T00:00Z\n")
    assert parsed.frame["sha"].to_list() == ["abcdef1"]


@pytest.mark.parametrize(
    ("cell", "instant"),
    [
        ("2025-03-31T14:05:00Z", "2025-03-31T14:05:00+00:00"),
        ("2025-03-31T14:05:00+02:00", "2025-03-31T12:05:00+00:00"),
        ("2025-03-31 14:05:00 -0330", "2025-03-31T17:35:00+00:00"),
        ("2025-03-31 14:05:00 UTC", "2025-03-31T14:05:00+00:00"),
        ("20250331T140500Z", "2025-03-31T14:05:00+00:00"),
        ("2025-03-31T14:05:00.123456789Z", "2025-03-31T14:05:00.123456+00:00"),
        ("2025-03-31T14:05:00.5+14", "2025-03-31T00:05:00.500000+00:00"),
        ("1743429900", "2025-03-31T14:05:00+00:00"),
        ("1743429900123", "2025-03-31T14:05:00.123000+00:00"),
        ("1743429900.25", "2025-03-31T14:05:00.250000+00:00"),
    ],
)
def test_times_become_utc(cell, instant):
    assert moments(finishes(cell)) == [instant]


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("31.03.2025 14:05", "not a time"),
        ("2025-02-30T10:00:00Z", "not a time"),
        ("2025-01-01T24:00:00Z", "not a time"),
        ("2025-01-01T10:00:00+15:00", "not a time"),
        ("1.74343E+09", "not a time"),
        ("2025-03-31", "day without a time of day"),
        ("2024", "before 1990"),
        ("2025-06-03T00:00:00Z", "in the future"),
        ("9" * 14, "in the future"),
        ("", "finished_at is empty"),
    ],
)
def test_what_is_no_time_is_an_error_of_its_row(cell, says):
    ((row, column, problem),) = problems(finishes("2025-01-01T00:00Z", cell))
    assert (row, column, says in problem) == (3, "finished_at", True)


def test_times_without_offset_ask_for_the_time_zone():
    with pytest.raises(TimeZoneNeeded, match=r"finished_at have no offset \(2025-01-01 10:00\): choose the time zone"):
        finishes("2025-01-01 10:00", "2025-01-01 11:00")


def test_times_without_offset_are_read_in_the_time_zone_chosen():
    parsed = finishes("2025-01-01 10:00", "2025-07-01 10:00", time_zone="America/New_York")
    assert (moments(parsed), parsed.bad_rows) == (["2025-01-01T15:00:00+00:00"], 1)  # July lies in the future


def test_in_a_column_that_mixes_both_those_without_offset_are_errors():
    parsed = finishes("2025-01-01T10:00", "2025-01-01T10:00Z", "1743429900")
    assert [(row, "others in the column have one" in problem) for row, _, problem in problems(parsed)] == [(2, True)]


def test_in_a_column_that_mixes_both_a_time_zone_serves_only_those_without_offset():
    parsed = finishes("2025-01-01T10:00", "2025-01-01T10:00Z", time_zone="Asia/Kolkata")
    assert moments(parsed) == ["2025-01-01T04:30:00+00:00", "2025-01-01T10:00:00+00:00"]


def test_a_time_that_the_clock_skipped_is_an_error():
    ((row, _, problem),) = problems(finishes("2025-03-30 02:30", time_zone="Europe/Berlin"))
    assert (row, "does not exist in Europe/Berlin" in problem) == (2, True)


def test_a_time_that_happened_twice_is_an_error_unless_it_has_its_offset():
    parsed = finishes("2024-10-27 02:30", "2024-10-27 02:30+01:00", time_zone="Europe/Berlin")
    assert (moments(parsed), "happened twice" in problems(parsed)[0][2]) == (["2024-10-27T01:30:00+00:00"], True)


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "", "posixrules"])
def test_an_unknown_time_zone_is_refused(name):
    with pytest.raises(FileError, match="is not known"):
        finishes("2025-01-01 10:00", time_zone=name)


def test_a_finish_before_the_start_is_an_error():
    text = "id,started_at,finished_at\n1,2025-01-01T10:00Z,2025-01-01T09:59Z\n2,2025-01-01T10:00Z,2025-01-01T10:00Z\n"
    assert [(row, column) for row, column, _ in problems(read("deployments", text))] == [(2, "finished_at")]


def test_a_resolution_before_the_opening_is_an_error():
    parsed = read("incidents", "id,opened,closed\n1,2025-01-02T00:00Z,2025-01-01T00:00Z\n")
    assert problems(parsed) == [(2, "closed", "This lies before opened: check both times.")]


def test_an_unknown_status_lists_what_is_understood():
    text = "id,finished_at,status\n1,2025-01-01T00:00Z,rolled out\n2,2025-01-01T00:00Z,In Progress\n"
    parsed = read("deployments", text)
    assert parsed.frame["status"].to_list() == ["in_progress"]
    assert all(word in problems(parsed)[0][2] for word in ("succeeded", "failed", "canceled", "skipped", "running"))


def test_without_a_status_every_deployment_is_a_success_and_that_is_told():
    parsed = finishes("2025-01-01T00:00Z")
    assert (parsed.frame["status"].to_list(), "no column status" in parsed.notes[0]) == (["success"], True)


@pytest.mark.parametrize(("status", "errors"), [("success", 1), ("failure", 1), ("cancelled", 0), ("in_progress", 0)])
def test_only_deployments_that_ran_to_an_end_need_a_finish(status, errors):
    assert len(read("deployments", f"id,finished_at,status\n1,,{status}\n").errors) == errors


def test_of_rows_with_one_id_the_last_wins_and_that_is_told():
    parsed = read("incidents", "id,opened,title\n1,2025-01-01T00:00Z,old\n1,2025-01-01T00:00Z,new\n")
    assert parsed.frame["title"].to_list() == ["new"]
    assert parsed.notes == ("Rows with an id that comes again further down: 1; the last row of each id counts.",)


def test_a_bad_last_row_does_not_bring_back_an_older_one():
    parsed = read("incidents", "id,opened\n1,2025-01-01T00:00Z\n1,nonsense\n")
    assert (len(parsed.frame), parsed.bad_rows) == (0, 1)


def test_formulas_stay_text():
    parsed = read("incidents", 'id,opened,title\n1,2025-01-01T00:00Z,"=HYPERLINK(""http://x.example"")"\n')
    assert parsed.frame["title"].to_list() == ['=HYPERLINK("http://x.example")']


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1", "＝1", "'=1", "''+1"])
def test_formulas_are_neutralised_in_what_we_write(text):
    assert csv_safe(text) == "'" + text
    assert to_csv(pl.DataFrame({"title": [text]})).splitlines()[1].lstrip('"').startswith("'")


@pytest.mark.parametrize("text", ["plain", "a=b", "'quoted'", ""])
def test_other_text_is_written_as_it_is(text):
    assert csv_safe(text) == text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://name:word@host.example/x", "//host", "https://a b"])
def test_only_plain_links_are_taken(url):
    parsed = read("incidents", f"id,opened,url\n1,2025-01-01T00:00Z,{url}\n")
    assert [column for _, column, _ in problems(parsed)] == ["url"]


def test_a_row_with_too_many_cells_is_an_error_not_a_shift():
    parsed = read("incidents", "id,title,opened\n1,slow, very slow,2025-01-01T00:00Z\n2,ok,2025-01-01T00:00Z\n")
    assert (parsed.frame["incident_id"].to_list(), problems(parsed)[0][0]) == (["2"], 2)


def test_a_row_that_is_cut_off_is_an_error():
    assert problems(read("incidents", "id,opened,title\n1,2025-01-01T00:00Z,a\n2,2025-0"))[0][0] == 3


def test_row_numbers_count_blank_lines_and_cells_of_several_lines():
    parsed = read("incidents", 'id,opened,title\n1,2025-01-01T00:00Z,"a\nb\nc"\n\n,,\n2,never,x\n')
    assert [row for row, _, _ in problems(parsed)] == [5]


def test_a_quote_that_is_never_closed_says_where():
    with pytest.raises(FileError, match="opened in or after row 3 is never closed"):
        read("incidents", 'id,opened,title\n1,2025-01-01T00:00Z,a\n2,2025-01-01T00:00Z,"b\n3,2025-01-01T00:00Z,c\n')


def test_a_quote_in_the_wrong_place_says_where():
    with pytest.raises(FileError, match="Row 3 has a double quote in the wrong place"):
        read("incidents", 'id,opened,title\n1,2025-01-01T00:00Z,a\n2,2025-01-01T00:00Z,"b"c\n')


def test_a_long_cell_is_an_error_of_its_row():
    parsed = read("incidents", f"id,opened,title\n1,2025-01-01T00:00Z,{'x' * 4000}\n2,2025-01-01T00:00Z,{'x' * 4001}\n")
    assert (len(parsed.frame), problems(parsed)) == (1, [(3, "title", "This is longer than 4,000 characters.")])


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(files_reading, "MAX_ROWS", 2)
    with pytest.raises(FileError, match="more than 2 rows"):
        finishes(*["2025-01-01T00:00Z"] * 3)


def test_too_large_a_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(files_reading.MAX_BYTES + 1)
    with pytest.raises(FileError, match="larger than 200 MB"):
        parse("incidents", path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n", "is empty"),
        (b"PK\x03\x04rest", "a workbook or an archive"),
        (b"\x1f\x8b\x08rest", "is compressed"),
        (b"id\x00\x01\x02", "not a text file"),
        ("id,opened\n1,2025-01-01T00:00Z".encode("utf-16")[:-1], "is damaged"),
        (b"x" * 2_000_000, "more than 1,000,000 characters"),
        (b'{"id": 1,\n"opened": 2\n}', "No line of this file is a JSON object"),
        (b'[{"id": 1, "opened": 1735689600}', "Item 2 of the JSON array"),
        (b"[1, 2]", "Item 1 of the JSON array"),
        (b"[" * 100_000, "Item 1 of the JSON array"),
    ],
)
def test_what_is_no_such_file_is_refused_in_a_sentence(content, says):
    with pytest.raises(FileError, match=says):
        read("incidents", content)


def test_json_lines_and_arrays_say_the_same_as_csv():
    rows = [{"id": 7, "opened": 1735689600, "title": "slow"}, {"id": "8", "opened_at": "2025-01-02T00:00:00Z"}]
    rows[1] = {"id": "8", "opened": "2025-01-02T00:00:00Z", "title": None}
    csv = read("incidents", "id,opened,title\n7,1735689600,slow\n8,1735776000,\n").frame
    assert read("incidents", "\n".join(map(json.dumps, rows))).frame.equals(csv)
    assert read("incidents", json.dumps(rows, indent=2)).frame.equals(csv)


def test_a_bad_line_of_json_is_an_error_of_that_line():
    parsed = read("incidents", '{"id": 1, "opened": 1735689600}\n\nnope\n[1]\n')
    assert [row for row, _, _ in problems(parsed)] == [3, 4]


def test_nested_values_matter_only_where_they_are_used():
    parsed = read("incidents", '[{"id": 1, "opened": 1735689600, "user": {"a": 1}}, {"id": {"a": 1}, "opened": null}]')
    assert [(row, column) for row, column, _ in problems(parsed)] == [(2, "id")]


def test_an_array_is_read_across_pieces(monkeypatch):
    monkeypatch.setattr(files_reading, "MAX_LINE", 64)
    rows = [{"id": number, "opened": 1735689600} for number in range(50)]
    assert read("incidents", json.dumps(rows)).frame["incident_id"].to_list() == [str(number) for number in range(50)]


@pytest.mark.parametrize("text", ["[]", "id,opened_at\n"])
def test_no_rows_is_a_fact_too(text):
    parsed = read("incidents", text)
    assert (parsed.rows, len(parsed.frame), len(parsed.errors)) == (0, 0, 0)


def test_changes_keep_what_they_revert_and_touch():
    parsed = read("changes", 'sha,merged,reverts,paths\nabcdef1,2025-01-01T00:00Z,"#12, ABCDEF2","a b.py; c.py"\n')
    assert parsed.frame.select("change_id", "kind", "reverts", "paths").row(0) == (
        "abcdef1",
        "direct_push",
        ["#12", "abcdef2"],
        ["a b.py", "c.py"],
    )


def test_exports_keep_microseconds_and_offsets():
    text = to_csv(finishes("2025-01-01T00:00:00.000001Z").frame.select("finished_at"))
    assert text == "finished_at\n2025-01-01T00:00:00.000001+00:00\n"


def test_the_latest_moment_of_a_file_is_known():
    assert finishes("2025-01-01T00:00Z", "2024-01-01T00:00Z").latest == datetime(2025, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("kind", files.KINDS)
def test_the_guide_lists_every_column_with_all_its_names(kind):
    guide = (Path(__file__).parents[3] / "docs" / "imports.md").read_text()
    for column in files.KINDS[kind].columns:
        assert f"| `{column.name}` | {column.about} | {', '.join(column.also.split())} |" in guide
