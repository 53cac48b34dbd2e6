"""Do pipelines prove who they are, or hold a key that anyone can use who has it?"""

import re
from collections.abc import Iterator

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.pipelines import actions, nothing_to_judge, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.reading.workflows import Step, scalars
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="ci-oidc",
    title="Pipelines sign in without long-lived keys",
    family="secrets",
    capabilities=("secrets-management", "pervasive-security"),
    why="A key in the settings works for years and from anywhere; an identity token of one run is good for minutes "
    "and for one purpose.",
    how="Sign-ins to AWS, Azure, Google Cloud, Vault and the package indexes of Python: by role or workload "
    "identity, or by a stored key. Cloud keys that are put into the environment count as stored keys.",
    outcomes={
        Outcome.MET: "Every sign-in that was recognised uses an identity token.",
        Outcome.PARTLY: "Some do.",
        Outcome.NOT_MET: "All use stored keys.",
        Outcome.NOT_APPLICABLE: "No sign-in of a known kind was found.",
    },
    remedy="Let the cloud or package index trust the repository's identity (OpenID Connect), give the job "
    "`id-token: write`, and delete the stored key.",
    effort=Effort.DAYS,
    every=True,
    version=2,
)

_STORED = re.compile(r"^\s*\$\{\{\s*secrets\.[\w-]+\s*\}\}\s*$")
_KEYS = {
    "AWS_SECRET_ACCESS_KEY": "a key of AWS",
    "ARM_CLIENT_SECRET": "a key of Azure",
    "AZURE_CLIENT_SECRET": "a key of Azure",
    "AZURE_CREDENTIALS": "a key of Azure",
    "GOOGLE_CREDENTIALS": "a key of Google Cloud",
    "GCP_SA_KEY": "a key of Google Cloud",
    "VAULT_TOKEN": "a token of Vault",
    "TWINE_PASSWORD": "a password of a package index",
    "UV_PUBLISH_TOKEN": "a token of a package index",
}


def judge(snapshot: Snapshot) -> Finding:
    if none := nothing_to_judge(snapshot):
        return none
    good, bad = [], []
    for path, step in _steps(snapshot):
        for fits, line, what in _sign_ins(step):
            (good if fits else bad).append(Evidence(path, line, what))
    for workflow in workflows(snapshot):
        for holder in (workflow.plain, *(job.plain for job in workflow.jobs)):
            bad += [Evidence(workflow.path, line, what) for line, what in _kept(holder.get("env"))]
    none = "No sign-in of a known kind was found."
    return share(good, list(dict.fromkeys(bad)), "sign-ins", "use an identity token", none)


def _steps(snapshot: Snapshot) -> Iterator[tuple[str, Step]]:
    for workflow in workflows(snapshot):
        yield from ((workflow.path, step) for _, step in workflow.steps())
    for action in actions(snapshot):
        yield from ((action.path, step) for step in action.steps)


def _kept(env) -> Iterator[tuple[int, str]]:
    """Stored cloud keys in an environment."""
    for key, what in _KEYS.items():
        value = env.get(key) if isinstance(env, dict) else None
        if isinstance(value, str) and _STORED.match(value):
            yield env.at(key), f"{key} holds {what}"


def _sign_ins(step: Step) -> Iterator[tuple[bool, int, str]]:
    yield from ((False, line, what) for line, what in _kept(step.env))
    if not step.uses:
        return
    name, given, line = step.uses.name, step.with_, step.uses.line
    if name == "aws-actions/configure-aws-credentials":
        if "aws-access-key-id" in given:
            yield False, line, "signs in to AWS with a stored key"
        elif "role-to-assume" in given:
            yield True, line, "signs in to AWS with a role"
    elif name == "azure/login":
        if "creds" in given:
            yield False, line, "signs in to Azure with a stored key"
        elif "client-id" in given:
            yield True, line, "signs in to Azure with an identity"
    elif name == "google-github-actions/auth":
        if "credentials_json" in given:
            yield False, line, "signs in to Google Cloud with a stored key"
        elif "workload_identity_provider" in given:
            yield True, line, "signs in to Google Cloud with an identity"
    elif name == "hashicorp/vault-action":
        if "token" in given or str(given.get("method", "token")).lower() in ("token", "approle", "userpass"):
            yield False, line, "signs in to Vault with a stored secret"
        elif str(given.get("method")).lower() in ("jwt", "oidc"):
            yield True, line, "signs in to Vault with an identity"
    elif name == "pypa/gh-action-pypi-publish":
        if any(_STORED.match(text) for text, _ in scalars(given.get("password"))):
            yield False, line, "publishes to a package index with a stored token"
        elif "password" not in given:
            yield True, line, "publishes to a package index with an identity"
