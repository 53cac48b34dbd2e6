"""What the class over PyGithub does about everything that goes wrong on the way."""

import json
import logging
import subprocess
import sys
import traceback

import pytest

from data.sources.github import errors
from data.sources.github.api import ALLOW_LOCAL, check_base_url
from data.starting import refuse_optimised
from tests.data.sources.hub.server import NOW, TOKEN, Say, Server, StillClock

LIMIT = {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "4999", "x-ratelimit-reset": str(NOW + 600)}
USED_UP = {**LIMIT, "x-ratelimit-remaining": "0"}
BAD = Say(502, b"<html>Bad gateway</html>")
GOOD = Say(200, [{"id": 1}], LIMIT)


def test_a_good_answer():
    headers = {**LIMIT, "ETag": 'W/"a"', "Link": '<https://api.github.com/x?page=2>; rel="next"'}
    with Server(Say(200, [{"id": 1}], headers)) as server:
        api = server.api()
        answer = api.get("/repos/acme/shop/issues", {"state": "all", "page": 1}, etag='W/"b"')
    assert (answer.status, answer.json, answer.etag, answer.next) == (200, [{"id": 1}], 'W/"a"', True)
    assert (answer.date, answer.limit.remaining) == (NOW * 1_000_000, 4999)
    method, path, sent, _ = server.asked[0]
    assert (method, path) == ("GET", "/repos/acme/shop/issues?page=1&state=all")
    assert (sent["If-None-Match"], sent["X-GitHub-Api-Version"]) == ('W/"b"', "2022-11-28")
    assert sent["Authorization"] == f"Bearer {TOKEN}"
    assert (api.calls, api.counted) == (1, 1)


def test_an_answer_that_nothing_is_new_is_free():
    with Server(Say(304, headers={"ETag": 'W/"a"'})) as server:
        api = server.api()
        answer = api.get("/x", etag='W/"a"')
    assert (answer.unchanged, answer.json, api.calls, api.counted) == (True, None, 1, 0)


@pytest.mark.parametrize(
    "trouble",
    [
        BAD,
        Say(500, {"message": "Server Error"}),
        Say(503, b"", {"Retry-After": "1"}),
        Say(reset=True),
        Say(200, [{"id": 1}] * 50, cut=20),
        Say(200, [{"id": 1}] * 50, cut=20, chunked=True),
        Say(200, [{"id": 1}] * 50, cut=20, zipped=True),
        Say(200, [{"id": 1}] * 50, slow=0.02),
        Say(200, [{"id": 1}] * 50, slow=0.5),
        Say(200, b"{not json"),
        Say(200, b"<html>a proxy</html>"),
        Say(200, b""),
        Say(202, {}),
        Say(200, [], {**LIMIT, "x-ratelimit-remaining": "many"}),
    ],
    ids=[
        "502", "500", "503", "reset", "truncated", "truncated chunks", "truncated gzip", "trickling", "silent",
        "invalid json", "a proxy", "nothing", "202", "bad headers",
    ],
)  # fmt: skip
def test_what_passes_is_tried_again_after_a_pause(trouble):
    """PyGithub tries a 5xx ten times in half a second and does not try again after a body that was cut off."""
    with Server(trouble, GOOD) as server:
        api = server.api()
        assert api.get("/x").json == [{"id": 1}]
    assert (len(server.asked), api.calls, api.clock.slept) == (2, 2, [1])


def test_what_does_not_pass_pauses_after_a_few_attempts():
    with Server(BAD) as server:
        api = server.api()
        with pytest.raises(errors.Unavailable, match=r"5 times in a row .*status 502.* before \d\d:\d\d UTC") as raised:
            api.get("/x")
    assert (len(server.asked), api.clock.slept) == (5, [1, 2, 4, 8])
    assert raised.value.resume_at == api.clock.now() + 300


def test_a_packed_answer_in_chunks_is_read_whole():
    with Server(Say(200, [{"id": 1}] * 9000, chunked=True, zipped=True)) as server:
        assert len(server.api(timeouts=(5, 5, 5)).get("/x").json) == 9000


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_never_followed_on_the_quiet(status):
    """PyGithub sends the request again without its query, and takes the first page of everything for the answer."""
    there = Say(status, {"message": "Moved"}, {"Location": "http://127.0.0.1/repositories/7/issues"})
    with Server(there, GOOD) as server, pytest.raises(errors.Moved, match="renamed or moved") as raised:
        server.api().get("/repos/acme/shop/issues", {"since": "2026-01-01T00:00:00Z"})
    assert len(server.asked) == 1
    assert raised.value.location.endswith("/repositories/7/issues")


# Limits


