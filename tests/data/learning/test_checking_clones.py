"""Proofs of concept checked in a clone: on any branch, capped at E1, saved whole or not at all."""

import pytest
from sqlalchemy import select

from assessments.poc import Held, Level, Outcome, Verdict
from data import access, intake, jobs, people, store, teams, work
from data.learning import checking, events, kept, runs
from data.people import Who
from data.tables import Job, LearningEvent, ProofAttempt, ProofKept, ProofResult, ProofRun, Repository, Service, Source
from tests.data.hub import change_row, count, turn
from tests.data.learning.tried import DAY, attempt, change, check, checked, content, found, outcomes
from tests.repos import RepoBuilder, seconds

RUNBOOK = check("runbook", "file", {"files": ["docs/runbook.md"]})
README = check("readme", "file", {"files": ["README.md"], "filled": True})


def instant(day: str) -> int:
    return seconds(day) * 1_000_000


@pytest.fixture(autouse=True)
def no_worker(monkeypatch, tmp_path):
    monkeypatch.setenv("MILEPOST_JOBS", "queued")
    monkeypatch.setenv("MILEPOST_ROOTS", str(tmp_path))


@pytest.fixture
def repo(tmp_path) -> RepoBuilder:
    made = RepoBuilder(tmp_path / "shop")
    made.commit("Begin", "2026-01-01", files={"README.md": "# Shop\n\nSells things.\n"})
    return made


@pytest.fixture
def place(who, repo) -> int:
    """The id of the repository, whose clone was read."""
    turn(intake.add_clone(who, repo.path, "Payments", "Shop"))
    with store.reading() as session:
        return session.execute(select(Repository.id)).scalar_one()


def test_a_check_says_what_is_missing_and_passes_once_it_is_there(both, who, repo, place):
    made = attempt(place, content([README, RUNBOOK]))
    job = checked(who, made)
    assert (job.state, job.message) == ("done", f"Checked at commit {repo.head()[:10]}: 1 of 2 criteria pass.")
    run = found(made)
    assert (run.verdict, run.source, run.branch, run.commit) == (Verdict.FAILED, "clone", "main", repo.head())
    missing = run.of("runbook")
    assert (missing.outcome, missing.because, missing.todo) == (
        Outcome.FAIL, "There is no file docs/runbook.md.", "Do it.",
    )  # fmt: skip
    repo.commit("Write it", "2026-01-02", files={"docs/runbook.md": "# Runbook\n"})
    checked(who, made)
    assert (found(made).verdict, found(made).level) == (Verdict.PRACTISED, Level.E1)
    with store.reading() as session:
        assert [each.verdict for each in runs.of(session, made)] == [Verdict.PRACTISED, Verdict.FAILED]


def test_any_branch_can_be_checked(home, who, repo, place):
    made = attempt(place, content([RUNBOOK]), branch="poc/runbook")
    assert checked(who, made).message.startswith("The clone has no branch poc/runbook: fetch it, or choose")
    repo.branch("poc/runbook")
    repo.commit("Write it", "2026-01-02", on="poc/runbook", files={"docs/runbook.md": "# Runbook\n"})
    assert checked(who, made).state == "done"
    assert (found(made).verdict, found(made).branch) == (Verdict.PRACTISED, "poc/runbook")


def test_a_clone_shows_nothing_of_the_forge_and_says_what_to_do(home, who, repo, place):
    through = check("verified", "ci-run", {"commit": {"reusable": "go-cli.yml"}}, level="E3")
    made = attempt(place, content([README, through]))
    checked(who, made)
    assert found(made).verdict is Verdict.OPEN
    assert outcomes(made)["verified"] == ("unknown", "A clone does not show runs of workflows.")
    assert found(made).of("verified").todo.startswith("Connect the repository at GitHub")


