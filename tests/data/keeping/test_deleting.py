"""Deleting a person: what goes, what stays without a name, and what the ledger of a survey still protects."""

import pytest
from sqlalchemy import select, update

from data import access, audit, people, roles, store
from data.asked import answering, waves
from data.keeping import deleting, trail
from data.tables import (
    AnswerSheet,
    AuditEvent,
    Correction,
    LearningEvent,
    Membership,
    Organization,
    Participation,
    Person,
    PersonRole,
    QuizAnswer,
    SignIn,
)
from tests.data.arrange import Place
from tests.data.asked.asking import Asking, soon
from tests.data.surveyed import person
from tests.data.test_sessions import begun


def add(*rows) -> None:
    with store.writing() as session:
        session.add_all(rows)


def all_of(table) -> list:
    with store.reading() as session:
        return list(session.execute(select(table)).scalars())


@pytest.fixture
def place(both, who) -> Place:
    return Place(who)


@pytest.fixture
def leaver(place) -> people.Who:
    """Somebody of the team who has done a few things."""
    one = person("member", place.organization_id, place.team_id)
    add(
        Correction(service_id=place.service_id, kind="deployment.failed", subject="d1", reason="x", person_id=one.id,
                   created_at=1),
        QuizAnswer(person_id=one.id, module_id="m", item="i", version="1", chosen=[0], is_right=True, sitting=1, at=1),
        LearningEvent(at=1, person_id=one.id, kind="module_done", subject="m"),
        SignIn(digest="x" * 64, person_id=one.id, created_at=1, ends_at=2**60),
        PersonRole(person_id=one.id, organization_id=place.organization_id, role="coach"),
    )  # fmt: skip
    with store.writing() as session:
        audit.record(session, one, "add_correction", f"service:{place.service_id}", None, place.organization_id)
    return one


def test_what_was_theirs_alone_goes_and_what_they_did_for_a_team_stays_without_a_name(place, leaver, who):
    seen = deleting.preview(who, place.organization_id, leaver.id)
    assert (seen.name, seen.asked) == ("A member", 0)
    assert seen.goes == {
        "notes on their own learning": 1, "open sessions": 1, "quiz answers": 1, "roles in teams": 1,
        "roles in the organisation": 1,
    }  # fmt: skip
    assert seen.stays == {"corrections": 1, "lines of the audit log": 1}
    deleting.delete_person(who, place.organization_id, leaver.id)
    assert [one.name for one in all_of(Person)] == ["Local administrator"]
    for table in (QuizAnswer, LearningEvent, SignIn, Membership):
        assert all_of(table) == []
    (correction,) = all_of(Correction)
    assert (correction.reason, correction.person_id) == ("x", None)
    with pytest.raises(access.NotFound):
        deleting.preview(who, place.organization_id, leaver.id)


def test_the_log_says_that_somebody_did_it_who_was_deleted_and_by_whom(place, leaver, who):
    deleting.delete_person(who, place.organization_id, leaver.id)
    lines = trail.page(who, place.organization_id, trail.Filter()).lines
    assert [(line.who, line.did) for line in lines[:2]] == [
        ("Local administrator", "Deleted person"),
        ("A deleted person", "Added correction"),
    ]
    assert "A member" not in str(lines)
    gone = trail.page(who, place.organization_id, trail.Filter(person=trail.DELETED)).lines
    assert [line.did for line in gone] == ["Added correction"]


def test_who_comes_back_is_somebody_new(home):
    admin = begun("1", groups=["ops"])
    bob, organization = begun("2"), next(iter(admin.organizations))
    deleting.delete_person(admin, organization, bob.id)
    with pytest.raises(people.Unknown):
        people.of_sign_in(bob.sign_in)
    assert begun("2").organizations == frozenset()


