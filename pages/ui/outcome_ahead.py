"""Before the start: how long a service has to wait until a change of its metric would be seen."""

from collections.abc import Sequence

import streamlit as st

from data.improving import verdicts
from data.improving.verdicts import Ahead
from data.people import Who
from pages.ui import metric_pick
from pages.ui.text import plain


def section(user: Who, team_id: int) -> None:
    """For any service and metric of the team; worked out only when it is asked for."""
    some = metric_pick.services(user, team_id)
    if not some:
        return
    st.header("Before you start", anchor=False)
    st.text(
        "How long this service would have to wait to see a change of 30 %, worked out from its own history. Many "
        "services cannot see it within two years, and it is better to know that before than after."
    )
    with st.container(border=True):
        service, metric, counter = metric_pick.fields("outcome_ahead", some)
        settle = 4
        if not st.toggle("Work it out", key="outcome_ahead_go"):
            st.caption("This takes some seconds the first time.")
            return
        with st.spinner("Working out how long this service has to wait ..."):
            found = verdicts.ahead(service, metric, counter, settle)
        lines(found)


def lines(found: Sequence[Ahead]) -> None:
    """One for each metric."""
    for one in found:
        said = one.needed.because if one.needed else one.why_not
        st.markdown(f"**{plain(one.metric.name)}:** {plain(said)}")