def test_what_cannot_be_checked_says_why_and_keeps_what_was_found(home, who, repo, place, tmp_path):
    made = attempt(place, content([README]))
    checked(who, made)
    (tmp_path / "shop").rename(tmp_path / "moved")
    assert checked(who, made).state == "failed"
    assert checked(who, made).state == "failed"
    with store.reading() as session:
        broken, good = runs.of(session, made)
        assert runs.newest(session, [made])[made].id == good.id
    assert "shop" in broken.problem and broken.verdict is None and broken.results == ()
    assert good.verdict is Verdict.PRACTISED


def test_a_cancelled_check_saves_nothing(home, who, repo, place, monkeypatch):
    made = attempt(place, content([README]))
    job_id = checking.check_now(who, made)
    checking.cancel(who, made)
    assert checking.running(who, made).state == "cancelled"
    work.run(job_id)
    assert count(ProofRun) == 0

    def late(*args, **options):
        checking.cancel(who, made)
        return judge(*args, **options)

    judge = checking.run
    monkeypatch.setattr(checking, "run", late)
    assert checked(who, made).state == "cancelled"
    assert (count(ProofRun), count(ProofResult), count(ProofKept)) == (0, 0, 0)


def test_asking_twice_is_one_check(home, who, repo, place):
    made = attempt(place, content([README]))
    assert checking.running(who, made).state == "none"
    first = checking.check_now(who, made)
    assert checking.check_now(who, made) == first
    assert checking.running(who, made).state == "waiting"
    turn(first)
    assert checking.running(who, made).state == "done"
    assert checking.check_now(who, made) == first, "one row for each attempt"
    assert count(Job, Job.kind == checking.KIND) == 1


def test_only_the_team_may_check(home, who, repo, place):
    made = attempt(place, content([README]))
    with store.reading() as session:
        row = session.get(ProofAttempt, made)
    team = (people.home_organization(who), row.team_id)
    for stranger in (Who(who.id + 1, "Somebody"), Who(who.id + 1, "A leader", True, frozenset({(team[0], "leader")}))):
        for ask in (checking.check_now, checking.running, checking.cancel):
            with pytest.raises(access.Forbidden):
                ask(stranger, made)
    with pytest.raises(access.NotFound):
        checking.check_now(who, made + 1)


def test_without_a_repository_there_is_nothing_to_check(home, who, repo, place):
    made = attempt(place, content([README]))
    change(made, repository_id=None)
    with pytest.raises(ValueError, match="was removed from Milepost: begin it anew"):
        checking.check_now(who, made)


def test_a_check_that_is_left_out_counts_nowhere(home, who, repo, place):
    extra = {**RUNBOOK, "severity": "recommended"}
    made = attempt(place, content([README, extra]), skipped={"runbook": {"reason": "We have one.", "at": 1}})
    assert checked(who, made).message.endswith("1 of 1 criteria pass.")
    assert outcomes(made)["runbook"] == ("skipped", "We have one.")
    change(made, skipped={name: {"reason": "No.", "at": 1} for name in ("readme", "gone")})
    assert checked(who, made).message.endswith("1 of 2 criteria pass."), "what is required is never left out"


def test_judgements_of_the_same_files_are_kept(home, who, repo, place, monkeypatch):
    made = attempt(place, content([README, RUNBOOK]))
    checked(who, made)
    assert count(ProofKept) == 2
    results = []
    judge = checking.run
    monkeypatch.setattr(checking, "run", lambda *a, **o: results.append(judge(*a, **o)) or results[-1])
    repo.commit("Write it", "2026-01-02", files={"docs/runbook.md": "# Runbook\n"})
    checked(who, made)
    assert {each.check.id: each.held for each in results[0].results} == {"readme": True, "runbook": False}


def test_what_came_before_the_start_is_told_by_the_history(home, who, repo, place):
    first = check("first", "file", {"files": ["README.md"], "before_start": True})
    made = attempt(place, content([first]))
    change(made, begun_at=instant("2026-01-01") - DAY)
    checked(who, made)
    assert outcomes(made)["first"][0] == "fail"
    change(made, begun_at=instant("2026-01-02"))
    checked(who, made)
    assert outcomes(made)["first"] == ("pass", "README.md was there before the start.")


