import pytest
from sqlalchemy import func, select

from assessments.delivery.settings import ProductionRule, Settings
from data import access, corrections, derive, people, store, teams
from data.tables import (
    AuditEvent,
    Base,
    CellBlock,
    Change,
    Deployment,
    Incident,
    Membership,
    Organization,
    Person,
    PersonRole,
    Repository,
    Service,
    Source,
    Team,
    TrunkCommit,
)
from tests.data.arrange import IMPORTS, Place, change, deployment, hour, incident, sha

TAGS = Settings(rule=ProductionRule(kind="tag", include="v*"))


@pytest.fixture
def organization(both, who) -> int:
    return people.home_organization(who)


def row(table, number):
    with store.reading() as session:
        return session.get(table, number)


def count(table) -> int:
    with store.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def trace() -> list[tuple[str, str]]:
    with store.reading() as session:
        return [tuple(each) for each in session.execute(select(AuditEvent.action, AuditEvent.subject).order_by("id"))]


def names(team_id: int) -> list[str]:
    with store.reading() as session:
        return list(
            session.execute(select(Service.name).where(Service.team_id == team_id).order_by(Service.name)).scalars()
        )


def member(role: str, team_id: int, name: str = "m") -> people.Who:
    with store.writing() as session:
        person = Person(provider="test", subject=name, name=name, created_at=1)
        session.add(person)
        session.flush()
        session.add(Membership(person_id=person.id, team_id=team_id, role=role))
    return people.who(person.id)


# Names


def test_a_team_is_made_with_a_trimmed_name_and_a_trace(organization, who):
    team = teams.create_team(who, organization, "  Checkout ")
    assert row(Team, team).name == "Checkout"
    assert trace() == [("create_team", f"team:{team}")]


@pytest.mark.parametrize("bad", ["", "   ", "x" * 81, "a\nb", "a\u200bb", "a\u202eb", "\u00a0"])
def test_a_name_needs_visible_characters(organization, who, bad):
    with pytest.raises(ValueError, match=r"name of 1 to 80|invisible"):
        teams.create_team(who, organization, bad)
    assert (count(Team), trace()) == (0, [])


@pytest.mark.parametrize("good", ["x" * 80, "Zahlung & Kasse", "決済", "Ürün (2)"])
def test_names_of_any_script_are_fine(organization, who, good):
    assert row(Team, teams.create_team(who, organization, good)).name == good


@pytest.mark.parametrize("taken", ["Straße", "STRASSE", "strasse "])
def test_names_are_unique_regardless_of_case(organization, who, taken):
    teams.create_team(who, organization, "Straße")
    with pytest.raises(ValueError, match="already a team of the name"):
        teams.create_team(who, organization, taken)


def test_a_composed_letter_is_the_same_as_its_parts(organization, who):
    teams.create_team(who, organization, "Caf\u00e9")
    with pytest.raises(ValueError, match="already"):
        teams.create_team(who, organization, "Cafe\u0301")


def test_a_team_may_be_renamed_to_another_case_of_its_own_name(organization, who):
    team = teams.create_team(who, organization, "checkout")
    teams.rename_team(who, team, "Checkout")
    assert row(Team, team).name == "Checkout"


def test_a_team_cannot_take_the_name_of_another(organization, who):
    teams.create_team(who, organization, "A")
    other = teams.create_team(who, organization, "B")
    with pytest.raises(ValueError, match="already"):
        teams.rename_team(who, other, "a")
    assert row(Team, other).name == "B"


def test_services_of_different_teams_may_have_one_name(organization, who):
    first, second = (teams.create_team(who, organization, name) for name in "AB")
    teams.create_service(who, first, "api")
    teams.create_service(who, second, "API")
    with pytest.raises(ValueError, match="already a service"):
        teams.create_service(who, first, "API")


def test_a_service_is_renamed(organization, who):
    service = teams.create_service(who, teams.create_team(who, organization, "A"), "api")
    teams.rename_service(who, service, "web")
    assert row(Service, service).name == "web"


# Merge and move


def test_merging_moves_services_and_numbers_those_whose_name_is_taken(organization, who):
    one, into = (teams.create_team(who, organization, name) for name in ("One", "Into"))
    for team, names_ in ((one, ("api", "web", "only")), (into, ("API", "web", "web (2)"))):
        for name in names_:
            teams.create_service(who, team, name)
    teams.merge_teams(who, one, into)
    assert set(names(into)) == {"API", "api (2)", "web", "web (2)", "web (3)", "only"}
    assert row(Team, one) is None


