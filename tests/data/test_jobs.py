"""Jobs as rows: what people see, what is begun, and what becomes of each ending. No worker process here."""

import logging
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from data import access, jobs, people, store, teams, work
from data.people import Who
from data.tables import Job, Person
from data.work import ATTEMPTS, JobError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def do(monkeypatch):
    """Says what jobs of the kind "test" do; collects the arguments of those that have ended in `do.ended`."""
    monkeypatch.setenv("MILEPOST_JOBS", "immediate")

    def set_up(what=lambda work: "Did it.", says=()):
        handler = work.Handler(what, (JobError, *says), set_up.ended.append)
        monkeypatch.setitem(work._HANDLERS, "test", handler)

    set_up.ended = []
    set_up()
    return set_up


@pytest.fixture
def waiting(monkeypatch):
    """Jobs stay in the table: nothing takes them from the queue."""
    monkeypatch.setenv("MILEPOST_JOBS", "queued")


def begin(who, **args) -> int:
    return jobs.enqueue("test", args, who, people.home_organization(who))


def running(who, attempts=1, heartbeat=0, **args) -> int:
    """A job that a worker has begun, and may have died of."""
    job_id = begin(who, **args)
    with store.writing() as session:
        job = session.get(Job, job_id)
        job.state, job.attempts, job.heartbeat_at = "running", attempts, heartbeat
    return job_id


def queued() -> list[int]:
    return [task.args[0] for task in (*jobs.queue().pending(), *jobs.queue().scheduled())]


def test_a_job_ends_with_its_sentence(both, who, do):
    view = jobs.progress(begin(who, a=1))
    assert (view.state, view.message, view.attempts, view.is_live) == ("done", "Did it.", 1, False)
    assert view.created_at <= view.started_at <= view.finished_at


def test_there_is_no_job_that_was_never_made(home):
    assert jobs.progress(7) is None


def test_progress_is_seen_while_the_job_runs(both, who, do):
    seen = []

    def count(job):
        job.progress(3, 10, "Counting")
        seen.extend(jobs.active(job.organization_id))
        return "Counted."

    do(count)
    begin(who)
    assert [(view.state, view.done, view.total, view.message) for view in seen] == [("running", 3, 10, "Counting")]


def test_progress_is_written_four_times_a_second_at_most(home, who, do, monkeypatch):
    clock, writes = [100.0], []
    monkeypatch.setattr(work.time, "monotonic", lambda: clock[0])
    write = work.Work._write
    monkeypatch.setattr(work.Work, "_write", lambda self, **values: (writes.append(1), write(self, **values)))

    def count(job):
        for done in range(1_000):  # in two seconds
            job.progress(done, 1_000, "Counting")
            clock[0] += 0.002
        return "Counted."

    do(count)
    begin(who)
    assert 7 <= len(writes) <= 9


def test_what_a_job_reports_stays_with_it(both, who, do):
    do(lambda job: job.report(rows=[1, 2]) or job.report(more="x") or "Done.")
    assert jobs.progress(begin(who)).report == {"rows": [1, 2], "more": "x"}


def test_a_mistake_of_the_person_is_told_in_its_own_words(both, who, do):
    def refuse(job):
        raise JobError("Choose another file.")

    do(refuse)
    view = jobs.progress(begin(who))
    assert (view.state, view.message) == ("failed", "Choose another file.")


def test_a_mistake_of_ours_is_told_in_a_sentence_and_logged_whole(both, who, do, caplog):
    do(lambda job: 1 / 0)
    with caplog.at_level(logging.ERROR):
        view = jobs.progress(begin(who))
    assert view.message == "An error in Milepost stopped this; nothing was saved. The log says more under job 1."
    assert "ZeroDivisionError" in caplog.text


def test_a_busy_store_is_tried_again_and_then_given_up(both, who, do, waiting):
    def busy(job):
        raise OperationalError("insert", {}, sqlite3.OperationalError("database is locked"))

    do(busy)
    job_id, states = begin(who), []
    for _ in range(ATTEMPTS):
        work.run(job_id)
        states.append(jobs.progress(job_id).state)
    assert states == ["queued"] * (ATTEMPTS - 1) + ["failed"]


def test_a_job_that_stands_in_the_queue_twice_is_done_once(both, who, do, waiting):
    times = []
    do(lambda job: times.append(1) or "Done.")
    job_id = begin(who)
    for _ in range(3):
        work.run(job_id)
    assert times == [1]


def test_a_job_that_waits_is_not_doubled_by_asking_again(both, who, do, waiting):
    assert begin(who, a=1) == begin(who, a=1) != begin(who, a=2)


def test_one_repository_is_never_loaded_twice_at_once(both, who, do, waiting):
    running(who, lock="repository:1")
    second, other = begin(who, lock="repository:1", again=True), begin(who, lock="repository:2")
    work.run(second)
    work.run(other)
    assert (jobs.progress(second).state, jobs.progress(other).state) == ("queued", "done")
    assert jobs.progress(second).message == "Waits for another job on the same repository."


