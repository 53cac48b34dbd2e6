"""One repository as a clone and from GitHub: its services stay, and no change is counted twice."""

import pytest
from sqlalchemy import func, select

from assessments.delivery.settings import ProductionRule, Settings
from data import derive, intake, jobs, store, syncing, teams
from data.sources.github import clones
from data.tables import Change, Deployment, Repository, Service, Source, TrunkCommit
from tests.data.hub import added, connected_to, connection, turn, view
from tests.fake_github.access import READ
from tests.repos import RepoBuilder

TAGS = Settings(rule=ProductionRule(kind="tag", include="v*"))


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    monkeypatch.setenv("MILEPOST_ROOTS", str(tmp_path / "code"))
    monkeypatch.setenv("MILEPOST_JOBS", "queued")


@pytest.fixture
def repo(tmp_path) -> RepoBuilder:
    """A merged pull request, three commits of a rebased one, a direct push; each released."""
    made = RepoBuilder(tmp_path / "code" / "shop")
    made.git("config", "remote.origin.url", "git@github.example:acme/shop.git")
    made.commit("Begin", "2026-05-01 09:00")
    made.pull_request(12, "Add export", "2026-05-02 10:00", "2026-05-03 09:00")
    made.tag("v1", "2026-05-03 12:00")
    for hour in (1, 2, 3):
        made.commit(f"Step {hour}", "2026-05-04 09:00", authored=f"2026-05-03 0{hour}:00")
    made.tag("v2", "2026-05-04 12:00")
    return made


@pytest.fixture
def hub(monkeypatch, repo):
    with connected_to(monkeypatch) as hub:
        shop = hub.repository("acme/shop", git=repo.path)
        steps = [{"at": f"2026-05-03 0{hour}:00", "message": f"Step {hour}"} for hour in (1, 2, 3)]
        shop.pull("In steps", opened="2026-05-03 04:00", merged="2026-05-04 09:00", commits=steps,
                  merge_commit=repo.head())  # fmt: skip
        yield hub


def cloned(who, repo) -> jobs.JobView:
    job = turn(intake.add_clone(who, repo.path, "Payments", "shop"))
    assert job.state == "done"
    teams.save_settings(who, job.service_id, TAGS)
    return job


def shipped(service_id: int) -> list[str]:
    changes = derive.load(service_id).changes
    return sorted(changes.filter(changes["state"] == "shipped")["title"].to_list())


def rows(table, source_id: int) -> int:
    with store.reading() as session:
        mine = select(func.count()).select_from(table).where(table.source_id == source_id)
        return session.execute(mine).scalar_one()


def number_of(table) -> int:
    with store.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_github_takes_over_the_services_of_a_clone_and_counts_nothing_twice(both, who, repo, hub):
    clone = cloned(who, repo)
    assert shipped(clone.service_id) == ["Add export", "Begin", "Step 1", "Step 2", "Step 3"]
    (shop,) = added(who, connection(who, hub))
    assert (shop.service_id, shop.shares_clone, shop.is_new) == (clone.service_id, True, True)
    assert (number_of(Service), number_of(Repository)) == (1, 1)
    assert turn(shop.job_id).state == "done"
    assert shipped(clone.service_id) == ["Add export", "Begin", "In steps"]
    assert [rows(table, clone.source_id) for table in (Change, Deployment, TrunkCommit)] == [0, 0, 0]
    with store.reading() as session:
        source = session.get(Source, clone.source_id)
        places = session.execute(select(TrunkCommit.position).where(TrunkCommit.on_trunk)).scalars()
        assert (source.notes, sorted(places)) == ([clones.NOTE], [0, 1, 2, 3, 4])


def test_it_is_as_if_the_clone_had_never_been_there(home, who, repo, hub):
    clone = cloned(who, repo)
    (shop,) = added(who, connection(who, hub))
    turn(shop.job_id)
    taken = derive.load(shop.service_id).changes.drop("service_id", strict=False)
    intake.remove_source(who, shop.source_id)
    intake.remove_source(who, clone.source_id)
    (alone,) = added(who, 1)
    turn(alone.job_id)
    assert derive.load(alone.service_id).changes.drop("service_id", strict=False).equals(taken)


def test_the_clone_rests_until_github_is_removed(both, who, repo, hub):
    clone = cloned(who, repo)
    (shop,) = added(who, connection(who, hub))
    turn(shop.job_id)
    with pytest.raises(ValueError, match="is read from GitHub, so that its clone is not"):
        intake.resync(who, clone.source_id)
    assert "so that its clone is not" in turn(intake.add_clone(who, repo.path, "Payments", "shop")).message
    assert shipped(clone.service_id) == ["Add export", "Begin", "In steps"]
    turn(intake.remove_source(who, shop.source_id))
    again = jobs.latest(clone.source_id)
    assert turn(again.id).state == "done"
    assert shipped(clone.service_id) == ["Add export", "Begin", "Step 1", "Step 2", "Step 3"]


def test_while_github_may_not_give_as_much_the_clone_stays(home, who, repo, hub):
    clone = cloned(who, repo)
    permissions = {name: "read" for name in READ if name != "contents"}
    (shop,) = added(who, connection(who, hub, permissions=permissions))
    turn(shop.job_id)
    assert "commits" in view(who, shop.source_id).problems
    assert rows(TrunkCommit, clone.source_id) == 6


def test_a_clone_of_what_github_gives_is_not_added(both, who, repo, hub):
    (shop,) = added(who, connection(who, hub))
    turn(shop.job_id)
    with pytest.raises(ValueError, match="acme/shop is read from GitHub already"):
        intake.add_clone(who, repo.path, "Payments", "other")
    assert (number_of(Source), number_of(Service)) == (1, 1)


def test_a_killed_take_over_is_completed(home, who, repo, hub, monkeypatch):
    clone = cloned(who, repo)
    (shop,) = added(who, connection(who, hub))
    real = clones.trunk.read

    def die(reader):
        if rows(Change, clone.source_id) == 0:  # after what came from the clone is gone
            raise RuntimeError("killed")
        real(reader)

    with monkeypatch.context() as patch:
        patch.setattr(clones.trunk, "read", die)
        assert turn(shop.job_id).state == "failed"
    assert number_of(TrunkCommit) == 0
    turn(syncing.read_again(who, shop.source_id))
    assert rows(TrunkCommit, shop.source_id) == 6
    assert shipped(clone.service_id) == ["Add export", "Begin", "In steps"]
