"""Before the start: for whom the repositories are read, what it takes, what cannot be read. Then it begins."""

import polars as pl
import streamlit as st

from data import jobs, syncing
from data.access import Action, Forbidden, NotFound, Subject, may
from data.connections import ConnectionView
from data.people import Who
from data.queries import TeamView
from data.syncing import GitHubError
from pages.ui import github_chosen
from pages.ui.text import count, plain

NEW = 0
NAMED = 10  # repositories whose services are named one by one
COUNTS = ("merged", "issues", "deployments", "runs", "releases", "commits")


def section(user: Who, one: ConnectionView, names: list[str], teams: list[TeamView]) -> None:
    """Team, names of the services, the plan, and the button that starts."""
    left, right = st.columns(2, gap="large")
    with left:
        team, services = _where(user, one, names, teams)
    with right:
        _plan(user, one, names)
        if st.button("Start reading", type="primary", key="github_start", icon=":material/play_arrow:"):
            _start(user, one, names, team, services)


def _where(user: Who, one: ConnectionView, names: list[str], teams: list[TeamView]) -> tuple[int | str, dict[str, str]]:
    """The team, by id or by the name of a new one, and the names given to services."""
    own = {
        team.id: team.name
        for team in teams
        if team.organization_id == one.organization_id
        and may(user, Action.ADD_SOURCE, Subject(team.organization_id, team.id))
    }
    if may(user, Action.MANAGE_TEAMS, Subject(one.organization_id)):
        own[NEW] = "A new team ..."
    chosen = st.selectbox("Team", list(own), format_func=own.get, key="github_team")
    team = st.text_input("Its name", "My team", key="github_team_name", max_chars=80) if chosen == NEW else chosen
    if len(names) > NAMED:
        st.caption("Each service is called as its repository; Teams and services renames them.")
        return team, {}
    services = {}
    for name in names:
        own_name = name.partition("/")[2]
        given = st.text_input(f"Service of {plain(name)}", own_name, key=f"github_service_{name}", max_chars=80)
        if given.strip() and given.strip() != own_name:
            services[name] = given.strip()
    return team, services


def _plan(user: Who, one: ConnectionView, names: list[str]) -> None:
    """What a first reading takes, worked out in a job when somebody asks."""
    asked = st.session_state.get("github_plan")
    same = asked is not None and asked[1] == sorted(names)
    job = jobs.progress(asked[0]) if same else None
    if job is None:
        st.markdown("**How much there is to read**")
        st.text("Before you start, GitHub can be asked how much there is: five requests for each repository.")
        st.button("See the plan", key="github_plan_go", on_click=_ask, args=(user, one, names))
        return
    if job.is_live:
        share = min(job.done / job.total, 1.0) if job.total else 0.0
        st.progress(share, text=plain(job.message or "Asking GitHub how much there is"))
        st.fragment(_until_done, run_every=1.0)(job.id)
        return
    if job.state != "done":
        st.error(plain(job.message))
        st.button("Ask again", key="github_plan_go", on_click=_ask, args=(user, one, names))
        return
    _shown(one, job.report)


def _shown(one: ConnectionView, report: dict) -> None:
    totals, rows = report["totals"], report["repositories"]
    with st.grid(3, min_column_width=120):
        st.metric("Requests, about", f"{totals['calls']:,}")
        st.metric("Minutes, about", f"{max(1, round(totals['minutes'])):,}")
        left = totals["rest_left"]
        st.metric("Left of this hour", "not known" if left is None else f"{left:,}")
    st.caption(plain(totals["sentence"]))
    names = github_chosen.chosen(one)
    for row in rows:
        if row["problem"] and row["name"] in names:
            st.warning(f"{plain(row['name'])}: {plain(row['problem'])}")
            st.button("Leave it out", key=f"github_out_{row['name']}", on_click=_leave_out, args=(one, row["name"]))
    unknown = dict.fromkeys(
        (what, said) for row in rows for what, said in row["unknown"].items()
    )  # the same for most repositories
    for what, said in unknown:
        st.caption(f":material/block: Not known will be {plain(what)}: {plain(said)}")
    if len(rows) > 1:
        listed = [
            {"Repository": row["name"], **{name.capitalize(): row["counts"].get(name) for name in COUNTS}}
            for row in rows
            if not row["problem"]
        ]
        with st.expander(f"Each of {count(len(listed), 'repository', 'repositories')}", icon=":material/list:"):
            st.dataframe(
                pl.DataFrame(listed).to_arrow(),
                hide_index=True,
                alt="How much there is to read in each repository.",
                width="stretch",
            )


def _leave_out(one: ConnectionView, name: str) -> None:
    """Without a repository that cannot be read the plan is the same."""
    github_chosen.leave_out(one, name)
    job_id, _ = st.session_state["github_plan"]
    st.session_state["github_plan"] = (job_id, sorted(github_chosen.chosen(one)))


def _until_done(job_id: int) -> None:
    job = jobs.progress(job_id)
    if job is None or not job.is_live:
        st.rerun()


def _ask(user: Who, one: ConnectionView, names: list[str]) -> None:
    try:
        job_id = syncing.plan(user, one.id, names)
    except (ValueError, GitHubError, Forbidden, NotFound) as error:
        st.session_state["github_note"] = plain(error)
        return
    st.session_state["github_plan"] = (job_id, sorted(names))


def _start(user: Who, one: ConnectionView, names: list[str], team: int | str, services: dict[str, str]) -> None:
    if isinstance(team, str) and not team.strip():
        st.error("Give the new team a name.")
        return
    try:
        with st.spinner("Adding them ..."):
            added = syncing.add(user, one.id, names, team, service_names=services)
    except (ValueError, GitHubError, Forbidden, NotFound) as error:
        st.error(plain(error))
        return
    github_chosen.forget(one)
    st.session_state.pop("github_plan", None)
    st.session_state["github_started"] = [(each.source_id, each.service_id) for each in added]
    read = sum(not each.is_new for each in added)
    note = f"{count(len(added), 'repository is', 'repositories are')} being read."
    st.session_state["github_note"] = note + (f" {read:,} of them had been added before." if read else "")
    st.rerun()
