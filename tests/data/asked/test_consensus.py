"""A session of a few people: who may do what when, what nobody can read, and what is left at the end."""

import json
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from data import access, people, store
from data.asked import closing, consensus, waves
from data.asked.answering import NotInvited, NotOpen
from data.asked.consensus import AGREED, AHEAD, PARTED, REVEALED, SKIPPED, VOTING, Full, MovedOn
from data.people import Who
from data.tables import AuditEvent, ConsensusItem, ConsensusSeat, ConsensusVote, Participation
from tests.data import surveyed
from tests.data.asked.sitting import Session
from tests.data.surveyed import kept, rows


@pytest.fixture
def session(both, who) -> Session:
    return Session(who)


@pytest.fixture
def small(who) -> Session:
    """In an SQLite store, for what no store does another way."""
    return Session(who)


# The way through


def test_a_question_is_voted_on_revealed_and_agreed(session):
    assert session.state is None and session.room.after.item.key == session.items[0]
    session.begin()
    session.vote(0, 1)
    session.vote(1, 4)
    assert (session.room.voted, session.room.joined, session.room.spread) == (2, 2, None)
    consensus.reveal(session.who, session.wave, session.step)
    assert session.room.spread.counts == (0, 1, 0, 0, 1, 0)
    assert session.seen(2).room.spread == session.room.spread, "those who did not vote see it too"
    session.agreed(3, "We meant the checkout.")
    place = session.room.places[0]
    assert (place.state, place.agreed, place.note, place.voted) == (AGREED, {"value": 3}, "We meant the checkout.", 2)
    assert rows(ConsensusVote, session.wave) == []
    session.begin(1)
    assert (session.state, session.room.front, session.room.settled) == (VOTING, 1, 1)


def test_the_end_keeps_what_was_agreed_and_nothing_of_the_votes(session):
    session.begin().revealed(1, 4).agreed(3, "So far.")
    session.begin(1).revealed(2, 2, 5)
    consensus.part(session.who, session.wave, session.step, "We count differently.")
    session.begin(2)
    consensus.skip(session.who, session.wave, session.step)
    consensus.finish(session.who, session.wave)
    found = kept(session.wave).content["answers"]
    assert found["agreed"] == {session.items[0]: {"answer": {"value": 3}, "note": "So far.", "ballots": 1, "voted": 2}}
    assert found["parted"] == {session.items[1]: {"note": "We count differently.", "ballots": 1, "voted": 3}}
    assert (found["asked"], found["took_part"], found["visibility"]) == (3, 3, "agreed")
    assert rows(ConsensusVote, session.wave) == rows(ConsensusSeat, session.wave) == []
    consensus.finish(session.who, session.wave)  # a second click
    with pytest.raises(NotInvited):
        session.seen(0)


def test_a_question_can_be_voted_on_again(session):
    session.begin().revealed(0, 5)
    step = session.step
    consensus.vote_again(session.who, session.wave, step)
    consensus.vote_again(session.who, session.wave, step)  # a double click
    assert (session.state, session.room.place.ballot, session.room.voted) == (VOTING, 2, 0)
    assert session.seen(0).mine is None


def test_what_was_agreed_stays_when_a_new_vote_on_it_is_left(small):
    small.begin().revealed(3, 3).agreed(3, "Seen.")
    consensus.vote_again(small.who, small.wave, small.step)
    step = small.step
    consensus.skip(small.who, small.wave, step)
    consensus.skip(small.who, small.wave, step)
    assert (small.state, small.room.place.agreed, small.room.place.note) == (AGREED, {"value": 3}, "Seen.")


def test_what_is_voted_on_anew_when_the_time_is_over_stands_as_it_was_agreed(small):
    small.begin().revealed(3, 3).agreed(3)
    consensus.vote_again(small.who, small.wave, small.step)
    closing.close(small.who, small.wave)
    assert list(kept(small.wave).content["answers"]["agreed"]) == [small.items[0]]


def test_one_goes_back_to_a_question_and_corrects_it(small):
    small.begin().revealed(3, 3).agreed(3)
    small.begin(1)
    consensus.skip(small.who, small.wave, small.step)
    small.begin(0)
    assert (small.state, small.room.front) == (AGREED, 0)
    consensus.agree(small.who, small.wave, small.step, {"said": "dont_know"})
    assert small.room.place.agreed == {"said": "dont_know"}
    assert small.room.after.item.key == small.items[2], "the first that was not begun"


