"""The heads of the tracks: what is shipped passes, and every rule refuses what it is there for."""

import re
from datetime import date

import pytest

from content import catalog, track_rules
from tests.content.test_practices import small as practices

SLUGS = """jenkins-to-actions go-cli-docker-builder pipeline-monitoring container-startup vault-secret-rotation
    deployment-orchestrator real-time-processing practice-roll-out infrastructure-as-code learning-with-validation
    database-changes ai-ready-delivery"""


def test_all_tracks_are_there_in_their_order():
    assert list(catalog.tracks()) == SLUGS.split()


def test_a_track_is_shipped_as_ready_with_all_that_it_needs_or_not_at_all():
    assert {track["status"] for track in catalog.tracks().values()} <= {"wip", "active"}
    active = [slug for slug, track in catalog.tracks().items() if track["status"] == "active"]
    assert {slug: len(catalog.pocs(slug)) for slug in active} == dict.fromkeys(active, 3)
    assert [slug for slug in active if not 6 <= len(catalog.modules(slug)) <= 8] == []


def small(slug="first", order=1, **changes) -> dict:
    """A track that breaks no rule."""
    return {
        "id": f"dadad33b-9a06-4d8c-9db2-d408ac3811a{order}",
        "slug": slug,
        "version": "1.2.0",
        "title": slug.capitalize(),
        "outcome": "After this track your team can keep a map.",
        "status": "wip",
        "order": order,
        "level": "foundation",
        "hours": 4,
        "owners": ["Platform team"],
        "capabilities": [{"id": "map", "weight": 1, "from_level": 0, "to_level": 2}],
        "requires": [],
        "modules": [],
        "pocs": [],
        "review_by": "2027-06-30",
        "changelog": [{"version": "1.2.0", "date": "2026-11-28", "change": "A second part."}],
    } | changes


def capability(**changes) -> list[dict]:
    return [{"id": "map", "weight": 1, "from_level": 0, "to_level": 2} | changes]


def log(**changes) -> list[dict]:
    return [{"version": "1.2.0", "date": "2026-11-28", "change": "A second part."} | changes]


def test_the_small_track_breaks_no_rule():
    assert track_rules.problems("first", small(), practices()) == []


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (small("other"), "slug is other, the folder is named first"),
        (small(outcome="You will know maps."), "its outcome is a sentence"),
        (small(outcome="After this track your team can keep a map"), "its outcome is a sentence"),
        (small(capabilities=capability(id="list-of-maps")), "capability list-of-maps is not in practices.yml"),
        (small(capabilities=capability() * 2), "capability map stands twice"),
        (small(capabilities=capability(from_level=2)), "from level 2 to 2; it must lead up"),
        (small(capabilities=capability(weight=0)), "weight: 0 is less than"),
        (small(capabilities=capability(to_level=5)), "to_level: 5"),
        (small(capabilities=[]), "capabilities: .* non-empty"),
        (small(status="active"), "it is active and has no modules"),
        (small(status="beta", modules=["one"]), "it is beta and has no modules or no proofs"),
        (small(status="ready"), "status: 'ready'"),
        (small(changelog=log(version="1.1.0")), "newest entry of its changelog is of 1.1.0, not 1.2.0"),
        (small(changelog=log(date="2026-02-30")), "changelog 1.2.0: 2026-02-30 is no day"),
        (small(review_by=date(2027, 1, 1)), "review_by: .* is not of type 'string'"),
        (small(version="1.2"), "version: '1.2' does not match"),
        (small(id="1"), "id: '1' does not match"),
        (small(hours=0), "hours: 0"),
        (small(prerequisites=[]), "'prerequisites' was unexpected"),
        ([], "the file: .* is not of type 'object'"),
    ],
)
def test_each_rule_refuses(data, problem):
    found = track_rules.problems("first", data, practices())
    assert len(found) == 1 and re.search(problem, found[0]), found


def beside(*tracks: dict) -> list[str]:
    """What is wrong with them together; a track that teaches all capabilities stands with them."""
    whole = small("whole", 9, title="Whole", capabilities=[*capability(), *capability(id="list")])
    return track_rules.together({track["slug"]: track for track in [whole, *tracks]}, practices())


def test_tracks_that_go_together():
    assert beside(small(), small("second", 2, requires=["first"])) == []


@pytest.mark.parametrize(
    ("second", "problem"),
    [
        (small("second", 1), "two tracks have the order 1"),
        (small("second", 2, title="First"), "two tracks have the title First"),
        (small("second", 2, requires=["third"]), "second: it requires third, which is no track"),
        (small("second", 2, requires=["second"]), "requires runs in a circle: second < second"),
    ],
)
def test_tracks_that_do_not(second, problem):
    found = beside(small(), second)
    assert problem in found and len(found) <= 2


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "deprecated", "capabilities": capability(id="list")},
        {"capabilities": capability(id="list", from_level=1)},
    ],
)
def test_a_capability_that_no_open_track_teaches_from_the_bottom_is_named(changes):
    retired = small("second", 2, **changes)
    found = track_rules.together({"first": small(), "second": retired}, practices())
    assert found == ["no track teaches list from level 0 on"]


def test_a_track_is_overdue_after_its_day():
    tracks = {"first": small(), "second": small("second", 2, status="deprecated")}
    assert track_rules.overdue(tracks, date(2027, 6, 30)) == []
    assert [line[:6] for line in track_rules.overdue(tracks, date(2027, 7, 1))] == ["first:"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A content folder of our own with the shipped practices, read anew."""
    text = (catalog.HERE / "practices.yml").read_text(encoding="utf-8")
    monkeypatch.setattr(catalog, "HERE", tmp_path)
    (tmp_path / "practices.yml").write_text(text, encoding="utf-8")
    loads = (catalog.practices, catalog.tracks)
    for load in loads:
        load.cache_clear()
    yield tmp_path / "tracks" / "first"
    for load in loads:
        load.cache_clear()


def test_a_broken_track_is_refused_with_the_name_of_its_folder(folder):
    folder.mkdir(parents=True)
    (folder / "track.yml").write_text("slug: first\nslug: second\n")
    with pytest.raises(catalog.ContentError, match=r"tracks/first/track\.yml: .*duplicate key"):
        catalog.tracks()
    (folder / "track.yml").write_text("slug: first\n")
    with pytest.raises(catalog.ContentError, match=r"tracks/first/track\.yml: the file: 'id' is a required"):
        catalog.tracks()
