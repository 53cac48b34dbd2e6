"""An assessment for a terminal. Texts of a repository are shown as text, never as markup or control characters."""

from collections.abc import Iterable
from datetime import datetime

import polars as pl
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from assessments.delivery import present
from assessments.delivery.overview import STAGE_NAMES
from assessments.delivery.results import Coverage, Metric, State
from content import catalog
from data.assess import Assessment, behind, compared
from data.printing import safe

#: What each count of coverage means, where it is not zero.
COVERAGE = {
    "changes_never_deployed": "merged, but no deployment has shipped them yet",
    "changes_before_history": "from before the first deployment known",
    "changes_first_commit_hidden": "with a first commit hidden by squash or rebase",
    "changes_clamped": "with times out of order, which were moved",
    "changes_paths_unknown": "whose touched files are not known",
    "deployments_without_change": "that shipped no change",
    "deployments_commit_unknown": "of a commit that is not known",
    "failed_attempts": "that never reached users",
}


def show(assessment: Assessment, console: Console, rows: int = 0) -> None:
    """Prints an assessment; `rows`: also list this many rows behind the numbers."""
    history, summary = assessment.history, assessment.summary
    console.print(Text.assemble((safe(history.name), "bold"), f"  {safe(history.branch)} at {history.head[:10]}"))
    console.print(
        f"{day(summary.start)} to {day(summary.end)} (UTC), {assessment.weeks} weeks; known until "
        f"{history.collected_until:%Y-%m-%d %H:%M}",
        style="dim",
    )
    console.print(Text(f"Production deployments: {rule(assessment)}", style="dim"))
    console.print()
    for sentence in assessment.sentences:
        console.print(Text(safe(sentence)))
    console.print()
    console.print(metrics(summary.metrics.values()))
    stages = [stage for stage in summary.stages if stage.n]
    if stages:
        console.print(stages_table(stages))
    listed(console, "Not covered", coverage(summary.coverage))
    listed(console, "About this clone", assessment.notes)
    if rows:
        show_rows(console, behind(assessment), rows)


def day(moment: datetime | None, time: str = "") -> str:
    return f"{moment:%Y-%m-%d}{time and f'{moment:{time}}'}" if moment else "not known"


def rule(assessment: Assessment) -> str:
    """The rule in words, and where it came from."""
    used = assessment.settings.rule
    origin = "proposed from what the clone holds; --rule, --include and --exclude choose another"
    words = "every merge to trunk" if used.kind == "merge" else f"tags matching {used.include}"
    words += f" but not {used.exclude}" if used.kind != "merge" and used.exclude else ""
    paths = assessment.settings.path_globs
    words += f", changes below {', '.join(paths)}" if paths else ""
    return safe(f"{words} ({origin})" if assessment.proposed else words)


def table(title: str, *columns: str) -> Table:
    made = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def metrics(found: Iterable[Metric]) -> Table:
    made = table("Delivery", "metric", "value", "how sure", "compared with what others said in 2025")
    titles = catalog.definitions()
    for metric in found:
        known = metric.state == State.VALUE
        sure = "\n".join(part for part in (present.interval(metric), present.counted(metric)) if part)
        value = "\n".join(part for part in (present.headline(metric), present.p90(metric)) if part)
        if metric.state == State.TOO_FEW and present.values(metric):
            value += f"\n{present.values(metric)}"
        beside = compared(metric)
        inferred = metric.basis == "inferred"
        other = "low confidence: from reverts, rollbacks, hotfixes" if inferred and known else ""
        made.add_row(
            Text(titles[metric.key]["title"], style="dim" if inferred else ""),
            Text(value, style="bold" if known and not inferred else "dim"),
            Text(sure, style="dim"),
            Text(beside.text if beside else other, style="dim"),
        )
    return made


def stages_table(stages: Iterable) -> Table:
    made = table("Stages of lead time", "stage", "median", "share of lead time", "changes", "not known")
    for stage in stages:
        share = "" if stage.share is None else present.share(stage.share)
        median = present.duration(stage.median_hours)
        made.add_row(STAGE_NAMES[stage.key], median, share, f"{stage.n:,}", f"{stage.unknown:,}")
    return made


def coverage(counts: Coverage) -> list[str]:
    """What the numbers leave out, one line each."""
    lines = [
        f"{getattr(counts, key):,} {'deployments' if key.startswith(('deployments', 'failed')) else 'changes'} {words}"
        for key, words in COVERAGE.items()
        if getattr(counts, key)
    ]
    return [f"of {counts.changes_merged:,} changes merged and {counts.deployments_counted:,} deployments:", *lines]


def listed(console: Console, title: str, lines: Iterable[str]) -> None:
    console.print(Text(title, style="bold"))
    for line in lines:
        console.print(Text(f"  {safe(line)}"), soft_wrap=True)
    console.print()


def show_rows(console: Console, found: dict[str, pl.DataFrame], rows: int) -> None:
    """The newest rows that the numbers rest on."""
    minute = " %H:%M"
    for name, title in {"deployments": "Deployments that count", "not_counted": "Deployments that do not"}.items():
        made = table(title, "finished", "what", "role", "ships", "why")
        for row in found[name].head(rows).iter_rows(named=True):
            ships = "" if row["ships"] is None else str(row["ships"])
            what = row["ref"] or (row["sha"] or "")[:10]
            made.add_row(*texts(day(row["finished_at"], minute), what, row["role"] or "", ships, row["reason"]))
        print_if_any(console, made)
    made = table("Changes shipped", "shipped", "change", "title", "lead time or merge to production", "by")
    for row in found["changes"].head(rows).iter_rows(named=True):
        lead = "" if row["lead_us"] is None else present.duration(row["lead_us"] / 3.6e9)
        kind = " from merge" if row["series"] == "merge_to_production" else ""
        change = row["change_id"] if row["number"] is not None else row["change_id"][:10]
        by = (row["deployment_id"] or "").removeprefix("tag:")
        made.add_row(*texts(day(row["finished_at"], minute), change, row["title"], lead + kind, by))
    print_if_any(console, made)
    made = table("Signals of failure", "began", "deployment", "signal", "confidence", "why")
    for row in found["failures"].head(rows).iter_rows(named=True):
        what = (row["deployment_id"] or "unlinked").removeprefix("tag:")
        made.add_row(*texts(day(row["began_at"], minute), what, row["signal"], row["confidence"], row["why"]))
    print_if_any(console, made)


def print_if_any(console: Console, made: Table) -> None:
    if made.row_count:
        console.print(made)


def texts(*cells: str) -> list[Text]:
    return [Text(safe(cell)) for cell in cells]
