"""What stands on a page in place of content that cannot be read: which file is to be mended, or whom to tell."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from content.checking import ContentError
from data.access import Action
from data.people import Who
from pages.ui import guard
from pages.ui.addresses import page_at
from pages.ui.text import count, plain

TITLE = "The learning content cannot be read at the moment"
TELL = "Tell whoever runs Milepost; its log names the file."


def shown(error: Exception) -> bool:
    """Says it where a page has ended in this error; False when it is another one."""
    if not isinstance(error, ContentError):
        return False
    user = _reader()
    st.error(f"{plain(advice(error, user))} What needs none of it goes on as before.", title=TITLE)
    links(user)
    return True


@contextmanager
def left_out(user: Who, what: str) -> Iterator[None]:
    """Around a part that a page can do without: a line says that it is missing. what: as it stands in a sentence."""
    try:
        yield
    except ContentError as error:
        st.caption(f"{TITLE}, so {plain(what)} is left out here. {plain(advice(error, user))}")


def advice(error: ContentError, user: Who | None) -> str:
    """What to do about it: which file to mend for those who administer, for others whom to tell."""
    if user is None or not guard.somewhere(user, Action.ADMINISTER):
        return TELL
    first, *more = error.files
    others = f" and {count(len(more), 'other file')}" if more else ""
    return f"Mend {first}{others} in the folder of content."


def links(user: Who | None) -> None:
    """The way to what is wrong with it, for those who may see that."""
    if user is not None and guard.somewhere(user, Action.REVIEW):
        label = "What is wrong with the content"
        st.page_link(page_at("content"), label=label, icon=":material/arrow_forward:")


def _reader() -> Who | None:
    try:
        return guard.identity()
    except Exception:  # whatever the store says: this is about something else
        return None
