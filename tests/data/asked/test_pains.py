"""Pain points of a team, as its members, its lead and its leaders meet them."""

import threading
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from assessments.surveys.answers import PainPoint as Point
from assessments.surveys.answers import Sheet
from data import access, people, store, teams
from data.asked import pains
from data.asked.naming import Said
from data.tables import AuditEvent, MapVersion, PainPoint, PainVote, Person, PersonRole, Wave, WorkflowMap
from tests.data.test_teams import member

DAY = 86_400 * 1_000_000


@pytest.fixture
def team(both, who) -> int:
    return teams.create_team(who, people.home_organization(who), "Shop")


@pytest.fixture
def one_team(home, who) -> int:
    """On SQLite, for what does not depend on the store."""
    return teams.create_team(who, people.home_organization(who), "Shop")


def said(text="Reviews wait", hours=None, step="review", **more) -> Said:
    return Said(step, text, 3, 2, hours, **more)


def leader(organization: int) -> people.Who:
    with store.writing() as session:
        person = Person(provider="test", subject="leader", name="L", created_at=1)
        session.add(person)
        session.flush()
        session.add(PersonRole(person_id=person.id, organization_id=organization, role="leader"))
    return people.who(person.id)


def wave(team: int, *points: Point, **more) -> Wave:
    """A closed wave with one sheet for each point, kept."""
    with store.writing() as session:
        values = {"kind": "survey", "title": "Spring", "questionnaire": "pain-and-friction", "asked": {}, "digest": "x"}
        values |= {"state": "closed", "opened_at": 1, "closes_at": 2, "closed_at": store.now_us()}
        row = Wave(team_id=team, **values | more)
        session.add(row)
        session.flush()
        pains.keep(session, row, [Sheet(pains={"pain-points": (point,)}) for point in points])
        return row


def point(text="", hours=None, step="review", capability=None) -> Point:
    return Point(step, capability, 3, 2, hours, text)


def stored(table) -> list:
    with store.reading() as session:
        return list(session.execute(select(table)).scalars())


def order(who, team: int) -> list[int]:
    return [view.id for view in pains.ranked(who, team)]


# By hand


def test_what_a_member_says_is_ranked_with_its_reason(team, who):
    ours = member("member", team)
    small = pains.add(ours, team, said("Reviews wait", 2.0, capability="code-review-flow"))
    large = pains.add(ours, team, said("Approval by mail", 3.0, step="approval", people=4))
    unknown = pains.add(ours, team, said("Old tickets", step="idea"))
    found = pains.ranked(ours, team)
    assert [(view.place, view.id) for view in found] == [(1, large), (2, small), (None, unknown)]
    first = found[0]
    assert (first.pain.hours_each, first.pain.people, first.pain.confidence, first.pain.weight) == (
        3.0, 4, "one voice", 6.0,
    )  # fmt: skip
    assert (found[1].step, found[1].step_name, found[1].capability) == ("review", "Review", "code-review-flow")
    assert found[1].capability_name and found[2].capability_name == ""


HOSTILE = "# <script>alert(1)</script> **x** :rocket: 🚀\n\n- [ ] שלום עולם"


def test_any_words_stay_as_they_were_said(one_team, who):
    pains.add(who, one_team, said(HOSTILE))
    pains.add(who, one_team, said("x" * 5_000))
    assert {view.parts[0].text for view in pains.ranked(who, one_team)} == {HOSTILE, "x" * 5_000}


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"text": " \n\u200b"}, "in a few words"),
        ({"text": "x" * 5_001}, "shorten it to 5,000"),
        ({"text": "a\ud800"}, "half a character"),
        ({"step": "dancing"}, "the step"),
        ({"step": None}, "the step"),
        ({"capability": "dancing"}, "a capability"),
        ({"hours": -1.0}, "0 to 168"),
        ({"hours": 169.0}, "0 to 168"),
        ({"hours": float("nan")}, "0 to 168"),
        ({"hours": True}, "as a number"),
        ({"people": 0}, "how many people"),
        ({"people": 1.5}, "how many people"),
        ({"people": 100}, "how many people"),
    ],
)
def test_what_cannot_be_said_is_refused_with_a_sentence_and_keeps_nothing(one_team, who, more, sentence):
    with pytest.raises(ValueError, match=sentence):
        pains.add(who, one_team, said(**more))
    assert stored(PainPoint) == []


@pytest.mark.parametrize("wrong", [-1, 5, None, 2.0])
def test_how_often_is_one_of_the_options(one_team, who, wrong):
    with pytest.raises(ValueError, match="how often"):
        pains.add(who, one_team, Said("review", "x", wrong, 0))


