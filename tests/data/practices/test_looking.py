"""Who looks at a repository, when, and what becomes of what was found before. From clones, without a worker process."""

import signal
import sys
import textwrap
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from assessments.evidence import Outcome
from data import access, intake, jobs, store, work
from data.people import Who
from data.practices import due, evaluating, evaluations, looking, looks
from data.practices.evaluations import PROBES
from data.tables import AuditEvent, Evaluation, Job, Repository, Service, Source
from tests import nursery
from tests.data.evidence.test_tools import pretending
from tests.data.hub import change_row, turn
from tests.repos import RepoBuilder
from tests.statements import counted

STEPS = "      - uses: actions/checkout@v4\n      - run: pytest\n"
CI = f"on: [push, pull_request]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n{STEPS}"
MINUTE, DAY = 60_000_000, 86_400_000_000


@pytest.fixture(autouse=True)
def no_worker(monkeypatch, tmp_path):
    monkeypatch.setenv("MILEPOST_JOBS", "queued")
    monkeypatch.setenv("MILEPOST_ROOTS", str(tmp_path))


@pytest.fixture
def repo(tmp_path) -> RepoBuilder:
    made = RepoBuilder(tmp_path / "shop")
    made.commit("Begin", "2026-01-01", files={"src/shop.py": "print('shop')\n"})
    made.commit("Test it", "2026-02-01", files={".github/workflows/ci.yml": CI})
    return made


@pytest.fixture
def shop(who, repo) -> Service:
    """A service whose clone was read, some time ago."""
    turn(intake.add_clone(who, repo.path, "Payments", "Shop"))
    with store.reading() as session:
        service = session.execute(select(Service)).scalar_one()
        source = session.execute(select(Source.id)).scalar_one()
    change_row(Source, source, created_at=store.now_us() - 2 * MINUTE)
    return service


def looked(who, service: Service) -> jobs.JobView:
    (job_id,) = evaluating.look(who, [service.repository_id])
    return turn(job_id)


def kept(service: Service) -> evaluations.EvaluationView | None:
    with store.reading() as session:
        return evaluations.of_repositories(session, [service.repository_id]).get(service.repository_id)


def row(service: Service) -> Evaluation:
    with store.reading() as session:
        return due.of(session, service.repository_id)


def test_what_a_clone_shows_is_kept_with_when_it_came(both, who, repo, shop):
    job = looked(who, shop)
    assert (job.state, job.message) == ("done", f"shop was looked at, at commit {repo.head()[:10]}.")
    view = kept(shop)
    assert (view.commit, view.tool, view.facts_read_at) == (repo.head(), "clone", None)
    found = view.findings["ci-triggers"]
    assert (found.outcome, found.since) == (Outcome.MET, store.to_us(datetime(2026, 2, 1, tzinfo=UTC)))


def test_a_repository_is_looked_at_by_itself_once_it_has_settled(home, who, repo, shop):
    with store.reading() as session:
        source = session.execute(select(Source.id)).scalar_one()
    change_row(Source, source, created_at=store.now_us())
    assert evaluating.schedule() == []
    change_row(Source, source, created_at=store.now_us() - 2 * MINUTE)
    (job_id,) = evaluating.schedule()
    assert evaluating.schedule() == [], "nor by a second worker"
    assert turn(job_id).state == "done"
    assert evaluating.schedule() == []
    assert abs(row(shop).due_at - store.now_us() - 7 * DAY) <= DAY


def test_it_is_looked_at_again_when_its_trunk_has_moved_but_not_all_the_time(home, who, repo, shop):
    looked(who, shop)
    head = repo.commit("More", "2026-02-02")
    due.moved(shop.repository_id, head)
    assert evaluating.schedule() == [], "an hour in between"
    change_row(Evaluation, row(shop).id, made_at=store.now_us() - 2 * due.APART)
    due.moved(shop.repository_id, row(shop).commit)
    assert evaluating.schedule() == [], "it has not moved"
    with store.reading() as session:
        source = session.execute(select(Source.id)).scalar_one()
    turn(intake.resync(who, source))
    (job_id,) = evaluating.schedule()
    turn(job_id)
    assert kept(shop).commit == head


def test_it_is_looked_at_again_when_what_is_set_up_has_changed(home, who, repo, shop):
    looked(who, shop)
    change_row(Evaluation, row(shop).id, made_at=1, facts_read_at=5)
    due.moved(shop.repository_id, None, 5)
    assert evaluating.schedule() == []
    due.moved(shop.repository_id, None, 6)
    assert len(evaluating.schedule()) == 1


