"""Long lists a page at a time, with a search: forty teams with two thousand services stay as quick as three."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from pages.ui.text import count

PAGE = 20
Item = TypeVar("Item")


def part(
    items: Sequence[Item], key: str, label: str, noun: tuple[str, str], text: Callable[[Item], str], size: int = PAGE
) -> Sequence[Item]:
    """The items of the page in view. A list that fits on one page is returned as it is, without search and pager.

    noun: (one, many). text: what is searched, word by word and without regard to capitals.
    """
    if len(items) <= size:
        return items
    asked = st.text_input(label, key=f"{key}_find", type="search", icon=":material/search:", live="300ms", width=420)
    words = (asked or "").casefold().split()
    found = [one for one in items if all(word in text(one).casefold() for word in words)] if words else items
    pages = max(1, -(-len(found) // size))
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        page = st.pagination(pages, key=f"{key}_page_{pages}_{' '.join(words)}") if pages > 1 else 1
        first = (page - 1) * size
        shown = found[first : first + size]
        if not found:
            st.caption(f"None of the {count(len(items), *noun)} is called so.")
        else:
            st.caption(f"{first + 1:,} to {first + len(shown):,} of {count(len(found), *noun)}")
    return shown