# What nobody can read


def everything(value) -> str:
    return json.dumps(value, default=lambda one: vars(one) if hasattr(one, "__dict__") else str(one))


def trail() -> list[dict]:
    with store.reading() as reading:
        return [event.model_dump() for event in reading.execute(select(AuditEvent)).scalars()]


def test_before_the_reveal_nobody_gets_a_vote_but_their_own(session):
    session.begin()
    session.vote(0, 2)
    session.vote(1, "dont_know")
    others = session.seen(2)
    assert (others.mine, others.room.spread, others.room.voted) == (None, None, 2)
    assert session.seen(0).mine == {"value": 2}
    before = everything(session.room), everything(others), repr(consensus.pulse(session.wave))
    session.vote(0, 5)
    session.vote(1, 0)
    assert before == (everything(session.room), everything(session.seen(2)), repr(consensus.pulse(session.wave)))


def test_a_link_shows_no_vote_to_another_browser(small):
    """Whoever leads has made the links, and may have kept them."""
    small.begin()
    small.vote(0, 2)
    assert consensus.seen(small.links[0], waves.new_secret()).mine is None


def test_nothing_in_the_store_joins_a_vote_to_a_person(session):
    session.begin()
    for person in range(3):
        session.vote(person, person)
    seats = {row.seat for row in rows(ConsensusVote, session.wave)}
    assert seats == {row.seat for row in rows(ConsensusSeat, session.wave)} and len(seats) == 3
    ledger = {value for row in rows(Participation, session.wave) for value in row.model_dump().values()}
    told = repr(trail())
    assert not seats & ledger and not [seat for seat in seats if seat in told]
    assert not [link for link in (*session.links, *session.seats) if link in repr(rows(ConsensusVote, session.wave))]
    assert {row.answered for row in rows(Participation, session.wave)} == {False}


def test_voting_raises_no_version_and_leaves_no_trace(small):
    small.begin()
    before = store.version(), trail()
    small.vote(0, 2)
    assert (store.version(), trail()) == before


def test_a_single_vote_is_not_revealed(small):
    small.begin()
    small.vote(0, 2)
    with pytest.raises(ValueError, match="at least two"):
        consensus.reveal(small.who, small.wave, small.step)


@pytest.mark.parametrize(("people", "error"), [(1, "at least 2"), (13, "at most 12, use a survey instead")])
def test_two_to_twelve_people_sit_together(who, people, error):
    with pytest.raises(ValueError, match=error):
        Session(who, people)


@pytest.mark.parametrize("role", ["member", "leader", "coach"])
def test_only_who_leads_the_team_sees_the_session_from_the_front(small, role):
    organization = people.home_organization(small.who)
    other = surveyed.person(role, organization, small.team if role == "member" else None)
    step = small.begin().step
    for act in (
        lambda: consensus.room(other, small.wave),
        lambda: consensus.begin(other, small.wave, small.items[1], step),
        lambda: consensus.reveal(other, small.wave, step),
        lambda: consensus.vote_again(other, small.wave, step),
        lambda: consensus.agree(other, small.wave, step, {"value": 1}),
        lambda: consensus.part(other, small.wave, step),
        lambda: consensus.skip(other, small.wave, step),
        lambda: consensus.free_seats(other, small.wave),
        lambda: consensus.finish(other, small.wave),
    ):
        with pytest.raises(access.Forbidden):
            act()


# Late, twice, elsewhere


def test_a_vote_can_be_changed_until_the_reveal_and_not_after(session):
    session.begin()
    session.vote(0, 0)
    session.vote(0, 1)
    session.revealed(4, 5)
    assert session.room.spread.counts == (0, 0, 0, 0, 1, 1)
    with pytest.raises(MovedOn):
        session.vote(0, 2)


def test_a_vote_can_be_taken_back(small):
    small.begin()
    small.vote(0, 0)
    consensus.vote(small.links[0], small.seats[0], small.items[0], 1, None)
    assert (small.room.voted, small.room.joined, small.seen(0).mine) == (0, 1, None)


