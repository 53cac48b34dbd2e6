"""The git command line, tamed: plumbing commands only, on a repository whose own configuration is hostile.

A repository's `.git/config` can name programs that git would run, and remotes that git would contact. So: nothing is
ever checked out; only plumbing is called, which ignores pagers, aliases and the settings of `git log`; every key that
can start a program is overridden; every transport is forbidden, so that a partial clone cannot fetch with the
credentials of whoever runs this; and nothing read from a repository but object names becomes part of a command, on
standard input.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import BinaryIO

ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "GIT_SSH_COMMAND": "false",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",  # also for versions of git that do not know the line above
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",  # replace refs and grafts would show another history than the one people share
    "GIT_GRAFT_FILE": os.devnull,
    "HOME": os.devnull,
    "LC_ALL": "C",
}

OVERRIDES = {
    "protocol.allow": "never",
    "protocol.file.allow": "never",
    "safe.bareRepository": "all",
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.pager": "cat",
    "core.sshCommand": "false",
    "core.askPass": "",
    "core.alternateRefsCommand": "false",
    "core.useReplaceRefs": "false",
    "credential.helper": "",
    "diff.external": "",
    "diff.orderFile": os.devnull,
    "gc.auto": "0",
    "gpg.program": "false",
    "log.mailmap": "false",
    "log.showSignature": "false",
    "maintenance.auto": "false",
}

#: Longest time one command may take, in seconds. Reading 70,000 commits takes about one.
TIME_LIMIT = 900.0

#: Bytes kept of one object. A commit or tag is rarely longer than a few thousand.
OBJECT_LIMIT = 1 << 20


class GitError(Exception):
    """The repository could not be read. The text is one sentence for people that says what to do."""


class EmptyRepository(GitError):
    """It can be read, and holds no commit."""


class Unsettled(GitError):
    """An object or ref was not there: it is being written to, or damaged. A second try may succeed."""


class Cancelled(GitError):
    """Whoever asked does not want the answer any more."""


class Git:
    """Runs commands in one repository. Raises GitError; `cancelled` is asked between pieces of output."""

    def __init__(self, path: Path, cancelled: Callable[[], bool] = lambda: False, time_limit: float = TIME_LIMIT):
        self.path = path
        self.cancelled = cancelled
        self.time_limit = time_limit
        self.trusted: str | None = None  # safe.directory, where the person's own git settings allow the folder
        program = shutil.which("git")
        if program is None:
            raise GitError("Git is not installed, or not on the PATH: install git 2.30 or newer and try again.")
        self.program = program

    def one(self, *arguments: str) -> str | None:
        """The first line of what a command says; None when it says nothing or answers no (exit code 1)."""
        with self.stream(*arguments, answers=(0, 1)) as output:
            line = output.readline()
        return line.decode("utf-8", "replace").rstrip("\n") or None

    def lines(self, *arguments: str, names: Iterable[str] = ()) -> Iterator[str]:
        """Lines of output; `names` (object names) go in on standard input."""
        with self.stream(*arguments, names=names) as output:
            for number, line in enumerate(output):
                if not number % 1000:
                    self.stop_if_cancelled()
                yield line.decode("utf-8", "replace").rstrip("\n")

    def objects(self, names: Iterable[str]) -> Iterator[tuple[str, str, bytes]]:
        """(name, type, content) of each object in order; type is `missing` where it is not held.

        At most OBJECT_LIMIT bytes of an object are kept.
        """
        with self.stream("cat-file", "--batch", "--buffer", names=names) as output:
            for number, header in enumerate(iter(output.readline, b"")):
                if not number % 1000:
                    self.stop_if_cancelled()
                name, kind, *size = header.decode("ascii", "replace").split()
                if not size:
                    yield name, "missing", b""
                    continue
                length = int(size[0])
                content = output.read(min(length, OBJECT_LIMIT))
                rest = length - len(content) + 1  # and the line feed that ends an object
                while rest > 0 and (skipped := output.read(min(rest, OBJECT_LIMIT))):
                    rest -= len(skipped)
                if rest > 0:
                    break
                yield name, kind, content

    def stop_if_cancelled(self) -> None:
        if self.cancelled():
            raise Cancelled("Reading the repository was cancelled.")

    def arguments(self, arguments: Iterable[str]) -> list[str]:
        overrides = {**OVERRIDES, **({"safe.directory": self.trusted} if self.trusted else {})}
        options = [option for key, value in overrides.items() for option in ("-c", f"{key}={value}")]
        return [self.program, "--no-pager", "-C", str(self.path), *options, *arguments]

    def environment(self) -> dict[str, str]:
        # A path that is not itself a repository must not lead to one further up, which may lie outside the roots.
        around = {"PATH": os.environ.get("PATH", os.defpath), "GIT_CEILING_DIRECTORIES": str(self.path.parent)}
        return {**ENVIRONMENT, **around}

    @contextmanager
    def stream(self, *arguments: str, names: Iterable[str] = (), answers: tuple[int, ...] = (0,)) -> Iterator[BinaryIO]:
        """Standard output of a command, to be read as it comes. Ends the command when the reader leaves early."""
        self.stop_if_cancelled()
        # Files, not pipes, at the other two ends: no command can block on them, whatever is read in which order.
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as complaints:
            for name in names:
                given.write(name.encode("ascii") + b"\n")
            given.seek(0)
            process = subprocess.Popen(
                self.arguments(arguments),
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env=self.environment(),
                start_new_session=True,
            )
            overdue = []
            watch = Timer(self.time_limit, lambda: (overdue.append(True), end(process)))
            watch.daemon = True
            watch.start()
            try:
                with process.stdout:
                    yield process.stdout
            except BaseException:
                end(process)
                raise
            finally:
                watch.cancel()
                code = process.wait()
            if overdue:
                raise GitError(
                    f"Git gave no answer for {self.time_limit:.0f} seconds and was stopped: run `git fsck` in "
                    f"{self.path} to see whether the repository is sound, then try again."
                )
            if code not in answers:
                complaints.seek(0)
                raise explain(complaints.read(65536).decode("utf-8", "replace"), self.path)


def end(process: subprocess.Popen) -> None:
    """Ends a command and whatever it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()


