"""Looking at a repository over GitHub's API: which files are read, in how many requests, and what stands in the way."""

import pytest
from sqlalchemy import select

from assessments.evidence import Outcome
from assessments.evidence.snapshot import TEXT_LIMIT
from data import jobs, store, syncing
from data.practices import due, evaluating, evaluations, looking
from data.practices.shelf import shelf
from data.sources.github.repository import SETTINGS
from data.tables import Connection, Evaluation, Feed, Job, Repository
from tests.data.hub import added, change_row, connected_to, connection, turn
from tests.fake_github.records import blob_sha
from tests.repos import RepoBuilder

CI = """on: [push, pull_request]
permissions: {contents: read}
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pytest
"""
FILES = {".github/workflows/ci.yml": CI, "src/shop.py": "print('shop')\n", "README.md": "# Shop\n"}


@pytest.fixture
def hub(monkeypatch):
    monkeypatch.setenv("MILEPOST_JOBS", "queued")
    with connected_to(monkeypatch) as hub:
        hub.repository("acme/shop").commit(files=FILES)
        yield hub


def read(who, hub, **token):
    """The repository, read from GitHub once."""
    shop = added(who, connection(who, hub, **token))[0]
    assert turn(shop.job_id).state == "done"
    hub.requests.clear()
    return shop


def looked(who, repository_id: int) -> jobs.JobView:
    (job_id,) = evaluating.look(who, [repository_id])
    return turn(job_id)


def kept(repository_id: int) -> evaluations.EvaluationView:
    with store.reading() as session:
        return evaluations.of_repositories(session, [repository_id])[repository_id]


def asked(hub) -> list[str]:
    return [each.path.split("?")[0] for each in hub.requests]


def test_what_the_files_at_github_show_is_kept(both, who, hub):
    shop, head = read(who, hub), hub.repository("acme/shop").head()
    job = looked(who, shop.repository_id)
    assert (job.state, job.message) == ("done", f"acme/shop was looked at, at commit {head[:10]}.")
    view = kept(shop.repository_id)
    assert (view.commit, view.tool, view.unread_count) == (head, "GitHub", 0)
    assert view.findings["ci-triggers"].outcome is Outcome.MET
    assert evaluations.evidence_of(who, view.id, "ci-triggers").evidence[0].path == ".github/workflows/ci.yml"


def test_three_hundred_files_are_five_requests_and_afterwards_three(home, who, hub):
    repo = hub.repository("acme/shop")
    repo.commit(files={f"src/module_{number}.py": f"VALUE = {number}\n" for number in range(297)})
    shop = read(who, hub)
    looked(who, shop.repository_id)
    branch, tree, blobs = "/graphql", f"/repositories/{repo.id}/git/trees/{repo.head()}", "/graphql"
    assert len(repo.settings.files) == 300
    assert asked(hub) == [branch, tree, blobs, blobs, blobs]
    repo.commit(files={"src/module_1.py": "VALUE = 'other'\n"})
    hub.requests.clear()
    looked(who, shop.repository_id)
    assert asked(hub) == [branch, f"/repositories/{repo.id}/git/trees/{repo.head()}", blobs]
    hub.requests.clear()
    looked(who, shop.repository_id)
    assert len(asked(hub)) == 2, "nothing has changed"


def test_a_hostile_repository_is_read_as_far_as_it_can_be(home, who, hub):
    repo = hub.repository("acme/shop")
    pairs = zip("abcdefgh", "bcdefghi", strict=True)
    bomb = "a: &a [x, x]\n" + "".join(f"{new}: &{new} [*{old}, *{old}]\n" for old, new in pairs)
    repo.commit(
        files={
            ".github/workflows/bomb.yml": bomb,
            "huge.yml": "x" * (TEXT_LIMIT + 1),
            "almost.py": "#" * 513_000,
            "latin.py": "caf\xe9 = 1\n".encode("latin-1"),
            "bom.py": b"\xef\xbb\xbfVALUE = 1\n",
            "picture": b"\0\1\2",
            "gone.py": "VALUE = 'gone'\n",
            "../escape\n<b>.py": "VALUE = 1\n",
        }
    )
    repo.settings.link("CODEOWNERS", "/etc/passwd")
    repo.settings.submodule(".github/actions")
    repo.settings.vanish("gone.py")
    shop = read(who, hub)
    assert looked(who, shop.repository_id).state == "done"
    view = kept(shop.repository_id)
    unread = dict(view.unread)
    assert unread["gone.py"] == "GitHub does not hold it any more"
    assert unread["almost.py"] == f"it is larger than {TEXT_LIMIT // 1024} KB"
    assert "bom.py" not in unread
    assert not any("root:" in each.because for each in view.findings.values())
    assert len(view.findings) > 90