def test_a_numbered_name_stays_within_the_limit(organization, who):
    one, into = (teams.create_team(who, organization, name) for name in ("One", "Into"))
    for team in (one, into):
        teams.create_service(who, team, "x" * 80)
    teams.merge_teams(who, one, into)
    assert sorted(map(len, names(into))) == [80, 80]


def test_merging_unites_people_with_the_stronger_role(organization, who):
    one, into = (teams.create_team(who, organization, name) for name in ("One", "Into"))
    lead, plain, new = member("team_lead", one, "l"), member("member", one, "p"), member("team_lead", one, "n")
    with store.writing() as session:
        session.add(Membership(person_id=lead.id, team_id=into, role="member"))
        session.add(Membership(person_id=plain.id, team_id=into, role="team_lead"))
    teams.merge_teams(who, one, into)
    roles = {each.id: people.who(each.id).team_roles for each in (lead, plain, new)}
    assert roles == {each.id: {(organization, into, "team_lead")} for each in (lead, plain, new)}


def test_a_merge_keeps_facts_corrections_and_derived_rows(organization, who):
    place = Place(who)
    place.add(changes=[change(1)], deployments=[deployment("d1", 1, 5)], incidents=[incident("INC-1", 6, 7)])
    corrections.add(who, place.service_id, "deployment.unplanned", "d1", reason="A repair")
    before = derive.load(place.service_id)
    teams.merge_teams(who, place.team_id, teams.create_team(who, organization, "Into"))
    after = derive.load(place.service_id)
    assert after.deployments.equals(before.deployments)
    assert derive.facts(place.service_id).corrections.height == 1
    assert derive.stale() == []


def test_a_team_cannot_be_merged_with_itself_or_with_another_organizations(organization, who):
    team = teams.create_team(who, organization, "A")
    with store.writing() as session:
        other = Organization(name="Other", created_at=1)
        session.add(other)
        session.flush()
        session.add(PersonRole(person_id=who.id, organization_id=other.id, role="admin"))
    admin_of_both = people.local_person()
    elsewhere = teams.create_team(admin_of_both, other.id, "B")
    with pytest.raises(ValueError, match="two different teams"):
        teams.merge_teams(admin_of_both, team, team)
    with pytest.raises(ValueError, match="different organizations"):
        teams.merge_teams(admin_of_both, team, elsewhere)
    service = teams.create_service(admin_of_both, team, "S")
    with pytest.raises(ValueError, match="another organization"):
        teams.move_service(admin_of_both, service, elsewhere)
    with pytest.raises(access.NotFound):
        teams.create_service(admin_of_both, elsewhere, "S", row(Service, service).repository_id)


def test_a_service_moves_with_its_history(organization, who):
    place = Place(who)
    place.add(changes=[change(1)], deployments=[deployment("d1", 1, 5)])
    derive.refresh(place.service_id)
    target = teams.create_team(who, organization, "Target")
    teams.move_service(who, place.service_id, target)
    assert row(Service, place.service_id).team_id == target
    assert (derive.load(place.service_id).deployments.height, derive.stale()) == (1, [])


def test_a_service_does_not_move_where_its_name_is_taken(organization, who):
    place = Place(who)
    target = teams.create_team(who, organization, "Target")
    teams.create_service(who, target, "shop")
    with pytest.raises(ValueError, match="already a service"):
        teams.move_service(who, place.service_id, target)


# Delete

FACTS = (Repository, Source, TrunkCommit, Change, Deployment, Incident, CellBlock)


def full(who, name="Shop") -> Place:
    place = Place(who, name)
    git = place.source(whole=True)
    place.commits(git, [(sha(1), 0, True)])
    place.add(changes=[change(1)], source=git, whole=True)
    place.add(deployments=[deployment("d1", 1, 5)], incidents=[incident("INC-1", 6, 7)])
    derive.refresh(place.service_id)
    return place


def everything() -> dict[str, int]:
    quiet = {"data_version", "audit_event", "person", "person_role", "organization"}
    return {name: count(table) for name, table in Base.metadata.tables.items() if name not in quiet}


def test_deleting_a_service_takes_everything_that_only_it_had(organization, who):
    place = full(who)
    corrections.add(who, place.service_id, "deployment.unplanned", "d1", reason="A repair")
    assert all(count(table) for table in FACTS)
    teams.delete_service(who, place.service_id)
    assert {name for name, left in everything().items() if left} == {"team"}


