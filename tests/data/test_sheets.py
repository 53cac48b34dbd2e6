"""Tables for other programs: everything, exactly, and nothing that a spreadsheet would run."""

import csv
import json
import stat
from datetime import datetime

import polars as pl
import pytest
from sqlalchemy import update

from assessments.delivery.facts import INSTANT
from data import derive, moving, queries, sheets, store
from data.asked import closing
from data.moving import MoveError, NothingToMove
from data.practices import assessments, model, standings
from data.tables import Change, Deployment, Incident, JudgedDeployment, PipelineRun, Team
from tests.data import practised, surveyed
from tests.data.arrange import Place
from tests.data.test_moving import busy, count

FACTS = {"changes": Change, "deployments": Deployment, "incidents": Incident, "pipeline_runs": PipelineRun,
         "judged_deployments": JudgedDeployment}  # fmt: skip


def parquet(folder, name: str) -> pl.DataFrame:
    return pl.read_parquet(folder / f"{name}.parquet")


@pytest.mark.parametrize("rows", [7, 50_000])
def test_parquet_holds_what_the_store_holds(both, who, tmp_path, monkeypatch, rows):
    monkeypatch.setattr(sheets, "_ROWS", rows)
    place = busy(who)
    said = sheets.export_tables(tmp_path / "out", "parquet")
    assert set(said) == set(sheets.TABLES)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {f"{name}.parquet" for name in sheets.TABLES}
    for name, table in FACTS.items():
        assert (said[name], parquet(tmp_path / "out", name).height) == (count(table), count(table))
    mine = parquet(tmp_path / "out", "changes").filter(repository_id=place.repository_id).sort("number")
    facts = derive.facts(place.service_id).changes.sort("number")
    same = ["change_id", "number", "title", "merge_sha", "authored_at", "merged_at", "reverts", "paths", "url"]
    assert mine.select(same).equals(facts.select(same))
    judged = parquet(tmp_path / "out", "judged_deployments").filter(service_id=place.service_id)
    assert sorted(judged["deployment_id"]) == sorted(derive.load(place.service_id).deployments["deployment_id"])
    runs = parquet(tmp_path / "out", "pipeline_runs")
    assert (runs.schema["queued_at"], runs["attempt"].n_unique() > 0) == (INSTANT, True)


def test_cells_and_assessments_are_those_of_the_pages(both, who, tmp_path):
    place = busy(who)
    sheets.export_tables(tmp_path / "out", "parquet")
    view = queries.service(who, place.service_id)
    window = queries.window(view, sheets.WEEKS)
    cells = parquet(tmp_path / "out", "cells").filter(service_id=place.service_id)
    shown = queries.cells(place.service_id, *window)
    mine = cells.filter(pl.col("week").is_in(shown["week"].implode())).drop("service_id")
    assert mine.sort("week", "metric").equals(shown.select(mine.columns).cast(dict(mine.schema)).sort("week", "metric"))
    metrics = derive.summaries({place.service_id: window})[place.service_id].metrics
    rows = parquet(tmp_path / "out", "assessments").filter(service_id=place.service_id)
    assert {row["metric"]: (row["value"], row["state"], row["n"]) for row in rows.iter_rows(named=True)} == {
        key: (metric.value, metric.state.value, metric.n) for key, metric in metrics.items()
    }
    (service,) = parquet(tmp_path / "out", "services").filter(service_id=place.service_id).rows(named=True)
    assert (service["service"], service["up_to_date"]) == (view.name, True)


def test_json_and_csv_hold_the_same(home, who, tmp_path):
    place = busy(who)
    for form in ("parquet", "json", "csv"):
        sheets.export_tables(tmp_path / form, form)
    for name in sheets.TABLES:
        rows = parquet(tmp_path / "parquet", name)
        lines = [json.loads(line) for line in (tmp_path / "json" / f"{name}.jsonl").read_text().split("\n")[:-1]]
        assert len(lines) == rows.height
        with (tmp_path / "csv" / f"{name}.csv").open(newline="") as file:
            found = list(csv.DictReader(file))
        assert len(found) == rows.height and (not found or list(found[0]) == rows.columns)
    (line,) = [each for each in read(tmp_path / "json" / "changes.jsonl") if each["change_id"] == "#3"
               and each["repository_id"] == place.repository_id]  # fmt: skip
    row = parquet(tmp_path / "parquet", "changes").filter(change_id="#3", repository_id=place.repository_id)
    assert datetime.fromisoformat(line["merged_at"]) == row["merged_at"][0]
    assert (line["title"], line["paths"]) == (row["title"][0], row["paths"][0])


