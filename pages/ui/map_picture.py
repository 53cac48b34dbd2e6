"""The drawing of a map with its figures; the same as lines for whoever cannot see it, or not the whole of it."""

from base64 import b64encode
from html import escape

import streamlit as st

from assessments.workflow import sentences, words
from assessments.workflow.colours import DARK, LIGHT
from assessments.workflow.drawing import described, svg
from assessments.workflow.model import HAPPY, RECOVERY, Map
from assessments.workflow.totals import totals
from pages.ui.text import plain

PURPOSE = (
    "A step's lead time is from accepting the work to handing it on, and includes its wait; work is the time somebody "
    "works on it; complete and accurate (%C&A) is the share the next step can use as it is. The constraint is the step "
    "with the largest share of the waiting. A total with an unknown part is not known."
)


def purpose() -> None:
    """How it is added up, on request."""
    with st.expander("How this is computed", icon=":material/function:"):
        st.markdown(PURPOSE)


def figures(drawn: Map) -> None:
    """The totals of the happy path, where the work waits, and those of the recovery path in a sentence."""
    if drawn.path(HAPPY):
        with st.container(horizontal=True, gap="large"):
            for figure in sentences.figures(totals(drawn, HAPPY)):
                with st.container(width="content", gap=None):
                    st.metric(figure.name, figure.value, width="content")
                    st.caption(plain(figure.more or "\N{NO-BREAK SPACE}"))
    told = [sentences.constraint(drawn, HAPPY), sentences.path(drawn, RECOVERY), sentences.constraint(drawn, RECOVERY)]
    st.markdown("  \n".join(plain(text) for text in (told[0], f"{told[1]} {told[2]}".strip()) if text))


def picture(drawn: Map) -> None:
    """The drawing, in the colours of the page; on a narrow one it scrolls inside its frame."""
    dark = st.context.theme.type == "dark"
    coded = b64encode(svg(drawn, DARK if dark else LIGHT).encode()).decode()
    st.html(
        '<div style="overflow-x:auto;border-radius:8px" tabindex="0">'
        f'<img src="data:image/svg+xml;base64,{coded}" alt="{escape(described(drawn))}" '
        'style="display:block;width:100%;min-width:1000px;max-width:1400px;height:auto"></div>'
    )


def lines(drawn: Map) -> None:
    """Every step as a line."""
    with st.expander("The steps as a list", icon=":material/format_list_numbered:"):
        for path in (HAPPY, RECOVERY):
            told = sentences.step_lines(drawn, path)
            if told:
                numbered = "\n".join(f"{number}. {plain(line)}" for number, line in enumerate(told, start=1))
                st.markdown(f"**{words.PATHS[path]}**\n\n{numbered}")


def show(drawn: Map, stale: bool = False) -> None:
    """Figures, drawing, list. stale: something typed cannot be read, and this is from before."""
    if stale:
        st.markdown(
            ":red-badge[From before]\N{EN SPACE}What was typed last cannot be drawn; why is said below the tables."
        )
    figures(drawn)
    picture(drawn)
    lines(drawn)