def test_deleting_a_team_takes_everything_that_only_it_had(organization, who):
    kept = full(who, "Kept")
    before = everything()
    teams.delete_team(who, full(who).team_id)
    assert everything() == before
    assert derive.load(kept.service_id).deployments.height == 1


def test_a_repository_stays_as_long_as_a_service_uses_it(organization, who):
    place = full(who)
    second = teams.create_service(who, place.team_id, "Second", place.repository_id)
    teams.delete_service(who, place.service_id)
    assert (count(Repository), count(Change), count(Deployment), count(Incident)) == (1, 1, 0, 0)
    assert derive.facts(second).changes["change_id"].to_list() == ["#1"]


def test_deleting_that_fails_half_way_deletes_nothing(organization, who, monkeypatch):
    place = full(who)
    before = everything()
    monkeypatch.setattr(teams, "_forget_unused", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        teams.delete_team(who, place.team_id)
    assert everything() == before


# Repository, paths and settings


def test_a_service_takes_its_imports_to_another_repository(organization, who):
    place, target = full(who), full(who, "Target")
    teams.set_repository(who, place.service_id, target.repository_id)
    facts = derive.facts(place.service_id)
    assert (facts.deployments["deployment_id"].to_list(), facts.incidents.height) == (["d1"], 1)
    assert count(Repository) == 1  # nobody uses the first one any more
    assert derive.facts(target.service_id).deployments.height == 1  # not those that came along
    assert derive.stale() == []


def test_an_imported_service_merges_into_that_of_the_clone_with_its_corrections(organization, who):
    clone, imported = Place(who, "Clone"), Place(who, "Imports")
    clone.add(changes=[change(1, 10)], whole=True)
    imported.add(deployments=[deployment("d1", 1, 12)], incidents=[incident("i", 12.5, 14)])
    derive.refresh(imported.service_id)
    corrections.add(who, imported.service_id, "deployment.not_failed", "d1", reason="We looked.")
    teams.merge_services(who, imported.service_id, clone.service_id)
    judged = derive.load(clone.service_id)
    assert judged.changes["deployment_id"].to_list() == ["d1"]
    assert judged.failures["state"].to_list() == ["rejected", "rejected"]
    assert (row(Service, imported.service_id), row(Repository, imported.repository_id)) == (None, None)
    assert trace()[-1] == ("merge_services", f"service:{clone.service_id}")


@pytest.mark.parametrize(
    ("first", "second", "united"),
    [(["api/**"], ["web/**", "api/**"], ["web/**", "api/**"]), (["api/**"], [], []), ([], ["web/**"], [])],
)
def test_merged_services_have_the_paths_of_both(organization, who, first, second, united):
    place = Place(who, settings=IMPORTS.model_copy(update={"path_globs": tuple(second)}))
    other = teams.create_service(who, place.team_id, "other", place.repository_id)
    teams.save_settings(who, other, IMPORTS.model_copy(update={"path_globs": tuple(first)}))
    teams.merge_services(who, other, place.service_id)
    assert (row(Service, place.service_id).settings["path_globs"], count(Service)) == (united, 1)


def test_services_of_two_clones_cannot_be_merged(organization, who):
    one, other = Place(who, "One"), Place(who, "Other")
    with store.writing() as session:
        session.get(Repository, one.repository_id).key = "git:/one"
    for pair in ((one, other), (one, one)):
        with pytest.raises(ValueError):
            teams.merge_services(who, pair[0].service_id, pair[1].service_id)
    assert count(Service) == 2


def test_settings_are_saved_judged_and_traced(organization, who):
    place = full(who)
    before = derive.load(place.service_id).deployments["counts"].to_list()
    teams.save_settings(who, place.service_id, TAGS)
    after = derive.load(place.service_id).deployments["counts"].to_list()
    assert (before, after, derive.stale()) == ([True], [False], [])
    assert trace()[-1] == ("save_settings", f"service:{place.service_id}")


def test_saving_the_same_settings_leaves_no_trace(organization, who):
    place = full(who)
    teams.save_settings(who, place.service_id, TAGS)
    before = trace()
    teams.save_settings(who, place.service_id, TAGS.model_copy(update={"incidents_collected": True}))
    assert trace() == before


def test_nobody_can_say_that_incidents_are_collected_but_the_sources(organization, who):
    place = Place(who)
    teams.save_settings(who, place.service_id, IMPORTS.model_copy(update={"incidents_collected": True}))
    assert not derive.settings(place.service_id).incidents_collected
    assert "incidents_collected" not in row(Service, place.service_id).settings


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"path_globs": ("../other",)}, "leads out of the repository"),
        ({"path_globs": ("!docs",)}, "cannot be excluded"),
        ({"path_globs": ("a\nb",)}, "one line"),
        ({"path_globs": tuple(f"p{n}" for n in range(101))}, "At most 100 paths"),
        ({"path_globs": tuple(f"{n}" + "?*" * 240 for n in range(100))}, "too many wildcards"),
        ({"hotfix_pattern": "x" * 501}, "hotfix pattern must be one line"),
        ({"rule": ProductionRule(kind="tag", include=" , ")}, "Nothing would count"),
        ({"rule": ProductionRule(kind="tag", include="a\x00")}, "one line"),
        ({"attribution_hours": float("inf")}, "at most 8760 hours"),
        ({"same_release_hours": 9000.0}, "at most 8760 hours"),
    ],
)
def test_settings_that_cannot_be_are_refused_with_a_sentence(organization, who, changes, sentence):
    place = Place(who)
    before = row(Service, place.service_id).settings
    with pytest.raises(ValueError, match=sentence) as refused:
        teams.save_settings(who, place.service_id, TAGS.model_copy(update=changes))
    assert "\n" not in str(refused.value)
    assert row(Service, place.service_id).settings == before


