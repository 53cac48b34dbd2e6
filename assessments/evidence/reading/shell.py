"""Which commands a shell script runs, told from what it only prints, comments on or passes on.

A reader for judging, not a shell: it splits a script into simple commands of words, knows quotes, comments,
continuations, heredocs and substitutions, and drops what stands around a command (assignments, sudo, env, time, npx,
`poetry run` and the like). It never fails; what it cannot tell is left out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

#: Substitutions within each other that are followed.
NESTED = 8
#: Characters of one script that are looked at, and of a substitution in it; commands kept of it.
SCRIPT_LIMIT, SUBSTITUTION_LIMIT, COMMANDS_LIMIT = 60_000, 500, 2_000

_KEYWORDS = frozenset(
    [
        "if",
        "then",
        "elif",
        "else",
        "fi",
        "while",
        "until",
        "do",
        "done",
        "!",
        "{",
        "}",
        "time",
        "exec",
        "command",
        "nohup",
        "eval",
    ]
)
#: Programs that start the command in their arguments; the flags with a value that they take.
_WRAPPERS = {
    "sudo": {"-u", "-g"},
    "env": {"-u"},
    "nice": {"-n"},
    "timeout": {"-s", "-k"},
    "xvfb-run": {"-s", "-e", "-n"},
    "npx": {"-p", "--package"},
    "bunx": set(),
    "uvx": {"--from", "--with", "--python"},
    "pipx": set(),
    "stdbuf": set(),
    "retry": {"-t", "-d"},
    "winpty": set(),
    "doppler": set(),
    "caffeinate": set(),
}
#: Of these the words behind, too: `poetry run pytest`.
_RUNNERS = {
    ("poetry", "run"),
    ("pipenv", "run"),
    ("uv", "run"),
    ("uv", "tool", "run"),
    ("pdm", "run"),
    ("hatch", "run"),
    ("rye", "run"),
    ("bundle", "exec"),
    ("pnpm", "exec"),
    ("pnpm", "dlx"),
    ("yarn", "exec"),
    ("yarn", "dlx"),
    ("npm", "exec"),
    ("pipx", "run"),
    ("mise", "exec"),
    ("coverage", "run"),
    ("conda", "run"),
    ("micromamba", "run"),
    ("doppler", "run"),
    ("opam", "exec"),
    ("xcrun", "--"),
}
_RUNNER_VALUES = frozenset(
    [
        "--spec",
        "--with",
        "--python",
        "--extra",
        "--group",
        "--from",
        "-n",
        "--name",
        "-p",
        "--prefix",
        "--rcfile",
        "--source",
        "--package",
        "--env",
        "--filter",
        "-C",
        "--directory",
        "--project",
    ]
)
#: Those that fetch what they run, and take it with a version: `pipx run zizmor==1.16.3`, `npx jest@30`.
_FETCHING = frozenset(
    {"npx", "bunx", "uvx", ("pipx", "run"), ("pnpm", "dlx"), ("yarn", "dlx"), ("npm", "exec"), ("uv", "tool", "run")}
)
_VERSIONED = re.compile(r"(@?[A-Za-z0-9][\w.-]*(?:/[\w.-]+)?)(?:\[[^\]]*\])?(?:@|[=<>~!]=|[<>]).+", re.DOTALL)
#: Wrappers that take assignments before the command, as the shell does.
_ASSIGNING = frozenset({"env", "sudo"})
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\+?=")
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))(.*)", re.DOTALL)
#: Flags with a value of `docker compose` and of its `run` and `exec`.
_COMPOSE_VALUES = frozenset(
    {
        *("-f", "--file", "-p", "--project-name", "--profile", "--env-file", "--project-directory", "-e", "--env"),
        *("-v", "--volume", "-w", "--workdir", "-u", "--user", "--name", "--entrypoint", "--publish", "--index"),
    }
)
#: Programs that end well whatever the one before them in a pipe did, unless a word of theirs says otherwise.
_GREPS = frozenset({"grep", "egrep", "fgrep", "rg"})
_PASSING_ON = _GREPS | {
    *("tee", "cat", "sed", "awk", "gawk", "perl", "tail", "head", "less", "more", "sort", "uniq", "tr", "cut", "wc"),
    *("column", "fold", "nl", "ts", "tac", "rev", "logger", "ansi2html", "xcpretty", "xcbeautify", "bunyan", "jq"),
    "go-junit-report",
}
_JUDGING = re.compile(r"--?(quiet|silent|exit-status|set-exit-code)|.*\b(exit|die)\b.*", re.DOTALL)
_DURATION = re.compile(r"[0-9]+(\.[0-9]+)?[smhd]?")
_HEREDOC = re.compile(r"(?<![<])<<-?\s*(?:'([^'\s]+)'|\"([^\"\s]+)\"|\\?([A-Za-z_][A-Za-z0-9_]*))")


@dataclass(frozen=True)
class Command:
    """A simple command. words: without quotes, the program first; line: from 1 within the script. ignored: whether its
    failure goes without notice (`|| true`, `| tee log` without pipefail). whole: the words as one text, with what
    stands around the command."""

    words: tuple[str, ...]
    line: int
    ignored: bool = False
    whole: str = ""

    @property
    def program(self) -> str:
        """The program without its folder."""
        return self.words[0].rsplit("/", 1)[-1]

    @property
    def text(self) -> str:
        return " ".join(self.words)

    @property
    def spoken(self) -> str:
        """The words with the program without its folder, as expressions for commands expect them."""
        return " ".join((self.program, *self.words[1:]))


def commands(script: str, known: Mapping[str, str] = MappingProxyType({}), *, pipefail: bool = False) -> list[Command]:
    """The simple commands of a script, in order. known: variables of its environment. pipefail: whether the shell is
    started so that a pipe fails with any of its commands.

    A variable that stands for the program, or for its folder, is replaced where its value is plain."""
    found: list[Command] = []
    values = dict(known)
    script = script[:SCRIPT_LIMIT]
    looks = "PIPESTATUS" in script  # by itself, at how each command of a pipe ended
    for words, line, ignored, lost in _simple(script):
        _remember(words, values)
        bare = unwrapped(_resolved(unwrapped(words), values), assigning=False)
        if bare and bare[0] == "set":
            pipefail = _pipefail_after(bare, pipefail)
        ignored = ignored or (lost and not pipefail and not looks)
        if bare:
            found.append(Command(tuple(bare), line, ignored, " ".join(words)[:1000]))
        if len(found) >= COMMANDS_LIMIT:
            break
    return found


def _pipefail_after(words: list[str], before: bool) -> bool:
    """Whether pipes fail after `set -euo pipefail` and the like, `set +o pipefail` too."""
    for flags, name in pairwise(words[1:]):
        if name == "pipefail" and re.fullmatch(r"[-+][a-zA-Z]*o", flags):
            before = flags[0] == "-"
    return before


def _is_lost(words: list[str]) -> bool:
    """Whether what comes before these words in a pipe may fail without notice, as they end it well all the same."""
    bare = unwrapped(words)
    program = bare[0].rsplit("/", 1)[-1] if bare else ""
    if program not in _PASSING_ON or any(_JUDGING.fullmatch(word) for word in bare[1:]):
        return False
    letter = "q" if program in _GREPS else "e" if program == "jq" else ""
    return not (letter and any(re.fullmatch(f"-[a-zA-Z]*{letter}[a-zA-Z]*", word) for word in bare[1:]))


def _remember(words: list[str], values: dict[str, str]) -> None:
    """Takes note of what a command that only assigns assigns; an empty value does not replace another."""
    assigned = words[1:] if words[0] in ("export", "readonly", "local", "declare") else words
    if all(_ASSIGNMENT.match(word) for word in assigned):
        for word in assigned:
            name, _, value = word.partition("=")
            if value or name not in values:
                values[name] = value


def _resolved(words: list[str], values: Mapping[str, str]) -> list[str]:
    """The words with a variable in the program replaced: `$CARGO test`, `${PREFIX}mypy`, `$BIN/run`."""
    variable = _VARIABLE.match(words[0]) if words else None
    if variable is None:
        return words
    value, rest = values.get(variable[1] or variable[2]), variable[3]
    if value is not None and not re.search(r"[$`]", value):
        return [*f"{value}{rest}".split(), *words[1:]]
    return [rest, *words[1:]] if re.match(r"[A-Za-z]", rest) else words


def unwrapped(words: list[str], assigning: bool = True) -> list[str]:
    """The words from the program on that does the work, the program without the version that is fetched.

    assigning: whether `NAME=value` before it assigns, as it does where a command begins. Behind a program that starts
    another one it does only for env and sudo."""
    words = list(words)
    for _ in range(10):
        while words and (words[0] in _KEYWORDS or (assigning and _ASSIGNMENT.match(words[0]))):
            words.pop(0)
        if not words:
            return []
        assigning = False
        name = words[0].rsplit("/", 1)[-1]
        if runner := _runner(name, words):
            words = _without_flags(words[len(runner) :], _RUNNER_VALUES)
            words = _without_version(words) if runner in _FETCHING else words
        elif name in _WRAPPERS:
            assigning = name in _ASSIGNING
            words = _without_flags(words[1:], _WRAPPERS[name], assigning)
            words = _without_version(words) if name in _FETCHING else words
            if name == "timeout" and words and _DURATION.fullmatch(words[0]):
                words.pop(0)
        elif inside := _in_container(name, words):
            words = inside
        elif name in ("python", "python3", "py") and words[1:2] == ["-m"] and len(words) > 2:
            words = words[2:]
        elif re.fullmatch(r"(python|pypy)[0-9.]*", name) and "-m" in words[1:5]:
            words = words[words.index("-m") + 1 :]
        elif name in ("-m",):
            words = words[1:]
        else:
            return words
    return words


def _runner(name: str, words: list[str]) -> tuple[str, ...]:
    """The words that start another program, of those that take two or three; () when there are none."""
    for size in (2, 3):
        said = (name, *words[1:size])
        if said in _RUNNERS:
            return said
    return ()


def _without_version(words: list[str]) -> list[str]:
    fetched = _VERSIONED.fullmatch(words[0]) if words else None
    return [fetched[1], *words[1:]] if fetched else words


def _in_container(name: str, words: list[str]) -> list[str]:
    """What `docker compose run` or `exec` runs in a service; nothing where it is the service's own command."""
    if name == "docker" and words[1:2] == ["compose"]:
        words = words[1:]
    elif name != "docker-compose":
        return []
    words = _without_flags(words[1:], _COMPOSE_VALUES)
    if words[:1] not in (["run"], ["exec"]):
        return []
    return _without_flags(words[1:], _COMPOSE_VALUES)[1:]


