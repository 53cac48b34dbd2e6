"""Rows behind the numbers: a page of them at a time, with links, and all of them as a file."""

import polars as pl
import streamlit as st

from assessments.delivery import present
from data.sources.files import to_csv
from pages.ui.text import count, plain, web

PAGE = 10


def download(frame: pl.DataFrame, key: str) -> None:
    """All the rows as a file, made when somebody asks for it; nothing in it is taken for a formula."""
    st.download_button(
        "Download CSV",
        data=lambda: to_csv(frame).encode(),
        file_name=f"{key}.csv",
        mime="text/csv",
        key=f"{key}_csv",
        on_click="ignore",
        icon=":material/download:",
        type="tertiary",
    )


def show(
    frame: pl.DataFrame,
    key: str,
    noun: tuple[str, str],
    alt: str,
    columns: dict | None = None,
    links: tuple[str, ...] = (),
    durations: dict[str, str] | None = None,
    order: tuple[str, ...] | None = None,
    still: bool = False,
) -> None:
    """One page of the frame, a pager when there is more, and a download of the whole.

    noun: (one, many). columns: column -> heading or `st.column_config`. links: columns that hold addresses; what is not
    an http(s) address is left out. durations: new column -> the column of hours that it says in words. order: the
    columns listed, all without it; the download has every column. still: rows stay in the order that they have, which a
    click on a heading changes otherwise: teams are not put in the order of a number. Headings are texts then.
    """
    if frame.is_empty():
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(count(len(frame), *noun))
        download(frame, key)
    pages = -(-len(frame) // PAGE)
    slot = st.container()
    page = st.pagination(pages, key=f"{key}_page_{pages}") if pages > 1 else 1
    part = frame.slice((page - 1) * PAGE, PAGE)
    if still:
        texts = pl.col(pl.String).map_elements(plain, return_dtype=pl.String)
        slot.table(part.with_columns(texts).rename(columns or {}), hide_index=True, alt=alt)
        return
    words = {
        new: pl.Series([present.duration(hours) for hours in part[hours_of]], dtype=pl.String)
        for new, hours_of in (durations or {}).items()
    }
    addresses = {name: pl.Series([web(url) for url in part[name]], dtype=pl.String) for name in links}
    settings = dict(columns or {})
    for name in links:
        if addresses[name].is_null().all():
            settings[name] = None  # a column without any address says nothing
            continue
        settings[name] = st.column_config.LinkColumn(settings.get(name, "Link"), display_text="Open")
    slot.dataframe(
        part.with_columns(**words, **addresses).to_arrow(),  # a frame would take the way through pandas
        hide_index=True,
        column_config=settings,
        column_order=order,
        alt=alt,
        placeholder="",
        width="stretch",
        key=f"{key}_table",
    )