def test_a_vote_for_an_earlier_ballot_comes_late(small):
    small.begin().revealed(0, 5)
    consensus.vote_again(small.who, small.wave, small.step)
    with pytest.raises(MovedOn):
        consensus.vote(small.links[0], small.seats[0], small.items[0], 1, {"value": 2})
    assert small.room.voted == 0


def test_as_many_browsers_take_part_as_people_are_invited(session):
    for seat in session.seats:
        consensus.join(session.links[0], seat)
        consensus.join(session.links[0], seat)  # a reload, or a second tab
    with pytest.raises(Full, match="All 3 seats are taken"):
        consensus.join(session.links[1], waves.new_secret())
    session.begin()
    with pytest.raises(Full):
        consensus.vote(session.links[1], waves.new_secret(), session.items[0], 1, {"value": 2})
    assert session.room.joined == 3


def test_freed_seats_are_taken_anew(small):
    small.begin()
    small.vote(0, 2)
    consensus.free_seats(small.who, small.wave)
    assert (small.room.joined, small.room.voted, small.seen(0).seated, small.seen(0).mine) == (0, 0, False, None)
    small.vote(0, 2)
    assert (small.room.joined, small.room.voted) == (1, 1)


def test_who_comes_late_votes_on_what_is_in_front(small):
    small.begin().revealed(1, 1).agreed(1)
    small.begin(1)
    assert small.seen(2).room.places[0].agreed == {"value": 1}
    small.vote(2, 2)
    assert small.room.voted == 1


