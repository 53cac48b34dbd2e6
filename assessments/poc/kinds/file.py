"""Files that are there, or that are not."""

import posixpath
import re
from collections.abc import Mapping
from typing import Any

from assessments.evidence.finding import Evidence
from assessments.evidence.reading import Malformed
from assessments.poc.judging import Context, Judgement, Kind, collected, documents, failed, passed, span
from assessments.poc.model import Level
from assessments.poc.patterns import either
from assessments.poc.reading.markdown import read_markdown
from assessments.poc.schemas import GLOBS, KEYS, parameters, truth, whole

SCHEMA = parameters(
    {
        "files": GLOBS,
        "each": KEYS | {"description": "Each of these globs names a file by itself; none may be missing."},
        "absent": truth("There is no such file; links count as files here."),
        "min": whole(1, "At least so many files match (1)."),
        "max": whole(1, "At most so many."),
        "filled": truth("No matching file is empty."),
        "beside": KEYS
        | {"description": "Names that lie in the folder of each matching file; `a|b` when either will do."},
        "folder": KEYS
        | {
            "description": "For each folder that matches `files` (`roles/*/`): paths that lie below it; `a|b` when "
            "either will do."
        },
        "before_start": truth(
            "The file came to the default branch before the proof of concept was begun, and says something: YAML and "
            "JSON that can be read hold a value, Markdown has words beside headings and code."
        ),
    },
    ("files",),
    allOf=[{"if": {"required": ["absent"]}, "then": {"maxProperties": 2}}],
)


def judge(params: Mapping[str, Any], context: Context) -> Judgement:
    if "absent" in params:
        return _absent(params["files"], context)
    if "folder" in params:
        return _folders(params, context)
    found = context.find(params["files"])
    if not found:
        return failed(f"There is no file {either(params['files'])}.", missing=True)
    for glob in params.get("each", ()):
        if not context.find([glob]):
            return failed(f"There is no file {glob}.", missing=True)
    if wrong := span({"min": 1} | dict(params), len(found)):
        places = [Evidence(path, None, "this matches") for path in found]
        return failed(f"{len(found)} files match, and {wrong} are needed.", places, missing="least" in wrong)
    if "filled" in params and (empty := [path for path, text in context.snapshot.texts(found) if not text.strip()]):
        return failed(f"{empty[0]} is empty.", [Evidence(path, None, "it is empty") for path in empty])
    if "beside" in params:
        lacking = [
            Evidence(path, None, f"{name} is not beside it")
            for path in found
            for name in params["beside"]
            if not _there(context, posixpath.dirname(path), name)
        ]
        if lacking:
            return failed(f"{lacking[0].path}: {lacking[0].what}.", lacking, missing=True)
    if "before_start" in params:
        return _before(found, context)
    return passed(
        f"{found[0]} is there.", [Evidence(path, None, "it is there") for path in found], every="beside" in params
    )


def _absent(globs: list[str], context: Context) -> Judgement:
    found = [*context.snapshot.find(*globs), *context.snapshot.linked(*globs)]
    if found:
        return failed(f"{found[0]} is still there.", [Evidence(path, None, "it is there") for path in found])
    return passed(f"There is no {' or '.join(globs)}.", every=True)


def _there(context: Context, folder: str, names: str) -> bool:
    return any(posixpath.join(folder, name.strip()) in context.snapshot.entries for name in names.split("|"))


def _folders(params: Mapping[str, Any], context: Context) -> Judgement:
    """Folders are those that hold a file at any depth."""
    found: dict[str, None] = {}
    for glob in params["files"]:
        depth = glob.strip("/").count("/") + 1
        for path in context.find([f"{glob.strip('/')}/**"]):
            found.setdefault("/".join(path.split("/")[:depth]))
    if not found or len(found) < params.get("min", 1):
        return failed(f"There are {len(found)} folders {either(params['files'])}.", missing=True)
    lacking = [
        Evidence(folder, None, f"it has no {name}")
        for folder in found
        for name in params["folder"]
        if not _there(context, folder, name)
    ]
    if lacking:
        return failed(f"{lacking[0].path} has no {lacking[0].what[10:]}.", lacking, missing=True)
    return passed(
        f"All {len(found)} folders have what they need.", [Evidence(each, None, "whole") for each in found], every=True
    )


def _before(found: tuple[str, ...], context: Context) -> Judgement:
    added = collected(context.known.added, "when files were added", context.known)
    begun = collected(context.known.begun, "when the proof of concept was begun", context.known)
    for path in found:
        if path not in added:
            return failed(f"{path} has not reached the default branch.", [Evidence(path, None, "not merged")])
        if added[path] >= begun:
            return failed(
                f"{path} was committed after the start.",
                [Evidence(path, None, "it must come first, or it measures the new way")],
            )
    read = dict(context.snapshot.texts(found))
    if unread := [path for path in found if path not in read]:
        return failed(f"{unread[0]} could not be read.", missing=True)
    for path, text in read.items():
        if silent := _silent(path, text):
            return failed(f"{path} {silent}.", [Evidence(path, None, "it says nothing")])
    return passed(f"{found[0]} was there before the start.", [Evidence(found[0], None, "it was there first")])


def _silent(path: str, text: str) -> str:
    """Why a file says nothing; "" when it says something."""
    ending = path.rpartition(".")[2].lower()
    if not text.strip():
        return "is empty"
    if ending in ("yml", "yaml", "json"):
        try:
            return "" if any(map(_is_value, documents(path, text))) else "holds no value"
        except Malformed as error:
            return f"cannot be read: {error}"
    if ending in ("md", "markdown"):
        return "" if read_markdown(text).words else "has no words beside headings and code"
    return ""


def _is_value(found: Any) -> bool:
    """Whether anything within it is one."""
    if isinstance(found, Mapping | list):
        return any(map(_is_value, found.values() if isinstance(found, Mapping) else found))
    return bool(found.strip()) if isinstance(found, str) else found is not None


def _globs(params: Mapping[str, Any]) -> tuple[str, ...]:
    if "folder" in params:
        return tuple(f"{glob.strip('/')}/**" for glob in params["files"])
    folders = (re.sub(r"[^/]*$", "", glob) for glob in params["files"])
    beside = [
        f"{folder}{name.strip()}" for folder in folders for each in params.get("beside", ()) for name in each.split("|")
    ]
    return (*params["files"], *params.get("each", ()), *beside)


KIND = Kind(
    "file",
    "Files that are there, with what belongs beside them, or that are not there.",
    SCHEMA,
    Level.E1,
    judge,
    globs=_globs,
)
