"""The pages of those who set Milepost up, and that of one's own account: part of the registry."""

from data.access import Action
from pages.ui.page_spec import PageSpec

ADMIN = (
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
