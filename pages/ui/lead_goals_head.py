"""What the goals of all teams come to, in counts: no team stands above another."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from assessments import goals as ways
from data.improving.across import TeamGoals
from data.improving.goals import OPEN, GoalView, Stand
from pages.ui import cached_plans, lead_style
from pages.ui.addresses import page_at
from pages.ui.text import count, plain

TWO = (
    "A goal is a pair: a metric that should get better, and one that must not get worse for it. One alone is refused, "
    "as whoever watches one number improves it at the cost of what nobody watches. A team sets its goals on its Plan; "
    "here they stand side by side, by team, and nothing is added up to a grade."
)
NAMED = 8  # teams
#: State, class of the bar, what the legend calls it.
STATES = (
    ("target", "target", "At the target"),
    (ways.BETTER, "better", "Better than at the start"),
    (ways.NOT_APART, "same", "Not told apart from the start"),
    (ways.WORSE, "worse", "Worse than at the start"),
    (ways.NOT_KNOWN, "none", "Not known"),
)


def nothing() -> None:
    """Before any team has set one."""
    with st.container(border=True):
        st.subheader("No team has set a goal yet", anchor=False)
        st.text(TWO)
        st.page_link(page_at("plan"), label="Plan", icon=":material/arrow_forward:")


def section(teams: Sequence[TeamGoals]) -> None:
    """A sentence or three, and how many stand where."""
    st.text(TWO)
    some = tuple(one for each in teams for one in each.goals if one.state == OPEN)
    if not some:
        st.text("No goal is open at the moment.")
        return
    stands = cached_plans.stands(some)
    st.markdown(f"**{plain(_told(teams, some, stands))}**")
    _bar(some, stands)
    without = [each.team for each in teams if not any(one.state == OPEN for one in each.goals)]
    if without:
        more = f" and {len(without) - NAMED} more" if len(without) > NAMED else ""
        st.caption(f"No open goal: {plain(', '.join(without[:NAMED]))}{more}.")


def state(one: GoalView, stand: Stand | None) -> str:
    """Where it stands, as STATES has it."""
    if stand is None:
        return ways.NOT_KNOWN
    return "target" if stand.progress.at_target else stand.progress.state


def costs(stand: Stand | None) -> bool:
    """Whether the counter-metric is beyond its limit, by more than chance."""
    return stand is not None and stand.progress.counter == ways.BROKEN


def _told(teams: Sequence[TeamGoals], some: Sequence[GoalView], stands: dict[int, Stand]) -> str:
    number = sum(any(one.state == OPEN for one in each.goals) for each in teams)
    looks = sum(stand.look_due for stand in stands.values())
    days = sum(stand.overdue for stand in stands.values())
    paid, nobody = sum(map(costs, stands.values())), sum(not one.wanted.owner for one in some)
    told = [f"{count(len(some), 'open goal')} of {count(number, 'team')}"]
    told += [f"{count(looks, 'look')} overdue"] if looks else []
    told += [f"the day of {days} has passed"] if days else []
    told += [f"{paid} paid for with the counter-metric"] if paid else []
    told += [f"{nobody} without an owner"] if nobody else []
    return "; ".join(told) + "."


def _bar(some: Sequence[GoalView], stands: dict[int, Stand]) -> None:
    found = Counter(state(one, stands.get(one.id)) for one in some)
    parts = [(kind, words, found[key]) for key, kind, words in STATES if found[key]]
    filled = "".join(f'<span class="mp-is-{kind}" style="flex:{number}">{number}</span>' for kind, _, number in parts)
    told = ", ".join(f"{words.lower()}: {number}" for _, words, number in parts)
    legend = "".join(f'<span><i class="mp-key mp-is-{kind}"></i>{words}</span>' for kind, words, _ in parts)
    lead_style.show(
        f'<div class="mp-bar" role="img" aria-label="Open goals. {told}." style="max-width:720px">{filled}</div>'
        f'<div class="mp-legend">{legend}</div>'
    )