def test_other_probes_judge_again_what_others_have_judged_one_after_the_other(home, who, repo, shop):
    looked(who, shop)
    assert due.others() == 0
    change_row(Evaluation, row(shop).id, version="other")
    evaluating.catch_up()
    assert len(evaluating.schedule()) == 1


def test_there_is_one_job_for_each_repository_however_often_it_is_looked_at(home, who, repo, shop):
    (first,) = evaluating.look(who, [shop.repository_id])
    assert evaluating.look(who, [shop.repository_id]) == [first]
    turn(first)
    (again,) = evaluating.look(who, [shop.repository_id])
    assert again == first
    with store.reading() as session:
        assert len(session.execute(select(Job.id).where(Job.kind == evaluating.KIND)).all()) == 1


def test_what_somebody_asks_for_does_not_stand_behind_what_goes_by_itself(home, who, repo, shop):
    (job_id,) = evaluating.schedule()
    with store.reading() as session:
        assert session.get(Job, job_id).lane == work.BY_ITSELF
    evaluating.look(who, [shop.repository_id])
    with store.reading() as session:
        assert session.get(Job, job_id).lane == work.ON_REQUEST


def test_of_many_that_are_due_few_wait_and_one_runs(home, who, repo, shop):
    with store.writing() as session:
        place = session.get_one(Repository, shop.repository_id)
        for number in range(20):
            session.add(
                Repository(
                    organization_id=place.organization_id, key=f"git:{number}", name=f"r{number}", path=place.path,
                    created_at=1,
                )
            )  # fmt: skip
    assert len(evaluating.schedule()) == evaluating.WAITING
    assert evaluating.schedule() == []
    assert jobs.queue().pending_count() == 1 + 1, "the clone's own job, done by hand, and the first look"


def test_a_look_that_fails_keeps_what_was_found_and_is_tried_tomorrow(home, who, repo, shop):
    looked(who, shop)
    before = kept(shop)
    repo.path.rename(repo.path.with_name("elsewhere"))
    job = looked(who, shop)
    after = kept(shop)
    assert job.state == "failed"
    assert (after.findings, after.commit, after.problem) == (before.findings, before.commit, job.message)
    assert abs(row(shop).due_at - store.now_us() - DAY) <= MINUTE
    assert looks.status(who, [shop.repository_id])[shop.repository_id].state == "failed"


def test_a_clone_outside_the_allowed_folders_is_not_opened(home, who, repo, shop, monkeypatch, tmp_path):
    monkeypatch.setenv("MILEPOST_ROOTS", str(tmp_path / "other"))
    assert looked(who, shop).state == "failed"
    assert kept(shop).findings == {}


def test_a_cancelled_look_leaves_what_was_found(home, who, repo, shop, monkeypatch):
    looked(who, shop)
    before = kept(shop)
    repo.commit("More", "2026-02-02", files={"README.md": "# Shop\n"})
    real = looking.evaluate

    def cancels(*arguments, **options):
        jobs.cancel(who, row(shop).job_id)
        return real(*arguments, **options)

    monkeypatch.setattr(looking, "evaluate", cancels)
    assert looked(who, shop).state == "cancelled"
    assert kept(shop) == before


def test_a_repository_that_goes_meanwhile_is_no_trouble(home, who, repo, shop, monkeypatch):
    real = looking.evaluate

    def goes(*arguments, **options):
        with store.writing() as session:
            session.delete(session.get(Repository, shop.repository_id))
        return real(*arguments, **options)

    monkeypatch.setattr(looking, "evaluate", goes)
    (job_id,) = evaluating.look(who, [shop.repository_id])
    turn(job_id)
    assert kept(shop) is None


KILLED = """
    import os, signal, sys
    from data import work
    from data.practices import evaluating, evaluations, looking, looks

    def dies(*_, **__):
        os.kill(os.getpid(), signal.SIGKILL)

    evaluations.insert = dies  # the older findings are gone by then, in this transaction
    work.run(int(sys.argv[1]))
"""


def test_a_process_killed_while_it_saves_leaves_the_older_findings_whole(home, who, repo, shop):
    looked(who, shop)
    before = kept(shop)
    repo.commit("More", "2026-02-02", files={"README.md": "# Shop\n"})
    (job_id,) = evaluating.look(who, [shop.repository_id])
    ended = nursery.run([sys.executable, "-c", textwrap.dedent(KILLED), str(job_id)])
    assert ended.returncode == -signal.SIGKILL
    assert kept(shop) == before
    work.recover(alone=True)
    assert jobs.progress(job_id).state == "queued"
    assert turn(job_id).state == "done"
    assert kept(shop).commit == repo.head()


