"""What a team is told to do next, against an independent search through all choices, and in words."""

import random
from itertools import chain

import pytest

from assessments.maturity import Seen, State, capabilities, standing
from assessments.recommend import FINISHED, TESTED_OUT, UNDER_WAY, percent, plan
from content import catalog
from tests.assessments.standings import capability, seen


def at(level: int | None, key: str = "ci", *, importance: int = 1, stages=(), upstream=()):
    """A standing at that level; None: not known."""
    model = capability("R1", "R2", "R3", "R4", key=key, importance=importance, stages=stages)
    model = type(model)(**{**vars(model), "upstream": tuple(upstream)})
    states = (
        {} if level is None else {f"repository:r{n}": State.MET if n <= level else State.NOT_MET for n in range(1, 5)}
    )
    return standing(model, {name: Seen(state, f"{name} of {key}.") for name, state in states.items()})


def track(*capabilities: tuple, hours=4, requires=(), status="active", title=None) -> dict:
    """(key, from, to) or (key, from, to, weight) each."""
    return {
        "title": title or f"Track of {hours}",
        "status": status,
        "hours": hours,
        "requires": list(requires),
        "capabilities": [
            {"id": key, "from_level": low, "to_level": high, "weight": weight[0] if weight else 1}
            for key, low, high, *weight in capabilities
        ],
    }


def team(**levels) -> dict:
    return {key: at(level, key) for key, level in levels.items()}


def picked(*arguments, **more) -> list[str]:
    return [choice.slug for choice in plan(*arguments, **more).picks]


def against(slug: str, *arguments, **more) -> str:
    return next(choice.because for choice in plan(*arguments, **more).others if choice.slug == slug)


ONE = {"a": track(("ci", 0, 2)), "b": track(("cd", 0, 2)), "c": track(("db", 0, 2))}


def test_what_closes_the_largest_gap_comes_first():
    standings = {"ci": at(1), "cd": at(1, "cd", importance=3), "db": at(1, "db", importance=2)}
    assert picked(standings, ONE, 100) == ["b", "c"]
    assert picked(standings, ONE, 4) == ["b"]
    assert picked(standings, ONE, 3) == []


def test_lead_time_that_is_lost_weighs():
    standings = {"ci": at(1, stages=["review"]), "cd": at(1, "cd", stages=["deploying"])}
    assert picked(standings, ONE, 4) == ["a"]
    assert picked(standings, ONE, 4, lost={"deploying": 0.3}) == ["b"]


def test_a_target_of_the_team_counts_instead_of_the_next_level():
    assert picked(team(ci=1, cd=1), ONE | {"b": track(("cd", 0, 4))}, 4, targets={"cd": 4}) == ["b"]


def test_no_gap_no_track():
    found = plan(team(ci=4, cd=4, db=4), ONE, 100)
    assert (found.picks, found.closed, found.hours) == ((), None, 0)


def test_more_of_the_same_is_worth_nothing():
    tracks = {"a": track(("ci", 0, 4)), "b": track(("ci", 0, 4), title="B"), "c": track(("db", 0, 2, 0.1))}
    assert picked(team(ci=1, db=1), tracks, 100) == ["a", "c"]
    assert (
        against("b", team(ci=1, db=1), tracks, 100)
        == "What it would add is taught by Track of 4 and Track of 4 already."
    )


def test_two_halves_close_a_gap_together():
    tracks = {"a": track(("ci", 0, 4, 0.5)), "b": track(("ci", 0, 4, 0.5)), "c": track(("ci", 0, 4, 0.9), hours=9)}
    assert picked(team(ci=1), tracks, 100) == ["a", "b"]


def test_of_equal_worth_the_shorter_is_chosen():
    tracks = {"a": track(("ci", 0, 2), hours=9, title="Long"), "b": track(("ci", 0, 2), hours=5, title="Short")}
    assert picked(team(ci=1), tracks, 100) == ["b"]


REQUIRED = {
    "a": track(("ci", 0, 1), hours=6, title="First"),
    "b": track(("cd", 0, 4), hours=10, requires=["a"], title="Second"),
}


