"""Markdown for a comment: short first, and nothing of a repository comes alive in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assessments.evidence import Evidence, Outcome, registry
from assessments.evidence.finding import Finding
from data.evidence.markdown import LONGEST, as_markdown, code, plain
from data.evidence.shown import show
from tests.data.evidence import showing
from tests.data.evidence.test_sarif import made


def tokens(text: str) -> list:
    """Everything that Markdown makes of a text, inner parts too."""
    found = []
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        found += [token, *(token.children or ())]
    return found


def seen(text: str) -> str:
    """What a reader reads."""
    return "".join(token.content for token in tokens(text) if token.type in ("text", "code_inline", "text_special"))


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    return show(showing.shop(tmp_path_factory.mktemp("markdown")).path)


def test_the_summary_stands_before_what_is_folded(shown):
    text = as_markdown(shown)
    head = text.partition("<details>")[0]
    counts = shown.counts()
    assert f"**{counts[Outcome.NOT_MET]} not met, {counts[Outcome.PARTLY]} partly" in head
    assert head.count("\n1. ") == 1 and head.count("\n5. ") == 1 and "\n6. " not in head
    assert text.count("<details>") == text.count("</details>") == 4


HOSTILE = [
    "@mona and @acme/team",
    "[click](http://evil.example) ![x](http://evil.example/x.png)",
    "<img src=x onerror=alert(1)> <details> </details> <!-- x -->",
    "http://evil.example www.evil.example a@evil.example ftp://x",
    "#12 GH-12 acme/shop#12",
    "`code` ``` | a | b | ~~x~~ **b** _i_ $x$ :smile: &lt;",
    "- list\n# head\n> quote\n1. one\n```\nfence",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_stays_text(text):
    made_of = {token.type for token in tokens(f"- {plain(text)}")}
    assert made_of <= {
        "bullet_list_open", "list_item_open", "paragraph_open", "inline", "text", "text_special", "paragraph_close",
        "list_item_close", "bullet_list_close",
    }  # fmt: skip
    assert seen(plain(text)).replace("\N{WORD JOINER}", "") == " ".join(text.split())


@pytest.mark.parametrize("sign", ["@mona", "x@y.example", "https://x", "#1", "GH-1", "www.x", ":smile:"])
def test_what_github_brings_to_life_is_taken_apart(sign):
    assert sign not in seen(plain(f"see {sign} there"))


@given(st.text(max_size=60))
def test_code_shows_any_text_as_it_is(text):
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    assert seen(f"- {code(text)}").strip() == line.strip()


@given(st.text(max_size=60))
def test_any_text_makes_no_link_and_no_html(text):
    assert {token.type for token in tokens(f"- {plain(text)}")}.isdisjoint(
        {"link_open", "image", "html_inline", "html_block"}
    )


def test_hostile_findings_make_no_link_no_html_and_no_mention(shown):
    places = (Evidence(showing.HOSTILE, 3, showing.HOSTILE), Evidence("</details>`` `", None, "x"))
    text = as_markdown(made(Finding(Outcome.NOT_MET, " ".join(HOSTILE), places, 2, remedy=" ".join(HOSTILE))))
    found = tokens(text)
    html = "".join(token.content for token in found if token.type in ("html_block", "html_inline"))
    assert not {token.type for token in found} & {"link_open", "image"}
    assert {part for part in html.replace("\n", "").split("<") if part}.isdisjoint({"img", "b>"})
    assert html.count("<details>") == html.count("</details>") == text.count("\n<details>")


def test_a_long_text_is_cut_at_a_whole_entry_and_says_so():
    places = tuple(Evidence(f"folder/{'x' * 200}{n}", n, "x") for n in range(1, 20))
    finding = Finding(Outcome.NOT_MET, "y" * 2000, places, 19)
    whole = made(finding)
    results = tuple(type(whole.evaluation.results[0])(each.probe, finding) for each in registry().values())
    evaluation = type(whole.evaluation)("0" * 40, results, {})
    text = as_markdown(type(whole)("shop", None, "0" * 40, 0, evaluation, ()))
    assert len(text) <= LONGEST and "This is not all" in text
    assert text.count("<details>") == text.count("</details>")


@pytest.mark.parametrize("longest", [300, 1_000, 3_000])
def test_a_summary_that_is_too_long_by_itself_is_cut_too(shown, longest):
    text = as_markdown(shown, longest)
    assert len(text) <= longest and text.startswith("### What") and "This is not all" in text
