"""Milepost as a step of a workflow (action.yml): what the files show, on the pull request and in the summary."""