def explain(complaint: str, path: Path) -> GitError:
    """What git complained about, as one sentence that says what to do."""
    said = complaint.lower()
    if "dubious ownership" in said or "unsafe repository" in said:
        return GitError(
            f"{path} belongs to another user of this machine, so git refuses to read it: run Milepost as that user, or "
            f"allow it with `git config --global --add safe.directory {path}`."
        )
    if "not a git repository" in said or "must be run in a work tree" in said:
        return GitError(f"{path} is not a git repository: give the folder that holds .git, or a bare repository.")
    if "repository extension" in said or "expected git repo version" in said or "unknown ref storage" in said:
        return GitError(f"{path} is in a format that this version of git does not know: install a newer git.")
    if re.search(r"config (line|file|value|variable|key)|configuration file|include path|include depth", said):
        return GitError(f"The configuration file of {path} is broken: mend it (`git config --list` says where).")
    if "permission denied" in said:
        return GitError(f"Milepost may not read all of {path}: give its user the right to read that folder.")
    return Unsettled(
        f"{path} is being written to, or objects are missing ({first_words(complaint)}): wait until the clone or fetch "
        f"has finished and try again; if it stays, run `git fsck` there or clone anew."
    )


def first_words(complaint: str) -> str:
    """The first line of a complaint, harmless to show: one line, printable, short, no credentials of a URL."""
    line = next((line for line in complaint.splitlines() if line.strip()), "git gave no reason")
    line = re.sub(r"//[^/@\s]*@", "//", line)
    return "".join(letter for letter in line if letter.isprintable())[:160]


def allowed_by_person(path: Path) -> bool:
    """Whether the person who runs this has told git to trust that folder (safe.directory in their own settings).

    Only that one key of their settings is ever read.
    """
    answer = subprocess.run(
        ["git", "config", "--global", "--get-all", "safe.directory"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd="/",
        timeout=30,
        check=False,
    )
    said = answer.stdout.decode("utf-8", "replace").splitlines()
    return any(entry == "*" or Path(entry) == path for entry in said if entry)
