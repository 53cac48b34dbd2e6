"""Reading the audit log."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from data import access, audit, people, roles, store, teams, tokens
from data.asked import closing, results
from data.keeping import trail
from data.keeping.trail import Filter
from data.tables import AuditEvent, Organization, Team
from tests.data.surveyed import all_at, asked, person, wave


def at(day: int, hour: int = 12) -> int:
    return store.to_us(datetime(2026, 3, day, hour, tzinfo=UTC))


@pytest.fixture
def organization(both, who) -> int:
    return people.home_organization(who)


def event(organization_id, day: int, action="rename_team", subject="team:99", **more) -> None:
    with store.writing() as session:
        session.add(AuditEvent(at=at(day), action=action, subject=subject, organization_id=organization_id, **more))


def listed(who, organization, **wanted) -> list[str]:
    return [line.did for line in trail.page(who, organization, Filter(**wanted)).lines]


def test_a_line_says_in_words_who_did_what_to_what(organization, who):
    team = teams.create_team(who, organization, "Payments")
    teams.rename_team(who, team, "Billing")
    renamed, created = trail.page(who, organization, Filter()).lines
    assert (renamed.who, renamed.did, renamed.about) == ("Local administrator", "Renamed team", "team Billing")
    assert dict(renamed.detail) == {"from": "Payments", "to": "Billing"} or "Payments" in str(renamed.detail)
    assert created.did == "Created team"
    teams.delete_team(who, team)
    assert trail.page(who, organization, Filter()).lines[1].about == f"team {team}, which is gone"


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("give_role", "Gave role"), ("sign_in", "Signed in"), ("sign_out_everywhere", "Signed out everywhere"),
        ("begin_proof", "Began proof"), ("merge_teams", "Merged teams"), ("view_people", "Viewed people"),
        ("download_backup", "Downloaded backup"), ("undo_mark", "Undid mark"),
        ("read_report", "Read report"), ("stop_report", "Stopped report"),
        ("forget_worth", "Forgot worth"), ("send_report_now", "Sent report now"),
        ("tie_map", "Tied map"),
    ],
)  # fmt: skip
def test_an_action_is_said_in_words(action, words):
    assert trail.did(action) == words


def test_lines_can_be_narrowed_by_kind_person_and_day(organization, who):
    event(organization, 1, person_id=who.id)
    event(organization, 2, "view_people", person_id=who.id)
    event(organization, 3, "sign_in")
    event(organization, 4, "delete_by_retention")
    assert listed(who, organization) == ["Deleted by retention", "Signed in", "Viewed people", "Renamed team"]
    assert listed(who, organization, kind=trail.SEEN) == ["Viewed people"]
    assert listed(who, organization, kind=trail.ACCESS) == ["Signed in"]
    assert listed(who, organization, kind=trail.CHANGED) == ["Deleted by retention", "Renamed team"]
    assert listed(who, organization, person=who.id) == ["Viewed people", "Renamed team"]
    assert listed(who, organization, person=trail.MILEPOST) == ["Deleted by retention", "Signed in"]
    assert listed(who, organization, since=date(2026, 3, 2), until=date(2026, 3, 3)) == ["Signed in", "Viewed people"]
    assert listed(who, organization, about="team:99") == listed(who, organization)
    with pytest.raises(ValueError, match="no such filter"):
        trail.page(who, organization, Filter(kind="x"))


def test_pages_come_one_after_the_other_and_are_counted_up_to_a_limit(organization, who, monkeypatch):
    for day in range(1, 8):
        event(organization, day, f"add_{day}")
    found = [trail.page(who, organization, Filter(), number, 3) for number in (1, 2, 3)]
    assert [[line.did for line in each.lines] for each in found] == [
        ["Added 7", "Added 6", "Added 5"], ["Added 4", "Added 3", "Added 2"], ["Added 1"],
    ]  # fmt: skip
    assert (found[0].total, found[0].more) == (7, False)
    monkeypatch.setattr(trail, "MOST", 5)
    found = trail.page(who, organization, Filter(), 1, 3)
    assert (found.total, found.more) == (5, True)


def test_a_file_holds_every_line_no_formula_and_leaves_a_trace(organization, who):
    event(organization, 1, subject="=HYPERLINK(1)", detail={"a": "é"})
    header, row = csv.reader(io.StringIO(trail.as_csv(who, organization, Filter(kind=trail.CHANGED))))
    assert header[:5] == ["at", "person", "person_id", "action", "subject"]
    assert (row[0], row[1], row[4], row[6]) == (
        "2026-03-01T12:00:00+00:00", "Milepost itself", "'=HYPERLINK(1)", '{"a": "é"}',
    )  # fmt: skip
    (line,) = trail.page(who, organization, Filter(kind=trail.SEEN)).lines
    assert (line.did, dict(line.detail)) == ("Downloaded audit", {"lines": "1", "kind": "changed"})


def test_details_are_told_in_words(organization, who):
    ends = datetime.now(UTC) + timedelta(days=30)
    secret = tokens.create(who, organization, "Pipeline", ["read"], None, ends)
    (line,) = trail.page(who, organization, Filter(kind=trail.ACCESS)).lines
    assert dict(line.detail) == {
        "name": "Pipeline", "begins": secret[:11], "scopes": "read", "expires": f"{ends:%Y-%m-%d %H:%M} UTC",
    }  # fmt: skip
    event(organization, 1, "sign_in", detail={"roles_before": [], "roles_after": ["admin", "leader"]})
    (line,) = trail.page(who, organization, Filter(kind=trail.ACCESS, until=date(2026, 3, 1))).lines
    assert dict(line.detail) == {"roles before": "none", "roles after": "admin, leader"}


def test_only_administrators_read_it_and_only_that_of_their_organization(organization, who):
    for role in ("leader", "coach"):
        with pytest.raises(access.Forbidden):
            trail.page(person(role, organization), organization, Filter())
    event(None, 1, "sign_out")
    assert listed(who, organization) == ["Signed out"]
    with store.writing() as session:
        other = Organization(name="Other", created_at=1)
        session.add(other)
        session.flush()
        other_id = other.id
        session.add(Team(organization_id=other_id, name="T", created_at=1))
    event(other_id, 2, "rename_team")
    assert listed(who, organization) == [], "what is of no organization is for who administers all"
    with pytest.raises(access.Forbidden):
        trail.page(who, other_id, Filter())


def test_who_can_be_chosen_stands_in_a_line_that_one_may_see(organization, who):
    coach = person("coach", organization)
    event(organization, 1, person_id=coach.id)
    names = trail.people_of(who, organization)
    assert names == {None: "Everybody", coach.id: "A coach", 0: "Milepost itself", -1: "Deleted people"}


# What leaves a trace when it is seen


def test_looking_at_people_leaves_one(organization, who):
    for _ in range(2):
        roles.listed(who, organization)
    assert listed(who, organization, kind=trail.SEEN) == ["Viewed people"]


def test_a_result_leaves_a_trace_when_somebody_else_than_its_team_sees_it(organization, who):
    team_id = teams.create_team(who, organization, "Payments")
    plain = asked("well-being")
    wave_id = wave(team_id, [all_at(plain, 1)] * 6, [f"Developer {number}" for number in range(6)], plain)
    closing.finish(wave_id)
    before = len(events())
    found = results.result(person("member", organization, team_id), wave_id)
    results.taken(person("team_lead", organization, team_id), found)
    results.result(person("leader", organization), wave_id)  # not released: sees nothing
    assert len(events()) == before
    results.release(who, wave_id)
    leader = person("leader", organization)
    results.taken(leader, results.result(leader, wave_id))
    assert [(each.person_id, each.action, each.subject) for each in events()[-2:]] == [
        (leader.id, "view_answers", f"wave:{wave_id}"), (leader.id, "download_answers", f"wave:{wave_id}"),
    ]  # fmt: skip
    assert audit.LOOKED


def events() -> list[AuditEvent]:
    with store.reading() as session:
        return list(session.execute(select(AuditEvent).order_by(AuditEvent.id)).scalars())
