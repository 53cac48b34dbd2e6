"""What makes a reading of GitHub wrong without anybody noticing: each trap once with its guard, and once without.

Without, the same steps must go wrong, or the guard is not what they test.
"""

import ast
import inspect
import logging
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import github
import pytest
from github.Requester import Requester

from data import store
from data.sources.github import (
    api,
    counts,
    deployments,
    errors,
    issues,
    jobs,
    pulls,
    refusals,
    repository,
    runs,
    saving,
    sync,
    transport,
)
from data.tables import Deployment, Incident, Issue, PipelineJob, PipelineRun, Todo
from tests.data.sources.hub.arrange import US, place, truth
from tests.data.sources.hub.deliveries import Sender
from tests.data.sources.hub.server import TOKEN, Say, Server
from tests.data.sources.hub.test_crash import Boundaries, run
from tests.data.sources.hub.test_webhooks import tell
from tests.fake_github import GitHub

ROOT = Path(__file__).parents[4]


@dataclass
class Steps:
    """What the steps of a trap have at hand."""

    hub: GitHub
    patch: pytest.MonkeyPatch
    log: pytest.LogCaptureFixture

    @property
    def repo(self):
        return self.hub.repository("acme/shop")

    def small(self) -> None:
        for module in (issues, runs):
            self.patch.setattr(module, "PAGE", 10)


# The steps


def renamed(steps: Steps) -> None:
    """A request that is sent on to the new place without its query brings the first thirty open ones."""
    for number in range(40):
        steps.repo.issue(f"{number}", opened="2026-05-01", closed="2026-05-02")
    steps.repo.rename("acme/store")
    asked, one = {"state": "all", "per_page": 100}, place(steps.hub).api()
    try:
        rows = one.get("/repos/acme/shop/issues", asked).json
    except errors.Moved:
        rows = one.get(f"/repositories/{steps.hub.repository('acme/store').id}/issues", asked).json
    assert len(rows) == 40


def old_name_reused(steps: Steps) -> None:
    steps.repo.issue("Mine", opened="2026-05-01")
    shop = place(steps.hub)
    shop.settle()
    steps.repo.rename("acme/store")
    steps.hub.repository("acme/shop").issue("Of another repository")
    shop.sync()
    assert shop.held()["issues"] == truth(steps.hub, "acme/store")["issues"]


def too_many_requests(steps: Steps) -> None:
    with Server(Say(429, {"message": "Too many requests"})) as server, pytest.raises(errors.Limited):
        server.api().get("/x")


def limited_with_200(steps: Steps) -> None:
    for kind in ("RATE_LIMITED", "RATE_LIMIT"):
        said = {"errors": [{"type": kind, "message": "API rate limit exceeded"}]}
        with Server(Say(200, said)) as server, pytest.raises(errors.Limited):
            server.api().graphql("{ viewer { login } }")


def down(steps: Steps) -> None:
    with Server(Say(502, b"<html>")) as server:
        one = server.api()
        with pytest.raises(errors.Unavailable):
            one.get("/x")
        assert (len(server.asked), one.clock.slept) == (5, [1, 2, 4, 8])


def cut_off(steps: Steps) -> None:
    with Server(Say(200, [{"id": 1}] * 50, cut=20, chunked=True), Say(200, [1])) as server:
        assert server.api().get("/x").json == [1]


def slow_loris(steps: Steps) -> None:
    with Server(Say(200, [{"id": 1}] * 5, slow=0.02), Say(200, [1])) as server:
        assert server.api(timeouts=(2, 0.4, 0.3)).get("/x").json == [1]


def enormous(steps: Steps) -> None:
    """PyGithub's getStream loads all of it, and so would requests."""
    steps.patch.setattr(transport, "LARGEST", 10_000)
    with Server(Say(200, ["x" * 100] * 1000), Say(200, [1])) as server:
        assert server.api().get("/x").json == [1]