def test_paths_are_trimmed_and_limit_the_service(organization, who):
    place = Place(who)
    place.add(changes=[change(1, paths=["a/x"]), change(2, paths=["b/x"])], deployments=[deployment("d1", 2, 5)])
    teams.set_paths(who, place.service_id, (" a/** ", "", "a/**"))
    assert row(Service, place.service_id).settings["path_globs"] == ["a/**"]
    assert derive.load(place.service_id).changes["change_id"].to_list() == ["#1"]


def test_paths_wait_for_a_rule(organization, who):
    place = Place(who, settings=None)
    with pytest.raises(ValueError, match="Choose first what counts"):
        teams.set_paths(who, place.service_id, ("a",))


# Who may


def test_every_write_asks_who_may(organization, who):
    place, other = Place(who), Place(who, "Other")
    stranger = member("member", other.team_id)
    writes = [
        lambda: teams.create_team(stranger, organization, "N"),
        lambda: teams.rename_team(stranger, place.team_id, "N"),
        lambda: teams.merge_teams(stranger, place.team_id, other.team_id),
        lambda: teams.delete_team(stranger, place.team_id),
        lambda: teams.create_service(stranger, place.team_id, "N"),
        lambda: teams.rename_service(stranger, place.service_id, "N"),
        lambda: teams.move_service(stranger, place.service_id, other.team_id),
        lambda: teams.merge_services(stranger, place.service_id, other.service_id),
        lambda: teams.delete_service(stranger, place.service_id),
        lambda: teams.set_repository(stranger, place.service_id, other.repository_id),
        lambda: teams.set_paths(stranger, place.service_id, ("a",)),
        lambda: teams.save_settings(stranger, place.service_id, TAGS),
    ]
    before = (store.version(), everything())
    for write in writes:
        with pytest.raises(access.Forbidden):
            write()
    assert (store.version(), everything()) == before


def test_a_team_lead_cannot_take_the_facts_of_another_team(organization, who):
    place, other = Place(who), Place(who, "Other")
    lead = member("team_lead", place.team_id)
    teams.create_service(lead, place.team_id, "Second", place.repository_id)
    for attempt in (
        lambda: teams.create_service(lead, place.team_id, "Third", other.repository_id),
        lambda: teams.set_repository(lead, place.service_id, other.repository_id),
        lambda: teams.move_service(lead, place.service_id, other.team_id),
    ):
        with pytest.raises(access.Forbidden):
            attempt()


def test_what_is_not_there_is_said_so(organization, who):
    with pytest.raises(access.NotFound, match="team 99"):
        teams.rename_team(who, 99, "N")
    with pytest.raises(access.NotFound, match="service 99"):
        teams.delete_service(who, 99)


def test_collected_until_is_known_after_saving_settings(organization, who):
    place = full(who)
    teams.save_settings(who, place.service_id, IMPORTS)
    assert row(Service, place.service_id).collected_until == store.to_us(hour(2000))
