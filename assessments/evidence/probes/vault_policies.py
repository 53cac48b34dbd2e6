"""May one token read everything?"""

import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.probe import Probe
from assessments.evidence.reading import Malformed
from assessments.evidence.reading.hcl import read_hcl, texts
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="vault-policies",
    title="Vault policies give no more than is needed",
    family="secrets",
    capabilities=("secrets-management", "pervasive-security"),
    why="A policy on `*` makes every token as powerful as the store itself.",
    how="Policies of Vault in HCL files: no path that is all or all of a mount (`*`, `secret/*`) with more than "
    "reading and listing, and no `sudo` outside of `sys/`.",
    outcomes={
        Outcome.MET: "No policy is that wide.",
        Outcome.PARTLY: "Some policies are.",
        Outcome.NOT_MET: "All policies are.",
        Outcome.NOT_APPLICABLE: "There are no policies of Vault.",
    },
    remedy="Name the paths of one application and environment, and only the capabilities that it uses.",
    effort=Effort.HOURS,
    every=True,
    version=2,
)

_WRITES = frozenset({"create", "update", "delete", "patch", "sudo", "write"})


def judge(snapshot: Snapshot) -> Finding:
    good, bad = [], []
    for path, text in snapshot.texts(snapshot.active("**/*.hcl")):
        if not re.search(r'^\s*path\s+"', text, re.MULTILINE) or not re.search(r"\b(capabilities|policy)\s*=", text):
            continue
        try:
            file = read_hcl(text)
        except Malformed as error:
            snapshot.refuse(path, str(error))
            continue
        for block in file.blocks:
            if block.kind != "path" or not block.labels:
                continue
            given = set(texts(block.get("capabilities"))) | set(texts(block.get("policy")))
            wide = _wide(block.labels[0], given)
            (bad if wide else good).append(
                Evidence(path, block.line, f"{block.labels[0]}: {', '.join(sorted(given)) or 'none'}")
            )
    return share(good, bad, "paths in policies", "give no more than is needed", "There are no policies of Vault.")


def _wide(path: str, given: set[str]) -> bool:
    bare = path.strip("/")
    if "sudo" in given and not bare.startswith(("sys/", "auth/")):
        return True
    everything = bare in ("*", "+/*", "+/+/*") or re.fullmatch(r"(secret|kv|secrets)(/(data|metadata))?/\*", bare)
    return bool(everything and (given & _WRITES or bare == "*"))