def test_a_job_that_waits_can_be_cancelled_and_is_never_begun(both, who, do, waiting):
    job_id = begin(who, a=1)
    jobs.cancel(who, job_id)
    work.run(job_id)
    view = jobs.progress(job_id)
    assert (view.state, view.attempts, do.ended) == ("cancelled", 0, [{"a": 1}])


def test_a_job_that_runs_stops_at_its_next_progress(both, who, do):
    def go_on(job):
        jobs.cancel(who, job.id)
        job.progress(1, 2, "Going on")
        raise AssertionError("went on")

    do(go_on)
    view = jobs.progress(begin(who))
    assert (view.state, view.message) == ("cancelled", "Cancelled; nothing was saved.")


def test_a_cancelled_job_saves_nothing(both, who, do, monkeypatch):
    def save(job):
        jobs.cancel(who, job.id)
        with store.writing() as session:
            job.claim(session)
            raise AssertionError("saved")

    do(save)
    assert jobs.progress(begin(who)).state == "cancelled"


def test_a_job_that_has_saved_runs_to_its_end(both, who, do):
    def save(job):
        with store.writing() as session:
            job.claim(session)
        jobs.cancel(who, job.id)
        job.progress(1, 1, "Working out")
        return "Saved."

    do(save)
    view = jobs.progress(begin(who))
    assert (view.state, view.message) == ("done", "Saved.")


def test_an_error_after_saving_does_not_say_that_nothing_was_saved(both, who, do):
    def save(job):
        with store.writing() as session:
            job.claim(session)
        raise ZeroDivisionError

    do(save)
    assert "its facts are saved, the metrics are not up to date" in jobs.progress(begin(who)).message


def test_code_that_asks_learns_that_it_was_cancelled(both, who, do):
    def ask(job):
        before = job.cancelled()
        jobs.cancel(who, job.id)
        job._written = 0
        assert (before, job.cancelled()) == (False, True)
        raise JobError("broken off")  # as git says it

    do(ask)
    assert jobs.progress(begin(who)).message == "Cancelled; nothing was saved."


def test_only_who_may_add_sources_may_cancel(both, who, do, waiting):
    job_id = begin(who)
    with pytest.raises(access.Forbidden):
        jobs.cancel(Who(999, "Stranger"), job_id)
    assert jobs.progress(job_id).state == "queued"


def test_a_lead_may_cancel_what_they_began_for_no_service(both, who, do, waiting):
    home = people.home_organization(who)
    lead = replace(who, organization_roles=frozenset(), team_roles=frozenset({(home, 1, "team_lead")}))
    jobs.cancel(lead, begin(lead))
    with pytest.raises(access.Forbidden):
        jobs.cancel(replace(lead, id=999), begin(who))


@pytest.mark.parametrize("outcome", ["done", "failed", "cancelled"])
def test_what_a_job_holds_is_given_back_however_it_ends(both, who, do, outcome):
    def end(job):
        if outcome == "cancelled":
            jobs.cancel(who, job.id)
            job.progress(1, 1, "")
        if outcome == "failed":
            raise JobError("No.")
        return "Yes."

    do(end)
    assert (jobs.progress(begin(who, hold=1)).state, do.ended) == (outcome, [{"hold": 1}])


def test_a_worker_that_stops_puts_its_job_back_and_the_attempt_does_not_count(both, who, do, monkeypatch):
    def go_on(job):
        work.stopping.set()
        job.progress(1, 2, "Going on")

    do(go_on)
    try:
        view = jobs.progress(begin(who, hold=1))
    finally:
        work.stopping.clear()
    assert (view.state, view.attempts, do.ended) == ("queued", 0, [])


def test_what_a_dead_worker_left_running_is_put_back(both, who, do, waiting):
    job_id = running(who, heartbeat=store.now_us())
    jobs.queue().flush()
    assert (work.recover(alone=True), jobs.progress(job_id).state, queued()) == ([job_id], "queued", [job_id])


def test_where_other_workers_may_live_only_a_job_without_heartbeat_is_put_back(both, who, do, waiting):
    alive, dead = running(who, heartbeat=store.now_us(), a=1), running(who, heartbeat=1, a=2)
    work.recover(alone=False)
    assert (jobs.progress(alive).state, jobs.progress(dead).state) == ("running", "queued")


def test_a_job_of_which_workers_die_is_given_up(both, who, do, waiting):
    job_id = running(who, attempts=ATTEMPTS, hold=1)
    work.recover(alone=True)
    view = jobs.progress(job_id)
    assert (view.state, "each time the worker died; nothing was saved" in view.message) == ("failed", True)
    assert do.ended == [{"hold": 1}]


