"""Results of a survey as the plain values that an assessment keeps, and back. What may not be shown is not in them."""

from dataclasses import asdict
from typing import Any

from assessments.surveys.anonymity import COARSE, HIDDEN, K
from assessments.surveys.intervals import Interval
from assessments.surveys.scoring import DISCUSS, TOO_FEW, Agreement, ConstructResult, ItemResult, Result

#: What an item says of itself whoever answered.
_ABOUT = ("key", "kind", "top", "better")
_COUNTS = ("n", "dont_know", "not_applicable", "unanswered")


def plain(found: Result, visibility: str) -> dict[str, Any]:
    """Items and constructs as far as they may be shown: with all numbers (full), with the middle answers alone
    (coarse), or not at all (hidden)."""
    if visibility == HIDDEN:
        return {}
    if visibility == COARSE:
        return {"items": {key: _coarse(item) for key, item in found.items.items()}, "constructs": {}}
    return {
        "items": {key: _full(item) for key, item in found.items.items()},
        "constructs": {key: _construct(one) for key, one in found.constructs.items()},
    }


def item(kept: dict[str, Any]) -> ItemResult | None:
    """The item of a full result, as `scoring` made it; None for a coarse one, which has no numbers."""
    if "n" not in kept:
        return None
    inside = {**kept, "counts": tuple(kept.get("counts", ())), "values": tuple(kept.get("values", ()))}
    inside["interval"] = _made(Interval, kept.get("interval"))
    inside["agreement"] = _made(Agreement, kept.get("agreement"))
    return ItemResult(**inside)


def construct(kept: dict[str, Any]) -> ConstructResult:
    """The construct of a full result."""
    return ConstructResult(**{**kept, "items": tuple(kept["items"]), "interval": _made(Interval, kept["interval"])})


def _full(found: ItemResult) -> dict[str, Any]:
    """An item that fewer than five answered says how many they are, and nothing of what they said."""
    if found.told == TOO_FEW:
        return {name: getattr(found, name) for name in (*_ABOUT, *_COUNTS, "told")}
    return asdict(found) | {"counts": list(found.counts), "values": list(found.values)}


def _coarse(found: ItemResult) -> dict[str, Any]:
    kept = {name: getattr(found, name) for name in _ABOUT}
    if found.told == TOO_FEW:
        return kept | {"told": TOO_FEW}
    return kept | {"told": "middle", "quartiles": list(found.quartiles), "discuss": found.told == DISCUSS}


def _construct(found: ConstructResult) -> dict[str, Any]:
    kept = asdict(found) | {"items": list(found.items)}
    return kept if found.n >= K else kept | {"mean": None, "sd": None, "interval": None}


def _made(kind: type, fields: dict | None):
    return None if fields is None else kind(**fields)
