"""Saving what was sent: all of it or nothing, in one transaction with the job that works out the numbers."""

from collections import defaultdict
from datetime import datetime

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json
from sqlalchemy import select
from sqlmodel import Session

from assessments.delivery import facts as shapes
from data import jobs, pushed, replacing, store
from data.api import incoming
from data.api.answers import Answer, Problem, Request, as_json
from data.api.incoming import Incoming
from data.api.once import Save, once
from data.tables import Change, Deployment, Incident, Service, Team
from data.tokens import Token

MOST = 1_000  # facts in one request
SOURCE = "api"
_TABLES = {"deployments": Deployment, "incidents": Incident, "changes": Change}


def send(token: Token, request: Request, kind: str) -> Answer:
    """Saves the facts of a request. Raises Problem."""
    model = incoming.KINDS[kind]
    given = _parsed(request.body)
    default = _default(token, request)
    items = _checked(model, given)
    many = isinstance(given, list)
    by_service = _by_service(items, default, many)
    if not items and default is None:
        raise Problem(422, "The list is empty: say in the query, as ?service=7, of which service it is all.")
    return once(token, request, lambda save: _save(token, model, by_service, many, save))


def _parsed(body: bytes) -> object:
    """JSON of limited depth, in UTF-8, without NaN and without halves of characters."""
    try:
        given = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Problem(400, f"The body is not JSON that can be read: {error}.") from None
    if isinstance(given, dict):
        return given
    if not isinstance(given, list):
        raise Problem(422, "The body is neither an object nor a list of them.")
    if len(given) > MOST:
        raise Problem(422, f"These are {len(given):,}: send at most {MOST:,} in one request.")
    return given


def _default(token: Token, request: Request) -> int | None:
    """The service of what does not name its own: that of the token, else that of the query."""
    asked = request.query.get("service")
    if asked is None:
        return token.service_id
    if not (asked.isascii() and asked.isdecimal() and 0 < int(asked[:12]) < 2**31):
        raise Problem(400, "service in the query must be the number of a service, as ?service=7.")
    return int(asked[:12])


def _checked(model: type[Incoming], given: object) -> list[Incoming]:
    wanted = list[model] if isinstance(given, list) else model
    try:
        found = TypeAdapter(wanted).validate_python(given)
    except ValidationError as error:
        wrong = [(_pointer(each["loc"]), incoming.sentence(each)) for each in error.errors(include_url=False)]
        raise _refused(wrong) from None
    return found if isinstance(found, list) else [found]


def _pointer(place: tuple) -> str:
    """A JSON pointer; names that were sent are cut."""
    return "".join("/" + str(part)[:100].replace("~", "~0").replace("/", "~1") for part in place)


def _refused(errors: list[tuple[str, str]], status: int = 422) -> Problem:
    first = f"{errors[0][0] or 'the body'}: {errors[0][1]}"
    more = "" if len(errors) == 1 else f" And {len(errors) - 1:,} more."
    return Problem(status, f"Nothing was saved. {first}{more}", errors=errors)


def _by_service(items: list[Incoming], default: int | None, many: bool) -> dict[int, dict[str, tuple[int, dict]]]:
    """service -> id -> (place in the request, row); an empty list is of the service it is said to be of."""
    found, errors = defaultdict(dict), []
    for place, item in enumerate(items):
        at = f"/{place}" if many else ""
        service = item.service or default
        row = item.row()
        if service is None:
            errors.append((f"{at}/service", "This is missing: the token is for several services."))
        elif row[item.key] in found[service]:
            errors.append((at, "The same fact stands further up in this request: send it once."))
        else:
            found[service][row[item.key]] = (place, row)
    if errors:
        raise _refused(errors)
    if not items and default is not None:
        found[default] = {}
    return dict(found)


def _save(token: Token, model: type[Incoming], by_service: dict, many: bool, save: Save) -> Answer:
    with store.writing() as session:
        _check_services(session, token, by_service, many)
        for service_id, rows in sorted(by_service.items()):
            _put(session, session.get_one(Service, service_id), model, [row for _, row in rows.values()])
        args = {"services": sorted(by_service)}
        one = args["services"][0] if len(by_service) == 1 else None
        job_id = jobs.add(session, "derive", args, None, token.organization_id, one)
        said = {"saved": sum(len(rows) for rows in by_service.values()), "services": sorted(by_service)}
        answer = as_json(said)
        save(session, answer)
    jobs.push(job_id)
    return answer


def _check_services(session: Session, token: Token, by_service: dict, many: bool) -> None:
    """What the token may not see is not there."""
    mine = select(Service.id).join(Team, Team.id == Service.team_id)
    mine = mine.where(Team.organization_id == token.organization_id, Service.id.in_(list(by_service)))
    known = set(session.execute(mine).scalars())
    if token.service_id is not None:
        known &= {token.service_id}
    unknown = [
        (f"/{place}/service" if many else "/service", f"There is no service {service} for this token.")
        for service, rows in by_service.items()
        if service not in known
        for place, _ in rows.values() or [(0, None)]
    ]
    if unknown:
        raise _refused(unknown, 404)


def _put(session: Session, service: Service, model: type[Incoming], rows: list[dict]) -> None:
    """Upserts the facts of one service into its source of this door, and marks what has to be worked out anew."""
    table = _TABLES[model.kind]
    source = pushed.source_of(session, service, SOURCE, "API")
    among = {"service_id": service.id, "source_id": source.id, "repository_id": service.repository_id}
    among = {name: value for name, value in among.items() if name in table.__table__.columns}
    frame = shapes.frame(rows, model.shape)
    since = replacing.put(session, table, among, model.key, frame)
    latest = max((value for row in rows for value in row.values() if isinstance(value, datetime)), default=None)
    pushed.told(session, source, model.kind, since, latest)
