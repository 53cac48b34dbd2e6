"""The consensus of the demo: held once, finished, and the same every time."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from data import access, store
from data.asked import results
from data.demo import agreed
from data.tables import Assessment, ConsensusVote, Organization, Team, Wave

UNTIL = datetime(2026, 3, 2, 9, tzinfo=UTC)


def organization(name: str) -> int:
    """A demo organization with the team in it, and nothing else."""
    with store.writing() as session:
        made = Organization(name=name, is_demo=True, created_at=1)
        session.add(made)
        session.flush()
        session.add(Team(organization_id=made.id, name=agreed.TEAM, created_at=1))
        return made.id


def rows(table: type) -> list:
    with store.reading() as session:
        return list(session.execute(select(table).order_by(table.wave_id if table is not Wave else Wave.id)).scalars())


def test_it_is_held_once_and_is_the_same_every_time(both, who):
    for name in ("One", "Another"):
        place = organization(name)
        agreed.make(place, UNTIL)
        agreed.make(place, UNTIL)
    assert [(wave.kind, wave.state) for wave in rows(Wave)] == [("consensus", "closed")] * 2
    assert [store.from_us(wave.closed_at) for wave in rows(Wave)] == [UNTIL - timedelta(weeks=agreed.WEEKS)] * 2
    one, another = (kept.content["answers"] for kept in rows(Assessment))
    assert one == another and rows(ConsensusVote) == []


def test_everybody_can_read_what_the_team_agreed_on(who):
    agreed.make(organization("One"), UNTIL)
    view = results.result(who, rows(Wave)[0].id)
    assert not access.may(who, access.Action.ASK, access.of_wave(view.wave.id))
    told = view.answers
    assert (view.visibility, told["took_part"], told["asked"]) == ("agreed", 3, 3)
    assert {key: kept["answer"]["value"] for key, kept in told["agreed"].items()} == {
        key: talk.agreed for key, talk in agreed.TALKS.items() if talk.agreed is not None
    }
    assert list(told["parted"]) == ["trunk-based-development"]
