"""Reports that are sent by themselves: to oneself, and for administrators to others; what became of each."""

import streamlit as st

from assessments.reporting import Quarter
from data.access import Forbidden, NotFound
from data.people import Who
from data.reporting import mail, sending, subscriptions
from data.reporting.reports import Choice, subject_of
from data.reporting.subscriptions import CHAT, RHYTHMS, SendingView, SubscriptionView
from pages.ui.text import day, minute, plain

_STATES = {
    subscriptions.WAITING: ("on its way", "blue"),
    subscriptions.HANDING: ("on its way", "blue"),
    subscriptions.SENT: ("sent", "green"),
    subscriptions.FAILED: ("not sent", "red"),
    subscriptions.UNKNOWN: ("not known whether it arrived", "orange"),
}


def section(user: Who, choice: Choice, quarter: Quarter) -> None:
    """Of this report first; then, for administrators and for oneself, all others."""
    st.header("Sent by itself", anchor=False)
    if choice.is_demo:
        st.text("The demo is not sent: its numbers are invented. Choose a report of your own to have it sent.")
        return
    if why := mail.lacking():
        st.warning(plain(f"No e-mail can be sent as it is. {why}"))
    views = subscriptions.listed(user)
    here = [one for one in views if one.about == choice.about]
    _begin(user, choice, here)
    for one in here:
        _card(user, one, quarter)
    others = [one for one in views if one.about != choice.about]
    if others:
        with st.expander(f"Other reports that are sent ({len(others)})"):
            for one in others:
                _card(user, one, quarter)


def _begin(user: Who, choice: Choice, here: list[SubscriptionView]) -> None:
    mine = any(one.mine and not one.ended_why for one in here)
    administers = sending.may_send_to_others(user, subject_of(choice.about).organization_id)
    if mine and not administers:
        return
    said = "Three days after a period has ended, so that late incidents are in it. The receiver sees what they may see."
    st.text(said)
    with st.form("reports_send", border=True):
        ways = (["To me, by e-mail"] if not mine else []) + (["By e-mail to", "To a chat"] if administers else [])
        way = st.radio("How", ways, key="reports_way", horizontal=True) if len(ways) > 1 else ways[0]
        rhythm = st.selectbox("How often", list(RHYTHMS), format_func=RHYTHMS.get, key="reports_rhythm", width=360)
        to = ""
        if administers:
            to = st.text_input(
                "Address, or URL of the webhook", key="reports_to", max_chars=2000, type="default", autocomplete="off",
                help="An e-mail address; or the URL of an incoming webhook of Slack, Mattermost and others, which is "
                "kept sealed, or where it is, as env:NAME or file:/path. Not needed for yourself.",
            )  # fmt: skip
        if st.form_submit_button("Send it by itself", type="primary"):
            _add(user, choice, way, rhythm, to)


def _add(user: Who, choice: Choice, way: str, rhythm: str, to: str) -> None:
    try:
        if way.startswith("To me"):
            subscriptions.subscribe(user, choice.about, rhythm)
        elif way.startswith("By e-mail"):
            subscriptions.add_mail(user, choice.about, to, rhythm)
        else:
            subscriptions.add_chat(user, choice.about, to, rhythm)
    except (Forbidden, NotFound, ValueError) as error:
        st.error(plain(error))
        return
    st.session_state["reports_note"] = "It is sent by itself from now on."
    st.rerun()


def _card(user: Who, one: SubscriptionView, quarter: Quarter) -> None:
    with st.container(border=True, gap="small", key=f"report_sent_{one.id}"):
        how = "Chat at" if one.channel == CHAT else "E-mail to"
        ended = f" :gray-badge[{plain(one.ended_why)}]" if one.ended_why else ""
        st.markdown(f"**{plain(one.report)}** · {how} {plain(one.to)}{ended}")
        by = f", set up by {one.made_by}" if one.made_by else ""
        st.caption(plain(f"{RHYTHMS[one.rhythm]}; since {day(one.created_at)}{by}"))
        if one.halted:
            st.warning(plain(one.halted))
        for each in one.sendings:
            _sent(each)
        if not one.ended_why:
            _doing(user, one, quarter)


def _sent(each: SendingView) -> None:
    words, colour = _STATES[each.state]
    when = minute(each.ended_at or each.made_at)
    st.markdown(f":{colour}-badge[{words}] {plain(each.quarter)}, {plain(when)}. {plain(each.problem)}")


def _doing(user: Who, one: SubscriptionView, quarter: Quarter) -> None:
    with st.container(horizontal=True, gap="small"):
        if one.halted and st.button("Take over", key=f"report_take_{one.id}"):
            _do(lambda: subscriptions.take_over(user, one.id), "You answer for it now.")
        if not one.halted and st.button(f"Send {quarter.name} now", key=f"report_now_{one.id}"):
            _do(lambda: sending.send_now(user, one.id, quarter), "It is on its way.")
        if st.button("Stop", key=f"report_stop_{one.id}", type="tertiary"):
            _do(lambda: subscriptions.stop(user, one.id), "It is not sent any more.")


def _do(what, note: str) -> None:
    try:
        what()
    except (Forbidden, NotFound, ValueError) as error:
        st.error(plain(error))
        return
    st.session_state["reports_note"] = note
    st.rerun()
