"""For how long things are kept: rules, what they would take away, and that they take exactly that."""

import shutil

import pytest
from sqlalchemy import select

from data import access, audit, jobs, people, store
from data.asked import closing
from data.keeping import backup, retention, shelf
from data.tables import (
    AnswerSheet,
    Assessment,
    AuditEvent,
    Evaluation,
    Job,
    Organization,
    Person,
    Retention,
    Source,
    Team,
)
from tests.data.arrange import Place
from tests.data.surveyed import all_at, asked, person, wave

DAY = retention.DAY


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setenv("MILEPOST_JOBS", "immediate")


def all_of(table) -> list:
    with store.reading() as session:
        return list(session.execute(select(table).order_by(*table.__table__.primary_key.columns)).scalars())


def add(*rows) -> None:
    with store.writing() as session:
        session.add_all(rows)


def carried_out(organization_id: int) -> str:
    """The closing sentence of the job."""
    assert retention.schedule()[-1:] == [jobs.progress(retention_job()).id]
    return jobs.progress(retention_job()).message


def retention_job() -> int:
    return max(job.id for job in all_of(Job) if job.kind == "retention")


@pytest.fixture
def organization(both, who) -> int:
    return people.home_organization(who)


def test_without_a_rule_nothing_goes_and_nothing_is_begun(organization, who):
    add(AuditEvent(at=1, action="x", subject="y", organization_id=organization))
    assert {rule.days for rule in retention.rules(who, organization)} == {None}
    assert retention.schedule() == []


def test_old_lines_of_the_log_go_and_the_log_says_so(organization, who):
    now = store.now_us()
    add(*(AuditEvent(at=now - days * DAY, action="x", subject=f"y:{days}", organization_id=organization)
          for days in (99, 101, 400)))  # fmt: skip
    add(AuditEvent(at=1, action="x", subject="of none"))
    found = retention.tried(who, organization, "audit", 100)
    assert (found.number, store.to_us(found.oldest)) == (2, now - 400 * DAY)
    assert len(all_of(AuditEvent)) == 4, "trying takes nothing away"
    retention.keep(who, organization, "audit", 100)
    assert carried_out(organization) == "Deleted what is older than the rules say: audit log 2."
    assert {event.subject for event in all_of(AuditEvent) if event.action == "x"} == {"y:99", "of none"}
    gone = next(event for event in all_of(AuditEvent) if event.action == "delete_by_retention")
    assert gone.detail == {"kind": "audit", "days": 100, "rows": 2}
    (rule,) = (each for each in retention.rules(who, organization) if each.kind == "audit")
    assert (rule.days, rule.done_rows, rule.done_at is not None) == (100, 2, True)
    assert retention.schedule() == [], "once a day"
    assert retention.schedule(store.now_us() + 2 * DAY)


def test_many_lines_go_a_part_at_a_time(organization, who, monkeypatch):
    monkeypatch.setattr(retention, "_AT_ONCE", 3)
    add(*(AuditEvent(at=number, action="x", subject="y", organization_id=organization) for number in range(8)))
    retention.keep(who, organization, "audit", 90)
    assert carried_out(organization).endswith("audit log 8.")


def test_past_jobs_go_but_for_those_that_pages_tell_of(organization, who):
    place = Place(who)
    source = place.source()
    old = {"organization_id": organization, "created_at": 1, "finished_at": 2}
    add(*(Job(kind="git", state=state, **old) for state in ("done", "failed")), Job(kind="git", state="queued", **old))
    add(newest := Job(kind="github", state="done", **old))
    with store.writing() as session:
        session.get(Source, source).job_id = newest.id
    retention.keep(who, organization, "jobs", 7)
    assert carried_out(organization).endswith("past jobs 2.")
    assert {(job.kind, job.state) for job in all_of(Job)} == {
        ("git", "queued"), ("github", "done"), ("retention", "done"),
    }  # fmt: skip
    assert all_of(Evaluation) == []


