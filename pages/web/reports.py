"""Reports as plain pages and files, for whoever is signed in: /reports/team/3/2026-Q3.pdf; and the end of e-mails, for
whoever holds the link of one."""

import re
from html import escape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assessments.reporting import Quarter
from data.access import Forbidden, NotFound
from data.api import door
from data.people import Unknown
from data.reporting import reports, subscriptions
from data.reporting.reports import About
from pages.web import shell
from pages.web.whom import whom

PATIENCE = 20.0  # seconds for verdicts that nobody has worked out yet; the rest is said to be missing
FILES = (("pdf", "PDF"), ("md", "Markdown"), ("csv", "CSV"))
LONGEST_KEY = 64
MOST_ID = 2**31 - 1
_ID = re.compile(r"[0-9]{1,10}")


async def report(request: Request) -> Response:
    """One report in the form that its ending names."""
    return await _answered(request, _report)


def _report(request: Request) -> Response:
    number = request.path_params["id"]  # no converter of the route: it would stumble over thousands of digits
    about = About(request.path_params["kind"], int(number) if _ID.fullmatch(number) else MOST_ID + 1)
    key, _, form = request.path_params["file"].partition(".")
    try:
        who = whom(request)
    except Unknown as error:
        return _said(401, "Sign in first", f"{error} Then open this address again.")
    try:
        quarter = Quarter.of(key)
        kinds = (reports.TEAM, reports.ORGANIZATION)
        if about.kind not in kinds or about.id > MOST_ID or form not in reports.FORMS:
            raise NotFound("There is no such report.")
        found = reports.of(who, about, quarter, patient=reports.within(PATIENCE))
        body = reports.written(who, found, form, _bar(about, quarter))
    except (Forbidden, NotFound):
        # Whether there is such a team is not for everybody to know.
        return _said(404, "There is no such report", "There is none under this address, or it is not yours to see.")
    except ValueError as error:
        return _said(404, "There is no such report", str(error))
    headers = dict(shell.NO_STORE)
    if form != "html":
        headers["Content-Disposition"] = f'attachment; filename="{found.file}.{form}"'
    return Response(body, headers=headers, media_type=reports.FORMS[form])


def _bar(about: About, quarter: Quarter) -> str:
    """Links above the page, which are not printed."""
    here = f"{about.path}/{quarter.key}"
    links = [f'<a href="{here}.{form}">{name}</a>' for form, name in FILES]
    back = f'<a href="/reports?{about.kind}={about.id}&amp;quarter={quarter.key}">Reports in Milepost</a>'
    return f'<nav class="bar" aria-label="This report">{back}{"".join(links)}</nav>\n'


async def unsubscribe(request: Request) -> Response:
    """GET asks, as programs that look through mail follow links; POST does it: the button of this page, and programs
    for mail (RFC 8058). The key in the link is what allows it, so no sign-in and no cookie is looked at."""
    return await _answered(request, _unsubscribe)


def _unsubscribe(request: Request) -> Response:
    key = request.path_params["key"]
    known = len(key) <= LONGEST_KEY
    if request.method == "POST":
        name = subscriptions.stop_by(key) if known else None
        if name is not None:
            return _said(200, "Stopped", f"The report of {name} is not sent to this address any more.")
    elif name := subscriptions.of_key(key) if known else None:
        form = '<form method="post"><p class="buttons"><button class="strong">Stop these e-mails</button></p></form>'
        return _said(
            200, "Stop these e-mails?", f"The report of {name} will not be sent to this address any more.", form
        )
    door.refuse_guessing(request.client.host if request.client else None)
    return _said(404, "Nothing to stop", "This link is not known, or what it stopped is gone.")


def _said(status: int, title: str, sentence: str, more_html: str = "") -> Response:
    body = f"{shell.BAR}<main><h1>{escape(title)}</h1><p>{escape(sentence)}</p>{more_html}</main>"
    made = shell.page(title, body)
    made.status_code = status
    return made


async def _answered(request: Request, do) -> Response:
    try:
        return await run_in_threadpool(do, request)
    except Exception as error:
        made = door.failed(error)
        return Response(made.body, made.status, dict(made.headers), made.media_type)


ROUTES = [
    Route("/reports/unsubscribe/{key}", unsubscribe, methods=["GET", "POST"]),
    Route("/reports/{kind}/{id}/{file}", report),
]
