"""Who is looking, and whether they may. `require` is the first thing every page does."""

import streamlit as st

from data import access, people


def identity() -> people.Who | None:
    """The person of this run, None when they are not known. Asked again in every run, so that a role taken away is gone
    with the next click."""
    try:
        return people.local_person()
    except people.Unknown:
        return None


def somewhere(user: people.Who, action: access.Action) -> bool:
    """Whether there is anything at all the person may do that to; a page then asks again for each thing on it."""
    subjects = [access.Subject(organization_id) for organization_id in user.organizations]
    subjects += [access.Subject(organization_id, team_id) for organization_id, team_id, _ in user.team_roles]
    subjects.append(access.Subject(0, is_demo=True))
    return any(access.may(user, action, subject) for subject in subjects)


def require(action: access.Action) -> people.Who:
    """The person, when they may do that somewhere; otherwise says so and ends the run of the page."""
    user = identity()
    if user is None or not somewhere(user, action):
        st.title("No access")
        st.text("You may not see this page. Whoever administers Milepost can give you a role in a team.")
        st.stop()
    return user
