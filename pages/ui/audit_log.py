"""The audit log as a list, with what it may be narrowed to; the filters stand in the address."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import streamlit as st

from data.keeping import trail
from data.keeping.trail import Filter, Line, Page
from data.people import Who
from pages.ui import cached
from pages.ui.text import count, minute

PAGE = 25
_EARLIEST = date(2000, 1, 1)
_COLUMNS = {"at": "When (UTC)", "who": "Who", "did": "What", "about": "About", "detail": "Details"}


def filters(user: Who, organization_id: int) -> Filter:
    """What the visitor wants to see; from the address at first, and back into it."""
    names = _people(cached.version(), cached.standing(user), organization_id, user)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        kind = st.selectbox(
            "What", list(trail.KINDS), index=_place(list(trail.KINDS), "what", str), format_func=trail.KINDS.get,
            key="audit_kind", width=230,
        )  # fmt: skip
        person = st.selectbox(
            "Who",
            list(names),
            index=_place(list(names), "who", int),
            format_func=names.get,
            key="audit_person",
            width=230,
        )
        since = st.date_input(
            "From", _day("from"), _EARLIEST, _latest(), key="audit_since", format="YYYY-MM-DD", width=150
        )
        until = st.date_input("To", _day("to"), _EARLIEST, _latest(), key="audit_until", format="YYYY-MM-DD", width=150)
    chosen = {"what": None if kind == trail.ALL else kind, "who": person, "from": since, "to": until}
    for name, value in chosen.items():
        if value is None:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != str(value):
            st.query_params[name] = str(value)
    return Filter(kind, person, since, until)


@st.cache_resource(max_entries=16, ttl=60, show_spinner=False)
def _people(version: int, standing: tuple, organization_id: int, _user: Who) -> dict[int | None, str]:
    """Of some hundred thousand lines; what a look alone has added is among them within a minute."""
    return trail.people_of(_user, organization_id)


def _place(options: list, name: str, kind: type) -> int:
    """Where what the address says stands among the options; the first where it says nothing of these."""
    found = [place for place, each in enumerate(options) if each is not None and str(each) == st.query_params.get(name)]
    return found[0] if found else 0


def _day(name: str) -> date | None:
    try:
        found = date.fromisoformat(st.query_params.get(name, ""))
    except ValueError:
        return None
    return found if _EARLIEST <= found <= _latest() else None


def _latest() -> date:
    return datetime.now(UTC).date() + timedelta(days=1)


def show(user: Who, organization_id: int, wanted: Filter) -> None:
    """The lines a page at a time, the newest first, and all of them as a file."""
    if wanted.since and wanted.until and wanted.since > wanted.until:
        st.warning("The day in From lies behind the one in To: nothing can be between them.")
        return
    slot = st.container()
    key = f"audit_page_{wanted.kind}_{wanted.person}_{wanted.since}_{wanted.until}"
    found = trail.page(user, organization_id, wanted, st.session_state.get(key, 1), PAGE)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(_told(found))
        if found.total:
            st.download_button(
                "Download CSV",
                data=lambda: trail.as_csv(user, organization_id, wanted).encode(),
                file_name="audit-log.csv",
                mime="text/csv",
                key="audit_csv",
                on_click="ignore",
                icon=":material/download:",
                type="tertiary",
            )
    pages = -(-found.total // PAGE)
    if pages > 1:
        st.pagination(pages, key=key)
    with slot:
        _table(found)


def _told(found: Page) -> str:
    if found.more:
        most = f"The file has up to {trail.MOST_IN_FILE:,}."
        return f"More than {found.total:,} lines: narrow them to reach older ones. {most}"
    return count(found.total, "line")


def _table(found: Page) -> None:
    if not found.lines:
        st.text("Nothing of this kind is in the log. Choose other days, another person or everything.")
        return
    rows = {name: [_cell(line, name) for line in found.lines] for name in _COLUMNS}
    st.dataframe(
        pl.DataFrame(rows, schema=dict.fromkeys(_COLUMNS, pl.String)).to_arrow(),
        hide_index=True,
        column_config=_COLUMNS,
        alt="Lines of the audit log: when, who, what, about what, details",
        width="stretch",
        height="content",
        key="audit_table",
    )


def _cell(line: Line, name: str) -> str:
    if name == "at":
        return minute(line.at).removesuffix(" UTC")
    if name == "detail":
        return "; ".join(f"{key}: {value}" for key, value in line.detail)
    return getattr(line, name)