def paced_queries(steps: Steps) -> None:
    with Server(Say(200, {"data": {}})) as server:
        one, begun = server.api(), time.monotonic()
        one.graphql("{ x }")
        one.graphql("{ x }")
    assert time.monotonic() - begun < 1


def debug_log(steps: Steps) -> None:
    for name in ("", "github.Requester"):
        steps.log.set_level(logging.DEBUG, logger=name)
    with Server(Say(200, {"token": TOKEN})) as server:
        server.api().post("/app/installations/1/access_tokens")
    assert TOKEN not in steps.log.text


def ahead(steps: Steps) -> None:
    date = {"Date": "Thu, 09 Oct 2025 18:53:20 GMT"}
    with Server(Say(200, []), Say(200, [], date)) as server:
        one = server.api()
        assert one.get("/x").date == one.get("/x").date


def replaced(steps: Steps) -> None:
    """A deployment that another one replaced is INACTIVE: that is not when, or that, it failed."""
    for day in (1, 2):
        steps.repo.deploy("production", created=f"2026-05-0{day}", statuses=[("success", f"2026-05-0{day} 01:00")])
    shop = place(steps.hub)
    shop.sync()
    assert [state for (state,) in shop.rows(Deployment, "status", kind="github_deployment")] == ["success"] * 2


def queued(steps: Steps) -> None:
    """A job that waits says that it started when it was made."""
    shop = place(steps.hub)
    shop.sync()
    sender = Sender(steps.hub)
    steps.repo.run("CI", conclusion=None)
    tell(*sender.changes())
    assert shop.rows(PipelineJob, "started_at") == [(None,)]


def gone_fork(steps: Steps) -> None:
    shop = place(steps.hub)
    shop.sync()
    sender = Sender(steps.hub)
    steps.repo.pull("From afar", head_repo=None)
    tell(*sender.changes())
    assert shop.rows(Issue, "title") == [("From afar",)]


def run_again(steps: Steps) -> None:
    """It keeps its id and the time of the first attempt, so that no search for what is new finds it."""
    run = steps.repo.run("CI", created="2026-05-12", conclusion="failure")
    shop = place(steps.hub)
    shop.settle()
    run.rerun()
    shop.sync()
    first, now = run.row["created_at"] * US, int(steps.hub.clock.now()) * US
    assert shop.rows(PipelineRun, "attempt", "queued_at", "conclusion") == [(1, first, "failure"), (2, now, "success")]


def doubled(steps: Steps) -> None:
    for number in range(12):
        steps.repo.issue(f"{number}", opened="2026-05-01")
        steps.repo.run("CI", created=f"2026-05-{number + 1:02d}")
    steps.hub.doubles = True
    shop = place(steps.hub)
    shop.sync()
    assert shop.held() == truth(steps.hub)


def killed_between(steps: Steps) -> None:
    """Rows and where to go on are saved together, or neither."""
    steps.small()
    for number in range(25):
        steps.repo.issue(f"{number}", opened=1_777_000_000 + number)
    boundaries = Boundaries(steps.patch)
    for count in range(4, 16):
        shop = place(steps.hub, alone=count)
        run(shop, boundaries, count)
        assert run(shop, boundaries, -1)
        assert shop.held() == truth(steps.hub), count


def older_copy(steps: Steps) -> None:
    issue = steps.repo.issue("Before", opened="2026-05-01")
    shop = place(steps.hub)
    shop.settle()
    steps.hub.lag(200, jitter=False)
    late = shop.api().get(f"/repositories/{steps.repo.id}/issues").json
    steps.hub.lag(0)
    steps.hub.clock.advance(60)
    issue.edit("After")
    shop.sync()
    with store.reading() as session:
        reader = repository.known(session, session.get_one(saving.Source, shop.source_id))
    with saving.page(reader) as page:
        issues.save(page, late)
    assert shop.rows(Issue, "title") == [("After",)]


