import pytest

from data import access, people, store
from data.access import Action, Subject
from data.people import Who
from data.tables import Membership, Organization, Person, Repository, Service, Source, Team

OURS, OTHER, DEMO = 1, 2, 3
TEAM = Subject(OURS, team_id=10)


def person(*, organization=(), team=(), active=True) -> Who:
    return Who(1, "P", active, frozenset(organization), frozenset(team))


ROLES = {
    "nobody": person(),
    "member": person(team=[(OURS, 10, "member")]),
    "member of another team": person(team=[(OURS, 11, "member")]),
    "team lead": person(team=[(OURS, 10, "team_lead")]),
    "lead of another team": person(team=[(OURS, 11, "team_lead")]),
    "leader": person(organization=[(OURS, "leader")]),
    "coach": person(organization=[(OURS, "coach")]),
    "admin": person(organization=[(OURS, "admin")]),
    "admin elsewhere": person(organization=[(OTHER, "admin")]),
    "lead elsewhere": person(team=[(OTHER, 10, "team_lead")]),  # the number of the team alone grants nothing
    "role unheard of": person(organization=[(OURS, "owner")], team=[(OURS, 10, "owner")]),
    "deactivated admin": person(organization=[(OURS, "admin")], team=[(OURS, 10, "team_lead")], active=False),
}

# One column an action, one line a role: y = may, on a team's facts.
TEAM_TABLE = """
                         view view_rows correct edit_service edit_team add_source remove_source manage_teams administer
nobody                   .    .         .       .            .         .          .             .            .
member                   y    y         y       .            .         .          .             .            .
member of another team   .    .         .       .            .         .          .             .            .
team lead                y    y         y       y            y         y          y             .            .
lead of another team     .    .         .       .            .         .          .             .            .
leader                   y    y         .       .            .         .          .             .            .
coach                    y    y         .       .            .         .          .             .            .
admin                    y    y         y       y            y         y          y             y            y
admin elsewhere          .    .         .       .            .         .          .             .            .
lead elsewhere           .    .         .       .            .         .          .             .            .
role unheard of          .    .         .       .            .         .          .             .            .
deactivated admin        .    .         .       .            .         .          .             .            .
"""

# The organization itself, without a team.
ORGANIZATION_TABLE = """
                         view view_rows correct edit_service edit_team add_source remove_source manage_teams administer
nobody                   .    .         .       .            .         .          .             .            .
member                   y    .         .       .            .         .          .             .            .
member of another team   y    .         .       .            .         .          .             .            .
team lead                y    .         .       .            .         .          .             .            .
lead of another team     y    .         .       .            .         .          .             .            .
leader                   y    y         .       .            .         .          .             .            .
coach                    y    y         .       .            .         .          .             .            .
admin                    y    y         y       y            y         y          y             y            y
admin elsewhere          .    .         .       .            .         .          .             .            .
lead elsewhere           .    .         .       .            .         .          .             .            .
role unheard of          y    .         .       .            .         .          .             .            .
deactivated admin        .    .         .       .            .         .          .             .            .
"""

# A team of the demo organization.
DEMO_TABLE = """
                         view view_rows correct edit_service edit_team add_source remove_source manage_teams administer
nobody                   y    y         y       .            .         .          .             .            .
member                   y    y         y       .            .         .          .             .            .
member of another team   y    y         y       .            .         .          .             .            .
team lead                y    y         y       .            .         .          .             .            .
lead of another team     y    y         y       .            .         .          .             .            .
leader                   y    y         y       .            .         .          .             .            .
coach                    y    y         y       .            .         .          .             .            .
admin                    y    y         y       .            .         .          .             .            y
admin elsewhere          y    y         y       .            .         .          .             .            y
lead elsewhere           y    y         y       .            .         .          .             .            .
role unheard of          y    y         y       .            .         .          .             .            .
deactivated admin        .    .         .       .            .         .          .             .            .
"""


