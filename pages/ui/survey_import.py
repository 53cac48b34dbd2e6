"""Answers that were collected elsewhere, brought in as a closed survey."""

from datetime import UTC, datetime, time, timedelta

import streamlit as st

from content import catalog
from data.access import Action, Forbidden, NotFound, Subject, may
from data.asked import importing, waves
from data.asked.answer_files import Collected
from data.people import Who
from data.queries import TeamView
from data.sources.files_columns import FileError
from pages.ui.addresses import page_at
from pages.ui.text import count, plain


def section(user: Who, team: TeamView) -> None:
    """The form, folded, for those who may ask the team."""
    if not may(user, Action.ASK, Subject(team.organization_id, team.id, team.is_demo)):
        return
    with st.expander("Answers collected elsewhere", icon=":material/upload_file:"):
        st.text(
            "One row a person, one column a question, named by its key. A cell holds the number of an option from 0 on,"
            " or its text; dont_know, not_applicable, or nothing. Names of people do not belong into the file."
        )
        titles = {key: one["title"] for key, one in catalog.surveys().items()}
        left, right = st.columns(2, gap="medium")
        with left:
            key = st.selectbox("Which questions?", list(titles), format_func=titles.get, key="survey_import_questions")
            title = st.text_input("Title", titles[key], max_chars=80, key=f"survey_import_title_{key}")
        with right:
            asked = st.number_input("How many people were asked?", 5, waves.MOST_PEOPLE, 10, key="survey_import_asked")
            today = datetime.now(UTC).date()
            day = st.date_input(
                "When was it closed?", today, max_value=today, key="survey_import_day", format="YYYY-MM-DD"
            )
        upload = st.file_uploader("CSV or JSON", ["csv", "json", "txt"], key="survey_import_file")
        if upload is None:
            return
        found = _preview(key, upload.getvalue())
        if found is None:
            return
        st.text(f"{count(len(found.rows), 'person', 'people')}, {count(len(found.keys), 'question')}.")
        for note in found.notes:
            st.caption(plain(note))
        if st.button("Import and close", type="primary", key="survey_import_go"):
            _keep(user, team, key, title, upload.getvalue(), int(asked), day)


def _preview(key: str, data: bytes) -> Collected | None:
    try:
        return importing.preview(key, data)
    except (FileError, ValueError) as error:
        st.error(plain(error), title="This file cannot be used")
        return None


def _keep(user: Who, team: TeamView, key: str, title: str, data: bytes, asked: int, day) -> None:
    noon = datetime.combine(day, time(12), UTC)
    at = min(noon, datetime.now(UTC) - timedelta(seconds=1))
    try:
        wave_id = importing.import_answers(user, team.id, key, title, data, asked, at)
    except (FileError, ValueError, Forbidden, NotFound) as error:
        st.error(plain(error))
        return
    st.switch_page(page_at("survey"), query_params={"wave": wave_id})
