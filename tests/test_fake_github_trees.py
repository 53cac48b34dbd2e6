"""Trees and blobs of the GitHub to test against: what git has there, and how it is given or not."""

import base64
from collections.abc import Iterator

import pytest
import requests

from tests.fake_github import GitHub
from tests.repos import git

HERE = "/repos/acme/shop"


@pytest.fixture
def hub() -> Iterator[GitHub]:
    with GitHub(now="2026-06-01 12:00", strict=True) as hub:
        yield hub


def get(hub: GitHub, path: str, token: str | None = None) -> requests.Response:
    return requests.get(hub.url + path, headers={"Authorization": f"Bearer {token or hub.token()}"}, timeout=10)


def ask(hub: GitHub, query: str) -> dict:
    headers = {"Authorization": f"Bearer {hub.token()}"}
    return requests.post(hub.graphql_url, json={"query": query}, headers=headers, timeout=10).json()


def seeded(hub: GitHub, tmp_path):
    """A real repository with a folder, a program, a link, a submodule and bytes that are no text."""
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "run.sh").write_text("#!/bin/sh\n")
    (tmp_path / "src" / "run.sh").chmod(0o755)
    (tmp_path / "latin").write_bytes(b"caf\xe9\n")
    (tmp_path / "link").symlink_to("/etc/passwd")
    git(tmp_path, "add", ".")
    git(tmp_path, "update-index", "--add", "--cacheinfo", f"160000,{'a' * 40},lib")
    git(tmp_path, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "-m", "Begin")
    return hub.repository("acme/shop", git=tmp_path)


def test_a_tree_is_what_git_has(hub, tmp_path):
    repo = seeded(hub, tmp_path)
    body = get(hub, f"{HERE}/git/trees/{repo.head()}?recursive=1").json()
    listed = [(row["mode"], row["type"], row["sha"], row["path"]) for row in body["tree"] if row["type"] != "tree"]
    wanted = [tuple(line.replace("\t", " ").split(" ")) for line in git(tmp_path, "ls-tree", "-r", "HEAD").splitlines()]
    assert (sorted(listed), body["truncated"]) == (sorted(wanted), False)
    assert body["sha"] == git(tmp_path, "rev-parse", "HEAD^{tree}")


def test_a_blob_is_given_whole_by_its_name(hub, tmp_path):
    seeded(hub, tmp_path)
    body = get(hub, f"{HERE}/git/blobs/{git(tmp_path, 'rev-parse', 'HEAD:latin')}").json()
    assert base64.b64decode(body["content"]) == b"caf\xe9\n"
    assert get(hub, f"{HERE}/git/blobs/{'0' * 40}").status_code == 404


def test_many_blobs_are_one_query(hub):
    hub.repository("acme/shop").commit(files={"a": "one", "b": b"\0\1", "c": "x" * 600_000, "d": "gone"})
    hub.repository("acme/shop").settings.vanish("d")
    tree = get(hub, f"{HERE}/git/trees/main?recursive=1").json()["tree"]
    fields = " ".join(
        f'b{place}: object(oid: "{row["sha"]}") {{ ... on Blob {{ byteSize isBinary isTruncated text }} }}'
        for place, row in enumerate(tree)
    )
    found = ask(hub, f'{{ repository(owner: "acme", name: "shop") {{ {fields} }} }}')["data"]["repository"]
    assert found["b0"] == {"byteSize": 3, "isBinary": False, "isTruncated": False, "text": "one"}
    assert (found["b1"]["isBinary"], found["b1"]["text"]) == (True, None)
    assert (found["b2"]["isTruncated"], len(found["b2"]["text"])) == (True, 512_000)
    assert found["b3"] is None


def test_a_large_tree_is_cut_and_says_so(hub):
    hub.repository("acme/shop").commit(files={f"f{number}": "x" for number in range(9)})
    hub.repository("acme/shop").settings.tree_limit = 5
    body = get(hub, f"{HERE}/git/trees/main?recursive=1").json()
    assert (len(body["tree"]), body["truncated"]) == (5, True)


def test_trees_and_blobs_are_contents(hub):
    hub.repository("acme/shop").commit(files={"a": "one"})
    assert get(hub, f"{HERE}/git/trees/main?recursive=1", hub.token({"issues": "read"})).status_code == 403


def test_what_is_scanned_is_told_to_who_may_administer(hub):
    hub.repository("acme/shop").settings.security = {"secret_scanning": "enabled"}
    told = get(hub, HERE, hub.token({"metadata": "read", "administration": "read"})).json()
    assert told["security_and_analysis"] == {"secret_scanning": {"status": "enabled"}}
    assert "security_and_analysis" not in get(hub, HERE, hub.token({"metadata": "read"})).json()


def test_branches_releases_and_who_may_pass_rules_by(hub):
    repo = hub.repository("acme/shop")
    repo.commit()
    repo.point("refs/heads/old", repo.commit(loose=True))
    repo.pull(head="old", merged="2026-05-01")
    repo.release("v1", body="All new", assets=("sbom.json",))
    repo.settings.ruleset(rules=("PULL_REQUEST",), bypass=("admin",))
    repo.settings.protect(bypassing=2)
    found = ask(
        hub,
        """{ repository(owner: "acme", name: "shop") {
      refs(refPrefix: "refs/heads/", first: 100) { nodes { name
        associatedPullRequests(states: [MERGED], first: 1) { totalCount } } }
      releases(first: 10) { nodes { shortDescriptionHTML(limit: 20) releaseAssets(first: 10) { nodes { name } } } }
      branchProtectionRules(first: 10) { nodes { bypassPullRequestAllowances(first: 1) { totalCount } } }
      rulesets(first: 10) { nodes { bypassActors(first: 10) { nodes { repositoryRoleName organizationAdmin } } } }
    } }""",
    )["data"]["repository"]
    branches = {row["name"]: row["associatedPullRequests"]["totalCount"] for row in found["refs"]["nodes"]}
    assert branches == {"main": 0, "old": 1}
    [release] = found["releases"]["nodes"]
    assert release["releaseAssets"]["nodes"] == [{"name": "sbom.json"}]
    assert release["shortDescriptionHTML"] == "<p>All new</p>"
    assert found["branchProtectionRules"]["nodes"][0]["bypassPullRequestAllowances"] == {"totalCount": 2}
    assert found["rulesets"]["nodes"][0]["bypassActors"]["nodes"][0]["repositoryRoleName"] == "admin"