@pytest.mark.parametrize(
    ("answer", "kind", "seconds"),
    [
        (Say(403, {"message": "API rate limit exceeded for user 1."}, USED_UP), "primary", 601),
        (Say(429, {"message": "API rate limit exceeded."}, USED_UP), "primary", 601),
        (Say(403, {"message": "You have exceeded a secondary rate limit."}, {"Retry-After": "17"}), "secondary", 17),
        (Say(403, {"message": "You have exceeded a secondary rate limit."}, LIMIT), "secondary", 60),
        (Say(429, {"message": "Too many requests"}, {"Retry-After": "5"}), "secondary", 5),
        (Say(429, {"message": "Too many requests"}), "secondary", 60),
        (Say(429, b"<html>Too many</html>"), "secondary", 60),
    ],
)
def test_a_limit_says_when_to_go_on(answer, kind, seconds):
    """The server's clock is an hour ahead of ours: only the difference counts. A 429 without Retry-After counts."""
    with Server(answer) as server:
        api = server.api()
        with pytest.raises(errors.Limited, match=r"until \d\d:\d\d(:\d\d)? UTC") as raised:
            api.get("/x")
    assert (raised.value.kind, raised.value.resume_at - api.clock.now()) == (kind, seconds)
    assert (len(server.asked), api.clock.slept) == (1, [])


def test_while_a_limit_is_used_up_nothing_is_asked():
    with Server(Say(200, [], USED_UP)) as server:
        api = server.api()
        api.get("/x")
        with pytest.raises(errors.Limited):
            api.get("/x")
        assert len(server.asked) == 1
        api.clock.at += 602
        api.get("/x")
    assert len(server.asked) == 2


def test_the_limit_of_graphql_comes_with_status_200():
    said = {"data": None, "errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded for user 1."}]}
    with Server(Say(200, said, USED_UP)) as server, pytest.raises(errors.Limited) as raised:
        server.api().graphql("{ viewer { login } }")
    assert raised.value.kind == "primary"


def test_requests_keep_their_distance_also_those_of_graphql():
    """PyGithub's own pacing puts a second between two GraphQL queries, because they are sent by POST."""
    with Server(Say(200, {"data": {}})) as server:
        api = server.api(gap=0.25)
        for _ in range(3):
            api.graphql("{ viewer { login } }")
    assert len(api.clock.slept) == 2
    assert all(0 < each <= 0.25 for each in api.clock.slept)


# What cannot be read


@pytest.mark.parametrize(
    ("answer", "error", "sentence"),
    [
        (Say(401, {"message": "Bad credentials"}), errors.BadToken, "make a new one"),
        (
            Say(401, {}, {"github-authentication-token-expiration": "2026-01-02 03:04:05 UTC"}),
            errors.Expired,
            "ended on 2026-01-02: make a new one",
        ),
        (
            Say(403, {"message": "Resource not accessible"}, {"X-Accepted-GitHub-Permissions": "deployments=read"}),
            errors.MissingPermission,
            r"may not read deployments of acme/shop: give it deployments \(read\)",
        ),
        (
            Say(403, {}, {"X-Accepted-GitHub-Permissions": "issues=read; pull_requests=read,contents=read"}),
            errors.MissingPermission,
            r"issues \(read\) or pull_requests \(read\) and contents \(read\)",
        ),
        (Say(403, {}, {"X-Accepted-OAuth-Scopes": "repo"}), errors.MissingPermission, "give it the scope repo"),
        (Say(403, {"message": "No"}, {"X-GitHub-SSO": "required; url=x"}), errors.MissingPermission, "single sign-on"),
        (Say(403, {"message": "... has an IP allow list enabled"}), errors.MissingPermission, "IP allow list"),
        (Say(404, {"message": "Not Found"}), errors.NotFound, "check the name, and that the token"),
        (Say(451, {"message": "Repository access blocked"}), errors.NotFound, "has blocked"),
        (Say(409, {"message": "Git Repository is empty."}), errors.EmptyRepository, "push a first commit"),
        (Say(422, {"message": f"Bad {TOKEN}\n\x1b[31m"}), errors.GitHubError, r"\(422: Bad \(hidden\)"),
        (Say(403, [1, 2]), errors.MissingPermission, "gives no reason"),
    ],
)
def test_a_refusal_says_what_to_do(answer, error, sentence):
    with Server(answer) as server, pytest.raises(error, match=sentence):
        server.api().get("/x", what="deployments of acme/shop")
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ([1], errors.BadAnswer),
        ({"data": []}, errors.BadAnswer),
        ({}, errors.BadAnswer),
        ({"errors": 7}, errors.BadAnswer),
        ({"errors": [{"type": "FORBIDDEN", "message": "Resource not accessible"}]}, errors.MissingPermission),
        ({"errors": [{"type": "MAX_NODE_LIMIT_EXCEEDED", "message": "too many"}]}, errors.TooHeavy),
        ({"errors": [{"message": "Something went wrong while executing your query."}]}, errors.TooHeavy),
        ({"errors": [{"message": "Field 'x' doesn't exist"}]}, errors.GitHubError),
        ({"errors": [None]}, errors.GitHubError),
    ],
)
def test_a_graphql_answer_that_is_none(said, error):
    with Server(Say(200, said)) as server, pytest.raises(error):
        server.api().graphql("{ viewer { login } }")


