"""A result as files."""

import streamlit as st

from data.asked import result_files, results
from pages.ui.survey_head import Shown


def section(shown: Shown) -> None:
    """What can be downloaded; single answers only where all counts are shown."""
    view, changes = shown.view, shown.changes
    name = f"survey-{view.wave.id}"
    with st.expander("Take it along", icon=":material/download:"):
        with st.container(horizontal=True):
            _button(shown, "Result (JSON)", lambda: result_files.result_json(view, changes), f"{name}-result.json")
            _button(shown, "Result (CSV)", lambda: result_files.result_csv(view, changes), f"{name}-result.csv")
        if not result_files.can_export(view):
            st.caption("Single answers are not shown here, so they cannot be downloaded either.")
            return
        with st.container(horizontal=True):
            shuffled = f"{name}-answers-rows-are-not-people"
            _button(shown, "Answers (CSV)", lambda: result_files.answers_csv(view), f"{shuffled}.csv")
            _button(shown, "Answers (JSON)", lambda: result_files.answers_json(view), f"{shuffled}.json")
        st.caption(f"{result_files.NOTE} Pain points are on their own page.")


def _button(shown: Shown, label: str, made, file: str) -> None:
    kind = "application/json" if file.endswith("json") else "text/csv"

    def taken() -> bytes:
        results.taken(shown.user, shown.view)
        return made().encode()

    st.download_button(
        label,
        data=taken,
        file_name=file,
        mime=kind,
        key=f"survey_take_{file}",
        on_click="ignore",
        icon=":material/download:",
    )