def _without_flags(words: list[str], valued: set[str] | frozenset[str], assigning: bool = False) -> list[str]:
    at = 0
    while at < len(words) and (words[at].startswith("-") or (assigning and _ASSIGNMENT.match(words[at]))):
        if words[at] == "--":
            return words[at + 1 :]
        if words[at] == "-m":
            return words[at + 1 :]
        at += 2 if words[at] in valued else 1
    return words[at:]


def _simple(script: str):
    """(words, line, ignored, lost) of each simple command. lost: whether another ends its pipe, and does so well."""
    words: list[str] = []
    word: list[str] | None = None
    pending: list[tuple[list[str], int]] = []  # the commands of a pipe
    goes_on = False  # behind `|`, also on the next line
    line, began, at, size = 1, 1, 0, len(script)
    heredocs: list[str] = []
    while at <= size:
        letter = script[at] if at < size else "\n"
        two = script[at : at + 2]
        if letter == "\\" and two == "\\\n":
            line, at = line + 1, at + 2
            continue
        if not words and word is None and letter not in " \t\r\n;&|()#":
            began = line
        if letter == "\\" and at + 1 < size:
            word = word if word is not None else []
            word.append(script[at + 1])
            at += 2
            continue
        if letter in "'\"":
            end, text = _quoted(script, at)
            word = word if word is not None else []
            word.append(text)
            line += script.count("\n", at, end)
            at = end
            continue
        if two in ("$(", "${") or letter == "`":
            end = _closing(script, at)
            word = word if word is not None else []
            word.append(script[at:end])
            line += script.count("\n", at, end)
            at = end
            continue
        if letter == "#" and word is None:
            at = script.find("\n", at)
            at = size if at < 0 else at
            continue
        if two == "<<" and script[at : at + 3] != "<<<" and (mark := _HEREDOC.match(script, at)):
            heredocs.append(mark[1] or mark[2] or mark[3])
            at = mark.end()
            continue
        if letter in " \t\r\n;&|()":
            if word is not None:
                words.append("".join(word))
                word = None
            ends = letter in "\n;&|()" and not (letter == "&" and at and script[at - 1] in "<>")
            if ends:
                step = 2 if two in ("&&", "||", ";;", "|&") else 1
                if words:
                    pending.append((words, began))
                    words, goes_on = [], False
                if two == "||":
                    rest = script[at + 2 : at + 40].lstrip()
                    yield from _piped(pending, bool(re.match(r"(true|:|exit\s+0|echo\b)(?![\w-])", rest)))
                    pending = []
                elif letter == "|":
                    goes_on = bool(pending)
                elif not (letter == "\n" and goes_on):
                    yield from _piped(pending, False)
                    pending, goes_on = [], False
                if letter == "\n":
                    line += 1
                    at += 1
                    if heredocs:
                        at, line = _past(script, at, line, heredocs)
                        heredocs = []
                    continue
                at += step
                continue
            at += 1
            continue
        word = word if word is not None else []
        word.append(letter)
        at += 1
    yield from _piped(pending, False)


