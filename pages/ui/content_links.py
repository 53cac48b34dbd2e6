"""What others have written, those first that nobody has seen for long."""

from datetime import UTC, datetime

import streamlit as st

from content import catalog, learning_rules, resource_rules
from pages.ui import module_end, paging
from pages.ui.text import count

COMMAND = "python milepost.py check-content --links --write"


def section() -> None:
    """How to look at them, and each with its age."""
    today = datetime.now(UTC).date()
    some = list(catalog.resources().values())
    used = learning_rules.used({slug: catalog.modules(slug) for slug in catalog.tracks()})
    ages = {each["id"]: resource_rules.age(each, today) for each in some}
    never = sum(age is None for age in ages.values())
    old = sum(age is not None and age > resource_rules.OLD for age in ages.values())
    told = f"{count(len(some), 'resource')}, {len(used & ages.keys())} of them linked by a module. "
    told += f"{never or 'None'} never verified, {old or 'none'} last seen more than {resource_rules.OLD} days ago."
    st.text(told)
    st.text(
        "The portal opens no address by itself. Where there is a way to the web, this asks each and writes the day:"
    )
    st.code(COMMAND, language="bash")
    oldest = sorted(some, key=lambda each: (each["id"] not in used, -(ages[each["id"]] or 99_999)))

    def words(each: dict) -> str:
        return f"{each['title']} {each['url']} {each['type']}"

    for each in paging.part(oldest, "content_links", "Find a resource", ("resource", "resources"), words, 15):
        module_end.resource(each, today)
