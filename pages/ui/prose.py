"""Texts of the learning content as they are read: Markdown that has passed the rules, code to copy, diagrams.

A text that the rules refuse is never handed to a renderer as Markdown: it is shown letter by letter.
"""

from base64 import b64encode
from html import escape

import streamlit as st

from content import markdown_rules, reading
from content.diagrams import dot, picture
from content.reading import CODE, DIAGRAM, TABLE, TEXT, Piece
from pages.ui.text import plain

#: Names of languages as the highlighter knows them.
LANGUAGES = {
    "": None, "text": None, "txt": None, "output": None, "console": "bash", "sh": "bash", "shell": "bash",
    "dockerfile": "docker", "tf": "hcl", "terraform": "hcl", "jenkinsfile": "groovy", "yml": "yaml", "promql": None,
}  # fmt: skip


def show(text: str) -> None:
    """A text of the content, piece by piece."""
    for piece in reading.pieces(text):
        if piece.kind == CODE:
            st.code(piece.text, language=LANGUAGES.get(piece.language, piece.language), wrap_lines=True)
        elif piece.kind == DIAGRAM:
            _diagram(piece)
        elif piece.kind == TABLE:
            with st.container(horizontal=True, wrap=False):  # a wide one scrolls by itself
                st.markdown(piece.text, width="content")
        elif piece.kind == TEXT:
            st.text(piece.text)
        else:
            st.markdown(piece.text, anchors=False)


def line(text: str) -> str:
    """A text for labels and lists: as it is where it may be Markdown, else with every sign as it stands."""
    return " ".join(text.split()) if _is_line(text) else plain(text)


def _is_line(text: str) -> bool:
    return "\n" not in text.strip() and not text.startswith((" ", "\t")) and markdown_rules.is_safe(text)


def _diagram(piece: Piece) -> None:
    """The picture in the colours of the page, smaller where that is narrow so that nothing is cut; and in words."""
    try:
        drawn = dot.read(piece.text)
    except dot.NotDrawn:  # the rules refuse it, so it can only come from content of before them
        st.code(piece.text, language=None, wrap_lines=True)
        return
    made, width = picture.svg(drawn, picture.DARK if st.context.theme.type == "dark" else picture.LIGHT, piece.title)
    words = dot.described(drawn)
    alt = escape(". ".join(filter(None, (piece.title, " ".join(words)))))
    coded = b64encode(made.encode()).decode()
    with st.container(border=True, gap="xsmall"):
        st.html(
            f'<img src="data:image/svg+xml;base64,{coded}" alt="{alt}" '
            f'style="display:block;margin:0 auto;width:{width:.0f}px;max-width:100%;height:auto">'
        )
        with st.expander(f"{plain(piece.title or 'Diagram')} (in words)", type="compact"):
            st.markdown("\n".join(f"- {plain(sentence)}" for sentence in words))
