"""Every page once: what navigation, guard, links and tests read."""

from data.access import Action
from pages.ui.admin_pages import ADMIN
from pages.ui.lead_pages import LEADING
from pages.ui.learn_pages import PROVING
from pages.ui.page_spec import PageSpec
from pages.ui.reading_pages import CONTENT, READING

PAGES = (
    PageSpec("", "home/start.py", "Home", "home", "", Action.VIEW, "Your services and what each needs next."),
    PageSpec(
        "overview",
        "team/overview.py",
        "Overview",
        "flag",
        "Team",
        Action.VIEW,
        "What stands out in a team's delivery, and what is not known.",
    ),
    PageSpec(
        "delivery",
        "team/delivery.py",
        "Delivery",
        "local_shipping",
        "Team",
        Action.VIEW,
        "The five delivery metrics of a service, with their evidence.",
    ),
    PageSpec(
        "surveys",
        "team/surveys.py",
        "Surveys",
        "ballot",
        "Team",
        Action.VIEW,
        "Ask the team: open a survey, see who has answered, and what earlier ones said.",
    ),
    PageSpec(
        "session",
        "team/session.py",
        "Consensus",
        "diversity_3",
        "Team",
        Action.ASK,
        "Lead a consensus: vote in private, reveal together, agree.",
        visible=False,
    ),
    PageSpec(
        "survey",
        "team/survey.py",
        "Survey result",
        "lab_profile",
        "Team",
        Action.VIEW,
        "What a closed survey says: distributions, agreement, change, comments.",
        visible=False,
    ),
    PageSpec(
        "pains",
        "team/pains.py",
        "Pain points",
        "hourglass_bottom",
        "Team",
        Action.VIEW,
        "What costs a team time, the most expensive first.",
    ),
    PageSpec(
        "map",
        "team/map.py",
        "Workflow map",
        "account_tree",
        "Team",
        Action.VIEW,
        "How work gets from a request to production and back from failure: drawn, added up, compared.",
    ),
    PageSpec(
        "practices",
        "team/practices.py",
        "Practices",
        "checklist",
        "Team",
        Action.VIEW,
        "Where the team stands: what it says, what its repositories show, what its map shows.",
    ),
    PageSpec(
        "assessments",
        "team/assessments.py",
        "Then and now",
        "compare",
        "Team",
        Action.VIEW,
        "Two assessments of a team side by side, and why each level changed.",
        visible=False,
    ),
    PageSpec(
        "plan",
        "team/plan.py",
        "Plan",
        "map",
        "Team",
        Action.VIEW,
        "What to learn next within the hours there are, small steps, and goals, each with its reason.",
    ),
    PageSpec(
        "outcomes",
        "team/outcomes.py",
        "Did it work?",
        "query_stats",
        "Team",
        Action.VIEW,
        "Whether what a team did has moved its metric, beside trend, season and what must not get worse.",
    ),
    PageSpec(
        "rule",
        "team/rule.py",
        "Production rule",
        "rule",
        "Team",
        Action.VIEW_ROWS,
        "Choose what counts as a production deployment, and see what that would count.",
    ),
    *READING,
    *PROVING,
    *CONTENT,
    *LEADING,
    *ADMIN,
)

BY_PATH = {spec.path: spec for spec in PAGES}


def page_file(path: str) -> str:
    """The file of a page relative to app.py."""
    return f"pages/{BY_PATH[path].file}"