def test_a_tree_that_github_cuts_makes_absence_unknown(home, who, hub):
    hub.repository("acme/shop").settings.tree_limit = 1
    shop = read(who, hub)
    looked(who, shop.repository_id)
    readme = kept(shop.repository_id).findings["readme"]
    assert (readme.outcome, "GitHub gives only a part of so many files." in readme.because) == (Outcome.UNKNOWN, True)


def test_more_files_than_are_looked_through_leave_the_other_probes_alone(home, who, hub, monkeypatch):
    monkeypatch.setattr(looking, "SWEPT", (2, 1 << 20))
    shop = read(who, hub)
    looked(who, shop.repository_id)
    found = kept(shop.repository_id).findings
    assert found["secrets-in-files"].because == "Its 3 files are more than are looked through without a clone."
    assert found["ci-triggers"].outcome is Outcome.MET


def test_a_query_that_is_too_much_is_asked_in_halves(home, who, hub):
    shop = read(who, hub)
    hub.fault("graphql-timeout", match="graphql", after=1)
    looked(who, shop.repository_id)
    assert kept(shop.repository_id).unread_count == 0
    assert len(asked(hub)) == 1 + 1 + 1 + 3


def test_a_missing_permission_is_named_and_what_was_found_stays(home, who, hub):
    shop = read(who, hub)
    looked(who, shop.repository_id)
    view = kept(shop.repository_id)
    for token in hub.world.tokens.values():
        token.permissions = {"metadata": "read"}
    job = looked(who, shop.repository_id)
    assert (job.state, "contents (read)" in job.message) == ("failed", True)
    after = kept(shop.repository_id)
    assert (after.findings, after.commit, after.problem) == (view.findings, view.commit, job.message)


def test_an_empty_repository_says_so(home, who, hub):
    shop = read(who, hub)
    hub.repository("acme/shop").empty()
    assert looked(who, shop.repository_id).message == "acme/shop holds no commit yet."


def test_a_limit_is_waited_for_and_what_came_is_not_asked_again(home, who, hub, monkeypatch):
    monkeypatch.setattr("data.sources.github.contents.MOST", 1)
    shop = read(who, hub)
    hub.fault("graphql-rate-limited", match="graphql", after=2)
    job = looked(who, shop.repository_id)
    assert (job.state, job.due_at is not None) == ("queued", True)
    assert kept(shop.repository_id).as_of is None
    with shelf(shop.repository_id) as held:
        files = hub.repository("acme/shop").settings.files
        assert len(held.get(blob_sha(content) for content in files.values())) == 1
    change_row(Connection, 1, wait_until=None, quota=None)
    hub.clock.advance(60)
    hub.requests.clear()
    assert turn(job.id).state == "done"
    assert len(asked(hub)) == 2 + 2


def test_the_last_fifth_of_a_limit_is_left_to_reading_what_is_new(home, who, hub):
    shop = read(who, hub)
    hub.limit(remaining=900, resource="graphql")
    job = looked(who, shop.repository_id)
    assert (job.state, job.message) == (
        "queued", "Most of GitHub's limit is used up; the rest is left to reading what is new."
    )  # fmt: skip
    with store.reading() as session:
        assert session.execute(select(Connection.wait_until)).scalar_one() is None, "others may go on asking"
    before = len(asked(hub))
    assert (turn(job.id).state, len(asked(hub))) == ("queued", before), "it is known to be used up"


def test_a_look_that_takes_long_stands_behind_the_others_again(home, who, hub, monkeypatch):
    shop = read(who, hub)
    monkeypatch.setattr(looking, "SLICE", 0)
    assert looked(who, shop.repository_id).state == "queued"
    monkeypatch.setattr(looking, "SLICE", 60)
    with store.reading() as session:
        job_id = session.execute(select(Job.id).where(Job.kind == evaluating.KIND)).scalar_one()
    assert turn(job_id).state == "done"


def test_since_when_is_kept_and_what_has_come_is_dated(home, who, hub):
    repo, shop = hub.repository("acme/shop"), read(who, hub)
    looked(who, shop.repository_id)
    first = kept(shop.repository_id).findings
    assert first["ci-triggers"].since is None, "it may be as old as the repository"
    assert first["codeowners"].outcome is Outcome.NOT_MET
    repo.commit(files={".github/CODEOWNERS": "* @acme/shop\n"})
    looked(who, shop.repository_id)
    dated = kept(shop.repository_id).findings["codeowners"]
    assert (dated.outcome in (Outcome.MET, Outcome.PARTLY), dated.since is not None) == (True, True)
    repo.commit(files={"other.py": "VALUE = 2\n"})
    looked(who, shop.repository_id)
    assert kept(shop.repository_id).findings["codeowners"].since == dated.since


