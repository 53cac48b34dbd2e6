"""What a file says and what is wrong with it, cell by cell."""

import polars as pl
import streamlit as st

from data.sources.files import Parsed
from pages.ui import tables
from pages.ui.text import count

ERRORS = {
    "row": "Row",
    "column": "Column",
    "value": "Value",
    "problem": st.column_config.TextColumn("What to do", width="large"),
}


def show(parsed: Parsed) -> None:
    """The summary, the first good rows, and every error."""
    good = len(parsed.frame)
    if parsed.bad_rows:
        st.warning(f"{count(parsed.bad_rows, 'row')} of {parsed.rows:,} cannot be used. Nothing has been saved.")
    elif not parsed.rows:
        none = "it says that no incident happened" if parsed.kind == "incidents" else "there is nothing to save"
        st.info(f"The file has no rows: {none}. Nothing has been saved.")
    else:
        st.success(f"All {count(parsed.rows, 'row')} can be used. Nothing has been saved yet.")
    for note in parsed.notes:
        st.text(note)
    if parsed.bad_rows:
        errors(parsed.errors, "import_errors")
    if good:
        with st.expander("The first rows as they would be saved", icon=":material/table_rows:"):
            shown = parsed.frame.head(10)
            shown = shown.select(column.name for column in shown if column.null_count() < len(shown))
            st.dataframe(shown, hide_index=True, alt="The first ten rows as they would be saved.")


def errors(rows: pl.DataFrame, key: str) -> None:
    """Row by row what is wrong and what to do about it."""
    st.markdown("**Rows that cannot be used**")
    tables.show(rows, key, ("error", "errors"), "Errors of the file, by row and column.", ERRORS)
