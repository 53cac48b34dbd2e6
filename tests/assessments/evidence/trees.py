"""Small repositories in memory, and what a probe says of them."""

from textwrap import dedent

from assessments.evidence import Finding, judged, of_texts, registry

CODE = {"src/shop.py": "def total(): ..."}
CI = ".github/workflows/ci.yml"


def probe(key: str, files: dict[str, str | bytes], **parts) -> Finding:
    """What that probe finds in these files; parts: facts, history, as_of, left_out."""
    return judged(of_texts(files, **parts), registry()[key])


def outcome(key: str, files: dict[str, str | bytes], **parts) -> str:
    return str(probe(key, files, **parts).outcome)


def ci(text: str, path: str = CI, **others: str) -> dict[str, str]:
    """A repository with some code and that workflow."""
    return {**CODE, path: dedent(text).lstrip("\n"), **others}


def job(steps: str, on: str = "[push, pull_request]") -> dict[str, str]:
    """A repository with some code and a workflow of one job with these steps."""
    return ci(f"on: {on}\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n" + indented(steps, 6))


def indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in dedent(text).strip("\n").splitlines())


def lines(finding: Finding) -> list[int | None]:
    return [place.line for place in finding.evidence]
