"""Jenkinsfiles: which kind of pipeline, and its stages. Groovy is not run or fully parsed: comments and texts are set
aside exactly, and what is left is looked at."""

import re
from dataclasses import dataclass

JENKINSFILES = ("**/Jenkinsfile", "**/Jenkinsfile.*", "**/*.jenkinsfile", "**/jenkins/*.groovy")

_DECLARATIVE = re.compile(r"^\s*pipeline\s*\{", re.MULTILINE)
_SCRIPTED = re.compile(r"^\s*node\s*(\(\s*[^)\n]{0,200}\))?\s*\{", re.MULTILINE)
_STAGE = re.compile(r"\bstage\s*\(\s*(?:name\s*:\s*)?\0([0-9]+)\0")


@dataclass(frozen=True)
class Jenkinsfile:
    """kind: "declarative", "scripted", or "" when it is no pipeline. line: where the pipeline begins."""

    kind: str
    line: int | None
    stages: tuple[str, ...]


def read_jenkinsfile(text: str) -> Jenkinsfile:
    """Never fails."""
    bare, held = without_texts(text)
    for kind, pattern in (("declarative", _DECLARATIVE), ("scripted", _SCRIPTED)):
        if found := pattern.search(bare):
            start = found.end() - 1
            stages = tuple(held[int(stage[1])] for stage in _STAGE.finditer(bare))
            return Jenkinsfile(kind, bare.count("\n", 0, start) + 1, stages)
    return Jenkinsfile("", None, ())


def without_texts(text: str) -> tuple[str, list[str]]:
    """The code with comments emptied and each text replaced by a numbered mark; line breaks stay. And the texts."""
    out: list[str] = []
    held: list[str] = []
    at = 0
    for found in _PIECES.finditer(text):
        out.append(text[at : found.start()].replace("\0", ""))
        piece = found[0]
        at = found.end()
        if piece.startswith(("//", "/*")):
            out.append("\n" * piece.count("\n"))
            continue
        mark = 3 if piece.startswith(("'''", '"""')) else 1
        held.append(piece[mark:-mark] if len(piece) >= 2 * mark else piece[mark:])
        out.append(f"\0{len(held) - 1}\0" + "\n" * piece.count("\n"))
    out.append(text[at:].replace("\0", ""))
    return "".join(out), held


_PIECES = re.compile(
    r"""//[^\n]*|/\*.*?(?:\*/|\Z)|'''.*?(?:'''|\Z)|\"\"\".*?(?:\"\"\"|\Z)|'(?:[^'\\\n]|\\.)*'?|"(?:[^"\\\n]|\\.)*"?""",
    re.DOTALL,
)
