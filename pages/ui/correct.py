"""The team's word against what was inferred: asked in a dialog, with a reason, saved as a fact of its own."""

from datetime import UTC

import streamlit as st

from data import corrections
from data.access import Forbidden, NotFound
from data.people import Who
from data.queries import ServiceView
from pages.ui import asking, judged
from pages.ui.text import minute, plain, short

FAILED = "deployment.failed"
LINK = "incident.link"
SAYS = {
    FAILED: "It failed",
    "recovered": "It was recovered at another time",
    "deployment.not_failed": "It did not fail",
    LINK: "Another deployment caused it",
    "incident.not_a_change": "No deployment caused it",
    "deployment.not_production": "It was not a production deployment",
    "deployment.production": "It was a production deployment",
    "deployment.not_reached_users": "It never reached users",
    "deployment.reached_users": "It reached users",
    "deployment.unplanned": "It was an unplanned repair",
    "deployment.planned": "It was planned, not a repair",
}


def choices(signals: list[dict]) -> list[str]:
    """What may be said about a deployment with these signals of failure, the likeliest first."""
    states, said = {row["state"] for row in signals}, []
    if signals[0]["deployment_id"]:
        if "confirmed" in states:
            said += ["deployment.not_failed", "recovered"]
        else:
            said += [FAILED] + (["deployment.not_failed"] if "candidate" in states else [])
    if incident(signals):
        said += [LINK, "incident.not_a_change"]
    if signals[0]["deployment_id"]:
        said += ["deployment.not_production", "deployment.not_reached_users"]
    return said


def incident(signals: list[dict]) -> str | None:
    """The incident among the signals that a correction of its link would be about."""
    return next((row["evidence_id"] for row in signals if row["signal"] in ("incident", "explicit_link")), None)


@asking.dialog("Correct a failure")
def dialog(user: Who, service: ServiceView, signals: list[dict]) -> None:
    """Asks what is true of one failure."""
    for row in signals:
        st.text(short(row["why"]))
    recovered = next((row["recovered_at"] for row in signals if row["recovered_at"]), None)
    _ask(user, service, choices(signals), signals[0]["deployment_id"], incident(signals), recovered)


@asking.dialog("Correct a deployment")
def deployment_dialog(user: Who, service: ServiceView) -> None:
    """Asks what is true of any deployment, seen as failed or not."""
    listed = judged.deployments(service, "correctable")
    if listed.is_empty():
        st.text("No deployment of this service is known.")
        return
    names = {one["deployment_id"]: f"{one['deployment']}, {minute(one['at'])}" for one in listed.iter_rows(named=True)}
    chosen = st.selectbox("Deployment", list(names), format_func=names.get, key="correct_which")
    said = [kind for kind in SAYS if kind.startswith("deployment.")]
    _ask(user, service, said, chosen, None, None)


def other(user: Who, service: ServiceView, may_correct: bool) -> None:
    """The way to say something about a deployment that nothing points at."""
    key = f"correct_other_{service.id}"
    if may_correct and st.button("Correct another deployment", key=key, icon=":material/edit_note:"):
        deployment_dialog(user, service)


def _ask(user: Who, service: ServiceView, said: list[str], deployment_id, incident_id, recovered_at) -> None:
    kind = st.radio("What is true?", said, format_func=SAYS.get, key="correct_kind")
    target = at = None
    if kind == LINK:
        known = judged.deployments(service, "deployments_to_link")
        names = {one: f"{name}, {minute(moment)}" for one, name, moment in known.iter_rows()}
        target = st.selectbox("Which deployment?", list(names), format_func=names.get, key="correct_target")
    if kind in (FAILED, "recovered"):
        at = st.datetime_input(
            "When were users served again? (UTC; leave empty while they are not)",
            value=recovered_at.replace(tzinfo=None) if recovered_at else None,
            step=60,
            key="correct_at",
        )
    reason = st.text_area("Why? Others will read this.", key="correct_reason", max_chars=corrections.LONGEST_REASON)
    if st.button("Save the correction", type="primary", key="correct_save"):
        if not reason.strip():
            st.error("Give a reason, so that others can follow it later.")
            return
        if kind == "recovered" and at is None:
            st.error("Say when users were served again.")
            return
        subject = incident_id if kind.startswith("incident.") else deployment_id
        stored = FAILED if kind == "recovered" else kind
        try:
            with st.spinner("Working out the numbers anew ..."):
                corrections.add(
                    user, service.id, stored, subject, target, at.replace(tzinfo=UTC) if at else None, reason.strip()
                )
        except (ValueError, Forbidden, NotFound) as error:
            st.error(plain(error))
            return
        st.session_state["corrected_note"] = "Saved. The numbers above count it."
        st.rerun()