# The same three times for what a team is asked and says.
TEAM_ASKED = """
                         ask view_answers say plan
nobody                   .   .            .   .
member                   .   y            y   .
member of another team   .   .            .   .
team lead                y   y            y   y
lead of another team     .   .            .   .
leader                   .   .            .   .
coach                    .   .            .   .
admin                    y   y            y   y
admin elsewhere          .   .            .   .
lead elsewhere           .   .            .   .
role unheard of          .   .            .   .
deactivated admin        .   .            .   .
"""

ORGANIZATION_ASKED = """
                         ask view_answers say plan
nobody                   .   .            .   .
member                   .   .            .   .
member of another team   .   .            .   .
team lead                .   .            .   .
lead of another team     .   .            .   .
leader                   .   .            .   .
coach                    .   .            .   .
admin                    y   y            y   y
admin elsewhere          .   .            .   .
lead elsewhere           .   .            .   .
role unheard of          .   .            .   .
deactivated admin        .   .            .   .
"""

DEMO_ASKED = """
                         ask view_answers say plan
nobody                   .   y            .   .
member                   .   y            .   .
member of another team   .   y            .   .
team lead                .   y            .   .
lead of another team     .   y            .   .
leader                   .   y            .   .
coach                    .   y            .   .
admin                    .   y            .   .
admin elsewhere          .   y            .   .
lead elsewhere           .   y            .   .
role unheard of          .   y            .   .
deactivated admin        .   .            .   .
"""


# And for proofs of concept.
TEAM_TRIED = """
                         view_proofs learn review
nobody                   .           .     .
member                   y           y     .
member of another team   .           .     .
team lead                y           y     y
lead of another team     .           .     .
leader                   .           .     .
coach                    y           .     y
admin                    y           y     y
admin elsewhere          .           .     .
lead elsewhere           .           .     .
role unheard of          .           .     .
deactivated admin        .           .     .
"""

ORGANIZATION_TRIED = """
                         view_proofs learn review
nobody                   .           .     .
member                   .           .     .
member of another team   .           .     .
team lead                .           .     .
lead of another team     .           .     .
leader                   .           .     .
coach                    y           .     y
admin                    y           y     y
admin elsewhere          .           .     .
lead elsewhere           .           .     .
role unheard of          .           .     .
deactivated admin        .           .     .
"""

DEMO_TRIED = """
                         view_proofs learn review
nobody                   y           .     .
member                   y           .     .
member of another team   y           .     .
team lead                y           .     .
lead of another team     y           .     .
leader                   y           .     .
coach                    y           .     .
admin                    y           .     .
admin elsewhere          y           .     .
lead elsewhere           y           .     .
role unheard of          y           .     .
deactivated admin        .           .     .
"""


# And for leading, the same of a team as of the whole organization.
LED = """
                         lead value
nobody                   .    .
member                   .    .
member of another team   .    .
team lead                .    .
lead of another team     .    .
leader                   y    y
coach                    y    y
admin                    y    y
admin elsewhere          .    .
lead elsewhere           .    .
role unheard of          .    .
deactivated admin        .    .
"""

DEMO_LED = """
                         lead value
nobody                   y    .
member                   y    .
member of another team   y    .
team lead                y    .
lead of another team     y    .
leader                   y    .
coach                    y    .
admin                    y    y
admin elsewhere          y    y
lead elsewhere           y    .
role unheard of          y    .
deactivated admin        .    .
"""


