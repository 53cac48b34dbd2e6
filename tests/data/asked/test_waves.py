import copy
from datetime import datetime

import pytest
from sqlalchemy import func, select

from content import catalog
from data import access, people, store, teams
from data.asked import answering, waves
from data.tables import AnswerSheet, AuditEvent, Draft, Participation, PersonRole, ProvidedRole
from tests.data.asked.asking import Asking, member, names, soon


@pytest.fixture
def team(both, who) -> int:
    return teams.create_team(who, people.home_organization(who), "Checkout")


@pytest.fixture
def one_team(home, who) -> int:
    """On SQLite, for what does not depend on the store."""
    return teams.create_team(who, people.home_organization(who), "Checkout")


def opened(who, team_id, given=None, kind="survey", **more):
    wanted = {"questionnaire": "pain-and-friction", "blocks": None, "title": "", "closes_at": soon(), **more}
    return waves.open_wave(who, team_id, kind, names=names(5) if given is None else given, **wanted)


# Opening


def test_each_invitation_opens_the_wave_for_one_person(team, who):
    made = opened(who, team, title="Spring")
    admitted = [answering.admit(each.secret) for each in made.invitations]
    assert [one.name for one in admitted] == names(5)
    assert {(one.wave.id, one.wave.title, one.answered) for one in admitted} == {(made.wave_id, "Spring", False)}


def test_a_secret_stands_nowhere_in_the_store(home, who, one_team):
    made = opened(who, one_team)
    store.dispose()
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert kept.count(waves.digest_of(made.invitations[0].secret).encode()) > 0
    assert [each.name for each in made.invitations if each.secret.encode() in kept] == []


def test_a_wave_is_told_with_how_many_were_asked_and_have_answered(both, who):
    asking = Asking(who, number=6)
    asking.hand_in(2, {"waiting": {"value": 1}})
    view = waves.wave(who, asking.wave_id)
    assert (view.people, view.answered, view.state, view.takes_answers) == (6, 1, "open", True)
    assert (view.title, view.kind, view.is_demo) == ("Pain and friction", "survey", False)
    assert waves.waves(who, asking.team_id) == (view,)


def test_the_newest_wave_comes_first(one_team, who):
    first, second = opened(who, one_team), opened(who, one_team)
    assert [one.id for one in waves.waves(who, one_team)] == [second.wave_id, first.wave_id]


def test_only_the_chosen_blocks_are_asked(one_team, who):
    made = opened(who, one_team, questionnaire="capabilities", blocks=["ci-cd", "database-change"])
    assert [block.key for block in waves.asked(made.wave_id).questionnaire.blocks] == ["ci-cd", "database-change"]


def test_a_wave_asks_what_it_asked_when_it_was_opened(one_team, who, monkeypatch):
    made = opened(who, one_team)
    answering.save(made.invitations[0].secret, "a" * 32, {"waiting": {"value": 4}})
    other = copy.deepcopy(catalog.surveys())
    other["pain-and-friction"]["blocks"].pop(1)
    monkeypatch.setattr(catalog, "surveys", lambda: other)
    waves._KNOWN.clear()
    sitting = answering.sit_down(made.invitations[0].secret, "a" * 32)
    assert sitting.questionnaire.item("waiting").text.startswith("How often did your work stand still")
    answering.hand_in(made.invitations[0].secret, "a" * 32)


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        (names(4), "survey", "A survey asks at least 5 people, these are 4: below 5 answers nothing can be shown"),
        (names(1), "consensus", "A consensus asks at least 2 people"),
        (names(501), "survey", "at most 500"),
        ([*names(5), " developer 5 "], "survey", "is there twice"),
        ([*names(5), ""], "survey", "Give the person a name of 1 to 80 characters."),
        ([*names(5), "x" * 81], "survey", "Give the person a name of 1 to 80 characters."),
        ([*names(5), 99], "survey", "not in the team any more"),
        (names(5), "vote", "survey or a consensus"),
    ],
)
def test_who_cannot_be_asked_is_said(one_team, who, given, kind, said):
    with pytest.raises(ValueError, match=said):
        opened(who, one_team, given, kind)
    assert waves.waves(who, one_team) == ()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"questionnaire": "horoscope"}, "There is no such questionnaire"),
        ({"blocks": ["horoscope"]}, "has no block horoscope"),
        ({"blocks": []}, "Choose at least one block"),
        ({"title": "x" * 81}, "1 to 80 characters"),
        ({"closes_at": soon(-1)}, "in the future, within 90 days"),
        ({"closes_at": soon(91)}, "in the future, within 90 days"),
        ({"closes_at": datetime(2030, 1, 1)}, "no time zone"),
    ],
)
def test_what_cannot_be_asked_is_said(one_team, who, wrong, said):
    with pytest.raises(ValueError, match=said):
        opened(who, one_team, **wrong)