def test_what_has_to_come_before_is_paid_for():
    standings = {"ci": at(3), "cd": at(1, "cd")}
    found = plan(standings, REQUIRED, 16)
    assert [(choice.slug, choice.hours, choice.before) for choice in found.picks] == [("b", 16, ("a",))]
    assert picked(standings, REQUIRED, 15) == []
    assert against("a", standings, REQUIRED, 16) == "It comes before Second and is counted with it."
    assert against("b", standings, REQUIRED, 15) == "It takes 16 hours with what comes before it, and the plan has 15."


@pytest.mark.parametrize("state", [FINISHED, TESTED_OUT, UNDER_WAY])
def test_what_is_done_or_under_way_is_not_paid_for_again(state):
    found = plan({"ci": at(3), "cd": at(1, "cd")}, REQUIRED, 10, states={"a": state})
    assert [(choice.slug, choice.hours) for choice in found.picks] == [("b", 10)]


def test_what_is_under_way_takes_its_place_and_counts():
    standings = team(ci=1, cd=1, db=1)
    assert picked(standings, ONE, 100, states={"a": UNDER_WAY}) == ["b"]
    both = {"a": UNDER_WAY, "b": UNDER_WAY}
    assert picked(standings, ONE, 100, states=both) == []
    assert (
        against("c", standings, ONE, 100, states=both) == "Track of 4 and Track of 4 are under way; finish one first."
    )


def test_a_level_that_is_not_known_is_found_out_and_has_no_gap():
    found = plan(team(ci=None, cd=1), ONE, 100)
    assert [choice.slug for choice in found.picks] == ["b"]
    assert found.find_out == (
        (
            "ci",
            "CI: none of 4 pieces of evidence are known. No repository has been looked at for r1. And 3 more.",
        ),
    )
    assert against("a", team(ci=None, cd=1), ONE, 100) == "Where the team stands in CI is not known; find out first."


def test_a_level_for_which_only_the_team_speaks_is_found_out():
    """All that was asked for is known, and the level is not: its first statement rests on the team's word alone."""
    model = capability("S", "S R2", "S R3", "S R4")
    known = seen("S1+", "S2-", "R2+", "S3-", "R3-", "S4-", "R4-")
    found = plan({"ci": standing(model, known)}, ONE, 100)
    ((key, told),) = found.find_out
    assert key == "ci" and told == "CI: only the team's word speaks for its first level, and nothing refuses it."


@pytest.mark.parametrize(
    ("change", "levels", "reason"),
    [
        ({"states": {"c": FINISHED}}, {}, "The team has finished it."),
        ({"states": {"c": TESTED_OUT}}, {}, "The team's repositories pass its checks already."),
        ({"states": {"c": UNDER_WAY}}, {}, "It is under way."),
        ({}, {"db": 4}, "The team has what it teaches."),
        ({}, {"db": 2}, "The team has what it teaches."),
        ({}, {}, "It is worth as much as Track of 4 and Track of 4, which stands before it in the list."),
        ({"targets": {"ci": 2, "cd": 2, "db": 2}}, {"db": 0, "ci": 0}, None),
    ],
)
def test_the_reason_against(change, levels, reason):
    standings = team(**({"ci": 1, "cd": 1, "db": 1} | levels))
    found = {choice.slug: choice.because for choice in plan(standings, ONE, 8, **change).others}
    assert reason is None or found["c"] == reason


def test_the_reason_against_what_begins_too_high_or_is_retired():
    tracks = {"a": track(("ci", 2, 4)), "b": track(("ci", 0, 4), status="deprecated")}
    assert against("a", team(ci=0), tracks, 100) == "It begins at level 2 of CI, and the team is at 0."
    assert against("b", team(ci=0), tracks, 100) == "It is no longer taught."


def test_the_reason_against_what_is_outdone():
    standings = {"ci": at(1), "cd": at(1, "cd", importance=3), "db": at(1, "db", importance=2)}
    tracks = {key: each | {"title": key.upper()} for key, each in ONE.items()}
    assert against("a", standings, tracks, 8) == (
        "In 8 hours B and C close 83 % of the gap; the best choice with this one 67 %."
    )
    long = ONE | {"a": track(("ci", 0, 2), hours=6)}
    assert against("a", team(ci=1, cd=1, db=1), long, 10) == (
        "The best choice with it closes as much as Track of 4 and Track of 4, and takes 10 hours instead of 8."
    )