def test_who_says_me_too_counts_as_one_voice_more_and_once(team, who):
    ours, other = member("member", team, "a"), member("member", team, "b")
    first = pains.add(ours, team, said("Reviews wait", 2.0))
    pains.add(other, team, said("", 4.0), to=first)
    with pytest.raises(ValueError, match="counted there already"):
        pains.add(other, team, said("", 4.0), to=first)
    (view,) = pains.ranked(ours, team)
    assert (view.pain.people, view.pain.hours_each, view.pain.confidence) == (2, 3.0, "two voices")
    assert [part.own for part in view.parts] == [True, False]


def test_who_said_the_same_twice_is_one_voice_with_what_they_said_last(one_team, who):
    first = pains.add(who, one_team, said("Reviews wait", 2.0))
    pains.merge(who, [first, pains.add(who, one_team, said("Waiting for review", 5.0))])
    (view,) = pains.ranked(who, one_team)
    assert (view.pain.people, view.pain.hours, view.pain.texts) == (1, (5.0,), ("Reviews wait", "Waiting for review"))


def test_steps_that_the_team_has_drawn_can_be_named(team, who):
    with store.writing() as session:
        drawn = WorkflowMap(team_id=team, title="Release", created_at=1)
        session.add(drawn)
        session.flush()
        for version, name in ((1, "Fax to the office"), (2, "Approval meeting")):
            plain = {"title": "Release", "steps": [{"key": "a", "name": name}, {"key": "b", "name": "deployment"}]}
            session.add(MapVersion(map_id=drawn.id, kind="today", version=version, plain=plain, saved_at=1))
    steps = pains.choices(who, team).steps
    assert list(steps)[-1] == "own:Approval meeting" and len(steps) == 9
    pains.add(who, team, said(step="own:Approval meeting"))
    assert pains.ranked(who, team)[0].step_name == "Approval meeting"


def test_what_was_said_can_be_said_otherwise(one_team, who):
    made = pains.add(who, one_team, said("Reviews wait"))
    pains.edit(who, made, said("Reviews wait for days", 3.0, measured=True))
    (view,) = pains.ranked(who, one_team)
    assert (view.place, view.pain.texts, view.pain.confidence) == (1, ("Reviews wait for days",), "measured")
    assert view.own.said == said("Reviews wait for days", 3.0, measured=True)


# Who may


def test_others_words_are_edited_and_removed_by_the_lead_alone(team, who):
    author, other, lead = member("member", team, "a"), member("member", team, "b"), member("team_lead", team, "c")
    made = pains.add(author, team, said())
    for forbidden in (lambda: pains.edit(other, made, said("Mine")), lambda: pains.remove(other, made)):
        with pytest.raises(access.Forbidden):
            forbidden()
    pains.edit(lead, made, said("Waiting for review"))
    assert pains.ranked(author, team)[0].pain.texts == ("Waiting for review",)
    pains.remove(lead, made)
    assert stored(PainPoint) == []


def test_a_member_takes_back_what_only_they_said(team, who):
    author, other = member("member", team, "a"), member("member", team, "b")
    alone, shared = pains.add(author, team, said()), pains.add(author, team, said("Slow tests"))
    pains.add(other, team, said(""), to=shared)
    pains.remove(author, alone)
    with pytest.raises(access.Forbidden):
        pains.remove(author, shared)
    assert order(author, team) == [shared]


def test_whoever_is_not_of_the_team_neither_reads_nor_says(team, who):
    made = pains.add(who, team, said())
    stranger = member("member", teams.create_team(who, people.home_organization(who), "Other"))
    for forbidden in (
        lambda: pains.listed(stranger, team),
        lambda: pains.choices(stranger, team),
        lambda: pains.add(stranger, team, said()),
        lambda: pains.vote(stranger, made, 1),
        lambda: pains.merge(stranger, [made, 99]),
        lambda: pains.solve(stranger, made),
    ):
        with pytest.raises(access.Forbidden):
            forbidden()


def test_leaders_see_by_hand_at_once_and_waves_when_released_or_after_two_weeks(team, who):
    above = leader(people.home_organization(who))
    by_hand = pains.add(who, team, said("Slow tests", 1.0))
    young = wave(team, point("Reviews wait", 9.0))
    assert len(order(who, team)) == 2 and order(above, team) == [by_hand]
    assert pains.listed(above, team).alike == ()
    for changed in ({"released_at": 1}, {"released_at": None, "closed_at": store.now_us() - 15 * DAY}):
        with store.writing() as session:
            for name, value in changed.items():
                setattr(session.get_one(Wave, young.id), name, value)
        assert len(order(above, team)) == 2
    with pytest.raises(access.Forbidden):
        pains.vote(above, by_hand, 1)


