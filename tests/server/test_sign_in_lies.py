"""What a provider says wrongly, late, or not at all lets nobody in; the real routes, over the real protocol."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest

from data import openid, people, store
from data.tables import SignIn
from tests import liar
from tests.server.test_sign_in import URL, USER, Browser, configured


@pytest.fixture(scope="module")
def running():
    with liar.running() as found:
        yield found


@pytest.fixture
def provider(running, home, monkeypatch):
    """One that tells the truth until a test says otherwise, and a portal that trusts it."""
    running.down, running.says = set(), running.token
    with configured(running.settings(URL), monkeypatch):
        yield running


@pytest.fixture
def browser(provider):
    return Browser(openid.settings())


def comes_back(browser: Browser, provider: liar.Liar):
    """To the provider and back with a code; the answer of the portal."""
    asked = parse_qs(urlsplit(browser.to_provider()).query)
    provider.nonce = asked["nonce"][0]
    return browser.get(f"/oauth2callback?code=c&state={asked['state'][0]}", sec_fetch_site="cross-site")


def sessions_begun() -> int:
    with store.reading() as session:
        return session.query(SignIn).count()


def test_the_truth_lets_in(browser, provider):
    assert comes_back(browser, provider).headers["location"] == "/delivery?service=7"
    assert browser.who.name == "Ann"


NOW = time.time()
LIES = {
    "for another application": {"aud": "other"},
    "for other applications": {"aud": ["other", "another"]},
    "for another application, and authorised for ours": {"aud": "other", "azp": "milepost"},
    "for others, and authorised for ours": {"aud": ["other", "another"], "azp": "milepost"},
    "for ours, and authorised for another": {"aud": "milepost", "azp": "other"},
    "for ours too, and nobody is authorised": {"aud": ["milepost", "other"]},
    "for nobody": {"aud": None},
    "for a part of our name": {"aud": "mile"},
    "by another issuer": {"iss": "https://evil.example"},
    "by an issuer that begins alike": {"iss": "http://localhost"},
    "by nobody": {"iss": None},
    "with the nonce of another sign-in": {"nonce": "another"},
    "without a nonce": {"nonce": None},
    "of nobody": {"sub": None},
    "of an empty name": {"sub": ""},
    "of a list of names": {"sub": ["ann"]},
    "that has expired": {"exp": int(NOW) - 300},
    "that never expires": {"exp": None},
    "that expires in words": {"exp": "tomorrow"},
    "that was made in the future": {"iat": int(NOW) + 86_400},
    "that does not say when it was made": {"iat": None},
    "that is good later only": {"nbf": int(NOW) + 86_400},
    "signed by somebody else": {"signed": "another"},
    "signed with our own secret": {"algorithm": "HS256"},
    "signed by nobody": {"algorithm": "none"},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_lets_nobody_in(browser, provider, lie):
    provider.says = lambda: provider.token(**LIES[lie])
    answer = comes_back(browser, provider)
    assert "problem=sign-in" in answer.headers["location"]
    assert USER not in browser.cookies and sessions_begun() == 0


@pytest.mark.parametrize(
    "says", [None, "", "no token", "a.b.c", "é.é.é", "." * 100_000], ids=lambda says: str(says)[:9]
)
def test_what_is_no_token_lets_nobody_in(browser, provider, says):
    provider.says = lambda: says
    assert "problem=sign-in" in comes_back(browser, provider).headers["location"]
    assert USER not in browser.cookies and sessions_begun() == 0


@pytest.mark.parametrize(
    "skew",
    [{"iat": int(NOW) + 60}, {"nbf": int(NOW) + 60}, {"aud": ["other", "milepost"], "azp": "milepost"}],
    ids=["a clock a minute ahead", "good in a minute", "for several, authorised for ours"],
)
def test_clocks_may_differ_by_a_minute_and_a_token_be_for_several(browser, provider, skew):
    provider.says = lambda: provider.token(**skew)
    comes_back(browser, provider)
    assert browser.who.is_active


def test_a_token_that_is_good_for_years_is_believed_for_a_day(browser, provider):
    provider.says = lambda: provider.token(exp=int(time.time()) + 10 * 365 * 86_400)
    comes_back(browser, provider)
    with store.reading() as session:
        (row,) = session.query(SignIn).all()
    assert row.ends_at <= store.now_us() + (24 + 8) * 3600 * 1_000_000


@pytest.mark.parametrize("path", ["/token", "/jwks"])
def test_a_provider_that_breaks_off_lets_nobody_in(browser, provider, path):
    provider.down = {path}
    assert "problem=sign-in" in comes_back(browser, provider).headers["location"]
    assert USER not in browser.cookies


def test_a_provider_that_is_away_is_told_on_the_page_where_one_was(browser, provider):
    provider.down = {"/.well-known/openid-configuration"}
    answer = browser.get(
        "/auth/login?provider=" + browser.provider_token, referer=f"{URL}/goals?team=3", sec_fetch_site="same-origin"
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/goals?team=3&problem=provider")
    assert browser.cookies == {}


def test_who_is_signed_in_stays_while_the_provider_is_away_and_can_sign_out(browser, provider):
    comes_back(browser, provider)
    provider.down = {"/.well-known/openid-configuration", "/token", "/jwks"}
    assert browser.who.is_active
    assert browser.get("/auth/logout", sec_fetch_site="same-origin").headers["location"] == "/"
    assert USER not in browser.cookies and sessions_begun() == 0


def test_an_answer_of_the_provider_that_failed_ends_no_session(browser, provider):
    """Somebody is signed in and signs in again: what goes wrong leaves no half of it."""
    comes_back(browser, provider)
    provider.says = lambda: provider.token(aud="other", azp="milepost")
    comes_back(browser, provider)
    with pytest.raises(people.Unknown):
        _ = browser.who
    assert sessions_begun() == 1, "the one before ends by itself: its key is in no browser any more"
