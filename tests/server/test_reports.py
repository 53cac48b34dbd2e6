"""Reports over HTTP: who gets which, what no page around the sign-in gives away, and the way out of e-mails."""

import json

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

import server
import signin
from data import sessions, store
from data.people import Who
from data.reporting import reports, subscriptions
from data.reporting.reports import TEAM, About
from data.tables import AuditEvent, Person, ReportSending, ReportSubscription, SignIn
from tests.data import surveyed
from tests.data.arrange import Place

URL = "https://milepost.example"
SECRET = "a secret that signs cookies and is long enough"
SHARED = {
    "MILEPOST_URL": URL, "MILEPOST_OIDC_METADATA_URL": "https://id.example/m", "MILEPOST_OIDC_CLIENT_ID": "m",
    "MILEPOST_OIDC_CLIENT_SECRET": "s", "MILEPOST_COOKIE_SECRET": SECRET, "MILEPOST_ADMINISTRATOR": "group:admins",
}  # fmt: skip
KEY = "k" * 43


def client(base: str) -> TestClient:
    around = [*server.MIDDLEWARE, *signin.middleware(signin.settings())]
    return TestClient(Starlette(routes=server.ROUTES, middleware=around), base_url=base, follow_redirects=False)


@pytest.fixture(autouse=True)
def nothing_kept():
    reports.forget()


@pytest.fixture
def shop(home, who) -> Place:
    return Place(who)


@pytest.fixture
def here(shop) -> TestClient:
    return client("http://127.0.0.1")


@pytest.fixture
def shared(shop, monkeypatch) -> TestClient:
    for name, value in SHARED.items():
        monkeypatch.setenv(name, value)
    return client(URL)


def signed_in(asked: TestClient, who: Who) -> TestClient:
    """The same browser, with the cookie of a session of that person."""
    with store.writing() as session:
        digest = sessions.digest(KEY)
        session.merge(SignIn(digest=digest, person_id=who.id, created_at=1, ends_at=store.now_us() + 10**9))
    said = json.dumps({"is_logged_in": True, "sign_in": KEY, "provider": "default", "origin": URL})
    asked.cookies.set(signin.HOST + signin.USER, create_signed_value(SECRET, signin.USER, said).decode())
    return asked


def path(place: Place, form: str = "html") -> str:
    return f"/reports/team/{place.team_id}/2024-Q3.{form}"


@pytest.mark.parametrize(
    ("form", "kind", "begins"),
    [("html", "text/html", b"<!doctype html>"), ("pdf", "application/pdf", b"%PDF-"),
     ("md", "text/markdown", b"# Team"), ("csv", "text/csv", b"report,subject")],
)  # fmt: skip
def test_each_form_comes_as_what_it_is_and_leaves_a_trace(shop, here, form, kind, begins):
    answer = here.get(path(shop, form))
    assert answer.status_code == 200 and answer.headers["content-type"].startswith(kind)
    assert answer.content.startswith(begins) and answer.headers["cache-control"] == "no-store"
    named = answer.headers.get("content-disposition", "")
    assert named == ("" if form == "html" else f'attachment; filename="milepost-team-of-shop-2024-Q3.{form}"')
    with store.reading() as session:
        (row,) = session.execute(select(AuditEvent).where(AuditEvent.action == "read_report")).scalars()
    assert (row.subject, row.detail) == (f"team:{shop.team_id}", {"quarter": "2024-Q3", "form": form})


@pytest.mark.parametrize(
    "path",
    ["/reports/team/1/2024-Q9.html", "/reports/team/1/2024-Q3.exe", "/reports/team/1/2024-Q3", "/reports/team/1/.pdf",
     "/reports/team/999/2024-Q3.pdf", "/reports/nobody/1/2024-Q3.pdf", f"/reports/team/{10**30}/2024-Q3.pdf",
     "/reports/team/1/9998-Q1.html", f"/reports/team/{'9' * 5000}/2024-Q3.pdf", "/reports/team/x/2024-Q3.pdf"],
)  # fmt: skip
def test_what_is_no_report_is_not_found(shop, here, path):
    answer = here.get(path)
    assert answer.status_code == 404 and "Traceback" not in answer.text


