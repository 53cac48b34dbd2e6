"""The matrix of capabilities and tracks, as pages show it."""

from content import catalog
from data.learning import paths


def test_every_capability_and_every_track_stands_in_it_once():
    found = paths.matrix()
    keys = [each["key"] for area in catalog.practices()["areas"] for each in area["capabilities"]]
    assert [row.key for row in found.rows] == keys
    assert [column.slug for column in found.columns] == list(catalog.tracks())
    assert found.hours == sum(track["hours"] for track in catalog.tracks().values())


def test_a_row_says_what_its_way_takes():
    (row,) = [row for row in paths.matrix().rows if row.key == "version-control"]
    assert [(leg.track, leg.from_level, leg.to_level) for leg in row.way] == [
        ("jenkins-to-actions", 0, 2),
        ("infrastructure-as-code", 2, 4),
    ]
    heads = catalog.tracks()
    assert row.top == 4 and row.hours == sum(heads[leg.track]["hours"] for leg in row.way)
    taught = [
        module.head["minutes"]
        for leg in row.way
        for module in catalog.modules(leg.track).values()
        if "version-control" in module.head["teaches"]
    ]
    assert row.about == sum(taught) > 0


def test_a_capability_that_is_not_taught_says_why(monkeypatch):
    known = catalog.practices()
    area = known["areas"][0]
    first = area["capabilities"][0]
    told = first | {"not_taught": "It is asked, and learned elsewhere."}
    changed = [area | {"capabilities": [told, *area["capabilities"][1:]]}, *known["areas"][1:]]
    heads = {
        slug: track | {"capabilities": [each for each in track["capabilities"] if each["id"] != first["key"]]}
        for slug, track in catalog.tracks().items()
    }
    monkeypatch.setattr(catalog, "practices", lambda: known | {"areas": changed})
    monkeypatch.setattr(catalog, "tracks", lambda: heads)
    row = paths.matrix().rows[0]
    assert (row.way, row.top, row.hours, row.cells) == ((), 0, 0, {})
    assert row.why_not == "It is asked, and learned elsewhere."