def test_answer_sheets_of_closed_surveys_go_and_the_result_stays(organization, who):
    place = Place(who)
    plain = asked("well-being")
    team = [f"Developer {number}" for number in range(6)]
    old, new, still_open = (wave(place.team_id, [all_at(plain, 1)] * 6, team, plain) for _ in range(3))
    long_ago = store.now_us() - 50 * DAY
    with store.writing() as session:
        session.get(retention.Wave, old).closes_at = long_ago
    assert closing.finish(old, long_ago) and closing.finish(new)
    retention.keep(who, organization, "sheets", 30)
    assert retention.tried(who, organization, "sheets", 30).number == 6
    assert carried_out(organization).endswith("answer sheets of closed surveys 6.")
    assert {sheet.wave_id for sheet in all_of(AnswerSheet)} == {new, still_open}
    assert {one.wave_id for one in all_of(Assessment)} == {old, new}


def test_people_who_are_switched_off_go_when_they_have_not_been_here_for_long(organization, who):
    def somebody(name: str, days: int, active: bool = False) -> Person:
        at = store.now_us() - days * DAY
        return Person(provider="p", subject=name, name=name, is_active=active, created_at=1, signed_in_at=at)

    add(somebody("long gone", 99), somebody("just gone", 10), somebody("still here", 999, active=True))
    retention.keep(who, organization, "people", 30)
    assert retention.tried(who, organization, "people", 30).number == 1
    assert carried_out(organization).endswith("people who are switched off 1.")
    assert {one.name for one in all_of(Person)} == {"Local administrator", "just gone", "still here"}


def test_old_backups_go_but_never_the_newest(home, who):
    place = Place(who)
    made = backup.write(shelf.new_file())
    for day in ("01", "02"):
        shutil.copy(made.path, shelf.folder() / f"milepost-202001{day}-120000-000000.zip")
    (shelf.folder() / "mine.zip").write_text("not ours")
    retention.keep(who, place.organization_id, "backups", 1)
    assert retention.tried(who, place.organization_id, "backups", 1).number == 2
    assert carried_out(place.organization_id).endswith("backups 2.")
    made.path.unlink()
    shutil.copy(shelf.folder() / "mine.zip", shelf.folder() / "milepost-20200101-120000-000000.zip")
    assert retention.tried(who, place.organization_id, "backups", 1).number == 0
    assert (shelf.folder() / "mine.zip").exists()


@pytest.mark.parametrize(("kind", "days"), [("audit", 89), ("audit", 3_651), ("audit", True), ("jobs", 0), ("x", 100)])
def test_a_rule_that_is_none_is_refused(home, who, kind, days):
    with pytest.raises(ValueError, match=r"give \d+ to|no rule for that"):
        retention.keep(who, people.home_organization(who), kind, days)
    assert all_of(Retention) == []


def test_a_rule_can_be_changed_and_taken_back_and_the_log_says_so(home, who):
    organization = people.home_organization(who)
    for days in (100, 200, 200, None, None):
        retention.keep(who, organization, "audit", days)
    said = [event.detail for event in all_of(AuditEvent) if event.action == "change_retention"]
    assert [(each["days_before"], each["days_after"]) for each in said] == [(None, 100), (100, 200), (200, None)]
    assert all_of(Retention) == []


def test_only_who_administers_decides_and_backups_only_who_administers_all(home, who):
    organization = people.home_organization(who)
    with pytest.raises(access.Forbidden):
        retention.keep(person("leader", organization), organization, "audit", 100)
    add(other := Organization(name="Other", created_at=1))
    assert "backups" in {rule.kind for rule in retention.rules(who, organization)}, "nobody is in it"
    add(Team(organization_id=other.id, name="T", created_at=1))
    assert "backups" not in {rule.kind for rule in retention.rules(who, organization)}
    with pytest.raises(access.Forbidden, match="every organisation"):
        retention.keep(who, organization, "backups", 30)


def test_a_rule_of_one_organization_takes_nothing_of_another(home, who):
    organization = people.home_organization(who)
    add(other := Organization(name="Other", created_at=1))
    add(*(AuditEvent(at=1, action="x", subject="y", organization_id=each) for each in (organization, other.id)))
    retention.keep(who, organization, "audit", 90)
    carried_out(organization)
    assert [event.organization_id for event in all_of(AuditEvent) if event.action == "x"] == [other.id]
    assert audit.AGAIN
