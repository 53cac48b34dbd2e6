"""Content: what is wrong with it, how its links and questions do, trying out what one writes, and how to write it."""

import streamlit as st

from data.access import Action
from pages.ui import content_guide, content_links, content_quiz, content_rules, content_try
from pages.ui.guard import require

user = require(Action.REVIEW)

st.title("Content", anchor=False)
st.text("What is taught is files, changed in pull requests and checked like code. This is what the checks say of them.")
names = ["Rules", "Links", "Questions", "Try a file", "Guide"]
rules, links, questions, trying, guide = st.tabs(names, key="content_tab", on_change="rerun")
with rules:
    if rules.open:
        content_rules.section(user)
with links:
    if links.open:
        content_links.section()
with questions:
    if questions.open:
        content_quiz.section(user)
with trying:
    if trying.open:
        content_try.section()
with guide:
    if guide.open:
        content_guide.section()
