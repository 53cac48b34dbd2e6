"""A report as page, PDF, Markdown and CSV: whatever names hold, and however long tables are."""

import csv
import io
import re

import pytest
from markdown_it import MarkdownIt
from pypdf import PdfReader

from assessments.reporting import Quarter
from assessments.workflow.drawing import svg
from assessments.workflow.model import Map
from data.reporting import as_html, as_pdf, as_text, chat, reports, words
from data.reporting.document import Number, Picture, Points, Report, Section, Table, Text
from data.reporting.ink import COLOURS, DARK, Sheet
from data.reporting.vectors import Drawing

EVIL = (
    "<script>alert(1)</script> ![x](http://evil.example/x.png) [y](javascript:z) =1+1 @channel {{7*7}} &amp; \u202e | `"
)
EUROPE = "Čeština Łódź Ősz Ğüneş Þórr Ελληνικά Українська Ș ß Ø ĳ"


def report(*blocks, name: str = "Checkout", summary=("One sentence.",), numbers=(), made_at: int = 1) -> Report:
    sections = (Section("Delivery", blocks),) if blocks else ()
    return Report("team", 1, name, "Shop", False, Quarter(2026, 3), False, made_at, summary, sections, numbers)


def long_table(rows: int, cell: str = "no clear change") -> Table:
    names = [(f"service {number // 5}" if number % 5 == 0 else "", f"metric {number}", cell) for number in range(rows)]
    return Table("Each service", ("Service", "Metric", "Change"), tuple(names), (1, 1, 2))


def picture(text: str = "Lead time") -> Picture:
    sheet = Sheet(720, 100, text)
    sheet.rect(0, 0, 50, 20, "now", "line", 3)
    sheet.path([(0, 50), (700, 60), (710, 20)], "now", 2, "4 2")
    sheet.area([(0, 90), (700, 95), (710, 80)], "ribbon")
    sheet.hatch(100, 10, 80, 10)
    sheet.circle(300, 50, 5, "paper", "now")
    for place, anchor in enumerate(("start", "middle", "end")):
        sheet.text(200, 20 + 14 * place, text, 11, anchor=anchor, bold=place == 1)
    return Picture(text, sheet.svg(), text, "hours")


def read(made: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(made))


def text_of(made: bytes) -> str:
    return "\n".join(page.extract_text() for page in read(made).pages)


# PDF


def test_letters_of_europe_stand_in_the_pdf_as_they_are():
    made = as_pdf.pdf(report(Text(EUROPE), picture(EUROPE), name=EUROPE))
    assert text_of(made).count("Čeština Łódź Ősz Ğüneş Þórr") >= 3
    assert all(word in text_of(made) for word in EUROPE.split())


def test_the_font_is_in_the_file_and_no_picture_is_made_of_pixels():
    pages = read(as_pdf.pdf(report(picture(), Text("Some text")))).pages
    fonts = [font.get_object() for page in pages for font in page["/Resources"]["/Font"].values()]
    ours = [font for font in fonts if "SourceSans3" in font["/BaseFont"]]
    assert ours and all("/FontFile2" in font["/FontDescriptor"] for font in ours)
    assert not [image for page in pages for image in page.images]


def test_a_long_table_goes_on_over_pages_with_its_head_and_keeps_rows_of_a_service_together():
    pages = read(as_pdf.pdf(report(long_table(200)))).pages
    texts = [page.extract_text() for page in pages]
    assert len(pages) > 3
    assert all("Metric" in text for text in texts)
    for text in texts[1:]:
        first = re.search(r"metric (\d+)", text)
        assert first is None or int(first[1]) % 5 == 0


def test_every_page_says_its_number_and_how_many_there_are():
    pages = read(as_pdf.pdf(report(long_table(200)))).pages
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page.extract_text()


