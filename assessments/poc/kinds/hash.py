"""Files that are as they were handed out, told by the names git gives their content: nothing is downloaded."""

from collections.abc import Mapping
from typing import Any

from assessments.evidence.finding import Evidence
from assessments.poc.judging import Context, Judgement, Kind, changed, failed, passed
from assessments.poc.model import Level
from assessments.poc.schemas import KEYS, parameters

SCHEMA = parameters(
    {"files": KEYS | {"description": "Paths from `starter.protected`, which says what their content is. No globs."}},
    ("files",),
)


def judge(params: Mapping[str, Any], context: Context) -> Judgement:
    known = {each.path for each in context.protected}
    if strange := [path for path in params["files"] if path not in known]:
        raise ValueError(f"{strange[0]} is not among starter.protected")
    if found := changed(context, params["files"]):
        return failed(
            f"{found[0].path}: {found[0].what}.", found, todo=f"Take {found[0].path} from the starter again, unchanged."
        )
    return passed(
        "Protected files are as they were handed out.", [Evidence(path, None, "unchanged") for path in params["files"]]
    )


KIND = Kind("hash", "Protected files that nobody changed.", SCHEMA, Level.E1, judge)
