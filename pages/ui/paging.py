"""Long lists a page at a time, with a search: forty teams with two thousand services stay as quick as three."""

from collections.abc import Callable, Hashable, Sequence
from itertools import groupby
from typing import TypeVar

import streamlit as st

from pages.ui.text import count

PAGE = 20
Item = TypeVar("Item")


def part(
    items: Sequence[Item],
    key: str,
    label: str,
    noun: tuple[str, str],
    text: Callable[[Item], str],
    size: int = PAGE,
    together: Callable[[Item], Hashable] | None = None,
) -> Sequence[Item]:
    """The items of the page in view. A list that fits on one page is returned as it is, without search and pager.

    noun: (one, many). text: what is searched, word by word and without regard to capitals. together: neighbours that
    share this stay on one page as long as they fit on one.
    """
    if len(items) <= size:
        return items
    asked = st.text_input(label, key=f"{key}_find", type="search", icon=":material/search:", live="300ms", width=420)
    words = (asked or "").casefold().split()
    found = [one for one in items if all(word in text(one).casefold() for word in words)] if words else items
    edges = [*begins(found, size, together), len(found)]
    with st.container(gap="xsmall"):
        pages = len(edges) - 1
        page = st.pagination(pages, key=f"{key}_page_{pages}_{' '.join(words)}") if pages > 1 else 1
        first = edges[page - 1]
        shown = found[first : edges[page]]
        if not found:
            st.caption(f"None of the {count(len(items), *noun)} is called so.")
        else:
            st.caption(f"{first + 1:,} to {first + len(shown):,} of {count(len(found), *noun)}")
    return shown


def begins(items: Sequence[Item], size: int, together: Callable[[Item], Hashable] | None = None) -> list[int]:
    """The place of the first item of each page, see `part`."""
    if together is None:
        return list(range(0, len(items), size)) or [0]
    found, place = [0], 0
    for _, group in groupby(items, together):
        after = place + len(list(group))
        if place > found[-1] and after - found[-1] > size:
            found.append(place)
        found += range(found[-1] + size, after, size)
        place = after
    return found