def test_a_wide_picture_stands_on_a_page_on_its_side():
    wide = Sheet(1120, 500, "A map")
    made = report(Text("Before"), Picture("A map", wide.svg(), "A map", "stated"))
    whole = report(Text("First"))
    sides = [page.mediabox.width > page.mediabox.height for page in read(as_pdf.pdf(made)).pages]
    assert sides == [False, True]
    assert [page.mediabox.width > page.mediabox.height for page in read(as_pdf.pdf(whole)).pages] == [False]


def test_the_file_has_a_title_a_language_and_an_outline():
    made = read(as_pdf.pdf(report(Text("Some text"))))
    assert made.metadata.title == "Checkout: quarter report Q3 2026" and made.trailer["/Root"]["/Lang"] == "en"
    assert [each.title for each in made.outline] == ["Delivery"]


def test_the_same_report_gives_the_same_bytes():
    assert as_pdf.pdf(report(picture(), long_table(9))) == as_pdf.pdf(report(picture(), long_table(9)))


@pytest.mark.parametrize(
    "text", [EVIL, "W" * 2_000, "", "漢字 كتاب 🚀", "<b>", "a\nb\tc\x00\x07", "&lt;", "x " * 3_000]
)
def test_no_text_breaks_the_pdf_or_is_read_as_markup(text):
    made = as_pdf.pdf(report(Text(text), Points((text,)), long_table(6, text), picture(text[:300]), name=text[:80]))
    assert len(read(made).pages) >= 1
    if text == EVIL:
        assert "<script>alert(1)</script>" in text_of(made)
    if text.startswith("漢"):
        assert "□□" in text_of(made)


def test_a_workflow_map_is_drawn_as_vectors():
    steps = [{"key": name, "name": name, "path": "happy", "role": name, "lead": 60, "process": 5} for name in "abcdef"]
    drawn = svg(Map.of({"title": "Delivery", "steps": steps}))
    made = as_pdf.pdf(report(Picture("Delivery", drawn, "Delivery", "stated")))
    content = read(made).pages[-1].get_contents().get_data()
    assert "From request to production" in text_of(made) and content.count(b" re") + content.count(b" c") > 10


def test_a_drawing_that_is_not_ours_is_refused():
    drawing = Drawing('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="x"/></svg>', ("", ""))
    with pytest.raises(ValueError, match=r"no .*image"):
        drawing.on(as_pdf.Canvas(io.BytesIO()), 0, 0, 9)


# The page


def test_nothing_in_a_name_becomes_html():
    made = as_html.page(
        report(Text(EVIL), Points((EVIL,)), long_table(2, EVIL), picture(EVIL), name=EVIL, summary=(EVIL,))
    )
    assert "<script" not in made and "<img" not in made and "javascript:z)" in made
    style = made.split("<style>")[1].split("</style>")[0]
    assert not set("<\\@[`") & set(style.split('content:"')[1].split('"')[0]) and style.count("{") == style.count("}")


def test_the_page_loads_nothing_and_says_the_same_in_words():
    made = as_html.page(report(picture(), long_table(3)))
    loads = re.findall(r'(?:src|href)="([^"]*)"|url\(', made)
    assert loads == [] and "In words" in made and "<caption>Each service</caption>" in made


def test_headings_come_in_order_and_every_picture_has_a_title():
    made = as_html.page(report(picture(), Text("x")))
    assert re.findall(r"<h(\d)", made) == ["1", "2"]
    assert made.count("<svg") == made.count("<title>") - 1


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
        r, g, b = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [COLOURS, DARK])
def test_words_and_marks_stand_out_on_their_paper(palette):
    for name in ("ink", "soft"):
        assert contrast(palette[name], palette["paper"]) >= 4.5
        assert contrast(palette[name], palette["band"]) >= 4.5
    for name in ("now", "before", "warn"):
        assert contrast(palette[name], palette["paper"]) >= 3
    assert all(contrast(palette["ink"], palette[f"step{level}"]) >= 4.5 for level in range(3))
    assert all(contrast(palette["paper"], palette[f"step{level}"]) >= 3 for level in (3, 4))


