"""The interval as shown holds what it promises, in a small run here and in the large one that the docs report."""

import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks.survey_coverage import FLOOR, POPULATIONS, main, table

DOCS = Path(__file__).parents[2] / "docs" / "surveys.md"


def test_every_population_is_covered():
    rows = [row for row in table(60) if row[2] < row[1]]
    held = {name: np.mean([row[3] for row in rows if row[0] == name]) for name in POPULATIONS}
    assert all(held[name] >= FLOOR[name] for name in POPULATIONS), held
    assert all(sum(shares) == pytest.approx(1) for shares in POPULATIONS.values())


def test_the_reported_table_has_every_population_above_its_floor():
    lines = re.findall(
        r"^\| ([a-z-]+) \| ([0-9.]+) %.* ([0-9.]+) % \(N", DOCS.read_text(encoding="utf-8"), re.MULTILINE
    )
    reported = {name: (float(whole), float(least)) for name, whole, least in lines}
    assert set(reported) == set(POPULATIONS)
    assert all(min(reported[name]) >= 100 * FLOOR[name] for name in POPULATIONS)


def test_the_table_is_written_as_markdown(capsys):
    main(["--rounds", "2"])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + len(POPULATIONS) and len({line.count("|") for line in lines}) == 1
