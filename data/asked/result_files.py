"""Results and answers out as files. They hold what the result page shows and nothing else."""

import csv
import io
import json
import secrets
from collections.abc import Mapping
from typing import Any

from assessments.surveys.answers import DONT_KNOW, NOT_APPLICABLE
from assessments.surveys.questionnaire import CHOICE, TEXT, Item
from assessments.surveys.scoring import Change
from data import assess
from data.asked.results import ResultView
from data.sources.files import csv_safe

RESULT, ANSWERS = "milepost.survey-result/1", "milepost.survey-answers/1"
NOTE = "Every column was shuffled by itself: a row is not a person, and columns cannot be put together."


def result_json(view: ResultView, changes: Mapping[str, Change]) -> str:
    """The whole result: what was asked, what may be shown of the answers, the metrics of that time, versions."""
    return json.dumps(
        {
            "format": RESULT,
            **_head(view),
            "asked": [
                {
                    "block": block.title,
                    "key": item.key,
                    "question": item.text,
                    "options": [o.text for o in item.options],
                }
                for block in view.asked.blocks
                for item in block.items
            ],
            "answers": view.answers,
            "changes": {key: vars(change) for key, change in changes.items()},
            "metrics": (view.content or {}).get("metrics", []),
            "versions": view.versions,
        },
        ensure_ascii=False,
        indent=1,
    )


def result_csv(view: ResultView, changes: Mapping[str, Change]) -> str:
    """One row a question: counts, mean, interval and agreement as far as they may be shown. Empty is not known."""
    most = max((len(item.options) for item in view.asked.items), default=0)
    numbers = ("n", "dont_know", "not_applicable", "unanswered", "mean", "sd")
    header = ["block", "item", "question", "told", *numbers, "low", "high", "interval", "agreement", "limit"]
    header += ["lower_quarter", "middle", "upper_quarter", "change", *(f"option_{place}" for place in range(most))]
    rows = []
    for block in view.asked.blocks:
        for item in block.items:
            kept = view.items.get(item.key)
            if kept is None:
                continue
            around, agreed = kept.get("interval") or {}, kept.get("agreement") or {}
            shown = [kept.get(name) for name in numbers] if kept["told"] != "discuss" else _without_mean(kept, numbers)
            limits = [around.get(name) for name in ("low", "high", "kind")] if kept["told"] == "mean" else [None] * 3
            change = changes[item.key].kind if item.key in changes else None
            middle = kept.get("quartiles") or [None] * 3
            row = [block.title, item.key, item.text, kept["told"], *shown, *limits]
            rows.append([*row, agreed.get("value"), agreed.get("limit"), *middle, change, *kept.get("counts", ())])
    return _csv(header, rows)


def answers_csv(view: ResultView) -> str:
    """One column a question, each shuffled by itself; see `can_export`. Raises ValueError where it may not be shown."""
    columns = _columns(view)
    return _csv(list(columns), [list(row) for row in zip(*columns.values(), strict=True)])


def answers_json(view: ResultView) -> str:
    """The same as a list of objects, with a note. Raises ValueError where it may not be shown."""
    columns = _columns(view)
    rows = [
        {key: cell for key, cell in zip(columns, row, strict=True) if cell != ""}
        for row in zip(*columns.values(), strict=True)
    ]
    return json.dumps({"format": ANSWERS, "note": NOTE, **_head(view), "rows": rows}, ensure_ascii=False, indent=1)


def can_export(view: ResultView) -> bool:
    """Whether single answers may leave: only where all counts are shown."""
    return view.visibility == "full"


def _columns(view: ResultView) -> dict[str, list[Any]]:
    """Made from the counts that everyone sees, so that it cannot hold more. Questions that too few answered are left
    out."""
    if not can_export(view):
        raise ValueError("The answers of this survey are not shown one by one, so they cannot be exported either.")
    columns = {}
    for item in view.asked.items:
        cells = _cells(item, view)
        if cells is None:
            continue
        cells += [""] * (view.answers["answered"] - len(cells))
        secrets.SystemRandom().shuffle(cells)
        columns[item.key] = cells
    return columns


def _cells(item: Item, view: ResultView) -> list[Any] | None:
    if item.kind == TEXT:
        return list(view.answers.get("comments", {}).get(item.key, ()))
    kept = view.items.get(item.key)
    if kept is None or kept["told"] == "too few":
        return None
    cells: list[Any] = list(kept["values"])
    if item.kind == CHOICE:
        cells = [option for option, count in enumerate(kept["counts"]) for _ in range(count)]
    return cells + [DONT_KNOW] * kept["dont_know"] + [NOT_APPLICABLE] * kept["not_applicable"]


def _question(block: str, item: Item) -> dict[str, Any]:
    options = [option.text for option in item.options]
    return {"block": block, "key": item.key, "question": item.text, "kind": item.kind, "options": options}


def _without_mean(kept: Mapping[str, Any], names: tuple[str, ...]) -> list[Any]:
    return [None if name in ("mean", "sd") else kept.get(name) for name in names]


def _head(view: ResultView) -> dict[str, Any]:
    wave = view.wave
    return assess.plain(
        {
            "survey": wave.title,
            "questionnaire": wave.questionnaire,
            "team": wave.team,
            "closed_at": wave.closed_at,
            "elsewhere": wave.elsewhere,
        }
    )


def _csv(header: list[str], rows: list[list[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(map(csv_safe, header))
    for row in rows:
        writer.writerow(csv_safe(cell) if isinstance(cell, str) else cell for cell in row)
    return out.getvalue()
