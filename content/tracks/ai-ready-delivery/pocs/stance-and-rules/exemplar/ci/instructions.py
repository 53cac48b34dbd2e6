"""Holds instructions for tools against the repository: runs their commands, and looks for the files that they name.

    python3 ci/instructions.py AGENTS.md

Commands are the code blocks sh, bash and shell, one after the other from the root; a block of another language, such
as text, is not run. Files are looked for when they stand in backticks. Ends with 0 when all is right, with 1 and a
sentence for each thing that is not, and with 2 when the file holds no command at all.
"""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path, PurePosixPath

SECONDS = 600
SHELLS = ("sh", "bash", "shell")
#: Endings by which a word without a slash is taken for a file.
ENDINGS = (
    ".bash .c .cfg .cpp .cs .css .dart .ex .go .gradle .h .hcl .html .ini .java .js .json .jsx .kt .kts .lock .lua .md"
    " .mjs .php .proto .ps1 .py .rb .rs .scala .sh .sql .swift .tf .toml .ts .tsx .txt .vue .xml .yaml .yml"
)


def parts(text: str) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """(commands, files): (line, block) of what is run, and (line, word) of what is named in backticks."""
    blocks, words = [], []
    fence, language, begun, held = "", "", 0, []
    for number, line in enumerate(text.splitlines(), start=1):
        found = re.match(r"\s*(`{3,}|~{3,})\s*([^\s`{]*)", line)
        if fence and found and found[1].startswith(fence) and not found[2]:
            if language in SHELLS:
                blocks.append((begun, "\n".join(held)))
            fence, held = "", []
        elif fence:
            held.append(line)
        elif found:
            fence, language, begun = found[1], found[2].casefold(), number
        else:
            words += [(number, word) for word in re.findall(r"`([^`\n]+)`", line)]
    return blocks, words


def is_path(word: str) -> bool:
    """Whether it is meant as a path of the repository: with an ending that files have, or a folder with its slash."""
    if not re.fullmatch(r"[\w.*-]+(?:/[\w.*-]+)*/?", word):
        return False
    return word.endswith("/") or PurePosixPath(word).suffix.casefold() in ENDINGS.split()


def code_of(block: str) -> int | None:
    """The code with which a block ends; None when it does not end in time."""
    begun = subprocess.Popen(
        ["bash", "-e", "-o", "pipefail", "-c", block], stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        return begun.wait(SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(begun.pid, signal.SIGKILL)
        begun.wait()
        return None


def main(paths: list[str]) -> int:
    wrong, run = [], 0
    for path in paths or ["AGENTS.md"]:
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            wrong.append(f"{path} cannot be read: {error}")
            continue
        blocks, words = parts(text)
        for number, word in words:
            if is_path(word) and not any(Path().glob(word.rstrip("/"))):
                wrong.append(f"{path}:{number}: there is no {word}")
        for number, block in blocks:
            run += 1
            print(f"--- {path}:{number}\n{block}", flush=True)
            code = code_of(block)
            if code != 0:
                said = f"ends with {code}" if code is not None else f"does not end within {SECONDS} s"
                wrong.append(f"{path}:{number}: the command {said}")
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        return 1
    if not run:
        print("There is no command in it: write each into a code block sh.", file=sys.stderr)
        return 2
    print(f"{run} commands were run, and what is named is there.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
