"""How long a check of a proof of concept takes in a repository of 2,000 files: `python -m benchmarks.proofs`.

Every check of the proofs in tests/assessments/poc/proofs that looks at files, over all files of their kind, first as
nobody has looked yet, then again with nothing changed, then after a commit: from a clone, and from the test GitHub,
which answers at once; at GitHub each request takes a fifth of a second more. Writes benchmarks/report_proofs.md; ends
with exit code 1 when a check again takes longer than the limit.
"""

import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from assessments.poc.engine import may_be_kept
from data import intake, people, store
from data.learning import checking
from data.tables import Repository
from tests.assessments.poc.proofs import NAMES, proof
from tests.data.hub import added, connected_to, connection, turn
from tests.data.learning.tried import attempt, check, content, found
from tests.repos import RepoBuilder

ROOT = Path(__file__).parent.parent
REPORT = ROOT / "benchmarks" / "report_proofs.md"
SECONDS, FILES = 3.0, 2_000
EACH_REQUEST = 0.2  # seconds that GitHub takes for one, as far from it as people are

GO = """package part{n}

import (
	"fmt"
	"log/slog"
)

// Part{n} is a part of the product.
type Part{n} struct{{ name string }}

func (p Part{n}) Total(amounts []int) (int, error) {{
	total := 0
	for _, amount := range amounts {{
		if amount < 0 {{
			return 0, fmt.Errorf("amount {n}: %w", errNegative)
		}}
		total += amount
	}}
	slog.Info("added", "part", p.name)
	return total, nil
}}
"""
PYTHON = '''"""Part {n} of the product."""

import logging

logger = logging.getLogger(__name__)


class Part{n}:
    def total(self, amounts: list[int]) -> int:
        logger.info("adding", extra={{"part": {n}}})
        return sum(amount for amount in amounts if amount < {n})
'''
TERRAFORM = """resource "aws_s3_bucket" "part{n}" {{
  bucket = "part-{n}"
  tags   = {{ owner = "team" }}
}}
"""
MANIFEST = "apiVersion: v1\nkind: Service\nmetadata: {{name: part{n}}}\nspec: {{ports: [{{port: 80}}]}}\n"
WORKFLOW = "on: push\npermissions: {{contents: read}}\njobs: {{a{n}: {{runs-on: x, steps: [{{run: make}}]}}}}\n"


def files() -> dict[str, str]:
    """The exemplars of all proofs beside each other, and many more files of each kind."""
    tree: dict[str, str] = {}
    for name in NAMES:
        tree |= {path: text for path, text in proof(name).exemplar.items() if path not in tree}
    for n in range(60):
        tree[f".github/workflows/part{n}.yml"] = WORKFLOW.format(n=n)
    number = 0
    kinds = [("go", GO), ("py", PYTHON), ("tf", TERRAFORM), ("yaml", MANIFEST)]
    while len(tree) < FILES:
        number += 1
        ending, text = kinds[number % len(kinds)]
        tree[f"orchestrator/part{number % 97}/module{number}.{ending}"] = text.format(n=number)
    return tree


def checks() -> list[dict]:
    made = []
    for name in NAMES:
        for each in proof(name).poc.checks:
            if may_be_kept(each) and each.kind != "hash":
                made.append(check(f"{name}-{each.id}", each.kind, each.params))
    return made


def timed(who: people.Who, made: int) -> tuple[float, int, int]:
    """(seconds of a check, requests, checks)."""
    begun = time.perf_counter()
    job = turn(checking.check_now(who, made))
    took = time.perf_counter() - begun
    assert job.state == "done", job.message
    run = found(made)
    return took, run.calls, len(run.results)


def figures(who: people.Who, repository_id: int, commit: Callable[[], None]) -> list[tuple[str, float, int, int]]:
    made = attempt(repository_id, content(checks()))
    lines = [("first", *timed(who, made)), ("again, nothing changed", *timed(who, made))]
    commit()
    return [*lines, ("again, after a commit", *timed(who, made))]


def in_clone(folder: Path) -> list[tuple[str, float, int, int]]:
    who = people.local_person()
    repo = RepoBuilder(folder / "large", bare=True)
    repo.commit("Begin", "2026-01-01", files=files())
    turn(intake.add_clone(who, repo.path, "Payments", "Large"))
    with store.reading() as session:
        repository_id = session.execute(select(Repository.id)).scalar_one()
    changed = {"orchestrator/part1/module1.py": PYTHON.format(n=1), "rules/more.yml": "groups: []\n"}
    return figures(who, repository_id, lambda: repo.commit("Change", "2026-01-02", files=changed))


def at_github(patch: pytest.MonkeyPatch) -> list[tuple[str, float, int, int]]:
    who = people.local_person()
    with connected_to(patch) as hub:
        repo = hub.repository("acme/large")
        repo.commit(files=files())
        place = added(who, connection(who, hub), "acme/large")[0]
        turn(place.job_id)
        changed = {"orchestrator/part1/module1.py": PYTHON.format(n=1), "rules/more.yml": "groups: []\n"}
        return figures(who, place.repository_id, lambda: repo.commit(files=changed))


def measured() -> dict[str, list[tuple[str, float, int, int]]]:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setenv("MILEPOST_JOBS", "queued")
        patch.setenv("MILEPOST_ROOTS", folder)
        patch.delenv("DATABASE_URL", raising=False)
        result = {}
        for name, go in (("clone", lambda: in_clone(Path(folder))), ("GitHub", lambda: at_github(patch))):
            patch.setenv("MILEPOST_HOME", str(Path(folder) / name))
            store.migrate()
            result[name] = go()
            store.dispose()
        return result


def main() -> int:
    rows, good = [], True
    for where, lines in measured().items():
        for what, seconds, calls, number in lines:
            whole = seconds + calls * EACH_REQUEST
            limited = what != "first"
            kept = not limited or whole < SECONDS
            good = good and kept
            limit = f"< {SECONDS:.0f} s" if limited else "none"
            sure = f"{whole:.1f} s" if calls else f"{seconds:.1f} s"
            word = "" if not limited else "yes" if kept else "**no**"
            rows.append(f"| {where} | {what} | {number} | {calls} | {seconds:.1f} s | {sure} | {limit} | {word} |")
            print(rows[-1], flush=True)
    REPORT.write_text(
        f"""# What a check of a proof of concept takes

Made by `python -m benchmarks.proofs` with Python {platform.python_version()} on {os.cpu_count()} cores: all checks of
files that the proofs of concept ask, in a repository of {FILES:,} files, a job from its beginning to what is saved. The
test GitHub answers at once; "with the way" adds {EACH_REQUEST} s for each request.

| from | check | criteria | requests | took | with the way | limit | kept |
|---|---|---|---|---|---|---|---|
"""
        + "\n".join(rows)
        + "\n",
        encoding="utf-8",
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