def _piped(pipe: list[tuple[list[str], int]], ignored: bool):
    """The same of the commands of one pipe."""
    lost = len(pipe) > 1 and _is_lost(pipe[-1][0])
    for place, (words, line) in enumerate(pipe, 1):
        yield words, line, ignored, lost and place < len(pipe)


def _quoted(script: str, at: int) -> tuple[int, str]:
    """(index behind the closing quote, what stands between)."""
    mark = script[at]
    if mark == "'":
        end = script.find("'", at + 1)
        return (len(script), script[at + 1 :]) if end < 0 else (end + 1, script[at + 1 : end])
    out, place = [], at + 1
    while place < len(script):
        letter = script[place]
        if letter == "\\" and place + 1 < len(script):
            out.append(script[place + 1])
            place += 2
        elif letter == '"':
            return place + 1, "".join(out)
        else:
            out.append(letter)
            place += 1
    return len(script), "".join(out)


def _closing(script: str, at: int) -> int:
    """The index behind a substitution that begins at `at`."""
    if script[at] == "`":
        end = script.find("`", at + 1)
        return len(script) if end < 0 else end + 1
    opening, closing, depth = script[at + 1], ")" if script[at + 1] == "(" else "}", 0
    for place in range(at + 1, min(len(script), at + SUBSTITUTION_LIMIT)):
        if script[place] == opening:
            depth += 1
            if depth > NESTED:
                break
        elif script[place] == closing:
            depth -= 1
            if not depth:
                return place + 1
    return min(len(script), at + 2)


def _past(script: str, at: int, line: int, names: list[str]) -> tuple[int, int]:
    """(index, line) behind the heredocs that begin at `at`."""
    for name in names:
        while at < len(script):
            end = script.find("\n", at)
            end = len(script) if end < 0 else end
            text = script[at:end]
            at, line = end + 1, line + 1
            if text.strip("\t ").rstrip("\r") == name:
                break
    return min(at, len(script) + 1), line