def test_what_was_lost_from_the_queue_is_put_back_once(both, who, do, waiting):
    lost = begin(who, a=1)
    jobs.queue().flush()
    kept = begin(who, a=2)
    assert (work.recover(alone=True), sorted(queued())) == ([lost], [lost, kept])


def test_jobs_are_listed_by_organization(both, who, do, waiting):
    organization = people.home_organization(who)
    first, second = begin(who, a=1), begin(who, a=2)
    jobs.cancel(who, first)
    assert [view.id for view in jobs.active(organization)] == [second]
    assert [view.id for view in jobs.recent(who)] == [second, first]
    assert jobs.active(organization + 1) == []


def test_work_that_this_version_does_not_know_fails_with_a_sentence(both, who, do):
    view = jobs.progress(jobs.enqueue("weaving", {}, who, people.home_organization(who)))
    assert (view.state, "does not know work of the kind weaving" in view.message) == ("failed", True)


def test_a_fresh_worker_knows_every_kind_of_work():
    kinds = ["clone", "git", "files", "derive", "demo"]
    code = f"from data import work; print(*(work.handler_of(kind).do.__module__ for kind in {kinds}))"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.split() == ["data.loading"] * 4 + ["data.demo"]


def person(subject: str) -> int:
    with store.writing() as session:
        row = Person(provider="https://id.example", subject=subject, name=subject, created_at=1)
        session.add(row)
        session.flush()
        return row.id


def test_a_person_sees_the_jobs_of_their_teams_and_their_own(both, who, waiting):
    organization = people.home_organization(who)
    team, other = (teams.create_team(who, organization, name) for name in ("Payments", "Search"))
    service, hidden = teams.create_service(who, team, "shop"), teams.create_service(who, other, "secret")
    theirs = jobs.enqueue("test", {"n": 1}, who, organization, service)
    secret = jobs.enqueue("test", {"n": 2}, who, organization, hidden)
    whole = jobs.enqueue("test", {"n": 3}, who, organization)
    ada = Who(person("ada"), "Ada", team_roles=frozenset({(organization, team, "team_lead")}))
    own = jobs.enqueue("test", {"n": 4}, ada, organization)
    leader = Who(10, "Bo", organization_roles=frozenset({(organization, "leader")}))
    for seen in (jobs.recent, jobs.asked_for):
        assert {job.id for job in seen(ada)} == {theirs, own}
        assert {job.id for job in seen(leader)} == {theirs, secret}
        assert {job.id for job in seen(who)} == {theirs, secret, whole, own}
        assert seen(Who(11, "Eve")) == seen(Who(ada.id, "Ada", is_active=False)) == []


def test_what_a_check_of_a_proof_of_concept_says_is_for_those_who_may_see_it(home, who, waiting):
    """Its sentence says how much of the work of a team passes, which those who only lead do not see."""
    organization = people.home_organization(who)
    team, other = (teams.create_team(who, organization, name) for name in ("Payments", "Search"))
    service, hidden = teams.create_service(who, team, "shop"), teams.create_service(who, other, "index")
    with store.writing() as session:
        check, theirs = (
            jobs.make(session, "proof", {"attempt_id": each}, who, organization, each) for each in (service, hidden)
        )
    leader = Who(10, "Bo", organization_roles=frozenset({(organization, "leader")}))
    own = replace(leader, id=12, team_roles=frozenset({(organization, team, "member")}))
    coach = Who(11, "Di", organization_roles=frozenset({(organization, "coach")}))
    seen = [{job.id for job in jobs.recent(each)} for each in (leader, own, coach)]
    assert seen == [set(), {check}, {check, theirs}]


def test_nobody_waits_for_a_queue_that_is_away(home, who, monkeypatch):
    """The job is in the store, and begins once the queue is back."""
    monkeypatch.setenv("MILEPOST_REDIS_URL", "redis://127.0.0.1:1")
    job_id = begin(who)
    with store.writing() as session:
        session.get(Job, job_id).lane = "github:1"
    assert work.dispatch() == [job_id]
    assert jobs.progress(job_id).state == "queued"


def test_a_worker_that_died_while_the_clock_was_ahead_is_dead(home, who, waiting):
    job_id = running(who, heartbeat=store.now_us() + 4_000 * 86_400_000_000)
    work.recover(alone=False)
    assert jobs.progress(job_id).state == "queued"


@pytest.mark.parametrize("ahead_days", [30, 4_000])
def test_a_clock_that_went_wrong_and_came_back_leaves_no_job_behind(home, who, do, ahead_days):
    job_id = running(who)
    with store.writing() as session:
        job = session.get(Job, job_id)
        job.state, job.due_at = "queued", store.now_us() + ahead_days * 86_400_000_000
    work.dispatch()
    assert jobs.progress(job_id).state == "done"
