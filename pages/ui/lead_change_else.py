"""What else changed meanwhile, and what the numbers of both sides rest on: other reasons why they may differ."""

import polars as pl
import streamlit as st

from assessments.delivery.results import Coverage
from data import store
from data.improving.change import Change, Side
from pages.ui import tables
from pages.ui.text import count, day, plain

SIDES = ("Before", "After")
#: Of coverage: name, part, whole.
ROWS = (
    ("Merged changes", "changes_merged", None),
    ("Merged changes that no deployment has shipped", "changes_never_deployed", "changes_merged"),
    ("Changes with a first commit hidden by squash or rebase", "changes_first_commit_hidden", "changes_merged"),
    ("Changes with times out of order", "changes_clamped", "changes_merged"),
    ("Attempts to deploy", "deployments_counted", None),
    ("Attempts that never reached users", "failed_attempts", "deployments_counted"),
    ("Deployments of a commit that is not known", "deployments_commit_unknown", "deployments_counted"),
    ("Deployments that shipped no change", "deployments_without_change", "deployments_counted"),
    ("Incidents", "incidents", None),
    ("Incidents tied to no deployment", "incidents_unlinked", "incidents"),
)


def section(found: Change) -> None:
    """In sentences, then coverage as a table."""
    st.header("What else changed", anchor=False)
    told = sentences(found)
    if told:
        for each in told:
            st.markdown(f"- {plain(each)}")
    else:
        st.text("Nothing else that is known here: no other change, goal, rule, source or correction in these weeks.")
    st.caption("What nobody noted does not stand here: people who came or left, a holiday, another kind of work.")
    sides = found.before, found.after
    if any(side.coverage is None for side in sides):
        return
    rows = [
        {"What the numbers rest on": name, **{side: _part(sides[place], *parts) for place, side in enumerate(SIDES)}}
        for name, *parts in ROWS
    ]
    alt = "What the numbers of both sides rest on, and what they do not cover."
    tables.show(pl.DataFrame(rows), "change_coverage", ("line", "lines"), alt)


def sentences(found: Change) -> list[str]:
    """Other things of these weeks, one each; both sides are always measured by the rules of today."""
    one, told = found.meanwhile, []
    if one.deeds:
        told.append(f"Also done on this service: {_listed(one.deeds)}. No statistics can tell what came of which.")
    if one.goals:
        told.append(f"Goals set on this service: {_listed(one.goals)}.")
    if one.rules:
        told.append(
            f"What counts as production, or what belongs to the service, was changed on {_days(one.rules)}. Both sides "
            "are measured by what holds today, so the rule itself makes no difference between them."
        )
    if one.sources:
        told.append(f"A source was connected on {_days(one.sources)}: what it alone tells may be missing before.")
    if one.begins:
        told.append(f"The history of a source begins on {_days(one.begins)}, in these weeks: before it less is known.")
    if one.corrections:
        told.append(f"The team made {count(one.corrections, 'correction')} of what was inferred in these weeks.")
    if found.other_work:
        before, after = found.before.merged, found.after.merged
        told.append(f"{before:.1f} changes a week were merged before and {after:.1f} after: the work itself differs.")
    return told


def _part(side: Side, part: str, whole: str | None) -> str:
    coverage: Coverage = side.coverage
    number = getattr(coverage, part)
    if whole is None:
        return f"{number:,}"
    of = getattr(coverage, whole)
    return f"{number:,} of {of:,}" + (f" ({number / of:.0%})".replace("%", " %") if of else "")


def _listed(titles: tuple[str, ...], most: int = 5) -> str:
    return ", ".join(titles[:most]) + (f" and {len(titles) - most} more" if len(titles) > most else "")


def _days(instants: tuple[int, ...]) -> str:
    days = list(dict.fromkeys(day(store.from_us(at)) for at in instants))
    return _listed(tuple(days))
