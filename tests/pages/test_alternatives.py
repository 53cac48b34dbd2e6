"""Whoever cannot see a figure or a table is told what it shows: held where they are drawn, by reading the code."""

import ast
import inspect
import re
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).parent.parent.parent
DRAWN = {"plotly_chart", "dataframe", "data_editor", "table", "line_chart", "bar_chart", "area_chart", "scatter_chart"}
#: Of these, the ones that Streamlit takes a text for; others are tables of words that are read out as they stand.
TOLD = {name for name in DRAWN if "alt" in inspect.signature(getattr(st, name)).parameters}


def files() -> dict[str, str]:
    found = sorted((ROOT / "pages").rglob("*.py"))
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in found}


def calls(text: str) -> list[ast.Call]:
    return [each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.Call)]


def untold(text: str) -> list[int]:
    """Lines of figures and tables without a text for them, or with an empty one."""
    found = []
    for call in calls(text):
        ours = "map_tables.", "dry_run.", "tables."  # functions of ours, which are looked into themselves
        if (
            isinstance(call.func, ast.Attribute)
            and call.func.attr in TOLD
            and not ast.unparse(call.func).startswith(ours)
        ):
            alt = next((each.value for each in call.keywords if each.arg == "alt"), None)
            if alt is None or (isinstance(alt, ast.Constant) and not alt.value):
                found.append(call.lineno)
    return found


def test_every_figure_and_table_is_told():
    assert {"plotly_chart", "dataframe"} <= TOLD
    assert {name: lines for name, text in files().items() if (lines := untold(text))} == {}
    assert untold("import streamlit as st\nst.dataframe(rows)\nst.plotly_chart(figure, alt='')") == [2, 3]


def test_every_picture_in_html_is_told_or_said_to_be_none():
    pictures = {
        f"{name}: {tag}"
        for name, text in files().items()
        if not name.startswith("pages/web/")  # nothing of Streamlit's is in the way there: a browser judges them whole
        for tag in re.findall(r"<(?:img|svg)\b[^>]*", text)
        if not re.search(r"\balt=|\baria-label|aria-hidden|xmlns=", tag)  # xmlns: a file of its own, within an img
    }
    assert pictures == set()
