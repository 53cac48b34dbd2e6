"""Connecting to GitHub: a token or an app, what either needs to be allowed, and what one that is there may read."""

import streamlit as st

from data import connections
from data.access import Forbidden, NotFound
from data.connections import ConnectionView, GitHubError
from data.people import Who
from pages.ui.text import count, day, plain

PLACES = "env:NAME, file:/path or vault:MOUNT/PATH#KEY"  # where a secret may be instead
#: What a fine-grained token or an app is given, all of it read-only, and what each is for.
NEEDS = (
    ("Contents", "commits, tags, releases, and files such as workflows"),
    ("Pull requests", "when work was opened, reviewed, approved and merged"),
    ("Issues", "incidents, by their label"),
    ("Actions", "workflow runs and their jobs, environments"),
    ("Deployments", "what was deployed where, and how it ended"),
    ("Metadata", "given with any of them"),
)
OPTIONAL = ("Administration", "branch protection; without it that stays not known")


def form(user: Who) -> None:
    """Asks for a token or an app, and connects; when it is done the page begins anew."""
    try:
        address = connections.base_url()
    except GitHubError as error:
        st.error(plain(error))
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        kind = st.radio(
            "Sign in with",
            ["token", "app"],
            format_func={"token": "A token", "app": "A GitHub App"}.get,
            captions=["Quick: read-only, of a person.", "For organisations: of nobody, with a larger quota."],
            key="connect_kind",
            horizontal=True,
        )
        (_token if kind == "token" else _app)(user, address)
    with right:
        _needs(address, kind)


def _token(user: Who, address: str) -> None:
    with st.form("connect_token", border=False):
        secret = st.text_input(
            "Token",
            type="password",
            key="connect_secret",
            autocomplete="off",
            placeholder=f"github_pat_... or {PLACES}",
            help="env:NAME is read from the environment of Milepost, file:/path from a file, vault:MOUNT/PATH#KEY from "
            "HashiCorp Vault (docs/secrets.md), each time it is needed. "
            "A token that you paste is stored sealed, with a key outside the database.",
        )
        if st.form_submit_button("Connect", type="primary", key="connect_go"):
            _connect(lambda: connections.add_token(user, secret), secret)


def _app(user: Who, address: str) -> None:
    with st.form("connect_app", border=False):
        app_id = st.text_input("App ID", key="connect_app_id", placeholder="On the app's settings page")
        place = st.text_input(
            "Installation ID", key="connect_installation", placeholder="The number at the end of its page's address"
        )
        file = st.file_uploader("Private key", type=["pem"], key="connect_pem")
        where = st.text_input("or where the key is", key="connect_key", placeholder=PLACES)
        if st.form_submit_button("Connect", type="primary", key="connect_go"):
            given = where.strip() or (file.getvalue().decode("utf-8", "replace") if file else "")
            _connect(lambda: connections.add_app(user, app_id, place, given), given and app_id and place)


def _connect(connect, given: str) -> None:
    if not given.strip():
        st.error("Fill in every field first.")
        return
    try:
        with st.spinner("Asking GitHub what it may read ..."):
            made = connect()
    except (ValueError, GitHubError, Forbidden, NotFound) as error:
        st.error(plain(error))
        return
    for name in ("connect_secret", "connect_key", "connect_pem", "connect_form"):
        st.session_state.pop(name, None)  # no page needs it again
    st.query_params["connection"] = str(made)
    st.session_state["github_note"] = "GitHub is connected."
    st.rerun()


def _needs(address: str, kind: str) -> None:
    with st.container(border=True):
        st.markdown("**What it must be allowed: to read, nothing more**")
        st.markdown("\n".join(f"- **{name}**: {why}" for name, why in NEEDS))
        st.caption(f"Worth having: **{OPTIONAL[0]}**, for {OPTIONAL[1]}.")
        if kind == "token":
            label, path = "Make a fine-grained token", "settings/personal-access-tokens/new"
        else:
            label, path = "Register an app", "settings/apps/new"
        st.link_button(label, f"{connections.website(address)}/{path}", icon=":material/open_in_new:")
        st.caption("Choose the organisation as its owner, and the repositories it may see.")
        st.caption("Whoever leads a team here sees the names of all of these and may add them.")


def may(one: ConnectionView) -> None:
    """What a connection may read and what not, and whether it may do too much."""
    mark = {
        True: ":green-badge[:material/check: {}]",
        False: ":orange-badge[:material/block: {}]",
        None: ":gray-badge[{}?]",
    }
    if one.may:
        st.markdown(" ".join(mark[allowed].format(plain(name)) for name, allowed in one.may.items()))
    if None in one.may.values():
        st.caption("GitHub does not say beforehand what a token may read; each repository will show.")
    for sentence in one.missing.values():
        st.caption(f":material/block: {plain(sentence)} Until then it is not known.")
    if one.problem:
        st.error(plain(one.problem))
    if one.warning:
        st.warning(plain(one.warning))


def described(one: ConnectionView) -> str:
    """Kind, account, end and what it serves, on one line."""
    kinds = {"fine_grained": "fine-grained token", "classic": "classic token", "app": "app", "oauth": "OAuth token"}
    said = [kinds.get(one.token_kind, "token")]
    said.append(f"kept as {one.secret_is}" if ":" in one.secret_is else "kept sealed")
    said.append(f"ends {day(one.expires_at)}" if one.expires_at else "without an end")
    said.append(f"reads for {count(one.sources, 'source')}" if one.sources else "not used yet")
    return ", ".join(said)
