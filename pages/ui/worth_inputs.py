"""What goes in: every input with its range, whether it is measured or assumed, where it comes from; and changing it."""

import polars as pl
import streamlit as st

from assessments import worth_words as words
from assessments.worth import EXPECTED, FACTS, MONEY, PUTTING_IN, QUANTITIES, WORK, Quantity
from data.access import Action, Subject, may
from data.improving import worth_files
from data.improving.worth import FROM_FACTS, PROPOSED, STATED, TAKEN, Stated, WorthView
from data.people import Who
from pages.ui import tables, worth_form
from pages.ui.addresses import page_at
from pages.ui.text import count, plain

TITLES = {
    FACTS: "Measured: how it is today",
    EXPECTED: "How much better it gets",
    WORK: "How much work that is",
    PUTTING_IN: "What goes in",
    MONEY: "In money",
}
ABOUT = {
    FACTS: "From the facts of the services, a year at the pace of the window.",
    EXPECTED: "What you expect, or what a change that was made here has shown.",
    WORK: "Ask those who do it.",
    PUTTING_IN: "For each of the teams chosen above.",
    MONEY: "As long as nothing is said here, nothing is told in money.",
}
OTHERS = "Everybody sees the same demo, so what it assumes is for those who administer Milepost to change."
COLOURS = {FROM_FACTS: "green", TAKEN: "green", PROPOSED: "orange", STATED: "orange"}


def section(user: Who, view: WorthView) -> None:
    """All inputs in their groups, and the services behind what is measured."""
    st.header("What goes into it", anchor=False)
    says = may(user, Action.VALUE, Subject(view.place.id, is_demo=view.place.is_demo))
    if not says:
        st.caption(OTHERS)
    proposed = sum(each.origin == PROPOSED for each in view.stated.values())
    if proposed:
        inputs = count(proposed, "input")
        st.text(
            f"{inputs} {'is' if proposed == 1 else 'are'} as Milepost proposes: our guesses, from no source. Replace "
            "them by what you know, those first that decide most."
        )
    for group, title in TITLES.items():
        with st.expander(title, expanded=group == FACTS, key=f"worth_group_{group.replace(' ', '_')}"):
            st.caption(ABOUT[group])
            if group == MONEY and says:
                worth_form.currency(user, view)
            for key, what in QUANTITIES.items():
                if what.group == group:
                    _row(user, view, what, view.stated[key], says)
            if group == FACTS:
                _services(view)


def _row(user: Who, view: WorthView, what: Quantity, stated: Stated, says: bool) -> None:
    value = "not known" if stated.input is None else words.given(what, stated.input)
    tag = words.tag(stated.input)
    with st.container(gap=None, key=f"worth_row_{what.key}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            badge = f" :{COLOURS.get(stated.origin, 'gray')}-badge[{tag}]" if stated.input else ""
            st.markdown(f"**{plain(what.name)}**: {plain(value)}{badge}", width="content")
            if what.group != FACTS and says and st.button("Change", key=f"worth_change_{what.key}", type="tertiary"):
                worth_form.change(user, view.place, what, stated)
            if stated.intervention:
                query = {"team": str(stated.intervention[1])}
                st.page_link(page_at("outcomes"), label="Did it work?", query_params=query)
        st.caption(plain(f"{what.about} {_from(stated)}"))


def _from(stated: Stated) -> str:
    told = worth_files.origin(stated)
    if stated.input is None:
        told = stated.why_not.rstrip(".")
    carries = " Whether it carries over to other services is assumed." if stated.origin == TAKEN else ""
    return f"{told[0].upper()}{told[1:]}.{carries}"


def _services(view: WorthView) -> None:
    """The rows behind the totals, by team and name; never by a number."""
    if view.services.is_empty() or not st.toggle("Show the services behind it", key="worth_services_toggle"):
        return
    st.caption(f"What happened in the last {view.weeks} weeks of each. Empty: not known, or nothing was worked out.")
    failing = pl.when("collected")
    columns = {
        "team": "Team", "name": "Service", "deployments": "Deployments", "failures": "Failures", "open": "Still open",
        "impaired": "With a failure (h)", "deploying": "Deploying (h)", "changes": "Changes",
        "before": "Waiting before the merge (h)", "after": "Waiting after the merge (h)",
    }  # fmt: skip
    frame = view.services.select(
        "team", "name", deployments="deployments_events", failures=failing.then("failures_events"),
        open=failing.then("open"), impaired=failing.then(pl.col("impaired_sum").round(1)),
        deploying=_timed("deploying"), changes="changes", before=_timed("before"), after=_timed("after"),
    )  # fmt: skip
    alt = "What happened in each service, by team and name."
    tables.show(frame, "worth_services", ("service", "services"), alt, columns, still=True)
    st.page_link(page_at("delivery"), label="The rows of a service", icon=":material/arrow_forward:")


def _timed(kind: str) -> pl.Expr:
    known = (pl.col(f"{kind}_events") > 0) | (pl.col("changes") == 0)
    return pl.when(known).then(pl.col(f"{kind}_sum").round(1)).alias(kind)
