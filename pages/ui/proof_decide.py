"""The end of a timebox: adopt, adapt or stop, with the reasons that somebody will ask for in a year."""

import streamlit as st

from data import store
from data.improving.interventions import Done
from data.improving.measuring import METRICS
from data.learning import decisions
from data.learning.attempts import AttemptView
from data.learning.decisions import Decision
from data.people import Who
from pages.ui import metric_pick, proof_words
from pages.ui.addresses import page_at
from pages.ui.asking import asked
from pages.ui.text import count, day, plain

NOTE = "proof_note"
DAY = 86_400 * 1_000_000


def timebox(one: AttemptView) -> str:
    """'4 days left, until 3 Mar 2026', as a badge in Markdown."""
    until, left = day(store.from_us(one.due_at)), (one.due_at - store.now_us()) // DAY
    if one.due_at <= store.now_us():
        return f":orange-badge[:material/alarm: time is up since {until}]"
    words = "ends within a day" if left == 0 else f"{count(left, 'day')} left"
    return f":gray-badge[:material/timer: {words}, until {until}]"


def is_over(one: AttemptView) -> bool:
    """Whether the team has to decide now."""
    return one.decision is None and one.due_at <= store.now_us()


def section(user: Who, one: AttemptView) -> None:
    """What was decided; or the decision, at once when the time is up, and whenever the team is ready before."""
    st.header("The decision", anchor=False)
    if one.decision is not None:
        _decided(user, one)
        return
    over = is_over(one)
    if not one.may_decide:
        st.text("Whoever leads the team decides: adopt, adapt or stop. Stopping is a success like the others.")
        return
    if over:
        st.warning(
            "The timebox is over, so decide now. Adopt, adapt or stop: stopping is a success, because you know it "
            "after days and not after a year."
        )
    else:
        st.text("Decide whenever you know enough. Stopping is a success: you know it after days, not after a year.")
    # Its state is kept here: a check that ends meanwhile draws the page anew and would shut it over what is written.
    opened = {"key": f"proof_{one.id}_form", "on_change": "rerun"}
    with st.expander("Decide", expanded=over, icon=":material/gavel:", **opened):
        _form(user, one)


def _form(user: Who, one: AttemptView) -> None:
    key = f"proof_{one.id}"
    chosen = st.radio(
        "What do you do with it?", decisions.DECISIONS, index=None, key=f"{key}_decision",
        format_func=proof_words.DECISIONS.get, captions=[words for _, words in proof_words.DECIDED.values()],
    )  # fmt: skip
    begun = day(store.from_us(one.line.begun_at))
    tried = f"{one.poc['problem'].strip()}\n\nTried in {one.line.repository} from {begun} on."
    more = {"max_chars": 4000, "height": 110}
    context = st.text_area("Context: what was tried, and why", tried, key=f"{key}_context", **more)
    options = st.text_area("Options: what else there was, a line each", key=f"{key}_options", **more)
    because = st.text_area("Decision: why this one", key=f"{key}_because", **more)
    follows = st.text_area("Consequences: what follows, and how to go back", key=f"{key}_consequences", **more)
    watch = _watch(user, one, key) if chosen in ("adopt", "adapt") else None
    if st.button("Record the decision", key=f"{key}_decide", type="primary", disabled=chosen is None):
        said = Decision(chosen, context, options, because, follows, watch)
        asked(lambda: decisions.decide(user, one.id, said), f"Decided: {proof_words.DECISIONS[chosen].lower()}.", NOTE)


def _watch(user: Who, one: AttemptView, key: str) -> Done | None:
    """What is looked at afterwards: whether it moved the metric it was for."""
    some = metric_pick.services(user, one.line.team_id)
    if not some or not st.checkbox("Look whether it works, some weeks from now", True, key=f"{key}_look"):
        return None
    service = one.line.service_id if one.line.service_id in some else next(iter(some))
    wanted = one.poc["outcome_metric"]
    metric = wanted if wanted in METRICS else "lead_time"
    service, metric, counter = metric_pick.fields(f"{key}_watch", some, (service, metric, METRICS[metric].beside[0]))
    return Done("proof_of_concept", one.line.title, service, metric, counter, one.line.begun_at)


def _decided(user: Who, one: AttemptView) -> None:
    view, said = one.decision, one.decision.said
    by = f", by {view.by}" if view.by else ""
    with st.container(border=True, gap="small", key="proof_decided"):
        st.markdown(f"{proof_words.decision(said.decision)} {plain(day(store.from_us(view.at)) + by)}")
        st.text(proof_words.DECIDED[said.decision][1])
        parts = (
            ("Context", said.context),
            ("Options", said.options),
            ("Decision", said.because),
            ("Consequences", said.consequences),
        )
        for name, words in parts:
            if words.strip():
                lines = "  \n".join(plain(line) for line in words.strip().splitlines())
                st.markdown(f"**{name}**  \n{lines}")
        name, text = decisions.adr(user, one.id)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.download_button(
                "Download the record (ADR)", text.encode(), name, "text/markdown", key="proof_adr", on_click="ignore",
                icon=":material/download:", help="Markdown for docs/adr in your repository.",
            )  # fmt: skip
            if view.intervention_id is not None:
                query = {"team": str(one.line.team_id)}
                st.page_link(
                    page_at("outcomes"), label="Did it work?", icon=":material/query_stats:", query_params=query
                )