def test_two_people_can_talk_it_through(one_team, who):
    assert len(opened(who, one_team, names(2), "consensus").invitations) == 2


def test_a_team_has_a_limit_of_open_waves(one_team, who, monkeypatch):
    monkeypatch.setattr(waves, "MOST_OPEN", 1)
    first = opened(who, one_team)
    with pytest.raises(ValueError, match="close or cancel one first"):
        opened(who, one_team)
    waves.cancel(who, first.wave_id)
    opened(who, one_team)


# Who is who over several waves: the plan of what may be shown depends on it


def people_of(wave_id: int) -> dict[str, str]:
    with store.reading() as session:
        wanted = select(Participation.name, Participation.person).where(Participation.wave_id == wave_id)
        return dict(map(tuple, session.execute(wanted)))


def test_members_are_known_by_their_account_and_others_by_their_name(team, who):
    one = member(team, "Member")
    found = people_of(opened(who, team, [one.id, *names(4)]).wave_id)
    assert found["Member"] == f"person:{one.id}"
    assert found["Developer 1"] == "name:developer 1"


def test_a_typed_name_of_a_member_means_the_member(one_team, who):
    one = member(one_team, "Member")
    assert people_of(opened(who, one_team, ["MEMBER", *names(4)]).wave_id)["MEMBER"] == f"person:{one.id}"


def test_who_gets_an_account_between_two_waves_stays_the_same_person(one_team, who):
    opened(who, one_team)
    one = member(one_team, "Developer 3")
    found = people_of(opened(who, one_team, [one.id, *names(2), "X", "Y"]).wave_id)
    assert found["Developer 3"] == "name:developer 3"


def test_a_typed_name_cannot_pass_for_an_account(one_team, who):
    assert people_of(opened(who, one_team, ["person:1", *names(4)]).wave_id)["person:1"] == "name:person:1"


def test_people_with_a_role_from_a_group_can_be_asked(one_team, who):
    with store.writing() as session:
        organization = people.home_organization(who)
        session.add(ProvidedRole(person_id=who.id, organization_id=organization, role="member", team_id=one_team))
    assert waves.members(who, one_team) == ((who.id, who.name),)


# Who may


def test_members_see_that_there_is_a_wave_and_not_who_has_answered(one_team, who):
    made, one = opened(who, one_team), member(one_team, "Member")
    assert waves.wave(one, made.wave_id).people == 5
    for forbidden in (
        lambda: waves.ledger(one, made.wave_id),
        lambda: waves.members(one, one_team),
        lambda: waves.renew(one, made.invitations[0].participation_id),
        lambda: waves.renew_missing(one, made.wave_id),
        lambda: waves.invite(one, made.wave_id, ["X"]),
        lambda: waves.extend(one, made.wave_id, soon(9)),
        lambda: waves.cancel(one, made.wave_id),
        lambda: opened(one, one_team),
    ):
        with pytest.raises(access.Forbidden):
            forbidden()


def test_a_lead_asks_their_team_and_no_other(one_team, who):
    other = teams.create_team(who, people.home_organization(who), "Other")
    lead = member(one_team, "Lead", "team_lead")
    assert opened(lead, one_team).wave_id
    with pytest.raises(access.Forbidden):
        opened(lead, other)


def test_a_leader_sees_waves_and_changes_none(one_team, who):
    made, leader = opened(who, one_team), member(one_team, "Leader")
    with store.writing() as session:
        session.add(
            PersonRole(person_id=leader.id, organization_id=people.home_organization(who), role="leader")
        )  # fmt: skip
    leader = people.of_this_moment(leader)
    assert waves.wave(leader, made.wave_id).id == made.wave_id
    with pytest.raises(access.Forbidden):
        waves.ledger(leader, made.wave_id)