def cases():
    subjects = {"team": TEAM, "organization": Subject(OURS), "demo": Subject(DEMO, 30, is_demo=True)}
    tables = [
        ("team", TEAM_TABLE), ("organization", ORGANIZATION_TABLE), ("demo", DEMO_TABLE),
        ("team", TEAM_ASKED), ("organization", ORGANIZATION_ASKED), ("demo", DEMO_ASKED),
        ("team", TEAM_TRIED), ("organization", ORGANIZATION_TRIED), ("demo", DEMO_TRIED),
        ("team", LED), ("organization", LED), ("demo", DEMO_LED),
    ]  # fmt: skip
    for name, table in tables:
        header, *lines = table.strip("\n").splitlines()
        for line in lines:
            role, answers = line[:25].strip(), line[25:].split()
            for action, answer in zip(header.split(), answers, strict=True):
                yield pytest.param(role, action, subjects[name], answer == "y", id=f"{name}-{role}-{action}")


@pytest.mark.parametrize("role, action, subject, allowed", list(cases()))
def test_who_may_do_what(role, action, subject, allowed):
    assert access.may(ROLES[role], Action(action), subject) is allowed


def test_the_tables_hold_every_role_and_action():
    told = {(case.values[0], case.values[1]) for case in cases()}
    assert told == {(role, action.value) for role in ROLES for action in Action}


def test_check_raises_one_sentence_that_tells_nothing_of_the_subject():
    with pytest.raises(access.Forbidden) as refused:
        access.check(ROLES["nobody"], Action.EDIT_TEAM, TEAM)
    assert str(refused.value) == "You may not do this (edit team). Ask an administrator for the right."
    access.check(ROLES["admin"], Action.EDIT_TEAM, TEAM)


@pytest.fixture
def world(both):
    """Two teams on one repository of one organization; another organization; the demo."""
    with store.writing() as session:
        for number, name, demo in ((OURS, "Ours", False), (OTHER, "Other", False), (DEMO, "Demo", True)):
            session.add(Organization(id=number, name=name, is_demo=demo, created_at=1))
        session.flush()
        for number, owner in ((10, OURS), (11, OURS), (20, OTHER), (30, DEMO)):
            session.add(Team(id=number, organization_id=owner, name=str(number), created_at=1))
            repository = Repository(id=number, organization_id=owner, key=str(number), name="r", created_at=1)
            session.add(repository)
        session.flush()
        for number, team, repository in ((1, 10, 10), (2, 11, 10), (3, 20, 20), (4, 30, 30)):
            session.add(Service(id=number, team_id=team, name=str(number), repository_id=repository, created_at=1))
        session.flush()
        for number, repository, service in ((1, 10, None), (2, 10, 2), (3, 11, None)):
            row = Source(organization_id=OURS, kind="git", name="s", repository_id=repository, created_at=1)
            row.id, row.service_id = number, service
            session.add(row)


def test_subjects_are_found_by_what_belongs_to_them(world):
    assert access.of_organization(OURS) == Subject(OURS)
    assert access.of_organization(DEMO) == Subject(DEMO, None, True)
    assert access.of_team(11) == Subject(OURS, 11)
    assert access.of_service(3) == Subject(OTHER, 20)
    assert access.of_service(4) == Subject(DEMO, 30, True)


def test_a_source_belongs_to_every_team_that_it_feeds(world):
    assert set(access.of_source(1)) == {Subject(OURS, 10), Subject(OURS, 11)}  # the whole repository
    assert access.of_source(2) == (Subject(OURS, 11),)  # one service
    assert access.of_source(3) == (Subject(OURS),)  # nobody uses it


@pytest.mark.parametrize(
    "find", [access.of_organization, access.of_team, access.of_service, access.of_source], ids=lambda f: f.__name__
)
def test_what_is_not_there_is_said_so(world, find):
    with pytest.raises(access.NotFound, match="99"):
        find(99)


def test_a_member_in_the_store_sees_the_own_team_only(world):
    with store.writing() as session:
        session.add(Person(id=5, provider="test", subject="m", name="M", created_at=1))
        session.flush()
        session.add(Membership(person_id=5, team_id=10, role="member"))
    member = people.current("test", "m")
    seen = [number for number in (1, 2, 3, 4) if access.may(member, Action.VIEW, access.of_service(number))]
    assert seen == [1, 4]
