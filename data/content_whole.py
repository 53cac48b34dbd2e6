"""All rules of the learning content at once, as authors run them: in a process of its own, since while content of a
folder is read nothing else may be read, and since the example repositories of proofs of concept are judged too."""

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from content import catalog
from data import access, people
from data.access import Action, Forbidden
from data.people import Who

SECONDS = 180
_one = threading.Lock()


@dataclass(frozen=True)
class Whole:
    """problems, warnings: lines. failed: why it could not be told, one sentence; "" when it could."""

    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    failed: str = ""


def check(who: Who) -> Whole:
    """What `check-content` says of the content in use. One at a time: it takes a processor for seconds.

    Raises Forbidden for somebody who reviews nowhere.
    """
    if not may_look(who):
        raise Forbidden("You may not do this (check content). Ask an administrator for the right.")
    if not _one.acquire(blocking=False):
        return Whole(failed="Somebody has it checked just now; try again in a minute.")
    try:
        command = [sys.executable, "milepost.py", "check-content", str(catalog.HERE), "--format", "json"]
        root = Path(__file__).parent.parent
        done = subprocess.run(command, capture_output=True, cwd=root, timeout=SECONDS, check=False)
        said = json.loads(done.stdout) if done.stdout else {}
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return Whole(failed="The check did not come to an end; run it in a terminal to see why.")
    finally:
        _one.release()
    if "problems" not in said:
        return Whole(failed=done.stderr.decode("utf-8", "replace").strip()[:400] or "The check said nothing.")
    return Whole(tuple(said["problems"]), tuple(said["warnings"]))


def may_look(who: Who) -> bool:
    """Whether somebody reviews anywhere: coaches, team leads, administrators."""
    now = people.of_this_moment(who)
    subjects = [access.Subject(organization) for organization in now.organizations]
    subjects += [access.Subject(organization, team) for organization, team, _ in now.team_roles]
    return any(access.may(now, Action.REVIEW, subject) for subject in subjects)
