"""Content files say what the code relies on, and broken ones are refused."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assessments.delivery.results import Summary
from content import catalog, checking

MEASURED = [
    "lead_time",
    "merge_to_production",
    "deployment_frequency",
    "recovery_time",
    "change_fail_rate",
    "rework_rate",
]
KEYS = [*MEASURED, "recovery_time_inferred", "change_fail_rate_inferred", "rework_rate_inferred"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A content folder of our own, read anew."""
    monkeypatch.setattr(catalog, "HERE", tmp_path)
    for load in (catalog.benchmarks, catalog.definitions):
        load.cache_clear()
    yield tmp_path
    for load in (catalog.benchmarks, catalog.definitions):
        load.cache_clear()


def test_every_metric_of_a_summary_is_defined():
    assert set(KEYS) <= set(catalog.definitions())
    assert all(key in Summary.__doc__ for key in KEYS)


@pytest.mark.parametrize("key", [*KEYS, "stages"])
def test_every_definition_has_words_for_every_field(key):
    assert all(text.strip() for text in catalog.definitions()[key].values())


def test_a_definition_with_a_missing_field_is_refused(folder):
    (folder / "definitions.yml").write_text("lead_time: {title: a, definition: b, formula: c, interval: d}")
    with pytest.raises(catalog.ContentError, match="lead_time has limits"):
        catalog.definitions()


def test_a_distribution_that_does_not_add_up_is_refused(folder):
    (folder / "benchmarks").mkdir()
    figures = {"dist_2025": {"leadtime": {"pct_best_first": [50, 60]}}}
    (folder / "benchmarks" / "dora.json").write_text(json.dumps(figures))
    with pytest.raises(catalog.ContentError, match="leadtime adds up to 110"):
        catalog.benchmarks()


@pytest.mark.parametrize("text", ["", "lead_time: [", "- a list", "lead_time: a text"])
def test_definitions_that_are_none_are_refused_with_the_name_of_the_file(folder, text):
    (folder / "definitions.yml").write_text(text)
    with pytest.raises(catalog.ContentError, match=r"^definitions\.yml: "):
        catalog.definitions()


@pytest.mark.parametrize("text", [None, "", '{"dist_2025": {', "[]"])
def test_benchmarks_that_are_none_are_refused_with_the_name_of_the_file(folder, text):
    (folder / "benchmarks").mkdir()
    if text is not None:
        (folder / "benchmarks" / "dora.json").write_text(text)
    with pytest.raises(catalog.ContentError, match=r"^benchmarks/dora\.json: "):
        catalog.benchmarks()


def test_the_holes_between_the_clusters_are_kept():
    assert "<1d" not in {tier["lt"] for tier in catalog.benchmarks()["clusters"]["2021"]["tiers"].values()}
    assert catalog.benchmarks()["clusters"]["2020"]["tiers"] == {}


def test_the_unverified_rework_distribution_is_not_shipped():
    rework = catalog.benchmarks()["dist_2025"]["rework"]
    assert (rework["mean"], rework["sd"], "pct_best_first" in rework) == (22, 22, False)


def test_every_figure_names_its_source():
    figures = catalog.benchmarks()
    assert all(year["source"] for year in figures["clusters"].values())
    assert figures["dist_2025"]["source"]


def test_no_definition_ends_in_a_loose_end():
    """The texts are shown as they are: whole sentences."""
    loose = [
        (key, field)
        for key, fields in catalog.definitions().items()
        for field, text in fields.items()
        if field != "title" and not text.strip().endswith(".")
    ]
    assert loose == []


def test_the_files_are_read_from_the_content_room():
    assert Path(catalog.__file__).parent == catalog.HERE


def test_many_who_come_at_once_read_a_file_once(monkeypatch):
    begun = []

    def slow(path):
        begun.append(path)
        time.sleep(0.05)
        return checking.read(path)

    monkeypatch.setattr(catalog, "read", slow)
    catalog.facilitation.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: id(catalog.facilitation()), range(8)))
    assert len(begun) == 1 and len(set(found)) == 1


def test_what_could_not_be_read_is_read_again(monkeypatch):
    catalog.facilitation.cache_clear()
    with monkeypatch.context() as patch, pytest.raises(catalog.ContentError):
        patch.setattr(catalog, "read", lambda path: {})
        catalog.facilitation()
    assert catalog.facilitation()["steps"]
