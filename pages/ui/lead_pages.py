"""The pages of those who lead: part of the registry."""

from data.access import Action
from pages.ui.page_spec import PageSpec

LEADING = (
    PageSpec(
        "progress",
        "lead/progress.py",
        "Progress",
        "trending_up",
        "Lead",
        Action.LEAD,
        "Whether teams get better against themselves, where the constraint lies, what learning moved. No ranking.",
    ),
    PageSpec(
        "goals",
        "lead/goals.py",
        "Goals",
        "flag_circle",
        "Lead",
        Action.LEAD,
        "Goals of all teams: outcome and counter-metric, owner, next check, trend to the target.",
    ),
    PageSpec(
        "change",
        "lead/change.py",
        "Before and after",
        "compare_arrows",
        "Lead",
        Action.LEAD,
        "One change of how work is done, with its maps and metrics before and after, and what else changed.",
    ),
    PageSpec(
        "reports",
        "lead/reports.py",
        "Reports",
        "summarize",
        "Lead",
        Action.VIEW,
        "Quarterly reports of a team and of the organisation: page, PDF, Markdown, CSV, sent on a schedule.",
    ),
    PageSpec(
        "worth",
        "lead/worth.py",
        "What it is worth",
        "savings",
        "Lead",
        Action.LEAD,
        "Ranges of what changes bring and cost, each input measured or assumed.",
    ),
)
