"""The dry run: every deployment the sources hold, whether it would count, and why."""

import polars as pl
import streamlit as st

from data.queries import ServiceView
from data.rows import reason, tried
from pages.ui import tables
from pages.ui.text import count


def finding(rows: pl.DataFrame) -> str:
    """'37 would count, 212 would not: 180 because ..., 32 because ...'"""
    yes = int(rows["counts"].sum())
    no = len(rows) - yes
    if not no:
        return f"{count(yes, 'deployment')} would count, and nothing would be left out."
    left = rows.filter(~pl.col("counts")).select(_without_name("ref", "name"))
    reasons = left.group_by("reason").len().sort("len", "reason", descending=[True, False])
    because = "; ".join(f"{number:,} because {_lower(reason)}" for reason, number in reasons.head(3).iter_rows())
    if len(reasons) == 1:
        return f"{yes:,} would count, {no:,} would not, because {_lower(reasons['reason'][0]).rstrip('.')}."
    more = ", and for other reasons" if len(reasons) > 3 else ""
    return f"{yes:,} would count, {no:,} would not: {because.rstrip('.')}{more}."


def _without_name(*columns: str) -> pl.Expr:
    """The reason without the name of its row at the front, so that equal reasons can be counted."""
    said = reason()
    for column in columns:
        named = pl.col("reason").str.starts_with(pl.col(column).fill_null("\0") + " ")
        rest = reason().str.slice(pl.col(column).str.len_chars())
        said = pl.when(named).then("the name" + rest).otherwise(said)
    return said.alias("reason")


def summary(rows: pl.DataFrame, in_use: bool) -> None:
    """The finding, and whether these settings are saved already."""
    st.header("What this would count", anchor=False)
    if rows.is_empty():
        st.text("The sources hold no deployment that this rule could count.")
        return
    st.text(finding(rows))
    st.caption("This is the rule in use." if in_use else "Nothing has been saved yet.")


def table(service: ServiceView, rows: pl.DataFrame) -> None:
    """The rows, those that would count and those that would not."""
    if rows.is_empty():
        return
    yes, no = rows.filter(pl.col("counts")), rows.filter(~pl.col("counts"))
    would, would_not = st.tabs([f"Would count ({len(yes):,})", f"Would not ({len(no):,})"])
    columns = {
        "deployment": "Deployment",
        "title": st.column_config.TextColumn("Title", width="large"),
        "environment": "Environment",
        "kind": "Kind",
        "at": st.column_config.DatetimeColumn("Finished (UTC)", format="D MMM YYYY, HH:mm", timezone="UTC"),
        "status": "Status",
        "reason": st.column_config.TextColumn("Why", width="large"),
        "url": "Link",
    }
    for place, part, name in ((would, yes, "would count"), (would_not, no, "would not count")):
        with place:
            if part.is_empty():
                st.text(f"Nothing {name}.")
            listed = tried(part)
            # Merges and workflow runs have titles, GitHub's deployments have environments, tags have neither.
            useless = {name for name in ("title", "environment") if listed[name].is_null().all()}
            tables.show(
                listed,
                key=f"dry_run_{service.id}_{'yes' if part is yes else 'no'}",
                noun=("deployment", "deployments"),
                alt=f"Deployments that {name}, each with the reason.",
                columns=columns,
                links=("url",),
                order=tuple(name for name in listed.columns if name not in useless),
            )


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")