def test_looking_asks_for_the_right_to_and_leaves_a_trace(home, who, repo, shop):
    stranger = Who(99, "A stranger")
    with pytest.raises(access.Forbidden):
        evaluating.look(stranger, [shop.repository_id])
    with pytest.raises(access.NotFound):
        evaluating.look(who, [shop.repository_id, 999])
    with pytest.raises(ValueError, match="Choose 1 to"):
        evaluating.look(who, [])
    evaluating.look(who, [shop.repository_id])
    with store.reading() as session:
        event = session.execute(select(AuditEvent).where(AuditEvent.action == "look_at_repositories")).scalar_one()
    assert (event.person_id, event.detail) == (who.id, {"repositories": [shop.repository_id]})


def test_how_a_repository_stands_is_told_from_the_first_to_the_last(home, who, repo, shop):
    def view():
        return looks.status(who, [shop.repository_id])[shop.repository_id]

    assert (view().state, view().may_look, view().seen_at) == ("never", True, None)
    (job_id,) = evaluating.look(who, [shop.repository_id])
    assert (view().state, view().is_live) == ("waiting", True)
    turn(job_id)
    assert (view().state, view().commit, view().tool) == ("looked", repo.head(), "clone")
    assert view().next_at > datetime.now(UTC)
    assert looks.status(Who(99, "A stranger"), [shop.repository_id]) == {}


def test_what_was_only_imported_has_nothing_to_look_at(home, who):
    service_id = intake.add_import_service(who, "Payments", "Shop")
    with store.reading() as session:
        place = session.get_one(Service, service_id).repository_id
    view = looks.status(who, [place])[place]
    assert (view.state, view.may_look) == ("nothing", False)
    with pytest.raises(ValueError, match="nothing to look at"):
        evaluating.look(who, [place])
    assert evaluating.schedule() == []


def test_how_many_repositories_stand_is_asked_for_all_at_once(home, who, repo, shop):
    with store.reading() as session:
        place, team = session.get_one(Repository, shop.repository_id), shop.team_id
    ids = [place.id]
    with counted() as for_one:
        looks.status(who, ids)
    with store.writing() as session:
        for number in range(30):
            other = Repository(
                organization_id=place.organization_id, key=f"k{number}", name="r", path="/x", created_at=1
            )
            session.add(other)
            session.flush()
            session.add(Service(team_id=team, name=f"s{number}", repository_id=other.id, created_at=1))
            ids.append(other.id)
    with counted() as for_all:
        assert len(looks.status(who, ids)) == 31
    assert len(for_all) == len(for_one)


def test_the_newest_look_is_of_our_own_probes_alone(home, who, repo, shop):
    looked(who, shop)
    with store.reading() as session:
        assert set(evaluations.of_repositories(session, [shop.repository_id], "sarif")) == set()
        assert evaluations.of_repositories(session, [shop.repository_id], PROBES)[shop.repository_id].findings


def test_other_tools_say_what_they_find_beside_when_they_are_wanted(home, who, repo, shop, monkeypatch, tmp_path):
    repo.commit("Ship it", "2026-03-09 09:00", files={"Dockerfile": "FROM x\n"})
    answer = '[{"code": "DL3006", "level": "warning", "message": "Tag it", "file": "0/Dockerfile", "line": 1}]'
    pretending(tmp_path, monkeypatch, "hadolint", f"echo '{answer}'")
    monkeypatch.setenv("MILEPOST_ZIZMOR", "/nowhere")
    monkeypatch.setenv("MILEPOST_TOOLS", "hadolint,zizmor")
    looked(who, shop)
    with store.reading() as session:
        others = {each.origin: each for each in evaluations.of_other_tools(session, [shop.repository_id])}
    assert others["hadolint"].tool == "hadolint 9.9" and set(others["hadolint"].findings) == {"DL3006"}
    assert others["zizmor"].problem == "Not collected: zizmor is not on the PATH." and not others["zizmor"].findings
    assert "DL3006" not in kept(shop).findings
    monkeypatch.delenv("MILEPOST_TOOLS")
    looked(who, shop)
    with store.reading() as session:
        assert evaluations.of_other_tools(session, [shop.repository_id]) == ()