def one_second(steps: Steps) -> None:
    """A page that ends in the middle of a second."""
    steps.small()
    for number in range(14):
        steps.repo.issue(f"{number}", opened=1_777_000_000 + (number > 7))
    shop = place(steps.hub)
    shop.sync()
    assert shop.held()["issues"] == truth(steps.hub)["issues"]


def crowded_second(steps: Steps) -> None:
    steps.small()
    for number in range(35):
        steps.repo.issue(f"{number}", opened="2026-05-01")
    shop = place(steps.hub)
    shop.sync()
    assert shop.held()["issues"] == truth(steps.hub)["issues"]


def shown_later(steps: Steps) -> None:
    """What one copy of GitHub shows late lies behind what another has shown already."""
    steps.small()
    shop = place(steps.hub)
    steps.hub.lag(200, jitter=False)
    steps.repo.issue("Late")
    steps.hub.lag(0)
    for _ in range(25):
        steps.hub.clock.advance(1)
        steps.repo.issue("At once")
    shop.sync()
    steps.hub.clock.advance(300)
    shop.sync()
    assert shop.held()["issues"] == truth(steps.hub)["issues"]


def idle(steps: Steps) -> None:
    steps.repo.issue("One", opened="2026-05-01")
    shop = place(steps.hub)
    shop.settle()
    assert shop.sync().counted == 0


def older_detail(steps: Steps) -> None:
    shop = place(steps.hub)
    shop.sync()
    with store.reading() as session:
        reader = repository.known(session, session.get_one(saving.Source, shop.source_id))
    with saving.page(reader) as page:
        page.todo("pull", {"7": 2 * US})
        page.done("pull", "7", 1 * US)
    assert shop.rows(Todo, "key") == [("7",)]


def merged_unread(steps: Steps) -> None:
    """What a pull request was is asked for although the process ends before."""
    steps.repo.pull("Faster", opened="2026-05-01", merged="2026-05-02")
    shop = place(steps.hub)
    steps.hub.limit(remaining=0, reset_in=120, resource="graphql")
    with pytest.raises(errors.Limited):
        shop.sync()
    steps.hub.clock.advance(130)
    shop.sync()
    assert shop.held()["changes"] == truth(steps.hub)["changes"]


def used_up(steps: Steps) -> None:
    shop = place(steps.hub)
    shop.sync()
    steps.hub.limit(remaining=0, reset_in=120)
    steps.repo.issue("More")
    with pytest.raises(errors.Limited):
        shop.sync()
    assert shop.feed("sync").resume_at == pytest.approx((steps.hub.clock.now() + 121) * US, abs=2 * US)


def deleted(steps: Steps) -> None:
    issue = steps.repo.issue("Down", labels=["incident"])
    shop = place(steps.hub)
    shop.settle()
    issue.delete()
    steps.hub.clock.advance(8 * 86_400)
    shop.sync()
    assert shop.rows(Incident, "title") == []


def forbidden(steps: Steps) -> None:
    shop = place(steps.hub, permissions=dict.fromkeys(("metadata", "contents", "pull_requests", "issues"), "read"))
    shop.sync()
    assert "actions" in shop.feed("runs").problem


# The guards: (steps, what is taken away: (owner, function, the guard, what stands there without it))

