"""Example maps are read by the same code as a team's own."""

import pytest

from assessments.workflow.model import problems
from content import catalog


@pytest.mark.parametrize("name", sorted(catalog.maps()))
def test_every_shipped_map_can_be_read(name):
    found = catalog.maps()[name]
    assert problems(found["today"]) == problems(found["future"]) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("key: odd\n", r"maps/one\.yml: the file: 'purpose' is a required"),
        ("key: [\n", r"maps/one\.yml: .*line"),
    ],
)
def test_a_broken_map_is_refused_with_its_name(tmp_path, monkeypatch, text, problem):
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "one.yml").write_text(text)
    monkeypatch.setattr(catalog, "HERE", tmp_path)
    catalog.maps.cache_clear()
    try:
        with pytest.raises(catalog.ContentError, match=problem):
            catalog.maps()
    finally:
        catalog.maps.cache_clear()


def test_a_map_is_named_after_its_file(tmp_path, monkeypatch):
    (tmp_path / "maps").mkdir()
    source = (catalog.HERE / "maps" / "release-by-hand.yml").read_text()
    (tmp_path / "maps" / "other.yml").write_text(source)
    monkeypatch.setattr(catalog, "HERE", tmp_path)
    catalog.maps.cache_clear()
    try:
        with pytest.raises(catalog.ContentError, match="the file is named other"):
            catalog.maps()
    finally:
        catalog.maps.cache_clear()