def test_a_page_of_another_site_that_points_its_name_here_gets_nothing(shop, here):
    answer = here.get(path(shop), headers={"host": "evil.example"})
    assert answer.status_code == 403 and "Lead time" not in answer.text


def test_a_door_without_the_sign_in_around_it_knows_nobody(shop):
    bare = TestClient(Starlette(routes=server.ROUTES), base_url="http://127.0.0.1")
    assert bare.get(path(shop)).status_code == 401


def test_in_shared_mode_nobody_is_let_in_without_a_session_that_goes_on(shop, shared):
    assert shared.get(path(shop)).status_code == 401
    member = surveyed.person("member", shop.organization_id, shop.team_id)
    signed_in(shared, member)
    assert shared.get(path(shop)).status_code == 200
    with store.writing() as session:
        session.delete(session.execute(select(SignIn)).scalar_one())
    assert shared.get(path(shop)).status_code == 401


def test_a_cookie_that_was_tampered_with_is_none(shop, shared):
    signed_in(shared, surveyed.person("member", shop.organization_id, shop.team_id))
    name = signin.HOST + signin.USER
    forged = create_signed_value("x" * 40, signin.USER, json.dumps({"sign_in": KEY})).decode()
    shared.cookies.set(name, forged)
    assert shared.get(path(shop)).status_code == 401


def test_others_cannot_tell_a_team_that_is_not_theirs_from_one_that_is_not_there(shop, shared):
    other = surveyed.person("member", shop.organization_id, surveyed.team(shop.who, "Others"))
    signed_in(shared, other)
    theirs, none = shared.get(path(shop)), shared.get("/reports/team/999/2024-Q3.html")
    assert (theirs.status_code, theirs.text) == (404, none.text)
    assert shared.get(f"/reports/organization/{shop.organization_id}/2024-Q3.html").status_code == 404


def test_somebody_deactivated_gets_nothing(shop, shared):
    member = surveyed.person("member", shop.organization_id, shop.team_id)
    signed_in(shared, member)
    with store.writing() as session:
        session.get_one(Person, member.id).is_active = False
    assert shared.get(path(shop)).status_code == 404


def test_who_leads_reads_the_organization(shop, shared):
    signed_in(shared, surveyed.person("leader", shop.organization_id))
    answer = shared.get(f"/reports/organization/{shop.organization_id}/2024-Q3.html")
    assert answer.status_code == 200 and "quarter report" in answer.text


# The way out of e-mails


@pytest.fixture
def letter(shop) -> str:
    """A subscription whose last letter holds this key."""
    subscriptions.add_mail(shop.who, About(TEAM, shop.team_id), "board@docs.example", "quarter")
    with store.writing() as session:
        row = session.execute(select(ReportSubscription)).scalar_one()
        session.add(
            ReportSending(
                subscription_id=row.id, period="x", quarter="2024-Q3", uid="u", state="sent", made_at=1,
                stop_digest=subscriptions.digest("the-key"),
            )
        )  # fmt: skip
    return "/reports/unsubscribe/the-key"


def ended() -> str:
    with store.reading() as session:
        return session.execute(select(ReportSubscription.ended_why)).scalar_one()


def test_following_the_link_asks_and_the_button_stops_it(here, letter):
    asked = here.get(letter)
    assert asked.status_code == 200 and '<form method="post">' in asked.text and ended() == ""
    done = here.post(letter)
    assert done.status_code == 200 and "not sent to this address any more" in done.text
    assert ended() == "stopped by the receiver"
    assert here.post(letter).status_code == 200


def test_a_mail_program_stops_it_with_one_click_and_without_a_sign_in(shared, letter):
    done = shared.post(letter, data={"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200 and ended() == "stopped by the receiver"


@pytest.mark.parametrize("key", ["", "x", "x" * 500, "%00", "the-key%0a"])
def test_a_key_that_is_none_stops_nothing(here, letter, key):
    assert here.post(f"/reports/unsubscribe/{key}").status_code in (404, 405) and ended() == ""
