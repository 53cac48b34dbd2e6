"""The step of a workflow: one comment whatever happens, a summary always, and nothing of an event becomes a command."""

import json
import re
import subprocess
import sys
import threading
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
import requests
import yaml

import milepost
from assessments.evidence import Outcome, evaluate, of_texts
from assessments.evidence.reading.workflows import read_action, read_workflow
from data.action import comment, event, run
from data.action.comment import NotSaid, Pull, mark
from tests.data.evidence import showing
from tests.fake_github import GitHub
from tests.repos import RepoBuilder

ROOT = Path(milepost.__file__).parent
WRITE = {"pull_requests": "write", "contents": "read"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> RepoBuilder:
    return showing.shop(tmp_path_factory.mktemp("action"))


@pytest.fixture
def hub():
    with GitHub(now="2026-06-01 12:00", strict=True) as hub:
        hub.repository("acme/shop").pull("Faster cart", opened="2026-05-01")
        yield hub


def token(hub: GitHub, **permissions) -> str:
    return hub.token({**WRITE, **permissions}, kind="app")


def pull(hub: GitHub, value: str | None = None) -> Pull:
    return Pull(hub.url, "acme/shop", 1, value or token(hub), sleep=lambda seconds: None)


def comments(hub: GitHub) -> list[tuple[str, str]]:
    """(author, text without the mark) of what stands on the pull request."""
    rows = sorted(hub.repository("acme/shop").comments.truth(), key=lambda row: row["id"])
    return [(row["author"], row["body"].partition("\n")[2] or row["body"]) for row in rows]


# One comment


def test_a_run_again_changes_the_comment_in_its_place(hub):
    first = pull(hub).say(".", "One")
    assert pull(hub).say(".", "Two") == first
    assert comments(hub) == [("github-actions[bot]", "Two")]


def test_it_is_found_among_several_pages(hub):
    repo = hub.repository("acme/shop")
    for number in range(120):
        repo.comment(1, f"Remark {number}")
    pull(hub).say(".", "One")
    for number in range(120):
        repo.comment(1, f"Later {number}")
    pull(hub).say(".", "Two")
    assert [text for who, text in comments(hub) if who.endswith("[bot]")] == ["Two"]


def test_a_comment_of_somebody_else_with_the_same_mark_stays(hub):
    hub.repository("acme/shop").comment(1, f"{mark('.')}\nMine", by="mallory")
    pull(hub).say(".", "One")
    assert comments(hub) == [("mallory", "Mine"), ("github-actions[bot]", "One")]


def test_with_a_token_of_a_person_only_their_comment_is_ours(hub):
    hub.repository("acme/shop").comment(1, f"{mark('.')}\nOf a bot", by="other[bot]")
    mine = hub.token(WRITE, login="mona")
    pull(hub, mine).say(".", "One")
    pull(hub, mine).say(".", "Two")
    assert comments(hub) == [("other[bot]", "Of a bot"), ("mona", "Two")]


def test_two_paths_of_one_workflow_have_a_comment_each(hub):
    pull(hub).say("web", "Web")
    pull(hub).say("api", "Api")
    assert [text for _, text in comments(hub)] == ["Web", "Api"]


def test_what_several_runs_left_ends_as_one(hub):
    for number in range(3):
        hub.repository("acme/shop").comment(1, f"{mark('.')}\n{number}", by="github-actions[bot]")
    pull(hub).say(".", "New")
    assert comments(hub) == [("github-actions[bot]", "New")]


def test_several_at_once_end_as_one(hub):
    ready = threading.Barrier(4)

    def one(number: int) -> None:
        ours = pull(hub, value)
        looked = ours._mine
        first = [True]

        def mine(sign):
            found = looked(sign)
            if first.pop() if first else False:
                ready.wait(20)  # all have seen that there is none
            return found

        ours._mine = mine
        ours.say(".", f"Run {number}")

    value = token(hub)
    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    [(_, text)] = comments(hub)
    assert re.fullmatch(r"Run [0-3]", text)


@pytest.mark.parametrize("kind", ["502", "reset", "truncated", "html"])
def test_trouble_of_the_server_is_tried_again_and_makes_no_second_comment(hub, kind):
    ours = pull(hub)
    hub.fault(kind, times=1, match=r"POST .*comments")
    ours.say(".", "One")
    assert comments(hub) == [("github-actions[bot]", "One")]


@pytest.mark.parametrize(
    ("kind", "said"),
    [("403-primary", "a limit of GitHub's was met"), ("403-secondary", "a limit of GitHub's was met"), ("503", "503")],
)
def test_what_cannot_be_said_is_told(hub, kind, said):
    ours = pull(hub)
    hub.fault(kind, times=20)
    with pytest.raises(NotSaid, match=said):
        ours.say(".", "One")


def test_a_token_that_may_only_read_is_told(hub):
    with pytest.raises(NotSaid, match="pull-requests: write"):
        pull(hub, token(hub, pull_requests="read")).say(".", "One")
    with pytest.raises(NotSaid, match="does not know the token"):
        pull(hub, "ghs_nothing").say(".", "One")
    with pytest.raises(NotSaid, match="no such pull request"):
        Pull(hub.url, "acme/shop", 99, token(hub)).say(".", "One")
    with pytest.raises(NotSaid, match="address"):
        Pull("file:///etc/passwd", "acme/shop", 1, token(hub)).say(".", "One")


class Answers:
    """A server that answers with what it is given, in turn; it keeps what was asked."""

    def __init__(self, *answers: tuple[int, dict, object]):
        self.answers, self.asked = list(answers), []

    def __call__(self, method: str, address: str, auth, **more) -> requests.Response:
        signed = auth(requests.Request(method, address).prepare())
        self.asked.append((method, address, signed.headers["Authorization"]))
        status, headers, body = self.answers.pop(0)
        made = requests.Response()
        made.status_code, made._content = status, json.dumps(body).encode()
        made.headers.update(headers)
        return made


def test_a_renamed_repository_is_followed_and_another_host_gets_no_token(monkeypatch):
    ours = Pull("https://hub.example/api", "acme/shop", 1, "secret", sleep=lambda seconds: None)
    moved = {"Location": "https://hub.example/api/repositories/7/issues/1/comments?per_page=100&page=1"}
    said = {"id": 5, "html_url": "https://hub.example/c/5", "body": f"{mark('.')}\nOld", "user": {"login": "bot"}}
    here = Answers((200, {}, {"login": "bot"}), (301, moved, {}), (200, {}, [said]), (200, {}, said))
    monkeypatch.setattr(comment.requests, "request", here)
    assert ours.say(".", "New") == "https://hub.example/c/5"
    assert [address for _, address, _ in here.asked][2] == moved["Location"]
    for elsewhere in (
        "https://evil.example/x",
        "http://hub.example/api/user",
        "//evil.example",
        "https://hub.example:8/",
    ):
        there = Answers((307, {"Location": elsewhere}, {}))
        monkeypatch.setattr(comment.requests, "request", there)
        with pytest.raises(NotSaid, match="another host"):
            ours.say(".", "New")
        assert [address for _, address, _ in there.asked] == ["https://hub.example/api/user"]
    round_and_round = Answers(*[(302, {"Location": "/api/user"}, {})] * 9)
    monkeypatch.setattr(comment.requests, "request", round_and_round)
    with pytest.raises(NotSaid, match="on and on"):
        ours.say(".", "New")


@pytest.mark.parametrize(
    "odd", [([],), ({}, {}), ({}, None), ({}, [[], {"id": 1, "user": 3}], "x"), ({}, [], {"id": "1"}), ({}, [], [])]
)
def test_whatever_a_server_answers_the_step_goes_on(monkeypatch, odd):
    monkeypatch.setattr(comment.requests, "request", Answers(*[(200, {}, each) for each in odd]))
    with pytest.raises(NotSaid, match="something else"):
        Pull("https://hub.example", "acme/shop", 1, "secret").say(".", "New")


# What is taken of an event


def told(folder: Path, **pull_request) -> str:
    path = folder / "event.json"
    path.write_text(json.dumps({"pull_request": pull_request}))
    return str(path)


def described(shop: RepoBuilder, fork: str = "acme/shop", **more) -> dict:
    """As GitHub describes a pull request, with names that are meant to do harm."""
    evil = "`touch /tmp/x`$(id)'\"\n::set-output name=x::y"
    head = {"ref": evil, "sha": shop.head(), "repo": {"full_name": fork}, "label": evil}
    base = {"ref": evil, "sha": shop.git("rev-parse", "main~1"), "repo": {"full_name": "acme/shop"}}
    return {"number": 1, "title": evil, "body": evil, "head": head, "base": base, **more}


@pytest.mark.parametrize("number", [0, -1, "1", True, 1.5, None, 2**60, [1]])
def test_only_a_number_is_a_pull_request(tmp_path, number):
    assert event.read("pull_request", told(tmp_path, number=number)) == event.Event()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"pull_request": {"number": 1, "number": 2}}', "\0"])
