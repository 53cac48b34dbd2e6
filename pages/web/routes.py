"""Every route of the plain pages; `server.py` adds them to its own."""

from starlette.routing import Route

from pages.web import answering, quick_check, shell

ROUTES = [
    Route("/web/{name}", shell.file),
    *answering.ROUTES,
    *quick_check.ROUTES,
]
