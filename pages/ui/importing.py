"""The import of a file: what it is, for which service, what is wrong with it row by row, and only then saving."""

from datetime import UTC

import streamlit as st

from data import intake, people
from data.access import Action, Forbidden, NotFound, Subject, may
from data.people import Who
from data.queries import ServiceView
from data.sources import files
from data.sources.files import FileError, Parsed, TimeZoneNeeded
from pages.ui import import_report, progress
from pages.ui.text import count, plain

NEW = 0
ENDINGS = ["csv", "json", "jsonl", "ndjson", "txt"]
KINDS = {
    "deployments": "Deployments: what was released when, and whether it worked",
    "incidents": "Incidents: what went wrong for users, from when to when",
    "changes": "Changes: pull requests with their times",
}


def form(user: Who, services: list[ServiceView], chosen: ServiceView | None) -> None:
    """Everything in order; below it the report, and the button that fits it."""
    mine = [one for one in services if may(user, Action.ADD_SOURCE, Subject(one.organization_id, one.team_id))]
    left, right = st.columns(2, gap="large")
    with left:
        kind = st.radio("What does the file hold?", list(KINDS), format_func=KINDS.get, key="import_kind")
        st.download_button(
            "Download a template",
            files.template(kind).encode(),
            file_name=f"{kind}-template.csv",
            mime="text/csv",
            key="import_template",
            on_click="ignore",
            icon=":material/download:",
        )
        names = {one.id: f"{one.team} / {one.name}" for one in mine} | {NEW: "A new service ..."}
        index = list(names).index(chosen.id) if chosen and chosen.id in names else 0
        service_id = st.selectbox("For which service?", list(names), index, format_func=names.get, key="import_for")
        team = name = ""
        if service_id == NEW:
            team = st.text_input("Team", "My team", key="import_team", max_chars=80)
            name = st.text_input("Service", key="import_service", max_chars=80)
    with right:
        upload = st.file_uploader("CSV, JSON lines or JSON", type=ENDINGS, key="import_file")
        zone = st.selectbox(
            "Times without an offset were written down in",
            files.time_zones(),
            index=None,
            placeholder="Every time has its offset",
            key="import_zone",
        )
        until = st.datetime_input(
            "The file tells everything up to (UTC)",
            value=None,
            step=60,
            key="import_until",
            help="Without it, up to the latest time in the file. It decides where the window of the numbers ends.",
        )
    if upload is None:
        return
    parsed = _check(upload, kind, zone)
    if parsed is False:
        return
    options = {"time_zone": zone, "complete_until": until.replace(tzinfo=UTC) if until else None}
    ready, partial, check_only = _decide(parsed)
    if not ready:
        return
    try:
        target = service_id or intake.add_import_service(user, team, name)
        options |= {"accept_partial": partial, "check_only": check_only}
        progress.watch(intake.add_files(user, target, kind, upload, upload.name, **options))
    except (FileError, ValueError, Forbidden, NotFound, people.Unknown) as error:
        st.error(plain(error))
        return
    st.rerun()


def _check(upload, kind: str, zone: str | None) -> Parsed | bool | None:
    """The parsed file, None for one too large to check here, False where it cannot be used and it has been said why."""
    try:
        return intake.preview(upload, kind, zone)
    except TimeZoneNeeded as error:
        st.warning(plain(error), title="A time zone is needed")
    except FileError as error:
        st.error(plain(error), title="This file cannot be used")
    return False


def _decide(parsed: Parsed | None) -> tuple[bool, bool, bool]:
    """Whether to begin now, whether bad rows may be left out, and whether only to check."""
    if parsed is None:
        st.text("The file is large: it is read in the background, and nothing is saved when a row has an error.")
        with st.container(horizontal=True):
            check = st.button("Check only", key="import_check")
            go = st.button("Import", type="primary", key="import_go")
        return check or go, False, check
    import_report.show(parsed)
    good = len(parsed.frame)
    if not good and (parsed.rows or parsed.kind != "incidents"):
        return False, False, False
    if parsed.bad_rows:
        agreed = st.checkbox(f"Leave out the {count(parsed.bad_rows, 'row')} with errors", key="import_partial")
        label = f"Import the {count(good, 'good row')}"
        return st.button(label, type="primary", key="import_go", disabled=not agreed) and agreed, True, False
    label = f"Import {count(good, 'row')}" if good else "Import that none happened"
    return st.button(label, type="primary", key="import_go"), False, False
