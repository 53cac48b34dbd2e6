"""What goes wrong on the GitHub to test against, seen by a plain client."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
import requests

from tests.fake_github import GitHub
from tests.fake_github.faults import GRAPHQL_ONLY, KINDS, STORM

NOW = "2026-06-01 12:00"
FEED = "/repos/acme/shop/issues"


@pytest.fixture
def hub() -> Iterator[GitHub]:
    with GitHub(now=NOW, strict=True) as hub:
        for _ in range(12):
            hub.repository("acme/shop").issue(opened="2026-05-01")
        yield hub


def get(hub: GitHub, path: str = FEED, token: str | None = None) -> requests.Response:
    headers = {"Authorization": f"Bearer {token or hub.token()}"}
    return requests.get(hub.url + path, headers=headers, allow_redirects=False, timeout=10)


@pytest.mark.parametrize(
    ("kind", "status", "headers"),
    [
        ("500", 500, {}),
        ("502", 502, {}),
        ("503", 503, {}),
        ("403-primary", 403, {"X-RateLimit-Remaining": "0"}),
        ("403-secondary", 403, {"Retry-After": "60"}),
        ("403-secondary-without-retry-after", 403, {"Retry-After": None}),
        ("429", 429, {"Retry-After": "60"}),
        ("429-without-retry-after", 429, {"Retry-After": None, "X-RateLimit-Remaining": "0"}),
        ("301", 301, {}),
        ("401", 401, {}),
    ],
)
def test_a_fault_has_its_status_and_headers_once(hub, kind, status, headers):
    hub.fault(kind)
    answer = get(hub)
    assert (answer.status_code, {name: answer.headers.get(name) for name in headers}) == (status, headers)
    assert get(hub).status_code == 200


@pytest.mark.parametrize("kind", ["truncated", "reset", "reset-midway"])
def test_a_broken_connection_is_broken(hub, kind):
    hub.fault(kind)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        get(hub)
    assert get(hub).status_code == 200


@pytest.mark.parametrize("kind", ["invalid-json", "html", "empty"])
def test_what_is_no_json_cannot_be_read(hub, kind):
    hub.fault(kind)
    with pytest.raises(requests.exceptions.JSONDecodeError):
        get(hub).json()


def test_a_wrong_shape_is_valid_json(hub):
    hub.fault("wrong-schema")
    assert isinstance(get(hub).json(), dict)


def test_a_slow_answer_is_whole_in_the_end(hub):
    hub.fault("slow", seconds=0.5)
    answer = get(hub)
    assert (len(answer.json()), answer.elapsed.total_seconds() < 0.4) == (12, True)  # the headers come at once


def test_a_server_that_hangs_answers_in_the_end(hub):
    hub.fault("hang", seconds=0.5)
    answer = get(hub)
    assert (len(answer.json()), answer.elapsed.total_seconds() >= 0.5) == (12, True)


def test_a_redirect_may_lead_in_a_circle_or_elsewhere(hub):
    hub.fault("301-loop"), hub.fault("301-elsewhere")
    assert [get(hub).headers["Location"] for _ in range(2)] == [hub.url + FEED, f"http://elsewhere.example{FEED}"]


def test_a_skewed_clock_shows_in_the_date_alone(hub):
    hub.fault("skew", seconds=-3600)
    date = parsedate_to_datetime(get(hub).headers["Date"])
    assert abs((datetime(2026, 6, 1, 11, tzinfo=UTC) - date).total_seconds()) < 60


def test_a_list_may_have_the_same_thing_twice(hub):
    hub.fault("double")
    numbers = [item["number"] for item in get(hub).json()]
    assert (len(numbers), len(set(numbers))) == (14, 12)


def test_a_fault_waits_for_the_request_it_is_meant_for(hub):
    hub.fault("502", match=r"GET .*/issues\?page=2", after=1)
    codes = [get(hub, path).status_code for path in (FEED, f"{FEED}?page=2", f"{FEED}?page=2", f"{FEED}?page=2")]
    assert codes == [200, 200, 502, 200]


def test_a_server_that_was_down_is_back_as_it_was(hub):
    hub.stop()
    with pytest.raises(requests.ConnectionError):
        get(hub)
    hub.start()
    assert len(get(hub).json()) == 12


def test_a_storm_is_the_same_for_the_same_seed(hub):
    def weather() -> list[str]:
        hub.faults.struck.clear()
        hub.storm(seed=3, rate=0.5, kinds=("500", "502", "429"))
        for _ in range(20):
            get(hub)
        hub.storm(seed=3, rate=0)
        return [kind for kind, _ in hub.faults.struck]

    assert weather() == weather() != []


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"slow", "hang"}))
def test_every_fault_leaves_the_server_standing(hub, kind):
    hub.fault(kind, match="graphql" if kind in GRAPHQL_ONLY else "")
    url = hub.graphql_url if kind in GRAPHQL_ONLY else hub.url + FEED
    headers = {"Authorization": f"Bearer {hub.token()}"}
    ask = requests.post if kind in GRAPHQL_ONLY else requests.get
    with suppress(requests.RequestException):
        ask(url, json={"query": "{ viewer { login } }"}, headers=headers, allow_redirects=False, timeout=10)
    assert [struck for struck, _ in hub.faults.struck] == [kind]
    assert get(hub).status_code == 200


def test_a_storm_knows_only_faults_that_exist():
    assert set(STORM) <= set(KINDS)


def test_the_secondary_limit_strikes_within_a_minute():
    with GitHub(now=NOW, secondary=3) as hub:
        hub.repository("acme/shop")
        token = hub.token()
        hub.clock.freeze()
        codes = [get(hub, "/repos/acme/shop", token).status_code for _ in range(4)]
        hub.clock.advance(61)
        assert [*codes, get(hub, "/repos/acme/shop", token).status_code] == [200, 200, 200, 403, 200]


def test_with_jitter_a_later_write_may_be_seen_first(hub):
    hub.clock.freeze()
    hub.lag(60)
    repo = hub.repository("acme/shop")
    made = [repo.issue().number for _ in range(20)]
    hub.clock.advance(30)
    seen = [item["number"] for item in get(hub, f"{FEED}?per_page=100").json() if item["number"] in made]
    hub.clock.advance(30)
    after = [item["number"] for item in get(hub, f"{FEED}?per_page=100").json() if item["number"] in made]
    assert 0 < len(seen) < 20 == len(after)
    assert sorted(seen) != made[: len(seen)]


def test_an_expired_a_revoked_and_a_made_up_token_are_refused(hub):
    expired, revoked = hub.token(expires="2026-05-01"), hub.token()
    hub.revoke(revoked)
    assert [get(hub, token=token).status_code for token in (expired, revoked, "ghp_nonsense")] == [401, 401, 401]


def test_a_classic_token_says_what_it_is_for(hub):
    answer = get(hub, token=hub.token(kind="classic", scopes=("repo", "admin:org")))
    assert answer.headers["X-OAuth-Scopes"] == "repo, admin:org"


def test_a_private_repository_that_was_not_chosen_is_not_there(hub):
    hub.repository("acme/secret")
    assert get(hub, "/repos/acme/secret", hub.token(repositories=["acme/shop"])).status_code == 404


def test_deleted_moved_and_empty_things_have_their_own_answers(hub):
    shop, other = hub.repository("acme/shop"), hub.repository("acme/other")
    shop.item(1).delete()
    shop.item(2).move(other)
    codes = [get(hub, f"{FEED}/{number}").status_code for number in (1, 2)]
    codes.append(get(hub, "/repos/acme/other/commits").status_code)
    other.delete()
    assert [*codes, get(hub, "/repos/acme/other").status_code] == [410, 301, 409, 404]


def test_a_search_ends_at_its_thousandth_result(hub):
    repo = hub.repository("acme/shop")
    repo.commit()
    for minute in range(1005):
        repo.run(created=f"2026-05-{1 + minute // 600:02} {minute // 60 % 10:02}:{minute % 60:02}", jobs=[])
    path = "/repos/acme/shop/actions/runs?per_page=100&page={}&created=2026-05-01..2026-05-31"
    sizes = [len(get(hub, path.format(page)).json()["workflow_runs"]) for page in (10, 11)]
    assert (sizes, get(hub, path.format(1)).json()["total_count"]) == ([100, 0], 1005)


def test_a_parameter_that_github_ignores_is_a_problem():
    with pytest.raises(AssertionError, match="takes no parameter 'since'"), GitHub() as hub:
        hub.repository("acme/shop")
        get(hub, "/repos/acme/shop/pulls?since=2026-01-01T00:00:00Z")
