"""The modules of a track, and how far the reader is with each."""

import streamlit as st

from content import catalog
from content.modules import Module
from data.learning import progress
from data.learning.catalogue import Entry
from data.learning.progress import Progress
from data.people import Who
from pages.ui.addresses import page_at
from pages.ui.learn_words import STAGES, minutes, person_badge
from pages.ui.text import count, plain


def section(user: Who, team_id: int | None, one: Entry) -> None:
    """Nothing where none is written. team_id: None for somebody who has no team to look at."""
    modules = catalog.modules(one.slug)
    if not modules:
        return
    mine = progress.of_track(user, one.slug)
    counted = progress.counted(mine)
    st.header("Modules", anchor=False)
    if counted.all:
        told = f"{counted.done} of {count(counted.all, 'module')} done"
        told += f", about {minutes(counted.minutes_left)} to go" if counted.minutes_left else ""
        st.progress(min(1.0, counted.done / counted.all), text=f"{told}. Only you see this.")
    following = next((slug for slug, each in mine.items() if not each.is_over), None)
    if following:
        label = "Go on reading" if any(each.state for each in mine.values()) else "Begin to read"
        where = _query(team_id, one.slug, following)
        if st.button(label, key="track_read", type="primary", icon=":material/menu_book:"):
            st.switch_page(page_at("module"), query_params=where)
    with st.container(border=True, gap="small", key="track_modules"):
        for number, (slug, module) in enumerate(modules.items(), 1):
            _row(team_id, one.slug, number, module, mine.get(slug))


def _query(team_id: int | None, track: str, module: str) -> dict[str, str]:
    """The address of a module, as this team reads it where there is one."""
    return {"track": track, "module": module} | ({"team": str(team_id)} if team_id else {})


def _row(team_id: int | None, track: str, number: int, module: Module, mine: Progress | None) -> None:
    head = module.head
    query = _query(team_id, track, head["slug"])
    facts = [STAGES[head["stage"]], minutes(head["minutes"])]
    if mine and mine.minutes_left and mine.minutes_left < mine.minutes:
        facts.append(f"{minutes(mine.minutes_left)} left")
    if head["quiz"]:
        facts.append(count(len(head["quiz"]), "question"))
    if mine and mine.renewed:
        facts.append("changed since you read it")
    told = [f"**{number}\\. {plain(head['title'])}**", person_badge(mine), f":gray[{plain(' · '.join(facts))}]"]
    st.page_link(page_at("module"), label=" ".join(filter(None, told)), query_params=query)
