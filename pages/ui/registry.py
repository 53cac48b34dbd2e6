"""Every page once: what navigation, guard, links and tests read."""

from dataclasses import dataclass

from data.access import Action


@dataclass(frozen=True)
class PageSpec:
    """path: the URL, "" for the first page (it answers only there). file: below `pages/`. action: what one must be
    allowed somewhere to open the page at all; what one may do on it is asked again for each thing."""

    path: str
    file: str
    title: str
    icon: str
    section: str
    action: Action
    help: str
    visible: bool = True


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
        "rule",
        "team/rule.py",
        "Production rule",
        "rule",
        "Team",
        Action.VIEW_ROWS,
        "Choose what counts as a production deployment, and see what that would count.",
    ),
    PageSpec(
        "teams",
        "admin/teams.py",
        "Teams and services",
        "groups",
        "Admin",
        Action.EDIT_SERVICE,
        "Create, rename, merge, move and delete teams and services.",
    ),
    PageSpec(
        "github",
        "admin/github.py",
        "Add from GitHub",
        "cloud_download",
        "Admin",
        Action.ADD_SOURCE,
        "Connect to GitHub, choose repositories, and see how far they are read.",
    ),
    PageSpec(
        "sources",
        "admin/sources.py",
        "Sources",
        "database",
        "Admin",
        Action.ADD_SOURCE,
        "Where facts come from: clones, imported files, jobs.",
    ),
    PageSpec(
        "people",
        "admin/people.py",
        "People",
        "person",
        "Admin",
        Action.ADMINISTER,
        "Who is here, what they may, and where that comes from.",
    ),
    PageSpec(
        "programs",
        "admin/programs.py",
        "Access for programs",
        "key",
        "Admin",
        Action.ADD_SOURCE,
        "Tokens of the API, webhooks of incident tools, badges.",
    ),
    PageSpec(
        "account",
        "home/account.py",
        "Your account",
        "account_circle",
        "You",
        Action.VIEW,
        "Who you are here, signing out.",
    ),
)

BY_PATH = {spec.path: spec for spec in PAGES}


def page_file(path: str) -> str:
    """The file of a page relative to app.py, for links and switches."""
    return f"pages/{BY_PATH[path].file}"
