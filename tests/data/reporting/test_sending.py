"""Reports that are sent by themselves: to whom, when, once, and what is said when it does not work."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from assessments.reporting import Quarter
from data import jobs, roles, store, teams, work
from data.access import Forbidden, NotFound
from data.people import Who
from data.reporting import chat, mail, sending, subscriptions
from data.reporting.mail import NotSent, Unknown
from data.reporting.reports import ORGANIZATION, TEAM, About
from data.reporting.subscriptions import FAILED, MONTH, QUARTER, SENT, UNKNOWN, WAITING
from data.tables import AuditEvent, Job, Organization, Person, ReportSending, ReportSubscription, SignIn
from tests.data import surveyed
from tests.data.arrange import Place
from tests.data.links.web import web
from tests.data.reporting.post import PASSWORD

Q3 = Quarter(2024, 3)
TO = "board@docs.example"


def us(*day: int) -> int:
    return store.to_us(datetime(*day, tzinfo=UTC))


def with_address(who: Who, address: str | None = "me@docs.example") -> Who:
    with store.writing() as session:
        session.get_one(Person, who.id).email = address
    return who


def about(place: Place) -> About:
    return About(TEAM, place.team_id)


def states(subscription_id: int) -> list[str]:
    with store.reading() as session:
        rows = session.execute(select(ReportSending).where(ReportSending.subscription_id == subscription_id)).scalars()
        return [row.state for row in rows]


def made_at(subscription_id: int, at: int) -> None:
    with store.writing() as session:
        session.get_one(ReportSubscription, subscription_id).created_at = at


def last(subscription_id: int, who: Who):
    (view,) = [one for one in subscriptions.listed(who) if one.id == subscription_id]
    return view.sendings[0]


@pytest.fixture(scope="module")
def rooms(tmp_path_factory):
    with web(tmp_path_factory.mktemp("chat")) as made:
        yield made


@pytest.fixture
def room(rooms):
    rooms.answers.clear()
    rooms.posted.clear()
    rooms.answers["POST", "/hook"] = (200, {})
    return rooms


# By e-mail


def test_the_letter_has_the_summary_the_pdf_and_a_way_out(shop, post, monkeypatch):
    monkeypatch.setenv("MILEPOST_URL", "https://milepost.example")
    one = subscriptions.add_mail(shop.who, about(shop), TO, QUARTER)
    sending.send_now(shop.who, one, Q3)
    (letter,) = post.letters
    assert post.encrypted == [True] and post.receivers == [[TO]] and states(one) == [SENT]
    assert letter["Subject"] == "Team of Shop: quarter report Q3 2024" and letter["Auto-Submitted"] == "auto-generated"
    text, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "Lead time was shorter in Shop" in text and "Lead time was shorter in Shop" in html
    (pdf,) = letter.iter_attachments()
    assert pdf.get_filename() == "milepost-team-of-shop-2024-Q3.pdf" and pdf.get_content().startswith(b"%PDF-")
    assert f"https://milepost.example/reports?team={shop.team_id}&quarter=2024-Q3" in text
    link = letter["List-Unsubscribe"].strip("<>")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" and link in text
    key = link.removeprefix("https://milepost.example/reports/unsubscribe/")
    assert subscriptions.of_key(key) == "Team of Shop" and subscriptions.stop_by(key) == "Team of Shop"
    assert [each.ended_why for each in subscriptions.listed(shop.who)] == ["stopped by the receiver"]
    assert subscriptions.stop_by("x" * 32) is None
    with store.reading() as session:
        kept = session.execute(select(ReportSending.stop_digest)).scalar_one()
    assert key not in kept


def test_without_a_known_address_of_the_portal_a_letter_has_no_links(shop, post):
    one = subscriptions.add_mail(shop.who, about(shop), TO, QUARTER)
    sending.send_now(shop.who, one, Q3)
    assert (
        "http" not in post.letters[0].get_body(("plain",)).get_content() and post.letters[0]["List-Unsubscribe"] is None
    )


def test_a_person_gets_what_they_may_see_at_the_address_of_their_sign_in(shop, post):
    member = with_address(surveyed.person("member", shop.organization_id, shop.team_id))
    one = subscriptions.subscribe(member, about(shop), QUARTER)
    with pytest.raises(ValueError, match="already"):
        subscriptions.subscribe(member, about(shop), MONTH)
    sending.send_now(member, one, Q3)
    assert post.receivers == [["me@docs.example"]]


def test_who_may_not_see_it_any_more_gets_nothing_and_it_ends(shop, post):
    member = with_address(surveyed.person("member", shop.organization_id, shop.team_id))
    one = subscriptions.subscribe(member, about(shop), QUARTER)
    roles.take(shop.who, shop.organization_id, member.id, "member", shop.team_id)
    sending.send_now(shop.who, one, Q3)
    assert post.letters == [] and states(one) == [FAILED]
    (view,) = subscriptions.listed(shop.who)
    assert view.ended_why == "the receiver may not see it any more"


def test_other_addresses_get_what_those_who_lead_see_and_no_more(shop, post):
    """The administrator who set it up sees answers that are not released; the address does not."""
    from data.practices import assessments
    from tests.data.practised import looked, said

    looked(shop.repository_id)
    said(shop.team_id, 2)
    assessments.take(shop.who, shop.team_id)
    here = Quarter.holding(store.from_us(store.now_us()))
    one = subscriptions.add_mail(shop.who, about(shop), TO, QUARTER)
    sending.send_now(shop.who, one, here)
    row = ReportSubscription(organization_id=shop.organization_id, channel="mail", address=TO)
    assert subscriptions.receiver(row).organization_roles == {(shop.organization_id, "leader")}
    assert post.letters and "The team says" not in post.letters[0].as_string()


# Who may set up what


def test_only_administrators_add_addresses_and_chats(shop):
    leader = surveyed.person("leader", shop.organization_id)
    lead = surveyed.person("team_lead", shop.organization_id, shop.team_id)
    for one in (leader, lead):
        with pytest.raises(Forbidden):
            subscriptions.add_mail(one, about(shop), TO, QUARTER)
        with pytest.raises(Forbidden):
            subscriptions.add_chat(one, about(shop), "https://docs.example/hook", QUARTER)
    with pytest.raises(Forbidden):
        subscriptions.subscribe(lead, About(ORGANIZATION, shop.organization_id), QUARTER)
    assert subscriptions.listed(leader) == ()


def test_nobody_sees_or_stops_what_others_get(shop):
    member, other = (with_address(surveyed.person("member", shop.organization_id, shop.team_id)) for _ in range(2))
    one = subscriptions.subscribe(member, about(shop), QUARTER)
    assert subscriptions.listed(other) == ()
    for do in (subscriptions.stop, lambda who, key: sending.send_now(who, key, Q3)):
        with pytest.raises(NotFound):
            do(other, one)
    with pytest.raises(Forbidden):
        subscriptions.take_over(other, one)
    subscriptions.stop(member, one)
    assert subscriptions.listed(member)[0].ended_why == "stopped here"
    with pytest.raises(ValueError, match="set it up again"):
        sending.send_now(member, one, Q3)


@pytest.mark.parametrize(
    "address",
    ["", "x", "a@b@c.example", "a b@c.example", "a@c.example\nBcc: x@y.example", "<a@c.example>", "a@", "a@-c.example",
     "a@c.example, b@c.example", f"{'a' * 250}@c.example", "ü@c.example", "a@c..example"],
)  # fmt: skip
def test_what_is_no_single_address_is_none(address):
    assert not mail.is_address(address) and mail.is_address("o'neil+reports@mail.example")


def test_without_an_address_nobody_can_subscribe_themselves(shop):
    with pytest.raises(ValueError, match="brings no e-mail address"):
        subscriptions.subscribe(shop.who, about(shop), QUARTER)
    with pytest.raises(ValueError, match="how often"):
        subscriptions.subscribe(shop.who, about(shop), "daily")
    with pytest.raises(ValueError, match="no e-mail address"):
        subscriptions.add_mail(shop.who, about(shop), "a@c.example\nBcc: x@y.example", QUARTER)


def test_the_demo_is_not_sent(shop):
    with store.writing() as session:
        session.get_one(Organization, shop.organization_id).is_demo = True
    with pytest.raises(ValueError, match="demo is not sent"):
        subscriptions.subscribe(with_address(shop.who), about(shop), QUARTER)


def test_what_is_set_up_and_stopped_leaves_a_trace_without_the_address(shop):
    one = subscriptions.add_mail(shop.who, about(shop), TO, QUARTER)
    subscriptions.stop(shop.who, one)
    with store.reading() as session:
        rows = (
            session.execute(select(AuditEvent).where(AuditEvent.subject == f"report_subscription:{one}"))
            .scalars()
            .all()
        )
    assert [row.action for row in rows] == ["send_report", "stop_report"]
    assert rows[0].detail == {
        "channel": "mail",
        "to": "docs.example",
        "rhythm": "quarter",
        "of": f"team:{shop.team_id}",
    }


def test_when_who_set_it_up_is_no_administrator_any_more_another_takes_it_over(shop, post):
    second, _third = (surveyed.person("admin", shop.organization_id) for _ in range(2))
    one = subscriptions.add_mail(second, about(shop), TO, QUARTER)
    roles.take(shop.who, shop.organization_id, second.id, "admin")
    (view,) = subscriptions.listed(shop.who)
    assert "no administrator any more" in view.halted and not sending.schedule(us(2024, 10, 9))
    with pytest.raises(ValueError, match="take it over"):
        sending.send_now(shop.who, one, Q3)
    subscriptions.take_over(shop.who, one)
    sending.send_now(shop.who, one, Q3)
    assert len(post.letters) == 1


def test_a_subscription_moves_with_its_team_and_goes_with_it(shop):
    one = subscriptions.add_mail(shop.who, about(shop), TO, QUARTER)
    into = teams.create_team(shop.who, shop.organization_id, "Into")
    teams.merge_teams(shop.who, shop.team_id, into)
    assert [view.about for view in subscriptions.listed(shop.who)] == [About(TEAM, into)]
    teams.delete_team(shop.who, into)
    assert subscriptions.listed(shop.who) == () and states(one) == []


# When


@pytest.mark.parametrize(
    ("rhythm", "at", "period", "quarter"),
    [
        (QUARTER, datetime(2024, 10, 3, 23, tzinfo=UTC), "2024-Q2", "2024-Q2"),
        (QUARTER, datetime(2024, 10, 4, 0, tzinfo=UTC), "2024-Q3", "2024-Q3"),
        (MONTH, datetime(2024, 9, 3, 23, tzinfo=UTC), "2024-07", "2024-Q3"),
        (MONTH, datetime(2024, 9, 4, 0, tzinfo=UTC), "2024-08", "2024-Q3"),
        (MONTH, datetime(2024, 10, 4, 0, tzinfo=UTC), "2024-09", "2024-Q3"),
        (MONTH, datetime(2025, 1, 9, 0, tzinfo=UTC), "2024-12", "2024-Q4"),
    ],
)
def test_a_period_is_due_three_days_after_its_end(rhythm, at, period, quarter):
    found = sending.newest(rhythm, at)
    assert (found[0], found[1].key) == (period, quarter)


def test_each_period_is_sent_once_however_often_it_is_looked_at(shop, post):
    one = subscriptions.add_mail(shop.who, about(shop), TO, QUARTER)
    made_at(one, us(2024, 8, 1))
    for at in (us(2024, 9, 30), us(2024, 10, 9), us(2024, 10, 9), us(2024, 12, 30)):
        sending.schedule(at)
    assert len(post.letters) == 1 and states(one) == [SENT]
    sending.schedule(us(2025, 1, 9))
    assert [letter["Subject"][-7:] for letter in post.letters] == ["Q3 2024", "Q4 2024"]


def test_what_was_over_before_it_was_set_up_is_not_sent_by_itself(shop, post):
    one = subscriptions.add_mail(shop.who, about(shop), TO, QUARTER)
    made_at(one, us(2024, 10, 2))
    sending.schedule(us(2024, 10, 9))
    assert post.letters == []


# Once, also after a crash


class Killed(BaseException):
    """The worker is gone, whatever it was doing."""


def killed(monkeypatch, module, name: str, after: bool) -> None:
    """The next call of that function ends the worker, before or after it has done its work; those that follow work."""
    whole, calls = getattr(module, name), []

    def die(*args, **options):
        calls.append(1)
        if len(calls) > 1:
            return whole(*args, **options)
        if after:
            whole(*args, **options)
        raise Killed

    monkeypatch.setattr(module, name, die)


def crashed(shop) -> int:
    one = subscriptions.add_mail(shop.who, about(shop), TO, QUARTER)
    made_at(one, us(2024, 8, 1))
    with pytest.raises(Killed):
        sending.schedule(us(2024, 10, 9))
    work._running.clear()
    return one


@pytest.mark.parametrize("where", ["message", "_connected"])
def test_a_worker_that_died_before_it_handed_over_is_followed_by_one_that_does(shop, post, monkeypatch, where):
    killed(monkeypatch, mail, where, after=where == "message")
    one = crashed(shop)
    assert post.letters == [] and states(one) == [WAITING]
    work.recover(alone=True)
    sending.schedule(us(2024, 10, 9))
    assert len(post.letters) == 1 and states(one) == [SENT]


def test_a_worker_that_died_after_it_handed_over_sends_no_second_letter_and_it_is_said(shop, post, monkeypatch):
    killed(monkeypatch, mail, "send", after=True)
    one = crashed(shop)
    assert len(post.letters) == 1
    work.recover(alone=True)
    sending.schedule(us(2024, 10, 9))
    assert len(post.letters) == 1 and states(one) == [UNKNOWN]
    assert "may have arrived, or not" in last(one, shop.who).problem
    sending.send_now(shop.who, one, Q3)
    assert len(post.letters) == 2


def test_two_workers_make_one_sending_of_a_period(shop, post, monkeypatch):
    one = subscriptions.add_mail(shop.who, about(shop), TO, QUARTER)
    made_at(one, us(2024, 8, 1))
    halted, looked = subscriptions.halted, []

    def slow(row):
        if not looked:
            looked.append(1)
            sending.schedule(us(2024, 10, 9))  # the other one is quicker
        return halted(row)

    monkeypatch.setattr(subscriptions, "halted", slow)
    sending.schedule(us(2024, 10, 9))
    assert len(post.letters) == 1 and states(one) == [SENT]


def test_a_cancelled_job_leaves_nothing_on_its_way(shop, post, monkeypatch):
    monkeypatch.setattr(jobs, "push", lambda job_id, delay=0: job_id)
    one = subscriptions.add_mail(shop.who, about(shop), TO, QUARTER)
    job_id = sending.send_now(shop.who, one, Q3)
    with pytest.raises(ValueError, match="on its way already"):
        sending.send_now(shop.who, one, Q3)
    jobs.cancel(shop.who, job_id)
    assert states(one) == [FAILED] and "Send it again" in last(one, shop.who).problem


# When it does not work


def outcome(shop, who=None) -> tuple[str, str, float]:
    """State, sentence, and seconds until it is tried again, of one that is sent now."""
    one = subscriptions.add_mail(shop.who, about(shop), TO, QUARTER)
    job_id = sending.send_now(shop.who, one, Q3)
    found = last(one, shop.who)
    with store.reading() as session:
        job = session.get_one(Job, job_id)
        wait = (job.due_at - store.now_us()) / 1e6 if job.due_at else 0
    return found.state, found.problem, wait


def test_without_a_mail_server_the_page_says_what_to_set(shop):
    state, problem, wait = outcome(shop)
    assert state == WAITING and "MILEPOST_SMTP_HOST" in problem and 200 < wait <= 300


@pytest.mark.parametrize(
    ("name", "value", "said", "passing"),
    [
        ("MILEPOST_SMTP_PASSWORD", "wrong", "refuses MILEPOST_SMTP_USER or MILEPOST_SMTP_PASSWORD", False),
        ("MILEPOST_SMTP_CA", "", "certificate of the mail server does not hold", False),
        ("MILEPOST_SMTP_CA", "/no/such/file", "MILEPOST_SMTP_CA names cannot be read", False),
        ("MILEPOST_SMTP_PORT", "9", "does not answer", True),
        ("MILEPOST_SMTP_HOST", "nowhere.invalid", "name of the mail server was not found", True),
        ("MILEPOST_SMTP_PORT", "eighty", "a number from 1 to 65535", True),
        ("MILEPOST_SMTP_SECURITY", "maybe", "one of starttls, tls, none", True),
        ("MILEPOST_MAIL_FROM", "nobody", "set MILEPOST_MAIL_FROM", True),
        ("MILEPOST_SMTP_USER", "", "belong together", True),
    ],
)
def test_what_is_wrong_with_the_server_is_one_sentence(shop, post, monkeypatch, name, value, said, passing):
    monkeypatch.setenv(name, value)
    state, problem, wait = outcome(shop)
    assert said in problem and (state, wait > 0) == ((WAITING, True) if passing else (FAILED, False))
    assert PASSWORD not in problem and post.letters == []


def test_nothing_is_sent_in_clear_over_a_network(monkeypatch):
    monkeypatch.setenv("MILEPOST_SMTP_HOST", "mail.example")
    monkeypatch.setenv("MILEPOST_SMTP_SECURITY", "none")
    monkeypatch.setenv("MILEPOST_MAIL_FROM", "a@b.example")
    with pytest.raises(store.Unusable, match="in clear"):
        mail.settings()


def test_a_password_can_stand_in_a_file_and_is_in_no_words_of_the_settings(post, tmp_path, monkeypatch):
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    monkeypatch.setenv("MILEPOST_SMTP_PASSWORD", f"file:{tmp_path / 'password'}")
    found = mail.settings()
    assert found.password == PASSWORD and PASSWORD not in repr(found)


def test_a_receiver_that_is_refused_is_said_and_not_tried_again(shop, post):
    post.refuses[TO] = "550 No such mailbox"
    state, problem, wait = outcome(shop)
    assert (state, wait) == (FAILED, 0) and "refuses the receiver (550: No such mailbox)" in problem


def test_a_server_that_is_busy_is_tried_again_later_and_then_takes_it(shop, post):
    post.says = "452 Out of storage"
    one = subscriptions.add_mail(shop.who, about(shop), TO, QUARTER)
    job_id = sending.send_now(shop.who, one, Q3)
    assert states(one) == [WAITING] and "452" in last(one, shop.who).problem
    post.says = ""
    with store.writing() as session:
        session.get_one(Job, job_id).due_at = None
    jobs.push(job_id)
    assert states(one) == [SENT] and len(post.letters) == 1 and last(one, shop.who).problem == ""


def test_after_some_days_it_is_given_up(shop, post):
    post.refuses[TO] = "451 Later"
    one = subscriptions.add_mail(shop.who, about(shop), TO, QUARTER)
    job_id = sending.send_now(shop.who, one, Q3)
    for _ in sending.AGAIN:
        with store.writing() as session:
            session.get_one(Job, job_id).due_at = None
        jobs.push(job_id)
    assert states(one) == [FAILED] and sum(sending.AGAIN) > timedelta(days=1).total_seconds()


# To a chat


def test_a_room_gets_the_summary_as_json(shop, room, monkeypatch):
    monkeypatch.setattr(chat, "Reach", lambda **more: room.reach())
    one = subscriptions.add_chat(shop.who, about(shop), room.url("/hook"), QUARTER)
    sending.send_now(shop.who, one, Q3)
    ((path, body),) = room.posted
    assert path == "/hook" and "Lead time was shorter in Shop" in json.loads(body)["text"] and states(one) == [SENT]
    (view,) = subscriptions.listed(shop.who)
    assert view.to == "docs.example" and "/hook" not in repr(view)
    with store.reading() as session:
        assert session.execute(select(ReportSubscription.address)).scalar_one().startswith("sealed:")


@pytest.mark.parametrize(
    ("answer", "state", "said"),
    [
        ((404, {}), FAILED, "no such webhook any more"),
        ((403, {}), FAILED, "refuses the message (403)"),
        ((500, {}), WAITING, "refuses the message (500)"),
        ((429, {}), WAITING, "refuses the message (429)"),
        ((302, {"Location": "http://169.254.169.254/"}), FAILED, "refuses the message (302)"),
    ],
)
def test_what_a_chat_answers_is_told_and_no_redirect_is_followed(shop, room, monkeypatch, answer, state, said):
    monkeypatch.setattr(chat, "Reach", lambda **more: room.reach())
    room.answers["POST", "/hook"] = answer
    one = subscriptions.add_chat(shop.who, about(shop), room.url("/hook"), QUARTER)
    sending.send_now(shop.who, one, Q3)
    assert states(one) == [state] and said in last(one, shop.who).problem and len(room.posted) == 1


@pytest.mark.parametrize(
    "url",
    ["http://docs.example/hook", "https://127.0.0.1/hook", "https://[::1]/hook", "https://10.1.2.3/hook",
     "https://169.254.169.254/latest", "https://chat.internal/hook", "https://localhost/hook", "https://2130706433/x",
     "https://me:secret@docs.example/", "file:///etc/passwd", "ftp://docs.example/", "https://", "docs.example/hook",
     "https://docs.example/\u00e4"],
)  # fmt: skip
def test_an_address_that_leads_inside_or_is_not_encrypted_is_refused(url):
    with pytest.raises(ValueError, match="cannot be used"):
        chat.checked(url)


def test_a_name_that_turns_out_to_lead_inside_is_not_asked(room):
    reach = room.reach(names=lambda host, port: ["127.0.0.1"], permits=lambda address: False)
    with pytest.raises(NotSent, match="network behind it"):
        chat.send(room.url("/hook"), "x", lambda: None, reach)
    assert room.posted == []


def test_a_chat_inside_is_asked_where_whoever_runs_milepost_allows_it(monkeypatch):
    monkeypatch.setenv("MILEPOST_CHAT_HOSTS", "chat.internal, http://localhost:8065")
    assert chat.checked("https://chat.internal/hooks/x") == "chat.internal"
    assert chat.checked("http://localhost:8065/hooks/x") == "localhost"
    for url in ("http://chat.internal/hooks/x", "http://localhost:9000/x", "https://other.internal/x"):
        with pytest.raises(ValueError, match="cannot be used"):
            chat.checked(url)


def test_a_chat_that_hangs_up_in_the_middle_may_have_it(room):
    begun = []
    with pytest.raises(Unknown, match="may have arrived"):
        chat.send(room.url("/hang-up"), "x", lambda: begun.append(1), room.reach())
    assert begun == [1]


def test_on_either_store_all_of_it_is_kept(both, who, post):
    place = Place(who)
    with_address(who)
    one = subscriptions.subscribe(who, about(place), MONTH)
    sending.send_now(who, one, Q3)
    assert states(one) == [SENT] and len(post.letters) == 1
    with store.reading() as session:
        assert session.execute(select(SignIn)).first() is None