def test_nobody_deletes_themselves_the_local_administrator_or_the_last_one(home):
    admin = begun("1", groups=["ops"])
    organization = next(iter(admin.organizations))
    with pytest.raises(ValueError, match="is the last administrator"):
        deleting.delete_person(admin, organization, admin.id)
    other = begun("2", groups=["ops"])
    with pytest.raises(ValueError, match="Nobody deletes themselves"):
        deleting.delete_person(admin, organization, admin.id)
    with store.writing() as session:
        session.add(PersonRole(person_id=people.local_person().id, organization_id=organization, role="admin"))
    with pytest.raises(access.Forbidden, match="another organisation too"):
        deleting.delete_person(other, organization, people.local_person().id)
    deleting.delete_person(other, organization, admin.id)
    with pytest.raises(ValueError, match="is the last administrator"):
        deleting.delete_person(people.local_person(), organization, other.id)


def test_the_local_administrator_stays(place, who):
    admin = person("admin", place.organization_id)
    with pytest.raises(ValueError, match="The local administrator stays"):
        deleting.delete_person(admin, place.organization_id, who.id)


def test_only_who_administers_deletes_and_not_those_of_other_organizations(place, leaver, who):
    for role in ("leader", "coach"):
        with pytest.raises(access.Forbidden):
            deleting.delete_person(person(role, place.organization_id), place.organization_id, leaver.id)
    add(organization := Organization(name="Other", created_at=1))
    add(PersonRole(person_id=leaver.id, organization_id=organization.id, role="leader"))
    with pytest.raises(access.Forbidden, match="another organisation too"):
        deleting.delete_person(who, place.organization_id, leaver.id)


# Surveys


def asked_of(who, one: people.Who, team_id: int) -> waves.Opened:
    others = [f"Developer {number}" for number in range(1, 6)]
    return waves.open_wave(who, team_id, "survey", "well-being", None, "", [one.id, *others], soon())


def answer(invitation) -> None:
    item = next(iter(answering.sit_down(invitation.secret, "0" * 32).questionnaire.items)).key
    answering.hand_in(invitation.secret, "0" * 32, {item: {"value": 1}})


def test_who_has_not_answered_is_not_asked_any_more(place, leaver, who):
    opened = asked_of(who, leaver, place.team_id)
    deleting.delete_person(who, place.organization_id, leaver.id)
    assert len(all_of(Participation)) == 5
    mine = next(each for each in opened.invitations if each.name == "A member")
    with pytest.raises(answering.NotInvited):
        answering.sit_down(mine.secret, "0" * 32)


def test_an_answer_that_was_given_counts_on_and_has_no_name(place, leaver, who):
    first, second = (asked_of(who, leaver, place.team_id) for _ in range(2))
    for opened in (first, second):
        answer(next(each for each in opened.invitations if each.name == "A member"))
    assert deleting.preview(who, place.organization_id, leaver.id).asked == 2
    deleting.delete_person(who, place.organization_id, leaver.id)
    lines = [each for each in all_of(Participation) if each.answered]
    assert len(lines) == len(all_of(AnswerSheet)) == 2
    assert {each.name for each in lines} == {deleting.NAMELESS}
    # The same key in both: what may be shown of the second is worked out from who took part in the first.
    assert len({each.person for each in lines}) == 1 and lines[0].person.startswith("gone:")
    assert not any("member" in each.name or f"person:{leaver.id}" == each.person for each in all_of(Participation))


def test_a_name_that_was_asked_before_there_was_an_account_is_theirs_in_their_team_only(place, leaver, who):
    mine, others = Asking(who), Asking(who)
    for asking in (mine, others):
        with store.writing() as session:
            row = (
                session.execute(select(Participation).where(Participation.wave_id == asking.wave_id)).scalars().first()
            )
            session.execute(
                update(Participation)
                .where(Participation.id == row.id)
                .values(person="name:a member", name="A member", answered=True)
            )
    roles.give(who, place.organization_id, leaver.id, "member", mine.team_id)
    deleting.delete_person(who, place.organization_id, leaver.id)
    named = {each.wave_id for each in all_of(Participation) if each.name == "A member"}
    assert named == {others.wave_id}


def test_the_log_of_who_was_there_names_no_session_of_them(home):
    admin = begun("1", groups=["ops"])
    bob, organization = begun("2"), next(iter(admin.organizations))
    deleting.delete_person(admin, organization, bob.id)
    assert all(event.person_id != bob.id for event in all_of(AuditEvent))
