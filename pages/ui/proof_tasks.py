"""The tasks of a proof of concept, each with what to do, hints that open one after the other, and its criteria."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from assessments.poc import Check, Level, Severity, State
from assessments.poc.model import GATES, together
from pages.ui import proof_criteria, proof_words, prose
from pages.ui.proof_criteria import Found
from pages.ui.text import with_code


def section(poc: Mapping[str, Any], checks: Sequence[Check], found: Found) -> None:
    """All of them, in their order. What to do is folded once a task passes."""
    st.header("Tasks", anchor=False)
    by_id = {check.id: check for check in checks}
    for task in poc["tasks"]:
        own = [by_id[each["id"]] for each in task["checks"]]
        state = together(own, found.outcomes)
        with st.container(border=True, gap="small", key=f"task_{task['n']}"):
            st.markdown(f"**{task['n']}. {with_code(task['title'])}** {proof_words.state(state)}")
            with st.expander("What to do", expanded=state is not State.PASSED, icon=":material/menu_book:"):
                prose.show(task["body"])
                _hints(task, f"{found.key}_hints_{task['n']}")
            proof_criteria.several(own, found)


def _hints(task: Mapping[str, Any], key: str) -> None:
    """One at a time: the next is there once the one before was read."""
    hints = task.get("hints", ())
    opened = st.session_state.get(key, 0)
    for place, hint in enumerate(hints[:opened], 1):
        with st.container(border=True, gap=None):
            st.caption(f"Hint {place} of {len(hints)}")
            prose.show(hint)
    if opened < len(hints):
        label = "Show the next hint" if opened else "Show a hint"
        st.button(
            f"{label} ({opened + 1} of {len(hints)})", key=f"{key}_next", type="tertiary", icon=":material/lightbulb:",
            on_click=_next, args=(key,),
        )  # fmt: skip


def _next(key: str) -> None:
    st.session_state[key] = st.session_state.get(key, 0) + 1


def gates(poc: Mapping[str, Any], checks: Sequence[Check], found: Found) -> None:
    """The four of them: what stands between something that works once and something others rely on."""
    st.header("The four gates", anchor=False)
    st.text("What works once is not yet something that others may rely on. The gates ask for the difference.")
    for gate in GATES:
        own = [check for check in checks if check.gate == gate]
        name, icon = proof_words.GATES[gate]
        with st.container(border=True, gap="small", key=f"gate_{gate}"):
            st.markdown(f":material/{icon}: **{name}** {proof_words.state(together(own, found.outcomes))}")
            st.caption(with_code(poc["gates"][gate]["why"]))
            proof_criteria.several(own, found)


def before(poc: Mapping[str, Any]) -> None:
    """What will be asked, before it is begun: the tasks with what to do, and the criteria by their names."""
    st.header("Tasks", anchor=False)
    for task in poc["tasks"]:
        with st.expander(f"**{task['n']}. {with_code(task['title'])}**", expanded=task["n"] == 1):
            prose.show(task["body"])
            _criteria(task["checks"])
    st.header("The four gates", anchor=False)
    for gate in GATES:
        name, icon = proof_words.GATES[gate]
        with st.expander(f":material/{icon}: **{name}** {with_code(poc['gates'][gate]['why'])}"):
            _criteria(poc["gates"][gate]["checks"])


def _criteria(checks: Sequence[Mapping[str, Any]]) -> None:
    st.markdown(
        "Held to:\n\n"
        + "\n".join(
            f"- {with_code(check['title'])} :gray-badge[{proof_words.asked(Level[check['level']])}] "
            f"{proof_words.SEVERITIES[Severity(check['severity'])]}".rstrip()
            for check in checks
        )
    )
