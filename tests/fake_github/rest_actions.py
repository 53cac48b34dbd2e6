"""Workflow runs, their attempts and jobs, workflows, environments."""

import re
from datetime import UTC, datetime, timedelta

from tests.fake_github.call import Call, Problem, Reply
from tests.fake_github.clock import stamp
from tests.fake_github.records import Row, node_id
from tests.fake_github.rest_work import REPO, here, known, shapes
from tests.fake_github.shapes import WEB
from tests.fake_github.table import serve

#: Past this many results of a search the pages are empty.
CAP = 1000
ACTIONS = f"{REPO}/actions"


def _moment(text: str, end: bool) -> int:
    """A day or an instant; a day at the end of a window is taken whole."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Problem(
            422, "Validation Failed", errors=[{"field": "created", "code": "invalid", "value": text}]
        ) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if end and re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        moment += timedelta(days=1, seconds=-1)
    return int(moment.timestamp())


def window(text: str) -> tuple[float, float]:
    """The inclusive bounds of a search date: 2026-01-01..2026-02-01, >=..., <..., *..2026-02-01, or a day."""
    if match := re.fullmatch(r"(.+)\.\.(.+)", text):
        first = float("-inf") if match[1] == "*" else _moment(match[1], False)
        return first, float("inf") if match[2] == "*" else _moment(match[2], True)
    if match := re.fullmatch(r"(>=|>|<=|<)(.+)", text):
        sign, rest = match[1], match[2]
        at = _moment(rest, end=sign in (">", "<="))
        return {
            ">=": (at, float("inf")),
            ">": (at + 1, float("inf")),
            "<=": (float("-inf"), at),
            "<": (float("-inf"), at - 1),
        }[sign]
    return _moment(text, False), _moment(text, True)


def _matches(call: Call, row: Row) -> bool:
    last = row["attempts"][-1]
    wanted = call.query
    fields = {"branch": row["branch"], "event": row["event"], "head_sha": row["sha"], "actor": row["actor"]}
    if any(wanted[name] != value for name, value in fields.items() if name in wanted):
        return False
    return "status" not in wanted or wanted["status"] in (last["status"], last["conclusion"])


def _listed(call: Call, rows: list[Row]) -> Reply:
    """Newest `created_at` first; total_count tells all, but the pages of a search end at the thousandth."""
    searching = any(
        name in call.query for name in ("actor", "branch", "created", "event", "head_sha", "status", "check_suite_id")
    )
    if "created" in call.query:
        first, last = window(call.query["created"])
        rows = [row for row in rows if first <= row["created_at"] <= last]
    rows = [row for row in rows if _matches(call, row)]
    body = shapes(call)
    return call.page(rows, lambda row: body.run(call.repo, row), wrap="workflow_runs", cap=CAP if searching else None)


def _newest_first(call: Call) -> list[Row]:
    return call.repo.runs.ordered("created", lambda row: (-row["created_at"], -row["id"]))


@serve(f"{ACTIONS}/runs", "actions")
def runs(call: Call) -> Reply:
    return _listed(call, _newest_first(call))


@serve(f"{ACTIONS}/workflows/{{workflow_id}}/runs", "actions")
def workflow_runs(call: Call) -> Reply:
    flow = _workflow(call)
    return _listed(call, [row for row in _newest_first(call) if row["workflow"] == flow["id"]])


def _workflow(call: Call) -> Row:
    """By id or by the name of its file."""
    wanted = call.path["workflow_id"]
    flows = call.repo.workflows.values()
    return known(next((row for row in flows if wanted in (str(row["id"]), row["path"].split("/")[-1])), None))


@serve(f"{ACTIONS}/workflows", "actions")
def workflows(call: Call) -> Reply:
    body = shapes(call)
    return call.page(list(call.repo.workflows.values()), lambda row: body.workflow(call.repo, row), wrap="workflows")


@serve(f"{ACTIONS}/workflows/{{workflow_id}}", "actions")
def workflow(call: Call) -> Reply:
    return Reply(shapes(call).workflow(call.repo, _workflow(call)))


def run_row(call: Call) -> Row:
    text = call.path["run_id"]
    return known(call.repo.runs.get(int(text)) if text.isdigit() else None)


def attempt_row(call: Call) -> tuple[Row, Row]:
    row, text = run_row(call), call.path["attempt_number"]
    return row, known(next((each for each in row["attempts"] if str(each["attempt"]) == text), None))


@serve(f"{ACTIONS}/runs/{{run_id}}", "actions")
def run(call: Call) -> Reply:
    return Reply(shapes(call).run(call.repo, run_row(call)))


@serve(f"{ACTIONS}/runs/{{run_id}}/attempts/{{attempt_number}}", "actions")
def attempt(call: Call) -> Reply:
    return Reply(shapes(call).run(call.repo, *attempt_row(call)))


@serve(f"{ACTIONS}/runs/{{run_id}}/jobs", "actions")
def jobs(call: Call) -> Reply:
    row, body = run_row(call), shapes(call)
    attempts = row["attempts"] if call.one_of("filter", ("latest", "all"), "latest") == "all" else row["attempts"][-1:]
    return call.page(
        [job for each in attempts for job in each["jobs"]], lambda job: body.job(call.repo, row, job), wrap="jobs"
    )


@serve(f"{ACTIONS}/runs/{{run_id}}/attempts/{{attempt_number}}/jobs", "actions")
def attempt_jobs(call: Call) -> Reply:
    row, one = attempt_row(call)
    body = shapes(call)
    return call.page(one["jobs"], lambda job: body.job(call.repo, row, job), wrap="jobs")


@serve(f"{ACTIONS}/jobs/{{job_id}}", "actions")
def job(call: Call) -> Reply:
    wanted = call.path["job_id"]
    for row in call.repo.runs.rows():
        for one in row["attempts"]:
            for each in one["jobs"]:
                if str(each["id"]) == wanted:
                    return Reply(shapes(call).job(call.repo, row, each))
    raise Problem(404, "Not Found")


@serve(f"{REPO}/environments", "actions")
def environments(call: Call) -> Reply:
    place = here(call)
    made = stamp((call.repo.row or {})["created_at"])

    def shape(row: Row) -> Row:
        rules = []
        if row["wait_minutes"]:
            rule = {"id": row["id"] + 1, "node_id": node_id("environment", row["id"] + 1), "type": "wait_timer"}
            rules.append({**rule, "wait_timer": row["wait_minutes"]})
        if row["reviewers"]:
            rule = {"id": row["id"] + 2, "node_id": node_id("environment", row["id"] + 2), "type": "required_reviewers"}
            people = [{"type": "User", "reviewer": shapes(call).user(login)} for login in row["reviewers"]]
            rules.append({**rule, "prevent_self_review": False, "reviewers": people})
        return {
            "id": row["id"], "node_id": node_id("environment", row["id"]), "name": row["name"], "created_at": made,
            "url": f"{place}/environments/{row['name']}", "updated_at": made, "protection_rules": rules,
            "html_url": f"{WEB}/{call.repo.name}/deployments/activity_log?environments_filter={row['name']}",
            "deployment_branch_policy": None,
        }  # fmt: skip

    return call.page(list(call.repo.settings.environments.values()), shape, wrap="environments")
