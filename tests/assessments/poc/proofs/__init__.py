"""Acceptance checks of real proofs of concept, each with a stub that fails, an exemplar that passes, and near misses.

`checks`: as in a poc.yml, with `gate` where they belong to one; required unless they say otherwise. `forge`: facts of a
forge on which everything is well. `exemplar`: files. `stub`: files and what is other about the forge; every required
check fails there. `near`: changed files (null takes one away) and facts, each failing exactly the check that it `aims`
at. `protected`: files of the exemplar as they were handed out.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from assessments.poc import Known, Poc, Results, read_poc, run
from assessments.poc.judging import blob
from tests.assessments.poc.trees import facts, tree

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("*.yml"))


@dataclass(frozen=True)
class Proof:
    poc: Poc
    forge: dict[str, Any]
    exemplar: dict[str, str]
    stub: dict[str, Any]
    near: tuple[dict[str, Any], ...]

    def run(self, files: dict[str, str], forge: dict[str, Any]) -> Results:
        return run(self.poc, tree(files), facts(forge))

    def known(self) -> Known:
        return facts(self.forge)


@lru_cache
def proof(name: str) -> Proof:
    plain = YAML(typ="safe", pure=True).load((HERE / f"{name}.yml").read_text(encoding="utf-8"))
    base = {"title": "A criterion", "why": "It matters.", "hint": "Do it.", "severity": "required", "level": "E1"}
    checks = [base | each for each in plain["checks"]]
    gates: dict[str, dict] = {}
    for each in checks:
        if "gate" in each:
            gates.setdefault(each["gate"], {"checks": []})["checks"].append(each)
    protected = [{"path": path, "blob": blob(plain["exemplar"][path].encode())} for path in plain.get("protected", ())]
    made = read_poc(
        name,
        {
            "tasks": [{"checks": [each for each in checks if "gate" not in each]}],
            "gates": gates,
            "starter": {"protected": protected},
        },
    )
    return Proof(made, plain.get("forge", {}), plain["exemplar"], plain["stub"], tuple(plain["near"]))
