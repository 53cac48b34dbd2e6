"""What counts as a production deployment: choose, see what that would count and what not, and only then save."""

import streamlit as st

from data.access import Action
from pages.ui import cached, demo, dry_run, pick, rule_form, states
from pages.ui.addresses import page_at
from pages.ui.guard import require

user = require(Action.VIEW_ROWS)

demo.leave_when_removed()
st.title("What counts as a production deployment", anchor=False)
service = pick.service(user, st.container())
demo.label(user, service.is_demo)
if service.collected_until is None:
    states.empty(
        "Nothing to choose from yet",
        "No facts have been collected for this service, so nothing can be counted.",
        "See its sources",
        page_at("sources"),
        {"service": str(service.id)},
    )
    st.stop()

if not service.holds:
    query = {"service": str(service.id)}
    states.empty("Nothing to choose from yet", states.NOTHING_FOUND, "See its sources", page_at("sources"), query)
    st.stop()

settings = rule_form.edit(service, cached.proposals(service), cached.workflows(service))
if settings is None:
    st.stop()
rows = cached.dry_run(service, settings)
dry_run.summary(rows, settings == service.settings)
rule_form.save(user, service, settings)
dry_run.table(service, rows)
