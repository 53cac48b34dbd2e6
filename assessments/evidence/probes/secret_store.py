"""Where do the secrets of the product come from?"""

import re

from assessments.evidence.dependencies import depends_on
from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met
from assessments.evidence.manifests import things
from assessments.evidence.pipelines import workflows
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="secret-store",
    title="Secrets come from a store made for them",
    family="secrets",
    capabilities=("secrets-management",),
    why="A store hands out secrets by right and for a time, and knows who read which.",
    how="Signs of a store: clients of Vault or of the secret managers of clouds among the dependencies, external or "
    "sealed secrets, SOPS settings, Vault or cloud secrets in Terraform, sign-ins of workflows to a store.",
    outcomes={
        Outcome.MET: "Signs of a store were found.",
        Outcome.NOT_MET: "Secrets lie in files instead.",
        Outcome.NOT_APPLICABLE: "No sign of a store and none of secrets: what cannot be told from files.",
    },
    remedy="Keep secrets in Vault or the secret manager of your cloud, and let the service read them at its start.",
    effort=Effort.DAYS,
    version=2,
)

_CLIENTS = re.compile(
    r"hvac|node-vault|@hashicorp/\S*vault\S*|github\.com/hashicorp/vault\S*|spring-cloud-starter-vault-config|vault|"
    r"vaultsharp|"
    r"google-cloud-secret-manager|@google-cloud/secret-manager|azure-keyvault-secrets|@azure/keyvault-secrets|"
    r"azure\.security\.keyvault\.secrets|"
    r"@aws-sdk/client-secrets-manager|aws-secretsmanager-caching|github\.com/aws/aws-sdk-go-v2/service/secretsmanager|"
    r"cloud\.google\.com/go/secretmanager|"
    r"aws-secretsmanager-\S+|infisical\S*|doppler\S*|@infisical/\S+|onepassword-sdk|@1password/\S+"
)
_OBJECTS = (
    "ExternalSecret",
    "ClusterSecretStore",
    "SecretStore",
    "SealedSecret",
    "SecretProviderClass",
    "VaultStaticSecret",
    "VaultDynamicSecret",
)
_ACTIONS = (
    "hashicorp/vault-action",
    "google-github-actions/get-secretmanager-secrets",
    "aws-actions/aws-secretsmanager-get-secrets",
    "azure/get-keyvault-secrets",
    "1password/load-secrets-action",
    "dopplerhq/secrets-fetch-action",
    "infisical/secrets-action",
)
_PLACEHOLDER = re.compile(
    r"change|example|dummy|placeholder|secret|password|your|test|local|xxx|dev|postgres|admin", re.IGNORECASE
)


def judge(snapshot: Snapshot) -> Finding:
    found = [Evidence(each.path, each.line, f"client {each.name}") for each in depends_on(snapshot, _CLIENTS)]
    found += [
        Evidence(each.path, each.line, f"{each.kind} {each.name}") for each in things(snapshot) if each.kind in _OBJECTS
    ]
    found += [Evidence(path, None, "settings of SOPS") for path in snapshot.find("**/.sops.yaml")]
    for path, text in snapshot.texts(snapshot.active("**/*.tf")):
        if made := re.search(
            r'"(aws_secretsmanager_secret|google_secret_manager_secret|azurerm_key_vault|vault_\w+)(_\w+)?"', text
        ):
            found.append(Evidence(path, text.count("\n", 0, made.start()) + 1, made[1]))
    for flow in workflows(snapshot):
        for _, step in flow.steps():
            if step.uses and step.uses.name in _ACTIONS:
                found.append(Evidence(flow.path, step.uses.line, step.uses.text))
    if found:
        return met("Secrets come from a store.", found)
    lying = [path for path in snapshot.active("**/.env") if path.rsplit("/", 1)[-1] == ".env"]
    for path, text in snapshot.texts(lying):
        values = re.findall(r"^[A-Z_]*(?:SECRET|TOKEN|PASSWORD)[A-Z_]*=[\"']?([^\s$<\"']{6,})", text, re.MULTILINE)
        if any(not _PLACEHOLDER.search(value) for value in values):
            return not_met(
                "Secrets lie in files, and no sign of a store was found.", [Evidence(path, None, "holds secrets")]
            )
    return not_applicable("There is no sign of a store, and none of secrets in files.")
