"""Which part of which module is looked at: it stands in the address, and is where one goes on next time."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from content import catalog
from content.modules import Module
from data.learning import progress
from data.learning.progress import Progress
from data.people import Who
from pages.ui.addresses import page_at

END, WHOLE = "end", "all"
EMPTIED = 0.1  # seconds for the browser to notice


@dataclass(frozen=True)
class Here:
    """slug, module: the one looked at; modules: all of the track in their order; team: as it stood in the address."""

    track: str
    slug: str
    module: Module
    modules: Mapping[str, Module]
    team: str

    @property
    def steps(self) -> int:
        return len(self.module.steps)

    def query(self, step: str = "", module: str = "") -> dict[str, str]:
        """The address of a part of a module of this track."""
        made = {"track": self.track, "module": module or self.slug}
        made |= {"team": self.team} if self.team else {}
        return made | ({"step": step} if step else {})

    def beside(self, by: int) -> str | None:
        """The slug of the module before (-1) or after (1) this one."""
        slugs = list(self.modules)
        place = slugs.index(self.slug) + by
        return slugs[place] if 0 <= place < len(slugs) else None


def find() -> Here:
    """Ends the page where the address names no module."""
    track, slug = st.query_params.get("track", ""), st.query_params.get("module", "")
    team = st.query_params.get("team", "")
    modules = catalog.modules(track) if track in catalog.tracks() else {}
    if slug not in modules:
        st.title("Module", anchor=False)
        st.text("There is no such module, or it has another name by now.")
        if track in catalog.tracks():
            st.page_link(page_at("track"), label="Its track", icon=":material/route:", query_params={"track": track})
        st.page_link(page_at("learn"), label="All tracks", icon=":material/arrow_back:")
        st.stop()
    return Here(track, slug, modules[slug], modules, team if team.isascii() and team.isdigit() else "")


def part(here: Here, mine: Progress) -> str:
    """The number of a step as text, END, or WHOLE: from the address, else where the reader stopped."""
    known = [str(step.number) for step in here.module.steps]
    wanted = st.query_params.get("step", "")
    if wanted not in (*known, END, WHOLE):
        wanted = str(mine.step) if str(mine.step) in known and not mine.is_over else known[0]
        st.query_params["step"] = wanted
    return wanted


def keep(user: Who, here: Here, mine: Progress, part: str) -> None:
    """Remembers a step that was opened, where that is news."""
    step = int(part) if part not in (END, WHOLE) else mine.step or 1
    if not mine.is_over and (mine.state is None or mine.step != step):
        progress.at_step(user, here.track, here.slug, step)


def from_the_top(here: Here, part: str) -> DeltaGenerator:
    """Where the page is drawn. A browser stays as far down as it was; when another part is opened the page is emptied
    for a moment, so that reading begins at its top."""
    place = st.empty()
    shown = (here.track, here.slug, part)
    if st.session_state.get("module_shown", shown) != shown:
        place.empty()
        time.sleep(EMPTIED)
    st.session_state["module_shown"] = shown
    return place.container()


def go(step: str, module: str = "") -> None:
    """To another part of the module, or to another module where one stopped in it, as a callback."""
    if module:
        st.query_params["module"] = module
    if step:
        st.query_params["step"] = step
    else:
        st.query_params.pop("step", None)
