"""GitHub, asked with a connection: signing in, and what the answers mean for the next who asks."""

from urllib.parse import urlsplit

from sqlmodel import Session

from data import access, environment, store
from data.access import Action, Subject
from data.people import Who
from data.sources.github import credentials, errors, values
from data.sources.github.api import PUBLIC, Api, check_base_url
from data.sources.github.errors import GitHubError
from data.tables import Connection

ADDRESS = "MILEPOST_GITHUB_URL"
TRY_AGAIN = values.HOUR  # until a connection that GitHub did not let in is tried by itself
OPTIONS: dict = {}  # of `Api`, for tests


def base_url() -> str:
    """The address of GitHub's API: MILEPOST_GITHUB_URL, else that of github.com. It is https, or http on 127.0.0.1.
    Raises NotAllowed for any other."""
    return check_base_url(environment.value(ADDRESS) or PUBLIC, allow_local=True)


def website(address: str) -> str:
    """Where people find the GitHub whose API has that address."""
    parts = urlsplit(address)
    return "https://github.com" if parts.hostname == "api.github.com" else f"{parts.scheme}://{parts.netloc}"


def signed_in(row: Connection) -> Api:
    """GitHub as this connection sees it; close it afterwards. Raises NotAllowed."""
    if row.base_url != base_url():
        raise errors.NotAllowed(
            f"This connection was made for {row.base_url}, and {ADDRESS} names another GitHub by now: set it back, or "
            f"remove the connection and make another."
        )
    return credentials.api_of(row, allow_local=True, **OPTIONS)


def may_use(who: Who, organization_id: int) -> bool:
    """Whether the person may add sources to any team of the organization."""
    subjects = [Subject(organization_id), *(Subject(organization, team) for organization, team, _ in who.team_roles
                                            if organization == organization_id)]  # fmt: skip
    return any(access.may(who, Action.ADD_SOURCE, subject) for subject in subjects)


def usable(who: Who, connection_id: int) -> Connection:
    """The row of a connection that the person may read with. Raises Forbidden, NotFound."""
    with store.reading() as session:
        row = stored(session, connection_id)
    if not may_use(who, row.organization_id):
        access.check(who, Action.ADD_SOURCE, Subject(row.organization_id))
    return row


def stored(session: Session, connection_id: int) -> Connection:
    """The row as it is now. Raises NotFound."""
    row = session.get(Connection, connection_id, populate_existing=True)
    if row is None:
        raise access.NotFound(f"There is no connection {connection_id}.")
    return row


def left(api: Api) -> dict:
    """What is left of each limit, to be kept with the connection."""
    return {
        name: {"left": limit.remaining, "limit": limit.limit, "resets_at": round(limit.resets_at * values.SECOND)}
        for name, limit in api.quota.items()
    }


def refused(connection_id: int, error: GitHubError) -> None:
    """Notes that a connection was not let in, or has to wait: until then nothing is asked with it, because asking all
    the same is what GitHub blocks for."""
    with store.writing() as session:
        row = session.get(Connection, connection_id)
        if row is None:
            return
        if isinstance(error, errors.Limited):
            row.wait_until = max(row.wait_until or 0, round(error.resume_at * values.SECOND))
        elif isinstance(error, errors.BadToken | errors.NotAllowed):
            row.problem, row.wait_until = str(error), store.now_us() + TRY_AGAIN


def used(connection_id: int, api: Api) -> None:
    """Notes what is left of the limits after something was read."""
    with store.writing(quietly=True) as session:
        row = session.get(Connection, connection_id)
        if row is not None and api.quota:
            row.quota = left(api)


def let_in(connection_id: int) -> None:
    """Notes that GitHub lets a connection in again, where it had not."""
    with store.reading() as session:
        row = session.get(Connection, connection_id)
    if row is not None and row.problem:
        with store.writing() as session:
            row = session.get(Connection, connection_id)
            if row is not None:
                row.problem = row.wait_until = None