# Markdown, CSV, chat


def test_nothing_in_a_name_becomes_markdown():
    made = as_text.markdown(report(Text(EVIL), Points((EVIL,)), long_table(2, EVIL), name=EVIL, summary=(EVIL,)))
    rendered = MarkdownIt("commonmark").enable("table").render(made)
    assert not re.findall(r"<(script|img|a|code|em|strong>x)\b", rendered) and rendered.count("<table>") == 1
    assert rendered.count("<td>") == 6


#: Names that clients turn into links by themselves.
ADDRESSES = (
    "evil.example.com", "www.evil.com", "https://evil.com/x", "HTTP://EVIL.COM", "me@evil.com", "mailto:me@evil.com",
    "Team evil.com!", "README.md", "b\u00fccher.de", "1.evil.com", "evil.co.uk/x?y=1", "//evil.com/x",
)  # fmt: skip


#: What such clients look for.
FOUND = re.compile(r"(?i)://|www\.|\w@\w|\w\.[^\W\d_]")


@pytest.mark.parametrize("text", ADDRESSES)
def test_no_name_becomes_a_link_in_the_program_of_who_reads_it(text):
    assert FOUND.search(text)
    said = chat.text(report(name=text, summary=(text,)), None)
    for made in (as_text.escaped(text), MarkdownIt("commonmark").render(as_text.escaped(text)), said):
        assert not FOUND.search(made) and text in made.replace(words.JOINER, "").replace("\\", "")


def test_a_number_stays_as_it_is_when_addresses_are_taken_apart():
    text = "It took 1.5 days with v1.2.3, 95.2 % of them."
    assert as_text.escaped(text) == text


@pytest.mark.parametrize("text", ["- x", "1. x", "# x", "> x", "=== ", "---", "+ x", "    x"])
def test_a_line_of_a_name_begins_nothing_in_markdown(text):
    rendered = MarkdownIt("commonmark").render(as_text.escaped(text))
    assert rendered.startswith("<p>") and rendered.endswith("</p>\n")


@pytest.mark.parametrize("text", ["25.5 h", "0.28 per day", "3) x", ".5 h", "-1 h", "12 h", "1. x", "=x", "1* x (y)"])
def test_what_is_escaped_for_markdown_reads_as_it_was(text):
    assert MarkdownIt("commonmark").render(as_text.escaped(text)) == f"<p>{text}</p>\n"


def test_numbers_stand_in_the_csv_and_formulas_do_not():
    one = Number("=cmd()", "lead_time", "2026-Q3", "no_data", None, None, None, 0, "hours")
    two = Number("web", "lead_time", "2026-Q3", "value", 1.5, 1.0, 2.0, 9, "hours")
    rows = list(csv.DictReader(io.StringIO(as_text.comma_separated(report(numbers=(one, two), name="@SUM(1)")))))
    assert rows[0]["of"].startswith("'=") and rows[0]["value"] == "" and rows[0]["subject"].startswith("'@")
    assert (rows[1]["value"], rows[1]["low"], rows[1]["n"]) == ("1.5", "1.0", "9")


def test_nobody_is_called_and_nothing_linked_by_a_name_in_a_chat():
    said = chat.text(report(name=EVIL, summary=(EVIL, "x " * 4_000)), "https://milepost.example/reports")
    assert "@channel" not in said and "](" not in said and "<" not in said and "http://evil" not in said
    assert len(said) < 4_000 and said.endswith("\nhttps://milepost.example/reports")


def test_a_file_has_a_name_that_every_system_takes():
    assert report(name="../../etc/Ünïcode & Co").file == "milepost-etc-n-code-co-2026-Q3"
    assert report(name="漢字").file == "milepost-team-2026-Q3"


def test_what_is_no_form_is_refused(home, who):
    with pytest.raises(ValueError, match="html, pdf, md, csv"):
        reports.written(who, report(), "exe")