def test_of_a_whole_leaders_see_the_parts_they_may(team, who):
    above = leader(people.home_organization(who))
    wave(team, point("Reviews wait", 9.0), point("Slow review", 7.0))
    by_hand = pains.add(who, team, said("Review queue", 1.0))
    from_wave = [view.id for view in pains.ranked(who, team) if view.id != by_hand]
    pains.merge(who, [*from_wave, by_hand])
    (seen,) = pains.ranked(above, team)
    assert (seen.pain.people, seen.pain.hours, seen.pain.texts) == (1, (1.0,), ("Review queue",))
    assert pains.ranked(who, team)[0].pain.people == 3


# From a wave


def test_a_wave_keeps_its_points_by_what_they_say_and_once(team, who):
    points = [point("b", 2.0), point("a", 9.0), point("c", 1.0, step="approval")]
    made = wave(team, *points)
    with store.writing() as session:
        assert pains.keep(session, session.get_one(Wave, made.id), [Sheet(pains={"x": tuple(points)})]) == 0
    rows = sorted(stored(PainPoint), key=lambda row: row.id)
    assert [row.voices["texts"] for row in rows] == [["c"], ["a"], ["b"]]
    assert {(row.created_by, row.created_at) for row in rows} == {(None, rows[0].created_at)}
    assert [event for event in stored(AuditEvent) if "pain" in event.action] == []


def test_words_of_a_wave_are_nobodys_to_change_but_it_can_be_sorted(one_team, who):
    wave(one_team, point("Reviews wait", 2.0))
    (view,) = pains.ranked(who, one_team)
    assert (view.parts[0].wave, view.own) == ("Spring", None)
    with pytest.raises(ValueError, match="stays as it was said"):
        pains.edit(who, view.id, said("Otherwise"))
    pains.sort(who, view.id, "approval", "code-review-flow")
    (view,) = pains.ranked(who, one_team)
    assert (view.step, view.capability, view.pain.texts) == ("approval", "code-review-flow", ("Reviews wait",))


def test_they_move_with_the_team_and_its_waves(team, who):
    above, other = leader(people.home_organization(who)), teams.create_team(who, people.home_organization(who), "Other")
    wave(team, point("Reviews wait", 9.0))
    pains.vote(who, pains.add(who, team, said("Slow tests", 1.0)), 2)
    teams.merge_teams(who, team, other)
    assert [(view.place, view.parts[0].wave, view.votes) for view in pains.ranked(who, other)] == [
        (1, "Spring", 0),
        (2, "", 2),
    ]
    assert [view.pain.texts for view in pains.ranked(above, other)] == [("Slow tests",)]


# Together and apart


def test_duplicates_are_proposed_until_somebody_says_they_are_two(team, who):
    first, second = pains.add(who, team, said("Reviews wait")), pains.add(who, team, said("Reviews wait long"))
    ((one, other, reason),) = pains.listed(who, team).alike
    assert ({one.id, other.id}, "both say" in reason) == ({first, second}, True)
    pains.keep_apart(who, second, first)
    assert pains.listed(who, team).alike == ()


def test_what_was_taken_apart_is_not_proposed_again(one_team, who):
    first, second = pains.add(who, one_team, said("Reviews wait")), pains.add(who, one_team, said("Reviews wait long"))
    pains.merge(who, [first, second])
    pains.part(who, second)
    assert (pains.listed(who, one_team).alike, order(who, one_team)) == ((), [first, second])


def test_a_whole_can_be_part_of_a_larger_one_and_comes_out_whole(one_team, who):
    a, b, c = (pains.add(who, one_team, said(text)) for text in ("a", "b", "c"))
    pains.merge(who, [a, b])
    assert pains.merge(who, [c, b]) == c
    pains.part(who, a)
    assert {view.id: [part.text for part in view.parts] for view in pains.ranked(who, one_team)} == {
        a: ["a", "b"],
        c: ["c"],
    }


def test_two_who_put_together_at_once_lose_nothing(team, who):
    made = [pains.add(who, team, said(text, 1.0)) for text in "abcd"]
    pairs = [made[:2], made[1::-1], [made[1], made[2]], [made[3], made[0]]]
    at_once(*(lambda pair=pair: pains.merge(who, pair) for pair in pairs))
    (view,) = pains.ranked(who, team)
    assert sorted(part.id for part in view.parts) == made


def test_voters_at_once_lose_nothing(team, who):
    made = pains.add(who, team, said())
    voters = [member("member", team, name) for name in "abcd"]
    at_once(*(lambda one=one: pains.vote(one, made, 2) for one in voters), lambda: pains.vote(who, made, 3))
    assert pains.ranked(who, team)[0].votes == 11


def at_once(*doing) -> None:
    problems, gate = [], threading.Barrier(len(doing))

    def run(do) -> None:
        gate.wait()
        try:
            do()
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=run, args=(do,)) for do in doing]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