def test_a_damaged_shelf_is_an_empty_one(home, who, hub):
    shop = read(who, hub)
    looked(who, shop.repository_id)
    path = home / "blobs" / f"{shop.repository_id}.db"
    assert path.stat().st_mode & 0o077 == 0
    path.write_bytes(b"no database" * 1000)
    assert looked(who, shop.repository_id).state == "done"
    assert kept(shop.repository_id).unread_count == 0


def test_what_a_removed_repository_leaves_on_the_shelf_is_taken_away(home, who, hub):
    shop = read(who, hub)
    looked(who, shop.repository_id)
    evaluating.catch_up()
    assert (home / "blobs" / f"{shop.repository_id}.db").exists()
    with store.writing() as session:
        session.delete(session.get(Repository, shop.repository_id))
    evaluating.catch_up()
    assert list((home / "blobs").iterdir()) == []


@pytest.fixture
def cloned(who, hub, tmp_path, monkeypatch):
    """The repository, read from GitHub once, with a clone of it beside."""
    monkeypatch.setenv("MILEPOST_ROOTS", str(tmp_path))
    repo = RepoBuilder(tmp_path / "clone")
    repo.commit("Begin", "2026-01-01", files=FILES)
    with hub.world.lock:
        hub.repository("acme/shop").settings.files.clear()
    hub.repository("acme/shop").seed(repo.path)
    hub.repository("acme/shop").settings.protect(requiresApprovingReviews=True, requiredApprovingReviewCount=1)
    shop = read(who, hub)
    change_row(Repository, shop.repository_id, path=str(repo.path))
    return shop, repo


def test_a_clone_gives_the_files_and_github_what_only_it_knows(home, who, hub, cloned):
    shop, repo = cloned
    looked(who, shop.repository_id)
    view = kept(shop.repository_id)
    assert (view.tool, view.commit, asked(hub)) == ("clone", repo.head(), [])
    assert view.findings["required-reviews"].outcome is Outcome.PARTLY
    assert view.findings["ci-triggers"].since is not None
    assert view.facts_read_at is not None


def test_a_clone_that_is_behind_or_gone_gives_way_to_github(home, who, hub, cloned):
    shop, repo = cloned
    newer = hub.repository("acme/shop").commit("More", files={"other.py": "VALUE = 1\n"})
    turn(syncing.read_again(who, shop.source_id))
    looked(who, shop.repository_id)
    assert (kept(shop.repository_id).tool, kept(shop.repository_id).commit) == ("GitHub", newer)
    repo.path.rename(repo.path.with_name("elsewhere"))
    assert looked(who, shop.repository_id).state == "done"


def test_a_reading_that_moved_trunk_or_found_other_settings_makes_it_due(home, who, hub):
    shop = read(who, hub)
    looked(who, shop.repository_id)
    with store.reading() as session:
        evaluation = due.of(session, shop.repository_id).id

    def due_after(change) -> bool:
        change_row(Evaluation, evaluation, made_at=1, due_at=store.now_us() + 10**12)
        change()
        hub.clock.advance(1)  # GitHub tells the time in whole seconds
        with store.writing() as session:  # a day later
            feed = session.get_one(Feed, (shop.source_id, SETTINGS))
            feed.cursor = {**feed.cursor, "at": 0}
        turn(syncing.read_again(who, shop.source_id))
        return len(evaluating.schedule()) == 1

    repo = hub.repository("acme/shop")
    assert not due_after(lambda: repo.point("refs/heads/other", repo.head())), "a branch is no setting"
    assert due_after(lambda: repo.commit("More", files={"other.py": "VALUE = 1\n"}))
    turn(evaluating.look(who, [shop.repository_id])[0])
    assert due_after(lambda: repo.settings.protect())


def test_no_file_is_kept_for_whoever_wants_none_kept(home, who, hub, monkeypatch):
    shop = read(who, hub)
    looked(who, shop.repository_id)
    monkeypatch.setenv("MILEPOST_KEEP_FILES", "no")
    evaluating.catch_up()
    hub.requests.clear()
    looked(who, shop.repository_id)
    assert len(asked(hub)) == 3
    assert list((home / "blobs").iterdir()) == []
