"""The map that is shown as files: SVG and PNG to look at, Mermaid for a wiki, JSON to keep and to read back."""

import re

import streamlit as st

from assessments.workflow.drawing import svg
from assessments.workflow.mermaid import mermaid
from assessments.workflow.model import Map
from data.asked import map_files


def buttons(drawn: Map, name: str) -> None:
    """A button for each; the file is made when it is asked for. name: of the files, before the ending."""
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:80] or "map"
    kinds = (
        ("SVG", "svg", "image/svg+xml", lambda: svg(drawn).encode()),
        ("PNG", "png", "image/png", lambda: map_files.png(svg(drawn))),
        ("Mermaid", "mmd", "text/vnd.mermaid", lambda: mermaid(drawn).encode()),
        ("JSON", "json", "application/json", lambda: map_files.write_json(drawn)),
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("Download as", width="content")
        for label, ending, mime, make in kinds:
            st.download_button(
                label,
                data=make,
                file_name=f"{stem}.{ending}",
                mime=mime,
                key=f"map_download_{ending}",
                on_click="ignore",
                icon=":material/download:",
                type="tertiary",
            )
