"""A module as it is read: step by step or as a whole, with its questions; where one stopped is where one goes on."""

import streamlit as st

from data.access import Action
from data.learning import progress
from pages.ui import module_contents, module_end, module_head, module_nav, module_place, module_steps, module_words
from pages.ui.guard import require

user = require(Action.VIEW)

st.set_page_config(layout="centered")
if note := st.session_state.pop(module_words.NOTE, None):
    st.toast(note)
here = module_place.find()
mine = progress.of_track(user, here.track)
part = module_place.part(here, mine[here.slug])
module_place.keep(user, here, mine[here.slug], part)

module_contents.sidebar(here, mine, part)
with module_place.from_the_top(here, part):
    module_head.show(here, mine, part)
    module_steps.show(here, part)
    if part in (module_place.END, module_place.WHOLE):
        module_end.show(user, here, mine[here.slug])
    module_nav.row(here, part, mine[here.slug].is_over)
