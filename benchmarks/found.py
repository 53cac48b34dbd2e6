"""What was found, until it is reported."""

import argparse
from dataclasses import dataclass, field, replace
from typing import Self

from benchmarks.measure import Figure


@dataclass
class Asked:
    """What one store was asked: `figures` by question and way, `equal` how far a rival agrees, by question and way."""

    contents: dict
    megabytes: float
    titles: dict[str, str] = field(default_factory=dict)
    figures: dict[tuple[str, str], Figure] = field(default_factory=dict)
    equal: dict[tuple[str, str], dict[str, float]] = field(default_factory=dict)
    idle: dict[str, float] = field(default_factory=dict)  # megabytes of a process that was asked nothing yet

    def after(self, known: Self) -> Self:
        """With what was found before, in another part. Milepost's own figures are those of the run beside the SQL."""
        ours = known if ("whole", "sql") in known.figures and ("whole", "sql") not in self.figures else self
        mine = {key: figure for key, figure in ours.figures.items() if key[1] == "ours"}
        return replace(
            self, figures={**known.figures, **self.figures, **mine},
            equal={**known.equal, **self.equal}, idle={**known.idle, **self.idle, **ours.idle},
        )  # fmt: skip


@dataclass
class Found:
    """Everything for the report. reference: seconds before and after each run. By kind of store: `asked`, `lengths`
    (arrivals in the short and the long store), `alike` (agreement on the hand-made store by way) and `apart` (likewise
    by what happened there)."""

    options: argparse.Namespace
    reference: list[tuple[float, float]] = field(default_factory=list)
    asked: dict[str, Asked] = field(default_factory=dict)
    lengths: dict[str, tuple[Asked, Asked]] = field(default_factory=dict)
    alike: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    apart: dict[str, dict[str, dict[str, dict[str, float]]]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
