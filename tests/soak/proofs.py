"""Each kind of check against many broken repositories: none may break or take longer than a second.

python -m tests.soak.proofs --inputs 100000 --seed 1
"""

import argparse
import random
import sys
import time
from dataclasses import replace

from assessments.poc import Known, Outcome, Poc, Refused, kinds, run
from assessments.poc.known import Job, Run
from tests.assessments.poc.proofs import NAMES, Proof, proof
from tests.assessments.poc.trees import tree

#: What is put into files, beside pieces of other files.
PIECES = [
    *["", "\0", "{", "}", "[", "]", "(", ")", '"', "'", "`", "- ", ": ", "\n", "\n  ", "\t", "&a [*a]", "<<: [1]", "#"],
    *[
        "//",
        "/*",
        "```",
        "<!--",
        "|",
        "---\n",
        "\\",
        "${",
        "<<EOF\n",
        "FROM ",
        "USER root\n",
        "func ",
        "class ",
        "def ",
    ],
    *["async ", "await ", "lambda ", "é", "\u2028", "\ud800", "1e999", "-" * 200, "[" * 200, "(" * 200, "a." * 200],
    "x" * 5_000,
]
#: Seconds that one check may take.
LONGEST = 1.0


def broken(random_: random.Random, text: str, others: list[str]) -> str:
    """The text with some of it cut, doubled or put from elsewhere."""
    for _ in range(random_.randint(1, 4)):
        begin, end = sorted(random_.randint(0, len(text)) for _ in range(2))
        if random_.random() < 0.5:
            end = min(end, begin + 3)
        if random_.random() < 0.2:
            other = random_.choice(others)
            start = random_.randint(0, len(other))
            put = other[start : start + random_.randint(0, 200)]
        else:
            put = random_.choice(PIECES) * random_.choice([1, 1, 1, 2, 50])
        text = text[:begin] + put + text[end:]
    return text[:200_000]


def soak(kind: str, inputs: int, seed: int) -> tuple[dict[str, int], float, list[str]]:
    """(outcomes, the longest time, what went wrong) of that many inputs."""
    random_ = random.Random(f"{kind} {seed}")
    aimed = [(check, it) for it in map(proof, NAMES) for check in it.poc.checks if check.kind == kind]
    others = [text for it in map(proof, NAMES) for text in it.exemplar.values()]
    counts: dict[str, int] = {}
    longest, wrong = 0.0, []
    for number in range(inputs if aimed else 0):
        check, it = random_.choice(aimed)
        files = {
            path: broken(random_, text, others) if random_.random() < 0.6 else text
            for path, text in it.exemplar.items()
            if random_.random() < 0.95
        }
        known = unsure(random_, it.known())
        begun = time.process_time()
        outcome, because = judged(check, it, files, known)
        took = time.process_time() - begun
        counts[outcome] = counts.get(outcome, 0) + 1
        longest = max(longest, took)
        if outcome == Outcome.ERROR or took > LONGEST:
            wrong.append(f"{kind}, input {number} of seed {seed}, {check.id}: {took:.2f} s, {because}")
    return counts, longest, wrong


def unsure(random_: random.Random, known: Known) -> Known:
    """The facts, some of them refused, not collected or gone."""
    changes = {}
    for name in ("groups", "runs", "reviews", "deployments", "artifacts", "metrics", "attestations", "spread"):
        if random_.random() < 0.2:
            empty = type(getattr(known, name))()
            refused = () if name in ("metrics", "attestations", "spread") else (Refused("actions: read"),)
            changes[name] = random_.choice([None, empty, *refused])
    for name in ("authors", "added", "removed", "begun", "allowed", "default_branch"):
        if random_.random() < 0.1:
            empty = type(getattr(known, name))()
            changes[name] = empty if name in ("allowed", "default_branch") else random_.choice([None, empty])
    if isinstance(known.runs, tuple) and "runs" not in changes:
        changes["runs"] = tuple(_odd(random_, each) for each in known.runs if random_.random() < 0.9)
    parts = {"required_checks": (), "reviewers": {}, "approvals": 0, "releases": ()}
    odd = {
        name: random_.choice([None, empty, Refused("administration: read")])
        for name, empty in parts.items()
        if random_.random() < 0.3
    }
    return replace(known, settings=replace(known.settings, **odd), **changes)


def _odd(random_: random.Random, run: Run) -> Run:
    """A run as it is, or with something other about it."""
    if random_.random() < 0.6:
        return run
    word = random_.choice(PIECES)
    jobs = random_.choice([None, (), Refused("actions: read"), (Job(word, random_.choice(["", "success", word])),)])
    other = {"jobs": jobs, "conclusion": word, "workflow": word, "referenced": (), "instant": 0, "event": word}
    name = random_.choice(list(other))
    return replace(run, **{name: other[name]})


def judged(check, it: Proof, files: dict[str, str], known: Known) -> tuple[str, str]:
    encoded = {path: text.encode("utf-8", "surrogatepass") for path, text in files.items()}
    found = run(Poc("a/b", (check,), it.poc.protected), tree(encoded), known).of(check.id)
    return str(found.outcome), found.because


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--inputs", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    failures = []
    for kind in kinds():
        counts, longest, wrong = soak(kind, options.inputs, options.seed)
        print(f"{kind}: {counts or 'no example'}, longest {longest * 1000:.0f} ms", flush=True)
        failures += wrong
    print("\n".join(failures[:20]))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
