"""One file a kind of check: a KIND, whose `judge` takes the parameters and what there is to look at. There is none that
runs anything. The list is closed: a new kind is code with tests, never content."""

from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module

from assessments.poc.judging import Kind

NAMES = (
    "file", "hash", "text", "yaml", "dockerfile", "hcl", "go", "python", "markdown", "promrules",
    "ci-run", "pr-review", "repo-setting", "artifact", "metric", "attest",
)  # fmt: skip


@lru_cache
def kinds() -> Mapping[str, Kind]:
    """The kinds by name."""
    return {name: import_module(f"{__name__}.{name.replace('-', '_')}").KIND for name in NAMES}
