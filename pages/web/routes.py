"""Every route of the plain pages; `server.py` adds them to its own."""

from starlette.routing import Route

from pages.web import answering, consensus, quick_check, reports, shell

ROUTES = [
    Route("/web/{name}", shell.file),
    *answering.ROUTES,
    *consensus.ROUTES,
    *quick_check.ROUTES,
    *reports.ROUTES,
]