def test_an_event_that_is_not_understood_has_no_pull_request(tmp_path, text):
    path = tmp_path / "event.json"
    path.write_text(text)
    assert event.read("pull_request", str(path)) == event.Event()
    assert event.read("pull_request", "/nowhere") == event.read("push", str(path)) == event.Event()


def test_only_a_commit_is_a_base_and_a_deleted_fork_is_a_fork(tmp_path):
    base = {"sha": "--upload-pack=x", "repo": {"full_name": "acme/shop"}}
    found = event.read("pull_request_target", told(tmp_path, number=1, base=base, head={"repo": None}))
    assert found == event.Event(1, None, fork=True)


@pytest.mark.parametrize("name", ["", "acme", "a/b/c", "acme/..", "acme/shop?x", "../x", "a b/c", "acme/shop\n"])
def test_only_a_name_is_a_repository(name):
    assert event.repository(name) is None and event.repository("acme/shop.js") == "acme/shop.js"


# The whole step


def step(shop: RepoBuilder, folder: Path, hub: GitHub | None = None, **given) -> dict[str, str]:
    """The environment that the runner gives."""
    folder.mkdir(exist_ok=True)
    return {
        "GITHUB_WORKSPACE": str(shop.path.parent), "RUNNER_TEMP": str(folder), "MILEPOST_PATH": "shop",
        "GITHUB_OUTPUT": str(folder / "output"), "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "GITHUB_REPOSITORY": "acme/shop", "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_API_URL": hub.url if hub else "http://127.0.0.1:9", "MILEPOST_TOKEN": token(hub) if hub else "",
        **given,
    }  # fmt: skip


