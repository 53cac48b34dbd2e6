"""Every role at everything that pages do, called as a page would whose guard was gone: the store refuses by itself."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from assessments.maturity import NOT_APPLICABLE, Mark
from data import badges, corrections, hooks, intake, queries, roles, store, teams, tokens
from data.access import Forbidden, NotFound
from data.asked import maps, pains, waves
from data.asked.pains import Said
from data.improving import choices, goals, interventions, worth
from data.improving.interventions import Done
from data.learning import attempts, trusted
from data.people import Who
from data.practices import assessments, marks, standings
from data.tables import AuditEvent, Base, Organization
from tests.doors import matrix
from tests.doors.world import Team, World

EXPECTED = matrix.read(matrix.ACTS)
MARK = Mark(NOT_APPLICABLE, "continuous-integration", "We ship no software")
SOON = datetime.now(UTC) + timedelta(days=3)


def found(value: object) -> object:
    """What reads nothing of a team that one may not see says so as if it were not there."""
    if value is None or value == ():
        raise NotFound("nothing")
    return value


def of_source(who: Who, source_id: int) -> object:
    return found(tuple(one for one in queries.sources(who) if one.id == source_id))


#: What is done, as (who, team Kestrel, world).
ACTS = {
    "read the service": lambda who, t, w: found(queries.service(who, t.place.service_id)),
    "read its sources": lambda who, t, w: of_source(who, t.source),
    "list the pain points": lambda who, t, w: pains.listed(who, t.place.team_id),
    "list the maps": lambda who, t, w: maps.maps(who, t.place.team_id),
    "list the surveys": lambda who, t, w: waves.waves(who, t.place.team_id),
    "list the goals": lambda who, t, w: goals.listed(who, t.place.team_id),
    "list the marks": lambda who, t, w: marks.listed(who, t.place.team_id),
    "see where it stands": lambda who, t, w: standings.of_team(who, t.place.team_id),
    "list the attempts": lambda who, t, w: attempts.listed(who, t.place.team_id),
    "see who has answered": lambda who, t, w: waves.ledger(who, t.wave),
    "correct a failure": lambda who, t, w: corrections.add(
        who, t.place.service_id, "deployment.failed", "Kestrel-3", reason="It broke"
    ),
    "say a pain point": lambda who, t, w: pains.add(who, t.place.team_id, Said("review", f"{who.name} waits", 1, 1)),
    "vote on a pain point": lambda who, t, w: pains.vote(who, t.pain, 1),
    "draw a map": lambda who, t, w: maps.create(who, t.place.team_id, f"Map of {who.name}"),
    "rename a map": lambda who, t, w: maps.rename(who, t.map, f"By {who.name}"),
    "mark what does not apply": lambda who, t, w: marks.make(who, t.place.team_id, MARK),
    "take an assessment": lambda who, t, w: assessments.take(who, t.place.team_id, who.name),
    "choose a track": lambda who, t, w: choices.choose(who, t.place.team_id, "database-changes"),
    "note what was done": lambda who, t, w: interventions.add(who, t.place.team_id, done(t)),
    "open a survey": lambda who, t, w: waves.open_wave(
        who, t.place.team_id, "survey", "well-being", None, who.name, [f"Person {n}" for n in range(5)], SOON
    ),
    "extend a survey": lambda who, t, w: waves.extend(who, t.wave, SOON + timedelta(days=9)),
    "cancel a survey": lambda who, t, w: waves.cancel(who, t.wave),
    "make a service": lambda who, t, w: teams.create_service(who, t.place.team_id, f"of {who.name}"),
    "rename the service": lambda who, t, w: teams.rename_service(who, t.place.service_id, f"by {who.name}"),
    "move the service away": lambda who, t, w: teams.move_service(
        who, t.place.service_id, w.teams["Osprey"].place.team_id
    ),
    "rename the team": lambda who, t, w: teams.rename_team(who, t.place.team_id, f"Team of {who.name}"),
    "add a source": lambda who, t, w: intake.add_import_service(who, t.place.team_id, f"imports of {who.name}"),
    "remove a source": lambda who, t, w: intake.remove_source(who, t.source),
    "switch a badge on": lambda who, t, w: badges.switch_on(who, t.place.service_id, new=True),
    "open a place for webhooks": lambda who, t, w: hooks.open_hook(who, t.place.service_id, "x" * 20),
    "make a token of the service": lambda who, t, w: tokens.create(
        who, w.organization, "CI", ["read"], t.place.service_id
    ),
    "make a token of everything": lambda who, t, w: tokens.create(who, w.organization, "CI", ["read"]),
    "make a team": lambda who, t, w: teams.create_team(who, w.organization, f"New of {who.name}"),
    "merge the team into another": lambda who, t, w: teams.merge_teams(
        who, t.place.team_id, w.teams["Osprey"].place.team_id
    ),
    "say what changes are worth": lambda who, t, w: worth.state(who, w.organization, "people", 3, 5),
    "say what they are worth in a demo": lambda who, t, w: worth.state(who, invented(), "people", 3, 5),
    "list the people": lambda who, t, w: roles.listed(who, w.organization),
    "give oneself a role": lambda who, t, w: roles.give(who, w.organization, who.id, "coach"),
    "switch somebody off": lambda who, t, w: roles.switch(who, w.organization, w.people["coach"], False),
    "end the sessions of others": lambda who, t, w: roles.sign_out_everywhere(
        who, w.people["leader" if who.id == w.people["coach"] else "coach"], w.organization
    ),
    "list the verification workflows": lambda who, t, w: trusted.listed(who, w.organization),
    "trust a verification workflow": lambda who, t, w: trusted.add(
        who, w.organization, "acme/verification/.github/workflows/go.yml", "a" * 40
    ),
}


def invented() -> int:
    """A demo organisation, made when there is none yet."""
    with store.reading() as session:
        known = session.execute(select(Organization.id).where(Organization.is_demo)).scalar_one_or_none()
    if known is None:
        with store.writing() as session:
            session.add(row := Organization(name="Invented", is_demo=True, created_at=store.now_us()))
            session.flush()
            known = row.id
    return known


def done(team: Team) -> Done:
    return Done("other", "We did it", team.place.service_id, "lead_time", "change_fail_rate", store.now_us() - 10**12)


def outcome(act, who: Who, team: Team, world: World) -> str:
    """As in the table; other refusals with their sentence."""
    try:
        act(who, team, world)
    except (Forbidden, NotFound):
        return "."
    return "y"


def written() -> dict[str, int]:
    """How many rows each table has, and the newest trace."""
    with store.reading() as session:
        counts = {each.__tablename__: session.execute(select(func.count()).select_from(each)).scalar_one()
                  for each in Base.__subclasses__()}  # fmt: skip
        return {**counts, "trace": session.execute(select(func.max(AuditEvent.id))).scalar_one()}


@pytest.mark.parametrize("role", next(iter(EXPECTED.values())))
def test_role_by_act(inside, role):
    who, kestrel = inside.who(role), inside.teams["Kestrel"]
    refused = {name for name, cells in EXPECTED.items() if cells[role] == "."}
    invented()
    before, version = written(), store.version()
    found = {name: outcome(ACTS[name], who, kestrel, inside) for name in sorted(refused)}
    assert found == dict.fromkeys(sorted(refused), ".")
    assert (written(), store.version()) == (before, version), "what is refused leaves nothing behind"
    found = {name: outcome(ACTS[name], who, kestrel, inside) for name in EXPECTED if name not in refused}
    assert found == dict.fromkeys((name for name in EXPECTED if name not in refused), "y")


def test_the_table_has_every_act_and_every_role():
    assert EXPECTED.keys() == ACTS.keys()
    assert all(list(cells) == [role for role in matrix.ROLES if role != "stranger"] for cells in EXPECTED.values())