def test_the_reason_for():
    standings = {"ci": at(1, stages=["review"]), "cd": at(2, "cd"), "db": at(0, "db")}
    tracks = {
        "a": track(("db", 0, 1), hours=6, title="First"),
        "b": track(("ci", 0, 4), ("cd", 1, 4, 0.5), hours=10, requires=["a"], title="Second"),
    }
    found = plan(standings, tracks, 20, lost={"review": 0.31})
    assert [choice.because for choice in found.picks] == [
        "It works on CI (level 1 to 2), DB (level 0 to 1) and 1 more; where CI acts, 31 % of the lead time is lost to "
        "waiting; it takes 16 of your 20 hours together with First, which comes before."
    ]
    assert (found.hours, round(found.closed, 3)) == (16, round((1.31 + 1 + 0.5) / 3.31, 3))


def test_a_track_that_is_not_written_says_so():
    found = plan(team(ci=1), {"a": track(("ci", 0, 2), status="wip")}, 10)
    assert [choice.coming for choice in found.picks] == [True]


def test_the_next_steps_begin_with_the_largest_gap():
    standings = {"ci": at(1, upstream=["cd"]), "cd": at(0, "cd", importance=3), "db": at(4, "db")}
    steps = plan(standings, {}, 0).steps
    assert [(step.capability, step.level, step.against, step.first) for step in steps] == [
        ("cd", 1, ("repository:r1 of cd.",), ()),
        ("ci", 2, ("repository:r2 of ci.",), ("CD (level 0)",)),
    ]


def test_a_step_says_what_speaks_for_and_against_it_and_when_only_the_team_could_tell():
    def step(*found):
        return plan({"ci": standing(capability("R1", "S", "S R3"), seen("R1+", *found))}, {}, 0).steps[0]

    assert step("S3-", "R3-").only_word and {item.lane for item in step("S3-", "R3-").open} == {"survey"}
    refused = step("S2-", "S3-", "R3-")
    assert refused.against == ("S2 is not met.",) and not refused.only_word
    half = plan({"ci": standing(capability("R1", "R2 R3"), seen("R1+", "R2+", "R3?"))}, {}, 0).steps[0]
    assert (half.speaks, [item.key for item in half.open], half.only_word) == (("R2 is met.",), ["r3"], False)


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"budget": -1}, "negative"),
        ({"targets": {"ci": 5}}, "level from 1 to 4"),
        ({"states": {"a": "abandoned"}}, "cannot be abandoned"),
    ],
)
def test_what_cannot_be_planned(more, problem):
    with pytest.raises(ValueError, match=problem):
        plan(team(ci=1), ONE, **({"budget": 1} | more))


# Against an independent search: every choice of at most two, by another way of counting.


def brute_force(standings, tracks, budget, targets, lost, states) -> tuple[float, float]:
    """The most that can be gained and the fewest hours in which it can; in thousandths, level by level."""
    done = {slug for slug, state in states.items() if state in ("finished", "tested out")}
    going = [slug for slug, state in states.items() if state == "under way"]

    def everything(slug):
        if slug in done or tracks[slug]["status"] == "deprecated":
            return frozenset()
        return frozenset({slug}).union(*map(everything, tracks[slug]["requires"]))

    def worth(slugs):
        total = 0.0
        members = frozenset(chain(*map(everything, slugs)))
        for key, where in standings.items():
            if where.told is None:
                continue
            wanted = range(where.told + 1, targets.get(key, min(4, where.told + 1)) + 1)
            teaching = 0.0
            for level in wanted:
                for slug in members:
                    for each in tracks[slug]["capabilities"]:
                        if each["id"] == key and each["from_level"] < level <= each["to_level"]:
                            teaching += each["weight"]
            lost_here = min(1, sum(lost.get(stage, 0) for stage in where.capability.stages))
            total += min(teaching, len(wanted)) * where.capability.importance * (1 + lost_here)
        return total

    best = (0.0, 0.0)
    free = [slug for slug in tracks if slug not in states and tracks[slug]["status"] != "deprecated"]
    for first in [None, *free]:
        for second in [None, *free]:
            picks = {first, second} - {None}
            if len(picks) + len(going) > 2 and picks:
                continue
            members = frozenset(chain(*map(everything, picks))) - set(going)
            hours = sum(tracks[slug]["hours"] for slug in members)
            if hours > budget:
                continue
            gain = worth([*picks, *going]) - worth(going)
            if gain > best[0] + 1e-9 or (abs(gain - best[0]) <= 1e-9 and hours < best[1]):
                best = (gain, hours)
    return best