@pytest.mark.parametrize("ids", [[], [1], [1, 1]])
def test_one_alone_is_not_put_together(one_team, who, ids):
    with pytest.raises(ValueError, match="two different"):
        pains.merge(who, ids)


def test_what_is_gone_or_of_another_team_is_said_to_be_gone(one_team, who):
    ours = pains.add(who, one_team, said())
    theirs = pains.add(who, teams.create_team(who, people.home_organization(who), "Other"), said())
    for gone in (
        lambda: pains.merge(who, [ours, theirs]),
        lambda: pains.solve(who, 99),
        lambda: pains.add(who, one_team, said(), to=theirs),
    ):
        with pytest.raises(access.NotFound, match="not there any more"):
            gone()
    assert len(order(who, one_team)) == 1


def test_removing_takes_its_parts_and_votes_along(team, who):
    made = [pains.add(who, team, said(text)) for text in "abc"]
    pains.keep_apart(who, made[2], made[1])
    pains.vote(who, made[1], 2)
    pains.merge(who, made[:2])
    pains.remove(who, made[0])
    assert (order(who, team), stored(PainVote), stored(PainPoint)[0].apart) == ([made[2]], [], {"ids": []})


# Votes and state


def test_everyone_has_three_votes_and_may_move_them(team, who):
    first, second = pains.add(who, team, said("a")), pains.add(who, team, said("b"))
    pains.vote(who, first, 2)
    with pytest.raises(ValueError, match="2 are elsewhere"):
        pains.vote(who, second, 2)
    pains.vote(who, first, 1)
    pains.vote(who, second, 2)
    assert {view.id: (view.votes, view.mine) for view in pains.ranked(who, team)} == {first: (1, 1), second: (2, 2)}
    assert pains.listed(who, team).votes_left == 0


@pytest.mark.parametrize("wrong", [-1, 4, True, 1.0, None])
def test_a_number_of_votes_that_cannot_be_is_refused(one_team, who, wrong):
    made = pains.add(who, one_team, said())
    with pytest.raises(ValueError, match="3 votes"):
        pains.vote(who, made, wrong)


def test_how_somebody_votes_leaves_no_trace(one_team, who):
    pains.vote(who, pains.add(who, one_team, said()), 1)
    assert [event.action for event in stored(AuditEvent) if "pain" in event.action] == ["add_pain_point"]


def test_votes_go_along_when_put_together_and_come_back(team, who):
    first, second = pains.add(who, team, said("a")), pains.add(who, team, said("b"))
    pains.vote(who, first, 1)
    pains.vote(who, second, 2)
    pains.merge(who, [first, second])
    assert [view.votes for view in pains.ranked(who, team)] == [3]
    pains.part(who, second)
    assert {view.id: view.votes for view in pains.ranked(who, team)} == {first: 1, second: 2}
    pains.merge(who, [first, second])
    pains.vote(who, second, 1)
    assert [view.mine for view in pains.ranked(who, team)] == [1]


def test_what_is_solved_frees_its_votes_and_takes_back_those_that_are_left(team, who):
    first, second = pains.add(who, team, said("a")), pains.add(who, team, said("b"))
    pains.vote(who, first, 2)
    pains.solve(who, first)
    with pytest.raises(ValueError, match="marked as solved"):
        pains.vote(who, first, 1)
    assert [view.id for view in pains.listed(who, team).solved] == [first]
    pains.vote(who, second, 2)
    pains.reopen(who, first)
    assert {view.id: view.mine for view in pains.ranked(who, team)} == {first: 1, second: 2}


def test_what_is_solved_is_not_put_together(one_team, who):
    first, second = pains.add(who, one_team, said("a")), pains.add(who, one_team, said("b"))
    pains.solve(who, first)
    with pytest.raises(ValueError, match="marked as solved"):
        pains.merge(who, [first, second])


# What holds of every list


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_rank_is_stable_and_taking_apart_gives_back(home, who, data):
    team = teams.create_team(who, people.home_organization(who), uuid.uuid4().hex)
    hours = data.draw(st.lists(st.none() | st.sampled_from([0.0, 1.0, 2.0, 5.5]), min_size=2, max_size=5))
    made = [pains.add(who, team, said(f"pain {number}", each)) for number, each in enumerate(hours)]
    before = pains.ranked(who, team)
    chosen = data.draw(st.lists(st.sampled_from(made), min_size=2, unique=True))
    pains.merge(who, chosen)
    assert sorted(part.id for view in pains.ranked(who, team) for part in view.parts) == made
    for each in data.draw(st.permutations(chosen)):
        pains.part(who, each)
    assert pains.ranked(who, team) == before
