"""Do secrets lie in the files?"""

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met, partly
from assessments.evidence.probe import Probe
from assessments.evidence.scanning import is_sample, scan
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="secrets-in-files",
    title="No secrets lie in the files",
    family="secrets",
    capabilities=("secrets-management", "pervasive-security"),
    why="A secret in a repository is known to everyone who ever had a copy, also after it is deleted.",
    how="All text files: tokens of a known form (AWS, GitHub, Slack, private keys and others), and values of "
    "settings named password, secret, token or key that look made by a machine. Values from manuals, placeholders "
    "and lines marked as meant are left out. Values are never shown or stored.",
    outcomes={
        Outcome.MET: "None was found.",
        Outcome.PARTLY: "Only values that look like secrets, or secrets in tests and documents, were found.",
        Outcome.NOT_MET: "A secret of a known form was found.",
        Outcome.NOT_APPLICABLE: "There are no text files.",
    },
    remedy="Replace the secret where it is used first, then remove it from the files; deleting it from the history "
    "alone does not help.",
    effort=Effort.HOURS,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    seen = scan(snapshot)
    if not seen.looked:
        return not_applicable("There are no text files.")
    certain, doubtful = [], []
    for path, hits in seen.secrets.items():
        for hit in hits:
            place = Evidence(path, hit.line, hit.kind)
            (certain if hit.certain and not is_sample(path) else doubtful).append((hit.certain, place, is_sample(path)))
    if certain:
        return not_met("Secrets of a known form lie in the files.", [place for _, place, _ in certain])
    shown = [place for known, place, sample in doubtful if known or not sample]
    large = f" {seen.large} files were too large to be looked at." if seen.large else ""
    if shown:
        return partly(f"Values that look like secrets, or secrets in samples, lie in the files.{large}", shown)
    return met(f"No secret was found in {seen.looked:,} files.{large}")