def test_a_part_that_graphql_could_not_read_is_told_apart():
    refused = {"type": "FORBIDDEN", "path": ["nodes", 1], "message": "Resource not accessible"}
    with Server(Say(200, {"data": {"nodes": [{"id": "a"}, None]}, "errors": [refused]})) as server:
        query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
        answer = server.api().graphql(query, {"ids": ["a", "b"]}, partly=True)
        with pytest.raises(errors.MissingPermission):
            server.api().graphql(query, {"ids": ["a", "b"]})
    assert answer.json == {"nodes": [{"id": "a"}, None]}
    assert answer.errors == (("FORBIDDEN", ("nodes", 1), "Resource not accessible"),)
    assert json.loads(server.asked[0][3])["variables"] == {"ids": ["a", "b"]}


def test_an_answer_with_a_hole_is_asked_for_again():
    hole = Say(200, {"data": {"nodes": [None]}, "errors": [{"path": ["nodes", 0], "message": "Oops"}]})
    with Server(hole, Say(200, {"data": {"nodes": [1]}})) as server:
        assert server.api().graphql("{ x }").json == {"nodes": [1]}
    with Server(hole) as server, pytest.raises(errors.Unavailable):
        server.api().graphql("{ x }")


def test_a_clock_that_is_suddenly_ahead_is_not_believed():
    ahead = Say(200, [], {"Date": "Thu, 09 Oct 2025 18:53:20 GMT"})
    with Server(GOOD, ahead, ahead) as server:
        api = server.api()
        dates = [api.get("/x").date for _ in range(3)]
    assert dates == [NOW * 1_000_000] * 3


# Safety


@pytest.mark.parametrize("answer", [GOOD, BAD, Say(401, {"message": f"Bad {TOKEN}"}), Say(reset=True)])
def test_a_token_is_in_no_log_and_no_error(answer, caplog):
    """PyGithub's own log has whole answers, and with them the tokens that an app gets."""
    said = ""
    for name in ("", "github", "github.Requester", "urllib3", "requests", "milepost"):
        caplog.set_level(logging.DEBUG, logger=name)
    body = {**(answer.body if isinstance(answer.body, dict) else {}), "token": TOKEN}
    with Server(Say(answer.status, body, reset=answer.reset)) as server:
        try:
            server.api().post("/app/installations/1/access_tokens")
        except errors.GitHubError as error:
            said = "".join(traceback.format_exception(error))
            assert error.__cause__ is None
    assert TOKEN not in caplog.text + said
    assert all(TOKEN not in str(vars(record)) for record in caplog.records)


def test_what_a_netrc_says_does_not_replace_the_token(tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with Server(GOOD) as server:
        server.api().get("/x")
    assert server.asked[0][2]["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    "url",
    [
        "http://github.example.com", "ftp://x", "https://", "https://u:p@x", "https://x:port", "https://x?y=1",
        "http://localhost", "http://127.0.0.1", "file:///etc/passwd", "",
    ],
)  # fmt: skip
def test_the_address_of_github_is_https(url, monkeypatch):
    monkeypatch.delenv(ALLOW_LOCAL, raising=False)
    with pytest.raises(errors.NotAllowed):
        check_base_url(url)


def test_tests_may_allow_a_server_of_this_machine_and_no_other(monkeypatch):
    monkeypatch.setenv(ALLOW_LOCAL, "1")
    assert check_base_url("http://127.0.0.1:80/") == "http://127.0.0.1:80"
    with pytest.raises(errors.NotAllowed):
        check_base_url("http://example.com")


def test_enterprise_has_its_graphql_beside_its_rest():
    with Server(Say(200, {"data": {}})) as server:
        base = f"{server.url}/api/v3/"
        api = type(server.api())(lambda: TOKEN, base, clock=StillClock(), gap=0, allow_local=True)
        api.graphql("{ viewer { login } }")
        api.get("/repositories/1")
    assert [path for _, path, _, _ in server.asked] == ["/api/graphql", "/api/v3/repositories/1"]


def test_without_its_checks_the_app_does_not_start():
    refuse_optimised()
    code = "from data.starting import refuse_optimised; refuse_optimised()"
    ended = subprocess.run([sys.executable, "-O", "-c", code], capture_output=True, text=True, check=False)
    assert (ended.returncode, "does not run under python -O" in ended.stderr) == (1, True)