def test_what_a_closed_survey_says_is_exported_as_far_as_it_is_shown(home, who, tmp_path):
    team, plain = surveyed.team(who), surveyed.asked("well-being", ["pace"])
    names = [f"Member {number}" for number in range(8)]
    for options in ((1, 2, 2, 3, 2, 2), (1, 2, 2, 3, 2)):  # the second is shown coarsely
        surveyed.wave(team, [surveyed.all_at(plain, option) for option in options], names, plain)
        closing.close_due()
    sheets.export_tables(tmp_path / "out", "parquet")
    full, coarse = parquet(tmp_path / "out", "survey_items").filter(item="interruptions").rows(named=True)
    assert (full["counts"], full["n"], full["told"]) == ([0, 1, 4, 1, 0], 6, "mean")
    assert (coarse["counts"], coarse["n"], coarse["mean"], coarse["quartiles"]) == (None, None, None, [2, 2, 2])
    kept = parquet(tmp_path / "out", "kept_assessments").rows(named=True)
    assert [json.loads(row["content"])["answers"]["visibility"] for row in kept] == ["full", "coarse"]


def test_assessments_of_practices_are_exported_with_their_levels(home, who, tmp_path):
    place = Place(who)
    practised.looked(place.repository_id)
    practised.said(place.team_id, 2)
    made = assessments.take(who, place.team_id, "Now")
    sheets.export_tables(tmp_path / "out", "parquet")
    kept = {row["kind"]: row for row in parquet(tmp_path / "out", "kept_assessments").rows(named=True)}
    assert (kept["practices"]["title"], kept["practices"]["survey_id"]) == ("Now", None)
    assert kept["survey"]["survey_id"] is not None
    levels = parquet(tmp_path / "out", "capability_levels")
    assert set(levels["assessment_id"]) == {made} and levels.height == len(model.capabilities())
    found = standings.of_team(who, place.team_id).standings
    assert {row["capability"]: row["level"] for row in levels.rows(named=True)} == {
        key: one.told for key, one in found.items()
    }


def read(path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().split("\n")[:-1]]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", '=HYPERLINK("http://x","y")'])
def test_no_text_in_a_csv_is_a_formula(home, who, tmp_path, text):
    place = busy(who)
    with store.writing() as session:
        session.get_one(Team, place.team_id).name = text
        session.execute(update(Change).where(Change.change_id == "#3").values(title=text, paths=text))
    sheets.export_tables(tmp_path / "out", "csv")
    with (tmp_path / "out" / "services.csv").open(newline="") as file:
        assert f"'{text}" in {row["team"] for row in csv.DictReader(file)}
    for path in (tmp_path / "out").iterdir():
        with path.open(newline="") as file:
            for row in csv.reader(file):
                assert not [cell for cell in row if cell[:1] in ("=", "+", "@", "\t", "\r")]
                assert not [cell for cell in row if cell[:1] == "-" and not is_number(cell)]
    sheets.export_tables(tmp_path / "plain", "json")
    assert text in {row["team"] for row in read(tmp_path / "plain" / "services.jsonl")}


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_the_folder_is_for_its_owner_only_and_never_replaces_another(home, who, tmp_path):
    busy(who)
    sheets.export_tables(tmp_path / "out", "csv")
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (tmp_path / "out").iterdir()} == {0}
    with pytest.raises(MoveError, match="is there already: choose another name"):
        sheets.export_tables(tmp_path / "out", "csv")
    with pytest.raises(MoveError, match="choose another place"):
        sheets.export_tables(tmp_path / "nowhere" / "out", "csv")


@pytest.mark.parametrize("form", sheets.FORMATS)
def test_what_is_broken_off_leaves_nothing(home, who, tmp_path, form):
    busy(who)
    (tmp_path / "exports").mkdir()

    def stop(done, total, text):
        if "cells" in text:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sheets.export_tables(tmp_path / "exports" / "out", form, stop)
    assert list((tmp_path / "exports").iterdir()) == []


def test_a_store_without_anything_is_not_exported(home, tmp_path):
    with pytest.raises(NothingToMove):
        sheets.export_tables(tmp_path / "out", "csv")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("form", sheets.FORMATS)
def test_services_that_were_never_judged_have_no_cells(home, who, tmp_path, form):
    Place(who, settings=None)
    said = sheets.export_tables(tmp_path / "out", form)
    assert (said["services"], said["cells"], said["assessments"]) == (1, 0, 0)


def test_every_secret_stays_behind(home, who, tmp_path):
    """Only tables that are named travel: none with a secret is."""
    private = {table.__tablename__ for table in moving.PRIVATE} | {"api_token"}
    assert not private & {table.__tablename__ for table in sheets._AS_STORED.values()}