def test_a_pull_request_gets_its_comment_summary_and_files(shop, hub, tmp_path, capsys):
    given = step(shop, tmp_path, hub, GITHUB_EVENT_PATH=told(tmp_path, **described(shop)))
    assert run.main(given) == 0
    [(_, text)] = comments(hub)
    summary = (tmp_path / "summary").read_text()
    assert "**To do first**" in text and summary.startswith(text) and "ci-timeouts" in text.partition("<details>")[0]
    outputs = dict(line.split("=", 1) for line in (tmp_path / "output").read_text().splitlines())
    assert set(outputs) == {"json", "markdown", "sarif", "badge-svg", "badge-json"}
    assert json.loads(Path(outputs["sarif"]).read_text())["version"] == "2.1.0"
    assert json.loads(Path(outputs["json"]).read_text())["base"] == shop.git("rev-parse", "main~1")
    assert json.loads(Path(outputs["badge-json"]).read_text())["schemaVersion"] == 1
    assert "not met" in Path(outputs["badge-svg"]).read_text()
    said = capsys.readouterr().out
    assert said == "Milepost: Commented on the pull request.\n"
    assert given["MILEPOST_TOKEN"] not in said + summary + text


def test_a_fork_without_the_right_to_write_is_told_and_does_not_fail(shop, hub, tmp_path, capsys):
    given = step(shop, tmp_path, hub, MILEPOST_TOKEN=token(hub, pull_requests="read"))
    given["GITHUB_EVENT_PATH"] = told(tmp_path, **described(shop, fork="mallory/shop"))
    assert run.main(given) == 0
    assert comments(hub) == []
    assert "It comes from a fork" in (tmp_path / "summary").read_text()
    assert "It comes from a fork" in capsys.readouterr().out


