"""Eight invented repositories: which practice came when, and what the forge would say of each.

Weeks are counted back from the end of the demo, as everywhere in it. What changes write is in `data.demo.repositories`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from assessments.evidence.facts import Branch, Environment, Protection, Release, Scanning
from data.demo import documents, trees
from data.demo.trees import GO, JAVA, NODE, PYTHON, Language

CI, DEPLOY = ".github/workflows/ci.yml", ".github/workflows/deploy.yml"
OWNERS, UPDATES = ".github/CODEOWNERS", ".github/dependabot.yml"
FORGE = 13  # weeks before the end from when on rules, environments and scans were collected

OPEN = Protection(pull_request=False, force_push=True, deletion=True)
HABIT = Protection(pull_request=True, approvals=1, admins_bound=True)
HELD = Protection(pull_request=True, approvals=1, stale_dismissed=True, checks=("check",), admins_bound=True)
UNSCANNED = Scanning(secrets=False, push_protection=False, code=False, dependencies=False)
SCANNED = Scanning(secrets=True, push_protection=True, code=True, dependencies=True)
GUARDED = (Environment("production", branches=True),)


@dataclass(frozen=True)
class Step:
    """A commit with which something came, or went (None in place of the text)."""

    weeks: float
    title: str
    files: Mapping[str, str | None]


@dataclass(frozen=True)
class History:
    """A repository. `steps`: the oldest first. `tested`: weeks from when on changes come with tests, None for never;
    `lines`: around which the size of a change lies. `rules`: of the default branch, each with the weeks since when."""

    name: str
    language: Language
    steps: tuple[Step, ...]
    tested: float | None = 78
    lines: int = 10
    rules: tuple[tuple[float, Protection], ...] = ((78, OPEN),)
    environments: tuple[Environment, ...] = ()
    releases: tuple[Release, ...] = ()
    scanning: Scanning = UNSCANNED
    branches: tuple[Branch, ...] = ()


def _begin(language: Language, purpose: str, name: str, start: str, **files: str | None) -> dict[str, str | None]:
    head = {"README.md": documents.readme(name, purpose, start, "make test"), ".gitignore": trees.IGNORED}
    return head | {"Makefile": trees.makefile(language)} | files


_JAVA = ("org.postgresql:postgresql", "org.flywaydb:flyway-core", "org.junit.jupiter:junit-jupiter")
PAYMENTS = History(
    "payments-api", JAVA,
    (
        Step(78, "Begin with card payments", _begin(
            JAVA, "Authorises, captures and refunds payments of the shop.", "payments-api", "docker compose up") | {
                "pom.xml": trees.pom("payments-api", *_JAVA),
                "Dockerfile": trees.dockerfile(JAVA),
                "compose.yml": "services:\n  database:\n    image: postgres:16.4\n",
                "Jenkinsfile": trees.jenkinsfile(JAVA),
                "scripts/deploy.sh": trees.deploy_script("payments-api", stops=True),
                "src/main/resources/db/migration/V1__payments.sql": trees.migration("payment"),
                "deploy/payments-api.yaml": trees.manifests("payments-api"),
            }),
        Step(66, "Keep refunds in a table of their own",
             {"src/main/resources/db/migration/V2__refunds.sql": trees.migration("refund")}),
        Step(52, "Name who answers for what", {OWNERS: trees.owners("checkout", "/.github/")}),
        Step(34, "Build and test on GitHub beside Jenkins", {CI: trees.ci(JAVA, "pull requests", "tests", "cache")}),
        Step(26, "Leave Jenkins", {
            "Jenkinsfile": None, "scripts/deploy.sh": None, DEPLOY: trees.deploy("payments-api", "environment")}),
        Step(20.2, "Release twice a week, with one click back", {
            DEPLOY: trees.deploy("payments-api", "environment", "back"),
            "deploy/payments-api.yaml": trees.manifests("payments-api", "probes", "version")}),
        Step(12, "Pin actions and limit what runs may do", {
            CI: trees.ci(JAVA, "pull requests", "tests", "static", "cache", "pinned", "rights", "limits", "stops",
                         "keeps"),
            DEPLOY: trees.deploy("payments-api", "environment", "back", "pinned", "limits")}),
        Step(11.4, "Build in one place, and write down how we release and go back", {
            ".github/actions/build/action.yml": trees.composite(JAVA),
            "docs/adr/0001-release-with-every-merge.md": documents.RELEASES}),
        Step(11, "Release with every merge", {
            DEPLOY: trees.deploy("payments-api", "merge", "environment", "back", "pinned", "limits")}),
        Step(10, "Build a small image that does not run as root", {
            "Dockerfile": trees.dockerfile(JAVA, "stages", "digest", "user"), ".dockerignore": trees.LEFT_OUT,
            "deploy/payments-api.yaml": trees.manifests(
                "payments-api", "probes", "version", "resources", "rights", "budget")}),
        Step(8, "Have updates proposed", {UPDATES: trees.updates("maven", "github-actions", "docker")}),
        Step(7, "Alert on what users feel, each with a runbook", {
            "monitoring/payments.yml": trees.alerts("payments-api", "PaymentErrors", "PaymentsSlow"),
            "docs/runbooks/PaymentErrors.md": documents.runbook(
                "PaymentErrors", "Look which bank the failing calls go to."),
            "docs/runbooks/PaymentsSlow.md": documents.runbook("PaymentsSlow", "Look at the pool of connections."),
            "docs/runbook.md": documents.operating("payments-api", "Checkout")}),
        Step(5, "Sign in to the cloud without a stored key", {
            DEPLOY: trees.deploy("payments-api", "merge", "environment", "back", "role", "pinned", "limits")}),
        Step(3, "Write down why a retry carries a number", {
            "docs/adr/0002-retries-carry-a-number.md": documents.decision(
                2, "Retries carry the number of the first attempt",
                "A bank cannot tell a second refund from a retry unless we say so. Refunds were paid twice for it.",
                "Every client of a bank takes a number, and tests call each twice."),
            "docs/postmortems/refunds-paid-twice.md": documents.POSTMORTEM}),
        Step(2, "Say in the README how to go back", {"README.md": documents.readme(
            "payments-api", "Authorises, captures and refunds payments of the shop. Every merge is released.",
            "docker compose up", "make test")}),
    ),
    rules=((78, HABIT), (19, HELD)), environments=GUARDED, scanning=SCANNED,
    branches=(Branch("retry-budget", 3, 2),),
)  # fmt: skip

_WEB = ("unleash-client", "pino", "@opentelemetry/api", "msw")
STOREFRONT = History(
    "storefront", NODE,
    (
        Step(78, "Begin with the shop window", _begin(
            NODE, "What customers of the shop see and click.", "storefront", "npm run dev") | {
                **trees.package("storefront", *_WEB), "Dockerfile": trees.dockerfile(NODE, "stages"),
                ".dockerignore": trees.LEFT_OUT,
                CI: trees.ci(NODE, "pull requests", "tests", "static", "cache", "keeps"),
                DEPLOY: trees.deploy("storefront", "merge", "environment", "back"),
                OWNERS: trees.owners("checkout"),
                "deploy/storefront.yaml": trees.manifests("storefront", "probes", "resources", "version")}),
        Step(60, "Have updates proposed", {UPDATES: trees.updates("npm", "github-actions", "docker")}),
        Step(44, "Ask three things of each pull request", {
            ".github/pull_request_template.md": documents.PULL_REQUEST, "CONTRIBUTING.md": documents.CONTRIBUTING}),
        Step(30, "Do not run as root", {
            "Dockerfile": trees.dockerfile(NODE, "stages", "user"),
            "deploy/storefront.yaml": trees.manifests(
                "storefront", "probes", "resources", "version", "rights", "budget")}),
        Step(16, "Pin actions and limit what runs may do", {
            CI: trees.ci(NODE, "pull requests", "tests", "static", "cache", "keeps", "pinned", "rights", "limits",
                         "stops", "secrets"),
            DEPLOY: trees.deploy("storefront", "merge", "environment", "back", "role", "pinned", "limits")}),
        Step(9, "Alert on what customers feel, each with a runbook", {
            "monitoring/storefront.yml": trees.alerts("storefront", "PagesFail", "PagesSlow"),
            "monitoring/storefront_test.yml": trees.alert_test("storefront", "PagesFail"),
            "docs/runbooks/PagesFail.md": documents.runbook("PagesFail", "Look which page it is."),
            "docs/runbooks/PagesSlow.md": documents.runbook("PagesSlow", "Look at the cache in front.")}),
        Step(6, "Check the pipeline itself, and name who reads changes to it", {
            CI: trees.ci(NODE, "pull requests", "tests", "static", "cache", "keeps", "pinned", "rights", "limits",
                         "stops", "secrets", "checker"),
            OWNERS: trees.owners("checkout", "/.github/")}),
        Step(2.5, "Say in the README how to try a switch", {"README.md": documents.readme(
            "storefront", "What customers of the shop see and click. New things stand behind a switch.",
            "npm run dev", "make test")}),
    ),
    lines=6, rules=((78, HELD),), environments=GUARDED, scanning=SCANNED,
    branches=(Branch("basket-redesign", 41, 12), Branch("price-badge", 1, 1)),
)  # fmt: skip

INVOICES = History(
    "invoices", PYTHON,
    (
        Step(78, "Begin with invoices as PDF", _begin(
            PYTHON, "Writes invoices and reminders.", "invoices", "python -m invoices") | {
                "requirements.txt": trees.requirements("psycopg==3.2.3", "weasyprint==62.3"),
                "Dockerfile": trees.dockerfile(PYTHON, "made"), "Jenkinsfile": trees.jenkinsfile(PYTHON),
                "scripts/deploy.sh": trees.deploy_script("invoices"),
                ".env": "INVOICE_CURRENCY=EUR\nINVOICE_SIGNING_KEY=invoices-2024\n",
                "deploy/invoices.yaml": trees.manifests("invoices")}),
        Step(24, "Leave Jenkins", {
            "Jenkinsfile": None, CI: trees.ci(PYTHON, "cache"), DEPLOY: trees.deploy("invoices", "merge")}),
        Step(21, "Name who answers for what", {OWNERS: trees.owners("checkout")}),
        Step(11, "Test every change", {CI: trees.ci(PYTHON, "pull requests", "tests", "browser", "cache", "limits")}),
        Step(8, "Have updates proposed, and name the version that runs", {
            UPDATES: trees.updates("pip", "github-actions"),
            "deploy/invoices.yaml": trees.manifests("invoices", "version")}),
        Step(4, "Alert when invoices are late", {
            "monitoring/invoices.yml": trees.alerts("invoices", "InvoicesLate", "NumberingGap", runbooks=False)}),
    ),
    lines=26, rules=((78, HABIT),), environments=(Environment("production"),),
    scanning=Scanning(secrets=True, push_protection=False, code=False, dependencies=True),
    branches=(Branch("new-numbering", 96, 41), Branch("pdf-engine", 64, 18), Branch("dunning", 47, 9),
              Branch("tax-line-2", 35, 4)),
)  # fmt: skip

FRAUD = History(
    "fraud-check", PYTHON,
    (
        Step(78, "Begin with a score", _begin(
            PYTHON, "Says how likely an order is a fraud.", "fraud-check", "python -m fraud_check") | {
                "requirements.txt": trees.requirements("structlog==24.4.0", "prometheus-client==0.21.0",
                                                       "hypothesis==6.119.0"),
                "Dockerfile": trees.dockerfile(PYTHON, "version", "user"), ".dockerignore": trees.LEFT_OUT,
                CI: trees.ci(PYTHON, "pull requests", "tests", "static"),
                DEPLOY: trees.deploy("fraud-check", "merge", "environment"),
                OWNERS: trees.owners("checkout"),
                "deploy/fraud-check.yaml": trees.manifests("fraud-check", "probes", "version")}),
        Step(13.5, "Write down why scores are explained", {
            "docs/adr/0001-explain-each-score.md": documents.decision(
                1, "Each score names its three strongest reasons",
                "Support must be able to tell a customer why an order was held.",
                "Only models that can name reasons are used.")}),
        Step(9, "Pin actions and limit how long they run", {
            CI: trees.ci(PYTHON, "pull requests", "tests", "static", "cache", "pinned", "rights", "limits"),
            DEPLOY: trees.deploy("fraud-check", "merge", "environment", "pinned", "limits")}),
        Step(5.5, "Have updates proposed", {UPDATES: trees.updates("pip", "github-actions", "docker")}),
        Step(3.5, "Sign in to the cloud without a stored key", {
            DEPLOY: trees.deploy("fraud-check", "merge", "environment", "role", "pinned", "limits"),
            "README.md": documents.readme("fraud-check", "Says how likely an order is a fraud, and why.",
                                      "python -m fraud_check", "make test")}),
    ),
    rules=((78, HABIT), (9, HELD)), environments=GUARDED, scanning=SCANNED,
)  # fmt: skip

FLAGS = History(
    "feature-flags", GO,
    (
        Step(78, "Begin with a list of rules", _begin(
            GO, "Switches features on for some, without a deployment.", "feature-flags", "go run ./cmd/server") | {
                **trees.go_module("feature-flags", "go.uber.org/zap", "github.com/prometheus/client_golang",
                                  "go.opentelemetry.io/otel"),
                "Dockerfile": trees.dockerfile(GO, "stages", "digest", "user"), ".dockerignore": trees.LEFT_OUT,
                CI: trees.ci(GO, "pull requests", "tests", "static", "cache", "keeps", "pinned", "rights", "limits",
                             "stops", "secrets", "checker"),
                DEPLOY: trees.deploy("feature-flags", "merge", "environment", "back", "role", "pinned", "limits"),
                OWNERS: trees.owners("platform", "/.github/"),
                UPDATES: trees.updates("gomod", "github-actions", "docker"),
                "SECURITY.md": documents.SECURITY, "CONTRIBUTING.md": documents.CONTRIBUTING,
                ".github/pull_request_template.md": documents.PULL_REQUEST, ".pre-commit-config.yaml": trees.HOOKS,
                "deploy/feature-flags.yaml": trees.manifests(
                    "feature-flags", "probes", "resources", "version", "rights", "budget")}),
        Step(40, "Alert on what its users feel, with tests of the rules", {
            "monitoring/flags.yml": trees.alerts("feature-flags", "FlagsUnreachable", "FlagsStale"),
            "monitoring/flags_test.yml": trees.alert_test("feature-flags", "FlagsStale"),
            "docs/runbooks/FlagsUnreachable.md": documents.runbook(
                "FlagsUnreachable", "See whether clients still have a copy."),
            "docs/runbooks/FlagsStale.md": documents.runbook("FlagsStale", "See when the last copy was made.")}),
        Step(22, "Write down why clients keep a copy", {"docs/adr/0001-clients-keep-a-copy.md": documents.decision(
            1, "Clients keep a copy of all rules",
            "A switch that cannot be asked must not stop a shop.", "A change takes up to ten seconds to arrive.")}),
        Step(6, "Tell coding assistants how we work", {"AGENTS.md": documents.AGENTS}),
        Step(1.8, "Say in the README how long a change takes to arrive", {"README.md": documents.readme(
            "feature-flags", "Switches features on for some, without a deployment. A change arrives in ten seconds.",
            "go run ./cmd/server", "make test")}),
    ),
    lines=6, rules=((78, HELD),), environments=GUARDED, scanning=SCANNED,
    releases=(Release("v1.14.2", notes=True, assets=("feature-flags.spdx.json", "feature-flags.intoto.jsonl")),),
)  # fmt: skip

CONFIG = History(
    "config-store", GO,
    (
        Step(78, "Begin with one cluster", {
            "README.md": documents.readme(
                "config-store", "The machines, networks and backups of the configuration store.",
                "terraform -chdir=infrastructure plan", "terraform -chdir=infrastructure test"),
            ".gitignore": "*.tfstate\n.terraform/\n", **trees.terraform(),
            **trees.go_module("config-store", "go.uber.org/zap"),
            "scripts/restore.sh": trees.deploy_script("config-store")}),
        Step(61, "Keep the state apart from any machine", trees.terraform("state")),
        Step(38, "Check what is proposed", {".github/workflows/infrastructure.yml": trees.infrastructure_ci("checks"),
                                           OWNERS: trees.owners("platform")}),
        Step(15, "Pin providers, close ssh", {
            **trees.terraform("state", "pinned", "closed"),
            ".github/workflows/infrastructure.yml": trees.infrastructure_ci("checks", "pinned", "limits")}),
        Step(6, "Test that nothing but https is open", {
            "infrastructure/network.tftest.hcl": trees.TERRAFORM_TEST,
            UPDATES: trees.updates("terraform", "github-actions"),
            ".github/workflows/infrastructure.yml": trees.infrastructure_ci("checks", "tests", "pinned", "limits")}),
    ),
    tested=None, rules=((78, HABIT),), scanning=SCANNED,
)  # fmt: skip

MONOREPO = History(
    "mobile-monorepo", PYTHON,
    (
        Step(78, "Begin with the feed", _begin(
            PYTHON, "What the apps talk to: feed, push and pictures.", "mobile-monorepo", "make run") | {
                "requirements.txt": trees.requirements("structlog==24.4.0", "pillow==11.0.0"),
                "backend/Dockerfile": trees.dockerfile(PYTHON, "version"), "push/Dockerfile": trees.dockerfile(PYTHON),
                "media/Dockerfile": trees.dockerfile(PYTHON, "version", "user"),
                CI: trees.ci(PYTHON, "pull requests", "tests"), DEPLOY: trees.deploy("app-backend"),
                "deploy/app-backend.yaml": trees.manifests("app-backend", "probes"),
                "deploy/push-gateway.yaml": trees.manifests("push-gateway"),
                "deploy/media-resizer.yaml": trees.manifests("media-resizer", "version")}),
        Step(33, "Name who answers for which folder", {OWNERS: "/backend/ @shop/apps\n/media/ @shop/pictures\n"}),
        Step(18, "Check style in the pipeline", {CI: trees.ci(PYTHON, "pull requests", "tests", "static", "cache")}),
        Step(7, "Alert when push messages pile up", {
            "monitoring/push.yml": trees.alerts("push-gateway", "QueueGrows", "DevicesRefused", runbooks=False)}),
    ),
    lines=12, rules=((78, HABIT),), environments=(Environment("production"),),
    scanning=Scanning(secrets=True, push_protection=True, code=False, dependencies=False),
    branches=(Branch("offline", 120, 88), Branch("new-feed", 52, 33), Branch("crop-2", 34, 7)),
)  # fmt: skip

ROUTES = History(
    "route-planner", JAVA,
    (
        Step(78, "Take over the planner", {
            "README.txt": "See the wiki.\n", "pom.xml": trees.pom("route-planner", "com.oracle.database.jdbc:ojdbc11"),
            "Jenkinsfile": trees.jenkinsfile(JAVA), "scripts/deploy.sh": trees.deploy_script("route-planner"),
            "Dockerfile": trees.dockerfile(JAVA), "config/.env": "PLANNER_DEPOT=north\nPLANNER_MODE=live\n"}),
        Step(50, "Plan at night", {"scripts/night.sh": trees.deploy_script("night-plan")}),
    ),
    tested=None, lines=320,
    branches=tuple(Branch(f"depot-{number}", 40 + 17 * number, 20 * number) for number in range(1, 13)),
)  # fmt: skip

HISTORIES = (PAYMENTS, STOREFRONT, INVOICES, FRAUD, FLAGS, CONFIG, MONOREPO, ROUTES)
