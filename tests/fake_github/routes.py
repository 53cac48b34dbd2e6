"""All routes: importing this fills the table."""

from tests.fake_github import (
    rest_account,
    rest_actions,
    rest_app,
    rest_code,
    rest_comments,
    rest_proofs,
    rest_settings,
    rest_work,
)
from tests.fake_github.table import TABLE, find

__all__ = [
    "TABLE",
    "find",
    "rest_account",
    "rest_actions",
    "rest_app",
    "rest_code",
    "rest_comments",
    "rest_proofs",
    "rest_settings",
    "rest_work",
]
