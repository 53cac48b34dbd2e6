"""A file that somebody writes, held against the rules, and a module as it would be read. Nothing is kept."""

import streamlit as st

from content import check
from content.modules import Module
from pages.ui import prose
from pages.ui.text import count, plain

MOST = 100_000  # bytes


def section() -> None:
    """The upload and what is said of it."""
    st.text(
        "A module (.md), a track.yml, a resources.yml or a proof of concept (.yml): what would have to be mended, and "
        "how a module reads. Nothing is kept. For a whole folder there is the command check-content."
    )
    given = st.file_uploader("File", type=["md", "yml"], key="content_file", max_upload_size=1)
    if given is None:
        return
    if given.size > MOST:
        st.error(f"The file has {given.size:,} bytes; such files have at most {MOST:,}.")
        return
    try:
        text = given.getvalue().decode("utf-8")
    except UnicodeDecodeError:
        st.error("The file is not text in UTF-8; save it so and try again.")
        return
    tried = check.one(given.name, text)
    if tried.problems:
        st.markdown(f":orange-badge[{count(len(tried.problems), 'line')} to mend]")
        st.markdown("\n".join(f"- {plain(problem)}" for problem in tried.problems[:50]))
    else:
        st.markdown(f":green-badge[Nothing to mend] Read as a {tried.kind}.")
    if tried.module is not None:
        _module(tried.module)


def _module(module: Module) -> None:
    with st.container(border=True, key="content_preview"):
        st.title(plain(module.head["title"]), anchor=False)
        prose.show(module.lead)
        for step in module.steps:
            st.header(f"{step.number}\\. {prose.line(step.title)}", anchor=False)
            prose.show(step.body)
        for item in module.head["quiz"]:
            st.markdown("**Question**")
            prose.show(item["q"])
            st.markdown("\n".join(f"- {prose.line(choice)}" for choice in item["choices"]))
            prose.show(item["because"])
