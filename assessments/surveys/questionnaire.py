"""A questionnaire as it is asked, built from the plain dict that a wave keeps (content.catalog.surveys gives one)."""

import hashlib
import json
import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

CHOICE, PERCENT, TEXT, PAIN_POINTS = "choice", "percent", "text", "pain-points"


@dataclass(frozen=True)
class Option:
    """One possible answer; options run from low to high."""

    key: str
    text: str


@dataclass(frozen=True)
class Item:
    """One question. `kind`: choice (options), percent (0 to 100), text, pain-points. `better`: the end that one wishes
    for, "high" or "low". `construct`: items that are put together. `capability`: then option i is its level i.
    `metric`, `bands`: the delivery metric it asks about, and the survey bands that the option keys are.
    `steps`, `how_often`, `how_bad`, `most`: of pain points."""

    key: str
    text: str
    kind: str = CHOICE
    options: tuple[Option, ...] = ()
    better: str = "high"
    construct: str | None = None
    capability: str | None = None
    dora_construct: str | None = None
    metric: str | None = None
    bands: str | None = None
    most: int = 0
    steps: tuple[Option, ...] = ()
    how_often: tuple[Option, ...] = ()
    how_bad: tuple[Option, ...] = ()

    @property
    def top(self) -> int:
        """The largest value an answer can have; the smallest is 0."""
        return 100 if self.kind == PERCENT else len(self.options) - 1


@dataclass(frozen=True)
class Block:
    """Questions that stand together: their order is shuffled, that of the blocks is not. `about`: outcome, practice,
    pain or comment. `minutes` it takes to answer, estimated."""

    key: str
    title: str
    lead: str
    about: str
    minutes: float
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Questionnaire:
    """What is asked, in order. `minutes` it takes, estimated."""

    key: str
    version: int
    title: str
    purpose: str
    recall: str
    blocks: tuple[Block, ...]

    @classmethod
    def of(cls, plain: Mapping[str, Any], only: Collection[str] | None = None) -> "Questionnaire":
        """From the plain dict; with `only` of these blocks, in the questionnaire's own order.

        Raises ValueError when a block of `only` is not there, or nothing is left to ask.
        """
        there = [block["key"] for block in plain["blocks"]]
        if only is not None and (strange := sorted(set(only) - set(there))):
            raise ValueError(f"the questionnaire has no block {', '.join(strange)}; it has {', '.join(there)}")
        blocks = tuple(_block(block) for block in plain["blocks"] if only is None or block["key"] in only)
        if not blocks:
            raise ValueError("choose at least one block to ask")
        head = (plain[field] for field in ("key", "version", "title", "purpose", "recall"))
        return cls(*head, blocks)

    @property
    def minutes(self) -> float:
        """Estimated time to answer."""
        return sum(block.minutes for block in self.blocks)

    @property
    def items(self) -> Iterator[Item]:
        """All questions, in the order they are written."""
        return (item for block in self.blocks for item in block.items)

    def item(self, key: str) -> Item:
        """The question with that key. Raises KeyError when there is none."""
        for item in self.items:
            if item.key == key:
                return item
        raise KeyError(key)

    def shuffled(self, seed: str) -> "Questionnaire":
        """With the items of each block in an order of that seed's own: the same seed, the same order. Shuffling spreads
        what an earlier question does to a later one."""
        blocks = []
        for block in self.blocks:
            items = list(block.items)
            random.Random(f"{seed}/{block.key}").shuffle(items)  # noqa: S311 - an order, no secret
            blocks.append(replace(block, items=tuple(items)))
        return replace(self, blocks=tuple(blocks))


def digest(plain: Mapping[str, Any]) -> str:
    """Of everything that is asked: two waves with the same digest asked exactly the same (sha256, hex)."""
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _block(plain: Mapping[str, Any]) -> Block:
    head = (plain[field] for field in ("key", "title", "lead", "about", "minutes"))
    return Block(*head, tuple(_item(item) for item in plain["items"]))


def _item(plain: Mapping[str, Any]) -> Item:
    lists = ("options", "steps", "how_often", "how_bad")
    fields = {name: value for name, value in plain.items() if name not in lists}
    return Item(
        **fields, **{name: tuple(Option(**option) for option in plain[name]) for name in lists if name in plain}
    )
