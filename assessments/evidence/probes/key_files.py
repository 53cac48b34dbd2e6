"""Are files with keys kept out of the repository?"""

import re

from assessments.evidence.compose import compose_files
from assessments.evidence.dependencies import depends_on
from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_met, partly
from assessments.evidence.images import shipped
from assessments.evidence.operating import operated
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="key-files",
    title="Key files and settings of environments stay out",
    family="secrets",
    capabilities=("secrets-management",),
    why="Files such as .env or id_rsa are made to hold secrets; once one is committed, the next secret follows.",
    how="Names of files that hold keys (id_rsa, *.p12, *.pfx, *.jks, *.keystore) and `.env` files with values, "
    "outside of tests and examples; `.env.example` and the like are meant to be there. Where the project is "
    "set up with such files, .gitignore should name `.env`.",
    outcomes={
        Outcome.MET: "No such file is there, and .gitignore keeps `.env` out where such files are used.",
        Outcome.PARTLY: "No such file is there; `.env` files are used, and .gitignore does not keep them out.",
        Outcome.NOT_MET: "Such files are committed.",
        Outcome.UNKNOWN: "A file of settings could not be read.",
    },
    remedy="Remove the file and replace the secrets in it; add it to .gitignore and commit an example without values.",
    effort=Effort.HOURS,
    version=2,
)

_KEYS = (
    "**/{id_rsa,id_dsa,id_ed25519,id_ecdsa}",
    "**/*.{p12,pfx,jks,keystore,ppk,kdbx}",
    "**/{.htpasswd,.netrc,.pgpass}",
)
_MEANT = re.compile(
    r"(example|sample|template|dist|default|test|defaults|ci|debug|dev-?keystore|debug\.keystore)", re.IGNORECASE
)
_VALUE = re.compile(
    r"^\s*(?:export\s+)?[A-Z][A-Z0-9_]*(SECRET|TOKEN|PASSWORD|PASSWD|KEY|CREDENTIALS?|"
    r"DSN)[A-Z0-9_]*\s*=\s*[\"']?([^\s\"'#]{6,})",
    re.MULTILINE,
)
_PLACEHOLDER = re.compile(
    r"\$|change|example|dummy|placeholder|secret|password|your|<|test|local|xxx|dev|true|false|null", re.IGNORECASE
)
#: Libraries that read .env files.
_READERS = re.compile(
    r"dotenv\S*|python-dotenv|pydantic-settings|environs|python-decouple|vlucas/phpdotenv|symfony/dotenv|\S*/godotenv|"
    r"dotenvy|@dotenvx/\S+"
)


def judge(snapshot: Snapshot) -> Finding:
    found = [
        Evidence(path, None, "a file made to hold keys") for path in snapshot.active(*_KEYS) if not _MEANT.search(path)
    ]
    for path, text in snapshot.texts(
        path for path in snapshot.active("**/.env", "**/.env.*", "**/*.env") if not _MEANT.search(path)
    ):
        for value in _VALUE.finditer(text):
            if not _PLACEHOLDER.search(value[2]):
                found.append(
                    Evidence(path, text.count("\n", 0, value.start()) + 1, "a value that is named as a secret")
                )
                break
    if found:
        return not_met("Files that hold keys are committed.", found)
    ignores = list(snapshot.texts(snapshot.find("**/.gitignore")))
    for path, text in ignores:
        for number, line in enumerate(text.splitlines(), 1):
            if re.fullmatch(r"[/*]*(\.env([.*]\S*)?|\*\.env)/?", line.strip()):
                return met("No key file is there, and .gitignore keeps .env out.", [Evidence(path, number, line)])
    used = _reads_env(snapshot)
    if not used:
        return met("No key file is there.")
    if not ignores:
        return partly("No key file is there; there is no .gitignore that would keep .env out.", used)
    return partly(
        "No key file is there; .gitignore says nothing of .env.", [Evidence(ignores[0][0], None, "does not name .env")]
    )


def _reads_env(snapshot: Snapshot) -> list[Evidence]:
    """What says that the project is set up with .env files."""
    found = [Evidence(path, None, "a file of settings") for path in snapshot.active("**/.env{,.*}", "**/*.env{,.*}")]
    if shipped(snapshot) or operated(snapshot):  # a library may read them for those who use it
        found += [Evidence(each.path, each.line, each.name) for each in depends_on(snapshot, _READERS)]
    for path, services in compose_files(snapshot):
        named = [service.at("env_file") for service in services.values() if "env_file" in service]
        found += [Evidence(path, line, "env_file") for line in named[:1]]
    return found