SAVED, KEPT = "save(page, rows)", 'page.feed(FEED, cursor={**cursor, "at": saved})'
TRAPS: dict[str, tuple[Callable[[Steps], None], list[tuple]]] = {
    "a redirect loses the query": (renamed, [(api.Api, "_send", "body, self._connection", "body, None")]),
    "an old name is another repository's": (
        old_name_reused, [(repository, "opened", "if github_id is None:", "if True:")],
    ),
    "429 without Retry-After": (too_many_requests, [(refusals, "of", "(403, 429)", "(403,)")]),
    "a GraphQL limit has status 200": (
        limited_with_200, [(api.Api, "_data", 'kinds & {"RATE_LIMITED", "RATE_LIMIT"}', "False")],
    ),
    "a 5xx is tried ten times in half a second": (
        down,
        [(api.Api, "_send", "body, self._connection", "body, None"),
         (api.Api, "__init__", "GithubRetry(total=0)", "GithubRetry(backoff_factor=0)")],
    ),
    "a body that is cut off": (
        cut_off, [(transport, "_content", "raise Broken(type(error).__name__) from None", "raise")],
    ),
    "a body that trickles": (slow_loris, [(transport, "_content", "time.monotonic() > ends", "False")]),
    "a body without end": (enormous, [(transport, "_content", "size > LARGEST", "False")]),
    "a pause before each query": (
        paced_queries, [(api.Api, "__init__", "seconds_between_writes=None", "seconds_between_writes=1")],
    ),
    "a clock that is ahead": (ahead, [(api.Api, "_note", "min(self._ahead, default=0)", "max(self._ahead)")]),
    "INACTIVE is no end": (
        replaced, [(deployments, "_deployment", "for each in said if each", "for each in said[-1:] if each")],
    ),
    "a queued job has a start": (queued, [(jobs, "_job", "None if never else began", "began")]),
    "a fork that is no more": (
        gone_fork, [(issues, "from_pull", "{**row,", '{**row, "fork": row["head"]["repo"]["fork"],')],
    ),
    "run again: which attempt": (
        run_again, [(runs, "_run", 'attempt, over = attempt or 1, status', "attempt, over = 1, status")],
    ),
    "run again: when": (run_again, [(runs, "_run", "created if attempt == 1 else began", "created")]),
    "run again: long after": (
        run_again, [(runs, "read", 'not (window["done"] and _is_old(reader, window))', 'not window["done"]')],
    ),
    "the same thing twice in a list": (
        doubled,
        [(saving.Page, "put", 'newest[key] = {**row, "source_id"', 'newest[*key, len(newest)] = {**row, "source_id"'),
         (store, "_upserting", "statement.on_conflict_do_update(index_elements=list(keys), set_=changed)",
          "statement")],
    ),
    "rows apart from where to go on": (
        killed_between,
        [(issues, "_read", f"            {SAVED}\n            {KEPT}",
          f"            {KEPT}\n        with saving.page(reader) as page:\n            {SAVED}")],
    ),
    "an older copy undoes a newer one": (
        older_copy, [(saving.Page, "put", '(old.get("version") or 0) > (row.get("version") or 0)', "False")],
    ),
    "a page ends within a second": (one_second, [(issues, "_read", "at - SECOND", "at + SECOND")]),
    "more in a second than a page": (crowded_second, [(issues, "_read", "_crowd(reader, since, at)", "pass")]),
    "copies lag": (shown_later, [(saving.Reader, "settled", "self.api.date - LAG", "self.api.date")]),
    "idle costs": (idle, [(issues, "_read", "etag if same else None", "None")]),
    "an older detail answers": (
        older_detail, [(saving.Page, "all_done", "known.get(key, version) <= version", "True")],
    ),
    "a detail is forgotten": (merged_unread, [(issues, "save", 'page.todo("pull"', '(lambda *_: None)("pull"')]),
    "nobody knows when to go on": (used_up, [(sync, "_stopped", "str(error), at", "str(error), None")]),
    "what is no more stays": (deleted, [(counts, "read", "if there[0] != here[0]", "if False")]),
    "not allowed reads as none": (forbidden, [(sync, "_feed", "page.feed(name, problem=problem)", "pass")]),
}  # fmt: skip


def without(patch: pytest.MonkeyPatch, owner: object, name: str, guard: str, instead: str) -> None:
    """Puts the function in place of itself, with that piece of its source replaced."""
    found = inspect.getattr_static(owner, name)
    plain = found.fget if isinstance(found, property) else inspect.unwrap(found)
    source = textwrap.dedent(inspect.getsource(plain))
    assert source.count(guard) == 1, f"{guard!r} stands {source.count(guard)} times in {name}"
    made: dict = {}
    exec(compile(source.replace(guard, instead), f"<{name} without a guard>", "exec"), plain.__globals__, made)  # noqa: S102
    patch.setattr(owner, name, made[name])


