"""What a first reading of chosen repositories takes, worked out in a job: see `syncing.plan`."""

from dataclasses import asdict

from data import access, asking_github, store
from data.sources.github import errors, repository
from data.sources.github.api import Api
from data.sources.github.plan import plan
from data.tables import Connection
from data.work import Later, Work, handler

KIND = "github_plan"
ASKED = 25  # repositories; of more, so many are chosen
_AT_ONCE = 2  # that are read at the same time


@handler(KIND, says=(errors.GitHubError, access.NotFound), keeps="begin it again")
def work_out(work: Work) -> str:
    """Asks about each in five requests. A limit in the middle does not end it: what was asked so far is kept."""
    names = work.args["names"]
    chosen = _chosen(names)
    with store.reading() as session:
        row = session.get(Connection, work.args["connection_id"])
    if row is None:
        raise access.NotFound("The connection was removed meanwhile.")
    found = list(work.args.get("report", {}).get("repositories", ()))
    api = asking_github.signed_in(row)
    try:
        for name in chosen[len(found) :]:
            work.progress(len(found), len(chosen), f"Asking GitHub about {name}")
            found.append(_asked(api, name))
    except errors.Paused as error:
        asking_github.refused(row.id, error)
        raise Later(str(error), error.resume_at) from None
    finally:
        api.close()
        asking_github.used(row.id, api)
        totals = _totals(api, names, found)
        work.report(repositories=found, totals=totals)
    return totals["sentence"]


def _chosen(names: list[str]) -> list[str]:
    if len(names) <= ASKED:
        return names
    return [names[place * len(names) // ASKED] for place in range(ASKED)]


def _asked(api: Api, name: str) -> dict:
    """A row of the report."""
    empty = {"counts": {}, "rest": 0, "queries": 0, "minutes": 0.0, "unknown": {}, "is_archived": False}
    try:
        seen = repository.look(api, name)
        found = asdict(plan(api, seen))
    except (errors.MissingPermission, errors.NotFound, errors.NotAllowed) as error:
        return {**empty, "name": name, "problem": str(error)}
    kept = {each: found[each] for each in ("name", "counts", "rest", "queries", "minutes", "unknown")}
    return {**kept, "problem": None, "is_archived": seen.archived}


def _totals(api: Api, names: list[str], found: list[dict]) -> dict:
    readable = [row for row in found if row["problem"] is None]
    share = len(names) / len(found) if found else 0
    sampled = len(found) < len(names)
    rest, queries = (round(share * sum(row[name] for row in readable)) for name in ("rest", "queries"))
    minutes = share * sum(row["minutes"] for row in readable) / min(_AT_ONCE, max(1, len(readable)))
    left = {name: api.quota[name] for name in ("core", "graphql") if name in api.quota}
    hours = max(
        (-(-max(0, wanted - left[name].remaining) // max(1, left[name].limit)) if name in left else 0)
        for name, wanted in (("core", rest), ("graphql", 3 * queries))
    )
    minutes = max(minutes, 60.0 * hours)
    totals = {
        "repositories": len(names), "asked": len(found), "sampled": sampled, "rest": rest, "queries": queries,
        "calls": rest + queries, "minutes": minutes, "hours": hours,
        "rest_left": left["core"].remaining if "core" in left else None,
        "queries_left": left["graphql"].remaining if "graphql" in left else None,
        "unreadable": len(found) - len(readable),
    }  # fmt: skip
    return {**totals, "sentence": _sentence(totals)}


def _sentence(totals: dict) -> str:
    several = totals["repositories"] != 1
    what = f"{totals['repositories']:,} {'repositories' if several else 'repository'}"
    said = f"About {totals['calls']:,} requests and {_spoken(totals['minutes'])} for {what}"
    if totals["sampled"]:
        said += f", judging by {totals['asked']} of them"
    if totals["rest_left"] is not None:
        said += f"; {totals['rest_left']:,} requests of this hour are left"
    if totals["hours"]:
        said += f", so it pauses and goes on for {totals['hours']} more hour{'s' if totals['hours'] > 1 else ''}"
    unreadable = f" {totals['unreadable']:,} of those asked for cannot be read." if totals["unreadable"] else ""
    return f"{said}.{unreadable}"


def _spoken(minutes: float) -> str:
    rounded = max(1, round(minutes))
    return f"{rounded} minute{'' if rounded == 1 else 's'}" if rounded < 120 else f"{round(minutes / 60)} hours"
