"""What Milepost is set to, where each value and secret comes from, and whether it is right."""

import streamlit as st

from data import settings
from data.access import Action
from pages.ui import settings_list
from pages.ui.guard import require

user = require(Action.ADMINISTER)

st.title("Settings", anchor=False)
st.markdown(
    "Settings stand in the environment in which Milepost is started, and are changed there. This is what the portal "
    "sees; where the worker runs by itself, `python milepost.py settings` tells what that one sees."
)
with st.spinner("Looking at every setting ..."):
    found = settings.seen(user)

settings_list.summary(found)
settings_list.tries(user)
for part in found.parts:
    settings_list.part(part)
