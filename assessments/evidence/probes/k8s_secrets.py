"""Do secrets lie in manifests?"""

import base64
import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.manifests import things, title
from assessments.evidence.probe import Probe
from assessments.evidence.reading.yamls import Map
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="k8s-secrets",
    title="Manifests hold no secrets in clear",
    family="secrets",
    capabilities=("secrets-management",),
    why="The data of a Secret is base64, which anyone can read; in the repository it stays for ever.",
    how="Objects of kind Secret with data, without those encrypted by SOPS, against sealed and external secrets. "
    "Values that say they are placeholders do not count.",
    outcomes={
        Outcome.MET: "Secrets come sealed, encrypted or from a store.",
        Outcome.PARTLY: "Some do.",
        Outcome.NOT_MET: "Secrets lie in manifests.",
        Outcome.NOT_APPLICABLE: "No manifest holds or fetches a secret.",
    },
    remedy="Replace the secret itself, then use External Secrets, Sealed Secrets or SOPS.",
    effort=Effort.DAYS,
    version=2,
)

_FROM_STORE = (
    "SealedSecret",
    "ExternalSecret",
    "ClusterExternalSecret",
    "SecretProviderClass",
    "VaultStaticSecret",
    "VaultDynamicSecret",
    "OnePasswordItem",
)
_PLACEHOLDER = re.compile(
    r"^\s*$|change.?me|example|placeholder|replace|your[-_ ]|dummy|todo|xxx|<[^>]*>|\$\{|\{\{", re.IGNORECASE
)


def judge(snapshot: Snapshot) -> Finding:
    good, bad = [], []
    for each in things(snapshot):
        if each.kind in _FROM_STORE:
            good.append(Evidence(each.path, each.line, title(each)))
        elif each.kind == "Secret" and each.api == "v1":
            if "sops" in each.plain:
                good.append(Evidence(each.path, each.line, f"{title(each)} is encrypted"))
            elif keys := _clear(each):
                bad.append(Evidence(each.path, each.line, f"{title(each)} holds {', '.join(keys[:3])}"))
    return share(
        good, bad, "secrets in manifests", "are sealed, encrypted or fetched", "No manifest holds or fetches a secret."
    )


def _clear(secret) -> list[str]:
    found = []
    for part in ("data", "stringData"):
        values = secret.get(part)
        for key, value in values.items() if isinstance(values, Map) else ():
            if isinstance(value, (str, int)) and not _PLACEHOLDER.search(
                _decoded(str(value)) if part == "data" else str(value)
            ):
                found.append(key)
    return sorted(found, key=lambda key: not re.search(r"pass|secret|token|key|credential", key, re.IGNORECASE))


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode("utf-8", "replace")
    except ValueError:
        return value
