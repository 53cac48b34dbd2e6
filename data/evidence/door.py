"""`milepost.py assess PATH --evidence`: from its options to an exit code."""

import json
import os
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable
from io import StringIO
from pathlib import Path

from assessments.evidence import registry
from data.evidence import json_form, markdown, sarif, terminal
from data.evidence.shown import NEVER, NOT_MET, Shown, show
from data.evidence.tools import TOOLS
from data.printing import console_for
from data.sources.git_command import EmptyRepository, GitError

OK, NOTHING, UNREADABLE, FAILING = 0, 1, 2, 3


class Wrong(ValueError):
    """An option that cannot be used; the text is one sentence that says what can."""


def assess(options: Namespace, printable: Callable[[str], str]) -> int:
    """Prints or writes what the files show; 0, or 1 without a commit, 2 when it cannot be read, 3 when what
    `--fail-on` names is not met."""
    try:
        names = failing_on(options.fail_on)
        shown = show(options.path, options.commit, base=options.base, tools=tools(options.tools))
        _give(shown, options)
    except (GitError, Wrong) as error:
        print(printable(str(error)), file=sys.stderr)
        return NOTHING if isinstance(error, EmptyRepository) else UNREADABLE
    if found := shown.failing(names):
        print(f"Not met: {', '.join(each.probe.key for each in found)}.", file=sys.stderr)
        return FAILING
    return OK


def failing_on(text: str | None) -> frozenset[str]:
    """What `--fail-on` names. Raises Wrong."""
    names = frozenset(name.strip() for name in (text or NEVER).split(",") if name.strip())
    unknown = sorted(names - registry().keys() - {NEVER, NOT_MET})
    if unknown:
        raise Wrong(f"There is no probe {unknown[0][:60]!r}: give never, not-met, or keys as the findings name them.")
    if NEVER in names and len(names) > 1:
        raise Wrong("never stands alone: name nothing beside it.")
    return names - {NEVER}


def tools(text: str | None) -> tuple[str, ...]:
    """What `--with` names. Raises Wrong."""
    names = tuple(dict.fromkeys(name.strip().lower() for name in (text or "").split(",") if name.strip()))
    if unknown := [name for name in names if name not in TOOLS]:
        raise Wrong(f"{unknown[0][:60]!r} is no tool that can be asked: give {' or '.join(TOOLS)}.")
    return names


def text_of(shown: Shown, form: str, color: str = "never") -> str:
    """The whole text in one of the four forms, ending in a line feed."""
    if form == "text":
        taken = StringIO()
        terminal.show(shown, console_for(color, taken))
        return "".join(f"{line.rstrip()}\n" for line in taken.getvalue().splitlines())
    if form == "markdown":
        return markdown.as_markdown(shown)
    plain = json_form.as_json(shown) if form == "json" else sarif.as_sarif(shown)
    return json.dumps(plain, indent=2, allow_nan=False, ensure_ascii=True) + "\n"


def _give(shown: Shown, options: Namespace) -> None:
    if options.output:
        write(options.output, text_of(shown, options.format))
    elif options.format == "text" and sys.stdout.isatty():
        terminal.show(shown, console_for(options.color))
    else:
        sys.stdout.write(text_of(shown, options.format, options.color))
        sys.stdout.flush()


def write(path: Path, text: str) -> None:
    """The file appears under its name when it is whole; an older one of that name is replaced. Raises Wrong."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="\n") as file:
                file.write(text)
            os.chmod(name, 0o666 & ~_umask())
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise Wrong(f"{path} cannot be written ({error.strerror or error}): choose another file.") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