def test_a_push_needs_no_network(shop, tmp_path):
    given = step(shop, tmp_path, GITHUB_EVENT_NAME="push")
    assert run.main(given) == 0
    assert "To do first" in (tmp_path / "summary").read_text()


def test_no_comment_is_made_when_none_is_wanted(shop, hub, tmp_path):
    path = told(tmp_path, **described(shop))
    assert run.main(step(shop, tmp_path, hub, GITHUB_EVENT_PATH=path, MILEPOST_COMMENT="false")) == 0
    assert comments(hub) == [] and hub.requests == []


def test_a_shallow_checkout_is_looked_at_without_its_base(shop, tmp_path, capsys):
    work = tmp_path / "work"
    work.mkdir()
    shop.git("clone", "-q", "--depth=1", f"file://{shop.path}", str(work / "shop"))
    given = step(shop, tmp_path / "temp", GITHUB_WORKSPACE=str(work), MILEPOST_COMMENT="false")
    given["GITHUB_EVENT_PATH"] = told(tmp_path, **described(shop))
    assert run.main(given) == 0
    assert "fetch-depth: 0" in capsys.readouterr().out


def test_the_step_fails_when_what_is_named_is_not_met_after_it_has_said_so(shop, hub, tmp_path, capsys):
    path = told(tmp_path, **described(shop))
    given = step(shop, tmp_path, hub, GITHUB_EVENT_PATH=path, MILEPOST_FAIL_ON="ci-script-injection")
    assert run.main(given) == 3
    assert len(comments(hub)) == 1
    assert capsys.readouterr().err == "Milepost: Not met: ci-script-injection.\n"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"MILEPOST_PATH": "nothing"}, "is not a folder"),
        ({"MILEPOST_PATH": "../.."}, "leads out of the workspace"),
        ({"MILEPOST_PATH": "::error::x"}, ": :error: :x"),
        ({"MILEPOST_FAIL_ON": "x::y"}, "There is no probe"),
        ({"MILEPOST_COMMENT": "perhaps"}, "true or false"),
        ({"MILEPOST_BADGE": "badge.exe"}, "ends in .svg or .json"),
        ({"MILEPOST_BADGE": "../badge.svg"}, "leads out of the workspace"),
        ({"MILEPOST_BADGE": "shop/.git/hooks/x.svg"}, "is a file in the workspace"),
    ],
)
def test_a_wrong_input_fails_with_one_sentence_that_commands_nothing(shop, tmp_path, capsys, wrong, said):
    assert run.main(step(shop, tmp_path, GITHUB_EVENT_NAME="push", **wrong)) == 2
    err = capsys.readouterr().err
    assert said in err and "::" not in err and len(err.splitlines()) == 1
    assert (tmp_path / "summary").read_text().startswith("Milepost: ")


def test_the_badge_is_written_where_it_is_wanted_and_never_through_a_link_out(shop, tmp_path):
    work = tmp_path / "work"
    shop.copy(work / "shop") if work.mkdir() is None else None
    (work / "out").symlink_to(tmp_path)
    given = step(shop, tmp_path / "temp", GITHUB_WORKSPACE=str(work), GITHUB_EVENT_NAME="push")
    assert run.main({**given, "MILEPOST_BADGE": "badges/shown.svg"}) == 0
    assert "<svg" in (work / "badges" / "shown.svg").read_text()
    assert run.main({**given, "MILEPOST_BADGE": "out/shown.svg"}) == 2
    assert not (tmp_path / "shown.svg").exists()


