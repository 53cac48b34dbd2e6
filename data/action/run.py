"""What the step of action.yml runs: `python -m data.action.run`.

It looks at the commit checked out, writes the forms into the folder for temporary files, adds to the job's summary,
comments on the pull request, and says with its exit code what `fail-on` wants. All it is told comes in the environment:
nothing of an event is ever part of a command.
"""

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assessments.evidence import Outcome
from data.action import event
from data.action.comment import NotSaid, Pull
from data.badge_picture import picture
from data.evidence import door, markdown
from data.evidence.door import Wrong
from data.evidence.shown import CHECKED_OUT, Shown, show
from data.evidence.tools import TOOLS
from data.printing import safe
from data.sources.git_command import GitError

#: Name and form of what is written, beside the badge.
FORMS = {"json": "milepost.json", "markdown": "milepost.md", "sarif": "milepost.sarif"}
LABEL = "practices"


@dataclass(frozen=True)
class Inputs:
    """Of action.yml. folder: where the forms are written. work: the folder that everything named must lie in."""

    path: str
    token: str
    comment: bool
    badge: str
    fail_on: str
    tools: tuple[str, ...]
    folder: Path
    work: Path


def inputs(given: Mapping[str, str]) -> Inputs:
    """Raises Wrong."""
    comment = given.get("MILEPOST_COMMENT", "true").strip().lower()
    if comment not in ("true", "false"):
        raise Wrong("The input comment is true or false.")
    work = Path(given.get("GITHUB_WORKSPACE") or ".").resolve()
    tools = door.tools(given.get("MILEPOST_WITH"))
    return Inputs(
        path=given.get("MILEPOST_PATH", "").strip() or ".",
        token=given.get("MILEPOST_TOKEN", "").strip(),
        comment=comment == "true",
        badge=given.get("MILEPOST_BADGE", "").strip(),
        fail_on=given.get("MILEPOST_FAIL_ON", ""),
        tools=tuple(each for each in tools if each in TOOLS),
        folder=Path(given.get("RUNNER_TEMP") or ".").resolve() / "milepost",
        work=work,
    )


def main(given: Mapping[str, str] | None = None) -> int:
    """The exit code: that of `assess --evidence`."""
    given = os.environ if given is None else given
    try:
        wanted = inputs(given)
        names = door.failing_on(wanted.fail_on)
        about = event.read(given.get("GITHUB_EVENT_NAME", ""), given.get("GITHUB_EVENT_PATH", ""))
        shown, notes = _shown(wanted, about)
        _write(wanted, shown, given)
    except (GitError, Wrong, OSError) as error:
        _say(str(error), sys.stderr)
        _append(given, "GITHUB_STEP_SUMMARY", f"Milepost: {markdown.plain(error)}\n")
        return door.UNREADABLE
    if wanted.comment and about.number is not None:
        notes.append(_comment(wanted, about, shown, given))
    for note in notes:
        _say(note)
    said = "".join(f"\n{markdown.plain(note)}\n" for note in notes)
    _append(given, "GITHUB_STEP_SUMMARY", f"{markdown.as_markdown(shown)}{said}")
    if failing := shown.failing(names):
        _say(f"Not met: {', '.join(each.probe.key for each in failing)}.", sys.stderr)
        return door.FAILING
    return door.OK


def _shown(wanted: Inputs, about: event.Event) -> tuple[Shown, list[str]]:
    """With what differs from the commit that a pull request is to be merged into, where that one is held."""
    path = inside(wanted.work, wanted.path)
    if about.base:
        try:
            return show(path, CHECKED_OUT, base=about.base, tools=wanted.tools), []
        except GitError:
            pass  # a shallow checkout does not hold it
    note = "What this change changes is not told: check out with `fetch-depth: 0`." if about.base else ""
    return show(path, CHECKED_OUT, tools=wanted.tools), [note] if note else []


def inside(work: Path, path: str) -> Path:
    """A path in the workspace, with its links followed. Raises Wrong for one that leads out of it."""
    found = (work / path).resolve()
    if found != work and work not in found.parents:
        raise Wrong(f"{path[:200]} leads out of the workspace: give a path in it.")
    return found


def _write(wanted: Inputs, shown: Shown, given: Mapping[str, str]) -> None:
    wanted.folder.mkdir(parents=True, exist_ok=True)
    texts = {form: door.text_of(shown, form) for form in FORMS}
    texts |= {"badge-svg": f"{badge(shown)}\n", "badge-json": f"{json.dumps(endpoint(shown), indent=2)}\n"}
    names = {**FORMS, "badge-svg": "badge.svg", "badge-json": "badge.json"}
    for key, text in texts.items():
        door.write(wanted.folder / names[key], text)
        _append(given, "GITHUB_OUTPUT", f"{key}={wanted.folder / names[key]}\n")
    if wanted.badge:
        target = wanted.work / wanted.badge
        place = inside(wanted.work, str(target.parent)) / target.name
        form = "badge-json" if place.suffix == ".json" else "badge-svg"
        if place.suffix not in (".json", ".svg") or ".git" in place.relative_to(wanted.work).parts:
            raise Wrong("The input badge is a file in the workspace that ends in .svg or .json.")
        place.parent.mkdir(parents=True, exist_ok=True)
        door.write(place, texts[form])


def words(shown: Shown) -> str:
    """What the badge says: counts and no judgement."""
    counts = shown.counts()
    return f"{counts[Outcome.MET]} met, {counts[Outcome.PARTLY]} partly, {counts[Outcome.NOT_MET]} not met"


def badge(shown: Shown) -> str:
    return picture(safe(shown.name), LABEL, words(shown))


def endpoint(shown: Shown) -> dict:
    """The same for services that draw badges from JSON."""
    return {"schemaVersion": 1, "label": LABEL, "message": words(shown), "color": "lightgrey"}


def _comment(wanted: Inputs, about: event.Event, shown: Shown, given: Mapping[str, str]) -> str:
    """Comments, and says how that went. Never fails: the findings stand in the summary all the same."""
    repository = event.repository(given.get("GITHUB_REPOSITORY", ""))
    if not wanted.token or not repository:
        return "Not commented: there is no token, or no repository."
    api = given.get("GITHUB_API_URL") or "https://api.github.com"
    try:
        Pull(api, repository, about.number, wanted.token).say(wanted.path, markdown.as_markdown(shown))
    except NotSaid as error:
        fork = " It comes from a fork, for which the token of the workflow may only read." if about.fork else ""
        return f"Not commented: {error}{fork}"
    return "Commented on the pull request."


def _say(text: str, file=None) -> None:
    """One line of the log. The runner takes lines that begin with two colons for commands of the workflow."""
    line = re.sub(r"##(?=\[)", "# #", safe(text)).replace("::", ": :")
    print(f"Milepost: {line}", file=file or sys.stdout, flush=True)


def _append(given: Mapping[str, str], name: str, text: str) -> None:
    if path := given.get(name):
        with open(path, "a", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)


if __name__ == "__main__":
    sys.exit(main())
