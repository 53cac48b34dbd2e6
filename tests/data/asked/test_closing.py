import pytest

from data import store
from data.asked import closing
from data.tables import AnswerSheet, Draft, Participation, Wave
from tests.data import surveyed
from tests.data.surveyed import all_at, asked, kept, rows

PLAIN = asked("well-being")
MEMBERS = [f"Member {number}" for number in range(1, 11)]


@pytest.fixture
def team(both, who) -> int:
    return surveyed.team(who)


@pytest.fixture
def here(who) -> int:
    """A team in an SQLite store, for what no store does another way."""
    return surveyed.team(who)


def sheets(*options: int) -> list[dict]:
    return [all_at(PLAIN, option) for option in options]


def state(wave_id: int) -> str:
    with store.reading() as session:
        return session.get(Wave, wave_id, populate_existing=True).state


def test_a_wave_whose_time_is_over_is_closed_with_its_result(team):
    wave = surveyed.wave(team, sheets(1, 2, 2, 3, 2, 2, 1), MEMBERS)
    assert closing.close_due() == [wave]
    found = kept(wave).content["answers"]
    assert (found["visibility"], found["asked"], found["answered"]) == ("full", 10, 7)
    assert found["items"]["interruptions"]["counts"] == [0, 2, 4, 1, 0]
    assert state(wave) == "closed"


def test_closing_ends_drafts_and_invitations_and_writes_the_sheets_anew(team):
    wave = surveyed.wave(team, sheets(0, 1, 2, 3, 4, 0), MEMBERS)
    sheets_before = {row.id for row in rows(AnswerSheet, wave)}
    invitations = {row.id: row.digest for row in rows(Participation, wave)}
    closing.close_due()
    assert rows(Draft, wave) == []
    after = rows(AnswerSheet, wave)
    assert len(after) == 6 and not sheets_before & {row.id for row in after}
    assert sorted(row.answers["interruptions"]["value"] for row in after) == [0, 0, 1, 2, 3, 4]
    assert all(invitations[row.id] != row.digest for row in rows(Participation, wave))
    assert sum(row.answered for row in rows(Participation, wave)) == 6
