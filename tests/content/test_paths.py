"""From capability to track: no dead end, nothing promised that is not taught, nothing listed that nobody reads."""

from collections import Counter

import pytest

from content import catalog, path_rules
from content.path_rules import Leg, way
from tests.content import example
from tests.content.test_learning import loaded, module, poc
from tests.content.test_tracks import small as head

NAME = "what-a-runbook-says"


def leads(slug: str, order: int, *ranges: tuple, status: str = "active", **more) -> dict:
    """A track that leads (capability, from, to, weight) up."""
    capabilities = [{"id": key, "weight": w, "from_level": a, "to_level": b} for key, a, b, w in ranges]
    return head(slug, order, status=status, capabilities=capabilities, **more)


def tracks(*some: dict) -> dict[str, dict]:
    return {each["slug"]: each for each in some}


def practices(**more) -> dict:
    return {"areas": [{"capabilities": [{"key": "map"} | more]}]}


# -- the way up --------------------------------------------------------------------------------------------------------


def test_the_way_goes_from_level_0_as_far_as_tracks_lead():
    some = tracks(leads("a", 1, ("map", 0, 2, 1)), leads("b", 2, ("map", 1, 4, 1)))
    assert way(some, "map") == (Leg("a", 0, 2), Leg("b", 2, 4))
    assert way(some, "list") == ()


@pytest.mark.parametrize(
    ("other", "first"),
    [
        (leads("b", 2, ("map", 0, 3, 0.1)), "b"),
        (leads("b", 2, ("map", 0, 2, 1)), "b"),
        (leads("b", 2, ("map", 0, 2, 0.5)), "a"),
        (leads("b", 2, ("map", 0, 4, 1), status="wip"), "a"),
        (leads("b", 2, ("map", 0, 4, 1), status="deprecated"), "a"),
    ],
    ids=["further", "more about it", "earlier", "not written", "not taught any more"],
)
def test_of_several_tracks_the_better_one_is_on_the_way(other, first):
    assert way(tracks(leads("a", 1, ("map", 0, 2, 0.5)), other), "map")[0].track == first


def test_a_track_that_begins_too_high_is_not_reached():
    assert way(tracks(leads("a", 1, ("map", 1, 4, 1))), "map") == ()


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("some", "capability", "said"),
    [
        ([leads("a", 1, ("map", 0, 4, 1))], {}, ""),
        ([leads("a", 1, ("map", 0, 2, 1), status="wip")], {}, ""),
        ([leads("a", 1, ("map", 1, 4, 1))], {}, "no track teaches it from level 0 on"),
        ([leads("a", 1, ("list", 0, 4, 1))], {}, "no track teaches it from level 0 on"),
        ([leads("a", 1, ("map", 0, 4, 1), status="deprecated")], {}, "no track teaches it from level 0 on"),
        ([leads("a", 1, ("list", 0, 4, 1))], {"not_taught": "It is asked and not taught."}, ""),
        ([leads("a", 1, ("map", 0, 4, 1))], {"not_taught": "It is asked."}, "why no track teaches it, and a does"),
        ([leads("a", 1, ("map", 0, 1, 1)), leads("b", 2, ("map", 2, 4, 1))], {}, "lead to level 1, and b begins above"),
    ],
)
def test_a_capability_has_a_way_up_or_a_reason_why_not(some, capability, said):
    found = path_rules.dead_ends(tracks(*some), practices(**capability))
    assert (len(found) == 1 and said in found[0]) if said else found == []


def promised(resources=("pro-git",), wip=False, **changes) -> list[str]:
    """What is wrong with the track of the manual once it is active; beside one that is not written, where wip."""
    track = loaded(example.file("track.yml")) | {"status": "active"} | changes
    some = {"runbook": track} | ({"later": head("later", 2)} if wip else {})
    every = [each["id"] for each in track["capabilities"]]
    texts, proofs = (
        {"runbook": {NAME: module(resources=["pro-git"])}, "later": {}},
        {"runbook": {"x": poc()}, "later": {}},
    )
    needed = {"areas": [{"capabilities": [{"key": key} for key in every]}]}
    return path_rules.problems(some, texts, proofs, needed, resources)


def test_what_a_track_promises_is_taught():
    assert promised() == []
    teaches = [
        {"id": key, "weight": 1, "from_level": 0, "to_level": 2} for key in ("documentation-quality", "well-being")
    ]
    assert promised(capabilities=teaches) == [
        "tracks/runbook: it leads well-being up, and none of its modules teaches that"
    ]


@pytest.mark.parametrize(("hours", "right"), [(2, True), (1, False), (3, False)])
def test_the_hours_of_a_track_are_those_of_its_parts(hours, right):
    assert ["take 2.2 hours" in each or "hours, and hours is" in each for each in promised(hours=hours)] == [True] * (
        not right
    )


def test_a_resource_that_nobody_names_may_wait_for_a_track_that_is_not_written():
    assert promised(["pro-git", "lonely"]) == ["resources.yml: lonely: no module names it"]
    assert promised(["pro-git", "lonely"], wip=True) == []


# -- what is looked at -------------------------------------------------------------------------------------------------


def beside(minutes: dict[str, int], difficulties=("easy", "moderate")) -> list[str]:
    texts = {slug: {NAME: module(minutes=each)} for slug, each in minutes.items()}
    proofs = {slug: {str(n): {"difficulty": each} for n, each in enumerate(difficulties)} for slug in minutes}
    return path_rules.uneven(tracks(*(leads(slug, n) for n, slug in enumerate(minutes))), texts, proofs)


def test_a_track_with_far_more_or_less_to_read_than_the_others_is_named():
    assert beside({"a": 100, "b": 110, "c": 150}) == []
    assert [each[:2] for each in beside({"a": 100, "b": 40, "c": 190})] == ["b:", "c:"]


def test_a_track_becomes_harder_and_not_easier():
    assert beside({"a": 100}, ("moderate", "moderate", "demanding")) == []
    assert beside({"a": 100}, ("demanding", "easy")) == ["a: a later proof of concept is easier than one before it"]


# -- what is shipped ---------------------------------------------------------------------------------------------------


def shipped():
    slugs = catalog.tracks()
    return slugs, {slug: catalog.modules(slug) for slug in slugs}, {slug: catalog.pocs(slug) for slug in slugs}


def test_no_capability_without_a_path_no_track_without_a_capability_no_resource_never_used():
    heads, texts, proofs = shipped()
    assert path_rules.problems(heads, texts, proofs, catalog.practices(), catalog.resources()) == []
    assert [slug for slug, track in heads.items() if not track["capabilities"]] == []


def test_reading_and_difficulty_of_the_tracks_are_balanced():
    assert path_rules.uneven(*shipped()) == []


def test_each_level_of_tracks_has_proofs_of_its_difficulty():
    """Foundations demand nothing hard; what is advanced does not stay easy."""
    heads, _, proofs = shipped()
    for slug, track in heads.items():
        asked = Counter(each["difficulty"] for each in proofs[slug].values())
        if track["level"] == "foundation":
            assert not asked["demanding"], slug
        if track["level"] == "advanced":
            assert not asked["easy"], slug
