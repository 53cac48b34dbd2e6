"""Nothing shown, however combined, is about fewer than k people: examples, and an attacker who tries."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from assessments.surveys.anonymity import COARSE, FULL, HIDDEN, K, patterns, plan


def kinds(people, offered, shown=()):
    return {group: seen.kind for group, seen in plan(people, offered, shown).items()}


def siblings(**sizes: int) -> dict[frozenset[str], int]:
    """People of a whole, each in one of its parts."""
    return {frozenset({"all", part}): size for part, size in sizes.items()}


@pytest.mark.parametrize(
    ("sizes", "visible"),
    [
        ({"a": 8, "b": 6}, "a all b"),
        ({"a": 8, "b": 4}, "all"),  # b has fewer than k, and a would give it away
        ({"a": 9, "b": 7, "c": 3}, "a all"),  # the hidden sum to 3: b, the next smallest, is hidden too
        ({"a": 9, "b": 7, "c": 3, "d": 2}, "a all b"),  # the hidden sum to 5
        ({"a": 3, "b": 1}, ""),
        ({"a": 5}, "a all"),
    ],
)
def test_the_remainder_rule(sizes, visible):
    seen = kinds(siblings(**sizes), [["all"], sorted(sizes)])
    assert " ".join(sorted(group for group, kind in seen.items() if kind == FULL)) == visible


def test_parts_alone_give_no_remainder_away():
    assert kinds(siblings(a=9, b=7, c=3), [["a", "b", "c"]]) == {"a": FULL, "b": FULL, "c": HIDDEN}


def test_a_second_filter_may_not_cut_a_group_too_thin():
    sizes = {"a dev": 6, "a ops": 2, "b dev": 6, "b ops": 6}
    people = {frozenset({"all", *groups.split()}): size for groups, size in sizes.items()}
    seen = kinds(people, [["all"], ["a", "b"], ["dev", "ops"]])
    assert seen == {"all": FULL, "a": FULL, "b": FULL, "dev": HIDDEN, "ops": HIDDEN}


def test_the_rank_decides_which_filter_is_shown():
    people = {frozenset({"all", "a", "dev"}): 6, frozenset({"all", "a", "ops"}): 2, frozenset({"all", "b", "ops"}): 6}
    assert kinds(people, [["all"], ["dev", "ops"], ["a", "b"]])["a"] == HIDDEN


@pytest.mark.parametrize(
    ("people", "kind"),
    [
        ({"1 2": 7}, FULL),
        ({"1 2": 7, "1": 1}, COARSE),  # one has left
        ({"1 2": 7, "2": 1}, COARSE),  # one has come
        ({"1 2": 7, "1": 1, "2": 5}, COARSE),
        ({"1 2": 7, "1": 5, "2": 6}, FULL),
        ({"1": 8, "2": 8}, FULL),
    ],
)
def test_a_wave_beside_an_earlier_one(people, kind):
    people = {frozenset(waves.split()): count for waves, count in people.items()}
    assert kinds(people, [["2"]], ["1"])["2"] == kind


def test_a_coarse_wave_can_be_followed_by_a_full_one():
    """What was not shown in full gives nothing away."""
    people = {frozenset({"1", "2", "3"}): 7, frozenset({"2"}): 1, frozenset({"2", "3"}): 1, frozenset({"1", "3"}): 5}
    assert kinds(people, [["2"]], ["1"])["2"] == COARSE
    assert kinds({frozenset({"1", "3"}): 12, frozenset({"3"}): 5}, [["3"]], ["1"])["3"] == FULL


def test_reasons_say_how_many_people_stand_in_the_way():
    seen = plan(siblings(a=8, b=4), [["all"], ["a", "b"], ["c"]])
    assert "single out 4 people" in seen["a"].reason
    assert "4 of the 5" in seen["b"].reason
    assert seen["c"].reason == "nobody answered"
    assert "by one person" in plan({frozenset("12"): 7, frozenset("1"): 1}, [["2"]], ["1"])["2"].reason


@pytest.mark.parametrize(
    ("people", "offered", "shown", "k"),
    [
        ({}, [["a"], ["a"]], [], 5),
        ({}, [["a"]], ["a"], 5),
        ({frozenset({"a"}): -1}, [["a"]], [], 5),
        ({}, [["a"]], [], 1),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(people, offered, shown, k):
    with pytest.raises(ValueError, match=r"twice|at least 2"):
        plan(people, offered, shown, k)


def test_people_in_no_group_are_in_no_pattern():
    assert patterns([{"a", "b"}, {"b", "a"}, set(), {"a"}]) == {frozenset("ab"): 2, frozenset("a"): 1}


@given(st.dictionaries(st.frozensets(st.sampled_from("abcdef"), min_size=1), st.integers(0, 9)), st.randoms())
def test_the_order_within_a_rank_changes_nothing(people, random):
    groups = list("abcdef")
    first = plan(people, [groups])
    random.shuffle(groups)
    assert plan(dict(reversed(people.items())), [groups]) == first


def isolated(groups: list[frozenset[int]], k: int) -> frozenset[int] | None:
    """Fewer than k people whom someone who knows the sums of these groups can compute something about: by linear
    algebra (a combination of groups is zero for everyone else), and by cutting and joining groups by hand."""
    groups = list(dict.fromkeys(group for group in groups if group))
    if not groups:
        return None
    alike: dict[tuple[bool, ...], set[int]] = {}
    for person in frozenset().union(*groups):
        alike.setdefault(tuple(person in group for group in groups), set()).add(person)
    atoms = list(alike)
    matrix = np.array(atoms, float).T
    whole = np.linalg.matrix_rank(matrix)
    few = [place for place, atom in enumerate(atoms) if len(alike[atom]) < k]
    for number in range(1, min(k, len(few) + 1)):
        for chosen in combinations(few, number):
            people = frozenset().union(*(alike[atoms[place]] for place in chosen))
            if len(people) < k and np.linalg.matrix_rank(np.delete(matrix, chosen, axis=1)) < whole:
                return people
    known = set(groups)
    for _ in range(2):
        for first, second in combinations(sorted(known, key=sorted), 2):
            known |= {first - second} if second < first else {second - first} if first < second else set()
            known |= {first | second} if not first & second else set()
        if found := next((group for group in known if 0 < len(group) < k), None):
            return found
        if len(known) > 60:
            break
    return None


@pytest.mark.parametrize(
    "groups",
    [
        [range(8), range(7)],  # whole and part
        [range(12), range(6), range(6, 11)],  # whole and two parts
        [range(12), range(7), range(5, 12)],  # two that overlap in two: 7 + 7 - 12
        [range(10), [*range(9), 10]],  # one left, one came
    ],
)
def test_the_attacker_is_no_fool(groups):
    assert isolated([frozenset(group) for group in groups], K)


def test_the_attacker_sees_no_ghosts():
    assert isolated([frozenset(range(12)), frozenset(range(6))], K) is None


TEAMS, ROLES = ("red", "blue", "green"), ("dev", "ops")


class Attack(RuleBasedStateMachine):
    """People come, go, and change team and role; waves close with whoever answered; filters are offered in any order.
    The attacker keeps every group shown and assumes that nobody ever changed an answer."""

    def __init__(self):
        super().__init__()
        self.people: dict[int, tuple[str, str]] = {}
        self.next, self.wave = 0, 0
        self.memberships: dict[int, set[str]] = {}
        self.full: list[str] = []
        self.last: list[str] = []

    @initialize(sizes=st.tuples(*[st.integers(0, 9)] * (len(TEAMS) * len(ROLES))))
    def begin(self, sizes):
        for place, size in enumerate(sizes):
            self.come(TEAMS[place // 2], ROLES[place % 2], size)

    @rule(team=st.sampled_from(TEAMS), role=st.sampled_from(ROLES), number=st.integers(1, 6))
    def come(self, team, role, number):
        for _ in range(number if len(self.people) < 60 else 0):
            self.people[self.next] = (team, role)
            self.next += 1

    @rule(data=st.data(), number=st.integers(1, 6))
    def go(self, data, number):
        for _ in range(min(number, len(self.people))):
            del self.people[data.draw(st.sampled_from(sorted(self.people)))]

    @rule(data=st.data(), team=st.sampled_from(TEAMS), role=st.sampled_from(ROLES))
    def change(self, data, team, role):
        if self.people:
            self.people[data.draw(st.sampled_from(sorted(self.people)))] = (team, role)

    @rule(
        absent=st.sets(st.integers(0, 60), max_size=8),
        ranks=st.permutations([["all"], list(TEAMS), list(ROLES), ["red dev", "red ops"]]),
        number=st.integers(1, 4),
    )
    def close(self, absent, ranks, number):
        self.wave += 1
        for person, (team, role) in self.people.items():
            if person not in absent:
                own = {"all", team, role, f"{team} {role}"}
                self.memberships.setdefault(person, set()).update(f"{self.wave}/{name}" for name in own)
        offered = [[f"{self.wave}/{name}" for name in rank] for rank in ranks[:number]]
        seen = plan(patterns(self.memberships.values()), offered, self.full)
        self.full += [group for group, found in seen.items() if found.kind == FULL]
        self.last = [group for group, found in seen.items() if found.kind != HIDDEN]

    def members(self, group: str) -> frozenset[int]:
        return frozenset(person for person, groups in self.memberships.items() if group in groups)

    @invariant()
    def nobody_is_isolated(self):
        assert isolated([self.members(group) for group in self.full], K) is None
        assert isolated([self.members(group) for group in self.last], K) is None


TestAttack = Attack.TestCase
TestAttack.settings = settings(max_examples=100, stateful_step_count=12, deadline=None)
