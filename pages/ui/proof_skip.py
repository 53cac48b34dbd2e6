"""Leaving out a criterion that is not required, with a reason; and letting it count again."""

import streamlit as st

from assessments.poc import Check, Severity
from data.learning import attempts
from data.learning.attempts import AttemptView
from data.people import Who
from pages.ui.asking import asked, dialog
from pages.ui.text import plain

NOTE = "proof_note"


def way(user: Who, one: AttemptView, check: Check) -> None:
    """The button below a criterion; nothing below a required one."""
    if check.severity is Severity.REQUIRED:
        return
    if check.id in one.skipped:
        if st.button("Let it count again", key=f"proof_count_{check.id}", type="tertiary"):
            asked(lambda: attempts.skip(user, one.id, check.id, ""), "It counts again.", NOTE)
    elif st.button("Leave it out", key=f"proof_skip_{check.id}", type="tertiary"):
        _leave_out(user, one.id, check)


@dialog("Leave it out")
def _leave_out(user: Who, attempt_id: int, check: Check) -> None:
    st.markdown(plain(f"{check.title}: it is not required. Left out, it counts neither for nor against you."))
    reason = st.text_area("Why?", key=f"proof_reason_{check.id}", max_chars=500, height=80)
    if st.button("Leave it out", key=f"proof_skip_{check.id}_go", type="primary"):
        if not reason.strip():
            st.error("Say why: whoever reads this in a year will ask.")
            return
        asked(lambda: attempts.skip(user, attempt_id, check.id, reason), "It is left out.", NOTE)