@pytest.fixture
def steps(home, monkeypatch, caplog):
    with GitHub(now="2026-06-01 12:00") as hub:
        hub.clock.freeze()
        hub.repository("acme/shop")
        yield Steps(hub, monkeypatch, caplog)
        hub.problems.clear()


@pytest.mark.parametrize("trap", TRAPS)
def test_with_its_guard_nothing_goes_wrong(steps, trap):
    TRAPS[trap][0](steps)


@pytest.mark.parametrize("trap", TRAPS)
def test_without_its_guard_it_does(steps, trap):
    walk, guards = TRAPS[trap]
    for owner, name, guard, instead in guards:
        without(steps.patch, owner, name, guard, instead)
    with pytest.raises(Exception):  # noqa: B017
        walk(steps)


# Those whose guard is not a line


def test_the_debug_log_of_pygithub_would_print_tokens(steps):
    debug_log(steps)
    try:
        Requester.injectLogger(logging.getLogger("github.Requester"))
        with pytest.raises(AssertionError):
            debug_log(steps)
    finally:
        Requester.injectLogger(api._silent)


def test_items_of_pygithubs_lists_fetch_what_they_lack_one_by_one(steps):
    """So none of its objects is used: plain values come from the requester alone."""
    for number in range(6):
        steps.repo.pull(f"{number}", opened="2026-05-01", merged="2026-05-02")
    token, before = steps.hub.token(), len(steps.hub.requests)
    account = github.Github(auth=github.Auth.Token(token), base_url=steps.hub.url, seconds_between_requests=0)
    found = account.get_repo("acme/shop")
    assert [pull.additions for pull in found.get_pulls(state="all")]
    assert len(steps.hub.requests) - before == 2 + 6
    assert [issue.pull_request.merged_at for issue in found.get_issues(state="all")]
    shop = place(steps.hub)
    assert shop.sync().calls <= 12
    used = set()
    for path in (ROOT / "data").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "github":
                used |= {name.name for name in node.names}
    assert used == {"Auth", "GithubRetry", "Requester"}


ELSEWHERE = """
import sys
import github
from data.sources.github import api
account = github.Github(auth=github.Auth.Token("secret"), base_url="http://127.0.0.1:9", retry=None)
print("optimised" if sys.flags.optimize else "ordinary")
try:
    account.requester.requestJsonAndCheck("GET", sys.argv[1] + "/elsewhere")
except AssertionError:
    print("refused")
"""


def test_under_python_o_a_token_would_go_to_other_hosts():
    """So Milepost does not start there: see `refuse_optimised`. Each door calls it: see tests/test_cli_sync.py."""
    with Server(Say(200, {})) as server:
        for option, sent in (("-B", 0), ("-O", 1)):
            ended = subprocess.run([sys.executable, option, "-c", ELSEWHERE, server.url], capture_output=True, cwd=ROOT)
            assert len(server.asked) == sent, ended.stderr.decode()
    assert "secret" in server.asked[0][2]["Authorization"]


def test_a_pull_request_that_was_read_too_early_is_read_again(steps, monkeypatch):
    """Fifty details come in one query, each perhaps from a copy that is behind."""
    pull = steps.repo.pull("Faster", opened="2026-05-01", merged="2026-05-02")
    shop = place(steps.hub)
    shop.settle()
    steps.hub.clock.advance(60)
    pull.edit("Better")
    shop.sync()
    assert [(kind, due is not None) for kind, due in shop.rows(Todo, "kind", "due_at")] == [("pull", True)]
    monkeypatch.setattr(pulls, "LAG", 0)
    steps.hub.clock.advance(400)
    shop.sync()
    assert shop.todos() == []
