"""Your account: who you are here, what you may, and the way out."""

import streamlit as st

from data import openid, roles, sessions
from data.access import Action
from pages.ui import entrance
from pages.ui.guard import require
from pages.ui.text import count, minute, plain

user = require(Action.VIEW)

st.title("Your account", anchor=False)
st.subheader(plain(user.name), anchor=False)
for role in roles.of(user):
    st.markdown(f"{entrance.where(role)}{', from your groups' if role.provided else ''}")

if not openid.is_shared():
    st.text(
        "Milepost answers on this computer only, and has one administrator without a password: whoever can open a page "
        "here is that person. docs/sign-in.md says how to let others in."
    )
    st.stop()

st.caption(f"This session ends by itself on {minute(sessions.until(user))}.")
with st.container(horizontal=True):
    entrance.leave()
    if st.button("Sign out everywhere", key="account_everywhere", icon=":material/devices:"):
        ended = roles.sign_out_everywhere(user, user.id)
        st.toast(f"{count(ended, 'session')} ended, this one too.")
        st.rerun()