def chance(seed: int):
    """A team and tracks by chance, where ties, circles of nothing and unknown levels are common."""
    dice = random.Random(seed)
    keys = [f"c{n}" for n in range(dice.randint(1, 6))]
    stages = ["review", "deploying", "coding"]
    standings = {
        key: at(
            dice.choice([None, 0, 1, 2, 3, 4]),
            key,
            importance=dice.choice([1, 2]),
            stages=dice.sample(stages, dice.randint(0, 2)),
        )
        for key in keys
    }
    slugs = [f"t{n}" for n in range(dice.randint(0, 8))]
    tracks = {}
    for place, slug in enumerate(slugs):
        taught = []
        for key in dice.sample(keys, dice.randint(1, min(3, len(keys)))):
            low = dice.randint(0, 3)
            taught.append((key, low, dice.randint(low + 1, 4), dice.choice([0.25, 0.5, 1])))
        requires = dice.sample(slugs[:place], min(place, dice.choice([0, 0, 1, 2])))
        status = dice.choice(["active", "wip", "beta", "active", "deprecated"])
        tracks[slug] = track(*taught, hours=dice.choice([2, 4, 6, 10]), requires=requires, status=status)
    targets = {key: dice.randint(1, 4) for key in keys if dice.random() < 0.3}
    lost = {stage: dice.choice([0, 0.125, 0.5]) for stage in stages}
    kinds = [FINISHED, TESTED_OUT, UNDER_WAY]
    states = {slug: dice.choice(kinds) for slug in slugs if dice.random() < 0.2}
    going = [slug for slug, state in states.items() if state == UNDER_WAY]
    states = {slug: state for slug, state in states.items() if slug not in going[2:]}
    return standings, tracks, dice.choice([0, 5, 10, 20, 100]), targets, lost, states


@pytest.mark.parametrize("block", range(4))
def test_no_choice_is_better(block):
    for seed in range(block * 100, block * 100 + 100):
        standings, tracks, budget, targets, lost, states = given = chance(seed)
        found = plan(standings, tracks, budget, targets=targets, lost=lost, states=states)
        gain, hours = brute_force(*given)
        gaps = [
            max(0, targets.get(key, min(4, where.told + 1)) - where.told)
            * where.capability.importance
            * (1 + min(1, sum(lost[stage] for stage in where.capability.stages)))
            for key, where in standings.items()
            if where.told is not None
        ]
        assert (found.closed or 0) * sum(gaps) == pytest.approx(gain), seed
        assert found.hours == pytest.approx(hours), seed
        assert found.hours <= budget and len(found.picks) <= 2
        assert {choice.slug for choice in (*found.picks, *found.others)} == set(tracks)
        assert all(choice.because.endswith(".") for choice in (*found.picks, *found.others))


def test_more_hours_never_close_less():
    for seed in range(60):
        standings, tracks, _, targets, lost, states = chance(seed)
        closed = [
            plan(standings, tracks, hours, targets=targets, lost=lost, states=states).closed or 0
            for hours in (0, 3, 6, 12, 24)
        ]
        assert closed == sorted(closed), seed


def test_the_shipped_tracks_make_a_plan():
    model = capabilities(catalog.practices())
    standings = {
        key: standing(each, {item: Seen(State.NOT_MET, "No.") for item in each.items}) for key, each in model.items()
    }
    found = plan(standings, catalog.tracks(), 40)
    assert len(found.picks) == 2 and found.hours <= 40 and found.find_out == ()
    assert len(found.picks) + len(found.others) == 12


@pytest.mark.parametrize(
    ("share", "text"), [(0.05, "5 %"), (0.046, "5 %"), (0.004, "below 1 %"), (0, "0 %"), (1, "100 %")]
)
def test_parts_of_a_gap_are_told_in_whole_per_cent(share, text):
    assert percent(share) == text