@pytest.mark.parametrize(
    "do",
    [
        lambda who: waves.wave(who, 99),
        lambda who: waves.ledger(who, 99),
        lambda who: waves.asked(99),
        lambda who: waves.renew(who, "0" * 32),
        lambda who: waves.cancel(who, 99),
    ],
)
def test_what_is_not_there_is_not_found(home, who, do):
    with pytest.raises(access.NotFound):
        do(who)


# Changing


def test_a_renewed_link_is_the_only_one_that_opens(both, who):
    asking = Asking(who)
    secret = waves.renew(who, asking.invitations[1].participation_id)
    assert answering.admit(secret).name == "Developer 2"
    with pytest.raises(answering.NotInvited):
        answering.admit(asking.secret(1))


def test_who_has_answered_needs_no_new_link(home, who):
    asking = Asking(who)
    asking.hand_in(1, {"waiting": {"value": 1}})
    with pytest.raises(ValueError, match="Developer 2 has answered"):
        waves.renew(who, asking.invitations[1].participation_id)
    assert answering.admit(asking.secret(1)).answered


def test_new_links_for_all_who_have_not_answered(both, who):
    asking = Asking(who)
    asking.hand_in(1, {"waiting": {"value": 1}})
    made = waves.renew_missing(who, asking.wave_id)
    assert [each.name for each in made] == ["Developer 1", "Developer 3", "Developer 4", "Developer 5"]
    assert [answering.admit(each.secret).participation_id for each in made] == [each.participation_id for each in made]


def test_more_people_can_be_asked(both, who):
    asking = Asking(who)
    (more,) = waves.invite(who, asking.wave_id, ["Late developer"])
    assert answering.admit(more.secret).name == "Late developer"
    assert waves.wave(who, asking.wave_id).people == 6
    with pytest.raises(ValueError, match="is there twice"):
        waves.invite(who, asking.wave_id, ["late developer"])
    with pytest.raises(ValueError, match="who else"):
        waves.invite(who, asking.wave_id, [])


def test_an_end_moves_only_further_away(home, who):
    asking = Asking(who)
    later = soon(20)
    waves.extend(who, asking.wave_id, later)
    assert waves.wave(who, asking.wave_id).closes_at == later
    with pytest.raises(ValueError, match="closes later already"):
        waves.extend(who, asking.wave_id, soon(10))


def test_a_wave_past_its_end_can_be_extended_while_nothing_has_closed_it(home, who):
    asking = Asking(who)
    asking.end()
    assert not waves.wave(who, asking.wave_id).takes_answers
    waves.extend(who, asking.wave_id, soon(1))
    asking.hand_in(0, {"waiting": {"value": 1}})


def test_a_cancelled_wave_leaves_no_answer_and_no_name(both, who):
    asking = Asking(who)
    asking.hand_in(0, {"waiting": {"value": 1}})
    asking.save(1, {"waiting": {"value": 1}})
    waves.cancel(who, asking.wave_id)
    with store.reading() as session:
        for table in (AnswerSheet, Draft, Participation):
            assert session.execute(select(func.count()).select_from(table)).scalar_one() == 0
    assert waves.wave(who, asking.wave_id).state == "cancelled"
    with pytest.raises(answering.NotInvited):
        answering.admit(asking.secret(2))
    with pytest.raises(ValueError, match="closed already"):
        waves.extend(who, asking.wave_id, soon(9))


def test_what_a_lead_does_leaves_a_trace_without_names_and_secrets(home, who):
    asking = Asking(who)
    waves.renew(who, asking.invitations[0].participation_id)
    waves.extend(who, asking.wave_id, soon(9))
    waves.cancel(who, asking.wave_id)
    with store.reading() as session:
        subject = f"wave:{asking.wave_id}"
        events = session.execute(select(AuditEvent).where(AuditEvent.subject == subject)).scalars().all()
    actions = ["open_survey", "renew_invitation", "extend_survey", "cancel_survey"]
    assert [event.action for event in events] == actions
    assert "Developer" not in str([event.detail for event in events])
