"""Texts of the content on a page: what is Markdown, what is code, and that nothing else gets through."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import prose
from pages.ui.text import JOINER, plain

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](<javascript:alert(1)>)",
    "[a\nb](JaVaScRiPt:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a][x]\n\n[x]:\n  vbscript:msgbox(1)",
    "![a](https://evil.example/pixel.png)",
    "![a][x]\n\n[x]: https://evil.example/pixel.png",
    "<https://ok.example/> <javascript:alert(1)>",
    "> <iframe src='https://evil.example'></iframe>",
    "- item\n\n  <object data=x>",
    "| a |\n|---|\n| <b onclick=x> |",
    "<!-- comment --> text",
    "[a](https://ok.example \"t\") <a href='javascript:x'>b</a>",
    "$\\href{javascript:alert(1)}{x}$",
    "```mermaid\ngraph TD; click A href \"javascript:alert(1)\"\n```",
    "```dot A\ndigraph { a [URL=\"javascript:alert(1)\"] }\n```",
    ":red[a] :material/home: :rocket:",
    "~~~html\n<script>\n~~~\n<script>",
]  # fmt: skip


def drawn(text: str) -> AppTest:
    def script(text):
        from pages.ui import prose

        prose.show(text)

    return AppTest.from_function(script, args=(text,)).run()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_markdown_is_letters(text):
    at = drawn(text)
    assert not at.exception
    assert [each.value for each in at.text] == [text] and not at.markdown and not at.get("html")
    line = prose.line(text)
    assert not re.search(r"(?<!\\)<", line) and "](" not in line and ("://" not in line or JOINER in line)


def test_fine_markdown_is_shown_as_such_and_code_can_be_copied():
    at = drawn("Say **this**:\n\n```Dockerfile\nFROM scratch\n```\n\n- [there](https://ok.example/)\n\n```\nplain\n```")
    assert [each.value for each in at.markdown] == ["Say **this**:", "- [there](https://ok.example/)"]
    assert [(each.value, each.language) for each in at.code] == [("FROM scratch", "docker"), ("plain", "plaintext")]


def test_a_diagram_is_a_picture_with_its_words():
    at = drawn('```dot How <it> "flows"\ndigraph { a -> b [label="when & why"] }\n```')
    [made] = at.get("html")
    assert 'src="data:image/svg+xml;base64,' in made.proto.body
    assert "max-width:100%" in made.proto.body  # smaller where the page is narrow, never cut
    assert 'alt="How &lt;it&gt; &quot;flows&quot;. a leads to b: when &amp; why."' in made.proto.body
    assert [each.value for each in at.markdown] == [f"- {plain('a leads to b: when & why.')}"]


def test_a_line_with_code_stays_so():
    assert prose.line("Use `set -e` **always**") == "Use `set -e` **always**"
    assert prose.line("two\nlines") == "two lines"