# action.yml


ACTION = (ROOT / "action.yml").read_text(encoding="utf-8")
DOCS = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
WORKFLOWS = re.findall(r"```yaml\n(name: .*?)```", DOCS, re.DOTALL)


def test_our_own_probes_find_nothing_bad_in_the_action_and_in_what_we_advise():
    files = {f".github/workflows/{n}.yml": text for n, text in enumerate(WORKFLOWS)}
    found = evaluate(of_texts({**files, "action.yml": ACTION, "shop.py": "x = 1\n"}))
    about = ("pinned-actions", "permissions", "script-injection", "dangerous-triggers", "timeouts", "concurrency")
    outcomes = {key: found.of(f"ci-{key}").outcome for key in about}
    assert set(outcomes.values()) <= {Outcome.MET, Outcome.NOT_APPLICABLE}, outcomes
    assert found.of("ci-pinned-actions").outcome is Outcome.MET


def test_it_is_an_action_whose_scripts_hold_no_expression():
    read = read_action("action.yml", ACTION)
    assert read.kind == "composite"
    assert [step.run for step in read.steps if "${{" in step.run] == []
    assert all(step.uses.pinned for step in read.steps if step.uses)
    assert all(step.plain.get("shell") == "bash" for step in read.steps if step.run)
    for n, text in enumerate(WORKFLOWS):
        assert read_workflow(f".github/workflows/{n}.yml", text).jobs
    assert WORKFLOWS


def test_its_inputs_and_outputs_are_those_that_the_step_knows():
    plain = yaml.safe_load(ACTION)
    [said] = [step["env"] for step in plain["runs"]["steps"] if step.get("id") == "assess"]
    source = (ROOT / "data" / "action" / "run.py").read_text(encoding="utf-8")
    assert [name for name in said if name not in source] == []
    given = {value.split("inputs.")[1].split(" ")[0] for value in said.values()}
    assert given == set(plain["inputs"]) - {"python-version"}
    assert [name for name in [*plain["inputs"], *plain["outputs"]] if f"`{name}`" not in DOCS] == []


#: What others import when it happens to be there.
ASKED_FOR_IF_THERE = {"rfc3339-validator", "six", "setuptools"}


def normal(name: str) -> str:
    return name.lower().replace("_", "-")


def test_what_it_installs_is_pinned_as_elsewhere_and_enough(shop):
    known = packages_distributions()
    installed = {normal(each) for names in known.values() for each in names}
    wanted = (ROOT / "requirements-action.txt").read_text().splitlines()
    everything = (ROOT / "requirements.txt").read_text().splitlines()
    pins = [line for line in wanted if not line.startswith("#")]
    assert [line for line in pins if line not in everything] == []
    code = "import sys, data.action.run as r; r.show(sys.argv[1]); print(*sys.modules)"
    command = [sys.executable, "-c", code, str(shop.path)]
    loaded = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True).stdout
    held, waiting = set(ASKED_FOR_IF_THERE), [line.split("==")[0] for line in pins]
    while waiting:
        name = normal(re.split(r"[^\w.-]", waiting.pop())[0])
        if name not in held and name in installed:
            held.add(name)
            waiting += [each for each in requires(name) or () if "extra ==" not in each]
    names = {name.split(".")[0] for name in loaded.split()}
    assert {name for name in names & known.keys() if not {normal(each) for each in known[name]} & held} == set()


def test_the_mark_is_harmless_whatever_the_path(hub):
    assert re.fullmatch(r"<!-- milepost:evidence:[0-9a-f]{12} -->", mark("--> <b>\ud800"))
    assert comment.TRIES > 1