# -- again, by itself --------------------------------------------------------------------------------------------------


def due(made: int) -> int | None:
    with store.reading() as session:
        return session.get(ProofAttempt, made).again_at


def test_what_holds_is_checked_again_after_thirty_days(home, who, repo, place):
    made = attempt(place, content([README]))
    checked(who, made)
    assert abs(due(made) - store.now_us() - 30 * DAY) < DAY
    assert checking.schedule() == []
    change(made, again_at=store.now_us() - 1)
    (job_id,) = checking.schedule()
    assert checking.schedule() == [], "nor by a second worker"
    with store.reading() as session:
        assert session.get(Job, job_id).lane == work.BY_ITSELF
    assert turn(job_id).state == "done"
    assert found(made).made_by is None
    assert due(made) > store.now_us()


def test_what_never_held_is_left_alone(home, who, repo, place):
    made = attempt(place, content([RUNBOOK]))
    checked(who, made)
    assert due(made) is None


@pytest.mark.parametrize("fields", [{"decision": "stop", "state": "decided"}, {"again_at": None}])
def test_nobody_wants_to_know_any_more(home, who, repo, place, fields):
    made = attempt(place, content([README]), again_at=1)
    change(made, **fields)
    assert checking.schedule() == []


@pytest.mark.parametrize("decision", ["adapt", "stop"])
def test_what_was_ended_while_it_was_checked_is_not_checked_again(home, who, repo, place, decision):
    made = attempt(place, content([README]))
    job_id = checking.check_now(who, made)
    change(made, decision=decision, state="decided", decided_at=store.now_us(), again_at=None)
    turn(job_id)
    assert (found(made).verdict, due(made)) == (Verdict.PRACTISED, None)


def test_a_check_that_waited_does_not_look_at_what_went_to_another_team(home, who, repo, place):
    made = attempt(place, content([README]))
    job_id = checking.check_now(who, made)
    with store.reading() as session:
        service = session.execute(select(Service.id)).scalar_one()
    teams.move_service(who, service, teams.create_team(who, people.home_organization(who), "Orders"))
    assert turn(job_id).message.startswith("No service of the team is on")
    with store.reading() as session:
        assert [each.verdict for each in runs.of(session, made)] == [None]


def test_the_newest_check_counts_whatever_the_clock_says(home, who, repo, place, monkeypatch):
    made = attempt(place, content([README]))
    now = store.now_us()
    monkeypatch.setattr(store, "now_us", lambda: now + 400 * DAY)
    checked(who, made)
    monkeypatch.setattr(store, "now_us", lambda: now)
    repo.commit("Empty it", "2026-01-03", files={"README.md": "\n"})
    checked(who, made)
    with store.reading() as session:
        assert runs.standings(session, [made], now)[made].held is Held.REGRESSED


def test_what_broke_is_noted_once(both, who, repo, place):
    made = attempt(place, content([README]))
    checked(who, made)
    repo.commit("Empty it", "2026-01-03", files={"README.md": "\n"})
    change(made, again_at=store.now_us() - 1)
    turn(checking.schedule()[0])
    with store.reading() as session:
        assert runs.standings(session, [made], store.now_us())[made].held is Held.REGRESSED
        broke = select(LearningEvent).where(LearningEvent.kind == events.REGRESSED)
        event = session.execute(broke).scalar_one()
    assert event.detail == {"attempt": made, "verdict": "failed", "checks": ["readme"]}
    checked(who, made)
    assert count(LearningEvent, LearningEvent.kind == events.REGRESSED) == 1


def test_a_check_by_itself_that_failed_is_tried_again_tomorrow(home, who, repo, place, tmp_path):
    made = attempt(place, content([README]))
    checked(who, made)
    (tmp_path / "shop").rename(tmp_path / "moved")
    change(made, again_at=store.now_us() - 1)
    turn(checking.schedule()[0])
    assert abs(due(made) - store.now_us() - DAY) < DAY / 24


