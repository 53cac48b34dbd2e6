"""Sentences for people on what a clone does not tell, and the counts they are made of."""

from datetime import datetime

from data.sources.git_changes import PATH_LIMIT, Change
from data.sources.git_refs import Trunk
from data.sources.git_rows import instant

DAY = 86_400


def count(changes: list[Change], now: datetime, before: dict[str, int], unknown: tuple[int, int]) -> dict[str, int]:
    """What the notes are made of, over all reads of a clone: `before` are the counts of the earlier ones."""
    latest = now.timestamp() + DAY
    odd = (
        change.merged is None or any(not 0 < time <= latest for time in (change.merged, change.authored or 1))
        for change in changes
    )
    found = {
        "pull_requests": sum(change.number is not None for change in changes),
        "inside_merges": sum(change.side_pull_requests for change in changes),
        "odd_times": sum(odd),
        "paths_unknown": unknown[0],
        "paths_many": unknown[1],
    }
    return {key: before.get(key, 0) + number for key, number in found.items()}


def notes(trunk: Trunk, state: dict, rewritten: bool, shallow: bool) -> tuple[str, ...]:
    """`state` is the cursor after the read."""
    counts = state["counts"]
    start = instant(state["history_start"])
    tags = len(state["tags"]) - state["unresolved"]
    said = [
        (rewritten, "History was rewritten since the last read, so everything was read anew."),
        (
            shallow,
            f"This is a shallow clone: history{f' before {start:%Y-%m-%d}' if start else ''} is not in it; "
            f"`git fetch --unshallow` brings the rest.",
        ),
        (
            not counts["pull_requests"],
            "No pull request is visible in the commit messages: every change reads as a direct push.",
        ),
        (
            counts["inside_merges"],
            f"Merges of other branches brought in {many(counts['inside_merges'], 'pull request')}; each such merge is "
            f"one change.",
        ),
        (
            counts["odd_times"],
            f"A clock was wrong: {many(counts['odd_times'], 'change')} with a time before 1970, in the future or none.",
        ),
        (
            counts["paths_unknown"],
            f"The clone lacks trees: which files {many(counts['paths_unknown'], 'change')} touched is not known, and "
            f"they count for every path.",
        ),
        (
            counts["paths_many"],
            f"More than {PATH_LIMIT:,} files were touched by {many(counts['paths_many'], 'change')}, which count for "
            f"every path.",
        ),
        (not state["tags"], "There are no tags."),
        (state["unresolved"], f"Left out: {many(state['unresolved'], 'tag')} that lead to no commit in this clone."),
        (
            state["lightweight"],
            f"Lightweight tags carry no time of their own; their commit's stands for it "
            f"({state['lightweight']:,} of {many(tags, 'tag')}).",
        ),
    ]
    return (*trunk.notes, *(sentence for holds, sentence in said if holds))


def many(number: int, thing: str) -> str:
    return f"1 {thing}" if number == 1 else f"{number:,} {thing}s"
