"""Answers in from files and out into files; what comes in is hostile, what goes out is only what everybody sees."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from assessments.surveys import answers
from assessments.surveys.questionnaire import CHOICE, PERCENT, TEXT, Questionnaire
from content import catalog
from data import people, store
from data.access import Forbidden
from data.asked import closing, importing, result_files, results
from data.asked.answer_files import parse
from data.sources.files_columns import FileError
from data.tables import AnswerSheet, Wave
from tests.data import surveyed
from tests.data.surveyed import all_at, asked

WELL = Questionnaire.of(catalog.surveys()["well-being"])
CHECK = Questionnaire.of(catalog.surveys()["delivery-quick-check"])
FRICTION = Questionnaire.of(catalog.surveys()["pain-and-friction"])
NOW = datetime.now(UTC)


def lines(*rows: str) -> bytes:
    return "\n".join(rows).encode()


def refused(questionnaire: Questionnaire, data: bytes, match: str) -> None:
    with pytest.raises(FileError, match=match):
        parse(questionnaire, data)


# In


def test_a_cell_is_a_number_a_text_or_no_answer():
    first = next(item for item in WELL.items if item.kind == CHOICE)
    found = parse(WELL, lines(f"{first.key};comment", "2;Fine", f"{first.options[3].text.upper()};", "dont_know;",
                              "Not applicable;x", ";", ";y"))  # fmt: skip
    assert [row.get(first.key) for row in found.rows] == [
        {"value": 2}, {"value": 3}, {"said": "dont_know"}, {"said": "not_applicable"}, None,
    ]  # fmt: skip
    assert found.keys == (first.key, "comment")


def test_a_percentage_is_written_as_people_write_it():
    found = parse(CHECK, lines("change-fail-rate", "12", "12.5 %", '"7,5"', "0"))
    assert [row["change-fail-rate"]["value"] for row in found.rows] == [12, 12.5, 7.5, 0]


def test_every_bad_row_is_named_and_nothing_is_kept():
    with pytest.raises(FileError) as error:
        parse(WELL, lines("interruptions,comment", "1,a", "9,b", "often,c", '2,"two\nlines"', "-1,d"))
    said = str(error.value)
    assert (
        "Nothing was kept" in said and "row 3: interruptions: '9'" in said and "row 4: interruptions: 'often'" in said
    )
    assert "row 7: interruptions: '-1'" in said  # a row with two lines is two lines long


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \n", "is empty"),
        (b";;\n;", "is empty"),
        (b"interruptions\n\x00", "not a text file"),
        (b"interruptions\n\xff\xfe\xfa", "not UTF-8"),
        (b"PK\x03\x04whatever", "workbook"),
        (b"interruptions\n" + b"1\n" * 501, "more than 500 rows"),
        (b"x" * 10_000_001, "larger than 10 MB"),
        (b"comment\n" + b"y" * 200_000, "cannot be read as CSV"),
        (b"comment\n" + b"y" * 5_001, "row 2: comment: the text has 5,001 characters"),
        (b'comment\n"open', "cannot be read as CSV"),
        (b"interruptions,interruptions\n1,2", "stands twice"),
        (b"interruptions\n1,2", "has 2 cells, the header 1"),
        (b"a,b,c\n1,2,3", "No column is a question"),
        (b",".join(b"c%d" % n for n in range(201)), "more than 200 columns"),
        (b"interruptions\n", "holds no answers"),
        (b"interruptions\n\n,\n", "holds no answers"),
        (b"[1, 2]", "list of objects"),
        (b'{"rows": 3}', "list of objects"),
        (b"[" * 100_000, "begins like JSON and is none"),
        (b'[{"interruptions": 1' + b"0" * 5_000 + b"}]", "begins like JSON and is none"),
        (b'[{"interruptions": true}]', "row 1: interruptions: a number or a text"),
        (b'[{"interruptions": {"value": 1}}]', "row 1: interruptions: a number or a text"),
        (b'[{"comment": "\\ud800"}]', "half a character"),
    ],
    ids=lambda value: value[:24] if isinstance(value, bytes) else None,
)
def test_a_hostile_file_is_refused_with_a_sentence(data, match):
    refused(WELL, data, match)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "-1", "101"])
def test_a_number_that_is_no_percentage_is_refused(number):
    refused(CHECK, f'[{{"change-fail-rate": {number}}}]'.encode(), "from 0 to 100")


def test_what_is_no_question_is_left_out_and_named():
    found = parse(FRICTION, lines("name,time-valued,pain-points", "Somebody,2,x"))
    assert found.rows == ({"time-valued": {"value": 2}},)
    assert any("'name'" in note for note in found.notes) and any("pain points" in note for note in found.notes)


@given(st.binary(max_size=300))
def test_any_bytes_are_answers_or_a_sentence(data):
    try:
        assert parse(WELL, data).rows
    except FileError as error:
        assert str(error)


@given(st.text(max_size=80))
def test_any_text_below_a_header_is_answers_or_a_sentence(text):
    try:
        for row in parse(WELL, b"interruptions,comment\n" + text.encode("utf-8", "replace")).rows:
            answers.read(WELL, row)
    except FileError as error:
        assert str(error)


def _cell(item):
    said = st.sampled_from(["dont_know", "not_applicable", ""])
    if item.kind == CHOICE:
        return st.integers(0, item.top) | said
    if item.kind == PERCENT:
        return st.integers(0, 100) | said
    return st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40) | st.sampled_from(
        ["=1+1", "+1", "-1", "@x", "'=1", "''", '"', "a,b;c", "two\nlines", "\u202eright", "\U0001f600"]
    )


@pytest.mark.parametrize("form", ["csv", "json"])
@given(data=st.data())
def test_what_is_written_as_a_file_is_read_as_it_was(form, data):
    questionnaire = data.draw(st.sampled_from([WELL, CHECK]))
    items = [item for item in questionnaire.items if item.kind in (CHOICE, PERCENT, TEXT)]
    table = data.draw(st.lists(st.tuples(*map(_cell, items)), min_size=1, max_size=6))
    keys = [item.key for item in items]
    if form == "csv":
        raw = result_files._csv(keys, [list(row) for row in table]).encode()
    else:
        raw = json.dumps([dict(zip(keys, row, strict=True)) for row in table]).encode()
    expected = [
        sheet
        for row in table
        if (sheet := answers.read(questionnaire, {
            key: {"said": cell} if cell in ("dont_know", "not_applicable") else {"value": cell}
            for key, cell in zip(keys, row, strict=True) if cell != ""
        })).answered
    ]  # fmt: skip
    if not expected:
        refused(questionnaire, raw, "no answers")
    else:
        assert [answers.read(questionnaire, row) for row in parse(questionnaire, raw).rows] == expected


# As a wave


@pytest.fixture
def team(who) -> int:
    return surveyed.team(who)


FILE = lines("interruptions,long-hours,comment", "1,2,a", "1,2,b", "2,2,c", "2,3,=d", "3,1,", "dont_know,,e")


def test_answers_from_elsewhere_are_a_closed_wave(both, who):
    at = NOW - timedelta(days=30)
    wave = importing.import_answers(who, surveyed.team(who), "well-being", "Last month", FILE, 9, at)
    view = results.result(who, wave)
    assert (view.wave.title, view.wave.elsewhere, view.wave.state, view.wave.closed_at) == (
        "Last month", True, "closed", at,
    )  # fmt: skip
    assert (view.answers["asked"], view.answers["answered"], view.visibility) == (9, 6, "full")
    assert set(view.items) == {"interruptions", "long-hours"}
    assert view.items["interruptions"]["counts"] == [0, 2, 2, 1, 0]
    assert view.leaders_from > NOW  # however old they are, the team looks first


def test_nobody_knows_who_answered_elsewhere_so_another_wave_is_kept_coarsely(team, who):
    first = importing.import_answers(who, team, "well-being", "", FILE, 9, NOW)
    plain = asked("well-being")
    second = surveyed.wave(team, [all_at(plain, 2)] * 6, [f"Member {number}" for number in range(8)], plain)
    closing.close_due()
    third = importing.import_answers(who, team, "well-being", "", FILE, 9, NOW)
    assert [results.result(who, wave).visibility for wave in (first, second, third)] == ["full", "coarse", "coarse"]


@pytest.mark.parametrize(
    ("data", "number", "error", "match"),
    [
        (lines("interruptions", "1", "1", "1", "1"), 9, FileError, "answers of 4"),
        (FILE, 5, ValueError, "how many people were asked: 6"),
        (FILE, 501, ValueError, "how many people were asked: 6"),
        (lines("interruptions", "1", "x"), 9, FileError, "row 3"),
    ],
)
def test_what_cannot_be_imported_leaves_nothing(team, who, data, number, error, match):
    with pytest.raises(error, match=match):
        importing.import_answers(who, team, "well-being", "", data, number, NOW)
    with store.reading() as session:
        assert not session.execute(select(Wave.id)).all() and not session.execute(select(AnswerSheet.id)).all()


def test_only_who_may_ask_imports(team, who):
    for role, own in (("member", team), ("leader", None)):
        with pytest.raises(Forbidden):
            reader = surveyed.person(role, people.home_organization(who), own)
            importing.import_answers(reader, team, "well-being", "", FILE, 9, NOW)
    with pytest.raises(ValueError, match="future"):
        importing.import_answers(who, team, "well-being", "", FILE, 9, NOW + timedelta(days=1))


# Out


def columns(text: str) -> dict[str, list[str]]:
    header, *rows = csv.reader(io.StringIO(text))
    return {name: [row[place] for row in rows] for place, name in enumerate(header)}


def test_exported_answers_are_columns_shuffled_each_by_itself(team, who):
    plain = asked("well-being", ["pace"])
    sheets = [all_at(plain, place % 5) for place in range(40)]  # every row says the same everywhere
    wave = surveyed.wave(team, sheets, [f"Member {number}" for number in range(40)], plain)
    view = results.result(who, wave)
    found = columns(result_files.answers_csv(view))
    assert {name: sorted(cells) for name, cells in found.items()} == dict.fromkeys(found, sorted("01234" * 8))
    assert len({tuple(cells) for cells in found.values()}) == len(found) == 3  # and no row does any more
    assert json.loads(result_files.answers_json(view))["note"] == result_files.NOTE


@pytest.mark.parametrize("form", ["csv", "json"])
def test_exported_answers_come_back_as_the_same_result(team, who, form):
    wave = importing.import_answers(who, team, "well-being", "", FILE, 9, NOW)
    view = results.result(who, wave)
    other = surveyed.team(who, "Team 2")
    out = getattr(result_files, f"answers_{form}")(view).encode()
    again = results.result(who, importing.import_answers(who, other, "well-being", "", out, 9, NOW))
    assert again.items == view.items
    assert sorted(again.answers["comments"]["comment"]) == sorted(view.answers["comments"]["comment"]) == [
        "=d", "a", "b", "c", "e",
    ]  # fmt: skip


def test_no_cell_of_an_export_is_a_formula(team, who):
    wave = importing.import_answers(who, team, "well-being", "=cmd()", FILE, 9, NOW)
    view = results.result(who, wave)
    for text in (result_files.answers_csv(view), result_files.result_csv(view, {})):
        assert not [cell for row in csv.reader(io.StringIO(text)) for cell in row if cell.startswith(("=", "+", "@"))]


def test_a_result_as_a_file_holds_what_the_page_shows(team, who):
    view = results.result(who, importing.import_answers(who, team, "well-being", "", FILE, 9, NOW))
    (row,) = [row for row in csv.DictReader(io.StringIO(result_files.result_csv(view, {})))
              if row["item"] == "interruptions"]  # fmt: skip
    assert (row["n"], row["dont_know"], row["option_1"], row["told"]) == ("5", "1", "2", "discuss")
    assert (row["mean"], row["low"]) == ("", "")  # the team does not agree
    whole = json.loads(result_files.result_json(view, {}))
    assert whole["format"] == "milepost.survey-result/1" and whole["answers"]["answered"] == 6


def test_of_a_coarse_result_no_single_answer_leaves(team, who):
    importing.import_answers(who, team, "well-being", "", FILE, 9, NOW)
    view = results.result(who, importing.import_answers(who, team, "well-being", "", FILE, 9, NOW))
    assert view.visibility == "coarse" and not result_files.can_export(view)
    for export in (result_files.answers_csv, result_files.answers_json):
        with pytest.raises(ValueError, match="not shown one by one"):
            export(view)
    whole = result_files.result_json(view, {}) + result_files.result_csv(view, {})
    assert '"counts"' not in whole and '"mean"' not in whole