def test_of_many_runs_the_newest_are_kept_whole(home, who, repo, place, monkeypatch):
    monkeypatch.setattr(runs, "WHOLE", 2)
    made = attempt(place, content([README]))
    for _ in range(4):
        checked(who, made)
    with store.reading() as session:
        views = runs.of(session, made)
    assert [(each.is_whole, len(each.results), each.verdict) for each in views] == [
        (True, 1, Verdict.PRACTISED), (True, 1, Verdict.PRACTISED),
        (False, 0, Verdict.PRACTISED), (False, 0, Verdict.PRACTISED),
    ]  # fmt: skip


def test_a_paused_source_of_github_leaves_the_clone(home, who, repo, place):
    with store.writing() as session:
        row = session.execute(select(Source)).scalar_one()
        session.add(
            Source(
                organization_id=row.organization_id, kind="github", name="acme/shop", repository_id=place,
                created_at=1, synced_at=1, paused_at=1,
            )
        )  # fmt: skip
    made = attempt(place, content([README]))
    checked(who, made)
    assert found(made).source == "clone"


def test_nothing_of_an_attempt_that_went_meanwhile_is_saved(home, who, repo, place):
    made = attempt(place, content([README]))
    job_id = checking.check_now(who, made)
    with store.writing() as session:
        session.delete(session.get(ProofAttempt, made))
    assert turn(job_id).message == "This proof of concept or its repository was removed meanwhile."
    assert jobs.progress(job_id).state == "failed"


def test_what_another_team_took_over_and_passed_is_known(home, who, repo, place):
    spread = check("spread", "attest", {"spread": {"poc": "go-cli/commands", "teams": 1}})
    mine = attempt(place, content([README]), poc="commands")
    later = attempt(place, content([spread]), poc="spread")
    checked(who, later)
    assert outcomes(later)["spread"][0] == "fail"
    with store.reading() as session:
        uid = session.get(ProofAttempt, mine).uid
        own = session.get(ProofAttempt, mine).team_id
    other = teams.create_team(who, people.home_organization(who), "Orders")
    theirs = attempt(place, content([RUNBOOK]), team_id=other, derived_from=uid)
    attempt(place, content([README]), team_id=own, derived_from=uid)
    checked(who, theirs)
    checked(who, later)
    assert outcomes(later)["spread"][0] == "fail", "theirs does not hold yet"
    repo.commit("Write it", "2026-01-02", files={"docs/runbook.md": "# Runbook\n"})
    checked(who, theirs)
    checked(who, later)
    assert outcomes(later)["spread"] == ("pass", "1 other team passed it.")
    change(theirs, decision="stop", state="decided", decided_at=store.now_us())
    checked(who, later)
    assert outcomes(later)["spread"][0] == "fail", "what was stopped has not spread"


def test_only_so_many_judgements_are_kept_the_newest_of_use(home, who, repo, place, monkeypatch):
    monkeypatch.setattr(kept, "MOST", 1)
    made = attempt(place, content([README, RUNBOOK]))
    checked(who, made)
    assert count(ProofKept) == 1


def test_a_broken_proof_of_concept_is_no_fault_of_the_team(home, who, repo, place):
    odd = [
        check("odd", "file", {"files": 7}),
        check("strange", "exec", {"run": "make"}),
        check("short", "artifact", {}),
        README,
    ]  # fmt: skip
    made = attempt(place, content(odd))
    checked(who, made)
    assert {name: said[0] for name, said in outcomes(made).items()} == {
        "odd": "error", "strange": "error", "short": "error", "readme": "pass",
    }  # fmt: skip


def test_sources_that_were_changed_do_not_matter_here(home, who, place):
    change_row(Repository, place, path=None)
    made = attempt(place, content([README]))
    with pytest.raises(ValueError, match="add a clone or connect GitHub"):
        checking.check_now(who, made)
