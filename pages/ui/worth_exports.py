"""What it is worth as files, with every input in them; and what is not in it."""

import re

import streamlit as st

from assessments import worth_words as words
from data.improving import worth_files
from data.improving.worth import WorthView
from pages.ui import worth_head


def section(view: WorthView) -> None:
    """The limits of the numbers, how they are made, and the buttons."""
    worth_head.not_in_it(view.worth)
    with st.expander("How this is computed", key="worth_method"):
        st.text(words.METHOD)
    stem = re.sub(r"[^a-z0-9]+", "-", view.place.name.lower()).strip("-")[:60] or "organization"
    kinds = (
        ("Markdown", "md", "text/markdown", lambda: worth_files.markdown(view).encode()),
        ("CSV", "csv", "text/csv", lambda: worth_files.csv(view).encode()),
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("Download as", width="content")
        for label, ending, mime, make in kinds:
            st.download_button(
                label,
                data=make,
                file_name=f"worth-{stem}.{ending}",
                mime=mime,
                key=f"worth_download_{ending}",
                on_click="ignore",
                icon=":material/download:",
                type="tertiary",
            )
