"""What a service's settings must be beyond their types; one sentence for each mistake."""

import math

import polars as pl

from assessments.delivery import globs
from assessments.delivery.settings import Settings

LONGEST_PATTERN = 500  # characters
MOST_PATHS = 100
LONGEST_HOURS = 24 * 365


def checked(settings: Settings) -> Settings:
    """The settings with patterns and paths trimmed and empty ones left out. Raises ValueError with one sentence."""
    rule = settings.rule
    for name, pattern in (
        ("include", rule.include),
        ("exclude", rule.exclude),
        ("environment", rule.environment),
        ("hotfix", settings.hotfix_pattern),
    ):
        _check_pattern(name, pattern)
    if rule.kind in ("tag", "release", "workflow") and not rule.include.strip(" ,"):
        raise ValueError("Nothing would count: write what to include, for example v*.")
    for name, hours in (("one release", settings.same_release_hours), ("attribution", settings.attribution_hours)):
        if not math.isfinite(hours) or hours > LONGEST_HOURS:
            raise ValueError(f"The limit for {name} must be at most {LONGEST_HOURS} hours, which is a year.")
    paths = tuple(dict.fromkeys(path.strip() for path in settings.path_globs if path.strip()))
    if len(paths) > MOST_PATHS:
        raise ValueError(f"At most {MOST_PATHS} paths can be given; use a pattern such as services/** for many.")
    for path in paths:
        _check_path(path)
    _check_size(globs.paths(paths))
    leading = (settings.leading_environment or "").strip() or None
    return settings.model_copy(update={"path_globs": paths, "leading_environment": leading})


def _check_pattern(name: str, pattern: str) -> None:
    if len(pattern) > LONGEST_PATTERN or not pattern.isprintable():
        raise ValueError(f"The {name} pattern must be one line of at most {LONGEST_PATTERN} characters.")
    _check_size(globs.names(pattern))


def _check_path(path: str) -> None:
    if len(path) > LONGEST_PATTERN or not path.isprintable():
        raise ValueError(f"A path must be one line of at most {LONGEST_PATTERN} characters.")
    if ".." in path.split("/"):
        raise ValueError(f"The path {path} leads out of the repository; write it from the repository's root.")
    if path.startswith("!"):
        raise ValueError(f"The path {path} cannot be excluded; list the paths that belong to the service.")


def _check_size(expression: str) -> None:
    """Every glob can be read, but very many wildcards make an expression that cannot be run."""
    try:
        pl.Series([""]).str.contains(expression)
    except pl.exceptions.ComputeError:
        raise ValueError("These patterns have too many wildcards together; write fewer or shorter ones.") from None
