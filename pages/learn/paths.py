"""Paths: the first hour of somebody new, what each track takes, and which tracks lead which capability up."""

import streamlit as st

from data.access import Action
from data.learning import paths
from pages.ui import first_hour, path_matrix, path_takes
from pages.ui.guard import require

user = require(Action.VIEW)

st.title("Paths", anchor=False)
first_hour.section(user)
found = paths.matrix()
path_matrix.section(found)
path_takes.section(found)