def test_two_browsers_of_whoever_leads_do_not_overrun_each_other(session):
    session.begin()
    session.vote(0, 1)
    session.vote(1, 1)
    step = session.step
    consensus.reveal(session.who, session.wave, step)
    consensus.reveal(session.who, session.wave, step)
    step = session.step
    consensus.agree(session.who, session.wave, step, {"value": 1})
    consensus.agree(session.who, session.wave, step, {"value": 1})
    with pytest.raises(MovedOn):
        consensus.agree(session.who, session.wave, step, {"value": 2})
    step = session.step
    consensus.begin(session.who, session.wave, session.items[1], step)
    consensus.begin(session.who, session.wave, session.items[1], step)
    with pytest.raises(MovedOn):
        consensus.begin(session.who, session.wave, session.items[2], step)
    assert (session.room.place.item.key, session.room.place.ballot) == (session.items[1], 1)


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda s: consensus.begin(s.who, s.wave, s.items[1], s.step), "Agree on the question that is in front"),
        (lambda s: consensus.agree(s.who, s.wave, s.step, {"value": 1}), "Reveal the votes first"),
        (lambda s: consensus.part(s.who, s.wave, s.step), "Reveal the votes first"),
        (lambda s: consensus.vote_again(s.who, s.wave, s.step), "being voted on already"),
        (lambda s: consensus.finish(s.who, s.wave), "still open"),
        (lambda s: consensus.begin(s.who, s.wave, "nothing", s.step), "not one of the session"),
        (lambda s: consensus.agree(s.who, s.wave, s.step, {"value": 1}, "x" * 1001), "shorten it to 1,000"),
        (lambda s: s.vote(0, 6), "choose one of its options"),
        (lambda s: s.vote(0, "maybe"), "dont_know or not_applicable"),
        (lambda s: consensus.vote(s.links[0], "short", s.items[0], 1, {"value": 1}), "Reload the page"),
        (lambda s: consensus.vote(s.links[0], s.seats[0], s.items[1], 1, {"value": 1}), "came late"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(small, act, error):
    small.begin()
    before = consensus.pulse(small.wave)
    with pytest.raises(ValueError, match=error):
        act(small)
    assert consensus.pulse(small.wave) == before


def test_a_session_without_anything_agreed_has_no_result(small):
    with pytest.raises(ValueError, match="Nothing is agreed yet"):
        consensus.finish(small.who, small.wave)


def test_nothing_opens_a_session_whose_time_is_over(small):
    small.begin()
    with store.writing() as writing:
        waves.asked(small.wave)
        writing.connection().exec_driver_sql("UPDATE wave SET closes_at = 1")
    for act in (
        lambda: small.seen(0),
        lambda: consensus.join(small.links[0], small.seats[0]),
        lambda: consensus.vote(small.links[0], small.seats[0], small.items[0], 1, {"value": 1}),
    ):
        with pytest.raises(NotOpen, match="has ended"):
            act()
    with pytest.raises(MovedOn, match="has ended"):
        small.begin(1)


def test_the_link_of_a_survey_opens_no_session(who):
    team = surveyed.team(who)
    closes = store.from_us(store.now_us()) + timedelta(days=1)
    names = [f"Person {number}" for number in range(5)]
    opened = waves.open_wave(who, team, "survey", "well-being", None, "", names, closes)
    with pytest.raises(NotOpen, match="each answers alone"):
        consensus.join(opened.invitations[0].secret, waves.new_secret())
    with pytest.raises(ValueError, match="answered alone"):
        consensus.room(who, opened.wave_id)


def test_a_cancelled_session_leaves_nothing(small):
    small.begin().revealed(1, 2)
    waves.cancel(small.who, small.wave)
    assert [rows(table, small.wave) for table in (ConsensusVote, ConsensusSeat, ConsensusItem)] == [[], [], []]


# Any order


class Meeting(RuleBasedStateMachine):
    """Everybody does anything at any time; the model knows who voted what, and what each may see of it."""

    who: Who

    @initialize()
    def open(self):
        self.session = Session(self.who)
        self.votes, self.states, self.answers = {}, {}, {}
        self.front = None

    @property
    def state(self):
        return self.states.get(self.front)

    @rule(number=st.integers(0, 2))
    def begin(self, number):
        if self.state in consensus.LIVE and number != self.front:
            with pytest.raises(ValueError):
                self.session.begin(number)
            return
        self.session.begin(number)
        self.front = number
        self.states.setdefault(number, VOTING)

    @precondition(lambda self: self.front is not None)
    @rule(person=st.integers(0, 2), answer=st.one_of(st.integers(0, 5), st.just("dont_know")))
    def vote(self, person, answer):
        if self.state != VOTING:
            with pytest.raises(MovedOn):
                self.session.vote(person, answer)
            return
        self.session.vote(person, answer)
        self.votes[person] = answer

    @precondition(lambda self: self.state == VOTING)
    @rule()
    def reveal(self):
        if len(self.votes) < 2:
            with pytest.raises(ValueError):
                consensus.reveal(self.who, self.session.wave, self.session.step)
            return
        consensus.reveal(self.who, self.session.wave, self.session.step)
        self.states[self.front] = REVEALED

    @precondition(lambda self: self.state in (REVEALED, AGREED, PARTED))
    @rule(answer=st.integers(0, 5), agree=st.booleans())
    def settle(self, answer, agree):
        if agree:
            self.session.agreed(answer)
        else:
            consensus.part(self.who, self.session.wave, self.session.step)
        self.states[self.front] = AGREED if agree else PARTED
        self.answers[self.front] = answer if agree else None
        self.votes = {}

    @precondition(lambda self: self.front is not None and self.state != VOTING)
    @rule()
    def again(self):
        consensus.vote_again(self.who, self.session.wave, self.session.step)
        self.states[self.front] = VOTING
        self.votes = {}

    @precondition(lambda self: self.state in consensus.LIVE)
    @rule()
    def skip(self):
        consensus.skip(self.who, self.session.wave, self.session.step)
        self.states[self.front] = SKIPPED if self.answers.get(self.front) is None else AGREED
        self.votes = {}

    @rule()
    def free_seats(self):
        consensus.free_seats(self.who, self.session.wave)
        if self.state == VOTING:
            self.votes = {}

    @invariant()
    def everybody_sees_what_they_may(self):
        if not hasattr(self, "session"):
            return
        room = self.session.room
        assert [place.state for place in room.places[:3]] == [self.states.get(number, AHEAD) for number in range(3)]
        assert [(place.agreed or {}).get("value") for place in room.places[:3]] == [
            self.answers.get(number) for number in range(3)
        ]
        assert (room.spread is not None) == (self.state == REVEALED)
        assert len(rows(ConsensusVote, self.session.wave)) == len(self.votes)
        if self.state == VOTING:
            assert room.voted == len(self.votes)
        if self.state == REVEALED:
            assert room.spread.votes == len(self.votes)
        assert room.joined <= 3


def test_in_any_order_of_steps_everybody_sees_what_they_may(both, who):
    machine = type("Meeting", (Meeting,), {"who": who})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=6, stateful_step_count=12, deadline=None, derandomize=True)
    )
